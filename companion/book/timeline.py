"""The timeline: every counted event, complete without a script, with a form that narrows it down."""

from __future__ import annotations

import datetime as dt
import html

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from companion.book import narrow
from companion.data import load
from companion.evidence.series import EUROPE

PARTNERS = {"CHN": "China", "USA": "United States", "KOR": "South Korea", "RUS": "Russia", "JPN": "Japan",
            "EUR": "Europe", "OTH": "others"}
KINDS = {"visit": "visit", "talks": "talks", "agreement": "agreement", "concession": "concession", "refusal": "refusal",
         "statement": "statement", "threat": "threat or show of force", "test": "weapons test", "sanction": "sanction",
         "aid": "aid", "economy": "economy", "relations": "relations, embassies", "un": "United Nations",
         "domestic": "at home in North Korea"}


def setup(app: Sphinx) -> None:
    app.add_directive("timeline", Timeline)
    app.connect("html-page-context", _assets)


def _assets(app: Sphinx, pagename: str, templatename: str, context: dict, doctree) -> None:
    if 'class="timeline"' in context.get("body", ""):
        app.add_css_file("timeline.css", priority=900)


def groups(partners: str) -> list[str]:
    """The partner groups of a cell such as "DEU;RUS", in the order of PARTNERS."""
    found = {p if p in PARTNERS else "EUR" if p in EUROPE else "OTH" for p in partners.split(";")}
    return [group for group in PARTNERS if group in found]


def day(date: str) -> str:
    """"6 September", "September", or "some day" where only the year is known."""
    if len(date) == 4:
        return "day unknown"
    when = dt.date.fromisoformat(date.ljust(10, "x").replace("xxx", "-01"))
    return f"{when:%B}" if len(date) == 7 else f"{when.day} {when:%B}"


class Timeline(SphinxDirective):
    """{timeline}: the form, and the events by year, the latest year last."""

    def run(self):
        events = load("events").query("counted").sort_values("date", kind="stable").rename(columns={"class": "kind_"})
        sources = load("sources").set_index("source_id")["publisher"]
        up = "../" * self.env.docname.count("/")
        years = "".join(f'<section><h2 id="year-{year}">{year}</h2><ol>{"".join(_event(e, sources, up) for e in part.itertuples())}</ol></section>'
                        for year, part in events.groupby(events["date"].str[:4]))
        controls = narrow.select("partner", "Partner", PARTNERS) + narrow.select("kind", "Kind", KINDS)
        form = narrow.form("Timeline", controls, ".timeline section", "li", "event", len(events))
        return [nodes.raw("", f"{form}<p><a href=\"#the-essay\">Go to the essay</a>, among the events of 2014, or to <a href=\"{up}ledger.html\">its claims</a>.</p><div class=\"timeline\">{years}</div>", format="html")]


def _event(event, sources, up: str) -> str:
    who = groups(event.partners)
    essay = ' id="the-essay" class="essay"' if event.kind == "essay" else ""
    told = ", ".join(["North Korea" if event.partners == "PRK" else PARTNERS[g] for g in who])
    return (f'<li data-partner="{" ".join(who)}" data-kind="{event.kind_}"{essay}>'
            f'<time datetime="{event.date}">{day(event.date)}</time> {html.escape(event.title)} '
            f'<span>{told} · {KINDS[event.kind_]} · <a href="{up}references.html#source-{html.escape(event.source_id)}">'
            f"{html.escape(sources[event.source_id])}</a></span></li>")
