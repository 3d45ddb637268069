"""Roles and directives of the book: numbers and claims inside sentences, the passage, the guess, the sources."""

from __future__ import annotations

import difflib
import html
import re
from pathlib import Path

import pandas as pd
from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.docutils import ReferenceRole, SphinxDirective, SphinxRole

from companion import claims, evidence
from companion.book import catalogue
from companion.data import DataError, load


def setup(app: Sphinx) -> None:
    app.add_role("number", Number())
    app.add_role("claim", Claim())
    app.add_directive("passage", Passage)
    app.add_directive("guess", Guess)
    app.add_directive("reading", Reading)
    app.add_directive("sources", Sources)


def number(key: str, chapter: str) -> str:
    """The text of one computed number: "key" of this chapter, or "chapter:key". Raises KeyError with the nearest key."""
    chapter, _, key = key.rpartition(":") if ":" in key else (chapter, "", key)
    known = evidence.numbers(chapter)
    if key not in known:
        near = difflib.get_close_matches(key, known, 1, 0)
        raise KeyError(f'there is no number "{key}" in chapter {chapter}; did you mean "{near[0]}"?')
    return known[key]


class Number(SphinxRole):
    """{number}`key`: a figure computed from the tables."""

    def run(self):
        try:
            return [nodes.inline("", number(self.text, Path(self.env.docname).name), classes=["number"])], []
        except KeyError as error:
            raise ExtensionError(f"{_place(self)}: {error.args[0]}") from None
        except ModuleNotFoundError:
            raise ExtensionError(f"{_place(self)}: this page has no numbers of its own; "
                                 "name the chapter, as in {number}`beijing:key`.") from None


class Claim(ReferenceRole):
    """{claim}`words <id>`: a link to the claim's own page."""

    def run(self):
        try:
            address = _claim_uri(self.target, self.env.docname)
        except DataError as error:
            raise ExtensionError(f"{_place(self)}: {error}") from None
        return [nodes.reference("", self.title, refuri=address, classes=["claim-link"])], []


def _place(part) -> str:
    source, line = part.get_source_info()
    return f"{Path(source).relative_to(part.env.srcdir)}, line {line}"


class Passage(SphinxDirective):
    """{passage} 9: our restatement of a paragraph, one sentence of the essay a line ("28: ..." or "28–29: ..."),
    with links to the claims in it, what it needs, and what to do in a short class; heads.py tells the time it takes.
    Without a paragraph: what a chapter that follows no passage needs.

    With ESSAY=path in the environment, the reader's own copy of that paragraph stands beside it.
    """

    optional_arguments = 1
    has_content = True
    option_spec = {"minutes": directives.positive_int, "needs": directives.unchanged_required,
                   "forty": directives.unchanged_required}

    def run(self):
        paragraph = int(self.arguments[0]) if self.arguments else None
        box = nodes.container(classes=["passage"], paragraph=paragraph, minutes=self.options.get("minutes"))
        box += nodes.rubric("", f"The passage: paragraph {paragraph}, in our words" if paragraph else "Before you start")
        for i, line in enumerate(self.content):
            self.content[i] = re.sub(SENTENCE, r'<sup class="sentence-number"><span class="visually-hidden">Sentence </span>\1</sup> ', line)
        self.state.nested_parse(self.content, self.content_offset, box)
        if paragraph:
            box += _claims_of(paragraph, self.env.docname)
        if needs := self.options.get("needs"):
            short = f" With a class of forty minutes: {self.options['forty']}." if "forty" in self.options else ""
            box += nodes.paragraph("", f"You need: {needs}.{short}", classes=["passage-needs"])
        if copy := self.config.companion_essay.get(paragraph):
            box += nodes.container("", nodes.rubric("", "Your own copy (do not publish this build)"),
                                   nodes.paragraph("", copy), classes=["passage-own"])
        return [box]


SENTENCE = r"^(\d+(?:[–-]\d+)?): "  # the number of a sentence of the essay, at the start of a line that restates it


def _claim_uri(claim_id: str, docname: str) -> str:
    return "../" * docname.count("/") + claims.address(claim_id)


