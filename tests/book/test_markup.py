"""Numbers by key, and pages as plain notebooks."""

import os
import re
import shutil
import subprocess
import sysconfig
import venv
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup

import reading
from companion.book import markup, notebooks


def test_number_by_key_and_by_chapter():
    assert markup.number("south-2013", "beijing") == markup.number("beijing:south-2013", "index")
    with pytest.raises(KeyError, match='no number "south-2031" in chapter beijing; did you mean "south-201'):
        markup.number("south-2031", "beijing")


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


def test_links_between_pages_are_whole_where_the_address_is_known_and_words_elsewhere():
    text = "See [the map](../argument-map.md#the-map), [Moscow](moscow.md) and [a paper](https://example.org/x.md)."
    page = Path("chapters/beijing.md")
    assert notebooks.linked(text, page, "") == "See the map, Moscow and [a paper](https://example.org/x.md)."
    assert notebooks.linked(text, page, "https://example.org/b/") == (
        "See [the map](https://example.org/b/argument-map.html#the-map), [Moscow](https://example.org/b/chapters/moscow.html) "
        "and [a paper](https://example.org/x.md).")


def test_the_first_cell_names_the_wheel_at_the_books_address(tmp_path, monkeypatch):
    monkeypatch.setattr(notebooks, "pages", lambda: [reading.ROOT / "codings.md"])
    (made,) = notebooks.write(tmp_path, "https://example.org/b/")
    first = nbformat.read(made, as_version=4).cells[0].source
    assert f"'https://example.org/b/notebooks/{notebooks.WHEEL}'" in first


@pytest.mark.parametrize(("buttons", "found"), [
    ({}, []),
    ({"binderhub_url": "https://binder.example"},
     [("Binder", "https://binder.example/v2/gh/us/book/notebooks?urlpath=lab%2Ftree%2Fchapters%2Fmoscow.ipynb")]),
    ({"colab_url": "https://colab.example"}, [("Colab", "https://colab.example/github/us/book/blob/notebooks/chapters/moscow.ipynb")]),
    ({"jupyterhub_url": "https://hub.example/"},
     [("JupyterHub", "https://hub.example/hub/user-redirect/git-pull?repo=https%3A%2F%2Fgithub.com%2Fus%2Fbook&branch=notebooks"
                     "&urlpath=lab%2Ftree%2Fbook%2Fchapters%2Fmoscow.ipynb")])])
def test_each_place_to_run_a_page_is_one_line_of_configuration(buttons, found):
    options = {"launch_buttons": buttons, "repository_url": "https://github.com/us/book"}
    assert notebooks.launch(options, "chapters/moscow") == found
    assert notebooks.launch(options | {"repository_url": ""}, "chapters/moscow") == []


@pytest.mark.parametrize("path", [*reading.PAGES, *reading.SOME_CLAIMS])
def test_a_page_offers_its_notebook_if_it_has_one_and_no_dead_button(path, book):
    page = BeautifulSoup((book / path).read_text("utf-8"), "html.parser")
    links = [a["href"] for a in page.select(".run a")]
    assert links == ([f"{'../' * path.count('/')}notebooks/{path.removesuffix('.html')}.ipynb"] if path.removesuffix(".html") in PAGES else [])
    assert all((book / path).parent.joinpath(link).is_file() for link in links)
