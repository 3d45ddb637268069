"""Explorations: states, the static front end, the live one, and requests that cannot be met."""

import json
import re

import ipywidgets
import pandas as pd
import pytest

from companion.explore import MOST_STATES, Choice, ExplorationError, explore, slots
from companion.figure import COLOUR, Card

CALLS = []


def figure(kind, year):
    CALLS.append((kind, year))

    def draw(fig, narrow):
        fig.subplots().bar([year], [len(kind)], color=COLOUR["CHN"])
    return Card(name="test", title=f"{kind} in {year} </script>", alt=f"One bar of height {len(kind)} for {kind} in {year}.",
                draw=draw, table=pd.DataFrame({"year": [year], "kind": [kind]}), sources=["yonhap_20140522"],
                trust="None.", sentence=f"{kind}.")


def example(**changes):
    controls = dict(kind=Choice("Kind", {"a": "first", "bb": "second"}, "radio"),
                    year=Choice("Year", {y: str(y) for y in (2012, 2013, 2014)}, "range", 2013))
    return explore(figure, "test-one", "Which kind is higher?", **controls | changes)


def unpack(html):
    """The payload as the page's script reads it: state number -> the slots."""
    data = json.loads(re.search(r"<script[^>]*>(.*?)</script>", html, re.S)[1])
    text = lambda runs: "\n".join(line for i in range(0, len(runs), 2)  # noqa: E731
                                  for line in data["lines"][runs[i]:runs[i] + runs[i + 1]])
    return data, [tuple(text(runs) for runs in state) for state in data["states"]]


def test_static_page_holds_every_state_as_python_computes_it(monkeypatch):
    monkeypatch.setenv("COMPANION_FRONT_END", "static")
    exploration = example()
    html = exploration._repr_mimebundle_()["text/html"]
    data, states = unpack(html)
    assert states == [slots(card) for _, card in exploration.states()]
    assert data["start"] == [0, 1] and data["controls"][1]["values"] == ["2012", "2013", "2014"]


def test_static_page_stands_without_script():
    html = example().html()
    assert "<fieldset disabled>" in html and "a in 2013 &lt;/script&gt;" in html and "<noscript>" in html
    assert 'value="1" aria-valuetext="2013"' in html and 'value="0" checked' in html


def test_shared_lines_are_stored_once():
    data, _ = unpack(example().html())
    assert len(data["lines"]) == len(set(data["lines"]))


def test_live_widget_recomputes(monkeypatch):
    monkeypatch.delenv("COMPANION_FRONT_END", raising=False)
    box = example().widget()
    CALLS.clear()
    kind, year = (next(c for c in box.children if getattr(c, "description", "") == d) for d in ("Kind", "Year"))
    kind.value = "bb"
    year.value = 2014
    assert CALLS[-2:] == [("bb", 2013), ("bb", 2014)]
    assert "application/vnd.jupyter.widget-view+json" in example()._repr_mimebundle_()


def test_a_widget_is_shown_and_drawn_with_ipywidgets_7_too(monkeypatch):
    """There a widget has no bundle, and `interactive` draws nothing before it shows itself."""
    monkeypatch.delenv("COMPANION_FRONT_END", raising=False)
    monkeypatch.delattr(ipywidgets.Widget, "_repr_mimebundle_")
    monkeypatch.setattr(ipywidgets.interactive, "update", lambda *_: None)
    CALLS.clear()
    example().widget()
    assert CALLS == [("a", 2013)]
    bundle = example()._repr_mimebundle_()
    shown = ipywidgets.widgets.widget._instances[bundle["application/vnd.jupyter.widget-view+json"]["model_id"]]
    assert [type(part).__name__ for part in shown.children] == ["HTML", "RadioButtons", "SelectionSlider", "Output"]
    assert bundle["text/plain"]


def test_no_states():
    with pytest.raises(ExplorationError, match="test-one has no states: give every control at least one option"):
        example(kind=Choice("Kind", {}))
    with pytest.raises(ExplorationError, match="has no states"):
        explore(figure, "empty", "Why?")


def test_too_many_states():
    years = {y: str(y) for y in range(MOST_STATES)}
    with pytest.raises(ExplorationError, match=f"has {2 * MOST_STATES} states, more than {MOST_STATES}: take out"):
        example(year=Choice("Year", years, "range"))


def test_a_start_outside_the_options():
    with pytest.raises(ExplorationError, match="control year starts at 1999, which is not among its options"):
        example(year=Choice("Year", {2012: "2012"}, "range", 1999))
