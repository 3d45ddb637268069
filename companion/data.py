"""Tables of the book: read from data/, checked against data/datapackage.json, corrected, filtered by date.

    load("trade", as_of="2014-09-30")                    what could be known by that day, known errors mended
    pick(frame, ["series", "partner", "flow", "year"])   the preferred figure of each, rivals dropped

Whatever is wrong with a table becomes a DataError: one sentence that names file, line (header = line 1) and cure.
"""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import difflib
import io
import json
import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

_HERE = Path(__file__).resolve().parent
_CACHE: dict[Path, tuple[tuple, dict[Any, Any]]] = {}  # folder -> (state of its files, what was read from them)
_FORMS = {  # type -> (form of a cell, how the form is told)
    "integer": (r"-?\d+", "a whole number; write digits only, such as 2013"),
    "number": (r"-?\d+(\.\d+)?", "a number; write a plain number such as 1234.5"),
    "boolean": (r"true|false", "true or false; write one of the two"),
    "date": (r"\d{4}-\d{2}-\d{2}", "a date; write it as YYYY-MM-DD, such as 2014-09-30"),
    "string": (r"(?s).*", "text"),
}


class DataError(Exception):
    """Something is wrong with the tables or with a request for them; str() is one sentence with the cure."""


def load(name: str, as_of: str | dt.date | None = None, corrected: bool = True) -> pd.DataFrame:
    """One table, one row per observation, in the order of the file.

    Integers come as Int64, numbers as float64, dates as datetime64, booleans as bool, the rest as strings;
    an empty cell is missing. as_of (YYYY-MM-DD) keeps the rows that could be known by that day.
    corrected=True applies data/corrections.csv and adds the column `correction`: the reason, or missing.
    Raises DataError for an unknown table, a broken row, or an as_of that the table cannot answer.
    """
    folder = _folder()
    frame = _read(folder, name)["frame"]
    dated = "knowable_from" in frame
    if as_of is not None and not dated:
        raise DataError(f"data/{name}.csv has no field knowable_from, so it is the same on every day; "
                        f'call load("{name}") without as_of.')
    if corrected and dated:
        frame = _corrected(folder, name)
    if as_of is not None:
        frame = frame[frame["knowable_from"] <= _day(as_of)]
    frame = frame.reset_index(drop=True)  # a copy: what the reader does to it stays out of the cache
    frame.attrs["table"] = name
    return frame


def pick(frame: pd.DataFrame, by: str | Sequence[str]) -> pd.DataFrame:
    """The best-ranked row that is left for each value of `by`, in the order of the frame.

    After load(..., as_of=...) a rival that was already out stands in for a preferred figure that was not.
    Editions are ranked one by one: where a series has several, `by` should hold "vintage".
    """
    columns = [by] if isinstance(by, str) else list(by)
    for column in [*columns, "rank"]:
        if column not in frame:
            raise DataError(f'The table {frame.attrs.get("table", "given")} has no column "{column}" to pick by; '
                            f"use {_nearest(column, frame.columns)}.")
    few = frame[list(dict.fromkeys([*columns, "rank"]))]  # to sort whole rows takes twice the time
    best = few.sort_values("rank", kind="stable").drop_duplicates(columns).index
    return frame.loc[best.sort_values()]


def check(root: str | Path | None = None) -> None:
    """Check every table, the keys between tables, every correction, and that every source is used.

    root is a data folder (default: the one that load() reads). Raises the first DataError.
    """
    folder = Path(root).resolve() if root else _folder()
    used = set()
    for name in _resources(folder):
        raw = _read(folder, name)["raw"]
        if name != "sources" and "source_id" in raw:
            used |= set(raw["source_id"])
    for line, row in _rows(folder, "corrections"):
        if row["table"] not in _resources(folder):
            raise _fault("corrections", line, "table", f'"{row["table"]}" is not a table; '
                         f"use {_nearest(row['table'], _resources(folder))}")
        _corrected(folder, row["table"])
    for line, row in _rows(folder, "sources"):
        if row["source_id"] not in used:
            raise _fault("sources", line, "source_id",
                         f'no row of any table uses "{row["source_id"]}"; take it out or name it where it was used')


