"""Chapter seoul, paragraph 8: talks, aid, trade and visitors between the Koreas, by the government in Seoul.

Everything here is a pure function of the tables that `frames` loads. A year belongs to the president who held office on
1 July. Trade is in millions of US dollars of the day, aid in billions of won.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.ticker import MaxNLocator

from companion import claims
from companion.claims import Finding, verdict
from companion.data import pick
from companion.evidence.series import AS_OF, as_known, flows, holding, inter_korean, sources_of, tables, vintages, with_gaps
from companion.evidence.thresholds import ERROR, Threshold
from companion.explore import Choice, Exploration, explore
from companion.figure import COLOUR, PERCENT, Card, fixed_axes

Frames = Mapping[str, pd.DataFrame]
TABLES = ("inter_korean", "aid", "trade", "events", "press_events", "headlines")

YEARS = {"Roh": (2003, 2007), "Lee": (2008, 2012), "Park": (2013, 2016), "Moon": (2017, 2021), "Yoon": (2022, 2024)}
NAMES = {"Roh": "Roh Moo-hyun", "Lee": "Lee Myung-bak", "Park": "Park Geun-hye", "Moon": "Moon Jae-in",
         "Yoon": "Yoon Suk-yeol"}
CAMP = {"Roh": "liberal", "Lee": "conservative", "Park": "conservative", "Moon": "liberal", "Yoon": "conservative"}
PARK_BEGAN = "2013-02-25"


def frames(as_of: str | None = None) -> dict[str, pd.DataFrame]:
    """The tables of this chapter, by name; with `as_of`, only what could be known on that day."""
    return tables(*TABLES, as_of=as_of)


# --- the yearly lines -------------------------------------------------------------------------------------------

INDICATORS = {  # key: (what is counted, unit, decimals)
    "talks": ("Official talks", "a year", 1),
    "aid": ("Government aid", "billion won", 1),
    "trade": ("Trade", "million dollars", 0),
    "trade_outside": ("Trade outside Kaesong", "million dollars", 0),
    "visitors": ("Southerners visiting the North", "persons", 0),
    "visitors_outside": ("Southerners visiting the North outside Kaesong", "persons", 0),
}
SHORT = {"trade": "Trade", "trade_outside": "Trade outside Kaesong", "visitors": "Visitors",
         "visitors_outside": "Visitors outside Kaesong", "talks": "Talks", "aid": "Government aid"}


def _line(rows: pd.DataFrame, scale: float = 1.0) -> pd.DataFrame:
    """Columns value and sources (lists) by year, from rows whose period is one calendar year."""
    rows = pick(rows[rows["period"].str.fullmatch(r"\d{4}")], "period")
    found = pd.DataFrame({"value": rows["value"].to_numpy(float) * scale, "sources": [[s] for s in rows["source_id"]]},
                         index=pd.Index(rows["period"].astype(int), name="year"))
    return found.sort_index()


def trade_outside(data: Frames) -> pd.DataFrame:
    """Trade that did not run through Kaesong, by year: the ministry's difference, else the printed share of Kaesong."""
    total, whole = inter_korean(data["trade"]), flows(data["trade"], "mou", "KOR")
    kaesong = flows(data["trade"], "mou_kaesong", "KOR")
    # Both figures of one office first: a share printed as 99 leaves a remainder of 1 give or take a half.
    first = pd.DataFrame({"value": whole["value"] - kaesong["value"],
                          "sources": whole["sources"] + kaesong["sources"]}).dropna()
    share = _line(holding(data["inter_korean"], measure="kaesong_share_of_trade"))
    second = pd.DataFrame({"value": total["value"] * (1 - share["value"] / 100),
                           "sources": total["sources"] + share["sources"]}).dropna()
    found = pd.concat([first, second])
    return found[~found.index.duplicated()].sort_index()


def lines(data: Frames) -> dict[str, pd.DataFrame]:
    """Every indicator by year: columns value, sources. Years without a row are missing, and are not zeros."""
    korea, aid = data["inter_korean"], data["aid"]
    year = korea[korea["series"] == "year"]
    return {
        "talks": _line(year[year["measure"] == "talks"]),
        "aid": _line(holding(aid, donor="KOR", series="mou", kind="government"), 0.1),
        "trade": inter_korean(data["trade"]),
        "trade_outside": trade_outside(data),
        "visitors": _line(year[year["measure"] == "visitors_south_to_north"]),
        "visitors_outside": _line(year[year["measure"] == "visitors_outside_kaesong"]),
    }


def term_years(data: Frames, who: str) -> float:
    """Length of a president's term in years, from the events that say who took and left office."""
    office = holding(data["events"], kind="rok_president").sort_values("date")
    dates = pd.to_datetime(office["date"])
    begins = office["title"].str.startswith(f"{NAMES[who]} takes office").to_numpy()
    return (dates.to_numpy()[1:] - dates.to_numpy()[:-1])[begins[:-1]][0] / np.timedelta64(1, "D") / 365.25


def talks_of_terms(data: Frames) -> pd.DataFrame:
    """Talks in a whole term, as the ministry counts them: index surname, columns value (a year), years, sources (lists).

    Of Moon no total was found: the talks of the years that have a row, over his whole term, so at least that many.
    """
    rows = holding(data["inter_korean"], measure="talks", series="presidency").set_index("part")
    found = {who: {"value": rows.at[name, "value"] / term_years(data, who), "years": "whole term",
                   "sources": [rows.at[name, "source_id"]]} for who, name in NAMES.items() if name in rows.index}
    moon = _line(holding(data["inter_korean"], measure="talks", series="year")).loc[slice(*YEARS["Moon"])]
    if len(moon):
        found["Moon"] = {"value": moon["value"].sum() / term_years(data, "Moon"),
                         "years": f"whole term, talks of {years_text(moon.index)}", "sources": sources_of(moon)}
    return pd.DataFrame.from_dict(found, orient="index", columns=["value", "years", "sources"])


def years_text(years: pd.Index) -> str:
    """Years in words: 2008–2012 where none is missing, else each one."""
    whole = len(years) > 1 and years[-1] - years[0] == len(years) - 1
    return f"{years[0]}–{years[-1]}" if whole else ", ".join(map(str, years))


