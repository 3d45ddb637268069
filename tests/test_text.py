"""The text of the book: nothing copied from the essay, every sentence of it restated, every chapter of one shape."""

import hashlib
import re
import statistics
from pathlib import Path

import jupytext
import pytest

from companion.book import markup, prose
from companion.data import load

ROOT = Path(__file__).resolve().parents[1]
# The first ten digits of the SHA-256 of every run of twelve words of the essay: a copy is found without keeping one.
RUNS = set((ROOT / "tests" / "essay_runs.txt").read_text("utf-8").split())
WRITTEN = [path for pattern in ("*.md", "*.cff", "chapters/*.md", "data/*", "docs/*.md", "companion/**/*.py", "coursework/**/*.md")
           for path in sorted(ROOT.glob(pattern)) if path.is_file()]
CHAPTERS = [name.removeprefix("chapters/") for name in
            re.findall(r"file: (chapters/\S+)", (ROOT / "_toc.yml").read_text("utf-8"))]
SHAPE = ["Your guess first", "The evidence", "Rival measures", "What the data cannot say", "What became of it",
         "The claims and their verdicts", "Exercises", "Further reading"]
FOLLOW_NO_PASSAGE = {"how-it-fits", "hindsight"}  # they deal with the whole essay
SUMMING_UP = {4, 14, 37}  # sentences that only sum up others, so no claim of their own


def copied(text):
    """The runs of twelve words that stand in the essay too."""
    words = re.findall(r"[a-z0-9]+", text.lower().replace("’", "").replace("'", ""))
    runs = (" ".join(words[i:i + 12]) for i in range(len(words) - 11))
    return [run for run in runs if hashlib.sha256(run.encode()).hexdigest()[:10] in RUNS]


def restated(chapter):
    """{paragraph: numbers of the sentences that its passage restates}"""
    found = {}
    for paragraph, body in re.findall(r"```\{passage\} (\d+)\n(.*?)```", read(chapter), re.S):
        spans = re.findall(markup.SENTENCE, body, re.M)
        found[int(paragraph)] = {n for span in spans for n in
                                 range(int(re.match(r"\d+", span)[0]), int(re.search(r"\d+$", span)[0]) + 1)}
    return found


def read(chapter):
    return (ROOT / "chapters" / f"{chapter}.md").read_text("utf-8")


@pytest.mark.parametrize("path", WRITTEN, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_no_run_of_twelve_words_is_the_essays(path):
    assert copied(path.read_text("utf-8")) == []


def test_the_built_book_holds_no_sentence_of_the_essay(book):
    """Pages, claims, argument, tables and what the search reads."""
    read = [path for path in book.rglob("*") if path.suffix in (".html", ".json", ".argdown", ".csv", ".js", ".md", ".cff")]
    assert {"index.html", "_static/search-index.js", "claims/claims.json", "claims/argument-settled.argdown", "claims/argument-settled.aif.json",
            "data/claims.csv"} <= {path.relative_to(book).as_posix() for path in read}
    for path in read:
        assert copied(re.sub(r"<[^>]+>", " ", path.read_text("utf-8"))) == [], path


def test_a_copied_run_would_be_found(monkeypatch):
    ours = "twelve words of our own that stand here for those of another text today"
    run = " ".join(ours.split()[1:13])
    assert len(RUNS) > 700
    monkeypatch.setitem(globals(), "RUNS", {hashlib.sha256(run.encode()).hexdigest()[:10]})
    assert copied(f"Before that, {ours.capitalize()}!") == [run]


def test_every_sentence_of_the_essay_is_restated_once_and_in_its_paragraph():
    found = [(p, s) for chapter in CHAPTERS for p, sentences in restated(chapter).items() for s in sentences]
    assert sorted(s for _, s in found) == list(range(1, 41))
    assert sorted(p for p, _ in dict.fromkeys((p, None) for p, _ in found)) == list(range(1, 12))
    where = {s: p for p, s in found}
    for row in load("claims").dropna(subset=["sentences"]).itertuples():
        assert {where[int(s)] for s in row.sentences.split(";")} == {row.paragraph}, row.id
        assert row.paragraph in restated(row.chapter), row.id


def test_every_sentence_has_a_claim_or_sums_up_others():
    claims = load("claims")
    said = {int(s) for cell in claims["sentences"].dropna() for s in cell.split(";")}
    assert said | SUMMING_UP == set(range(1, 41)) and not said & SUMMING_UP
    assert set(claims.loc[claims["sentences"].isna(), "id"]) == {"seoul-wall", "failing"}  # implied; the title


def test_every_claim_says_what_would_count_for_and_against_it():
    claims = load("claims")
    assert len(claims) == 54 and set(claims["chapter"]) <= set(CHAPTERS)
    for column in ("statement", "would_support", "would_count_against", "test"):
        assert (claims[column].str.split().str.len() >= 3).all(), column
        assert not claims[column].str.contains("TO WRITE").any()


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_chapters_have_one_shape(chapter):
    text = read(chapter)
    heads = re.findall(r"^## (.+)$", text, re.M)
    assert [h for h in heads if h in SHAPE] == SHAPE and len(heads) <= len(SHAPE) + 1
    assert re.search(r"^# [^:\n]+: .+\n\n\*\*", text, re.M)  # a name, a question, and then the finding
    assert text.count("```{guess}") == 1 and "explore" not in text
    assert (":minutes:" in text) and bool(restated(chapter)) is (chapter not in FOLLOW_NO_PASSAGE)
    exercises = text[text.index("## Exercises"):text.index("## Further reading")]
    assert re.findall(r"^\d\. \*\*(\w+)\.\*\*", exercises, re.M) == ["Compute", "Measure", "Argue"]
    works = re.search(r"```\{reading\}\n(.*?)```", text, re.S)[1].split("\n")
    assert 4 <= len([w for w in works if w.strip()]) <= 9


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_chapters_are_prose_with_a_little_code(chapter):
    cells = jupytext.read(ROOT / "chapters" / f"{chapter}.md").cells
    code = [len(c.source.strip().splitlines()) for c in cells if c.cell_type == "code"]
    text = "\n".join(c.source for c in cells if c.cell_type == "markdown")
    words = len(re.findall(r"[^\W\d_][\w’'-]*", re.sub(r"\{\w+\}`[^`]*`|```\S*|^:\w+:.*$", "x", text, flags=re.M)))
    assert 1200 <= words <= 2500, words
    assert max(code) <= 15 and statistics.median(code) <= 4 and words >= 25 * sum(code), (words, code)


# In coursework the numbers are what students are asked for: limits, marks, and answers that are computed when they are graded.
@pytest.mark.parametrize("path", [p for p in WRITTEN if p.suffix == ".md" and p.parent.name not in ("data", "coursework") and p.name not in (
    "README.md", "LICENSE-CONTENT.md")], ids=lambda p: p.name)
def test_no_number_is_typed_by_hand(path):
    assert prose.typed_numbers(path.read_text("utf-8")) == []
