"""Chapter beijing, paragraph 9: China's help, the growing dependence, three-quarters of foreign trade.

Everything here is a pure function of the tables that `frames` loads. Shares are percent of two-way trade.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import matplotlib.ticker
import numpy as np
import pandas as pd

from companion import claims
from companion.claims import Finding, verdict
from companion.data import load, pick
from companion.explore import Choice, Exploration, explore
from companion.figure import COLOUR, Card

Frames = Mapping[str, pd.DataFrame]
TABLES = ("trade", "trade_shares", "commodities", "aid", "official_visits", "un_votes", "press_events", "events")

# "Three-quarters" is read as nearer to 3/4 than to 2/3 or 4/5: the wording sets the band, not the series.
BAND = (100 * (2 / 3 + 3 / 4) / 2, 100 * (3 / 4 + 4 / 5) / 2)
CLAIM_YEARS = (2012, 2013, 2014)  # the two full years before the essay, and its own
STEADY = 0.9  # "steadily": a rise in nine steps of ten
FIRST_XI_YEAR = 2013
INTER_KOREAN = ("mou", "kita", "kcs", "kostat")  # ministry first, then trade association, customs, statistics office


def frames(as_of: str | None = None) -> dict[str, pd.DataFrame]:
    """The tables of this chapter, by name; with `as_of`, only what could be known on that day."""
    return {name: load(name, as_of=as_of) for name in TABLES} | {"share_definitions": load("share_definitions")}


# --- China's share of trade -------------------------------------------------------------------------------------

def _flows(trade: pd.DataFrame, series: str, partner: str) -> pd.DataFrame:
    """USD million by year of one series and partner: column `value` (two-way), column `sources` (lists of ids).

    The printed total where there is one, else exports plus imports.
    """
    rows = pick(trade[(trade["series"] == series) & (trade["partner"] == partner)], ["year", "flow"])
    wide = rows.pivot(index="year", columns="flow", values="value").reindex(columns=["total", "exports", "imports"])
    value = wide["total"].fillna(wide["exports"] + wide["imports"])
    return pd.DataFrame({"value": value, "sources": rows.groupby("year")["source_id"].agg(list)}).dropna()


def inter_korean(trade: pd.DataFrame) -> pd.DataFrame:
    """Trade between the two Koreas, USD million by year, from the first series that has the year."""
    found = pd.concat([_flows(trade, series, "KOR") for series in INTER_KOREAN])
    return found[~found.index.duplicated()].sort_index()


def _published(data: Frames, row) -> pd.DataFrame:
    shares = data["trade_shares"]
    shares = shares[(shares["series"] == row.numerator) & (shares["partner"] == "CHN") & (shares["flow"] == "total")]
    found = pick(shares, ["year"]).set_index("year")
    return pd.DataFrame({"share": found["value"], "sources": found["source_id"].map(lambda s: [s])})


def _values(data: Frames, row) -> pd.DataFrame:
    trade = data["trade"]
    china, world = _flows(trade, row.numerator, "CHN"), _flows(trade, row.denominator, "WLD")
    total, sources = world["value"], china["sources"] + world["sources"]
    if row.south_korea == "in":  # Seoul keeps this trade out of every foreign-trade total, so it is added here
        south = inter_korean(trade)
        total, sources = total + south["value"], sources + south["sources"]
    return pd.DataFrame({"share": 100 * china["value"] / total, "sources": sources}).dropna()


def _customs_in_kotra(data: Frames, row) -> pd.DataFrame:
    """Chinese customs above the line; below it KOTRA's total with its own China part taken out and customs put in."""
    trade = data["trade"]
    customs, china, world = (_flows(trade, *key) for key in
                             ((row.numerator, "CHN"), (row.denominator, "CHN"), (row.denominator, "WLD")))
    total = world["value"] - china["value"] + customs["value"]
    sources = customs["sources"] + world["sources"] + china["sources"]
    if row.south_korea == "in":
        south = inter_korean(trade)
        total, sources = total + south["value"], sources + south["sources"]
    return pd.DataFrame({"share": 100 * customs["value"] / total, "sources": sources}).dropna()


def _weighted_shares(data: Frames, row) -> pd.DataFrame:
    """CIA: export and import shares weighted by the exports and imports of the same edition and the same year."""
    trade, shares = (data[t][data[t]["series"] == "cia"] for t in ("trade", "trade_shares"))
    total = pick(trade[trade["partner"] == "WLD"], ["vintage", "year", "flow"]).set_index(["vintage", "year", "flow"])
    found = {}
    for (vintage, year), part in pick(shares, ["vintage", "year", "flow", "partner"]).groupby(["vintage", "year"]):
        percent = part.pivot(index="flow", columns="partner", values="value")
        try:
            weight = pd.Series({flow: total.loc[(vintage, year, flow), "value"] for flow in ("exports", "imports")})
            china = (percent.loc[weight.index, "CHN"] * weight).sum()
            south = (percent.loc[weight.index, "KOR"] * weight).sum() if row.south_korea == "out" else 0
        except KeyError:  # an edition that gives totals and shares of different years, or no share of South Korea
            continue
        if np.isfinite(china + south):  # a later edition of the same year replaces an earlier one
            found[year] = {"share": china / (weight.sum() - south / 100) , "sources": list(part["source_id"].unique())}
    return pd.DataFrame.from_dict(found, orient="index", columns=["share", "sources"])