def means(data: Frames) -> pd.DataFrame:
    """A year's mean under each government: columns indicator, government, value, years (with a figure), sources."""
    rows, terms = [], talks_of_terms(data)
    for indicator, line in lines(data).items():
        for who, (first, last) in YEARS.items():
            part = line.loc[first:last]
            if indicator == "talks" and who in terms.index:
                value, years, sources = terms.loc[who, ["value", "years", "sources"]]
            # 2016 alone is no picture of a government that sat for four years
            elif part.empty or (indicator == "talks" and who == "Park"):
                value, years, sources = np.nan, "", []
            else:
                value, years, sources = part["value"].mean(), years_text(part.index), sources_of(part)
            rows.append({"indicator": indicator, "government": who, "value": value, "years": years, "sources": sources})
    return pd.DataFrame(rows)


def mean_of(table: pd.DataFrame, indicator: str, who: str) -> float:
    """One cell of `means`."""
    return table.set_index(["indicator", "government"])["value"][indicator, who]


# --- figures ----------------------------------------------------------------------------------------------------

TRUST = {
    "talks": "The ministry in Seoul gives totals by presidency; a yearly list of all talks was not found. Of single "
             "years only a few are known, some from a chart of the press. Meetings at the liaison office of 2018 and "
             "2019 are not counted as talks; there were some fifty a month in 2019. Many talks under Park were about "
             "Kaesong. The ministry's total of 2021 is smaller than that of 2018, so its rules changed. Moon's figure is "
             "the talks of 2017 to 2020 over his whole term: any held later would raise it.",
    "aid": "The ministry's own table, read in a third party's copy whose column heads are wrong; where the ministry's "
           "White Paper of 2017 has the same years the two agree to 100 million won. Loans of rice count as aid. Won "
           "of the day.",
    "trade": "Goods across the border as the ministry, the traders' association or the customs service in Seoul "
             "counted them; the three differ by up to one and a half percent. Dollars of the day. Years without a "
             "figure are gaps.",
    "trade_outside": "The ministry's total less its figure for Kaesong, or the total times the printed share. Where "
                     "both parts are rounded to ten million dollars, as in 2014, the remainder may be off by as much "
                     "as itself.",
    "visitors": "Ministry figures as the press printed them, without tourists to Mount Kumgang. No figure was found "
                "for 2003, 2004, 2014, 2016 and for the years after 2019. Nearly all were people on their way to work "
                "at Kaesong; those of 2019 went to the liaison office.",
    "visitors_outside": "Rounded figures from the press for five years; that of 2015 covers eleven months. Two people "
                        "may be one person who went twice.",
}
BARS = {"liberal": {"facecolor": COLOUR["surface"], "edgecolor": COLOUR["text"]},
        "conservative": {"facecolor": COLOUR["KOR"], "edgecolor": COLOUR["KOR"]}}


def figure_text(value: float, indicator: str) -> str:
    """A value in the decimals of its indicator; small remainders keep one or two, nothing has none."""
    decimals = 0 if not value else 2 if abs(value) < 0.1 else 1 if abs(value) < 10 else INDICATORS[indicator][2]
    return f"{value:,.{decimals}f}"


def with_unit(value: float, indicator: str) -> str:
    """The same with its unit, for tables that hold several units; a gap is a dash."""
    unit = "" if indicator == "talks" else f" {INDICATORS[indicator][1]}"
    return f"{figure_text(value, indicator)}{unit}" if np.isfinite(value) else "–"


def means_card(data: Frames) -> Card:
    """Four measures by government, side by side: each tells another story."""
    table = means(data)
    shown = ("talks", "aid", "trade", "trade_outside")
    talks, aid = ([mean_of(table, i, who) for who in YEARS] for i in ("talks", "aid"))
    tells = talks[1] < 0.2 * talks[0] and talks[1] < talks[2] < talks[0] and aid == sorted(aid, reverse=True)
    years = table.set_index(["indicator", "government"])["years"]

    def draw(fig, narrow):
        axes = fig.subplots(*((4, 1) if narrow else (2, 2))).flat
        for ax, indicator in zip(axes, shown):
            values = [mean_of(table, indicator, who) for who in YEARS]
            top = np.nanmax(values)
            for y, (who, value) in enumerate(zip(YEARS, values)):
                if np.isfinite(value):
                    ax.barh(y, value, height=0.6, linewidth=1, **BARS[CAMP[who]])
                text = f" {figure_text(value, indicator)}" if np.isfinite(value) else " no figure"
                text += f" ({years[indicator, who]} alone)" if years[indicator, who].isdigit() else ""
                ax.text(value if np.isfinite(value) else 0, y, text, va="center", fontsize=9,
                        color=COLOUR["text" if np.isfinite(value) else "muted"])
            ax.set(yticks=range(len(YEARS)), yticklabels=list(YEARS), xticks=[], xlim=(0, 1.3 * top), ylim=(4.6, -0.6))
            ax.set_title(f"{SHORT[indicator]}, {INDICATORS[indicator][1]}", loc="left")
            ax.spines[["bottom", "left"]].set_visible(False)
            ax.tick_params(length=0)

    wide = table[table["indicator"].isin(shown)]
    return Card(
        name="seoul-governments",
        title=("Talks collapsed in 2008 and partly came back under Park; aid fell under every new government" if tells else
               "Talks and aid under five governments in Seoul"),
        alt="Four small bar charts of a year's mean under five governments in Seoul. " + " ".join(
            f"{SHORT[i]}: " + ", ".join(
                f"{who} {figure_text(v, i) if np.isfinite(v := mean_of(table, i, who)) else 'no figure'}"
                for who in YEARS) + "."
            for i in shown),
        draw=draw, height=5.2,
        table=pd.DataFrame({"measure": wide["indicator"].map(SHORT), "government": wide["government"],
                            "camp": wide["government"].map(CAMP),
                            "a year": [with_unit(v, i) for v, i in zip(wide["value"], wide["indicator"], strict=True)],
                            "years with a figure": wide["years"].replace("", None)}),
        sources=list(dict.fromkeys(itertools.chain.from_iterable(wide["sources"]))),
        trust=" ".join(TRUST[i] for i in shown),
        sentence="Filled bars are conservative governments, outlined ones liberal. Each bar is the mean of the years "
                 "that have a figure; the table says which. A mean hides when within a term things changed.")


