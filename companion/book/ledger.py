"""The ledger of all claims, and a page for each, made from the records that companion.exports gives."""

from __future__ import annotations

import functools
import hashlib
import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import yaml
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective

from companion import argument, claims, data, exports
from companion.book import catalogue, lists, narrow, outputs
from companion.evidence import how_it_fits
from companion.figure import source_links, table_html

FOLDER = "claims"  # in the built book
DATES = {"then": "On what was published by 30 September 2014", "now": "On all we have"}
ROWS = 30  # of a table, on a claim's page

# What a reader can ask for: name in the address, words, and the verdicts that belong to it.
GROUPS = {
    "borne-out": ("borne out", (claims.BORNE_OUT,)),
    "fits": ("fits in time", (claims.TIMING_FITS,)),
    "true": ("forecast came true", (claims.CAME_TRUE, claims.CAME_TRUE_REASON_OPEN)),
    "divided": ("divided: counts or parts disagree", ()),
    "none": ("not borne out, does not fit, did not come true",
             (claims.NOT_BORNE_OUT, claims.TIMING_DOES_NOT_FIT, claims.DID_NOT_COME_TRUE)),
    "untestable": ("not testable with open data", (claims.NOT_TESTABLE,)),
    "not-scored": ("not scored", (claims.READING, claims.LEFT_OPEN, claims.UNFALSIFIABLE, claims.CONDITION_NOT_MET)),
    "not-due": ("not due yet", (claims.NOT_DUE,)),
}
KINDS = {
    "fact": "something that happened or was so, which a report can show or refute",
    "measure": "how much, how many or how often, which figures can show or refute",
    "reading": "what leaders think, want or fear; dates can fit it, and no table can show it",
    "cause": "why something happened; dates can fit it, and no table can show it",
    "forecast": "what will or may come; only what came later can tell",
    "open": "the essay leaves it open, so there is nothing to score",
    "thesis": "it has no data of its own and is worth what it rests on",
}
LIMIT = "limit, %"  # the choice of a claim that depends on the limit
HEDGE = "The verdict is on the plain claim; the hedge stands beside it and does not move it."


def setup(app: Sphinx) -> None:
    app.add_directive("ledger", Ledger)
    app.connect("html-collect-pages", _pages)
    app.connect("html-page-context", _assets)


def _assets(app: Sphinx, pagename: str, templatename: str, context: dict, doctree) -> None:
    if 'class="choices"' in context.get("body", "") or pagename.startswith(f"{FOLDER}/"):
        app.add_css_file("ledger.css", priority=900)
    if pagename.startswith(f"{FOLDER}/"):
        app.add_js_file("claim.js", defer="defer")


# --- words --------------------------------------------------------------------------------------------------------

def groups(verdict: Mapping) -> list[str]:
    """The names under which one of a record's two verdicts is found: of GROUPS, and its value in the argument."""
    words = set(verdict.get("parts", {}).values()) or {verdict["verdict"]}
    divided = len(words) > 1 or any(re.search(r" under \d+ of \d+ counts$", word) for word in words)
    return [name for name, (_, ends) in GROUPS.items() if words & set(ends) or (divided and name == "divided")] + [verdict["value"]]


def kind(record: Mapping) -> str:
    """ "a measure", "an open question" ... """
    word = claims.KINDS.get(record["kind"], record["kind"])
    return f"{'an' if word[0] in 'aeiou' else 'a'} {word}"


def place(record: Mapping) -> str:
    """Where in the essay: "paragraph 9, sentence 32", or "the title"."""
    if not record["paragraph"]:
        return "the title"
    numbers = [str(n) for n in record["sentences"]]
    sentences = f", sentence{'s' * (len(numbers) > 1)} {_and(numbers)}" if numbers else ""  # an implied claim has none
    return f"paragraph {record['paragraph']}{sentences}"


