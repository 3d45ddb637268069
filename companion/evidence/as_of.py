"""Then and today: whose verdict changed since the essay, on which day, and which new rows changed it.

A test is a pure function of tables, so it can be run on any day: on the rows that could be known by then.
A claim turns on a day when its state, the verdict and how many counts bear it out, is another than on the day before.
"""

from __future__ import annotations

import functools
import html
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from companion import claims, evidence
from companion.data import load
from companion.evidence.series import known_by
from companion.figure import COLOUR, Card, Html, source_links

Frames = Mapping[str, pd.DataFrame]
THEN = pd.Timestamp(claims.ESSAY_DATE)


class State(NamedTuple):
    """What a test says on one day: the verdict as printed, and how many of the counts with a vote bear the claim out."""

    verdict: str
    fits: int
    counts: int

    @property
    def share(self) -> float:
        """Percent of the counts that bear the claim out; missing where there is none."""
        return 100 * self.fits / self.counts if self.counts else float("nan")


class Turn(NamedTuple):
    """A day on which a state changed, and the new rows without which it would not be what it then was.

    rows: of the tables read, with the columns `table`, `source_id`, `when` (period) and `row` (place in the table).
    """

    day: pd.Timestamp
    before: State
    after: State
    rows: pd.DataFrame


def frames(as_of: str | None = None) -> dict[str, pd.DataFrame]:
    """Of its own this page has no tables: each test reads those of its chapter."""
    return {}


# --- the state of a claim on any day ------------------------------------------------------------------------------

def state_of(finding: claims.Finding) -> State:
    voting = finding.counts[finding.counts["votes"] & finding.counts["outcome"].notna()]
    return State(str(finding), int(voting["outcome"].astype(bool).sum()), len(voting))


def state(claim_id: str, data: Frames) -> State:
    """The state of a claim by its own test on these tables, which need not be those of any day."""
    return state_of(evidence.chapter(claims.get(claim_id).chapter).FINDINGS[claim_id](data))


@functools.cache
def _read(claim_id: str) -> tuple[dict[str, pd.DataFrame], State]:
    """The tables that a claim's test reads, as they are today, and its state on them."""
    data = evidence.chapter(claims.get(claim_id).chapter).frames()
    return {name: data[name] for name in sorted(evidence.tables(claim_id))}, state_of(evidence.tested(claim_id))


def both() -> pd.DataFrame:
    """Every claim with a test, in the order of the essay: index claim, columns then (State, or None before it was due) and today."""
    found = {}
    for claim_id in load("claims")["id"]:
        if evidence.tested(claim_id):
            then, today = evidence.tested(claim_id, claims.ESSAY_DATE), evidence.tested(claim_id)
            found[claim_id] = {"then": state_of(then) if then and then.verdict != claims.NOT_DUE else None,
                               "today": state_of(today)}
    return pd.DataFrame.from_dict(found, orient="index").rename_axis("claim").astype(object)


# --- on which day, and by which rows ------------------------------------------------------------------------------

def days(data: Frames) -> list[pd.Timestamp]:
    """The days since the essay on which one of these tables gained a row, in order; the essay's own stands first."""
    late = {day for table in data.values() if "knowable_from" in table for day in table["knowable_from"] if day > THEN}
    return [THEN, *sorted(late)]


def changed(at: Callable[[int], object], first: int, last: int) -> Iterator[int]:
    """The places in first+1 to last at which `at` differs from the place before; found by halving what differs at its ends.

    What changes and changes back within a stretch whose ends are alike is not found.
    """
    if first == last or at(first) == at(last):
        return
    if last - first == 1:
        yield last
        return
    middle = (first + last) // 2
    yield from changed(at, first, middle)
    yield from changed(at, middle, last)


def turns(claim_id: str) -> Iterator[Turn]:
    """Every change of a claim's state since the essay, the earliest first, with the rows that made it."""
    data, _ = _read(claim_id)
    dates = days(data)
    for i in changed(lambda i: _on(claim_id, dates[i]), 0, len(dates) - 1):
        yield _turn(claim_id, dates[i - 1], dates[i])


@functools.cache
def _on(claim_id: str, day: pd.Timestamp) -> State:
    """The state of a claim on a day; it is asked for its turns more than once, and never for all of them at first."""
    data, today = _read(claim_id)
    return today if day >= days(data)[-1] else state(claim_id, known_by(data, day))


@functools.cache
def _turn(claim_id: str, before: pd.Timestamp, day: pd.Timestamp) -> Turn:
    after = _on(claim_id, day)
    return Turn(day, _on(claim_id, before), after, cause(claim_id, known_by(_read(claim_id)[0], day), day, after))


