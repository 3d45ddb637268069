"""The passage with a reader's own copy, numbers by key, and pages as plain notebooks."""

import nbclient
import nbformat
import pytest
from sphinx.errors import ExtensionError

from companion.book import markup, notebooks

TEXT = "A paragraph of our own, “quoted” and all: it’s not the essay's."


@pytest.fixture
def copy(tmp_path, monkeypatch):
    monkeypatch.setattr(markup, "FINGERPRINTS", {9: markup.paragraph_fingerprint(TEXT)})
    path = tmp_path / "copy.txt"
    path.write_text(f"A title\n\n{TEXT}\nAnother paragraph.\n", "utf-8")
    return path


def test_own_copy_is_shown_where_it_is_the_same_text(copy):
    assert TEXT in markup._own_copy(copy, 9).astext()


def test_punctuation_and_case_do_not_matter_and_words_do():
    same = TEXT.replace("“", '"').replace("”", '"').replace("’", "'").upper()
    assert markup.paragraph_fingerprint(same) == markup.paragraph_fingerprint(TEXT)
    assert markup.paragraph_fingerprint(TEXT.replace("own", "old")) != markup.paragraph_fingerprint(TEXT)


def test_another_text_is_refused(copy):
    copy.write_text("Something else.\n", "utf-8")
    with pytest.raises(ExtensionError, match="paragraph 9 is not the text this book was written on; give a copy"):
        markup._own_copy(copy, 9)


def test_no_paragraph_of_the_essay_is_missing_its_fingerprint():
    assert sorted(markup.FINGERPRINTS) == list(range(1, 12)) and len(set(markup.FINGERPRINTS.values())) == 11


def test_number_by_key_and_by_chapter():
    assert markup.number("south-2013", "beijing") == markup.number("beijing:south-2013", "index")
    with pytest.raises(KeyError, match='no number "south-2031" in chapter beijing; did you mean "south-201'):
        markup.number("south-2031", "beijing")


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("notebooks")
    notebooks.write(folder)
    return folder


def test_notebooks_are_plain(written):
    text = (written / "chapters/beijing.ipynb").read_text("utf-8")
    for markup_left in ("{number}", "{claim}", "{passage}", "{guess}", "+++"):
        assert markup_left not in text
    assert "Paragraph 9, in our words" in text and "77.0" in text


@pytest.mark.parametrize("page", ["chapters/beijing", "numbers"])
def test_every_page_runs_from_an_empty_folder(page, written, tmp_path, monkeypatch):
    monkeypatch.delenv("COMPANION_FRONT_END", raising=False)
    monkeypatch.setenv("PYTHONPATH", str(notebooks.ROOT))
    notebook = nbformat.read(written / f"{page}.ipynb", as_version=4)
    nbclient.NotebookClient(notebook, timeout=60, resources={"metadata": {"path": str(tmp_path)}}).execute()
    data = [output.data for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs if "data" in output]
    assert data and list(tmp_path.iterdir()) == []
    if page == "chapters/beijing":  # the live front end, not the page's
        assert sum("application/vnd.jupyter.widget-view+json" in d for d in data) == 2
