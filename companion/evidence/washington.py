"""Chapter washington, paragraphs 6 and 7: the wall, the stalemate with Washington, six years without concessions.

Everything here is a pure function of the tables that `frames` loads. Dates are text, cut to the day, month or year known.
"""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib.dates
import matplotlib.ticker
import numpy as np
import pandas as pd

from companion import claims
from companion.claims import Finding, verdict
from companion.data import pick
from companion.evidence.series import holding, tables, with_gaps
from companion.evidence.thresholds import ARITHMETIC, CONVENTION, SIZED, Threshold
from companion.explore import Choice, Exploration, explore
from companion.figure import COLOUR, PERCENT, Card, fixed_axes, mark_number

Frames = Mapping[str, pd.DataFrame]
TABLES = ("events", "aid", "pledges_and_outcomes", "press_events", "crises", "weapons_tests")

FIRST, LAST = 1993, 2014  # years of the list; the wall is looked for from WALL on
WALL = 2009
STARTS = {  # first day of the window: how the control and the prose name it
    "2006-09-01": "1 September 2006, eight years", "2008-09-01": "1 September 2008, six years",
    "2008-10-12": "12 October 2008, a day after the delisting", "2009-01-20": "20 January 2009, Obama's first day",
    "2010-09-01": "1 September 2010, four years", "2011-09-01": "1 September 2011, three years"}
SIX_YEARS = "2008-09-01"
MEASURES = {  # in the control, in a title
    "promised": ("promised", "promised"), "delivered": ("delivered, at least in part", "delivered"),
    "alone": ("promised, no nuclear step in return", "without a nuclear step in return")}
SIX = 6.0  # years: as the essay says
SLACK = 0.5  # years: a window rounds to six when it lies so near to it
MOST = 0.5  # "made very clear": a refusal in more than half of the years
PAIR_DAYS = 30  # a step of Pyongyang's within so many days makes an exchange; the finding says what 60 gives
EPISODE_DAYS = 60  # a longer silence ends an episode of statements
TURN = "2014-03-01"  # the essay dates the turn to the spring of 2014


def frames(as_of: str | None = None) -> dict[str, pd.DataFrame]:
    """The tables of this chapter, by name; with `as_of`, only what could be known on that day."""
    return tables(*TABLES, as_of=as_of)


# --- the event list ---------------------------------------------------------------------------------------------

def dealings(data: Frames, first: str = str(FIRST), last: str = claims.ESSAY_DATE, partner: str = "USA") -> pd.DataFrame:
    """Counted events with one partner among those named, from `first` to `last`, in order of date."""
    events = data["events"]
    events = events[events["counted"] & events["date"].between(first, last)]
    named = np.array([partner in states.split(";") for states in events["partners"].fillna("")], dtype=bool)
    return events[named].sort_values("date", kind="stable")


def moment(dates: pd.Series) -> pd.Series:
    """Days to compute and draw with: a month without a day is put on its 15th, a year without a month on 1 July."""
    whole = dates.where(dates.str.len() != 7, dates + "-15").where(dates.str.len() != 4, dates + "-07-01")
    return pd.to_datetime(whole)


def concessions(data: Frames, first: str = str(FIRST), last: str = claims.ESSAY_DATE) -> pd.DataFrame:
    """Washington's concessions: date, title, source_id, kept (no, partly, or missing where no row speaks of the outcome),
    and alone (no nuclear step of Pyongyang's within PAIR_DAYS)."""
    events = dealings(data, first, last)
    given = events[events["kind"] == "concession_us"]
    pledges = holding(data["pledges_and_outcomes"], partner="USA")
    promised = pledges[pledges["stage"] == "promised"].set_index("date")["pledge_id"]
    outcome = pledges[pledges["stage"] == "outcome"].set_index("pledge_id")["status"]
    kept = given["date"].map(promised).map(outcome).replace({"not_kept": "no"})
    return given[["date", "title", "source_id"]].assign(kept=kept, alone=without_step(data, given, PAIR_DAYS))


def without_step(data: Frames, given: pd.DataFrame, days: int) -> pd.Series:
    """For each concession: is there no nuclear, missile or negotiating step of Pyongyang's within so many days?"""
    apart = moment(given["date"]).to_numpy()[:, None] - moment(nuclear_steps(data)["date"]).to_numpy()
    return pd.Series(~(np.abs(apart) <= np.timedelta64(days, "D")).any(axis=1), given.index)


def nuclear_steps(data: Frames) -> pd.DataFrame:
    """What Pyongyang gave or promised Washington in nuclear, missile or negotiating matters (releases of people apart)."""
    return holding(dealings(data), kind="concession_dprk")


def chosen(given: pd.DataFrame, measure: str) -> pd.DataFrame:
    """The concessions that count under a measure of MEASURES."""
    return {"promised": given, "delivered": given[given["kept"] != "no"], "alone": given[given["alone"]]}[measure]


def refusals(data: Frames, first: str = SIX_YEARS) -> pd.DataFrame:
    """American statements that nothing will be given: date, title, source_id, nuclear (our title names the weapons)."""
    said = holding(dealings(data, first), kind="us_no_concession_statement")
    return said[["date", "title", "source_id"]].assign(nuclear=said["title"].str.contains("nuclear|denuclearis"))


def episodes(said: pd.DataFrame) -> int:
    """Groups of statements with more than EPISODE_DAYS between one group and the next."""
    return int((moment(said["date"]).sort_values().diff().dt.days > EPISODE_DAYS).sum()) + bool(len(said))


