"""The page of all that can be taken, and the files that it offers."""

import json
import re

import pytest
from bs4 import BeautifulSoup

import reading
from companion import exports


@pytest.fixture(scope="module")
def offers(book):
    """{path in the book: (facts, words)} of every file that the page offers."""
    page = BeautifulSoup((book / "downloads.html").read_text("utf-8"), "html.parser")
    terms = page.select("dl.downloads dt")
    assert len(terms) > 10
    return {term.a["href"]: [p.get_text() for p in term.find_next_sibling("dd").select("p")] for term in terms}


def test_every_file_is_there_with_its_format_size_and_licence(offers, book):
    for path, (facts, what) in offers.items():
        kind, size, licence = re.fullmatch(r"(.+), ([\d,]+ (?:bytes|kB)), (.+)", facts).groups()
        length = (book / path).stat().st_size
        assert abs(float(size.split()[0].replace(",", "")) * (1000 if "kB" in size else 1) - length) <= 500, path
        assert kind and licence == "CC-BY-4.0" and len(what.split()) >= 6, path


def test_every_file_of_the_claims_and_the_argument_is_offered(offers, book):
    made = {f"claims/{path.name}" for path in (book / "claims").iterdir() if path.suffix != ".html"}
    assert made | {"data/claims.csv", "data/argument.csv"} <= set(offers)
    assert {path for path in offers if path.startswith("claims/")} == made


def test_the_files_hold_what_was_computed_once_for_the_build(book):
    """The claims of the page are those of the files: one run for each state of the data."""
    newest = max((reading.ROOT / "_build/.cache").glob("*/claims.json"), key=lambda path: path.stat().st_mtime)
    made = json.loads(newest.read_text("utf-8"))
    for name, content in exports.files(made).items():
        assert (book / "claims" / name).read_bytes() == content, name


@pytest.mark.parametrize("page", ["catalogue.html", "about.html"])
def test_other_pages_lead_there(page, book):
    text = BeautifulSoup((book / page).read_text("utf-8"), "html.parser")
    assert text.select_one("article a[href='downloads.html']")
