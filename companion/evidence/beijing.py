"""Chapter beijing, paragraph 9: China's help, the growing dependence, three-quarters of foreign trade.

Everything here is a pure function of the tables that `frames` loads. Shares are percent of two-way trade.
"""

from __future__ import annotations

import functools
import itertools
import textwrap
from collections.abc import Callable, Mapping

import matplotlib.ticker
import numpy as np
import pandas as pd

from companion import claims
from companion.claims import Finding, verdict
from companion.data import load, pick
from companion.evidence.series import (
    AS_OF,
    as_known,
    flows,
    holding,
    inter_korean,
    remembered,
    sources_of,
    steps,
    tables,
    trend,
    vintages,
    with_gaps,
)
from companion.evidence.thresholds import CONVENTION, SIZED, WORDING, Threshold
from companion.explore import Choice, Exploration, explore
from companion.figure import COLOUR, PERCENT, Card, fixed_axes, mark_number, percent

Frames = Mapping[str, pd.DataFrame]
Line = Callable[[str, str], pd.DataFrame]  # `flows` of one trade table: series, partner
TABLES = ("trade", "trade_shares", "commodities", "aid", "official_visits", "un_votes", "press_events", "events",
          "share_definitions")

# "Three-quarters" is read as nearer to 3/4 than to 2/3 or 4/5: the wording sets the band, not the series.
BAND = (100 * (2 / 3 + 3 / 4) / 2, 100 * (3 / 4 + 4 / 5) / 2)
NEAREST_QUARTER = (62.5, 87.5)  # nearer to three-quarters than to a half or the whole
ERROR = 2.0  # points: what rounding and revision alone can move a share of this kind
CLAIM_YEARS = (2012, 2013, 2014)  # the two full years before the essay, and its own
STEADY = 0.9  # "steadily": a rise in nine steps of ten
LEAST_STEPS = 3  # fewer yearly steps are no test of steadiness
LATE_START = 1  # years: a series may begin so much later than its window
HISTORY = 3  # earlier years: a mean of one or two is no history
FIRST_XI_YEAR = 2013


def frames(as_of: str | None = None) -> dict[str, pd.DataFrame]:
    """The tables of this chapter, by name; with `as_of`, only what could be known on that day."""
    return tables(*TABLES, as_of=as_of)


# --- China's share of trade -------------------------------------------------------------------------------------

def _published(data: Frames, row, south: pd.DataFrame, line: Line) -> pd.DataFrame:
    shares = data["trade_shares"]
    shares = shares[(shares["series"] == row.numerator) & (shares["partner"] == "CHN") & (shares["flow"] == "total")]
    found = pick(shares, ["year"]).set_index("year")
    return pd.DataFrame({"share": found["value"], "sources": found["source_id"].map(lambda s: [s])})


def _share(south: pd.DataFrame, row, part: pd.Series, whole: pd.Series, sources: pd.Series) -> pd.DataFrame:
    """Percent by year of a part in the whole, with trade between the Koreas in the whole where the definition counts it."""
    if row.south_korea == "in":  # Seoul keeps this trade out of every foreign-trade total, so it is added here
        whole, sources = whole + south["value"], sources + south["sources"]
    return pd.DataFrame({"share": 100 * part / whole, "sources": sources}).dropna()


def _values(data: Frames, row, south: pd.DataFrame, line: Line) -> pd.DataFrame:
    china, world = line(row.numerator, "CHN"), line(row.denominator, "WLD")
    return _share(south, row, china["value"], world["value"], china["sources"] + world["sources"])


def _customs_in_kotra(data: Frames, row, south: pd.DataFrame, line: Line) -> pd.DataFrame:
    """Chinese customs above the line; below it KOTRA's total with its own China part taken out and customs put in."""
    customs, china, world = line(row.numerator, "CHN"), line(row.denominator, "CHN"), line(row.denominator, "WLD")
    total = world["value"] - china["value"] + customs["value"]
    return _share(south, row, customs["value"], total, customs["sources"] + world["sources"] + china["sources"])


def _weighted_shares(data: Frames, row, south: pd.DataFrame, line: Line) -> pd.DataFrame:
    """CIA: export and import shares weighted by the exports and imports of the same edition and the same year."""
    trade, shares = (data[t][data[t]["series"] == "cia"] for t in ("trade", "trade_shares"))
    total = pick(trade[trade["partner"] == "WLD"], ["vintage", "year", "flow"])
    total = total.set_index(["vintage", "year", "flow"])["value"].to_dict()
    found, editions = {}, {(vintage, year) for vintage, year, _ in total}
    shares = shares[np.array([key in editions for key in zip(shares["vintage"], shares["year"])], dtype=bool)]
    for (vintage, year), part in pick(shares, ["vintage", "year", "flow", "partner"]).groupby(["vintage", "year"]):
        cells = dict(zip(zip(part["flow"], part["partner"]), part["value"]))
        partners = ("CHN", "KOR") if row.south_korea == "out" else ("CHN",)
        weight = {flow: total.get((vintage, year, flow)) for flow in ("exports", "imports")}
        # an edition that gives totals and shares of different years, or no share of South Korea
        if None in weight.values() or not {*weight} <= {*part["flow"]} or not {*partners} <= {*part["partner"]}:
            continue
        share = {p: sum(cells.get((flow, p), 0.0) * weight[flow] for flow in weight) for p in partners}
        # a later edition of the same year replaces an earlier one
        found[year] = {"share": share["CHN"] / (sum(weight.values()) - share.get("KOR", 0.0) / 100),
                       "sources": list(part["source_id"].unique())}
    return pd.DataFrame.from_dict(found, orient="index", columns=["share", "sources"])


_METHODS = {"published_share": _published, "values": _values,
            "customs_in_kotra": _customs_in_kotra, "weighted_shares": _weighted_shares}


def china_shares(data: Frames) -> pd.DataFrame:
    """China's share of two-way trade under every definition and year.

    Columns: definition, label, family, south_korea, votes, year, share (percent), inside (of BAND), sources.
    """
    shares = _shares(data)
    shares.insert(shares.columns.get_loc("sources"), "inside", in_band(shares["share"]))
    return shares


