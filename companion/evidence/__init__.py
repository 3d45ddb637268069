"""What each chapter computes and draws. One module a chapter, under the chapter's name."""

from __future__ import annotations

import functools
import importlib
from types import ModuleType

from companion import claims
from companion.data import load


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
    return test(_frames(row.chapter, as_of)) if test and not (as_of and row.kind == "forecast") else None


@functools.cache
def values(name: str, as_of: str | None = None) -> dict[str, str]:
    """Stands, shaky or falls, for every claim that a chapter's claims are or rest on, in whatever chapter those are tested."""
    rows, argument = load("claims").set_index("id"), load("argument").query("coding == 'settled'")
    own = argument["tie"].isin(["needs", "any_of"])
    # A thesis that only says another one again is worth what that one is worth.
    again = (argument["tie"] == "restates") & ~argument["claim"].isin(argument.loc[own, "claim"])
    argument = argument.assign(tie=argument["tie"].mask(again, "needs"))
    bearing = argument[own | again]
    reached = set(rows.index[rows["chapter"] == name])
    while more := set(bearing.loc[bearing["claim"].isin(reached), "other"]) - reached:
        reached |= more
    rows = rows.loc[sorted(reached)]
    # A thesis is what it rests on. Whatever else has no test is shaky, even where all that it needs stands.
    known = {claim: claims.SHAKY for claim in rows.index[rows["kind"] != "thesis"]}
    known |= {claim: finding.value for claim in rows.index if (finding := tested(claim, as_of))}
    return dict.fromkeys(reached, claims.SHAKY) | claims.evaluate(bearing[bearing["claim"].isin(reached)], known)


def finding(claim_id: str, as_of: str | None = None) -> claims.Finding | str:
    """Finding, or plain word where there is no test, for one claim, as of a date (None: all we have)."""
    row = claims.get(claim_id)
    words = {"thesis": None, "open": claims.LEFT_OPEN, "forecast": claims.NOT_DUE}
    return tested(claim_id, as_of) or words.get(row.kind, claims.READING) or values(row.chapter, as_of)[claim_id]


def findings(name: str, as_of: str | None = None) -> dict[str, claims.Finding | str]:
    """`finding` for every claim of a chapter."""
    return {claim_id: finding(claim_id, as_of) for claim_id in load("claims").query("chapter == @name")["id"]}


def claim(claim_id: str) -> claims.ClaimCard:
    """One claim of the essay with its two verdicts. Raises DataError for an unknown id."""
    return claims.ClaimCard(claim_id, finding(claim_id, claims.ESSAY_DATE), finding(claim_id))


def ledger(name: str) -> claims.Ledger:
    """All claims of a chapter, in the order of the essay."""
    return claims.Ledger([claim(i) for i in load("claims").query("chapter == @name")["id"]])


@functools.cache
def numbers(name: str) -> dict[str, str]:
    """Every figure that the chapter's prose may name: key to text, computed from the tables."""
    return chapter(name).numbers(_frames(name, None))
