"""The picture on the front page, the line above a title, the typeface and the mark."""

import functools
import re
from urllib.parse import unquote

import networkx as nx
import pytest
from bs4 import BeautifulSoup

import reading
from companion import argument, evidence
from companion.book import glance, heads, mark
from companion.data import load
from companion.figure import GROUND

CLAIMS = load("claims").set_index("id")


@functools.cache
def parsed(file):
    return BeautifulSoup(file.read_text("utf-8"), "html.parser")


def value(claim):
    return evidence.values(CLAIMS.chapter[claim])[claim]


@pytest.fixture
def figure(book):
    return parsed(book / "index.html").select_one("main figure.glance")


# --- the argument at a glance ---------------------------------------------------------------------------------------

def test_the_glance_shows_each_claim_with_its_name_and_the_value_that_the_argument_gives_it(figure):
    shown = {}
    for block in figure.select("[data-value]"):
        (link,), (words,) = block.select("a"), block.select(".value")
        shown[link["href"]] = (link.get_text().lower(), words.get_text(), words.i["data-mark"], block["data-value"])
    assert shown == {f"claims/{claim}.html": (CLAIMS.label[claim].lower(), *[value(claim)] * 3) for claim in glance.drawn()}
    assert len(shown) == len(figure.select("a")) <= 22


def test_the_bricks_of_a_wall_are_all_that_it_rests_on(figure):
    ties = load("argument").query("coding == 'settled' and tie in ['needs', 'any_of']")
    rests = nx.DiGraph(list(zip(ties["claim"], ties["other"], strict=True)))
    walls = {wall.select_one(".cap a")["href"]: {brick["href"] for brick in wall.select(":scope > ul a")} for wall in figure.select(".wall")}
    assert walls == {f"claims/{wall}.html": {f"claims/{claim}.html" for claim in nx.descendants(rests, wall)}
                     for wall in ("washington-wall", "seoul-wall", "beijing-wall")}


def test_the_caption_says_what_becomes_of_the_conclusion_and_the_key_counts(figure):
    assert figure.figcaption.get_text().startswith("The essay’s conclusion is shaky") and value("search-partners") == argument.SHAKY
    assert len({glance.said(value) for value in argument.VALUES}) == 3
    counted = [part.get_text() for part in figure.select(".key span")]
    assert counted == [f"{word} {sum(value(claim) == word for claim in glance.drawn())}" for word in ("stands", "shaky", "falls")]


BOXES = """kind => [...document.querySelectorAll(kind)].map(e => e.getBoundingClientRect().toJSON())"""


def test_on_a_desk_the_glance_is_whole_on_the_first_screen_and_the_walls_stand_out(site, page_at):
    page = page_at(f"{site}index.html")
    (figure,), walls = page.evaluate(BOXES, ".glance"), page.evaluate(BOXES, ".glance .wall")
    assert figure["bottom"] <= 800
    assert len(walls) == 3 and len({(wall["top"], wall["height"]) for wall in walls}) == 1
    assert max(box["height"] for box in page.evaluate(BOXES, ".glance [data-value]")) * 2 < walls[0]["height"]
    page.close()


# --- marks ----------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("path", ["index.html", "ledger.html", "chapters/beijing.html", "claims/beijing-wall.html"])
def test_a_mark_has_a_word_beside_it(path, book):
    marks = parsed(book / path).select(".mark")
    assert marks and all(re.match(r"[a-z]", str(mark.next_sibling)) and not mark.contents for mark in marks)


def test_the_cards_of_a_chapter_and_the_ledger_have_the_same_marks(book):
    told = lambda part: [mark["data-mark"] for mark in part.select(".claim-verdicts .mark")]  # noqa: E731
    ledger = {row["id"]: told(row) for row in parsed(book / "ledger.html").select(".ledger > li")}
    cards = {card["id"].removeprefix("claim-"): told(card) for path in reading.CHAPTERS for card in parsed(book / path).select("article.claim")}
    assert cards == ledger and set(map(len, cards.values())) == {2}


# --- above a title, and in it ---------------------------------------------------------------------------------------

@pytest.mark.parametrize("path", reading.CHAPTERS)
def test_the_line_above_a_title_is_that_of_the_passage(path, book):
    said = parsed(book / path).select_one("article > .head-line")
    assert said.find_next("h1") and not said.find_previous("h1")
    source = (reading.ROOT / path).with_suffix(".md").read_text("utf-8")
    (minutes,) = re.findall(r"^:minutes: (\d+)$", source, re.M)
    numbers = re.findall(r"^```\{passage\} (\d+)$", source, re.M)
    assert re.findall(r"\d+", said.get_text()) == [*numbers, minutes]
    assert said.get_text().startswith("The essay · ") and said.get_text().endswith(f"{minutes} minutes")


def test_the_line_above_a_title_leaves_out_what_is_not_known():
    assert heads.line("A", [(6, 25), (7, None)]) == "A · paragraphs 6 and 7 · 25 minutes"
    assert heads.line("A", [(None, 25)]) == "A · 25 minutes" and heads.line("A", []) == "A" and heads.line("", []) == ""


@pytest.mark.parametrize("path", reading.CHAPTERS)
def test_a_word_with_a_hyphen_is_whole_in_large_type(path, book):
    for large in parsed(book / path).select("article :is(h1, h2, h3, h4, .finding)"):
        assert [e.get_text() for e in large.select(".whole")] == re.findall(r"\w+(?:-\w+)+", large.get_text())


def test_a_hyphen_in_a_tag_or_in_small_type_is_left_alone():
    assert heads.whole('<h2 id="a-b">A-b <a href="c-d">e</a></h2><p>f-g</p>') == \
        '<h2 id="a-b"><span class="whole">A-b</span> <a href="c-d">e</a></h2><p>f-g</p>'


# --- typeface and mark ----------------------------------------------------------------------------------------------

@pytest.mark.parametrize("path", ["index.html", "chapters/moscow.html"])
def test_the_typeface_is_there_before_anything_is_painted(path, site, page_at):
    page = page_at(site + path)
    face = "[...document.fonts].filter(face => face.family === 'Newsreader').map(face => face.status).join()"
    assert page.evaluate(face) == "loaded" and not [response.url for response in page.got if ".woff" in response.url]
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).fontFamily").startswith("Newsreader,")
    assert page.evaluate(reading.SHIFTS) <= 0.001
    page.close()


@pytest.mark.parametrize("path", ["index.html", "chapters/beijing.html", "claims/beijing-wall.html", "search.html", "404.html"])
def test_every_sort_of_page_has_the_mark_as_icon_and_in_its_head(path, book):
    page = parsed(book / path)
    assert mark.PATH in unquote(page.select_one("link[rel=icon]")["href"])
    assert page.select_one(".site-title svg path")["d"] == mark.PATH
    assert tuple(tag["content"] for tag in page.select("meta[name=theme-color]")) == GROUND["surface"]
