"""The lists of the page on licences: what the sources ask, in their words, and the files of others that lie in the book."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective

from companion.book import catalogue
from companion.data import load
from companion.figure import Html, show

STATIC = Path(__file__).parent / "static"
HEAD = "terms, and what they ask of you"

# What the licences of sources come to: (terms, what they ask, pattern in what the source states). The first that fits counts.
TERMS = (
    ("None stated", "No right is given. Take facts; for more, ask the publisher.", r"^(none|not) stated"),
    ("A copy whose program has a licence", "That licence covers the program. Ask whoever made the data about the data.",
     r"\(package\)|\brepo\b.*\bdata\b|not restated"),
    ("Creative Commons, share alike", "Name the source and the licence, say what you changed, and give what you make of it under the same licence.",
     r"\bCC BY-SA\b"),
    ("Public domain, or given up", "Nothing. To name the source is good manners.", r"public domain|government work|\bCC0\b|PDDL"),
    ("Name the source", "Name the source, and the licence where it has one.", r"\bCC BY\b|KOGL Type 1|^citation"),
    ("Terms of its own", "Read the terms where the source has them, before you copy more than a fact.", r""),
)
# What the text of a licence says, and its name.
KINDS = {"SIL Open Font License": "SIL Open Font Licence", "Permission is hereby granted, free of charge": "MIT licence",
         "Redistribution and use in source and binary forms": "BSD licence", "Apache License": "Apache licence"}


def setup(app: Sphinx) -> None:
    app.add_directive("licences", Licences)
    app.add_directive("vendored", Vendored)


def terms(stated: str | None) -> str:
    """The name in TERMS of what a source states; empty or missing: none stated."""
    text = stated if pd.notna(stated) and stated else "none stated"
    return next(name for name, _, pattern in TERMS if re.search(pattern, text))


def summary(sources: pd.DataFrame, resting: Mapping) -> pd.DataFrame:
    """A row for each of TERMS that a source has. sources: as load() gives them; resting: as catalogue.resting() does."""
    named = sources.assign(terms=sources["licence"].map(terms),
                           rows=[sum(resting.get(source, {}).values()) for source in sources["source_id"]])
    rows = [{HEAD: Html(f"<b>{name}.</b> {asks}"),
             "in the sources' own words (how many)":
                 "; ".join(f"{words} ({count})" for words, count in group["licence"].value_counts().items()) or None,
             "sources": len(group), "rows of our tables": group["rows"].sum()}
            for name, asks, _ in TERMS if len(group := named[named["terms"] == name])]
    return pd.DataFrame(rows)


class Licences(SphinxDirective):
    """{licences}: a table of what the sources state about their licences, grouped by what that asks."""

    def run(self):
        table = show(summary(load("sources"), catalogue.resting()), "What the sources ask, from what each states about itself")
        return [nodes.raw("", table._repr_html_(), format="html")]


def vendored(folder: Path = STATIC) -> dict[str, tuple[str, str]]:
    """Name of each thing of others in `folder` to (kind of its licence, file that holds the licence).

    The file is called after the thing, like fflate.LICENSE.txt or newsreader-OFL.txt.
    """
    found = {}
    for path in sorted([*folder.glob("*LICENSE.txt"), *folder.glob("*OFL.txt")]):
        text = " ".join(path.read_text("utf-8").split())
        kind = next((kind for words, kind in KINDS.items() if words in text), None)
        if kind is None:
            raise ExtensionError(f"{path.name}: what licence this is cannot be told; name it in KINDS of companion/book/licences.py.")
        found[re.sub(r"[.-](LICENSE|OFL)\.txt$", "", path.name)] = kind, path.name
    return found


class Vendored(SphinxDirective):
    """{vendored}: the scripts and typefaces of others in the book, each with its licence."""

    def run(self):
        up, items = "../" * self.env.docname.count("/"), nodes.bullet_list()
        for name, (kind, file) in vendored().items():
            link = nodes.reference("", kind, refuri=f"{up}_static/{file}")
            items += nodes.list_item("", nodes.paragraph("", "", nodes.Text(f"{name}: "), link))
        return [items]
