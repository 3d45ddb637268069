"""The whole book as one PDF: `make pdf` writes _build/beyond-the-triangle.pdf.

The built pages become one HTML document, which a browser prints twice: what the first print says of pages is filled in
for the second.
"""

from __future__ import annotations

import copy
import datetime
import html
import os
import posixpath
import re
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import pikepdf
import yaml
from bs4 import BeautifulSoup, Tag
from playwright.sync_api import Browser, sync_playwright

from companion.book import browser, ledger, mark
from companion.book.handout import css_string
from companion.data import load
from companion.figure import palette_css

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "_build"
NAME = "beyond-the-triangle.pdf"
CLAIMS = "Every claim"  # the part after those of the contents
ROWS, WORDS = 12, 220  # a fold with more than this stays in the live book: nobody reads long tables of numbers on paper
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
CONTENTS_DEPTH = 3  # parts, pages, sections
UNKNOWN = "000"  # as wide as the number of a page that comes in its place

# What moves, or only a screen needs.
SCREEN_ONLY = ("form, button, noscript, script, template, nav, .card-downloads, .card-narrow, .headerlink, .map-skip, "
               ".map-control, .map-stale, .map-state, .guess-note, .screen-only, [hidden], [role=status]")
# Of a claim's page: what stands elsewhere on paper, or is of use on a screen alone.
CLAIM_ONLY_LIVE = ("details, .legend, #verdicts, section:has(> #cite), section:has(> #chapter), "
                   "section:has(> #argument) > p:last-of-type, section:has(> #verdicts) > p:last-of-type")
MANY = 20  # sections of one page, of which the contents then name none: years, tables
LISTS = ("figures", "explorations")  # pages whose sections bear the titles of other pages
MAP = "argument-map"  # the page that has the map
HEADINGS = re.compile(r"h[1-6]")
REFERS = ("aria-labelledby", "aria-describedby", "for", "headers")


class Missing(Exception):
    """A file that the book on paper needs is not there; the text is one sentence with the cure."""


# --- what to print ------------------------------------------------------------------------------------------------

def parts(root: Path = ROOT) -> list[tuple[str, list[str]]]:
    """(title, pages without .html) of every part, in order; the first has no title, the claims come last."""
    toc = yaml.safe_load((root / "_toc.yml").read_text("utf-8"))
    found = [("", [toc["root"]])]
    found += [(part.get("caption", ""), [entry["file"] for entry in part["chapters"]]) for part in toc.get("parts", [])]
    return [*found, (CLAIMS, [f"claims/{name}" for name in load("claims")["id"]])]


def citation(root: Path = ROOT) -> dict:
    return yaml.safe_load((root / "CITATION.cff").read_text("utf-8"))


def read(folder: Path, path: str) -> BeautifulSoup:
    """A built page, without its scripts, which are half of it."""
    file = folder / f"{path}.html"
    if not file.is_file():
        raise Missing(f"_build/html/{path}.html is missing; run make book again.")
    return BeautifulSoup(re.sub(r"(?s)<script\b.*?</script>", "", file.read_text("utf-8")), "html.parser")


def base_of(page: BeautifulSoup, path: str) -> str:
    """Where the book is published, as its own page says; empty where it does not."""
    link = page.select_one("link[rel=canonical]")
    return link["href"].removesuffix(f"{path}.html") if link else ""


def styles(folder: Path, pages: Mapping[str, BeautifulSoup]) -> str:
    """Every style sheet of these pages once, that of paper last."""
    named = dict.fromkeys(posixpath.normpath(posixpath.join(posixpath.dirname(path), link["href"].split("?")[0]))
                          for path, page in pages.items() for link in page.select("link[rel=stylesheet]"))
    ordered = sorted(named, key=lambda name: name.endswith("print.css"))
    return "\n".join((folder / name).read_text("utf-8") for name in ordered)


# --- a page for paper ---------------------------------------------------------------------------------------------

def prefix(path: str) -> str:
    """What the ids of a page start with, so that they stay unique in one document; by itself the id of the page."""
    return path.replace("/", "-") + "--"


def article(page: BeautifulSoup, path: str) -> Tag:
    """The text of a page, under the id of the page."""
    text = copy.copy(page.select_one("main article"))
    text["id"], text["class"] = "", ["sheet"]  # settle() gives the id its prefix
    return text