def _folder() -> Path:
    """COMPANION_DATA, else data/ beside the package (a checkout), else companion/_data (an installed wheel)."""
    given = os.environ.get("COMPANION_DATA")
    for folder in [Path(given)] if given else [_HERE.parent / "data", _HERE / "_data"]:
        if (folder / "datapackage.json").is_file():
            return folder.resolve()
    raise DataError(f"COMPANION_DATA={given} holds no datapackage.json; set it to the book's data folder or unset it."
                    if given else "data/datapackage.json is missing; restore data/ or install companion again.")


def _store(folder: Path) -> dict[Any, Any]:
    """What has been read from this folder; forgotten as soon as one of its files changes."""
    files = [f for f in os.scandir(folder) if f.name.endswith((".csv", ".json"))] if folder.is_dir() else []
    state = tuple(sorted((f.name, f.stat().st_mtime_ns, f.stat().st_size) for f in files))
    if folder not in _CACHE or _CACHE[folder][0] != state:
        _CACHE[folder] = (state, {})
    return _CACHE[folder][1]


def _resources(folder: Path) -> dict[str, dict]:
    """Name -> description of every table."""
    store = _store(folder)
    if "resources" not in store:
        try:
            package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
            store["resources"] = {resource["name"]: resource for resource in package["resources"]}
        except json.JSONDecodeError as error:
            raise DataError(f"data/datapackage.json, line {error.lineno}: {error.msg}; mend the JSON there.") from None
        except (OSError, KeyError, TypeError):
            raise DataError("data/datapackage.json is missing or lists no resources; restore it.") from None
    return store["resources"]


def _read(folder: Path, name: str) -> dict[str, Any]:
    """{"raw": cells as strings, "lines": line of each row in the file, "frame": cells in their types}, all checked."""
    resources, store = _resources(folder), _store(folder)
    if name not in resources:
        raise DataError(f'There is no table "{name}" (nearest: {_nearest(name, resources)}); '
                        f"the tables are {', '.join(resources)}.")
    if name not in store:
        schema = resources[name]["schema"]
        raw, lines = _cells(folder / resources[name]["path"], [field["name"] for field in schema["fields"]])
        faults = []
        for field in schema["fields"]:
            why = {cell: _why(cell, field) for cell in raw[field["name"]].unique()}  # each cell once: quick
            broken = raw[field["name"]].map(why).notna()
            if broken.any():
                row = int(np.argmax(broken))
                faults.append((row, _fault(name, lines[row], field["name"], why[raw[field["name"]][row]])))
        if faults:
            raise min(faults, key=lambda fault: fault[0])[1]
        _check_keys(folder, name, schema, raw, lines)
        frame = pd.DataFrame({f["name"]: _convert(raw[f["name"]], f["type"]) for f in schema["fields"]})
        store[name] = {"raw": raw, "lines": lines, "frame": frame}
    return store[name]


def _cells(path: Path, columns: list[str]) -> tuple[pd.DataFrame, list[int]]:
    """The cells of one file as strings, and the line on which each row begins."""
    table, rows, lines, line = path.stem, [], [], 1
    try:
        raw = path.read_bytes()
        # Spreadsheets write both unasked; the sums and the zip of the package would then differ from machine to machine.
        if raw.startswith(codecs.BOM_UTF8):
            raise _fault(table, 1, None, "the file starts with a byte-order mark; save it as UTF-8 without one")
        if b"\r" in raw:
            raise _fault(table, 1 + raw[:raw.index(b"\r")].count(b"\n"), None,
                         "the line ends with a carriage return; save the file with line feeds alone")
        with io.StringIO(raw.decode("utf-8"), newline="") as file:
            reader = csv.reader(file, strict=True)
            for row in reader:
                if row:
                    rows.append(row)
                    lines.append(line)
                line = reader.line_num + 1
    except FileNotFoundError:
        raise DataError(f"data/{path.name} is missing; restore it from the repository.") from None
    except UnicodeDecodeError:
        raise DataError(f"data/{path.name} is not UTF-8 text; save it as UTF-8.") from None
    except csv.Error as error:
        raise _fault(table, line, None, f"the quotes do not close ({error}); mend them") from None
    header = rows[0] if rows else []
    for column in columns:
        if column not in header:
            raise _fault(table, 1, None, f'the column "{column}" is missing; put it back')
    for column in header:
        if column not in columns or header.count(column) > 1:
            raise _fault(table, 1, None, f'the column "{column}" is unknown or doubled; '
                         "take it out, or describe it in data/datapackage.json")
    if len(rows) == 1:
        raise _fault(table, 1, None, "the table is empty; put its rows back")
    for row, line in zip(rows, lines):
        if len(row) != len(header):
            raise _fault(table, line, None, f"{len(row)} cells where the header has {len(header)}; "
                         "look for a missing comma, or one without quotes")
    return pd.DataFrame(rows[1:], columns=header, dtype="str")[columns], lines[1:]


