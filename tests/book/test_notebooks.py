"""Pages as notebooks: what they say, that each runs alone, and the places elsewhere where it can be run."""

import os
import re
import shutil
import subprocess
import sysconfig
import tomllib
import venv
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from packaging.specifiers import SpecifierSet
from sphinx.errors import ExtensionError

import reading
from companion.book import markup, notebooks

CHAPTERS = [path.removesuffix(".html") for path in reading.CHAPTERS]
PAGES = [path.removesuffix(".html") for path in reading.PAGES if notebooks.runs(reading.ROOT / f"{path.removesuffix('.html')}.md")]


@pytest.mark.parametrize("page", CHAPTERS)
def test_notebooks_are_plain(page, book):
    notebook = nbformat.read(book / "notebooks" / f"{page}.ipynb", as_version=4)
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    assert re.findall(r"\{[a-z-]+\}`|```\{|^\+\+\+|^:\w+:|\bTrue\b|\bnan\b", text, re.M) == []
    assert "See the answer</summary>" in text and ("in our words" in text or "Before you start" in text)
    # A number that is named in the page is written out in its notebook.
    source = (reading.ROOT / f"{page}.md").read_text("utf-8")
    for key in re.findall(r"\{number\}`([^`]+)`", source):
        assert markup.number(key, page.removeprefix("chapters/")) in text, key


def test_the_notebook_of_a_chapter_says_what_its_page_says(book):
    text = (book / "notebooks" / "chapters/beijing.ipynb").read_text("utf-8")
    assert "Paragraph 9, in our words" in text and "77.0" in text


RUN = """import nbclient, nbformat, sys
notebook = nbformat.read(sys.argv[1], as_version=4)
nbclient.NotebookClient(notebook, timeout=120, allow_errors=True).execute()
nbformat.write(notebook, sys.argv[2])"""


@pytest.fixture(scope="module")
def run(book, tmp_path_factory):
    """{page: (its notebook as run, what then lies beside it)}: each alone with the wheel in an empty folder, offline, in an
    environment of its own that has what the book needs but not the book. One at a time for each core."""
    def one(page):
        folder = tmp_path_factory.mktemp("empty")
        fresh, place, ran = folder / "environment", folder / "place", folder / "ran.ipynb"
        venv.create(fresh, with_pip=False)
        (there,) = fresh.glob("lib/python*/site-packages")
        (there / "others.pth").write_text(sysconfig.get_path("purelib"))
        place.mkdir()
        shutil.copy(book / f"notebooks/{page}.ipynb", place)
        shutil.copy(book / "notebooks" / notebooks.WHEEL, place)
        left_out = ("PYTHONPATH", "COMPANION_FRONT_END", "COMPANION_DATA")
        done = subprocess.run([fresh / "bin/python", "-c", RUN, place / Path(f"{page}.ipynb").name, ran], cwd=place, text=True,
                              capture_output=True, env={k: v for k, v in os.environ.items() if k not in left_out} | {"PIP_NO_INDEX": "1"})
        assert done.returncode == 0, done.stderr
        return nbformat.read(ran, as_version=4), sorted(path.name for path in place.iterdir())

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip(PAGES, pool.map(one, PAGES)))


@pytest.mark.parametrize("page", PAGES)
def test_every_page_runs_from_an_empty_folder(page, run, book):
    notebook, left = run[page]
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    assert [o.get("traceback") for o in outputs if o.output_type == "error"] == []
    assert [o.text for o in outputs if o.output_type == "stream" and o.name == "stderr"] == []
    assert left == sorted([f"{Path(page).name}.ipynb", notebooks.WHEEL])
    data = [output.data for output in outputs if "data" in output]
    # The live front end of each exploration and map, not the page's.
    shown = (book / f"{page}.html").read_text("utf-8")
    shown = len(re.findall(r"data-(?:exploration|argument-map) ", shown))
    assert data and sum("application/vnd.jupyter.widget-view+json" in d for d in data) == shown >= (page in CHAPTERS)


@pytest.mark.parametrize(("link", "whole"), [
    ("[the map](../argument-map.md#the-map)", "[the map](https://example.org/b/argument-map.html#the-map)"),
    ("[Moscow](moscow.md)", "[Moscow](https://example.org/b/chapters/moscow.html)"),
    ('<a href="beijing.html?start=essay&amp;set=a.falls#b">Let\nit fall</a>',
     '<a href="https://example.org/b/chapters/beijing.html?start=essay&amp;set=a.falls#b">Let\nit fall</a>'),
    ('<a class="x" href="../data/a.csv">a.csv</a>', '<a class="x" href="https://example.org/b/data/a.csv">a.csv</a>')])
def test_links_into_the_book_are_whole_where_its_address_is_known_and_words_elsewhere(link, whole):
    page, words = Path("chapters/beijing.md"), re.search(r"\[(.*)\]|>(.*)<", link, re.S)
    assert notebooks.linked(f"See {link}.", page, "https://example.org/b/") == f"See {whole}."
    assert notebooks.linked(f"See {link}.", page, "") == f"See {words[1] or words[2]}."


