"""The reader's own copy: found in whatever form it was saved, and refused in one sentence when it is another text."""

import os
import shutil
import subprocess
import sys
import textwrap

import pytest
from reading import ROOT
from sphinx.errors import ExtensionError

from companion.book import essay

# A text of our own in the place of the essay's.
TEXT = {1: "The first paragraph is “quoted” in part, and it’s not the essay's: it tells of a far-off harbour and of nothing else at all.",
        2: "A second one follows, which is there so that one can be missing while the other two are found.",
        3: "The third closes the text, with a dash – and without a point"}
PRINTS = {number: essay.fingerprint(text) for number, text in TEXT.items()}
LINES = "\n".join(TEXT.values())


def write(tmp_path, text):
    path = tmp_path / "copy.txt"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def wrapped(text, width):
    return "\n".join(textwrap.fill(line, width) for line in text.splitlines())


@pytest.mark.parametrize("text", [
    LINES, LINES + "\n", LINES.replace("\n", "\r\n"), "\ufeff" + LINES,
    f"A title\n\nBy an author\n\n{LINES}\n\nShare this\nSearch",
    LINES.replace("\n", "\n\n"), wrapped(LINES, 80), wrapped(LINES, 30), wrapped(LINES, 80).replace("\n", "\n\n"),
    f"Menu\n{wrapped(LINES, 72)}\nFooter", LINES.replace("“", '"').replace("”", '"').replace("’", "'").replace("–", "-"),
    textwrap.indent(wrapped(LINES, 60), "\t  "), LINES.upper()],
    ids=["plain", "ends in a line", "Windows", "byte order mark", "title and rest", "blank lines", "wrapped at 80", "wrapped at 30",
         "a blank line after each", "wrapped between others", "straight quotes", "indented", "capitals"])
def test_a_copy_is_found_in_whatever_form_it_was_saved(text, tmp_path):
    found = essay.read(write(tmp_path, text), PRINTS)
    assert list(found) == [1, 2, 3] and all("\n" not in paragraph for paragraph in found.values())
    assert {number: essay.fingerprint(paragraph) for number, paragraph in found.items()} == PRINTS


def test_the_readers_own_text_is_shown_and_not_ours(tmp_path):
    found = essay.read(write(tmp_path, wrapped(f"Title\n{LINES}".replace("’", "'"), 40)), PRINTS)
    assert found[1] == TEXT[1].replace("’", "'")


def test_one_word_more_is_another_text():
    assert essay.fingerprint(TEXT[1].replace("far-off", "far off")) == PRINTS[1] != essay.fingerprint(TEXT[1].replace("far-off", "near"))


def refused(path):
    with pytest.raises(ExtensionError) as error:
        essay.read(path, PRINTS)
    said = str(error.value)
    assert said.startswith(f"ESSAY={path}") and said.endswith("or leave ESSAY out.") and said.count(". ") == 0
    return said.removeprefix(f"ESSAY={path}")


def test_a_file_that_is_not_there(tmp_path):
    assert refused(tmp_path / "none.txt").startswith(": there is no such file; give the path")


def test_a_folder(tmp_path):
    assert refused(tmp_path).startswith(" is a folder; name the file in it")


@pytest.mark.parametrize("text", ["", "\n \n\t\n"])
def test_an_empty_file(text, tmp_path):
    assert refused(write(tmp_path, text)).startswith(" is empty; save the essay in it")


@pytest.mark.parametrize("text", [LINES.encode("utf-16"), LINES.encode("cp1252"), b"%PDF-1.4\n\xe2\xe3\xcf\xd3"])
def test_a_file_that_is_no_text_in_utf_8(text, tmp_path):
    assert refused(write(tmp_path, text)).startswith(" is not text in UTF-8; save the essay as plain text")


def test_another_text(tmp_path):
    assert refused(write(tmp_path, "Something else.\n")).startswith(
        ": none of the 3 paragraphs that this book was written on is in it; copy")