@remembered("trade", "trade_shares", "share_definitions")
def _shares(data: Frames) -> pd.DataFrame:
    """`china_shares` without the column that depends on BAND, which can be moved."""
    parts, south = [], inter_korean(data["trade"])
    line = functools.cache(functools.partial(flows, data["trade"]))  # several definitions share a line
    for row in data["share_definitions"].itertuples():
        found = _METHODS[row.method](data, row, south, line).rename_axis("year").reset_index()
        parts.append(found.assign(**{c: getattr(row, c) for c in
                                     ("definition", "label", "family", "south_korea", "votes")}))
    shares = pd.concat(parts, ignore_index=True).astype({"year": int, "share": float})
    return shares[["definition", "label", "family", "south_korea", "votes", "year", "share", "sources"]]


def in_band(share: pd.Series, margin: float = 0.0) -> pd.Series:
    """Whether each share (percent) lies in BAND, widened by a margin in points on both sides."""
    return share.between(BAND[0] - margin, BAND[1] + margin)


def line_of(shares: pd.DataFrame, definition: str) -> pd.Series:
    """Share by year of one definition, in order of the years that have one."""
    return shares[shares["definition"] == definition].set_index("year")["share"].sort_index()


# --- figures ----------------------------------------------------------------------------------------------------

TRADE_TRUST = (
    "North Korea publishes no trade figures. Every number here comes from its partners. "
    "KOTRA, the South Korean trade agency, adds up what partners report and leaves South Korea out; from 2014 it adds "
    "an estimate for Chinese crude oil, which Chinese customs no longer record. Mirror data, the reports of partners "
    "read from the other side, now and then book South Korean goods under the North. Most KOTRA figures were read in press reports, "
    "rounded to ten million dollars. A point or two either way means nothing.")


def specification_curve(shares: pd.DataFrame) -> Card:
    """Every definition and every year of CLAIM_YEARS at once, sorted, with the band that fits the essay's words."""
    specs = shares[shares["year"].isin(CLAIM_YEARS)].sort_values("share", ignore_index=True)
    votes = specs[specs["votes"]]
    inside, near = (in_band(votes["share"], margin).sum() for margin in (0, ERROR))
    base = specs["label"].str.split(" with").str[0]  # colour says already whether South Korea counts
    rows = [(label, base == label) for label in base.unique()]
    rows += [(str(year), specs["year"] == year) for year in CLAIM_YEARS]

    def draw(fig, narrow):
        top, grid = fig.subplots(2, 1, height_ratios=[3, 3.4], sharex=True)
        colour = specs["south_korea"].map({"in": COLOUR["KOR"], "out": COLOUR["CHN"], "unclear": COLOUR["muted"]})
        top.axhspan(*BAND, color=COLOUR["band"])
        top.axhline(75, color=COLOUR["muted"], lw=1)
        for i, spec in specs.iterrows():
            top.plot(i, spec["share"], "o", ms=4 if narrow else 6, mec=colour[i], mew=1.4,
                     mfc=colour[i] if spec["votes"] else COLOUR["surface"])
        top.set(ylim=(55, 97), yticks=[60, 75, 90], ylabel="" if narrow else "China's share, %")
        top.text(len(specs) - 0.5, 74, "three-quarters", ha="right", va="top")
        top.text(0.99, 0.05, "South Korea counted", color=COLOUR["KOR"], ha="right", transform=top.transAxes)
        top.text(0.99, 0.17, "left out", color=COLOUR["CHN"], ha="right", transform=top.transAxes)
        top.text(0.99, 0.29, "not said", color=COLOUR["muted"], ha="right", transform=top.transAxes)
        for y, (label, mask) in enumerate(rows):
            grid.plot(np.flatnonzero(mask), [y] * mask.sum(), "s", ms=2.6 if narrow else 4, color=COLOUR["text"])
        grid.set(yticks=range(len(rows)), ylim=(len(rows) - 0.5, -0.5), xticks=[])
        grid.set_yticklabels([label for label, _ in rows], fontsize=8.5)
        grid.axhline(len(rows) - 3.5, color=COLOUR["line"], lw=1)
        for spine in (*grid.spines.values(), top.spines["bottom"]):
            spine.set_visible(False)
        grid.tick_params(length=0)
        top.tick_params(axis="x", length=0)

    return Card(
        name="beijing-all-counts",
        title=f"{inside} of {len(votes)} counts {'falls' if inside == 1 else 'fall'} in the band around three-quarters, "
              f"{near - inside} more within {ERROR:.0f} points of it",
        alt=f"Dots for {len(specs)} ways of counting China's share in 2012 to 2014, sorted from "
            f"{specs['share'].min():.1f} to {specs['share'].max():.1f} percent. Of the {len(votes)} that have a vote, "
            f"{inside} in the band around 75 percent, {near - inside} more within {ERROR:.0f} points of it. Counts that "
            "include South Korea lie low, the others high; one count does not say.",
        draw=draw,
        table=specs[["label", "south_korea", "year", "share", "inside", "votes"]].rename(columns={
            "label": "count", "south_korea": "South Korea", "share": "share, %", "inside": "three-quarters",
            "votes": "has a vote"}),
        sources=sources_of(specs), trust=TRADE_TRUST,
        height=5.0, sentence=f"Each dot is one way to count. Shaded: {BAND[0]:.1f} to {BAND[1]:.1f} %, nearer to three-quarters than "
                 "to two-thirds or four-fifths. Hollow dots repeat a count that another dot already makes, and do not vote.")


SOURCES_OF_SHARE = {  # source shown in the control: (South Korea left out, South Korea counted)
    "kotra": ("KOTRA, Seoul's trade agency", "kotra", "kotra_south"),
    "customs": ("Chinese customs, within KOTRA's total", "customs", "customs_south"),
    "cow": ("Correlates of War, a research data set", "cow", "cow_south"),
    "itpd": ("ITPD-E, a research data set", "itpd", None),
    "cia": ("CIA World Factbook (2011 and 2012 only)", "cia_ex_south", "cia"),
}


