"""Chapter moscow, paragraph 3: trade with Russia, the billion that was announced, the debt, and Ukraine as a date.

Everything here is a pure function of the tables that `frames` loads. Trade is two-way, in millions of US dollars.
"""

from __future__ import annotations

import itertools
import textwrap
from collections.abc import Mapping

import numpy as np
import pandas as pd

from companion import claims
from companion.claims import Finding, verdict
from companion.data import pick
from companion.evidence.series import flows, holding, inter_korean, sources_of, tables, with_gaps
from companion.evidence.thresholds import CONVENTION, ERROR, Threshold
from companion.explore import Choice, Exploration, explore
from companion.figure import COLOUR, PERCENT, Card, fixed_axes, mark_number, percent

Frames = Mapping[str, pd.DataFrame]
TABLES = ("trade", "debts", "pledges_and_outcomes", "events", "headlines", "press_events", "un_votes",
          "other_counts", "sources")

# The wording names no size, so the book shows a grid: one, two and five dollars in a hundred. It was not taken from the series.
LIMITS = (1.0, 2.0, 5.0)
CLAIM_YEARS = (2013, 2014)  # the last full year before the essay, and its own
TARGET, TARGET_YEAR = 1000.0, 2020
FIRST_RUN = 1997  # runs of growth start here: 1996 is an outlier, and the years before are the Soviet collapse
TALK_MONTHS = ("03", "06")  # spring and early summer
STEP_WINDOW = ("2013-01", "2014-08")  # whole months; the archive that was read ends on 25 September 2014
BREAK = "2014-03"
EDGE_MONTHS = 3  # a step needs so many months on each side, or a single month would pass for a level


def frames(as_of: str | None = None) -> dict[str, pd.DataFrame]:
    """The tables of this chapter, by name; with `as_of`, only what could be known on that day."""
    return tables(*TABLES, as_of=as_of)


# --- Russia's share ---------------------------------------------------------------------------------------------

WAYS = (  # count, family, series of Russia, series of the whole, South Korea in the whole, has a vote
    ("KOTRA", "kotra", "kotra", "kotra", False, True),
    ("KOTRA with South Korea", "kotra", "kotra", "kotra", True, True),
    # Correlates of War takes Russia's own reports too, by way of the IMF: for this one partner it repeats KOTRA
    ("Correlates of War", "kotra", "cow", "cow", False, False),
    ("ITPD-E", "itpd", "itpd", "itpd", False, True),
    # KOTRA relays Russian customs, so Russian figures within KOTRA's total repeat its count
    ("Russia's minister, within KOTRA's total", "kotra", "rus_official", "kotra", False, False),
    ("Russian customs, within KOTRA's total", "kotra", "rus_customs", "kotra", False, False),
    ("International Trade Centre, within KOTRA's total", "kotra", "itc", "kotra", False, False),
)


def russia_shares(data: Frames) -> pd.DataFrame:
    """Russia in North Korea's two-way trade. Columns: count, family, year, value (million), share (percent), votes, sources."""
    trade, parts = data["trade"], []
    for label, family, russia, world, south, votes in WAYS:
        part, whole = flows(trade, russia, "RUS"), flows(trade, world, "WLD")
        total, sources = whole["value"], part["sources"] + whole["sources"]
        if south:
            koreas = inter_korean(trade)
            total, sources = total + koreas["value"], sources + koreas["sources"]
        found = pd.DataFrame({"value": part["value"], "share": 100 * part["value"] / total, "sources": sources}).dropna()
        parts.append(found.rename_axis("year").reset_index().assign(count=label, family=family, votes=votes))
    shares = pd.concat(parts, ignore_index=True).astype({"year": int, "value": float, "share": float})
    return shares[["count", "family", "year", "value", "share", "votes", "sources"]]


TRADE_TRUST = (
    "North Korea publishes no trade figures, so every number is a partner's, read from the other side. KOTRA relays "
    "Russian customs, mostly through newspapers, and leaves South Korea out. Correlates of War and ITPD-E came out "
    "after the essay. ITPD-E counts services too and in dollars of 2010. Oil and coal that only pass through, aid, "
    "wages of workers in Russia and arms are in few or none of these figures.")


def nothing_card(shares: pd.DataFrame) -> Card:
    """Russia's share under every count of CLAIM_YEARS, beside the grid of LIMITS."""
    rows = shares[shares["year"].isin(CLAIM_YEARS)].reset_index(drop=True)
    votes = rows[rows["votes"]]
    under = {limit: int((votes["share"] < limit).sum()) for limit in LIMITS}
    labels = list(dict.fromkeys(rows["count"]))

    def draw(fig, narrow):
        ax = fig.subplots()
        for limit in LIMITS:
            ax.axvline(limit, color=COLOUR["muted"], lw=1, ls=(0, (3, 3)))
            ax.text(limit, -0.75, f"{limit:.0f} %", ha="center", color=COLOUR["muted"])
        for row in rows.itertuples():
            late = row.year != CLAIM_YEARS[0]
            ax.plot(row.share, labels.index(row.count), "s" if late else "o", ms=6 if narrow else 7, mec=COLOUR["RUS"], mew=1.4,
                    mfc=COLOUR["RUS"] if row.votes else COLOUR["surface"])
        for y, (mark, word) in enumerate((("o", CLAIM_YEARS[0]), ("s", CLAIM_YEARS[1]))):
            ax.plot(3.6, y, mark, ms=6, color=COLOUR["RUS"])
            ax.text(3.8, y, str(word), va="center")
        ax.set(xlim=(0, 5.4), ylim=(len(labels) - 0.4, -1), xticks=[], yticks=range(len(labels)))
        ax.set_yticklabels([textwrap.fill(label.split(",")[0], 17) if narrow else label for label in labels], fontsize=8.5)
        ax.spines[["bottom", "left"]].set_visible(False)
        ax.tick_params(length=0)

    return Card(
        name="moscow-nothing",
        title=f"Of {len(votes)} counts of Russia's share, {'all' if under[5.0] == len(votes) else under[5.0]} lie "
              f"below five percent, {under[2.0]} below two and {under[1.0]} below one",
        alt=f"Dots for Russia's share of North Korea's trade in 2013 and 2014 under {len(labels)} ways of counting, "
            f"from {rows['share'].min():.1f} to {rows['share'].max():.1f} percent, beside lines at one, two and five "
            "percent. ITPD-E lies highest, above two percent in both years.",
        draw=draw, table=rows[["count", "year", "value", "share", "votes"]].rename(columns={
            "value": "trade, million dollars", "share": "share, %", "votes": "has a vote"}),
        sources=sources_of(rows), trust=TRADE_TRUST, height=4.4,
        sentence="Dots are 2013, squares 2014. Hollow marks go back to Russian reports, as KOTRA does, and do not vote.")


