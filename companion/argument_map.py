"""The argument as a map: a nested list of claims with a control on each, drawn as a tree where there is room.

In the built book the list stands in the page and one script moves it; in a live kernel the same script moves it through
anywidget. Python is the reference for all that the script computes.
"""

from __future__ import annotations

import html
import itertools
import json
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

import networkx as nx
import pandas as pd

from companion.argument import FALLS, SHAKY, STANDS, VALUES, Joint, evaluate, joints, reason, standing, weights
from companion.claims import HEDGES, KINDS

HERE = Path(__file__).parent
STARTS = {"essay": "as the essay has it", "then": "as of September 2014", "now": "today"}
CODINGS = {"settled": "the settled coding", "first": "the first coding"}
JOINS = {"all": "needs all of them", "any": "any one is enough"}
NEEDS = {"all": "needs all of them", "any": "needs any one of them"}
DEFAULT = {"start": "now", "coding": "settled", "turned": [], "mine": {}}
IS = {STANDS: "stands", SHAKY: "is shaky", FALLS: "falls"}
STATE_TEXT = f"From: {STARTS['now']}, in {CODINGS['settled']}. You have set nothing."  # the script says it for other states
NOW = {STANDS: "now stands", SHAKY: "is now shaky", FALLS: "now falls"}
STILL = {STANDS: "still stands", SHAKY: "is still shaky", FALLS: "still falls"}
BOX, LEVEL = 0.92, 0.25  # of a column and of a row: how wide a box is, and where lines meet it (argument_map.css)
ABOUT = ("paragraph", "kind", "how it is said")  # of a claim, in the folded table
EXPORT = "export default { render };"  # the one line of the script that a page without modules cannot have
# What a widget's front end is given by anywidget, for a page that has no kernel behind it.
HOST = """for (const el of document.querySelectorAll("[data-argument-map]")) {
  const state = JSON.parse(el.querySelector("script[type='application/json']").textContent);
  render({ el, model: { get: (name) => state[name], set: (name, value) => { state[name] = value; }, on() {}, save_changes() {} } });
}"""


def script() -> str:
    """The module as a classic script: a page that lies on a disk may not load modules."""
    return '(() => {\n"use strict";\n' + (HERE / "argument_map.js").read_text("utf-8").replace(EXPORT, HOST) + "})();\n"


def turnable(tree: Mapping[str, Joint]) -> dict[str, Joint]:
    """Every joint of several parts, by name."""
    return {joint.name: joint for top in tree.values() for joint in top.groups()}


def _top(joint: Joint) -> Joint:
    """The joint that is drawn at a claim: one that only holds a group is that group."""
    while len(joint.parts) == 1 and isinstance(joint.parts[0], Joint):
        joint = joint.parts[0]
    return joint


def graph(tree: Mapping[str, Joint], order: Sequence[str]) -> nx.DiGraph:
    """Claims and groups within them as nodes, an edge to each part, parts in the order of the essay.

    Edges have the attributes `joint` (name) and `join` ("all" or "any").
    """
    place = {claim: i for i, claim in enumerate(order)}
    found = nx.DiGraph()
    found.add_nodes_from(order)

    def add(node: str, joint: Joint) -> None:
        first = lambda part: min(place[c] for c in (part.claims() if isinstance(part, Joint) else [part]))  # noqa: E731
        for part in sorted(joint.parts, key=first):
            found.add_edge(node, part.name if isinstance(part, Joint) else part, joint=joint.name, join=joint.join)
            if isinstance(part, Joint):
                add(part.name, part)

    for claim in order:
        if claim in tree:
            add(claim, _top(tree[claim]))
    return found


def wide(found: nx.DiGraph, root: str) -> dict[str, tuple[int, int]]:
    """Node to (column, row) of a tree that grows to the right.

    Each end of a branch has a row of its own; a claim is level with its first part.
    """
    found = found.subgraph({root} | nx.descendants(found, root))
    column = {node: i for i, layer in enumerate(nx.topological_generations(found)) for node in layer}
    tree, line, row = nx.dfs_tree(found, root), itertools.count(), {}
    for node in nx.dfs_postorder_nodes(tree, root):
        row[node] = min(row[part] for part in tree[node]) if tree[node] else next(line)
    return {node: (column[node], row[node]) for node in tree}


