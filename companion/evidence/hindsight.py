"""Chapter hindsight: what became of each track and each forecast of the essay, to 2025.

Forecasts are tested in their own chapters; here the same functions see the rows up to the end of a year.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd

from companion import claims, evidence
from companion.claims import HEDGES as HEDGE
from companion.data import pick
from companion.evidence.series import EUROPE, flows, holding, inter_korean, tables, with_gaps
from companion.explore import Choice, Exploration, explore
from companion.figure import COLOUR, PERCENT, Card, fixed_axes, percent

Frames = Mapping[str, pd.DataFrame]
FIRST, LAST = 2013, 2025
FINDINGS: dict = {}  # the forecasts are tested in the chapters of their paragraphs


def frames(as_of: str | None = None) -> dict[str, pd.DataFrame]:
    """The tables of this chapter, by name."""
    return tables("trade", "trade_shares", "aid", "events", "pledges_and_outcomes", "claims", as_of=as_of)


# --- trade, track by track ---------------------------------------------------------------------------------------

# Partner to its series, in the order of time. Units and books differ, so they are drawn and read apart.
SERIES = {
    "RUS": ("Russia", {"kotra": "KOTRA", "rus_customs": "Russian customs", "rus_official": "Russian officials"}, "USD million"),
    "EU28": ("European Union", {"ec": "Commission", "eurostat": "Eurostat"}, "EUR million"),
    "KOR": ("South Korea", {"kita": "trade association", "mou": "ministry"}, "USD million"),
    "CHN": ("China", {"kotra": "KOTRA"}, "USD million"),
}


def track(data: Frames, partner: str, series: str) -> pd.Series:
    """Two-way trade by year of one partner in one series, in the unit of SERIES, from FIRST on."""
    return flows(data["trade"], series, partner)["value"].sort_index().loc[FIRST:]


def ends(data: Frames) -> pd.DataFrame:
    """First and last figure of each track: partner, first year, value, last year, value, unit, sources."""
    rows = []
    for partner, (name, series, unit) in SERIES.items():
        lines = [(label, track(data, partner, key)) for key, label in series.items()]
        lines = [(label, line) for label, line in lines if len(line)]
        (first, one), (last, two) = min(lines, key=lambda p: p[1].index[0]), max(lines, key=lambda p: p[1].index[-1])
        rows.append({"partner": name, "from": one.index[0], "first": one.iloc[0], "by": first, "to": two.index[-1],
                     "last": two.iloc[-1], "by ": last, "unit": unit})
    return pd.DataFrame(rows)


def tracks_card(data: Frames) -> Card:
    """Trade with four partners since 2013, each on its own scale."""
    table = ends(data)
    shrunk = table[table["last"] < table["first"]]["partner"].tolist()

    def draw(fig, narrow):
        axes = fig.subplots(2, 2, sharex=True).flat
        for ax, (partner, (name, series, unit)) in zip(axes, SERIES.items()):
            for key, style in zip(series, ("-", "--", ":")):
                line = track(data, partner, key)
                line = with_gaps(line, FIRST, LAST)
                ax.plot(line.index, line, style, color=COLOUR[partner], marker="o", ms=3.5, mfc=COLOUR["surface"] if style != "-" else None)
            ends_here = table.set_index("partner").loc[name]
            ax.annotate(f"{ends_here['last']:,.0f}", (ends_here["to"], ends_here["last"]), (0, 5), textcoords="offset points",
                        ha="center", color=COLOUR[partner], weight="bold")
            ax.set_title(f"{name},{chr(10) if narrow else ' '}{unit}", loc="left", color=COLOUR[partner])
            ax.set(ylim=(0, None), xlim=(FIRST - 0.5, LAST + 0.5), xticks=[2014, 2019, 2024])
            ax.margins(y=0.25)

    sources = list(dict.fromkeys(s for partner, (_, series, _) in SERIES.items() for key in series
                                 for ids in flows(data["trade"], key, partner).loc[FIRST:, "sources"] for s in ids))
    return Card(
        name="hindsight-tracks",
        title=f"Trade with {_and(shrunk)} is smaller than in 2013" + ("" if len(shrunk) == len(table) else "; none of the new partners gained"),
        alt="Four line charts of trade since 2013. " + " ".join(
            f"{r.partner}: from {r.first:,.0f} ({r[2]}) to {r.last:,.0f} ({r.to}) {r.unit}." for r in table.itertuples()),
        draw=draw, table=table, sources=sources, height=4.6,
        sentence="Each panel has its own scale. Solid, dashed and dotted lines come from different books and must not be read as one.",
        trust="All figures are those of partners. For Russia no source covers the whole span: KOTRA ends, Russian customs stop "
              "publishing, and since 2023 there are only sentences of officials. The Union's figures are in euros. Arms, oil and "
              "soldiers' pay, which are said to make up much of what Russia and North Korea exchange since 2022, are in none of these books.")


def _and(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def china_share(data: Frames) -> pd.DataFrame:
    """China's share by year under four counts, percent: columns year, count, share."""
    printed = pick(holding(data["trade_shares"], series="kotra", partner="CHN", flow="total"), ["year"])
    printed = printed.set_index("year")["value"]
    china, world = (flows(data["trade"], "kotra", p)["value"] for p in ("CHN", "WLD"))
    customs = flows(data["trade"], "cn_customs", "CHN")["value"]
    south = inter_korean(data["trade"])["value"]
    counts = {"KOTRA, as printed": printed, "KOTRA, from values": 100 * china / world,
              "KOTRA with South Korea": 100 * china / (world + south), "Chinese customs in KOTRA's total": 100 * customs / (world - china + customs)}
    table = pd.concat([line.dropna().rename("share").rename_axis("year").reset_index().assign(count=name) for name, line in counts.items()])
    return table[table["year"] >= FIRST].astype({"year": int}).reset_index(drop=True)[["year", "count", "share"]]