def rivals(shares: pd.DataFrame) -> pd.DataFrame:
    """Trade with Russia side by side: million dollars and share in 2012 to 2014, and the yearly changes in percent."""
    wide = shares[shares["year"].between(2012, 2014)].pivot(index="count", columns="year", values=["value", "share"])
    table = wide["value"].rename(columns=str)
    for year in CLAIM_YEARS:
        table[f"change {year}, %"] = 100 * (table[f"{year}"] / table[f"{year - 1}"] - 1)
    table = table.assign(**{f"share {year}, %": wide["share"][year] for year in CLAIM_YEARS})
    return table.reindex(dict.fromkeys(shares["count"])).rename_axis(index="count", columns=None).reset_index()


# --- the line, and the billion ----------------------------------------------------------------------------------

def long_line(data: Frames) -> pd.Series:
    """Correlates of War, million dollars by year from 1992 on (the zeros before mean: not coded)."""
    return flows(data["trade"], "cow", "RUS")["value"].loc[1992:]


def line_card(data: Frames) -> Card:
    """Trade with Russia from 1992 to 2014: Correlates of War as a line, KOTRA as squares."""
    line, kotra = long_line(data), flows(data["trade"], "kotra", "RUS").loc[:2014]
    odd, shown = line[1996], line.drop(1996)
    later = shown.loc[FIRST_RUN:]
    peak = later.idxmax()

    def draw(fig, narrow):
        ax = fig.subplots()
        ax.plot(with_gaps(shown, 1992, 2014), color=COLOUR["RUS"], marker="o", ms=4)
        ax.plot(kotra["value"], "s", ms=7, mfc="none", mec=COLOUR["text"], mew=1.2)
        ax.plot(1996, 305, "^", ms=7, mfc="none", mec=COLOUR["RUS"])
        ax.annotate(f"{odd:,.0f} in 1996,\nan outlier", (1996, 305), (8, 0), textcoords="offset points", va="center")
        mark_number(ax, f"{shown[peak]:.0f}", peak, shown[peak], COLOUR["RUS"])
        mark_number(ax, f"{shown[2013]:.0f}", 2013, shown[2013], COLOUR["RUS"])
        ax.text(1996, 150, "line:\nCorrelates\nof War", color=COLOUR["RUS"])
        ax.text(2014, 28, "squares: KOTRA", ha="right")
        ax.set(ylim=(0, 330), yticks=[0, 100, 200, 300], xticks=[1992, 1998, 2004, 2010, 2014])
        ax.set_title("Trade with Russia, million US dollars", loc="left")
        if narrow:
            ax.set_xticks([1992, 1999, 2006, 2013])

    table = pd.DataFrame({"Correlates of War, million dollars": line.astype("Int64"), "KOTRA, million dollars": kotra["value"]})
    return Card(
        name="moscow-line",
        title=f"In 2013 trade with Russia came to {shown[2013]:.0f} million dollars, "
              f"{'less' if 2 * shown[2013] < shown[peak] else 'more'} than half of what it was in {peak}",
        alt=f"Line of trade with Russia in million dollars. {shown[1992]:.0f} in 1992, {shown[2000]:.0f} in 2000, a "
            f"peak of {shown[peak]:.0f} in {peak}, {shown[2009]:.0f} in 2009, {shown[2013]:.0f} in 2013. The "
            f"{odd:.0f} of 1996 is set apart. KOTRA's figures lie near the line except in 2010.",
        draw=draw, table=table.rename_axis("year").reset_index(),
        sources=list(dict.fromkeys([*sources_of(flows(data["trade"], "cow", "RUS").loc[1992:]), *sources_of(kotra)])),
        trust=TRADE_TRUST + " The figure of 1996 is ten times that of the year before, and most likely an error; it is drawn apart "
              "and enters no calculation. For 2010 the two sources differ by more than half.",
        sentence="Most of it is what Russia sold. The line is Correlates of War, the squares are KOTRA, where it has a figure.")


def best_run(line: pd.Series, years: int) -> tuple[float, int]:
    """(growth in percent a year, first year) of the best run of so many years."""
    growth = 100 * ((line.shift(-years) / line) ** (1 / years) - 1)
    return float(growth.max()), int(growth.idxmax())


def needed(base: float, years: int, target: float = TARGET) -> float:
    """Growth in percent a year that takes `base` to `target` in so many years."""
    return 100 * ((target / base) ** (1 / years) - 1)


BASES = {  # key: (words, series, year)
    "kotra-2013": ("KOTRA, 2013", "kotra", 2013),
    "kotra-2012": ("KOTRA, 2012", "kotra", 2012),
    "kotra-2014": ("KOTRA, 2014", "kotra", 2014),
    "minister": ("Russia's minister, 2013", "rus_official", 2013),
    "itpd": ("ITPD-E, 2013 (with services, dollars of 2010)", "itpd", 2013),
}
REPORTED = {"kotra": ("KOTRA", "s"), "rus_customs": ("Russian customs", "o"), "itc": ("Trade Centre", "^"),
            "rus_official": ("Russian officials", "D")}


def rates(line: pd.Series) -> dict[str, tuple[str, float]]:
    """Paces that were once kept: key to (words, percent a year)."""
    runs = {word: (years, *best_run(line, years)) for years, word in ((3, "three"), (5, "five"), (7, "seven"))}
    return {word: (f"the best {word} years, {first} to {first + years}", rate) for word, (years, rate, first) in runs.items()}


def reported(data: Frames) -> pd.DataFrame:
    """What was reported for 2012 to 2024: columns year, value, series, sources; the first of REPORTED that has the year."""
    parts = [flows(data["trade"], series, "RUS").assign(series=series) for series in REPORTED]
    rows = pd.concat(parts).rename_axis("year").reset_index()
    return rows[rows["year"].between(2012, 2024)].drop_duplicates("year").sort_values("year", ignore_index=True)


