"""Chapter how-it-fits: the argument as a tree of claims, what carries its conclusion, and what of it can be tested.

Values are those of companion.claims: stands, shaky, falls. A coding is one reading of what rests on what.
"""

from __future__ import annotations

import functools
import textwrap
from collections.abc import Collection, Iterable, Mapping

import numpy as np
import pandas as pd

from companion import claims, evidence
from companion.argument import FALLS, SHAKY, STANDS, evaluate, joints
from companion.argument_map import ArgumentMap, graph, narrow, wide
from companion.data import load
from companion.evidence.series import tables
from companion.figure import COLOUR, Card

Frames = Mapping[str, pd.DataFrame]
CONCLUSION = "search-partners"
READINGS = {  # key: (name, coding, joints turned); in either coding one joint ties the three walls together
    "settled": ("this book's coding", "settled", ()), "settled-any": ("this book's coding, any one wall", "settled", ("wall-years",)),
    "first": ("the first coding", "first", ()), "first-any": ("the first coding, any one wall", "first", ("necessity",))}
SOURCES = ("asian-89756",)
# A mark for each value that can be told without colour.
MARKS = {STANDS: {"marker": "o", "mfc": COLOUR["text"]}, SHAKY: {"marker": "o", "mfc": COLOUR["surface"]},
         FALLS: {"marker": "X", "mfc": COLOUR["CHN"]}}


def frames(as_of: str | None = None) -> dict[str, pd.DataFrame]:
    """The tables of this chapter, by name; claims and ties carry no date."""
    return tables("claims", "argument", as_of=as_of)


FINDINGS: dict = {}  # every claim is tested in the chapter of its paragraph


def bearing(data: Frames, coding: str = "settled") -> pd.DataFrame:
    """The ties of a coding that carry strength towards the conclusion: rows (claim, tie, other, group, coding)."""
    ties = evidence.ties(coding, data["argument"])
    reached = {CONCLUSION}
    while more := set(ties.loc[ties["claim"].isin(reached), "other"]) - reached:
        reached |= more
    return ties[ties["claim"].isin(reached)]


def under(ties: pd.DataFrame) -> list[str]:
    """Every claim under the conclusion, and the conclusion first."""
    return list(dict.fromkeys([CONCLUSION, *ties["claim"], *ties["other"]]))


def theses(data: Frames, coding: str) -> set[str]:
    """The claims that are a thesis in a coding: each only draws together what it rests on. Claims that a coder did not
    note have the settled kind."""
    kinds = data["claims"].set_index("id")["kind"].to_dict()
    kinds |= load("essay_codings").query("coding == @coding").set_index("settled_id")["kind"].to_dict()
    return {claim for claim, kind in kinds.items() if kind == "thesis"}


def own(data: Frames, ties: pd.DataFrame) -> list[str]:
    """The claims under the conclusion that say something of their own: all but the theses of the ties' coding."""
    drawn = set().union(*(theses(data, coding) for coding in set(ties["coding"])))
    return [claim for claim in under(ties) if claim not in drawn]


def conclude(data: Frames, ties: pd.DataFrame, fallen: Iterable[str] = (), turned: Collection[str] = ()) -> dict[str, str]:
    """The value of every claim under the conclusion when all that it says stands, the fallen apart."""
    return evaluate(ties, {claim: STANDS for claim in own(data, ties)} | dict.fromkeys(fallen, FALLS), turned)


def carriers(data: Frames, ties: pd.DataFrame, turned: Collection[str] = ()) -> list[str]:
    """The claims whose fall alone brings down the conclusion."""
    return [claim for claim in own(data, ties) if conclude(data, ties, [claim], turned)[CONCLUSION] == FALLS]


@functools.cache
def _known(as_of: str | None) -> dict[str, str]:
    return evidence.values("crisis", as_of)  # the chapter of the conclusion


