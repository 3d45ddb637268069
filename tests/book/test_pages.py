"""Every page, in a real browser without a network: on a phone and a desktop, light and dark, served and from disk."""

import functools
import itertools
import re

import pytest
from bs4 import BeautifulSoup

import reading
from companion import claims, evidence
from reading import CHAPTERS, CLAIMS, PAGES, SOME_CLAIMS

MOST_BYTES, MOST_REQUESTS = 200_000, 12
OPEN_ALL = "for (const d of document.querySelectorAll('details')) d.open = true"
# Parts of the text that reach out of the screen, unless something around them scrolls.
STICKS_OUT = """() => [...document.querySelectorAll('main *')].filter(e => {
  if (e.closest('.visually-hidden') || !e.checkVisibility()) return false;
  if (e.getBoundingClientRect().right <= innerWidth + 1) return false;
  for (let p = e.parentElement; p; p = p.parentElement)
    if (['auto', 'scroll'].includes(getComputedStyle(p).overflowX) && p !== document.body && p !== document.documentElement) return false;
  return !e.closest('svg') || e.tagName === 'svg';
}).map(e => e.outerHTML.slice(0, 120))"""


def test_the_built_pages_are_those_of_the_contents(book):
    assert sorted(PAGES + CLAIMS) == reading.pages()


def views(page):
    """(width, theme) of the four views, each shown on the open page as it is given."""
    for width, theme in itertools.product((320, 1280), ("light", "dark")):
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=theme)
        reading.until(page, "theme => document.documentElement.dataset.theme === theme", theme)
        yield width, theme


# What one view shows. Of axe's rules only those on colours can tell light from dark.
VIEW = f"""() => ({{ground: getComputedStyle(document.body).backgroundColor, width: document.documentElement.scrollWidth,
  sticksOut: ({STICKS_OUT})()}})"""
COLOURS = ["color-contrast", "link-in-text-block"]


@pytest.fixture(scope="module", params=[*PAGES, *CLAIMS])
def visit(request, site, page_at):
    """A page as first seen, on a phone; then everything that folds opened, and what each view shows; what it asked for until then."""
    page = page_at(site + request.param, 320, "light")
    page.shift = page.evaluate(reading.SHIFTS)
    page.evaluate(OPEN_ALL)
    page.views = {view: page.evaluate(VIEW) | {"findings": reading.faults(page, *COLOURS if view[1] == "dark" else ())} for view in views(page)}
    page.weight = reading.weigh(page.got)  # last: what a script asks for late is weighed too, and nobody has to wait for it
    yield page
    page.close()


def test_page_follows_the_readers_theme(visit):
    assert [view["ground"] for view in visit.views.values()] == ["rgb(253, 252, 249)", "rgb(22, 25, 28)"] * 2


def test_page_does_not_scroll_sideways(visit):
    assert {key: (view["width"] <= key[0], view["sticksOut"]) for key, view in visit.views.items()} == dict.fromkeys(visit.views, (True, []))


def test_page_is_accessible(visit):
    """axe with all its rules, best practices too, everything unfolded, in four views."""
    assert {view: seen["findings"] for view, seen in visit.views.items() if seen["findings"]} == {}


def test_first_view_is_light(visit):
    weight, requests = visit.weight
    assert weight <= MOST_BYTES and requests <= MOST_REQUESTS, f"{weight} bytes in {requests} requests"


def test_nothing_on_the_page_jumps(visit):
    assert visit.shift <= reading.MOST_SHIFT


def test_page_asks_nobody_else_and_says_nothing_in_the_console(visit):
    """After all that was done to it."""
    assert (visit.foreign, visit.said, visit.context.cookies()) == ([], [], [])


@functools.cache
def parsed(file):
    return BeautifulSoup(file.read_text("utf-8"), "html.parser")


@functools.cache
def anchors(file):
    return set(re.findall(r'<[^<>]*\sid="([^"]+)"', file.read_text("utf-8")))  # of a page of the book; to parse one takes half a second


@pytest.mark.parametrize("path", [*PAGES, *CLAIMS])
def test_links_inside_the_book_lead_somewhere(path, book):
    for link in parsed(book / path).select("a[href]"):
        target, _, anchor = link["href"].partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        file = (book / path).parent.joinpath(target.split("?")[0]).resolve() if target else book / path
        assert file.is_file(), link
        assert not anchor or anchor in anchors(file), link


@pytest.mark.parametrize("path", [*PAGES, *CLAIMS])
def test_every_picture_has_words(path, book):
    page = parsed(book / path)
    for picture in page.select("figure svg, main img, [role=img]"):
        alt = picture.get("aria-label") or picture.get("alt") or ""
        assert len(alt.split()) >= 8 and not re.search(r"\.(png|svg|jpe?g|ipynb)\b|_build|/\w+/", alt), picture
    # Every picture of ours stands in a card with all that a reader needs to judge it.
    for card in page.select("figure.card"):
        assert card.select_one(".card-wide svg") and card.select_one(".card-narrow svg"), card["id"]
        for part in (".card-title", ".card-sources a", ".card-trust p", ".card-table th", ".card-table td"):
            assert card.select(part) and all(e.get_text(strip=True) for e in card.select(part)), (card["id"], part)
        assert [b["data-download"] for b in card.select("button[data-download]")] == ["csv", "svg", "png", "bib", "zip"]


def chapter_of(path):
    return path.removeprefix("chapters/").removesuffix(".html")