def may24_card(data: Frames) -> Card:
    """Trade through Kaesong and outside it, around the measures of 24 May 2010."""
    outside = trade_outside(data).loc[2009:2014]
    total = inter_korean(data["trade"])["value"].reindex(outside.index)
    kaesong = total - outside["value"]
    first, last = outside.index[0], outside.index[-1]

    def draw(fig, narrow):
        ax = fig.subplots()
        for year in outside.index:
            ax.bar(year, kaesong[year], width=0.6, color=COLOUR["KOR"])
            ax.bar(year, outside["value"][year], width=0.6, bottom=kaesong[year], fc=COLOUR["surface"], ec=COLOUR["text"])
            ax.text(year, total[year], figure_text(outside["value"][year], "trade_outside"), ha="center", va="bottom",
                    fontsize=9)
        for year in set(range(first, last + 1)) - set(outside.index):
            ax.text(year, 30, "?", ha="center", color=COLOUR["muted"])
        ax.axvline(2009.5, color=COLOUR["text"], lw=1, ls=(0, (3, 3)))
        ax.text(2009.58, 2780, "measures of\n24 May 2010" if narrow else "measures of 24 May 2010", va="top")
        ax.text(2011, 700, "through\nKaesong", ha="center", va="center", color=COLOUR["KOR"])
        ax.text(2010.36, 1680, "outside", va="center")
        ax.set(ylim=(0, 2850), yticks=[0, 1000, 2000], xticks=range(first, last + 1))
        ax.set_title("million dollars; number: outside Kaesong", loc="left")

    return Card(
        name="seoul-may24",
        title=f"Trade outside Kaesong fell from {outside['value'][first]:,.0f} million dollars in {first} to about "
              f"{outside['value'][last]:,.0f} in {last}, while the total rose",
        alt=f"Stacked bars of trade between the Koreas, {first} to {last}, million dollars. Outside Kaesong: "
            + ", ".join(f"{v:,.0f} in {y}" for y, v in outside["value"].items()) + ". Through Kaesong: "
            + ", ".join(f"{v:,.0f} in {y}" for y, v in kaesong.items()) + ". No split for 2011 and 2013.",
        draw=draw,
        table=pd.DataFrame({"year": outside.index, "through Kaesong": kaesong.to_numpy(),
                            "outside": outside["value"].to_numpy(), "total": total.to_numpy()}),
        sources=list(dict.fromkeys([*sources_of(outside), *sources_of(inter_korean(data["trade"]).loc[outside.index])])),
        trust=TRUST["trade_outside"] + " For 2011 and 2013 no split was found. That the fall came after the measures "
                                       "does not show that they alone caused it.",
        sentence="Filled: through Kaesong. Outlined, at the top of the bar: all other trade, which the measures banned.")


HOSTILE = {"headlines": "Hostile words, % of KCNA headlines on the South",
           "press": "Hostile words, % of the North's reported acts"}


def _shares(rows: pd.DataFrame, part: pd.Series, whole: pd.Series) -> pd.DataFrame:
    years = pd.Index(rows["year"].astype(int), name="year")
    return pd.DataFrame({"value": (100 * part / whole).to_numpy(float), "sources": [[s] for s in rows["source_id"]]},
                        index=years).sort_index()


_ACTS = ["verbal_cooperation", "material_cooperation", "verbal_conflict", "material_conflict"]


def press_shares(data: Frames, kinds: list[str], *directions: str) -> pd.DataFrame:
    """Percent of the reported acts between the Koreas that are of these kinds, by year, for one direction or both "
    "added."""
    rows = data["press_events"]
    rows = rows[(rows["partner"] == "KOR") & rows["direction"].isin(directions)]
    rows = rows.groupby("year", as_index=False).agg({**dict.fromkeys(_ACTS, "sum"), "source_id": "first"})
    return _shares(rows, rows[kinds].sum(axis=1), rows[_ACTS].sum(axis=1)).loc[2003:]  # 2002 holds few reports


def headline_shares(data: Frames) -> pd.DataFrame:
    """Percent of the North's headlines naming the South that hold a hostile word, 1 January to 25 September of each "
    "year."""
    rows = holding(data["headlines"], partner="KOR", window="jan1_sep25")  # the archive ends on that day of 2014
    return _shares(rows.assign(year=rows["period"]), rows["hostile"], rows["mentions"])


def hostile_words(data: Frames) -> dict[str, pd.DataFrame]:
    """The two records of the North's hostile words, 2003 to 2014: columns value (percent), sources."""
    return {"headlines": headline_shares(data).loc[2003:2014],
            "press": press_shares(data, ["verbal_conflict"], "from_prk").loc[2003:2014]}


def hostile_means(data: Frames) -> dict[str, dict[str, float]]:
    """Their mean under each government, in percent; Park's to 2014."""
    return {key: {who: line["value"].loc[slice(*YEARS[who])].mean() for who in ("Roh", "Lee", "Park")}
            for key, line in hostile_words(data).items()}