def verdicts(data: Frames) -> pd.DataFrame:
    """One row a claim under the conclusion: paragraph, claim, kind, both values."""
    rows = data["claims"].set_index("id")
    then, now = _known(claims.ESSAY_DATE), _known(None)
    names = sorted(under(bearing(data)), key=lambda c: (rows.loc[c, "paragraph"], rows.index.get_loc(c)))
    return pd.DataFrame({"claim": [claims.link(c) for c in names], "paragraph": rows.loc[names, "paragraph"].tolist(),
                         "kind": rows.loc[names, "kind"].tolist(), "rests on": [_rests(data, c) for c in names], "as of September 2014": [then[c] for c in names],
                         "today": [now[c] for c in names]})


def _rests(data: Frames, claim: str) -> str | None:
    """What a claim rests on in the settled coding, in words: "a, b; one of c, d"; None for one that rests on nothing."""
    ties = bearing(data)
    ties = ties[ties["claim"] == claim]
    needs = [_words(o) for o in ties.loc[ties["tie"] == "needs", "other"]]
    groups = [f"one of {', '.join(map(_words, g))}" for _, g in ties[ties["tie"] == "any_of"].groupby("group")["other"]]
    return "; ".join(filter(None, [", ".join(needs), *groups])) or None


# --- figures ----------------------------------------------------------------------------------------------------

TRUST = ("What rests on what is a reading of the essay. Two readings were made and a third was settled from both; neither "
         "is that of a panel. The values of single claims come from the other chapters. How a conclusion follows from "
         "them is arithmetic and certain.")


@functools.cache
def _labels() -> dict[str, str]:
    return load("claims").set_index("id")["label"].to_dict()


def _words(claim: str) -> str:
    return _labels()[claim]


def _draw(ax, data: Frames, ties: pd.DataFrame, values: Mapping[str, str], slim: bool) -> None:
    """The tree, from the places of the argument map: to the right where there is room, else as an indented list."""
    rows = data["claims"].set_index("id")
    found = graph(joints(ties), [c for c in rows.index if c in under(ties)])
    places = (narrow if slim else wide)(found, CONCLUSION)
    for node, part, edge in found.edges(data=True):
        (x0, y0), (x1, y1) = places[node], places[part]
        bend = x0 if slim else x1 - 0.12
        ax.plot([x0 if slim else x1 - 0.22, bend, bend, x1], [y0, y0, y1, y1], color=COLOUR["muted"], lw=1, zorder=1,
                ls=(0, (2, 2)) if edge["join"] == "any" else "-")
    for node, (x, y) in places.items():
        claim = node in rows.index
        if claim:
            ax.plot(x, y, ms=8, mec=COLOUR["CHN"] if values[node] == FALLS else COLOUR["text"], ls="", zorder=3, **MARKS[values[node]])
        text = f"{_words(node)}\N{NO-BREAK SPACE}¶{rows.loc[node, 'paragraph']}" if claim else "any one is enough"
        ax.text(x + (0.3 if slim else 0.09), y, text if slim else textwrap.fill(text, 15), va="center", fontsize=9 if slim else 8,
                linespacing=1.1, style="normal" if claim else "italic", weight="bold" if node == CONCLUSION else "normal")
    across, down = (max(place[i] for place in places.values()) for i in (0, 1))
    ax.set(xlim=(-0.3, 8.2) if slim else (-0.1, across + 0.95), ylim=(down + 0.7, -0.7), xticks=[], yticks=[])
    for spine in ax.spines.values():
        spine.set_visible(False)


