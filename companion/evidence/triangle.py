"""Chapter triangle, paragraph 5: what would count as moving beyond China, the United States and South Korea.

Everything here is a pure function of the tables that `frames` loads. Shares are percent of what falls on six groups
of partners: the triangle's three, and Russia, Japan and Europe.
"""

from __future__ import annotations

import itertools
import re
import textwrap
from collections.abc import Mapping

import numpy as np
import pandas as pd

from companion import claims
from companion.claims import Finding, verdict
from companion.data import pick
from companion.evidence.series import EUROPE, flows, holding, tables, with_gaps
from companion.evidence.thresholds import ARITHMETIC, CONVENTION, SIZED, Threshold
from companion.explore import Choice, Exploration, explore
from companion.figure import COLOUR, PERCENT, Card, fixed_axes, mark_number, percent

Frames = Mapping[str, pd.DataFrame]
TABLES = ("headlines", "press_events", "events", "un_votes", "trade", "other_counts", "official_visits", "weapons_tests",
          "aid", "debts")

TRIANGLE, NEW = ("CHN", "USA", "KOR"), ("RUS", "JPN", "EUROPE")
NAMES = {"CHN": "China", "USA": "United States", "KOR": "South Korea", "RUS": "Russia", "JPN": "Japan", "DEU": "Germany",
         "FRA": "France", "GBR": "Britain", "CHE": "Switzerland", "BEL": "Belgium", "ITA": "Italy", "MNG": "Mongolia",
         "KWT": "Kuwait", "LBN": "Lebanon", "SYR": "Syria", "MOZ": "Mozambique", "GMB": "Gambia", "LAO": "Laos",
         "VNM": "Vietnam", "IDN": "Indonesia", "SGP": "Singapore", "IRN": "Iran", "SDN": "Sudan", "COD": "Congo",
         "ETH": "Ethiopia", "UGA": "Uganda", "CUB": "Cuba"}
HALF = 50.0  # what determines a direction outweighs the rest; three of six groups that were all alike would hold this too
MOST_YEARS = 0.9  # "for two decades": nine years of ten
ESSAY_YEAR = 2014
CUT = "2014-09-25"  # the day on which the archive of headlines ends


def frames(as_of: str | None = None) -> dict[str, pd.DataFrame]:
    """The tables of this chapter, by name; with `as_of`, only what could be known on that day."""
    return tables(*TABLES, as_of=as_of)


# --- two decades of attention -----------------------------------------------------------------------------------

_COOPERATION = ("verbal_cooperation", "material_cooperation")
MEASURES = {  # key: (label, table, columns to add up, has a vote)
    "contact_first": ("Contact headlines, first word list", "headlines", ("contact_first",), True),
    "contact_last": ("Contact headlines, last word list", "headlines", ("contact_last",), False),
    "mentions": ("All headlines that name a partner", "headlines", ("mentions",), True),
    "cooperation": ("Press reports of friendly acts", "press_events", _COOPERATION, True),
    "reports": ("Press reports of all acts", "press_events", (*_COOPERATION, "verbal_conflict", "material_conflict"), True),
}
_HEADLINES_TRUST = (
    "Headlines of the North Korean state news agency in English, 1 January to 25 September of every year, since the "
    "archive ends there. They show what the agency chose to print, and a headline on South Korea is often abuse. A "
    "contact headline also holds a word for a meeting, a visit or a message. The word list was changed after the lists "
    "of 2013 and 2014 had been read, so the first and the last are both given. The archive doubles in 2011: shares can "
    "be compared, numbers of headlines cannot.")
_PRESS_TRUST = (
    "A machine read the world press and coded who did what to whom (the ICEWS data set), in both directions. It counts "
    "reports, and one act makes many. The line begins in 2002, and 2014 is a whole year, so it holds three months "
    "after the essay. The world press follows what its readers care about.")
TRUST = {"headlines": _HEADLINES_TRUST, "press_events": _PRESS_TRUST}


def attention(data: Frames) -> pd.DataFrame:
    """One row a measure and year: headlines or reports on each of the six groups, and the triangle's share in percent.

    Columns: measure, year, the six groups, new (share with Japan as a new partner), old (Japan with the triangle).
    """
    headlines = holding(data["headlines"], window="jan1_sep25").assign(year=lambda t: t["period"].astype(int))
    press = data["press_events"].replace({"partner": {"EUROPE30": "EUROPE"}})
    parts = []
    for measure, (_, table, columns, _) in MEASURES.items():
        rows = headlines if table == "headlines" else press
        wide = rows.assign(n=rows[list(columns)].sum(axis=1)).pivot_table(
            index="year", columns="partner", values="n", aggfunc="sum").reindex(columns=[*TRIANGLE, *NEW]).astype(float)
        whole, triangle = wide.sum(axis=1), wide[list(TRIANGLE)].sum(axis=1)
        parts.append(wide.assign(measure=measure, new=100 * triangle / whole, old=100 * (triangle + wide["JPN"]) / whole))
    return pd.concat(parts).rename_axis(columns=None).rename_axis("year").reset_index().astype({"year": int})


def share_line(table: pd.DataFrame, measure: str, japan: str = "new") -> pd.Series:
    """The triangle's share by year, percent."""
    return table[table["measure"] == measure].set_index("year")[japan].sort_index()


def place(line: pd.Series, first: int, last: int) -> str:
    """Where 2014 lies among the years of a window."""
    before, now = line.loc[first:last], line[ESSAY_YEAR]
    return ("lower than in all of them" if now < before.min() else "higher than in all of them" if now > before.max() else
            "inside their range")