def hostile_card(data: Frames) -> Card:
    """The North's hostile words towards the South in two independent records."""
    words, mean = hostile_words(data), hostile_means(data)
    jump = all(m["Lee"] - m["Roh"] > abs(m["Park"] - m["Lee"]) for m in mean.values())

    def draw(fig, narrow):
        axes = fig.subplots(*((2, 1) if narrow else (1, 2)), sharey=True)
        for ax, (key, line) in zip(axes, words.items()):
            ax.plot(with_gaps(line["value"], 2003, 2014), color=COLOUR["muted"], marker="o", ms=3.5, lw=1)
            for who in ("Roh", "Lee", "Park"):
                a, b = YEARS[who][0], min(YEARS[who][1], 2014)
                ax.plot([a - 0.4, b + 0.4], [mean[key][who]] * 2, lw=4, solid_capstyle="butt",
                        color=COLOUR["text" if CAMP[who] == "liberal" else "KOR"])
                ax.text((a + b) / 2, 68, f"{who}\n{mean[key][who]:.0f} %", ha="center", va="top", fontsize=9,
                        color=COLOUR["text" if CAMP[who] == "liberal" else "KOR"])
            for edge in (2007.5, 2012.5):
                ax.axvline(edge, color=COLOUR["line"], lw=1)
            ax.set(ylim=(0, 70), yticks=[0, 20, 40, 60], xticks=[2003, 2008, 2013], xlim=(2002.4, 2014.9))
            ax.set_title(HOSTILE[key].split(", % ")[1] + ", %", loc="left")

    said = "; ".join(f"{HOSTILE[key]}: " + ", ".join(f"{who} {v:.0f}" for who, v in m.items()) for key, m in mean.items())
    return Card(
        name="seoul-hostile",
        title="In both records the North's words hardened more from Roh to Lee than from Lee to Park" if jump
              else "The two records do not agree on when the North's words hardened",
        alt=f"Two line charts, 2003 to 2014, with the mean under each government in Seoul. {said}.",
        draw=draw,
        table=pd.concat({key: line["value"] for key, line in words.items()}, axis=1).rename(columns=HOSTILE).rename_axis(
            "year").reset_index(),
        sources=list(dict.fromkeys(itertools.chain.from_iterable(map(sources_of, words.values())))),
        trust="Headlines: a word list, blunt, on the English headlines of the North's news agency from 1 January to 25 "
              "September of each year. Press events: a machine read the world's press and coded who did what to whom; "
              "it counts reports. Neither says what anyone felt.",
        sentence="Thick lines, each with a name and its share: the mean under that president. Roh was a liberal, Lee and "
                 "Park were conservatives. Each share is of what the record holds on the South, so a growing archive does "
                 "not move it.", height=4.2)


# --- the exploration --------------------------------------------------------------------------------------------

Known = tuple[dict[str, pd.DataFrame], pd.DataFrame]
PAIRS = {"Roh": "Lee", "Lee": "Park", "Park": "Moon"}


def compared(known: Known, indicator: str, earlier: str, span: str) -> tuple[float, float]:
    """The indicator under two governments in a row: means, or the last year of the one and the first of the next.

    known: `lines` and `means`, computed once for all states.
    """
    later = PAIRS[earlier]
    if span == "terms":
        return mean_of(known[1], indicator, earlier), mean_of(known[1], indicator, later)
    line = known[0][indicator]["value"]
    return line.get(YEARS[earlier][1], np.nan), line.get(YEARS[later][0], np.nan)


def change(before: float, after: float) -> str:
    """The change in words: up or down by a percentage, from nothing, unchanged."""
    if before == after:
        return "unchanged"
    if not before or not after:
        return "up from nothing" if after else "down to nothing"
    percent = 100 * abs(after / before - 1)
    size = "more than 99" if 99.5 < percent < 100 else f"{percent:.0f}"  # no fall to nothing that was none
    return f"{'up' if after > before else 'down'} by {size}{PERCENT}"


def pair_card(known: Known, indicator: str, earlier: str, span: str) -> Card:
    """One indicator over two governments; known as in `compared`."""
    later, (label, unit, _) = PAIRS[earlier], INDICATORS[indicator]
    line, table = known[0][indicator], known[1]
    (first, last), (begin, end) = YEARS[earlier], YEARS[later]
    shown = line["value"].loc[first:end]
    names = (earlier, later) if span == "terms" else (f"{last} ({earlier})", f"{begin} ({later})")
    before, after = compared(known, indicator, earlier, span)
    missing = [name for name, value in zip(names, (before, after)) if not np.isfinite(value)]
    unit_text = "" if indicator == "talks" and span != "terms" else f" {unit}"
    each = " a year" if span == "terms" and indicator != "talks" else ""
    if missing:
        title = f"{SHORT[indicator]}: no figure for {' and '.join(missing)}"
        one = [f"{name}: {figure_text(v, indicator)}{unit_text}{each}. "
               for name, v in zip(names, (before, after)) if np.isfinite(v)]
        sentence = "".join(one) + "A year without a row is a gap in what we found, and not a zero."
    else:
        title = (f"{SHORT[indicator]}, {names[0]} to {names[1]}: {change(before, after)}, "
                 f"from {figure_text(before, indicator)} to {figure_text(after, indicator)}{unit_text}{each}")
        rests = table[table["indicator"] == indicator].set_index("government")["years"]
        sentence = ("Means of " + "; ".join(f"{who}: {rests[who]}" for who in (earlier, later)) + "." if span == "terms" else
                    f"Moon took office on 10 May {begin}." if later == "Moon" else
                    f"{later} took office on 25 February {begin}.")

    def draw(fig, narrow):
        ax = fixed_axes(fig, left=0.2 if narrow else 0.11)
        drawn = [v for v in (*shown, before, after) if np.isfinite(v)]
        top = (max(drawn) or 1) * 1.3 if drawn else 1
        for year in (last, begin) if span == "years" else ():
            ax.axvspan(year - 0.45, year + 0.45, color=COLOUR["band"], lw=0)
        for year in range(first, end + 1):
            who = earlier if year <= last else later
            if year not in shown:
                ax.text(year, top * 0.02, "?", ha="center", color=COLOUR["muted"])
            elif shown[year]:
                ax.bar(year, shown[year], width=0.62, linewidth=1, **BARS[CAMP[who]])
            else:
                ax.text(year, top * 0.02, "0", ha="center")
        for (a, b), value in zip(((first, last), (begin, end)), (before, after)):
            if np.isfinite(value) and span == "terms":
                ax.plot([a - 0.4, b + 0.4], [value] * 2, color=COLOUR["text"], lw=2.4, solid_capstyle="butt")
            if np.isfinite(value):
                at = (a + b) / 2 if span == "terms" else last if a == first else begin
                ax.text(at, value + top * 0.03, figure_text(value, indicator), ha="center", weight="bold",
                        bbox={"fc": COLOUR["surface"], "ec": "none", "pad": 1})
        for at, who in (((first + last) / 2, earlier), ((begin + end) / 2, later)):
            ax.text(at, top * 0.99, f"{who}, {CAMP[who]}" if not narrow else f"{who}\n{CAMP[who]}", ha="center", va="top")
        ax.axvline(last + 0.5, color=COLOUR["muted"], lw=0.8, ls=(0, (3, 3)))
        ax.set(xlim=(first - 0.6, end + 0.6), ylim=(0, top))
        ax.set_xticks([first, begin, end] if narrow else [first, last, begin, end])
        ax.yaxis.set_major_locator(MaxNLocator(4))
        ax.yaxis.set_major_formatter("{x:,.0f}" if top > 5 else "{x:.1f}")
        ax.set_title(f"{label}, {unit}" if not narrow else f"{SHORT[indicator]}, {unit}", loc="left")

    rows = table[(table["indicator"] == indicator) & table["government"].isin([earlier, later])]
    years = range(first, end + 1)
    numbers_table = pd.DataFrame({"period": [*map(str, years), f"mean, {earlier}", f"mean, {later}"],
                                  f"{label}, {unit}": [figure_text(v, indicator) if np.isfinite(v) else "–"
                                                       for v in (*shown.reindex(years), *rows["value"])]})
    sources = list(dict.fromkeys([*sources_of(line.loc[first:end]), *itertools.chain.from_iterable(rows["sources"])]))
    return Card(
        name="seoul-pair", title=title,
        alt=f"Bars by year, {first} to {end}: {label}, {unit}; a question mark where no figure was found. {title}. "
            f"{sentence}",
        draw=draw, table=numbers_table, sources=sources or sources_of(line), trust=TRUST[indicator], sentence=sentence)


