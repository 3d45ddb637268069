"""What each chapter computes and draws. One module a chapter, under the chapter's name."""

from __future__ import annotations

import difflib
import functools
import importlib
from collections.abc import Callable, Iterator, Mapping
from types import ModuleType

import pandas as pd

from companion import argument, claims
from companion.data import DataError, load


def chapter(name: str) -> ModuleType:
    """The evidence module of a chapter ("how-it-fits" is companion.evidence.how_it_fits)."""
    return importlib.import_module(f"companion.evidence.{name.replace('-', '_')}")


@functools.cache
def _frames(name: str, as_of: str | None) -> dict:
    return chapter(name).frames(as_of)


@functools.cache
def tested(claim_id: str, as_of: str | None = None) -> claims.Finding | None:
    """The finding of a claim's own test, as of a date (None: all we have), or None: no test, or a forecast that was not due."""
    row = claims.get(claim_id)
    test = chapter(row.chapter).FINDINGS.get(claim_id)
    if test and as_of is None:
        return _today(row.chapter, test)[0]
    return test(_frames(row.chapter, as_of)) if test and row.kind != "forecast" else None


def ties(coding: str = "settled", rows: pd.DataFrame | None = None) -> pd.DataFrame:
    """The ties of a coding that carry strength: rows (claim, tie, other, group, coding); rows: instead of data/argument.csv."""
    rows = (load("argument") if rows is None else rows).query("coding == @coding")
    own = rows["tie"].isin(["needs", "any_of"])
    # A thesis that only says another one again is worth what that one is worth.
    again = (rows["tie"] == "restates") & ~rows["claim"].isin(rows.loc[own, "claim"])
    return rows.assign(tie=rows["tie"].mask(again, "needs"))[own | again]


@functools.cache
def values(name: str, as_of: str | None = None) -> dict[str, str]:
    """Stands, shaky or falls, for every claim that a chapter's claims are or rest on, in whatever chapter those are tested."""
    rows, bearing = load("claims").set_index("id"), ties()
    reached = set(rows.index[rows["chapter"] == name])
    while more := set(bearing.loc[bearing["claim"].isin(reached), "other"]) - reached:
        reached |= more
    rows = rows.loc[sorted(reached)]
    # A thesis is what it rests on. Whatever else has no test is shaky, even where all that it needs stands.
    own = {claim: argument.SHAKY for claim in rows.index[rows["kind"] != "thesis"]}
    own |= {claim: finding.value for claim in rows.index if (finding := tested(claim, as_of))}
    return dict.fromkeys(reached, argument.SHAKY) | argument.evaluate(bearing[bearing["claim"].isin(reached)], own)


def finding(claim_id: str, as_of: str | None = None) -> claims.Finding | str:
    """Finding, or plain word where there is no test, for one claim, as of a date (None: all we have)."""
    row = claims.get(claim_id)
    words = {"thesis": None, "open": claims.LEFT_OPEN, "forecast": claims.NOT_DUE}
    found = tested(claim_id, as_of)
    if found is None and row.kind == "forecast" and tested(claim_id).verdict == claims.UNFALSIFIABLE:
        return claims.UNFALSIFIABLE  # so it is worded, on any day
    if found and found.verdict == claims.NOT_DUE:
        return claims.NOT_DUE
    return found or words.get(row.kind, claims.READING) or values(row.chapter, as_of)[claim_id]


def findings(name: str, as_of: str | None = None) -> dict[str, claims.Finding | str]:
    """`finding` for every claim of a chapter."""
    return {claim_id: finding(claim_id, as_of) for claim_id in load("claims").query("chapter == @name")["id"]}


def known(as_of: str | None = None) -> dict[str, str]:
    """Claim to the value that it has by itself, before what it rests on: its finding's, or shaky where nobody can test it.

    A thesis has none: it is what it rests on.
    """
    rows = load("claims")
    shaky = dict.fromkeys(rows.loc[rows["kind"] != "thesis", "id"], argument.SHAKY)
    return shaky | {i: found.value for i in rows["id"] if (found := tested(i, as_of))}


