"""What a page finds is shown first, described, and drawn on a card."""

import io
import json

import pytest
from bs4 import BeautifulSoup
from PIL import Image

import reading
from companion.book import findings

DESCRIBED = [path for path in [*reading.PAGES, *reading.CLAIMS] if path != "search.html"]


@pytest.fixture(scope="module")
def heads(book):
    """{path: {name of a meta tag: its content}}"""
    return {path: {tag.get("name") or tag.get("property"): tag["content"] for tag in
                   BeautifulSoup((book / path).read_text("utf-8").split("</head>")[0], "html.parser").select("meta[content]")}
            for path in DESCRIBED}


@pytest.mark.parametrize("path", reading.CHAPTERS)
def test_a_chapter_opens_with_its_finding_which_describes_it(path, book, heads):
    page = BeautifulSoup((book / path).read_text("utf-8"), "html.parser")
    finding = page.h1.find_next("p")
    assert finding["class"] == ["finding"] and not finding.strong and len(page.select(".finding")) == 1
    assert " ".join(finding.get_text().split()).startswith(heads[path]["description"])


def test_every_page_has_a_description_of_its_own_and_tells_it_to_networks(heads):
    said = [head["description"] for head in heads.values()]
    assert all(len(text) >= 40 for text in said) and len(set(said)) == len(said)
    for head in heads.values():
        assert head["og:description"] == head["description"] and head["og:title"] and head["og:site_name"] == "Beyond the Triangle"
        assert "og:image" not in head  # no network can fetch it from a book without an address


def test_a_description_ends_with_a_sentence():
    assert findings.description("One. Two.") == "One. Two."
    assert findings.description(f"One. {'X' * findings.LONGEST}. Three.") == "One."


@pytest.mark.parametrize("path", reading.CHAPTERS)
def test_a_card_is_small_and_of_the_size_that_networks_show(path, heads):
    card = findings.card(heads[path]["og:title"], heads[path]["description"])
    assert Image.open(io.BytesIO(card)).size == (1200, 630) and len(card) < 60_000


def test_pages_of_a_book_with_an_address_name_their_card(copy, monkeypatch):
    monkeypatch.setenv("BOOK_URL", "https://example.org/b")
    assert reading.make_book(copy).returncode == 0
    built = copy / "_build/html"
    page = BeautifulSoup((built / "chapters/beijing.html").read_text("utf-8"), "html.parser")
    tags = {tag["property"]: tag["content"] for tag in page.select("meta[property]")}
    assert tags["og:url"] == "https://example.org/b/chapters/beijing.html"
    assert tags["og:image"] == "https://example.org/b/_static/cards/chapters-beijing.png"
    assert (built / "_static/cards/chapters-beijing.png").stat().st_size > 5000
    first = json.loads((built / "notebooks/chapters/beijing.ipynb").read_text("utf-8"))["cells"][0]["source"]
    assert "'https://example.org/b/notebooks/" in "".join(first)