def attention_card(data: Frames, table: pd.DataFrame, measure: str, japan: str, first: int, last: int) -> Card:
    """The triangle's share by year under one measure, a window of years, and where 2014 lies beside it."""
    label, source = MEASURES[measure][:2]
    line = share_line(table, measure, japan)
    window = line.loc[first:last]
    above, now = window > HALF, line[ESSAY_YEAR]
    lower = int((window < now).sum())
    where = place(line, first, last)
    counted = ", Japan with the triangle" if japan == "old" else ""
    title = f"{label}{counted}, {window.index[0]}–{last}: above half in {above.sum()} of {len(window)} years; 2014 {where}"
    sentence = (f"2014 stands at {now:.1f}{PERCENT}; the mean of {window.index[0]} to {last} is "
                f"{window.mean():.1f}{PERCENT}, and "
                f"{lower or 'none'} of its {len(window)} years {'lie' if lower > 1 else 'lies'} lower than 2014."
                + (f" There is no figure before {window.index[0]}." if first < window.index[0] else ""))

    def draw(fig, narrow):
        ax = fixed_axes(fig, left=0.1 if narrow else 0.05)
        ax.axvspan(first - 0.5, last + 0.5, color=COLOUR["band"], lw=0)
        ax.axhline(HALF, color=COLOUR["muted"], lw=1)
        ax.plot(with_gaps(line, 1997, ESSAY_YEAR), color=COLOUR["muted"], lw=1.2)
        for year, value in window.items():
            ax.plot(year, value, "o", ms=6, mec=COLOUR["text"], mfc=COLOUR["text" if value > HALF else "surface"])
        ax.plot(ESSAY_YEAR, now, "D", ms=8, color=COLOUR["text"])
        mark_number(ax, f"{now:.1f} %", ESSAY_YEAR, now, COLOUR["text"], above=now > line[2013], right=True)
        ax.text(1996.6, HALF + 1.5, "half")
        if line.index[0] > 1997:
            ax.text(1999.3, 30, "no figure\nbefore 2002", ha="center", color=COLOUR["muted"])
        ax.set(xlim=(1996.4, 2014.9), ylim=(0, 100), yticks=[0, 25, 50, 75, 100], xticks=[1997, 2003, 2009, 2014])
        ax.set_title("The triangle's share, %", loc="left")

    shown = table[table["measure"] == measure].assign(window=lambda t: t["year"].between(first, last))
    return Card(
        name="triangle-attention", title=title,
        alt=f"Line of the triangle's share of attention, 1997 to 2014. {title}. {sentence}", draw=draw,
        table=shown[["year", japan, "window"]].round(1).replace({"window": {True: "yes", False: "no"}}).rename(
            columns={japan: "triangle's share, %", "window": "in the window"}),
        sources=data[source]["source_id"].unique().tolist(), trust=TRUST[source],
        sentence=sentence + " Filled: a year of the window above half. Hollow: one below it.")


def attention_exploration(data: Frames) -> Exploration:
    """Choose the measure, whose side Japan is on, and the years that 2014 is set beside."""
    table = attention(data)
    return explore(
        lambda **state: attention_card(data, table, **state), "triangle-attention",
        "Did the triangle hold more than half of the attention, and is 2014 a turn?",
        measure=Choice("Measure", {key: label for key, (label, *_) in MEASURES.items()}),
        japan=Choice("Japan is", {"new": "a new partner, as in the essay", "old": "an old one, with the triangle"}, "radio"),
        first=Choice("Window from", {1997: "1997, or the first figure", 2003: "2003", 2009: "2009"}, "radio"),
        last=Choice("Window to", {2011: "2011", 2013: "2013"}, "radio", 2013))


def turn_card(data: Frames) -> Card:
    """2013 and 2014 under each measure, on the range of the years before."""
    table = attention(data)
    lines = {m: share_line(table, m) for m in MEASURES}
    lowest = [m for m, line in lines.items() if line[ESSAY_YEAR] < line.loc[:ESSAY_YEAR - 1].min()]

    def draw(fig, narrow):
        ax = fig.subplots()
        for y, line in enumerate(lines.values()):
            before = line.loc[:2013]
            ax.plot([before.min(), before.max()], [y, y], color=COLOUR["line"], lw=9, solid_capstyle="butt")
            ax.annotate("", (line[2014], y), (line[2013], y),
                        arrowprops={"arrowstyle": "->", "color": COLOUR["text"], "lw": 1.2})
            ax.plot(line[2013], y, "o", ms=7, mec=COLOUR["text"], mfc=COLOUR["surface"])
            ax.plot(line[2014], y, "D", ms=7, color=COLOUR["text"])
            close = line[2013] - line[2014] < 15  # the two numbers would run into each other
            ax.text(line[2014], y - 0.24, f"{line[2014]:.1f}", ha="right" if close else "center", va="bottom", weight="bold")
            ax.text(line[2013], y - 0.24, f"{line[2013]:.1f}", ha="left" if close else "center", va="bottom",
                    bbox={"fc": COLOUR["surface"], "ec": "none", "pad": 0.5})
        ax.axvline(HALF, color=COLOUR["muted"], lw=1, zorder=0)
        ax.text(HALF, len(lines) - 0.42, "half", ha="center", color=COLOUR["muted"])
        labels = [MEASURES[m][0] for m in lines]
        ax.set(yticks=range(len(lines)), ylim=(len(lines) - 0.3, -0.7), xlim=(15, 98), xticks=[25, 50, 75],
               xlabel="the triangle's share, %")
        ax.set_yticklabels(["\n".join(textwrap.wrap(text, 15 if narrow else 22)) for text in labels])
        ax.spines["left"].set_visible(False)
        ax.tick_params(axis="y", length=0)

    rows = pd.DataFrame([{"measure": MEASURES[m][0], "first year": line.index[0],
                          "lowest before 2014": line.loc[:2013].min(), "in": line.loc[:2013].idxmin(),
                          "highest before 2014": line.loc[:2013].max(), "2013": line[2013], "2014": line[2014]}
                         for m, line in lines.items()])
    return Card(
        name="triangle-turn",
        title=f"The triangle's share fell in all {len(lines)} measures; in {len(lowest)} of them below every year before",
        alt="Five rows, the triangle's share in 2013 and 2014 in percent. "
            + " ".join(f"{MEASURES[m][0]}: {line[2013]:.1f}, then {line[2014]:.1f}, after a range of "
                       f"{line.loc[:2013].min():.1f} to "
                       f"{line.loc[:2013].max():.1f}." for m, line in lines.items()),
        draw=draw, table=rows, height=4.4,
        sources=[s for t in TRUST for s in data[t]["source_id"].unique()], trust=_HEADLINES_TRUST + " " + _PRESS_TRUST,
        sentence="Circle: 2013. Diamond: 2014. Grey bar: the range of all years from 1997 to 2013, for press reports "
                 "from 2002.")


# --- who was visited --------------------------------------------------------------------------------------------

GROUPS = {"triangle": "the triangle", "new": "the new partners", "others": "others"}
PRIVATE = "2014-06-27-fm-ri-su-yong-privately-in"  # the stop in Switzerland that the foreign ministry kept quiet
SAME_TRIP = {  # so say the notes of the rows
    PRIVATE: "2014-05-24-fm-ri-su-yong-leaves-on-a",
    "2014-10-29-kim-yong-nam-in-uganda-last": "2014-10-21-kim-yong-nam-leaves-for-africa"}
RI_IRAN, RI_RUSSIA = "2014-09-11-fm-ri-su-yong-leaves-for", "2014-09-30-fm-ri-su-yong-in-russia-30-sep"
# Meetings that the coding leaves out: a stay at the United Nations, and a second host at the Olympics in Sochi.
ASIDE = {"2014-09-fm-ri-su-yong-at-the-un": "USA", "2014-02-07-kim-yong-nam-meets-putin-and-xi-at-the-sochi": "RUS;CHN"}


