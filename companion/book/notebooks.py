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
import yaml
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

from companion import __version__
from companion.book.markup import SENTENCE, number
from companion.data import load

ROOT = Path(__file__).resolve().parents[2]
FOLDER = "notebooks"  # in the built book, and the branch of a repository that holds the same
WHEEL = f"beyond_the_triangle-{__version__}-py3-none-any.whl"
PYTHON = "python-3.12"  # for Binder, whose own is older than the package allows
SOURCES = ("pyproject.toml", "README.md", "LICENSE", "LICENSE-CONTENT.md", "companion", "data")  # of the wheel

# A link into the book, in Markdown and in HTML.
LINKS = (r"(?<!!)\[(?P<words>[^\]]+)\]\((?P<path>(?![a-z]+:|#)[^)\s]+)\)",
         r'<a [^>]*?href="(?P<path>(?![a-z]+:|#)[^"]+)"[^>]*>(?P<words>.*?)</a>')

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


def write(folder: Path, address: str = "", repository: str = "", of: Iterable[Path] | None = None) -> list[Path]:
    """Write pages that run code, or all of them, to `folder` as .ipynb, under the page's own path; returns the files.

    address: of the published book, for the wheel and for links; without one, links between pages become words.
    repository: as `repository` gives it, for the wheel of a book without an address.
    """
    made = []
    for page in pages() if of is None else of:
        notebook, where = jupytext.read(page), page.relative_to(ROOT)
        for cell in notebook.cells:
            if cell.cell_type == "markdown":
                cell.source = linked(plain(cell.source, page.stem), where, address)
        first = INSTALL.format(address=wheel_at(address, repository), wheel=WHEEL)
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
    """Links into the book, in Markdown or in HTML, made whole, or, where its address is not known, made words."""
    def whole(found: re.Match) -> str:
        path, rest = re.fullmatch(r"([^?#]*)(.*)", found["path"]).groups()
        path = re.sub(r"\.md$", ".html", Path(os.path.normpath(page.parent / path)).as_posix())
        (start, end), (first, last) = found.span(), found.span("path")
        return f"{found.string[start:first]}{address}{path}{rest}{found.string[last:end]}" if address else found["words"]
    for pattern in LINKS:
        text = re.sub(pattern, whole, text, flags=re.S)
    return text


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
    address, place = app.config.html_baseurl, repository(_config(app))
    mine = [page for page in pages() if page.relative_to(ROOT).with_suffix("").as_posix() in app.env.found_docs]
    texts = [(path.name, path.read_bytes()) for path in [*mine, *filter(Path.is_file, map(ROOT.joinpath, SOURCES))]]
    digest = hashlib.sha256(repr([app.config.companion_fingerprint, address, place, texts]).encode()).hexdigest()[:16]
    made = Path(app.config.nb_execution_cache_path, f"{FOLDER}-{digest}")
    if not made.exists():  # every number in the text is computed for it, which takes seconds
        half = made.with_suffix(".half")
        shutil.rmtree(half, ignore_errors=True)
        write(half, address, place, mine)
        wheel(half)
        for name, text in {"requirements.txt": f"./{WHEEL}\njupyterlab\n", "runtime.txt": f"{PYTHON}\n"}.items():  # for Binder
            (half / name).write_text(text, "utf-8")
        half.rename(made)
    shutil.rmtree(Path(app.outdir, FOLDER), ignore_errors=True)
    shutil.copytree(made, Path(app.outdir, FOLDER))


def _offer(app: Sphinx, pagename: str, templatename: str, context: dict, doctree) -> None:
    if runs(Path(app.srcdir, f"{pagename}.md")):
        context["notebook"] = f"{'../' * pagename.count('/')}{FOLDER}/{pagename}.ipynb"
        context["launch"] = launch(_config(app), pagename)


# --- places elsewhere -------------------------------------------------------------------------------------------

def _config(app: Sphinx) -> dict:
    # The file itself: where it names no repository, Jupyter Book gives Sphinx its own.
    return yaml.safe_load(Path(app.srcdir, "_config.yml").read_text("utf-8"))


def repository(config: Mapping) -> str:
    """Address of the repository that _config.yml names, without a slash or .git at its end; empty where it names none."""
    address = ((config.get("repository") or {}).get("url") or "").rstrip("/").removesuffix(".git")
    if address and not re.match(r"https?://[^/]+/.", address):
        raise ExtensionError(f'_config.yml: the repository "{address}" is no web address; write it with https:// or leave it out.')
    return address


def on_github(repository: str) -> str:
    """"owner/name" of a repository on GitHub; empty for one elsewhere."""
    place = urlparse(repository)
    return place.path.strip("/") if place.hostname in ("github.com", "www.github.com") else ""


def wheel_at(address: str, repository: str) -> str:
    """Where a notebook that lies alone can fetch the wheel: from the published book, else from GitHub; empty if from neither."""
    if address:
        return f"{address}{FOLDER}/{WHEEL}"
    return f"https://raw.githubusercontent.com/{name}/{FOLDER}/{WHEEL}" if (name := on_github(repository)) else ""


def launch(config: Mapping, page: str) -> list[tuple[str, str]]:
    """(name, address) of each place where a page can be run, as far as _config.yml, here `config`, names it.

    Notebooks are read from the branch FOLDER of the repository, which the workflow keeps. Only JupyterHub takes a repository
    that is not on GitHub.
    """
    place, buttons, path, found = repository(config), config.get("launch_buttons") or {}, f"{page}.ipynb", []
    name = on_github(place)
    if name and (binder := buttons.get("binderhub_url")):
        found.append(("Binder", f"{binder.rstrip('/')}/v2/gh/{name}/{FOLDER}?urlpath={quote(f'lab/tree/{path}', safe='')}"))
    if name and (colab := buttons.get("colab_url")):
        found.append(("Colab", f"{colab.rstrip('/')}/github/{name}/blob/{FOLDER}/{path}"))
    if place and (hub := buttons.get("jupyterhub_url")):
        lab = quote(f"lab/tree/{place.rpartition('/')[2]}/{path}", safe="")
        found.append(("JupyterHub", f"{hub.rstrip('/')}/hub/user-redirect/git-pull?repo={quote(place, safe='')}"
                                    f"&branch={FOLDER}&urlpath={lab}"))
    return found
