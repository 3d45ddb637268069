"""The ledger, narrowed by its form, and the page of each claim: what they show is what companion.evidence finds."""

import functools
import json
import re

import pandas as pd
import pytest
from bs4 import BeautifulSoup

import reading
from companion import claims, evidence
from companion.book import ledger
from companion.data import load

ROWS = load("claims").set_index("id")
DATES = {"then": claims.ESSAY_DATE, "now": None}
HEADS = {"then": "On what was published by 30 September 2014", "now": "On all we have"}
TESTED = [i for i in ROWS.index if i in evidence.chapter(ROWS.chapter[i]).FINDINGS]


@functools.cache
def parsed(file):
    return BeautifulSoup(file.read_text("utf-8"), "html.parser")


@pytest.fixture
def rows(book):
    return {row["id"]: row for row in parsed(book / "ledger.html").select(".ledger > li")}


@pytest.fixture
def page_of(book):
    return lambda claim: parsed(book / "claims" / f"{claim}.html")


def shown_verdicts(part):
    return {e.get_text(): e.find_next("dd").get_text() for e in part.select(".claim-verdicts dt")}


def with_value(claim, as_of):
    verdict, value = str(evidence.finding(claim, as_of)), evidence.values(ROWS.chapter[claim], as_of)[claim]
    return value if verdict == value else f"{verdict} ·\xa0{value}"


# --- words and marks ------------------------------------------------------------------------------------------------

def test_a_verdict_is_found_under_its_words_its_parts_and_its_value():
    divided = {"verdict": "borne out under 2 of 5 counts", "value": "shaky"}
    assert ledger.groups(divided) == ["divided", "shaky"]
    assert ledger.groups({"verdict": "timing fits", "value": "shaky", "parts": {}}) == ["fits", "shaky"]
    parts = {"verdict": "x", "value": "shaky", "parts": {"far": "borne out", "ill-matched": claims.NOT_TESTABLE}}
    assert ledger.groups(parts) == ["borne-out", "divided", "untestable", "shaky"]


@pytest.mark.parametrize("as_of", DATES.values())
def test_every_verdict_but_that_of_a_conclusion_is_in_a_group_of_words(as_of):
    for claim, row in ROWS.iterrows():
        found = evidence.finding(claim, as_of)
        verdict = {"verdict": str(found), "value": "shaky", "parts": dict(getattr(found, "parts", {}))}
        assert (len(ledger.groups(verdict)) > 1) is (row.kind != "thesis"), claim


def count(votes, outcome, **choices):
    return {"votes": votes, "outcome": outcome, "family": "a"} | choices


def marked(html, css):
    """Positions of the marks that a path of this class draws."""
    return [float(x) for path in BeautifulSoup(html, "html.parser").select(css) for x in re.findall(r"M([\d.]+) ", path["d"])]


SMALL = {"supporting": 1, "voting": 2, "depends_on": ["year"], "choices": ["source", "year"], "counts": [
    count(True, False, year=2012, source="x"), count(False, True, year=2012, source="y"),
    count(True, True, year=2013, source="x"), count(True, None, year=2013, source="x")]}


def test_the_picture_has_a_mark_for_each_count_those_without_a_vote_apart():
    html = ledger.picture(SMALL)
    first = str(BeautifulSoup(html, "html.parser").select_one(".option.all"))
    assert marked(first, ".yes:not(.small)") == [5] and marked(first, ".no:not(.small)") == [15]
    assert marked(first, ".yes.small") == [35]
    assert "1 of 2 counts with a vote supports the claim, 1 gives no answer and 1 more has no vote." in html


def test_the_picture_shows_what_each_choice_did_and_the_one_that_turns_first():
    html = BeautifulSoup(ledger.picture(SMALL), "html.parser")
    assert [p.get_text() for p in html.select("p")] == ["Year (alone it can turn the outcome)", "Source"]
    told = {li.span.get_text(): li.select("span")[-1].get_text() for li in html.select("li")}
    assert told == {"2012": "0 of 1", "2013": "1 of 1", "x": "1 of 2", "y": "no vote"}