_METHODS = {"published_share": _published, "values": _values,
            "customs_in_kotra": _customs_in_kotra, "weighted_shares": _weighted_shares}


def china_shares(data: Frames) -> pd.DataFrame:
    """China's share of two-way trade under every definition and year.

    Columns: definition, label, family, south_korea, votes, year, share (percent), inside (of BAND), sources.
    """
    parts = []
    for row in data["share_definitions"].itertuples():
        found = _METHODS[row.method](data, row).rename_axis("year").reset_index()
        parts.append(found.assign(**{c: getattr(row, c) for c in
                                     ("definition", "label", "family", "south_korea", "votes")}))
    shares = pd.concat(parts, ignore_index=True).astype({"year": int, "share": float})
    shares["inside"] = shares["share"].between(*BAND)
    return shares[["definition", "label", "family", "south_korea", "votes", "year", "share", "inside", "sources"]]


def _sources(rows: pd.DataFrame) -> list[str]:
    return list(dict.fromkeys(itertools.chain.from_iterable(rows["sources"])))


def line_of(shares: pd.DataFrame, definition: str) -> pd.Series:
    """Share by year of one definition."""
    return shares[shares["definition"] == definition].set_index("year")["share"].sort_index()


def trend(line: pd.Series) -> dict[str, float]:
    """Level gained (points), slope (points a year), steps, and how many of the steps between neighbouring years rise."""
    step = line.diff()[np.diff(line.index, prepend=line.index[0] - 9) == 1]
    return {"gain": line.iloc[-1] - line.iloc[0], "slope": np.polyfit(line.index, line, 1)[0],
            "steps": len(step), "rises": int((step > 0).sum())}


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
    votes, inside = specs[specs["votes"]], int(specs.loc[specs["votes"], "inside"].sum())
    base = specs["label"].str.split(" with").str[0]  # colour says already whether South Korea counts
    rows = [(label, base == label) for label in base.unique()]
    rows += [(str(year), specs["year"] == year) for year in CLAIM_YEARS]

    def draw(fig, narrow):
        top, grid = fig.subplots(2, 1, height_ratios=[3, 3.4], sharex=True)
        colour = np.where(specs["south_korea"] == "in", COLOUR["KOR"], COLOUR["CHN"])
        top.axhspan(*BAND, color=COLOUR["band"])
        top.axhline(75, color=COLOUR["muted"], lw=1)
        for i, spec in specs.iterrows():
            top.plot(i, spec["share"], "o", ms=4 if narrow else 6, mec=colour[i], mew=1.4,
                     mfc=colour[i] if spec["votes"] else COLOUR["surface"])
        top.set(ylim=(55, 97), yticks=[60, 75, 90], ylabel="" if narrow else "China's share, %")
        top.text(0, 76, "three-quarters", fontsize=8)
        top.text(0.99, 0.05, "South Korea counted", color=COLOUR["KOR"], ha="right", transform=top.transAxes)
        top.text(0.99, 0.17, "left out", color=COLOUR["CHN"], ha="right", transform=top.transAxes)
        for y, (label, mask) in enumerate(rows):
            grid.plot(np.flatnonzero(mask), [y] * mask.sum(), "s", ms=2.6 if narrow else 4, color=COLOUR["text"])
        grid.set(yticks=range(len(rows)), ylim=(len(rows) - 0.5, -0.5), xticks=[])
        grid.set_yticklabels([label for label, _ in rows], fontsize=6.5 if narrow else 8)
        grid.axhline(len(rows) - 3.5, color=COLOUR["line"], lw=1)
        for spine in (*grid.spines.values(), top.spines["bottom"]):
            spine.set_visible(False)
        grid.tick_params(length=0)
        top.tick_params(axis="x", length=0)

    return Card(
        name="beijing-all-counts",
        title=f"Only {inside} of {len(votes)} counts {'puts' if inside == 1 else 'put'} China at three-quarters",
        alt=f"Dots for {len(specs)} ways of counting China's share in 2012 to 2014, sorted from "
            f"{specs['share'].min():.1f} to {specs['share'].max():.1f} percent. {inside} of the {len(votes)} that "
            f"have a vote lie in the band around 75 percent. Counts that include South Korea lie low, the others high.",
        draw=draw,
        table=specs[["label", "south_korea", "year", "share", "inside", "votes"]].rename(columns={
            "label": "count", "south_korea": "South Korea", "share": "share, %", "inside": "three-quarters",
            "votes": "has a vote"}),
        sources=_sources(specs), trust=TRADE_TRUST,
        height=5.0, sentence=f"Each dot is one way to count. Shaded: {BAND[0]:.1f} to {BAND[1]:.1f} %, nearer to three-quarters than "
                 "to two-thirds or four-fifths. Hollow dots repeat a count that another dot already makes, and do not vote.")