def finding(found: Mapping) -> str:
    """What the counts of one date say together, in one sentence."""
    n, m, all_ = found["supporting"], found["voting"], len(found["counts"])
    if not all_:
        return "What was known then allows no count."
    if not _summed(found):
        return f"{_many(all_, 'count')} under several limits. Each limit has a verdict of its own, and no sum is made of them."
    if not m:
        return f"None of {_many(all_, 'count')} has both a vote and an answer."
    silent = sum(count["votes"] for count in found["counts"]) - m
    parts = [f"{n} of {_many(m, 'count')} with a vote support{'s' if n == 1 else ''} the claim"]
    parts += [f"{silent} give{'s' if silent == 1 else ''} no answer"] if silent else []
    parts += [f"{all_ - m - silent} more {'has' if all_ - m - silent == 1 else 'have'} no vote"] if all_ > m + silent else []
    return f"{_and(parts)}."


def _summed(found: Mapping) -> bool:
    """Whether the counts are one sum: where the wording names no limit, the counts of each limit stand for themselves."""
    return LIMIT not in found["choices"]


def counted(record: Mapping) -> list[tuple[str, Mapping]]:
    """(title, verdict) of each date that has counts; one for both if they are the same."""
    found = [(title, record[date]) for date, title in DATES.items() if "counts" in record[date]]
    if len(found) == 2 and found[0][1]["counts"] == found[1][1]["counts"]:
        return [("The counts, the same on both dates", found[1][1])]
    return found


def _and(parts: Sequence[str], word: str = "and") -> str:
    return f" {word} ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'s' * (count != 1)}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _p(lead: str, text: str | None, searched: bool = False) -> str:
    text = html.escape(text or "", quote=False)
    return text and f"<p><b>{lead}:</b> {f'<span data-words>{text}</span>' if searched else text}</p>"


# --- the picture of all choices -----------------------------------------------------------------------------------

STEP = 10  # pixels from one mark to the next
# Zero-length strokes with round caps are dots: the lightest way to draw them. Hollow ones are a dot in a dot.
DOT, DASH = "M{} 5h.01", "M{} 5h6"