class _Asked(Mapping):
    """Frames that remember which of them were asked for."""

    def __init__(self, frames: Mapping[str, pd.DataFrame]):
        self.frames, self.names = frames, []

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name not in self.names:
            self.names.append(name)
        return self.frames[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.frames)

    def __len__(self) -> int:
        return len(self.frames)


@functools.cache
def tables(claim_id: str) -> tuple[str, ...]:
    """The tables that a claim's test reads, in the order in which it asks for them; empty without a test."""
    name = claims.get(claim_id).chapter
    test = chapter(name).FINDINGS.get(claim_id)
    return _today(name, test)[1] if test else ()


@functools.cache
def _today(name: str, test: Callable[[Mapping[str, pd.DataFrame]], claims.Finding]) -> tuple[claims.Finding, tuple[str, ...]]:
    """What a chapter's test finds on all we have, and the tables that it asked for: one run tells both."""
    asked = _Asked(_frames(name, None))
    found = test(asked)
    return found, tuple(asked.names)


def check() -> None:
    """Check that claims and tests fit each other. Raises DataError with one sentence for the first that does not.

    Every fact, measure and forecast has a test, no test is without a claim, open questions and theses have none,
    and every verdict is one that a claim of its kind may end in.
    """
    rows = load("claims").set_index("id")
    for name in sorted(set(rows["chapter"])):
        for claim_id in chapter(name).FINDINGS:
            near = difflib.get_close_matches(claim_id, rows.index, 1, 0)[0]
            file = f"companion/evidence/{name.replace('-', '_')}.py"
            if claim_id not in rows.index or rows.loc[claim_id, "chapter"] != name:
                raise DataError(f'{file}: FINDINGS has a function for "{claim_id}", which is no claim of chapter {name}; '
                                f'did you mean "{near}"?')
            if rows.loc[claim_id, "kind"] in ("open", "thesis"):
                raise DataError(f'{file}: "{claim_id}" is {"an open question" if rows.loc[claim_id, "kind"] == "open" else "a thesis"}, '
                                "which no count can settle; take its function out of FINDINGS or change its kind in data/claims.csv.")
    for line, (claim_id, row) in enumerate(rows.iterrows(), start=2):
        test = chapter(row.chapter).FINDINGS.get(claim_id)
        if test is None and row.kind in ("fact", "measure", "forecast"):
            raise DataError(f'data/claims.csv, line {line}: "{claim_id}" is a {row.kind} and has no function in FINDINGS of '
                            f"companion/evidence/{row.chapter.replace('-', '_')}.py; write one or change its kind.")
        for as_of in (claims.ESSAY_DATE, None):
            found = finding(claim_id, as_of)
            for word in [found] if isinstance(found, str) else [found.verdict, *found.parts.values()]:
                if not claims.is_allowed(row.kind, word):
                    raise DataError(f'data/claims.csv, line {line}: "{claim_id}" is a {row.kind} and cannot end in "{word}"; '
                                    "see companion.claims.WORDS.")


def claim(claim_id: str) -> claims.ClaimCard:
    """One claim of the essay with its two verdicts. Raises DataError for an unknown id."""
    dates, name = (claims.ESSAY_DATE, None), claims.get(claim_id).chapter
    return claims.ClaimCard(claim_id, *(finding(claim_id, date) for date in dates), tuple(values(name, date)[claim_id] for date in dates))


def ledger(name: str) -> claims.Ledger:
    """All claims of a chapter, in the order of the essay."""
    return claims.Ledger([claim(i) for i in load("claims").query("chapter == @name")["id"]])


@functools.cache
def numbers(name: str) -> dict[str, str]:
    """Every figure that the chapter's prose may name: key to text, computed from the tables."""
    return chapter(name).numbers(_frames(name, None))