def _fixed_axes(fig, narrow: bool):
    """Axes with fixed margins: the frame stays put from state to state, and drawing takes half the time."""
    fig.set_layout_engine("none")
    return fig.subplots(gridspec_kw={"left": 0.17 if narrow else 0.08, "right": 0.98, "bottom": 0.09, "top": 0.97})


SOURCES_OF_SHARE = {  # source shown in the control: (South Korea left out, South Korea counted)
    "kotra": ("KOTRA, Seoul's trade agency", "kotra", "kotra_south"),
    "customs": ("Chinese customs, within KOTRA's total", "customs", "customs_south"),
    "cow": ("Mirror data (Correlates of War)", "cow", "cow_south"),
    "itpd": ("Mirror data, goods and services (ITPD-E)", "itpd", None),
    "cia": ("CIA World Factbook", "cia_ex_south", "cia"),
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
        sentence = ("This source cannot be joined with inter-Korean trade: its dollars are of another kind."
                    if definition is None else "This source gives no total and shares of the same year here.")
    else:
        title = f"{short}, {counted}: China held {value:.1f} % of trade in {year}"
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
        ax = _fixed_axes(fig, narrow)
        ax.axhspan(*BAND, color=COLOUR["band"])
        ax.axhline(75, color=COLOUR["muted"], lw=1)
        for other in others:
            ax.plot(other, color=COLOUR["line"], lw=1.2)
        ax.text(2001.8, 76, "three-quarters", fontsize=8)
        ax.plot(line, color=colour, marker="o", ms=3.5)
        if value is not None:
            ax.plot(year, value, "o", ms=9, mfc="none", mec=colour, mew=2)
            ax.annotate(f"{value:.1f} %", (year, value), (0, 11 if value > 50 else -20), textcoords="offset points",
                        ha="center", color=colour, fontsize=11, weight="bold")
        ax.set(xlim=(2001.5, 2014.9), ylim=(15, 100), yticks=[25, 50, 75, 100], ylabel="China's share of trade, %")
        ax.xaxis.set_major_locator(matplotlib.ticker.FixedLocator([2002, 2006, 2010, 2014]))

    shown = shares[(shares["definition"] == definition) & shares["year"].between(2002, 2014)] if definition else shares[:0]
    return Card(
        name="beijing-share", title=title,
        alt=f"Line chart of China's share of North Korea's trade, 2002 to 2014. {title}. {sentence}",
        draw=draw,
        table=shown[["year", "share", "inside"]].rename(columns={"share": "share, %", "inside": "three-quarters"}),
        sources=_sources(shown) or ["kotra_2011_board"], trust=TRADE_TRUST, sentence=sentence)


def share_exploration(data: Frames) -> Exploration:
    """Choose the source, whether South Korea counts, and the year."""
    shares = china_shares(data)
    return explore(
        lambda **state: share_card(shares, **state), "china-share",
        "Which choices lead to three-quarters, and which lead away from it?",
        source=Choice("Source", {key: text for key, (text, *_) in SOURCES_OF_SHARE.items()}),
        south_korea=Choice("South Korea as a trading partner", {"out": "left out", "in": "counted"}, "radio"),
        year=Choice("Year", {y: str(y) for y in range(2010, 2015)}, "range", 2013))


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
            step = line.diff()[np.diff(line.index, prepend=line.index[0] - 9) == 1]
            ax.bar(step.index, step, color=np.where(step > 0, COLOUR["line"], COLOUR["CHN"]),
                   edgecolor=np.where(step > 0, COLOUR["muted"], COLOUR["CHN"]), linewidth=0.8)
            ax.axhline(0, color=COLOUR["muted"], lw=0.8)
            ax.set_title(f"{labels[d].replace(' with', chr(10) + 'with')}: {trends[d]['rises']} of {trends[d]['steps']}",
                         loc="left", fontsize=8 if narrow else 9)
            ax.set(xticks=[2003, 2008, 2013], yticks=[-10, 0, 10])
        fig.supylabel("change on the year before, points", fontsize=8)

    table = pd.DataFrame({"count": labels[list(lines)], "first year": [line.index[0] for line in lines.values()],
                          "last year": [line.index[-1] for line in lines.values()],
                          "gain, points": [float(t["gain"]) for t in trends.values()],
                          "rising steps": [t["rises"] for t in trends.values()],
                          "steps": [t["steps"] for t in trends.values()]})
    most = max(trends, key=lambda d: trends[d]["rises"] / trends[d]["steps"])
    least = min(trends, key=lambda d: trends[d]["rises"] / trends[d]["steps"])
    return Card(
        name="beijing-steps",
        title=f"The share grew in every count, but steadily in {len(steady)} of {len(lines)}",
        alt=f"Four small bar charts of the yearly change in China's share, 2003 to 2014. {labels[most]} rises in "
            f"{trends[most]['rises']} of {trends[most]['steps']} steps, {labels[least]} in {trends[least]['rises']} of "
            f"{trends[least]['steps']}. Falls are filled red bars below the line.",
        draw=draw, table=table, sources=_sources(shares[shares["definition"].isin(STEP_LINES)]), trust=TRADE_TRUST,
        sentence="After each name: rising steps of all steps between neighbouring years. Red bars are years in which "
                 "China's share fell.")


CHOICES = {"source": "source", "south_korea": "South Korea", "year": "year"}
CHOICES_IN_PROSE = {"source": "the source", "South Korea": "whether South Korea counts",
                    "year": "the first year of the window"}


def choice_effects(shares: pd.DataFrame) -> pd.DataFrame:
    """How far each choice alone moves the result: the mean range (largest minus smallest) while the others are held.

    Rows: source, South Korea, year. Columns: level (points), slope (points a year), steady (points of rising steps).
    Only KOTRA and the mirror data can be had with and without South Korea, so only they are crossed.
    """
    crossed = shares[shares["definition"].isin(STEP_LINES) & shares["year"].between(2004, 2014)].assign(
        source=lambda s: s["family"])
    level = crossed[crossed["year"].isin(CLAIM_YEARS)]

    def mean_range(frame, column, choice, held):
        ranges = frame.groupby(held)[column].agg(np.ptp) if held else pd.Series([np.ptp(frame[column])])
        return float(ranges.mean())

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
        rows[label] = {"level, points": mean_range(level, "share", choice, held),
                       "trend, points a year": mean_range(lines, "slope", choice, held),
                       "rising steps, points": mean_range(lines, "steady", choice, held)}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("choice").reset_index()


def effects_card(shares: pd.DataFrame) -> Card:
    """Three small bar charts: what each choice does to level, trend and steadiness."""
    effects = choice_effects(shares)
    measures = list(effects.columns[1:])
    level, slope, steady = (CHOICES_IN_PROSE[effects.loc[effects[m].idxmax(), "choice"]] for m in measures)
    rest = f"trend and steadiness on {slope}" if slope == steady else f"the trend on {slope}; steadiness on {steady}"

    def draw(fig, narrow):
        axes = fig.subplots(*((3, 1) if narrow else (1, 3)), sharey=True)
        for ax, m in zip(axes, measures):
            top = effects[m] == effects[m].max()
            ax.barh(range(len(effects)), effects[m], color=np.where(top, COLOUR["CHN"], COLOUR["muted"]), height=0.55)
            for y, v in enumerate(effects[m]):
                ax.text(v, y, f" {v:.1f}", va="center")
            ax.set_title(m, loc="left")
            ax.set(yticks=range(len(effects)), yticklabels=effects["choice"], xticks=[],
                   xlim=(0, effects[m].max() * 1.25), ylim=(len(effects) - 0.4, -0.6))
            ax.spines[["bottom", "left"]].set_visible(False)
            ax.tick_params(length=0)

    return Card(
        name="beijing-choices",
        title=f"The level turns most on {level}; {rest}",
        alt="Three bar charts of how far each choice alone moves the result. "
            + " ".join(f"{m}: " + ", ".join(f"{c} {v:.1f}" for c, v in zip(effects["choice"], effects[m])) + "."
                       for m in measures),
        draw=draw, table=effects,
        sources=_sources(shares[shares["definition"].isin(STEP_LINES) & shares["year"].between(2004, 2014)]),
        trust=TRADE_TRUST,
        sentence="Each bar is the mean distance between the largest and the smallest result when one choice moves and "
                 "the others are held. For trend and steadiness the year is the first year of the window.")


def oil_prices(data: Frames) -> pd.DataFrame:
    """Dollars a barrel by year: what China charged North Korea, the Dubai benchmark, and the gap in percent."""
    prices = pick(_oil_rows(data).astype({"period": int}), ["partner", "period"])
    table = prices.pivot(index="period", columns="partner", values="value").rename(columns={"CHN": "china", "WLD": "dubai"})
    table["above"] = 100 * (table["china"] / table["dubai"] - 1)
    return table.rename_axis("year").reset_index()


def _oil_rows(data: Frames) -> pd.DataFrame:
    return data["commodities"].query("good == 'crude_oil' and measure == 'price'")


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
        name="beijing-oil", title=f"The oil that was recorded was not cheap: {last['above']:.0f} % above Dubai in {last['year']:.0f}",
        alt="Two lines, dollars a barrel. " + " ".join(
            f"{r.year}: China charged {r.china:.0f}, Dubai stood at {r.dubai:.0f}." for r in prices.itertuples()),
        draw=draw,
        table=prices.rename(columns={"china": "China to North Korea, USD a barrel",
                                     "dubai": "Dubai, USD a barrel", "above": "China above Dubai, %"}),
        sources=_oil_rows(data)["source_id"].unique().tolist(),
        trust="One newspaper worked these prices out from Chinese customs values and quantities. Transport, quality and "
              "credit are not in them. Oil given as a grant never enters trade statistics, so a gift cannot show here.",
        sentence="A price above the benchmark does not rule out help: what was given away is not in this record.")