def group_of(state: str) -> str:
    """Which group a state (ISO code) belongs to: triangle, new or others."""
    return "triangle" if state in TRIANGLE else "new" if state in {"RUS", "JPN"} | EUROPE else "others"


def stops(data: Frames, year: int = ESSAY_YEAR, cut: str | None = None, aside: bool = False) -> pd.DataFrame:
    """States visited by high-ranking North Koreans in a year, one row a state: date, trip, state, group, title, source_id.

    `high` of the events names the states of a visit that counts; meetings of many (`multilateral`) are no visit to one,
    unless `aside` asks for the two that touch the triangle.
    """
    events = data["events"]
    if aside:
        events = events.assign(high=events["event_id"].map(ASIDE).fillna(events["high"]))
    rows = events[events["counted"] & (events["direction"] == "from_prk") & events["high"].notna()
                  & (events["high"] != "multilateral") & (events["date"].str[:4] == str(year))
                  & (events["date"] <= (cut or f"{year}-12-31"))]
    rows = rows.assign(trip=rows["event_id"].replace(SAME_TRIP), state=rows["high"].str.split(";")).explode("state")
    return rows.assign(group=[group_of(s) for s in rows["state"]])[
        ["date", "trip", "state", "group", "title", "source_id"]].reset_index(drop=True)


def trips(states: pd.DataFrame) -> pd.DataFrame:
    """One row a journey; it belongs to the group in which most of its stops lie, on a tie to that of the earlier stop."""
    most = states.groupby("trip")["group"].transform(lambda g: g.value_counts(sort=False).idxmax())
    return states.assign(group=most, state=states.groupby("trip")["state"].transform(" ".join)).drop_duplicates("trip")


def visit_counts(data: Frames, unit: str, cut: str, aside: str = "out", year: int = ESSAY_YEAR) -> pd.Series:
    """Visits abroad by group (index of GROUPS), counted by state or by trip."""
    found = stops(data, year, cut, aside == "in")
    return (trips(found) if unit == "trip" else found)["group"].value_counts().reindex(GROUPS, fill_value=0)


VISITS_TRUST = (
    "A list gathered from the press, searched most closely for March to December 2014, so it says nothing on other "
    "years. Perhaps four journeys in five are on it. Trips of party and security men to China are often not announced, "
    "so the triangle is likely too low. It is low by rule as well: the foreign minister's stay in New York for the United "
    "Nations is no visit to the United States, and Sochi counts for Russia, though the Chinese president was met there too. Much of the list comes through a Swiss friendship society, which favours "
    "Switzerland, Cuba and Africa. A visit counts where the traveller was a minister, a party secretary or higher. "
    "Rank is the weak code of this book: two coders agreed on it with an alpha of 0.61, under the usual bound of 0.67.")


def _in_words(visits: pd.DataFrame) -> pd.DataFrame:
    when = [f"{int(date[8:])}\u00a0{pd.Timestamp(date):%B}" if len(date) == 10 else f"{pd.Timestamp(date):%B}" for date in visits["date"]]
    names = [", ".join(NAMES[state] for state in states.split()) for states in visits["state"]]
    return visits.assign(date=when, state=names, group=visits["group"].map(GROUPS))


def visits_card(data: Frames, unit: str, cut: str, aside: str) -> Card:
    """Visits of high-ranking North Koreans abroad in 2014, by group of partners, under one way of counting."""
    counts = visit_counts(data, unit, cut, aside)
    states = stops(data, cut=cut, aside=aside == "in")
    shown = trips(states) if unit == "trip" else states
    word = {"state": "states", "trip": "journeys"}[unit]
    until = "25 September" if cut == CUT else "31 December"
    first = counts[counts == counts.max()].index
    lead = (f"{GROUPS[first[0]]} lead with {counts.max()} of {counts.sum()}" if len(first) == 1 else
            " and ".join(GROUPS[g] for g in first) + f" are level at {counts.max()}")
    extra = "with" if aside == "in" else "without"
    title = f"By {word}, to {until}, {extra} New York and Xi at Sochi: {lead}"

    def draw(fig, narrow):
        ax = fixed_axes(fig, left=0.28 if narrow else 0.16, bottom=0.03, right=0.97)
        fills = {"triangle": COLOUR["muted"], "new": COLOUR["text"], "others": COLOUR["surface"]}
        for y, group in enumerate(GROUPS):
            ax.barh(y, counts[group], color=fills[group], edgecolor=COLOUR["text"], height=0.55)
            ax.text(counts[group] + 0.25, y, str(counts[group]), va="center", fontsize=11, weight="bold")
        ax.set(yticks=range(3), xlim=(0, 16.5), ylim=(2.5, -0.5), xticks=[])
        ax.set_yticklabels([GROUPS[g].replace("the ", "").replace(" p", "\np") for g in GROUPS])
        ax.set_title(f"{word.capitalize()}, to {until} 2014", loc="left")
        ax.spines[["left", "bottom"]].set_visible(False)
        ax.tick_params(length=0)

    sentence = f"Triangle {counts['triangle']}, new partners {counts['new']}, others {counts['others']}."
    return Card(
        name="triangle-visits", title=title,
        alt=f"Three bars of visits abroad by high-ranking North Koreans. {title}. {sentence}",
        draw=draw, table=_in_words(shown)[["date", "state", "group", "title"]].rename(
            columns={"state": "state" if unit == "state" else "states", "title": "visit"}),
        sources=shown["source_id"].unique().tolist(), trust=VISITS_TRUST, height=2.9,
        sentence=sentence + (" A journey belongs to the group in which most of its stops lie." if unit == "trip" else ""))


def visits_exploration(data: Frames) -> Exploration:
    """Choose the unit, the last day, and whether meetings on the side count."""
    return explore(
        lambda **state: visits_card(data, **state), "triangle-visits",
        "Who was visited most in 2014, and does the answer hang on what a visit is?",
        unit=Choice("Count", {"state": "each state visited", "trip": "each journey"}, "radio"),
        cut=Choice("Up to", {CUT: "25 September, when the headlines end", "2014-12-31": "31 December"}, "radio"),
        aside=Choice("New York for the United Nations, and Xi Jinping met at Sochi",
                     {"out": "left out", "in": "counted as visits to the United States and China"}, "radio"))


# --- votes, and what would count --------------------------------------------------------------------------------

VOTERS = {"triangle": ("CHN", "KOR", "USA"), "new": ("RUS", "JPN", "DEU", "FRA", "GBR")}
SCORES = {"agree_strict": "the same vote", "agree_yes_no_only": "abstentions left out",
          "agree_half_credit": "abstentions count half"}


