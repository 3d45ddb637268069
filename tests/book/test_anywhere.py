"""The book with nobody else: its policy, what the browser keeps, one zip to carry, the page for a missing address."""

import io
import re
import zipfile
import zlib
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from sphinx.application import Sphinx

import reading
from companion.book import carry, theme
from reading import CLAIMS, PAGES, SOME_CLAIMS, UNDER

ADDRESS = f"https://book.example{UNDER}"


def parsed(text):
    return BeautifulSoup(text, "html.parser")


# --- the policy -------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("path", [*PAGES, *CLAIMS, "404.html"])
def test_every_page_carries_the_policy_before_anything_that_it_binds(path, book):
    page = parsed((book / path).read_text("utf-8"))
    names = [e.get("http-equiv") or e.get("name") or "charset" if e.name == "meta" else e.name for e in page.head(True)]
    assert names[:3] == ["charset", "viewport", "Content-Security-Policy"] and names.count("Content-Security-Policy") == 1
    policy = page.find("meta", {"http-equiv": "Content-Security-Policy"})["content"]
    inside = [e.string for e in page.select("script:not([src])") if e.get("type") in (None, "text/javascript", "module")]
    assert len(inside) == 1 and policy == theme.policy(inside[0])
    assert not [e for e in page.find_all(True) if any(name.startswith("on") for name in e.attrs)
                or str(e.get("href", "")).startswith("javascript:")]


def test_the_policy_names_the_book_and_no_host():
    words = re.sub(r"'sha256-[\w+/]{43}='", "'sha256'", theme.policy("1")).replace(";", " ").split()
    allowed = {word for word in words if not re.fullmatch(r"[\w-]+", word)}
    assert allowed == {"'self'", "'none'", "'sha256'", "'unsafe-inline'", "data:"}
    assert theme.policy("1") != theme.policy("2")


# Each tries something that is not the book's. The page is left by none of them.
TRIES = {
    "script-src-elem": "add('script', {src: 'https://elsewhere.example/a.js'}), add('script', {text: 'window.ran = 1'})",
    "script-src-attr": "add('img', {}).outerHTML = '<img src=\"data:,\" onerror=\"window.ran = 1\">'",
    "img-src": "add('img', {src: 'https://elsewhere.example/a.png'})",
    "style-src-elem": "add('link', {rel: 'stylesheet', href: 'https://elsewhere.example/a.css'})",
    "connect-src": "fetch('https://elsewhere.example/').catch(() => {})",
    "frame-src": "add('iframe', {src: 'https://elsewhere.example/'})",
    "object-src": "add('object', {data: 'https://elsewhere.example/'})",
    "form-action": "add('form', {action: 'https://elsewhere.example/'}).submit()",
    "base-uri": "document.head.append(Object.assign(document.createElement('base'), {href: 'https://elsewhere.example/'}))",
}


@pytest.mark.parametrize("where", ["server", "disk"])
def test_what_is_not_of_the_book_is_refused(where, site, book, page_at):
    page = page_at((site if where == "server" else book.as_uri() + "/") + "about.html")
    page.evaluate(f"""() => {{
      window.refused = new Set();
      document.addEventListener('securitypolicyviolation', e => refused.add(e.effectiveDirective));
      const add = (name, what) => {{
        const part = Object.assign(document.createElement(name), what);
        document.body.append(part);
        return part;
      }};
      {"; ".join(TRIES.values())};
    }}""")
    reading.until(page, "wanted => wanted.every(name => refused.has(name))", arg=list(TRIES))
    assert page.foreign == [] and page.evaluate("window.ran") is None and page.url.endswith("about.html")
    page.close()


def test_who_reads_a_site_for_a_search_engine_may_ask_for_a_file_from_within_a_page(site, page_at):
    page = page_at(site + "about.html")
    assert page.evaluate("fetch('index.html').then(answer => answer.status)") == 200
    page.close()


# --- what the browser keeps -------------------------------------------------------------------------------------

KEPT = "[Object.keys(localStorage).sort(), Object.keys(sessionStorage), document.cookie]"


