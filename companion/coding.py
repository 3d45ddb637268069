"""Coding that can be checked: the draw of the events that were coded twice, and how far two codings agree,
of the events and of the essay."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence

import krippendorff
import numpy as np
import pandas as pd

SEED = 20140924
"""The week of the essay. Chosen before the first draw and not changed since."""

LEAST = 60
AFTER_THE_DRAW = "added after the draw"


def sample(events: pd.DataFrame, seed: int = SEED) -> pd.DataFrame:
    """A tenth of the counted events, at least LEAST, without their coding: event_id, date, partners, title.

    The draw depends on the set of event_id and on the seed alone, not on the order of the rows.
    Events that were found after the draw, and say so in their note, are no part of it: it can be made again.
    """
    late = events["note"].fillna("").str.contains(AFTER_THE_DRAW) if "note" in events else False
    counted = events[events["counted"] & ~late]
    keys = sorted(counted["event_id"])
    drawn = random.Random(seed).sample(keys, min(len(keys), max(LEAST, -(-len(keys) // 10))))
    rows = counted[counted["event_id"].isin(drawn)].sort_values("event_id")
    return rows[["event_id", "date", "partners", "title"]].reset_index(drop=True)

VARIABLES = ("class", "actor", "direction", "level")
WEAK = 0.67
"""Krippendorff's own lower bound: below it a variable is too unsure to carry a conclusion."""


def agreement(coding: pd.DataFrame) -> pd.DataFrame:
    """How far two codings of the same events agree, by variable.

    coding: one row per event, columns <variable>_first and <variable>_second (see data/second_coding.csv).
    Returns columns variable, events, same (percent), alpha (Krippendorff, nominal), weak (alpha under WEAK).
    """
    rows = []
    for variable in VARIABLES:
        pair = coding[[f"{variable}_first", f"{variable}_second"]].to_numpy().T
        value = alpha(*pair)
        rows.append({"variable": variable, "events": pair.shape[1], "same, %": float(100 * (pair[0] == pair[1]).mean()),
                     "alpha": f"{value:.2f}", "weak": bool(value < WEAK)})
    return pd.DataFrame(rows)


def alpha(first: Sequence[str], second: Sequence[str]) -> float:
    """Krippendorff's alpha of two codings of the same things into names without order; nan when all have one code."""
    codes = pd.factorize(np.concatenate([first, second]))[0].reshape(2, -1)
    return krippendorff.alpha(codes, level_of_measurement="nominal") if codes.any() else float("nan")


DRAWS = 2000


def interval(first: Sequence[str], second: Sequence[str], draws: int = DRAWS, seed: int = SEED) -> tuple[float, float]:
    """The middle 95 % of alpha when the coded things are drawn again, with replacement: (low, high)."""
    pair, rng = np.array([first, second]), np.random.default_rng(seed)
    found = [alpha(*pair[:, rng.integers(pair.shape[1], size=pair.shape[1])]) for _ in range(draws)]
    low, high = np.nanpercentile(found, [2.5, 97.5])
    return float(low), float(high)


# --- the two codings of the essay: data/essay_codings.csv ----------------------------------------------------------

KINDS = ("open", "fact", "measure", "reading", "cause", "forecast", "thesis")
FIRM = ("same", "finer")
"""Matches that nobody is likely to dispute; the others are `part` and `none`."""


def kinds(codings: pd.DataFrame, claims: pd.DataFrame) -> pd.DataFrame:
    """The kind of each settled claim in either coding: columns first, second, settled, firm; by id, in the essay's order.

    A coding without the claim has a gap. Where several rows of a coding match one claim, the first in the essay speaks:
    it states the claim, and the others give parts of it or its reason. firm: the matches of both are in FIRM.
    """
    rows = codings.dropna(subset=["settled_id"]).drop_duplicates(["coding", "settled_id"])
    wide = rows.pivot(index="settled_id", columns="coding", values="kind").reindex(claims["id"])
    disputed = rows.loc[~rows["match"].isin(FIRM), "settled_id"]
    return pd.DataFrame({"first": wide["first"], "second": wide["second"], "settled": claims.set_index("id")["kind"],
                         "firm": ~wide.index.isin(disputed)})


def confusion(first: pd.Series, second: pd.Series) -> pd.DataFrame:
    """How many claims of each kind in the first coding (rows) have each kind in the second (columns), over KINDS."""
    return pd.crosstab(first, second).reindex(index=KINDS, columns=KINDS, fill_value=0)


Tie = tuple[str, str]


def ties(codings: pd.DataFrame, coding: str) -> dict[Tie, str]:
    """What rests on what in one coding, by settled ids: (claim, other) to "all" or "any" (one of several is enough).

    A row that no settled claim matches gives way to what it rests on itself. Ties inside one settled claim are dropped.
    """
    rows = codings[codings["coding"] == coding].set_index("id")

    def settled(row: str) -> set[str]:
        at = rows.loc[row]
        if pd.notna(at["settled_id"]):
            return {at["settled_id"]}
        return set().union(*(settled(other) for group in _groups(at["rests_on"]) for other in group))

    found: dict[Tie, str] = {}
    for claim, rests_on in rows.dropna(subset=["settled_id"]).set_index("settled_id")["rests_on"].items():
        for group in _groups(rests_on):
            others = set().union(*map(settled, group)) - {claim}
            found |= {(claim, other): "any" if len(group) > 1 and len(others) > 1 else "all" for other in others}
    return found


def _groups(rests_on: str | None) -> list[list[str]]:
    """Groups that are needed together, each of claims of which one is enough: "a|b;c" is [[a, b], [c]]."""
    return [group.split("|") for group in rests_on.split(";")] if pd.notna(rests_on) else []


def settled_ties(argument: pd.DataFrame) -> dict[Tie, str]:
    """What rests on what in the settled coding, as `ties` has it."""
    rows = argument.query("coding == 'settled' and tie in ['needs', 'any_of']")
    return {(row.claim, row.other): {"needs": "all", "any_of": "any"}[row.tie] for row in rows.itertuples()}


def within(found: Iterable[Tie], claims: Iterable[str]) -> set[Tie]:
    """The ties between two of these claims: a tie to a claim that one coding lacks is none that it could have shared."""
    known = set(claims)
    return {tie for tie in found if known.issuperset(tie)}


def jaccard(a: Iterable[Tie], b: Iterable[Tie]) -> float:
    """Ties in both over ties in either; nan when there is none at all."""
    a, b = set(a), set(b)
    return len(a & b) / len(a | b) if a | b else float("nan")
