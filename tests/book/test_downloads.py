"""The page of all that can be taken, and the files that it offers."""

import io
import json
import re
import shutil
import zipfile

import pytest
from bs4 import BeautifulSoup

import reading
from companion import exports
from companion.book import downloads


@pytest.fixture(scope="module")
def parts(book):
    """{name of a file: (path in the book, None where it has no link; its size in words; its other facts; what it is)}"""
    page = BeautifulSoup((book / "downloads.html").read_text("utf-8"), "html.parser")
    found = {}
    for term in page.select("dl.downloads dt"):
        facts, what = term.find_next_sibling("dd").select("p")
        size = facts.select_one("[data-size]").extract().get_text()
        found[term.get_text()] = term.a["href"] if term.a else None, size, facts.get_text(), what.get_text()
    assert len(found) > 12
    return found


@pytest.fixture(scope="module")
def offers(parts):
    """Path in the book of every file that the page offers."""
    return {path for path, *_ in parts.values() if path}


SIZES = {"bytes": 1, "kB": 1000, "MB": 1_000_000}


def test_every_file_is_there_with_its_format_size_and_licence(parts, book):
    for name, (path, size, facts, what) in parts.items():
        if path is None:
            assert (name, size) == ("beyond-the-triangle.pdf", "not in this copy") and not (book / name).exists()
        else:
            number, unit = size.split()
            digits = number.partition(".")[2]
            assert abs(float(number.replace(",", "")) * SIZES[unit] - (book / path).stat().st_size) <= SIZES[unit] / 2 / 10 ** len(digits), path
            assert path.rpartition("/")[2] == name
        kind, licence = re.fullmatch(r"(.+), , (.+)", facts).groups()
        assert kind and licence == ("MIT, CC-BY-4.0" if name.endswith(("whl", "triangle.zip")) else "CC-BY-4.0"), name
        assert len(what.split()) >= 6, name


def test_all_that_the_book_is_made_of_is_offered(offers, book):
    (wheel,) = (book / "notebooks").glob("*.whl")
    assert {"beyond-the-triangle.zip", f"notebooks/{wheel.name}", "data/beyond-the-triangle-data.zip"} <= offers


def test_every_notebook_is_offered_with_the_title_of_its_page(book):
    page = BeautifulSoup((book / "downloads.html").read_text("utf-8"), "html.parser")
    rows = [item.select("a") for item in page.select("section#the-notebooks li")]
    made = {path.relative_to(book).as_posix() for path in (book / "notebooks").rglob("*.ipynb")}
    assert {file["href"] for file, _ in rows} == made and len(rows) == len(made) > 11
    for file, title in rows:
        text = BeautifulSoup((book / title["href"]).read_text("utf-8"), "html.parser")
        assert text.h1.get_text() == title.get_text() and text.select_one(f'.run a[href$="{file["href"]}"]')
    order = [title["href"] for _, title in rows]
    assert order == sorted(order, key=reading.PAGES.index)


PAGE = '<dt><span data-file="a/x.pdf">{}</span></dt> <span data-size="a/x.pdf">{}</span>'


@pytest.mark.parametrize("before", [("", ""), ('<a href="a/x.pdf" download>x.pdf</a>', "9 bytes"), ("x.pdf", "not in this copy")])
def test_link_and_size_follow_the_file(before, tmp_path):
    def settled(without=""):
        return downloads.settled(PAGE.format(*before), tmp_path, without)
    assert settled() == PAGE.format("x.pdf", "not in this copy")
    (tmp_path / "a").mkdir()
    (tmp_path / "a/x.pdf").write_bytes(bytes(2_649_999))
    assert settled() == PAGE.format('<a href="a/x.pdf" download>x.pdf</a>', "2.6 MB")
    assert settled("a/x.pdf") == PAGE.format("x.pdf", "not in this copy")