def test_where_each_limit_has_a_verdict_the_picture_makes_no_sum():
    counts = [count(True, outcome, **{"limit, %": limit, "source": source}) for limit, outcome in ((5.0, True), (1.0, False)) for source in "xy"]
    html = BeautifulSoup(ledger.picture({"supporting": 2, "voting": 4, "depends_on": ["limit, %"], "choices": ["source", "limit, %"],
                                         "counts": counts}), "html.parser")
    assert html.select_one(".option.all").select("span")[-1].get_text() == "" and "2 of 4" not in str(html)
    assert {li.span.get_text(): li.select("span")[-1].get_text() for li in html.select("li")} == {
        "1": "0 of 2", "5": "2 of 2", "x": "", "y": ""}
    assert [li.span.get_text() for li in html.select("li")][:2] == ["1", "5"]  # numbers in their order


def test_families_of_sources_are_called_by_their_names(page_of, rows):
    for page in (page_of("china-three-quarters"), rows["china-three-quarters"]):
        assert "mirror data of the IMF" in page.get_text() and not re.search(r"imf.mirror|\bkotra\b", page.get_text())
    assert {td.get_text() for td in page_of("xi-critical").select("[aria-label^='Every count'] td:last-child")} == {
        "press events", "UN votes", "official visits"}


# --- the ledger -----------------------------------------------------------------------------------------------------

def test_the_ledger_has_every_claim_once_by_paragraph_with_the_title_last(book, rows):
    order = ROWS.assign(paragraph=ROWS["paragraph"].replace(0, 99)).sort_values("paragraph", kind="stable").index
    assert list(rows) == list(order)
    heads = [h.get_text(strip=True) for h in parsed(book / "ledger.html").select("article h2")]
    assert heads == [*(f"Paragraph {n}" for n in range(1, 12)), "The title"]


@pytest.mark.parametrize("claim", ROWS.index)
def test_a_row_shows_the_claim_both_verdicts_and_why(claim, rows):
    row, told = ROWS.loc[claim], rows[claim]
    assert told.h3.get_text() == row.statement and told.h3.a["href"] == f"claims/{claim}.html"
    assert shown_verdicts(told) == {HEADS[d]: with_value(claim, as_of) for d, as_of in DATES.items()}
    fold = told.details.get_text()
    assert all(text in fold for text in (row.would_support, row.would_count_against, row.test))
    assert claims.rule(row.kind, evidence.finding(claim), row.test) in fold
    named = [a["href"].removeprefix("catalogue.html#table-") for a in told.select("a[href*='#table-']")]
    assert named == list(evidence.tables(claim)) and len(told.select("a[download]")) == len(named)
    assert told.select_one(f"a[href='chapters/{row.chapter}.html#claim-{claim}']")


@pytest.mark.parametrize("claim", TESTED)
def test_a_row_draws_as_many_counts_as_the_finding_has(claim, rows):
    drawn = [len(re.findall("M", "".join(p["d"] for p in picture.select(".option.all path:not(.in)"))))
             for picture in rows[claim].select(".choices")]
    has = [len(found.counts) if (found := evidence.tested(claim, as_of)) else 0 for as_of in DATES.values()]
    assert drawn == list(dict.fromkeys(n for n in has if n)) or drawn == [n for n in has if n]


def visible(page):
    return page.evaluate("[...document.querySelectorAll('.ledger > li')].filter(e => e.checkVisibility()).map(e => e.id)")


@pytest.fixture
def form(site, page_at):
    page = page_at(site + "ledger.html")
    yield page
    assert (page.foreign, page.said) == ([], [])
    page.close()


def test_it_is_complete_without_a_script(site, page_at):
    page = page_at(site + "ledger.html", java_script_enabled=False)
    assert len(visible(page)) == len(ROWS) and not page.locator("form.narrow").is_visible()
    page.close()