def _why(cell: str, field: dict) -> str | None:
    """What is wrong with a cell, with the cure; None when nothing is."""
    rule, kind = field.get("constraints", {}), field["type"]
    if cell == "":
        return "the cell is empty; fill it in or take the row out" if rule.get("required") else None
    form, told = _FORMS[kind]
    if (kind != "string" and not re.fullmatch(form, cell)) or (kind == "date" and not _is_day(cell)):
        return f'"{cell}" is not {told}' + ("" if rule.get("required") else ", or leave the cell empty")
    if "enum" in rule and cell not in rule["enum"]:
        return f'"{cell}" is not one of its values; use {_nearest(cell, rule["enum"])}'
    if "pattern" in rule and not re.fullmatch(rule["pattern"], cell):
        return f'"{cell}" has the wrong form; write {field["description"]}'
    if "minimum" in rule and float(cell) < rule["minimum"]:
        return f'{cell} is below {rule["minimum"]}, the least that makes sense; mend the figure or its unit'
    if "maximum" in rule and float(cell) > rule["maximum"]:
        return f'{cell} is above {rule["maximum"]}, the most that makes sense; mend the figure or its unit'
    return None


def _is_day(cell: str) -> bool:
    """Is there such a day? Much quicker than asking pandas cell by cell."""
    try:
        return 1900 <= dt.date.fromisoformat(cell).year <= 2100
    except ValueError:
        return False


def _convert(cells: pd.Series, kind: str) -> pd.Series:
    """Sound cells in their type; empty ones are missing."""
    cells = cells.mask(cells == "")
    if kind == "date":
        return pd.to_datetime(cells, format="%Y-%m-%d")
    if kind == "boolean":
        return (cells == "true") if cells.notna().all() else (cells == "true").astype("boolean").mask(cells.isna())
    return pd.to_numeric(cells).astype({"integer": "Int64", "number": "float64"}[kind]) if kind != "string" else cells


def _check_keys(folder: Path, name: str, schema: dict, raw: pd.DataFrame, lines: list[int]) -> None:
    """The primary key is unique, and every foreign key is found in the other table."""
    key = schema["primaryKey"]
    doubled = raw.duplicated(key)
    if doubled.any():
        row = int(np.argmax(doubled))
        first = int(np.argmax((raw[key] == raw.loc[row, key]).all(axis=1)))
        raise _fault(name, lines[row], None, f"its key ({', '.join(key)}) is that of line {lines[first]}; "
                     "take one of the two rows out or tell them apart")
    for foreign in schema.get("foreignKeys", []):
        (field,), other, (target,) = foreign["fields"], foreign["reference"]["resource"], foreign["reference"]["fields"]
        known = _read(folder, other)["raw"][target]
        lost = (raw[field] != "") & ~raw[field].isin(known)
        if lost.any():
            row = int(np.argmax(lost))
            raise _fault(name, lines[row], field, f'"{raw[field][row]}" is not in data/{other}.csv; '
                         f"add it there or use {_nearest(raw[field][row], known)}")


