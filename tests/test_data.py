"""companion.data: what load() gives, and the one sentence it gives instead when a table is broken.

Every mutation copies data/, breaks one thing, and expects the sentence to name file, line, field and cure.
"""

from __future__ import annotations

import csv
import datetime as dt
import importlib.util
import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import breaks
from companion import data
from companion.data import DataError, check, load, pick

ROOT = Path(__file__).resolve().parents[1]
KEY = ["series", "partner", "flow", "year", "vintage"]
TABLES = [r["name"] for r in json.loads((ROOT / "data/datapackage.json").read_text(encoding="utf-8"))["resources"]]
DAYS = st.dates(dt.date(1990, 1, 1), dt.date(2026, 12, 31))
UNDATED = {"sources", "share_definitions", "crisis_sources", "codebook", "second_coding", "settled_codes", "corrections", "claims",
           "argument", "essay_codings"}
DATED = [name for name in TABLES if name not in UNDATED]


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """A copy of data/ that load() reads and a test may break."""
    copy = tmp_path / "data"
    shutil.copytree(ROOT / "data", copy)
    monkeypatch.setenv("COMPANION_DATA", str(copy))
    return copy


def edit(folder: Path, table: str, change) -> None:
    """Rewrite one table: change(rows) gets the cells, header first, and edits them in place."""
    path = folder / f"{table}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    change(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def cell(table: str, line: int, field: str, value: str):
    """A mutation: put `value` into one cell (line as in the file, header = 1)."""
    def change(rows):
        rows[line - 1][rows[0].index(field)] = value
    return lambda folder: edit(folder, table, change)


def rows(table: str, change):
    return lambda folder: edit(folder, table, change)


def drop_column(field: str):
    def change(table):
        at = table[0].index(field)
        for row in table:
            del row[at]
    return change


def text(name: str, old: str, new: str):
    """A mutation of the raw text of a file; the old text must be there."""
    def change(folder):
        path = folder / name
        before = path.read_text(encoding="utf-8")
        assert old in before
        path.write_text(before.replace(old, new, 1), encoding="utf-8")
    return change


