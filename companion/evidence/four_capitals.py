"""Chapter four-capitals, paragraphs 1 and 2: Kang Sok Ju's tour of September 2014, and the turn to Japan and Russia.

Everything here is a pure function of the tables that `frames` loads. Rates are per 100 headlines of the same window,
parts are percent; a year's window ends on 25 September unless said otherwise.
"""

from __future__ import annotations

import functools
import json
import re
import textwrap
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.collections import PolyCollection

from companion import claims, coding
from companion.claims import Finding, verdict
from companion.data import load
from companion.evidence.series import EUROPE, holding, tables
from companion.evidence.thresholds import CONVENTION, SIZED, Threshold
from companion.explore import Choice, Exploration, explore
from companion.figure import COLOUR, PERCENT, Card, fixed_axes

Frames = Mapping[str, pd.DataFrame]
TABLES = ("events", "headlines", "press_events", "distances")
LAST = 2014  # the year of the essay; the archive of headlines ends on 25 September


def frames(as_of: str | None = None) -> dict[str, pd.DataFrame]:
    """The tables of this chapter, by name; with `as_of`, only what could be known on that day."""
    return tables(*TABLES, as_of=as_of)


# --- the tour ---------------------------------------------------------------------------------------------------

STOPS = {"DEU": "Germany", "BEL": "Belgium", "CHE": "Switzerland", "ITA": "Italy", "MNG": "Mongolia"}
NAMED = {"ITA", "CHE", "BEL", "DEU"}  # the states that the essay names
HOSTS = {  # codes of received_by, the highest first
    "leader": "head of state or government",
    "minister_or_party_secretary": "minister",
    "vice_minister_or_envoy": "state secretary or envoy",
    "party_or_parliament": "party or parliament only",
}


def level_trust() -> str:
    """What to think of the ranks on the map."""
    alpha = coding.agreement(load("second_coding")).set_index("variable").loc["level", "alpha"]
    return ("The rank of a host is our code, from what titles and notes of press reports say; no second coder checked it. "
            f"The rank of the person who acts is the weakest of our codes (two coders agreed at an alpha of {alpha} only), "
            "so read the words beside it.")


def tour(data: Frames) -> pd.DataFrame:
    """Every report of the tour, second reports too, in order of date, with `states` (a set of its stops)."""
    events = data["events"]
    events = events[events["date"].between("2014-09-01", "2014-09-22")
                    & events["title"].str.contains("Kang|tour|arty delegation|arty secretary|Italian foreign ministry")]
    events = events.assign(states=[set(p.split(";")) & set(STOPS) for p in events["partners"]])
    return events[events["states"].map(bool).astype(bool)].sort_values("date", kind="stable")


def stops(data: Frames) -> pd.DataFrame:
    """One row a stop, in the order of the route: state, date, host (code of the highest), met, declined (refusals)."""
    reports, rows = tour(data), []
    for state in STOPS:
        here = reports[reports["states"].map(lambda s: s == {state})]  # noqa: B023  (used at once)
        talks = here[(here["class"] == "talks") & here["received_by"].isin(list(HOSTS))]
        # Italy has no row of talks; its visit says whom he met
        met = talks if len(talks) else here[(here["class"] == "visit") & here["received_by"].isin(list(HOSTS))]
        if met.empty:
            continue
        best = met.iloc[met["received_by"].map(list(HOSTS).index).to_numpy().argmin()]
        rows.append({"state": state, "date": met["date"].min(), "host": best["received_by"], "met": best["title"],
                     "declined": int((here["class"] == "refusal").sum())})
    return pd.DataFrame(rows, columns=["state", "date", "host", "met", "declined"]).sort_values("date", ignore_index=True)


@functools.cache
def outlines() -> dict[str, list[np.ndarray]]:
    """Rings of states as arrays of (longitude, latitude) in degrees; "other" holds the states off the route."""
    stored = json.loads(Path(__file__).with_name("outlines.json").read_text("utf-8"))["rings"]
    return {state: [np.cumsum(np.reshape(ring, (-1, 2)), axis=0) / 10 for ring in rings] for state, rings in stored.items()}


def centre(ring: np.ndarray) -> tuple[float, float]:
    """Centre of gravity of a ring of (x, y)."""
    (x, y), (u, v) = ring.T, np.roll(ring, -1, axis=0).T
    cross = x * v - u * y
    return ((x + u) * cross).sum() / (3 * cross.sum()), ((y + v) * cross).sum() / (3 * cross.sum())


def _land(ax, west: float, east: float, south: float, north: float, visited: set[str], grid: float) -> None:
    """States inside a box, the visited ones shaded; points on a grid of so many degrees, so that the picture stays small."""
    for state, rings in outlines().items():
        inside = [ring for ring in rings if west < ring[:, 0].max() and ring[:, 0].min() < east
                  and south < ring[:, 1].max() and ring[:, 1].min() < north]
        coarse = [np.round(ring / grid) * grid for ring in inside]
        coarse = [ring[np.r_[True, np.any(np.diff(ring, axis=0) != 0, axis=1)]] for ring in coarse]
        here = state in visited
        ax.add_collection(PolyCollection(
            [ring for ring in coarse if len(ring) > 2], lw=0.7, zorder=2 if here else 1,
            edgecolor=COLOUR["muted" if here else "surface"], facecolor=COLOUR["band" if here else "line"]))
    # a degree of longitude is as long as it is in the middle of the box
    ax.set(xlim=(west, east), ylim=(south, north), xticks=[], yticks=[], aspect=1 / np.cos(np.radians((south + north) / 2)))
    for spine in ax.spines.values():
        spine.set(visible=True, color=COLOUR["line"])


