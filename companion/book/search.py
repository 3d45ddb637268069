"""What the search reads: every part of every page, in one script that a page opened from a disk may load too.

The browser makes the index from it (static/search.js, with MiniSearch). Sphinx's own search finds only pages that hold all of
the words, ranks them by little more than their titles, and quotes nothing from a disk; it is switched off.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.search.en import english_stopwords, js_porter_stemmer

from companion.book import ledger, lists, outputs

PAGE, INDEX = "search", "search-index.js"
PARTS = "parts"  # in the metadata of a page
# Words of questions, which say nothing of what is looked for.
ASKING = "about all can could did do does every had has have how i list long many me mean much my of should show some tell the use we what when where which who why would you".split()
# Words that readers bring, and what the book says instead or as well: its chapters bear the names of capitals.
SAYS = {"after": "hindsight", "afterwards": "hindsight", "america": "washington", "bibliography": "references", "china": "beijing",
        "citation": "cite", "dprk": "north korea", "embargo": "sanctions", "errata": "errors", "eu": "europe", "happened": "became",
        "hostages": "abductees", "intercoder": "coder agreement", "japan": "tokyo", "kidnap": "abductees", "later": "hindsight",
        "license": "licence", "nuke": "nuclear", "offline": "network", "percentage": "share", "prc": "china beijing", "quote": "cite",
        "rason": "rajin", "reliability": "agreement", "rocket": "missile", "rok": "seoul", "russia": "moscow", "usa": "washington",
        "ussr": "soviet"}
# What of a piece of raw HTML is not read: what is no text; figures and explorations, which are parts of their own; folds and tables,
# the fine print; claims, for each has its page; and the list of sources, which would be a fifth of the index.
UNREAD = re.compile(r'''<(script|style|svg|form|button|table)\b.*?</\1>|<details\b.*</details>|<figure\ class="card".*?</figure>
    |<section\ class="exploration".*</section>|<article\ class="claim".*?</article>|<ul\ class="(?:ledger|sources)".*</ul>
    |<section\ class="argument-map\b.*</section>|\ ·\ <a\ href="[^"]*references\.html[^>]*>[^<]*</a>''', re.S | re.X)
UNTOLD = (nodes.literal_block, nodes.comment, nodes.rubric, addnodes.glossary)  # a glossary is told term by term
INLINE = ("a", "b", "code", "em", "i", "span", "strong", "sub", "sup", "time")


def setup(app: Sphinx) -> None:
    app.connect("builder-inited", _own)
    app.connect("doctree-read", _note, priority=600)  # after lists.py has noted figures and explorations
    app.connect("html-collect-pages", _page)
    app.connect("build-finished", _write)


def _own(app: Sphinx) -> None:
    app.builder.search = False


def _page(app: Sphinx) -> Iterator[tuple[str, dict, str]]:
    yield PAGE, {"title": "Search"}, "search.html"


# --- the parts of a page ------------------------------------------------------------------------------------------

def _note(app: Sphinx, doctree: nodes.document) -> None:
    """Keep the parts of a page, as [anchor, heading, text, kind], with what Sphinx keeps of each page."""
    kept = app.env.metadata[app.env.docname]
    found = [part for section in doctree.findall(nodes.section) for part in _parts(section)]
    found += [[term["ids"][0], _text(term), _text(term.parent[-1]), "term"] for term in doctree.findall(nodes.term) if term["ids"]]
    found += [[ident, figure["title"], f"{figure['sentence']} {figure['trust']}", "figure"] for ident, figure in kept.get(lists.FIGURES, {}).items()]
    found += [[ident, one["question"], ", ".join(one["controls"]), "exploration"] for ident, one in kept.get(lists.EXPLORATIONS, {}).items()]
    found[0][0] = ""  # the title of a page is its top
    kept[PARTS] = [[anchor, *(" ".join(text.split()) for text in (heading, told)), kind] for anchor, heading, told, kind in found]


def _parts(section: nodes.section) -> Iterator[list[str]]:
    """The text of a section without the sections in it; a piece of raw HTML may have headings of its own."""
    told = " ".join(_text(child) for child in section if not isinstance(child, (nodes.section, nodes.title)))
    told = re.sub(r"\bSentence \d+(?:[–-]\d+)? ", "", told)  # of a passage: read out, but no words of it
    first, *more = re.split(HEADING, told)
    yield [section["ids"][0], _text(section.next_node(nodes.title)), first, ""]
    for anchor, heading, text in zip(more[::3], more[1::3], more[2::3], strict=True):
        yield [anchor, heading, text, ""]


HEADING = "\0(.*?)\0(.*?)\0"  # how a heading in raw HTML is marked in its text


def _text(node: nodes.Node) -> str:
    """The words of a node as a reader sees them: without code, and of each output the HTML alone."""
    if isinstance(node, nodes.raw):
        return plain(node.astext())
    if isinstance(node, nodes.Text):
        return node.astext()
    if isinstance(node, UNTOLD) or node.get("mime_type", "text/html") != "text/html" or "passage-needs" in node["classes"]:
        return ""
    return ("" if isinstance(node, nodes.TextElement) else " ").join(map(_text, node.children))


def plain(text: str) -> str:
    """The words of a piece of HTML of ours, its headings with an id marked by HEADING."""
    text = re.sub(r'<h2 id="([^"]+)">(.*?)</h2>', "\0\\1\0\\2\0", UNREAD.sub(" ", text))
    return html.unescape(re.sub(r"</?(\w+)[^>]*>", lambda tag: "" if tag[1] in INLINE else " ", text))


# --- what is written ----------------------------------------------------------------------------------------------

def pages(app: Sphinx) -> Iterator[tuple[str, str, list[list[str]]]]:
    """(address, title, parts) of every page and of every claim's page."""
    env = app.env
    for name in sorted(env.found_docs):
        yield f"{name}.html", env.titles[name].astext(), env.metadata[name][PARTS]
    for record in outputs.claims(env):
        tests = " ".join(record[key] for key in ("would_support", "would_count_against", "test", "note") if record[key])
        verdicts = " ".join(f"{title}: {record[date]['verdict']}." for date, title in ledger.DATES.items())
        yield (f"{ledger.FOLDER}/{record['id']}.html", record["label"][:1].upper() + record["label"][1:],
               [["", record["statement"], verdicts, "claim"], ["criteria", "What would count", tests, ""]])


def _write(app: Sphinx, exception: Exception | None) -> None:
    if exception is None and app.builder.format == "html":
        book = {"unsaid": sorted(english_stopwords.union(ASKING)), "says": SAYS, "pages": list(pages(app))}
        text = json.dumps(book, ensure_ascii=False, separators=(",", ":"))
        (Path(app.outdir) / "_static" / INDEX).write_text(f"{js_porter_stemmer.strip()}\nconst BOOK = {text};\n", "utf-8")
