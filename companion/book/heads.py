"""The line above the title of a page: its part of the book and, for a chapter, its paragraphs of the essay and its time."""

from __future__ import annotations

import functools
import re
from pathlib import Path

import yaml
from docutils import nodes
from sphinx.application import Sphinx

from companion.book import findings

KEPT = "passages"  # in the metadata of a page
HYPHENED = re.compile(r"(\w+(?:-\w+)+)")
WHOLE = r'<span class="whole">\1</span>'


def setup(app: Sphinx) -> None:
    app.connect("doctree-read", _read)
    app.connect("html-page-context", _tell)


def _read(app: Sphinx, doctree: nodes.document) -> None:
    """Keep (paragraph, minutes) of each passage of a page, either may be None; keep "three-quarters" in one piece in titles and findings."""
    for large in doctree.findall(lambda node: isinstance(node, nodes.title) or findings.FINDING in getattr(node, "attributes", {}).get("classes", [])):
        for text in list(large.findall(nodes.Text)):
            parts = HYPHENED.split(text)  # every second one is such a word
            text.parent.replace(text, [nodes.inline("", part, classes=["whole"]) if i % 2 else nodes.Text(part) for i, part in enumerate(parts)])
    app.env.metadata[app.env.docname][KEPT] = [(box.get("paragraph"), box.get("minutes")) for box in doctree.findall(nodes.container)
                                               if "passage" in box["classes"]]


def _whole(words: re.Match) -> str:
    tag, text = words[0].split(">", 1)
    return f"{tag}>{HYPHENED.sub(WHOLE, text)}"


@functools.cache
def _parts(root: Path) -> dict[str, str]:
    """Page to the caption of its part. The page of a claim says itself where it belongs."""
    contents = yaml.safe_load((root / "_toc.yml").read_text("utf-8"))
    return {entry["file"]: part["caption"] for part in contents.get("parts", []) for entry in part["chapters"]}


def line(part: str, passages: list[tuple[int | None, int | None]]) -> str:
    """ "The essay · paragraphs 6 and 7 · 25 minutes", as far as there is something to say."""
    paragraphs = [str(paragraph) for paragraph, _ in passages if paragraph]
    minutes = sum(minutes or 0 for _, minutes in passages)
    return " · ".join(filter(None, [part, f"paragraph{'s' * (len(paragraphs) > 1)} {' and '.join(paragraphs)}" if paragraphs else "",
                                    f"{minutes} minutes" if minutes else ""]))


def _tell(app: Sphinx, pagename: str, templatename: str, context: dict, doctree) -> None:
    context["body"] = re.sub(r'(?<=class="exploration-question")[^<]*(?=</h4>)', _whole, context.get("body") or "")
    context["head_line"] = line(_parts(Path(app.srcdir)).get(pagename, ""), app.env.metadata.get(pagename, {}).get(KEPT, []))