def votes(data: Frames, score: str = "agree_strict") -> pd.DataFrame:
    """Percent of common roll calls with the same vote, by partner (rows) in 2013 and 2014, and the change in points."""
    wide = 100 * data["un_votes"].pivot(index="partner", columns="year", values=score)[[2013, ESSAY_YEAR]]
    return wide.assign(change=wide[ESSAY_YEAR] - wide[2013]).astype(float)


def votes_card(data: Frames) -> Card:
    """Did North Korea vote more like its new partners?"""
    table = votes(data).loc[[*VOTERS["new"], *VOTERS["triangle"]]]
    new = table.loc[list(VOTERS["new"]), "change"]

    def draw(fig, narrow):
        ax = fig.subplots()
        for y, (partner, row) in enumerate(table.iterrows()):
            y += 0.6 * (partner in TRIANGLE)  # a gap between the groups
            ax.plot([row[2013], row[2014]], [y, y], color=COLOUR["muted"], lw=1.2)
            ax.plot(row[2013], y, "o", ms=7, mec=COLOUR["text"], mfc=COLOUR["surface"])
            ax.plot(row[2014], y, "D", ms=6, color=COLOUR["text"])
            ax.text(max(row[2013], row[2014]) + 5, y, f"{row['change']:+.1f}".replace("-", "−"), va="center")
        at = [y + 0.6 * (p in TRIANGLE) for y, p in enumerate(table.index)]
        ax.set(yticks=at, yticklabels=[NAMES[p] for p in table.index], ylim=(at[-1] + 0.6, -0.6), xlim=(0, 100),
               xticks=[0, 50, 100], xlabel="same vote, %")
        ax.tick_params(axis="y", length=0)
        ax.spines["left"].set_visible(False)

    return Card(
        name="triangle-votes",
        title=f"From 2013 to 2014 the North voted more often with {(new > 0).sum()} of {len(new)} new partners",
        alt="Eight rows, how often North Korea voted as each state did in the General Assembly. "
            + " ".join(f"{NAMES[p]}: {r[2013]:.1f} percent in 2013, {r[2014]:.1f} in 2014." for p, r in table.iterrows()),
        draw=draw, table=table.rename(index=NAMES).rename_axis("state").rename_axis(columns=None).reset_index().rename(
            columns={2013: "2013, %", 2014: "2014, %", "change": "change, points"}),
        sources=data["un_votes"]["source_id"].unique().tolist(), height=4.0,
        trust="Roll calls of the General Assembly. Few of the texts are about Korea, and the list of texts changes "
              "from year to year, so a point or two means nothing. The year 2014 holds the autumn after the essay. "
              "Germany, France and Britain stand for Europe. Changes are taken before rounding.",
        sentence="Circle: 2013. Diamond: 2014. The number is the change in points. New partners stand above, the "
                 "triangle below.")


def standards(data: Frames) -> pd.DataFrame:
    """What would count as moving beyond, from words to goods: what would count, reached in 2014, kind, 2013, 2014."""
    table = attention(data)
    rows = []
    for measure in ("contact_first", "mentions", "cooperation"):
        line = share_line(table, measure)
        label, source = MEASURES[measure][:2]
        rows.append((f"{label}: the triangle's share lower than in every earlier year", line[2014] < line.loc[:2013].min(),
                     "words" if source == "headlines" else "the press", *(f"{line[y]:.1f}{PERCENT}" for y in (2013, 2014))))
    visits = visit_counts(data, "state", CUT)
    for rival in ("triangle", "others"):
        rows.append((f"High-ranking visits to 25 September: more to new partners than to {GROUPS[rival]}",
                     visits["new"] > visits[rival], "journeys", "–", f"{visits['new']} to {visits[rival]}"))
    change = votes(data)["change"]
    # Europe votes as a bloc, so its three states make one voter.
    nearer = int((pd.Series([change["RUS"], change["JPN"], change[["DEU", "FRA", "GBR"]].mean()]) > 0).sum())
    rows.append(("UN votes: closer than the year before to two of Russia, Japan and Europe", nearer >= 2, "votes", "–",
                 f"{nearer} of 3"))
    russia = flows(data["trade"], "kotra", "RUS")["value"]
    rows.append(("Trade with Russia, million dollars: more than the year before", russia[2014] > russia[2013], "goods",
                 *(f"{russia[y]:.0f}" for y in (2013, 2014))))
    return pd.DataFrame(rows, columns=["what would count", "reached in 2014", "kind", "2013", "2014"])


# --- rival measures ---------------------------------------------------------------------------------------------

def rivals(data: Frames) -> pd.DataFrame:
    """The triangle's share under each measure: years above half, years led by one of its three, and the last two years."""
    return holding(_two_decades(attention(data)), years="all before 2014").drop(
        columns=["family", "years", "share of years, %", "votes", "outcome"]).rename(columns={"Japan": "Japan is"}).round(1)


def rival_visits(data: Frames) -> pd.DataFrame:
    """Visits of 2014 by group under every way of counting."""
    until = {CUT: "25\u00a0September", "2014-12-31": "31\u00a0December"}
    words = {"state": "states", "trip": "journeys", "out": "no", "in": "yes"}
    rows = [{"counted by": words[unit], "up to": until[cut], "New York and Xi at Sochi": words[aside],
             **visit_counts(data, unit, cut, aside)}
            for unit, cut, aside in itertools.product(("state", "trip"), until, ("out", "in"))]
    return pd.DataFrame(rows).rename(columns=GROUPS)


def rival_votes(data: Frames) -> pd.DataFrame:
    """Change in agreement from 2013 to 2014, points, under three ways to treat abstentions."""
    wide = pd.DataFrame({label: votes(data, score)["change"] for score, label in SCORES.items()})
    return wide.loc[[*VOTERS["new"], *VOTERS["triangle"]]].rename(index=NAMES).rename_axis("state").reset_index()


def delegations(data: Frames) -> tuple[float, float]:
    """Delegations abroad 1998 to 2018 as NCNK lists them: China's share, and the most that the triangle can hold, percent.

    Russia stands second, so neither the United States nor South Korea can have had more than Russia.
    """
    rows = holding(data["official_visits"], series="ncnk", period="1998/2018").set_index("host")["visits"]
    return 100 * rows["CHN"] / rows["WLD"], 100 * (rows["CHN"] + 2 * rows["RUS"]) / rows["WLD"]


# --- what became of it ------------------------------------------------------------------------------------------