@pytest.mark.parametrize(("column", "label"), [("chapter", "Chapter"), ("kind", "Kind")])
def test_a_select_keeps_what_has_its_value(column, label, form):
    options = form.get_by_label(label, exact=True).locator("option").evaluate_all("all => all.map(o => o.value)")
    assert set(options) == {"", *ROWS[column]}
    for value in options[1:]:
        form.get_by_label(label, exact=True).select_option(value)
        assert set(visible(form)) == set(ROWS.index[ROWS[column] == value])


def ends(claim, as_of):
    """The words in which a claim ends: its verdict, or those of its parts."""
    found = evidence.finding(claim, as_of)
    return {found} if isinstance(found, str) else set(found.parts.values()) or {found.verdict}


@pytest.mark.parametrize("date", DATES)
def test_the_verdict_select_looks_at_the_date_that_is_asked_for(date, form):
    form.get_by_label("Filter by the verdict").select_option("" if date == "now" else date)
    for name, words in {"borne-out": {claims.BORNE_OUT}, "true": {claims.CAME_TRUE, claims.CAME_TRUE_REASON_OPEN},
                        "not-due": {claims.NOT_DUE}, "untestable": {claims.NOT_TESTABLE}}.items():
        form.get_by_label("Verdict", exact=True).select_option(name)
        assert set(visible(form)) == {c for c in ROWS.index if ends(c, DATES[date]) & words}, name
    form.get_by_label("Verdict", exact=True).select_option("stands")
    assert set(visible(form)) == {c for c in ROWS.index if evidence.values(ROWS.chapter[c], DATES[date])[c] == "stands"}


def test_all_divided_measures_today_are_one_link(site, page_at):
    page = page_at(site + "ledger.html?kind=measure&verdict=divided")
    divided = [c for c in ROWS.index[ROWS["kind"] == "measure"]
               if len(ends(c, None)) > 1 or any(" of " in word for word in ends(c, None))]
    assert visible(page) == divided and page.get_by_label("Kind", exact=True).input_value() == "measure"
    assert not page.locator("#paragraph-1").is_visible()  # a paragraph of which nothing is left goes too
    page.close()


def test_the_form_works_by_keyboard_tells_once_and_keeps_the_choice_in_the_address(form, page_at):
    form.evaluate("""() => { window.told = [];
      new MutationObserver(() => told.push(document.querySelector('form.narrow output').value))
        .observe(document.querySelector('form.narrow output'), { childList: true, characterData: true, subtree: true }); }""")
    form.wait_for_timeout(500)
    form.evaluate("told.length = 0")
    form.get_by_label("Chapter", exact=True).focus()
    form.keyboard.type("Moscow")
    form.get_by_label("Search the claims").focus()
    form.keyboard.type("trade RUSSIA", delay=20)
    form.keyboard.press("Tab")
    left = visible(form)
    assert "russia-trade-nil" in left and "west-break" not in left and set(left) <= set(ROWS.index[ROWS["chapter"] == "moscow"])
    form.wait_for_timeout(600)
    assert form.evaluate("told") == [f"{len(left)} claims."]
    assert "chapter=moscow" in form.url and "find=trade" in form.url
    there = page_at(form.url)
    assert visible(there) == left
    there.close()
    form.go_back()
    assert set(visible(form)) == set(ROWS.index[ROWS["chapter"] == "moscow"])
    form.get_by_role("button", name="Show all").press("Enter")
    reading.until(form, "!location.search")
    assert len(visible(form)) == len(ROWS)


def said(page):
    page.wait_for_timeout(600)
    return page.locator(".narrow output").inner_text()


def test_an_address_that_asks_for_what_there_is_not_shows_all_and_says_so(site, page_at):
    page = page_at(site + "ledger.html?verdict=nonsense&chapter=tokyo")
    assert said(page) == "The address names a choice that does not exist, so all claims are shown."
    assert len(visible(page)) == len(ROWS) and page.url == site + "ledger.html"
    page.close()