def span(start: str) -> float:
    """Years from a day to the end of the essay's month."""
    return (pd.Timestamp(claims.ESSAY_DATE) - pd.Timestamp(start)).days / 365.25


def yearly(data: Frames) -> pd.DataFrame:
    """Counts by year (index FIRST to LAST), one column for each kind of dealing. `unkept` is a part of `us_gives`."""
    events = dealings(data)
    of = lambda state: events["actor"].str.split(";").map(lambda states: state in states)  # noqa: E731
    kinds = {"us_gives": events["kind"] == "concession_us",
             "us_refuses": (events["class"] == "refusal") & of("USA"),
             "dprk_gives": (events["class"] == "concession") & of("PRK"),
             "dprk_refuses": (events["class"] == "refusal") & of("PRK"),
             "alone": (events["class"] == "talks") & (events["partners"] == "USA"),
             "several": (events["class"] == "talks") & (events["partners"] != "USA"),
             "nuclear_tests": events["kind"] == "nuclear_test"}
    years = pd.RangeIndex(FIRST, LAST + 1, name="year")
    per_year = lambda dates: dates.str[:4].astype(int).value_counts().reindex(years, fill_value=0)  # noqa: E731
    counts = pd.DataFrame({name: per_year(events.loc[mask, "date"]) for name, mask in kinds.items()}, index=years)
    given = concessions(data)
    counts["unkept"] = per_year(given.loc[given["kept"] == "no", "date"])
    launches = holding(data["weapons_tests"], series="cns", measure="days")
    counts["launch_days"] = launches.set_index(launches["period"].astype(int))["value"].reindex(years).astype("Int64")
    return counts


def aid_years(data: Frames) -> set[int]:
    """Years, fiscal or calendar as the source has it, for which any American aid above zero is reported."""
    aid = data["aid"].query("donor == 'USA' and unit in ['USD_million', 'tonnes'] and value > 0")["period"]
    return set(aid[aid.str.fullmatch(r"\d{4}")].astype(int))


def years_with_aid(data: Frames, first: int, last: int) -> int:
    """Years from first to last with a concession in the list or American aid by the year."""
    listed = yearly(data)["us_gives"]
    return len((aid_years(data) | set(listed.index[listed > 0])) & set(range(first, last + 1)))


# --- figures ----------------------------------------------------------------------------------------------------

EVENT_TRUST = (
    "A list of dated events that we found in press, official papers and chronologies. It is a selection: the years "
    "around a crisis are searched more closely, and the American refusals were looked for from 2009 on. Compare "
    "kinds of act inside a period, and take a difference between two periods as a hint. A concession is anything of "
    "value or a written assurance that Washington gave, promised or declared, humanitarian food among it; aid that is "
    "known by the year alone is not in the list. A year without a mark is a year for which we found nothing.")

PANELS = (  # title, filled part, outlined part, actor's colour
    ("Washington concedes (outlined: not delivered)", "us_gives", "unkept", "USA"),
    ("Washington refuses or breaks off", "us_refuses", None, "USA"),
    ("Pyongyang concedes", "dprk_gives", None, "text"),
    ("Pyongyang refuses or breaks off", "dprk_refuses", None, "text"),
    ("They sit down (outlined: with others)", "alone", "several", "muted"),
    ("Launch days (N: nuclear test)", "launch_days", None, "text"))
SHOWN = {"us_gives": "Washington concedes", "unkept": "of these, not delivered",
         "us_refuses": "Washington refuses or breaks off", "dprk_gives": "Pyongyang concedes",
         "dprk_refuses": "Pyongyang refuses or breaks off", "alone": "talks, the two alone",
         "several": "talks, with others", "launch_days": "days with a launch", "nuclear_tests": "nuclear tests"}


def years_with(counts: pd.DataFrame, first: int, last: int) -> tuple[int, int]:
    """(years with a concession by Washington, all years) from first to last."""
    part = counts.loc[first:last, "us_gives"]
    return int((part > 0).sum()), len(part)


def years_card(data: Frames) -> Card:
    """Concessions, refusals, talks and tests by year, one small chart each."""
    counts = yearly(data)
    (before, all_before), (after, all_after) = years_with(counts, FIRST, WALL - 1), years_with(counts, WALL, LAST)

    def draw(fig, narrow):
        for ax, (title, filled, outlined, colour) in zip(fig.subplots(len(PANELS), 1, sharex=True), PANELS):
            solid = counts[filled] - (counts["unkept"] if outlined == "unkept" else 0)
            ax.bar(counts.index, solid, color=COLOUR[colour], width=0.7)
            if outlined:
                ax.bar(counts.index, counts[outlined], bottom=solid, width=0.7, color=COLOUR["surface"],
                       edgecolor=COLOUR[colour])
            top = solid.fillna(0) + (counts[outlined] if outlined else 0)
            ax.annotate(f"{top.max():.0f}", (top.idxmax(), top.max()), (0, 1), textcoords="offset points", ha="center",
                        fontsize=8.5)
            if filled == "launch_days":
                for year in counts.index[counts["nuclear_tests"] > 0]:
                    ax.text(year, top[year] + 0.6, "N", ha="center", weight="bold", fontsize=8.5)
            ax.set_title(title, loc="left", pad=7)
            ax.axvline(WALL - 0.5, color=COLOUR["muted"], lw=0.8, ls=(0, (3, 3)))
            ax.set(yticks=[], ylim=(0, max(top.max(), 1) * 1.15), xticks=[1993, 1998, 2003, 2008, 2013])
            ax.spines["left"].set_visible(False)

    return Card(
        name="washington-years",
        title=f"In our list of dated acts Washington concedes in {before} of the {all_before} years 1993–2008 and in "
              f"{after} of {all_after} since",
        alt=f"Six small bar charts by year, 1993 to 2014. Washington concedes in {before} of {all_before} years to "
            f"2008 and in {after} of {all_after} after. Its refusals peak at {counts['us_refuses'].max()} in "
            f"{counts['us_refuses'].idxmax()}. Talks fall from {counts.loc[2007, ['alone', 'several']].sum()} in 2007 "
            "to none in 2013 and 2014. Nuclear tests in "
            + ", ".join(str(y) for y in counts.index[counts["nuclear_tests"] > 0]) + ".",
        draw=draw, table=counts[list(SHOWN)].rename(columns=SHOWN).reset_index(),
        sources=pd.concat([dealings(data), holding(data["weapons_tests"], series="cns")])["source_id"].unique().tolist(),
        trust=EVENT_TRUST + " Events stop at the end of September 2014; launch days are those of the whole year.",
        sentence="Each panel has its own scale; the figure in it is its highest year. The dashed line stands before "
                 "2009.",
        height=6.4)


