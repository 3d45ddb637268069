"""Chapter crisis, paragraph 10: spring 2013, and whether crises were followed by gains more often than other days.

Everything here is a pure function of the tables that `frames` loads. Shares are percent; windows are calendar months.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Mapping

import matplotlib.dates
import matplotlib.ticker
import numpy as np
import pandas as pd

from companion import claims
from companion.claims import Finding, verdict
from companion.data import pick
from companion.evidence.series import holding, tables
from companion.evidence.thresholds import CONVENTION, Threshold
from companion.explore import Choice, Exploration, explore
from companion.figure import COLOUR, PERCENT, Card, fixed_axes, percent

Frames = Mapping[str, pd.DataFrame]
TABLES = ("crises", "events", "headline_words", "press_events", "aid", "weapons_tests")


def frames(as_of: str | None = None) -> dict[str, pd.DataFrame]:
    """The tables of this chapter, by name; with `as_of`, only what could be known on that day."""
    return tables(*TABLES, as_of=as_of)


# --- spring 2013 in words -----------------------------------------------------------------------------------------

WORDS = {  # key: (label, has a vote); the three parts are contained in "any", so they repeat it
    "any_threat": ("Any threat word", True),
    "nuclear": ("Nuclear words", False),
    "war": ("War words", False),
    "strike": ("Words of strike", False),
    "hostile_share": ("Hostile words", True),
}
UNITS = {"month": "its loudest month", "season": "March to May together"}
SPRING = (3, 4, 5)  # months
FIRST_YEAR, YEAR = 2005, 2013  # threat words are counted from 2005


def word_share(words: pd.DataFrame, key: str) -> pd.Series:
    """Percent of the month's headlines that hold a word of the list, by month (YYYY-MM), 2005 on."""
    words = words.set_index("month")
    share = words[key] if key == "hostile_share" else 100 * words[key] / words["headlines"]
    return share.astype(float).dropna().loc[str(FIRST_YEAR):].sort_index()


def springs(line: pd.Series, unit: str) -> pd.Series:
    """One figure a year (percent): the loudest month from March to May, or the mean of the three."""
    line = line[line.index.str[5:].astype(int).isin(SPRING)]
    by_year = line.groupby(line.index.str[:4].astype(int))
    return by_year.max() if unit == "month" else by_year.mean()


def against_earlier(line: pd.Series, unit: str) -> tuple[float, float, str]:
    """Spring 2013, the highest earlier figure, and when that was (months of any season for "month").

    The crisis opened in December 2012, so only what came before 2013 is earlier.
    """
    earlier = line[line.index < str(YEAR)] if unit == "month" else springs(line, unit).loc[:YEAR - 1]
    return springs(line, unit)[YEAR], earlier.max(), str(earlier.idxmax())


WORDS_TRUST = (
    "A word list is blunt: it counts headlines in English, not speeches, and a headline that accuses others of war counts "
    "too. Headlines on the anniversary of the Korean War were taken out after they had put July 2013 on top. The archive "
    "doubles in 2011, so look at shares. A month has some 300 to 1,200 headlines; a point or two is within chance.")


def words_card(words: pd.DataFrame, key: str, unit: str) -> Card:
    """Months or springs of one word list, with spring 2013 filled and the earlier record as a line."""
    label = WORDS[key][0]
    line = word_share(words, key)
    value, record, when = against_earlier(line, unit)
    month = lambda m: pd.Timestamp(m).strftime("%B %Y")  # noqa: E731
    when = month(when) if unit == "month" else f"spring {when}"
    at = line[line.index.isin([f"{YEAR}-{m:02d}" for m in SPRING])]
    now = month(at.idxmax()) if unit == "month" else f"March to May {YEAR}"
    by_year = springs(line, "season")
    table = by_year.rename_axis("year").rename("March to May, % of headlines").reset_index()
    if unit == "month":
        table = line.groupby([line.index.str[:4], line.index.str[5:]]).sum().unstack().rename_axis("year", axis=0)
        table = table.rename(columns=lambda m: month(f"2013-{m}")[:3]).rename_axis(None, axis=1).reset_index()

    def draw(fig, narrow):
        ax = fixed_axes(fig, left=0.1 if narrow else 0.05, bottom=0.1)
        if unit == "season":
            ax.bar(by_year.index, by_year, width=0.7, edgecolor=COLOUR["muted"], linewidth=0.8,
                   color=[COLOUR["CHN" if y == YEAR else "surface"] for y in by_year.index])
        else:  # one outline for all months: a page with ten states carries no bar for each
            edges = FIRST_YEAR + np.arange(len(line) + 1) / 12
            first = line.index.get_loc(at.index[0])
            ax.stairs(line, edges, fill=True, color=COLOUR["muted"])
            ax.stairs(at, edges[first:first + len(at) + 1], fill=True, color=COLOUR["CHN"])
        top = max(value, by_year.max() if unit == "season" else line.max()) * 1.22
        ax.axhline(record, color=COLOUR["text"], lw=1, ls=(0, (4, 3)))
        ax.text(2004.6, record + top * 0.015, f"{when}: {record:.1f} %", va="bottom")
        height = value + top * 0.03 if value > record else record + top * 0.1  # clear of the other label
        ax.text(2014.9, height, f"{now}: {value:.1f} %", color=COLOUR["CHN"], weight="bold", ha="right", va="bottom")
        ax.set(ylim=(0, top * 1.05), xlim=(2004.4, 2015), xticks=[2005, 2008, 2011, 2014])
        ax.yaxis.set_major_locator(matplotlib.ticker.MaxNLocator(4, integer=True))
        ax.set_title(f"{label}, % of headlines", loc="left")

    beats = value > record
    return Card(
        name="crisis-words",
        title=f"{label}: {now if unit == 'month' else f'spring {YEAR}'} stands "
              f"{'above every' if beats else 'below the highest'} {'month' if unit == 'month' else 'spring'} before {YEAR}",
        alt=f"Bars of {label.lower()} as a share of North Korean headlines, 2005 to 2014, by {unit}. "
            f"{now}: {value:.1f} percent. The highest before {YEAR}: {record:.1f} percent, {when}.",
        draw=draw, table=table, sources=_sources(words), trust=WORDS_TRUST,
        sentence=f"{value:.1f}{PERCENT} of headlines in {now}, against {record:.1f}{PERCENT} in {when}, "
                 f"the highest before {YEAR}.")