# --- more critical? ---------------------------------------------------------------------------------------------

MEASURES = {  # key: (label, unit, does a higher value mean more critical, does it measure criticism)
    "hostile": ("Hostile part of reported Chinese acts", "%", True, True),
    "votes": ("Same vote in the UN General Assembly", "%", False, True),
    "visits": ("Official visits between China and North Korea", "visits", False, False),
}
BASELINES = {"2012": (2012, 2012), "2008–12": (2008, 2012), "2003–12": (2003, 2012)}


def coolness(data: Frames) -> pd.DataFrame:
    """Yearly series (index year) of the three measures, in the units of MEASURES."""
    press = data["press_events"].query("partner == 'CHN' and direction == 'to_prk'").set_index("year")
    conflict = press["verbal_conflict"] + press["material_conflict"]
    votes = data["un_votes"].query("partner == 'CHN'").set_index("year")["agree_strict"]
    visits = data["official_visits"].query("visitor == 'CHN' and host == 'PRK' and level == 'elite_total'")
    visits = visits.assign(year=visits["period"].astype(int)).set_index("year")["visits"]
    return pd.DataFrame({
        "hostile": 100 * conflict / (conflict + press["verbal_cooperation"] + press["material_cooperation"]),
        "votes": 100 * votes, "visits": visits}).astype(float).sort_index()