def bases(data: Frames) -> dict[str, pd.Series]:
    """Trade in the year of each of BASES: key to (value, sources)."""
    return {key: flows(data["trade"], series, "RUS").loc[year] for key, (_, series, year) in BASES.items()}


def billion_card(starts: Mapping[str, pd.Series], line: pd.Series, facts: pd.DataFrame, base: str, rate: str, end: int) -> Card:
    """A pace kept from a base year to an end year, beside the pace that a billion needs and what was reported.

    starts: as of `bases`; line: million dollars by year, from which the paces are taken; facts: as of `reported`.
    """
    _, series, start = BASES[base]
    amount = starts[base]["value"]
    pace_words, pace = rates(line)[rate]
    years = end - start
    need, best = needed(amount, years), best_run(line, years)
    x = np.arange(start, end + 1)
    path, way = (amount * (1 + g / 100) ** (x - start) for g in (pace, need))
    reached = path[-1] >= TARGET
    title = (f"From {amount:.0f} million in {start}, at {pace:.1f}{PERCENT} a year: {path[-1]:,.0f} million in {end}, "
             + ("the billion is reached" if reached else "short of the billion"))
    fact = facts[facts["year"] == end]
    sentence = (f"A billion by {end} needs {need:.1f} % a year for {years} years. The best run of {years} years from "
                f"{FIRST_RUN} to 2014 grew by {best[0]:.1f} % a year. Reported for {end}: "
                + (f"{fact['value'].iloc[0]:.1f} million." if len(fact) else "no figure."))
    if series == "itpd":
        sentence += " ITPD-E holds services and dollars of 2010, so it is set beside the target only for scale."

    def draw(fig, narrow):
        ax = fixed_axes(fig, left=0.17 if narrow else 0.08, right=0.95)
        ax.axhline(TARGET, color=COLOUR["muted"], lw=1)
        ax.text(2011.7, 1020, "a billion")
        ax.plot(x, way, color=COLOUR["muted"], lw=1.4, ls=(0, (4, 2)))
        mid = start + np.log(600 / amount) / np.log(1 + need / 100)
        ax.annotate("needed", (mid, 600), (-7 if pace < need else 7, 0), textcoords="offset points", color=COLOUR["muted"],
                    ha="right" if pace < need else "left", va="center")
        ax.plot(x, path, color=COLOUR["RUS"], lw=2.2)
        for s, part in facts.groupby("series", sort=False):
            ax.plot(part["year"], part["value"], REPORTED[s][1], ms=4.5, mfc="none", mec=COLOUR["text"])
        ax.plot(start, amount, "o", ms=8, color=COLOUR["RUS"])
        if path[-1] <= 1200:
            mark_number(ax, f"{path[-1]:,.0f}", end, path[-1], COLOUR["RUS"], right=end == 2024)
        else:  # the line leaves the picture through the top
            off = start + np.log(1230 / amount) / np.log(1 + pace / 100)
            mark_number(ax, f"{path[-1]:,.0f} ↑", off, 1130, COLOUR["RUS"], right=True)
        ax.text(2024.4, 150, "as reported", ha="right", fontsize=8.5)
        ax.set(xlim=(2011.5, 2024.6), ylim=(0, 1250), xticks=[2012, 2016, 2020, 2024], yticks=[0, 500, 1000])
        ax.set_yticklabels(["0", "500", "1,000"])
        ax.set_title("Trade with Russia, million US dollars", loc="left")

    table = facts.assign(by=[REPORTED[s][0] for s in facts["series"]])[["year", "value", "by"]].merge(
        pd.DataFrame({"year": x, "at this pace": path, "pace that is needed": way}), how="outer", on="year")
    return Card(
        name="moscow-billion", title=title,
        alt="A rising line of trade at a steady pace, a dashed line of the pace that is needed, and small marks of "
            f"the trade that was reported, which stays low. {title}. {sentence}",
        draw=draw, table=table.rename(columns={"value": "reported, million dollars", "by": "reported by"}),
        sources=list(dict.fromkeys([*starts[base]["sources"], *sources_of(facts), "cow_dyadic"])),
        trust=f"Pace: {pace_words}. " + TRADE_TRUST + " The reported marks come from four reporters (their shapes differ), so they are "
              "not joined. A steady pace is arithmetic and no forecast. In September 2014 what KOTRA and the minister gave for 2012 and "
              "2013 was out; the edition of Correlates of War that gives the paces, ITPD-E and all later years were not.",
        sentence=sentence)


def billion_exploration(data: Frames) -> Exploration:
    """Choose where to start, the pace, and the year by which the billion is due."""
    starts, line, facts = bases(data), long_line(data).loc[FIRST_RUN:], reported(data)
    return explore(
        lambda **state: billion_card(starts, line, facts, **state), "reach-a-billion", "How fast must trade grow to reach a billion?",
        base=Choice("Start from", {key: f"{words}: {starts[key]['value']:.0f} million" for key, (words, *_) in BASES.items()}),
        rate=Choice("Yearly growth", {key: f"{rate:.1f} %: {words}" for key, (words, rate) in rates(line).items()}, default="seven"),
        end=Choice("Due by", {2018: "2018", 2020: "2020, as announced", 2024: "2024"}, "radio", TARGET_YEAR))


# --- the debt, and what was promised ----------------------------------------------------------------------------

