"""Chapter europe, paragraph 11: Europe's economy, its aid, its distance, and the boom in trade that did not come.

Everything here is a pure function of the tables that `frames` loads. Trade is two-way, in millions a year.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import numpy as np
import pandas as pd

from companion import claims
from companion.claims import Finding, forecast, verdict
from companion.data import pick
from companion.evidence.series import flows, holding, known_by, remembered, sources_of, tables, with_gaps
from companion.evidence.thresholds import ARITHMETIC, CONVENTION, SIZED, Threshold
from companion.explore import Choice, Exploration, explore
from companion.figure import COLOUR, PERCENT, Card, fixed_axes, mark_number, percent

Frames = Mapping[str, pd.DataFrame]
TABLES = ("trade", "trade_shares", "aid", "economies", "distances", "debts", "commodities", "events")

# Series of trade with the European Union: label, family of sources, money.
COUNTS = {
    "ec": ("European Commission", "Eurostat", "EUR"),
    "kotra_brussels": ("Eurostat, added up by KOTRA", "Eurostat", "EUR"),
    "eurostat": ("Eurostat, other reports", "Eurostat", "EUR"),
    "cow": ("Correlates of War", "IMF reports", "USD"),
    "itpd": ("ITPD-E", "ITPD-E", "USD of 2010"),
}
RESEARCH = ("cow", "itpd")  # the two that name the Netherlands apart and have a total to take a share of
BOOM = 2.0  # "a boom": trade at least doubles
GENEROUS = 1.5  # "especially generous": at least half as much again as before
HALF = 50.0  # percent: as much as all other donors together
CASES = 3  # broken-off programmes that make a name: more than one, and more than a pair
EUROPEANS = ("CHE", "DEU", "EU28", "FRA", "ITA", "SWE")
CLAIM_YEARS = (2012, 2013, 2014)
GOOD_YEARS = range(2002, 2008)  # the years before the financial crisis that Eurostat's table of March 2014 holds
ELASTICITIES = (0.5, 1.0, 1.5, 2.0)
PARTNERS = {"EU28": "the European Union", "DEU": "Germany", "RUS": "Russia", "JPN": "Japan", "USA": "the United States"}
CAPITALS = {"EU28": "BEL"}  # the Union has no row of its own in the table of distances: Brussels stands in


def frames(as_of: str | None = None) -> dict[str, pd.DataFrame]:
    """The tables of this chapter, by name; with `as_of`, only what could be known on that day."""
    return tables(*TABLES, as_of=as_of)


# --- trade ------------------------------------------------------------------------------------------------------

def trade_of(data: Frames, series: str) -> pd.Series:
    """Trade with the European Union by year, in millions of the money of the series."""
    return flows(data["trade"], series, "EU28")["value"]


def share_of(data: Frames, series: str, whole: str = "") -> pd.Series:
    """The Union's part of all trade, in percent by year; whole: the series whose total is divided by, else its own."""
    return (100 * trade_of(data, series) / flows(data["trade"], whole or series, "WLD")["value"]).dropna()


SOVIET_GAP = (1990, 1991)  # Correlates of War codes no trade with the Soviet Union in these years: see corrections.csv
WHOLES_OF_1990 = {"kotra": "KOTRA", "mofa": "South Korea's foreign ministry", "jetro": "Japan's trade agency"}


def shares_of_1990(data: Frames) -> pd.Series:
    """The Union's trade of 1990 by Correlates of War in percent of four wholes, by the name of who added up the whole."""
    names = {"cow": COUNTS["cow"][0] + ", no Soviet Union", **WHOLES_OF_1990}
    return pd.Series({name: share_of(data, "cow", series).get(1990, np.nan) for series, name in names.items()})


def dutch(data: Frames, series: str) -> pd.DataFrame:
    """Trade by year from 2010 on: columns `Netherlands` and `all others` of the Union."""
    part = flows(data["trade"], series, "NLD")["value"]
    return pd.DataFrame({"Netherlands": part, "all others": trade_of(data, series) - part}).dropna().loc[2010:]


def trade_sources(data: Frames, *series: str, partners: tuple[str, ...] = ("EU28",)) -> list[str]:
    """Sources of these series for these partners, each once."""
    found = [flows(data["trade"], s, p) for s, p in itertools.product(series, partners)]
    return sources_of(pd.concat(found)) if any(len(f) for f in found) else []


def rivals(data: Frames) -> pd.DataFrame:
    """Every count of trade with the Union side by side, 2010 to 2017, and the two research counts without the Netherlands."""
    lines = {f"{label}, million {money}": trade_of(data, s) for s, (label, _, money) in COUNTS.items()}
    lines |= {f"{COUNTS[s][0]} without the Netherlands, million {COUNTS[s][2]}": dutch(data, s)["all others"] for s in RESEARCH}
    wide = pd.DataFrame(lines).T.reindex(columns=range(2010, 2018)).astype(float)
    return wide.round().astype("Int64").rename(columns=str).rename_axis("count").reset_index()


def rival_shares(data: Frames) -> pd.DataFrame:
    """The Union's part of all trade in chosen years: two research counts, the first over KOTRA's total too, and what KOTRA printed."""
    printed = holding(data["trade_shares"], series="kotra", partner="EU28", flow="total")
    lines = {"Correlates of War (1990: no Soviet Union in the whole)": share_of(data, "cow"),
             "Correlates of War over KOTRA's whole": share_of(data, "cow", "kotra"), "ITPD-E": share_of(data, "itpd"),
             "KOTRA, as printed": pick(printed, ["year"]).set_index("year")["value"]}
    wide = pd.DataFrame(lines).T.reindex(columns=[1990, 1992, 2000, 2006, 2007, 2010, 2012, 2013, 2014, 2016]).astype(float)
    return wide.rename(columns=str).rename_axis("count").reset_index()