def pair_exploration(data: Frames) -> Exploration:
    """Choose the measure, the change of government, what is compared across it, and when one looks.

    Park to Moon has no place: in September 2014 nothing of it could be known, and the means by government show Moon's years.
    """
    known = {as_of: (lines(part), means(part)) for as_of, part in vintages(data).items()}
    return explore(
        lambda as_of, **state: as_known(pair_card(known[as_of], **state), as_of), "koreas-closer",
        "When the government in Seoul changed, did the Koreas move closer or apart?",
        indicator=Choice("Measure", {key: label for key, (label, *_) in INDICATORS.items()}, default="aid"),
        earlier=Choice("Change of government", {a: f"{a} to {PAIRS[a]}" for a in ("Roh", "Lee")}, "radio", "Lee"),
        span=Choice("Compare", {"terms": "the whole terms", "years": "the last year before and the first after"}, "radio"),
        as_of=AS_OF)


# --- openings ---------------------------------------------------------------------------------------------------

# Chosen for this chapter from the rows, once, by one reader; what became of them follows from class and actor of the event.
OPENINGS = (  # the opening, who opened it, the event that answered it
    ("Talks on Kaesong offered, April 2013", "Seoul", "2013-04-14-cprk-rejects-seoul-call-for"),
    ("Ministers to meet, June 2013", "both", "2013-06-11-planned-seoul-ministerial-12"),
    ("Talks on Kaesong, July and August 2013", "both", "2013-08-14-seventh-round-of-kaesong-talks"),
    ("Family reunions agreed for September 2013", "both", "2013-09-dprk-cancels-agreed-family"),
    ("Halt to slander and drills proposed, January 2014", "Pyongyang", "2014-01-17-seoul-rejects-dprk-call-to-halt"),
    ("High-level talks and reunions, February 2014", "both", "2014-02-14-high-level-talks-reunions-go"),
    ("Red Cross talks on regular reunions, March 2014", "Seoul", "2014-03-06-dprk-rejects-seoul-proposal-of"),
    ("Park's speech in Dresden, March 2014", "Seoul", "2014-04-12-ndc-first-official-reply-to"),
    ("Halt to hostile acts offered, June 2014", "Pyongyang", "2014-07-01-seoul-rejects-dprk-offer-to"),
    ("Asian Games in Incheon, July to September 2014", "both", "2014-09-11-first-94-of-a-dprk-team"),
    ("High-level talks offered for 19 August 2014", "Seoul", "2014-08-11-seoul-offers-high-level-talks"),
    ("High-level talks offered for 30 October 2014", "Seoul", "2014-10-29-30-october-high-level-talks"),
    ("Talks after the mine explosion, August 2015", "both", "2015-08-25-dprk-voices-regret-ends-quasi"),
)


def _became(row: pd.Series) -> str:
    """What became of an opening, from the class and the actor of the event that answered it."""
    if row["class"] == "refusal":
        return {"PRK": "refused or broken off by Pyongyang", "KOR": "refused by Seoul"}.get(row["actor"], "neither side alone")
    if row["class"] == "statement":
        return "answered in words alone" if row["actor"] == "PRK" else "no answer found by the essay"
    return "taken up"


def openings(data: Frames) -> pd.DataFrame:
    """Openings under Park, with what became of them: opening, opened by, date, answer, became, taken, source_id.

    taken: what Pyongyang did, True when it was taken up, False when Pyongyang alone refused it, else missing.
    """
    events = data["events"].set_index("event_id")
    rows = [{"opening": opening, "opened by": by, "date": events.loc[event, "date"], "answer": events.loc[event, "title"],
             "became": _became(events.loc[event]), "source_id": events.loc[event, "source_id"]}
            for opening, by, event in OPENINGS if event in events.index]
    table = pd.DataFrame(rows, columns=["opening", "opened by", "date", "answer", "became", "source_id"])
    taken = {"taken up": True, "refused or broken off by Pyongyang": False}
    return table.assign(taken=[taken.get(word) for word in table["became"]])


def openings_table(data: Frames) -> pd.DataFrame:
    """The openings as the page shows them."""
    table = openings(data)
    return table[["opening", "opened by", "became", "date", "answer"]].rename(
        columns={"became": "what became of it", "date": "on", "answer": "event"})


# --- findings ---------------------------------------------------------------------------------------------------

BASELINES = {"Roh's years": (2003, 2007), "Roh's and Lee's years": (2003, 2012), "Lee's years": (2008, 2012)}
CLAIM_YEARS = (2013, 2014)  # Park's first two years: the second is the essay's own
SPARE = 1  # rows that a majority of openings must survive without: the list is short, and one coding may be wrong