def share_card(shares: pd.DataFrame, source: str, south_korea: str, year: int) -> Card:
    """One count in one year, on its line through time, among the other counts (faint)."""
    name, *definitions = SOURCES_OF_SHARE[source]
    definition = definitions[south_korea == "in"]
    counted = f"South Korea {'counted' if south_korea == 'in' else 'left out'}"
    line = line_of(shares, definition).loc[2002:2014] if definition else pd.Series(dtype=float)
    value = line.get(year)
    short = name.split(" (")[0].split(",")[0]
    if value is None:
        title = f"{short}, {counted}: no figure for {year}"
        sentence = ("ITPD-E counts in dollars of 2010, and trade with South Korea is known in dollars of the day, so the two "
                    "cannot be added. Choose “left out”." if definition is None else
                    "No total and shares of the same year are known from this source.")
    else:
        title = f"{short}, {counted}: China held {value:.1f}{PERCENT} of trade in {year}"
        where = ("inside the band that fits" if BAND[0] <= value <= BAND[1] else
                 f"{abs(value - 75):.1f} points {'above' if value > 75 else 'below'}")
        sentence = f"That is {where} “three-quarters”."
    if len(line) > 4:
        t = trend(line)
        sentence += (f" From {line.index[0]} to {line.index[-1]} this line rises in {t['rises']} of {t['steps']} "
                     "yearly steps.")
    colour = COLOUR["KOR" if south_korea == "in" else "CHN"]
    others = [line_of(shares, other).loc[2002:2014] for other in shares["definition"].unique()]

    def draw(fig, narrow):
        ax = fixed_axes(fig, left=0.1 if narrow else 0.05)
        ax.axhspan(*BAND, color=COLOUR["band"])
        ax.axhline(75, color=COLOUR["muted"], lw=1)
        for other in others:
            ax.plot(with_gaps(other, 2002, 2014), color=COLOUR["line"], lw=1.2)
        ax.text(2001.8, 76, "three-quarters")
        ax.plot(with_gaps(line, 2002, 2014), color=colour, marker="o", ms=3.5)
        if value is not None:
            ax.plot(year, value, "o", ms=9, mfc="none", mec=colour, mew=2)
            mark_number(ax, f"{value:.1f} %", year, value, colour, above=value > line.get(year - 1, 0), right=year == 2014)
        ax.set(xlim=(2001.5, 2014.9), ylim=(15, 100), yticks=[25, 50, 75, 100])
        ax.set_title("China's share of North Korea's trade, %", loc="left")
        ax.xaxis.set_major_locator(matplotlib.ticker.FixedLocator([2002, 2006, 2010, 2014]))

    shown = shares[(shares["definition"] == definition) & shares["year"].between(2002, 2014)] if definition else shares[:0]
    return Card(
        name="beijing-share", title=title,
        alt=f"Line chart of China's share of North Korea's trade, 2002 to 2014. {title}. {sentence}",
        draw=draw,
        table=shown[["year", "share", "inside"]].rename(columns={"share": "share, %", "inside": "three-quarters"}),
        # Where nothing of a source was out, the picture holds the faint lines of the others.
        sources=sources_of(shares[shares["definition"] == (definition or definitions[0])]) or sources_of(shares), trust=TRADE_TRUST,
        sentence=sentence)


def share_exploration(data: Frames) -> Exploration:
    """Choose the source, whether South Korea counts, the year, and when one looks."""
    shares = {as_of: china_shares(known) for as_of, known in vintages(data).items()}
    return explore(
        lambda as_of, **state: as_known(share_card(shares[as_of], **state), as_of), "china-share",
        "Which choices lead to three-quarters, and which lead away from it?",
        source=Choice("Source", {key: text for key, (text, *_) in SOURCES_OF_SHARE.items()}),
        south_korea=Choice("South Korea as a trading partner", {"out": "left out", "in": "counted"}, "radio"),
        year=Choice("Year", {y: str(y) for y in range(2010, 2015)}, "range", 2013), as_of=AS_OF)


def rivals(shares: pd.DataFrame, first: int = 2010, last: int = 2014) -> pd.DataFrame:
    """Every count side by side: one row a count, one column a year, in percent."""
    wide = shares[shares["year"].between(first, last)].pivot(index="label", columns="year", values="share")
    return wide.rename(columns=str).rename_axis(columns=None).rename_axis("count").reset_index()


STEP_LINES = ("kotra", "kotra_south", "cow", "cow_south")


def steps_card(shares: pd.DataFrame) -> Card:
    """The yearly change of China's share under four counts: growth is common, steadiness is not."""
    lines = {d: line_of(shares, d).loc[2002:2014] for d in STEP_LINES}
    labels = shares.drop_duplicates("definition").set_index("definition")["label"]
    trends = {d: trend(line) for d, line in lines.items()}
    steady = [d for d, t in trends.items() if t["rises"] >= STEADY * t["steps"]]

    def draw(fig, narrow):
        axes = fig.subplots(2, 2, sharex=True, sharey=True).flat
        for ax, (d, line) in zip(axes, lines.items()):
            step = steps(line)
            ax.bar(step.index, step, color=np.where(step > 0, COLOUR["surface"], COLOUR["text"]),
                   edgecolor=COLOUR["text"], linewidth=0.8)
            ax.axhline(0, color=COLOUR["muted"], lw=0.8)
            for year in set(range(2003, 2015)) - set(step.index):
                ax.text(year, 0.8, "?", ha="center", color=COLOUR["muted"], fontsize=8)
            title = f"{labels[d]}: {trends[d]['rises']} of {trends[d]['steps']}"
            ax.set_title("\n".join(textwrap.wrap(title, 20 if narrow else 60)), loc="left")
            ax.set(xticks=[2003, 2008, 2013], yticks=[-10, 0, 10])
        fig.supylabel("change on the year before, points", fontsize=9.5)

    table = pd.DataFrame({"count": labels[list(lines)], "first year": [line.index[0] for line in lines.values()],
                          "last year": [line.index[-1] for line in lines.values()],
                          "gain, points": [float(t["gain"]) for t in trends.values()],
                          "rising steps": [t["rises"] for t in trends.values()],
                          "steps": [t["steps"] for t in trends.values()]})
    return Card(
        name="beijing-steps",
        title=f"From 2002 to 2014 the share grew in all {len(lines)} counts; in {len(steady)} it rose in nine steps of ten",
        alt="Four small bar charts of the yearly change in China's share, 2003 to 2014. Rising steps: "
            + "; ".join(f"{labels[d]} {t['rises']} of {t['steps']}" for d, t in trends.items())
            + ". Falls are filled bars below the line.",
        draw=draw, table=table, sources=sources_of(shares[shares["definition"].isin(STEP_LINES)]), trust=TRADE_TRUST,
        sentence="After each name: rising steps of all steps between neighbouring years. Filled bars are years in which "
                 "China's share fell. A question mark stands where a figure is missing.")