BROKEN = {
    "letter in a number": (cell("trade", 212, "value", "12x"),
        'data/trade.csv, line 212, field value: "12x" is not a number; write a plain number such as 1234.5.'),
    "decimal comma": (cell("aid", 5, "value", "12,5"),
        'data/aid.csv, line 5, field value: "12,5" is not a number; write a plain number such as 1234.5.'),
    "infinite number": (cell("trade", 9, "value", "inf"),
        'data/trade.csv, line 9, field value: "inf" is not a number; write a plain number such as 1234.5.'),
    "half a year": (cell("trade", 7, "year", "2013.5"),
        'data/trade.csv, line 7, field year: "2013.5" is not a whole number; write digits only, such as 2013.'),
    "letter in an empty-able number": (cell("trade", 7, "vintage", "new"),
        'data/trade.csv, line 7, field vintage: "new" is not a whole number; write digits only, such as 2013, '
        "or leave the cell empty."),
    "share above 100": (cell("trade_shares", 30, "value", "891"),
        "data/trade_shares.csv, line 30, field value: 891 is above 100, the most that makes sense; "
        "mend the figure or its unit."),
    "negative trade": (cell("trade", 30, "value", "-4"),
        "data/trade.csv, line 30, field value: -4 is below 0, the least that makes sense; mend the figure or its unit."),
    "fraction above one": (cell("un_votes", 3, "agree_strict", "69.6"),
        "data/un_votes.csv, line 3, field agree_strict: 69.6 is above 1, the most that makes sense; "
        "mend the figure or its unit."),
    "unknown source": (cell("trade", 12, "source_id", "yonhap_2014052"),
        'data/trade.csv, line 12, field source_id: "yonhap_2014052" is not in data/sources.csv; '
        'add it there or use "yonhap_20140522".'),
    "wrong partner code": (cell("trade", 12, "partner", "China"),
        'data/trade.csv, line 12, field partner: "China" has the wrong form; write ISO 3166 alpha-3 code'),
    "broken enum": (cell("trade", 12, "flow", "export"),
        'data/trade.csv, line 12, field flow: "export" is not one of its values; use "exports".'),
    "date with points": (cell("events", 4, "knowable_from", "30.9.2014"),
        'data/events.csv, line 4, field knowable_from: "30.9.2014" is not a date; '
        "write it as YYYY-MM-DD, such as 2014-09-30."),
    "day before any archive": (cell("events", 4, "knowable_from", "0214-02-03"),
        'data/events.csv, line 4, field knowable_from: "0214-02-03" is not a date;'),
    "event in a class of its own": (cell("events", 4, "class", "visits"),
        'data/events.csv, line 4, field class: "visits" is not one of its values; use "visit".'),
    "event without a class": (cell("events", 4, "class", ""),
        "data/events.csv, line 4, field class: the cell is empty; fill it in or take the row out."),
    "crisis that is not there": (cell("crisis_sources", 2, "crisis_id", "1993-np"),
        'data/crisis_sources.csv, line 2, field crisis_id: "1993-np" is not in data/crises.csv; '
        'add it there or use "1993-npt".'),
    "example that is not there": (cell("codebook", 2, "example", "1993-nothing"),
        'data/codebook.csv, line 2, field example: "1993-nothing" is not in data/events.csv;'),
    "half a headline": (cell("headlines", 3, "mentions", "4.5"),
        'data/headlines.csv, line 3, field mentions: "4.5" is not a whole number; write digits only, such as 2013.'),
    "thousands separator": (cell("economies", 3, "value", "9,570"),
        'data/economies.csv, line 3, field value: "9,570" is not a number; write a plain number such as 1234.5.'),
    "north of the pole": (cell("distances", 2, "capital_lat", "482.3"),
        "data/distances.csv, line 2, field capital_lat: 482.3 is above 90, the most that makes sense;"),
    "day that does not exist": (cell("events", 4, "knowable_from", "2014-02-30"),
        'data/events.csv, line 4, field knowable_from: "2014-02-30" is not a date; '
        "write it as YYYY-MM-DD, such as 2014-09-30."),
    "partial date in the wrong form": (cell("events", 4, "date", "2014/09"),
        'data/events.csv, line 4, field date: "2014/09" has the wrong form; write YYYY, YYYY-MM or YYYY-MM-DD.'),
    "yes for true": (cell("events", 4, "counted", "yes"),
        'data/events.csv, line 4, field counted: "yes" is not true or false; write one of the two.'),
    "empty required cell": (cell("trade", 40, "counts", ""),
        "data/trade.csv, line 40, field counts: the cell is empty; fill it in or take the row out."),
    "doubled row": (rows("trade", lambda t: t.append(list(t[5]))),
        "its key (series, partner, flow, year, vintage, source_id) is that of line 6; "
        "take one of the two rows out or tell them apart."),
    "missing column": (rows("trade", drop_column("unit")),
        'data/trade.csv, line 1: the column "unit" is missing; put it back.'),
    "extra column": (rows("aid", lambda t: [row.append("x") for row in t]),
        'data/aid.csv, line 1: the column "x" is unknown or doubled; take it out, or describe it in data/datapackage.json.'),
    "table without rows": (rows("aid", lambda t: t.__delitem__(slice(1, None))),
        "data/aid.csv, line 1: the table is empty; put its rows back."),
    "file without anything": (lambda folder: (folder / "aid.csv").write_text(""),
        'data/aid.csv, line 1: the column "donor" is missing; put it back.'),
    "missing file": (lambda folder: (folder / "trade.csv").unlink(),
        "data/trade.csv is missing; restore it from the repository."),
    "unquoted comma": (rows("events", lambda t: t[8].append("rest of a title")),
        "data/events.csv, line 9: 20 cells where the header has 19; look for a missing comma, or one without quotes."),
    "open quote": (lambda folder: (folder / "aid.csv").open("a", encoding="utf-8").write('"AUS'),
        "the quotes do not close"),
    "other encoding": (lambda folder: (folder / "aid.csv").write_bytes(b"donor\xff\xfe"),
        "data/aid.csv is not UTF-8 text; save it as UTF-8."),
    "missing description": (lambda folder: (folder / "datapackage.json").unlink(),
        "holds no datapackage.json; set it to the book's data folder or unset it."),
    "broken description": (text("datapackage.json", '"resources": [', '"resources" ['),
        "mend the JSON there."),
    "tie to an unknown claim": (cell("argument", 2, "claim", "beijing-wal"),
        'data/argument.csv, line 2, field claim: "beijing-wal" is not in data/claims.csv; '
        'add it there or use "beijing-wall".'),
    "correction without a row": (cell("corrections", 2, "key", "series=kotra_guangzhou;period=1912"),
        'data/corrections.csv, line 2, field key: "series=kotra_guangzhou;period=1912" picks no row of data/aid.csv; '
        "mend the key or take the correction out."),
    "correction of an unknown field": (cell("corrections", 2, "field", "valu"),
        'data/corrections.csv, line 2, field field: "valu" is not a field of data/aid.csv; use "value".'),
    "correction by an unknown field": (cell("corrections", 2, "key", "serie=x"),
        'data/corrections.csv, line 2, field key: "serie" is not a field of data/aid.csv; use "series".'),
    "correction of an unknown table": (cell("corrections", 2, "table", "trades"),
        'data/corrections.csv, line 2, field table: "trades" is not a table; use "trade".'),
    "correction of another figure": (cell("corrections", 2, "printed", "601"),
        'data/corrections.csv, line 2, field printed: "601" is not what data/aid.csv, line 56, holds ("366"); '
        "mend the one that is wrong."),
    "correction to nothing": (cell("corrections", 2, "status", "replaced"),
        'data/corrections.csv, line 2, field corrected: it does not fit the status "replaced"; '
        "write a value when the status is replaced, and only then."),
    "source that nothing uses": (cell("sources", 2, "source_id", "never_used"),
        None),  # two sentences are right here: the lost source of a row, or the unused one
    "extra source": (rows("sources", lambda t: t.append(["zz_unused", *t[1][1:]])),
        'no row of any table uses "zz_unused"; take it out or name it where it was used.'),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_tables_give_one_clear_sentence(folder, name):
    change, sentence = BROKEN[name]
    change(folder)
    with pytest.raises(DataError) as error:
        check()
    said = str(error.value)
    assert said.endswith(".") and "\n" not in said
    assert "data/" in said or "COMPANION_DATA" in said
    if sentence:
        assert sentence in said


def test_replacement_must_have_the_type_of_its_field(folder):
    line = 1 + next(i for i, row in enumerate(csv.reader((folder / "corrections.csv").open(encoding="utf-8")))
                    if row[5] == "replaced")
    cell("corrections", line, "corrected", "4,582")(folder)
    with pytest.raises(DataError, match=f'corrections.csv, line {line}, field corrected: "4,582" is not a number'):
        load("trade")


def test_the_highest_of_several_faults_is_named(folder):
    cell("trade", 90, "series", "nobody")(folder)
    cell("trade", 80, "note", "")(folder)
    cell("trade", 70, "confidence", "hgh")(folder)
    with pytest.raises(DataError, match='line 70, field confidence: "hgh" is not one of its values; use "high"'):
        load("trade")


def test_a_broken_table_stays_broken_until_it_is_mended(folder):
    before = (folder / "trade.csv").read_text(encoding="utf-8")
    cell("trade", 12, "source_id", "nobody")(folder)
    for _ in range(2):  # the second time from the cache
        with pytest.raises(DataError, match="nobody"):
            load("trade")
    (folder / "trade.csv").write_text(before, encoding="utf-8")
    assert len(load("trade"))


def test_a_changed_source_list_is_seen_by_the_tables_that_name_it(folder):
    load("trade")
    rows("sources", lambda t: t.__delitem__(slice(2, None)))(folder)
    with pytest.raises(DataError, match="is not in data/sources.csv"):
        load("trade")


# ---- requests that cannot be answered --------------------------------------------------------------------------------

def test_unknown_table_lists_the_tables_and_the_nearest():
    with pytest.raises(DataError) as error:
        load("trad")
    assert str(error.value) == f'There is no table "trad" (nearest: "trade"); the tables are {", ".join(TABLES)}.'


@pytest.mark.parametrize("as_of", ["30.9.2014", "2014", "2014-9-30", "2014-09-31", "", 20140930, pd.NaT])
def test_wrong_as_of_is_refused_with_the_right_form(as_of):
    with pytest.raises(DataError) as error:
        load("trade", as_of=as_of)
    assert str(error.value) == f'as_of="{as_of}" is not a date; write it as YYYY-MM-DD, such as "2014-09-30".'


@pytest.mark.parametrize("name", [n for n in TABLES if n not in DATED])
def test_tables_without_dates_refuse_as_of(name):
    with pytest.raises(DataError, match=f"data/{name}.csv has no field knowable_from.*without as_of"):
        load(name, as_of="2014-09-30")


def test_pick_names_the_column_it_lacks():
    with pytest.raises(DataError, match='The table trade has no column "serie" to pick by; use "series".'):
        pick(load("trade"), "serie")
    with pytest.raises(DataError, match='has no column "rank" to pick by'):
        pick(load("events"), "date")


# ---- what load gives -------------------------------------------------------------------------------------------------

def test_types_and_attrs():
    trade, events = load("trade"), load("events")
    assert str(trade["year"].dtype) == "Int64" and trade["value"].dtype == "float64"
    assert str(trade["knowable_from"].dtype).startswith("datetime64")
    assert events["counted"].dtype == bool
    assert trade["vintage"].isna().any() and trade["series"].notna().all()
    assert trade.attrs == {"table": "trade"}


def test_what_a_reader_does_to_a_frame_stays_with_the_reader():
    first = load("trade")
    first["value"] = 0.0
    first.loc[0, "note"] = "mine"
    first.attrs["table"] = "mine"
    second = load("trade")
    assert (second["value"] > 0).any() and second.attrs["table"] == "trade"
    assert second.loc[0, "note"] != "mine"


def test_as_of_keeps_what_could_be_known():
    then = load("trade", as_of="2014-09-30")
    assert then["knowable_from"].max() <= pd.Timestamp("2014-09-30")
    assert "cow" not in set(then["series"]) and "itpd" not in set(then["series"])  # published later
    assert then[then["series"] == "cia"]["vintage"].max() == 2014  # a copy of July 2014 has the same figures
    pd.testing.assert_frame_equal(then, load("trade", as_of=dt.date(2014, 9, 30)))
    pd.testing.assert_frame_equal(then, load("trade", as_of=pd.Timestamp("2014-09-30 18:00")))


def test_a_rival_that_was_out_stands_in_for_a_figure_that_was_not():
    key = ["series", "partner", "flow", "year"]

    def inter_korean(as_of):
        frame = pick(load("trade", as_of=as_of), key)
        return frame.query("series == 'kita' and flow == 'total' and year == 2013")["value"].tolist()

    assert inter_korean("2014-01-01") == []
    assert inter_korean("2014-09-30") == [1150.0]
    assert inter_korean(None) == [1148.91]


def test_corrections_replace_exclude_and_flag():
    cia = "series == 'cia' and year == 2017 and vintage == 2018"
    printed, mended = load("trade", corrected=False), load("trade")
    assert "correction" not in printed
    assert printed.query(f"{cia} and flow == 'exports'")["value"].tolist() == [45820.0]
    assert mended.query(f"{cia} and flow == 'exports'")["value"].tolist() == [4582.0]
    assert mended.query(f"{cia} and flow == 'exports'")["correction"].str.contains("decimal slip").all()
    assert len(printed.query(f"{cia} and flow == 'imports'")) == 1 and mended.query(f"{cia} and flow == 'imports'").empty
    assert printed.query("series == 'itpd'")["year"].min() == 2000  # one key addresses ten years
    assert mended.query("series == 'itpd'")["year"].min() == 2010
    outlier = mended.query("series == 'cow' and partner == 'JPN' and flow == 'imports' and year == 2001")
    assert outlier["value"].tolist() == [1170.0] and outlier["correction"].str.contains("outlier").all()
    assert mended["correction"].isna().any()


def test_several_reasons_for_one_row_are_joined():
    algeria = load("trade_shares").query("series == 'cia' and partner == 'DZA' and vintage == 2015")
    assert algeria["correction"].tolist()[0].count("; ") >= 1


@pytest.mark.parametrize("name", DATED)
def test_correcting_only_drops_and_changes_what_a_correction_names(name):
    printed, mended = load(name, corrected=False), load(name)
    corrections = load("corrections").query("table == @name")
    dropped = len(printed) - len(mended)
    assert (dropped > 0) == (corrections["status"] == "excluded").any()
    untouched = mended[mended["correction"].isna()].drop(columns="correction")
    merged = untouched.merge(printed.drop_duplicates(), how="left", indicator=True)
    assert (merged["_merge"] == "both").all()


@settings(max_examples=15, deadline=None)
@given(early=DAYS, late=DAYS)
def test_nothing_that_was_known_is_forgotten(early, late):
    early, late = sorted([early, late])
    for name in DATED:
        key = data._resources(ROOT / "data")[name]["schema"]["primaryKey"]
        before, after = load(name, as_of=early), load(name, as_of=late)
        assert len(before[key].merge(after[key], on=key)) == len(before)


@settings(max_examples=15, deadline=None)
@given(day=DAYS, columns=st.lists(st.sampled_from(KEY), min_size=1, unique=True))
def test_pick_leaves_one_row_a_key_and_the_best(day, columns):
    frame = load("trade", as_of=day)
    best = pick(frame, columns)
    assert not best.duplicated(columns).any()
    assert len(best) == len(frame.drop_duplicates(columns))
    lowest = frame.groupby(columns, dropna=False)["rank"].min()
    assert sorted(best["rank"]) == sorted(lowest)
    assert best.index.is_monotonic_increasing


# ---- where the tables are found ---------------------------------------------------------------------------------------

def imported_from(package: Path):
    spec = importlib.util.spec_from_file_location("data_elsewhere", package / "data.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_installed_wheel_finds_its_own_tables(tmp_path, monkeypatch):
    monkeypatch.delenv("COMPANION_DATA", raising=False)
    package = tmp_path / "site-packages" / "companion"
    package.mkdir(parents=True)
    shutil.copy(ROOT / "companion/data.py", package)
    elsewhere = imported_from(package)
    with pytest.raises(elsewhere.DataError) as error:
        elsewhere.load("trade")
    assert str(error.value) == "data/datapackage.json is missing; restore data/ or install companion again."
    shutil.copytree(ROOT / "data", package / "_data")
    monkeypatch.chdir(tmp_path)
    pd.testing.assert_frame_equal(elsewhere.load("trade"), load("trade"))
    elsewhere.check()


def test_companion_data_wins_and_must_hold_the_tables(folder, tmp_path, monkeypatch):
    cell("trade", 2, "value", "77777")(folder)
    assert load("trade").loc[0, "value"] == 77777.0
    monkeypatch.setenv("COMPANION_DATA", str(tmp_path))
    with pytest.raises(DataError, match="holds no datapackage.json; set it to the book's data folder or unset it."):
        load("trade")


def test_check_takes_a_folder(folder, monkeypatch):
    monkeypatch.delenv("COMPANION_DATA")
    cell("aid", 3, "value", "x")(folder)
    check()
    with pytest.raises(DataError, match="data/aid.csv, line 3"):
        check(folder)


def test_the_wheel_is_told_to_carry_the_tables():
    """pyproject.toml puts data/ into the wheel as companion/_data, where load() looks."""
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert '"companion._data"' in project


# ---- each kind of break in each table ------------------------------------------------------------------------------------

RESOURCES = json.loads((ROOT / "data/datapackage.json").read_text(encoding="utf-8"))["resources"]


def first_with(resource: dict, kind: str):
    """(line, field, broken cell) of the first row whose cell can be broken in this way, or None."""
    table = list(csv.reader((ROOT / "data" / resource["path"]).open(encoding="utf-8", newline="")))
    for field in breaks.fields(resource):
        if kind in (kinds := breaks.of(field)):
            at = table[0].index(field["name"])
            return 2, field["name"], kinds[kind](table[1][at])
    return None


CELLS = {f"{r['name']}: {kind}": (r["name"], *found) for r in RESOURCES for kind in breaks.FORM if (found := first_with(r, kind))}


@pytest.mark.parametrize("name", CELLS)
def test_each_kind_of_broken_cell_in_each_table(folder, name):
    table, line, field, broken = CELLS[name]
    cell(table, line, field, broken)(folder)
    with pytest.raises(DataError) as error:
        load(table)
    assert str(error.value).startswith(f"data/{table}.csv, line {line}, field {field}: ") and str(error.value).endswith(".")


FILES = {
    "byte-order mark": (lambda raw: b"\xef\xbb\xbf" + raw, ", line 1: the file starts with a byte-order mark; save it"),
    "carriage returns": (lambda raw: raw.replace(b"\n", b"\r\n"), ", line 1: the line ends with a carriage return; save the file"),
    "one carriage return": (lambda raw: raw[:-1] + b"\r\n", ": the line ends with a carriage return; save the file"),
    "another encoding": (lambda raw: raw + "é".encode("latin-1"), " is not UTF-8 text; save it as UTF-8."),
    "doubled row": (lambda raw: raw + raw.splitlines(keepends=True)[-1], "; take one of the two rows out"),
    "extra column": (lambda raw: b"\n".join(line + b",x" for line in raw.rstrip(b"\n").split(b"\n")) + b"\n",
                     ', line 1: the column "x" is unknown or doubled; take it out'),
    "empty table": (lambda raw: raw.split(b"\n")[0] + b"\n", ", line 1: the table is empty; put its rows back."),
    "empty file": (lambda raw: b"", ", line 1: the column "),
}


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("kind", FILES)
def test_each_kind_of_broken_file_for_each_table(folder, kind, table):
    change, sentence = FILES[kind]
    path = folder / f"{table}.csv"
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(DataError) as error:
        load(table)
    assert str(error.value).startswith(f"data/{table}.csv") and sentence in str(error.value)