def china_table(data: Frames) -> pd.DataFrame:
    """China's share side by side: one row a count, one column for each of a few years."""
    wide = china_share(data).pivot(index="count", columns="year", values="share")
    return wide[[y for y in (2013, 2014, 2016, 2019, 2020, 2023, 2024) if y in wide]].rename(columns=str).rename_axis(columns=None).reset_index()


# --- doors ---------------------------------------------------------------------------------------------------------

OPENING = {"talks", "agreement", "concession", "visit"}
CLOSING = {"refusal", "sanction"}
LANES = {"USA": "United States", "KOR": "South Korea", "CHN": "China", "JPN": "Japan", "EU28": "Europe", "RUS": "Russia"}


def doors(data: Frames) -> pd.DataFrame:
    """Counted events after September 2014 by partner and year: columns partner, year, opening, closing."""
    events = data["events"].query("counted and date > '2014-09-30'")
    kinds = events["kind"].map({"embassy_closed": "closing", "embassy_reopened": "opening", "agreement_ended": "closing"})
    way = kinds.fillna(events["class"].map({**dict.fromkeys(OPENING, "opening"), **dict.fromkeys(CLOSING, "closing")}))
    rows = events.assign(way=way, year=events["date"].str[:4].astype(int)).dropna(subset=["way"])
    parts = []
    for lane in LANES:
        inside = rows["partners"].str.split(";").map(lambda states, lane=lane: bool(set(states) & (EUROPE if lane == "EU28" else {lane})))
        parts.append(rows[inside].groupby(["year", "way"]).size().unstack(fill_value=0)
                     .reindex(index=range(2014, LAST + 1), columns=["opening", "closing"], fill_value=0).assign(partner=lane))
    return pd.concat(parts).rename_axis("year").reset_index()[["partner", "year", "opening", "closing"]]