CHOICES = {"source": "source", "south_korea": "South Korea", "year": "year"}
CHOICES_IN_PROSE = {"source": "the source", "South Korea": "whether South Korea counts", "year": "the first year of the window"}


def leading(effect: pd.Series) -> pd.Series:
    """Which choices lead: the strongest, and those within a fifth of it. Smaller leads change with the windows one tries."""
    return effect >= 0.8 * effect.max()


def turns_on(effect: pd.Series) -> str:
    """What a result turns on, in words. effect: how far each choice moves the result, indexed by choice."""
    leaders = [CHOICES_IN_PROSE[c] for c in effect.index[leading(effect)]]
    return "no single choice" if len(leaders) == len(effect) else " and ".join(leaders) + (" alike" if leaders[1:] else "")


def choice_effects(shares: pd.DataFrame) -> pd.DataFrame:
    """How far each choice alone moves the result: the mean range (largest minus smallest) while the others are held.

    Rows: source, South Korea, year. Columns: level (points), slope (points a year), steady (points of rising steps).
    Only KOTRA and the mirror data can be had with and without South Korea, so only they are crossed.
    """
    crossed = shares[shares["definition"].isin(STEP_LINES) & shares["year"].between(2004, 2014)].assign(
        source=lambda s: s["family"])
    level = crossed[crossed["year"].isin(CLAIM_YEARS)]

    def mean_range(frame, column, held):
        return float(frame.groupby(held)[column].agg(np.ptp).mean())

    lines = []
    for (source, south), part in crossed.groupby(["source", "south_korea"]):
        for start in (2004, 2007, 2010):  # the first year of the window is what "year" means for a trend
            t = trend(part.set_index("year")["share"].sort_index().loc[start:])
            lines.append({"source": source, "south_korea": south, "year": start, "slope": t["slope"],
                          "steady": 100 * t["rises"] / t["steps"]})
    lines = pd.DataFrame(lines)
    rows = {}
    for choice, label in CHOICES.items():
        held = [c for c in CHOICES if c != choice]
        rows[label] = {"level, points": mean_range(level, "share", held),
                       "trend, points a year": mean_range(lines, "slope", held),
                       "rising steps, points": mean_range(lines, "steady", held)}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("choice").reset_index()


def effects_card(shares: pd.DataFrame) -> Card:
    """Three small bar charts: what each choice does to level, trend and steadiness."""
    effects = choice_effects(shares)
    measures = list(effects.columns[1:])
    titles = ("Level (points)", "Trend (points a year)", "Rising steps (points)")
    level, slope, steady = (turns_on(effects.set_index("choice")[m]) for m in measures)

    def draw(fig, narrow):
        axes = fig.subplots(*((3, 1) if narrow else (1, 3)), sharey=True)
        for ax, m, title in zip(axes, measures, titles):
            ax.barh(range(len(effects)), effects[m], color=np.where(leading(effects[m]), COLOUR["text"], COLOUR["surface"]),
                    edgecolor=COLOUR["text"], linewidth=0.8, height=0.55)
            for y, v in enumerate(effects[m]):
                ax.text(v, y, f" {v:.1f}", va="center")
            ax.set_title(title, loc="left")
            ax.set(yticks=range(len(effects)), yticklabels=effects["choice"], xticks=[],
                   xlim=(0, effects[m].max() * 1.25), ylim=(len(effects) - 0.4, -0.6))
            ax.spines[["bottom", "left"]].set_visible(False)
            ax.tick_params(length=0)

    return Card(
        name="beijing-choices",
        title=f"The level turns on {level}; the trend on {slope}; steadiness on {steady}",
        alt="Three bar charts of how far each choice alone moves the result. "
            + " ".join(f"{m}: " + ", ".join(f"{c} {v:.1f}" for c, v in zip(effects["choice"], effects[m])) + "."
                       for m in measures),
        draw=draw, table=effects,
        sources=sources_of(shares[shares["definition"].isin(STEP_LINES) & shares["year"].between(2004, 2014)]),
        trust=TRADE_TRUST,
        sentence="Each bar is the mean distance between the largest and the smallest result when one choice moves and "
                 "the others are held. For trend and steadiness the year is the first year of the window. Filled: the strongest "
                 "choice, and those within a fifth of it.", height=3.2)


def oil_prices(data: Frames) -> pd.DataFrame:
    """Dollars a barrel by year: what China charged North Korea, the Dubai benchmark, and the gap in percent."""
    prices = pick(_oil_rows(data).astype({"period": int}), ["partner", "period"])
    table = prices.pivot(index="period", columns="partner", values="value")
    table = table.reindex(columns=["CHN", "WLD"]).set_axis(["china", "dubai"], axis=1)  # on an early day there is neither
    table["above"] = 100 * (table["china"] / table["dubai"] - 1)
    return table.rename_axis(index="year", columns=None).reset_index()


def _oil_rows(data: Frames) -> pd.DataFrame:
    return holding(data["commodities"], good="crude_oil", measure="price")


def oil_card(data: Frames) -> Card:
    """Chinese crude for North Korea against the Dubai price."""
    prices = oil_prices(data)
    last = prices.iloc[-1]

    def draw(fig, narrow):
        ax = fig.subplots()
        for column, label, colour in (("china", "China to North Korea", COLOUR["CHN"]),
                                      ("dubai", "Dubai benchmark", COLOUR["muted"])):
            ax.plot(prices["year"], prices[column], color=colour, marker="o" if column[0] == "c" else "s", ms=5)
            ax.annotate(label, (prices["year"].iloc[-1], prices[column].iloc[-1]),
                        (0, 9 if column[0] == "c" else -26), textcoords="offset points", ha="right", color=colour)
        ax.set(xticks=prices["year"], ylim=(0, 170), ylabel="US dollars a barrel")

    return Card(
        name="beijing-oil", title=f"Recorded crude was dearer than Dubai in all {len(prices)} years, by {last['above']:.0f}{PERCENT} in {last['year']:.0f}",
        alt=f"Two lines, dollars a barrel; the Chinese price lies above Dubai and {last['above']:.0f} percent above it at the end. " + " ".join(
            f"{r.year}: China charged {r.china:.0f}, Dubai stood at {r.dubai:.0f}." for r in prices.itertuples()),
        draw=draw,
        table=prices.rename(columns={"china": "China to North Korea, USD a barrel",
                                     "dubai": "Dubai, USD a barrel", "above": "China above Dubai, %"}),
        sources=_oil_rows(data)["source_id"].unique().tolist(),
        trust="One newspaper worked these prices out from Chinese customs values and quantities. Transport, quality and "
              "credit are not in them. Oil given as a grant never enters trade statistics, so a gift cannot show here.",
        sentence="A price above the benchmark does not rule out help: what was given away is not in this record.")