def debt_card(data: Frames) -> Card:
    """The Russian debt on paper, what was left of it, and its market value."""
    rows = pick(data["debts"].query("creditor == 'RUS' and year >= 2012"), ["measure"]).set_index("measure")
    trade = flows(data["trade"], "kotra", "RUS")
    bars = [("debt on paper, 2012", rows.loc["owed", "value"]), ("left to pay, 2014", rows.loc["left_after_write_off", "value"]),
            ("all of it at the market\nrate of the rouble", rows.loc["market_value", "value"]),
            ("for scale: trade in 2013", trade["value"][2013])]
    left, market = bars[1][1], bars[2][1]

    def draw(fig, narrow):
        ax = fig.subplots()
        for y, (_, value) in enumerate(bars):
            ax.barh(y, value, height=0.5, color=COLOUR["RUS"] if y < 2 else COLOUR["surface"], edgecolor=COLOUR["RUS"])
            ax.text(value + (350 if narrow else 150), y, f"{value:,.0f}", va="center")
        ax.set(yticks=range(len(bars)), yticklabels=[b[0].replace("\n", "\n" if narrow else " ") for b in bars], xticks=[],
               xlim=(0, 16500 if narrow else 13200), ylim=(len(bars) - 0.5, -0.5))
        ax.set_title("million US dollars", loc="left")
        ax.spines[["bottom", "left"]].set_visible(False)
        ax.tick_params(length=0)

    return Card(
        name="moscow-debt",
        title=f"The tenth of the debt that was left, {left:,.0f} million dollars, is "
              f"{'more' if left > market else 'less'} than all of it was worth at the market rate",
        alt=f"Four bars in million dollars: the debt on paper {bars[0][1]:,.0f}, the part left to pay {left:,.0f}, "
            f"the whole at the market rate {market:,.0f}, and for scale trade in 2013, {bars[3][1]:,.0f}. The first "
            "dwarfs the others.",
        draw=draw, table=pd.DataFrame(bars, columns=["what", "million dollars"]).replace({"what": {"\n": " "}}, regex=True),
        sources=list(dict.fromkeys([*rows.loc[["owed", "left_after_write_off", "market_value"], "source_id"], *trade["sources"][2013]])),
        trust="The debt was in Soviet roubles. The large figures turn them into dollars at a Soviet rate, which no "
              "bank paid. The market figure was worked out by one newspaper in February 2014, and it does not show "
              "its sum. No record of an instalment was found.",
        sentence="Filled: at the Soviet rate. Hollow: at the market rate, and a year's trade.", height=2.9)


def promises(data: Frames) -> pd.DataFrame:
    """Russian promises and what came of them: columns what, promised, due, delivered, unit, part (percent), status, sources."""
    rows = holding(data["pledges_and_outcomes"], partner="RUS")
    both = rows[rows["stage"] == "promised"].merge(rows[rows["stage"] == "outcome"], on="pledge_id", suffixes=("", "_out"))
    return pd.DataFrame({
        "what": both["what"], "announced": both["date"], "promised": both["value"], "delivered": both["value_out"],
        "unit": both["unit"].str.replace("_", " "), "part": 100 * both["value_out"] / both["value"],
        "status": both["status_out"].str.replace("_", " "), "sources": both[["source_id", "source_id_out"]].to_numpy().tolist()})


SHORT = {"yearly trade": "trade by 2020", "yearly capacity": "railway and port of Rajin",
         "1.5 million": "coal in 2015 (first quarter only)", "railway project": "railway project Pobeda", "50,000": "wheat in 2014"}


def promises_card(data: Frames) -> Card:
    """What part of each promise was delivered."""
    rows = promises(data).sort_values("part", ascending=False, na_position="last", ignore_index=True)
    labels = [next(short for start, short in SHORT.items() if what.startswith(start)) for what in rows["what"]]
    kept = rows[rows["status"] == "kept"]

    def draw(fig, narrow):
        ax = fig.subplots()
        for y, row in enumerate(rows.itertuples()):
            known = pd.notna(row.part)
            ax.barh(y, row.part if known else 0, height=0.5, color=COLOUR["RUS"])
            ax.text((row.part if known else 0) + 1.5, y, f"{row.part:.0f} %" if known else "none found", va="center")
        ax.axvline(100, color=COLOUR["muted"], lw=1, ls=(0, (3, 3)))
        ax.set(yticks=range(len(rows)), yticklabels=[textwrap.fill(label, 16 if narrow else 40) for label in labels], xticks=[],
               xlim=(0, 140 if narrow else 120), ylim=(len(rows) - 0.4, -0.6))
        ax.set_title("delivered" if narrow else "part of the promise that was delivered", loc="left")
        ax.spines[["bottom", "left"]].set_visible(False)
        ax.tick_params(length=0)

    return Card(
        name="moscow-promises",
        title=f"Of {len(rows)} Russian promises that somebody followed up, {len(kept)} {'is' if len(kept) == 1 else 'are'} known to "
              "have been kept in full" + (": wheat" if list(kept["what"].str.contains("wheat")) == [True] else ""),
        alt="Bars of the part of each promise that was delivered: " + "; ".join(
            f"{label} {f'{part:.0f} percent' if pd.notna(part) else 'nothing found'}" for label, part in zip(labels, rows["part"])) + ".",
        draw=draw, sources=sources_of(rows),
        table=rows.drop(columns="sources").rename(columns={"part": "delivered, %"}).assign(
            **{name: rows[name].map("{:,.0f}".format, na_action="ignore") for name in ("promised", "delivered")}),
        trust="These are the promises that a source followed to an outcome, and not all that were made, so the bars "
              "give no rate of kept promises. The freight of the railway is compared with its design capacity; its "
              "outcome is rounded and its year assumed. Of the coal of 2015 only the first quarter was seen.",
        sentence="A promise and its outcome come from different sources and dates; both stand in the table.", height=3.1)


# --- did Ukraine open the door? ---------------------------------------------------------------------------------

RULES = {"contact_last": "last list", "contact_first": "first list"}
PARTNERS = {"RUS": "Russia", "EUROPE": "Europe", "JPN": "Japan"}
MONTHS = {"2014-01": "January", "2014-02": "February", "2014-03": "March", "2014-04": "April", "2014-05": "May"}


def by_month(data: Frames, partner: str, column: str) -> pd.Series:
    """Monthly figures of the state news agency's headlines on one partner, by period (YYYY-MM)."""
    rows = holding(data["headlines"], window="month", partner=partner)
    return rows.set_index("period")[column].sort_index().astype(float)


def step_fit(line: pd.Series, at: str) -> float:
    """Percent of the ups and downs of a line that one step at a month accounts for: its level before, its level from then on."""
    spread = lambda part: ((part - part.mean()) ** 2).sum() if len(part) else 0.0  # noqa: E731
    values, later = line.to_numpy(), (line.index >= at)  # plain arrays: the lines are short and the months many
    whole = spread(values)
    return float(100 * (1 - (spread(values[~later]) + spread(values[later])) / whole)) if whole else 0.0


def inner_months(line: pd.Series) -> pd.Index:
    """The months at which a step leaves EDGE_MONTHS or more on each side."""
    return line.index[EDGE_MONTHS:len(line) - EDGE_MONTHS + 1]


def step_fits(line: pd.Series) -> pd.Series:
    """`step_fit` for every month with a step up that leaves EDGE_MONTHS or more on each side."""
    values, later = line.to_numpy(), {month: line.index >= month for month in inner_months(line)}
    rises = [month for month, after in later.items() if values[after].mean() > values[~after].mean()]
    return pd.Series({month: step_fit(line, month) for month in rises}, dtype=float)