def route_card(data: Frames) -> Card:
    """The route on a map, each stop with its highest host."""
    at = data["distances"].set_index("partner")[["capital", "capital_lon", "capital_lat"]]
    found = stops(data)
    found = found.assign(capital=at.loc[found["state"], "capital"].to_list())
    points = {s: (at.loc[s, "capital_lon"], at.loc[s, "capital_lat"]) for s in found["state"]}
    home = centre(outlines()["PRK"][0])
    official = found["host"] != "party_or_parliament"
    europe, visited = found[found["state"].isin(NAMED)], set(found["state"])
    top = found.loc[found["host"].map(list(HOSTS).index).idxmin(), "state"]
    beside = {"DEU": (4, 18, "left"), "BEL": (-7, 3, "right"), "CHE": (-7, -10, "right"), "ITA": (-7, -14, "right")}

    def mark(ax, row):
        shape, face = ("s", "surface") if row.host == "party_or_parliament" else ("o", "text")
        ax.plot(*points[row.state], shape, ms=8, mec=COLOUR["text"], mew=1.4, zorder=4, mfc=COLOUR[face])

    def write(ax, text, xy, dx, dy, ha):
        ax.annotate(text, xy, (dx, dy), textcoords="offset points", ha=ha, va="center", fontsize=8.5, zorder=5,
                    bbox={"fc": COLOUR["surface"], "ec": "none", "pad": 0.8, "alpha": 0.85})

    def draw(fig, narrow):
        whole, part = fig.subplots(2, 1, height_ratios=[1.25, 3.2] if narrow else [2.5, 3.3])
        _land(whole, -8, 148, 30, 66, visited, 0.5)
        path = [home, *points.values(), home]
        whole.plot(*zip(*path), color=COLOUR["CHN"], lw=1.4, zorder=3)
        whole.plot(*home, "*", ms=11, color=COLOUR["CHN"], zorder=4)
        write(whole, "Pyongyang", home, -4, -13, "right")
        for row in found.itertuples():
            if row.state not in NAMED:
                mark(whole, row)
                write(whole, f"{row.capital}\n{HOSTS[row.host]}", points[row.state], 0, 19, "center")
        write(whole, "Europe:\nsee below", (24, 60), 0, 0, "center")
        _land(part, *((-6, 24, 38, 57) if narrow else (-14, 38, 39, 55.5)), visited, 0.2)
        part.plot(*zip(*path), color=COLOUR["CHN"], lw=1.4, zorder=3)
        for number, row in enumerate(europe.itertuples(), 1):
            mark(part, row)
            dx, dy, ha = beside[row.state]
            ha = "center" if narrow and row.state == "DEU" else ha
            text = f"{number} {row.capital}\n{HOSTS[row.host]}" + ("\none ministry declined" if row.declined else "")
            text = text.replace(" or envoy", "\nor envoy").replace(" only", "\nonly") if narrow else text
            write(part, text, points[row.state], dx, dy, ha)

    count = int(official[found["state"].isin(NAMED)].sum())
    said = "; ".join(f"{r.capital}: {HOSTS[r.host]}" + ", one ministry declined" * bool(r.declined)
                     for r in found.itertuples())
    return Card(
        name="four-capitals-route",
        title=f"{int(official.sum())} of {len(found)} stops gave Kang an official host, {count} of {len(europe)} in "
              f"Europe; the highest was in {STOPS[top]}",
        alt="Two maps. Above, from the Atlantic to Japan: a line from Pyongyang to Europe and back by way of Mongolia. "
            f"Below, the stops in Europe. Highest host at each stop: {said}.",
        draw=draw,
        table=pd.DataFrame({"capital": found["capital"], "state": found["state"].map(STOPS), "first meeting": found["date"],
                            "highest host": found["host"].map(HOSTS), "refusals": found["declined"],
                            "the meeting": found["met"]}),
        sources=list(dict.fromkeys([*tour(data).query("`class` in ['talks', 'visit', 'refusal']")["source_id"],
                                    *data["distances"]["source_id"].unique()])),
        trust=level_trust() + " Lists of whom he met differ: Voice of America counts one government official, in "
              "Switzerland; a paper close to Pyongyang adds a man of the German foreign ministry, whom no German source "
              "confirms; the envoy in Brussels served the European Union. So from one to three officials in Europe. Lines "
              "join the capitals and are not flight paths; Pyongyang is set in the middle of North Korea's outline. "
              "Outlines: Natural Earth 4.1.0, from the package world-atlas 2.0.2 (ISC licence), rounded. It draws borders "
              "as they are held, whoever claims the land; this map takes no side.",
        height=5.3, sentence="Filled circles: an official of a government or of the European Union received him. Hollow "
              "squares: politicians alone, unless one disputed report is right. Shaded: the states of the tour.")