@pytest.mark.parametrize("link", ["[a paper](https://example.org/x.md)", '<a href="https://example.org/x">x</a>', "[below](#below)",
                                  "![a picture](../docs/china-share.png)"])
def test_other_links_stay_as_they_are(link):
    for address in ("", "https://example.org/b/"):
        assert notebooks.linked(link, Path("chapters/beijing.md"), address) == link


@pytest.mark.long
def test_no_notebook_links_to_what_does_not_lie_beside_it(tmp_path):
    made = notebooks.write(tmp_path, "https://example.org/b/")
    links = 0
    for path in made:
        text = "\n".join(cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "markdown")
        found = re.findall(r"""(?<!!)\[[^\]]+\]\(([^)]+)\)|href="([^"]+)""", text)
        assert [link for pair in found for link in pair if link and not re.match(r"https?://", link)] == [], path.name
        links += sum("https://example.org/b/" in link for pair in found for link in pair)
    assert links > len(made)


# --- the package ------------------------------------------------------------------------------------------------

GITHUB = "https://github.com/us/book"


@pytest.mark.parametrize(("address", "repository", "found"), [
    ("https://example.org/b/", GITHUB, "https://example.org/b/notebooks/"),
    ("", GITHUB, "https://raw.githubusercontent.com/us/book/notebooks/"),
    ("", "https://codeberg.org/us/book", None), ("", "", None)])
def test_the_first_cell_names_the_wheel_at_the_books_address_or_on_github(address, repository, found, tmp_path):
    (made,) = notebooks.write(tmp_path, address, repository, [reading.ROOT / "codings.md"])
    first = nbformat.read(made, as_version=4).cells[0].source
    named = re.search(r"beside \+ \['(.*)'\]", first)[1]
    assert named == (f"{found}{notebooks.WHEEL}" if found else "")


def test_binder_gets_a_python_that_the_package_allows(book):
    folder, project = book / "notebooks", tomllib.loads((reading.ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    name, _, version = (folder / "runtime.txt").read_text("utf-8").strip().partition("-")
    assert name == "python" and version in SpecifierSet(project["requires-python"])
    wheel, lab = (folder / "requirements.txt").read_text("utf-8").split()
    assert (folder / wheel).is_file() and lab == "jupyterlab"


# --- places elsewhere -------------------------------------------------------------------------------------------

HUBS = {"binderhub_url": "https://binder.example", "colab_url": "https://colab.example", "jupyterhub_url": "https://hub.example/"}
PLACES = [
    ("Binder", "https://binder.example/v2/gh/us/book/notebooks?urlpath=lab%2Ftree%2Fchapters%2Fmoscow.ipynb"),
    ("Colab", "https://colab.example/github/us/book/blob/notebooks/chapters/moscow.ipynb"),
    ("JupyterHub", "https://hub.example/hub/user-redirect/git-pull?repo=https%3A%2F%2Fgithub.com%2Fus%2Fbook&branch=notebooks"
                   "&urlpath=lab%2Ftree%2Fbook%2Fchapters%2Fmoscow.ipynb")]


@pytest.mark.parametrize(("hub", "place"), list(zip(HUBS, PLACES, strict=True)))
@pytest.mark.parametrize("url", [GITHUB, f"{GITHUB}/", f"{GITHUB}.git"])
def test_each_place_to_run_a_page_is_one_line_of_configuration(hub, place, url):
    config = {"launch_buttons": {hub: HUBS[hub]}, "repository": {"url": url}}
    assert notebooks.launch(config, "chapters/moscow") == [place]
    assert notebooks.launch({"repository": {"url": url}}, "chapters/moscow") == []


def test_only_a_jupyterhub_takes_a_repository_that_is_not_on_github():
    (found,) = notebooks.launch({"launch_buttons": HUBS, "repository": {"url": "https://codeberg.org/us/book.git"}}, "chapters/moscow")
    assert found[0] == "JupyterHub" and "?repo=https%3A%2F%2Fcodeberg.org%2Fus%2Fbook&" in found[1]


@pytest.mark.parametrize("repository", [{}, {"repository": None}, {"repository": {"url": ""}}])
def test_a_book_without_a_repository_can_be_launched_nowhere(repository):
    assert notebooks.launch({"launch_buttons": HUBS} | repository, "chapters/moscow") == []


def test_a_repository_that_is_no_web_address_is_refused():
    with pytest.raises(ExtensionError, match='_config.yml: the repository "git@github.com:us/book" is no web address'):
        notebooks.repository({"repository": {"url": "git@github.com:us/book.git"}})


@pytest.mark.parametrize("path", [*reading.PAGES, *reading.SOME_CLAIMS])
def test_a_page_offers_its_notebook_if_it_has_one_and_no_dead_button(path, book):
    page = BeautifulSoup((book / path).read_text("utf-8"), "html.parser")
    links = [a["href"] for a in page.select(".run a")]
    assert links == ([f"{'../' * path.count('/')}notebooks/{path.removesuffix('.html')}.ipynb"] if path.removesuffix(".html") in PAGES else [])
    assert all((book / path).parent.joinpath(link).is_file() for link in links)