def test_the_pdf_is_offered_once_it_lies_beside_the_pages(tmp_path, book):
    shutil.copy(book / "downloads.html", tmp_path)
    for step, links in ((lambda: None, 0), (lambda: (tmp_path / "beyond-the-triangle.pdf").write_bytes(b"%PDF"), 1)):
        step()
        downloads.settle(tmp_path)
        page = BeautifulSoup((tmp_path / "downloads.html").read_text("utf-8"), "html.parser")
        assert len(page.select("a[href='beyond-the-triangle.pdf']")) == links and "beyond-the-triangle.pdf" in page.get_text()


def test_every_file_of_the_claims_and_the_argument_is_offered(offers, book):
    made = {f"claims/{path.name}" for path in (book / "claims").iterdir() if path.suffix != ".html"}
    assert made | {"data/claims.csv", "data/argument.csv"} <= offers
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


# --- the buttons under a figure ---------------------------------------------------------------------------------

@pytest.fixture
def card(site, book, page_at):
    """A figure card with more sources than are shown, and the words of them all."""
    for path in reading.CHAPTERS:
        for found in BeautifulSoup((book / path).read_text("utf-8"), "html.parser").select("figure.card"):
            if found.select_one(".card-sources details"):
                page = page_at(site + path)
                yield page.locator(f"#{found['id']}"), [link.get_text() for link in found.select(".card-sources a")]
                page.close()
                return


def taken(card, kind, folder):
    """What a button of the card saves, as bytes."""
    with card.page.expect_download() as download:
        card.locator(f"[data-download={kind}]").click()
    download.value.save_as(folder / kind)
    return (folder / kind).read_bytes()


def test_what_is_taken_names_every_source_also_those_that_are_folded(card, tmp_path):
    card, sources = card
    assert len(sources) > 4 and card.locator(".card-sources details[open]").count() == 0
    with zipfile.ZipFile(io.BytesIO(taken(card, "zip", tmp_path))) as packed:
        texts = {name.rpartition(".")[2]: packed.read(name).decode() for name in packed.namelist() if not name.endswith(".png")}
    said = "Sources: " + "; ".join(sources)
    assert f"\n\n{said}\n\n" in texts["txt"]
    assert "note = {" + re.sub(r"([&%$#_])", r"\\\1", said) + "}," in texts["bib"] and taken(card, "bib", tmp_path).decode() == texts["bib"]
    assert BeautifulSoup(texts["svg"], "html.parser").desc.get_text() == said


def test_what_latex_reads_as_its_own_is_escaped_in_a_citation(card, tmp_path):
    card, _ = card
    card.evaluate("""card => {
      card.querySelector('.card-title').textContent = '3% & more_of #1 for $2';
      card.querySelector('.card-sources a').textContent = 'A & B';
    }""")
    text = taken(card, "bib", tmp_path).decode()
    assert r"title = {3\% \& more\_of \#1 for \$2}," in text and r"note = {Sources: A \& B; " in text


def test_a_packer_that_does_not_load_is_told_of_and_asked_for_again(card, tmp_path):
    card, _ = card
    card.page.route("**/fflate.js", lambda route: route.abort())
    for _ in range(2):
        card.locator("[data-download=zip]").click()
        card.get_by_role("alert").wait_for()
        assert "try again" in card.get_by_role("alert").inner_text()
        assert taken(card, "csv", tmp_path)  # the others work
    card.page.unroute("**/fflate.js")
    assert zipfile.is_zipfile(io.BytesIO(taken(card, "zip", tmp_path)))
    assert card.get_by_role("alert").count() == 0


def test_a_picture_that_cannot_be_drawn_is_told_of_until_it_can(card, tmp_path):
    card, _ = card
    card.evaluate("() => { window.kept = HTMLCanvasElement.prototype.toDataURL; HTMLCanvasElement.prototype.toDataURL = () => 'data:,'; }")
    card.locator("[data-download=png]").click()
    card.get_by_role("alert").wait_for()
    assert "could not draw the picture" in card.get_by_role("alert").inner_text()
    card.evaluate("() => { HTMLCanvasElement.prototype.toDataURL = window.kept; }")
    assert taken(card, "png", tmp_path).startswith(b"\x89PNG")
    assert card.get_by_role("alert").count() == 0
