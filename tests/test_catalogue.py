"""The package as a zip, what rests on a source, and what a table covers."""

import csv
import io
import json
import os
import shutil
import zipfile
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest
from frictionless import validate

from companion.book import catalogue

ROOT = Path(__file__).resolve().parents[1]
RESOURCES = json.loads((ROOT / "data/datapackage.json").read_text("utf-8"))["resources"]


def rows(name):
    with (ROOT / "data" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def archive():
    return zipfile.ZipFile(io.BytesIO(catalogue.zipped(catalogue.files())))


def test_the_zip_holds_the_package_and_nothing_else(archive):
    project = ["CITATION.cff", "LICENSE-CONTENT.md"]
    package = ["README.md", "datapackage.json", *(r["path"] for r in RESOURCES)]
    assert archive.testzip() is None
    assert archive.namelist() == sorted(project + package)
    for name in package:
        assert archive.read(name) == (ROOT / "data" / name).read_bytes()
    for name in project:
        assert archive.read(name) == (ROOT / name).read_bytes()


def test_every_csv_of_the_folder_is_described_and_so_in_the_zip(archive):
    assert {p.name for p in (ROOT / "data").glob("*.csv")} <= set(archive.namelist())


def test_the_unpacked_zip_is_a_valid_data_package(archive, tmp_path):
    archive.extractall(tmp_path)
    report = validate(str(tmp_path / "datapackage.json"))
    assert report.valid, report.flatten(["fieldName", "note"])[:5]
    assert len(report.tasks) == len(RESOURCES)


def test_the_zip_is_a_valid_data_package_as_it_is(archive, tmp_path):
    (tmp_path / "package.zip").write_bytes(catalogue.zipped(catalogue.files()))
    assert validate(str(tmp_path / "package.zip"), type="package").valid


def test_the_zip_is_the_same_at_another_time_and_place(tmp_path, monkeypatch):
    first = catalogue.zipped(catalogue.files())
    shutil.copytree(ROOT / "data", tmp_path / "elsewhere")
    for path in (tmp_path / "elsewhere").iterdir():
        os.utime(path, (10 ** 9, 10 ** 9))
        path.chmod(0o600)
    monkeypatch.setenv("COMPANION_DATA", str(tmp_path / "elsewhere"))
    again = catalogue.zipped(dict(reversed(catalogue.files().items())))
    assert again == first
    assert b"elsewhere" not in again and str(ROOT).encode() not in first
    assert {entry.date_time for entry in zipfile.ZipFile(io.BytesIO(first)).infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_what_rests_on_a_source_is_what_the_tables_name():
    counted = {}
    for resource in RESOURCES:
        keys = {f["fields"][0] for f in resource["schema"].get("foreignKeys", []) if f["reference"]["resource"] == "sources"}
        for row in rows(resource["name"]):
            named = ";".join(value for field, value in row.items() if field in keys | {"source_ids"})
            for source in set(named.split(";")) - {""}:
                counted.setdefault(source.strip(), Counter())[resource["name"]] += 1
    assert catalogue.resting() == counted
    assert set(counted) == {row["source_id"] for row in rows("sources")}


def test_rests_says_one_row_and_many():
    assert catalogue.rests({"trade": 1, "aid": 1200}, "catalogue.html") == (
        'On it rests: <a href="catalogue.html#table-trade">trade</a> (1 row), '
        '<a href="catalogue.html#table-aid">aid</a> (1,200 rows).')


@pytest.mark.parametrize("years, expected", [
    ([], []), ([2001], [(2001, 2001)]), ([2003, 2001, 2002, 2002], [(2001, 2003)]), ([2001, 2003], [(2001, 2001), (2003, 2003)]),
])
def test_runs(years, expected):
    assert catalogue.runs(years) == expected


def test_coverage_reads_years_and_spans():
    whose, covered = catalogue.coverage(pd.DataFrame(
        {"period": ["2007-01/2009-11", "2011-Q1", "2012", "undated", None], "kind": ["a", "a", "b", "b", "b"]}))
    assert whose == "kind"
    assert list(covered.itertuples(index=False, name=None)) == [
        ("a", 2007), ("a", 2008), ("a", 2009), ("a", 2011), ("b", 2012)]
    assert catalogue.coverage(pd.DataFrame({"label": ["2007"]})) is None
    assert catalogue.coverage(pd.DataFrame({"date": ["undated", None]})) is None


def test_the_picture_says_what_it_shows():
    covered = pd.DataFrame({"line": ["a"] * 3 + ["b"] * 2, "year": [2001, 2002, 2003, 2003, 2006]})
    card = catalogue.picture("test", "Tests", "series", covered)
    assert card.alt == ("Bars over the years that Tests covers, 2001 to 2006, a line for each series. "
                        "Longest without a gap: a, 2001 to 2003. Most rows are of 2003 (2). No row is of 2004 to 2005.")
    assert [label.get_text() for label in card.figure().axes[0].get_yticklabels()] == ["a", "b"]
    bars = [path.get_extents() for c in card.figure().axes[0].collections for path in c.get_paths()]
    assert [(b.x0, b.x1) for b in bars] == [(2000.5, 2003.5), (2002.5, 2003.5), (2005.5, 2006.5)]


def test_the_picture_names_no_line_as_longest_where_several_are():
    covered = pd.DataFrame({"line": list("aabb"), "year": [2001, 2002] * 2})
    assert "Longest without a gap: 2 lines, 2001 to 2002." in catalogue.picture("test", "Tests", "series", covered).alt


def test_the_codebook_stands_at_the_table_that_it_codes(tmp_path, monkeypatch):
    texts = {"coded": ["id", "class"], "other": ["id"], "codebook": ["variable", "code", "rule_id", "rule", "borderline"]}
    (tmp_path / "coded.csv").write_text("id,class\na,talks\n")
    (tmp_path / "other.csv").write_text("id\na\n")
    (tmp_path / "codebook.csv").write_text("variable,code,rule_id,rule,borderline\nclass,talks,K1,they sit together.,A <walk> is none.\n")
    package = {"resources": [{"name": name, "path": f"{name}.csv", "schema": {
        "primaryKey": fields[:1], "fields": [{"name": f, "type": "string", "description": f} for f in fields]}}
        for name, fields in texts.items()]}
    (tmp_path / "datapackage.json").write_text(json.dumps(package))
    monkeypatch.setenv("COMPANION_DATA", str(tmp_path))
    coded, other, codebook = map(catalogue._codebook, package["resources"])
    assert "<code>class</code> is <code>talks</code>, rule K1: they sit together. <span>A &lt;walk&gt; is none.</span>" in coded
    assert other == codebook == ""


def test_lines_that_do_not_fit_are_drawn_together():
    covered = pd.DataFrame({"line": [f"s{i:02}" for i in range(20)], "year": range(2001, 2021)})
    labels = [t.get_text() for t in catalogue.picture("t", "T", "series", covered).figure(True).axes[0].get_yticklabels()]
    assert len(labels) == catalogue.LINES and labels[-1] == "9 others"


def test_a_code_keeps_its_letters_at_the_start_of_a_sentence():
    assert catalogue._sentence("who counts") == "Who counts."
    assert catalogue._sentence("from_prk: it acts.") == "from_prk: it acts."


def test_rules_are_told_in_words():
    schema = {"primaryKey": ["year"]}
    def rules(**field):
        return catalogue._rules({"name": "value"} | field, schema, {"source_id": "sources"})
    assert rules(name="year", constraints={"required": True, "minimum": 1945, "maximum": 2026}) == (
        "Part of the key; never empty; 1945 to 2026.")
    assert rules(constraints={"minimum": 0}) == "May be empty; 0 or more."
    assert rules(constraints={"maximum": 5, "enum": ["<a", "b"]}) == "May be empty; 5 or less; one of &lt;a, b."
    assert rules(constraints={"pattern": "[a-z]+", "minLength": 2}) == "May be empty; in the form <code>[a-z]+</code>; minLength 2."
    assert rules(name="source_id") == 'May be empty; found in <a href="#table-sources">sources</a>.'
