"""What publishes the book: workflows, counts, citation. The schema is that of the Citation File Format 1.2.0 (CC BY 4.0)."""

import datetime as dt
import json
import re
from pathlib import Path

import jsonschema
import pytest
import yaml

import companion
from companion.book import counts

ROOT = Path(__file__).resolve().parents[1]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
MAY_WRITE = {("book.yml", "deploy"): {"pages", "id-token"}, ("book.yml", "notebooks"): {"contents"}, ("release.yml", "publish"): {"contents"}}
COUNTED = {"pages": 1, "figures": 2, "explorations": 1, "tables": 1, "claims": 1, "verdicts": 2, "executed cells": 2, "outputs of cells": 1}
PAGE = """<figure class="card"></figure><section data-exploration><figure class="card"></figure></section><figure class="table"></figure>
<article class="claim"><dl class="claim-verdicts"><dd>a</dd><dd>b</dd></dl></article>
<div class="cell docutils"><div class="cell_output"></div></div><div class="cell"></div>"""


def jobs():
    return [(path.name, name, job) for path in WORKFLOWS for name, job in yaml.safe_load(path.read_text("utf-8"))["jobs"].items()]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda p: p.name)
def test_every_action_is_pinned_to_a_commit_and_says_its_version(path):
    used = re.findall(r"uses: (.+)", path.read_text("utf-8"))
    assert used and all(re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action) for action in used), used
    # One version of an action in all workflows.
    every = {a for p in WORKFLOWS for a in re.findall(r"uses: (.+)", p.read_text("utf-8"))}
    assert len({a.split("@")[0] for a in every}) == len(every)


@pytest.mark.parametrize(("file", "name", "job"), jobs(), ids=lambda v: v if isinstance(v, str) else "")
def test_a_job_may_do_no_more_than_it_must(file, name, job):
    assert yaml.safe_load((ROOT / ".github/workflows" / file).read_text("utf-8"))["permissions"] == {}
    assert {what for what, may in job["permissions"].items() if may == "write"} == MAY_WRITE.get((file, name), set())
    assert 0 < job["timeout-minutes"] <= 60
    for step in job["steps"]:
        assert "${{" not in step.get("run", ""), "text from outside would be run as a command"
        if "actions/checkout" in step.get("uses", ""):
            assert step["with"]["persist-credentials"] is False


def test_nothing_is_published_before_tests_and_counts():
    book = yaml.safe_load((ROOT / ".github/workflows/book.yml").read_text("utf-8"))["jobs"]
    assert set(book["deploy"]["needs"]) == {"test", "build"}
    steps = [step.get("run", step.get("uses", "")) for step in book["build"]["steps"]]
    place = {what: next(i for i, step in enumerate(steps) if what in step) for what in ("make book", "companion.book.counts", "upload-pages")}
    assert place["make book"] < place["companion.book.counts"] < place["upload-pages"]


@pytest.fixture
def built(tmp_path):
    (tmp_path / "index.html").write_text(PAGE, "utf-8")
    (tmp_path / "_static").mkdir()
    (tmp_path / "_static/no-page.html").write_text(PAGE, "utf-8")
    return tmp_path


def test_what_a_book_holds_is_counted(built):
    assert counts.count(built) == COUNTED


@pytest.mark.parametrize("name", COUNTED)
def test_a_book_that_shrinks_is_not_published(name, built, tmp_path, capsys):
    before = tmp_path / "before.json"
    before.write_text(json.dumps(COUNTED | {name: COUNTED[name] + 1}))
    assert counts.main([str(before), "--book", str(built)]) == 1
    assert not (built / counts.NAME).exists()
    assert f"fall from {COUNTED[name] + 1} {name} to {COUNTED[name]};" in capsys.readouterr().err
    assert counts.main([str(before), "--book", str(built), "--allow-fewer"]) == 0
    assert json.loads((built / counts.NAME).read_text()) == COUNTED


def test_a_first_book_and_one_that_grew_are_published(built, tmp_path):
    before = tmp_path / "before.json"
    assert counts.main([str(before), "--book", str(built)]) == 0
    before.write_text(json.dumps(COUNTED | {"pages": 0}))
    assert counts.main([str(before), "--book", str(built)]) == 0


@pytest.mark.parametrize("broken", ["{", "[]"])
def test_counts_that_cannot_be_read_stop_it(broken, built, tmp_path, capsys):
    before = tmp_path / "before.json"
    before.write_text(broken)
    assert counts.main([str(before), "--book", str(built)]) == 1
    assert "cannot be read" in capsys.readouterr().err
    assert counts.main(["http://127.0.0.1:9/counts.json", "--book", str(built)]) == 1


def test_without_a_book_one_sentence_says_so(tmp_path, capsys):
    assert counts.main(["--book", str(tmp_path)]) == 1
    assert capsys.readouterr().err == f"There is no book in {tmp_path}; run make book first.\n"


def test_the_citation_is_valid_and_agrees_with_the_book():
    citation = yaml.load((ROOT / "CITATION.cff").read_text("utf-8"), yaml.BaseLoader)  # dates stay text, as the schema wants
    jsonschema.validate(citation, json.loads((ROOT / "tests/citation.schema.json").read_text("utf-8")))
    assert citation["version"] == companion.__version__ == json.loads((ROOT / "data/datapackage.json").read_text("utf-8"))["version"]
    assert dt.date.fromisoformat(citation["date-released"]) <= dt.date.today()
    assert citation["license"] == ["MIT", "CC-BY-4.0"]
    assert (ROOT / "LICENSE").read_text("utf-8").startswith("MIT License") and "Attribution 4.0" in (ROOT / "LICENSE-CONTENT.md").read_text("utf-8")
