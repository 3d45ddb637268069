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
def tested(name: str, as_of: str | None = None) -> dict[str, claims.Finding]:
    """The findings of a chapter's own tests, as of a date (None: all we have). Forecasts were not due at an earlier date."""
    module, kind = chapter(name), load("claims").set_index("id")["kind"]
    frames = module.frames(as_of)
    return {claim: test(frames) for claim, test in module.FINDINGS.items() if as_of is None or kind[claim] != "forecast"}


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
    for other in rows["chapter"].unique():
        known |= {claim: finding.value for claim, finding in tested(other, as_of).items() if claim in reached}
    return dict.fromkeys(reached, claims.SHAKY) | claims.evaluate(bearing[bearing["claim"].isin(reached)], known)


@functools.cache
def findings(name: str, as_of: str | None = None) -> dict[str, claims.Finding | str]:
    """Finding, or plain word where there is no test, for every claim of a chapter, as of a date (None: all we have)."""
    found, value = tested(name, as_of), values(name, as_of)
    words = {"thesis": None, "open": claims.LEFT_OPEN, "forecast": claims.NOT_DUE}
    return {row.id: found.get(row.id) or words.get(row.kind, claims.READING) or value[row.id]
            for row in load("claims").query("chapter == @name").itertuples()}


def claim(claim_id: str) -> claims.ClaimCard:
    """One claim of the essay with its two verdicts. Raises DataError for an unknown id."""
    name = claims.get(claim_id)["chapter"]
    return claims.ClaimCard(claim_id, findings(name, claims.ESSAY_DATE)[claim_id], findings(name)[claim_id])


def ledger(name: str) -> claims.Ledger:
    """All claims of a chapter, in the order of the essay."""
    return claims.Ledger([claim(i) for i in load("claims").query("chapter == @name")["id"]])


@functools.cache
def numbers(name: str) -> dict[str, str]:
    """Every figure that the chapter's prose may name: key to text, computed from the tables."""
    return chapter(name).numbers(chapter(name).frames())
