"""The Sphinx side of the book: what makes a plain `jupyter-book build .` run, and run right."""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import re
import shutil
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

from companion import __version__, argument, argument_map
from companion.book import (
    carry, catalogue, downloads, essay, findings, glance, handout, heads, ledger, licences, lists, mark, markup, narrow, notebooks,
    outputs, prose, search, theme, timeline,
)
from companion.data import DataError, check
from companion.figure import palette_css

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
VERSIONS = ("pandas", "matplotlib", "myst-nb", "jupyter-book")


def setup(app: Sphinx) -> dict:
    # Set here, before any kernel starts: kernels inherit both, so nothing has to be set by hand.
    os.environ["COMPANION_FRONT_END"] = "static"
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    # The kernel's debugger warns of frozen modules at every start; nobody debugs a build.
    os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")
    app.add_config_value("companion_fingerprint", "", "env")
    app.connect("config-inited", _check_data, priority=1)
    app.connect("config-inited", _address)
    app.connect("config-inited", _fresh_cache)
    app.connect("env-before-read-docs", outputs.run)
    app.connect("source-read", prose.check)
    app.connect("builder-inited", _map_files)
    app.connect("html-page-context", _assets)
    app.add_css_file("companion.css")
    essay.setup(app)
    findings.setup(app)
    heads.setup(app)
    mark.setup(app)
    glance.setup(app)
    markup.setup(app)
    catalogue.setup(app)
    downloads.setup(app)
    timeline.setup(app)
    ledger.setup(app)
    lists.setup(app)
    licences.setup(app)
    narrow.setup(app)
    notebooks.setup(app)
    theme.setup(app)
    handout.setup(app)
    search.setup(app)
    carry.setup(app)
    return {"parallel_read_safe": True, "version": __version__}


def _check_data(app: Sphinx, config) -> None:
    """Refuse to build on a broken table or argument: half a book is worse than none."""
    try:
        check()
        argument.check()
    except DataError as error:
        raise ExtensionError(str(error)) from None


def _address(app: Sphinx, config) -> None:
    """Where the book is published, if known: BOOK_URL, else html.baseurl of _config.yml; ends in a slash, or is empty."""
    address = os.environ.get("BOOK_URL") or config.html_baseurl
    if address and not re.match(r"https?://[^/]", address):
        raise ExtensionError(f'_config.yml: the address "{address}" (BOOK_URL or html.baseurl) is no web address; '
                             "write it with https:// or leave it out.")
    config.html_baseurl = f"{address.rstrip('/')}/" if address else ""


def fingerprint(root: Path = ROOT, pages: bool = True) -> str:
    """A name for all that a page depends on besides its own text: data, package, versions; pages=False: that its outputs do."""
    digest = hashlib.sha256()
    for folder in ("data", "companion"):
        for path in sorted((root / folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts and (pages or root / "companion/book" not in path.parents):
                digest.update(f"{path.relative_to(root)}\0".encode() + path.read_bytes())
    if pages:
        digest.update((root / "pyproject.toml").read_bytes())  # the wheel is made by it
    for name in VERSIONS:
        digest.update(f"{name}{importlib.metadata.version(name)}".encode())
    return digest.hexdigest()[:16]


def _fresh_cache(app: Sphinx, config) -> None:
    # The cache of outputs knows only the text of a page. Under a folder named by everything else that makes an output,
    # a changed table or helper finds nothing there. Sphinx, seeing a changed setting, reads every page anew.
    caches = Path(app.outdir).parent / ".cache"
    config.nb_execution_cache_path = str(caches / fingerprint(pages=False))
    config.companion_fingerprint = fingerprint()
    for old in sorted(caches.glob("*"), key=lambda folder: folder.stat().st_mtime)[:-4]:
        shutil.rmtree(old)  # a few are kept, for those who go to and fro between two states of the data


def _map_files(app: Sphinx) -> None:
    """The script and style of the argument map, which live beside its Python because a notebook needs them too."""
    static = Path(app.outdir) / "_static"
    static.mkdir(parents=True, exist_ok=True)
    (static / "argument_map.js").write_text(argument_map.script(), "utf-8")
    shutil.copy(argument_map.HERE / "argument_map.css", static)


def _assets(app: Sphinx, pagename: str, templatename: str, context: dict, doctree) -> None:
    """Palette on every page; the script only where there is something for it to move."""
    context["metatags"] = context.get("metatags", "") + f"<style>{palette_css()}</style>"
    if re.search(r'class="(card|exploration|guess)"', context.get("body", "")):
        app.add_js_file("companion.js", defer="defer")
    if 'class="argument-map' in context.get("body", ""):
        app.add_css_file("argument_map.css", priority=900)
        app.add_js_file("argument_map.js", defer="defer")