def leader_meetings(data: Frames) -> pd.DataFrame:
    """Kim Jong Un's meetings with the leaders of the six groups: date, partner, title. One row a partner and month."""
    events = data["events"]
    # Meetings with Putin are filed as visits and as a treaty.
    putin = events["title"].str.contains("Kim Jong Un meets Putin|Putin in Pyongyang|with Xi and Putin")
    met = (events["kind"] == "summit") | putin
    found = events[met & events["counted"] & (events["date"] >= "2012")]
    found = found.assign(partner=found["partners"].str.split(";"), event=found["title"]).explode("partner")
    found = found[["date", "partner", "event", "source_id"]]
    return found[~found.assign(month=found["date"].str[:7]).duplicated(["partner", "month"])].reset_index(drop=True)


def leaders_card(data: Frames) -> Card:
    """When Kim Jong Un met which leader."""
    met = leader_meetings(data)
    lanes = {p: NAMES.get(p, "Europe") for p in ("CHN", "KOR", "USA", *NEW)}
    when = met["date"].str[:4].astype(int) + (met["date"].str[5:7].astype(int) - 0.5) / 12
    early = met[met["date"] < "2020"]["partner"].value_counts()
    late = met[met["date"] >= "2020"]["partner"].value_counts()

    def draw(fig, narrow):
        ax = fig.subplots()
        for y, lane in enumerate(lanes):
            mine = when[met["partner"] == lane]
            old = lane in TRIANGLE
            ax.axhline(y, color=COLOUR["line"], lw=1, zorder=0)
            ax.plot(mine, [y] * len(mine), "s" if old else "o", ms=5 if narrow else 8, mec=COLOUR["text"],
                    mfc=COLOUR["text" if old else "surface"])
            if mine.empty:
                ax.text(2018, y, "none found", ha="center", va="center", color=COLOUR["muted"],
                        bbox={"fc": COLOUR["surface"], "ec": "none", "pad": 1})
        ax.axvline(2014.7, color=COLOUR["muted"], lw=1, ls=(0, (3, 3)))
        ax.text(2014.8, -0.55, "essay", color=COLOUR["muted"])
        ax.set(yticks=range(len(lanes)), ylim=(len(lanes) - 0.5, -0.7), xlim=(2012, 2026.4),
               yticklabels=[f"{name}: {(met['partner'] == lane).sum()}" for lane, name in lanes.items()],
               xticks=[2012, 2016, 2020, 2024])
        ax.spines["left"].set_visible(False)
        ax.tick_params(axis="y", length=0)

    old = int(early.reindex(TRIANGLE).sum())
    return Card(
        name="triangle-leaders",
        title=f"By the end of 2019 Kim Jong Un had met the triangle's leaders {old} times, Russia's {early['RUS']}; since then "
              f"{int(late.reindex(TRIANGLE).sum())} and {late['RUS']}",
        alt="Six lanes of dots, Kim Jong Un's meetings with foreign leaders. " + " ".join(
            f"{name}: " + (", ".join(met.loc[met["partner"] == lane, "date"].str[:7]) or "none found") + "."
            for lane, name in lanes.items()),
        draw=draw, table=met.assign(partner=met["partner"].map(lanes))[["date", "partner", "event"]],
        sources=met["source_id"].unique().tolist(), height=3.4,
        trust="Meetings of leaders are public and hard to miss, so this list should be near complete. Two leaders met "
              "on one journey count once each. Leaders of other states, such as Vietnam or Singapore, are left out. A "
              "meeting shows contact and not its result.",
        sentence="Filled squares: the triangle. Hollow circles: the new partners. No meeting with any of them was "
                 "found before 2018.")


# --- findings ---------------------------------------------------------------------------------------------------

SIDES = {"new": "a new partner", "old": "with the triangle"}


