"""The catalogue of the tables, made from data/datapackage.json alone, and the package as files and as one zip."""

from __future__ import annotations

import html
import io
import json
import re
import shutil
import zipfile
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd
from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from companion import data, evidence
from companion.figure import COLOUR, Card, table_html

ROOT = Path(__file__).resolve().parents[2]
FOLDER, ZIP = "data", "beyond-the-triangle-data.zip"  # in the built book
BESIDE = ("CITATION.cff", "LICENSE-CONTENT.md")  # of the project, but the tables must not travel without them
WHEN = ("year", "month", "period", "date", "start")  # fields that say when, and fields that say whose row it is, best first
WHOSE = ("series", "class", "topic", "kind", "creditor", "country", "partner", "source_id")
LINES, ROWS = 12, 5  # of a picture and of a preview


def setup(app: Sphinx) -> None:
    app.add_directive("catalogue", Catalogue)
    app.connect("html-page-context", _assets)
    app.connect("build-finished", _publish)


def _assets(app: Sphinx, pagename: str, templatename: str, context: dict, doctree) -> None:
    if 'class="filter"' in context.get("body", ""):
        app.add_css_file("catalogue.css", priority=900)  # after companion.css, whose tables it narrows
        app.add_js_file("catalogue.js", defer="defer")


def _publish(app: Sphinx, exception: Exception | None) -> None:
    if exception is None and app.builder.format == "html":
        folder, whole = Path(app.outdir) / FOLDER, files()
        shutil.rmtree(folder, ignore_errors=True)  # a table that is no more must not stay on top of an old build
        folder.mkdir(exist_ok=True)
        for name, content in {**whole, ZIP: zipped(whole)}.items():
            (folder / name).write_bytes(content)


# --- the package ------------------------------------------------------------------------------------------------

def describe() -> dict:
    """What datapackage.json says, of the folder that load() reads."""
    return json.loads((data._folder() / "datapackage.json").read_text("utf-8"))


def files() -> dict[str, bytes]:
    """Name to content of all that makes the package: tables, their description and story, citation and licence."""
    folder = data._folder()
    paths = [folder / name for name in ("datapackage.json", "README.md", *(r["path"] for r in describe()["resources"]))]
    return {path.name: path.read_bytes() for path in sorted([*paths, *(ROOT / name for name in BESIDE)],
                                                            key=lambda path: path.name)}