def narrow(found: nx.DiGraph, root: str) -> dict[str, tuple[int, int]]:
    """Node to (depth, line) of an indented list."""
    tree = nx.dfs_tree(found, root)
    depth = nx.single_source_shortest_path_length(tree, root)
    return {node: (depth[node], line) for line, node in enumerate(nx.dfs_preorder_nodes(tree, root))}


class ArgumentMap:
    """Claims, what they rest on in each coding, and the values to start from.

    claims: rows (id, label, paragraph, kind, hedge) in the order of the essay; ties: coding to rows (claim, tie, other,
    group); starts: for each of STARTS, what is known of claims by themselves; free: coding to the claims whose weight
    is told; theses: coding to the claims that are no more than what they rest on, where they rest on something; up: the way from the page to the root of the book; whole: whether the map may take the width of the page.
    Raises DataError as `joints` does.
    """

    def __init__(self, claims: pd.DataFrame, ties: Mapping[str, pd.DataFrame], starts: Mapping[str, Mapping[str, str]],
                 free: Mapping[str, Sequence[str]], theses: Mapping[str, Collection[str]], conclusion: str,
                 up: str = "", whole: bool = False):
        self.claims = claims.set_index("id")
        self.ties, self.starts, self.free, self.conclusion, self.up, self.whole = ties, starts, free, conclusion, up, whole
        self.label = self.claims["label"].to_dict()
        self.trees = {coding: joints(rows) for coding, rows in ties.items()}
        self.graphs = {coding: graph(tree, list(self.claims.index)) for coding, tree in self.trees.items()}
        self.theses = {coding: [c for c in self.claims.index if c in theses[coding] and c in tree]
                       for coding, tree in self.trees.items()}

    def known(self, start: str, coding: str, mine: Mapping[str, str] | None = None) -> dict[str, str]:
        """What is known of each claim by itself: the start, and the reader's own values on top of it.

        A claim of which nothing is known and that rests on nothing is shaky.
        """
        nothing = {c: SHAKY for c in self.claims.index if c not in self.trees[coding]}
        begin = {c: value for c, value in self.starts[start].items() if c not in self.theses[coding]}
        return {**nothing, **begin, **(mine or {})}

    def values(self, start: str, coding: str, turned: Collection[str] = (),
               mine: Mapping[str, str] | None = None) -> dict[str, str]:
        """The value of every claim. Raises ValueError for a value or a joint that there is not."""
        return evaluate(self.ties[coding], self.known(start, coding, mine), turned)

    def under(self, coding: str) -> set[str]:
        """The claims that the conclusion rests on, and itself."""
        return {self.conclusion} | (nx.descendants(self.graphs[coding], self.conclusion) & set(self.claims.index))

    def reason(self, claim: str, start: str, coding: str, turned: Collection[str] = (),
               mine: Mapping[str, str] | None = None) -> str:
        """One sentence on why a claim has its value."""
        return reason(self.ties[coding], self.known(start, coding, mine), claim, turned, self.label)

    def arrived(self, state: Mapping) -> str:
        """What is said where a reader comes to a state by an address: of the one claim that is set, or how many are."""
        if len(state["mine"]) == 1:
            return self.told(state | {"mine": {}}, state, *state["mine"], arrived=True)
        text = self.reason(self.conclusion, **state)
        return f"{text} {len(state['mine'])} claims are set." if state["mine"] else text

    def told(self, before: Mapping, after: Mapping, claim: str | None = None, arrived: bool = False) -> str:
        """What is said after a change from one state to another: why the conclusion is what it is, and where it stopped.

        before, after: states (start, coding, turned, mine); claim: the one that was set, if one was; arrived: the change
        is not the reader's own, so nothing is said to be so "now".
        """
        end, was, now = self.conclusion, self.values(**before), self.values(**after)
        text = self.reason(end, **after)
        if was[end] != now[end] and not arrived:
            text = text.replace(f"” {IS[now[end]]}", f"” {NOW[now[end]]}", 1)
        if claim is None:
            return f"{self._did(before, after)}{text}"
        said = lambda c: f"“{self.label[c]}”"  # noqa: E731
        wish = after["mine"].get(claim)
        if wish and VALUES.index(now[claim]) < VALUES.index(wish):
            why = "." if claim == end else f": {self.reason(claim, **after)}"
            return f"{text} A claim is no stronger than what it needs{why}"
        if claim not in self.under(after["coding"]):
            return f"{text} {said(claim)} carries nothing to it here."
        if was[claim] == now[claim]:
            return f"{text} That changes nothing."
        if was[end] != now[end] or claim == end:
            return text
        above = self._above(after["coding"], claim)
        while was[above] != now[above]:
            above = self._above(after["coding"], above)
        since = ", since one is enough there" if now[above] == STANDS else ""
        return f"{text} The change to {said(claim)} stops at {said(above)}, which {STILL[now[above]]}{since}."

    def _did(self, before: Mapping, after: Mapping) -> str:
        """What another start, another coding or one turned joint did, and a space; nothing for any other change."""
        was, now, coding = self.values(**before), self.values(**after), after["coding"]
        what = [names[after[of]] for of, names in (("start", STARTS), ("coding", CODINGS)) if before[of] != after[of]]
        turned = set(before["turned"]) ^ set(after["turned"])
        if before["mine"] != after["mine"]:
            return ""
        if what:
            under, text = self.under(coding), ", ".join(what)
            changed = sum(was[claim] != now[claim] for claim in under)
            return f"{text[0].upper()}{text[1:]}: {changed or 'none'} of the {len(under)} claims in the tree changed value. "
        if len(turned) != 1:
            return ""
        [name] = turned
        claim = name.partition(".")[0]
        whole = _top(self.trees[coding][claim]).name == name
        join = "any" if (turnable(self.trees[coding])[name].join == "any") is not (name in after["turned"]) else "all"
        return (f"{'' if whole else 'A part of '}“{self.label[claim]}” now {NEEDS[join]}; {'it' if whole else 'the claim'} "
                f"{(STILL if was[claim] == now[claim] else NOW)[now[claim]]}. ")

    def _above(self, coding: str, claim: str) -> str:
        """The first claim on the way to the conclusion that rests on this one."""
        under = self.under(coding)
        return next(c for c in self.claims.index if c in under and c in self.trees[coding]
                    and claim in self.trees[coding][c].claims())

    def ranking(self, coding: str, turned: Collection[str] = ()) -> list[tuple[str, int]]:
        """(claim, in how many cases it decides), the strongest first; there are 2 ** (claims - 1) cases."""
        free = list(self.free[coding])
        shares = weights(self.ties[coding], free, self.conclusion, turned).sort_values(ascending=False, kind="stable")
        return [(claim, round(share * 2 ** (len(free) - 1))) for claim, share in shares.items()]

    def standing(self, coding: str, turned: Collection[str] = ()) -> int:
        """In how many combinations the conclusion stands: the most that a claim can decide."""
        return standing(self.ties[coding], list(self.free[coding]), self.conclusion, turned)

    def carriers(self, coding: str, turned: Collection[str] = ()) -> list[str]:
        """The claims whose fall alone brings down the conclusion when all else stands."""
        free = list(self.free[coding])
        standing = dict.fromkeys(free, STANDS)
        return [c for c in free if evaluate(self.ties[coding], standing | {c: FALLS}, turned)[self.conclusion] == FALLS]

    # --- front ends --------------------------------------------------------------------------------------------

    def __repr__(self) -> str:
        return self.reason(self.conclusion, "now", "settled")

    def _repr_mimebundle_(self, include=None, exclude=None):
        if os.environ.get("COMPANION_FRONT_END") == "static":
            return {"text/html": self.html(), "text/plain": repr(self)}
        return self.widget()._repr_mimebundle_()

    def widget(self):
        """The live front end: traits `start`, `coding`, `turned` and `mine`, and what follows from them in `values`."""
        import anywidget
        import traitlets

        made = self

        class Widget(anywidget.AnyWidget):
            _esm = HERE / "argument_map.js"
            _css = HERE / "argument_map.css"
            html = traitlets.Unicode(made.html(live=True)).tag(sync=True)
            data = traitlets.Dict(made.data()).tag(sync=True)
            start = traitlets.Enum(list(STARTS), DEFAULT["start"]).tag(sync=True)
            coding = traitlets.Enum(list(made.ties), DEFAULT["coding"]).tag(sync=True)
            turned = traitlets.List(traitlets.Unicode()).tag(sync=True)
            mine = traitlets.Dict().tag(sync=True)

            @property
            def values(self) -> dict[str, str]:
                return made.values(self.start, self.coding, self.turned, self.mine)

        return Widget()

    def data(self) -> dict:
        """What the script reads. Values are numbers: places in VALUES."""
        def plain(part):
            if isinstance(part, str):
                return part
            return {"name": part.name, "join": part.join, "parts": [plain(inner) for inner in part.parts]}

        return {"labels": self.label, "conclusion": self.conclusion, "default": DEFAULT,
                "starts": {start: {c: VALUES.index(v) for c, v in self.starts[start].items()} for start in STARTS},
                "trees": {coding: {c: plain(j) for c, j in tree.items()} for coding, tree in self.trees.items()},
                "free": {coding: list(free) for coding, free in self.free.items()}, "theses": self.theses}

    def html(self, live: bool = False) -> str:
        """The whole map with the values of today; live: for a notebook, where links have no page to lead to."""
        values = self.values(**DEFAULT)
        trees = "".join(f'<div data-coding="{coding}"{"" if coding == DEFAULT["coding"] else " hidden"}>'
                        f"{self._tree(coding, live)}</div>" for coding in self.ties)
        data = "" if live else ('<script type="application/json">'
                                + json.dumps({"data": self.data(), "address": True, **DEFAULT}, ensure_ascii=False,
                                             separators=(",", ":")).replace("</", "<\\/") + "</script>")
        copy = "" if live else ' <button type="button" data-copy>Copy link to my map</button> <output data-copied></output>'
        return f"""<section class="argument-map{' map-whole' if self.whole else ''}" data-argument-map aria-label="Argument map">
<form class="map-form"><div class="map-control"><fieldset><legend>Start from</legend>{_radios("start", STARTS)}</fieldset>
<fieldset><legend>What rests on what</legend>{_radios("coding", {c: CODINGS[c] for c in self.ties})}</fieldset>
<p class="map-buttons"><button type="button" data-reset>Reset the map</button>{copy}</p>
</div></form>
<noscript><p>To set claims yourself you need JavaScript. The links below need it too. This is the map as of today.</p></noscript>
<p class="map-stale" hidden></p>
<p class="map-legend"><span>{_mark(STANDS)} stands</span> <span>{_mark(SHAKY)} shaky</span> <span>{_mark(FALLS)} falls</span>
<span><i class="map-line"></i> needs all</span> <span><i class="map-line" data-join="any"></i> any one is enough</span></p>
<div class="map-view"><a class="map-skip" href="#map-after">Skip the tree</a><div class="map-result" tabindex="0" role="region" aria-label="What follows">\
<p class="map-said">{_mark(values[self.conclusion])} \
<span>{html.escape(self.reason(self.conclusion, **DEFAULT))}</span></p></div>
<p role="status" class="visually-hidden"></p>
<p class="map-paper">{STATE_TEXT}</p>
{trees}</div>
<p class="map-state" id="map-after">{STATE_TEXT}</p>
<h3>Four views beside each other</h3>
<p>All four use the coding and the joints chosen above.</p>
{self._comparison(values)}
<h3>What matters most?</h3>
{self._ranking()}
{data}</section>"""

    def _tree(self, coding: str, live: bool) -> str:
        found, values, seen = self.graphs[coding], self.values("now", coding), set()
        places = wide(found, self.conclusion)

        def item(node: str) -> str:
            if node in seen:
                return f'<li class="map-again"><a href="#map-{coding}-{node}">{html.escape(self.label[node])}</a>, see above</li>'
            seen.add(node)
            edges = found.out_edges(node, data=True)
            name, join = next(((e["joint"], e["join"]) for *_, e in edges), ("", ""))
            parts = "".join(map(item, found[node]))
            at = f' style="--x:{places[node][0]};--y:{places[node][1]}"' if node in places else ""
            ident = f' id="map-{coding}-{node}"'
            rest = f'<ul data-joint="{name}" data-join="{join}">{parts}</ul>' if parts else ""
            if node not in self.label:
                whose = f"a part of “{self.label[node.partition('.')[0]]}”"
                return f'<li class="map-group"><div class="map-node"{at}>{_joint(name, join, whose)}</div>{rest}</li>'
            joint = '<span class="visually-hidden">needs</span>' if parts else ""
            if len(edges) > 1:
                joint = _joint(name, join, f"“{self.label[node]}”")
            return (f'<li data-claim="{node}" data-value="{values[node]}"><div class="map-node"{ident}{at}>'
                    f"{self._claim(node, coding, values[node], live)}{joint}</div>{rest}</li>")

        size = f"--columns:{max(x for x, _ in places.values()) + 1};--rows:{max(y for _, y in places.values()) + 1}"
        tree = (f'<div class="map-field" style="{size}"><ul class="map-tree">{item(self.conclusion)}</ul>'
                f"{_lines(found, places)}</div>")
        rest = [c for c in self.claims.index if c not in places]
        # A claim that another of the rest needs stands under that one.
        roots = [c for c in rest if all(above in places for above in found.predecessors(c))]
        others = "".join(map(item, roots))
        if not others:
            return tree
        carry = "claim that carries" if len(rest) == 1 else "claims that carry"
        return (f'{tree}<details class="map-others"><summary>{len(rest)} {carry} nothing to the conclusion in this coding</summary>'
                f'<ul class="map-list">{others}</ul></details>')

    def _claim(self, claim: str, coding: str, value: str, live: bool) -> str:
        label, paragraph = html.escape(self.label[claim]), self.claims.loc[claim, "paragraph"]
        name = label if live else f'<a href="{self.up}claims/{claim}.html">{label}</a>'
        where = (f'<span aria-hidden="true">¶{paragraph}</span><span class="visually-hidden">paragraph {paragraph}</span>'
                 if paragraph else "title")
        start = self.known(DEFAULT["start"], coding).get(claim)
        known = claim in self.starts[DEFAULT["start"]]
        found = "by what it needs" if not start else f"we found: {start}" if known else "nothing known"
        options = "".join(f"<option>{v}</option>" for v in reversed(VALUES))
        return (f'<span class="map-label">{name}</span>'
                f'<span class="map-value" id="map-{coding}-{claim}-is">{_mark(value)} <b>{value}</b></span><span class="map-where">{where}</span>'
                f'<label class="map-control"><span class="visually-hidden">Set “{label}”</span><select data-set="{claim}" aria-describedby="map-{coding}-{claim}-is">'
                f'<option value="">{found}</option>{options}</select></label>')

    def _comparison(self, values: Mapping[str, str]) -> str:
        views = {start: self.values(start, DEFAULT["coding"]) for start in STARTS} | {"mine": values}
        names = (*STARTS.values(), "my own")
        heads = "".join(f'<th scope="col">{text}</th>' for text in names)

        def row(claim: str, more: bool) -> str:
            cells = "".join(f'<td>{of}<span data-view="{view}">{found[claim]}</span></td>'
                            for of, (view, found) in zip(map(_of, names), views.items(), strict=True))
            at = self.claims.loc[claim]
            also = "".join(f"<td>{_of(name)}{text}</td>" for name, text in
                           zip(ABOUT, (at.paragraph or "title", KINDS.get(at.kind, at.kind), HEDGES[at.hedge]), strict=True))
            return f'<tr data-row="{claim}"><th scope="row">{html.escape(self.label[claim])}</th>{also if more else ""}{cells}</tr>'

        def table(claims: Iterator[str], more: bool, name: str) -> str:
            also = "".join(f'<th scope="col">{text}</th>' for text in ABOUT) if more else ""
            return (f'<div class="card-scroll table map-views" tabindex="0" role="region" aria-label="{name}"><table>'
                    f'<thead><tr><th scope="col">claim</th>{also}{heads}</tr></thead>'
                    f'<tbody>{"".join(row(c, more) for c in claims)}</tbody></table></div>')

        return (table([self.conclusion], False, "The conclusion under four views")
                + "<details><summary>All claims, with their kind and how firmly they are said</summary>"
                + table(self.claims.index, True, "All claims under four views") + "</details>")

    def _ranking(self) -> str:
        coding = DEFAULT["coding"]
        most = self.standing(coding)
        rows = weight_rows(self.ranking(coding), most, self.label)
        items = "".join(f'<li><span>{html.escape(name)}</span> <i style="--part:{part:.4f}"></i> <span>{text}</span></li>'
                        for name, part, text in rows)
        carry = carriers_text(self.carriers(coding), len(self.free[coding]), self.label)
        return (f'<p class="map-carriers">{html.escape(carry)}</p>'
                f'<p class="map-cases">{cases_text(len(self.free[coding]), most)}</p>'
                # The key tells the script that it need not count again what stands here.
                f'<ol class="map-weights" data-key="{coding}">{items}</ol>')