TRADE_TRUST = (
    "North Korea publishes no trade figures; these are what European customs booked. Customs clerks confuse the two Koreas: of "
    "the exports of 2010, petroleum products worth 55 million euros that went to the Netherlands were probably South Korean or "
    "passed through. The 28 states are those of 2013, counted back to 1990, so in the first years some of them still "
    "belonged, or had just belonged, to the Soviet bloc.")


def share_card(data: Frames) -> Card:
    """Two panels by year: the trade, and the Union's part of two wholes."""
    trade, own, kotra = trade_of(data, "cow"), share_of(data, "cow"), share_of(data, "cow", "kotra")
    sound = own.drop(list(SOVIET_GAP), errors="ignore")
    held = abs(trade[2006] / trade[1992] - 1) < 0.1 and trade[2007] < 0.5 * trade[2006]
    parted = kotra[2006] > kotra[1990] and sound[2006] < 0.5 * sound[1992]

    def draw(fig, narrow):
        first, second = fig.subplots(*((2, 1) if narrow else (1, 2)), sharex=True)
        first.plot(with_gaps(trade, 1990, 2014), color=COLOUR["EU28"], lw=1.6)
        for year, (right, up) in {1992: (0, 12), 2006: (4, 11), 2007: (-12, -9), 2014: (8, 4)}.items():
            first.plot(year, trade[year], "o", ms=6, mfc=COLOUR["surface"], mec=COLOUR["EU28"], mew=1.8)
            first.annotate(f"{trade[year]:.0f}", (year, trade[year]), (right, up), textcoords="offset points", va="center",
                           weight="bold", ha="right" if right < 0 else "left")
        first.set_title("Trade, million dollars", loc="left")
        first.set(ylim=(0, trade.max() * 1.25))
        second.plot(with_gaps(sound, 1990, 2014), color=COLOUR["EU28"], lw=1.6)
        second.plot(list(SOVIET_GAP), own.reindex(SOVIET_GAP), "x", color=COLOUR["EU28"], ms=6)
        second.plot(with_gaps(kotra, 1990, 2014), color=COLOUR["text"], lw=1.2, ls="--", marker="s", ms=3)
        second.text(2000, 29.5, "dashed, squares:\nof KOTRA's whole", va="top")
        second.text(2007.2, 17.5, "line: of the data\nset's own whole", color=COLOUR["EU28"], va="center")
        second.text(1989, 4, "crosses: the same,\nSoviet trade missing", color=COLOUR["EU28"], va="center")
        second.set_title("Part of all trade, %", loc="left")
        second.set(ylim=(0, 31), xticks=[1992, 2006, 2014], xlim=(1988, 2020))

    table = pd.DataFrame({"trade, million dollars": trade.round().astype("Int64"), "% of its own whole": own,
                          "% of KOTRA's whole": kotra}).rename_axis("year").reset_index()
    return Card(
        name="europe-share",
        title=("Europe's trade roughly held until 2006 and then broke; whether its share had fallen before depends on the whole"
               if held and parted else "Europe's trade and its share of the whole did not move together"),
        alt=f"Two line charts, 1990 to 2014. Trade, million dollars: {trade[1990]:.0f} in 1990, {trade[1992]:.0f} in 1992, "
            f"{trade[2006]:.0f} in 2006, {trade[2007]:.0f} in 2007, {trade[2014]:.0f} in 2014. Part of the data set's own "
            f"whole: {sound[1992]:.1f} percent in 1992, {sound[2006]:.1f} in 2006, {sound[2014]:.1f} in 2014; in 1990 "
            f"{own[1990]:.1f}, with Soviet trade missing. Part of KOTRA's whole: {kotra[1990]:.1f} in 1990, {kotra[1992]:.1f} "
            f"in 1992, {kotra[2006]:.1f} in 2006, {kotra[2014]:.1f} in 2014.",
        draw=draw, table=table,
        sources=[*trade_sources(data, "cow", partners=("EU28", "WLD")), *trade_sources(data, "kotra", partners=("WLD",))],
        trust=TRADE_TRUST + (
            " Dollars are those of the day: a dollar of 2006 bought less than one of 1990. The research data code no trade "
            "with the Soviet Union in 1990 and 1991, and their whole holds some trade that is really South Korean; from "
            "1999 to 2002 it may be too high. KOTRA's whole leaves South Korea out and has no figure for 1994 and 1997; a "
            "part of one book over the whole of another is rough."),
        sentence="The first panel is the trade itself, the second its part of all trade. A share also falls when others "
                 "grow, and rises when others leave.", height=4.4)


def dutch_card(data: Frames) -> Card:
    """Stacked bars by year, the Netherlands filled, in the two research counts."""
    parts = {s: dutch(data, s) for s in RESEARCH}

    def draw(fig, narrow):
        axes = fig.subplots(*((2, 1) if narrow else (1, 2)))
        for ax, (s, part) in zip(axes, parts.items(), strict=True):
            rest, top = part["all others"], part.sum(axis=1)
            ax.bar(part.index, rest, color=COLOUR["surface"], edgecolor=COLOUR["EU28"], linewidth=1.2, width=0.7)
            ax.bar(part.index, part["Netherlands"], bottom=rest, color=COLOUR["EU28"], edgecolor=COLOUR["EU28"],
                   linewidth=1.2, width=0.7)
            for year in part.index:
                ax.text(year, rest[year] / 2, f"{rest[year]:.0f}", ha="center", va="center", fontsize=8.5)
                ax.text(year, top[year] + 4, f"{top[year]:.0f}", ha="center", va="bottom", fontsize=8.5)
            ax.set_title(f"{COUNTS[s][0]}, million {COUNTS[s][2]}", loc="left")
            ax.set(xlim=(2009.4, 2016.6), ylim=(0, 300), xticks=range(2010, 2017, 2), yticks=[])
            ax.spines["left"].set_visible(False)
        axes[0].annotate("Netherlands", (2013.35, parts["cow"].loc[2013].sum() - 40), (2016.5, 240), ha="right",
                         color=COLOUR["EU28"], arrowprops={"arrowstyle": "-", "color": COLOUR["EU28"]})
        axes[0].annotate("all others", (2014.35, parts["cow"].loc[2014, "all others"] / 2), (2016.5, 100), ha="right",
                         color=COLOUR["EU28"], arrowprops={"arrowstyle": "-", "color": COLOUR["EU28"]})

    falls = all((part["all others"].diff().dropna() < 0).all() for part in parts.values())
    return Card(
        name="europe-dutch",
        title="Without the Netherlands, trade with the Union fell every year from 2010, and 2013 is no peak" if falls else
              "Without the Netherlands, trade with the Union does not fall every year from 2010",
        alt="Stacked bars of the European Union's trade with North Korea by year, the Netherlands on top. " + " ".join(
            f"{COUNTS[s][0]}, without and with the Netherlands: " + "; ".join(
                f"{y} {r['all others']:.0f} and {r.sum():.0f}" for y, r in part.iterrows()) + "." for s, part in parts.items()),
        draw=draw,
        table=pd.concat([part.round().astype("Int64").rename_axis("year").reset_index().assign(count=COUNTS[s][0], money=f"million {COUNTS[s][2]}")
                         for s, part in parts.items()])[["count", "year", "all others", "Netherlands", "money"]],
        sources=trade_sources(data, *RESEARCH, partners=("EU28", "NLD")), trust=TRADE_TRUST + (
            " Both counts go back to the same Dutch customs reports, so that they agree on the Netherlands proves little. "
            "ITPD-E holds services and some estimates; Correlates of War ends in 2014."),
        sentence="Filled: the Netherlands. Outlined: the other states, with their sum inside. The figure above a bar is "
                 "the whole.",
        height=4.0)