def zipped(whole: Mapping[str, bytes]) -> bytes:
    """The files as a zip that is the same whenever and wherever it is made.

    datapackage.json lies at the top, where programs that read a zipped Data Package look for it.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in sorted(whole):
            entry = zipfile.ZipInfo(name)  # dated 1980, the first day a zip knows
            entry.create_system, entry.external_attr = 3, 0o644 << 16  # a plain file, on Windows too
            archive.writestr(entry, whole[name], zipfile.ZIP_DEFLATED, compresslevel=9)
    return buffer.getvalue()


def source_fields(resource: Mapping, frame: pd.DataFrame) -> list[str]:
    """The fields of a table that name sources, some of them several in one cell with semicolons between."""
    keys = [field for foreign in resource["schema"].get("foreignKeys", [])
            if foreign["reference"]["resource"] == "sources" for field in foreign["fields"]]
    return [*keys, *frame.columns.intersection(["source_ids"])]


def resting() -> dict[str, Counter]:
    """Source id to {table: number of its rows that name the source}, tables as printed, before corrections."""
    found: dict[str, Counter] = {}
    for resource in describe()["resources"]:
        frame = data.load(resource["name"], corrected=False)
        named = frame[source_fields(resource, frame)].fillna("")
        for row in named.itertuples(index=False):
            for source in {part.strip() for cell in row for part in cell.split(";")} - {""}:
                found.setdefault(source, Counter())[resource["name"]] += 1
    return found


def rests(tables: Mapping[str, int], page: str = "") -> str:
    """What rests on a source, as HTML: its tables, linked to their place in the catalogue."""
    parts = (f'<a href="{page}#table-{name}">{name}</a> ({_many(count, "row")})'
             for name, count in tables.items())
    return f'On it rests: {", ".join(parts)}.'


# --- what a table covers ----------------------------------------------------------------------------------------

def coverage(frame: pd.DataFrame) -> tuple[str, pd.DataFrame] | None:
    """(field that tells the lines apart or "", frame of line and year, once for each row and year); None without years."""
    when = next((field for field in WHEN if field in frame), None)
    if when is None:
        return None
    spans = frame[when].astype("str").str.findall(r"(?<!\d)(?:1[89]|20)\d\d(?!\d)")
    years = spans.map(lambda found: list(range(int(found[0]), int(found[-1]) + 1)) if isinstance(found, list) and found else [])
    whose = next((field for field in WHOSE if field in frame and frame[field].nunique() > 1), "")
    lines = frame[whose].fillna("–") if whose else pd.Series("all rows", index=frame.index)
    covered = pd.DataFrame({"line": lines, "year": years}).explode("year").dropna()
    return (whose, covered.astype({"year": int})) if len(covered) else None


def runs(years: Iterable[int]) -> list[tuple[int, int]]:
    """Runs of years without a gap, as (first, last)."""
    found: list[tuple[int, int]] = []
    for year in sorted(set(years)):
        if found and year == found[-1][1] + 1:
            found[-1] = (found[-1][0], year)
        else:
            found.append((year, year))
    return found


def _span(first: int, last: int) -> str:
    return str(first) if first == last else f"{first} to {last}"


def picture(name: str, title: str, whose: str, covered: pd.DataFrame) -> Card:
    """Bars over the years that each line covers; what does not fit is drawn together as the last line."""
    order = list(covered["line"].value_counts().index)
    shown = order if len(order) <= LINES else order[:LINES - 1]
    rest = len(order) - len(shown)
    label = covered["line"].where(covered["line"].isin(shown), f"{rest} others")
    bars = {line: runs(covered["year"][label == line]) for line in [*shown, f"{rest} others"][:LINES]
            if (label == line).any()}
    first, last = covered["year"].min(), covered["year"].max()
    each = f", a line for each {whose}" if whose else ""
    run = max((run for line in shown for run in bars[line]), key=lambda run: run[1] - run[0])
    longest = [str(line) for line in shown if run in bars[line]]
    gaps = runs(set(range(first, last + 1)) - set(covered["year"]))
    fullest = covered["year"].value_counts()
    alt = (f"Bars over the years that {title} covers, {_span(first, last)}{each}. "
           + (f"Longest without a gap: {longest[0] if len(longest) == 1 else f'{len(longest)} lines'}, {_span(*run)}. " if whose else "")
           + f"Most rows are of {fullest.index[0]} ({fullest.iloc[0]:,}). "
           + (f"No row is of {', '.join(_span(*gap) for gap in gaps[:4])}{' and other years' * (len(gaps) > 4)}." if gaps
              else "Every year between has a row."))

    def draw(fig, narrow):
        ax = fig.subplots()
        for at, spans in enumerate(bars.values()):
            ax.broken_barh([(a - .5, b - a + 1) for a, b in spans], (at - .3, .6), color=COLOUR["muted"], linewidth=0)
        ax.set_yticks(range(len(bars)), bars)
        ax.set_ylim(len(bars) - .4, -.6)
        ax.set_xlim(min(first - .5, last - 4), last + .5)
        ax.locator_params(axis="x", nbins=4 if narrow else 9, integer=True)
        ax.spines["left"].set_visible(False)
        ax.tick_params(axis="y", length=0)

    return Card(name=f"coverage-{name}", title="", alt=alt, draw=draw, table=covered, sources=(), trust="",
                height=.4 + .21 * len(bars))


# --- the page ---------------------------------------------------------------------------------------------------

class Catalogue(SphinxDirective):
    """{catalogue}: the package to take away, a box that filters, and a section for each table; sources come last."""

    def run(self):
        package, whole = describe(), files()
        up = "../" * self.env.docname.count("/")
        used = self._uses()
        sections = []
        # A source is what the others lead to, and their list is long: it ends the page.
        for resource in sorted(package["resources"], key=lambda resource: resource["name"] == "sources"):
            name = resource["name"]
            section = nodes.section("", nodes.title("", resource["title"]), ids=[f"table-{name}"])
            frame = data.load(name, corrected=False)
            section += _raw(_about(resource, frame, len(whole[resource["path"]]), up))
            if name in used:
                links = [self._link(page) for page in used[name]]
                section += nodes.paragraph("", "Used in ", *_commas(links), nodes.Text("."))
            section += _raw(_fields(resource) + _codebook(resource) + _preview(resource) + _corrections(name))
            if name == "sources":
                section += _raw(_sources(frame, up))
            sections.append(section)
        return [_raw(_take(package, whole, up) + FILTER), *sections]

    def _uses(self) -> dict[str, list[str]]:
        """Table to the pages that read it: in a cell, or through the evidence of a chapter."""
        used: dict[str, list[str]] = {}
        for page in sorted(self.env.found_docs):
            path = self.env.doc2path(page)
            self.env.note_dependency(path)
            tables = set(re.findall(r'\bload\("(\w+)"', Path(path).read_text("utf-8")))
            try:
                tables |= set(evidence.chapter(page.removeprefix("chapters/")).frames())
            except ModuleNotFoundError:
                pass  # a page that computes nothing
            for table in tables:
                used.setdefault(table, []).append(page)
        return used

    def _link(self, page: str) -> nodes.Node:
        """A reference that Sphinx fills with the title of the page, which may not be read yet."""
        return addnodes.pending_xref("", nodes.inline("", page), refdomain="std", reftype="doc", refexplicit=False,
                                     refdoc=self.env.docname, reftarget=f"/{page}", refwarn=True)


def _raw(text: str) -> nodes.raw:
    return nodes.raw("", text, format="html")


def _commas(parts: list[nodes.Node]) -> list[nodes.Node]:
    return [node for part in parts for node in (nodes.Text(", "), part)][1:]


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'s' * (count != 1)}"


def _size(count: int) -> str:
    return f"{count:,} bytes" if count < 1000 else f"{count / 1000:,.0f} kB"


def _fold(summary: str, body: str) -> str:
    return f"<details><summary>{summary}</summary>{body}</details>"


FILTER = """<form class="filter" role="search" aria-label="Catalogue" hidden>
<label for="filter">Find a table, a field or a source</label>
<input id="filter" type="search" autocomplete="off" spellcheck="false"><output for="filter"></output></form>"""


def _take(package: dict, whole: Mapping[str, bytes], up: str) -> str:
    tables = [data.load(resource["name"], corrected=False) for resource in package["resources"]]
    licences = ", ".join(f'<a href="{html.escape(one["path"], quote=True)}">{html.escape(one["name"])}</a>'
                         for one in package["licenses"])
    rest = ", ".join(f'<a href="{up}{FOLDER}/{name}">{name}</a>' for name in whole if not name.endswith(".csv"))
    return f"""<p class="take"><a href="{up}{FOLDER}/{ZIP}" download>{ZIP}</a> ({_size(len(zipped(whole)))})<br>
{_many(len(tables), "table")} with {_many(sum(map(len, tables)), "row")}; version {html.escape(package["version"])}; {licences}</p>
<p>In it, and here one by one: the tables as CSV, {rest}.</p>"""


def _about(resource: dict, frame: pd.DataFrame, size: int, up: str) -> str:
    name, path = resource["name"], f"{up}{FOLDER}/{resource['path']}"
    facts = [f"<code>{name}</code>", _many(len(frame), "row"), _many(len(resource["schema"]["fields"]), "field")]
    if "source_id" in frame and name != "sources":
        facts.append(_many(frame["source_id"].nunique(), "source"))
    facts.append(f'<a href="{path}" download>{resource["path"]}</a> ({_size(size)})')
    # What it counts in a sentence or two; the reading rules of a long description wait in a fold.
    first, *more = re.split(r"(?<=[a-z)]\.) (?=[A-Z])", resource["description"])
    while more and len(first) + len(more[0]) < 250:
        first += " " + more.pop(0)
    text = f"<p>{html.escape(first)}</p>"
    if more:
        text += _fold("How to read it", f"<p>{html.escape(' '.join(more))}</p>")
    return f'<p class="facts">{" · ".join(facts)}</p><div class="about">{text}</div>' + _coverage(resource, frame)


def _coverage(resource: dict, frame: pd.DataFrame) -> str:
    found = coverage(frame)
    if found is None:
        return ""
    card = picture(resource["name"], resource["title"], *found)
    by = f", by <code>{found[0]}</code>" if found[0] else ""
    return (f'<figure class="coverage"><figcaption>Years covered{by}</figcaption><div class="card-wide">{card.svg()}</div>'
            f'<div class="card-narrow">{card.svg(narrow=True)}</div></figure>')


def _fields(resource: dict) -> str:
    """The fields as a list of terms, which a phone shows without scrolling sideways."""
    schema = resource["schema"]
    targets = {field: foreign["reference"]["resource"] for foreign in schema.get("foreignKeys", [])
               for field in foreign["fields"]}
    items = "".join(
        f'<div data-item="field"><dt><code>{field["name"]}</code> <span>{field["type"]}'
        f'{html.escape(", unit: " + field["unit"]) if "unit" in field else ""}</span></dt>'
        f"<dd>{html.escape(_sentence(field.get('description', '')))} <span>{_rules(field, schema, targets)}</span></dd></div>"
        for field in schema["fields"])
    return _fold("Fields", f'<dl class="fields">{items}</dl>')


def _sentence(text: str) -> str:
    """The text with a full stop, and a capital unless it begins with a code."""
    return (text[:1].upper() + text[1:] if re.match(r"[a-z]+[ ,;]", text) else text) + ("" if text.endswith(".") or not text else ".")


def _rules(field: dict, schema: dict, targets: Mapping[str, str]) -> str:
    """The constraints of a field in plain words, as HTML."""
    rule = dict(field.get("constraints", {}))
    least, most = rule.pop("minimum", None), rule.pop("maximum", None)
    said = ["part of the key"] if field["name"] in schema["primaryKey"] else []
    said += ["never empty"] if rule.pop("required", False) else ["may be empty"]
    if field["name"] in targets:
        other = targets[field["name"]]
        said.append(f'found in <a href="#table-{other}">{other}</a>')
    if least is not None and most is not None:
        said.append(f"{least} to {most}")
    elif least is not None or most is not None:
        said.append(f"{least} or more" if most is None else f"{most} or less")
    if "enum" in rule:
        said.append("one of " + ", ".join(html.escape(str(value)) for value in rule.pop("enum")))
    if "pattern" in rule:
        said.append(f'in the form <code>{html.escape(rule.pop("pattern"))}</code>')
    said += [html.escape(f"{name} {value}") for name, value in rule.items()]  # rare ones, as the schema has them
    return _sentence("; ".join(said))


def _preview(resource: dict) -> str:
    """A few rows from all over the table, as the file has them: nothing rounded."""
    cells = pd.read_csv(data._folder() / resource["path"], dtype="str", keep_default_na=False)
    cells = cells.iloc[sorted({round(i * (len(cells) - 1) / (ROWS - 1)) for i in range(ROWS)})]
    return _fold(f"{len(cells)} of its rows", table_html(cells.mask(cells == "")))


def _codebook(resource: dict) -> str:
    """The rules of the codebook, at the table whose fields it codes."""
    if "codebook" not in (one["name"] for one in describe()["resources"]):
        return ""
    rules = data.load("codebook").fillna("")
    if not set(rules["variable"]) <= {field["name"] for field in resource["schema"]["fields"]}:
        return ""
    items = "".join(
        f"<li><code>{row.variable}</code> is <code>{html.escape(row.code)}</code>, rule {row.rule_id}: "
        f"{html.escape(row.rule.rstrip('.'))}. <span>{html.escape(row.borderline)}</span></li>" for row in rules.itertuples())
    return _fold(f"Codebook: {_many(len(rules), 'rule')}, with cases at the border", f'<ul class="rules">{items}</ul>')


def _corrections(name: str) -> str:
    known = data.load("corrections").query("table == @name").fillna("")
    items = "".join(f"<li>{html.escape(_sentence(row.reason))} <span>{_treatment(row)}</span></li>" for row in known.itertuples())
    return _fold(f"{_many(len(known), 'known error')} of its sources", f'<ul class="errors">{items}</ul>') if len(known) else ""


def _treatment(row) -> str:
    """What is done about a known error, and in which rows, as HTML."""
    printed = f" {html.escape(row.printed)}" if row.printed else ""
    instead = f" by {html.escape(row.corrected)}" if row.corrected else ""
    where = html.escape(row.key.replace(";", "; "))
    return f"{row.status.capitalize()}: <code>{row.field}</code>{printed}{instead} where <code>{where}</code>."


def _sources(frame: pd.DataFrame, up: str) -> str:
    found = resting()
    items = "".join(
        f'<li data-item="source"><a href="{up}references.html#source-{row.source_id}">{html.escape(row.title)}</a>. '
        f"{html.escape(row.publisher)}{', ' + row.published[:4] if pd.notna(row.published) else ''}. "
        f"{rests(found.get(row.source_id, {}))}</li>" for row in frame.sort_values("source_id").itertuples())
    return f'<ul class="sources">{items}</ul>'