def doors_card(data: Frames) -> Card:
    """Openings and closings with six partners, year by year."""
    table = doors(data)
    wide = table.pivot(index="partner", columns="year", values="opening")
    triangle = wide.loc[["USA", "KOR", "CHN"]].sum()
    late = wide.loc[:, 2022:].sum(axis=1)

    def draw(fig, narrow):
        axes = fig.subplots(3, 2, sharex=True, sharey=True).flat
        for ax, (lane, name) in zip(axes, LANES.items()):
            part = table[table["partner"] == lane]
            ax.bar(part["year"], part["opening"], color=COLOUR[lane], width=0.7)
            ax.bar(part["year"], -part["closing"], color=COLOUR["surface"], edgecolor=COLOUR[lane], width=0.7)
            ax.axhline(0, color=COLOUR["muted"], lw=0.8)
            ax.set_title(name, loc="left", color=COLOUR[lane])
            ax.set(yticks=[-5, 0, 5, 10], yticklabels=[5, 0, 5, 10], xticks=[2014, 2018, 2022], ylim=(-7, 11))

    return Card(
        name="hindsight-doors",
        title=f"Doors to the old three opened in 2018; from 2022 on, {late.loc['RUS']:.0f} of {late.sum():.0f} openings are with Russia",
        alt=f"Six bar charts by year, 2014 to 2025: openings above the line, closings below. With the United States, South Korea and China together "
            f"{triangle[2018]:.0f} openings in 2018. From 2022 on Russia has {late.loc['RUS']:.0f} of {late.sum():.0f}.",
        draw=draw, table=table.assign(partner=table["partner"].map(LANES)), height=5.0,
        sources=data["events"].query("counted and date > '2014-09-30'")["source_id"].value_counts().index[:12].tolist(),
        sentence="Filled, above the line: talks, agreements, visits, concessions, embassies reopened. Outlined, below: refusals, sanctions, "
                 "meetings called off, embassies shut.",
        trust="The events are a selection, and after 2014 a thin one: what we looked for and found. An empty year is not a quiet year. "
              "Compare the partners inside a year and not one year with another.")


# --- forecasts ------------------------------------------------------------------------------------------------------

def meetings(data: Frames, states: set[str]) -> pd.Series:
    """Visits, talks and agreements with any of the states by year, FIRST to LAST; of the year of the essay, those after it."""
    events = data["events"].query("counted and date > '2014-09-30' and `class` in ['talks', 'visit', 'agreement']")
    inside = events["partners"].str.split(";").map(lambda found: bool(set(found) & states))
    years = events.loc[inside, "date"].str[:4].astype(int)
    return years.value_counts().reindex(range(2014, LAST + 1), fill_value=0).sort_index()


def european_aid(data: Frames) -> pd.DataFrame:
    """Columns six (USD million of six European donors in the United Nations register), share (percent of all donors)."""
    rows = holding(data["aid"], series="fts", rank=1)
    year = rows["period"].str[:4].astype(int)
    six = rows[rows["donor"].isin(["CHE", "DEU", "FRA", "ITA", "SWE", "EU28"])].groupby(year)["value"].sum()
    world = rows[rows["donor"] == "WLD"].groupby(year)["value"].sum()
    return pd.DataFrame({"six": six, "share": 100 * six / world}).dropna().loc[FIRST:]


def joined(data: Frames, partner: str) -> pd.Series:
    """Trade with a partner, the first of its series that has the year."""
    lines = pd.concat([track(data, partner, key) for key in SERIES[partner][1]])
    return lines[~lines.index.duplicated()].sort_index()


def liberal(data: Frames, year: int) -> bool:
    """Did a liberal govern in Seoul when the year began? From the inaugurations in the table of events."""
    events = data["events"].query("counted and kind == 'rok_president' and title.str.contains('takes office')")
    before = events[events["date"] <= f"{year}-01-01"].sort_values("date")
    return "liberal" in before["title"].iloc[-1]


def _all_below(line: pd.Series, year: int, bound: float) -> bool | None:
    seen = line.loc[2015:year]
    return None if seen.empty else bool((seen < bound).all())


def _summit_years(data: Frames) -> set[int]:
    events = data["events"].query("counted and kind == 'summit' and date > '2014-09-30'")
    return set(events.loc[events["partners"].str.contains("KOR") & events["title"].str.contains("Kim-Moon|Pyongyang summit"), "date"].str[:4].astype(int))


def _needed(year: int) -> float:
    return 104 * (1000 / 104) ** ((min(year, 2020) - 2013) / 7)


def _ignored_by_leaders(data: Frames, year: int) -> bool | None:
    events = data["events"].query("counted and date > '2014-09-30' and high.notna()")
    # `high` holds the states for which the visit counts as one of high rank; a stop on the way to a forum is none.
    inside = events["high"].str.split(";").map(lambda found: bool(set(found) & EUROPE))
    return None if year < 2015 else not (events.loc[inside, "date"].str[:4].astype(int) <= year).any()


