"""What makes the book findable and portable: the page for a missing address, the site map, and one zip of all of it."""

from __future__ import annotations

import html
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from sphinx.application import Sphinx

from companion.book import catalogue, downloads

NAME, ZIP = downloads.NAME, downloads.WHOLE[0]
MISSING = "404.html"
UNLISTED = (MISSING, "search.html")  # no page to be found by a search engine
UPS = ("", "../", "../../", "../../../", "../../../../")  # how far above a missing address the book may begin


def setup(app: Sphinx) -> None:
    app.connect("html-collect-pages", _missing)
    app.connect("build-finished", _publish, priority=990)  # after all that write into the book


def _missing(app: Sphinx) -> Iterator[tuple[str, dict, str]]:
    """Sphinx hook on `html-collect-pages`: the page that hosts show for an address that is not there.

    It lies at the root but is shown at any depth, so it brings its style with it.
    """
    style = (Path(__file__).parent / "static" / "theme.css").read_text("utf-8")
    yield "404", {"title": "Page not found", "pageurl": None, "style": style,
                  "ups": UPS[:1] if app.config.html_baseurl else UPS}, MISSING


def _publish(app: Sphinx, exception: Exception | None) -> None:
    if exception is not None or app.builder.format != "html":
        return
    folder, address = Path(app.outdir), app.config.html_baseurl
    _address(folder, address)
    whole = {f"{NAME}/{path}": inside(folder, path) for path in files(folder)}
    target = folder / ZIP
    if not holds(target, whole):
        half = target.with_suffix(".half")  # a build that is cut off leaves no half a zip under the good name
        half.write_bytes(catalogue.zipped(whole))
        half.replace(target)


def _address(folder: Path, address: str) -> None:
    """What only a book that knows its address can hold; removed from one that knows it no more."""
    made = {"sitemap.xml": sitemap(address, files(folder)),
            "robots.txt": f"User-agent: *\nAllow: /\nSitemap: {address}sitemap.xml\n"}
    for name, text in made.items():
        if address:
            (folder / name).write_text(text, "utf-8")
        else:
            (folder / name).unlink(missing_ok=True)
    if address:
        page = folder / MISSING
        page.write_text(rooted(page.read_text("utf-8"), urlsplit(address).path), "utf-8")


def files(folder: Path) -> list[str]:
    """Every file of the built book as a sorted path, without the zip itself and what only Sphinx reads (hidden files)."""
    paths = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return sorted(path for path in paths if not path.startswith(".") and path != ZIP and not path.endswith(".half"))


def sitemap(address: str, paths: Iterable[str]) -> str:
    """The pages among `paths` as a site map (sitemaps.org); `address` ends in a slash, and is itself the front page."""
    pages = ("" if path == "index.html" else path for path in paths
             if path.endswith(".html") and path not in UNLISTED and not path.startswith("_"))
    rows = "".join(f"<url><loc>{html.escape(address + page)}</loc></url>\n" for page in pages)
    return ('<?xml version="1.0" encoding="UTF-8"?>\n'
            f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{rows}</urlset>\n')


def rooted(page: str, root: str) -> str:
    """A page whose relative links start from `root`, a path that ends in a slash."""
    return re.sub(r'\b(href|src|action)="(?![a-z]+:|[#/])', rf'\1="{root}', page)


def inside(folder: Path, path: str) -> bytes:
    """A file of the book as it lies in the zip, which has no zip beside it."""
    content = (folder / path).read_bytes()
    return downloads.settled(content.decode(), folder, without=ZIP).encode() if path == downloads.PAGE else content


def holds(archive: Path, whole: Mapping[str, bytes]) -> bool:
    """Whether a zip is there and holds just these files, by their checksums: then writing it again can be spared."""
    try:
        with zipfile.ZipFile(archive) as found:
            return {e.filename: e.CRC for e in found.infolist()} == {name: zlib.crc32(data) for name, data in whole.items()}
    except (FileNotFoundError, zipfile.BadZipFile):
        return False
