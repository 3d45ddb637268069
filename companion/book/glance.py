"""The argument at a glance: the picture of the front page, as a list of links whose marks say what holds."""

from __future__ import annotations

import functools
import html
from collections import Counter

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from companion import argument, evidence
from companion.book import outputs
from companion.claims import address, mark
from companion.evidence.how_it_fits import CONCLUSION

WALLS = ("washington-wall", "seoul-wall", "beijing-wall")
# Where the North turned: what it did there, and what the essay says stood in the way.
DOORS = {"Europe": ("kang-tour", "europe-no-boom"), "Russia": ("russia-talk", "russia-needs-subsidy"),
         "Japan": ("japan-contacts", "japan-blocked")}


def setup(app: Sphinx) -> None:
    app.add_directive("glance", Glance)
    app.connect("html-page-context", _assets)


def _assets(app: Sphinx, pagename: str, templatename: str, context: dict, doctree) -> None:
    if 'class="glance"' in context.get("body", ""):
        app.add_css_file("glance.css", priority=900)


@functools.cache
def bricks(wall: str) -> tuple[str, ...]:
    """Every claim that a wall rests on in the settled coding, in the order of the ties."""
    tree = argument.joints(evidence.ties())
    parts = tree[wall].claims() if wall in tree else ()
    return tuple(dict.fromkeys(claim for part in parts for claim in (part, *bricks(part))))


def drawn() -> list[str]:
    """The claims of the picture, from the conclusion down."""
    return [CONCLUSION, "necessity", "wall-years", *(claim for wall in WALLS for claim in (wall, *bricks(wall))),
            "crisis-unpaid", "beyond-triangle", *(claim for claims in DOORS.values() for claim in claims)]


def said(value: str) -> str:
    """The caption: what becomes of the conclusion."""
    return {argument.STANDS: "The essay’s conclusion stands", argument.SHAKY: "The essay’s conclusion is shaky: neither shown nor refuted",
            argument.FALLS: "The essay’s conclusion falls"}[value]


class Glance(SphinxDirective):
    """{glance}: the conclusion, the three walls it rests on, and the three doors it turns to, each claim with its value of today."""

    def run(self):
        records = {record["id"]: record for record in outputs.claims(self.env)}
        values = {claim: records[claim]["now"]["value"] for claim in drawn()}
        up = "../" * self.env.docname.count("/")

        def block(claim: str, lead: str = "") -> str:
            label = html.escape(records[claim]["label"], quote=False)
            name = label if lead else f"{label[:1].upper()}{label[1:]}"
            return (f'<span>{lead and f"{lead} "}<a href="{up}{address(claim)}">{name}</a></span> '
                    f'<span class="value">{mark(values[claim])}{values[claim]}</span>')

        def item(claim: str, lead: str = "", kind: str = "step") -> str:
            return f'<li class="{kind}" data-value="{values[claim]}">{block(claim, lead)}</li>'

        def wall(claim: str) -> str:
            return (f'<li class="wall"><div class="cap" data-value="{values[claim]}">{block(claim)}</div>'
                    f'<ul>{"".join(map(item, bricks(claim)))}</ul></li>')

        def door(name: str) -> str:
            tried, way = DOORS[name]
            return f'<li class="door"><b>{name}</b><ul>{item(tried, "tried:")}{item(way, "but:")}</ul></li>'

        many = Counter(values.values())
        key = " ".join(f"<span>{mark(value)}{value} {many[value]}</span>" for value in reversed(argument.VALUES))
        return [nodes.raw("", f"""<figure class="glance" aria-labelledby="glance-said">
<figcaption id="glance-said">{said(values[CONCLUSION])}</figcaption>
<p class="key">{key}</p>
<ul class="pair">{item(CONCLUSION, "North Korea was driven to", "end")}{item("necessity", "born of")}</ul>
<ul>{item("wall-years", "for its diplomacy stood before")}</ul>
<ul class="walls">{"".join(map(wall, WALLS))}</ul>
<ul class="pair">{item("beyond-triangle", "So it turned to look")}{item("crisis-unpaid", "since")}</ul>
<ul class="doors">{"".join(map(door, DOORS))}</ul>
</figure>""", format="html")]
