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
def findings(name: str, as_of: str | None = None) -> dict[str, claims.Finding | str]:
    """Finding or plain word for every claim of a chapter, as of a date (None: all we have)."""
    module, argument = chapter(name), load("argument")
    frames = module.frames(as_of)
    rows = load("claims").query("chapter == @name")
    found = {claim: test(frames) for claim, test in module.FINDINGS.items()}
    values = claims.evaluate(argument, {claim: finding.value for claim, finding in found.items()})
    # A claim without a test of its own is a conclusion (its value follows) or a reading (nobody can score it).
    rests = set(argument.loc[argument["tie"].isin(["needs", "any_of"]), "claim"])
    return {claim: found.get(claim) or (values[claim] if claim in rests else claims.READING) for claim in rows["id"]}


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
