"""Then and today: whose verdict changed since the essay, on which day, and which new rows changed it.

A test is a pure function of tables, so it can be run on any day: on the rows that could be known by then (`known_by`).
A day counts when the state of a claim, its verdict and how many counts bear it out, is another than the day before.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from companion import claims, evidence
from companion.data import load

Frames = Mapping[str, pd.DataFrame]
THEN = pd.Timestamp(claims.ESSAY_DATE)


class State(NamedTuple):
    """What a test says on one day: the verdict as printed, and how many of the counts with a vote bear the claim out."""

    verdict: str
    fits: int
    counts: int


class Turn(NamedTuple):
    """A day on which a state changed, and the new rows without which it would not be what it then was.

    rows: of the tables read, with the columns `table`, `source_id`, `when` (period) and `row` (place in the table).
    """

    day: pd.Timestamp
    before: State
    after: State
    rows: pd.DataFrame


class Recorder(Mapping):
    """Tables that remember which of them were asked for."""

    def __init__(self, data: Frames):
        self.data, self.asked = data, set()

    def __getitem__(self, name: str) -> pd.DataFrame:
        self.asked.add(name)
        return self.data[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.data)

    def __len__(self) -> int:
        return len(self.data)


def state(claim_id: str, data: Frames) -> State:
    """The state of a claim by its own test on these tables, which need not be those of any day."""
    finding = evidence.chapter(claims.get(claim_id).chapter).FINDINGS[claim_id](data)
    voting = finding.counts[finding.counts["votes"] & finding.counts["outcome"].notna()]
    return State(str(finding), int(voting["outcome"].astype(bool).sum()), len(voting))


@functools.cache
def _read(claim_id: str) -> dict[str, pd.DataFrame]:
    """The tables that a claim's test reads, as they are today."""
    data = Recorder(evidence.chapter(claims.get(claim_id).chapter).frames())
    state(claim_id, data)
    return {name: data.data[name] for name in sorted(data.asked)}


def tables_of(claim_id: str) -> list[str]:
    """The names of the tables that a claim's test really reads."""
    return list(_read(claim_id))


def known_by(data: Frames, day: pd.Timestamp) -> dict[str, pd.DataFrame]:
    """The rows that could be known by a day; tables whose rows have no date stay whole."""
    return {name: table[table["knowable_from"] <= day] if "knowable_from" in table else table for name, table in data.items()}


def days(data: Frames) -> list[pd.Timestamp]:
    """The days since the essay on which one of these tables gained a row, in order; the essay's own stands first."""
    late = {day for table in data.values() if "knowable_from" in table for day in table["knowable_from"] if day > THEN}
    return [THEN, *sorted(late)]


def changed(at: Callable[[int], object], first: int, last: int) -> list[int]:
    """The places in first+1 to last at which `at` differs from the place before; found by halving what differs at its ends.

    What changes and changes back within a stretch whose ends are alike is not found.
    """
    if first == last or at(first) == at(last):
        return []
    if last - first == 1:
        return [last]
    middle = (first + last) // 2
    return changed(at, first, middle) + changed(at, middle, last)


def turns(claim_id: str) -> Iterator[Turn]:
    """Every change of a claim's state since the essay, the earliest first, with the rows that made it."""
    data = _read(claim_id)
    dates = days(data)
    at = functools.cache(lambda i: state(claim_id, known_by(data, dates[i])))
    for i in changed(at, 0, len(dates) - 1):
        yield Turn(dates[i], at(i - 1), at(i), cause(claim_id, known_by(data, dates[i]), dates[i]))


def cause(claim_id: str, data: Frames, day: pd.Timestamp) -> pd.DataFrame:
    """Of the rows that are new on a day, those that made the state what it is on that day: by source, then by period.

    Every source is needed, and so are the first and the last period; the periods between are taken with them.
    """
    after = state(claim_id, data)
    new = pd.concat([_described(name, table[table["knowable_from"] == day]) for name, table in data.items()
                     if "knowable_from" in table], ignore_index=True)

    def same_without(rows: pd.DataFrame) -> bool:
        left = {name: table.drop(index=rows.loc[rows["table"] == name, "row"]) for name, table in data.items()}
        return state(claim_id, left) == after

    new = pd.concat(needed([part for _, part in new.groupby("source_id")], same_without))
    periods = sorted(new["when"].unique())
    first = _most(len(periods) - 1, lambda n: same_without(new[new["when"] < periods[n]]))
    last = len(periods) - 1 - _most(len(periods) - 1 - first, lambda n: same_without(new[new["when"] > periods[-1 - n]]))
    return new[new["when"].between(periods[first], periods[last])]


def needed(parts: Sequence[pd.DataFrame], same_without: Callable[[pd.DataFrame], bool]) -> list[pd.DataFrame]:
    """Those parts without which it is not the same, found by halving; all of them where any one stands in for another."""
    if len(parts) < 2:
        return list(parts)
    halves = parts[:len(parts) // 2], parts[len(parts) // 2:]
    kept = [part for half in halves if not same_without(pd.concat(half)) for part in needed(half, same_without)]
    return kept or list(parts)


def _most(top: int, holds: Callable[[int], bool]) -> int:
    """The largest n up to `top` for which it holds, when it holds for 0 and, once it no longer does, for none above."""
    low = 0
    while low < top:
        middle = (low + top + 1) // 2
        low, top = (middle, top) if holds(middle) else (low, middle - 1)
    return low


_WHEN = ("year", "period", "date", "month", "start")


def _described(name: str, rows: pd.DataFrame) -> pd.DataFrame:
    """table, source_id, when (the period as text) and row (its place in the table) of each row."""
    when = next(column for column in _WHEN if column in rows)
    return pd.DataFrame({"table": name, "source_id": rows["source_id"], "when": rows[when].astype(str), "row": rows.index})