HEADLINE_TRUST = (
    "Headlines of one news agency, picked by lists of words. They show what Pyongyang chose to report, and not what "
    "Moscow wanted. The word lists were revised after the headlines of 2013 and 2014 had been read, so the first "
    "and the last list are both given. 2013 was a low year: in 2011 and 2012, when the archive is larger, Russia "
    "had more. A headline may be about a wreath.")


def step_card(data: Frames, partner: str, rule: str, at: str) -> Card:
    """Monthly contact headlines with one partner, and one step."""
    line = by_month(data, partner, rule).loc[slice(*STEP_WINDOW)]
    before, after = line[line.index < at].mean(), line[line.index >= at].mean()
    fits = step_fits(line)
    best, fit, name = fits.idxmax(), step_fit(line, at), PARTNERS[partner]
    title = (f"{name}: a step {'up' if after > before else 'down'} in {MONTHS[at]} 2014 accounts for {fit:.0f}{PERCENT} of the "
             "ups and downs, "
             + ("more than one in any other month" if best == at else
                f"one up in {pd.Timestamp(best):%B %Y} for {fits.max():.0f}{PERCENT}"))

    def draw(fig, narrow):
        ax = fixed_axes(fig, left=0.13 if narrow else 0.06)
        x, cut = np.arange(len(line)), list(line.index).index(at)
        ax.bar(x, line, width=0.72, edgecolor=COLOUR["muted"], linewidth=0.8,
               color=[COLOUR["band"] if i >= cut else COLOUR["surface"] for i in x])
        for (a, b), mean in (((0, cut - 1), before), ((cut, len(line) - 1), after)):
            ax.plot([a - 0.4, b + 0.4], [mean, mean], color=COLOUR["text"], lw=3, solid_capstyle="butt")
        mark_number(ax, f"{before:.1f}", 1.2, before, COLOUR["text"])
        mark_number(ax, f"{after:.1f}", len(line) - 1.6, after, COLOUR["text"])
        ax.axvline(cut - 0.5, color=COLOUR["text"], lw=1, ls=(0, (3, 3)))
        ax.text(cut - 0.7, 29.5, f"step: {MONTHS[at]}", ha="right", va="top")
        ax.set(ylim=(0, 30), yticks=[0, 10, 20, 30], xlim=(-0.8, len(line) - 0.2))
        ax.set_xticks([0, 6, 12, 18], ["Jan 2013", "July", "Jan 2014", "July"])
        ax.set_title(f"Contact headlines a month: {name}", loc="left")

    return Card(
        name="moscow-step", title=title,
        alt=f"Bars of monthly contact headlines, January 2013 to August 2014. {title}. Mean before {before:.1f}, from then on {after:.1f}.",
        draw=draw, table=pd.DataFrame({"month": [f"{pd.Timestamp(m):%b\u00a0%Y}" for m in line.index], "headlines": line.to_numpy(int)}),
        sources=["kcna-headlines-marquez"],
        trust=HEADLINE_TRUST,
        sentence=f"{RULES[rule].capitalize()}: {before:.1f} headlines a month before {MONTHS[at]} 2014, {after:.1f} from then on.")


def step_exploration(data: Frames) -> Exploration:
    """Choose the partner, the word list and the month of the step."""
    return explore(
        lambda **state: step_card(data, **state), "when-did-it-start", "When did it start, and with Russia alone?",
        partner=Choice("Headlines on", PARTNERS, "radio"),
        rule=Choice("Word list", {"contact_last": "last", "contact_first": "first"}, "radio"),
        at=Choice("Month of the step, 2014", MONTHS, "range", "2014-02"))


def russian_steps(data: Frames) -> pd.DataFrame:
    """Rows of counted deals, works, visits and aid between Russia and North Korea, 2012 to the essay, by date."""
    events = data["events"]
    mine = (events["partners"].str.contains("RUS", na=False) & events["counted"] & (events["date"] >= "2012")
            & (events["date"] < claims.ESSAY_DATE))
    return events[mine & events["class"].isin(["agreement", "economy", "visit", "aid"])].sort_values("date")


def steps_table(data: Frames) -> pd.DataFrame:
    """`russian_steps` as a reader's table: date, what happened, side of the break (March 2014)."""
    steps = russian_steps(data)
    # the visit on which the protocol of 28 March was signed has a row of its own; here both are one step
    steps = steps[steps["event_id"] != "2014-03-28-russia-dprk-protocol-announced"]
    side = np.where(steps["date"].str[:7] < BREAK, "before", "March or later")
    return pd.DataFrame({"date": steps["date"], "step": steps["title"], "when": side})


def opening_measures(data: Frames) -> pd.DataFrame:
    """Measures of an opening, 2013 against 2014: columns measure, 2013, 2014, change (percent; of a percentage, points)."""
    same = holding(data["headlines"], window="jan1_sep25", partner="RUS").set_index("period")
    press = data["press_events"].query("partner == 'RUS' and year >= 2013").set_index(["direction", "year"])["verbal_cooperation"]
    votes = 100 * holding(data["un_votes"], partner="RUS").set_index("year")["agree_strict"]
    rows = [(f"Contact headlines to 25 September, {rule}", *(same[column].get(str(year)) for year in (2013, 2014)))
            for column, rule in RULES.items()]
    rows += [("Headlines that name Russia, to 25 September", *(same["mentions"].get(str(year)) for year in (2013, 2014)))]
    rows += [(f"Friendly words in the world press, {words}", *(press.get((way, year)) for year in (2013, 2014)))
             for way, words in (("to_prk", "Russia to North Korea"), ("from_prk", "North Korea to Russia"))]
    rows += [("Same vote in the UN General Assembly, %", votes.get(2013), votes.get(2014))]
    rows += [(f"Trade, million dollars, {words}", *(flows(data["trade"], series, "RUS")["value"].get(year) for year in (2013, 2014)))
             for series, words in (("kotra", "KOTRA"), ("cow", "Correlates of War"), ("itpd", "ITPD-E"))]
    table = pd.DataFrame(rows, columns=["measure", "2013", "2014"]).astype({"2013": float, "2014": float})
    points = table["measure"].str.endswith("%")
    return table.assign(change=(table["2014"] - table["2013"]).where(points, 100 * (table["2014"] / table["2013"] - 1)))