def lanes(data: Frames) -> dict[str, pd.DataFrame]:
    """Six years by lane: date, title, source_id, hollow (undelivered, weapons not named, with others, secret)."""
    events, given, said = dealings(data, SIX_YEARS), concessions(data, SIX_YEARS), refusals(data)
    cut = lambda mask, hollow: events.loc[mask, ["date", "title", "source_id"]].assign(hollow=hollow)  # noqa: E731
    return {
        "Washington concedes (hollow: undelivered)": given.assign(hollow=given["kept"] == "no"),
        "Washington says no (filled: weapons named)": said.assign(hollow=~said["nuclear"]),
        "Talks (hollow: with others)": cut(events["class"] == "talks", events["partners"] != "USA"),
        "Journeys (hollow: secret)": cut((events["class"] == "visit") & (events["direction"] != "none"),
                                         events["title"].str.contains("[Ss]ecret")),
        "Pyongyang refuses or breaks off": cut((events["class"] == "refusal") & (events["actor"] == "PRK"), False),
        "Pyongyang tests": cut(events["class"] == "test", False)}


def timeline_card(data: Frames) -> Card:
    """Every dealing of the essay's six years on one line of time, a lane for each kind."""
    rows = lanes(data)
    given, said = concessions(data, SIX_YEARS), refusals(data)
    after = given[given["date"] >= "2008-10-12"]
    undelivered = (after["kept"] == "no").sum()

    def draw(fig, narrow):
        ax = fig.subplots()
        for y, ((lane, part), shape) in enumerate(zip(rows.items(), "ovsDX^")):
            colour = COLOUR["USA" if "Washington" in lane else "text"]
            for day, hollow in zip(moment(part["date"]), part["hollow"]):
                ax.plot(day, -y, shape, ms=6 if narrow else 8, mec=colour, mew=1.3,
                        mfc=COLOUR["surface"] if hollow else colour)
            ax.text(pd.Timestamp("2008-08-01"), 0.37 - y, lane, va="center", color=colour)
            ax.axhline(-y, color=COLOUR["line"], lw=0.8, zorder=0)
        for day, text, side in (("2008-10-11", "delisting", "left"), ("2012-02-29", "Leap Day", "left")):
            ax.annotate(text, (pd.Timestamp(day), 0), (7, -2), textcoords="offset points", ha=side, va="top", fontsize=8.5)
        ax.set(ylim=(0.4 - len(rows), 0.65), yticks=[], xlim=(pd.Timestamp("2008-07-15"), pd.Timestamp("2014-11-15")))
        ax.set_xticks(pd.to_datetime([f"{y}-01-01" for y in range(2009, 2015)]))
        ax.set_xticklabels([f"’{y % 100:02d}" if narrow else str(y) for y in range(2009, 2015)])
        ax.spines["left"].set_visible(False)

    table = pd.concat([part.assign(lane=lane.split(" (")[0]) for lane, part in rows.items()])
    return Card(
        name="washington-six-years",
        title=f"In our list, after the delisting of October 2008: {len(after)} concession{'s' * (len(after) != 1)}"
              + (", never delivered," if undelivered == len(after) else f" ({undelivered} undelivered)")
              + f" and {len(said)} official refusals",
        alt=f"Six lanes of marks from September 2008 to September 2014. Washington concedes {len(given)} times, in "
            f"October 2008 and, undelivered, in February 2012, and says no {len(said)} times, {said['nuclear'].sum()} "
            "of them with the weapons named. "
            + " ".join(f"{lane.split(' (')[0]}: {len(part)}." for lane, part in list(rows.items())[2:]),
        draw=draw, table=table[["date", "lane", "title", "hollow"]].rename(
            columns={"title": "event", "hollow": "hollow mark"}), height=4.6,
        sources=pd.concat(rows.values())["source_id"].unique().tolist(),
        trust=EVENT_TRUST + " A refusal is filled when our own title of the report names the weapons, so this is a "
                            "blunt mark. The American government did not acknowledge the two secret flights; the "
                            "press reported them in 2013.",
        sentence="Two refusals on one day lie on top of each other. Journeys include those of former presidents and "
                 "of private persons.")


