"""The guards of the build, each on a broken copy of the project, built anew and built on top of what was there."""

import contextlib
import os
import re
import shutil

import pytest

from reading import make_book

HEADER = re.compile(r"\A---\n.*?\n---\n", re.S)
CELL = "```{code-cell} ipython3\n%s\n```\n"
CHAPTER = "chapters/beijing.md"


@contextlib.contextmanager
def changed(root, path, change):
    """The file at `path` with `change` applied; gives its old bytes. File, its age and the built book are put back."""
    file, built, kept = root / path, root / "_build", root.parent / "kept"
    before, age = file.read_bytes(), file.stat()
    after = change(before.decode())
    assert after != before.decode(), "the test changes nothing"
    shutil.copytree(built, kept)
    file.write_text(after, "utf-8")
    try:
        yield before
    finally:
        file.write_bytes(before)
        os.utime(file, ns=(age.st_atime_ns, age.st_mtime_ns))
        shutil.rmtree(built)
        kept.rename(built)


def fails(root, *parts):
    """The build fails with one sentence that holds all `parts`, on top of the last build and anew; returns it."""
    for clean in (False, True):
        if clean:
            # All but the outputs of whole pages, which no broken page can have: running those again would test nothing.
            for built in (root / "_build").iterdir():
                if built.name != ".cache":
                    shutil.rmtree(built) if built.is_dir() else built.unlink()
        made = make_book(root)
        assert made.returncode == 1, made.stdout
        *said, log = made.stdout.strip().splitlines()
        (sentence,) = [line for line in said if not line.startswith("- ")]
        assert log == "The full log is _build/book.log."
        # One full stop, at the end, and no path of this machine.
        assert re.search(r"[^.]\.$", sentence) and not re.search(r"\. [A-Z]", sentence), sentence
        assert str(root) not in sentence
        for part in parts:
            assert part in sentence, sentence
    return sentence


def first_cell(code):
    """The change that puts a cell before the first of a page, so that it runs at once."""
    return lambda text: text.replace("```{code-cell}", CELL % code + "\n```{code-cell}", 1)


def at_end(words):
    return lambda text: text + words


def page(root):
    return (root / "_build/html/chapters/beijing.html").read_text("utf-8")


def test_a_changed_row_changes_the_page(copy):
    before = page(copy)
    row = re.compile(r"^(kotra,CHN,total,2013,)\d+", re.M)
    with changed(copy, "data/trade.csv", lambda text: row.sub(r"\g<1>6000", text, count=1)):
        made = make_book(copy)
        assert made.returncode == 0, made.stdout
        assert page(copy) != before


def test_a_changed_helper_changes_the_page(copy):
    before = page(copy)
    with changed(copy, "companion/figure.py", lambda text: text.replace("How far to trust this", "How far to trust that")):
        made = make_book(copy)
        assert made.returncode == 0, made.stdout
        assert page(copy) == before.replace("How far to trust this", "How far to trust that") != before


def test_a_file_that_is_no_more_does_not_stay(copy):
    gone = copy / "_build/html/data/gone.csv"
    gone.touch()
    assert make_book(copy).returncode == 0
    assert not gone.exists()


def test_nothing_changed_runs_nothing(copy):
    assert "- running" not in make_book(copy).stdout


def test_a_failing_cell(copy):
    before = page(copy)
    with changed(copy, CHAPTER, first_cell("1 / 0")) as whole:
        assert fails(copy, "mend the cell") == (
            f"{CHAPTER}, cell 1: ZeroDivisionError: division by zero; mend the cell and run make book again.")
        # Mended on top of the failure, the page is what it was.
        (copy / CHAPTER).write_bytes(whole)
        made = make_book(copy)
        assert made.returncode == 0, made.stdout
        assert page(copy) == before


def test_a_cell_that_is_no_python(copy):
    with changed(copy, CHAPTER, first_cell("1 +* 2")):
        fails(copy, CHAPTER + ", cell ", "SyntaxError", "mend the cell")


def test_a_page_without_the_notebook_header(copy):
    with changed(copy, CHAPTER, lambda text: HEADER.sub("", text)):
        fails(copy, CHAPTER + ", line 1", "header", "copy")


def test_a_missing_table(copy):
    with changed(copy, "data/trade.csv", lambda text: ""):
        (copy / "data/trade.csv").unlink()
        # Said before any cell runs, so no cell is named as the one that asked.
        assert "asked for" not in fails(copy, "data/trade.csv", "missing")


def test_a_broken_row(copy):
    with changed(copy, "data/trade.csv", lambda text: re.sub(r"^(kotra,CHN,exports,2013,)\d+", r"\g<1>12x", text, count=1, flags=re.M)):
        sentence = fails(copy, "data/trade.csv, line ", "value", "12x")
        line = int(re.search(r"line (\d+)", sentence)[1])
        assert (copy / "data/trade.csv").read_text("utf-8").splitlines()[line - 1].startswith("kotra,CHN,exports,2013,12x")


def test_a_table_that_nobody_knows(copy):
    with changed(copy, CHAPTER, first_cell("from companion import load\nload('trades')")):
        fails(copy, "trades", "trade", CHAPTER)


