"""Figure cards: a finding, its picture, its numbers, its sources, in one accessible piece of HTML."""

from __future__ import annotations

import functools
import html
import io
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import matplotlib
import pandas as pd
from matplotlib.figure import Figure

from companion.data import load

# Read once: an exploration draws a hundred pictures.
STYLE = dict(matplotlib.rc_params_from_file(Path(__file__).with_name("style.mplstyle"), use_default_template=False))

# One colour per actor, and the greys of the page, on the light and on the dark ground.
# Labels are drawn in these too, so each keeps 4.5:1 on its own ground; and they were moved as little as was needed for any two
# to be told apart by eyes that lack one of the three kinds of cone (tests/test_figure.py).
ACTORS = {
    "CHN": ("#991b18", "#f88577"),
    "KOR": ("#2067cd", "#9fc5fd"),
    "RUS": ("#58398f", "#a98df6"),
    "JPN": ("#976302", "#e8b344"),
    "USA": ("#006e5c", "#57bfa5"),
    "EU28": ("#6a1557", "#ce97c6"),
    "band": ("#f3e3b3", "#4a4327"),
}
# These belong to the page (book/static/theme.css); a test keeps the two alike.
GROUND = {
    "text": ("#1f2428", "#e7e4dd"),
    "muted": ("#484e55", "#aeb1b1"),
    "line": ("#dcd7cd", "#3a3f45"),
    "surface": ("#fdfcf9", "#16191c"),
}
PALETTE = ACTORS | GROUND
COLOUR = {name: light for name, (light, _) in PALETTE.items()}
PERCENT = "\u202f%"  # a narrow space that does not break
WIDE, NARROW = 7.2, 3.5  # inches; the narrow drawing is what a phone shows


def percent(value: float, digits: int = 1) -> str:
    """A share as the prose prints it."""
    return f"{value:.{digits}f}{PERCENT}"


def palette_css() -> str:
    """CSS that gives every actor's colour a value on light and on dark pages."""
    def block(i):
        return "".join(f"--c-{name}:{pair[i]};" for name, pair in ACTORS.items())
    return (f":root{{{block(0)}}}html[data-theme=dark]{{{block(1)}}}"
            f"@media(prefers-color-scheme:dark){{html:not([data-theme=light]){{{block(1)}}}}}")


def fixed_axes(fig: Figure, left: float = 0.05, right: float = 0.98, bottom: float = 0.09, top: float = 0.88, **grid):
    """Axes (as of `fig.subplots`) with fixed margins: the frame stays put from state to state, and drawing takes half the time."""
    fig.set_layout_engine(None)
    return fig.subplots(gridspec_kw={"left": left, "right": right, "bottom": bottom, "top": top}, **grid)


def mark_number(ax, text: str, x: float, y: float, colour: str, above: bool = True, right: bool = False) -> None:
    """A number beside its mark, on a patch of the page's ground so that no line runs through it."""
    ax.annotate(text, (x, y), (6 if right else 0, 12 if above else -22), textcoords="offset points",
                ha="right" if right else "center", color=colour, fontsize=11, weight="bold",
                bbox={"fc": COLOUR["surface"], "ec": "none", "pad": 1.2})