def aid_lines(data: Frames) -> tuple[pd.Series, pd.Series]:
    """American aid, USD million by fiscal year: all of it, and flood relief for the years in which it alone is known."""
    rows = pick(holding(data["aid"], donor="USA", series="crs", unit="USD_million"), ["kind", "period"])
    rows = rows[rows["period"].str.fullmatch(r"\d{4}")].astype({"period": int}).set_index("period")
    return tuple(rows[rows["kind"] == kind]["value"].sort_index() for kind in ("all", "medical"))


def aid_card(data: Frames) -> Card:
    """American aid by fiscal year, the gaps said."""
    total, relief = aid_lines(data)
    rows = holding(data["aid"], donor="USA", series="crs", kind=["all", "medical"])
    said = data["events"][(data["events"]["kind"] == "aid_stop") & (data["events"]["date"] == "2009")]
    years = range(1999, LAST + 1)

    def draw(fig, narrow):
        ax = fig.subplots()
        ax.barh(total.index, total, color=COLOUR["USA"], height=0.7)
        ax.barh(relief.index, relief, color=COLOUR["surface"], edgecolor=COLOUR["USA"], height=0.7)
        for year in years:
            value = total.get(year, relief.get(year))
            text = "?" if value is None else f"{value:.0f}" if value >= 10 or value == 0 else f"{value:.1f}, flood relief"
            ax.text((value or 0) + 4, year, text, va="center", color=COLOUR["muted" if value is None else "text"])
        ax.axhspan(2008.5, LAST + 0.5, color=COLOUR["band"], zorder=0)
        ax.text(325, 2011.5, "virtually no aid\nsince early 2009", ha="right", va="center")
        ax.set(xlim=(0, 330), xticks=[0, 100, 200, 300], yticks=years, ylim=(LAST + 0.5, 1998.5))
        ax.tick_params(axis="y", length=0)
        ax.set_title("US dollars, million, by fiscal year", loc="left")

    table = pd.DataFrame({"all aid, USD million": with_gaps(total, 1999, LAST), "flood relief alone, USD million":
                          with_gaps(relief, 1999, LAST)}).rename_axis("fiscal year").reset_index()
    return Card(
        name="washington-aid",
        title=f"American aid came to {total[2008]:.1f} million dollars in fiscal 2008 and to virtually none since "
              "early 2009",
        alt="Bars of American aid by fiscal year, million dollars: "
            "" + ", ".join(f"{v:.1f} in {y}" for y, v in total.items())
            + "; flood relief alone " + ", ".join(f"{v:.1f} in {y}" for y, v in relief.items())
            + ". No figure for the other years. The years from 2009 are shaded: virtually no aid.",
        draw=draw, table=table, sources=pd.concat([rows["source_id"], said["source_id"]]).unique().tolist(),
        trust="Figures of the Congressional Research Service, which serves the American Congress, most of them read "
              "in newspapers. A fiscal year runs from October to September. A question mark stands where no figure "
              "for the single year was found, which is no zero. In fiscal 2009 food still came, and ended in March "
              "when North Korea asked the relief groups to leave.",
        sentence="Filled: all aid, of which the larger part was food and fuel. Outlined: flood relief, the only part "
                 "known for that year.")


def donors(data: Frames) -> pd.DataFrame:
    """Humanitarian money reported to the United Nations, 2010 to 2014, USD million: one row a donor, one column a year."""
    rows = data["aid"].query("series == 'fts' and donor != 'WLD' and '2010' <= period <= '2014'")
    names = {"CHE": "Switzerland", "CHN": "China", "DEU": "Germany", "EU28": "European Union", "FRA": "France",
             "IND": "India", "ITA": "Italy", "KOR": "South Korea", "RUS": "Russia", "SWE": "Sweden", "USA": "United States"}
    wide = pick(rows, ["donor", "period"]).pivot(index="donor", columns="period", values="value").reindex(list(names))
    wide = wide.loc[wide.sum(axis=1).sort_values(ascending=False).index]
    return wide.rename(index=names).rename_axis(index="donor", columns=None).reset_index()


# --- from when? -------------------------------------------------------------------------------------------------

def tally(data: Frames, start: str, measure: str) -> int:
    """Washington's concessions from a day to the essay, under a measure."""
    return len(chosen(concessions(data, start), measure))


def voting_starts(data: Frames) -> list[str]:
    """First days whose window rounds to six years; one that holds the same concessions as an earlier one repeats it."""
    given = concessions(data, min(STARTS))
    held = {start: list(given.loc[given["date"] >= start, "date"]) for start in STARTS if abs(span(start) - SIX) <= SLACK}
    return [start for i, start in enumerate(held) if held[start] not in list(held.values())[:i]]