def test_a_wrong_as_of(copy):
    with changed(copy, CHAPTER, first_cell("from companion import load\nload('trade', as_of='30.9.2014')")):
        fails(copy, "30.9.2014", "2014-09-30", CHAPTER)


def test_an_unknown_claim_in_a_sentence(copy):
    with changed(copy, CHAPTER, at_end("\nSee {claim}`three-quartes`.\n")):
        fails(copy, CHAPTER + ", line ", "three-quartes", "did you mean")


def test_an_unknown_claim_in_a_cell(copy):
    with changed(copy, CHAPTER, first_cell("from companion import claim\nclaim('three-quartes')")):
        fails(copy, CHAPTER, "three-quartes", "did you mean")


def test_an_unknown_number(copy):
    with changed(copy, CHAPTER, at_end("\nIt was {number}`no-such-number`.\n")):
        fails(copy, CHAPTER + ", line ", "no-such-number", "did you mean")


@pytest.mark.parametrize("path", [CHAPTER, "index.md"])
def test_a_number_typed_by_hand(copy, path):
    line = (copy / path).read_text("utf-8").count("\n") + 2
    with changed(copy, path, at_end("\nChina had 74.6 % of it.\n")):
        fails(copy, f"{path}, line {line}", "74.6", "{number}")


def test_an_exploration_without_states(copy):
    with changed(copy, CHAPTER, first_cell("from companion import Choice, explore\nexplore(print, 'none', 'What?', what=Choice('What', {}))")):
        fails(copy, CHAPTER, "none", "no states", "option")


def test_an_exploration_with_too_many_states(copy):
    many = "from companion import Choice, explore\nnumbers = {n: str(n) for n in range(40)}\n" \
           "explore(print, 'many', 'What?', a=Choice('A', numbers), b=Choice('B', numbers))"
    with changed(copy, CHAPTER, first_cell(many)):
        fails(copy, CHAPTER, "many", "1600 states", "take out")


def test_a_dangling_link(copy):
    with changed(copy, CHAPTER, at_end("\n[Nowhere](nowhere.md)\n")):
        fails(copy, CHAPTER + ", line ", "nowhere.md")
        # Sphinx warns once and then takes the page for read: without a mark the next build would pass.
        assert make_book(copy).returncode == 1


def test_a_download_that_is_not_there(copy):
    with changed(copy, "downloads.md", lambda text: text.replace("claims/claims.json: ", "claims/claim.json: ", 1)):
        line = (copy / "downloads.md").read_text("utf-8").splitlines().index("## The claims") + 3
        fails(copy, f"downloads.md, line {line}", '"claims/claim.json" is no file', 'write "claims/claims.json: what it is"')


def test_a_build_that_was_cut_off(copy):
    """The mark of a build that did not end makes the next one write every page anew."""
    before = page(copy)
    (copy / "_build/unfinished").touch()
    (copy / "_build/html/chapters/beijing.html").write_text("half a pa", "utf-8")
    assert make_book(copy).returncode == 0
    assert page(copy) == before and not (copy / "_build/unfinished").exists()


def test_a_claim_that_no_function_tests(copy):
    def kept():
        return {path.relative_to(copy): path.read_bytes() for path in (copy / "_build").rglob("claims.*") if ".cache" in path.parts}

    before = kept()
    # Of a chapter that this copy has no page of: the claims are checked as a whole.
    with changed(copy, "companion/evidence/moscow.py", lambda text: text.replace('"russia-trade-nil": nil, ', "")):
        assert fails(copy) == ('data/claims.csv, line 7: "russia-trade-nil" is a measure and has no function in FINDINGS of '
                               "companion/evidence/moscow.py; write one or change its kind.")
        assert kept().items() <= before.items() and not (copy / "_build/html/claims/claims.json").exists()


def test_pages_of_claims_stay_when_nothing_they_show_has_changed_and_one_of_no_claim_goes(copy):
    folder = copy / "_build/html/claims"
    ages = {path.name: path.stat().st_mtime_ns for path in folder.glob("*.html")}
    assert len(ages) == len((copy / "data/claims.csv").read_text("utf-8").splitlines()) - 1
    # The copy has one chapter, so links to the others are words.
    assert "../chapters/beijing.html#claim-xi-critical" in (folder / "xi-critical.html").read_text("utf-8")
    assert "../chapters/moscow" not in (folder / "west-break.html").read_text("utf-8")
    (folder / "gone.html").touch()
    with changed(copy, "about.md", lambda text: f"{text}\nOne more sentence.\n"):
        assert make_book(copy).returncode == 0
        assert {path.name: path.stat().st_mtime_ns for path in folder.glob("*.html")} == ages
        assert '"claims/xi-critical.html"' in (copy / "_build/html/_static/search-index.js").read_text("utf-8")
    with changed(copy, "about.md", lambda text: text.replace("# About", "# More about", 1)):
        assert make_book(copy).returncode == 0
        assert ">More about" in (folder / "xi-critical.html").read_text("utf-8")  # in the navigation