# --- size over distance -----------------------------------------------------------------------------------------

@remembered("economies")
def _sizes(data: Frames) -> pd.DataFrame:
    """Output by year and country."""
    size = holding(data["economies"], series="world_bank", measure="gdp").astype({"year": int})
    return size.pivot(index="year", columns="country", values="value")


def predicted(data: Frames, partner: str, elasticity: float, measure: str = "weighted_km") -> pd.Series:
    """China's trade over that of a partner, by year, if trade were size over distance to the power of the elasticity."""
    size = _sizes(data)
    km = data["distances"].set_index("partner")[measure]
    if not {"CHN", partner} <= set(size.columns):
        return pd.Series(dtype=float)
    return size["CHN"] / size[partner] * (km[CAPITALS.get(partner, partner)] / km["CHN"]) ** elasticity


def reported(data: Frames, partner: str, series: str = "cow") -> pd.Series:
    """China's trade over that of a partner as booked, by year from 2000; missing where the partner booked none."""
    ratio = flows(data["trade"], series, "CHN")["value"] / flows(data["trade"], series, partner)["value"]
    return ratio.replace(np.inf, np.nan).loc[2000:2016].astype(float)


def needed_elasticity(data: Frames, partner: str = "EU28") -> pd.Series:
    """The elasticity that would make the rule give the booked ratio, by year: constant if distance were the reason."""
    size, once = predicted(data, partner, 0), predicted(data, partner, 1)
    return (np.log(reported(data, partner) / size) / np.log(once / size)).dropna()


def _times(value: float) -> str:
    return f"{value:,.1f}" if value < 10 else f"{value:,.0f}"


def gravity_card(data: Frames, partner: str, elasticity: float) -> Card:
    """China's trade over a partner's by year: as booked, and by size over distance with one elasticity."""
    name = PARTNERS[partner]
    rule = predicted(data, partner, elasticity).loc[2000:2014]
    low, high = (predicted(data, partner, e).loc[2000:2014] for e in (ELASTICITIES[0], ELASTICITIES[-1]))
    booked, needed = reported(data, partner).loc[2000:2014], needed_elasticity(data, partner)
    said = f"For {name} and 2013, elasticity {elasticity:g}: the rule says {_times(rule[2013])} to 1"
    last = booked.last_valid_index()
    if np.isfinite(booked[2013]):
        title = f"{said}, the books {_times(booked[2013])} to 1"
        sentence = (f"From 2000 to 2013 the rule's ratio grows {_times(rule[2013] / rule[2000])} times, whatever the "
                    f"elasticity; the booked one {_times(booked[2013] / booked[2000])} times, and "
                    f"{_times(booked[last] / booked[2000])} times to {last}. To meet the books the elasticity would have to be "
                    f"{needed[2012]:.1f} in 2012, {needed[2013]:.1f} in 2013 and {needed[2014]:.1f} in 2014.")
    else:
        title = f"{said}, and {name} booked no trade"
        sentence = (f"No figure after {last}, since nothing was booked that could be divided by. Until then the booked "
                    "ratio went from "
                    f"{_times(booked[2000])} in 2000 to {_times(booked[last])}; the distance stayed the same.")

    def draw(fig, narrow):
        ax = fixed_axes(fig, left=0.16 if narrow else 0.08)
        ax.set_yscale("log")
        ax.fill_between(rule.index, low, high, color=COLOUR["band"], lw=0)
        ax.plot(rule, color=COLOUR["muted"], ls="--", lw=1.6)
        ax.plot(with_gaps(booked, 2000, 2014), color=COLOUR["CHN"], marker="o", ms=3.5)
        ax.set(xlim=(1999.5, 2014.9), ylim=(0.03, 6000), xticks=[2000, 2005, 2010, 2014])
        ax.set_yticks([1, 10, 100, 1000], ["1", "10", "100", "1,000"])
        ax.minorticks_off()
        ax.set_title("China's trade over the partner's", loc="left")
        ax.text(2000, 0.12, "as booked", color=COLOUR["CHN"], va="center")
        ax.text(2000, 0.055, "by the rule (dashed)", color=COLOUR["muted"], va="center")
        mark_number(ax, _times(rule[2013]), 2013, rule[2013], COLOUR["muted"], above=not rule[2013] < booked[2013])
        if np.isfinite(booked[2013]):
            mark_number(ax, _times(booked[2013]), 2013, booked[2013], COLOUR["CHN"], above=bool(booked[2013] >= rule[2013]))

    table = pd.DataFrame({"rule": rule, "least": low, "most": high, "booked": booked}).rename_axis("year").reset_index()
    return Card(
        name="europe-gravity", title=title,
        alt=f"Line chart on a logarithmic scale, 2000 to 2014: China's trade with North Korea as a multiple of that of {name}, "
            f"as booked and by size over distance. {title}. {sentence}",
        draw=draw,
        table=table.rename(columns={"rule": f"rule, elasticity {elasticity:g}", "least": f"rule, {ELASTICITIES[0]:g}",
                                    "most": f"rule, {ELASTICITIES[-1]:g}", "booked": "booked"}).astype({"year": str}),
        sources=[*trade_sources(data, "cow", partners=("CHN", partner)), "datasets-gdp", "cepii-geodist"],
        trust="A rule of thumb for averages over many pairs of states, used here for one. The output is in dollars of the "
              "day, in a "
              "revision of 2026, and that of the Union leaves out the United Kingdom; with it the rule would give less. "
              "Distance "
              "is between cities weighted by people, to Brussels for the Union and to all of Russia for Russia. Booked "
              "trade of a "
              "few million makes the ratio jump, and values are rounded to whole millions, so that none may be a little. "
              "Trade with Japan in "
              "2001 is an outlier; China's trade of 1999 to 2002 may be too high. In September 2014 none of these figures was out "
              "in the edition used here.",
        sentence=sentence + " Shaded: the rule under all four elasticities.")