def window_card(data: Frames, start: str, measure: str) -> Card:
    """The concessions of 2006 to 2014, those that count under one window and one measure filled."""
    given, steps = concessions(data, "2006-09-01"), nuclear_steps(data)
    steps = steps[steps["date"] >= "2006-09-01"]
    found = chosen(given[given["date"] >= start], measure)
    day, years = pd.Timestamp(start), span(start)
    amount = "no concession" if found.empty else f"{len(found)} concession{'s' if len(found) > 1 else ''}"
    title = f"From {day.day} {day:%B %Y}: {amount} {MEASURES[measure][1]}"
    sentence = (f"That is {years:.1f} years before the end of the essay's month"
                + (", or six when rounded. " if start in voting_starts(data) else
                   ", or six when rounded; it holds the same concessions as an earlier first day, so this has no vote. "
                   if round(years) == 6 else ", which does not round to six, so this has no vote. ")
                + ("By this count Washington acted as the essay says." if found.empty
                   else "One is enough to count against the essay."))

    def draw(fig, narrow):
        ax = fixed_axes(fig, left=0.03, bottom=0.13, top=0.99)
        ax.axvspan(day, pd.Timestamp(claims.ESSAY_DATE), color=COLOUR["band"], zorder=0)
        for y, rows, colour in ((1, given, "USA"), (0, steps, "text")):
            ax.axhline(y, color=COLOUR["line"], lw=0.8, zorder=0)
            for row, at in zip(rows.itertuples(), moment(rows["date"])):
                inside = row.Index in found.index
                shape = "o" if y == 0 or row.kept != "no" else "s"
                ax.plot(at, y, shape, ms=(12 if inside else 8) if y else 6, mec=COLOUR[colour], mew=1.5,
                        mfc=COLOUR[colour] if inside else COLOUR["surface"])
        for at, text in (("2008-10-11", "delisting"), ("2012-02-29", "Leap Day,\nundelivered")):
            ax.annotate(text, (pd.Timestamp(at), 1), (4, -10), textcoords="offset points", ha="left", va="top")
        ax.text(pd.Timestamp("2006-07-20"), 1.3, "Washington concedes (filled: counted)", color=COLOUR["USA"])
        ax.text(pd.Timestamp("2006-07-20"), 0.22, "Pyongyang's nuclear steps")
        mark_number(ax, str(len(found)), pd.Timestamp("2014-04-01"), 1, COLOUR["USA"])
        ax.set(ylim=(-0.3, 1.5), yticks=[], xlim=(pd.Timestamp("2006-07-01"), pd.Timestamp("2014-12-31")))
        ax.spines["left"].set_visible(False)
        ax.xaxis.set_major_locator(matplotlib.ticker.FixedLocator(
            [matplotlib.dates.date2num(pd.Timestamp(f"{y}-01-01")) for y in (2007, 2009, 2011, 2013)]))
        ax.xaxis.set_major_formatter(matplotlib.dates.DateFormatter("%Y"))

    shown = given.assign(counted=given.index.isin(found.index), delivered=given["kept"].fillna("no row says otherwise"),
                         alone=~given["alone"])
    return Card(
        name="washington-window", title=title,
        alt=f"Marks for Washington's concessions, September 2006 to September 2014, the window shaded. {title}. "
            f"{sentence}",
        draw=draw, table=shown[["date", "title", "delivered", "alone", "counted"]].rename(columns={
            "title": "concession", "alone": f"nuclear step within {PAIR_DAYS} days"}),
        sources=pd.concat([given, holding(data["pledges_and_outcomes"], partner="USA")])["source_id"].unique().tolist(),
        trust=EVENT_TRUST + " Delivery is known for the two promises of food alone; every other row counts as "
                            "delivered. Whether two dates that lie close are an exchange is a guess from the "
                            "calendar.",
        sentence=sentence, height=3.3)


def window_exploration(data: Frames) -> Exploration:
    """Choose the first day and what counts."""
    return explore(
        lambda **state: window_card(data, **state), "six-years",
        "How many concessions are there in “six years”, and from which day?",
        start=Choice("Count from", STARTS, default=SIX_YEARS),
        measure=Choice("Count what was", {key: control for key, (control, _) in MEASURES.items()}, "radio"))


# --- rival measures ---------------------------------------------------------------------------------------------

def rivals(data: Frames) -> pd.DataFrame:
    """The six years before 2009 and the six from then on: one row a measure, one column a period."""
    counts = yearly(data)
    press = holding(data["press_events"], partner="USA", direction="to_prk").set_index("year")
    press = press.filter(regex="^(verbal|material)_")
    total, relief = aid_lines(data)
    aid = relief.to_dict() | total.to_dict()
    crises = data["crises"].assign(year=data["crises"]["start"].str[:4].astype(int))
    paid = crises["gain_from"].fillna("").str.contains("USA") & (crises["gain_within_year"] == "yes")
    columns = []
    for first in (2003, 2009):
        last = first + 5
        part, acts = counts.loc[first:last], press.loc[first:last].sum()
        given, refused = part["us_gives"].sum(), part["us_refuses"].sum()
        best = max(aid.get(year, 0.0) for year in range(first, last + 1))
        begun = crises["year"].between(first, last)
        columns.append({
            "Washington's concessions": given, "years with one": years_with(counts, first, last)[0],
            "concessions, % of its concessions and refusals": 100 * given / (given + refused),
            "talks, the two alone": part["alone"].sum(), "talks, with others": part["several"].sum(),
            "aid in the best fiscal year that is known, USD million": best,
            "helpful deeds, % of American acts in the press": 100 * acts["material_cooperation"] / acts.sum(),
            "crises followed by an American gain in a year": (begun & paid).sum(), "crises in the list": begun.sum()})
    # As objects, so that counts stay whole numbers beside percentages.
    return pd.DataFrame({"measure": list(columns[0])} | {name: pd.Series(list(column.values()), dtype=object)
                                                         for name, column in zip(("2003–08", "2009–14"), columns)})


def grid(data: Frames) -> pd.DataFrame:
    """Concessions by first day (rows) and measure (columns)."""
    return pd.DataFrame([{"from": label} | {words: tally(data, start, measure) for measure, (words, _) in MEASURES.items()}
                         for start, label in STARTS.items()])