# --- more critical? ---------------------------------------------------------------------------------------------

MEASURES = {  # key: (label, does a higher value mean more critical, does it measure criticism and so have a vote)
    "verbal": ("Hostile words, % of reported Chinese acts", True, True),
    "hostile": ("Hostile words and deeds, % of reported Chinese acts", True, False),
    "votes": ("Same vote in the UN General Assembly, %", False, False),
    "visits": ("Official visits between China and North Korea", False, False),
}
# The essay compares with governments, in the plural; one year of one of them is shown and has no vote.
BASELINES = {"2003–12": (2003, 2012), "2008–12": (2008, 2012), "2012": (2012, 2012)}
SHOWN_ONLY = "2012"


def coolness(data: Frames) -> pd.DataFrame:
    """Yearly series (index year) of MEASURES, in their units."""
    press = holding(data["press_events"], partner="CHN", direction="to_prk").set_index("year")
    acts = press[["verbal_conflict", "material_conflict", "verbal_cooperation", "material_cooperation"]].sum(axis=1)
    votes = holding(data["un_votes"], partner="CHN").set_index("year")["agree_strict"]
    visits = _visits(data).astype({"period": int}).set_index("period")["visits"]
    return pd.DataFrame({
        "verbal": 100 * press["verbal_conflict"] / acts,
        "hostile": 100 * (press["verbal_conflict"] + press["material_conflict"]) / acts,
        "votes": 100 * votes, "visits": visits}).astype(float).sort_index()


def compare(series: pd.DataFrame, measure: str, baseline: str, last: int) -> tuple[float, float, bool]:
    """Mean before, mean from FIRST_XI_YEAR to `last`, and whether the change is in the critical (cooler) direction."""
    first, end = BASELINES[baseline]
    line = series[measure]
    before, after = line.loc[first:end].mean(), line.loc[FIRST_XI_YEAR:last].mean()
    return before, after, after != before and bool(after > before) == MEASURES[measure][1]


_ICEWS = ("A machine read the world press and coded who did what to whom (the ICEWS data set). It counts reports, not acts, and "
          "one act makes many reports, so look at the part that is hostile, not at the number. The line starts in 2003; the "
          "data begin in 2002, a year of few reports, over half of them hostile.")
COOL_TRUST = {
    "verbal": _ICEWS, "hostile": _ICEWS,
    "votes": "Roll calls of the General Assembly, where most texts are not about Korea, so this is closeness in general and no "
             "measure of criticism. Scored another way, with abstentions left out or counted half, the two voted together more often.",
    "visits": "Visits of senior government and military officials as collected by AidData, whose file does not say who "
              "travelled to whom. Small numbers: one visit more or less is a large change. A visit shows contact, not its tone.",
}
COOL_TABLES = {"verbal": "press_events", "hostile": "press_events", "votes": "un_votes", "visits": "official_visits"}


def _visits(data: Frames) -> pd.DataFrame:
    return holding(data["official_visits"], visitor="CHN", host="PRK", level="elite_total")


def _cool_sources(data: Frames, measure: str) -> list[str]:
    rows = _visits(data) if measure == "visits" else data[COOL_TABLES[measure]]
    return rows["source_id"].unique().tolist()


def cooling_card(data: Frames, series: pd.DataFrame, measure: str, baseline: str, last: int) -> Card:
    """One measure of `coolness` through time, with the mean before Xi Jinping and the mean since."""
    label = MEASURES[measure][0]
    before, after, cooler = compare(series, measure, baseline, last)
    line = series[measure].loc[2003:2014].dropna()
    first, end = BASELINES[baseline]
    change = {"verbal": ("harsher in words", "no harsher in words"), "hostile": ("more hostile", "no more hostile"),
              "votes": ("further apart in votes", "no further apart in votes"),
              "visits": ("less visited", "no less visited")}[measure][not cooler]
    span = "2013" if last == FIRST_XI_YEAR else "2013–14"

    def draw(fig, narrow):
        ax = fixed_axes(fig, left=0.1 if narrow else 0.05)
        ax.plot(line, color=COLOUR["muted"], marker="o", ms=4, lw=1.2)
        for (a, b), mean, colour in (((first, end), before, COLOUR["text"]), ((FIRST_XI_YEAR, last), after, COLOUR["CHN"])):
            ax.plot([a - 0.35, b + 0.35], [mean, mean], color=colour, lw=4, solid_capstyle="butt")
            mark_number(ax, f"{mean:.1f}", (a + b) / 2, mean, colour, above=mean == max(before, after))
        ax.axvline(FIRST_XI_YEAR - 0.5, color=COLOUR["muted"], lw=0.8, ls=(0, (3, 3)))
        top = line.max() * 1.18
        ax.text(FIRST_XI_YEAR - 0.3, top, "Xi", va="top")
        ax.text(FIRST_XI_YEAR - 0.7, top, "under Hu", va="top", ha="right")
        ax.set(ylim=(0, top), xlim=(2002.4, 2014.9), xticks=[2003, 2006, 2009, 2012])
        ax.set_title("\n".join(textwrap.wrap(label, 40 if narrow else 80)), loc="left")

    table = line.rename(label).rename_axis("year").reset_index()
    return Card(
        name="beijing-cooling",
        title=f"In {span}, against {baseline}: {change}",
        alt=f"Line, 2003 to 2014, highest at {line.max():.1f} in {line.idxmax()}: {label}. Mean of {baseline}: {before:.1f}. Mean of {span}: {after:.1f}. "
            f"By this comparison China was {change}.",
        draw=draw, table=table, sources=_cool_sources(data, measure), trust=COOL_TRUST[measure],
        sentence=f"{label}: {before:.1f} in {baseline}, {after:.1f} in {span}."
                 + ("" if measure == "verbal" else " This is shown beside the claim and has no vote: it is not a measure of criticism."
                    if measure != "hostile" else " Deeds are more than criticism, so this has no vote."))


