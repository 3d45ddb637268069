"""The whole book on paper, `make pdf`; and one page printed from a browser."""

import collections
import os
import re
import shutil
import subprocess
import sys
import unicodedata

import pikepdf
import pypdfium2
import pytest
from bs4 import BeautifulSoup

import reading
from companion.book import pdf
from companion.book.handout import css_string
from reading import CHAPTERS, CLAIMS, PAGES
from test_pages import STICKS_OUT, parsed

pytestmark = pytest.mark.browser  # most of it is printed by one
PAPER = [page for page in PAGES if page != "search.html"] + CLAIMS
MOST_BYTES = 8_000_000


def words(text):
    """Text without what breaks between lines and fonts may do to it."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text)).strip()


def squeezed(text):
    return re.sub(r"[\s\u00ad\ufffe-]+", "", unicodedata.normalize("NFKC", text))


@pytest.fixture(scope="module")
def paper(book):
    """The file, printed once, in a process of its own as `make pdf` does."""
    made = subprocess.run([sys.executable, "-m", "companion.book.pdf"], cwd=reading.ROOT, capture_output=True, text=True)
    assert made.returncode == 0 and made.stdout.startswith("The book on paper is "), made.stdout + made.stderr
    return reading.ROOT / "_build" / pdf.NAME


@pytest.fixture(scope="module")
def sheets(paper):
    """The text of each sheet."""
    with pypdfium2.PdfDocument(paper) as document:
        return [words(page.get_textpage().get_text_range()) for page in document]


@pytest.fixture(scope="module")
def outline(paper):
    """(level, title, sheet) of every entry."""
    with pypdfium2.PdfDocument(paper) as document:
        return [(item.level + 1, words(item.get_title()), item.get_dest().get_index() + 1) for item in document.get_toc()]


@pytest.fixture(scope="module")
def document(book):
    """The one HTML document that is printed."""
    return pdf.compose(book)


@pytest.fixture(scope="module")
def soup(document):
    return BeautifulSoup(document, "html.parser")


def contents_lines(sheets):
    """(words, number) of every line of the contents, read from the sheets."""
    first = next(i for i, sheet in enumerate(sheets) if "Contents This edition" in sheet)
    end = int(re.search(r"This edition \d+ Beyond the Triangle (\d+)", sheets[first])[1]) - 1
    return squeezed("".join(re.sub(rf"^{i + 1} (Contents )?", "", sheet) for i, sheet in enumerate(sheets) if first <= i < end))


def test_each_line_of_the_contents_names_the_sheet_where_its_heading_stands(sheets, outline, soup):
    lines = contents_lines(sheets)
    for line in soup.select(".contents li"):
        title = words(line.span.get_text())
        numbers = {number for _, head, number in outline if head == title}
        found = re.match(rf"{re.escape(squeezed(title))}(\d+)", lines)
        assert found, (title, lines[:80])
        lines = lines[found.end():]
        assert int(found[1]) in numbers, (title, found[1], numbers)
        assert squeezed(title) in squeezed(sheets[int(found[1]) - 1]), (title, found[1])
    assert lines == ""


def test_contents_and_outline_hold_every_page_in_the_order_of_the_book(outline, soup, book):
    titles = [words(parsed(book / page).select_one("main h1").get_text()) for page in PAPER]
    shown = [words(line.span.get_text()) for line in soup.select(".contents li")]
    for listed in (shown, [title for _, title, _ in outline]):
        places = iter(listed)
        assert all(title in places for title in titles)
    # What the contents show of the outline are its three upper levels, but for the sections of pages that have very many.
    upper = [title for level, title, _ in outline if level <= 3]
    years = {words(e.get_text()) for page in ("timeline.html", "catalogue.html", "figures.html", "explorations.html") for e in parsed(book / page).select("main h2")}
    assert [title for title in upper if title not in years] == [title for title in shown if title not in years]
    assert [number for *_, number in outline] == sorted(number for *_, number in outline)


def test_every_figure_and_every_exploration_is_there_with_its_address(sheets, book):
    text = squeezed(" ".join(sheets))
    for path in CHAPTERS:
        page = parsed(book / path)
        for title in page.select(".card-title, .exploration-question"):
            assert squeezed(title.get_text()) in text, title
        for moving in page.select("[data-exploration]"):
            assert squeezed(f"{path}#{moving['id']}") in text, moving["id"]
    assert squeezed("argument-map.html#the-map") in text
    assert text.count("Thecontrolsmoveinthelivebook") == sum(len(parsed(book / path).select("[data-exploration]")) for path in CHAPTERS)


def test_every_claim_has_an_entry(sheets, soup):
    assert [e["id"] for e in soup.select(".claims-part > .sheet")] == [pdf.prefix(path.removesuffix(".html")) for path in CLAIMS]
    text = squeezed(" ".join(sheets))
    assert all(squeezed(e.get_text()) in text for e in soup.select(".claim-statement"))


def test_file_says_what_it_is_and_is_light(paper):
    assert paper.stat().st_size <= MOST_BYTES
    with pikepdf.open(paper) as file:
        assert file.Root.MarkInfo.Marked and "/StructTreeRoot" in file.Root and file.Root.Lang == "en"
        assert file.docinfo["/Title"] == "Beyond the Triangle" and file.docinfo["/Author"] == "The Beyond the Triangle authors"
        sizes = {tuple(sorted(round(float(x)) for x in page.mediabox[2:])) for page in file.pages}
        assert sizes == {(595, 842)}


def test_the_map_is_drawn_on_one_sheet_laid_across(paper, sheets, soup):
    with pikepdf.open(paper) as file:
        across = [i for i, page in enumerate(file.pages) if page.mediabox[2] > page.mediabox[3]]
    assert len(across) == 1 and len(soup.select(".map-field")) == 1
    nodes = [squeezed(e.get_text()) for e in soup.select(".map-field .map-label")]
    assert len(nodes) > 15 and all(node in squeezed(sheets[across[0]]) for node in nodes)


def test_links_lead_to_places_in_the_file_or_to_the_web(paper):
    with pikepdf.open(paper) as file:
        places, inside = set(file.Root.Dests.keys()), 0
        for page in file.pages:
            for note in page.get("/Annots", []):
                if "/Dest" in note:
                    inside += 1
                    assert str(note.Dest) in places, note.Dest
                else:
                    assert re.match(r"https?://", str(note.A.URI)), note.A.URI
        assert inside > 2000


def test_no_link_of_the_document_is_dead_and_no_id_is_given_twice(soup):
    ids = [e["id"] for e in soup.select("[id]")]
    assert len(ids) == len(set(ids))
    hrefs = {e["href"] for e in soup.select("a[href], use[href]") if e["href"].startswith("#")}
    assert hrefs <= {f"#{i}" for i in ids}
    assert all(e["href"].startswith(("#", "http:", "https:")) for e in soup.select("a[href]"))
    clips = set(re.findall(r"url\((#[^)]+)\)", str(soup.body)))
    assert clips and clips <= {f"#{i}" for i in ids}


def test_nothing_sticks_out_of_the_sheet_and_nothing_is_folded(document, soup, tmp_path, page_at):
    (tmp_path / "book.html").write_text(document, "utf-8")
    page = page_at((tmp_path / "book.html").as_uri(), 657)  # A4 between its margins
    page.emulate_media(media="print")
    assert page.evaluate(STICKS_OUT.replace("main *", ".sheet *")) == []
    cut = "[...document.querySelectorAll('.contents a')].filter(e => e.scrollWidth > e.clientWidth).map(e => e.textContent)"
    assert page.evaluate(cut) == []
    assert page.foreign == [] and not soup.select("details, button, form, script")
    page.close()


def test_the_text_has_ten_points(paper):
    """A sheet that is too wide would make the browser shrink all of them."""
    with pypdfium2.PdfDocument(paper) as file:
        sizes, matrix = collections.Counter(), pypdfium2.raw.FS_MATRIX()
        for text in (file[i].get_textpage() for i in range(5, 20)):
            for i in range(text.count_chars()):
                if pypdfium2.raw.FPDFText_GetMatrix(text, i, matrix):
                    sizes[round(pypdfium2.raw.FPDFText_GetFontSize(text, i) * abs(matrix.d), 1)] += 1
    assert sizes.most_common(1)[0][0] == 10


def test_every_page_named_is_filled_in(sheets):
    assert not [i for i, sheet in enumerate(sheets, 1) if f"page {pdf.UNKNOWN}" in sheet]


def test_a_long_table_leaves_a_line_with_its_address_and_a_short_one_stands_open():
    rows = "<tr><td>1</td></tr>"
    text = BeautifulSoup('<article><figure id="fig-a">' + "".join(
        f"<details><summary>{title}</summary><table>{rows * count}</table></details>" for title, count in (("Short", 13), ("Long", 14)))
        + "</figure></article>", "html.parser").article
    pdf.Paper("https://example.org/b/", {"page": "A page"}).fold(text, "page")
    assert len(text.select("tr")) == 13 and text.select_one(".fold-title").get_text() == "Short"
    assert text.select_one(".paper-note").get_text() == "Long (13 rows): in the live book, https://example.org/b/page.html#fig-a."
    assert text.select_one(".paper-note a")["href"] == "https://example.org/b/page.html#fig-a"


def test_the_address_of_the_book_comes_from_its_own_page():
    with_one = BeautifulSoup('<link rel="canonical" href="https://example.org/b/index.html">', "html.parser")
    assert pdf.base_of(with_one, "index") == "https://example.org/b/"
    assert pdf.base_of(BeautifulSoup("", "html.parser"), "index") == ""


@pytest.mark.parametrize("base, href", [("", None), ("https://example.org/b/", "https://example.org/b/data/a.csv")])
def test_a_file_beside_the_book_is_linked_only_where_the_book_has_an_address(base, href, tmp_path):
    text = BeautifulSoup('<article id=""><a href="../data/a.csv">a.csv</a> <a href="b.html#x">b</a></article>', "html.parser").article
    pdf.settle(text, "chapters/a", {"chapters/a": {""}, "chapters/b": {"", "x"}}, base, tmp_path)
    links = {e.get_text(): e["href"] for e in text.select("a")}
    assert links == {"b": "#chapters-b--x"} | ({"a.csv": href} if href else {})


def test_no_book_no_browser_and_half_a_book_are_told_in_one_sentence_and_leave_no_file(tmp_path):
    for name in ("companion", "data"):
        shutil.copytree(reading.ROOT / name, tmp_path / name)
    for name in ("_toc.yml", "CITATION.cff"):
        shutil.copy(reading.ROOT / name, tmp_path)

    def said(**env):
        made = subprocess.run([sys.executable, "-m", "companion.book.pdf"], cwd=tmp_path, capture_output=True, text=True, env=os.environ | env)
        assert made.returncode == 1
        return made.stderr

    assert said() == "There is no finished book in _build/html; run make book first.\n"
    (tmp_path / "_build/html").mkdir(parents=True)
    (tmp_path / "_build/html/index.html").write_text("<main><article><h1>A</h1></article></main>")
    assert said(CHROME="/no/such/browser") == "CHROME=/no/such/browser does not start; name a Chrome or Chromium, or leave CHROME out.\n"
    assert said() == "_build/html/chapters/four-capitals.html is missing; run make book again.\n"
    assert [path.name for path in (tmp_path / "_build").iterdir()] == ["html"]


# --- one page from a browser --------------------------------------------------------------------------------------

def test_a_chapter_prints_as_a_handout(site, book, page_at, tmp_path):
    path = "chapters/europe.html"
    page = page_at(site + path, 1280, "dark")
    page.pdf(path=tmp_path / "handout.pdf", prefer_css_page_size=True)
    page.emulate_media(media="print")
    colours = page.evaluate("[document.body, document.querySelector('.card-title')].map(e => getComputedStyle(e).color)")
    assert set(colours) == {"rgb(0, 0, 0)"}
    page.close()
    with pypdfium2.PdfDocument(tmp_path / "handout.pdf") as file:
        sheets = [words(sheet.get_textpage().get_text_range()) for sheet in file]
    here = parsed(book / path)
    title = words(here.select_one("main h1").get_text())
    assert all(f"{title} · {path}" in sheet for sheet in sheets)
    # Without the line at the head of each sheet, which may stand inside a paragraph.
    text = "".join(squeezed(sheet).replace(squeezed(f"{title} · {path}{i}"), "", 1) for i, sheet in enumerate(sheets, 1))
    for part in here.select("main h1, main h1 + p, .card-title, .card-trust p, .guess-answer p:not([hidden])"):
        assert squeezed(part.get_text()) in text, part
    assert not re.search("Skiptomaincontent|Onthispage|Searchthebook|Startagain", text)


@pytest.mark.parametrize("path", [*PAPER, "search.html"])
def test_every_page_has_the_sheet_for_paper(path, book):
    page = parsed(book / path)
    assert [e["media"] for e in page.select("link[href*='print.css']")] == ["print"]
    assert path in page.select_one("style[media=print]").get_text()


def test_text_in_a_style_cannot_end_it():
    assert css_string('a "b" \\ </style>') == '"a \\22 b\\22  \\5c  \\3c /style>"'