def test_a_claim_in_the_address_is_shown_and_opened_on_load_and_later(site, page_at):
    page = page_at(site + "ledger.html?chapter=tokyo#failing")
    assert page.locator("#failing details").get_attribute("open") is not None and len(visible(page)) == len(ROWS)
    assert page.locator("#failing h3").evaluate("e => e.getBoundingClientRect().top >= 0 && e.getBoundingClientRect().top < innerHeight")
    assert said(page) == "The claim in the address does not fit the choice, so all claims are shown." and "?" not in page.url
    page.get_by_label("Chapter", exact=True).select_option("tokyo")
    assert "#" not in page.url  # what it named is hidden now
    page.evaluate("location.hash = 'japan-contacts'")
    reading.until(page, "document.querySelector('#japan-contacts details').open")
    assert set(visible(page)) == set(ROWS.index[ROWS["chapter"] == "tokyo"])  # it fits, so the choice stays
    page.close()


def test_a_word_finds_its_beginnings_and_not_the_line_of_kind_and_hedge(form):
    box = form.get_by_label("Search the claims")
    box.fill("aid")
    found = visible(form)
    assert "aid-reputation" in found and "kang-tour" not in found
    text = {claim: " ".join(map(str, ROWS.loc[claim, ["label", "statement", "would_support", "would_count_against", "test", "note"]]))
            for claim in ROWS.index}
    assert set(found) == {claim for claim in ROWS.index if re.search(r"\baid", text[claim], re.I)}
    box.fill("flatly")
    assert visible(form) == [claim for claim in visible(form) if "flatly" in text[claim]]
    box.fill("zebra")
    assert said(form) == "No claim fits. Try another word, or show all."


def test_typed_words_reach_the_address_in_a_pause_and_the_list_can_be_linked(form):
    form.get_by_label("Search the claims").press_sequentially("russia")
    reading.until(form, "location.search === '?find=russia'")
    form.evaluate("() => { window.copied = []; navigator.clipboard.writeText = async (text) => { copied.push(text); }; }")
    form.get_by_role("button", name="Copy link to this list").press("Enter")
    reading.until(form, "document.querySelector('.narrow output').value === 'Link copied.'")
    assert form.evaluate("copied") == [form.url]


def test_the_date_of_the_verdict_stands_before_the_verdict(form):
    labels = form.locator(".narrow label").all_inner_texts()
    assert labels[2:4] == ["Filter by the verdict", "Verdict"] and labels[-1] == "Search the claims"


def test_at_320_pixels_the_first_claim_is_near(site, page_at):
    page = page_at(site + "ledger.html", width=320)
    form = page.locator("form.narrow").bounding_box()
    assert form["height"] < 420
    assert page.locator(".ledger > li").first.bounding_box()["y"] - form["y"] - form["height"] < 160
    page.close()


def test_a_narrowed_ledger_is_accessible(form):
    form.get_by_label("Verdict", exact=True).select_option("divided")
    assert reading.faults(form) == []


def test_the_first_view_of_the_ledger_is_light(site, page_at):
    page = page_at(site + "ledger.html")
    page.wait_for_load_state("networkidle")
    weight, requests = reading.weigh(page.got)
    assert weight <= 200_000 and requests <= 12, (weight, requests)
    page.close()


# --- the page of each claim -----------------------------------------------------------------------------------------

def test_there_is_a_page_for_each_claim_and_for_nothing_else(book):
    assert {p.stem for p in (book / "claims").glob("*.html")} == set(ROWS.index)


