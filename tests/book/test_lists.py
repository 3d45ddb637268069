"""The pages that list all figures, explorations, claims and tables."""

import json
import re

import pytest
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

import reading
from reading import CLAIMS, PAGES
from test_pages import parsed

LISTS = ["ledger.html", "figures.html", "explorations.html", "catalogue.html"]


def words(element):
    return " ".join(element.get_text().split())


def listed(book, path):
    """(address, words, line) of every entry, in order."""
    return [(item.a["href"], words(item.a), words(item.select_one(".muted"))) for item in parsed(book / path).select("main section li")]


def standing(book, selector):
    """(page, element) of all that stands on the pages, in the order of the contents."""
    return [(path, element) for path in PAGES for element in parsed(book / path).select(selector)]


def test_every_figure_is_listed_once_with_its_title_and_sources(book):
    found, there = listed(book, "figures.html"), standing(book, "figure.card")
    assert len(there) > 40
    assert [entry[:2] for entry in found] == [(f"{path}#{card['id']}", words(card.select_one(".card-title"))) for path, card in there]
    for (_, _, line), (_, card) in zip(found, there):
        links = [words(link) for link in card.select(".card-sources a")]
        assert line.startswith("Sources: ") and all(name in line for name in links[:3])
        more = card.select_one(".card-sources summary")
        assert line.endswith(words(more)) if more else line == f"Sources: {'; '.join(links) or 'none'}"


def test_every_exploration_is_listed_once_with_its_question_and_controls(book):
    found, there = listed(book, "explorations.html"), standing(book, "[data-exploration]")
    assert len(there) >= 14
    assert [entry[:2] for entry in found] == [(f"{path}#{e['id']}", words(e.select_one(".exploration-question"))) for path, e in there]
    for (_, _, line), (_, exploration) in zip(found, there):
        labels = [words(e) for e in exploration.select(".exploration-field > label:not(:has(input)), .exploration-field > legend")]
        assert labels and line == f"You choose: {'; '.join(labels)}"


@pytest.mark.parametrize("path", ["figures.html", "explorations.html"])
def test_entries_stand_under_the_page_where_they_are(path, book):
    for section in parsed(book / path).select("main section section"):
        page = section.h2.a["href"]
        assert words(section.h2) == words(parsed(book / page).select_one("main h1"))
        assert section.select("li") and all(a["href"].startswith(f"{page}#") for a in section.select("li a"))


def test_every_claim_and_every_table_is_listed(book):
    assert sorted(e["id"] for e in parsed(book / "ledger.html").select(".ledger > li")) == sorted(path[7:-5] for path in CLAIMS)
    tables = {resource["name"] for resource in json.loads((reading.ROOT / "data/datapackage.json").read_text("utf-8"))["resources"]}
    assert {e["id"].removeprefix("table-") for e in parsed(book / "catalogue.html").select("section[id^=table-]")} == tables


@pytest.mark.parametrize("path", LISTS)
def test_each_list_leads_to_the_other_three(path, book):
    line = next(p for p in parsed(book / path).select("main p") if re.match("All claims · all figures · all explorations · all tables$", words(p)))
    assert [a["href"] for a in line.select("a")] == [other for other in LISTS if other != path]


# --- how they are made, on a book of three pages ------------------------------------------------------------------

CARD = """.. raw:: html

   <figure class="card" id="fig-a" data-name="a"><figcaption><span class="card-title">{}</span></figcaption>
   <p class="card-sentence"></p><div class="card-sources">Sources: none</div>
   <details class="card-trust"><summary>How far</summary><p>Far.</p></details></figure>
"""


@pytest.fixture
def small(tmp_path):
    (tmp_path / "index.rst").write_text("Front\n=====\n\n.. toctree::\n\n   all\n   one\n")
    (tmp_path / "all.rst").write_text("All\n===\n\n.. figures::\n")
    (tmp_path / "one.rst").write_text("One\n===\n\n" + CARD.format("A &lt; B"))
    before = dict(directives._directives)

    def build():
        app = Sphinx(tmp_path, None, tmp_path / "out", tmp_path / "trees", "html", status=None,
                     confoverrides={"extensions": ["companion.book.lists"]})
        app.build()
        return (tmp_path / "out/all.html").read_text("utf-8")

    yield tmp_path, build
    directives._directives.clear()
    directives._directives.update(before)


def test_a_list_follows_what_it_lists(small):
    folder, build = small
    assert '<a href="one.html#fig-a">A &lt; B</a>' in build()
    (folder / "one.rst").write_text("One\n===\n\n" + CARD.format("C"))
    assert '<a href="one.html#fig-a">C</a>' in build()


def test_a_list_without_entries_stops_the_build_with_one_sentence(small):
    folder, build = small
    (folder / "one.rst").write_text("One\n===\n")
    with pytest.raises(ExtensionError, match=r"^all: the book has no figures to list; take this page out of _toc.yml\.$"):
        build()