def gravity_exploration(data: Frames) -> Exploration:
    """Choose the partner and how steeply distance counts."""
    return explore(
        lambda **state: gravity_card(data, **state), "europe-distance-rule",
        "Does distance explain why China's trade grew and Europe's did not?",
        partner=Choice("Partner set beside China", {p: name[0].upper() + name[1:] for p, name in PARTNERS.items()}),
        elasticity=Choice("How steeply distance counts (elasticity)", {e: f"{e:g}" for e in ELASTICITIES}, "range", 1.0))


# --- aid and debts ----------------------------------------------------------------------------------------------

def _register(data: Frames) -> pd.DataFrame:
    """Humanitarian aid as reported to the United Nations: million dollars by year and donor, and three wholes."""
    rows = holding(data["aid"], series=["fts", "fts_flows", "fts_2014"], kind="humanitarian").astype({"period": int})
    donor = rows["donor"].mask(rows["donor"] == "WLD", rows["series"])
    table = rows.assign(donor=donor).pivot(index="period", columns="donor", values="value")
    return table.reindex(columns=[*EUROPEANS, "fts", "fts_flows", "fts_2014"]).loc[2010:2019].astype(float)


def aid_by_year(data: Frames) -> pd.DataFrame:
    """Million dollars by year, 2010 to 2019: `europeans`, `union` (without Switzerland), `world` (all gifts that the same
    copy of the register lists), and `share`, the six Europeans' part in percent."""
    table = _register(data)
    six = table[list(EUROPEANS)].sum(axis=1)
    return pd.DataFrame({"europeans": six, "union": six - table["CHE"].fillna(0), "world": table["fts_flows"],
                         "share": 100 * six / table["fts_flows"]})


WHOLES = {"fts_flows": "all gifts listed with them", "fts": "the register's yearly total",
          "fts_2014": "total reported at the end of 2014"}


def rival_aid(data: Frames) -> pd.DataFrame:
    """The six Europeans' part of three wholes, percent, 2012 to 2019."""
    table = _register(data)
    six = table[list(EUROPEANS)].sum(axis=1)
    shares = pd.DataFrame({f"part of {label}": 100 * six / table[whole] for whole, label in WHOLES.items()})
    return shares.T.loc[:, 2012:].rename(columns=str).rename_axis("count").reset_index()


def aid_card(data: Frames) -> Card:
    """Stacked bars by year: six European donors filled, all other donors outlined, the share on top."""
    aid = aid_by_year(data)
    six = aid["europeans"]
    after, part = six.loc[2012:], aid["share"].loc[2012:]

    def draw(fig, narrow):
        ax = fig.subplots()
        ax.bar(aid.index, six, color=COLOUR["EU28"], edgecolor=COLOUR["EU28"], linewidth=1.2, width=0.75)
        ax.bar(aid.index, aid["world"] - six, bottom=six, color=COLOUR["surface"], edgecolor=COLOUR["EU28"],
               linewidth=1.2, width=0.75)
        for year, row in aid.iterrows():
            ax.text(year, row["world"] + 2, f"{row['share']:.0f}" + ("" if narrow else " %"), ha="center", fontsize=9)
        ax.set_title("Humanitarian aid, million dollars", loc="left")
        ax.set(xticks=range(2010, 2020, 3), ylim=(0, 130), yticks=[0, 50, 100])
        ax.text(2014.6, 88, "outlined: all others\nfilled: six Europeans\nfigure: Europeans, %", color=COLOUR["EU28"],
                va="center")

    return Card(
        name="europe-aid",
        title=f"Six Europeans gave {after.min():.0f} to {after.max():.0f} million dollars a year from 2012 on; their part of "
              f"reported aid swung between {part.min():.0f} and {part.max():.0f}{PERCENT}",
        alt="Stacked bars of humanitarian aid to North Korea by year, six European donors and all others, in million dollars. "
            + "; ".join(f"{y}: {r['europeans']:.1f} of {r['world']:.1f}" for y, r in aid.iterrows())
            + ". The European part, percent: " + ", ".join(f"{v:.0f} in {y}" for y, v in aid["share"].items()) + ".",
        draw=draw,
        table=aid.rename_axis("year").reset_index().astype({"year": str}).rename(columns={
            "europeans": "six Europeans", "union": "without Switzerland", "world": "all donors", "share": "six Europeans, %"}),
        sources=holding(data["aid"], series="fts_flows")["source_id"].unique().tolist(),
        trust="What donors report to a register of the United Nations, as it stood in 2026; a report of the time gave more "
              "for all donors "
              "in 2014. China and others report little. The six donors are those that the copy names: Switzerland, Sweden, "
              "Germany, France, Italy and the European Union. A year without a row counts here as nothing reported, which "
              "may be too little.",
        sentence="Filled: the six Europeans. Outlined, on top: all other donors. The figure above a bar is the part of the "
                 "six in percent.")