def map_card(data: Frames, as_of: str | None = None) -> Card:
    """The claims under the conclusion with their values on one date."""
    ties, values = bearing(data), _known(as_of)
    names = under(ties)
    count = {value: sum(values[c] == value for c in names) for value in (STANDS, SHAKY, FALLS)}
    when = "as of September 2014" if as_of else "today"
    how = {STANDS: "stands", SHAKY: "is shaky", FALLS: "falls"}[values[CONCLUSION]]
    return Card(
        name="argument-map",
        title=f"The conclusion {how} {when}, and by this book's rules it could be no more: of its {len(names)} claims "
              f"{count[STANDS]} stand, {count[SHAKY]} are shaky, {count[FALLS]} fall",
        alt=f"A tree of {len(names)} claims. At its root is the search for new partners; it rests on necessity, which needs three others; "
            f"the table of the numbers says what each claim rests on. Standing: {_list(names, values, STANDS)}. Falling: {_list(names, values, FALLS)}. "
            "All others are shaky.",
        draw=lambda fig, narrow: _draw(fig.subplots(), data, ties, values, narrow), table=verdicts(data), sources=SOURCES,
        trust=TRUST, height=5.6,
        sentence="Filled: stands. Hollow: shaky. Cross: falls. A solid line means that the claim needs the other; of claims "
                 "on dashed lines, one is enough.")


def _list(names: Iterable[str], values: Mapping[str, str], value: str) -> str:
    return ", ".join(_words(c) for c in names if values[c] == value) or "none"


def argument_map(data: Frames, whole: bool = False) -> ArgumentMap:
    """The argument with a control on every claim; whole: all claims, on a page of its own, else those that the
    conclusion rests on in either coding."""
    carrying = {coding: bearing(data, coding) for coding in ("settled", "first")}
    ties = {coding: evidence.ties(coding, data["argument"]) for coding in carrying} if whole else carrying
    shown = data["claims"] if whole else data["claims"][data["claims"]["id"].isin({c for t in ties.values() for c in under(t)})]
    starts = {"then": evidence.known(claims.ESSAY_DATE), "now": evidence.known()}
    starts = {start: {c: v for c, v in values.items() if c in set(shown["id"])} for start, values in starts.items()}
    # What the essay leaves open does not stand, even as the essay has it.
    essay = {row.id: SHAKY if row.kind == "open" else STANDS for row in shown.itertuples()}
    return ArgumentMap(shown, ties, {"essay": essay} | starts,
                       {coding: [c for c in shown["id"] if c in own(data, t)] for coding, t in carrying.items()},
                       {coding: theses(data, coding) for coding in ties}, CONCLUSION, up="" if whole else "../", whole=whole)


def structures(data: Frames) -> pd.DataFrame:
    """Per reading: claims under the conclusion, those that alone bring it down, and which."""
    rows = []
    for name, coding, turned in READINGS.values():
        ties = bearing(data, coding)
        carry = carriers(data, ties, turned)
        rows.append({"reading": name, "claims": len(own(data, ties)), "carry it alone": len(carry),
                     "which": ", ".join(map(_words, carry))})
    return pd.DataFrame(rows, index=list(READINGS))


def structures_card(data: Frames) -> Card:
    """How many claims carry the conclusion alone, under each reading."""
    table = structures(data)
    low, high = table["carry it alone"].min(), table["carry it alone"].max()

    def draw(fig, narrow):
        ax = fig.subplots()
        y = np.arange(len(table))
        ax.barh(y, table["claims"], height=0.5, color=COLOUR["surface"], edgecolor=COLOUR["text"], lw=1)
        ax.barh(y, table["carry it alone"], height=0.5, color=COLOUR["text"])
        for at, row in enumerate(table.to_dict("records")):
            ax.text(row["claims"] + 0.3, at, f"{row['carry it alone']} of {row['claims']}", va="center", weight="bold")
        labels = table["reading"].str.replace(", ", ",\n") if narrow else table["reading"]
        ax.set(yticks=y, yticklabels=labels, ylim=(len(table) - 0.5, -0.5), xlim=(0, table["claims"].max() + 3.5), xticks=[])
        ax.tick_params(axis="y", length=0)
        ax.spines["bottom"].set_visible(False)

    return Card(
        name="argument-structures",
        title=f"Between {low} and {high} claims can bring the conclusion down alone, depending on who codes the text",
        alt="Bars of the claims under the conclusion, and the part that can bring it down alone: "
            + "; ".join(f"{name}: {carry} of {n}" for _, name, n, carry, _ in table.itertuples()) + ".",
        draw=draw, table=table, sources=SOURCES, trust=TRUST, height=2.6,
        sentence="Filled: claims whose fall alone brings down the conclusion. Outlined: all claims that it rests on.")