def test_a_paragraph_that_differs_is_named_with_what_stands_there(tmp_path):
    said = refused(write(tmp_path, wrapped(LINES.replace("A second one follows", "A second one followed"), 40)))
    assert said.startswith(": paragraph 2 is missing or not the text this book was written on (2 of 3 match; in place of paragraph 2 "
                           "your copy has “A second one followed, which is …”); copy the essay again")


def test_paragraphs_that_are_missing_are_named(tmp_path):
    assert refused(write(tmp_path, TEXT[2])).startswith(
        ": paragraphs 1 and 3 are missing or not the text this book was written on (1 of 3 match); copy")
    assert "paragraph 3 is missing" in refused(write(tmp_path, f"{TEXT[1]}\n{TEXT[2]}"))


def test_no_paragraph_of_the_essay_is_missing_its_fingerprint():
    assert sorted(essay.FINGERPRINTS) == list(range(1, 12)) and len(set(essay.FINGERPRINTS.values())) == 11


@pytest.mark.parametrize("as_variable", [True, False])
def test_make_hands_the_path_on(as_variable, tmp_path):
    """`make book ESSAY=path` and `ESSAY=path make book`, with a stand-in for Python that says what it was given."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / ".ci").mkdir()
    for name, text in ((".ci/env", "#!/bin/sh\n"), ("say", '#!/bin/sh\necho "$ESSAY $*"\n')):
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    given = {} if as_variable else {"ESSAY": "a copy.txt"}
    done = subprocess.run(["make", "book", "PY=./say", *(["ESSAY=a copy.txt"] if as_variable else [])], cwd=tmp_path, text=True,
                          env={"PATH": os.environ["PATH"], **given}, capture_output=True)
    assert done.stdout == "a copy.txt -m companion.book\n", done.stderr


# --- the whole build, on a copy of the book that was written on our own text ----------------------------------------

OURS = "A paragraph of our own that stands here in place of the ninth, so that a build can show it."


def build(root, path=None):
    given = {key: value for key, value in os.environ.items() if key != "ESSAY"} | ({"ESSAY": str(path)} if path else {})
    return subprocess.run([sys.executable, "-m", "companion.book"], cwd=root, env=given, text=True, timeout=600,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def holding(root, text):
    """Every file of the build, pages and what Sphinx keeps, that holds the text."""
    files = [path for path in (root / "_build").rglob("*") if path.is_file()]
    return {path.relative_to(root).as_posix() for path in files if text.encode() in path.read_bytes()}


def test_a_copy_is_shown_and_gone_with_the_next_build(copy, tmp_path):
    source = copy / "companion/book/essay.py"
    source.write_text(source.read_text("utf-8") + f'\n\nFINGERPRINTS = {{9: "{essay.fingerprint(OURS)}"}}\n', "utf-8")
    path = tmp_path / "copy.txt"
    path.write_text(f"A title\n{textwrap.fill(OURS, 40)}\n", "utf-8")
    page = copy / "_build/html/chapters/beijing.html"

    assert (made := build(copy, path)).returncode == 0, made.stdout
    assert page.read_text("utf-8").count(OURS) == 1 and "do not publish" in page.read_text("utf-8")

    other = tmp_path / "other.txt"  # the same words in other letters are another text to show
    other.write_text(OURS.upper(), "utf-8")
    assert (made := build(copy, other)).returncode == 0, made.stdout
    assert OURS.upper() in page.read_text("utf-8") and OURS not in page.read_text("utf-8")

    assert (made := build(copy)).returncode == 0, made.stdout
    assert not holding(copy, OURS) and not holding(copy, OURS.upper()) and "passage-own" not in page.read_text("utf-8")

    path.write_text("Not the essay.\n", "utf-8")
    made = build(copy, path)
    assert made.returncode == 1 and "- reading" not in made.stdout
    assert made.stdout.splitlines() == [
        f"ESSAY={path}: none of the 1 paragraphs that this book was written on is in it; copy the essay again as it was published in "
        "September 2014, or leave ESSAY out.", "The full log is _build/book.log."]
