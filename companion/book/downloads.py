"""What can be taken from the book: the files of the claims and the argument, and the lists of the page that offers them all.

Some of these files are made after that page: its links and sizes are filled in when all is there, and again by
`python -m companion.book.downloads`, after the PDF was put beside the pages.
"""

from __future__ import annotations

import difflib
import fnmatch
import html
import re
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective

from companion import exports
from companion.book import catalogue, markup, notebooks, outputs

FOLDER = "claims"  # in the built book; the pages of single claims lie there too
PAGE = "downloads.html"
NAME = "beyond-the-triangle"
WHOLE = (f"{NAME}.zip", f"{NAME}.pdf")  # a copy of the book may lack them
FORMATS = {".zip": "zip", ".pdf": "PDF", ".whl": "Python wheel", ".csv": "CSV", ".schema.json": "JSON Schema",
           ".aif.json": "AIF in JSON", ".json": "JSON", ".argdown": "Argdown", ".cff": "CFF",
           ".md": "Markdown"}  # the longer of two endings first
LINK = re.compile(r'(<span data-file="([^"]+)">).*?(</span>)')
SIZE = re.compile(r'(<span data-size="([^"]+)">).*?(</span>)')


def setup(app: Sphinx) -> None:
    app.add_directive("downloads", Downloads)
    app.add_directive("notebooks", Notebooks)
    app.connect("build-finished", _publish)
    app.connect("build-finished", _settle, priority=995)  # after the zip of the whole book


def _publish(app: Sphinx, exception: Exception | None) -> None:
    if exception is None and app.builder.format == "html":
        folder, made = Path(app.outdir) / FOLDER, exports.files(outputs.claims(app.env))
        folder.mkdir(exist_ok=True)
        for path in folder.iterdir():  # a coding that is no more must not stay on top of an old build
            if path.suffix != ".html" and path.name not in made:
                path.unlink()
        for name, content in made.items():
            (folder / name).write_bytes(content)


def _settle(app: Sphinx, exception: Exception | None) -> None:
    if exception is None and app.builder.format == "html":
        settle(Path(app.outdir))


def settle(folder: Path) -> None:
    """Fill in links and sizes on the page of the book built in `folder`."""
    page = folder / PAGE
    page.write_text(settled(page.read_text("utf-8"), folder), "utf-8")


def settled(page: str, folder: Path, without: str = "") -> str:
    """The page with a link to each file that is in `folder`, and its size; `without`: a file that is taken for missing."""
    def there(path: str) -> bool:
        return path != without and (folder / path).is_file()

    def link(found: re.Match) -> str:
        name = found[2].rpartition("/")[2]
        return found[1] + (f'<a href="{found[2]}" download>{name}</a>' if there(found[2]) else name) + found[3]

    def size(found: re.Match) -> str:
        return found[1] + (words((folder / found[2]).stat().st_size) if there(found[2]) else "not in this copy") + found[3]
    return SIZE.sub(size, LINK.sub(link, page))


def words(size: int) -> str:
    """A size in bytes as a reader would say it."""
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else catalogue._size(size)


def offered(env: BuildEnvironment) -> list[str]:
    """Path in the built book of every file that can be taken."""
    return [*WHOLE, f"{notebooks.FOLDER}/{notebooks.WHEEL}", *(f"{catalogue.FOLDER}/{name}" for name in (catalogue.ZIP, *catalogue.files())),
            *(f"{FOLDER}/{name}" for name in exports.files(outputs.claims(env)))]


class Downloads(SphinxDirective):
    """{downloads}: one file a line, "path in the built book: what it is, and for whom"; format and size are added.

    A star in the path stands for what changes, such as a version. The page is PAGE, at the top of the book.
    """

    has_content = True

    def run(self):
        paths, licence = offered(self.env), exports.package()["licenses"][0]["name"]
        items = nodes.definition_list(classes=["downloads"])
        for line in filter(str.strip, self.content):
            asked, _, what = line.partition(": ")
            path = next(iter(fnmatch.filter(paths, asked)), None)
            if not path or not what:
                near = difflib.get_close_matches(asked, paths, 1, 0)[0]
                raise ExtensionError(f'{markup._place(self)}: "{asked}" is no file that can be taken, or nothing says what it is; '
                                     f'write "{near}: what it is".')
            kind = next(kind for end, kind in FORMATS.items() if path.endswith(end))
            code = "MIT, " if path.endswith((".whl", WHOLE[0])) else ""
            spans = [nodes.raw("", f'<span data-{part}="{html.escape(path)}"></span>', format="html") for part in ("file", "size")]
            text, messages = self.state.inline_text(what, self.lineno)
            items += nodes.definition_list_item(
                "", nodes.term("", "", spans[0]),
                nodes.definition("", nodes.paragraph("", "", nodes.Text(f"{kind}, "), spans[1], nodes.Text(f", {code}{licence}"), classes=["facts"]),
                                 nodes.paragraph("", "", *text)))
        return [items]


class Notebooks(SphinxDirective):
    """{notebooks}: every notebook, in the order of the book, with the title of its page."""

    def run(self):
        self.env.note_dependency("_toc.yml")
        items = nodes.bullet_list()
        for name in self.config.external_site_map:
            page = Path(self.env.srcdir, f"{name}.md")
            if notebooks.runs(page):
                self.env.note_dependency(str(page))  # for its title
                title = addnodes.pending_xref("", nodes.inline("", name), refdomain="std", reftype="doc", reftarget=f"/{name}",
                                              refexplicit=False, refdoc=self.env.docname)
                file = nodes.reference("", f"{page.stem}.ipynb", refuri=f"{notebooks.FOLDER}/{name}.ipynb")
                items += nodes.list_item("", nodes.paragraph("", "", file, nodes.Text(" from "), title))
        return [items]


if __name__ == "__main__":
    settle(notebooks.ROOT / "_build/html")
