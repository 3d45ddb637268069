"""The pages that list every figure and every exploration, made from what stands on the pages."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective

FIGURES, EXPLORATIONS = "figures", "explorations"  # in the metadata of a page, and the names of the directives
CARD = re.compile(r'<figure class="card" id="(?P<id>fig-[\w-]+)".*?<span class="card-title">(?P<title>.*?)</span>.*?'
                  r'<p class="card-sentence">(?P<sentence>.*?)</p>\s*<div class="card-sources">(?P<sources>.*?)</div>.*?'
                  r'<details class="card-trust"><summary>.*?</summary><p>(?P<trust>.*?)</p>', re.S)
EXPLORATION = re.compile(r'id="([\w-]+)" data-exploration.*?<h4[^>]*>(.*?)</h4>', re.S)


def setup(app: Sphinx) -> None:
    app.connect("doctree-read", _note)


def _note(app: Sphinx, doctree: nodes.document) -> None:
    """Keep the figures (id to the parts of CARD) and explorations (id to question) of a page, with what Sphinx keeps of each."""
    figures, explorations = {}, {}
    for node in doctree.findall(nodes.raw):
        text = node.astext()
        figures |= {card["id"]: {name: plain(part) for name, part in card.groupdict().items()} for card in CARD.finditer(text)}
        explorations |= {ident: plain(question) for ident, question in EXPLORATION.findall(text)}
    app.env.metadata[app.env.docname] |= {FIGURES: figures, EXPLORATIONS: explorations}


def plain(text: str) -> str:
    """The words of a piece of HTML without elements of blocks in it."""
    return html.unescape(re.sub(r"<[^>]+>", "", text))