def cooling_exploration(data: Frames) -> Exploration:
    """Choose the measure, the baseline, and where Xi's years end."""
    series = coolness(data)
    return explore(
        lambda **state: cooling_card(data, series, **state), "xi-critical",
        "Was Xi Jinping's government more critical? Than whom, and by which measure?",
        measure=Choice("Measure", {key: label for key, (label, *_) in MEASURES.items()}),
        baseline=Choice("Compared with", {"2003–12": "2003 to 2012, Hu Jintao's years", "2008–12": "2008 to 2012",
                                          "2012": "2012 alone"}, "radio"),
        last=Choice("Xi's years", {2013: "2013", 2014: "2013 and 2014"}, "radio"))


def warnings_of(data: Frames) -> pd.DataFrame:
    """Counted Chinese warnings, measures and meetings over Pyongyang's head, January 2013 to the essay: date, event."""
    events = data["events"]
    kinds = events["kind"].isin(["chn_pressure", "chn_economic_pressure", "summit_third_party"])
    return events[kinds & events["counted"] & events["date"].between("2013", claims.ESSAY_DATE)][["date", "title"]].rename(
        columns={"title": "event"})


# --- what became of it ------------------------------------------------------------------------------------------

def coal_card(data: Frames) -> Card:
    """North Korean coal sold to China, by year: the lever, and its use."""
    coal = holding(data["commodities"], measure="value", good=["anthracite", "coal"])
    coal = coal[coal["series"].isin(["cn_customs", "comtrade"]) & coal["period"].str.fullmatch(r"\d{4}")].astype({"period": int})
    # Comtrade where it has the year: it repeats Chinese customs and goes on after the suspension.
    best = pick(coal, ["series", "period"]).sort_values("series").drop_duplicates("period", keep="last")
    line = best.set_index("period")["value"].sort_index()
    peak = line.idxmax()

    def draw(fig, narrow):
        ax = fig.subplots()
        ax.bar(line.index, line, color=COLOUR["CHN"], width=0.7)
        for year in range(line.index[0], line.index[-1] + 1):
            if not line.get(year, 0):
                ax.text(year, 15, "0" if year in line else "?", ha="center", color=COLOUR["text" if year in line else "muted"])
        ax.axvline(2016.5, color=COLOUR["text"], lw=1, ls=(0, (3, 3)))
        ax.text(2016.7, line.max(), "imports suspended,\nFebruary 2017", va="top")
        ax.set(ylabel="US dollars, million", xticks=[2007, 2010, 2013, 2016, 2019, 2024])
        if narrow:
            ax.set_xticklabels(["’07", "’10", "’13", "’16", "’19", "’24"])

    return Card(
        name="beijing-coal",
        title=f"Coal recorded as sold to China fell from {line[2016]:,.0f} to {line[2017]:,.0f} to {line[2018]:,.0f} "
              "million dollars, 2016 to 2018",
        alt=f"Bars of North Korean coal sold to China by year, million dollars. Peak {line[peak]:,.0f} in {peak}; "
            + ", ".join(f"{line[year]:,.0f} in {year}" for year in line.index[line.index >= 2016])
            + ". No figure for " + ", ".join(str(y) for y in range(line.index[0], line.index[-1]) if y not in line)
            + ". A dashed line marks the suspension of February 2017.",
        draw=draw, table=line.rename("coal sold to China, USD million").rename_axis("year").reset_index(),
        sources=best["source_id"].unique().tolist(),
        trust="Chinese customs, read in the press until 2015 and in United Nations Comtrade from 2016. Years without a figure "
              "are marked with a question mark. The zeros are zeros of the record: smuggled coal is in none. The copy of "
              "Comtrade that was read is a third party's.",
        sentence="The suspension followed a Security Council cap that China had voted for, and more resolutions followed in "
                 "2017. Whether this was Beijing's own pressure or the Council's, the figures cannot say.")


# --- findings ---------------------------------------------------------------------------------------------------

def three_quarters(data: Frames) -> Finding:
    """china-three-quarters: is the two-way share inside the band, for every definition and year that had been published?"""
    shares = china_shares(data)
    counts = shares[shares["year"].isin(CLAIM_YEARS)].rename(columns={"label": "count", "share": "share, %"})
    counts = counts.assign(outcome=counts["inside"])
    voting = counts[counts["votes"]]
    families = voting.groupby("family")["outcome"].any()
    fitting = lambda margin: in_band(voting["share, %"], margin).sum()  # noqa: E731
    return Finding(
        measure="China's share of two-way trade, in percent. Of the families of sources, which share their reports, "
                f"{families.sum()} of {len(families)} hold a count that fits.",
        threshold=f"Supports the claim between {BAND[0]:.1f} and {BAND[1]:.1f} %: nearer to three-quarters than to "
                  "two-thirds or four-fifths. The band is this book's reading of the words, set after the data were seen. "
                  f"With one point added on each side {fitting(1)} fit, with two {fitting(2)}; with all that is "
                  f"nearer to three-quarters than to a half or the whole, {voting['share, %'].between(*NEAREST_QUARTER).sum()}.",
        counts=counts[["family", "count", "south_korea", "year", "share, %", "votes", "outcome"]],
        verdict=verdict(counts), choices=("family", "south_korea", "year"), sources=sources_of(counts))


def _counts(rows: list[dict], *columns: str) -> pd.DataFrame:
    """Rows of counts with all their columns, also on a day before there was any."""
    return pd.DataFrame(rows, columns=[*columns, "votes", "outcome"]).astype({"votes": bool})


