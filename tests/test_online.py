"""What publishes the book: workflows, counts, citation. The schema is that of the Citation File Format 1.2.0 (CC BY 4.0)."""

import datetime as dt
import http.server
import json
import re
import tomllib
from pathlib import Path

import jsonschema
import pandas as pd
import pytest
import yaml
from bs4 import BeautifulSoup
from sphinx.errors import ExtensionError

import companion
import reading
from companion import load
from companion.book import counts, licences, notebooks

ROOT = Path(__file__).resolve().parents[1]
OUTLINES = ROOT / "companion/evidence/outlines.json"
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
    # Each command that builds knows the address, or the last would build the book without it.
    assert [(step["run"], step["env"]["BOOK_URL"]) for step in book["build"]["steps"] if "make " in step.get("run", "")] == [
        ("make book pdf", "${{ steps.pages.outputs.base_url }}")]
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
    assert f"would publish {COUNTED[name]} {name} (online: {COUNTED[name] + 1});" in capsys.readouterr().err
    assert counts.main([str(before), "--book", str(built), "--allow-fewer"]) == 0
    assert json.loads((built / counts.NAME).read_text()) == COUNTED


def test_a_book_that_grew_is_published(built, tmp_path):
    before = tmp_path / "before.json"
    before.write_text(json.dumps(COUNTED | {"pages": 0}))
    assert counts.main([str(before), "--book", str(built)]) == 0


def test_a_first_book_is_published_and_then_compared_with_what_is_online(built, tmp_path):
    online = tmp_path / "online"
    online.mkdir()
    with reading.serve(online) as address:
        place = f"{address}{counts.NAME}"
        assert counts.main([place, "--book", str(built)]) == 0  # the server has none
        (online / counts.NAME).write_text(json.dumps(COUNTED | {"claims": 9}))
        assert counts.main([place, "--book", str(built)]) == 1


class Unwell(http.server.BaseHTTPRequestHandler):
    def __init__(self, *request, directory):
        super().__init__(*request)

    def do_GET(self):
        self.send_error(503)

    def log_message(self, *words):
        pass


def test_a_server_that_is_unwell_or_away_stops_it(built, capsys):
    with reading.serve(built, Unwell) as address:
        assert counts.main([f"{address}counts.json", "--book", str(built)]) == 1
    assert "the server answers 503;" in capsys.readouterr().err
    assert counts.main(["http://127.0.0.1:9/counts.json", "--book", str(built)]) == 1
    assert not (built / counts.NAME).exists()


@pytest.mark.parametrize("broken", ["{", "{}", "[]", "54", "null", '{"claims": null}', "<!doctype html>", None])
def test_counts_that_cannot_be_read_stop_it(broken, built, tmp_path, capsys):
    before = tmp_path / "before.json"
    if broken is not None:
        before.write_text(broken)
    assert counts.main([str(before), "--book", str(built)]) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"{before}: ") and "cannot be read" in said and said.count("\n") == 1


def test_without_a_book_one_sentence_says_so(tmp_path, capsys):
    assert counts.main(["--book", str(tmp_path)]) == 1
    assert capsys.readouterr().err == f"There is no book in {tmp_path}; run make book first.\n"


def test_the_citation_is_valid_and_agrees_with_the_book():
    citation = yaml.load((ROOT / "CITATION.cff").read_text("utf-8"), yaml.BaseLoader)  # dates stay text, as the schema wants
    jsonschema.validate(citation, json.loads((ROOT / "tests/citation.schema.json").read_text("utf-8")))
    assert citation["version"] == companion.__version__ == json.loads((ROOT / "data/datapackage.json").read_text("utf-8"))["version"]
    assert dt.date.fromisoformat(citation["date-released"]) <= dt.date.today()
    assert citation["license"] == "CC-BY-4.0"  # a list would mean: take either


def test_every_licence_file_says_what_the_package_says():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["license"] == "MIT AND CC-BY-4.0" and set(project["license-files"]) <= set(notebooks.SOURCES)
    code, content = ((ROOT / name).read_text("utf-8") for name in project["license-files"])
    assert code.startswith("MIT License") and "Attribution 4.0" in content
    # The outlines of the map came with a notice that must travel with them.
    assert "Michael Bostock" in content and "world-atlas 2.0.2" in json.loads(OUTLINES.read_text("utf-8"))["source"]


@pytest.mark.parametrize(("stated", "terms"), [
    (None, "None stated"), ("none stated in the repository", "None stated"), ("not stated", "None stated"),
    ("repo MIT; data CSIS", "A copy whose program has a licence"), ("CC0 (package)", "A copy whose program has a licence"),
    ("LICENSE file CC0, README says MIT; CSIS terms not restated", "A copy whose program has a licence"),
    ("Factbook public domain; repository code MIT", "Public domain, or given up"),
    ("CC BY-SA (Wikipedia)", "Creative Commons, share alike"), ("OCHA FTS, CC BY 4.0", "Name the source"),
    ("free for research use with citation", "Terms of its own"), ("all rights reserved (quote sparingly)", "Terms of its own"),
    ("never seen before", "Terms of its own")])
def test_a_source_stands_under_the_strictest_reading_of_what_it_states(stated, terms):
    assert licences.terms(stated) == terms


def test_every_source_stands_once_with_its_rows_and_its_own_words():
    sources = pd.DataFrame({"source_id": ["a", "b", "c", "d"], "licence": [None, "CC BY", "CC BY", "Voodoo"]})
    found = licences.summary(sources, {"a": {"trade": 2, "aid": 1}, "c": {"aid": 5}})
    assert [re.match(r"<b>(.+)\.</b> ", terms)[1] for terms in found[licences.HEAD]] == ["None stated", "Name the source", "Terms of its own"]
    assert found.drop(columns=licences.HEAD).fillna("").values.tolist() == [["", 1, 3], ["CC BY (2)", 2, 5], ["Voodoo (1)", 1, 0]]
    assert licences.summary(load("sources"), {})["sources"].sum() == len(load("sources"))


def test_scripts_and_typefaces_of_others_lie_with_their_licence(tmp_path):
    (tmp_path / "quill-OFL.txt").write_text("Copyright us\n\nunder the SIL Open\nFont License, Version 1.1", "utf-8")
    assert licences.vendored(tmp_path) == {"quill": ("SIL Open Font Licence", "quill-OFL.txt")}
    (tmp_path / "odd.LICENSE.txt").write_text("Do as you like", "utf-8")
    with pytest.raises(ExtensionError, match="odd.LICENSE.txt: what licence this is cannot be told; name it in KINDS"):
        licences.vendored(tmp_path)
    ours, named = licences.vendored(), {path.stem.partition("-")[0] for path in licences.STATIC.glob("*.woff2")}
    assert named <= ours.keys() and all(any(licences.STATIC.glob(f"{name}*[!t]")) for name in ours)


def test_the_page_lists_the_terms_and_every_thing_of_others(book):
    page = BeautifulSoup((book / "licence.html").read_text("utf-8"), "html.parser")
    shown = [row.select_one("th b").get_text().rstrip(".") for row in page.select("figure.table tbody tr")]
    assert shown == [name for name, *_ in licences.TERMS]  # each has a source; one without would be a row too many in the code
    links = {a["href"]: a.get_text() for a in page.select('main a[href^="_static/"]')}
    assert links == {f"_static/{file}": kind for kind, file in licences.vendored().values()}
    assert all((book / file).is_file() for file in links)