def compare(series: pd.DataFrame, measure: str, baseline: str, last: int) -> tuple[float, float, bool]:
    """Mean before, mean from FIRST_XI_YEAR to `last`, and whether the change is in the critical (cooler) direction."""
    first, end = BASELINES[baseline]
    line = series[measure]
    before, after = line.loc[first:end].mean(), line.loc[FIRST_XI_YEAR:last].mean()
    return before, after, bool(after > before) == MEASURES[measure][2] and after != before


COOL_TRUST = {
    "hostile": "A machine read the world press and coded who did what to whom (ICEWS). It counts reports, not acts, and "
               "one act makes many reports. The part that is hostile is steadier than the number.",
    "votes": "Roll calls of the General Assembly, where most texts are not about Korea. In a year with few votes a handful moves the rate.",
    "visits": "Visits of senior government and military officials as collected by AidData, whose file does not say "
              "who travelled to whom. Small numbers: one visit more or less is a large change. A visit shows contact, not its tone.",
}
COOL_SOURCES = {"hostile": "press_events", "votes": "un_votes", "visits": "official_visits"}


def cooling_card(data: Frames, measure: str, baseline: str, last: int) -> Card:
    """One measure through time, with the mean before Xi Jinping and the mean since."""
    series = coolness(data)
    label, unit, _, criticism = MEASURES[measure]
    before, after, cooler = compare(series, measure, baseline, last)
    line = series[measure].loc[2003:2014].dropna()
    first, end = BASELINES[baseline]
    word = ("more critical" if cooler else "not more critical") if criticism else ("cooler" if cooler else "not cooler")
    span = "2013" if last == FIRST_XI_YEAR else "2013–14"

    def draw(fig, narrow):
        ax = _fixed_axes(fig, narrow)
        ax.plot(line, color=COLOUR["muted"], marker="o", ms=4, lw=1.2)
        for (a, b), mean, colour in (((first, end), before, COLOUR["text"]), ((FIRST_XI_YEAR, last), after, COLOUR["CHN"])):
            ax.plot([a - 0.35, b + 0.35], [mean, mean], color=colour, lw=4, solid_capstyle="butt")
            ax.annotate(f"{mean:.1f}", ((a + b) / 2, mean), (0, 8), textcoords="offset points", ha="center",
                        color=colour, weight="bold", fontsize=11)
        ax.axvline(FIRST_XI_YEAR - 0.5, color=COLOUR["muted"], lw=0.8, ls=(0, (3, 3)))
        top = line.max() * 1.18
        ax.text(FIRST_XI_YEAR - 0.4, top, "Xi", va="top")
        ax.text(FIRST_XI_YEAR - 0.6, top, "Hu", va="top", ha="right")
        ax.set(ylim=(0, top), xlim=(2002.4, 2014.9), xticks=[2003, 2006, 2009, 2012], ylabel=f"{label}, {unit}" if unit == "%" else label)

    table = line.rename(f"{label}, {unit}" if unit == "%" else label).rename_axis("year").reset_index()
    rows = data[COOL_SOURCES[measure]]
    return Card(
        name="beijing-cooling",
        title=f"By this measure and baseline, Beijing under Xi was {word}",
        alt=f"Line of {label.lower()}, 2003 to 2014. Mean of {baseline}: {before:.1f}. Mean of {span}: {after:.1f}. "
            f"By this comparison Beijing was {word}.",
        draw=draw, table=table, sources=rows["source_id"].unique().tolist(), trust=COOL_TRUST[measure],
        sentence=f"{label}: {before:.1f} in {baseline}, {after:.1f} in {span}."
                 + ("" if criticism else " Fewer visits mean less contact. They do not show criticism."))


