"""The timeline: complete without a script, narrowed by partner, kind and words, by keyboard, with the choice in the address."""

import re

import pytest
from bs4 import BeautifulSoup

from companion.book import timeline
from companion.data import load


@pytest.fixture(scope="module")
def events():
    frame = load("events").query("counted")
    return frame.assign(who=frame["partners"].map(timeline.groups))


@pytest.fixture
def page(site, page_at):
    page = page_at(site + "timeline.html")
    yield page
    assert (page.foreign, page.said) == ([], [])
    page.close()


def shown(page):
    return page.locator(".timeline li:visible").count()


def fitting(events, partner=None, kind=None, words=()):
    rows = events
    if partner:
        rows = rows[rows["who"].map(lambda groups: partner in groups)]
    if kind:
        rows = rows[rows["class"] == kind]
    for word in words:
        rows = rows[rows["title"].str.lower().str.contains(word, regex=False)]
    return len(rows)


def test_groups_of_partners():
    assert timeline.groups("RUS;DEU;EU28;CUB") == ["RUS", "EUR", "OTH"] and timeline.groups("PRK") == ["OTH"]


@pytest.mark.parametrize(("date", "text"), [("2014-09-06", "6 September"), ("2014-09", "September"), ("2014", "day unknown")])
def test_days_are_said_as_far_as_they_are_known(date, text):
    assert timeline.day(date) == text


def test_every_kind_of_event_has_a_word(events):
    assert set(events["class"]) == set(timeline.KINDS)


def test_every_counted_event_stands_there_with_its_source_in_order(book, events):
    html = BeautifulSoup((book / "timeline.html").read_text("utf-8"), "html.parser")
    items = html.select(".timeline li")
    dates = [item.time["datetime"] for item in items]
    assert sorted(dates) == sorted(events["date"]) and dates == sorted(dates)
    assert {a["href"].partition("#source-")[2] for a in html.select(".timeline li a")} == set(events["source_id"])
    assert len(html.select("#the-essay")) == 1 and html.select_one("#the-essay time")["datetime"].startswith("2014-09")


def test_it_is_complete_without_a_script(site, page_at, events):
    page = page_at(site + "timeline.html", java_script_enabled=False)
    assert shown(page) == len(events) and not page.locator(".narrow").is_visible()
    page.close()


def test_the_form_narrows_by_keyboard_and_the_address_keeps_it(page, page_at, events):
    page.get_by_label("Partner").focus()
    page.keyboard.type("Russia")
    assert shown(page) == fitting(events, "RUS")
    page.get_by_label("Kind").focus()
    page.keyboard.type("Visit")
    assert shown(page) == fitting(events, "RUS", "visit")
    page.get_by_label("Search the events").focus()
    page.keyboard.type("putin meets", delay=5)
    page.keyboard.press("Tab")
    assert shown(page) == page.locator(".timeline li:visible", has_text="utin").count() > 0
    page.wait_for_timeout(600)
    assert page.locator(".narrow output").inner_text() == f"{shown(page)} events."
    there = page_at(page.url)
    assert shown(there) == shown(page)
    there.close()
    page.go_back()
    assert shown(page) == fitting(events, "RUS", "visit")
    page.get_by_role("button", name="Show all").press("Enter")
    page.wait_for_timeout(50)
    assert shown(page) == len(events) and "?" not in page.url


def test_a_wrong_address_shows_all_and_a_hidden_target_comes_back(site, page_at, events):
    page = page_at(site + "timeline.html?partner=XXX&kind=nonsense")
    assert shown(page) == len(events)
    page.wait_for_timeout(600)
    assert page.locator(".narrow output").inner_text() == "The address names a choice that does not exist, so all events are shown."
    page.get_by_label("Partner").select_option("CHN")
    assert not page.locator("#the-essay").is_visible()
    page.get_by_role("link", name="Go to the essay").click()
    page.wait_for_timeout(100)
    assert page.locator("#the-essay").is_visible() and page.said == []
    page.close()


def test_words_match_from_their_beginning(page, events):
    page.get_by_label("Search the events").fill("aid")
    titles = page.locator(".timeline li:visible").all_inner_texts()
    assert titles and all(re.search(r"\baid", title, re.I) for title in titles)
    assert fitting(events, words=["never paid"]) and not any("never paid" in title for title in titles)
    page.get_by_label("Search the events").fill("xyzzy")
    page.wait_for_timeout(600)
    assert page.locator(".narrow output").inner_text() == "No event fits. Try another word, or show all." and "find=xyzzy" in page.url
