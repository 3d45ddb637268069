"""Numbers by key, and pages as plain notebooks."""

import os
import re
from concurrent.futures import ThreadPoolExecutor

import nbclient
import nbformat
import pytest

import reading
from companion.book import markup, notebooks


def test_number_by_key_and_by_chapter():
    assert markup.number("south-2013", "beijing") == markup.number("beijing:south-2013", "index")
    with pytest.raises(KeyError, match='no number "south-2031" in chapter beijing; did you mean "south-201'):
        markup.number("south-2031", "beijing")


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("notebooks")
    notebooks.write(folder)
    return folder


CHAPTERS = [path.removesuffix(".html") for path in reading.CHAPTERS]


@pytest.mark.parametrize("page", CHAPTERS)
def test_notebooks_are_plain(page, written):
    notebook = nbformat.read(written / f"{page}.ipynb", as_version=4)
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    assert re.findall(r"\{[a-z-]+\}`|```\{|^\+\+\+|^:\w+:|\bTrue\b|\bnan\b", text, re.M) == []
    assert "See the answer</summary>" in text and ("in our words" in text or "Before you start" in text)
    # A number that is named in the page is written out in its notebook.
    source = (reading.ROOT / f"{page}.md").read_text("utf-8")
    for key in re.findall(r"\{number\}`([^`]+)`", source):
        assert markup.number(key, page.removeprefix("chapters/")) in text, key


def test_the_notebook_of_a_chapter_says_what_its_page_says(written):
    text = (written / "chapters/beijing.ipynb").read_text("utf-8")
    assert "Paragraph 9, in our words" in text and "77.0" in text


@pytest.fixture(scope="module")
def run(written, tmp_path_factory):
    """{page: (its notebook, run from an empty folder; what then lies in that folder)}; one at a time for each core."""
    def one(page):
        notebook, folder = nbformat.read(written / f"{page}.ipynb", as_version=4), tmp_path_factory.mktemp("empty")
        nbclient.NotebookClient(notebook, timeout=120, allow_errors=True,
                                resources={"metadata": {"path": str(folder)}}).execute()
        return notebook, list(folder.iterdir())

    pages = [*CHAPTERS, "numbers", "argument-map", "codings"]
    with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(os.cpu_count()) as pool:
        patch.delenv("COMPANION_FRONT_END", raising=False)
        patch.setenv("PYTHONPATH", str(notebooks.ROOT))
        return dict(zip(pages, pool.map(one, pages)))


@pytest.mark.parametrize("page", [*CHAPTERS, "numbers", "argument-map", "codings"])
def test_every_page_runs_from_an_empty_folder(page, run, book):
    notebook, left = run[page]
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    assert [o.get("traceback") for o in outputs if o.output_type == "error"] == []
    assert [o.text for o in outputs if o.output_type == "stream" and o.name == "stderr"] == [] and left == []
    data = [output.data for output in outputs if "data" in output]
    # The live front end of each exploration and map, not the page's.
    shown = (book / f"{page}.html").read_text("utf-8")
    shown = len(re.findall(r"data-(?:exploration|argument-map) ", shown))
    assert data and sum("application/vnd.jupyter.widget-view+json" in d for d in data) == shown >= (page in CHAPTERS)