def grows(data: Frames) -> Finding:
    """dependence-grows: level, trend and steadiness, per definition and first year of the window."""
    shares = china_shares(data)
    rows = []
    for d, part in shares[shares["year"] <= 2014].groupby("definition", sort=False):
        first, every = part.iloc[0], part.set_index("year")["share"].sort_index()
        for start in (2002, 2005, 2008, 2010):
            line = every.loc[start:]
            # a window that the series does not reach back to, or of few steps, is no test of steadiness
            if line.empty or line.index[0] > start + LATE_START or len(steps(line)) < LEAST_STEPS:
                continue
            t = trend(line)
            rows.append({"family": first["family"], "count": first["label"], "south_korea": first["south_korea"],
                         "window from": start, "level up": bool(t["gain"] > 0), "trend up": bool(t["slope"] > 0),
                         "rising steps": f"{t['rises']} of {t['steps']}",
                         "largest fall, points": -min(line.diff().min(), 0.0),
                         "votes": bool(first["votes"]),
                         "outcome": bool(t["gain"] > 0 and t["slope"] > 0 and t["rises"] >= STEADY * t["steps"])})
    counts = _counts(rows, "family", "count", "south_korea", "window from", "level up", "trend up", "rising steps",
                     "largest fall, points")
    voting = counts[counts["votes"]]
    return Finding(
        measure="China's share of two-way trade over a window that ends with the last year to 2014. "
                f"Of {len(voting)} counts with a vote the level rises in {voting['level up'].sum()}, the trend in "
                f"{voting['trend up'].sum()}, and the rise is steady in {voting['outcome'].sum()}. Where only a fall of a point "
                f"or more is a fall, it is steady in {(voting['outcome'] | (voting['largest fall, points'] < 1)).sum()}; of two points, "
                f"in {(voting['outcome'] | (voting['largest fall, points'] < 2)).sum()}.",
        threshold="Supports the claim when the last share is above the first, the fitted line rises, and at least nine "
                  "steps of ten between neighbouring years rise. Nine of ten is this book's reading of steadily; it was "
                  "set after the data were seen.",
        counts=counts, verdict=verdict(counts), choices=("family", "south_korea", "window from"), sources=sources_of(shares),
        parts={"growing": verdict(counts.assign(outcome=counts["level up"] & counts["trend up"])),
               "steadily": verdict(counts)})


def xi_critical(data: Frames) -> Finding:
    """xi-critical: hostile words against the governments before; everything else is shown and has no vote."""
    series = coolness(data)
    rows = []
    for measure, (label, _, criticism) in MEASURES.items():
        line = series[measure].dropna()
        for baseline, last in itertools.product(BASELINES, (2013, 2014)):
            if line.empty or line.index.max() < last:  # a year that had not ended by the as-of date
                continue
            before, after, cooler = compare(series, measure, baseline, last)
            rows.append({"family": COOL_TABLES[measure], "count": label, "compared with": baseline,
                         "Xi's years": "2013" if last == 2013 else "2013–14", "before": before, "since": after,
                         "votes": criticism and baseline != SHOWN_ONLY, "outcome": cooler})
    counts = _counts(rows, "family", "count", "compared with", "Xi's years", "before", "since")
    return Finding(
        measure="The mean from 2013 on against the mean of the years before. Only one family of sources measures criticism.",
        threshold="Any move in the critical direction counts; the wording gives no size. The measure that votes was chosen "
                  f"after the data were seen; if all rows of this table voted, {counts['outcome'].sum()} of {len(counts)} would support the claim.",
        counts=counts, verdict=verdict(counts), choices=("compared with", "Xi's years"),
        sources=list(dict.fromkeys(s for measure in MEASURES for s in _cool_sources(data, measure))))


def generous(data: Frames) -> Finding:
    """china-generous: aid and price, both from 2013 on. What is known of the years before is shown and has no vote."""
    prices = oil_prices(data)
    price = pd.DataFrame({"family": "customs", "part": "price of crude oil", "when": prices["year"].astype(str),
                          "figure": [f"{a:.0f} against {b:.0f} USD a barrel" for a, b in zip(prices["china"], prices["dubai"])],
                          "votes": prices["year"] >= FIRST_XI_YEAR, "outcome": prices["above"] < 0})
    grants = holding(data["aid"], donor="CHN", rank=1)
    grants = grants[grants["period"].str[:4].astype(int) >= FIRST_XI_YEAR - 1]
    # Single gifts are no total, and only a total can be set beside what all other donors gave.
    aid = pd.DataFrame({"family": "aid", "part": "aid", "when": grants["period"],
                        "figure": [f"{v:,.0f} {u.replace('_', ' ')}, {k}" for v, u, k in
                                   zip(grants["value"], grants["unit"], grants["kind"].str.replace("_", " "))],
                        "votes": grants["kind"] == "total", "outcome": pd.NA})
    counts = pd.concat([price, aid], ignore_index=True)
    parts = {part: verdict(rows) for part, rows in counts.groupby("part", sort=False)}
    return Finding(
        measure="Aid: what was published for 2012 and later. Price: Chinese crude against Dubai.",
        threshold="Both parts are needed. Aid is substantial where its total is at least that of all other donors together; no "
                  "total was found for 2013 or later. For prices there is no figure from 2013 on; from 2009 to 2012 recorded crude was "
                  f"dearer than Dubai in {(prices['above'] > 0).sum()} of {len(prices)} years.",
        counts=counts, parts=parts,
        verdict=claims.NOT_TESTABLE if claims.NOT_TESTABLE in parts.values() else verdict(counts),
        sources=[*_oil_rows(data)["source_id"].unique(), *grants["source_id"].unique()])


def _timing(data: Frames, kind: str, measure: str, reading: str) -> Finding:
    """For each counted event of a kind: did China's last yearly share stand above its own earlier mean, in every count?"""
    events = data["events"]
    events = events[(events["kind"] == kind) & events["counted"]].sort_values("date")
    shares = china_shares(data)
    lines = [line_of(shares, d).loc[2002:] for d in shares.loc[shares["votes"], "definition"].unique()]

    def after_growth(year: int) -> bool | None:
        before = [part for line in lines if len(part := line.loc[:year - 1]) > HISTORY]
        return all(line.iloc[-1] > line.iloc[:-1].mean() for line in before) if before else None

    outcome = [after_growth(int(date[:4])) for date in events["date"]]
    possible = [after_growth(year) for year in range(2006, 2015)]
    counts = pd.DataFrame({"family": "events", "date": events["date"], "event": events["title"],
                           "votes": True, "outcome": outcome})
    return Finding(
        measure=measure, counts=counts, sources=events["source_id"].unique().tolist(),
        threshold="Timing fits when, at each of them, China's share of the year before stood above its own earlier mean in "
                  "every count with a vote. An event in "
                  f"{sum(map(bool, possible))} of the {len(possible)} years from 2006 to 2014 would have passed, so this test has "
                  "little power. " + reading,
        verdict=claims.NOT_TESTABLE if not outcome or None in outcome else claims.TIMING_FITS if all(outcome) else claims.TIMING_DOES_NOT_FIT)


def worry(data: Frames) -> Finding:
    """dependence-worry: a reading; only the dates of North Korean texts against China can be set beside the growth."""
    return _timing(data, "anti_china_statement", "Dated North Korean texts that scold China or its traders.",
                   "It says nothing of motives.")