def _still_low(data: Frames, year: int) -> bool | None:
    seen = joined(data, "RUS").loc[2014:year]
    return None if seen.empty else bool(seen.iloc[-1] < _needed(year))


def _never_back(data: Frames, year: int) -> bool | None:
    trade = joined(data, "RUS")
    return None if trade.loc[2014:year].empty else bool((trade.loc[2014:year] < trade[2013]).all())


def _no_meeting(data: Frames, year: int, states: set[str]) -> bool | None:
    return None if year < 2015 else not meetings(data, states).loc[2015:year].any()


def _no_relations(data: Frames, year: int) -> bool:
    opened = holding(data["events"], kind="diplomatic_relations", partners="JPN")["date"].str[:4].astype(int)
    return not (opened <= year).any()


def summits(data: Frames) -> pd.Series:
    """Summits between the two Koreas by year, after the essay."""
    years = pd.Series(sorted(_summit_years(data)), dtype=int)
    return years.value_counts().reindex(range(2014, LAST + 1), fill_value=0).sort_index()


def _no_summit(data: Frames, year: int) -> bool | None:
    return None if year < 2015 else not any(t <= year and not liberal(data, t) for t in _summit_years(data))


def _each_liberal_year(data: Frames, year: int) -> bool | None:
    years = [t for t in range(2015, year + 1) if liberal(data, t)]
    return all(t in _summit_years(data) for t in years) if years else None


@dataclass(frozen=True)
class Wording:
    """A forecast worded so that it can be judged: what the bars show, their line by year, and a test (None: too early)."""

    text: str
    measure: str
    line: Callable[[Frames], pd.Series]
    test: Callable[[Frames, int], bool | None]


def _forecast(words: str, actor: str, measure: str, line: Callable, mild: tuple, strict: tuple) -> tuple:
    """Words, actor and both wordings; a wording may bring a measure and a line of its own."""
    return words, actor, *(Wording(text, *(own or (measure, line)), test) for text, test, *own in (mild, strict))


# claim: words, actor, worded mildly, worded strictly
FORECASTS = {
    "europe-may-ignore": _forecast(
        "Europeans may ignore the advances", "EU28", "visits, talks, agreements with Europe after the essay",
        lambda d: meetings(d, EUROPE),
        ("no leader or minister of Europe met one of the North", _ignored_by_leaders),
        ("nobody official met them at all", lambda d, y: _no_meeting(d, y, EUROPE))),
    "russia-needs-subsidy": _forecast(
        "trade with Russia stays too small", "RUS", "trade with Russia, USD million", lambda d: joined(d, "RUS"),
        ("it stays below the path to a billion by 2020", _still_low),
        ("it never comes back to the level of 2013", _never_back)),
    "japan-blocked": _forecast(
        "problems prevent normal relations with Japan", "JPN", "visits, talks, agreements with Japan after the essay",
        lambda d: meetings(d, {"JPN"}),
        ("no diplomatic relations", _no_relations),
        ("no more contact of any kind from 2015 on", lambda d, y: _no_meeting(d, y, {"JPN"}))),
    "europe-no-boom": _forecast(
        "no boom in trade with Europe", "EU28", "trade with the EU, EUR million", lambda d: joined(d, "EU28"),
        ("it never doubles what it was in 2014", lambda d, y: _all_below(joined(d, "EU28"), y, 2 * joined(d, "EU28")[2014])),
        ("it never exceeds what it was in 2014", lambda d, y: _all_below(joined(d, "EU28"), y, joined(d, "EU28")[2014]))),
    "europe-not-generous": _forecast(
        "Europeans not especially generous with aid", "EU28", "aid of six European donors, USD million",
        lambda d: european_aid(d)["six"],
        ("they never give half as much again as in 2013",
         lambda d, y: _all_below(european_aid(d)["six"], y, 1.5 * european_aid(d).loc[2013, "six"])),
        ("their part of all aid never exceeds that of 2013",
         lambda d, y: _all_below(european_aid(d)["share"], y, european_aid(d).loc[2013, "share"]),
         "aid of six European donors, % of all donors", lambda d: european_aid(d)["share"])),
    "conservatives-block": _forecast(
        "no good relations while conservatives govern in Seoul", "KOR", "summits between the two Koreas", summits,
        ("no summit in a conservative's year", _no_summit),
        ("and a summit in every liberal's year", _each_liberal_year)),
}
YEARS = (2014, 2016, 2018, 2020, 2025)
STRENGTH = {"mild": "mildly", "strict": "strictly"}
WORDS = {True: "holds so far", False: "fails", None: "cannot be judged yet"}


