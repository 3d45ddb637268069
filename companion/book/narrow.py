"""The form that narrows a long list down to what fits its selects and words; narrow.js moves it, and without script it is not there."""

from __future__ import annotations

import html
from collections.abc import Mapping

from sphinx.application import Sphinx


def setup(app: Sphinx) -> None:
    app.connect("html-page-context", _assets)


def _assets(app: Sphinx, pagename: str, templatename: str, context: dict, doctree) -> None:
    if 'class="narrow"' in context.get("body", ""):
        app.add_css_file("narrow.css", priority=900)
        app.add_js_file("narrow.js", defer="defer")


def select(name: str, label: str, options: Mapping[str, str | Mapping[str, str]], none: str = "All", picks: str = "") -> str:
    """A select over the entries' `data-<name>`, values to texts, some of them grouped; `none` is the text for no choice.

    picks: the name of another select, which then looks at `data-<picks>-<value>` instead.
    """
    def option(value: str, text) -> str:
        if isinstance(text, Mapping):
            return f'<optgroup label="{html.escape(value)}">{"".join(option(*one) for one in text.items())}</optgroup>'
        return f'<option value="{html.escape(value)}">{html.escape(text[0].upper() + text[1:])}</option>'
    picked = f' data-picks="{picks}"' if picks else ""
    return (f'<div><label for="narrow-{name}">{label}</label><select id="narrow-{name}" name="{name}"{picked}>'
            f'<option value="">{none}</option>{"".join(option(*one) for one in options.items())}</select></div>')


def form(label: str, controls: str, groups: str, items: str, noun: str, count: int) -> str:
    """The form; `groups` and `items` are the CSS selectors of the list's parts and of the entries in one, `noun` names an entry."""
    return f"""<form class="narrow" aria-label="{label}" data-groups="{groups}" data-items="{items}" data-noun="{noun}" hidden>
{controls}<div class="narrow-find"><label for="narrow-find">Search the {noun}s</label>
<input id="narrow-find" name="find" type="search" autocomplete="off" spellcheck="false"></div>
<div class="narrow-buttons"><button type="reset">Show all</button>
<button type="button" data-copy>Copy link to this list</button></div><output>{count} {noun}s.</output></form>"""
