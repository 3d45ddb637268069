"""The pages that list every figure and every exploration, made from what stands on the pages."""

from __future__ import annotations

import html
import re

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective

FIGURES, EXPLORATIONS = "figures", "explorations"  # in the metadata of a page, and the names of the directives
LISTED = "listed"  # in the metadata of a page with a list: what the lists of the book held when it was written
CARD = re.compile(r'<figure class="card" id="(?P<id>fig-[\w-]+)".*?<span class="card-title">(?P<title>.*?)</span>.*?'
                  r'<p class="card-sentence">(?P<sentence>.*?)</p>\s*<div class="card-sources">(?P<sources>.*?)'
                  r'(?:<details><summary>(?P<more>.*?)</summary>.*?)?</div>\s*<details class="card-trust">.*?<p>(?P<trust>.*?)</p>', re.S)
EXPLORATION = re.compile(r'id="(?P<id>[\w-]+)" data-exploration.*?<h4[^>]*>(?P<question>.*?)</h4>(?P<controls>.*?)<figure', re.S)
CONTROL = re.compile(r'<(?:legend|label for="[^"]*")>(.*?)</')


def setup(app: Sphinx) -> None:
    app.add_directive(FIGURES, List)
    app.add_directive(EXPLORATIONS, List)
    app.connect("doctree-read", _note)
    app.connect("env-updated", _changed)
    app.connect("doctree-resolved", _fill)


def _note(app: Sphinx, doctree: nodes.document) -> None:
    """Keep what stands on a page, by id, with what Sphinx keeps of each: figures (the parts of CARD) and explorations."""
    figures, explorations = {}, {}
    for node in doctree.findall(nodes.raw):
        text = node.astext()
        for found in EXPLORATION.finditer(text):
            explorations[found["id"]] = {"question": plain(found["question"]),
                                         "controls": [plain(label) for label in CONTROL.findall(found["controls"])]}
        for found in CARD.finditer(text):
            figures[found["id"]] = {name: plain(part or "") for name, part in found.groupdict().items()}
    app.env.metadata[app.env.docname] |= {FIGURES: figures, EXPLORATIONS: explorations}


def plain(text: str) -> str:
    """The words of a piece of HTML that is one line."""
    return html.unescape(re.sub(r"<[^>]+>", "", text))


class place(nodes.General, nodes.Element):
    """Where a list will stand, once all pages have been read."""


class List(SphinxDirective):
    """{figures}, {explorations}: every one of the book, by page, each with a link to where it stands."""

    def run(self):
        self.env.metadata[self.env.docname][LISTED] = ""
        return [place(kind=self.name)]


def _changed(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Sphinx hook on `env-updated`: the pages with a list that are to be written because what they list has changed."""
    now = repr([(page, env.titles[page].astext(), env.metadata[page].get(FIGURES), env.metadata[page].get(EXPLORATIONS))
                for page in env.collect_relations()])
    changed = [page for page, kept in env.metadata.items() if kept.get(LISTED, now) != now]
    for page in changed:
        env.metadata[page][LISTED] = now
    return changed


def _fill(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    for node in list(doctree.findall(place)):
        kind, env = node["kind"], app.env
        rows = {"figures": _figure, "explorations": _exploration}[kind]
        parts = []
        for page in env.collect_relations():  # in the order of the contents
            if found := env.metadata[page].get(kind):
                address = app.builder.get_relative_uri(docname, page)
                items = "".join(f'<li><a href="{address}#{ident}">{title}</a><br><span class="muted">{line}</span></li>'
                                for ident, (title, line) in ((ident, map(_escape, rows(one))) for ident, one in found.items()))
                parts.append(f'<section><h2 id="in-{page.replace("/", "-")}"><a href="{address}">{_escape(env.titles[page].astext())}</a></h2>'
                             f"<ul>{items}</ul></section>")
        if not parts:
            raise ExtensionError(f"{docname}: the book has no {kind} to list; take this page out of _toc.yml.")
        node.replace_self(nodes.raw("", "".join(parts), format="html"))


def _escape(text: str) -> str:
    return html.escape(text, quote=False)


def _figure(figure: dict) -> tuple[str, str]:
    return figure["title"], f"{figure['sources']} {figure['more']}".strip()


def _exploration(exploration: dict) -> tuple[str, str]:
    return exploration["question"], f"You choose: {'; '.join(exploration['controls'])}"