def leverage(data: Frames) -> Finding:
    """leverage-fear: a reading; only the dates of Chinese economic measures can be set beside it."""
    return _timing(data, "chn_economic_pressure", "Dated Chinese measures on North Korean trade or money.",
                   "A lever that was used later shows that the fear had an object, not that it was felt.")


FINDINGS = {"china-three-quarters": three_quarters, "dependence-grows": grows, "xi-critical": xi_critical,
         "china-generous": generous, "dependence-worry": worry, "leverage-fear": leverage}

THRESHOLDS = {
    "BAND": Threshold("band around three-quarters", "percent", WORDING, ("china-three-quarters",), about=75.0),
    "STEADY": Threshold("part of the yearly steps that must rise", "of all steps", SIZED, ("dependence-grows",), high=1),
    "LEAST_STEPS": Threshold("yearly steps that a test of steadiness needs", "steps", CONVENTION, ("dependence-grows",)),
    "LATE_START": Threshold("how late in its window a series may begin", "years", CONVENTION, ("dependence-grows",)),
    "HISTORY": Threshold("earlier years that a mean needs", "years", CONVENTION, ("dependence-worry", "leverage-fear")),
}


# --- numbers for the prose ---------------------------------------------------------------------------------------

def numbers(data: Frames) -> dict[str, str]:
    """Every figure that the prose of this chapter names: key to text."""
    shares = china_shares(data)
    at = {(r.definition, r.year): r.share for r in shares.itertuples()}
    counts = three_quarters(data).counts.query("votes")
    counts_then = three_quarters(frames(claims.ESSAY_DATE)).counts.query("votes")
    effects = choice_effects(shares).set_index("choice")
    cool, oil = coolness(data), oil_prices(data).set_index("year")
    kotra, kotra_south = (trend(line_of(shares, d).loc[2002:2014]) for d in ("kotra", "kotra_south"))
    gaps = [at[out, year] - at[counted, year] for _, out, counted in SOURCES_OF_SHARE.values()
            for year in CLAIM_YEARS if (out, year) in at and (counted, year) in at]
    cia = holding(data["trade_shares"], series="cia", partner="CHN", vintage=2014).set_index("flow")["value"]
    customs_grant = holding(data["aid"], donor="CHN", period="2018", kind="customs_grant")
    coal = coal_card(data)
    grant = holding(data["aid"], donor="CHN", period="2012", kind="grant_in_kind", rank=1).iloc[0]
    crude = holding(data["commodities"], series="kotra_estimate", measure="quantity", period="2014-2016")
    council = holding(data["events"], counted=True, kind=["unsc_resolution", "unsc_mandate_renewal"])
    council = council[council["date"].str[:4].astype(int).between(2006, 2019)]
    in_favour = council["title"].str.contains("China votes in favour")
    if not in_favour.all():  # the sentence in the chapter says "every one"
        raise ValueError("data/events.csv lists a Security Council resolution of 2006 to 2019 without China's vote in "
                         "favour; mend the row or rewrite the sentence in chapters/beijing.md.")
    then = load("trade", as_of=claims.ESSAY_DATE)
    return {
        "kotra-2013": percent(at["kotra", 2013]), "kotra-2024": percent(at["kotra", 2024]),
        "south-2012": percent(at["kotra_south", 2012]), "south-2013": percent(at["kotra_south", 2013]),
        "south-2014": percent(at["kotra_south", 2014]), "south-2016": percent(at["kotra_south", 2016]),
        "gap-2013": f"{at['kotra', 2013] - at['kotra_south', 2013]:.0f}",
        "cow-2013": percent(at["cow", 2013]),
        "cia-2012": percent(at["cia", 2012]), "cia-ex-2012": percent(at["cia_ex_south", 2012]),
        "counts": str(len(counts)), "counts-inside": str(int(counts["outcome"].sum())),
        "counts-near": str(int(in_band(counts["share, %"], ERROR).sum() - counts["outcome"].sum())),
        "counts-quarter": str(int(counts["share, %"].between(*NEAREST_QUARTER).sum())), "error": f"{ERROR:.0f}",
        "counts-then": str(len(counts_then)), "counts-then-inside": str(int(counts_then["outcome"].sum())),
        "cia-imports": percent(cia["imports"]), "cia-exports": percent(cia["exports"]),
        "kotra-2008": percent(at["kotra", 2008]), "gap-2010": f"{at['kotra', 2010] - at['kotra_south', 2010]:.0f}",
        "south-2002": percent(at["kotra_south", 2002]), "south-2011": percent(at["kotra_south", 2011]),
        "kaesong-2016": f"{inter_korean(data['trade']).loc[2016, 'value']:,.0f}",
        "kaesong-2021": f"{inter_korean(data['trade']).loc[2021, 'value']:,.0f}",
        "band-low": percent(BAND[0]), "band-high": percent(BAND[1]),
        "rises-kotra": f"{kotra['rises']} of {kotra['steps']}",
        "rises-kotra-south": f"{kotra_south['rises']} of {kotra_south['steps']}",
        "south-least": f"{min(gaps):.0f}", "south-most": f"{max(gaps):.0f}",
        "effect-level": f"{effects['level, points'].max():.0f}",
        "effect-level-on": turns_on(effects["level, points"]),
        "effect-trend": turns_on(effects["trend, points a year"]),
        "effect-steady": turns_on(effects["rising steps, points"]),
        "customs-grant-2018": f"{customs_grant['value'].item():.0f} million dollars",
        "grant-2012": f"{grant['value']:,.0f} million yuan",
        "oil-2012": f"{oil.loc[2012, 'china']:.0f}", "dubai-2012": f"{oil.loc[2012, 'dubai']:.0f}",
        "crude-estimate": f"{crude['value'].item():,.0f}",
        **{f"{measure}-{year}": percent(cool.loc[year, measure]) for measure in ("verbal", "hostile") for year in (2012, 2013)},
        **{f"visits-{year}": f"{cool.loc[year, 'visits']:.0f}" for year in (2008, 2010, 2012, 2013, 2014)},
        "unsc-all": str(len(council)), "unsc-renewals": str((council["kind"] == "unsc_mandate_renewal").sum()),
        "coal-2017": f"{coal.table.set_index('year').loc[2017].item():,.0f}",
        "south-trade-2013": f"{inter_korean(data['trade']).loc[2013, 'value']:,.1f}",
        "south-trade-2013-then": f"{inter_korean(then).loc[2013, 'value']:,.0f}",
    }