@pytest.fixture
def fresh(browser):
    """A browser that has never seen the book."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, color_scheme="light", reduced_motion="reduce")
    yield context
    context.close()


def test_the_browser_keeps_guesses_and_colours_and_one_button_erases_both(site, fresh):
    page = reading.watch(fresh.new_page())
    page.goto(f"{site}search.html?q=rouble")
    page.locator("#search-results li").first.wait_for()
    page.goto(site + "chapters/beijing.html")
    assert page.evaluate(KEPT) == [[], [], ""] and not page.get_by_role("button", name="Erase all of it").is_visible()
    page.locator(".exploration select, .exploration input").first.press("ArrowDown")
    guess = page.locator(".guess-form input")
    guess.fill("40")
    page.get_by_role("button", name="Colours: automatic").click()
    page.get_by_role("button", name="Colours: light").click()
    key = f"guess:{page.locator('.guess-form').get_attribute('data-guess')}"
    assert page.evaluate(KEPT) == [[key, "mode"], [], ""] and fresh.cookies() == []
    page.evaluate("localStorage.setItem('of another book', '1')")  # a host keeps one store for all that lies on it

    page.goto(site + "about.html")  # the guess was made elsewhere
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert "guesses" in page.locator("#what-your-browser-keeps").inner_text()
    page.locator("[data-kept] a").click()
    assert page.url.endswith("#what-your-browser-keeps")
    page.get_by_role("button", name="Erase all of it").press("Enter")
    assert page.evaluate(KEPT)[0] == ["of another book"] and page.get_by_role("status").inner_text() != ""
    assert page.evaluate("document.documentElement.dataset.theme") == "light"
    assert not page.get_by_role("button", name="Erase all of it").is_visible()
    assert page.evaluate("document.activeElement !== document.body")
    assert page.said == [] and page.foreign == []


def test_a_guess_on_the_same_page_is_erased_too(site, fresh):
    page = reading.watch(fresh.new_page())
    page.goto(site + "chapters/beijing.html")
    guess, erase = page.locator(".guess-form input"), page.get_by_role("button", name="Erase all of it")
    guess.fill("40")
    erase.click()
    assert guess.input_value() == "" and not page.locator(".guess-said").is_visible()
    guess.fill("50")
    assert erase.is_visible()
    page.locator("[data-forget]").click()
    assert not erase.is_visible()


# --- one zip ----------------------------------------------------------------------------------------------------

@pytest.fixture(scope="module")
def unpacked(book, tmp_path_factory):
    """The folder that the zip of the book makes in an empty one."""
    folder = tmp_path_factory.mktemp("room without network")
    with zipfile.ZipFile(book / carry.ZIP) as archive:
        archive.extractall(folder)
    assert [path.name for path in folder.iterdir()] == [carry.NAME]
    return folder / carry.NAME


def test_the_zip_holds_the_whole_book_but_not_itself(book, unpacked):
    there, here = ({p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
                   for folder in (unpacked, book))
    assert there.keys() == here.keys() - {carry.ZIP, ".buildinfo"}
    assert [name for name, content in there.items() if content != here[name]] == ["downloads.html"]
    for folder, links in ((book, 1), (unpacked, 0)):
        page = parsed((folder / "downloads.html").read_text("utf-8"))
        assert len(page.select(f'a[href="{carry.ZIP}"]')) == links and carry.ZIP in page.get_text()


def test_inside_the_zip_no_page_links_to_it(unpacked):
    pages = {path.relative_to(unpacked).as_posix(): path.read_text("utf-8") for path in unpacked.rglob("*.html")}
    assert len(pages) > len(PAGES) and [path for path, text in pages.items() if re.search(rf'href="[^"]*{re.escape(carry.ZIP)}"', text)] == []


MOVES = """() => [...document.querySelectorAll('[data-exploration]')].map(part => {
  const input = part.querySelector('select, input'), seen = () => part.querySelector('figure').innerHTML, before = seen();
  if (input.type === 'radio') part.querySelectorAll('input')[1].checked = true;
  else if (input.type === 'range') input.value = input.value === '0' ? 1 : 0;
  else input.selectedIndex = input.selectedIndex === 0 ? 1 : 0;
  input.dispatchEvent(new Event('input', {bubbles: true}));
  return seen() !== before;
})"""


@pytest.mark.parametrize("path", [*PAGES, *SOME_CLAIMS])
def test_page_works_from_the_zip_without_a_network_and_nothing_jumps(path, unpacked, page_at):
    page = page_at((unpacked / path).as_uri(), offline=True)
    assert page.evaluate(reading.SHIFTS) <= reading.MOST_SHIFT
    assert page.locator("main h1").count() == 1 and page.locator("fieldset:disabled").count() == 0
    assert all(page.evaluate(MOVES)), "an exploration stands still"
    assert (page.foreign, page.said) == ([], [])
    page.close()


def test_the_search_box_finds_from_the_zip_without_a_network(unpacked, page_at):
    page = page_at((unpacked / "404.html").as_uri(), offline=True)
    page.locator("main input[type=search]").fill("rouble")
    page.locator("main input[type=search]").press("Enter")
    page.locator("#search-results a[href^='chapters/moscow.html']").first.click()
    assert page.locator("h1").inner_text().startswith("Moscow") and page.foreign == []
    page.close()


# --- how it is made, on a book of two pages ---------------------------------------------------------------------

def publish(folder, address=""):
    carry._publish(SimpleNamespace(outdir=folder, builder=SimpleNamespace(format="html"),
                                   config=SimpleNamespace(html_baseurl=address)), None)
    return folder / carry.ZIP


@pytest.fixture
def small(tmp_path):
    for name in ("index.html", "404.html", "chapters/one.html", ".buildinfo"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f'<a href="index.html">{name}</a>')
    return tmp_path


def test_the_zip_is_the_same_whenever_it_is_made_and_not_written_twice(small):
    made = publish(small)
    first, when = made.read_bytes(), made.stat().st_mtime_ns
    assert publish(small).stat().st_mtime_ns == when
    made.unlink()
    (small / "index.html").touch()
    assert publish(small).read_bytes() == first
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert archive.namelist() == [f"{carry.NAME}/{name}" for name in ("404.html", "chapters/one.html", "index.html")]


@pytest.mark.parametrize("change", ["a page", "a page less", "half a zip"])
def test_the_zip_follows_the_book(small, change):
    made = publish(small)
    if change == "half a zip":
        made.write_bytes(made.read_bytes()[:50])
    elif change == "a page":
        (small / "index.html").write_text("new")
    else:
        (small / "chapters/one.html").unlink()
    with zipfile.ZipFile(publish(small)) as archive:
        assert {e.filename.split("/", 1)[1]: e.CRC for e in archive.infolist()} == {
            name: zlib.crc32((small / name).read_bytes()) for name in carry.files(small)}
    assert sorted(p.name for p in small.iterdir() if p.suffix in (".zip", ".half")) == [carry.ZIP]


def located(sitemap):
    return [e.text for e in ElementTree.fromstring(sitemap.encode()).findall(".//{*}loc")]


def test_what_only_a_known_address_allows_goes_with_it(small):
    publish(small, ADDRESS)
    assert (small / "robots.txt").read_text().endswith(f"Sitemap: {ADDRESS}sitemap.xml\n")
    assert located((small / "sitemap.xml").read_text()) == [f"{ADDRESS}chapters/one.html", ADDRESS]
    publish(small)
    assert not (small / "robots.txt").exists() and not (small / "sitemap.xml").exists()


def test_the_site_map_lists_every_page_to_be_found(book):
    found = located(carry.sitemap(ADDRESS, carry.files(book)))
    pages = {*PAGES, *CLAIMS} - {"index.html", "search.html"}
    assert sorted(found) == sorted([ADDRESS, *(ADDRESS + path for path in pages)])


@pytest.fixture(scope="module")
def addressed(tmp_path_factory):
    """Our layout around two pages that know their address, built by Sphinx's own theme: a second, not a minute."""
    folder = tmp_path_factory.mktemp("addressed")
    (folder / "index.rst").write_text("Front\n=====\n\n.. toctree::\n\n   part/one\n")
    (folder / "part").mkdir()
    (folder / "part/one.rst").write_text("One\n===\n")
    Sphinx(folder, None, folder / "out", folder / "trees", "html", status=None,
           confoverrides={"extensions": ["companion.book.theme", "companion.book.mark", "companion.book.carry"], "html_theme": "basic",
                          "html_baseurl": ADDRESS, "html_permalinks": False, "project": "Two pages"}).build()
    return folder / "out"