def against(line: pd.DataFrame, family: str, label: str, worse: str, baselines: Mapping[str, tuple[int, int]]) -> list[dict]:
    """Each claim year of a yearly line against the mean of earlier years; outcome: did it move the `worse` way?"""
    rows = []
    for name, (first, last) in baselines.items():
        before = line["value"].loc[first:last]
        for year in CLAIM_YEARS:
            if year in line.index and len(before):
                after, mean = line["value"][year], before.mean()
                rows.append({"family": family, "measure": label, "year": year, "compared with": name, "before": float(mean),
                             "in the year": float(after), "outcome": bool(after > mean if worse == "up" else after < mean)})
    return rows


_COUNT_COLUMNS = ["family", "measure", "year", "compared with", "before", "in the year", "votes", "outcome"]


def _counts(rows: list[dict]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=_COUNT_COLUMNS).astype({"votes": bool})


def crisis(data: Frames) -> Finding:
    """south-crisis: words, acts, trade and visitors in 2013 and 2014 against the years before."""
    known = lines(data)
    conflict = press_shares(data, ["verbal_conflict", "material_conflict"], "from_prk", "to_prk")
    used = (("headlines", headline_shares(data), "Hostile headlines, %", "up", True),
            ("press_events", conflict, "Hostile acts of both sides in the press, %", "up", True),
            ("trade", known["trade_outside"], "Trade outside Kaesong, USD million", "down", True),
            # One contract, kept or not: what runs through Kaesong is shown, and has no vote.
            ("trade", known["trade"], "All trade, USD million", "down", False),
            ("visitors", known["visitors"], "Southerners visiting the North", "down", False))
    counts = _counts([row | {"votes": votes} for family, line, label, worse, votes in used
                      for row in against(line, family, label, worse, BASELINES)])
    # An ongoing crisis cannot be measured against itself, so the years of Lee alone are shown and do not vote.
    lee = counts["compared with"] == "Lee's years"
    shown, kaesong = counts[counts["votes"] & lee], counts[~counts["votes"]]
    counts["votes"] &= ~lee
    return Finding(
        measure="Three measures of relations in 2013 and 2014 against the mean of earlier years. All trade and all visitors "
                "are shown without a vote: from 2010 on nearly all of both ran through one industrial zone.",
        threshold="A crisis is read as a state worse than in the years before; the wording gives no size. The rule was "
                  "set after the data were seen, and so was the choice of trade outside Kaesong. That trade was banned in "
                  "2010, so it shows a break that lasted and cannot show a new one. "
                  f"Of the counts of all trade and visitors {kaesong['outcome'].sum()} of {len(kaesong)} are worse. "
                  f"Against Lee's years alone, part of the same crisis, {shown['outcome'].sum()} of {len(shown)} counts "
                  "are worse.",
        counts=counts, verdict=verdict(counts), choices=("measure", "year", "compared with"),
        sources=_sources([line for _, line, *_ in used]))


def _sources(parts: list[pd.DataFrame]) -> list[str]:
    return list(dict.fromkeys(itertools.chain.from_iterable(sources_of(part.loc[2003:2014]) for part in parts)))


def inflexible(data: Frames) -> Finding:
    """seoul-inflexible: what Seoul gave in 2013 and 2014, in won and in reported deeds, against those before."""
    baselines = {"Roh's years": (2003, 2007), "Lee's years": (2008, 2012), "2012, Lee's last": (2012, 2012)}
    aid, deeds = lines(data)["aid"], press_shares(data, ["material_cooperation"], "to_prk")
    rows = (against(aid, "aid", "Government aid, billion won", "down", baselines)
            + against(deeds, "press_events", "Helpful deeds, % of Seoul's acts in the press", "down", baselines))
    counts = _counts(rows).assign(votes=True)
    steps = data["events"]
    steps = steps[steps["kind"].isin(["concession_rok", "concession_dprk"]) & (steps["partners"] == "KOR") & steps["counted"]
                  & steps["date"].between(PARK_BEGAN, claims.ESSAY_DATE)]
    south = int((steps["actor"] == "KOR").sum())
    last = counts[counts["compared with"] != "2012, Lee's last"]
    return Finding(
        measure="What Seoul gave: aid of the government, and deeds of help as a part of its acts in the world's press. "
                f"Give and take at the table is in no yearly series. Of the {len(steps)} dated steps back found from "
                f"Park's first day to the essay, {south} are Seoul's: too few, and a selection, so they have no vote.",
        threshold="Any amount below the years before counts, since the wording gives no size. Set after the data were "
                  f"seen. Without the comparison with 2012 alone, {last['outcome'].sum()} of {len(last)} counts would "
                  "fit.",
        counts=counts, verdict=verdict(counts), choices=("measure", "year", "compared with"),
        sources=list(dict.fromkeys([*_sources([aid, deeds]), *steps["source_id"]])))


def distrust(data: Frames) -> Finding:
    """park-distrust: a reading; the North's words, and what it did with openings, can be set beside it."""
    baselines = {name: BASELINES[name] for name in ("Roh's and Lee's years", "Lee's years")}
    said = hostile_words(data)
    words = against(said["headlines"], "headlines", "Hostile headlines, %", "up", baselines)
    words += against(said["press"], "press_events", "Hostile words in the press, %", "up", baselines)
    words = _counts(words)
    words["votes"] = words["compared with"] != "Lee's years"
    found = openings(data)
    answers = pd.DataFrame({"family": "events", "measure": "opening refused or broken off: " + found["opening"],
                            "year": found["date"].str[:4].astype(int),
                            "votes": (found["date"] <= claims.ESSAY_DATE) & found["taken"].notna(),
                            "outcome": [pd.NA if taken is None else not taken for taken in found["taken"]]})
    counts = pd.concat([words, answers], ignore_index=True).reindex(columns=_COUNT_COLUMNS)
    decided, harsh = answers.loc[answers["votes"], "outcome"].astype(bool), words.loc[words["votes"], "outcome"]
    refused, taken = int(decided.sum()), int((~decided).sum())
    early = found[found["date"] <= claims.ESSAY_DATE]["became"]
    silent = int(early.isin(["answered in words alone", "no answer found by the essay"]).sum())
    return Finding(
        measure="The North's hostile words in 2013 and 2014 against 2003 to 2012, and its answers to openings between "
                f"Park's first day and the essay: {refused} of {len(decided)} refused or broken off by Pyongyang alone. What "
                "Seoul refused, what failed on both, and what was answered in words or not at all have no vote.",
        threshold="Timing fits when every count of words with a vote is above the mean before and most openings were "
                  "refused, whichever one of them is left out; it does not fit when no such count is above, or most were "
                  "taken up, whichever is left out. Otherwise this list cannot tell. Set after the data were seen. With "
                  f"the words and the silence counted as refusals it would be {refused + silent} of {len(decided) + silent}, "
                  "a majority. A rival reading: Pyongyang took what paid, such as Kaesong, and left what did not. It says "
                  "nothing of motives.",
        counts=counts, sources=list(dict.fromkeys([*_sources(list(said.values())), *found["source_id"]])),
        rule="It asks two things: that the words grew harsher, and that most openings were refused, whichever one is left out. "
             "Where one row would decide, the list cannot tell.",
        verdict=(claims.NOT_TESTABLE if decided.empty or harsh.empty else
                 claims.TIMING_FITS if _outlives(refused, taken) and harsh.all() else
                 claims.TIMING_DOES_NOT_FIT if _outlives(taken, refused) or not harsh.any() else claims.NOT_TESTABLE))