def opening_table(data: Frames) -> pd.DataFrame:
    """`opening_measures` as a reader's table, in text: counts whole, the change with its unit."""
    table = opening_measures(data)
    places = [1 if row.measure.endswith("%") or row.measure.startswith("Trade") else 0 for row in table.itertuples()]
    show = {year: [f"{value:,.{n}f}" for value, n in zip(table[year], places)] for year in ("2013", "2014")}
    change = [f"{row.change:+.1f} {'points' if row.measure.endswith('%') else '%'}".replace("-", "−") for row in table.itertuples()]
    return table[["measure"]].assign(**show, change=change)


# --- findings ---------------------------------------------------------------------------------------------------



def nil(data: Frames) -> Finding:
    """russia-trade-nil: is Russia's share below each limit of the grid, for every count and year that had been published?"""
    shares = russia_shares(data)
    shares = shares[shares["year"].isin(CLAIM_YEARS)]
    grid = [row._asdict() | {"limit, %": limit, "outcome": row.share < limit}
            for row, limit in itertools.product(shares.itertuples(index=False), LIMITS)]
    counts = pd.DataFrame(grid, columns=[*shares.columns, "limit, %", "outcome"]).rename(columns={"share": "share, %"})
    counts = counts.astype({"votes": bool})
    voting = shares[shares["votes"]]
    under = [f"{(voting['share'] < limit).sum()} of {len(voting)} below {limit:g}" for limit in (0.5, *LIMITS)]
    parts = {f"below {limit:g} percent": verdict(counts[counts["limit, %"] == limit]) for limit in reversed(LIMITS)}
    words = set(parts.values())
    return Finding(
        measure="Russia's share of North Korea's two-way trade, in percent, for 2013 and 2014.",
        threshold="The words name no size, so each of three limits has a verdict of its own: one, two and five dollars in "
                  "a hundred. No sum is made of them, since they are three readings and not three measurements. They were "
                  f"set after the data were seen. In percent, the counts lie: {', '.join(under)}. Below half a percent the "
                  "share would round to nothing. On the wording, a Russian minister called the trade of 2013 “insignificant” "
                  "on 5 June 2014.",
        counts=counts[["count", "family", "year", "share, %", "limit, %", "votes", "outcome"]],
        verdict=words.pop() if len(words) == 1 else claims.DEPENDS_ON_THE_LIMIT, parts=parts, choices=("count", "year", "limit, %"),
        sources=list(dict.fromkeys([*sources_of(shares), *flows(data["trade"], "rus_official", "RUS")["sources"].get(2013, [])])))


def talk(data: Frames) -> Finding:
    """russia-talk: headlines on contacts in March to June 2014, and reports of a plan for far more trade."""
    rows = []
    whole = by_month(data, "RUS", "headlines")
    for column, rule in RULES.items():
        line = by_month(data, "RUS", column)
        season = line[line.index.str[5:].isin([f"{m:02d}" for m in range(int(TALK_MONTHS[0]), int(TALK_MONTHS[1]) + 1)])]
        years = season.groupby(season.index.str[:4]).sum()
        share = 1000 * years / whole[season.index].groupby(season.index.str[:4]).sum()
        for unit, values, bases in (("headlines", years, ["2013"]), ("per thousand headlines", share, ["2013", "2008–13"])):
            for base in bases:
                if "2014" not in values:
                    continue
                past = values["2013"] if base == "2013" else values.loc["2008":"2013"].mean()
                rows.append({"family": "headlines", "part": "better ties", "count": f"{unit}, {rule}", "compared with": base,
                             "before": past, "2014": values["2014"], "votes": True, "outcome": bool(values["2014"] > past)})
    press = holding(data["press_events"], partner="RUS").pivot(index="year", columns="direction", values="verbal_cooperation")
    if 2014 in press.index:
        rows += [{"family": "press_events", "part": "better ties", "count": f"friendly words in the world press, {way}, whole year",
                  "compared with": "2013", "before": float(press.loc[2013, key]), "2014": float(press.loc[2014, key]), "votes": False,
                  "outcome": bool(press.loc[2014, key] > press.loc[2013, key])}
                 for key, way in (("to_prk", "Russia to North Korea"), ("from_prk", "North Korea to Russia"))]
    events = data["events"]
    found = events[(events["partners"] == "RUS") & events["date"].between("2014-03", "2014-07-15")
                   & events["title"].str.contains("trade|protocol") & events["title"].str.contains(r"\$1bn|USD 1 billion")]
    publisher = data["sources"].set_index("source_id")["publisher"]
    names = found["source_id"].map(publisher)
    rows += [{"family": name, "part": "far more trade", "count": f"{date}: {title}", "votes": not again, "outcome": True}
             for name, date, title, again in zip(names, found["date"], found["title"], names.duplicated())]
    counts = pd.DataFrame(rows, columns=["family", "part", "count", "compared with", "before", "2014", "votes", "outcome"])
    counts = counts.astype({"votes": bool})
    parts = {part: verdict(counts[counts["part"] == part]) for part in ("better ties", "far more trade")}
    return Finding(
        measure="Better ties: headlines of North Korea's news agency on contacts with Russia, March to June. Far "
                "more trade: publishers that report a plan for a billion dollars of yearly trade between March and "
                "mid-July 2014.",
        threshold="More than in the same months before counts, since the wording gives no size. Counts of headlines "
                  "are compared with 2013 alone, because the archive doubles in 2011. One vote for each publisher. "
                  "Press events are of the whole year, with months after the essay, and have no vote. Set after the "
                  "data were seen.",
        counts=counts, parts=parts, choices=("count", "compared with"),
        verdict=claims.NOT_TESTABLE if claims.NOT_TESTABLE in parts.values() else verdict(counts),
        sources=[*data["headlines"]["source_id"].unique()[:1], *found["source_id"].unique()])


WEST = {"EU28", "CAN", "DEU", "FRA", "GBR", "ITA", "USA"}  # the Union, and the western members of the Group of Seven


