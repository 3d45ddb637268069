"""Coding that can be checked: the draw of the events that were coded twice, and how far the two codings agree."""

from __future__ import annotations

import random

import krippendorff
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
        codes = pd.factorize(pair.ravel())[0].reshape(pair.shape)
        alpha = krippendorff.alpha(reliability_data=codes, level_of_measurement="nominal")
        rows.append({"variable": variable, "events": pair.shape[1], "same, %": float(100 * (pair[0] == pair[1]).mean()),
                     "alpha": f"{alpha:.2f}", "weak": bool(alpha < WEAK)})
    return pd.DataFrame(rows)
