"""Every page, in a real browser without a network: on a phone and a desktop, light and dark, served and from disk."""

import functools
import re

import pytest
import yaml
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup

import reading

MOST_BYTES, MOST_REQUESTS = 250_000, 16
TOC = yaml.safe_load((reading.ROOT / "_toc.yml").read_text("utf-8"))
PAGES = [f"{name}.html" for name in
         [TOC["root"], *(entry["file"] for part in TOC.get("parts", [TOC]) for entry in part["chapters"]), "search"]]
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
    assert sorted(PAGES) == reading.pages()


@pytest.fixture(scope="module", params=[(p, w, t) for p in PAGES for w in (320, 1280) for t in ("light", "dark")],
                ids=lambda p: f"{p[0]}-{p[1]}-{p[2]}")
def visit(request, site, page_at):
    """A page as first seen: its first view weighed, then everything that folds opened."""
    path, width, theme = request.param
    page = page_at(site + path, width, theme)
    page.theme = theme
    page.weight = reading.weigh(page.got)
    page.evaluate(OPEN_ALL)
    yield page
    page.close()


def test_page_follows_the_readers_theme(visit):
    assert visit.evaluate("document.documentElement.dataset.theme") == visit.theme


def test_page_is_accessible(visit):
    found = Axe().run(visit).response["violations"]
    assert not found, "\n".join(f"{v['id']}: {v['help']}: {n['html'][:200]} {n['failureSummary'][:300]}"
                                for v in found for n in v["nodes"])


def test_page_asks_nobody_else(visit):
    assert visit.foreign == []


def test_page_says_nothing_in_the_console(visit):
    assert visit.said == []


def test_page_does_not_scroll_sideways(visit):
    assert visit.evaluate("document.documentElement.scrollWidth") <= visit.viewport_size["width"]
    assert visit.evaluate(STICKS_OUT) == []


def test_first_view_is_light(visit):
    weight, requests = visit.weight
    assert weight <= MOST_BYTES and requests <= MOST_REQUESTS, f"{weight} bytes in {requests} requests"


@pytest.mark.parametrize("path", PAGES)
def test_page_works_from_disk(path, book, page_at):
    page = page_at((book / path).as_uri())
    assert (page.foreign, page.said) == ([], [])
    assert page.locator("main h1").count() == 1
    assert page.locator("[data-exploration] fieldset:disabled").count() == 0
    page.close()


@pytest.mark.parametrize("where", ["server", "disk"])
def test_search_finds(where, site, book, page_at):
    page = page_at((site if where == "server" else (book / "index.html").as_uri().removesuffix("index.html")) + "search.html?q=China")
    page.locator("#search-results li a").first.wait_for(timeout=5000)
    assert "chapters/beijing.html" in " ".join(a.get_attribute("href") for a in page.locator("#search-results li a").all())
    assert page.said == []
    page.close()


@functools.cache
def parsed(file):
    return BeautifulSoup(file.read_text("utf-8"), "html.parser")


@functools.cache
def anchors(file):
    return {e["id"] for e in parsed(file).select("[id]")}


@pytest.mark.parametrize("path", PAGES)
def test_links_inside_the_book_lead_somewhere(path, book):
    for link in parsed(book / path).select("a[href]"):
        target, _, anchor = link["href"].partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        file = (book / path).parent.joinpath(target.split("?")[0]).resolve() if target else book / path
        assert file.is_file(), link
        assert not anchor or anchor in anchors(file), link


@pytest.mark.parametrize("path", PAGES)
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
        assert [b["data-download"] for b in card.select("button[data-download]")] == ["csv", "svg", "png", "bib"]


def test_the_chapter_shows_what_it_promises(book):
    page = parsed(book / "chapters/beijing.html")
    assert len(page.select("figure.card")) >= 3
    assert len(page.select("[data-exploration]")) >= 2
    assert len(page.select("article.claim")) == 8
    assert page.select(".cell_output")


@pytest.mark.parametrize("path", PAGES)
def test_ids_are_given_once(path, book):
    ids = [e["id"] for e in parsed(book / path).select("[id]")]
    assert sorted({i for i in ids if ids.count(i) > 1}) == []