def west(data: Frames) -> Finding:
    """west-break: dated acts of Western states towards Russia over Ukraine, a headline, and a vote."""
    events, sources = data["events"][data["events"]["date"] < claims.ESSAY_DATE], data["sources"].set_index("source_id")
    press = events[events["source_id"] == "mt_20140605"]["source_id"].unique()
    rows = [{"family": row.publisher, "part": "relations with the West", "date": row.published, "count": f"headline: “{row.title}”",
             "votes": True, "outcome": "recoil" in row.title} for row in sources.loc[press].itertuples()]
    over_ukraine = events[(events["partners"] == "RUS;UKR") & events["counted"]]
    acts = over_ukraine[over_ukraine["actor"].map(lambda actors: bool(WEST & set(actors.split(";")))).astype(bool)]
    rows += [{"family": sources.loc[row.source_id, "publisher"], "part": "relations with the West", "date": row.date,
              "count": row.title, "votes": True, "outcome": row.worse}
             for row in acts.assign(worse=acts["class"].isin(["sanction", "refusal"])).itertuples()]
    roll = over_ukraine[over_ukraine["kind"] == "un_vote"]
    rows += [{"family": "UN roll call", "part": "over Ukraine", "date": row.date, "count": row.title, "votes": True,
              "outcome": "with Russia against" in row.title} for row in roll.itertuples()]
    counts = pd.DataFrame(rows, columns=["family", "part", "date", "count", "votes", "outcome"]).astype({"votes": bool})
    parts = {part: verdict(counts[counts["part"] == part]) for part in ("relations with the West", "over Ukraine")}
    return Finding(
        measure="Dated acts of Western states towards Russia, a headline on both, and a dated vote on Ukraine, to September 2014.",
        threshold="A measure taken against Russia or a meeting with it called off is worse; a meeting held or a measure "
                  "lifted would count against. Nobody disputes the fact, and the two acts were "
                  "looked up because they were known. The tables follow North Korea and hold no others between Russia and the West, so they "
                  "cannot show how deep the break went.",
        counts=counts, parts=parts, verdict=claims.NOT_TESTABLE if claims.NOT_TESTABLE in parts.values() else verdict(counts),
        sources=[*press, *acts["source_id"].unique(), *roll["source_id"].unique()])


def ukraine(data: Frames) -> Finding:
    """ukraine-opening: does the step up in contacts with Russia fall in March 2014 or later? Timing only."""
    rows, possible = [], pd.Index([])
    for partner, (column, rule), start in itertools.product(
            PARTNERS, [*RULES.items(), ("mentions", "all that name it")], ("2012", "2013")):
        line = by_month(data, partner, column).loc[f"{start}-01":STEP_WINDOW[1]]
        fits = step_fits(line)
        if fits.empty:
            continue
        possible = inner_months(line)
        rows.append({"family": "headlines", "count": f"{PARTNERS[partner]}, {rule}", "months from": start,
                     "before March": line[line.index < BREAK].mean(), "from March": line[line.index >= BREAK].mean(),
                     "step up fits best in": fits.idxmax(), "it accounts for, %": fits.max(), "votes": partner == "RUS",
                     "outcome": bool(fits.idxmax() >= BREAK)})
    deals = holding(russian_steps(data), **{"class": "agreement"})["date"].str[:7]
    if len(deals):
        earlier, later = (int(deals.between(*span).sum()) for span in (("2013-08", "2014-02"), ("2014-03", "2014-09")))
        rows.append({"family": "events", "count": "agreements in our list, seven months before and after", "before March": float(earlier),
                     "from March": float(later), "votes": False, "outcome": later > earlier})
    counts = pd.DataFrame(rows, columns=["family", "count", "months from", "before March", "from March", "step up fits best in",
                                         "it accounts for, %", "votes", "outcome"]).astype({"votes": bool})
    return Finding(
        measure="Headlines a month on contacts with Russia under two word lists, and all that name it, to August 2014, from "
                "two first years: the month in which one step up fits best.",
        threshold="Timing fits when that month is March 2014 or later. Headlines that name Russia fit a step before March, "
                  "and no step accounts for much of them; they vote against. All three go back to one archive. Of the "
                  f"{len(possible)} months from 2013 on that could come out best {(possible >= BREAK).sum()} would "
                  "have passed. The rule was set after the data were seen. Rival readings: dealings begun before, "
                  "with the debt accord of September 2012, the railway of September 2013 and Sochi in February "
                  "2014; and a turn of Pyongyang's own, since contacts with Europe, by the last list, rose in the "
                  "same spring. Other partners and the list of deals have no vote.",
        counts=counts, choices=("count", "months from"),
        sources=[*data["headlines"]["source_id"].unique()[:1], *russian_steps(data)["source_id"].unique()],
        verdict=claims.timing(counts))


FINDINGS = {"russia-talk": talk, "russia-trade-nil": nil, "west-break": west, "ukraine-opening": ukraine}

THRESHOLDS = {
    "LIMITS": Threshold("Russia's share that may be called nothing", "percent", CONVENTION, ("russia-trade-nil",), members=(0, 1, 2)),
    "EDGE_MONTHS": Threshold("months on each side of a step in the headlines", "months", ERROR, ("ukraine-opening",), low=1),
}


# --- numbers for the prose ---------------------------------------------------------------------------------------

def _count(data: Frames, item: str, period: str, rank: int = 1) -> str:
    rows = data["other_counts"]
    return f"{rows.loc[(rows['item'] == item) & (rows['period'] == period) & (rows['rank'] == rank), 'value'].iloc[0]:,.0f}"


def _note_percent(trade: pd.DataFrame) -> str:
    """Growth of 2013 as the minister named it, from the note of his figure."""
    note = holding(trade, series="rus_official", year=2013)["note"].iloc[0]
    return note.split("+")[1].split("%")[0] + PERCENT


