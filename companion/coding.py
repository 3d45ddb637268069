"""Which events a second person codes: a random tenth, drawn once and drawn again the same way by anybody."""

from __future__ import annotations

import random

import pandas as pd

SEED = 20140924
"""The week of the essay. Chosen before the first draw and not changed since."""

LEAST = 60


def sample(events: pd.DataFrame, seed: int = SEED) -> pd.DataFrame:
    """A tenth of the counted events, at least LEAST, without their coding: event_id, date, partners, title.

    The draw depends on the set of event_id and on the seed alone, not on the order of the rows.
    """
    counted = events[events["counted"]]
    keys = sorted(counted["event_id"])
    drawn = random.Random(seed).sample(keys, min(len(keys), max(LEAST, -(-len(keys) // 10))))
    rows = counted[counted["event_id"].isin(drawn)].sort_values("event_id")
    return rows[["event_id", "date", "partners", "title"]].reset_index(drop=True)