DEBTORS = {"SWE": "Sweden", "FRA": "France", "CHE": "Switzerland", "FIN": "Finland", "CZE": "Czech Republic", "HUN": "Hungary"}
MONEY = {"SEK_million": "million kronor", "EUR_million": "million euros", "CHF_million": "million francs",
         "CZK_million": "million koruny", "clearing_rouble_million": "million clearing roubles"}


def debts(data: Frames) -> pd.DataFrame:
    """The last claim of each European creditor on North Korea, in its own money; kept apart, since the years differ."""
    owed = data["debts"].query("measure in ['owed', 'owed_to_state'] and unit != 'USD_million'")
    owed = pick(owed[owed["creditor"].isin(DEBTORS)], ["creditor", "year"]).sort_values("year")
    owed = owed.drop_duplicates("creditor", keep="last").set_index("creditor").reindex(DEBTORS).dropna(subset="value")
    return pd.DataFrame({"creditor": owed.index.map(DEBTORS), "owed": owed["value"].to_numpy(),
                         "money": owed["unit"].map(MONEY).to_numpy(),
                         "balance of": owed["year"].astype(str).to_numpy(), "what it counts": owed["counts"].to_numpy()})


def debts_table(data: Frames) -> pd.DataFrame:
    """The debts as the page shows them: sums without empty decimals, and in dollars where the source says what they equal."""
    owed = debts(data)
    dollars = owed["what it counts"].str.extract(r"(\d+) USD_million")[0].astype("Int64")
    plain = owed["what it counts"].str.replace(r"; (stated equal to|about) \d+ USD_million", "", regex=True)
    return pd.DataFrame({"creditor": owed["creditor"],
                         "owed": [f"{v:,.10g} {m}" for v, m in zip(owed["owed"], owed["money"], strict=True)],
                         "million dollars, where stated": dollars, "balance of": owed["balance of"],
                         "what it counts": plain})


LATER = ("dprk_visit_abroad", "dialogue", "sanctions", "embassy_closed", "embassy_reopened", "diplomatic_mission", "aid")


def later(data: Frames) -> pd.DataFrame:
    """Counted events with the Union or its members after the essay: date and what happened."""
    events = data["events"]
    events = events[events["counted"] & events["kind"].isin(LATER) & (events["date"] > claims.ESSAY_DATE)
                    & events["partners"].str.contains("EU28|DEU|SWE|POL")]
    return events.sort_values("date")[["date", "title"]].rename(columns={"title": "what happened"})


# --- findings ---------------------------------------------------------------------------------------------------

def _counts(rows: list[dict], *columns: str) -> pd.DataFrame:
    """Rows as a frame of counts that is whole even when there are none: columns, `votes`, `outcome`."""
    return pd.DataFrame(rows, columns=[*columns, "votes", "outcome"]).astype({"votes": bool})


def growth(data: Frames) -> pd.DataFrame:
    """Measures of the Union's economy: columns family, count, year, value, yardstick, source, votes, outcome (weak)."""
    table = data["economies"]
    table = table[table["country"].isin(["EU28", "DEU"])]
    before = holding(table, series="eurostat", country="EU28")
    usual = before[before["year"].isin(map(str, GOOD_YEARS))]["value"].mean()
    rows = []

    def add(part, family, count, yardstick, weaker, votes):
        for row in part.itertuples():
            rows.append({"family": family, "count": count, "year": row.year, "value": row.value, "yardstick": yardstick,
                         "source": row.source_id, "votes": votes,
                         "outcome": pd.NA if pd.isna(yardstick) else bool(weaker(row.value, yardstick))})

    less, more = (lambda a, b: a < b), (lambda a, b: a > b)
    union = table[(table["country"] == "EU28") & table["year"].isin(map(str, CLAIM_YEARS))]
    cia = holding(union, series="cia").sort_values("vintage").drop_duplicates(["measure", "year"], keep="last")
    add(holding(cia, measure="growth"), "Eurostat", "growth, CIA World Factbook, %", usual, less, True)
    quarters = before[before["year"].str.contains("2014-Q")]
    add(quarters, "Eurostat", "growth, Eurostat quarter, %", usual, less, False)
    german = holding(table, country="DEU", series="cia", measure="growth").drop_duplicates("year", keep="last")
    add(german[german["year"].isin(map(str, CLAIM_YEARS))], "Eurostat", "growth, Germany alone, %", usual, less, False)
    jobless = holding(table, measure="unemployment", year="2010")["value"]
    add(holding(cia, measure="unemployment"), "Eurostat", "unemployment, %", jobless.max(), more, True)
    output = holding(table, measure="gdp", country="EU28", year="2008")["value"]
    add(holding(union, measure="gdp"), "World Bank", "output, billion dollars", output.max(), less, True)
    return _counts(rows, "family", "count", "year", "value", "yardstick", "source")


YARDSTICKS = {"growth": "the Union's mean of 2002 to 2007", "unemployment": "2010", "output": "2008"}


def economy(data: Frames) -> pd.DataFrame:
    """The measures of `growth` for a reader: one row a measure, its yardstick named, one column a year of CLAIM_YEARS."""
    table = growth(data)
    table = table[table["year"].isin(map(str, CLAIM_YEARS))]
    wide = table.pivot(index=["count", "yardstick"], columns="year", values="value").rename_axis(columns=None).reset_index()
    named = wide["count"] + " (yardstick: " + wide["count"].str.split(",").str[0].map(YARDSTICKS) + ")"
    columns = [*map(str, CLAIM_YEARS), "yardstick"]
    shown = wide[columns].map(lambda v: "–" if pd.isna(v) else f"{v:,.0f}" if v > 100 else f"{v:.1f}".replace("-", "−"))
    return pd.concat([named.rename("count"), shown], axis=1)