def _of(name: str) -> str:
    """What a cell says, for a narrow page, where a row of the table is a few lines."""
    return f'<span class="map-of">{name}: </span>'


def _mark(value: str) -> str:
    return f'<i class="map-mark" data-mark="{value}"></i>'


def _radios(name: str, options: Mapping[str, str]) -> str:
    return "".join(f'<label><input type="radio" name="map-{name}" value="{key}"{" checked" if key == DEFAULT[name] else ""}> {text}</label> '
                   for key, text in options.items())


def _joint(name: str, join: str, label: str) -> str:
    """What a joint of several parts asks for, in words, and the control that turns it."""
    options = "".join(f'<option value="{key}"{" selected" if key == join else ""}>{text}</option>' for key, text in JOINS.items())
    return (f'<span class="map-joint"><span data-joint-word="{name}">{JOINS[join]}</span><label class="map-control">'
            f'<span class="visually-hidden">How {html.escape(label)} rests on its parts</span>'
            f'<select data-turn="{name}">{options}</select></label></span>')


def _lines(found: nx.DiGraph, places: Mapping[str, tuple[int, int]]) -> str:
    """The lines of the wide drawing, one path a joint."""
    paths: dict[tuple[str, str], str] = {}
    for node, part, edge in found.edges(data=True):
        if node in places:
            (x0, y0), (x1, y1) = places[node], places[part]
            key = edge["joint"], edge["join"]
            paths[key] = paths.get(key, "") + f"M{x0 + BOX} {y0 + LEVEL}H{x1 - (1 - BOX) / 2:g}V{y1 + LEVEL}H{x1}"
    box = f"0 0 {max(x for x, _ in places.values()) + 1} {max(y for _, y in places.values()) + 1}"
    drawn = "".join(f'<path data-joint="{name}" data-join="{join}" d="{path}"/>' for (name, join), path in paths.items())
    return f'<svg class="map-lines" viewBox="{box}" preserveAspectRatio="none" aria-hidden="true" focusable="false">{drawn}</svg>'