@pytest.mark.parametrize("claim", ROWS.index)
def test_a_claims_page_says_what_it_is_and_both_verdicts(claim, page_of):
    page, row = page_of(claim), ROWS.loc[claim]
    assert page.h1.get_text().lower() == row.label.lower() and page.select_one(".claim-statement").get_text() == row.statement
    found = {d: evidence.finding(claim, as_of) for d, as_of in DATES.items()}
    cells = {s.h3.get_text(): s for s in page.select(".claim-dates > section")}
    assert {head: s.select_one(".claim-verdict").get_text() for head, s in cells.items()} == {HEADS[d]: str(f) for d, f in found.items()}
    for date, cell in zip(DATES, cells.values()):
        assert claims.rule(row.kind, found[date], row.test) in cell.get_text()
    text = page.article.get_text()
    assert all(part in text for part in (row.would_support, row.would_count_against, row.test))
    assert pd.isna(row.phrase) or f"“{row.phrase}”" in text
    description = page.select_one("meta[name=description]")["content"]
    assert description.startswith(row.statement) and str(found["now"]) in description
    assert page.select_one(f"a[href='../ledger.html#{claim}']")


@pytest.mark.parametrize("claim", TESTED)
def test_a_claims_page_has_every_count_as_mark_and_as_row(claim, page_of):
    page = page_of(claim)
    found = [f for as_of in DATES.values() if (f := evidence.tested(claim, as_of))]
    counts = [f.counts for f in found]
    then, now = (frame.astype(object).fillna("").to_dict("records") for frame in (counts[0], counts[-1]))
    counts = [frame for frame in (counts[-1:] if then == now else counts) if len(frame)]
    tables = [[tr.get_text("|") for tr in box.select("tbody tr")] for box in page.select("[aria-label^='Every count']")]
    assert [len(t) for t in tables] == [len(frame) for frame in counts]
    marks = [sum(p["d"].count("M") for p in e.select("path:not(.in)")) for e in page.select(".option.all")]
    assert marks == [len(frame) for frame in counts]
    supports = [sum(p["d"].count("M") for p in e.select("path.yes:not(.small)")) for e in page.select(".option.all")]
    assert supports == [int((frame["votes"] & frame["outcome"].eq(True)).sum()) for frame in counts]


def test_a_claims_page_shows_its_ties_in_both_codings(page_of):
    needs = {a["href"].removesuffix(".html") for a in page_of("search-partners").select("#argument ~ p a[href$='.html']")}
    assert "necessity" in needs
    rows = load("argument").query("coding == 'settled' and tie in ['needs', 'any_of']")
    for claim in ("beijing-wall", "seoul-wall", "crisis-unpaid"):
        settled = page_of(claim).find(string="In the settled coding:").find_parent("p")
        named = {a["href"].removesuffix(".html") for a in settled.select("a")}
        assert named == {*rows.loc[rows["claim"] == claim, "other"], *rows.loc[rows["other"] == claim, "claim"]}
    assert "any one of" in page_of("seoul-wall").find(string="In the settled coding:").find_parent("p").get_text()


def test_a_claims_page_shows_rows_of_its_sources_and_says_how_many_there_are(page_of):
    page = page_of("china-three-quarters")
    named = {s for as_of in DATES.values() for s in evidence.finding("china-three-quarters", as_of).sources}
    rows = load("trade").query("source_id in @named")
    fold = page.find("summary", string=re.compile(r"^Rows of trade ")).find_parent("details")
    assert fold.summary.get_text().endswith(f": {len(rows):,}") and len(rows) > 30
    shown = fold.select("tbody tr")
    assert len(shown) == 30 and "30 from all over them are shown" in fold.get_text()
    column = [th.get_text() for th in fold.select("thead th")].index("source_id")
    assert {tr.find_all(["th", "td"])[column].get_text() for tr in shown} <= named


def test_rows_are_found_by_source_without_the_columns_that_they_leave_empty():
    source = load("events")["source_id"].iloc[0]
    rows = ledger.rows_of("events", [source])
    assert len(rows) == (load("events")["source_id"] == source).sum() > 0 and rows.notna().any().all()
    assert ledger.rows_of("events", ["no-such-source"]).empty