def weak_economy(data: Frames) -> Finding:
    """europe-weak-economy: growth, jobs and output of 2012 to 2014, each against a yardstick from before."""
    counts = growth(data)
    votes = counts[counts["votes"]]
    rates = votes[votes["count"].str.startswith("growth")]["value"]
    slowest = data["economies"].query("series == 'eurostat' and country == 'EU28' and year <= '2007'")["value"].min()
    return Finding(
        measure="Growth of the Union against its mean of 2002 to 2007; unemployment against 2010, the first year that the "
                "table "
                "has; output in dollars against 2008.",
        threshold="Weak means below the usual growth, above the earlier unemployment, below the earlier output. The "
                  "wording names "
                  "no number; these yardsticks were set after the data were seen. If weak "
                  f"meant growth below the slowest of those earlier years, {(rates < slowest).sum()} of {len(rates)} years "
                  "would "
                  f"fit; below zero, {(rates < 0).sum()}.",
        counts=counts.drop(columns="source"), verdict=verdict(counts), choices=("count", "year"),
        sources=counts["source"].unique().tolist())


def far_and_ill_matched(data: Frames) -> Finding:
    """europe-far-and-ill-matched: is Europe farther than the other partners the essay names? Fit has no measure here."""
    km = data["distances"].set_index("partner")
    others = {"CHN": "China", "KOR": "South Korea", "JPN": "Japan", "RUS": "Russia", "USA": "the United States"}
    rows = []
    if not km.empty:
        for (code, name), place, measure in itertools.product(others.items(), ("BEL", "SWE"), ("capital_km", "weighted_km")):
            rows.append({"family": "distances", "compared with": name, "from": km.loc[place, "capital"],
                         "distance": "between capitals" if measure == "capital_km" else "weighted by people",
                         "Europe, km": km.loc[place, measure], "the other, km": km.loc[code, measure],
                         "votes": True, "outcome": bool(km.loc[place, measure] > km.loc[code, measure])})
    counts = _counts(rows, "family", "compared with", "from", "distance", "Europe, km", "the other, km")
    return Finding(
        measure="Kilometres from North Korea to Brussels and to Stockholm, the nearest capital of the Union in the table, "
                "against the five "
                "other states of the essay. Whether economies fit would need trade good by good for both sides.",
        threshold="Far means farther than the state it is compared with. That Europe fits badly cannot be counted: the "
                  "tables hold "
                  "European trade by single goods for a few years alone. A claim of two parts needs both.",
        counts=counts, parts={"far": verdict(counts), "ill-matched": claims.NOT_TESTABLE}, verdict=claims.NOT_TESTABLE,
        choices=("compared with", "from", "distance"), sources=km["source_id"].unique().tolist())


def no_boom(data: Frames) -> Finding:
    """europe-no-boom: the best year from 2015 on against three starting points, in each count."""
    rows = []
    names = {"total": "both ways", "exports": "North Korea's sales", "imports": "North Korea's purchases"}
    for series, flow in itertools.product(("ec", "itpd", "kotra_brussels"), names):
        label, family, money = COUNTS[series]
        if flow == "total":
            line = trade_of(data, series)
        else:
            part = holding(data["trade"], series=series, partner="EU28", flow=flow)
            line = pick(part, ["year"]).set_index("year")["value"].sort_index()
        bases = {"2013": line.reindex([2013]), "2014": line.reindex([2014]), "mean of 2010–14": line.reindex(range(2010, 2015))}
        after = line[line.index >= 2015]
        for base, values in bases.items():
            if values.isna().any() or after.empty:  # a count that lacks a year of its base has nothing to compare with
                continue
            ratio = after.max() / values.mean()
            rows.append({"family": family, "count": label, "flow": names[flow], "compared with": base,
                         "before": float(values.mean()),
                         "best year since": f"{after.idxmax()}: {after.max():.0f} million {money}",
                         "ratio": round(float(ratio), 2),
                         "votes": flow == "total" and series != "kotra_brussels", "outcome": bool(ratio < BOOM)})
    counts = _counts(rows, "family", "count", "flow", "compared with", "before", "best year since", "ratio")
    votes = counts[counts["votes"]]
    return Finding(
        measure="Trade with the Union in its best year from 2015 on, over the trade before. Sales and purchases apart, and "
                "a second sum "
                "of the same customs books, are shown without a vote.",
        threshold=f"A boom is trade that at least doubles. Set after the data were seen. If any rise were a boom, "
                  f"{(votes['ratio'] <= 1).sum()} of {len(votes)} counts with a vote would still fit the forecast, and "
                  f"{(counts['ratio'] <= 1).sum()} of all {len(counts)}.",
        counts=counts, verdict=forecast(counts), choices=("family", "compared with"),
        sources=trade_sources(data, "ec", "itpd", "kotra_brussels"))


def not_generous(data: Frames) -> Finding:
    """europe-not-generous: what six European donors reported after the essay, against before, and against all others."""
    aid, since = aid_by_year(data), ((2015, 2016), (2015, 2019))
    rows = []
    for (first, last), (start, end) in itertools.product(since, ((2010, 2014), (2012, 2014), (2013, 2014))):
        for donors, label in (("europeans", "six Europeans"), ("union", "without Switzerland")):
            before, after = aid.loc[start:end, donors].mean(), aid.loc[first:last, donors].mean()
            rows.append({"family": "UN register", "count": "million dollars a year", "donors": label,
                         "since": f"{first}–{last}",
                         "compared with": f"{start}–{end}", "before": before, "after": after, "votes": True,
                         # on an early day a figure is missing, or both are nothing
                         "outcome": pd.NA if pd.isna([before, after]).any() or before == after == 0 else
                         bool(after < GENEROUS * before)})
    table = _register(data)
    for whole, (first, last) in itertools.product(("fts_flows", "fts"), since):
        years = table.loc[first:last]
        after = 100 * years[list(EUROPEANS)].sum().sum() / years[whole].sum() if years[whole].sum() else np.nan
        rows.append({"family": "UN register", "count": "percent of " + WHOLES[whole], "donors": "six Europeans",
                     "since": f"{first}–{last}", "compared with": "all other donors together", "before": HALF, "after": after,
                     "votes": whole == "fts_flows",
                     "outcome": pd.NA if pd.isna(after) else bool(after < HALF)})
    counts = pd.DataFrame(rows)
    money = counts[counts["count"].str.startswith("million")]
    return Finding(
        measure="Humanitarian aid in the register of the United Nations: yearly mean since the essay against years before "
                "it, and the part "
                "of all aid. A second whole is shown without a vote. The Commission's food programmes are not in the "
                "register by year.",
        threshold="Especially generous is half as much again as before, or as much as all other donors together. Both were "
                  "set after "
                  f"the data were seen. If any rise were generous, {(money['after'] <= money['before']).sum()} of "
                  f"{len(money)} counts in dollars "
                  f"would fit; in single years the part of all aid reached {aid['share'].loc[2015:].max():.0f} percent.",
        counts=counts, verdict=forecast(counts), choices=("count", "donors", "since", "compared with"),
        sources=holding(data["aid"], series="fts")["source_id"].unique().tolist())


