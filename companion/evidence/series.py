"""What several chapters take from the tables: frames by name, yearly lines, their steps and their sources."""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from companion import claims
from companion.data import load
from companion.explore import Choice
from companion.figure import Card

INTER_KOREAN = ("mou", "kita", "kcs", "kostat")  # ministry first, then trade association, customs, statistics office

EUROPE = set("AUT BEL BGR CHE CYP CZE DEU DNK ESP EST EU28 FIN FRA GBR GRC HRV HUN IRL ITA LIE LTU LUX LVA MLT NLD NOR POL PRT "
             "ROU SVK SVN SWE".split())


def tables(*names: str, as_of: str | None = None) -> dict[str, pd.DataFrame]:
    """Tables by name; with `as_of`, of those whose rows are dated only what could be known on that day."""
    dated = {name: "knowable_from" in load(name, corrected=False) for name in names}
    return {name: load(name, as_of=as_of if dated[name] else None) for name in names}


def known_by(data: Mapping[str, pd.DataFrame], day: str | pd.Timestamp) -> dict[str, pd.DataFrame]:
    """The rows of tables that could be known by a day; a table whose rows have no date stays whole."""
    return {name: table[table["knowable_from"] <= day].reset_index(drop=True) if "knowable_from" in table else table
            for name, table in data.items()}


def holding(frame: pd.DataFrame, **values: object) -> pd.DataFrame:
    """The rows with these values, by column; of a list, with any of it. A `query` takes ten times as long."""
    wanted = [frame[column].isin(value) if isinstance(value, list) else frame[column] == value for column, value in values.items()]
    return frame[np.logical_and.reduce([rows.to_numpy(bool, na_value=False) for rows in wanted])]


def remembered(*names: str) -> Callable:
    """Keeps the frames that a function makes of tables, by what those named hold: several tests ask for the same again and again."""
    def keep(function: Callable[[Mapping[str, pd.DataFrame]], pd.DataFrame]) -> Callable:
        known: dict[tuple, pd.DataFrame] = {}

        @functools.wraps(function)
        def once(data: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
            key = tuple(pd.util.hash_pandas_object(data[name]).to_numpy().tobytes() for name in names)
            if key not in known:
                known[key] = function(data)
            return known[key].copy()
        return once
    return keep


# The control of an exploration whose picture of the years before the essay depends on when one looks.
VINTAGES = {"today": "today", "2014": "by September 2014"}
AS_OF = Choice("What could be known", VINTAGES, "radio")


def vintages(data: Mapping[str, pd.DataFrame]) -> dict[str, dict[str, pd.DataFrame]]:
    """The tables under each value of AS_OF."""
    return {"today": dict(data), "2014": known_by(data, claims.ESSAY_DATE)}


def as_known(card: Card, as_of: str) -> Card:
    """The card, saying so where it shows what could be known in September 2014."""
    if as_of == "today":
        return card
    rule = "A figure counts from the day of the source that we read, which may be later than the first that had it."
    return replace(card, title=f"As of September 2014. {card.title}", alt=f"As of September 2014. {card.alt}",
                   sentence=f"{card.sentence} {rule}")


def flows(trade: pd.DataFrame, series: str, partner: str) -> pd.DataFrame:
    """USD million by year of one series and partner: column `value` (two-way), column `sources` (lists of ids).

    The printed total where there is one, else exports plus imports.
    """
    at = np.flatnonzero((trade["series"] == series).to_numpy() & (trade["partner"] == partner).to_numpy())
    years, kinds, ranks, values, ids = (trade[c].array[at].tolist() for c in ("year", "flow", "rank", "value", "source_id"))
    # Plain dictionaries: `pick`, a pivot and a groupby take five times as long, and a chapter does this a thousand times.
    best = {}  # year and flow to the place of its best-ranked row
    for i, key in enumerate(zip(years, kinds)):
        if key not in best or ranks[i] < ranks[best[key]]:
            best[key] = i
    printed, sources = {}, {}
    for i in sorted(best.values(), key=trade.index[at].tolist().__getitem__):  # in the order of the table
        printed.setdefault(years[i], {})[kinds[i]] = values[i]
        sources.setdefault(years[i], []).append(ids[i])
    total = {year: flows.get("total", flows.get("exports", np.nan) + flows.get("imports", np.nan))
             for year, flows in sorted(printed.items())}
    total = {year: value for year, value in total.items() if not math.isnan(value)}
    index = pd.Index(list(total), dtype=trade["year"].dtype, name="year")
    return pd.DataFrame({"value": pd.Series(total.values(), index, float),
                         "sources": pd.Series([sources[year] for year in total], index, object)})


def inter_korean(trade: pd.DataFrame) -> pd.DataFrame:
    """Trade between the two Koreas, USD million by year, from the first series that has the year."""
    found = pd.concat([flows(trade, series, "KOR") for series in INTER_KOREAN])
    return found[~found.index.duplicated()].sort_index()


def sources_of(rows: pd.DataFrame) -> list[str]:
    """Every source id in a column `sources` of lists, each once, in order."""
    return list(dict.fromkeys(itertools.chain.from_iterable(rows["sources"])))


def with_gaps(line: pd.Series, first: int, last: int) -> pd.Series:
    """A line by year with its missing years as gaps, so that a drawing does not bridge them."""
    return line.reindex(range(first, last + 1))


def steps(line: pd.Series) -> pd.Series:
    """Change on the year before, for the years whose neighbour before has a figure too."""
    return line.diff()[np.diff(line.index, prepend=line.index[0] - 9) == 1]


def trend(line: pd.Series) -> dict[str, float]:
    """Level gained, slope (a year), steps, and how many of the steps between neighbouring years rise."""
    step = steps(line)
    return {"gain": line.iloc[-1] - line.iloc[0], "slope": np.polyfit(line.index, line, 1)[0],
            "steps": len(step), "rises": int((step > 0).sum())}