# --- what became of it ------------------------------------------------------------------------------------------

def afterwards(data: Frames) -> pd.DataFrame:
    """Concessions by Washington, refusals, summits, nuclear tests and changes of line after the essay: date, event."""
    events = dealings(data, "2014-10", "2099")
    wanted = (events["kind"].isin(["concession_us", "summit", "nuclear_test"]) | (events["class"] == "refusal")
              | events["title"].str.contains("Clapper|state sponsors|byungjin|ends moratoria|reaches out"))
    return events[wanted][["date", "title"]].rename(columns={"title": "event"})


# --- findings ---------------------------------------------------------------------------------------------------

def said_in(data: Frames) -> pd.DataFrame:
    """The six years of the essay, September to August: year, official statements found in each."""
    dates, years = refusals(data)["date"], range(2008, 2014)
    return pd.DataFrame({"year": [f"{y}–{(y + 1) % 100:02d}" for y in years],
                         "statements": [int(dates.between(f"{y}-09", f"{y + 1}-08-31").sum()) for y in years]})


def no_concessions(data: Frames) -> Finding:
    """no-concessions: in words by year, and in deeds by window and measure."""
    listed, voting = not data["events"].empty, voting_starts(data)
    rows, every = [], concessions(data, min(STARTS))
    for start, label in STARTS.items():
        given = every[every["date"] >= start]
        for measure, (words, _) in MEASURES.items():
            known = listed and (measure != "delivered" or not data["pledges_and_outcomes"].empty)
            n = len(chosen(given, measure))
            rows.append({"family": "events: deeds", "part": "in deeds", "count": f"concessions {words}",
                         "from": label.split(",")[0], "found": str(n),
                         "votes": start in voting, "outcome": n == 0 if known else pd.NA})
    after, label = "2008-10-12", "12 October 2008"
    apart, (_, relief) = tally(data, after, "delivered") + len(assurances(data, after)), aid_lines(data)
    relief = relief[relief.index >= WALL]
    deed = {"family": "events: deeds", "part": "in deeds", "votes": False}
    rows += [deed | {"count": "concessions delivered, an assurance of February 2012 counted apart", "from": label,
                     "found": str(apart), "outcome": apart == 0 if listed else pd.NA},
             deed | {"count": "fiscal years with flood relief", "from": label, "family": "aid",
                     "found": f"{len(relief)}, USD {relief.sum():.1f} million",
                     "outcome": not len(relief) if listed else pd.NA}]
    years, said = said_in(data), refusals(data)
    spoken, named = int((years["statements"] > 0).sum()), int(said["nuclear"].sum())
    # A year without a statement is one for which none was found, so few years would leave the claim open.
    words = {"family": "events: statements", "part": "in words", "from": "1 September 2008"}
    rows += [words | {"count": "years with an official refusal", "found": f"{spoken} of {len(years)}", "votes": True,
                      "outcome": spoken > MOST * len(years) or pd.NA},
             words | {"count": "official refusals that name the weapons in our title", "found": f"{named} of {len(said)}",
                      "votes": False, "outcome": named > MOST * len(said) if len(said) else pd.NA}]
    counts = pd.DataFrame(rows)
    given = concessions(data, SIX_YEARS)
    sixty = int(without_step(data, given, 60).sum())
    return Finding(
        measure="In deeds: concessions that Washington made from a first day to the end of September 2014. In words: "
                "the years, September to August, for which we found an official refusal, and the refusals whose "
                "title in our list names the weapons.",
        threshold="In deeds a single concession counts against the claim. A window has a vote when its length rounds "
                  "to six years and it holds other acts than the window before; the rest are shown. In words more "
                  "than half of the years must have a refusal. A year without one is a year for which none was found, "
                  "so in words the claim can be left open and cannot fail. The refusals that name the weapons have no "
                  "vote, since our titles are short and a speech may have named them where the title does not. "
                  f"A nuclear step within {PAIR_DAYS} days makes an exchange; within 60 days the six years hold "
                  f"{sixty or 'no'} concession without one. These rules are this book's reading and were set after the "
                  "data were seen.",
        counts=counts, verdict=verdict(counts), choices=("count", "from"),
        parts={part: verdict(rows) for part, rows in counts.groupby("part", sort=False)},
        sources=list(dict.fromkeys([*given["source_id"], *said["source_id"]])))


def assurances(data: Frames, first: str) -> pd.DataFrame:
    """Statements, not filed as concessions, in which Washington denies hostile intent."""
    said = holding(dealings(data, first), kind="statement")
    return said[said["title"].str.contains("no hostile intent")]


CAPITALS = {"USA": "Washington", "KOR": "Seoul", "CHN": "Beijing"}


def shut(data: Frames, turn: str) -> pd.DataFrame:
    """Was each capital shut before a day? One row a capital and measure; `votes` marks the counts that stand alone."""
    rows, year = [], int(turn[:4])
    for capital, name in CAPITALS.items():
        for years in (2, 3):
            events = dealings(data, f"{year - years}{turn[4:]}", turn, capital)
            gave = events["class"].isin(["concession", "aid"]) & (events["actor"] == capital)
            for found, measure in ((gave, "dated gifts and concessions"),
                                   (events["class"].isin(["talks", "agreement"]), "talks and agreements")):
                n = int(found.sum())
                rows.append({"family": f"events: {name}", "capital": name, "count": measure, "years": f"{years} before",
                             "found": str(n), "votes": years == 2, "outcome": n == 0 if len(data["events"]) else pd.NA})
        amount = yearly_aid(data, capital, year - 1)
        rows.append({"family": "aid", "capital": name, "count": "aid by the year", "years": str(year - 1), "votes": True,
                     "found": "no figure" if pd.isna(amount) else f"USD {amount:.1f} million" if amount else
                     "virtually none",
                     "outcome": pd.NA if pd.isna(amount) or data["events"].empty else amount == 0})
    return pd.DataFrame(rows)


