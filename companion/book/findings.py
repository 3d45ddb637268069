"""What a page finds, in the words at its head: shown first, told to search engines, and drawn on a card for links in messages.

A chapter opens with its finding as a bold paragraph under the title. Other pages open with a paragraph that says what they are.
"""

from __future__ import annotations

import functools
import html
import io
import re
import tempfile
import textwrap
from pathlib import Path

from docutils import nodes
from fontTools.ttLib import TTFont
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Polygon
from PIL import Image
from sphinx.application import Sphinx

from companion.book import mark, theme
from companion.figure import COLOUR

LONGEST = 300  # characters of a description; more is cut off wherever it is shown
CARDS = "_static/cards"
FINDING, OPENING = "finding", "opening"  # in the metadata of a page


def setup(app: Sphinx) -> None:
    app.connect("doctree-read", _read)
    app.connect("html-page-context", _tell)


def _read(app: Sphinx, doctree: nodes.document) -> None:
    """Mark the finding of a page, and keep its words."""
    first = next((p for p in doctree.findall(nodes.paragraph) if isinstance(p.parent, (nodes.section, nodes.document))), None)
    if first is None:
        return
    kept = app.env.metadata[app.env.docname]
    kept[OPENING] = " ".join(first.astext().split())
    parts = [part for part in first if part.astext().strip()]  # Markdown leaves empty text around the bold
    if len(parts) == 1 and isinstance(parts[0], nodes.strong):
        kept[FINDING] = kept[OPENING]
        first["classes"].append("finding")
        first[:] = parts[0].children  # how it looks is the style sheet's, and it is no shout for a screen reader


def description(text: str) -> str:
    """As many whole sentences as a description can hold, at least the first."""
    first, *more = re.split(r"(?<=[.?!”])\s+(?=[A-Z“])", text)
    for sentence in more:
        if len(f"{first} {sentence}") > LONGEST:
            break
        first = f"{first} {sentence}"
    return first


def _tell(app: Sphinx, pagename: str, templatename: str, context: dict, doctree) -> None:
    """Description and the tags that messengers and networks read; image and address only where the book has one."""
    found, tags = app.env.metadata.get(pagename, {}), context.get("metatags") or ""
    if OPENING in found:
        tags += _meta("name", "description", description(found[OPENING]))
    said = re.search(r'<meta name="description" content="([^"]*)"', tags)
    if said:
        title = theme.title_of(context)
        tags += (_meta("property", "og:title", title) + _meta("property", "og:description", html.unescape(said[1]))
                 + _meta("property", "og:type", "website" if pagename == app.config.root_doc else "article")
                 + _meta("property", "og:site_name", app.config.html_title))
        if address := app.config.html_baseurl:
            tags += _meta("property", "og:url", f"{address}{pagename}.html")
            if OPENING in found:
                path = f"{CARDS}/{pagename.replace('/', '-')}.png"
                file = Path(app.outdir, path)
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(card(title, description(found[OPENING])))
                tags += (_meta("property", "og:image", address + path) + _meta("property", "og:image:width", "1200")
                         + _meta("property", "og:image:height", "630") + _meta("property", "og:image:alt", f"{title} {description(found[OPENING])}")
                         + _meta("name", "twitter:card", "summary_large_image"))
    context["metatags"] = tags


def _meta(kind: str, name: str, content: str) -> str:
    return f'<meta {kind}="{name}" content="{html.escape(content, quote=True)}" />'


@functools.cache
def _face():
    """The file of the typeface of headings as matplotlib can read it, which is no WOFF; gone when the program ends."""
    font, file = TTFont(theme.HERE / "static" / "newsreader.woff"), tempfile.NamedTemporaryFile(suffix=".ttf")
    font.flavor = None
    font.save(file.name)
    return file


def card(title: str, finding: str) -> bytes:
    """A PNG of 1200 x 630 pixels: the mark and name of the book, the title, and the finding as far as it has room."""
    fig = Figure(figsize=(12, 6.3), dpi=100, facecolor=COLOUR["surface"])
    words = {"va": "top", "linespacing": 1.3, "color": COLOUR["text"], "fontproperties": FontProperties(fname=_face().name)}
    side = 0.1  # of the mark, as a part of the height; a card is wider than high
    points = [(0.057 + x / mark.SIZE * side * 6.3 / 12, 0.2 - y / mark.SIZE * side) for x, y in mark.POINTS]
    fig.add_artist(Polygon(points, closed=False, fill=False, edgecolor=COLOUR["text"], linewidth=5, joinstyle="miter", capstyle="butt"))
    fig.text(0.125, 0.143, "Beyond the Triangle", fontsize=26, **words | {"va": "center"})
    head = textwrap.wrap(title, 30)[:3]
    fig.text(0.06, 0.92, "\n".join(head), fontsize=48, **words | {"linespacing": 1.05})
    room = textwrap.wrap(finding, 60, max_lines=6 - len(head), placeholder=" …")
    fig.text(0.06, 0.85 - 0.115 * len(head), "\n".join(room), fontsize=28, **words | {"color": COLOUR["muted"]})
    drawn, packed = io.BytesIO(), io.BytesIO()
    fig.savefig(drawn, format="png", dpi=100)
    Image.open(drawn).convert("RGB").quantize(64).save(packed, "PNG", optimize=True)
    return packed.getvalue()