def testable(data: Frames) -> pd.DataFrame:
    """Claims under the conclusion by kind and today's value: columns kind, stands, shaky, falls."""
    ties, now = bearing(data), _known(None)
    kinds = data["claims"].set_index("id")["kind"]
    rows = pd.DataFrame({"kind": [kinds[c] for c in own(data, ties)], "value": [now[c] for c in own(data, ties)]})
    return rows.groupby(["kind", "value"]).size().unstack(fill_value=0).reindex(
        index=["fact", "measure", "cause", "reading"], columns=[STANDS, SHAKY, FALLS], fill_value=0).reset_index()


def testable_card(data: Frames) -> Card:
    """What of the argument can be tested at all."""
    table = testable(data)
    total = int(table[[STANDS, SHAKY, FALLS]].to_numpy().sum())
    closed = int(table.set_index("kind").loc["reading"].sum())

    def draw(fig, narrow):
        ax = fig.subplots()
        for y, row in table.iterrows():
            marks = [value for value in (STANDS, SHAKY, FALLS) for _ in range(row[value])]
            for x, value in enumerate(marks):
                ax.plot(x, y, ms=10 if narrow else 13, mec=COLOUR["CHN"] if value == FALLS else COLOUR["text"], ls="", **MARKS[value])
        ax.set(yticks=range(len(table)), yticklabels=table["kind"], ylim=(len(table) - 0.4, -0.6), xlim=(-0.7, 10), xticks=[])
        ax.tick_params(axis="y", length=0)
        for spine in ax.spines.values():
            spine.set_visible(False)

    return Card(
        name="argument-testable",
        title=f"Of the {total} claims under the conclusion that say something of their own, {closed} are readings of what leaders think",
        alt=f"Marks for {total} claims by kind. " + "; ".join(
            f"{r.kind}: {r.stands} stand, {r.shaky} shaky, {r.falls} fall" for r in table.itertuples()) + ".",
        draw=draw, table=table, sources=SOURCES, trust=TRUST, height=2.4,
        sentence="Filled: stands. Hollow: shaky. Cross: falls.")


# --- numbers for the prose ---------------------------------------------------------------------------------------

def numbers(data: Frames) -> dict[str, str]:
    """Every figure that the prose of this chapter names: key to text."""
    found = structures(data)
    carry = {f"carry-{key}": str(row["carry it alone"]) for key, row in found.iterrows()}
    all_ = {f"claims-{key}": str(found.loc[key, "claims"]) for key in ("settled", "first")}
    now, then, names = _known(None), _known(claims.ESSAY_DATE), under(bearing(data))
    kinds = testable(data).set_index("kind")
    first, settled = ({(r.claim, r.other) for r in data["argument"].query("coding == @c and tie in ['needs', 'any_of']").itertuples()}
                      for c in ("first", "settled"))
    return {**carry, **all_, "under": str(len(names)), "claims": str(len(data["claims"])),
            **{f"{value}-today": str(sum(now[c] == value for c in names)) for value in (STANDS, SHAKY, FALLS)},
            **{f"{value}-then": str(sum(then[c] == value for c in names)) for value in (STANDS, SHAKY, FALLS)},
            "untestable": str(int(kinds.loc["reading"].sum())),
            "ties-first": str(len(first)), "ties-settled": str(len(settled)), "ties-both": str(len(first & settled))}