def cooling_exploration(data: Frames) -> Exploration:
    """Choose the measure, the baseline, and where Xi's years end."""
    return explore(
        lambda **state: cooling_card(data, **state), "xi-critical",
        "Was Xi Jinping's government more critical? Than whom, and by which measure?",
        measure=Choice("Measure", {key: label for key, (label, *_) in MEASURES.items()}),
        baseline=Choice("Compared with", {"2012": "Hu Jintao's last year, 2012", "2008–12": "2008 to 2012",
                                          "2003–12": "2003 to 2012"}, "radio"),
        last=Choice("Xi's years", {2013: "2013", 2014: "2013 and 2014"}, "radio"))


# --- what became of it ------------------------------------------------------------------------------------------

def coal_card(data: Frames) -> Card:
    """North Korean coal sold to China, by year: the lever, and its use."""
    coal = data["commodities"].query("measure == 'value' and good in ['anthracite', 'coal']")
    coal = coal[coal["series"].isin(["cn_customs", "comtrade"]) & coal["period"].str.fullmatch(r"\d{4}")].astype({"period": int})
    # Comtrade where it has the year: it repeats Chinese customs and goes on after the suspension.
    best = pick(coal, ["series", "period"]).sort_values("series").drop_duplicates("period", keep="last")
    line = best.set_index("period")["value"].sort_index()
    peak = line.idxmax()

    def draw(fig, narrow):
        ax = fig.subplots()
        ax.bar(line.index, line, color=np.where(line.index < 2017, COLOUR["muted"], COLOUR["CHN"]), width=0.7)
        for year in line.index[line == 0]:
            ax.text(year, 15, "0", ha="center", color=COLOUR["CHN"], weight="bold")
        ax.axvline(2016.5, color=COLOUR["CHN"], lw=1, ls=(0, (3, 3)))
        ax.text(2016.7, line.max(), "imports suspended,\nFebruary 2017", va="top", color=COLOUR["CHN"])
        ax.set(ylabel="US dollars, million", xticks=[2007, 2010, 2013, 2016, 2019, 2024])
        if narrow:
            ax.set_xticklabels(["’07", "’10", "’13", "’16", "’19", "’24"])

    return Card(
        name="beijing-coal",
        title=f"The lever was pulled: coal sales to China fell from {line[2016]:,.0f} to {line[2018]:,.0f} million dollars in two years",
        alt=f"Bars of North Korean coal sold to China by year, million dollars. Peak {line[peak]:,.0f} in {peak}, "
            f"{line[2016]:,.0f} in 2016, {line[2017]:,.0f} in 2017, {line[2018]:,.0f} in 2018.",
        draw=draw, table=line.rename("coal sold to China, USD million").rename_axis("year").reset_index(),
        sources=best["source_id"].unique().tolist(),
        trust="Chinese customs, read in the press until 2015 and in United Nations Comtrade from 2016. Years without a bar "
              "are years without a figure here. Smuggled coal is in no customs record.",
        sentence="The suspension followed a Security Council cap that China had voted for. Whether it served Beijing's "
                 "own ends or the Council's, the figures cannot say.")


# --- findings ---------------------------------------------------------------------------------------------------