def _two_decades(table: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for measure, (label, source, _, has_vote) in MEASURES.items():
        own = table[table["measure"] == measure].set_index("year").sort_index()
        for japan, since in itertools.product(("new", "old"), (None, 2005)):
            before = own.loc[since:ESSAY_YEAR - 1]
            if before.empty:
                continue
            above = before[japan] > HALF
            led = before[[*TRIANGLE, *NEW]].idxmax(axis=1).isin([*TRIANGLE, "JPN"] if japan == "old" else TRIANGLE)
            rows.append({"family": source.replace("_", " "), "count": label, "Japan": SIDES[japan],
                         "years": f"since {since}" if since else "all before 2014",
                         "above half": f"{above.sum()} of {len(above)}", "led by one of it": f"{led.sum()} of {len(led)}",
                         "share of years, %": 100.0 * above.mean(), "2013, %": own[japan].get(2013),
                         "2014, %": own[japan].get(2014),
                         # The essay counts Japan among the new, and speaks of two decades: other rows are shown beside it.
                         "votes": has_vote and japan == "new" and since is None,
                         "outcome": bool(above.mean() >= MOST_YEARS)})
    columns = ["family", "count", "Japan", "years", "above half", "led by one of it", "share of years, %", "2013, %",
               "2014, %", "votes", "outcome"]
    return pd.DataFrame(rows, columns=columns).astype({"votes": bool})


def two_decades(data: Frames) -> Finding:
    """triangle-two-decades: the triangle's share above half in nine years of ten, by measure."""
    counts = _two_decades(attention(data))
    voting = counts[counts["votes"]]
    at = lambda bar: (voting["share of years, %"] >= bar).sum()  # noqa: E731
    return Finding(
        measure="The triangle's share of what falls on six groups of partners, by year up to 2013. Attention stands in "
                "for direction, which no table holds. The figures begin in 1997, those of the press in 2002.",
        threshold="Supports the claim where the share is above half in nine years of ten. What sets a direction "
                  "outweighs the rest; nine of ten is this book's reading of two decades, set after the data were "
                  "seen. Half is also what any three of six equal groups would hold. Above half in half of the years "
                  f"would give {at(50)} of {len(voting)} counts, in every year {at(100)}. Contact headlines vote under "
                  "the first word list, which was written before the lists were read.",
        counts=counts.drop(columns=["share of years, %"]), verdict=verdict(counts), choices=("count", "Japan", "years"),
        sources=[s for t in TRUST for s in data[t]["source_id"].unique()])


DISPUTED = "chosonsinbo-140922"  # a paper close to Pyongyang, the only one to report a man of Germany's foreign ministry
HOSTS = {"DEU": "Germany", "BEL;EU28": "the European Union", "EU28": "the European Union", "CHE": "Switzerland",
         "ITA": "Italy"}


def advances(data: Frames) -> pd.DataFrame:
    """What met North Korea's advances in Western Europe, September 2014 to 2015: date, host, event, ignored, disputed, source_id.

    Disputed: no German source tells of it. Ignored: refused, or received by members of parties and parliaments alone and by nobody of a government or the Union.
    """
    events = data["events"]
    rows = events[events["counted"] & events["partners"].isin(HOSTS) & events["date"].between("2014-09", "2015-12")
                  & (events["actor"] != "PRK")]
    met = rows[(rows["class"] == "talks") & (rows["received_by"].notna() | (rows["kind"] == "dialogue"))]
    rows = pd.concat([met, rows[rows["class"] == "refusal"]]).sort_values("date")
    found = pd.DataFrame({"date": rows["date"], "host": rows["partners"].map(HOSTS), "event": rows["title"],
                          "ignored": (rows["class"] == "refusal") | (rows["received_by"] == "party_or_parliament"),
                          "disputed": False, "source_id": rows["source_id"]})
    named = rows[(rows["partners"] == "DEU") & rows["note"].fillna("").str.contains(DISPUTED)]
    more = pd.DataFrame({"date": named["date"], "host": "Germany", "ignored": False, "disputed": True, "source_id": DISPUTED,
                         "event": "Kang also meets a man of the foreign ministry, says one paper close to Pyongyang"})
    return pd.concat([found, more]).sort_values("date", kind="stable", ignore_index=True)


def may_ignore(data: Frames) -> Finding:
    """europe-may-ignore: that a thing is possible cannot fail; what happened is counted beside it."""
    rows = advances(data)
    # One host, one answer: an official who received the North outweighs a member of parliament who did too.
    rows = rows.sort_values("ignored", kind="stable").assign(year=rows["date"].str[:4])
    first = ~rows["disputed"] & ~rows[~rows["disputed"]].duplicated(["host", "year"]).reindex(rows.index, fill_value=True)
    counts = rows.assign(family="events", votes=first, outcome=rows["ignored"]).rename(
        columns={"ignored": "no official met them"})
    votes_of = counts[counts["votes"]]
    return Finding(
        measure="Who met North Korea's advances from September 2014 to 2015. Had the essay said that Europeans would "
                f"ignore them, {int(votes_of['outcome'].sum())} of {len(votes_of)} counts would bear it out.",
        threshold="A host counts as ignoring where only parties or parliaments met the visitor, or where a meeting was "
                  "refused. One host has one answer a year, and an official outweighs a member of parliament. The man of the German "
                  "foreign ministry, whom one paper alone reports, is shown without a vote. The essay says that this may happen, and no event can count against a possibility.",
        counts=counts[["family", "date", "host", "event", "no official met them", "votes", "outcome"]].sort_values("date"),
        verdict=claims.UNFALSIFIABLE if len(counts) else claims.NOT_TESTABLE, sources=rows["source_id"].unique().tolist())


GOAL, GOAL_YEAR = 1000.0, 2020  # million dollars: what both governments announced in March 2014
RUSSIAN = {"kotra": ("KOTRA", ("kotra",)), "customs": ("Russian figures", ("rus_official", "rus_customs")),
           "itpd": ("ITPD-E, dollars of 2010", ("itpd",)), "imf_mirror": ("Correlates of War", ("cow",)),
           "itc": ("International Trade Centre", ("itc",))}


def russian_trade(data: Frames) -> pd.DataFrame:
    """Trade with Russia from 2013 to the goal's year: family, count, year, value, needed (on the path to the goal), sources.

    Needed: the family's own figure of 2013 (or KOTRA's), grown at the steady rate that takes KOTRA's to the goal.
    """
    start = flows(data["trade"], "kotra", "RUS")["value"].get(2013, np.nan)
    parts = []
    for family, (label, series) in RUSSIAN.items():
        found = pd.concat([flows(data["trade"], s, "RUS") for s in series]).loc[lambda t: ~t.index.duplicated()].sort_index()
        own = found["value"].get(2013, start)
        found = found[(found.index >= 2013) & (found.index <= GOAL_YEAR)]
        years = (found.index.to_numpy(dtype=float) - 2013) / (GOAL_YEAR - 2013)
        parts.append(found.assign(family=family, count=label, base=own, needed=own * (GOAL / start) ** years))
    return pd.concat(parts).rename_axis("year").reset_index()


def russian_gifts(data: Frames) -> pd.DataFrame:
    """What Russia gave or let off from 2012 on: date, what, source_id. None of it is help for trade itself."""
    aid = holding(data["aid"], donor="RUS", rank=1)
    aid = aid[aid["period"].str[:4].astype(int) >= 2012]
    debts = holding(data["debts"], creditor="RUS", measure="share_written_off", rank=1)
    units = aid["unit"].str.replace("USD_million", "million dollars")
    written_off = debts["value"].map("{:.0f}".format).astype(str) + f"{PERCENT} of the debt written off"
    debts = debts.assign(date=debts["year"].astype(str), what=written_off)
    aid = aid.assign(date=aid["period"], what=aid["kind"] + ": " + aid["value"].map("{:,.0f} ".format).astype(str) + units)
    return pd.concat([debts, aid])[["date", "what", "source_id"]].sort_values("date", ignore_index=True)


RAILWAY = "2013-09-22-khasan-rajin-railway-54-km"


def _pace(data: Frames) -> float:
    start = flows(data["trade"], "kotra", "RUS")["value"].get(2013, np.nan)
    return (GOAL / start) ** (1 / (GOAL_YEAR - 2013)) - 1


def needs_subsidy(data: Frames) -> Finding:
    """russia-needs-subsidy: a conditional; where no subsidy of trade is known, did trade fall short of its own goal?"""
    trade = russian_trade(data)
    trade = trade[trade["year"] > 2013]
    last = trade["year"] == trade.groupby("family")["year"].transform("max")
    # All read Russia's own reports: one family, and one vote for each year that several of them have.
    strict = trade.assign(**{"subsidy means": "help for trade itself", "outcome": trade["value"] < trade["needed"],
                             "votes": (trade["family"] == "kotra") & trade["year"].isin((2014, 2015))})
    gifts, railway = russian_gifts(data), data["events"]["event_id"].eq(RAILWAY).any()
    # Gifts were made and a railway was paid for, so under these meanings the condition did not hold and nothing is scored.
    meanings = [name for name, found in (("any gift", len(gifts) > 0), ("a railway and a port for freight", railway)) if found]
    wide = [strict[last].assign(**{"subsidy means": name, "votes": False, "outcome": pd.NA}) for name in meanings]
    counts = pd.concat([strict, *wide], ignore_index=True).astype({"outcome": object}).assign(family="Russia's reports")
    voting = counts[counts["votes"].astype(bool)]
    word = claims.forecast(counts.astype({"votes": bool}))
    return Finding(
        measure="Trade with Russia up to 2020. The condition, no subsidy, is taken to hold where no help for trade "
                f"itself was found, and none was. That is no proof that there was none. {len(gifts)} reports of gifts "
                "were found (food, aid, a debt written off; some overlap), and a railway and port terminal for freight that "
                "a company led by Russian Railways paid for in 2013. If either is a subsidy, the condition did not hold and "
                "nothing is scored.",
        threshold=f"Too slow is below each source's own figure of 2013 grown at {100 * _pace(data):.1f}{PERCENT} a year, the pace "
                  f"that takes KOTRA's to the billion dollars by {GOAL_YEAR} that both governments had announced; the essay gives no figure, and this one was chosen after the data "
                  "were seen. If any growth over 2013 were fast enough, "
                  f"{int((voting['value'] <= voting['base']).sum())} of {len(voting)} counts would still support the "
                  "claim. The reason stays open: the rouble fell in 2014, and sanctions of the United Nations bound "
                  "trade from 2016. All sources read Russia's own reports, so they are one family with one vote for each year "
                  "that they share, 2014 and 2015, carried by KOTRA. Later years, which single sources have, are shown.",
        counts=counts.rename(columns={"value": "USD million"}).astype({"votes": bool})[
            ["family", "count", "subsidy means", "year", "USD million", "needed", "votes", "outcome"]],
        verdict=claims.CAME_TRUE_REASON_OPEN if word == claims.CAME_TRUE else word,
        choices=("count", "subsidy means", "year"),
        sources=list(dict.fromkeys([*itertools.chain.from_iterable(trade["sources"]), *gifts["source_id"]])))


def _months(data: Frames) -> set[pd.Period]:
    """Months with a missile launch in the list of CNS or a nuclear test."""
    launches = data["weapons_tests"].query("series == 'cns' and measure == 'missiles' and value > 0")
    launches = launches[launches["period"].str.len() == 7]["period"]
    events = data["events"]
    tests = events.loc[events["counted"] & (events["kind"] == "nuclear_test"), "date"].str[:7]
    return {pd.Period(month, "M") for month in (*launches, *tests)}


CROWDED = 0.75  # where a larger part of a year's months would pass, passing shows nothing
MOST_BREAKS = 0.5  # the part of the breaks that must follow a test
LAG_MONTHS = 1  # a break follows a test in its month, or so many months later


def break_offs(data: Frames) -> tuple[pd.DataFrame, float]:
    """Dated refusals and sanctions between Japan and North Korea, and whether a test fell in that month or the one before.

    A vote have the first of a month, no yearly extension, and nothing from a year in which over three months of four pass.
    Returns the rows (date, event, outcome, votes, source_id), and the percent of all months in the span that would pass.
    """
    events, tested = data["events"], _months(data)
    rows = events[events["counted"] & (events["partners"] == "JPN") & events["class"].isin(["refusal", "sanction"])]
    # In one month a sanction with a day stands before a remark or a month without one.
    rows = rows.assign(month=rows["date"].str[:7], weak=(rows["class"] != "sanction") | (rows["date"].str.len() < 10))
    rows = rows.sort_values(["month", "weak", "date"])
    month = [pd.Period(text, "M") for text in rows["month"]]
    near = lambda m: any(m - lag in tested for lag in range(LAG_MONTHS + 1))  # noqa: E731
    known = max(tested, default=None)
    outcome = [near(m) if tested and m <= known else pd.NA for m in month]
    # A yearly extension runs by the calendar; a second step in one month is no second case.
    own = (rows["kind"] != "sanctions_extension") & ~rows["month"].duplicated()
    # Where nearly every month of a year would pass, passing shows nothing.
    crowded = [np.mean([near(m) for m in pd.period_range(f"{year}-01", f"{year}-12", freq="M")]) > CROWDED
               for year in rows["month"].str[:4]]
    own &= ~np.array(crowded, dtype=bool)
    found = pd.DataFrame({"date": rows["date"], "event": rows["title"], "outcome": outcome, "votes": own,
                          "source_id": rows["source_id"]})
    span = pd.period_range(min(month), min(max(month), known), freq="M") if month and tested else []
    return found.reset_index(drop=True), 100 * float(np.mean([near(m) for m in span])) if len(span) else np.nan


def open_cases(data: Frames) -> pd.DataFrame:
    """Cases on Japan's official list of abductees: how many it recognises and how many came back, with their sources."""
    rows = pick(holding(data["other_counts"], topic="abductees"), ["item", "period"]).set_index("item")
    return rows.reindex(["abductees_recognised", "abductees_returned"])[["value", "source_id"]]


def japan_blocked(data: Frames) -> Finding:
    """japan-blocked: a cause; do breaks follow tests more often than chance, and is the old quarrel open?"""
    breaks, chance = break_offs(data)
    cases = open_cases(data)
    left = cases["value"].iloc[0] - cases["value"].iloc[1]
    abducted = pd.DataFrame({"family": "abductees", "date": "–", "event": f"{left:.0f} cases on Japan's list still open",
                             "votes": True, "outcome": [bool(left > 0)]}) if left == left else pd.DataFrame()
    counts = pd.concat([breaks.assign(family="weapons"), abducted], ignore_index=True)
    known = breaks[breaks["votes"] & breaks["outcome"].notna()]
    hits = known["outcome"].astype(bool)
    fits = len(known) and left == left
    return Finding(
        measure="Two of the problems that leave dates: weapons tests and abductees. For tests, each refusal or "
                f"sanction between Tokyo and Pyongyang: {int(hits.sum())} of {len(hits)} came in the month of a launch "
                "or nuclear test or in the month after.",
        threshold=f"Timing fits where more than half of the breaks do so, and more than the {chance:.0f}{PERCENT} of "
                  "all months that would have passed, while cases of abductees are open. Set after the data were seen. A break "
                  "from a year in which three months of four would pass has no vote. That of December 2012 came days before "
                  "the launch, which had been announced. The list favours breaks over weapons. "
                  "Two rival readings: governments at home that gain by the quarrel, and Tokyo's tie to Washington. "
                  "Britain and Germany opened relations with the same North Korea in 2000 and 2001, so tests alone "
                  "need not prevent them.",
        counts=counts[["family", "date", "event", "votes", "outcome"]],
        verdict=claims.NOT_TESTABLE if not fits else
        claims.TIMING_FITS if hits.mean() > MOST_BREAKS and 100 * hits.mean() > chance and left > 0 else claims.TIMING_DOES_NOT_FIT,
        rule="Each row is a case and no way of counting, so they need not all agree: most breaks must follow a test, and more than "
             "by chance, while the quarrel over the abductees is open. Dates can fit a cause and cannot show it.",
        sources=list(dict.fromkeys([*breaks["source_id"], *cases["source_id"].dropna(),
                                    *holding(data["weapons_tests"], series="cns")["source_id"]])))


FINDINGS = {"europe-may-ignore": may_ignore, "russia-needs-subsidy": needs_subsidy, "japan-blocked": japan_blocked,
            "triangle-two-decades": two_decades}

THRESHOLDS = {
    "HALF": Threshold("share of attention that sets a direction", "percent", ARITHMETIC, ("triangle-two-decades",), high=100),
    "MOST_YEARS": Threshold("part of the years that two decades must hold", "of all years", SIZED, ("triangle-two-decades",), high=1),
    "GOAL": Threshold("trade with Russia that both governments announced", "million dollars", CONVENTION, ("russia-needs-subsidy",)),
    "MOST_BREAKS": Threshold("part of the breaks that must follow a test", "of all breaks", ARITHMETIC, ("japan-blocked",), high=1),
    "LAG_MONTHS": Threshold("months from a test to a break", "months", CONVENTION, ("japan-blocked",)),
    "CROWDED": Threshold("part of a year's months beyond which passing shows nothing", "of all months", CONVENTION,
                         ("japan-blocked",), high=1),
}


# --- numbers for the prose --------------------------------------------------------------------------------------

def numbers(data: Frames) -> dict[str, str]:
    """Every figure that the prose of this chapter names: key to text."""
    table = attention(data)
    lines = {m: share_line(table, m) for m in MEASURES}
    old_japan = share_line(table, "cooperation", "old")
    above = rivals(data).query("`Japan is` == 'a new partner'").set_index("count")["above half"]
    visits = {(unit, cut[5:7]): visit_counts(data, unit, cut)
              for unit in ("state", "trip") for cut in (CUT, "2014-12-31")}
    agreement = votes(data)
    change = agreement["change"]
    russia = flows(data["trade"], "kotra", "RUS")["value"]
    official = holding(russian_trade(data), family="customs").set_index("year")["value"]
    later = flows(data["trade"], "rus_official", "RUS")["value"]
    breaks, chance = break_offs(frames(claims.ESSAY_DATE))
    known = breaks[breaks["votes"] & breaks["outcome"].notna()]
    cases = open_cases(data)["value"]
    ignored = may_ignore(data).counts.query("votes")["outcome"]
    russian = holding(data["other_counts"], topic="russia_after_2022")
    steps = russian.groupby("period")["value"].sum()
    steps_2025 = holding(russian, period="2025").set_index("item")["value"]
    words = holding(data["headlines"], window="jan1_sep25").set_index(["partner", "period"])
    abuse = words.groupby("partner")[["mentions", "hostile"]].sum()
    roubles = re.findall(r"([\d.]+)bn", data["events"].set_index("event_id").at[RAILWAY, "title"])
    share = re.search(r"(\d+)% RZD", data["events"].set_index("event_id").at[RAILWAY, "note"])
    disputed = advances(data).query("disputed")["host"]
    journeys = stops(data)
    merged = trips(journeys.assign(trip=journeys["trip"].replace(RI_RUSSIA, RI_IRAN)))["group"].value_counts()
    standard = standards(data)["reached in 2014"]
    china, most = delegations(data)
    return {
        **{f"{m.replace('_', '-')}-{y}": percent(line[y]) for m, line in lines.items() for y in (2013, 2014)},
        **{f"{m.replace('_', '-')}-above": above[MEASURES[m][0]] for m in MEASURES},
        "contact-first-2001": percent(lines["contact_first"][2001]), "mentions-1997": percent(lines["mentions"][1997]),
        "cooperation-2002": percent(lines["cooperation"][2002]), "cooperation-2004": percent(lines["cooperation"][2004]),
        **{f"cooperation-old-{y}": percent(old_japan[y]) for y in (2013, 2014)},
        **{f"visits-{group}": str(visits["state", "09"][group]) for group in GROUPS},
        "visits-all": str(visits["state", "09"].sum()),
        **{f"trips-{group}": str(visits["trip", "09"][group]) for group in GROUPS},
        **{f"trips-year-{group}": str(visits["trip", "12"][group]) for group in GROUPS},
        **{f"visits-year-{group}": str(visits["state", "12"][group]) for group in GROUPS},
        "votes-russia-2013": percent(agreement.loc["RUS", 2013]), "votes-russia-2014": percent(agreement.loc["RUS", 2014]),
        "votes-china-2014": percent(agreement.loc["CHN", 2014]),
        "votes-most": f"{change[list(VOTERS['new'])].abs().max():.1f}",
        "votes-russia-most": f"{rival_votes(data).set_index('state').loc['Russia'].max():.1f}",
        "russia-2013": f"{russia[2013]:.0f}", "russia-2014": f"{russia[2014]:.0f}", "russia-2015": f"{russia[2015]:.0f}",
        "russia-2020": f"{official[2020]:.0f}", "russia-2024": f"{later[2024]:.0f}", "goal": f"{GOAL:,.0f}",
        "gifts": str(len(russian_gifts(data))), "wheat": f"{_wheat(data):,.0f}",
        "breaks-then": str(len(known)), "breaks-after-then": str(int(known["outcome"].astype(bool).sum())),
        "chance-then": f"{chance:.0f}{PERCENT}", "ignored": str(int(ignored.sum())), "ignored-of": str(len(ignored)),
        "cases-open": f"{cases.iloc[0] - cases.iloc[1]:.0f}", "cases": f"{cases.iloc[0]:.0f}",
        "reached": str(int(standard.sum())), "standards": str(len(standard)),
        "steps-military-2025": f"{steps_2025['military']:.0f}",
        **{f"hostile-{p}": percent(100 * abuse.at[p, "hostile"] / abuse.at[p, "mentions"]) for p in ("USA", "JPN", "KOR")},
        "hostile-JPN-2014": f"{100 * words.at[('JPN', '2014'), 'hostile'] / words.at[('JPN', '2014'), 'mentions']:.0f}{PERCENT}",
        **{f"last-{name}-{y}": str(words["contact_last"].xs(y, level="period")[list(group)].sum())
           for name, group in (("old", TRIANGLE), ("RUS", ("RUS",)), ("JPN", ("JPN",))) for y in ("2013", "2014")},
        "roubles-track": roubles[0], "roubles-port": roubles[1],
        "roubles-share": f"{share[1]}{PERCENT}", "trips-merged": str(merged["new"]),
        "ignored-wide": str(int(ignored.sum()) - disputed.nunique()),
        "votes-usa": f"{change['USA']:.1f}", "votes-south": f"{-change['KOR']:.1f}",
        "path": f"{100 * _pace(data):.1f}{PERCENT}", "visits-triangle-wide": str(visit_counts(data, "state", CUT, "in")["triangle"]),
        "steps-2022": f"{steps['2022']:.0f}", "steps-2025": f"{steps['2025']:.0f}",
        "delegations-china": percent(china), "delegations-most": percent(most),
    }


def _wheat(data: Frames) -> float:
    return holding(data["aid"], donor="RUS", period="2014", unit="tonnes", rank=1)["value"].item()
