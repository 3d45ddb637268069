"""The argument map: its layout, its words, what the page carries, and the live widget."""

import functools
import gzip
import json
import re

import pandas as pd
import pytest
import traitlets
from bs4 import BeautifulSoup

from companion import argument_map, claims, evidence
from companion.argument import FALLS, SHAKY, STANDS, joints
from companion.argument_map import BOX, ArgumentMap, graph, narrow, wide
from companion.data import load
from companion.evidence import how_it_fits as fits

MOST_BYTES = 60_000


@functools.cache
def whole():
    """The argument with all its claims; it takes seconds, so whoever only collects tests does without."""
    return fits.argument_map(fits.frames(), whole=True)


def small(*rows, own=None, theses=()):
    """A map of a few claims ("c needs a", "c any_of a 1") with the conclusion "end"; theses: those of the first coding."""
    ties = pd.DataFrame([(*row.split(), "")[:4] for row in rows], columns=["claim", "tie", "other", "group"])
    names = list(dict.fromkeys([*ties["claim"], *ties["other"]]))
    frame = pd.DataFrame({"id": names, "label": names, "paragraph": range(1, len(names) + 1), "kind": "fact", "hedge": "flat"})
    ends = [name for name in names if name not in set(ties["claim"])]
    start = dict.fromkeys(ends, STANDS) | (own or {})
    return ArgumentMap(frame, {"settled": ties, "first": ties}, dict.fromkeys(argument_map.STARTS, start),
                       {"settled": ends, "first": ends}, {"settled": [], "first": theses}, "end")


def state(turned=(), **mine):
    return {"start": "now", "coding": "settled", "turned": list(turned), "mine": mine}


# --- layout -----------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("coding", argument_map.CODINGS)
def test_no_two_boxes_share_a_place_and_what_a_claim_rests_on_stands_to_its_right_and_below(coding):
    found = whole().graphs[coding]
    for place in (wide, narrow):
        at = place(found, whole().conclusion)
        assert len(set(at.values())) == len(at) and set(at) >= whole().under(coding)
        for node in at:
            for part in found[node]:
                assert at[part][0] == at[node][0] + 1 and at[part][1] >= at[node][1]


def test_places_by_hand():
    found = graph(joints(small("end needs a", "end any_of b 1", "end any_of c 1", "a needs d").ties["settled"]), ["end", "a", "b", "c", "d"])
    assert wide(found, "end") == {"end": (0, 0), "a": (1, 0), "d": (2, 0), "end.1": (1, 1), "b": (2, 1), "c": (2, 2)}
    assert narrow(found, "end") == {"end": (0, 0), "a": (1, 1), "d": (2, 2), "end.1": (1, 3), "b": (2, 4), "c": (2, 5)}


@pytest.mark.parametrize("coding", argument_map.CODINGS)
def test_no_two_lines_of_different_joints_run_over_each_other(coding):
    # Between two columns, each joint's upright line keeps to its own rows.
    at, found = wide(whole().graphs[coding], whole().conclusion), whole().graphs[coding]
    spans = [(at[n][0], at[n][1], max(at[p][1] for p in found[n])) for n in at if found[n]]
    for i, (column, top, bottom) in enumerate(spans):
        assert not any(column == c and top <= b and t <= bottom for c, t, b in spans[i + 1:])
    assert 0.5 < BOX < 1


def test_a_claim_that_several_rest_on_stands_once_and_is_named_at_its_other_places():
    page = BeautifulSoup(small("end needs a", "end needs b", "a needs d", "b needs d").html(), "html.parser")
    tree = page.select_one('[data-coding="settled"]')
    assert [e["data-claim"] for e in tree.select("[data-claim]")] == ["end", "a", "d", "b"]
    assert [(e.parent.parent.parent["data-claim"], e["href"]) for e in tree.select(".map-again a")] == [("b", "#map-settled-d")]


# --- words ------------------------------------------------------------------------------------------------------

MADE = small("end needs a", "end needs w", "w any_of b 1", "w any_of c 1", "x needs y")
SAID = "“end” stands: what it needs stands."