def three_quarters(data: Frames) -> Finding:
    """china-three-quarters: is the two-way share inside the band, for every definition and year that had been published?"""
    shares = china_shares(data)
    counts = shares[shares["year"].isin(CLAIM_YEARS)].rename(columns={"label": "count", "share": "share, %"})
    counts = counts.assign(outcome=counts["inside"])
    families = counts[counts["votes"]].groupby("family")["outcome"].any()
    return Finding(
        measure="China's share of two-way trade, in percent. Of the families of sources, which share their reports, "
                f"{families.sum()} of {len(families)} hold a count that fits.",
        threshold=f"Supports the claim between {BAND[0]:.1f} and {BAND[1]:.1f} %: nearer to three-quarters than to "
                  "two-thirds or four-fifths. The band follows from the wording; it was set after the data were seen.",
        counts=counts[["family", "count", "south_korea", "year", "share, %", "votes", "outcome"]],
        verdict=verdict(counts), choices=("family", "south_korea", "year"), sources=_sources(counts))


def grows(data: Frames) -> Finding:
    """dependence-grows: level, trend and steadiness, per definition and first year of the window."""
    shares = china_shares(data)
    rows = []
    for d, part in shares[shares["year"] <= 2014].groupby("definition", sort=False):
        first = part.iloc[0]
        for start in (2002, 2005, 2008, 2010):
            line = part.set_index("year")["share"].sort_index().loc[start:]
            # a window that the series does not reach back to, or of fewer than three steps, is no test of steadiness
            if line.empty or line.index[0] > start + 1 or trend(line)["steps"] < 3:
                continue
            t = trend(line)
            rows.append({"family": first["family"], "count": first["label"], "south_korea": first["south_korea"],
                         "window from": start, "level up": bool(t["gain"] > 0), "trend up": bool(t["slope"] > 0),
                         "rising steps": f"{t['rises']} of {t['steps']}",
                         "votes": bool(first["votes"]),
                         "outcome": bool(t["gain"] > 0 and t["slope"] > 0 and t["rises"] >= STEADY * t["steps"])})
    counts = pd.DataFrame(rows)
    voting = counts[counts["votes"]]
    return Finding(
        measure="China's share of two-way trade over a window that ends with the last year to 2014. "
                f"Of {len(voting)} counts with a vote the level rises in {voting['level up'].sum()}, the trend in "
                f"{voting['trend up'].sum()}, and the rise is steady in {voting['outcome'].sum()}.",
        threshold="Supports the claim when the last share is above the first, the fitted line rises, and at least nine "
                  "steps of ten between neighbouring years rise. Nine of ten is this book's reading of steadily; it was "
                  "set after the data were seen.",
        counts=counts, verdict=verdict(counts), choices=("family", "south_korea", "window from"), sources=_sources(shares))


def xi_critical(data: Frames) -> Finding:
    """xi-critical: each measure against each baseline; visits are shown and do not vote."""
    series = coolness(data)
    rows = []
    for measure, (label, _, _, criticism) in MEASURES.items():
        line = series[measure].dropna()
        for baseline, last in itertools.product(BASELINES, (2013, 2014)):
            if line.index.max() < last:  # a year that had not ended by the as-of date
                continue
            before, after, cooler = compare(series, measure, baseline, last)
            rows.append({"family": COOL_SOURCES[measure], "count": label, "compared with": baseline,
                         "Xi's years": "2013" if last == 2013 else "2013–14", "before": before, "since": after,
                         "votes": criticism, "outcome": cooler})
    counts = pd.DataFrame(rows)
    return Finding(
        measure="The mean from 2013 on against the mean of the baseline.",
        threshold="Any move in the critical direction counts; the wording gives no size.",
        counts=counts, verdict=verdict(counts), choices=("family", "compared with", "Xi's years"),
        sources=list(pd.concat([data[t]["source_id"] for t in COOL_SOURCES.values()]).unique()))


def generous(data: Frames) -> Finding:
    """china-generous: two parts, aid and price. The claim needs both, so a part without a count leaves it untested."""
    prices = oil_prices(data)
    price = pd.DataFrame({"family": "customs", "part": "price of crude oil", "when": prices["year"].astype(str),
                          "figure": [f"{a:.0f} against {b:.0f} USD a barrel" for a, b in
                                     zip(prices["china"], prices["dubai"])],
                          "votes": True, "outcome": prices["above"] < 0})
    grants = data["aid"].query("donor == 'CHN'")
    grants = grants[grants["period"].str[:4].astype(int) >= 2012]
    # "Substantial" has no number in the text, so a grant is shown and never scored.
    aid = pd.DataFrame({"family": "aid", "part": "aid", "when": grants["period"],
                        "figure": [f"{v:,.0f} {u.replace('_', ' ')}, {k}" for v, u, k in
                                   zip(grants["value"], grants["unit"], grants["kind"].str.replace("_", " "))],
                        "votes": False, "outcome": pd.NA})
    counts = pd.concat([price, aid], ignore_index=True)
    parts = {verdict(part) for _, part in counts.groupby("part")}
    return Finding(
        measure="Aid: what was published for 2012 and later. Price: Chinese crude against Dubai.",
        threshold="The claim needs both parts. Substantial has no number in the text, so the aid part has no threshold; "
                  "the price part alone is " + verdict(price) + ".",
        counts=counts, verdict=claims.NOT_TESTABLE if claims.NOT_TESTABLE in parts else verdict(counts),
        sources=[*_oil_rows(data)["source_id"].unique(), *grants["source_id"].unique()])