def _outlives(more: int, fewer: int) -> bool:
    """A majority that is left when any SPARE rows are taken out."""
    return more - SPARE > fewer


def summits(data: Frames) -> pd.DataFrame:
    """Meetings of the leaders of both Koreas, with the camp then in office in Seoul: date, event, camp, source_id."""
    events = data["events"]
    events = events[(events["partners"] == "KOR") & events["counted"]].sort_values("date")
    office = events[(events["kind"] == "rok_president") & events["title"].str.contains("takes office")]
    camps = pd.Series(office["title"].str.extract(r"\((liberal|conservative)\)")[0].to_numpy(), index=office["date"])
    met = events[events["kind"] == "summit"]
    return pd.DataFrame({"date": met["date"], "event": met["title"], "source_id": met["source_id"],
                         "camp": [camps[:date].iloc[-1] for date in met["date"]]})


def conservatives(data: Frames) -> Finding:
    """conservatives-block: a reading; the only dates are those of the leaders' meetings and of who governed in Seoul."""
    met = summits(data)
    liberal = met["camp"] == "liberal"
    counts = pd.DataFrame({"family": "events", "date": met["date"], "event": met["event"], "in office": met["camp"],
                           "votes": True, "outcome": liberal.to_numpy(bool)})
    return Finding(
        measure="Who governed in Seoul when the leaders of both Koreas met.",
        threshold="Timing fits when every such meeting fell under a liberal. Liberals held office for more than half "
                  "of the years since 1998, so few meetings prove little, and those of 2000 and 2007 were with Kim "
                  "Jong Il. A rival reading fits as well: conservatives in Seoul refused to pay for a summit, as Lee's "
                  "memoir tells of 2009. It says nothing of what was decided.",
        counts=counts, sources=met["source_id"].unique().tolist(),
        verdict=claims.NOT_TESTABLE if counts.empty else claims.TIMING_FITS if liberal.all() else claims.TIMING_DOES_NOT_FIT)


FINDINGS = {"south-crisis": crisis, "seoul-inflexible": inflexible,
            "park-distrust": distrust, "conservatives-block": conservatives}

THRESHOLDS = {
    "SPARE": Threshold("openings that a majority must survive without", "openings", ERROR, ("park-distrust",)),
}


MEETINGS = "Meetings of the leaders, in the whole term"


def prediction(data: Frames) -> pd.DataFrame:
    """The implied prediction, better relations once a liberal governs: Moon's mean against Park's and against her last year.

    Columns: measure, compared with, before, Moon, outcome, votes.
    """
    known = lines(data), means(data)
    met = summits(data)["date"].str[:4].astype(int)
    last = YEARS["Park"][1]
    rows = []
    for i in ("talks", "aid", "trade", "visitors"):
        name, after = f"{SHORT[i]}, {INDICATORS[i][1]}", mean_of(known[1], i, "Moon")
        rows += [(name, "Park's term", mean_of(known[1], i, "Park"), after),
                 (name, str(last), known[0][i]["value"].get(last, np.nan), after)]
    during = float(met.between(*YEARS["Moon"]).sum())
    # Meetings are counted over a whole term, so one year is no match for them.
    rows += [(MEETINGS, "Park's term", float(met.between(*YEARS["Park"]).sum()), during)]
    table = pd.DataFrame(rows, columns=["measure", "compared with", "before", "Moon"]).dropna(ignore_index=True)
    return table.assign(outcome=table["Moon"] > table["before"], votes=True)


def prediction_table(data: Frames) -> pd.DataFrame:
    """The prediction as the page shows it: whole numbers for counts, and the year where a mean rests on one alone."""
    table, years = prediction(data), means(data).set_index(["indicator", "government"])["years"]
    keys = {f"{SHORT[i]}, {INDICATORS[i][1]}": i for i in INDICATORS}

    def text(name: str, value: float, who: str = "") -> str:
        alone = years.get((keys.get(name), who), "")
        return (figure_text(value, keys[name]) if name in keys else f"{value:.0f}") + (
            f" ({alone} alone)" if alone.isdigit() else "")

    return pd.DataFrame({"measure": table["measure"], "compared with": table["compared with"],
                         "before": [text(*row) for row in zip(table["measure"], table["before"], strict=True)],
                         "Moon": [text(*row, "Moon") for row in zip(table["measure"], table["Moon"], strict=True)],
                         "better under Moon": table["outcome"]})


def refusals(data: Frames) -> pd.DataFrame:
    """Dated refusals between the two governments from Park's first day to the essay: date, actor, event.

    The withdrawal of staff from Kaesong turns down no offer and is left out.
    """
    events = data["events"]
    events = events[(events["class"] == "refusal") & (events["kind"] != "withdrawal") & (events["partners"] == "KOR") & events["counted"]
                    & events["date"].between(PARK_BEGAN, claims.ESSAY_DATE)]
    by = events["actor"].map({"PRK": "Pyongyang", "KOR": "Seoul", "both": "both"})
    return pd.DataFrame({"date": events["date"], "by": by, "event": events["title"]}).sort_values("date")