@pytest.mark.parametrize(("before", "after", "claim", "said"), [
    (state(), state(a=FALLS), "a", "“end” now falls: it needs “a”, which falls by itself."),
    (state(), state(b=FALLS), "b", f"{SAID} The change to “b” stops at “w”, which still stands, since one is enough there."),
    (state(a=SHAKY), state(a=SHAKY, b=FALLS, c=FALLS), None, "“end” now falls: it needs “w”, which needs one of “b”, “c”, and all of them fall."),
    (state(a=FALLS, b=FALLS), state(a=FALLS, b=FALLS, c=FALLS), "c", "“end” falls: it needs “a”, which falls by itself. "
     "The change to “c” stops at “end”, which still falls."),
    (state(), state(y=FALLS), "y", f"{SAID} “y” carries nothing to it here."),
    (state(), state(a=STANDS), "a", f"{SAID} That changes nothing."),
    (state(a=FALLS), state(a=FALLS, end=STANDS), "end", "“end” falls: it needs “a”, which falls by itself. "
     "A claim is no stronger than what it needs."),
    (state(), state(x=STANDS, y=FALLS), "x", f"{SAID} A claim is no stronger than what it needs: “x” falls: it needs “y”, which falls by itself."),
    (state(b=FALLS), state(["w"], b=FALLS), None, "“w” now needs all of them; it now falls. “end” now falls: it needs “w”, which needs “b”, which falls by itself.")])
def test_what_is_said_after_a_change(before, after, claim, said):
    if after["turned"]:
        before, after = (s | {"turned": ["w.1"] if s["turned"] else []} for s in (before, after))
    assert MADE.told(before, after, claim) == said


def test_what_is_said_of_another_start_another_coding_and_a_joint_that_is_a_part():
    made = small("end needs a", "end any_of b 1", "end any_of c 1", theses=["end"])
    said = made.told(state(), state() | {"start": "then"})
    assert said == "As of September 2014: none of the 4 claims in the tree changed value. “end” stands: what it needs stands."
    said = made.told(state(), state() | {"start": "essay", "coding": "first"})
    assert said.startswith("As the essay has it, the first coding: none of the 4")
    assert made.told(state(), state(["end.1"])).startswith("A part of “end” now needs all of them; the claim still stands. “end” stands")
    assert made.told(state(a=FALLS), state() | {"start": "then"}) == "“end” now stands: what it needs stands."  # a reset tells the end


@pytest.mark.parametrize(("mine", "said"), [
    ({}, SAID), ({"a": FALLS}, "“end” falls: it needs “a”, which falls by itself."),
    ({"b": FALLS}, f"{SAID} The change to “b” stops at “w”, which still stands, since one is enough there."),
    ({"y": FALLS}, f"{SAID} “y” carries nothing to it here."), ({"b": FALLS, "y": FALLS}, f"{SAID} 2 claims are set.")])
def test_what_is_said_where_an_address_brings_a_state(mine, said):
    assert MADE.arrived(state(**mine)) == said


def test_the_ranking_and_the_carriers_by_hand():
    made = small("end needs a", "end any_of b 1", "end any_of c 1")
    assert made.ranking("settled") == [("a", 3), ("b", 1), ("c", 1)] and made.carriers("settled") == ["a"]
    assert made.ranking("settled", ["end.1"]) == [("a", 1), ("b", 1), ("c", 1)] and made.carriers("settled", ["end.1"]) == ["a", "b", "c"]
    assert [made.standing("settled", turned) for turned in ((), ["end.1"])] == [3, 1]


def test_equals_share_a_row_and_a_full_bar_is_the_strongest_possible():
    label = {c: c.upper() for c in "abcde"}
    assert argument_map.weight_rows([("a", 3), ("b", 1), ("c", 1), ("d", 0), ("e", 0)], 3, label) == [
        ("A", 1, "3 of 3 cases"), ("2 claims decide equally often: B, C", 1 / 3, "1 of 3 cases"),
        ("2 claims carry nothing here: D, E", 0, "no case")]


# --- what the map of the book holds ------------------------------------------------------------------------------

def test_each_start_has_the_values_of_the_book():
    for start, as_of in (("then", claims.ESSAY_DATE), ("now", None)):
        known = {c: v for name in set(load("claims")["chapter"]) for c, v in evidence.values(name, as_of).items()}
        assert whole().values(start, "settled") == known and len(known) == 54
    kinds = load("claims").set_index("id")["kind"]
    assert {c for c, v in whole().values("essay", "settled").items() if v != STANDS} == set(kinds.index[kinds == "open"])


@pytest.mark.parametrize("coding", argument_map.CODINGS)
def test_the_page_holds_every_claim_once_with_its_value_label_and_paragraph(coding):
    page = BeautifulSoup(whole().html(), "html.parser")
    items = page.select(f'[data-coding="{coding}"] [data-claim]')
    rows, values = load("claims").set_index("id"), whole().values("now", coding)
    assert sorted(e["data-claim"] for e in items) == sorted(rows.index)
    for item in items:
        claim, node = item["data-claim"], item.select_one(".map-node")
        assert node.a.get_text() == rows.label[claim] and node.a["href"] == f"claims/{claim}.html"
        assert node.b.get_text() == item["data-value"] == node.select_one(".map-mark")["data-mark"] == values[claim]
        assert node.select_one(".map-where").get_text().removesuffix(f"paragraph {rows.paragraph[claim]}") in (f"¶{rows.paragraph[claim]}", "title")
    turns = [e["data-turn"] for e in page.select(f'[data-coding="{coding}"] [data-turn]')]
    assert sorted(turns) == sorted(argument_map.turnable(whole().trees[coding]))


