"""The pages that run code as notebooks, with a wheel of the package that they need, and the places where they can be launched."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import quote, urlparse

import jupytext
import nbformat
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

from companion import __version__
from companion.book.markup import SENTENCE, number
from companion.data import load

ROOT = Path(__file__).resolve().parents[2]
FOLDER = "notebooks"  # in the built book, and the branch of a repository that holds the same
WHEEL = f"beyond_the_triangle-{__version__}-py3-none-any.whl"
SOURCES = ("pyproject.toml", "README.md", "LICENSE", "LICENSE-CONTENT.md", "companion", "data")  # of the wheel

# The first cell. A wheel beside the notebook comes first: it works without a network.
INSTALL = """# Installs this book's package, with its tables, where it is missing.
import importlib.util, pathlib
if importlib.util.find_spec("companion") is None:
    beside = [str(path) for folder in (".", "..") for path in pathlib.Path(folder).glob("beyond_the_triangle-*.whl")]
    wheel = (beside + [{address!r}])[0]
    if not wheel:
        raise FileNotFoundError("Put {wheel}, which the book offers beside this notebook, into this folder and run this cell again.")
    %pip install -q {{wheel}}
    importlib.invalidate_caches()"""


def setup(app: Sphinx) -> None:
    app.connect("html-page-context", _offer)
    app.connect("build-finished", _publish)


def runs(page: Path) -> bool:
    """Whether a page has the header that makes it a notebook."""
    return page.is_file() and page.read_text("utf-8").startswith("---\njupytext:")


def pages() -> list[Path]:
    """The sources of all pages that run code."""
    return list(filter(runs, sorted([*ROOT.glob("chapters/*.md"), *ROOT.glob("*.md")])))


def write(folder: Path, address: str = "", of: Iterable[Path] | None = None) -> list[Path]:
    """Write pages that run code, or all of them, to `folder` as .ipynb, under the page's own path; returns the files.

    address: of the published book, for the wheel and for links; without one, links between pages become words.
    """
    made = []
    for page in pages() if of is None else of:
        notebook, where = jupytext.read(page), page.relative_to(ROOT)
        for cell in notebook.cells:
            if cell.cell_type == "markdown":
                cell.source = linked(plain(cell.source, page.stem), where, address)
        first = INSTALL.format(address=f"{address}{FOLDER}/{WHEEL}" if address else "", wheel=WHEEL)
        notebook.cells.insert(0, nbformat.v4.new_code_cell(first, id="install", metadata={"tags": ["hide-input"]}))
        for i, cell in enumerate(notebook.cells[1:]):
            cell.id = f"cell-{i}"  # jupytext draws them at random, and every build would differ
        target = (folder / where).with_suffix(".ipynb")
        target.parent.mkdir(parents=True, exist_ok=True)
        jupytext.write(notebook, target)
        made.append(target)
    return made


def plain(text: str, chapter: str) -> str:
    """A Markdown cell with the book's roles and directives turned into what any notebook shows."""
    text = re.sub(r"\{number\}`([^`]+)`", lambda m: number(m[1], chapter), text)
    text = re.sub(r"\{(?:claim|term)\}`([^`<]+?) *(?:<[^`]*>)?`", r"\1", text)
    text = re.sub(r" ?\{cite\}`[^`]*`", "", text)
    text = re.sub(r"```\{passage\} ?(\d*)\n(?::[^\n]*\n)*(.*?)```", _passage, text, flags=re.S)
    text = re.sub(r"```\{reading\}\n(.*?)```", lambda m: _reading(m[1]), text, flags=re.S)
    return re.sub(r"```\{guess\} \S+\n(?::[^\n]*\n)*(.*?)\n\+\+\+\n(.*?)```",
                  r"\1\n<details><summary>See the answer</summary>\n\2\n</details>\n", text, flags=re.S)


def linked(text: str, page: Path, address: str) -> str:
    """Links to other pages of the book made whole, or, where its address is not known, made words."""
    def whole(found: re.Match) -> str:
        path = Path(os.path.normpath(page.parent / found[2])).with_suffix(".html").as_posix()
        return f"[{found[1]}]({address}{path}{found[3] or ''})" if address else found[1]
    return re.sub(r"(?<!!)\[([^\]]+)\]\(([\w./-]+\.md)(#[\w-]+)?\)", whole, text)