def cause(claim_id: str, data: Frames, day: pd.Timestamp, after: State) -> pd.DataFrame:
    """Of the rows that are new on a day, those that made the state what it is on that day: by source, then by period.

    Each source is needed, and so are the first and the last period; the periods between are taken with them.
    """
    new = {name: table[table["knowable_from"] == day] for name, table in data.items() if "knowable_from" in table}
    new = pd.concat([_described(name, rows) for name, rows in new.items() if len(rows)], ignore_index=True)

    def same_without(rows: pd.DataFrame) -> bool:
        left = {name: table.drop(index=rows.loc[rows["table"] == name, "row"]) for name, table in data.items()}
        return state(claim_id, left) == after

    new = pd.concat(needed([part for _, part in new.groupby("source_id")], same_without))
    periods = sorted(new["when"].unique())
    first = _most(len(periods) - 1, lambda n: same_without(new[new["when"] < periods[n]]))
    last = len(periods) - 1 - _most(len(periods) - 1 - first, lambda n: same_without(new[new["when"] > periods[-1 - n]]))
    return new[new["when"].between(periods[first], periods[last])]


def needed(parts: Sequence[pd.DataFrame], same_without: Callable[[pd.DataFrame], bool]) -> list[pd.DataFrame]:
    """Those parts without which it is not the same, found by halving; all of them where any one stands in for another."""
    if len(parts) < 2:
        return list(parts)
    halves = parts[:len(parts) // 2], parts[len(parts) // 2:]
    return [part for half in halves if not same_without(pd.concat(half)) for part in needed(half, same_without)] or list(parts)


def _most(top: int, holds: Callable[[int], bool]) -> int:
    """The largest n up to `top` for which it holds, when it holds for 0 and, once it no longer does, for none above."""
    low = 0
    while low < top:
        middle = (low + top + 1) // 2
        low, top = (middle, top) if holds(middle) else (low, middle - 1)
    return low


def _described(name: str, rows: pd.DataFrame) -> pd.DataFrame:
    """table, source_id, when (the period as text) and row (its place in the table) of each row."""
    when = next(column for column in ("year", "period", "date", "month", "start") if column in rows)
    return pd.DataFrame({"table": name, "source_id": rows["source_id"], "when": rows[when].astype(str), "row": rows.index})


def changes() -> pd.DataFrame:
    """The claims that were tested on both dates with different states: index claim, columns then, today, turns (list)."""
    found = both()
    found = found[found["then"].notna()]
    found = found[[then != today for then, today in zip(found["then"], found["today"])]]
    return found.assign(turns=[list(turns(claim_id)) for claim_id in found.index])


def forecasts() -> pd.DataFrame:
    """The claims that were not due in 2014: index claim, columns today (State) and due (the first Turn to a verdict, or None)."""
    found = both()
    found = found[found["then"].isna()].drop(columns="then")
    # Whoever says only that a thing may happen has never lost, so no day settles it.
    return found.assign(due=[next(turns(claim_id), None) if today.verdict != claims.UNFALSIFIABLE else None
                             for claim_id, today in found["today"].items()]).astype(object)


# --- for the page -------------------------------------------------------------------------------------------------

def split(found: pd.DataFrame) -> dict[str, list[str]]:
    """The claims of `both` by what became of them: same, and of those that changed: more, fewer (support), as much (more counts)."""
    parts = {"same": [], "more": [], "fewer": [], "as much": []}
    for claim_id, row in found[found["then"].notna()].iterrows():
        rise = row["today"].share - row["then"].share
        parts["same" if row["then"] == row["today"] else "more" if rise > 0 else "fewer" if rise < 0 else "as much"].append(claim_id)
    return parts


def of(state: State) -> str:
    return f"{state.fits} of {state.counts}"


def changes_card(found: pd.DataFrame, shown: pd.DataFrame) -> Card:
    """The claims that changed, each with the share of its counts that bear it out then (hollow) and today (filled).

    found: as of `both`; shown: as of `changes`.
    """
    parts = split(found)
    shown = shown.assign(rise=[today.share - then.share for then, today in zip(shown["then"], shown["today"])])
    shown = shown.sort_values("rise", kind="stable")
    labels = load("claims").set_index("id")["label"].loc[shown.index].str.replace("^.", lambda m: m[0].upper(), regex=True)
    moved = len(parts["more"]) + len(parts["fewer"])

    def draw(fig, narrow):
        ax = fig.subplots()
        for y, (label, row) in enumerate(zip(labels, shown.itertuples())):
            then, today = row.then, row.today
            ax.axhline(y, color=COLOUR["line"], lw=1, zorder=0)
            if row.rise:
                ax.annotate("", (today.share, y), (then.share, y), arrowprops={
                    "arrowstyle": "-|>", "color": COLOUR["text"], "lw": 1.6, "shrinkA": 5, "shrinkB": 4, "mutation_scale": 9})
            ax.plot(then.share, y, "o", ms=9, mfc=COLOUR["surface"], mec=COLOUR["text"], mew=1.4)
            ax.plot(today.share, y, "o", ms=5.5, color=COLOUR["text"])
            ax.text(0, y - 0.26, label, va="bottom", fontsize=9)
            ax.text(100, y - 0.26, f"{of(then)} → {of(today)}", ha="right", va="bottom", fontsize=9)
        ax.set(xlim=(-4, 104), ylim=(len(shown) - 0.5, -0.9), yticks=[], xticks=[0, 25, 50, 75, 100])
        ax.set_xlabel("counts that support the claim, %")
        ax.spines["left"].set_visible(False)

    table = pd.DataFrame({"claim": labels, "September 2014": [of(s) for s in shown["then"]], "today": [of(s) for s in shown["today"]],
                          "then, %": [s.share for s in shown["then"]], "today, %": [s.share for s in shown["today"]]})
    return Card(
        name="as-of-changes",
        title=f"Of {sum(map(len, parts.values()))} claims tested on both dates, {len(parts['same'])} rest on the same counts; "
              f"in {moved} the share of counts that support them moved",
        alt=f"{len(shown)} rows, one for each claim whose counts changed, with a hollow dot for September 2014 and a filled "
            "one for today. " + "; ".join(f"{label}: {of(row.then)} then, {of(row.today)} today"
                                          for label, row in zip(labels, shown.itertuples())) + ".",
        draw=draw, table=table,
        sources=list(dict.fromkeys(s for turns in shown["turns"] for turn in turns for s in turn.rows["source_id"])),
        trust="A share of counts is no degree of truth: each count is one way to measure, and a claim can gain counts that all rest on "
              "one new year of one source. The sources are those of the new rows; the chapters give the rest. Where a test reads the same rows under several limits, each is a count.",
        sentence=f"Hollow: September 2014. Filled: today. At the right, how many counts support the claim of how many that can be made. "
                 f"A filled dot inside a hollow one: more counts, the same share. The {len(parts['same'])} claims that did not change "
                 "are not drawn.",
        height=0.46 * len(shown) + 0.9)


TABLES = {"press_events": "press events", "inter_korean": "dealings of the two Koreas", "trade_shares": "shares of trade",
          "economies": "economies", "events": "events", "trade": "trade", "aid": "aid"}


def written(day: pd.Timestamp) -> str:
    return f"{day.day} {day:%B %Y}"


def rows_text(rows: pd.DataFrame) -> Html:
    """The rows of a turn as a reader needs them: source (a link), table, periods; an event with its title."""
    parts = []
    for source, part in rows.groupby("source_id", sort=False):
        periods = sorted(part["when"])
        span = periods[0] if periods[0] == periods[-1] else f"{periods[0]} to {periods[-1]}"
        said = " and ".join(TABLES.get(table, table) for table in part["table"].unique()) + f", {span}"
        if set(part["table"]) == {"events"}:
            events = load("events")
            said = "; ".join(events[(events["source_id"] == source) & events["date"].isin(periods)]["title"])
        parts.append(f"{source_links([source]).removeprefix('Sources: ')} ({html.escape(said)})")
    return Html("; ".join(parts))


def changes_table(found: pd.DataFrame) -> pd.DataFrame:
    """`changes` for a reader: claim, verdict then and today with the counts, and what changed it when."""
    def why(turn: Turn) -> str:
        return f"<b>{written(turn.day)}</b>, {of(turn.before)} to {of(turn.after)}: {rows_text(turn.rows)}."

    said = lambda s: f"{s.verdict} ({of(s)})" if of(s) not in s.verdict else s.verdict  # noqa: E731
    verdicts = [Html(f"<b>Then:</b> {html.escape(said(then))}.<br><b>Today:</b> {html.escape(said(today))}.")
                for then, today in zip(found["then"], found["today"])]
    return pd.DataFrame({"claim": [claims.link(c) for c in found.index], "verdict": verdicts,
                         "the new rows that changed it": [Html("<br>".join(map(why, t))) for t in found["turns"]]})


def forecasts_table(found: pd.DataFrame) -> pd.DataFrame:
    """`forecasts` for a reader: claim, verdict today, and since when it can be judged, by which rows."""
    return pd.DataFrame({
        "claim": [claims.link(c) for c in found.index], "today": [s.verdict for s in found["today"]],
        "could be judged from": [written(t.day) if t else "no day" for t in found["due"]],
        "by these rows": [rows_text(t.rows) if t else "nothing could count against it" for t in found["due"]]})


def numbers(data: Frames) -> dict[str, str]:
    """Every figure that the page's prose may name."""
    found = both()
    parts = split(found)
    tested = found[found["then"].notna()]
    words = [c for c, row in tested.iterrows() if row["then"].verdict != row["today"].verdict]
    crossed = [c for c in tested.index if evidence.tested(c, claims.ESSAY_DATE).value != evidence.tested(c).value]
    return {"claims": str(len(load("claims"))), "with-test": str(len(found)), "tested-then": str(len(tested)),
            "forecasts": str(len(found) - len(tested)), "same": str(len(parts["same"])),
            "changed": str(len(tested) - len(parts["same"])), "more": str(len(parts["more"])), "fewer": str(len(parts["fewer"])),
            "as-much": str(len(parts["as much"])), "words": str(len(words)), "crossed": str(len(crossed)) if crossed else "none",
            "open-then": str(sum(evidence.tested(c, claims.ESSAY_DATE).verdict == claims.NOT_TESTABLE for c in tested.index))}