class Paper:
    """What turns a page into sheets: where the live book is, and the title of each page."""

    def __init__(self, base: str, titles: Mapping[str, str]):
        self.base, self.titles = base, titles

    def address(self, path: str, anchor: str = "", titled: bool = False) -> str:
        """Where it stands in the live book: a link, or its path (after the page's title) if the book has no address."""
        where = f"{path}.html{'#' * bool(anchor)}{anchor}"
        if self.base:
            return _web(self.base + where)
        title = f"the page “{html.escape(self.titles[path])}”, " * titled
        return f'{title}<span class="address">{html.escape(where)}</span>'

    def thin(self, text: Tag, path: str) -> None:
        """Take out what paper cannot do, and say where it is to be had."""
        for section in text.select("section.exploration"):
            section.select_one(".exploration-question").insert_after(note(
                f"Shown as {'; '.join(settings(section))}. "
                f"The controls move in the live book: {self.address(path, section['id'], titled=True)}."))
        for section in text.select("[data-argument-map]"):
            self.map(section, text, path)
        if path.startswith("claims/"):
            for part in text.select(CLAIM_ONLY_LIVE):
                part.decompose()
            for head in text.select("h2, h3"):
                head["class"], head.name = f"claim-{head.name}", "p"
            text.append(note(f"Its own page in the live book has the counts and rows as tables: {self.address(path)}."))
        for part in text.select(SCREEN_ONLY):
            part.decompose()
        for card in text.select("figure.card"):
            # Kept on one sheet; the rest of a card may go over to the next.
            top = BeautifulSoup('<div class="card-top"></div>', "html.parser").div
            card.insert(0, top)
            moving = card.find_parent(class_="exploration")
            for part in [*(moving.select(":scope > .exploration-question, :scope > .paper-note") if moving else []),
                         *card.select(":scope > figcaption, :scope > .card-picture, :scope > .card-sentence")]:
                top.append(part.extract())
        self.fold(text, path)

    def map(self, section: Tag, text: Tag, path: str) -> None:
        """Say where the map moves. It is drawn once, last on its own page, on a sheet that is laid across."""
        live = self.address(path, section.find_parent(id=True)["id"], titled=True)
        where, drawn = "", section.select(".map-legend, .map-result, .map-paper, [data-coding]:not([hidden]) .map-field")
        for others in section.select(".map-others"):
            others.decompose()  # lists that the ledger has
        if "map-whole" in section["class"]:
            sheet = BeautifulSoup('<div class="argument-map map-sheet" id="map-sheet"></div>', "html.parser").div
            for part in drawn:
                sheet.append(part.extract())
            text.append(sheet)
            # The page has nothing set by the reader, and paper keeps it so.
            said = sheet.select_one(".map-paper")
            said.string = said.get_text().removesuffix(" You have set nothing.")
        elif MAP in self.titles:
            for part in drawn:
                part.decompose()
        if MAP in self.titles:
            where = f"The map is on page {page_of(prefix(MAP) + 'map-sheet')}. "
        section.insert_before(note(f"{where}It moves in the live book: {live}."))

    def fold(self, text: Tag, path: str) -> None:
        """No fold is left: short ones stand open, long ones leave a line that says where they are."""
        for card in text.select("article.claim, .ledger > li"):
            ident = card["id"].removeprefix("claim-")
            card.select_one(".claim-text").name = "p"  # the claims have headings of their own at the end of the book
            card.select_one("details").replace_with(note(f"Why, and every count: page {page_of(f'claims-{ident}--')}"))
        if path == "catalogue":
            for listed in text.select(".sources"):
                listed.replace_with(note(f"They are listed from page {page_of('references--')} on."))
            for section in text.select("section[id^=table-]"):
                for fold in section.select("details:not(.about details)"):
                    fold.decompose()
                section.append(note(f"Fields, rows and known errors: {self.address(path, section['id'])}."))
        for fold in text.select("details"):
            title = fold.summary.extract()
            rows, words = len(fold.select("tr")), len(fold.get_text().split())
            if fold.find_parent(class_="card-sources"):
                fold.replace_with(f"; {title.get_text().strip()}")
            elif rows > ROWS + 1 or (words > WORDS and "card-trust" not in fold.get("class", [])):
                anchor = fold.find_parent(id=True)
                count = f" ({rows - 1} rows)" if rows > 1 else ""
                fold.replace_with(note(f"{html.escape(title.get_text().strip())}{count}: in the live book, "
                                       f"{self.address(path, anchor['id'] if anchor else '')}."))
            else:
                title.name, title["class"] = "p", "fold-title"
                if "guess-answer" in fold.get("class", []):
                    title.string = "The answer"
                fold.name = "div"
                fold.attrs = {"class": ["fold", *fold.get("class", [])]}
                fold.insert(0, title)