def _corrected(folder: Path, name: str) -> pd.DataFrame:
    """The table with its known errors replaced, left out or flagged."""
    store, read = _store(folder), _read(folder, name)
    if (name, "corrected") not in store:
        raw, frame, lines = read["raw"], read["frame"].copy(), read["lines"]
        fields = {field["name"]: field for field in _resources(folder)[name]["schema"]["fields"]}
        keep, reasons = np.full(len(raw), True), [""] * len(raw)  # plain: one correction touches few of many rows
        for line, row in _rows(folder, "corrections"):
            if row["table"] != name:
                continue
            field, cell, status = row["field"], row["corrected"], row["status"]
            hit = _hits(raw, row["key"], name, line)
            if field not in fields:
                raise _fault("corrections", line, "field", f'"{field}" is not a field of data/{name}.csv; '
                             f"use {_nearest(field, fields)}")
            for at in np.flatnonzero(hit):
                if row["printed"] not in ("", raw[field][at]):
                    raise _fault("corrections", line, "printed", f'"{row["printed"]}" is not what data/{name}.csv, '
                                 f'line {lines[at]}, holds ("{raw[field][at]}"); mend the one that is wrong')
            if (status == "replaced") != (cell != ""):
                raise _fault("corrections", line, "corrected", f'it does not fit the status "{status}"; '
                             "write a value when the status is replaced, and only then")
            if status == "replaced" and (why := _why(cell, fields[field])):
                raise _fault("corrections", line, "corrected", why)
            if status == "replaced":
                frame.loc[hit, field] = _convert(pd.Series([cell], dtype="str"), fields[field]["type"])[0]
            if status == "excluded":
                keep &= ~hit
            for at in np.flatnonzero(hit):
                reasons[at] = f"{reasons[at]}; {row['reason']}".removeprefix("; ")
        reasons = pd.Series(reasons, index=raw.index, dtype="str")
        frame["correction"] = reasons.mask(reasons == "")
        store[name, "corrected"] = frame[keep]
    return store[name, "corrected"]


def _hits(raw: pd.DataFrame, key: str, name: str, line: int) -> np.ndarray:
    """The rows that a correction's key picks: field=value;field=a..b;field=a|b."""
    hit = np.full(len(raw), True)
    for part in key.split(";"):
        field, _, wanted = part.partition("=")
        if field not in raw:
            raise _fault("corrections", line, "key", f'"{field}" is not a field of data/{name}.csv; '
                         f"use {_nearest(field, raw.columns)}")
        span = re.fullmatch(r"(\d+)\.\.(\d+)", wanted)
        hit &= (pd.to_numeric(raw[field], errors="coerce").between(*map(int, span.groups())) if span
                else raw[field].isin(wanted.split("|"))).to_numpy()
    if not hit.any():
        raise _fault("corrections", line, "key", f'"{key}" picks no row of data/{name}.csv; '
                     "mend the key or take the correction out")
    return hit


def _rows(folder: Path, name: str) -> list[tuple[int, dict[str, str]]]:
    """(line in the file, cells) of every row."""
    read = _read(folder, name)
    return list(zip(read["lines"], read["raw"].to_dict("records")))


def _fault(table: str, line: int, field: str | None, words: str) -> DataError:
    return DataError(f"data/{table}.csv, line {line}{f', field {field}' if field else ''}: {words}.")


def _nearest(word: object, known: Iterable[object]) -> str:
    """The known word that looks most like this one, else the first three, quoted."""
    names = sorted({str(k) for k in known})
    return " or ".join(f'"{n}"' for n in difflib.get_close_matches(str(word), names, n=1, cutoff=0.5) or names[:3])


def _day(as_of: str | dt.date) -> pd.Timestamp:
    if isinstance(as_of, dt.date) and not pd.isna(as_of):
        return pd.Timestamp(as_of.year, as_of.month, as_of.day)
    day = pd.to_datetime(as_of, errors="coerce") if re.fullmatch(_FORMS["date"][0], str(as_of)) else pd.NaT
    if pd.isna(day):
        raise DataError(f'as_of="{as_of}" is not a date; write it as YYYY-MM-DD, such as "2014-09-30".')
    return day