def test_each_page_names_its_one_address(addressed):
    found = {path: [e["href"] for e in parsed((addressed / path).read_text("utf-8")).select("link[rel=canonical]")]
             for path in ("index.html", "part/one.html", "404.html")}
    assert found == {"index.html": [ADDRESS], "part/one.html": [f"{ADDRESS}part/one.html"], "404.html": []}


# --- the page for a missing address -----------------------------------------------------------------------------

class Host(reading.Handler):
    """Shows 404.html for what is missing, as hosts of static pages do."""

    def send_error(self, code, message=None, explain=None):
        body = (Path(self.directory) / "404.html").read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture(scope="module")
def host(book):
    with reading.serve(book, Host) as address:
        yield address


@pytest.mark.parametrize("missing", ["nope.html", "chapters/nope", "chapters/no/such/page.html"])
def test_the_page_for_a_missing_address_leads_back_from_any_depth(missing, host, book, page_at):
    page = page_at(host + missing, 320 if missing == "nope.html" else 1280)
    assert page.got[0].status == 404 and page.locator("h1").inner_text() == "This page is not here"
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    assert page.evaluate("getComputedStyle(document.querySelector('.site-header')).display") == "flex"  # it has its style
    links = set(page.evaluate("[...document.querySelectorAll('a:not([href^=\"#\"])')].map(a => a.href.split('#')[0])"))
    assert {host + path for path in reading.CHAPTERS} | {host + "index.html"} <= links
    assert all(link.startswith(host) and (book / link.removeprefix(host)).is_file() for link in links)
    reading.until(page, "document.querySelector('.theme-switch-button').title")  # theme.js was found as well
    assert reading.faults(page) == []
    page.locator("main input[type=search]").fill("rouble")
    page.locator("main input[type=search]").press("Enter")
    page.locator("#search-results a[href^='chapters/moscow.html']").first.wait_for()
    assert page.foreign == []
    page.close()


def test_with_a_known_address_the_page_for_a_missing_one_needs_no_script(addressed, browser):
    with browser.new_context(java_script_enabled=False) as context, reading.serve(addressed, Host) as address:
        page = reading.watch(context.new_page())
        page.goto(address + "part/no/such/page")
        assert page.locator("form[action]").first.get_attribute("action") == f"{UNDER}search.html"
        page.locator("main").get_by_role("link", name="the front page").click()
        assert page.url == address + "index.html" and page.locator("h1").inner_text() == "Front"