def picture(found: Mapping) -> str:
    """All counts of a finding as marks in a row, and under it the marks of each option of each choice, as HTML.

    Filled: supports; hollow: does not; dash: no answer. Counts without a vote come last, smaller.
    """
    if not found["counts"]:
        return ""
    rank = {True: 0, False: 1, None: 2}
    counts = sorted(found["counts"], key=lambda count: (not _votes(count), rank[count["outcome"]]))
    voting = sum(map(_votes, counts))
    columns = [(STEP // 2 + STEP * (i + (0 < voting <= i)), count) for i, count in enumerate(counts)]
    width = columns[-1][0] + STEP // 2
    turning = found["depends_on"]
    choices = [*turning, *(c for c in found["choices"] or ["family"] if c not in turning)]
    rows = "".join(_choice(choice, columns, width, choice in turning, _summed(found) or choice == LIMIT) for choice in choices)
    label = f"A mark for each count. {finding(found)}"
    return (f'<div class="choices" style="--w:{width}px"><div class="option all"><b>All counts</b>'
            f'{_marks(columns, width, label)}<span>{_share([c for _, c in columns]) if _summed(found) else ""}</span></div>{rows}</div>')


def _votes(count: Mapping) -> bool:
    return count["votes"] and count["outcome"] is not None


def _choice(choice: str, columns: Sequence, width: int, turns: bool, summed: bool) -> str:
    values = dict.fromkeys(count.get(choice) for _, count in columns)
    if all(isinstance(value, (int, float)) for value in values):
        values = sorted(values)
    options = dict.fromkeys(map(_option, values))
    if len(options) < 2:
        return ""
    note = " <span>(alone it can turn the outcome)</span>" if turns else ""
    lines = "".join(
        f'<li class="option"><span>{html.escape(option)}</span>{_marks(picked, width)}<span>{_share([c for _, c in picked]) if summed else ""}</span></li>'
        for option in options
        if (picked := [(x, count) for x, count in columns if _option(count.get(choice)) == option]))
    return f"<p><b>{html.escape(_capital(claims.HEADS.get(choice, choice)))}</b>{note}</p><ul>{lines}</ul>"


def _option(value) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    return "–" if value is None else "yes" if value is True else "no" if value is False else claims.FAMILIES.get(value, str(value))


def _share(counts: Sequence[Mapping]) -> str:
    voting = [count for count in counts if _votes(count)]
    return f"{sum(count['outcome'] for count in voting)} of {len(voting)}" if voting else "no vote"


def _marks(columns: Iterable[tuple[int, Mapping]], width: int, label: str = "") -> str:
    drawn: dict[str, str] = {}
    for x, count in columns:
        kind = "none" if count["outcome"] is None else "yes" if count["outcome"] else "no"
        path = (DASH if kind == "none" else DOT).format(x - 3 * (kind == "none"))
        for layer in (kind, "in") if kind == "no" else (kind,):
            name = f"{layer} small" if not _votes(count) else layer
            drawn[name] = drawn.get(name, "") + path
    paths = "".join(f'<path class="{name}" d="{path}"/>' for name, path in drawn.items())
    named = f'role="img" aria-label="{html.escape(label, quote=True)}"' if label else 'aria-hidden="true"'
    return f'<svg viewBox="0 0 {width} {STEP}" width="{width}" height="{STEP}" {named}>{paths}</svg>'


LEGEND = """<p class="legend">Each mark is one count:
<svg viewBox="0 0 10 10" width="10" height="10" aria-hidden="true"><path class="yes" d="M5 5h.01"/></svg> filled, it supports the claim;
<svg viewBox="0 0 10 10" width="10" height="10" aria-hidden="true"><path class="no" d="M5 5h.01"/><path class="in" d="M5 5h.01"/></svg> hollow, it does not;
<svg viewBox="0 0 10 10" width="10" height="10" aria-hidden="true"><path class="none" d="M2 5h6"/></svg> a dash, it gives no answer.
Small marks, set apart, have no vote.
Below stand the choices of the counts, to see which divides them.</p>"""


# --- parts that the ledger and a claim's page share ---------------------------------------------------------------

def verdicts(record: Mapping) -> str:
    """Both verdicts side by side, each with its value in the argument; a conclusion's verdict is that value."""
    def told(verdict):
        return claims.mark(verdict["value"]) + html.escape(" ·\xa0".join(dict.fromkeys([verdict["verdict"], verdict["value"]])), quote=False)
    return '<dl class="claim-verdicts">' + "".join(
        f"<div><dt>{title}</dt><dd>{told(record[date])}</dd></div>" for date, title in DATES.items()) + "</dl>"


def why(verdict: Mapping) -> str:
    """The rule that gave a verdict, and what the claim is worth in the argument and why."""
    value = "is shaky" if verdict["value"] == argument.SHAKY else verdict["value"]
    return f"{_p('Rule', verdict['rule'])}{_p('In the argument', verdict['reason'] or f'It {value}; it rests on no other claim.')}"


def measured(verdict: Mapping) -> str:
    return _p("Measured", verdict.get("measure")) + _p("Threshold", verdict.get("threshold"))


def criteria(record: Mapping, searched: bool = False) -> str:
    return (_p("For", record["would_support"], searched) + _p("Against", record["would_count_against"], searched)
            + _p("Test", record["test"], searched) + _p("Note", record["note"], searched))


def sources(record: Mapping) -> list[str]:
    """The sources of both findings, each once."""
    return list(dict.fromkeys(source for date in DATES for source in record[date].get("sources", [])))


@functools.cache
def _tables() -> dict[str, tuple[dict, pd.DataFrame]]:
    return {resource["name"]: (resource, data.load(resource["name"])) for resource in catalogue.describe()["resources"]}


def _tables_read(record: Mapping, up: str) -> Iterator[str]:
    for name in record["tables"]:
        resource, frame = _tables()[name]
        yield (f'<a href="{up}catalogue.html#table-{name}">{name}</a> ({_many(len(frame), "row")}, '
               f'<a href="{up}{catalogue.FOLDER}/{resource["path"]}" download>CSV<span class="visually-hidden"> of {name}</span></a>)')


def _chapter(record: Mapping, env: BuildEnvironment, up: str) -> str:
    """The claim's chapter with a link to the place where it is tested; its name alone in a book without that chapter."""
    page, name = f"chapters/{record['chapter']}", record["chapter"].replace("-", " ").capitalize()
    return f'<a href="{up}{page}.html#claim-{record["id"]}">{name}</a>' if page in env.found_docs else name


# --- the ledger ---------------------------------------------------------------------------------------------------

class Ledger(SphinxDirective):
    """{ledger}: the form, and every claim by paragraph, the title last."""

    def run(self):
        records = outputs.claims(self.env)
        up = "../" * self.env.docname.count("/")
        options = {
            "chapter": {r["chapter"]: r["chapter"].replace("-", " ") for r in records},
            "kind": {k: claims.KINDS.get(k, k) for k in KINDS},
            "verdict": {"In words": {name: words for name, (words, _) in GROUPS.items()},
                        "In the argument": {value: value for value in reversed(argument.VALUES)}},
        }
        asof = narrow.select("asof", "Filter by the verdict", {"then": "of September 2014"}, "Of today", picks="verdict")
        controls = "".join(asof * (name == "verdict") + narrow.select(name, name.capitalize(), options[name]) for name in options)
        form = narrow.form("Ledger", controls, "section[id^=paragraph-], #title", ".ledger > li", "claim", len(records))
        parts = [nodes.raw("", form, format="html")]
        for paragraph in sorted({r["paragraph"] for r in records}, key=lambda p: p or 99):
            title, ident = (f"Paragraph {paragraph}", f"paragraph-{paragraph}") if paragraph else ("The title", "title")
            section = nodes.section("", nodes.title("", title), ids=[ident])
            rows = "".join(_row(r, self.env, up) for r in records if r["paragraph"] == paragraph)
            section += nodes.raw("", f'<ul class="ledger">{rows}</ul>', format="html")
            parts.append(section)
        return parts


def _row(record: Mapping, env: BuildEnvironment, up: str) -> str:
    ident, page = record["id"], f"{up}{FOLDER}/{record['id']}.html"
    statement = html.escape(record["statement"], quote=False)
    pictures = "".join(f"<h4>{title}</h4><p>{finding(found)}</p>{picture(found)}" for title, found in counted(record))
    pictures = pictures and LEGEND + pictures
    whys = {title: why(record[date]) for date, title in DATES.items()}
    if len(set(whys.values())) == 1:
        whys = {"The rule, the same on both dates": why(record["now"])}
    whys = "".join(f"<h4>{title}</h4>{text}" for title, text in whys.items())
    read = _and(list(_tables_read(record, up)))
    named = sources(record)
    more = f'; <a href="{page}#data">all {len(named)}</a>.' if len(named) > 3 else "."
    return f"""<li id="{ident}" data-chapter="{record['chapter']}" data-kind="{record['kind']}" \
data-verdict="{' '.join(groups(record['now']))}" data-verdict-then="{' '.join(groups(record['then']))}">
<h3 class="claim-text" data-words><a href="{page}">{statement}</a></h3>
<p class="claim-how">{_capital(kind(record))}, {claims.HEDGES[record['hedge']]}: <span data-words>{html.escape(record['label'], quote=False)}</span>.</p>
{verdicts(record)}
<details><summary>Why this verdict<span class="visually-hidden">: {statement}</span></summary>
{criteria(record, searched=True)}{pictures}{whys}
{f"<p>The test reads {read}.</p>" if read else ""}
{f"<p>{source_links(named[:3])}{more}</p>" if named else ""}
<p>Chapter {_chapter(record, env, up)}; <a href="{page}">the claim's own page<span class="visually-hidden">: {statement}</span></a>.</p></details></li>"""


# --- a page for each claim ----------------------------------------------------------------------------------------

def _pages(app: Sphinx) -> Iterator[tuple[str, dict, str]]:
    """Sphinx hook on `html-collect-pages`, called when something has changed: a page for each claim."""
    records = outputs.claims(app.env)
    there = {path.stem: path for path in (Path(app.outdir) / FOLDER).glob("*.html")}
    for name in there.keys() - {record["id"] for record in records}:
        there.pop(name).unlink()  # of a claim that is no more
    made, shown = Path(app.doctreedir) / "claims.made", _shown(app)
    if len(there) == len(records) and made.exists() and made.read_text() == shown:
        return
    ties, labels = _ties(), {record["id"]: record["label"] for record in records}
    for before, record, after in zip([None, *records[:-1]], records, [*records[1:], None], strict=True):
        name = f"{FOLDER}/{record['id']}"
        yield name, {
            "title": _capital(record["label"]), "body": _body(record, app, ties, labels),
            "prev": _neighbour(before), "next": _neighbour(after),
            "metatags": f'<meta name="description" content="{html.escape(_description(record), quote=True)}" />',
        }, "page.html"
    made.write_text(shown)


def _shown(app: Sphinx) -> str:
    """A name for all that the pages show: data and package, settings, citation, and the book's contents around them."""
    env, root = app.env, Path(app.srcdir)
    around = [(page, env.titles[page].astext(), env.metadata[page].get(lists.EXPLORATIONS)) for page in sorted(env.found_docs)]
    files = [(root / name).read_bytes() for name in ("_config.yml", "CITATION.cff")]
    shown = [app.config.companion_fingerprint, app.config.html_baseurl, files, env.toctree_includes, around]
    return hashlib.sha256(repr(shown).encode()).hexdigest()


def _neighbour(record: Mapping | None) -> dict | None:
    return record and {"link": f"{record['id']}.html", "title": html.escape(_capital(record["label"]), quote=False)}


def _description(record: Mapping) -> str:
    then, now = record["then"]["verdict"], record["now"]["verdict"]
    said = f"By September 2014 and today: {now}." if then == now else f"As of September 2014: {then}. Today: {now}."
    return f"{record['statement']} {said}"


def _ties() -> dict[str, dict[str, argument.Joint]]:
    return {coding: argument.joints(ties) for coding, ties in data.load("argument").groupby("coding")}


def _body(record: Mapping, app: Sphinx, ties: Mapping, labels: Mapping[str, str]) -> str:
    e = functools.partial(html.escape, quote=False)
    quoted = f" Its wording that is tested: “{e(record['phrase'])}”." if record["phrase"] else ""
    hedge = "" if record["kind"] == "open" else f" {HEDGE}"
    return f"""<h1>{e(_capital(record["label"]))}</h1>
<p class="claim-back"><a href="../ledger.html#{record["id"]}">The ledger</a> · {place(record)} · chapter {_chapter(record, app.env, "../")}</p>
<p class="claim-statement">{e(record["statement"])}</p>
<dl class="claim-facts"><div><dt>Kind</dt><dd>{_capital(kind(record))}: {KINDS[record["kind"]]}.</dd></div>
<div><dt>How firmly</dt><dd>{_capital(claims.HEDGES[record["hedge"]])}.{hedge}{quoted}</dd></div></dl>
<section><h2 id="verdicts">Both verdicts</h2>{_dates(record)}
<p><a href="../verdicts.html">How a verdict is reached</a></p></section>
<section><h2 id="criteria">What would count</h2>{criteria(record)}</section>
{_counts(record)}
{_argument(record, app.env, ties, labels)}
{_data(record)}
<section><h2 id="chapter">In the chapters</h2>{_explorations(record, app.env)}</section>
{_cite(record, app.config.html_baseurl)}
<script type="application/ld+json">{_json_ld(record, app.config.html_baseurl)}</script>"""


def _dates(record: Mapping) -> str:
    """Both verdicts with what gave them, side by side; what was measured once, if it is the same on both dates."""
    once = measured(record["then"]) == measured(record["now"])
    cells = "".join(
        f'<section><h3>{title}</h3><p class="claim-verdict">{claims.mark(record[date]["value"])}{html.escape(record[date]["verdict"], quote=False)}</p>'
        f'{why(record[date])}{"" if once else measured(record[date])}</section>' for date, title in DATES.items())
    return f'<div class="claim-dates">{cells}</div>{measured(record["now"]) if once else ""}'


def _counts(record: Mapping) -> str:
    parts = []
    for title, found in counted(record):
        parts.append(f"<section><h3>{title}</h3><p>{finding(found)}</p>{picture(found)}")
        if found["counts"]:
            # As objects: a column with a gap would turn its years into numbers with decimals.
            table = claims.counts_html(pd.DataFrame(found["counts"], dtype=object))
            parts.append(f'<details><summary>Every count as a table<span class="visually-hidden">: {title}</span></summary>'
                         f'<div class="card-scroll" tabindex="0" role="region" aria-label="Every count: {title}">{table}</div></details>')
        parts.append("</section>")
    return f'<section><h2 id="counts">Every count</h2>{LEGEND}{"".join(parts)}</section>' if parts else ""


def _link(claim_id: str, labels: Mapping[str, str]) -> str:
    return f'<a href="{claim_id}.html">{html.escape(labels[claim_id], quote=False)}</a>'


def _joined(joint: argument.Joint | str, labels: Mapping[str, str]) -> str:
    """A joint in words: "a, b and one of c or d"."""
    if isinstance(joint, str):
        return _link(joint, labels)
    parts = [_joined(part, labels) for part in joint.parts]
    return f"any one of ({_and(parts, 'or')})" if joint.join == "any" else _and(parts)


CODINGS = {"settled": "In the settled coding", "first": "In the first coding"}
OTHER = {"explains": "explains", "restates": "says again", "supports": "supports", "contradicts": "contradicts",
         "stands_in_for": "stands in for"}


@functools.cache
def _under(coding: str) -> frozenset[str]:
    """The conclusion and every claim under it."""
    return frozenset(how_it_fits.under(how_it_fits.bearing(how_it_fits.frames(), coding)))


def on_the_map(claim: str) -> str:
    """A link to the map where this claim falls, in the coding in which the conclusion rests on it; without one, a sentence."""
    coding = next((coding for coding in CODINGS if claim in _under(coding)), None)
    if coding is None:
        return "In neither coding does the conclusion rest on this claim."
    address = f"../argument-map.html?start=essay{'&amp;coding=first' * (coding == 'first')}&amp;set={claim}.falls#the-map"
    where = " in the first coding, since in the settled one the conclusion does not rest on it" if coding == "first" else ""
    return (f'<a href="{address}">Let it fall on the map of the argument</a>{where}: all else stands as the essay has it, '
            "and you see what follows.")


def _argument(record: Mapping, env: BuildEnvironment, ties: Mapping, labels: Mapping[str, str]) -> str:
    me, parts = record["id"], []
    for coding, title in CODINGS.items():
        joint = ties[coding].get(me)
        carried = [claim for claim, other in ties[coding].items() if me in other.claims()]
        rests = f"It needs {_joined(joint, labels)}." if joint else "It rests on no other claim."
        carries = f"On it {'rests' if len(carried) == 1 else 'rest'} {_and([_link(c, labels) for c in carried])}." if carried else "No other claim rests on it."
        parts.append(f"<p><b>{title}:</b> {rests} {carries}</p>")
    rows = data.load("argument").query("tie in @OTHER and (claim == @me or other == @me)")
    said = [f"{_link(row.claim, labels)} {OTHER[row.tie]} {_link(row.other, labels)}" for row in rows.itertuples()]
    if said:
        parts.append(f"<p><b>Ties that carry no strength:</b> {'; '.join(said)}.</p>")
    page, fits = "chapters/how-it-fits", ""
    if me in _under("settled") | _under("first") and page in env.found_docs:
        fits = f' What holds the conclusion up is the matter of the chapter <a href="../{page}.html">How it fits</a>.'
    return (f'<section><h2 id="argument">Its place in the argument</h2>{"".join(parts)}<p>{on_the_map(me)}{fits} '
            'Why there are <a href="../codings.html">two codings</a>.</p></section>')


def rows_of(name: str, named: Sequence[str]) -> pd.DataFrame:
    """The rows of a table that name one of these sources, without the columns that they leave empty."""
    resource, frame = _tables()[name]
    cells = frame[catalogue.source_fields(resource, frame)].fillna("")
    wanted = set(named)
    hit = [any(part.strip() in wanted for cell in row for part in str(cell).split(";")) for row in cells.itertuples(index=False)]
    return frame[hit].dropna(axis="columns", how="all")


def _data(record: Mapping) -> str:
    if not record["tables"]:
        return ""
    named = sources(record)
    parts = [f"<p>The test reads {_and(list(_tables_read(record, '../')))}.</p>"]
    for name in record["tables"]:
        rows = rows_of(name, named)
        if rows.empty:
            continue  # a table of definitions or of words, which names no source
        # A few from all over, if there are too many: the first ones would be of one year or one country.
        picked = rows if len(rows) <= ROWS else rows.iloc[[i * (len(rows) - 1) // (ROWS - 1) for i in range(ROWS)]]
        shown = "All are shown." if len(picked) == len(rows) else f"{ROWS} from all over them are shown; the CSV has all."
        parts.append(f"<details><summary>Rows of {name} from these sources: {len(rows):,}</summary><p>{shown}</p>"
                     f'<div class="card-scroll" tabindex="0" role="region" aria-label="Rows of {name}">{table_html(_plain(picked))}</div></details>')
    listed = f'<div class="card-sources">{source_links(named, shown=12)}</div>' if named else ""
    return f'<section><h2 id="data">The data</h2>{"".join(parts)}{listed}</section>'


def _plain(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows as the file has them: numbers not rounded, gaps empty."""
    def plain(value):
        if pd.isna(value) or isinstance(value, bool):
            return value
        return np.format_float_positional(value, trim="-") if isinstance(value, float) else str(value).removesuffix(" 00:00:00")
    return rows.astype(object).map(plain)


def _explorations(record: Mapping, env: BuildEnvironment) -> str:
    page = f"chapters/{record['chapter']}"
    found = env.metadata.get(page, {}).get(lists.EXPLORATIONS, {})
    items = "".join(f'<li><a href="../{page}.html#{ident}">{html.escape(one["question"], quote=False)}</a></li>'
                    for ident, one in found.items())
    moving = f"<p>What you can move there:</p><ul>{items}</ul>" if items else ""
    return f"<p>It belongs to the chapter {_chapter(record, env, '../')}.</p>{moving}"


# --- citation -----------------------------------------------------------------------------------------------------

@functools.cache
def _book() -> dict:
    return yaml.safe_load((catalogue.ROOT / "CITATION.cff").read_text("utf-8"))


def _address(record: Mapping, base: str) -> str:
    return f"{base.rstrip('/')}/{FOLDER}/{record['id']}.html" if base else f"{FOLDER}/{record['id']}.html"


def _cite(record: Mapping, base: str) -> str:
    book, e = _book(), functools.partial(html.escape, quote=False)
    author, year = book["authors"][0]["name"], str(book["date-released"])[:4]
    label, address = e(_capital(record["label"])), f"<span data-address>{e(_address(record, base))}</span>"
    line = "<span data-address-line>\n{}</span>".format  # on a disk there is no address to cite, and the script takes it out
    text = (f"{e(author)} ({year}). “{label}”. The claim {record['id']}, in {e(book['title'])}, version {book['version']}.{line(address)}")
    bibtex = (f"@misc{{{record['id']},\n  title = {{{label}}},\n  author = {{{{{e(author)}}}}},\n  year = {{{year}}},\n"
              f"  howpublished = {{Claim in {e(book['title'])}, version {book['version']}}},{line(f'  url = {{{address}}},')}\n}}")
    return (f'<section><h2 id="cite">Cite this claim</h2><div class="highlight cite"><pre>{text}</pre></div>'
            f'<details><summary>As BibTeX</summary><div class="highlight cite"><pre>{bibtex}</pre></div></details></section>')


def _json_ld(record: Mapping, base: str) -> str:
    # "</" would end the script element early.
    return json.dumps(exports.claim_review(dict(record), _address(record, base)), ensure_ascii=False).replace("</", "<\\/")