def weight_rows(ranking: Sequence[tuple[str, int]], most: int, label: Mapping[str, str]) -> list[tuple[str, float, str]]:
    """(claims, part of what a claim can decide at most, words) of each row of a ranking; equals share a row."""
    rows = []
    for n, equal in itertools.groupby(ranking, key=lambda row: row[1]):
        names = [label[claim] for claim, _ in equal]
        many = f"{len(names)} claims {'decide equally often' if n else 'carry nothing here'}: " if len(names) > 1 else ""
        rows.append((many + ", ".join(names), n / most if n else 0.0, f"{n:,} of {most:,} cases" if n else "no case"))
    return rows


def carriers_text(carriers: Sequence[str], free: int, label: Mapping[str, str]) -> str:
    """How many claims can bring the conclusion down alone, and which."""
    which = f": {', '.join(label[c] for c in carriers)}" if carriers else ""
    return f"If all else stands, {len(carriers)} of {free} claims can bring the conclusion down alone{which}."


def cases_text(free: int, most: int) -> str:
    """What the counts of the ranking mean."""
    return (f"Let each of the {free} claims stand or fall, in every combination. "
            f"In {most:,} of the {2 ** free:,} cases the conclusion stands. "
            "A claim decides such a case if the conclusion would fall without it. "
            f"So the strongest possible claim decides all {most:,}, and its bar is full.")