def settings(section: Tag) -> Iterator[str]:
    """"Year: 2013" of each control of an exploration, as it stands before anybody moves it."""
    for field in section.select(".exploration-field"):
        chosen = field.select_one("option[selected], output") or field.select_one("input[checked]").parent
        label = field.select_one("legend, label")
        yield html.escape(f"{label.get_text().strip()}: {chosen.get_text().strip()}")


def page_of(ident: str) -> str:
    """A link with the number of the page where something stands, which fill() knows later."""
    return f'<a class="page-of" href="#{ident}" data-page-of="{ident}">{UNKNOWN}</a>'


def note(text: str) -> Tag:
    """A line of HTML that only paper has."""
    return BeautifulSoup(f'<p class="paper-note">{text}</p>', "html.parser").p


# --- one document -------------------------------------------------------------------------------------------------

def lower(text: Tag, path: str, by: int) -> list[tuple[int, str, str]]:
    """Put the headings `by` levels lower; gives (level, words, id) of each, as the contents need them."""
    found = []
    for i, head in enumerate(text.find_all(HEADINGS)):
        level = min(int(head.name[1]) + by, 6)
        head.name = f"h{level}"
        head["id"] = head.get("id") or f"head-{i}"
        found.append((level, " ".join(head.get_text().split()), prefix(path) + head["id"]))
    return found


def settle(text: Tag, path: str, known: Mapping[str, set[str]], base: str, folder: Path) -> None:
    """Ids and links of a page in one document with all others. `known`: the ids of each page, without prefix."""
    for picture in text.select("img[src]"):
        picture["src"] = (folder / path).parent.joinpath(picture["src"]).resolve().as_uri()
    for link in text.select("a[href]"):
        href = urlsplit(link["href"])
        if href.scheme or link["href"].startswith("#") and "data-page-of" in link.attrs:
            continue
        file = posixpath.normpath(posixpath.join(posixpath.dirname(path), href.path)) if href.path else f"{path}.html"
        target = file.removesuffix(".html")
        if target in known and not (href.query and base):
            link["href"] = f"#{prefix(target)}{href.fragment if href.fragment in known[target] else ''}"
        elif base:
            link["href"] = base + file + f"?{href.query}" * bool(href.query) + f"#{href.fragment}" * bool(href.fragment)
            link["class"] = [*link.get("class", []), "address"]
        else:
            link.unwrap()  # a file beside the live book
    here = known[path]
    for part in [text, *text.find_all(True)]:
        if "id" in part.attrs:
            part["id"] = prefix(path) + part["id"]
        for name in REFERS:
            if name in part.attrs:
                part[name] = " ".join(prefix(path) + ident for ident in part[name].split() if ident in here)
        if part.name == "use":
            part["href"] = f"#{prefix(path)}{part['href'][1:]}"
        for name in ("clip-path", "style", "fill", "stroke"):
            if "url(#" in part.get(name, ""):
                part[name] = part[name].replace("url(#", f"url(#{prefix(path)}")


