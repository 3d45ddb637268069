"""Chapter tokyo, paragraph 4: abductees and sanctions, who gave what on which day, and the money that was expected.

Everything here is a pure function of the tables that `frames` loads. Days are dates; money is in US dollars.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

import numpy as np
import pandas as pd

from companion import claims
from companion.claims import Finding, verdict
from companion.data import pick
from companion.evidence.series import flows, holding, sources_of, tables, with_gaps
from companion.evidence.thresholds import CONVENTION, Threshold
from companion.explore import Choice, Exploration, explore
from companion.figure import COLOUR, Card, fixed_axes

Frames = Mapping[str, pd.DataFrame]
TABLES = ("events", "trade", "headlines", "press_events", "pledges_and_outcomes", "other_counts")

SPRING = "2014-03-01"  # "at the same time" as the talk of spring and early summer
DONE, PROMISED, UNDONE = "carried out", "promised", "refused or taken back"
SIDES = {"PRK": "North Korea", "JPN": "Japan"}
TONE = {"PRK": COLOUR["text"], "JPN": COLOUR["JPN"]}


def frames(as_of: str | None = None) -> dict[str, pd.DataFrame]:
    """The tables of this chapter, by name; with `as_of`, only what could be known on that day."""
    return tables(*TABLES, as_of=as_of)


# --- who gave what, on which day --------------------------------------------------------------------------------

SUMMIT, RETURN, SECOND = ("2002-09-17-koizumi-in-pyongyang", "2002-10-15-five-abductees-return-to-japan",
                          "2004-05-22-second-koizumi-visit-renewed")
RESULTS, REJECTED, FROZEN, BARGAIN, PUT_OFF = (
    "2004-11-09-japan-dprk-talks-in-pyongyang", "2004-12-08-japan-says-that-dna-tests", "2004-12-29-japan-freezes-humanitarian",
    "2008-06-13-japan-to-lift-limits-on", "2008-09-05-dprk-puts-off-the-inquiry")
MEETING, ACCORD, COMMITTEE, EASING, DATE_GIVEN, NOT_READY, RESTORED, DISSOLVED = (
    "2014-03-10-yokota-parents-meet", "2014-05-29-stockholm-agreement-public", "2014-07-04-dprk-special-investigation",
    "2014-07-04-japan-eases-three-measures", "2014-08-10-fm-ri-su-yong-tells-fm-kishida",
    "2014-09-29-shenyang-talks-dprk-not-ready", "2016-02-10-japan-restores-and-widens",
    "2016-02-12-dprk-dissolves-the-special")

# (event, who moved, how far it went, what). An accord is a step of both sides, so an event can stand here twice.
STEPS = (
    (SUMMIT, "PRK", DONE, "admits abductions"),
    (SUMMIT, "JPN", PROMISED, "grants and loans, once relations are normal"),
    (RETURN, "PRK", DONE, "lets abductees go home"),
    (SECOND, "PRK", DONE, "lets families leave"),
    (SECOND, "PRK", PROMISED, "a new inquiry"),
    (SECOND, "JPN", PROMISED, "food"),
    ("2004-08-05-japan-approves-the-first-half", "JPN", DONE, "half of the food"),
    (RESULTS, "PRK", DONE, "results of an inquiry"),
    (REJECTED, "JPN", UNDONE, "rejects the results"),
    (FROZEN, "JPN", UNDONE, "freezes food aid"),
    ("2006-07-05-japan-bars-the-man-gyong-bong", "JPN", UNDONE, "bars a ferry"),
    ("2006-10-11-japan-bans-all-dprk-imports", "JPN", UNDONE, "bans imports, ships"),
    (BARGAIN, "PRK", PROMISED, "a new inquiry"),
    (BARGAIN, "JPN", PROMISED, "fewer limits on travel and flights"),
    (PUT_OFF, "PRK", UNDONE, "puts the inquiry off"),
    ("2009-06-16-japan-bans-exports-all", "JPN", UNDONE, "bans exports"),
    (MEETING, "PRK", DONE, "lets a family meet"),
    (ACCORD, "PRK", PROMISED, "a new inquiry, of all Japanese"),
    (ACCORD, "JPN", PROMISED, "easing, later aid"),
    (COMMITTEE, "PRK", DONE, "opens a committee"),
    (EASING, "JPN", DONE, "eases three limits"),
    (DATE_GIVEN, "PRK", PROMISED, "first report in early September"),
    (NOT_READY, "PRK", UNDONE, "report not ready"),
    (RESTORED, "JPN", UNDONE, "restores sanctions"),
    (DISSOLVED, "PRK", UNDONE, "dissolves the committee"),
)


def steps(data: Frames) -> pd.DataFrame:
    """The steps whose event is known: event, date (text), day (timestamp), side, stage, what, source_id, title."""
    known = data["events"].set_index("event_id")
    rows = [{"event": event, "date": known.at[event, "date"], "side": side, "stage": stage, "what": what,
             "source_id": known.at[event, "source_id"], "title": known.at[event, "title"]}
            for event, side, stage, what in STEPS if event in known.index]
    found = pd.DataFrame(rows, columns=["event", "date", "side", "stage", "what", "source_id", "title"])
    # a month without a day stands in its middle
    return found.assign(day=pd.to_datetime(found["date"].where(found["date"].str.len() == 10, found["date"] + "-15")))


def inquiries(data: Frames) -> pd.DataFrame:
    """The steps in which North Korea promised an inquiry."""
    moves = steps(data)
    return moves[(moves["side"] == "PRK") & (moves["stage"] == PROMISED) & moves["what"].str.contains("inquiry")]


def day_of(data: Frames, event: str | None) -> pd.Timestamp | None:
    """The day of an event, None when it is not (yet) known."""
    found = data["events"].loc[data["events"]["event_id"] == event, "date"]
    return pd.Timestamp(found.item()) if len(found) else None


def days_between(data: Frames, first: str, last: str) -> int:
    """Days from one event to another."""
    return (day_of(data, last) - day_of(data, first)).days


def in_table(day: str) -> str:
    """A short date that does not wrap in a narrow column."""
    return written(day, short=True).replace(" ", "\u00a0")


def written(day: str | pd.Timestamp, short: bool = False) -> str:
    """A date as the book writes it: 4 July 2014; months without a day as June 2008."""
    if isinstance(day, str) and len(day) == 7:
        return f"{pd.Timestamp(day):{'%b' if short else '%B'} %Y}"
    day = pd.Timestamp(day)
    return f"{day.day} {day:{'%b' if short else '%B'} %Y}"


LIST_TRUST = (
    "The days come from press reports of the time and from Japanese and North Korean announcements. The list is a "
    "selection: another editor would add steps and drop some, so a count of marks compares nothing. Which step belongs "
    "to which side, and whether it was only promised, is this book's coding. What was approved or announced is taken as "
    "carried out unless a report says that it was not.")


def lanes_card(data: Frames) -> Card:
    """Two lanes, North Korea left and Japan right, one row a day from 2002 to 2016."""
    moves = steps(data)
    years = [date[:4] for date in inquiries(data)["date"]]
    look = {DONE: ("o", True), PROMISED: ("o", False), UNDONE: ("x", True)}

    def draw(fig, narrow):
        ax = fig.subplots()
        size, room, gap = (8, 17, 0.29) if narrow else (9.5, 40, 0.17)
        y = 0.0
        for _, row in moves.groupby("day", sort=True):
            texts = [(m, textwrap.wrap(m.what, room)) for m in row.itertuples()]
            used = {side: sum(len(lines) for m, lines in texts if m.side == side) for side in SIDES}
            height = max(used.values())
            at = {side: y + (height - used[side]) / 2 for side in SIDES}  # both sides centred on the date
            for move, lines in texts:
                sign, (marker, filled) = -1 if move.side == "PRK" else 1, look[move.stage]
                middle = at[move.side] + (len(lines) - 1) / 2
                ax.plot(sign * gap, middle, marker, color=TONE[move.side], ms=6, mew=1.6,
                        mfc=TONE[move.side] if filled else COLOUR["surface"])
                ax.text(sign * (gap + 0.05), middle, "\n".join(lines), ha="right" if sign < 0 else "left", va="center",
                        fontsize=size, color=TONE[move.side], linespacing=1.1)
                at[move.side] += len(lines)
            ax.text(0, y + (height - 1) / 2, written(row["date"].iloc[0], short=True), ha="center", va="center",
                    fontsize=size, color=COLOUR["muted"])
            y += height + 0.3
            ax.axhline(y - 0.65, color=COLOUR["line"], lw=0.6)
        for side, sign in (("PRK", -1), ("JPN", 1)):
            ax.text(sign * gap, -1.2, SIDES[side], ha="right" if sign < 0 else "left", weight="bold", color=TONE[side])
        ax.set(xlim=(-1, 1), ylim=(y - 0.6, -1.8), xticks=[], yticks=[])
        ax.spines[:].set_visible(False)

    table = moves.assign(side=moves["side"].map(SIDES))[["date", "side", "stage", "what"]].sort_values("date", kind="stable")
    return Card(
        name="tokyo-lanes",
        title=f"Abductees came home once, in 2002; an inquiry was promised {len(years)} times, in "
              f"{', '.join(years[:-1])} and {years[-1]}",
        alt=f"Two lanes of {len(moves)} dated steps, North Korea left, Japan right. North Korea let abductees go home in October "
            "2002, and their families in 2004. Of its promised inquiries that of 2004 brought results, which Japan rejected; "
            "those of 2008 and 2014 brought none. The last rows, in February 2016, are all steps back.",
        draw=draw, table=table.assign(date=table["date"].map(in_table)), sources=moves["source_id"].unique().tolist(),
        trust=LIST_TRUST + " Rows stand one below the other whatever the time between them.",
        sentence="Filled: carried out. Hollow: promised. Crosses: refused, forbidden or taken back. Years without a row "
                 "are not years without contact.", height=7.8)


# --- the ledger of Stockholm ------------------------------------------------------------------------------------

# (side, item, promised by, carried out by, ended or failed by): events, or None where there is none.
ITEMS = (
    ("PRK", "a committee of inquiry", ACCORD, COMMITTEE, DISSOLVED),
    ("PRK", "a survey of all Japanese, with reports", ACCORD, None, DISSOLVED),
    ("PRK", "a first report in early September", DATE_GIVEN, None, NOT_READY),
    ("JPN", "fewer limits on travel", ACCORD, EASING, RESTORED),
    ("JPN", "fewer limits on sending money", ACCORD, EASING, RESTORED),
    ("JPN", "port calls for humanitarian ships", ACCORD, EASING, RESTORED),
    ("JPN", "an end to its sanctions", ACCORD, None, None),
    ("JPN", "aid at a later stage", ACCORD, None, None),
)
DAYS = {  # day: what happened on it
    "2014-05-29": "The agreement becomes public.",
    "2014-07-04": "The committee opens, and Japan eases its limits.",
    "2014-08-10": "North Korea's foreign minister names a date for the first report.",
    "2014-09-29": "North Korea says that it is not ready to report.",
    "2016-02-10": "After a nuclear test and a rocket launch, Japan restores its sanctions and adds new ones.",
    "2016-02-12": "North Korea dissolves the committee.",
    "2025-11-30": "The last month in our tables; no report and no aid was found.",
}
VIEWS = {"promised": "promised so far", "done": "carried out so far", "force": "still in force"}


def status(data: Frames, day: str) -> pd.DataFrame:
    """The items of the Stockholm agreement on a day: side, item, from (day of the promise), promised, done, force, failed."""
    def by(event: str | None) -> bool:
        at = day_of(data, event)
        return at is not None and at <= pd.Timestamp(day)

    return pd.DataFrame([{"side": side, "item": item, "from": day_of(data, promised), "promised": by(promised), "done": by(done),
                          "force": by(done) and not by(ended), "failed": not by(done) and by(ended)}
                         for side, item, promised, done, ended in ITEMS])


def ledger_card(data: Frames, day: str, view: str) -> Card:
    """What each side had promised, had carried out, or still kept in force on one day."""
    items = status(data, day)
    total = items.groupby("side")[[*VIEWS, "failed"]].sum()
    north, japan = total.loc["PRK"], total.loc["JPN"]
    number = (pd.Timestamp(day) - day_of(data, ACCORD)).days
    title = {
        "promised": f"By {written(day)} North Korea had made {north['promised']} promises and Japan {japan['promised']}"
                    + (f"; {north['failed']} of North Korea's had failed" if north["failed"] else ""),
        "done": f"By {written(day)} North Korea had carried out {north['done']} of {north['promised']} promises, "
                f"Japan {japan['done']} of {japan['promised']}",
        "force": f"On {written(day)} nothing was in force on either side" if not north["force"] + japan["force"] else
                 f"In force on {written(day)}: {north['force']} of North Korea's items, {japan['force']} of Japan's",
    }[view]

    def draw(fig, narrow):
        axes = fixed_axes(fig, left=0.02, right=0.99, top=0.83, bottom=0.02,
                          **({"nrows": 2, "height_ratios": [3.4, 5]} if narrow else {"ncols": 2}))
        fig.text(0.02, 0.94, f"{written(day)}, day {number:,}: {VIEWS[view]}", weight="bold", fontsize=9.5 if narrow else 11)
        for ax, side in zip(axes, SIDES):
            own = items[items["side"] == side]
            for y, item in enumerate(own.itertuples()):
                on = getattr(item, view)
                cross = view == "promised" and item.failed
                ax.scatter(0.03, y, 81, marker="X" if cross else "s", edgecolors=TONE[side], linewidths=1.4,
                           linestyles="-" if item.promised else ":",
                           facecolors=TONE[side] if on and not cross else COLOUR["surface"])
                later = "" if item.promised else f"\n(promised in {item[3]:%B})"  # item[3]: the day of the promise
                ax.text(0.09, y, item.item + later, va="center", color=TONE[side] if on else COLOUR["muted"],
                        weight="bold" if on else "normal", fontsize=9)
            ax.set(xlim=(0, 1), ylim=((3.4 if narrow and side == "PRK" else 5) - 0.5, -0.5), xticks=[], yticks=[])
            ax.set_title(f"{SIDES[side]}: {total.loc[side, view]}", loc="left", color=TONE[side])
            ax.spines[:].set_visible(False)

    listed = lambda side: ", ".join(items.loc[(items["side"] == side) & items[view], "item"]) or "nothing"  # noqa: E731
    return Card(
        name="tokyo-ledger", title=title,
        alt=f"Two lists of squares, filled for what was {VIEWS[view]} on {written(day)}. North Korea: {listed('PRK')}. "
            f"Japan: {listed('JPN')}.",
        draw=draw,
        table=items.assign(day=written(day), side=items["side"].map(SIDES))[
            ["item", "side", "day", *VIEWS, "failed"]].rename(columns=VIEWS),
        sources=steps(data).query("day >= '2014-05-01' and day <= @day")["source_id"].unique().tolist(),
        trust="The items are those that the reports of the agreement name; the full text in English from Tokyo was not "
              "found. Counts of items say nothing of their weight: a survey and a port call are one item each. That "
              "Japan's three easings ended in February 2016 follows from reports that it restored its sanctions.",
        sentence=DAYS[day] + (" A cross marks a promise that had failed by then." if view == "promised" and north["failed"] else "")
        + ("" if items["promised"].all() else " A dotted square is an item that nobody had promised yet."),
        height=3.4)


def ledger_exploration(data: Frames) -> Exploration:
    """Choose the day and what counts: promises, deeds, or deeds that still held."""
    return explore(
        lambda **state: ledger_card(data, **state), "tokyo-ledger",
        "What had each side given by which day, and what was left of it?",
        day=Choice("Day", {day: written(day) for day in DAYS}, "range", "2014-07-04"),
        view=Choice("What counts", VIEWS, "radio", "done"))


# --- contacts ---------------------------------------------------------------------------------------------------

FILTERS = {"contact_first": "first word list", "contact_last": "last word list"}
BASELINES = {"2013": (2013, 2013), "2009–2013": (2009, 2013), "1997–2013": (1997, 2013)}
VOTING = ("2009–2013", "1997–2013")  # as in the chapter on the four capitals; the single year 2013 is part of both


def contact_share(data: Frames) -> pd.DataFrame:
    """State-media headlines of contact with Japan per hundred headlines, 1 January to 25 September: index year."""
    rows = holding(data["headlines"], partner="JPN", window="jan1_sep25")
    rows = rows.set_index(rows["period"].astype(int).rename("year"))
    return pd.DataFrame({key: 100 * rows[key] / rows["headlines"] for key in FILTERS}).astype(float).sort_index()


def beside(data: Frames, key: str) -> tuple[str, int]:
    """Where 2014 lies beside the highest year of 2009 to 2013, and that year: above, level with or below it.

    Level: fewer headlines apart than the square root of their number, as chance alone would bring.
    """
    share = contact_share(data)[key]
    year = int(share.loc[2009:2013].idxmax())
    rows = holding(data["headlines"], partner="JPN", window="jan1_sep25", period="2014")
    apart = (share[2014] - share[year]) * rows["headlines"].item() / 100
    return ("level with" if abs(apart) < np.sqrt(rows[key].item()) else "above" if apart > 0 else "below"), year


def contacts_card(data: Frames) -> Card:
    """Contact headlines by year under both word lists."""
    share = contact_share(data)
    before, last = share.loc[2009:2013].max(), share.loc[2014]
    where = {key: beside(data, key) for key in FILTERS}

    def draw(fig, narrow):
        ax = fig.subplots()
        for key, tone, marker, y in (("contact_first", COLOUR["muted"], "s", 0.9), ("contact_last", COLOUR["JPN"], "o", 0.05)):
            ax.plot(share[key], color=tone, marker=marker, ms=4)
            ax.annotate(f"{last[key]:.2f}", (2014, last[key]), (7, 0), textcoords="offset points", va="center",
                        color=tone, weight="bold")
            ax.text(2003, y, FILTERS[key], color=tone)
        ax.set(ylim=(0, 1.25), xlim=(1996.5, 2016), xticks=[2000, 2005, 2010] if narrow else [2000, 2004, 2009, 2014])
        ax.set_title("Contact headlines per 100", loc="left")

    return Card(
        name="tokyo-contacts",
        title="Contact with Japan in the headlines of 2014: "
              + "; ".join(f"by the {FILTERS[key]} {word} {year}" for key, (word, year) in where.items())
              + ", the highest of the five years before",
        alt="Two lines, 1997 to 2014: headlines on contact with Japan per hundred headlines of North Korea's news agency. "
            + " ".join(f"By the {label}: {share.loc[2000, key]:.2f} in 2000, at most {before[key]:.2f} in 2009 to 2013, "
                       f"{last[key]:.2f} in 2014." for key, label in FILTERS.items()),
        draw=draw, table=share.round(2).rename(columns=FILTERS).reset_index(),
        sources=holding(data["headlines"], partner="JPN")["source_id"].unique().tolist(),
        trust="Two word lists pick headlines that name Japan beside a word for a meeting, a visit or a message. The last "
              "was made after the headlines of 2013 and 2014 had been read. Friendly Japanese societies are caught by the "
              "first. The archive doubles in 2011, so shares of all headlines are used. It ends on 25 September 2014. "
              "Two years count as level when chance alone could set them so far apart.",
        sentence="Each year counts 1 January to 25 September alone, so that 2014 can be compared.")


OFFICIAL = ("talks", "statement", "refusal", "visit")
# Who stands behind a report; two reports of one agency are one voice.
AGENCY = {"xinhua-stockholm": "KCNA", "kcna-headlines-marquez": "KCNA", "kfa-ch-iijima": "KCNA", "yomiuri-yokota": "Yomiuri",
          "kherald-20140704": "Korea Herald", "jt-20140814": "Kyodo", "jt-20141001": "Kyodo", "jt-20141027": "Kyodo",
          "jt-20160213": "Kyodo", "jiji-yokota": "Jiji", "nklw-sic": "NK Leadership Watch", "asahi-20140703": "Asahi",
          "nklw-ulanbator2012": "NK Leadership Watch", "naharnet-20121201": "AFP", "arirang-inoki2014": "Arirang",
          "jt-20131102": "Kyodo", "jt-20140113": "Kyodo", "reuters-20140320": "Reuters",
          "globaltimes-20140331": "Global Times"}


def official(data: Frames, first: str, last: str) -> pd.DataFrame:
    """Official contacts (talks, visits, ministers' words, refusals) between the two from one date to another, by date."""
    events = data["events"]
    own = events["partners"].isin(["JPN", "JPN;MNG"]) & events["class"].isin(OFFICIAL)
    return events[own & ~events["kind"].isin(["hindsight", "summit"]) & events["date"].between(first, last)].sort_values("date")


def silence(data: Frames) -> tuple[int, int]:
    """Days without talks before the first of 2014, and the longest such pause from then to the essay."""
    rows = official(data, "2012", claims.ESSAY_DATE)
    days = pd.to_datetime(rows.loc[(rows["class"] == "talks") & rows["counted"], "date"])
    gaps = days.diff().dt.days
    later = gaps[days >= "2014"]
    return (0, 0) if len(later) < 2 or len(later) == len(gaps) else (int(later.iloc[0]), int(later.iloc[1:].max()))


def contacts(data: Frames) -> Finding:
    """japan-contacts: were there contacts in these months, and had they begun, that is, was it quiet before?"""
    rows = official(data, SPRING, claims.ESSAY_DATE)
    rows = rows.assign(agency=rows["source_id"].map(AGENCY), between=rows["class"] != "visit")
    met = [{"family": r.agency, "part": "contact", "count": r.title, "compared with": "", "before": pd.NA, "since": pd.NA,
            "votes": r.counted and r.between and r.first, "outcome": r.held} for r in
           rows.assign(first=~rows.duplicated(["agency", "between"]), held=rows["class"] != "refusal").itertuples()]
    share = contact_share(data)
    levels = {name: (share.loc[a:b].mean(), name in VOTING) for name, (a, b) in BASELINES.items()}
    levels |= {f"the highest of {name}": (share.loc[a:b].max(), False) for name, (a, b) in BASELINES.items() if a < b}
    wider = [{"family": "headlines", "part": "begun", "count": f"contact headlines per 100, {label}", "compared with": name,
              "before": before[key], "since": share.at[2014, key], "votes": votes,
              "outcome": bool(share.at[2014, key] > before[key])}
             for key, label in FILTERS.items() for name, (before, votes) in levels.items() if 2014 in share.index]
    quiet, (before, since) = [], silence(data)
    if before:  # the list was searched for 2014 more closely than for the years before, so the pauses have no vote
        quiet.append({"family": "event list", "part": "begun", "count": "longest pause between talks, days",
                      "compared with": "from March 2014", "before": float(before), "since": float(since), "votes": False,
                      "outcome": before > since})
    press = friendly(data)
    machine = [{"family": "press events", "part": "begun", "count": "friendly share of North Korea's reported acts, %",
                "compared with": name, "before": press.loc[a:b].mean(), "since": press[2014], "votes": False,
                "outcome": bool(press[2014] > press.loc[a:b].mean())}
               for name, (a, b) in BASELINES.items() if 2014 in press.index and a in press.index]
    counts = pd.DataFrame([*met, *wider, *quiet, *machine],
                          columns=["family", "part", "count", "compared with", "before", "since", "votes", "outcome"])
    parts = {"contact": verdict(counts[counts["part"] == "contact"]), "begun": verdict(counts[counts["part"] == "begun"])}
    return Finding(
        measure="Two parts. Contact: official meetings from March 2014 to the essay, one vote for each agency that reports "
                "one; a visit by a member of parliament has none. Begun: was there less of it before, in the headlines?",
        threshold="A meeting is contact, a refusal counts against it. Begun: above the mean of the five years before and of "
                  "all years before; the wording gives no size, and this is its mildest reading, as in the chapter on the "
                  "four capitals. The rules were set after the data were seen. Whoever asks for more than in the highest "
                  "of those years has it by the first word list alone, and by the last one not against 2000. The year 2013, "
                  "which the means hold already, has no vote; nor has the pause between talks, since the list of events was "
                  "searched most closely for 2014; nor have the press events, whose 2014 holds three months after the essay.",
        counts=counts, parts=parts, verdict=verdict(counts), choices=("count", "compared with"),
        sources=[*rows["source_id"].unique(), *holding(data["headlines"], partner="JPN")["source_id"].unique(),
                 *holding(data["press_events"], partner="JPN")["source_id"].unique()])


def friendly(data: Frames) -> pd.Series:
    """Percent of North Korea's reported acts towards Japan that were friendly words or deeds, by year."""
    press = holding(data["press_events"], partner="JPN", direction="from_prk").set_index("year")
    good = press["verbal_cooperation"] + press["material_cooperation"]
    return (100 * good / (good + press["verbal_conflict"] + press["material_conflict"])).astype(float).sort_index()


KINDS = {"talks": "talks", "visit": "visit", "refusal": "refusal", "statement": "ministers' words"}


def meetings(data: Frames) -> pd.DataFrame:
    """Counted official contacts from late 2012 to the essay, for reading: date, kind, event."""
    rows = official(data, "2012-11", claims.ESSAY_DATE)
    rows = rows[rows["counted"]]
    return pd.DataFrame({"date": rows["date"].map(in_table), "kind": rows["class"].map(KINDS), "event": rows["title"]})


# --- concessions ------------------------------------------------------------------------------------------------

def concessions(data: Frames) -> Finding:
    """japan-concessions: steps over the abductees from March 2014 to the essay, by who reports them."""
    moves = steps(data)
    moves = moves[(moves["side"] == "PRK") & moves["date"].between(SPRING, claims.ESSAY_DATE)]
    made = moves[moves["event"].isin([MEETING, ACCORD, COMMITTEE])]
    ended = day_of(data, DISSOLVED)  # the one step that could be, and later was, taken back
    stood = lambda event: event != COMMITTEE or ended is None or ended > pd.Timestamp(claims.ESSAY_DATE)  # noqa: E731
    size = holding(data["other_counts"], item="committee_size")["source_id"]  # a second report of the committee
    reports = [(m, source) for m in made.itertuples() for source in [m.source_id, *(size if m.event == COMMITTEE else ())]]
    rows = [{"family": AGENCY[source], "step": m.what, "day": m.date, "what counts": m.stage, "votes": True,
             "outcome": stood(m.event), "source": source} for m, source in reports]
    # What a stricter reader could ask for: not what the sentence says, so it has no vote.
    earlier = inquiries(data).query("date < '2014'")
    if len(earlier):
        rows.append({"family": "event list", "step": "an inquiry never promised before", "day": earlier["date"].iloc[-1],
                     "what counts": "something new", "votes": False, "outcome": False, "source": earlier["source_id"].iloc[-1]})
    rows += [{"family": AGENCY[m.source_id], "step": m.what, "day": m.date, "what counts": "a result", "votes": False,
              "outcome": False, "source": m.source_id} for m in moves[moves["event"] == NOT_READY].itertuples()]
    delivered = holding(data["pledges_and_outcomes"], pledge_id="japan-survey-2014", stage="outcome")
    rows += [{"family": AGENCY[r.source_id], "step": "reports delivered", "day": r.date, "what counts": "a result", "votes": False,
              "outcome": bool(r.value > 0), "source": r.source_id} for r in delivered.itertuples()]
    counts = pd.DataFrame(rows, columns=["family", "step", "day", "what counts", "votes", "outcome", "source"])
    voting = counts[counts["votes"].astype(bool)]
    done = voting.loc[voting["what counts"] == DONE, "step"].nunique()
    return Finding(
        measure="Steps that North Korea promised or carried out over the abductees between March 2014 and the essay. One vote for "
                f"each step and each agency that reports it. {voting['step'].nunique()} steps, of which {done} carried out.",
        threshold="One step over the abductees that North Korea was not reported to have taken back by then is enough: "
                  "the sentence says that concessions were made, and not what came of them. Set after the data were "
                  "seen. Who asks for two steps that were carried out has them only if a meeting of one family counts; "
                  "who asks for a result, or for something not promised before, finds none. Those rows stand here "
                  "without a vote.",
        counts=counts.drop(columns="source"), verdict=verdict(counts), choices=("what counts", "step"),
        parts={part: verdict(rows) for part, rows in voting.groupby("what counts", sort=False)},
        sources=counts["source"].unique().tolist())


# --- expected payment -------------------------------------------------------------------------------------------

WINDOWS = (0, 31, 92)  # the same day, a month, a quarter
PERIODS = {"2014": "2014-01-01", "since 2002": "2002-09-17"}


def near(days: pd.Series, others: pd.Series, window: int) -> pd.Series:
    """For each day, whether one of the others lies within `window` days before or after it."""
    apart = np.abs(days.to_numpy()[:, None] - others.to_numpy()[None, :])
    return pd.Series((apart <= np.timedelta64(window, "D")).any(axis=1), index=days.index)


def payment(data: Frames) -> Finding:
    """japan-payment: a reading; only the dates of North Korean steps can be set beside those of Japanese ones."""
    moves = steps(data)
    moves = moves[(moves["date"] <= claims.ESSAY_DATE) & (moves["stage"] != UNDONE)]
    rows = []
    for name, first in PERIODS.items():
        part = moves[moves["day"] >= first]
        north, japan = (pd.Series(part.loc[part["side"] == side, "day"].unique()) for side in SIDES)
        every_day = pd.Series(pd.date_range(first, claims.ESSAY_DATE))
        for window in WINDOWS:
            if north.empty or japan.empty:
                continue
            hits, base = near(north, japan, window), near(every_day, japan, window)
            rows.append({"family": "event list", "period": name, "days apart, at most": window, "North Korean days": len(north),
                         "with a Japanese step": int(hits.sum()), "of these, %": float(100 * hits.mean()),
                         "of any day, %": float(100 * base.mean()), "votes": True, "outcome": bool(hits.mean() > base.mean())})
    counts = pd.DataFrame(rows, columns=["family", "period", "days apart, at most", "North Korean days", "with a Japanese step",
                                         "of these, %", "of any day, %", "votes", "outcome"])
    word = claims.TIMING_FITS if counts["outcome"].all() else claims.TIMING_DOES_NOT_FIT
    return Finding(
        measure="Days on which North Korea gave or promised something, and how many of them had a Japanese gift, "
                "promise or easing near by.",
        threshold="Timing fits when the share is above that of any day of the period, for each distance. An agreement "
                  "puts both sides on one day, so this shows that North Korea gave in exchange, and little more. What "
                  "it hoped to be paid is in no row. A rival reading fits as well: it wanted sanctions eased, or the "
                  "headquarters of the Koreans in Japan who side with it kept, whose sale a Tokyo court approved on 24 "
                  "March 2014.",
        counts=counts, verdict=claims.NOT_TESTABLE if counts.empty else word, choices=("period", "days apart, at most"),
        sources=moves["source_id"].unique().tolist())


FINDINGS = {"japan-contacts": contacts, "japan-concessions": concessions, "japan-payment": payment}

THRESHOLDS = {
    "WINDOWS": Threshold("days between a North Korean and a Japanese step", "days", CONVENTION, ("japan-payment",), members=(1, 2)),
}


# --- money and trade --------------------------------------------------------------------------------------------

def money(data: Frames) -> pd.DataFrame:
    """What normal relations were expected to bring, and what was found paid: label, value (USD million), kind, source_id."""
    pledges = data["pledges_and_outcomes"].set_index(["pledge_id", "stage"])
    get = lambda pledge, stage="promised": pledges.loc[(pledge, stage)]  # noqa: E731
    parts = [get(f"japan-korea-1965-{kind}") for kind in ("grant", "loan", "credit")]
    high, low = get("japan-package-high"), get("japan-package-low")
    paid = get("japan-package-high", "outcome")
    then = get("japan-korea-1965-value")
    return pd.DataFrame([
        ("South Korea, agreed in 1965", sum(p["value"] for p in parts), "agreed", parts[0]["source_id"]),
        ("the same, dollars of 1999", then["value"], "agreed", then["source_id"]),
        ("North Korea, low figure", low["value"], "under discussion", low["source_id"]),
        ("North Korea, high figure", high["value"], "under discussion", high["source_id"]),
        ("North Korea, found paid", paid["value"], "paid", paid["source_id"])], columns=["what", "value", "kind", "source_id"])


def money_card(data: Frames) -> Card:
    """The settlement with the South, the sums under discussion for the North, and what was found paid."""
    sums = money(data)
    tone = {"agreed": COLOUR["KOR"], "under discussion": COLOUR["JPN"], "paid": COLOUR["text"]}
    low, high, paid = sums["value"].iloc[2:] / 1000

    def draw(fig, narrow):
        ax = fig.subplots()
        for y, row in enumerate(sums.itertuples()):
            ax.barh(y, row.value / 1000, height=0.5, edgecolor=tone[row.kind], linewidth=1.4,
                    color=tone[row.kind] if row.kind == "agreed" else COLOUR["surface"])
            ax.text(0, y - 0.36, row.what, color=tone[row.kind], fontsize=9)
            ax.text(row.value / 1000 + 0.12, y, f"{row.value / 1000:.1f}" if row.value else "none found", va="center",
                    color=tone[row.kind], weight="bold")
        ax.set(ylim=(len(sums) - 0.6, -0.7), xlim=(0, 11.4), yticks=[], xticks=[0, 5, 10], xlabel="US dollars, billion")
        ax.spines["left"].set_visible(False)

    return Card(
        name="tokyo-money",
        title=f"{low:.0f} to {high:.0f} billion dollars were under discussion; "
              + ("no payment was found" if not paid else f"{paid:.1f} billion were found paid"),
        alt="Bars in billion US dollars. " + " ".join(
            f"{r.what}: {r.value / 1000:.1f}." if r.value else f"{r.what}: none." for r in sums.itertuples())
            + " The sums for the North are larger than the settlement with the South.",
        draw=draw, table=sums[["what", "value", "kind"]].rename(columns={"value": "USD million"}),
        sources=sums["source_id"].unique().tolist(),
        trust="The sums for the North are what a research service of the American Congress reported in 2003 as under "
              "discussion among Japanese officials. The declaration of 2002 names no sum, and an official Japanese "
              "figure was not found. The 1965 sum in dollars of 1999 is one method of several, and its source calls "
              "them far apart. That no payment was found rests on press reports; food aid is not in this figure.",
        sentence="Filled: agreed. Hollow: talked about. The settlement of 1965 held grants, loans and private credits.", height=3.6)


TRADE = {"cow": ("Correlates of War", "o"), "kotra": ("KOTRA", "s"), "jp_mof_usd": ("Japan's customs", "^")}
BANS = {2006.78: "import ban", 2009.46: "export ban"}


def trade_lines(data: Frames) -> dict[str, pd.DataFrame]:
    """Two-way trade with Japan, USD million by year, from each of the sources in dollars of the day."""
    return {series: flows(data["trade"], series, "JPN") for series in TRADE}


def trade_card(data: Frames) -> Card:
    """Trade with Japan from 2002 to 2014, with the two bans."""
    lines = {series: frame.loc[2002:2014] for series, frame in trade_lines(data).items()}
    cow = lines["cow"]["value"]
    nil = cow[cow == 0].index.min()

    def draw(fig, narrow):
        ax = fig.subplots()
        ax.plot(with_gaps(cow, 2002, 2014), color=COLOUR["JPN"], marker="o", ms=4)
        for series, (_, marker) in TRADE.items():
            if series != "cow":
                ax.plot(lines[series].index, lines[series]["value"], marker, ms=8, mfc="none", mec=COLOUR["text"], mew=1.2)
        for x, label in BANS.items():
            ax.vlines(x, 0, 290, color=COLOUR["muted"], lw=1, ls=(0, (3, 3)))
            ax.text(x + 0.15, 290, label.replace(" ", "\n") if narrow else label, va="top", color=COLOUR["muted"])
        for y, (series, (label, marker)) in zip((400, 370, 340), TRADE.items()):
            ax.plot(2007.6, y, marker, ms=6, mec=COLOUR["JPN" if series == "cow" else "text"],
                    mfc=COLOUR["JPN"] if series == "cow" else "none")
            ax.text(2008.1, y, label, va="center")
        ax.text(2012, 14, "0", ha="center", color=COLOUR["JPN"], weight="bold")
        ax.set(xlim=(2001.5, 2014.5), ylim=(-8, 420), yticks=[0, 100, 200, 300, 400], xticks=[2002, 2006, 2010, 2014])
        ax.set_title("Exports and imports, US dollars, million", loc="left")

    return Card(
        name="tokyo-trade",
        title=f"Trade with Japan: {cow[2005]:,.0f} million dollars in 2005, {cow[2007]:,.0f} in 2007, none recorded from {nil} on",
        alt=f"A falling line of North Korea's trade with Japan: {cow[2002]:,.0f} million dollars in 2002, {cow[2005]:,.0f} in 2005, "
            f"{cow[2007]:,.0f} in 2007, zero from {nil} to {cow.index.max()}. Dashed lines mark the bans of October 2006 and "
            "June 2009. Marks of two other sources lie on or near the line.",
        draw=draw,
        table=pd.DataFrame({label: lines[series]["value"].astype(float) for series, (label, _) in TRADE.items()}
                           ).rename_axis("year").reset_index(),
        sources=sources_of(pd.concat(lines.values())),
        trust="All three read Japan's customs, so they agree without confirming each other. Values are rounded. A zero "
              "here is a zero of the record: goods that go through China are in China's books, and money carried by "
              "hand is in none.",
        sentence="Marks of KOTRA and of Japan's customs stand where those sources have a year.")


def rivals(data: Frames) -> pd.DataFrame:
    """The quantities of the chapter under rival counts: quantity, count, figure, what changes."""
    n, lines = numbers(data), trade_lines(data)
    return pd.DataFrame([
        ("abductees", "recognised by Japan", n["recognised"], "the size of the question"),
        ("abductees", "admitted by North Korea", n["admitted"], "the question is smaller by a quarter"),
        ("abductees", "returned", n["returned"], "the part that is settled"),
        ("abductees", "still open in Japan's count", n["open"], "the part that an inquiry could settle"),
        *(("trade in 2008, million dollars", label, f"{lines[series].at[2008, 'value']:.1f}", "nothing that matters")
          for series, (label, _) in TRADE.items()),
        ("contact headlines per 100, 2013 and 2014", "first word list", f"{n['first-2013']} and {n['first-2014']}", "–"),
        ("contact headlines per 100, 2013 and 2014", "last word list", f"{n['last-2013']} and {n['last-2014']}",
         "a steeper rise, from a lower start"),
        ("friendly share of reported acts, 2013 and 2014", "press events", f"{n['friendly-2013']} and {n['friendly-2014']} %",
         "a rise too, but 2012 was higher"),
        ("money, billion dollars", "under discussion, low", n["low"], "–"),
        ("money, billion dollars", "under discussion, high", n["high"], "twice as much"),
        ("money, billion dollars", "South Korea in 1965, dollars of 1999", n["south-1999"], "less than the low figure"),
    ], columns=["quantity", "count", "figure", "what it changes"])


# --- numbers for the prose --------------------------------------------------------------------------------------

def numbers(data: Frames) -> dict[str, str]:
    """Every figure that the prose of this chapter names: key to text."""
    one = pick(holding(data["other_counts"], partner="JPN"), ["item", "period"]).set_index(["item", "period"])["value"]
    pledges = data["pledges_and_outcomes"].set_index(["pledge_id", "stage"])["value"]
    lines, share, press = trade_lines(data), contact_share(data), friendly(data)
    months = holding(data["headlines"], partner="JPN", window="month").set_index("period")["contact_last"]
    timing = payment(data).counts.set_index(["period", "days apart, at most"])
    made = concessions(data).counts.query("votes")
    yen = flows(data["trade"], "jp_mof", "JPN")["value"]
    sums = money(data).set_index("what")["value"]
    talked = official(data, SPRING, claims.ESSAY_DATE).query("counted and `class` == 'talks'")
    return {
        "recognised": f"{one['abductees_recognised', '2012']:.0f}", "admitted": f"{one['abductees_admitted', '2002']:.0f}",
        "returned": f"{one['abductees_returned', '2002']:.0f}", "open": f"{one['abductees_open', '2014']:.0f}",
        "committee": f"{one['committee_size', '2014']:.0f}",
        "sent-before": f"{one['japan_reporting_limit_sent', '2010']:.0f}",
        "sent-after": f"{one['japan_reporting_limit_sent', '2014']:.0f}",
        "cash-before": f"{1e6 * one['japan_cash_limit', '2010']:,.0f}",
        "cash-after": f"{one['japan_cash_limit', '2014']:.0f} million",
        "measures": f"{pledges['japan-easing-2014', 'outcome']:.0f}",
        "to-easing": str(days_between(data, ACCORD, EASING)), "to-not-ready": str(days_between(data, EASING, NOT_READY)),
        "to-end": str(days_between(data, ACCORD, DISSOLVED)),
        "restored-to-end": str(days_between(data, RESTORED, DISSOLVED)),
        "talks": str(len(talked)), "pause-talks": str(silence(data)[0]),
        "autumn": str(months.loc["2013-10":"2013-11"].sum()), "talks-months": str(months.loc["2014-03":"2014-08"].sum()),
        **{f"{name}-{year}": f"{share.at[year, key]:.2f}" for name, key in (("first", "contact_first"), ("last", "contact_last"))
           for year in (2000, 2012, 2013, 2014)},
        **{f"friendly-{year}": f"{press[year]:.0f}" for year in (2012, 2013, 2014)},
        "steps": str(made["step"].nunique()), "steps-done": str(made.loc[made["what counts"] == DONE, "step"].nunique()),
        "promised-inquiries": str(len(inquiries(data))),
        "same-day": str(timing.loc[("since 2002", 0), "with a Japanese step"]),
        "north-days": str(timing.loc[("since 2002", 0), "North Korean days"]),
        "month-hits": str(timing.loc[("since 2002", 31), "with a Japanese step"]),
        "month-base": f"{timing.loc[('since 2002', 31), 'of any day, %']:.0f}",
        "low": f"{sums['North Korea, low figure'] / 1000:.0f}", "high": f"{sums['North Korea, high figure'] / 1000:.0f}",
        "south-1965": f"{sums['South Korea, agreed in 1965']:.0f}",
        "south-1999": f"{sums['the same, dollars of 1999'] / 1000:.1f}",
        "food": f"{pledges['japan-food-2004', 'promised']:,.0f}", "food-half": f"{pledges['japan-food-2004', 'outcome']:,.0f}",
        **{f"trade-{year}": f"{lines['cow'].at[year, 'value']:,.0f}" for year in (2001, 2002, 2005, 2007)},
        "yen-2001": f"{yen[2001] / 1000:.1f}", "yen-2005": f"{yen[2005] / 1000:.1f}",
    }