def numbers(data: Frames) -> dict[str, str]:
    """Every figure that the prose of this chapter names: key to text."""
    shares, trade = russia_shares(data), data["trade"]
    share = shares.set_index(["count", "year"])["share"]
    kotra, line = flows(trade, "kotra", "RUS")["value"], long_line(data)
    world, china = flows(trade, "kotra", "WLD")["value"], flows(trade, "kotra", "CHN")["value"]
    facts = reported(data).set_index("year")["value"]
    minister = flows(trade, "rus_official", "RUS")["value"]
    debts = pick(data["debts"].query("creditor == 'RUS' and year >= 2012"), ["measure"]).set_index("measure")["value"]
    voting, pace = nil(data).counts.query("votes"), rates(line.loc[FIRST_RUN:])
    kept = lambda rate: f"{kotra[2013] * (1 + rate / 100) ** (TARGET_YEAR - 2013):,.0f}"  # noqa: E731
    talk_row = holding(talk(data).counts, part="better ties", count="headlines, last list").iloc[0]
    step, europe = (by_month(data, partner, "contact_last").loc[slice(*STEP_WINDOW)] for partner in ("RUS", "EUROPE"))
    spring = by_month(data, "RUS", "contact_last").loc["2012-03":"2012-06"].sum()
    soviet = flows(trade, "rus_scholar", "RUS")["value"][1990]
    season = lambda year, months: f"{step[[f'{year}-{m}' for m in months]].sum():.0f}"  # noqa: E731
    kinds = {row.what.split(" ")[0]: row for row in promises(data).itertuples()}
    other = lambda year: holding(data["trade"], series="itpd", year=year, partner="EU28")["value"].sum()  # noqa: E731
    europe_first = by_month(data, "EUROPE", "contact_first").loc[slice(*STEP_WINDOW)]
    rajin = next(row for row in promises(data).itertuples() if row.what.startswith("yearly capacity"))
    signed = opening_measures(data).set_index("measure")
    votes = signed.loc["Same vote in the UN General Assembly, %"]
    press = signed.loc["Friendly words in the world press, Russia to North Korea"]
    return {
        "kotra-2013": f"{kotra[2013]:.0f}", "world-2013": f"{world[2013]:,.0f}", "share-2013": percent(share["KOTRA", 2013]),
        "dollars-2013": f"{share['KOTRA', 2013]:.2f}",
        "china-dollars": f"{100 * china[2013] / world[2013]:.0f}", "rest-2013": f"{100 - 100 * china[2013] / world[2013]:.0f}",
        "outside-china": percent(100 * kotra[2013] / (world[2013] - china[2013])),
        "cow-2005": f"{line[2005]:.0f}", "cow-1992": f"{line[1992]:.0f}", "cow-1996": f"{line[1996]:.0f}",
        "itpd-share-2013": percent(share["ITPD-E", 2013]), "itpd-2013": f"{flows(trade, 'itpd', 'RUS')['value'][2013]:.0f}",
        "itpd-eu-2013": f"{other(2013):.0f}",
        "minister-2013": f"{minister[2013]:.1f}", "minister-needed": percent(needed(minister[2013], TARGET_YEAR - 2013)),
        "itpd-2014": f"{flows(trade, 'itpd', 'RUS')['value'][2014]:.0f}", "itpd-eu-2014": f"{other(2014):.0f}",
        "growth-minister": _note_percent(trade), "growth-cow": percent(100 * (line[2013] / line[2012] - 1)),
        "growth-itpd": percent(100 * (flows(trade, "itpd", "RUS")["value"][2013] / flows(trade, "itpd", "RUS")["value"][2012] - 1)),
        **{f"fact-{year}": f"{facts[year]:.0f}" for year in (2015, 2016, 2017)},
        "autumn-2013": season(2013, ("09", "10", "11", "12")), "may-aug-2014": season(2014, ("05", "06", "07", "08")),
        "mentions-best": f"{step_fits(by_month(data, 'RUS', 'mentions').loc[slice(*STEP_WINDOW)]).max():.0f}{PERCENT}",
        "europe-first-april": f"{step_fit(europe_first, '2014-04'):.0f}{PERCENT}",
        "europe-first-best": f"{step_fits(europe_first).max():.0f}{PERCENT}",
        "coal-2015": f"{kinds['1.5'].delivered:,.0f}", "rajin-part": f"{rajin.part:.0f}{PERCENT}",
        "counts": str(len(voting) // len(LIMITS)),
        **{f"under-{limit:.0f}": str(int(voting.loc[voting["limit, %"] == limit, "outcome"].sum())) for limit in LIMITS},
        "needed": percent(needed(kotra[2013], TARGET_YEAR - 2013)), "growth-2013": percent(100 * (kotra[2013] / kotra[2012] - 1)),
        **{f"best-{word}": percent(rate) for word, (_, rate) in pace.items()},
        "five-2020": kept(pace["five"][1]), "seven-2020": kept(pace["seven"][1]),
        "fact-2014": f"{facts[2014]:.1f}", "fact-2018": f"{facts[2018]:.0f}", "fact-2020": f"{facts[2020]:.1f}",
        "fact-2021": f"{1000 * facts[2021]:,.0f} thousand", "fact-2023": f"{facts[2023]:.1f}", "fact-2024": f"{facts[2024]:.0f}",
        "actual-pace": percent(needed(kotra[2013], TARGET_YEAR - 2013, facts[2020])).replace("-", "−"),
        "debt": f"{debts['owed'] / 1000:.0f} billion", "market": f"{debts['market_value']:.0f} million",
        "left": f"{debts['left_after_write_off'] / 1000:.2f} billion", "written-off": percent(debts["share_written_off"]),
        "left-times": f"{debts['left_after_write_off'] / debts['market_value']:.1f}",
        "talk-2012": f"{spring:.0f}", "soviet-1990": f"{soviet:,.0f}",
        "talk-2013": f"{talk_row['before']:.0f}", "talk-2014": f"{talk_row['2014']:.0f}",
        "jan-feb-2013": season(2013, ("01", "02")), "jan-feb-2014": season(2014, ("01", "02")),
        "mar-apr-2013": season(2013, ("03", "04")), "mar-apr-2014": season(2014, ("03", "04")),
        "step-march": f"{step_fit(step, '2014-03'):.0f}{PERCENT}", "step-february": f"{step_fit(step, '2014-02'):.0f}{PERCENT}",
        "europe-march": f"{step_fit(europe, '2014-03'):.0f}{PERCENT}", "europe-april": f"{step_fit(europe, '2014-04'):.0f}{PERCENT}",
        "votes-2013": percent(votes["2013"]), "votes-2014": percent(votes["2014"]),
        "press-2013": f"{press['2013']:.0f}", "press-2014": f"{press['2014']:.0f}",
        # the second report is of what arrived, the first of what was planned
        "coal-2014": _count(data, "rajin_khasan_coal", "2014", rank=2), "troops": _count(data, "troops_russia", "2024"),
        "workers": _count(data, "workers_russia", "2015"), "workers-max": _count(data, "workers_russia_max", "2018"), "wheat": f"{kinds['50,000'].delivered:,.0f}",
        "trade-part": f"{kinds['yearly'].part:.0f}{PERCENT}",
    }