@dataclass(frozen=True)
class Card:
    """One figure and all that a reader needs to judge it.

    name: stable id; title: the finding, as a sentence; alt: what is shown and what it says;
    draw: fills a matplotlib Figure, told whether it is the narrow one; table: the numbers drawn;
    sources: source ids; trust: how far to trust this; sentence: what to read off (may be empty);
    height: of the picture, in inches.
    """

    name: str
    title: str
    alt: str
    draw: Callable[[Figure, bool], None]
    table: pd.DataFrame
    sources: Sequence[str]
    trust: str
    sentence: str = ""
    height: float = 3.9
    _drawn: dict[bool, str] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self):
        if len(self.alt.split()) < 8 or re.search(r"\.(svg|png|jpe?g)\b", self.alt):
            raise ValueError(f"Figure {self.name}: the alt text says too little; write eight words or more that say "
                             "what is shown and what it says.")

    def figure(self, narrow: bool = False) -> Figure:
        """The matplotlib figure, 7.2 inches wide, or 3.5 when narrow."""
        with matplotlib.rc_context(STYLE):
            fig = Figure(figsize=(NARROW if narrow else WIDE, self.height), layout="constrained")
            self.draw(fig, narrow)
        return fig

    def svg(self, narrow: bool = False) -> str:
        """The picture as an `<svg>` element that follows the page's colours; drawn once, for it takes a tenth of a second."""
        if narrow not in self._drawn:
            self._drawn[narrow] = self._draw_svg(narrow)
        return self._drawn[narrow]

    def _draw_svg(self, narrow: bool) -> str:
        with matplotlib.rc_context(STYLE | {"svg.hashsalt": f"{self.name}{'n' if narrow else 'w'}"}):
            buffer = io.StringIO()
            self.figure(narrow).savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
        return _inline(buffer.getvalue(), self.alt)

    def _repr_html_(self) -> str:
        return self.html(live=os.environ.get("COMPANION_FRONT_END") != "static")

    def __repr__(self) -> str:
        return f"{self.title}\n{self.alt}"

    def html(self, live: bool = False) -> str:
        """The whole card as a `<figure>` element; `live` for a notebook, which has no stylesheet or script of the book."""
        name = html.escape(self.name)
        picture = f'<div class="card-picture card-wide">{self.svg()}</div>'
        if not live:
            picture += f'\n<div class="card-picture card-narrow">{self.svg(narrow=True)}</div>'
        title = html.escape(self.title, quote=True)
        buttons = "".join(f'<button type="button" data-download="{kind}" disabled>{label}</button>'
                          for kind, label in DOWNLOADS.items())
        buttons = f'<div class="card-downloads" role="group" aria-label="Take this figure with you">{buttons}</div>'
        return f"""<figure class="card" id="fig-{name}" data-name="{name}"{LIVE_STYLE if live else ""}>
<figcaption><span class="card-number"></span> <span class="card-title">{title}</span></figcaption>
{picture}
<p class="card-sentence">{html.escape(self.sentence)}</p>
<div class="card-sources">{source_links(self.sources, live)}</div>
<details class="card-trust"><summary>How far to trust this</summary><p>{html.escape(self.trust)}</p></details>
<details class="card-table"><summary>The numbers</summary><div class="card-scroll" tabindex="0" role="region" \
aria-label="The numbers: {title}">{table_html(self.table)}</div></details>
{"" if live else buttons}
</figure>"""


# The drawing's own colours are those of a white page, whatever the notebook's theme.
LIVE_STYLE = ' style="background:#fdfcf9;color:#1f2428;max-width:44rem;margin:0;padding:1rem;font-family:sans-serif"'
DOWNLOADS = {"csv": "Numbers (CSV)", "svg": "Picture (SVG)", "png": "Picture (PNG)", "bib": "Citation (BibTeX)",
             "zip": "All of it (zip)"}


@dataclass(frozen=True)
class Table:
    """A frame shown whole, with a caption, in a box that scrolls when it is wider than the page."""

    frame: pd.DataFrame
    caption: str

    def __repr__(self) -> str:
        return f"{self.caption}\n{self.frame.to_string(index=False)}"

    def _repr_html_(self) -> str:
        caption = html.escape(self.caption, quote=True)
        # The caption stands outside the box that scrolls: inside, a phone would cut it off with the table.
        table = table_html(self.frame).replace("<table>", f'<table aria-label="{caption}">', 1)
        return (f'<figure class="table"><figcaption>{caption}</figcaption>'
                f'<div class="card-scroll table" tabindex="0" role="region" aria-label="{caption}">{table}</div></figure>')


def show(frame: pd.DataFrame, caption: str) -> Table:
    """The frame as a table of the book: every row, gaps as a dash, a caption that says what it holds."""
    return Table(frame, caption)


class Html(str):
    """Text that is HTML already, such as a link in a cell of a table; its address is as seen from the folder of the chapters."""


def table_html(table: pd.DataFrame) -> str:
    """The frame as a plain table: numbers with one decimal, gaps as a dash, the first column as row headers."""
    heads = "".join(f'<th scope="col">{html.escape(str(name))}</th>' for name in table.columns)
    # pandas marks row headers only for its index, whose own name would then stand in a row of its own.
    rows = "".join("<tr>" + "".join(_cell_html(i, value) for i, value in enumerate(row)) + "</tr>"
                   for row in table.itertuples(index=False))
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"