def compose(folder: Path, root: Path = ROOT, today: datetime.date | None = None) -> str:
    """The whole book as one HTML document, the numbers of its pages still unknown. Raises Missing."""
    contents = parts(root)
    pages = {path: read(folder, path) for _, paths in contents for path in paths}
    start = contents[0][1][0]
    titles = {path: " ".join(page.select_one("main h1").get_text().split()) for path, page in pages.items()}
    base = base_of(pages[start], start)
    paper, texts, heads = Paper(base, titles), {}, []
    for caption, paths in contents:
        if caption:
            heads.append((1, caption, part_id(caption)))
        for path in paths:
            texts[path] = article(pages[path], path)
            paper.thin(texts[path], path)
            found = lower(texts[path], path, by=bool(caption))
            sections = [head for head in found if head[0] == CONTENTS_DEPTH]
            heads += [head for head in found if head not in sections or (len(sections) <= MANY and path not in LISTS)]
    known = {path: {part["id"] for part in text.select("[id]")} for path, text in texts.items()}
    for path, text in texts.items():
        settle(text, path, known, base, folder)
    running = "".join(
        f'@page s{i}{{@top-right{{content:{css_string(CLAIMS if path.startswith("claims/") else titles[path])}}}}}'
        f"#{prefix(path)}{{page:s{i}}}" for i, path in enumerate(texts) if not path.startswith("claims/"))
    running += f"@page claims{{@top-right{{content:{css_string(CLAIMS)}}}}}.claims-part{{page:claims}}"
    body = "".join(_part(caption, paths, texts) for caption, paths in contents)
    book = citation(root)
    title, author = titles[start], book["authors"][0]["name"]
    about = (1, "This edition", "edition")
    return f"""<!doctype html>
<html lang="en" data-theme="light" class="paper"><head><meta charset="utf-8"><title>{html.escape(title)}</title>
<meta name="author" content="{html.escape(author)}">
<style>{palette_css()}{styles(folder, pages)}{running}</style></head><body>
{_cover(title, book, base, today or datetime.date.today())}
{_about(about, book, base)}
<nav class="contents" aria-labelledby="contents"><p class="contents-title" id="contents">Contents</p>
{_contents([about, *heads])}</nav>
{body}</body></html>"""


def part_id(caption: str) -> str:
    return "part-" + re.sub(r"\W+", "-", caption.lower())


def _part(caption: str, paths: list[str], texts: Mapping[str, Tag]) -> str:
    sheets = [str(texts[path]) for path in paths]
    if caption:
        # Inside the first page of the part, or it would stand on a sheet of its own.
        head = f'<h1 class="part-title" id="{part_id(caption)}">{html.escape(caption)}</h1>'
        sheets[0] = sheets[0].replace(">", ">" + head + (ledger.LEGEND if caption == CLAIMS else ""), 1)
    return f'<div class="claims-part">{"".join(sheets)}</div>' if caption == CLAIMS else "".join(sheets)


def _cover(title: str, book: Mapping, base: str, today: datetime.date) -> str:
    subtitle = book["title"].removeprefix(f"{title}: ")
    date = f"{today.day} {today:%B %Y}"
    address = f"<p>{_web(base)}</p>" if base else ""
    return f"""<section class="cover"><svg viewBox="0 0 16 16" aria-hidden="true"><path d="{mark.PATH}"/></svg>
<p class="cover-title">{html.escape(title)}</p>
<p class="cover-subtitle">{html.escape(subtitle[:1].upper() + subtitle[1:])}</p>
<p class="cover-author">{html.escape(book["authors"][0]["name"])}</p>
<div class="cover-foot"><p>Version {html.escape(str(book["version"]))}, printed on {date}</p>{address}
<p>Text, figures and tables: Creative Commons Attribution 4.0</p></div></section>"""


def _about(head: tuple[int, str, str], book: Mapping, base: str) -> str:
    where = (f"The live book is at {_web(base)}." if base else
             "This copy does not know where the live book is published.\n"
             "Addresses are therefore given as paths in the folder of the book.")
    essay = book["references"][0]
    writer = " ".join(essay["authors"][0][name] for name in ("given-names", "family-names"))
    return f"""<section class="edition"><h1 id="{head[2]}">{head[1]}</h1>
<p>This is the whole book on paper, made from the same pages as the live book, which is read in a browser.
Links lead to places inside this file.</p>
<p>{where}</p>
<p>Each exploration is shown as it stands before anybody moves its controls.
Beside it stands its address in the live book, where it moves.
The map of the argument is shown as of today.</p>
<p>Tables of at most {ROWS} rows are printed in full.
Of longer ones a line says how many rows there are and where they are.
The rows behind each claim and the fields of the tables are in the live book alone.
Code is printed as the chapters show it.</p>
<p>The essay is: {html.escape(writer)}, “{html.escape(essay["title"])}”, {essay["year"]}, {_web(essay["url"])}.
It is under copyright of its author and publisher, and this book restates it in other words.</p>
<p>To cite: {html.escape(book["authors"][0]["name"])} ({str(book["date-released"])[:4]}). {html.escape(book["title"])}.
Version {html.escape(str(book["version"]))}.{f" {html.escape(base)}" * bool(base)}</p>
<p>Text, figures and tables are under the licence Creative Commons Attribution 4.0 ({_web(LICENCE)}),
the code under the MIT licence.
Data sets among the sources have terms of their own.</p></section>"""