# --- attention --------------------------------------------------------------------------------------------------

PARTNERS = {"RUS": "Russia", "JPN": "Japan", "EUROPE": "Europe", "CHN": "China"}
CLAIMED = ("RUS", "JPN")  # the two that the essay names beside Europe
BASES = {"2013": 2013, "2012–13": 2012, "2009–13": 2009, "1997–2013": 1997}  # label: first year; all end with 2013
FULL_REPORT = 2  # a report of so many of the stops speaks of the tour as a whole
SEVERAL = 2  # "several" parties: two at the least
DEPARTURE, LAST_STOP = "2014-09-06", "2014-09-16"
NEAR_DAYS = 30  # how far from the tour an approach to Europe may lie and still stand beside it
ENDS = {"25 September": None, "31 August": 8}  # None: the printed window; else the last month

HEADLINE_TRUST = (
    "Headlines of the Korean Central News Agency, read from an archive that another scholar made. A contact headline "
    "names the partner and holds a word for a visit, a talk, a message or a gift. Two word lists: the first, and the last "
    "of four, which drops groups of overseas Koreans, praise and books. The lists were changed after the headlines of "
    "2013 and 2014 had been read, by one reader. One visit makes several headlines, and a headline shows what the agency "
    "printed, which is not what diplomats meant. The archive doubles in 2011, so only rates are compared, and rates "
    "across 2011 with care. The window from January to September leaves out autumn, when the agency told of much in 2013.")
AS_BEFORE = "As for the headlines of Figure 2: one agency, two word lists, and an archive that doubles in 2011."
PRESS_TRUST = (
    "Press events (ICEWS): a machine read the world's press and coded who did what to whom. It counts reports, and the "
    "year 2014 is whole, so three months after the essay are inside. The part is that of all friendly acts by North Korea "
    "to seven partners.")
VISIT_TRUST = (
    "High visits: minister, party secretary or higher, both ways, or a foreign leader's envoy to Pyongyang. Our list is a "
    "selection, searched most "
    "closely from March 2014 on, so its levels in two years cannot be compared fairly and it has no vote. What is high "
    "rests on the rank of the traveller, the weakest of our codes.")


def headline_counts(data: Frames, end: str = "25 September") -> pd.DataFrame:
    """Headlines by (year, partner): columns headlines, contact_first, contact_last, for 1 January to `end`."""
    frame, month = data["headlines"], ENDS[end]
    frame = frame[frame["window"] == ("jan1_sep25" if month is None else "month")]
    if month is not None:
        frame = frame[frame["period"].str[5:].astype(int) <= month]
    return frame.assign(year=frame["period"].str[:4].astype(int)).groupby(["year", "partner"])[
        ["headlines", "contact_first", "contact_last"]].sum().astype(float)


def rates(data: Frames, rule: str, end: str = "25 September") -> pd.DataFrame:
    """Contact headlines per 100 headlines: rows years, columns partners. rule: first or last."""
    counts = headline_counts(data, end)
    return (100 * counts[f"contact_{rule}"] / counts["headlines"]).unstack("partner")


def press_parts(data: Frames) -> pd.DataFrame:
    """Percent of North Korea's reported friendly acts that went to each partner: rows years, columns partners."""
    press = holding(data["press_events"], direction="from_prk")
    acts = press.assign(acts=press["verbal_cooperation"] + press["material_cooperation"]).pivot(
        index="year", columns="partner", values="acts").astype(float).rename(columns={"EUROPE30": "EUROPE"})
    return acts.mul(100 / acts.sum(axis=1), axis=0)


def _high(data: Frames) -> pd.DataFrame:
    events = data["events"]
    return events[events["counted"] & events["high"].notna()]


def high_visits(data: Frames, year: int) -> pd.Series:
    """States visited or visiting at high level, 1 January to 25 September: partner (EUROPE joined) to number."""
    rows = _high(data)
    rows = rows[rows["date"].between(str(year), f"{year}-09-25") & (rows["high"] != "multilateral")]
    states = rows["high"].str.split(";").explode()
    return states.mask(states.isin(EUROPE), "EUROPE").value_counts()


def rise(table: pd.DataFrame, partner: str, first: int) -> dict[str, float]:
    """Mean of the years from `first` to 2013, the value of 2014, their ratio, and the highest of those years; missing where
    a year is."""
    line = table[partner].dropna() if partner in table else pd.Series(dtype=float)
    years = range(first, LAST)
    if LAST not in line.index or not set(years) <= set(line.index):
        return dict.fromkeys(("before", "after", "ratio", "highest"), np.nan)
    before = line.loc[list(years)]
    return {"before": before.mean(), "after": line[LAST], "ratio": line[LAST] / before.mean(), "highest": before.max()}


MEASURES = ("headlines, last word list", "headlines, first word list", "press events")
ALL = "all years before"