@pytest.mark.parametrize("path", CHAPTERS)
def test_a_chapter_shows_what_it_promises(path, book):
    page = parsed(book / path)
    moving = page.select("[data-exploration], [data-argument-map]")
    assert moving and 2 <= len(page.select("figure.card")) <= 5 + len(moving)
    assert 1 <= len(page.select(".passage")) <= 2 and len(page.select(".guess")) == 1
    assert page.select(".cell_output") and not page.select(".cell_output .stderr, .cell_output .traceback")


def test_the_book_shows_what_it_promises(book):
    pages = [parsed(book / path) for path in CHAPTERS]
    count = {part: sum(len(page.select(part)) for page in pages)
             for part in ("figure.card", "[data-exploration]", "article.claim")}
    assert len(pages) == 11 and count["figure.card"] >= 30 and count["[data-exploration]"] >= 14, count
    assert count["article.claim"] == len(claims.load("claims")) == 54
    assert all(len({e[key] for page in pages for e in page.select(part)}) == sum(len(page.select(part)) for page in pages)
               for part, key in (("[data-exploration]", "id"), ("figure.card", "data-name")))


@pytest.mark.parametrize("path", CHAPTERS)
def test_the_ledger_shows_each_claim_once_with_both_dates(path, book):
    rows = claims.load("claims").query(f"chapter == '{chapter_of(path)}'").set_index("id")
    then, now = (evidence.findings(chapter_of(path), as_of) for as_of in (claims.ESSAY_DATE, None))
    shown = parsed(book / path).select("article.claim")
    assert [e["id"] for e in shown] == [f"claim-{i}" for i in rows.index]
    for ident, card in zip(rows.index, shown):
        text = {e.get_text(): e.find_next("dd").get_text() for e in card.select("dt")}
        assert text == {"As of September 2014": str(then[ident]), "Today": str(now[ident])}
        assert card.select_one("h3").get_text() == rows.statement[ident]
        assert card.select_one("h3 a")["href"] == f"../claims/{ident}.html"


def roles(path, name):
    """The roles of one name in the source of a page, in order: (words, target)."""
    source = (reading.ROOT / path).with_suffix(".md").read_text("utf-8")
    source = re.sub(r"^```\{code-cell\}.*?^```$", "", source, flags=re.S | re.M)
    found = re.findall(rf"\{{{name}\}}`([^`<]+?)(?: *<([^>`]+)>)?`", source)
    return [(" ".join(words.split()), target or words) for words, target in found]


@pytest.mark.parametrize("path", [p for p in PAGES if p != "search.html"])
def test_claims_and_terms_in_the_text_lead_to_their_place(path, book):
    home, links = (book / path).parent, {}
    for name, link in (("claim", "a.claim-link"), ("term", "a[href*='glossary.html#term-'], a[href^='#term-']")):
        # The lists of a passage's claims are made by the page; all else was written.
        links[name] = [a for a in parsed(book / path).select(link) if "Its claims:" not in a.parent.get_text()]
        assert [" ".join(a.get_text().split()).replace("’", "'") for a in links[name]] == [
            words.replace("’", "'") for words, _ in roles(path, name)]
        for a in links[name]:
            target, _, anchor = a["href"].partition("#")
            assert name == "claim" or anchor in anchors((home / target).resolve() if target else book / path), a
    assert [(home / a["href"]).resolve() for a in links["claim"]] == [
        book / f"claims/{target}.html" for _, target in roles(path, "claim")]


@pytest.mark.parametrize("path", CHAPTERS)
def test_a_passage_names_all_claims_of_its_paragraph(path, book):
    rows = claims.load("claims")
    for passage in parsed(book / path).select(".passage"):
        paragraph = re.search(r"paragraph (\d+), in our words", passage.get_text())
        links = [a for p in passage.select("p") if "Its claims:" in p.get_text() for a in p.select("a")]
        named = [re.fullmatch(r"\.\./claims/(.+)\.html", a["href"])[1] for a in links]
        assert named == (list(rows.loc[rows["paragraph"] == int(paragraph[1]), "id"]) if paragraph else [])


@pytest.mark.parametrize("path", [*CHAPTERS, "numbers.html", "timeline.html", "ledger.html", *SOME_CLAIMS])
def test_print_shows_all_and_fits_the_sheet(path, site, page_at):
    page = page_at(site + path, 700)  # about the width of A4 between its margins
    page.emulate_media(media="print")
    # The lists of the map are long and stay folded: what it says stands above them.
    folded = "article details:not([open]):not(.argument-map details)"
    reading.until(page, "folded => !document.querySelector(folded)", arg=folded)
    for hidden in (".site-header", "nav", "form", "button"):
        assert page.locator(f"{hidden}:visible").count() == 0, hidden
    for shown in ("h1", "figure.card figcaption", "article.claim dd", ".guess-answer p:not([hidden])"):
        assert all(e.is_visible() for e in page.locator(shown).all()), shown
    assert page.locator(folded).count() == 0
    assert page.evaluate(STICKS_OUT) == [] and page.evaluate("document.documentElement.dataset.theme") == "light"
    page.close()


@pytest.mark.parametrize("path", [*PAGES, *CLAIMS])
def test_ids_are_given_once(path, book):
    ids = [e["id"] for e in parsed(book / path).select("[id]")]
    assert sorted({i for i in ids if ids.count(i) > 1}) == []