def reputation(data: Frames) -> Finding:
    """aid-reputation: a reading; dated public quarrels over aid can be set beside the date of the essay."""
    events = data["events"]
    events = events[(events["kind"] == "aid_conflict") & events["counted"]].sort_values("date")
    early = events["date"] < claims.ESSAY_DATE
    left = events["actor"].ne("PRK") & events["class"].eq("refusal")
    counts = pd.DataFrame({"family": "events", "date": events["date"], "event": events["title"],
                           "by": events["actor"].map(lambda a: "Pyongyang" if a == "PRK" else "helpers"),
                           "votes": left, "outcome": early})
    fits = (early & left).sum() >= CASES
    return Finding(
        measure="Counted events in which helpers broke off over their working conditions. What Pyongyang did, and reports, "
                "are shown without a vote.",
        threshold="Timing fits when three or more such events came before the essay: a reputation needs something known, "
                  "and more than "
                  "one case. Three was set after the data were seen, and the list was gathered because these events were "
                  "known. The food "
                  "programme of the United Nations stopped at Pyongyang's own request; without it three are left. A rival "
                  "reading: "
                  "helpers quarrel with any closed and hungry country, and most stayed or came back.",
        counts=counts,
        verdict=claims.NOT_TESTABLE if events.empty else claims.TIMING_FITS if fits else claims.TIMING_DOES_NOT_FIT,
        sources=events["source_id"].unique().tolist())


def distance_as_cause(data: Frames) -> Finding:
    """europe-distance: can a constant explain the level, and the change? The verdict follows the forecast it explains."""
    rows = []
    rules = {partner: [predicted(data, partner, e) for e in (ELASTICITIES[0], ELASTICITIES[-1])] for partner in PARTNERS}
    lines = {key: reported(data, *key) for key in itertools.product(PARTNERS, ("cow", "itpd"))}
    for series, years in (("cow", (2000, 2013, 2014)), ("itpd", (2013, 2014, 2016))):
        for partner, year in itertools.product(PARTNERS, years):
            span, line = sorted(rule.get(year, np.nan) for rule in rules[partner]), lines[partner, series]
            if np.isnan(span).any() or year not in line.index:
                continue
            rows.append({"family": COUNTS[series][1], "compared": f"China with {PARTNERS[partner]}", "year": year,
                         "rule, least": span[0], "rule, most": span[1], "booked": line[year], "votes": False,  # see below
                         "outcome": bool(span[0] <= line[year] <= span[1])})
    counts = _counts(rows, "family", "compared", "year", "rule, least", "rule, most", "booked")
    outcome = no_boom(data).verdict
    word = (claims.NOT_DUE if outcome == claims.NOT_TESTABLE else
            claims.CAME_TRUE_REASON_OPEN if outcome == claims.CAME_TRUE else outcome)
    return Finding(
        measure="China's trade over a partner's: as booked, and by size over distance with elasticities from "
                f"{ELASTICITIES[0]:g} to {ELASTICITIES[-1]:g}. A dash under booked: the partner reported no trade.",
        threshold="The verdict is that of the forecast: no test on these rows could show the reason. The range holds the "
                  "booked ratio in "
                  f"{int(counts['outcome'].astype(bool).sum())} of {len(counts)} rows, yet it is so wide that it excludes "
                  "little, and a "
                  "distance that never changes explains no fall. Rival reasons: sanctions from 2006, debts, and China's "
                  "growth.",
        counts=counts, verdict=word,
        sources=[*trade_sources(data, *RESEARCH, partners=("CHN", *PARTNERS)), *data["distances"]["source_id"].unique()])


FINDINGS = {"europe-weak-economy": weak_economy, "aid-reputation": reputation, "europe-not-generous": not_generous,
            "europe-far-and-ill-matched": far_and_ill_matched, "europe-no-boom": no_boom, "europe-distance": distance_as_cause}

THRESHOLDS = {
    "BOOM": Threshold("growth of trade that is a boom", "times", SIZED, ("europe-no-boom", "europe-distance")),
    "GENEROUS": Threshold("growth of aid that is especially generous", "times", SIZED, ("europe-not-generous",)),
    "HALF": Threshold("part of all aid that is especially generous", "percent", ARITHMETIC, ("europe-not-generous",), high=100),
    "CASES": Threshold("broken programmes that make a bad name", "cases", SIZED, ("aid-reputation",)),
    "ELASTICITIES": Threshold("elasticity of trade to distance, least and most", "percent for each percent", CONVENTION,
                              ("europe-distance",), members=(0, 3)),
}


# --- numbers for the prose ---------------------------------------------------------------------------------------