def measured(data: Frames) -> dict[str, pd.DataFrame]:
    """The three yearly measures of attention: name to (years by partners)."""
    return dict(zip(MEASURES, (rates(data, "last"), rates(data, "first"), press_parts(data))))


def twelve_months(data: Frames, rule: str) -> pd.DataFrame:
    """Contact headlines per 100, October to September, by the year of the September: rows years, columns partners.

    September 2014 ends on the 25th. Years of fewer than twelve months are left out.
    """
    frame = holding(data["headlines"], window="month")
    year, month = (frame["period"].str[part].astype(int) for part in (slice(4), slice(5, None)))
    sums = frame.assign(year=year + (month > 9), months=1).groupby(["year", "partner"])[
        ["headlines", f"contact_{rule}", "months"]].sum().astype(float)
    sums = sums[sums["months"] == 12]
    return (100 * sums[f"contact_{rule}"] / sums["headlines"]).unstack("partner")


def monthly(data: Frames, partner: str, first: str, last: str) -> float:
    """Contact headlines (last list) with one partner from one month to another, both inside."""
    rows = holding(data["headlines"], window="month", partner=partner)
    return rows.loc[rows["period"].between(first, last), "contact_last"].sum()


def rival_windows(data: Frames) -> dict[str, pd.DataFrame]:
    """The headlines in another window: name to (years by partners)."""
    return {f"headlines, {rule} word list, October to September": twelve_months(data, rule) for rule in ("last", "first")}


def bases(table: pd.DataFrame) -> dict[str, int]:
    """Label to first year of every base of a measure: three that all measures have, and its whole past."""
    if table.empty:
        return {}
    own = {ALL: int(table.index.min())} if table.index.min() < 2009 else {}
    return {label: first for label, first in BASES.items() if first > 1997} | own


def _pairs(ax, pairs: pd.DataFrame, texts: list[str], size: float) -> None:
    """One line a partner: hollow dot before, filled dot after, a text beside the pair. pairs: rows partners, two columns."""
    for y, (partner, text) in enumerate(zip(PARTNERS, texts)):
        before, after = pairs.loc[partner]
        colour = COLOUR[partner if partner != "EUROPE" else "EU28"]
        ax.plot([before, after], [y, y], color=colour, lw=1.8)
        ax.plot(before, y, "o", ms=size, mec=colour, mew=1.5, mfc=COLOUR["surface"])
        ax.plot(after, y, "o", ms=size + 1, color=colour)
        ax.annotate(text, (np.fmax(after, before), y), (size + 1, 0), textcoords="offset points", va="center", color=colour,
                    fontsize=size / 2 + 5.5)
    ax.set(yticks=range(len(PARTNERS)), yticklabels=list(PARTNERS.values()), ylim=(len(PARTNERS) - 0.5, -0.5))
    ax.tick_params(axis="y", length=0)


def attention_card(data: Frames) -> Card:
    """2013 against 2014 in four measures, four partners."""
    panels = {"Headlines per 100, last list": rates(data, "last"), "Headlines per 100, first list": rates(data, "first"),
              "Friendly acts in the press, %": press_parts(data),
              "High visits, number": pd.DataFrame({year: high_visits(data, year) for year in (2013, LAST)}).T}
    panels = {name: table.reindex(columns=list(PARTNERS)).loc[[2013, LAST]].fillna(0).astype(float)
              for name, table in panels.items()}
    fair = [t for name, t in panels.items() if not name.startswith("High")]  # our list of visits cannot compare years
    up = {p: sum(t.loc[LAST, p] > t.loc[2013, p] for t in fair) for p in PARTNERS}

    def said(name: str, value: float) -> str:
        return f"{value:.{0 if name.startswith('High') else 2}f}"

    def draw(fig, narrow):
        for ax, (name, table) in zip(fig.subplots(2, 2, sharey=True).flat, panels.items()):
            top = table.to_numpy().max()
            _pairs(ax, table.T, [f"{after:.{2 if top < 5 else 0}f}" for after in table.loc[LAST]], 6)
            ax.set_title(textwrap.fill(name, 17 if narrow else 60), loc="left", fontsize=9)
            ax.set_xlim(-0.06 * top, 1.35 * top)
            ax.locator_params(axis="x", nbins=3, steps=[1, 2, 5, 10])

    counts = headline_counts(data)
    press = data["press_events"].assign(acts=lambda d: d["verbal_cooperation"] + d["material_cooperation"],
                                        partner=lambda d: d["partner"].replace("EUROPE30", "EUROPE"))
    both_ways = press.groupby(["year", "partner"])["acts"].sum()
    numbers_of = {"Headlines, last list, number": counts["contact_last"],
                  "Headlines, first list, number": counts["contact_first"],
                  "Friendly press events both ways, number": both_ways}
    rows = [{"partner": name, "measure": label, "2013": said(label, table.loc[2013, partner]),
             "2014": said(label, table.loc[LAST, partner])}
            for partner, name in PARTNERS.items() for label, table in panels.items()]
    rows += [{"partner": name, "measure": label, "2013": int(series[2013, partner]), "2014": int(series[LAST, partner])}
             for partner, name in PARTNERS.items() for label, series in numbers_of.items()]
    return Card(
        name="four-capitals-attention",
        title=f"From 2013 to 2014 Russia rises in {up['RUS']} of {len(fair)} measures of the press, Europe in "
              f"{up['EUROPE']}, Japan in {up['JPN']}, China in {up['CHN']}",
        alt="Four small charts, 2013 against 2014, for Russia, Japan, Europe and China. " + " ".join(
            f"{name}: " + ", ".join(f"{PARTNERS[p]} {said(name, t.loc[2013, p])} to {said(name, t.loc[LAST, p])}"
                                    for p in PARTNERS) + "."
            for name, t in panels.items()),
        draw=draw, table=pd.DataFrame(rows),
        sources=[*data["headlines"]["source_id"].unique(), *data["press_events"]["source_id"].unique(),
                 *_high(data).query("'2013' <= date < '2014-09-26'")["source_id"].unique()],
        trust=" ".join((HEADLINE_TRUST, PRESS_TRUST, VISIT_TRUST)), height=4.4,
        sentence="Hollow: 2013. Filled, with its number: 2014. Headlines and visits are those of 1 January to 25 "
                 "September; press events are of the whole year. Visits are shown and not counted in the title.")


