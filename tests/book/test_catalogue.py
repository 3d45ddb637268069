"""The catalogue page: every table with its parts, the downloads, and the box that filters."""

import csv
import json
import re

import pytest
from bs4 import BeautifulSoup

import reading
from companion.book import catalogue

RESOURCES = json.loads((reading.ROOT / "data/datapackage.json").read_text("utf-8"))["resources"]
NAMES = [resource["name"] for resource in RESOURCES]


def rows(name):
    with (reading.ROOT / "data" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def text(element):
    return " ".join(element.get_text(" ", strip=True).split())


@pytest.fixture(scope="module")
def html(book):
    return BeautifulSoup((book / "catalogue.html").read_text("utf-8"), "html.parser")


@pytest.mark.parametrize("resource", RESOURCES, ids=NAMES)
def test_a_table_is_there_with_all_its_parts(resource, html, book):
    section, table = html.select_one(f"section#table-{resource['name']}"), rows(resource["name"])
    assert text(section.h2).replace("’", "'") == resource["title"]
    about = text(section.select_one(".about")).replace("How to read it ", "")
    assert about == " ".join(resource["description"].split())
    facts = text(section.select_one(".facts"))
    assert re.search(rf"{len(table):,} rows? · {len(table[0])} fields?", facts) and not re.search(r"\b1 \w+s\b", facts)
    link = section.select_one(".facts a[download]")
    assert (book / link["href"]).read_bytes() == (reading.ROOT / "data" / resource["path"]).read_bytes()
    assert [text(e) for e in section.select(".fields dt code")] == [f["name"] for f in resource["schema"]["fields"]]
    for field, item in zip(resource["schema"]["fields"], section.select(".fields [data-item=field]")):
        assert field["type"] in text(item.dt) and field.get("unit", "") in text(item.dt)
        assert field.get("description", "")[1:] in text(item.dd)
    shown = [[text(cell).replace("–", "") for cell in row.select("th, td")] for row in section.select("details tbody tr")]
    there = [[" ".join(cell.split()).replace("–", "") for cell in row.values()] for row in table]
    assert 0 < len(shown) <= 5 and all(row in there for row in shown)
    known = [row for row in rows("corrections") if row["table"] == resource["name"]]
    assert len(section.select(".errors li")) == len(known)


def test_no_table_is_there_that_the_package_does_not_have(html):
    assert sorted(s["id"] for s in html.select("section[id^=table-]")) == sorted(f"table-{name}" for name in NAMES)


def test_a_table_with_years_has_a_picture_of_them(html):
    dated = {r["name"] for r in RESOURCES if {f["name"] for f in r["schema"]["fields"]} & {"year", "month", "period", "date", "start"}}
    pictures = html.select("figure.coverage")
    assert {p.find_parent("section")["id"] for p in pictures} == {f"table-{name}" for name in dated}
    for picture in pictures:
        wide, narrow = picture.select("svg[role=img]")
        assert wide["aria-label"] == narrow["aria-label"]
    assert len({p.svg["aria-label"] for p in pictures}) == len(pictures)


def test_a_table_names_the_pages_that_use_it(html):
    trade, corrections = (html.select_one(f"#table-{name}") for name in ("trade", "corrections"))
    assert trade.select('p > a[href="chapters/beijing.html"]') and corrections.select('p > a[href="numbers.html"]')
    assert not trade.select('p > a[href="numbers.html"]')


def test_the_whole_package_can_be_taken(html, book):
    link = html.select_one(".take a[download]")
    assert (book / link["href"]).read_bytes() == catalogue.zipped(catalogue.files())
    loose = {p.name: p.read_bytes() for p in (book / "data").iterdir() if p.suffix != ".zip"}
    assert loose == catalogue.files()
    for name in loose:
        assert html.select_one(f'a[href="data/{name}"]'), name


def test_each_source_says_what_rests_on_it(html, book):
    references = BeautifulSoup((book / "references.html").read_text("utf-8"), "html.parser")
    listed = {a["href"].partition("#source-")[2]: a.find_parent("li")
              for a in html.select('#table-sources li > a[href*="#source-"]')}
    resting = catalogue.resting()
    assert sorted(listed) == sorted(row["source_id"] for row in rows("sources"))
    for source, item in listed.items():
        for entry, page in ((item, ""), (references.find(id=f"source-{source}"), "catalogue.html")):
            found = re.findall(r"(\w+) \(([\d,]+) rows?\)", text(entry).partition("On it rests: ")[2])
            assert {name: int(count.replace(",", "")) for name, count in found} == resting[source]
            assert [a["href"] for a in entry.select('a[href*="#table-"]')] == [f"{page}#table-{name}" for name in resting[source]]


def test_only_this_page_loads_its_script(book):
    for path in reading.pages():
        assert ("catalogue.js" in (book / path).read_text("utf-8")) == (path == "catalogue.html"), path
    assert reading.zipped((book / "_static/catalogue.js").read_bytes()) <= 3000


# --- the box that filters ---------------------------------------------------------------------------------------

@pytest.fixture(params=[("server", 320), ("disk", 1280)], ids=lambda p: f"{p[0]}-{p[1]}")
def page(request, site, book, page_at):
    where, width = request.param
    opened = page_at((site if where == "server" else book.as_uri() + "/") + "catalogue.html", width, stopped=True)
    opened.evaluate("""() => { window.told = [];
      new MutationObserver(() => told.push(document.querySelector('.filter output').value))
        .observe(document.querySelector('.filter output'), {childList: true}) }""")
    yield opened
    assert (opened.foreign, opened.said) == ([], [])
    opened.close()


def write(page, words):
    """Type as a reader does, and let the time pass until the number of hits has been told."""
    page.locator("#filter").focus()
    page.keyboard.press("ControlOrMeta+a")
    for letter in words:
        page.keyboard.type(letter)
        page.clock.run_for(20)
    page.clock.run_for(800)


def hits(html, words):
    """What should be found: ids of tables found by their own words, and texts of the parts that hold every word."""
    def fits(found):
        return all(word in found.lower() for word in words.lower().split())
    tables = {s["id"] for s in html.select("section[id^=table-]")
              if fits(" ".join(text(s.select_one(part)) for part in ("h2", ".facts", ".about")))}
    return tables, [i for i in html.select("[data-item]") if fits(text(i))]


@pytest.mark.parametrize("words", ["customs", "KOTRA press", "percent", "votes", "qqq"])
def test_the_filter_shows_what_holds_the_words(words, html, page):
    write(page, words)
    tables, parts = hits(html, words)
    expected = tables | {part.find_parent("section")["id"] for part in parts}
    assert {s.get_attribute("id") for s in page.locator("section[id^=table-]:visible").all()} == expected
    count = {kind: sum(part["data-item"] == kind for part in parts) for kind in ("field", "source")}
    said = page.locator(".filter output").inner_text()
    assert [int(n) for n in re.findall(r"\d+", said)] == [len(tables), count["field"], count["source"]]
    assert page.evaluate("told") == [said]  # once, not at every letter
    if parts:
        seen = page.locator("[data-item]:visible").all_inner_texts()
        assert all(word in found.lower() for found in seen for word in words.lower().split())
        assert len(seen) == len(parts)
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


def test_a_filtered_catalogue_is_accessible(site, page_at):
    page = page_at(site + "catalogue.html", 320)  # not `page`: axe waits by the clock, which stands there
    page.locator("#filter").fill("customs")
    assert reading.faults(page) == []
    page.close()


def test_what_is_found_is_in_view(page):
    write(page, "votes")
    first = page.locator("section[id^=table-]:visible h2").first.evaluate("e => e.getBoundingClientRect().top")
    assert 0 < first < 600


def test_escape_shows_everything_again(page):
    write(page, "customs")
    page.keyboard.press("Enter")  # must not load the page anew
    assert page.locator("section[id^=table-]:visible").count() < len(NAMES)
    page.keyboard.press("Escape")
    page.clock.run_for(800)
    assert page.locator("#filter").input_value() == ""
    assert page.locator("section[id^=table-]:visible").count() == len(NAMES)
    assert page.locator("[data-item][hidden], .fields:visible").count() == 0
    assert page.evaluate("told").pop() == ""


def test_a_link_to_a_hidden_table_shows_it(page):
    write(page, "qqq")
    assert not page.locator("#table-trade").is_visible()
    page.evaluate("location.hash = '#table-trade'")
    page.locator("#table-trade").wait_for(state="visible", timeout=2000)
    assert page.locator("#table-trade h2").evaluate("e => e.getBoundingClientRect().top") < 200


def test_without_script_everything_is_listed(site, page_at):
    page = page_at(site + "catalogue.html", java_script_enabled=False)
    assert page.locator("section[id^=table-]:visible").count() == len(NAMES)
    assert page.locator("[data-item=source]:visible").count() == len(rows("sources"))
    assert not page.locator("#filter").is_visible()
    page.close()