def numbers(data: Frames) -> dict[str, str]:
    """Every figure that the prose of this chapter names: key to text."""
    ec, cow = trade_of(data, "ec"), trade_of(data, "cow")
    then = trade_of(known_by(data, claims.ESSAY_DATE), "ec")
    share, aid, rest = share_of(data, "cow"), aid_by_year(data), dutch(data, "itpd")["all others"]
    kotra, start, whole = share_of(data, "cow", "kotra"), shares_of_1990(data), flows(data["trade"], "cow", "WLD")["value"]
    others = [flows(data["trade"], series, "WLD")["value"][1990] for series in WHOLES_OF_1990]
    booked, needed = reported(data, "EU28"), needed_elasticity(data)
    rule = {e: predicted(data, "EU28", e) for e in ELASTICITIES}
    minerals = holding(data["commodities"], series="ec", good="minerals")
    minerals = pick(minerals, ["period"]).set_index("period")["value"]
    sales = holding(data["trade"], series="ec", partner="EU28", flow="exports")
    sales = pick(sales, ["year"]).set_index("year")["value"]
    owed = debts(data).set_index("creditor")["owed"]
    rates = growth(data).query("votes").set_index(["count", "year"])["value"]
    usual = growth(data)["yardstick"].iloc[0]
    late = flows(data["trade"], "ec_usd", "EU28")["value"]
    km = data["distances"].set_index("partner")
    counts = no_boom(data).counts
    boom, bought = counts[counts["votes"]], counts.loc[counts["ratio"].idxmax()]
    register = data["aid"].set_index(["series", "donor", "period"])["value"]
    return {
        **{f"ec-{y}": f"{ec[y]:.0f}" for y in (2012, 2013, 2014, 2016)},
        **{f"ec-{y}-then": f"{then[y]:.0f}" for y in (2012, 2013)},
        "ec-rise-then": percent(100 * (then[2013] / then[2012] - 1), 0),
        "ec-fall": percent(100 * (1 - ec[2014] / ec[2013]), 0),
        **{f"share-{y}": percent(share[y]) for y in (1990, 1992, 2006)},
        **{f"share-kotra-{y}": percent(kotra[y]) for y in (1990, 2006, 2014)},
        "start-least": f"{start[1:].min():.1f}", "start-most": percent(start[1:].max()),
        "whole-cow": f"{whole[1990]:,.0f}", "whole-least": f"{min(others):,.0f}", "whole-most": f"{max(others):,.0f}",
        "soviet": f"{flows(data['trade'], 'rus_scholar', 'RUS')['value'][1990]:,.0f}",
        **{f"cow-{y}": f"{cow[y]:.0f}" for y in (1990, 1992, 2006, 2007, 2008, 2009, 2014)},
        **{f"rest-{y}": f"{rest[y]:.0f}" for y in (2012, 2013, 2014)},
        "rest-fall": percent(100 * (1 - rest[2014] / rest[2013]), 0),
        "minerals-2012": f"{minerals['2012']:.0f}", "minerals-2013": f"{minerals['2013']:.0f}",
        "minerals-2014": f"{minerals['2014']:.0f}",
        "sales-2013": f"{sales[2013]:.0f}",
        "rule-0.5": f"{rule[0.5][2013]:.1f}", "rule-2": f"{rule[2.0][2013]:.1f}", "booked-2013": _times(booked[2013]),
        "rule-1": f"{rule[1.0][2013]:.1f}", "size": f"{predicted(data, 'EU28', 0)[2013]:.2f}",
        **{f"booked-itpd-{y}": f"{reported(data, 'EU28', 'itpd')[y]:.0f}" for y in (2013, 2014)},
        **{f"needed-{y}": f"{needed[y]:.1f}" for y in (2012, 2013, 2014)},
        "rule-growth": f"{rule[1.0][2013] / rule[1.0][2000]:.0f}",
        **{f"booked-growth-{y}": f"{booked[y] / booked[2000]:.0f}" for y in (2013, 2014)},
        "rule-japan": f"{predicted(data, 'JPN', 1)[2013]:.1f}", "booked-japan-2000": f"{reported(data, 'JPN')[2000]:.1f}",
        "km-brussels": f"{km.loc['BEL', 'capital_km']:,.0f}", "km-beijing": f"{km.loc['CHN', 'capital_km']:,.0f}",
        "km-washington": f"{km.loc['USA', 'capital_km']:,.0f}",
        "km-times": f"{km.loc['BEL', 'weighted_km'] / km.loc['CHN', 'weighted_km']:.1f}",
        **{f"aid-{y}": f"{aid.loc[y, 'europeans']:.0f}" for y in (2013, 2014, 2015, 2016)},
        **{f"aid-share-{y}": percent(aid.loc[y, "share"], 0) for y in (2012, 2016, 2017, 2018)},
        "aid-world-2012": f"{aid.loc[2012, 'world']:.0f}", "aid-world-2016": f"{aid.loc[2016, 'world']:.0f}",
        "aid-2014-then": f"{register['fts_2014', 'WLD', '2014'].item():.0f}", "aid-2014-now": f"{aid.loc[2014, 'world']:.0f}",
        "aid-share-2014-then": percent(100 * aid.loc[2014, "europeans"] / register["fts_2014", "WLD", "2014"].item(), 0),
        "aid-share-2014": percent(aid.loc[2014, "share"], 0),
        "aid-union": f"{register['eeas', 'EU28', '1995-2012'].item():.0f}",
        "owed-france": f"{owed['France']:.0f}",
        "growth-usual": percent(usual),
        **{f"growth-{y}": percent(rates["growth, CIA World Factbook, %", str(y)]).replace("-", "−") for y in CLAIM_YEARS},
        "food-low": f"{register['eeas_low', 'EU28', '2014'].item():.0f}",
        "food-high": f"{register['eeas_high', 'EU28', '2014'].item():.0f}",
        "jobless-2013": percent(rates["unemployment, %", "2013"]),
        "boom": f"{boom['ratio'].max():.2f}", "bought": f"{bought['ratio']:.2f}",
        "late-2022": f"{late[2022]:.1f}", "late-2023": f"{late[2023]:.1f}",
        "ec-2017": f"{trade_of(data, 'eurostat')[2017]:.0f}",
    }