def history_card(data: Frames) -> Card:
    """Russia and Japan in the headlines, 1997 to 2014, under both rules."""
    lines = {rule: rates(data, rule)[list(CLAIMED)] for rule in ("last", "first")}
    higher = {(rule, p): int((t.loc[:LAST - 1, p] >= t.loc[LAST, p]).sum()) for rule, t in lines.items() for p in CLAIMED}
    past = len(lines["last"]) - 1

    def draw(fig, narrow):
        for ax, partner in zip(fig.subplots(2, 1, sharex=True), CLAIMED):
            colour = COLOUR[partner]
            for rule, style, face in (("last", "-", colour), ("first", "--", COLOUR["surface"])):
                line = lines[rule][partner]
                ax.plot(line, style, color=colour, lw=1.4)
                ax.plot(LAST, line[LAST], "o", ms=8, mec=colour, mew=1.5, mfc=face)
                ax.annotate(f"{rule} list", (LAST, line[LAST]), (8, 0), textcoords="offset points", va="center",
                            color=colour)
            ax.plot([1997, LAST], [lines["last"][partner][LAST]] * 2, color=COLOUR["muted"], lw=1, ls=":")
            ax.set_title(f"{PARTNERS[partner]}: contact headlines per 100", loc="left")
            ax.set(xlim=(1996.5, 2018 if narrow else 2016.2), xticks=[1997, 2002, 2007, 2012],
                   ylim=(0, lines["first"][partner].max() * 1.1))

    table = pd.concat({f"{PARTNERS[p]}, {rule} list": lines[rule][p].map("{:.2f}".format) for p in CLAIMED for rule in lines},
                      axis=1)
    return Card(
        name="four-capitals-history",
        title=f"Russia's rate was as high in {higher['last', 'RUS']} of {past} earlier years, Japan's in "
              f"{higher['last', 'JPN']} (last list)",
        alt=f"Two line charts, 1997 to 2014, contact headlines per 100. Russia 2014: {lines['last']['RUS'][LAST]:.2f}; as "
            f"high in {higher['last', 'RUS']} of {past} earlier years by the last list, in {higher['first', 'RUS']} by the "
            f"first. Japan 2014: {lines['last']['JPN'][LAST]:.2f}; as high in {higher['last', 'JPN']} by the last list, "
            f"{higher['first', 'JPN']} by the first.",
        draw=draw, table=table.rename_axis("year").reset_index(), sources=data["headlines"]["source_id"].unique().tolist(),
        trust=AS_BEFORE + " So the years before 2011 rest on fewer headlines, and a peak there on fewer still.", height=4.2,
        sentence=f"Solid: last word list. Dashed: first, under which Russia was as high in {higher['first', 'RUS']} "
                 f"earlier years and Japan in {higher['first', 'JPN']}. The dotted line is the level of 2014.")