def words_exploration(data: Frames) -> Exploration:
    """Choose the word list, and whether months or springs are compared."""
    return explore(
        lambda **state: words_card(data["headline_words"], **state), "spring-2013",
        "Which words make spring 2013 unusual, by the month and by the season?",
        key=Choice("Words", {key: label for key, (label, _) in WORDS.items()}),
        unit=Choice("Compare", {"month": "single months", "season": "March to May of each year"}, "radio"))


def words_table(data: Frames) -> pd.DataFrame:
    """Every list and unit, and press events by the year: 2013, the earlier record, and when that was."""
    return spring(data).counts[["words", "unit", "2013, %", "highest before, %", "when"]]


def verbal_part(press: pd.DataFrame, partner: str) -> pd.Series:
    """Hostile words as percent of all reported acts of North Korea towards a partner, by year from 2003."""
    return _part(press, partner, "from_prk", "verbal_conflict")


def _part(press: pd.DataFrame, partner: str, direction: str, column: str) -> pd.Series:
    acts = ["verbal_cooperation", "material_cooperation", "verbal_conflict", "material_conflict"]
    rows = press[(press["partner"] == partner) & (press["direction"] == direction)].set_index("year").sort_index()
    return (100 * rows[column] / rows[acts].sum(axis=1)).astype(float).loc[2003:]  # 2002: too few reports


# --- spring 2013 day by day ---------------------------------------------------------------------------------------

DAYS = ("2012-12-01", "2013-06-30")
LANES = {  # label: how the events of the lane are found
    "North: threats, tests, cut lines": lambda e: (e["actor"] == "PRK") & (e["class"].isin(["threat", "test"])
                                                  | (e["kind"] == "provocation")),
    "South and US: drills, shows of force": lambda e: e["kind"].isin(["us_show_of_force", "exercise"]),
    "UN resolutions, sanctions": lambda e: e["class"].isin(["sanction", "un"]) & (e["actor"] != "PRK"),
    "US: no reward for threats": lambda e: e["kind"] == "us_no_concession_statement",
    "Offers of talks, talks": lambda e: e["kind"].isin(["talks_offer", "talks"]) & e["partners"].str.contains("KOR|USA"),
    "Gain for the North, from anyone": lambda e: _is_gain(e, "anyone"),
}
MARKS = "osD^vP"