def yearly_aid(data: Frames, capital: str, year: int) -> float:
    """What a state reported to the United Nations, USD million; 0 where our list says that it gave virtually none."""
    rows = holding(data["aid"], series="fts", unit="USD_million", donor=capital)
    rows = rows[rows["period"] == str(year)]
    if len(rows):
        return float(rows["value"].iloc[0])
    none = dealings(data, "2009", str(year), capital)
    return 0.0 if none["title"].str.contains("virtually no aid").any() else float("nan")


def necessity(data: Frames) -> Finding:
    """necessity: a cause comes before its effect, so were the three capitals shut before the turn?"""
    counts = shut(data, TURN)
    events = pd.concat([dealings(data, "2011-03-01", TURN, capital) for capital in CAPITALS])
    used = events[events["class"].isin(["concession", "aid", "talks", "agreement"])]
    fund = holding(data["aid"], series="fts", period="2013", donor=["KOR", "CHN"])
    return Finding(
        measure="What each capital gave or promised in the two and the three years before 1 March 2014, its sittings "
                "and agreements with Pyongyang, and its humanitarian aid of 2013.",
        threshold="Timing fits where none is found: the essay speaks of two to three years. Three years contain the two, "
                  "so they have no vote. Any sum of yearly aid counts against, however small. The list is a selection, so "
                  "none found is weak evidence. Rival reading: the turn was drawn by new chances, Moscow's quarrel with "
                  "the West and Tokyo's wish to settle the abductions, "
                  "and needed no wall. Dates cannot tell push from pull. The rule was set after the data were seen.",
        counts=counts, verdict=claims.timing(counts), choices=("capital", "count", "years"),
        sources=pd.concat([used, fund])["source_id"].unique().tolist())


PERIODS = ((1993, 1996), (1997, 2000), (2001, 2004), (2005, 2008), (2009, 2012), (2013, 2014))  # American terms of office


def washington_goal(data: Frames) -> Finding:
    """washington-goal: a reading; did Pyongyang move towards Washington in every American term of office?"""
    rows, events = [], dealings(data)
    for first, last in PERIODS:
        part = events[events["date"].str[:4].astype(int).between(first, last)]
        steps = part[(part["class"] == "concession") & (part["actor"] == "PRK")]
        offers = part[(part["kind"] == "talks_offer") & (part["actor"] == "PRK")]
        sat, threats = part[part["class"] == "talks"], part[(part["class"] == "threat") & (part["actor"] == "PRK")]
        moves = len(steps) + len(offers) + len(sat)
        rows.append({"family": "events", "years": f"{first}–{last}", "steps and releases": len(steps),
                     "offers of talks": len(offers), "sittings": len(sat), "threats": len(threats), "votes": True,
                     "outcome": moves > 0 if len(part) else pd.NA})
    counts = pd.DataFrame(rows)
    used = events[events["class"].isin(["concession", "talks", "threat"])]
    return Finding(
        measure="Steps by Pyongyang towards Washington, offers of talks, and sittings with it, by American term of "
                "office. Threats stand beside them.",
        threshold="Timing fits when every term holds at least one: the essay says always. Over four years nearly any "
                  "two states pass, so this test has little power. Rival reading: the same steps buy time or relief "
                  "from sanctions, and want no better relations.",
        counts=counts, verdict=claims.timing(counts), sources=used["source_id"].unique().tolist())


def bomb(data: Frames) -> Finding:
    """bomb-as-guarantee: a reading; what did Pyongyang do and promise about its weapons in the six years?"""
    events = dealings(data, SIX_YEARS)
    six = events[events["actor"] == "PRK"]
    ever = dealings(data, "2001", SIX_YEARS)
    abandon = lambda part: part["title"].str.contains("abandon nuclear")  # noqa: E731
    line = six["title"].str.contains("[Bb]yungjin")
    tests = six["kind"] == "nuclear_test"
    halts = six[six["kind"] == "concession_dprk"]
    listed = not events.empty
    both = holding(dealings(data, SIX_YEARS), actor="both")
    renewed = both[both["title"].str.contains("reaffirm the joint statement of September 2005")]
    rows = [("new promises to give up the weapons", six[abandon(six)], True, lambda n: n == 0),
            ("the promise of 2005 reaffirmed", renewed, True, lambda n: n == 0),
            ("party line that keeps the weapons", six[line], True, lambda n: n > 0 or pd.NA),
            ("nuclear tests", six[tests], True, lambda n: n > 0),
            ("promises to halt, which is less than to give up", halts, False, lambda n: n == 0),
            ("promises to give up, 2001 to August 2008", ever[abandon(ever)], False, lambda n: n == 0)]
    counts = pd.DataFrame([{"family": "events", "count": name, "found": len(part), "votes": votes,
                            "outcome": fits(len(part)) if listed else pd.NA} for name, part, votes, fits in rows])
    return Finding(
        measure="What Pyongyang did and promised about its weapons from September 2008 to the essay.",
        threshold="Timing fits when no promise to give up, new or renewed, is found and the acts point the other way. Set "
                  "after the data were seen. Rival reading: "
                  "the weapons are kept to be sold dear, as the promise of 2005 and the halt of 2012 suggest. That "
                  "they are the only guarantee of survival is a belief, and no row can show it.",
        counts=counts, verdict=claims.timing(counts),
        sources=pd.concat([part for _, part, *_ in rows])["source_id"].unique().tolist())