def rivals(data: Frames) -> pd.DataFrame:
    """Every measure side by side: a year's mean under each government, and the change from Lee to Park in percent."""
    table, aid = means(data), holding(data["aid"], donor="KOR", series="mou")
    extra = {"Government aid without rice loans, billion won": _line(aid[aid["kind"] == "government_grants"], 0.1),
             "Aid with private gifts, billion won": _line(aid[aid["kind"] == "all"], 0.1),
             HOSTILE["headlines"]: headline_shares(data),
             HOSTILE["press"]: press_shares(data, ["verbal_conflict"], "from_prk"),
             "Hostile words and deeds of both, % of acts": press_shares(
                 data, ["verbal_conflict", "material_conflict"], "from_prk", "to_prk")}
    rows = {f"{SHORT[i]}, {INDICATORS[i][1]}": {who: mean_of(table, i, who) for who in YEARS} for i in INDICATORS}
    rows |= {name: {who: line["value"].loc[slice(*span)].mean() for who, span in YEARS.items()}
             for name, line in extra.items()}
    wide = pd.DataFrame.from_dict(rows, orient="index").astype(float)
    return wide.assign(**{"Lee to Park, %": 100 * (wide["Park"] / wide["Lee"] - 1)}).rename_axis("measure").reset_index()


def rivals_table(data: Frames) -> pd.DataFrame:
    """The measures as the page shows them: figures as text, the last column in words."""
    wide = rivals(data).set_index("measure")
    keys = {f"{SHORT[i]}, {INDICATORS[i][1]}": i for i in INDICATORS}

    def figure(name: str, value: float) -> str:
        return "–" if not np.isfinite(value) else figure_text(value, keys[name]) if name in keys else f"{value:,.1f}"

    def moved(name: str, percent: float) -> str:
        if not np.isfinite(percent):
            return "–"
        word = "about the same" if abs(percent) < 2 else "closer" if (percent > 0) != name.startswith("Hostile") else "apart"
        return f"{word}, {percent:+.0f}{PERCENT}".replace("-", "−")

    shown = {who: [figure(name, v) for name, v in wide[who].items()] for who in YEARS}
    last = [moved(name, v) for name, v in wide["Lee to Park, %"].items()]
    return pd.DataFrame({"measure": wide.index, **shown, "from Lee to Park": last})


def same_year(data: Frames) -> pd.DataFrame:
    """Trade between the Koreas by office, million dollars: one row a year of 2012 to 2014, one column an office."""
    offices = {"mou": "ministry", "kita": "traders' association", "kcs": "customs"}
    return pd.DataFrame({name: flows(data["trade"], series, "KOR")["value"] for series, name in offices.items()}).loc[
        2012:2014].round().astype("Int64").rename_axis("year").reset_index()


# --- numbers for the prose ---------------------------------------------------------------------------------------

def numbers(data: Frames) -> dict[str, str]:
    """Every figure that the prose of this chapter names: key to text."""
    known, table, outside = lines(data), means(data), trade_outside(data)["value"]
    term = {f"{i}-{who.lower()}": figure_text(mean_of(table, i, who), i) for i in ("talks", "aid", "trade", "visitors")
            for who in YEARS if np.isfinite(mean_of(table, i, who))}
    year = {f"{i}-{y}": figure_text(v, i).removesuffix(".0" if i == "talks" else " ")
            for i in ("talks", "aid", "trade", "visitors_outside") for y, v in known[i]["value"].loc[2003:].items()}
    terms = holding(data["inter_korean"], measure="talks", series="presidency").set_index("part")["value"]
    liaison = data["inter_korean"].query("measure == 'liaison_meetings' and period.str.startswith('2019')")["value"]
    met = data["inter_korean"].set_index("measure")["value"]
    zone = met["kaesong_committee_meetings"] + met["kaesong_subcommittee_meetings"]
    rest = terms[NAMES["Park"]] - met["kaesong_talk_rounds"] - zone
    said, predicted = refusals(data)["by"].value_counts(), prediction(data)
    answers = openings(data).query("date <= @claims.ESSAY_DATE")
    answers, south = answers[answers["taken"].notna()], answers["became"].eq("refused by Seoul").sum()
    aid_pairs = compared((known, table), "aid", "Lee", "terms"), compared((known, table), "aid", "Lee", "years")
    crisis_counts, crisis_then = (crisis(d).counts.query("votes") for d in (data, frames(claims.ESSAY_DATE)))
    give = inflexible(data).counts
    return {
        **term, **year,
        **{f"outside-{y}": figure_text(v, "trade_outside") for y, v in outside.items()},
        **{f"talks-total-{who.lower()}": f"{terms[name]:.0f}" for who, name in NAMES.items() if name in terms},
        **{f"{key}-{who.lower()}": f"{v:.0f}{PERCENT}" for key, m in hostile_means(data).items() for who, v in m.items()},
        "kaesong-rounds": f"{met['kaesong_talk_rounds']:.0f}", "kaesong-meetings": f"{zone:.0f}",
        "talks-park-rest": f"{rest:.0f}", "talks-park-rest-year": figure_text(rest / term_years(data, "Park"), "talks"),
        "talks-times": f"{mean_of(table, 'talks', 'Park') / mean_of(table, 'talks', 'Lee'):.1f}",
        "aid-terms": change(*aid_pairs[0]), "aid-beside": f"{aid_pairs[1][1] / aid_pairs[1][0]:.0f}",
        "liaison-least": f"{liaison.min():.0f}", "liaison-most": f"{liaison.max():.0f}",
        "refusals-north": str(said.get("Pyongyang", 0)), "refusals-south": str(said.get("Seoul", 0)),
        "openings-seoul": str(south), "openings": str(len(answers)), "openings-refused": str(int((~answers["taken"].astype(bool)).sum())),
        "prediction": claims.forecast(predicted), "predicted": str(len(predicted)),
        "crisis-true": str(int(crisis_counts["outcome"].sum())), "crisis-all": str(len(crisis_counts)),
        "crisis-then-true": str(int(crisis_then["outcome"].sum())), "crisis-then-all": str(len(crisis_then)),
        "give-true": str(int(give["outcome"].sum())), "give-all": str(len(give)),
    }