@pytest.mark.parametrize("claim", ["china-three-quarters", "failing"])
def test_a_claims_page_can_be_cited(claim, site, page_at):
    page = page_at(f"{site}claims/{claim}.html?from=somewhere#cite")
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
    text, bibtex = (e.inner_text() for e in page.locator(".cite pre").all())
    address = f"{site}claims/{claim}.html"
    assert claim in text and text.endswith(address) and re.search(r"version \d+\.\d+", text)
    assert bibtex.startswith(f"@misc{{{claim},") and f"url = {{{address}}}" in bibtex and bibtex.count("{") == bibtex.count("}")
    page.close()


def test_on_a_disk_there_is_no_address_to_cite(book, page_at):
    page = page_at((book / "claims" / "failing.html").as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
    text, bibtex = (e.inner_text() for e in page.locator(".cite pre").all())
    assert "url" not in bibtex and "html" not in text + bibtex and text.endswith(".") and bibtex.rstrip().endswith("}")
    page.close()


def test_without_a_script_the_path_is_cited(page_of):
    assert page_of("failing").select_one(".cite pre").get_text().endswith("\nclaims/failing.html")


def test_the_citation_can_be_copied(site, page_at):
    page = page_at(f"{site}claims/failing.html")
    page.evaluate("() => { window.copied = []; navigator.clipboard.writeText = async (text) => { copied.push(text); }; }")
    page.locator(".cite").first.get_by_role("button", name="Copy").click()
    assert page.evaluate("copied") == [page.locator(".cite pre").first.inner_text()]
    page.close()


@pytest.mark.parametrize(("claim", "coding"), [("xi-critical", "settled"), ("china-three-quarters", "first"), ("japan-payment", None)])
def test_a_claim_falls_on_the_map_where_the_conclusion_rests_on_it(claim, coding, page_of):
    page = page_of(claim)
    links = [a["href"] for a in page.select("a[href*='argument-map.html?']")]
    state = {"settled": "start=essay", "first": "start=essay&coding=first"}.get(coding)
    assert links == ([f"../argument-map.html?{state}&set={claim}.falls#the-map"] if coding else [])
    section = page.select_one("#argument").parent
    assert ("In neither coding does the conclusion rest on this claim." in section.get_text()) is (coding is None)
    assert ("in the first coding, since" in section.get_text()) is (coding == "first")
    assert bool(section.select("a[href='../chapters/how-it-fits.html']")) is (coding is not None)


def test_the_link_to_the_map_shows_the_tree_of_the_coding_that_it_names(site, page_at):
    page = page_at(f"{site}argument-map.html?start=essay&coding=first&set=china-three-quarters.falls#the-map")
    assert page.locator("#the-map").count() == 1
    assert page.locator("[data-coding=first]").is_visible() and not page.locator("[data-coding=settled]").is_visible()
    page.close()


@pytest.mark.parametrize("claim", ROWS.index)
def test_a_claims_page_carries_its_review_for_machines(claim, page_of):
    review = json.loads(page_of(claim).select_one("script[type='application/ld+json']").string)
    assert review["@type"] == "ClaimReview" and review["claimReviewed"] == ROWS.statement[claim]
    assert review["url"].endswith(f"claims/{claim}.html")


def test_claims_follow_each_other_in_the_order_of_the_essay(page_of):
    for before, after in zip(ROWS.index, ROWS.index[1:]):
        assert page_of(before).select_one("a[rel=next]")["href"] == f"{after}.html"
        assert page_of(after).select_one("a[rel=prev]")["href"] == f"{before}.html"
    assert not page_of(ROWS.index[0]).select("a[rel=prev]") and not page_of(ROWS.index[-1]).select("a[rel=next]")


def test_the_explorations_of_the_chapter_are_linked(page_of, book):
    links = [a["href"] for a in page_of("xi-critical").select("#chapter ~ ul a")]
    there = [e["id"] for e in parsed(book / "chapters/beijing.html").select("[data-exploration]")]
    assert there and links == [f"../chapters/beijing.html#{i}" for i in there]


def test_claims_stand_not_in_the_side_navigation(page_of):
    assert not page_of("failing").select("#site-nav a[href^='claims/'], #site-nav a[href*='/claims/']")