def wording(claim: str, strength: str) -> Wording:
    """The mild or the strict wording of a forecast."""
    return FORECASTS[claim][2 + (strength == "strict")]


def judged(data: Frames, claim: str, strength: str, year: int) -> bool | None:
    """Does a forecast, worded mildly or strictly, hold on what had happened by the end of a year? None: too early."""
    return wording(claim, strength).test(data, year)


def forecast_card(data: Frames, claim: str, strength: str, year: int) -> Card:
    """One forecast, worded mildly or strictly, at the end of one year."""
    words, actor, *_ = FORECASTS[claim]
    worded = wording(claim, strength)
    measure, line, outcome = worded.measure, worded.line(data), WORDS[judged(data, claim, strength, year)]
    known, later = line.loc[:year], line.loc[year + 1:]
    ends = f" The last figure is of {line.index[-1]}; what came later is not judged." if line.index[-1] < min(year, LAST) else ""

    def draw(fig, narrow):
        ax = fixed_axes(fig, left=0.14 if narrow else 0.07, top=0.84)
        if claim == "conservatives-block":
            for t in range(2014, LAST + 1):
                ax.text(t, line.max() * 1.02, "L" if liberal(data, t) else "C", ha="center", color=COLOUR["muted"])
        ax.bar(known.index, known, color=COLOUR[actor], edgecolor=COLOUR[actor], width=0.7)
        ax.bar(later.index, later, color=COLOUR["surface"], edgecolor=COLOUR["muted"], width=0.7)
        ax.axvline(year + 0.5, color=COLOUR["text"], lw=1.2)
        early = year < 2019
        ax.text(year + (0.65 if early else 0.35), line.max() * 1.14, f"end of {year}", ha="left" if early else "right", va="center")
        ax.set(ylim=(0, line.max() * 1.22), xlim=(FIRST - 0.9, LAST + 0.9), xticks=range(2014, 2026, 3))
        ax.set_title("\n".join(textwrap.wrap(measure[0].upper() + measure[1:], 34 if narrow else 90)), loc="left")

    return Card(
        name="hindsight-forecast", title=f"By the end of {year}, “{worded.text}” {outcome}",
        alt=f"Bars by year from {line.index[0]} to {line.index[-1]}: {measure}. By the end of {year}, “{worded.text}” {outcome}.",
        draw=draw, table=pd.DataFrame({"year": line.index, measure: line.to_numpy(), "seen by then": line.index <= year}),
        sources=_forecast_sources(data, claim), height=3.4,
        sentence=f"The forecast: {words}. Filled: seen by the end of {year}.{ends}"
                 + (" C: a conservative governs in Seoul when the year begins; L: a liberal." if claim == "conservatives-block" else ""),
        trust="What is judged is what had happened by the end of the year; some figures were printed later. Bars of meetings count a "
              "selection of events, and an empty year is not a quiet year. Trade with Russia and with the Union comes from more than one book.")


def _forecast_sources(data: Frames, claim: str) -> list[str]:
    actor = FORECASTS[claim][1]
    if claim == "europe-not-generous":
        return holding(data["aid"], series="fts", rank=1)["source_id"].unique().tolist()
    if claim in ("russia-needs-subsidy", "europe-no-boom"):
        return list(dict.fromkeys(s for key in SERIES[actor][1] for ids in flows(data["trade"], key, actor).loc[FIRST:, "sources"] for s in ids))
    events = data["events"].query("counted and date > '2014-09-30' and `class` in ['talks', 'visit', 'agreement']")
    states = EUROPE if actor == "EU28" else {actor}
    return events.loc[events["partners"].str.split(";").map(lambda found: bool(set(found) & states)), "source_id"].unique().tolist()


