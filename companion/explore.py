"""Explorations: one figure function and its controls, with two front ends.

In a live kernel an exploration is an ordinary ipywidgets control that recomputes.
In the built book every state is computed beforehand and stands in the page as a native HTML form.
"""

from __future__ import annotations

import html
import itertools
import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from companion.figure import Card, source_links, table_html

MOST_STATES = 240  # beyond this a page grows past what a phone should load


class ExplorationError(Exception):
    """An exploration that cannot be shown; the text is one sentence that says why."""


@dataclass(frozen=True)
class Choice:
    """A control: its label, its options (value to text), how it looks, and the value it starts from.

    look: "radio" for two or three options, "select" for more, "range" for ordered values such as years.
    """

    label: str
    options: Mapping
    look: str = "select"
    default: object = None

    @property
    def start(self):
        return next(iter(self.options)) if self.default is None else self.default


class Exploration:
    """A question, a function from control values to a `Card`, and the controls."""

    def __init__(self, function: Callable[..., Card], name: str, question: str, controls: Mapping[str, Choice]):
        sizes = [len(c.options) for c in controls.values()]
        count = 0 if not sizes or 0 in sizes else 1
        for size in sizes:
            count *= size
        if count == 0:
            raise ExplorationError(f"Exploration {name} has no states: give every control at least one option.")
        if count > MOST_STATES:
            raise ExplorationError(f"Exploration {name} has {count} states, more than {MOST_STATES}: "
                                   "take out a control or some options.")
        for key, control in controls.items():
            if control.start not in control.options:
                raise ExplorationError(f"Exploration {name}: control {key} starts at {control.start!r}, "
                                       "which is not among its options; choose one that is.")
        self.function, self.name, self.question, self.controls = function, name, question, dict(controls)

    @property
    def default(self) -> tuple:
        """The values that the exploration starts from, in the order of the controls."""
        return tuple(c.start for c in self.controls.values())

    def card(self, values: tuple) -> Card:
        """The card of one state."""
        return self.function(**dict(zip(self.controls, values)))

    def states(self) -> Iterator[tuple[tuple, Card]]:
        """Every state in the order of the controls, last one fastest."""
        for values in itertools.product(*(c.options for c in self.controls.values())):
            yield values, self.card(values)

    def _repr_mimebundle_(self, include=None, exclude=None):
        words = {"text/plain": repr(self.card(self.default))}
        if os.environ.get("COMPANION_FRONT_END") == "static":
            return words | {"text/html": self.html()}
        # Written here: a widget of ipywidgets 7, which Colab has, gives no bundle; it shows itself.
        return words | {"application/vnd.jupyter.widget-view+json": {"version_major": 2, "version_minor": 0, "model_id": self.widget().model_id}}

    def widget(self):
        """The live front end: an ipywidgets box that calls the function anew at every change."""
        import ipywidgets
        from IPython.display import display

        looks = {"radio": ipywidgets.RadioButtons, "select": ipywidgets.Dropdown, "range": ipywidgets.SelectionSlider}
        controls = {key: looks[c.look](options=[(text, value) for value, text in c.options.items()], value=c.start,
                                       description=c.label, style={"description_width": "initial"})
                    for key, c in self.controls.items()}
        # Not `interactive`: in ipywidgets 7 it stays empty until it shows itself.
        card = ipywidgets.interactive_output(lambda **values: display(self.function(**values)), controls)
        return ipywidgets.VBox([ipywidgets.HTML(f"<h3>{html.escape(self.question)}</h3>"), *controls.values(), card])

    def html(self) -> str:
        """The static front end: the default state complete, a form, and all states as data for the page's script."""
        cards = dict(self.states())
        form = "".join(_field(self.name, key, control) for key, control in self.controls.items())
        name = html.escape(self.name)
        return f"""<section class="exploration" id="{name}" data-exploration aria-labelledby="{name}-question">
<h4 class="exploration-question" id="{name}-question">{html.escape(self.question)}</h4>
<form class="exploration-controls"><fieldset disabled><legend class="visually-hidden">Controls</legend>{form}
<div class="exploration-buttons"><button type="button" data-reset>Start again</button>
<button type="button" data-copy-link>Copy link to this view</button></div></fieldset></form>
<noscript><p class="exploration-still">The controls need JavaScript. This is the view they start from.</p></noscript>
{cards[self.default].html()}
<p role="status" class="visually-hidden"></p>
<script type="application/json" data-states>{payload(self.controls, cards)}</script>
</section>"""


def explore(function: Callable[..., Card], name: str, question: str, **controls: Choice) -> Exploration:
    """An exploration of `function`, which takes the controls by name and returns a `Card`.

    Raises ExplorationError when there is nothing to choose, or more states than a page can carry.
    """
    return Exploration(function, name, question, controls)


def _field(name: str, key: str, control: Choice) -> str:
    """One control as native, labelled HTML inputs."""
    ident, label = f"{name}-{key}", html.escape(control.label)
    options = [(str(value), html.escape(text), value == control.start) for value, text in control.options.items()]
    if control.look == "radio":
        inputs = "".join(f'<label><input type="radio" name="{key}" value="{i}"{" checked" if on else ""}> {text}</label>'
                         for i, (_, text, on) in enumerate(options))
        return f'<fieldset class="exploration-field"><legend>{label}</legend>{inputs}</fieldset>'
    at = [on for *_, on in options].index(True)
    if control.look == "range":
        ends = f"<span aria-hidden=\"true\">{options[0][1]}</span>", f"<span aria-hidden=\"true\">{options[-1][1]}</span>"
        return (f'<div class="exploration-field"><label for="{ident}">{label}</label>'
                f'<output for="{ident}" aria-live="off">{options[at][1]}</output>'
                f'<div class="exploration-range">{ends[0]}<input type="range" id="{ident}" name="{key}" min="0" '
                f'max="{len(options) - 1}" step="1" value="{at}" aria-valuetext="{options[at][1]}">{ends[1]}</div></div>')
    choices = "".join(f'<option value="{i}"{" selected" if on else ""}>{text}</option>'
                      for i, (_, text, on) in enumerate(options))
    # A closed list cuts what is longer than its box: such a one gets the whole row.
    long = " long" * (max(map(len, control.options.values())) > 32)
    return (f'<div class="exploration-field{long}"><label for="{ident}">{label}</label>'
            f'<select id="{ident}" name="{key}">{choices}</select></div>')


def slots(card: Card) -> tuple[str, ...]:
    """What changes with a state: both pictures, the finding, the sentence, the table, the sources, how far to trust them."""
    return (card.svg(), card.svg(narrow=True), card.title, card.sentence, table_html(card.table),
            source_links(card.sources), card.trust)


def payload(controls: Mapping[str, Choice], cards: Mapping[tuple, Card]) -> str:
    """All states as JSON. Each slot is a list of runs into one store of lines, so that what states share is kept once."""
    store: dict[str, int] = {}
    states = [[_runs([store.setdefault(line, len(store)) for line in text.split("\n")]) for text in slots(card)]
              for card in cards.values()]
    data = {"controls": [{"name": key, "values": [str(v) for v in c.options], "texts": list(c.options.values())}
                         for key, c in controls.items()],
            "start": [list(c.options).index(c.start) for c in controls.values()],
            "lines": list(store), "states": states}
    # "</" would end the script element early.
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")


def _runs(numbers: list[int]) -> list[int]:
    """[first, length, first, length, ...] of consecutive numbers."""
    runs: list[int] = []
    for number in numbers:
        if runs and runs[-2] + runs[-1] == number:
            runs[-1] += 1
        else:
            runs += [number, 1]
    return runs