def test_the_data_in_the_page_are_those_of_the_argument():
    state = json.loads(re.search(r'<script type="application/json">(.*?)</script>', whole().html())[1])
    assert state["data"] == json.loads(json.dumps(whole().data())) and state["start"] == "now"
    assert state["data"]["free"] == {c: list(f) for c, f in whole().free.items()}
    assert [len(f) for f in state["data"]["free"].values()] == [16, 13]


def test_a_thesis_of_a_coding_has_no_value_of_its_own_there():
    made = small("end needs a", "a needs b", own={"a": FALLS}, theses=["a"])
    assert [made.values("now", coding)["a"] for coding in made.ties] == [FALLS, STANDS]
    assert made.values("now", "first", (), {"a": SHAKY})["end"] == SHAKY
    own = {coding: whole().known("now", coding) for coding in whole().ties}
    assert "necessity" in own["settled"] and "necessity" not in own["first"]
    page = BeautifulSoup(whole().html(), "html.parser")
    words = [page.select_one(f'[data-coding="{coding}"] [data-set="necessity"] option').get_text() for coding in own]
    assert words == ["we found: shaky", "by what it needs"]


def test_the_map_of_the_chapter_has_what_the_conclusion_rests_on_in_either_coding():
    made = fits.argument_map(fits.frames())
    assert set(made.claims.index) == whole().under("settled") | whole().under("first")
    assert 'href="../claims/necessity.html"' in made.html()
    assert all(made.values("now", c)[i] == whole().values("now", c)[i] for c in made.ties for i in made.under(c))


def test_an_edited_frame_shows_at_once():
    data = fits.frames()
    argument = data["argument"]
    without = argument[~(argument["claim"].eq("necessity") & argument["other"].eq("beyond-triangle"))]
    made = fits.argument_map(data | {"argument": without}, whole=True)
    assert "kang-aim" not in made.under("settled") and "kang-aim" in made.under("first")


def test_module_style_and_map_are_small():
    parts = [argument_map.script(), (argument_map.HERE / "argument_map.css").read_text("utf-8"), whole().html()]
    assert sum(len(gzip.compress(p.encode(), 6)) for p in parts) <= MOST_BYTES


# --- the module and the widget -----------------------------------------------------------------------------------

def test_the_module_has_one_export_and_needs_no_other():
    text = (argument_map.HERE / "argument_map.js").read_text("utf-8")
    assert text.count(argument_map.EXPORT) == 1 == len(re.findall(r"\bexport\b", text))
    assert not re.search(r"\bimport\b|\beval\b|new Function|innerHTML\s*\+|https?:", text)
    assert not re.search(r"\b(export|import|eval)\b", argument_map.script())


def test_the_live_widget_has_a_state_that_python_sets_and_reads(monkeypatch):
    monkeypatch.delenv("COMPANION_FRONT_END", raising=False)
    widget = whole().widget()
    assert widget.values == whole().values("now", "settled") and widget.values["search-partners"] == SHAKY
    widget.start = "essay"
    assert widget.values["search-partners"] == STANDS
    widget.mine = {"xi-critical": FALLS}
    assert widget.values["search-partners"] == STANDS and widget.values["xi-critical"] == FALLS
    widget.turned = ["beijing-wall.1"]
    assert widget.values["search-partners"] == FALLS
    widget.turned, widget.coding = [], "first"
    assert widget.values["search-partners"] == STANDS
    with pytest.raises(traitlets.TraitError):
        widget.coding = "third"
    widget.mine = {"xi-critical": "wobbly"}
    with pytest.raises(ValueError, match="wobbly"):
        widget.values  # noqa: B018
    assert 'href="claims/' not in widget.html and widget.data == whole().data()
    assert "application/vnd.jupyter.widget-view+json" in whole()._repr_mimebundle_()[0]


def test_the_static_page_is_html_and_says_its_conclusion(monkeypatch):
    monkeypatch.setenv("COMPANION_FRONT_END", "static")
    bundle = whole()._repr_mimebundle_()
    assert bundle == {"text/html": whole().html(), "text/plain": whole().reason("search-partners", "now", "settled")}
