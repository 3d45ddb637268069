"""Where each threshold of the tests comes from, and which verdicts change when it is moved by a fifth.

A chapter's module names its own constants in THRESHOLDS. Here each is moved alone, and the tests that use it run again.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType

import pandas as pd

from companion import evidence
from companion.claims import Finding
from companion.data import load

MOVES = {"down": 0.8, "up": 1.2}  # by a fifth
WORDING, SIZED, ARITHMETIC, ERROR, CONVENTION = ("wording", "a word given a size", "arithmetic", "measurement error", "convention")
ORIGINS = (WORDING, SIZED, ARITHMETIC, ERROR, CONVENTION)


@dataclass(frozen=True)
class Threshold:
    """A number that decides outcomes: what it is, in which unit, where it comes from, and the claims whose tests use it.

    origin: one of ORIGINS. members: for a constant that holds several, those that are moved, each alone.
    about: for a band (a pair), the point from which its two edges are scaled. low, high: the bounds of what is possible.
    """

    name: str
    unit: str
    origin: str
    claims: tuple[str, ...]
    members: tuple[int, ...] = ()
    about: float | None = None
    low: float = 0
    high: float = float("inf")

    def places(self) -> tuple[int | None, ...]:
        """The members that are moved, or None for a constant that is moved as a whole."""
        return self.members or (None,)

    def scaled(self, value, factor: float, member: int | None = None):
        """The constant with one number of it times `factor`. What counts whole units moves by one of them at least."""
        if self.about is not None:
            return tuple(self.about + factor * (edge - self.about) for edge in value)
        if member is not None:
            member %= len(value)
            return (*value[:member], self.scaled(value[member], factor), *value[member + 1:])
        new = value * factor
        if isinstance(value, int):
            new = round(new) if round(new) != value else value + (1 if factor > 1 else -1)
        return type(value)(min(max(new, self.low), self.high))

    def text(self, value, member: int | None = None) -> str:
        """The constant as a reader sees it: one number, or the two edges of a band."""
        value = value if member is None else value[member]
        if isinstance(value, tuple):
            return " to ".join(f"{edge:.1f}" for edge in value)
        return f"{value:,g}" + (" (no more is possible)" if value == self.high else "")


@contextlib.contextmanager
def moved(module: ModuleType, name: str, value) -> Iterator[None]:
    """The module with one constant set to `value`; what it was comes back at the end, also after an error."""
    before = getattr(module, name)
    setattr(module, name, value)
    try:
        yield
    finally:
        setattr(module, name, before)


def declared() -> list[tuple[str, str, Threshold, int | None]]:
    """Chapter, constant, threshold and member of every threshold, in the order of the chapters."""
    return [(chapter, name, threshold, member) for chapter in load("claims")["chapter"].unique()
            for name, threshold in getattr(evidence.chapter(chapter), "THRESHOLDS", {}).items()
            for member in threshold.places()]


def decided(found: Finding) -> tuple[str, ...]:
    """What is compared: the verdict and those of the parts, without the names of the parts, in which a limit may stand."""
    return found.verdict, *found.parts.values()


def sensitivity(as_of: str | None = None) -> pd.DataFrame:
    """Every threshold moved down and up by a fifth, alone, and every test that uses it run again, as of a date (None: today).

    One row for each threshold, direction and claim: chapter, threshold, unit, origin, value, direction, moved to, claim,
    from, to (verdicts in words), from value, to value (in the argument), changed. Before they are due, forecasts are left out.
    """
    kinds = load("claims").set_index("id")["kind"]
    frames, plain, rows = {}, {}, []
    for chapter, name, threshold, member in declared():
        module = evidence.chapter(chapter)
        value = getattr(module, name)
        if chapter not in frames:
            frames[chapter] = module.frames(as_of)
        data = frames[chapter]
        tested = [claim for claim in threshold.claims if not (as_of and kinds[claim] == "forecast")]
        plain |= {claim: module.FINDINGS[claim](data) for claim in tested if claim not in plain}
        for direction, factor in MOVES.items():
            other = threshold.scaled(value, factor, member)
            with moved(module, name, other):
                after = {claim: module.FINDINGS[claim](data) for claim in tested}
            rows += [{"chapter": chapter, "threshold": threshold.name, "unit": threshold.unit, "origin": threshold.origin,
                      "value": threshold.text(value, member), "direction": direction,
                      "moved to": threshold.text(other, member), "claim": claim, "from": str(plain[claim]), "to": str(now),
                      "from value": plain[claim].value, "to value": now.value,
                      "changed": decided(plain[claim]) != decided(now)} for claim, now in after.items()]
    return pd.DataFrame(rows)


def table(moves: pd.DataFrame) -> pd.DataFrame:
    """The rows of `sensitivity` for a reader, one line a threshold: what it is, where it comes from, what each move changes."""
    names, rows = _labels(), []
    for (threshold, value), part in moves.groupby(["threshold", "value"], sort=False):
        row = {"threshold": threshold, "value": value, "unit": part["unit"].iloc[0], "comes from": part["origin"].iloc[0],
               "claims that use it": ", ".join(names[claim] for claim in part["claim"].unique())}
        for direction, words in (("down", "less"), ("up", "more")):
            tried = part[part["direction"] == direction]
            row |= {f"a fifth {words}": tried["moved to"].iloc[0], f"verdicts changed by {words}": int(tried["changed"].sum())}
        rows.append(row)
    return pd.DataFrame(rows)


def changes(moves: pd.DataFrame) -> pd.DataFrame:
    """The moves that change a verdict, for a reader: claim, value in the argument, threshold, value, moved to, both verdicts."""
    part, names = moves[moves["changed"]], _labels()
    value = [before if before == after else f"{before}, then {after}" for before, after in
             zip(part["from value"], part["to value"], strict=True)]
    return pd.DataFrame({"claim": part["claim"].map(names), "in the argument": value, "threshold": part["threshold"],
                         "value": part["value"], "moved to": part["moved to"], "verdict": part["from"],
                         "verdict after the move": part["to"]})


def sentence(moves: pd.DataFrame) -> str:
    """The rows of `sensitivity` in words: how many thresholds and moves, how many verdicts change, and of which claims."""
    names, changed = _labels(), moves[moves["changed"]]
    turned = changed[changed["from value"] != changed["to value"]].drop_duplicates(["claim", "to value"])
    one = moves.drop_duplicates(["chapter", "threshold", "value"])
    origins = ", ".join(f"{(one['origin'] == origin).sum()} from {origin}" for origin in ORIGINS)
    cases = [len(part.drop_duplicates(["chapter", "threshold", "value", "direction"])) for part in (moves, changed)]
    ways = "; ".join(f"{names[r.claim]} from {r.before} to {r.after}" for r in turned.rename(
        columns={"from value": "before", "to value": "after"}).itertuples())
    return (f"There are {len(one)} thresholds: {origins}. Each moved down and up by a fifth makes {cases[0]} cases. "
            f"In {cases[1]} of them a verdict changes, and of the {moves['claim'].nunique()} claims that use a threshold "
            f"{changed['claim'].nunique()} have a verdict that changes in at least one case"
            + (f" ({', '.join(names[c] for c in changed['claim'].unique())})" if len(changed) else "") + ". "
            + (f"So far that its value in the argument changes too: {ways}." if ways else
               "In none does the value in the argument change."))


def _labels() -> dict[str, str]:
    return load("claims").set_index("id")["label"].to_dict()