def lanes(events: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Counted events of December 2012 to June 2013 that have a day, by lane."""
    events = events[events["counted"] & (events["precision"] == "day") & events["date"].between(*DAYS)]
    return {label: events[rule(events)].sort_values("date") for label, rule in LANES.items()}


def may_missiles(data: Frames) -> int:
    """Missiles of 300 km or more that North Korea fired in May 2013."""
    fired = holding(data["weapons_tests"], series="cns", measure="missiles", period="2013-05")
    return int(fired["value"].sum())


def days_card(data: Frames) -> Card:
    """Spring 2013 day by day, in lanes."""
    found = lanes(data["events"])
    threats = found["North: threats, tests, cut lines"]["date"]
    peak = threats.between("2013-03-05", "2013-04-08").sum()
    may = may_missiles(data)

    def draw(fig, narrow):
        ax = fixed_axes(fig, left=0.04 if narrow else 0.03, top=0.97, bottom=0.08)
        colours = [COLOUR[c] for c in ("CHN", "USA", "text", "USA", "KOR", "text")]
        ax.axvspan(pd.Timestamp("2013-03-11"), pd.Timestamp("2013-04-30"), color=COLOUR["band"])
        for y, ((label, rows), mark, colour) in enumerate(zip(found.items(), MARKS, colours)):
            ax.axhline(y, color=COLOUR["line"], lw=1, zorder=0)
            ax.plot(pd.to_datetime(rows["date"]), [y] * len(rows), mark, ms=5 if narrow else 7, mfc="none", mec=colour)
            ax.text(pd.Timestamp("2012-12-02"), y - 0.27, f"{label}: {len(rows) or 'none'}", color=colour, va="bottom")
        if may:
            ax.plot(pd.to_datetime(["2013-05-01", "2013-05-31"]), [0, 0], "-", lw=3, color=COLOUR["CHN"])
            ax.text(pd.Timestamp("2013-05-16"), 0.08, f"{may} missiles", ha="center", va="top", color=COLOUR["CHN"])
        ax.text(pd.Timestamp("2013-03-13"), len(found) - 0.5, "drills", va="bottom")
        ax.set(ylim=(len(found) - 0.4, -0.85), yticks=[])
        ax.set_xlim(pd.Timestamp("2012-11-28"), pd.Timestamp("2013-07-02"))
        ax.xaxis.set_major_locator(matplotlib.dates.MonthLocator())
        ax.xaxis.set_major_formatter(matplotlib.dates.DateFormatter("%b"))
        ax.spines["left"].set_visible(False)

    table = pd.concat([rows[["date", "title"]].assign(lane=label) for label, rows in found.items()])
    none = found["Gain for the North, from anyone"].empty
    return Card(
        name="crisis-days",
        title=f"{peak} of {len(threats)} dated threats and tests fall between 5 March and 8 April 2013; "
              + ("the lane of gains stays empty" if none else "gains stand in the last lane"),
        alt=f"Marks in {len(found)} lanes, December 2012 to June 2013. "
            + "; ".join(f"{label}: {len(rows) or 'none'}" for label, rows in found.items())
            + f". {peak} of {len(threats)} threats and tests stand between 5 March and 8 April; the drills ran from "
              f"11 March to 30 April. A bar in May: {may} missiles.",
        draw=draw, table=table.sort_values("date", kind="stable").rename(columns={"title": "event"}),
        sources=list(dict.fromkeys(itertools.chain.from_iterable(rows["source_id"] for rows in found.values()))),
        trust="A selection: this spring was searched day by day and other springs were not, so the number of marks says "
              "nothing beside another year. Each row is coded by rules that a second coder checked on a sample. A mark is a "
              "day on which somebody acted, whatever the weight of the act. Events known by month alone are left out.",
        sentence="Each mark is one dated event; after each name, how many. Shaded: the spring drills of South Korea and the "
                 "United States, 11 March to 30 April. The bar in May stands for missile launches whose days our table "
                 "lacks. The lane of gains goes on empty for a year after the threats.",
        height=4.6)


# --- crises and gains ---------------------------------------------------------------------------------------------

GAINS = {  # definition: (label in the control, as it stands in a sentence)
    "us": ("Washington: any", "a dated American gain"),
    "kept": ("Washington: delivered", "a dated American gain that was delivered"),
    "anyone": ("any state", "a dated gain from any state"),
}
WITH_AID = "Washington: any, with yearly aid"  # a fourth meaning, for the table alone: it has no vote
FORGIVEN = {  # a debt written off, promised and made law; both are filed as agreements
    "2012-09-17-russia-dprk-debt-agreement", "2014-05-05-putin-signs-the-debt-law-10",
}
NOT_KEPT = {  # American gains that were words, or that no row of the tables shows to have been carried out
    "1993-06-11-us-gives-assurances-against", "1993-07-19-us-prepared-to-support-light",
    "1994-02-25-us-agrees-to-call-off-joint", "2000-10-12-us-declares-no-hostile-intent",
    "2005-09-19-us-affirms-no-intention-to", "2012-02-29-us-offers-240-000-t-of-food",
}
ERAS = {  # key: (label, first and last year)
    "1993–2008": ("1993 to 2008", 1993, 2008), "2009–13": ("2009 to 2013", 2009, 2013),
    "2014–18": ("2014 to 2018, after the essay", 2014, 2018),
}
WINDOWS = (3, 6, 9, 12, 15, 18)
TESTED_MONTHS = (6, 12, 18)  # the windows that vote on the old tactic
RESULT_MONTHS = (12, 18)  # and those that vote on what spring 2013 brought
ANSWER_MONTHS = 6  # an offer or a meeting later than this is no answer to the threats
CALM = 12  # months: a day is calm when no crisis of the table began in the year before it


def _is_gain(events: pd.DataFrame, definition: str) -> pd.Series:
    if definition == "anyone":
        given = events["class"].isin(["concession", "aid"]) & (events["direction"] == "to_prk")
        return given | events["event_id"].isin(FORGIVEN)
    american = events["kind"] == "concession_us"
    return american & ~events["event_id"].isin(NOT_KEPT) if definition == "kept" else american


def _day(text: pd.Series) -> pd.DatetimeIndex:
    """Days of YYYY-MM-DD; a month alone is put on its 15th."""
    return pd.DatetimeIndex(pd.to_datetime([day if len(day) == 10 else f"{day}-15" for day in text], format="%Y-%m-%d"))


def gain_days(events: pd.DataFrame, definition: str, giver: str | None = None) -> pd.DatetimeIndex:
    """Days of the counted gains of North Korea under a definition, in order; `giver` keeps those of one state."""
    rows = events[events["counted"] & (events["precision"] != "year") & _is_gain(events, definition)]
    if giver:
        rows = rows[rows["actor"].str.split(";").map(lambda actors: giver in actors)]
    return _day(rows["date"]).sort_values()


def aid_days(data: Frames) -> pd.DatetimeIndex:
    """American gains and dated aid, and 1 July of each year whose aid has no such row (an arbitrary day).

    The food of fiscal 2009 belongs to the programme of May 2008, which has its row.
    """
    aid = data["aid"].query("donor == 'USA' and unit in ['USD_million', 'tonnes'] and value > 0 and period != '2009'")
    events = data["events"]
    given = (events["class"] == "aid") & (events["actor"] == "USA") & events["counted"] & (events["precision"] != "year")
    dated = gain_days(events, "us").append(_day(events.loc[given, "date"]))
    years = set(aid.loc[aid["period"].str.fullmatch(r"\d{4}"), "period"].astype(int)) - set(dated.year)
    return dated.append(pd.DatetimeIndex([f"{year}-07-01" for year in years])).sort_values()


def crisis_days(crises: pd.DataFrame) -> pd.Series:
    """First day of each crisis, by crisis_id; a crisis of which only the year is known has none."""
    dated = crises[crises["start"].str.len() > 4]
    return pd.Series(_day(dated["start"]), index=dated["crisis_id"])


def horizon(data: Frames) -> pd.Timestamp:
    """The last day on which any event of the tables could be known: windows that end later are not complete."""
    return data["events"]["knowable_from"].max()


def paid(starts: pd.DatetimeIndex, gains: pd.DatetimeIndex, months: int) -> np.ndarray:
    """For each start: did a gain come after it, and no later than `months` calendar months after it?"""
    if not len(gains):
        return np.zeros(len(starts), dtype=bool)
    at = gains.searchsorted(starts, side="right")
    following = gains[np.minimum(at, len(gains) - 1)]
    return (at < len(gains)) & (following <= starts + pd.DateOffset(months=months))


def rates(data: Frames, era: str, definition: str, months: int) -> dict[str, tuple[int, int]]:
    """(paid, all) of crises, of all days and of calm days of an era, whose window had ended by the horizon."""
    _, first, last = ERAS[era]
    gains = aid_days(data) if definition == WITH_AID else gain_days(data["events"], definition)
    starts, end = crisis_days(data["crises"]), horizon(data)
    days = pd.date_range(f"{first}-01-01", f"{last}-12-31")
    since = [days >= start for start in starts]
    until = [days < start + pd.DateOffset(months=CALM) for start in starts]
    crisis = np.any([a & b for a, b in zip(since, until)] or [days < days[0]], axis=0)
    of_era = pd.DatetimeIndex(starts[(starts >= days[0]) & (starts <= days[-1])])
    found = {}
    for name, part in (("crises", of_era), ("all days", days), ("calm days", days[~crisis])):
        part = part[part + pd.DateOffset(months=months) <= end]
        found[name] = int(paid(part, gains, months).sum()), len(part)
    return found


def _percent(pair: tuple[int, int]) -> float:
    return 100 * pair[0] / pair[1] if pair[1] else np.nan


def chance(pair: tuple[int, int], rate: float, fewer: bool = False) -> float:
    """Chance, in percent, of as many paid crises or more (fewer: or fewer), if each were a draw at `rate` percent."""
    k, n = pair
    each = [math.comb(n, i) * (rate / 100) ** i * (1 - rate / 100) ** (n - i) for i in range(n + 1)]
    return 100 * sum(each[:k + 1] if fewer else each[k:])


PAID_TRUST = (
    "The crises were chosen because they are famous, and quiet requests stand in no list. When a crisis began, and what "
    "counts as a gain, is this book's coding; delivered leaves out words and what no row shows to have been carried out. "
    "Gains are dated acts of our list, which is thin, since aid by the year has no day; a table below adds American aid. The "
    "crisis of 2002 turns on one row at twelve months, see the text. Neighbouring days share their gains, so the number of "
    "days promises more than it holds.")


def paid_card(data: Frames, months: int, era: str, definition: str) -> Card:
    """Above: each crisis of an era and its first gain. Below: share paid of crises, of all days and of calm days."""
    label, first, last = ERAS[era]
    gains, starts = gain_days(data["events"], definition), crisis_days(data["crises"])
    starts = starts[starts.dt.year.between(first, last)]
    hit = paid(pd.DatetimeIndex(starts), gains, months)
    at = gains.searchsorted(pd.DatetimeIndex(starts), side="right")
    wait = [(gains[i] - start).days if i < len(gains) else None for i, start in zip(at, starts)]
    found = rates(data, era, definition, months)
    share = {name: _percent(pair) for name, pair in found.items()}
    what = GAINS[definition][1]
    k, n = found["crises"]

    def draw(fig, narrow):
        fig.set_layout_engine(None)  # as fixed_axes, with two panels of unequal height
        left = 0.34 if narrow else 0.175
        top, low = fig.subplots(2, 1, gridspec_kw={"left": left, "right": 0.97, "bottom": 0.02, "top": 0.93,
                                                   "height_ratios": (7, 3.2), "hspace": 0.36})
        top.axvspan(0, months * 30.44, color=COLOUR["band"])
        for y, (days, yes) in enumerate(zip(wait, hit)):
            top.axhline(y, color=COLOUR["line"], lw=1, zorder=0)
            if days is not None and days <= 600:
                top.plot(days, y, "o", ms=8, mec=COLOUR["USA"], mew=1.5, mfc=COLOUR["USA"] if yes else COLOUR["surface"])
            else:
                top.text(612, y, f"{days:,} days" if days else "none", ha="right", va="center",
                         bbox={"fc": COLOUR["surface"], "ec": "none", "pad": 1})
        top.set(xlim=(0, 615), ylim=(len(starts) - 0.4, -0.6), yticks=range(len(starts)),
                xticks=[m * 30.44 for m in WINDOWS], xticklabels=WINDOWS)
        top.set_yticklabels([_short(name) for name in starts.index])
        top.set_title("Months from the start to the first gain", loc="left", x=-left / (0.97 - left) + 0.01)
        for y, (name, value) in enumerate(share.items()):
            fill, edge = ("USA", "USA") if name == "crises" else ("surface", "text")
            low.barh(y, value, height=0.6, color=COLOUR[fill], edgecolor=COLOUR[edge], linewidth=0.8)
            low.text(value + 1.5, y, f"{value:.0f} %" + (f" ({k} of {n})" if name == "crises" else ""), va="center")
        low.set(xlim=(0, 152 if narrow else 128), ylim=(2.5, -0.5), xticks=[], yticks=range(3), yticklabels=list(share))
        low.set_title(f"Within {months} months ({GAINS[definition][0]})", loc="left", x=-left / (0.97 - left) + 0.01)
        for ax in (top, low):
            ax.spines["left"].set_visible(False)
            ax.tick_params(axis="y", length=0)
        low.spines["bottom"].set_visible(False)

    return Card(
        name="crisis-paid",
        title=f"{label}, {months} months: {what} followed {k} of {n} crises, {share['all days']:.0f}{PERCENT} of all days "
              f"and {share['calm days']:.0f}{PERCENT} of calm days",
        alt=f"Above, dots for the {n} crises of {label} at the months to the first gain, filled inside a window of {months} "
            f"months. Below, three bars: {what} followed {k} of {n} crises, {share['all days']:.0f} percent of all days and "
            f"{share['calm days']:.0f} percent of calm days.",
        draw=draw,
        table=pd.DataFrame({"crisis": [_short(i) for i in starts.index],
                            "first day": starts.dt.strftime("%Y-%m-%d").to_numpy(),
                            "days to the first gain": pd.array(wait, dtype="Int64"), "within the window": hit}),
        sources=crisis_sources(data, starts.index), trust=PAID_TRUST,
        sentence=f"Filled dots and the shaded part: within {months} months. The bars below set the crises beside "
                 f"{found['all days'][1]:,} days, of which {found['calm days'][1]:,} were calm, with no crisis begun in the "
                 "year before.", height=4.7)


NAMES = {"npt": "NPT exit", "spring": "threats", "taepodong": "rocket", "03-nuclear": "plants", "declaration": "declares",
         "test": "test", "reversal": "reversal", "launch-test": "rocket", "cheonan": "Cheonan", "yeonpyeong": "shelling",
         "april": "launch", "mine": "mine", "icbm": "missiles", "launches": "launches"}


def _short(crisis: str) -> str:
    year, name = crisis.split("-", 1)
    return f"{year} {NAMES[name]}"


def paid_exploration(data: Frames) -> Exploration:
    """Choose the window, the years, and what counts as a gain."""
    return explore(
        lambda **state: paid_card(data, **state), "crisis-paid",
        "Were crises followed by gains more often than other days?",
        months=Choice("Window, months", {m: str(m) for m in WINDOWS}, "range", 12),
        era=Choice("Years", {key: label for key, (label, *_) in ERAS.items()}, "radio"),
        definition=Choice("What counts as a gain", {key: label for key, (label, _) in GAINS.items()}))


def rates_table(data: Frames, months: tuple[int, ...] = (6, 12, 18)) -> pd.DataFrame:
    """Every era of before the essay, definition and window: paid crises beside all days and calm days."""
    rows = []
    for era, definition, window in itertools.product(list(ERAS)[:2], [*GAINS, WITH_AID], months):
        found = rates(data, era, definition, window)
        rows.append({"gain": GAINS.get(definition, [WITH_AID])[0], "years": era, "months": window,
                     "crises paid": "{} of {}".format(*found["crises"]),
                     **{f"{name}, %": _percent(pair) for name, pair in found.items()}})
    return pd.DataFrame(rows)


def curves_card(data: Frames) -> Card:
    """Share followed by an American gain, by the length of the window: crises against all days and calm days, two eras."""
    windows = range(1, 25)
    found = {era: pd.DataFrame({m: {n: _percent(p) for n, p in rates(data, era, "us", m).items()} for m in windows}).T
             for era in list(ERAS)[:2]}
    above = {era: int((f["crises"] > f["all days"]).sum()) for era, f in found.items()}
    styles = {"crises": (COLOUR["USA"], "-", 2.4), "all days": (COLOUR["text"], (0, (5, 2)), 1.5),
              "calm days": (COLOUR["muted"], (0, (1, 1.5)), 1.8)}
    early, late = list(ERAS)[:2]

    def draw(fig, narrow):
        axes = fig.subplots(2 if narrow else 1, 1 if narrow else 2, sharey=True, sharex=True)
        for ax, (era, lines) in zip(axes, found.items()):
            for name, (colour, style, width) in styles.items():
                step = {"drawstyle": "steps-post"} if name == "crises" else {}
                ax.plot(lines.index, lines[name], color=colour, ls=style, lw=width, **step)
            spots = {early: {"crises": (6.3, 93), "all days": (14, 76), "calm days": (13, 27)},
                     late: {"crises": (8, 3), "all days": (7, 25), "calm days": (1.2, 68)}}[era]
            for name, spot in spots.items():
                ax.text(*spot, name, color=styles[name][0])
            ax.set_title(ERAS[era][0], loc="left")
            ax.set(ylim=(-3, 106), yticks=[0, 50, 100], xlim=(0.5, 24.5), xticks=[6, 12, 18, 24])
        axes[-1].set_xlabel("months from the day")
        axes[0].set_ylabel("followed by a US gain, %")

    def extent(count: int) -> str:
        return {0: "at no window", len(windows): "at every window"}.get(count, f"at {count} of {len(windows)} windows")

    table = pd.concat([f.rename_axis("months").reset_index().assign(years=era) for era, f in found.items()])
    return Card(
        name="crisis-curves",
        title="In our list of dated acts, American gains followed crises more often than all days "
              f"{extent(above[early])} in {early}, and {extent(above[late])} in {late}",
        alt="Two line charts of the share followed by an American gain within one to 24 months. "
            + " ".join(f"{era}, at twelve months: crises {f.loc[12, 'crises']:.0f} percent, all days "
                       f"{f.loc[12, 'all days']:.0f}, calm days {f.loc[12, 'calm days']:.0f}." for era, f in found.items()),
        draw=draw, table=table.rename(columns={name: f"{name}, %" for name in styles})[
            ["years", "months", *(f"{name}, %" for name in styles)]],
        sources=crisis_sources(data, crisis_days(data["crises"]).index), trust=PAID_TRUST,
        sentence="A calm day has no crisis begun in the year before it. From 2009 to 2013 such days are few, and most of them "
                 "lie just before the American food offer of February 2012, so the dotted line there is that one event.")


def crisis_sources(data: Frames, ids) -> list[str]:
    """Sources of the given crises and of all counted American gains."""
    crises, events = data["crises"], data["events"]
    gains = events[events["counted"] & _is_gain(events, "us")]
    return list(dict.fromkeys([*crises.loc[crises["crisis_id"].isin(ids), "source_id"], *gains["source_id"]]))


def crises_table(data: Frames) -> pd.DataFrame:
    """All crises: what happened, days to the next American gain whenever it came, what followed, the penalty."""
    starts, gains = crisis_days(data["crises"]), gain_days(data["events"], "us")
    wait = {i: int((later.min() - start).days) for i, start in starts.items() if len(later := gains[gains > start])}
    crises = data["crises"]
    return pd.DataFrame({
        "start": crises["start"], "crisis": crises["provocation"],
        "days to an American gain": crises["crisis_id"].map(wait).astype("Int64"),
        "what followed": crises["gain"], "penalty within a year": crises["penalty"]})


def _sources(*rows: pd.DataFrame) -> list[str]:
    return list(dict.fromkeys(itertools.chain.from_iterable(r["source_id"] for r in rows)))


# --- findings -----------------------------------------------------------------------------------------------------

def spring(data: Frames) -> Finding:
    """spring-2013: words of March to May 2013 against everything before 2013."""
    rows = []
    for (key, (label, votes)), unit in itertools.product(WORDS.items(), UNITS):
        line = word_share(data["headline_words"], key)
        if YEAR not in springs(line, unit).index:  # on a day before that spring
            continue
        value, record, when = against_earlier(line, unit)
        rows.append({"family": "headlines", "words": label, "unit": UNITS[unit], "2013, %": value,
                     "highest before, %": record, "when": when, "votes": votes, "outcome": value > record})
    for partner, name in (("USA", "Washington"), ("KOR", "Seoul")):
        line = verbal_part(data["press_events"], partner)
        if YEAR in line and len(before := line.loc[:YEAR - 1]):
            rows.append({"family": "press events", "words": f"Hostile words to {name}, of all reported acts",
                         "unit": "the whole year", "2013, %": line[YEAR], "highest before, %": before.max(),
                         "when": str(before.idxmax()), "votes": False, "outcome": line[YEAR] > before.max()})
    counts = _frame(rows)
    voting = counts[counts["votes"]]
    by_tenth = int((voting["2013, %"] > 1.1 * voting["highest before, %"]).sum()) if len(voting) else 0
    return Finding(
        measure="Headlines with threat words or with hostile words, percent of all headlines. All votes come from one "
                "archive; press events have whole years only and no vote, and the three parts of the threat words repeat "
                "their sum.",
        threshold="Unusual is read as above all that came before, from 2005 to 2012: the loudest month against every earlier "
                  "month, the season against every earlier spring. Set after the data were seen. If a tenth above the record "
                  f"were asked, {by_tenth} of {len(voting)} would support the claim; if all rows voted, "
                  f"{int(counts['outcome'].sum())} of {len(counts)}.",
        counts=counts, verdict=verdict(counts), choices=("words", "unit"),
        sources=_sources(data["headline_words"].head(1), data["press_events"].head(1)))


def _frame(rows: list[dict]) -> pd.DataFrame:
    """Counts with their three columns, even where there is no row."""
    empty = {"family": pd.Series(dtype=str), "votes": pd.Series(dtype=bool), "outcome": pd.Series(dtype=bool)}
    return pd.DataFrame(rows or empty)


def old_tactic(data: Frames) -> Finding:
    """old-tactic: were crises before Kim Jong Un followed by gains more often than other days?"""
    rows = []
    of = functools.cache(functools.partial(rates, data, "1993–2008"))  # both bases are of the same rates
    for definition, months, base in itertools.product([*GAINS, WITH_AID], TESTED_MONTHS, ("all days", "calm days")):
        found = of(definition, months)
        if not found["crises"][1] or not found[base][1]:
            continue
        rate = _percent(found[base])
        rows.append({"family": "events", "gain": GAINS.get(definition, [WITH_AID])[0], "months": months,
                     "compared with": base,
                     "crises paid": "{} of {}".format(*found["crises"]), "crises, %": _percent(found["crises"]),
                     "other days, %": rate, "chance of as many, %": chance(found["crises"], rate),
                     "votes": definition in GAINS, "outcome": _percent(found["crises"]) > rate})
    counts = _frame(rows)
    voting = counts[counts["votes"]]
    seldom = int((voting["chance of as many, %"] < 5).sum()) if rows else 0
    whole = int((voting["crises, %"] - voting["other days, %"] > 100 / 7).sum()) if rows else 0
    return Finding(
        measure="Crises of 1993 to 2008 that were followed by a gain within the window, beside all days and calm days of the "
                "same years. All votes come from one list of events. Intent is in no row.",
        threshold="Supports the claim when gains followed crises more often than other days; set after the data were seen. "
                  f"Where the lead must be more than one crisis of the seven, {whole} of {len(voting)} support it; where "
                  "draws at the rate of other days must give as many in fewer than five of a hundred cases, "
                  f"{seldom} of {len(voting)}. Yearly aid, put on 1 July, is shown without a vote.",
        counts=counts, verdict=verdict(counts), choices=("gain", "months", "compared with"),
        sources=list(dict.fromkeys([*crisis_sources(data, data["crises"]["crisis_id"]),
                                    *data["aid"].query("donor == 'USA' and value > 0")["source_id"]])))


STARTS = {"the launch of December 2012": "2012-12-12", "the threats of March 2013": "2013-03-05"}


def unpaid(data: Frames) -> Finding:
    """crisis-unpaid: gains after spring 2013 from those it addressed and from anyone; aid; helping deeds in the press."""
    events, end = data["events"], horizon(data)
    rows = []
    givers = {"Washington": ("us", None), "Seoul": ("anyone", "KOR"), "any state": ("anyone", None)}
    cases = itertools.product(givers.items(), STARTS.items(), RESULT_MONTHS)
    for (giver, (definition, actor)), (name, start), months in cases:
        first = pd.DatetimeIndex([start])
        if not (first[0] + pd.DateOffset(months=months) <= end):  # also where there is no event, so no end
            continue
        gained = bool(paid(first, gain_days(events, definition, actor), months)[0])
        rows.append({"family": "events", "result": f"a gain from {giver}", "counted from": name,
                     "within": f"{months} months", "figure": "yes" if gained else "none found", "votes": True,
                     "outcome": not gained})
    aid = seoul_aid(data["aid"])
    for base, before in (("2012", aid.loc[2012:2012]), ("2010–12", aid.loc[2010:2012])):
        if YEAR in aid and len(before):
            rows.append({"family": "aid", "result": "South Korean government aid, billion won", "counted from": f"against {base}",
                         "within": "2013", "figure": f"{aid[YEAR]:.1f} after {before.mean():.1f}", "votes": True,
                         "outcome": aid[YEAR] <= before.mean()})
    for partner, name in (("USA", "Washington"), ("KOR", "Seoul")):
        line = _part(data["press_events"], partner, "to_prk", "material_cooperation")
        if YEAR in line and len(before := line.loc[2010:2012]):
            rows.append({"family": "press events", "result": f"helping deeds of {name}, % of its reported acts",
                         "counted from": "against 2010–12", "within": "2013",
                         "figure": f"{line[YEAR]:.1f} after {before.mean():.1f}", "votes": True,
                         "outcome": line[YEAR] <= before.mean()})
    counts = _frame(rows)
    by = counts.groupby("family")["outcome"].agg(["sum", "size"])
    return Finding(
        measure="What Pyongyang got after spring 2013. Supporting the claim, by family: "
                + "; ".join(f"{family} {row['sum']} of {row['size']}" for family, row in by.iterrows()) + ".",
        threshold="Supports the claim when no gain is found, or when aid and helping deeds did not rise: the strictest reading "
                  "of little if any, set after the data were seen. Some aid or a few deeds may still be little. " + _of_2007(aid, counts),
        counts=counts, verdict=verdict(counts), choices=("family", "result", "counted from", "within"),
        sources=list(dict.fromkeys([*crisis_sources(data, ["2013-spring"]), *_aid_rows(data["aid"])["source_id"],
                                    *data["press_events"]["source_id"]])))


def _aid_rows(aid: pd.DataFrame) -> pd.DataFrame:
    rows = holding(aid, donor="KOR", series="mou", kind="government_grants", unit="KRW_100million")
    return pick(rows[rows["period"].str.fullmatch(r"\d{4}")], ["period"])


def seoul_aid(aid: pd.DataFrame) -> pd.Series:
    """Grants of the South Korean government, billion won by year, food loans left out."""
    rows = _aid_rows(aid)
    return pd.Series(rows["value"].to_numpy() / 10, index=rows["period"].astype(int), dtype=float).sort_index()


def _of_2007(aid: pd.Series, counts: pd.DataFrame) -> str:
    """What another threshold for aid would give, where the years are known."""
    if not {YEAR, 2007} <= set(aid.index):
        return ""
    little = counts["outcome"] | (counts["family"] == "aid")
    return (f"Seoul's government aid of 2013 was {100 * aid[YEAR] / aid[2007]:.0f} % of that of 2007; if a tenth or less "
            f"of it is little, {int(little.sum())} of {len(counts)} would support the claim.")


def behind_spring(data: Frames) -> Finding:
    """tactic-behind-spring: did offers of talks or talks with Seoul or Washington follow the threats within six months?"""
    events = data["events"][data["events"]["counted"]]
    meeting = ((events["kind"] == "talks") | ((events["kind"] == "talks_offer") & (events["actor"] == "PRK"))) \
        & events["partners"].str.contains("KOR|USA")
    refused = (events["actor"] == "PRK") & (events["class"] == "refusal") & events["partners"].str.contains("KOR|USA")
    window = lambda year: (f"{year}-03-05", f"{pd.Timestamp(year, 3, 5) + pd.DateOffset(months=ANSWER_MONTHS):%Y-%m-%d}")  # noqa: E731
    inside = events["date"].between(*window(YEAR))
    shown = events[inside & (meeting | refused)].sort_values("date")
    counts = pd.DataFrame({"family": "events", "date": shown["date"], "event": shown["title"],
                           "votes": meeting[shown.index], "outcome": meeting[shown.index]})
    others = [bool((meeting & events["date"].between(*window(y))).any()) for y in range(2005, 2013)]
    threats = (inside & (events["class"] == "threat") & (events["actor"] == "PRK")).any()
    return Finding(
        measure="Offers of talks by Pyongyang, and talks with Seoul or Washington, within six months of the first threat of "
                "March 2013. Its refusals of those months are shown.",
        threshold="Timing fits when at least one offer or meeting followed. "
                  f"{sum(others)} of the {len(others)} years before would have passed the same test, so it has little power. "
                  "Rival readings: an answer to the Security Council's resolution of 7 March and to the drills; a young "
                  "leader's show at home.",
        counts=counts, sources=_sources(shown),
        verdict=claims.NOT_TESTABLE if not threats else
        claims.TIMING_FITS if counts["outcome"].any() else claims.TIMING_DOES_NOT_FIT)


FINDINGS = {"old-tactic": old_tactic, "spring-2013": spring, "tactic-behind-spring": behind_spring, "crisis-unpaid": unpaid}

THRESHOLDS = {
    "TESTED_MONTHS": Threshold("months in which a gain follows a crisis", "months", CONVENTION, ("old-tactic",), members=(0, 1, 2)),
    "CALM": Threshold("months after a crisis that are not calm", "months", CONVENTION, ("old-tactic",)),
    "RESULT_MONTHS": Threshold("months in which a gain is a result of spring 2013", "months", CONVENTION, ("crisis-unpaid",),
                               members=(0, 1)),
    "ANSWER_MONTHS": Threshold("months in which talks follow the threats", "months", CONVENTION, ("tactic-behind-spring",)),
}


# --- numbers for the prose ----------------------------------------------------------------------------------------

def with_food(data: Frames, months: int) -> int:
    """Crises of 1993 to 2008 paid within so many months, if the food of February 2003 were a gain and not aid."""
    food = gain_days(data["events"], "us").append(pd.DatetimeIndex(["2003-02-25"])).sort_values()
    starts = crisis_days(data["crises"])
    return int(paid(pd.DatetimeIndex(starts[starts.dt.year.between(1993, 2008)]), food, months).sum())


def numbers(data: Frames) -> dict[str, str]:
    """Every figure that the prose of this chapter names: key to text."""
    words = data["headline_words"]
    out = {}
    for key in ("any_threat", "hostile_share"):
        value, record, _ = against_earlier(word_share(words, key), "month")
        stem = f"{key}-month".replace("_", "-")
        out |= {stem: percent(value), f"{stem}-before": percent(record)}
    for era, definition, months in (("1993–2008", "us", 6), ("1993–2008", "us", 12), ("1993–2008", "us", 18),
                                    ("1993–2008", "kept", 12), ("1993–2008", "anyone", 12), ("2009–13", "us", 12),
                                    ("1993–2008", WITH_AID, 12)):
        found = rates(data, era, definition, months)
        stem = f"{'aid' if definition == WITH_AID else definition}-{era[:4]}-{months}"
        out |= {f"{stem}-paid": str(found["crises"][0]), f"{stem}-crises": str(found["crises"][1]),
                f"{stem}-all": percent(_percent(found["all days"]), 0), f"{stem}-calm": percent(_percent(found["calm days"]), 0)}
    late = rates(data, "2009–13", "us", 12)
    early = rates(data, "1993–2008", "us", 12)
    table = crises_table(data).set_index("start")["days to an American gain"]
    found = lanes(data["events"])
    threats = found["North: threats, tests, cut lines"]["date"]
    aid = seoul_aid(data["aid"])
    press = data["press_events"]
    fund = holding(data["aid"], series="fts", period="2013").set_index("donor")["value"]
    counts = unpaid(data).counts
    little = int((counts["outcome"] | (counts["family"] == "aid")).sum())
    began = crisis_days(data["crises"])["2002-03-nuclear"]
    tests = holding(data["weapons_tests"], series="cns", measure="missiles").set_index("period")["value"]
    return out | {
        "any-threat-season": percent(springs(word_share(words, "any_threat"), "season")[2013]),
        "february-threat": percent(word_share(words, "any_threat")["2013-02"]),
        "april-hostile": percent(word_share(words, "hostile_share")["2013-04"]),
        "spring-2014": percent(springs(word_share(words, "any_threat"), "season")[2014]),
        "press-us": percent(verbal_part(press, "USA")[2013]), "press-us-before": percent(verbal_part(press, "USA").loc[:2012].max()),
        "press-south": percent(verbal_part(press, "KOR")[2013]), "press-south-2012": percent(verbal_part(press, "KOR")[2012]),
        "calm-late": str(late["calm days"][1]), "chance-late": percent(chance(late["crises"], _percent(late["all days"]), True), 0),
        "days-2002-table": str(table["2002-12-12"]), "days-2002": str((pd.Timestamp("2003-12-24") - began).days),
        "days-food-2003": str((pd.Timestamp("2003-02-25") - began).days),
        "food-6": str(with_food(data, 6)), "food-12": str(with_food(data, 12)),
        "chance-early": percent(chance(early["crises"], _percent(early["all days"])), 0),
        "may-hostile": percent(word_share(words, "hostile_share")["2013-05"]), "may-missiles": str(may_missiles(data)),
        "register-seoul": f"{fund['KOR']:.1f}", "register-moscow": f"{fund['RUS']:.1f}", "register-beijing": f"{fund['CHN']:.1f}",
        "little": str(little), "unpaid-counts": str(len(counts)),
        "days-2010": str(table["2010-11-23"]),
        "days-2017": str(table["2017-09-03"]), "days-2012": f"{table['2012-04-13']:,}",
        "threats": str(len(threats)), "threats-peak": str(threats.between("2013-03-05", "2013-04-08").sum()),
        "no-reward": str(len(found["US: no reward for threats"])),
        "aid-2012": f"{aid[2012]:.1f}", "aid-2013": f"{aid[2013]:.1f}", "aid-2007-share": percent(100 * aid[2013] / aid[2007], 0),
        "one-of-seven": f"{100 / early['crises'][1]:.0f} points", "one-of-five": f"{100 / late['crises'][1]:.0f} points",
        "missiles-2013": f"{tests['2013']:.0f}", "missiles-2014": f"{tests['2014']:.0f}", "missiles-2022": f"{tests['2022']:.0f}",
    }
