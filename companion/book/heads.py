"""The line above the title of a page: its part of the book and, for a chapter, its paragraphs of the essay and its time."""

from __future__ import annotations

import functools
import re
from pathlib import Path

import yaml
from docutils import nodes
from sphinx.application import Sphinx

KEPT = "passages"  # in the metadata of a page
LARGE = re.compile(r'(?s)<(h[1-4])\b.*?</\1>|<p class="finding">.*?</p>')
HYPHENED = re.compile(r"\w+(?:-\w+)+(?![^<]*>)")  # outside of tags


def setup(app: Sphinx) -> None:
    app.connect("doctree-read", _read)
    app.connect("html-page-context", _tell)


def _read(app: Sphinx, doctree: nodes.document) -> None:
    """Keep (paragraph, minutes) of each passage of a page; either may be None."""
    app.env.metadata[app.env.docname][KEPT] = [(box.get("paragraph"), box.get("minutes")) for box in doctree.findall(nodes.container)
                                               if "passage" in box["classes"]]


def whole(body: str) -> str:
    """The HTML of a page, in whose large type "three-quarters" does not break at its hyphen."""
    return LARGE.sub(lambda large: HYPHENED.sub(r'<span class="whole">\g<0></span>', large[0]), body)


@functools.cache
def _parts(root: Path) -> dict[str, str]:
    """Page to the caption of its part. The page of a claim says itself where it belongs."""
    contents = yaml.safe_load((root / "_toc.yml").read_text("utf-8"))
    return {entry["file"]: part.get("caption", "") for part in contents.get("parts", []) for entry in part["chapters"]}


def line(part: str, passages: list[tuple[int | None, int | None]]) -> str:
    """ "The essay · paragraphs 6 and 7 · 25 minutes", as far as there is something to say."""
    paragraphs = [str(paragraph) for paragraph, _ in passages if paragraph]
    minutes = sum(minutes or 0 for _, minutes in passages)
    return " · ".join(filter(None, [part, f"paragraph{'s' * (len(paragraphs) > 1)} {' and '.join(paragraphs)}" if paragraphs else "",
                                    f"{minutes} minutes" if minutes else ""]))


def _tell(app: Sphinx, pagename: str, templatename: str, context: dict, doctree) -> None:
    context["head_line"] = line(_parts(Path(app.srcdir)).get(pagename, ""), app.env.metadata.get(pagename, {}).get(KEPT, []))
    if "body" in context:
        context["body"] = whole(context["body"])