def _passage(found: re.Match) -> str:
    head = f"Paragraph {found[1]}, in our words." if found[1] else "Before you start."
    return f"> **{head}** " + " ".join(re.sub(SENTENCE, "", found[2], flags=re.M).split())


def _reading(lines: str) -> str:
    sources = load("sources").set_index("source_id").fillna("")
    parts = [line.partition(": ") for line in filter(str.strip, lines.splitlines())]
    return "\n".join(f"- [{sources.loc[i, 'title']}]({sources.loc[i, 'url']}). {sources.loc[i, 'publisher']}. {why}"
                     for i, _, why in parts)


def wheel(folder: Path) -> Path:
    """Build the wheel of the package with its tables into `folder`, without a network, the same byte for byte each time."""
    with tempfile.TemporaryDirectory() as temporary:
        source, made = Path(temporary, "source"), Path(temporary, "made")
        for path in map(ROOT.joinpath, SOURCES):  # a copy, for setuptools leaves its own files beside what it packs
            target = source / path.name
            if path.is_dir():
                shutil.copytree(path, target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                source.mkdir(exist_ok=True)
                shutil.copy(path, target)
        made.mkdir()
        done = subprocess.run([sys.executable, "-c", f"import setuptools.build_meta as b; b.build_wheel({str(made)!r})"], cwd=source,
                              env=os.environ | {"SOURCE_DATE_EPOCH": "315532800"}, capture_output=True, text=True)
        if done.returncode:
            raise ExtensionError(f"pyproject.toml: the wheel could not be built ({done.stderr.strip().splitlines()[-1]}); mend it there.")
        (built,) = made.glob("*.whl")
        return Path(shutil.move(built, folder / built.name))


def _publish(app: Sphinx, exception: Exception | None) -> None:
    if exception is not None or app.builder.format != "html":
        return
    address = app.config.html_baseurl
    mine = [page for page in pages() if page.relative_to(ROOT).with_suffix("").as_posix() in app.env.found_docs]
    texts = [(page.name, page.read_bytes()) for page in mine]
    digest = hashlib.sha256(repr([app.config.companion_fingerprint, address, texts]).encode()).hexdigest()[:16]
    made = Path(app.config.nb_execution_cache_path, f"{FOLDER}-{digest}")
    if not made.exists():  # every number in the text is computed for it, which takes seconds
        half = made.with_suffix(".half")
        shutil.rmtree(half, ignore_errors=True)
        write(half, address, mine)
        wheel(half)
        (half / "requirements.txt").write_text(f"./{WHEEL}\njupyterlab\n", "utf-8")  # for Binder
        half.rename(made)
    shutil.rmtree(Path(app.outdir, FOLDER), ignore_errors=True)
    shutil.copytree(made, Path(app.outdir, FOLDER))


def _offer(app: Sphinx, pagename: str, templatename: str, context: dict, doctree) -> None:
    if runs(Path(app.srcdir, f"{pagename}.md")):
        context["notebook"] = f"{'../' * pagename.count('/')}{FOLDER}/{pagename}.ipynb"
        context["launch"] = launch(app.config.html_theme_options, pagename)


def launch(options: Mapping, page: str) -> list[tuple[str, str]]:
    """(name, address) of each place where a page can be run, as far as _config.yml names it.

    options: what Jupyter Book makes of `repository` and `launch_buttons`. Notebooks are read from the branch FOLDER of the
    repository, which the workflow keeps.
    """
    buttons, repository = options.get("launch_buttons") or {}, (options.get("repository_url") or "").rstrip("/")
    if not repository:
        return []
    name, path, found = urlparse(repository).path.strip("/"), f"{page}.ipynb", []
    if place := buttons.get("binderhub_url"):
        found.append(("Binder", f"{place.rstrip('/')}/v2/gh/{name}/{FOLDER}?urlpath={quote(f'lab/tree/{path}', safe='')}"))
    if place := buttons.get("colab_url"):
        found.append(("Colab", f"{place.rstrip('/')}/github/{name}/blob/{FOLDER}/{path}"))
    if place := buttons.get("jupyterhub_url"):
        lab = quote(f"lab/tree/{name.rpartition('/')[2]}/{path}", safe="")
        found.append(("JupyterHub", f"{place.rstrip('/')}/hub/user-redirect/git-pull?repo={quote(repository, safe='')}"
                                    f"&branch={FOLDER}&urlpath={lab}"))
    return found
