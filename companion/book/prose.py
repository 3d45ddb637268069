"""Checks on the text of a page before Sphinx reads it: the notebook header, and numbers typed by hand."""

from __future__ import annotations

import re

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

# What may stand in prose as a figure: a date or year, a paragraph of the essay, a version or the name of a thing.
_DATE = (r"\b(?:\d{1,2} )?(?:January|February|March|April|May|June|July|August|September|October|November|December)"
         r"(?: \d{1,2},)?(?: \d{4})?\b|\b(?:19|20)\d\d(?:[–-]\d\d(?:\d\d)?)?\b")
_REFERENCE = r"\b[Pp]aragraphs? \d+(?:(?: to | and |–)\d+)?|¶\d+|\bFigure \d+"
_NAME = r"\b[A-Za-z]+-?\d+\b|\bPython \d\.\d+"
_ALLOWED = re.compile("|".join((_DATE, _REFERENCE, _NAME)))
_NUMBER = re.compile(r"\d[\d.,]*(?: ?%)?")
# Fences, roles, links, inline code and directive options are not prose. Fences come first: their backticks pair up
# like those of inline code, and all between them would go unread.
_MARKUP = re.compile(r"^`{3,}.*$|\{[\w:-]+\}`[^`\n]*`|`[^`\n]*`|\]\([^)]*\)|<[^>]+>|^:[\w-]+:.*$|^\([\w-]+\)=$|^\s*\d+\. "
                     # the sentence that a line restates, the source that a line recommends
                     r"|^\d+(?:[–-]\d+)?: |^[\w.-]*[a-z][\w.-]*: ", re.M)


def check(app: Sphinx, docname: str, source: list[str]) -> None:
    """Sphinx hook on `source-read`. Raises ExtensionError with one sentence naming file, line and cure."""
    path = app.env.doc2path(docname, base=False)
    text = source[0]
    if "```{code-cell}" in text and not re.match(r"---\n.*?\bkernelspec:.*?\n---\n", text, re.S):
        raise ExtensionError(f"{path}, line 1: the page has code cells but no notebook header, so none would run; "
                             "copy the header (from --- to ---) of chapters/beijing.md.")
    for line, number in typed_numbers(text):
        raise ExtensionError(f'{path}, line {line}: the number "{number}" is typed by hand; '
                             "take it from the data with the {number} role.")


def typed_numbers(text: str) -> list[tuple[int, str]]:
    """(line, number) for every figure in the prose that is neither computed nor a date nor a reference."""
    blank = lambda m: re.sub(r"[^\n]", " ", m[0])  # noqa: E731  (line numbers must not move)
    text = re.sub(r"\A---\n.*?\n---\n", blank, text, flags=re.S)
    text = re.sub(r"^```\{(?:code-cell|bibliography|sources)\}.*?^```", blank, text, flags=re.S | re.M)
    text = _ALLOWED.sub(blank, _MARKUP.sub(blank, text))
    return [(text.count("\n", 0, m.start()) + 1, m[0]) for m in _NUMBER.finditer(text)]