def forecast_exploration(data: Frames) -> Exploration:
    """Choose a forecast, how strictly it is worded, and the year at whose end it is judged."""
    return explore(
        lambda **state: forecast_card(data, **state), "forecast-by-year", "Does the verdict last, and does it survive a stricter wording?",
        claim=Choice("Forecast", {c: words[0].upper() + words[1:] for c, (words, *_) in FORECASTS.items()}, "select", "conservatives-block"),
        strength=Choice("Worded", STRENGTH, "radio"),
        year=Choice("Judged at the end of", {y: str(y) for y in YEARS}, "range", 2018))


def forecasts(data: Frames) -> pd.DataFrame:
    """Every forecast: how it was said, the verdict of its own chapter today, and both wordings of this chapter at the end of LAST."""
    rows = data["claims"].set_index("id")
    return pd.DataFrame([{"forecast": claims.link(c, words), "said": HEDGE[rows.loc[c, "hedge"]], "verdict in its chapter": str(evidence.finding(c))}
                         | {f"worded {how}": f"{wording(c, s).text}: {WORDS[judged(data, c, s, LAST)]}" for s, how in STRENGTH.items()}
                         for c, (words, *_) in FORECASTS.items()])


NAMED = {  # the dated events that the text leans on
    "kaesong": "2016-02-10-seoul-halts-all-kaesong", "committee": "2016-02-12-dprk-dissolves-the-special",
    "singapore": "2018-06-12-first-kim-trump-summit", "hanoi": "2019-02-28-hanoi-summit-collapses-over",
    "border": "2020-01-china-dprk-border-sealed-trade-suspended-at", "hostile": "2023-12-kim-two-hostile-states-at-war",
    "treaty": "2024-06-19-putin-in-pyongyang-treaty-on", "rebuff": "2025-07-28-kim-yo-jong-no-interest-in-any",
    "beijing": "2025-09-04-kim-xi-summit-in-beijing-first-in-six-years",
}


def turning_points(data: Frames) -> pd.DataFrame:
    """The dated events that the text of the chapter names: date, what happened."""
    rows = data["events"].set_index("event_id").loc[list(NAMED.values())]
    return rows[["date", "title"]].rename(columns={"title": "what happened"}).reset_index(drop=True)


# --- numbers for the prose ---------------------------------------------------------------------------------------

def numbers(data: Frames) -> dict[str, str]:
    """Every figure that the prose of this chapter names: key to text."""
    russia, europe, south = (joined(data, partner) for partner in ("RUS", "EU28", "KOR"))
    share = holding(china_share(data), count="KOTRA, as printed").set_index("year")["share"]
    south_in = holding(china_share(data), count="KOTRA with South Korea").set_index("year")["share"]
    aid = european_aid(data)
    table = forecasts(data)
    open_doors = doors(data).groupby(["partner", "year"])["opening"].sum()
    late = open_doors.loc[:, 2022:].groupby("partner").sum()
    return {
        "russia-2013": f"{russia[2013]:.0f}", "russia-2020": f"{russia[2020]:.1f}", "russia-2024": f"{russia[2024]:.0f}",
        "russia-third": f"{100 * russia[2024] / russia[2013]:.0f}{PERCENT}", "russia-target": f"{100 * russia[2020] / 1000:.1f}{PERCENT}",
        "europe-2013": f"{europe[2013]:.0f}", "europe-2016": f"{europe[2016]:.0f}",
        "south-2015": f"{south[2015]:,.0f}", "south-2023": f"{south[2023]:.0f}",
        "china-2014": percent(share[2014]), "china-2024": percent(share[2024]), "china-2020": percent(share[2020]),
        "south-2014": percent(south_in[2014]), "south-2024": percent(south_in[2024]),
        "aid-share-2013": f"{aid.loc[2013, 'share']:.0f}{PERCENT}", "aid-share-high": f"{aid['share'].max():.0f}{PERCENT}",
        "aid-2013": f"{aid.loc[2013, 'six']:.1f}", "aid-2019": f"{aid.loc[2019, 'six']:.1f}",
        "strict": str(table["worded strictly"].str.endswith(WORDS[True]).sum()),
        "forecasts": str(len(table)), "doors-russia": str(late["RUS"]), "doors-all": str(late.sum()),
    }