def _claims_of(paragraph: int, docname: str) -> nodes.Node:
    """A line of links to the claims of a paragraph, in the order of the essay."""
    line = nodes.paragraph("", "Its claims: ", classes=["passage-needs"])
    for i, row in enumerate(load("claims").query("paragraph == @paragraph").itertuples()):
        line += [nodes.Text(", " if i else ""),
                 nodes.reference("", row.label, refuri=_claim_uri(row.id, docname), classes=["claim-link"])]
    line += nodes.Text(".")
    return line


class Guess(SphinxDirective):
    """{guess} id: a prompt, a place for the reader's number, and an answer that opens after it.

    The prompt and the answer are separated by a line `+++`. The guess is kept in the reader's own browser.
    """

    required_arguments = 1
    has_content = True
    option_spec = {"unit": directives.unchanged_required}

    def run(self):
        lines = list(self.content)
        if "+++" not in lines:
            raise ExtensionError(f"{_place(self)}: guess {self.arguments[0]} has no answer; "
                                 "write the prompt, a line +++, then the answer.")
        cut = lines.index("+++")
        ident, unit = html.escape(self.arguments[0]), html.escape(self.options.get("unit", ""))
        box = nodes.container(classes=["guess"])
        self.state.nested_parse(self.content[:cut], self.content_offset, box)
        box += nodes.raw("", f"""<form class="guess-form" data-guess="{ident}"><label>Your guess{f' ({unit})' if unit else ''}
<input type="number" step="any" name="guess" inputmode="decimal" autocomplete="off" disabled></label></form>
<details class="guess-answer"><summary>See the answer</summary><p class="guess-said" hidden></p>""", format="html")
        answer = nodes.container()
        self.state.nested_parse(self.content[cut + 1:], self.content_offset + cut + 1, answer)
        box += answer.children
        box += nodes.raw("", '</details><p class="guess-note">Your guess stays in this browser. '
                             '<button type="button" data-forget hidden>Erase it</button></p>', format="html")
        return [box]


class Reading(SphinxDirective):
    """{reading}: one source a line, "source-id: why to read it"; title, publisher, date and link come from the sources."""

    has_content = True

    def run(self):
        sources, rows = load("sources").set_index("source_id"), nodes.bullet_list(classes=["reading"])
        for line in filter(str.strip, self.content):
            ident, _, why = line.partition(": ")
            if ident not in sources.index or not why:
                near = difflib.get_close_matches(ident, sources.index, 1, 0)[0]
                raise ExtensionError(f'{_place(self)}: "{line}" names no source and a reason; write it as "{near}: why to read it".')
            row = sources.loc[ident]
            title = nodes.reference("", row.title, refuri=row.url) if pd.notna(row.url) else nodes.Text(row.title)
            when = f", {row.published}" if pd.notna(row.published) else ""
            rows += nodes.list_item("", nodes.paragraph("", "", title, nodes.Text(f". {row.publisher}{when}. {why}")))
        return [rows]


class Sources(SphinxDirective):
    """{sources}: every source with a place to link to, and the tables that rest on it."""

    def run(self):
        resting, page = catalogue.resting(), f"{'../' * self.env.docname.count('/')}catalogue.html"
        rows = load("sources").sort_values(["publisher", "published"], key=lambda texts: texts.str.casefold())
        items = "".join(_source(row, catalogue.rests(resting.get(row.source_id, {}), page)) for row in rows.itertuples())
        return [nodes.raw("", f'<ul class="sources">{items}</ul>', format="html")]


def _source(row, rests: str) -> str:
    title = html.escape(row.title)
    link = f'<a href="{html.escape(row.url, quote=True)}">{title}</a>' if pd.notna(row.url) else title
    rest = [row.published, row.kind, row.licence, row.note]
    return (f'<li id="source-{html.escape(row.source_id)}"><b>{html.escape(row.publisher)}.</b> {link}. '
            + html.escape("; ".join(str(part) for part in rest if pd.notna(part) and part)) + f". {rests}</li>")