def _cell_html(column: int, value) -> str:
    text = _cell(value)
    seen = re.sub(r"<[^>]+>", "", text) if isinstance(value, Html) else text
    number = pd.api.types.is_number(value) and not pd.api.types.is_bool(value) and not pd.isna(value)
    # Figures line up at the right; long text keeps a width at which it can be read, and the box scrolls.
    kind = (' class="n"' if number and column else ' class="long"' if len(seen) > 40 else
            ' class="day"' if re.fullmatch(r"\d{4}-\d\d(-\d\d)?", text) else "")  # a date must not break at its hyphens
    return f'<th scope="row"{kind}>{text}</th>' if column == 0 else f"<td{kind}>{text}</td>"


def _cell(value) -> str:
    if isinstance(value, Html):
        return value
    if pd.api.types.is_bool(value):
        return "yes" if value else "no"
    if pd.isna(value):
        return "–"
    return f"{value:,.1f}" if isinstance(value, float) else html.escape(str(value))


def link(text: str, href: str) -> Html:
    """A link in the book; the text alone in a live notebook, which has no pages beside it."""
    text = html.escape(text, quote=False)
    return Html(f'<a href="{html.escape(href, quote=True)}">{text}</a>' if os.environ.get("COMPANION_FRONT_END") == "static" else text)


@functools.cache
def _sources() -> dict[str, tuple[str, str]]:
    """Source id to (publisher and year, address)."""
    return {row.source_id: (f"{row.publisher}, {row.published[:4]}" if row.published else row.publisher, row.url)
            for row in load("sources").fillna("").itertuples()}


def source_links(ids: Sequence[str], live: bool = False, shown: int = 3) -> str:
    """Links into the references page, or in a live notebook to the sources themselves; beyond the first few folded."""
    if not ids:
        return "Sources: none"
    labels = {_sources()[i][0]: i for i in reversed(ids)}  # one link for the several pages of one publisher and year
    links = [f'<a href="{html.escape(_sources()[i][1] if live else f"../references.html#source-{i}", quote=True)}">'
             f"{html.escape(label)}</a>" for label, i in reversed(labels.items())]
    if len(links) <= shown + 1:
        return "Sources: " + "; ".join(links)
    return ("Sources: " + "; ".join(links[:shown])
            + f"<details><summary>and {len(links) - shown} more sources</summary>{'; '.join(links[shown:])}</details>")


_VARIABLE = {light: f"var(--c-{name}, {light})" for name, (light, _) in PALETTE.items()}
_HEX = re.compile("|".join(_VARIABLE))


def _inline(svg: str, alt: str) -> str:
    """Make matplotlib's SVG fit to stand inside a page: no prolog, no page-wide style, no stray ids."""
    svg = svg[svg.index("<svg"):]
    svg = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>|<metadata>.*?</metadata>|<!--.*?-->", "", svg, flags=re.S)
    used = set(re.findall(r'(?:xlink:href="#|url\(#)([^")]+)', svg))
    svg = re.sub(r' id="([^"]+)"', lambda m: m[0] if m[1] in used else "", svg)
    svg = svg.replace("xlink:href", "href")
    # The page's own font: matplotlib's family names would pin every label to a font no phone has.
    svg = re.sub(r"font-family: [^;\"]*;? ?", "", svg)
    svg = re.sub(r"font: (?:(\d+|bold) )?([\d.]+px) [^;\"]*",
                 lambda m: f"font-size: {m[2]}" + (f"; font-weight: {m[1]}" if m[1] else ""), svg)
    box = re.search(r'viewBox="[^"]+"', svg)[0]
    svg = re.sub(r"^<svg[^>]*>", f'<svg {box} role="img" aria-label="{html.escape(alt, quote=True)}">', svg)
    # A hundredth of a point is finer than any screen; the six digits of matplotlib are a tenth of an exploration's weight.
    svg = re.sub(r"-?\d+\.\d{3,}", lambda m: f"{float(m[0]):.2f}".rstrip("0").rstrip("."), svg)
    svg = re.sub(r"\n\s+", "\n", svg)
    return _HEX.sub(lambda m: _VARIABLE[m[0]], svg).strip()