FINDINGS = {"necessity": necessity, "washington-goal": washington_goal, "no-concessions": no_concessions,
            "bomb-as-guarantee": bomb}

THRESHOLDS = {
    "SLACK": Threshold("how far from six years a window may be", "years", ARITHMETIC, ("no-concessions",)),
    "MOST": Threshold("part of the years that need a refusal in words", "of all years", SIZED, ("no-concessions",), high=1),
    "PAIR_DAYS": Threshold("days in which two steps make an exchange", "days", CONVENTION, ("no-concessions",)),
}


# --- numbers for the prose ---------------------------------------------------------------------------------------

def numbers(data: Frames) -> dict[str, str]:
    """Every figure that the prose of this chapter names: key to text."""
    counts, said, years, given = yearly(data), refusals(data), said_in(data), concessions(data, SIX_YEARS)
    (before, all_before), (after, all_after) = years_with(counts, FIRST, WALL - 1), years_with(counts, WALL, LAST)
    finding = no_concessions(data)
    voting = finding.counts[finding.counts["votes"]].groupby("part")["outcome"].agg(["sum", "size"])
    rows, part = lanes(data), rivals(data).set_index("measure")
    total, relief = aid_lines(data)
    pledges = holding(data["pledges_and_outcomes"], partner="USA").set_index(["pledge_id", "stage"])["value"]
    running = holding(data["aid"], donor="USA", kind="all", rank=1).set_index("period")["value"]
    necessary = shut(data, TURN).query("votes")["outcome"]
    fts = {state: f"{yearly_aid(data, state, 2013):.1f}" for state in ("KOR", "CHN")}
    later = dealings(data, "2014-10", "2099")
    tests = later["kind"] == "nuclear_test"
    shares = part.loc["helpful deeds, % of American acts in the press"]
    ratio = part.loc["concessions, % of its concessions and refusals"]
    fund = donors(data).set_index("donor").sum(axis=1)
    return {
        "before": str(before), "all-before": str(all_before), "after": str(after), "all-after": str(all_after),
        "refusals": str(len(said)), "refusal-days": str(said["date"].nunique()), "named": str(int(said["nuclear"].sum())),
        "refusal-years": str(int((years["statements"] > 0).sum())), "years": str(len(years)),
        "deeds": str(voting.loc["in deeds", "size"]), "deeds-fit": str(int(voting.loc["in deeds", "sum"])),
        "six-promised": str(len(given)), "six-before": str(len(concessions(data, "2002-09-01", "2008-08-31"))),
        "promised-2006-09": str(tally(data, "2006-09-01", "promised")),
        "delivered-2008-10": str(tally(data, "2008-10-12", "delivered")),
        "weeks": f"{(pd.Timestamp('2008-10-12') - pd.Timestamp(SIX_YEARS)).days / 7:.0f}", "pair-days": str(PAIR_DAYS),
        "talks-2011": str(counts.loc[2011, "alone"]), "talks-2012": str(counts.loc[2012, "alone"]),
        "secret": str(int(rows["Journeys (hollow: secret)"]["hollow"].sum())),
        "king": str(int(dealings(data, "2013", claims.ESSAY_DATE)["title"].str.contains("withdraws.*King").sum())),
        "dprk-gives": str(counts.loc[WALL:LAST, "dprk_gives"].sum()),
        "us-refuses": str(counts.loc[WALL:LAST, "us_refuses"].sum()),
        "aid-1999": f"{total[1999]:.1f}", "aid-2008": f"{total[2008]:.1f}",
        "running": f"{running['1995-2011'] - running['1995-2009']:.1f}",
        "food-promised": f"{pledges['us-food-2008', 'promised']:,.0f}",
        "food-came": f"{pledges['us-food-2008', 'outcome']:,.0f}",
        "leap-food": f"{pledges['us-food-2012', 'promised']:,.0f}",
        "fund-usa": f"{fund['United States']:.1f}", "fund-swiss": f"{fund['Switzerland']:.1f}",
        "share-before": f"{ratio['2003–08']:.0f}", "share-after": f"{ratio['2009–14']:.0f}",
        "press-before": f"{shares['2003–08']:.1f}{PERCENT}", "press-after": f"{shares['2009–14']:.1f}{PERCENT}",
        "necessity": str(len(necessary)), "necessity-fit": str(int(necessary.sum())),
        "fund-seoul": fts["KOR"], "fund-beijing": fts["CHN"], "episodes": str(episodes(said)),
        "before-aid": str(years_with_aid(data, FIRST, WALL - 1)), "after-aid": str(years_with_aid(data, WALL, LAST)),
        "spoken-apart": str(tally(data, "2008-10-12", "delivered") + len(assurances(data, "2008-10-12"))),
        "relief-2010": f"{relief[2010]:.1f}", "relief-2011": f"{relief[2011]:.1f}",
        "later-tests": str(int((later["counted"] & tests).sum())),
    }
