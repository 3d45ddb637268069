"""Roles and directives of the book: numbers and claims inside sentences, the passage, the guess, the sources."""

from __future__ import annotations

import difflib
import hashlib
import html
import os
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
    """{claim}`words <id>`: a link to the claim's verdict in the chapter that tests it."""

    def run(self):
        try:
            row = claims.get(self.target)
        except DataError as error:
            raise ExtensionError(f"{_place(self)}: {error}") from None
        uri = f"{'../' * self.env.docname.count('/')}chapters/{row.chapter}.html#claim-{self.target}"
        return [nodes.reference("", self.title, refuri=uri, classes=["claim-link"])], []


def _place(part) -> str:
    source, line = part.get_source_info()
    return f"{Path(source).relative_to(part.env.srcdir)}, line {line}"


class Passage(SphinxDirective):
    """{passage} 9: our restatement of a paragraph, with the time the chapter takes and what it needs.

    With ESSAY=path in the environment, the reader's own copy of that paragraph stands beside it, if it is the same text.
    """

    required_arguments = 1
    has_content = True
    option_spec = {"minutes": directives.positive_int, "needs": directives.unchanged_required}

    def run(self):
        box = nodes.container(classes=["passage"])
        box += nodes.rubric("", f"The passage: paragraph {self.arguments[0]}, in our words")
        self.state.nested_parse(self.content, self.content_offset, box)
        minutes, needs = self.options.get("minutes"), self.options.get("needs")
        if minutes:
            box += nodes.paragraph("", f"About {minutes} minutes. You need: {needs}.", classes=["passage-needs"])
        if copy := os.environ.get("ESSAY"):
            box += _own_copy(Path(copy), int(self.arguments[0]))
        return [box]


# SHA-256 of each paragraph's words, lower case, joined by spaces: proves a copy without holding it.
FINGERPRINTS = dict(enumerate((
    "f6ab98b8b0e7457b", "73ab1ec3f75f2e09", "29ee9c8a81c7a5a8", "60c5cc383e1af5ab",
    "5f956ae86e80f048", "16b10fb5c6a65041", "8041826a7c0e08b3", "18715b751078f4d1",
    "9fb1f5928a72a296", "21bea59686e82a14", "85edb7ec9ebd7360",
), start=1))


def paragraph_fingerprint(text: str) -> str:
    """Fingerprint of a paragraph that does not change with quotes, spaces or punctuation."""
    words = re.findall(r"[a-z0-9]+", text.lower().replace("’", "").replace("'", ""))
    return hashlib.sha256(" ".join(words).encode()).hexdigest()[:16]


def _own_copy(path: Path, paragraph: int) -> nodes.Node:
    for text in filter(None, map(str.strip, path.read_text("utf-8").splitlines())):
        if paragraph_fingerprint(text) == FINGERPRINTS.get(paragraph):
            return nodes.container("", nodes.rubric("", "Your own copy (do not publish this build)"),
                                   nodes.paragraph("", text), classes=["passage-own"])
    raise ExtensionError(f"ESSAY={path}: paragraph {paragraph} is not the text this book was written on; "
                         "give a copy with one paragraph a line, or unset ESSAY.")


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


class Sources(SphinxDirective):
    """{sources}: every source with a place to link to, and the tables that rest on it."""

    def run(self):
        resting, page = catalogue.resting(), f"{'../' * self.env.docname.count('/')}catalogue.html"
        items = "".join(_source(row, catalogue.rests(resting.get(row.source_id, {}), page))
                        for row in load("sources").sort_values("source_id").itertuples())
        return [nodes.raw("", f'<ul class="sources">{items}</ul>', format="html")]


def _source(row, rests: str) -> str:
    title = html.escape(row.title)
    link = f'<a href="{html.escape(row.url, quote=True)}">{title}</a>' if pd.notna(row.url) else title
    rest = [row.published, row.kind, row.licence, row.note]
    return (f'<li id="source-{html.escape(row.source_id)}"><b>{html.escape(row.publisher)}.</b> {link}. '
            + html.escape("; ".join(str(part) for part in rest if pd.notna(part) and part)) + f". {rests}</li>")