def _web(address: str) -> str:
    return f'<a class="address" href="{html.escape(address)}">{html.escape(address)}</a>'


def _contents(heads: list[tuple[int, str, str]]) -> str:
    return "<ul>" + "".join(
        f'<li class="level-{level}{" claim-line" * ident.startswith("claims-")}"><a href="#{ident}">'
        f'<span>{html.escape(words)}</span><span data-page-of="{ident}">{UNKNOWN}</span></a></li>'
        for level, words, ident in heads if level <= CONTENTS_DEPTH) + "</ul>"


def fill(document: str, pages: Mapping[str, int]) -> str:
    """The document with the number of the page of each place that it names."""
    return re.sub(rf'(data-page-of="([^"]+)"[^>]*>){UNKNOWN}', lambda match: f"{match[1]}{pages[match[2]]}", document)


# --- printing -----------------------------------------------------------------------------------------------------

def print_to(chrome: Browser, document: str, target: Path) -> None:
    """Print one HTML document; no script runs."""
    source = target.with_suffix(".html")
    source.write_text(document, "utf-8")
    context = chrome.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(source.as_uri())
    page.pdf(path=target, outline=True, tagged=True, prefer_css_page_size=True, print_background=True)
    context.close()


def places(pdf: pikepdf.Pdf) -> dict[str, int]:
    """The page, from 1, of every id that something in the PDF links to."""
    numbers = {page.objgen: i for i, page in enumerate(pdf.pages, 1)}
    return {name.removeprefix("/"): numbers[target[0].objgen] for name, target in pdf.Root.Dests.items()}


def finish(pdf: pikepdf.Pdf, document: str) -> None:
    """Name the authors, and show no more of the outline than its first two levels: the rest opens at a click."""
    # The browser joins the lines of a long heading without the space between them.
    heads = re.findall(r"(?s)<h[1-6][^>]*>(.*?)</h", document)
    heads = [" ".join(html.unescape(re.sub(r"<[^>]+>", "", head)).split()) for head in heads]
    words = {head.replace(" ", ""): head for head in heads}
    book = citation()
    pdf.docinfo["/Author"], pdf.docinfo["/Subject"] = book["authors"][0]["name"], book["title"]
    del pdf.docinfo["/Creator"]  # the browser's name, of no use to a reader
    with pdf.open_outline() as outline:
        _open(outline.root, words, deep=1)


def _open(items: list, words: Mapping[str, str], deep: int) -> None:
    for item in items:
        item.title = words.get(item.title.replace(" ", ""), item.title)
        item.is_closed = deep > 1
        _open(item.children, words, deep + 1)


def make(folder: Path, target: Path) -> int:
    """Print the book built in `folder` to `target`; gives the number of pages. Raises Missing, and then leaves no file."""
    with tempfile.TemporaryDirectory(dir=target.parent) as work, sync_playwright() as playwright:
        chrome = browser.launch(playwright)  # first, for without one there is nothing to do
        document = compose(folder)
        first, second, done = (Path(work, name) for name in ("first.pdf", "second.pdf", "done.pdf"))
        print_to(chrome, document, first)
        with pikepdf.open(first) as pdf:
            document = fill(document, places(pdf))
        print_to(chrome, document, second)
        chrome.close()
        with pikepdf.open(second) as pdf:
            finish(pdf, document)
            count = len(pdf.pages)
            # What the tags take is three-quarters of the file until it is packed.
            pdf.save(done, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        os.replace(done, target)
    return count


def main() -> None:
    """The command: every failure is one sentence."""
    start = time.monotonic()
    if not (BUILD / "html/index.html").is_file() or (BUILD / "unfinished").exists():
        sys.exit("There is no finished book in _build/html; run make book first.")
    try:
        count = make(BUILD / "html", BUILD / NAME)
    except Missing as error:
        sys.exit(str(error))
    size = (BUILD / NAME).stat().st_size / 1e6
    print(f"The book on paper is _build/{NAME}: {count} pages, {size:.1f} MB, made in {time.monotonic() - start:.1f} s")


if __name__ == "__main__":
    main()