def base_card(data: Frames, base: str, rule: str, end: str) -> Card:
    """The rate of 2014 over the mean of a base, for four partners."""
    table = rates(data, rule, end)
    found = pd.DataFrame({p: rise(table, p, BASES[base]) for p in PARTNERS}).T.assign(after=table.loc[LAST])
    setting = f"{rule} list, to {end}"
    whole = found["ratio"].notna().all()
    times = ", ".join(f"{PARTNERS[p]} {found.loc[p, 'ratio']:.2f}" for p in PARTNERS) + " times"
    title = f"Against {base}: {times if whole else 'no figure'} ({setting})"
    first = int(table.index.min())
    shown = found.map(lambda v: "no figure" if np.isnan(v) else f"{v:.2f}")
    sentence = (f"Above 1 is a rise: {(found['ratio'] > 1).sum()} of {len(found)} rise, "
                f"{PARTNERS[found['ratio'].idxmax()]} most."
                if whole else f"Headlines by month start in {first}, so a window to {end} has no base before that year.")

    def draw(fig, narrow):
        ax = fixed_axes(fig, left=0.2 if narrow else 0.12, bottom=0.11)
        _pairs(ax, found[["before", "after"]], [f"{r} times" if whole else r for r in shown["ratio"]], 8)
        ax.set_xlim(0, 3.4)
        ax.set_title("Contact headlines per 100", loc="left")

    return Card(
        name="four-capitals-base", title=title,
        alt=f"Hollow dots: mean of {base}. Filled dots: 2014. Contact headlines per 100 for four partners, {setting}. "
            f"{title}.",
        draw=draw,
        table=pd.DataFrame({"partner": list(PARTNERS.values()), f"mean of {base}": shown["before"], "2014": shown["after"],
                            "ratio": shown["ratio"]}),
        sources=data["headlines"]["source_id"].unique().tolist(), sentence=sentence, height=3.2,
        trust=AS_BEFORE + " The bases are nested: all of them end with 2013, a low year, so they are not independent.")


def base_exploration(data: Frames) -> Exploration:
    """Choose the base, the word list and the end of the window."""
    return explore(
        lambda **state: base_card(data, **state), "attention-from-when",
        "From which years does attention rise, and how far?",
        base=Choice("Compared with the mean of", {base: base for base in BASES}),
        rule=Choice("Word list", {"last": "last", "first": "first"}, "radio"),
        end=Choice("1 January to", {end: end for end in ENDS}, "radio"))


def rivals(data: Frames) -> pd.DataFrame:
    """Every measure and base side by side: ratio of 2014 to the base, for four partners."""
    rows = []
    for name, table in (measured(data) | rival_windows(data)).items():
        for base, first in bases(table).items():
            label = f"{first}–2013" if base == ALL else base.replace("–13", "–2013")
            rows.append({"measure": name, "compared with": label,
                         **{PARTNERS[p]: f"{rise(table, p, first)['ratio']:.2f}" for p in PARTNERS}})
    return pd.DataFrame(rows)


def aftermath(data: Frames) -> pd.DataFrame:
    """Counted events of dialogue with the European Union after the tour, to the end of 2015: date, event."""
    events = data["events"]
    rows = events[events["counted"] & (events["kind"] == "dialogue") & events["partners"].str.contains("EU28")
                  & events["date"].between("2014-09-19", "2015-12-31")]
    return rows[["date", "title"]].rename(columns={"title": "event"})


# --- findings ---------------------------------------------------------------------------------------------------

FAMILIES = [  # pattern of source ids: (family, does it only foretell the tour)
    ("cri-|dailynk|chosonsinbo|ajunews|kcna", "North Korea's agency", False),
    ("voa|koreatimes", "Voice of America", False),
    ("donga|hankook", "press in Seoul", True),
]


def _family(source: str) -> tuple[str, bool]:
    return next(((name, before) for pattern, name, before in FAMILIES if re.match(pattern, source)), (source, True))


def kang_tour(data: Frames) -> Finding:
    """kang-tour: do independent reports name all four states?"""
    reports, rows, publisher = tour(data), [], load("sources").set_index("source_id")["publisher"]
    for source, part in reports.groupby("source_id", sort=False):
        family, foretold = _family(source)
        states = set.union(*part["states"])
        rows.append({"family": family, "count": publisher[source], "from": part["date"].min(),
                     "states": ", ".join(STOPS[s] for s in STOPS if s in states), "named": len(states & NAMED),
                     "foretold": foretold})
    counts = pd.DataFrame(rows, columns=["family", "count", "from", "states", "named", "foretold"])
    # one vote a family: its fullest report; who reports a single stop does not speak of the tour as a whole
    best = counts.sort_values("named", ascending=False, kind="stable").drop_duplicates("family").index
    best = counts.index.isin(best) & (counts["named"] >= FULL_REPORT)
    counts["votes"] = best & ~counts["foretold"].astype(bool)
    counts["outcome"] = (counts["named"] == len(NAMED)).astype("boolean").mask(~best & (counts["named"] < len(NAMED)))
    return Finding(
        measure="The states of the tour, by source. One independent family has one vote, that of its fullest report. A "
                "report from before the departure foretells the tour, and has none.",
        threshold="Supports the claim when a report names all four states of the essay. North Korea's own announcement "
                  "has a fifth, Mongolia; a state too many does not make four wrong.",
        counts=counts.drop(columns="foretold"), verdict=verdict(counts), choices=("family",),
        sources=reports["source_id"].unique().tolist())


PARTIES = {  # as the rows name them: (stop, is it a party of that state)
    "SPD": ("DEU", True), "CDU": ("BEL", False), "PES": ("BEL", False), "CVP": ("CHE", True),
    "Forza Italia": ("ITA", True), "Lega Nord": ("ITA", True)}
FAMILY_OF_PARTIES = "PES"  # a European family of parties, so no party more