def _timing(data: Frames, kind: str, measure: str, reading: str) -> Finding:
    """For each counted event of a kind: did China's last yearly share stand above its own earlier mean, in every count?"""
    events = data["events"]
    events = events[(events["kind"] == kind) & events["counted"]].sort_values("date")
    shares = china_shares(data)
    lines = [line_of(shares, d).loc[2002:] for d in shares.loc[shares["votes"], "definition"].unique()]

    def after_growth(year: int) -> bool:
        before = [line.loc[:year - 1] for line in lines]
        # three earlier years at least: a mean of one or two is no history
        return all(line.iloc[-1] > line.iloc[:-1].mean() for line in before if len(line) > 3)

    outcome = [after_growth(int(date[:4])) for date in events["date"]]
    counts = pd.DataFrame({"family": "events", "date": events["date"], "event": events["title"],
                           "votes": True, "outcome": outcome})
    return Finding(
        measure=measure, counts=counts, sources=events["source_id"].unique().tolist(),
        threshold="Timing fits when, at each of them, China's share of the year before stood above its own earlier mean in "
                  "every count with a vote. " + reading,
        verdict=claims.NOT_TESTABLE if not outcome else claims.TIMING_FITS if all(outcome) else claims.TIMING_DOES_NOT_FIT)


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


# --- numbers for the prose ---------------------------------------------------------------------------------------

def numbers(data: Frames) -> dict[str, str]:
    """Every figure that the prose of this chapter names: key to text."""
    shares = china_shares(data)
    at = {(r.definition, r.year): r.share for r in shares.itertuples()}
    percent = lambda value: f"{value:.1f}\u202f%"  # noqa: E731  (a narrow space that does not break)
    counts = three_quarters(data).counts.query("votes")
    effects = choice_effects(shares).set_index("choice")
    cool, oil = coolness(data), oil_prices(data).set_index("year")
    kotra, kotra_south = (trend(line_of(shares, d).loc[2002:2014]) for d in ("kotra", "kotra_south"))
    gaps = [at[out, year] - at[counted, year] for _, out, counted in SOURCES_OF_SHARE.values()
            for year in CLAIM_YEARS if (out, year) in at and (counted, year) in at]
    grant = data["aid"].query("donor == 'CHN' and period == '2012' and kind == 'grant_in_kind' and rank == 1").iloc[0]
    crude = data["commodities"].query("series == 'kotra_estimate' and measure == 'quantity' and period == '2014-2016'")
    council = data["events"].query("counted and kind in ['unsc_resolution', 'unsc_mandate_renewal']")
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
        "band-low": percent(BAND[0]), "band-high": percent(BAND[1]),
        "rises-kotra": f"{kotra['rises']} of {kotra['steps']}",
        "rises-kotra-south": f"{kotra_south['rises']} of {kotra_south['steps']}",
        "south-least": f"{min(gaps):.0f}", "south-most": f"{max(gaps):.0f}",
        "effect-level": f"{effects['level, points'].max():.0f}",
        "effect-level-on": CHOICES_IN_PROSE[effects["level, points"].idxmax()],
        "effect-trend-by": f"{effects['trend, points a year'].max():.1f}",
        "effect-trend-second": CHOICES_IN_PROSE[effects["trend, points a year"].nlargest(2).index[1]],
        "effect-trend-second-by": f"{effects['trend, points a year'].nlargest(2).iloc[1]:.1f}",
        "effect-trend": CHOICES_IN_PROSE[effects["trend, points a year"].idxmax()],
        "effect-steady": CHOICES_IN_PROSE[effects["rising steps, points"].idxmax()],
        "grant-2012": f"{grant['value']:,.0f} million yuan",
        "oil-2012": f"{oil.loc[2012, 'china']:.0f}", "dubai-2012": f"{oil.loc[2012, 'dubai']:.0f}",
        "crude-estimate": f"{crude['value'].item():,.0f}",
        "hostile-2010": percent(cool.loc[2010, "hostile"]), "hostile-2012": percent(cool.loc[2012, "hostile"]),
        **{f"visits-{year}": f"{cool.loc[year, 'visits']:.0f}" for year in (2010, 2012, 2013)},
        "unsc-all": str(len(council)),
        "south-trade-2013": f"{inter_korean(data['trade']).loc[2013, 'value']:,.1f}",
        "south-trade-2013-then": f"{inter_korean(then).loc[2013, 'value']:,.0f}",
    }