def parties(data: Frames) -> pd.DataFrame:
    """Parties that reports of the tour name: party, stop, local."""
    reports = tour(data)
    text = reports["title"] + " " + reports["note"].fillna("")
    return pd.DataFrame([{"party": party, "stop": STOPS[state], "local": local} for party, (state, local) in PARTIES.items()
                         if any(state in s and re.search(rf"\b{party}\b", t) for s, t in zip(reports["states"], text))],
                        columns=["party", "stop", "local"])


READOUTS = "North Korea's readouts"


def kang_hosts(data: Frames) -> Finding:
    """kang-hosts: how many parties were the politicians of?"""
    found, reports = parties(data), tour(data)
    found = found[found["party"] != FAMILY_OF_PARTIES]
    own, press = found[found["local"].astype(bool)], found[found["party"] == "CDU"]
    # nothing found is no evidence that there was nothing
    rows = [{"family": family, "count": what, "parties": ", ".join(part["party"]), "number": len(part), "votes": votes,
             "outcome": len(part) >= SEVERAL if len(part) and family == READOUTS else pd.NA} for family, what, part, votes in (
            (READOUTS, "all parties met", found, True),
            (READOUTS, "parties of the state he was in", own, False),
            ("press in Seoul", "parties met, by another report", press, False))]
    counts = pd.DataFrame(rows)
    return Finding(
        measure="Different parties of the politicians he met, as reports name them; a European family of parties is no party "
                "more. Nearly all names come from North Korea's own readouts; the press elsewhere names one, that of the "
                "chair of the foreign affairs committee of the European Parliament.",
        threshold="Supports the claim with two parties or more; with three or more it would "
                  f"{'too' if (counts['number'] > 2)[0] else 'not'}. All names come from one family of sources, so there is "
                  "one vote; the parties of the states he was in are a part of it, shown without. No Belgian politician is "
                  "in any row.",
        counts=counts, verdict=verdict(counts), choices=("count",), sources=reports["source_id"].unique().tolist())


def approaches(data: Frames, first: str, last: str) -> pd.DataFrame:
    """Counted messages, offers and dialogue by North Korea to Europe between two dates, with `warm`: does it move closer."""
    events = data["events"]
    mine = events[events["counted"] & (events["actor"] == "PRK") & (events["direction"] == "from_prk")
                  & events["kind"].isin(["message", "diplomatic_offer", "dialogue"]) & events["date"].between(first, last)]
    mine = mine[mine["partners"].str.contains("|".join(sorted(EUROPE)))]
    return mine.assign(warm=~mine["title"].str.contains("no further need"))


def kang_aim(data: Frames) -> Finding:
    """kang-aim: a reading; only the dates of approaches to Europe can be set beside the tour."""
    # up to the day before, from the first to the last day that is near, and from the day after
    ends = pd.to_datetime([DEPARTURE, DEPARTURE, LAST_STOP, LAST_STOP]) + pd.to_timedelta(
        [-NEAR_DAYS - 1, -NEAR_DAYS, NEAR_DAYS, NEAR_DAYS + 1], "D")
    past, first, last, after = ends.strftime("%Y-%m-%d")
    near, later = approaches(data, first, last), approaches(data, after, "2014-12-31")
    counts = pd.concat([near.assign(votes=True), later.assign(votes=False)])
    before = approaches(data, "2013-01", past)
    counts = pd.DataFrame({"family": "events", "date": counts["date"], "event": counts["title"],
                           "votes": counts["votes"].astype(bool), "outcome": counts["warm"].astype("boolean")})
    voting = counts[counts["votes"]]
    return Finding(
        measure="Dated messages, offers and talks by which North Korea approached Europe, from thirty days before the "
                "tour to thirty after it.",
        threshold="Timing fits when there is one at least and none of them moves away. Our list is densest in these "
                  f"months and holds {len(before)} such acts from January 2013 to early August 2014, so the cluster may be "
                  "one of our search. A rival reading: the tour was to soften a vote on human rights in the United "
                  "Nations that autumn, and both can be true.",
        counts=counts, sources=[*near["source_id"].unique(), *later["source_id"].unique()],
        verdict=claims.NOT_TESTABLE if voting.empty else
        claims.TIMING_FITS if voting["outcome"].all() else claims.TIMING_DOES_NOT_FIT)


VOTING = ("2009–13", ALL)  # shorter bases repeat the low year 2013, of which these are made too


def new_attention(data: Frames) -> Finding:
    """new-attention: Russia and Japan, both, above the mean of a base; above every single year of it is shown only."""
    rows = []
    for name, table in (measured(data) | rival_windows(data)).items():
        for base, first in bases(table).items():
            found = {p: rise(table, p, first) for p in CLAIMED}
            if any(np.isnan(f["ratio"]) for f in found.values()):
                continue
            rows.append({"family": name.split(",")[0], "measure": name, "base": base,
                         **{f"{PARTNERS[p]}, times the base": round(found[p]["ratio"], 2) for p in CLAIMED},
                         "doubled": all(f["ratio"] > 2 for f in found.values()),
                         **{f"{PARTNERS[p]} above every year": found[p]["after"] > found[p]["highest"] for p in CLAIMED},
                         "votes": name in MEASURES and base in VOTING, "outcome": all(f["ratio"] > 1 for f in found.values())})
    every = [f"{PARTNERS[p]} above every year" for p in CLAIMED]
    counts = pd.DataFrame(rows, columns=["family", "measure", "base", *(f"{PARTNERS[p]}, times the base" for p in CLAIMED),
                                         "doubled", *every, "votes", "outcome"]).astype({"votes": bool})
    voting = counts[counts["votes"]]
    return Finding(
        measure="The year 2014 against a base, for Russia and Japan: contact headlines per 100, and the part of North "
                "Korea's friendly acts in the world's press. A vote for each measure against the mean of five years and of "
                f"all years before. Both partners doubled in {voting['doubled'].sum()} of {len(voting)} counts with a vote.",
        threshold="Above the mean of the base, for both; the wording gives no size. That is the mildest reading of the words "
                  "and it was chosen after the data were seen. Stricter: above every single year of the base, since what had "
                  "been as high before did not begin. By that, shown without a vote, "
                  f"{voting[every].all(axis=1).sum()} of {len(voting)} counts would hold for both, {voting[every[0]].sum()} for "
                  f"Russia, {voting[every[1]].sum()} for Japan. Shorter bases and other windows overlap with these and have no "
                  "vote; nor have high visits. Two families only: the word lists share one archive.",
        counts=counts, verdict=verdict(counts), choices=("measure", "base"),
        sources=[*data["headlines"]["source_id"].unique(), *data["press_events"]["source_id"].unique()])


FINDINGS = {"kang-tour": kang_tour, "kang-hosts": kang_hosts, "kang-aim": kang_aim, "new-attention": new_attention}

THRESHOLDS = {
    "FULL_REPORT": Threshold("stops that a report of the whole tour must name", "stops", CONVENTION, ("kang-tour",)),
    "SEVERAL": Threshold("parties that several can mean", "parties", SIZED, ("kang-hosts",)),
    "NEAR_DAYS": Threshold("how near to the tour an approach to Europe must lie", "days", CONVENTION, ("kang-aim",)),
}


# --- numbers for the prose --------------------------------------------------------------------------------------

def numbers(data: Frames) -> dict[str, str]:
    """Every figure that the prose of this chapter names: key to text."""
    last, counts, to_august = rates(data, "last"), headline_counts(data), headline_counts(data, "31 August")
    press = press_parts(data)
    agency = holding(tour(data), source_id="kcna-headlines-marquez")
    tested, past = new_attention(data).counts.query("votes"), last.loc[:LAST - 1]
    year_round = twelve_months(data, "last")
    after = _high(data).query("high == 'RUS' and '2014-09-25' < date < '2015'")

    def contacts(prefix: str, series: pd.Series, *wanted: str) -> dict[str, str]:
        return {f"{prefix}{p.lower()}-{year}": f"{series[year, p]:.0f}" for p in wanted for year in (2013, LAST)}

    return {
        **contacts("", counts["contact_last"], *PARTNERS, "DEU"), **contacts("first-", counts["contact_first"], *PARTNERS),
        **contacts("august-", to_august["contact_last"], "EUROPE", "CHN"),
        **{f"{p.lower()}-over-{first}": f"{rise(last, p, first)['ratio']:.2f}"
           for p in (*CLAIMED, "EUROPE") for first in BASES.values()},
        **{f"first-jpn-over-{first}": f"{rise(rates(data, 'first'), 'JPN', first)['ratio']:.2f}" for first in (2013, 1997)},
        **{f"{p.lower()}-autumn-2013": f"{rise(year_round, p, 2013)['ratio']:.2f}" for p in CLAIMED},
        **{f"jpn-autumn-rate-{year}": f"{year_round.loc[year, 'JPN']:.2f}" for year in (2013, LAST)},
        "jpn-late-2013": f"{monthly(data, 'JPN', '2013-10', '2013-11'):.0f}",
        "jpn-spring-2014": f"{monthly(data, 'JPN', '2014-03', '2014-08'):.0f}",
        **{f"headlines-{year}": f"{counts.loc[(year, 'RUS'), 'headlines']:,.0f}" for year in (2013, LAST)},
        **{f"rus-rate-{year}": f"{last.loc[year, 'RUS']:.2f}" for year in (2013, LAST)},
        **{f"jpn-press-{year}": f"{press.loc[year, 'JPN']:.0f}{PERCENT}" for year in (2013, LAST)},
        **{f"visits-jpn-{year}": str(high_visits(data, year).get("JPN", 0)) for year in (2013, LAST)},
        **{f"{p.lower()}-higher": str(int((past[p] >= last.loc[LAST, p]).sum())) for p in CLAIMED},
        "past-years": str(len(past)), "parties": str(kang_hosts(data).counts["number"][0]), "tour-headlines": str(len(agency)),
        "doubled": str(int(tested["doubled"].sum())), "counts": str(len(tested)),
        "begun": str(int(tested.filter(like="above every year").all(axis=1).sum())),
        "counts-then": str(int(new_attention(frames(claims.ESSAY_DATE)).counts["votes"].sum())),
        "russia-after": str(len(after)),
    }
