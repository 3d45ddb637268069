"""Every control of every exploration is moved, and what the page then shows is compared to what Python computes anew."""

import ast
import csv
import functools
import io
import json
import random
import re
import sys
import zipfile
from urllib.parse import parse_qs, urlparse

import jupytext
import pytest
from bs4 import BeautifulSoup

import reading
from companion.explore import Exploration
from companion.figure import source_links, table_html

MOST_BYTES = 25_000
ANNOUNCED = 1500  # ms after which a change must have been read out

# What a reader sees of an exploration, its controls too. Pictures and tables are compared as the browser itself writes them.
SEEN = """root => {
  const form = root.querySelector('form'), text = name => root.querySelector(name).textContent;
  const controls = JSON.parse(text('[data-states]')).controls.map(({name}) => {
    const one = form.querySelector(`[name=${name}]:checked`) || form.elements[name];
    if (one.type === 'radio') return [one.value, one.parentElement.textContent.trim()];
    if (one.type !== 'range') return [one.value, one.selectedOptions[0].textContent];
    return [one.value, form.querySelector(`output[for=${one.id}]`).textContent, one.getAttribute('aria-valuetext')];
  });
  return {
    wide: root.querySelector('.card-wide').innerHTML.trim(), narrow: root.querySelector('.card-narrow').innerHTML.trim(),
    title: text('.card-title'), sentence: text('.card-sentence'), table: root.querySelector('.card-table table').outerHTML,
    sources: root.querySelector('.card-sources').innerHTML.trim(), trust: text('.card-trust p'),
    controls: JSON.stringify(controls),
  };
}"""
AS_WRITTEN = """card => Object.fromEntries(Object.entries(card).map(([part, text]) => {
  if (['title', 'sentence', 'trust', 'controls'].includes(part)) return [part, text];
  const box = document.createElement('div');
  box.innerHTML = text;
  return [part, box.innerHTML.trim()];
}))"""
NATIVE = """(root, at) => at.forEach((value, i) => {
  const input = root.querySelector('form').elements[JSON.parse(root.querySelector('[data-states]').textContent).controls[i].name];
  const one = input instanceof RadioNodeList ? input[value] : input;
  if (one.type === 'radio') { if (one.checked) return; one.checked = true; }
  else { if (one.value === String(value)) return; one.value = String(value); }
  one.dispatchEvent(new Event('input', {bubbles: true}));
  one.dispatchEvent(new Event('change', {bubbles: true}));
})"""
# All states in one visit of the browser, for what is slow is to carry pictures to and fro.
# What comes back is [values, part, seen, wanted] of each fault.
WALK = f"""(root, states) => states.flatMap(([at, card]) => {{
  if (at) ({NATIVE})(root, at);
  const seen = ({SEEN})(root), wanted = ({AS_WRITTEN})(card);
  return Object.keys(seen).filter(part => seen[part] !== wanted[part]).map(part => [at, part, seen[part], wanted[part]]);
}})"""


def named():
    """{name of an exploration: the chapter that shows it}, read off the calls of `explore`, for running all cells takes long."""
    return {call.args[1].value: file.stem.replace("_", "-")
            for file in sorted((reading.ROOT / "companion/evidence").glob("*.py"))
            for call in ast.walk(ast.parse(file.read_text("utf-8")))
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "explore"}


CHAPTER_OF = named()
PATH_OF = {name: f"chapters/{chapter}.html" for name, chapter in CHAPTER_OF.items()}


@functools.cache
def made_by(chapter):
    """{name: exploration} of what a chapter's own cells show, by running the cells here."""
    scope, found = {"__name__": "__main__"}, {}
    for cell in jupytext.read(reading.ROOT / f"chapters/{chapter}.md").cells:
        if cell.cell_type != "code":
            continue
        body = ast.parse(cell.source).body
        last = body.pop() if body and isinstance(body[-1], ast.Expr) else None
        exec(compile(ast.Module(body, []), chapter, "exec"), scope)
        value = eval(compile(ast.Expression(last.value), chapter, "eval"), scope) if last else None
        if isinstance(value, Exploration):
            found[value.name] = value
    return found


def exploration(name):
    return made_by(CHAPTER_OF[name])[name]


@functools.cache
def expected(name):
    """{values: what the page must show}, computed by Python now."""
    made = exploration(name)
    return {values: {"wide": card.svg(), "narrow": card.svg(narrow=True), "title": card.title, "sentence": card.sentence,
                     "table": table_html(card.table), "sources": source_links(card.sources), "trust": card.trust,
                     "controls": json.dumps(set_to(made, values), ensure_ascii=False, separators=(",", ":"))}
            for values, card in made.states()}


def places(exploration, values):
    """The place of each value among its control's options."""
    return [list(c.options).index(v) for c, v in zip(exploration.controls.values(), values)]


def set_to(exploration, values):
    """What each control must stand at: its value and text, and for a slider the text that is read out."""
    return [[str(list(c.options).index(v)), *[c.options[v]] * (2 if c.look == "range" else 1)]
            for c, v in zip(exploration.controls.values(), values)]


class Part:
    """One exploration on an open page."""

    def __init__(self, page, name):
        self.page, self.name, self.exploration = page, name, exploration(name)
        self.root = page.locator(f"section#{name}[data-exploration]")

    def shows(self, values):
        """Is the state on the page, all that is seen and the controls, the one that Python computes?"""
        assert self.root.evaluate(WALK, [[None, expected(self.name)[tuple(values)]]]) == []

    def places(self, values):
        return places(self.exploration, values)

    def controls(self):
        return [self.root.locator(f"[name={key}]").first for key in self.exploration.controls]

    def set(self, values):
        self.root.evaluate(NATIVE, self.places(values))


# Of the module, so that all tests of one exploration follow each other: what Python computes for it is computed once.
@pytest.fixture(scope="module", params=CHAPTER_OF)
def name(request):
    return request.param


@pytest.fixture(scope="module")
def opened(name, site, page_at):
    page = page_at(site + PATH_OF[name])
    yield page
    page.close()


# Goes to an address without loading the page anew: the script reads it as it does on load.
GO = "address => { history.pushState(null, '', address); dispatchEvent(new PopStateEvent('popstate')); }"


@pytest.fixture
def part(name, site, opened):
    """The exploration on its page, as it is at first. One page serves all tests of it, for to open one takes a second."""
    opened.bring_to_front()  # tests of it open others
    opened.set_viewport_size({"width": 1280, "height": 800})
    opened.emulate_media(media="screen")
    opened.evaluate(GO, site + PATH_OF[name])
    yield Part(opened, name)
    assert (opened.foreign, opened.said) == ([], [])


def test_the_explorations_of_the_pages_are_those_of_the_chapters(book):
    found = {e["id"]: path for path in reading.pages()
             for e in BeautifulSoup((book / path).read_text("utf-8"), "html.parser").select("[data-exploration]")}
    assert found == PATH_OF


def test_every_state_shows_what_python_computes(part):
    part.shows(part.exploration.default)
    wanted = expected(part.name)
    # In a mixed order, the same each time: a state that keeps something of the one before is seen by what it keeps.
    mixed = random.Random(part.name).sample(list(wanted), len(wanted))
    assert part.root.evaluate(WALK, [[part.places(v), wanted[v]] for v in [*mixed, part.exploration.default]]) == []
    # No two look alike: only then does it say anything that control, picture, sentence and table move together.
    looks = [tuple(text for key, text in card.items() if key != "controls") for card in wanted.values()]
    assert len(set(looks)) == len(looks)


def test_every_value_is_reached_by_keyboard(part):
    start = part.exploration.default
    for at, (control, (key, choice)) in enumerate(zip(part.controls(), part.exploration.controls.items())):
        options = list(choice.options)
        if choice.look == "select" and sys.platform == "darwin":
            continue  # there the arrow keys open the system's own list
        for to, press in ((0, "ArrowUp"), (len(options) - 1, "ArrowDown")):
            here = options.index(choice.start)
            (part.root.locator(f"input[name={key}]:checked") if choice.look == "radio" else control).focus()
            while here != to:
                step = -1 if to == 0 else 1
                # A slider grows with the up key, a list goes down with the down key.
                part.page.keyboard.press({"range": "ArrowLeft" if step < 0 else "ArrowRight"}.get(choice.look, press))
                here += step
                part.shows([*start[:at], options[here], *start[at + 1:]])
            part.root.locator("[data-reset]").press("Enter")
            part.shows(start)


def test_the_address_restores_a_state_and_back_undoes_it(part, page_at):
    start, page = part.exploration.default, part.page
    home = page.url
    last = tuple(next(v for v in list(c.options)[::-1] if v != c.start) for c in part.exploration.controls.values())
    trail = [start]
    for i in range(len(start)):
        trail.append((*last[:i + 1], *start[i + 1:]))
        part.set(trail[-1])
    asked = parse_qs(urlparse(page.url).query)[part.name][0]
    assert asked.split(".") == [str(v).replace(".", "_") for v in last]  # a dot parts the values
    # A fresh page at that address, here and from disk, shows the state.
    disk = (reading.HTML / PATH_OF[part.name]).as_uri() + "?" + urlparse(page.url).query
    for url in (page.url, disk):
        fresh = page_at(url)
        Part(fresh, part.name).shows(last)
        assert (fresh.foreign, fresh.said) == ([], [])
        fresh.close()
    page.reload()
    part.shows(last)
    for values in trail[-2::-1]:
        page.go_back()
        part.shows(values)
    assert page.url == home
    page.go_forward()
    part.shows(trail[1])
    part.root.locator("[data-reset]").click()
    part.shows(start)


def test_a_wrong_address_shows_the_default(part, page_at):
    last, home = list(expected(part.name))[-1], part.page.url
    for wrong in ("nonsense", "", ".".join(["9999"] * len(part.exploration.controls)), "%3Cscript%3E"):
        part.set(last)
        part.page.evaluate(GO, f"{home}?{part.name}={wrong}")
        part.shows(part.exploration.default)
    page = page_at(part.page.url)  # the last, loaded
    Part(page, part.name).shows(part.exploration.default)
    assert page.said == []
    page.close()


def test_a_change_is_announced_once(name, site, page_at):
    part = Part(page_at(site + PATH_OF[name], stopped=True), name)
    part.page.evaluate(reading.HEAR)
    part.page.clock.run_for(ANNOUNCED)
    assert part.page.evaluate("told") == []
    states = [v for v in expected(part.name) if v != part.exploration.default]
    # One change is told once; a quick run through many is told once too, where it ends.
    for run in (states[:1], states[1:8]):
        for values in run:
            part.set(values)
        assert part.page.evaluate("told") == []
        part.page.clock.run_for(ANNOUNCED)
        (told,) = part.page.evaluate("told.splice(0)")
        assert expected(part.name)[run[-1]]["sentence"] in told
        part.page.clock.run_for(10 * ANNOUNCED)
        assert part.page.evaluate("told") == []  # and not again
    assert (part.page.foreign, part.page.said) == ([], [])
    part.page.close()


def test_controls_have_names(part):
    for control, choice in zip(part.controls(), part.exploration.controls.values()):
        if choice.look == "radio":
            group = part.root.get_by_role("group", name=choice.label)
            assert [r.locator("..").inner_text().strip() for r in group.get_by_role("radio").all()] == list(choice.options.values())
        else:
            assert part.root.get_by_label(choice.label, exact=True).get_attribute("name") == control.get_attribute("name")


def test_the_default_stands_without_javascript(name, site, page_at):
    page = page_at(site + PATH_OF[name], java_script_enabled=False)
    root, wanted = page.locator(f"#{name}"), expected(name)[exploration(name).default]
    assert root.locator(".card-title").inner_text() == wanted["title"]
    assert root.locator(".card-sentence").inner_text() == wanted["sentence"]
    root.locator(".card-table summary").click()
    assert root.locator(".card-table td").first.is_visible()
    assert [b.is_visible() for b in root.locator(".card-picture > svg").all()].count(True) == 1
    assert all(root.locator(f"[name={key}]").first.is_disabled() for key in exploration(name).controls)
    page.close()


@pytest.mark.parametrize("width", [320, 1280])
def test_print_shows_the_figure_and_no_controls(part, width):
    part.page.set_viewport_size({"width": width, "height": 800})
    assert [b.is_visible() for b in part.root.locator(".card-picture > svg").all()].count(True) == 1
    part.page.emulate_media(media="print")
    assert [b.is_visible() for b in part.root.locator(".card-picture > svg").all()].count(True) == 1
    assert part.root.locator(".card-title").is_visible() and part.root.locator(".card-sentence").is_visible()
    for hidden in ("form", "button[data-reset]", ".card-downloads"):
        assert not part.root.locator(hidden).first.is_visible(), hidden


def test_a_phone_gets_the_narrow_picture(part):
    part.page.set_viewport_size({"width": 320, "height": 800})
    assert part.root.locator(".card-narrow > svg").is_visible() and not part.root.locator(".card-wide > svg").is_visible()
    part.page.set_viewport_size({"width": 1280, "height": 800})
    assert part.root.locator(".card-wide > svg").is_visible() and not part.root.locator(".card-narrow > svg").is_visible()


def test_downloads_hold_what_is_shown(part, tmp_path):
    values = list(expected(part.name))[-1]
    part.set(values)
    card = part.exploration.card(values)
    taken = {}
    for kind in ("csv", "svg", "png", "bib", "zip"):
        with part.page.expect_download() as download:
            part.root.locator(f"[data-download={kind}]").click()
        assert download.value.suggested_filename.endswith(f".{kind}")
        taken[kind] = (tmp_path / kind, download.value.save_as(tmp_path / kind))[0].read_bytes()
    table = BeautifulSoup(table_html(card.table), "html.parser")
    assert list(csv.reader(io.StringIO(taken["csv"].decode()))) == [
        [cell.get_text(strip=True).replace("–", "") for cell in row.select("th, td")] for row in table.select("tr")]
    assert b"var(" not in taken["svg"] and card.title in taken["svg"].decode().replace("&amp;", "&")
    assert taken["png"].startswith(b"\x89PNG") and len(taken["png"]) > 10_000
    assert taken["bib"].startswith(b"@misc{") and card.title in re.sub(r"\\([&%$#_])", r"\1", taken["bib"].decode())
    # In one file: the same, and a caption that says which state this is.
    with zipfile.ZipFile(io.BytesIO(taken.pop("zip"))) as packed:
        parts = {name.rpartition(".")[2]: packed.read(name) for name in packed.namelist()}
    caption = parts.pop("txt").decode()
    assert parts == taken
    for words in (card.title, card.sentence, card.trust, part.page.url, "Sources: ", "CC BY 4.0", *(
            f"{choice.label}: {choice.options[value]}" for choice, value in zip(part.exploration.controls.values(), values))):
        assert " ".join(words.split()) in " ".join(caption.split()), words


def test_an_exploration_is_small(name, book):
    text = (book / PATH_OF[name]).read_text("utf-8")
    (section,) = re.findall(rf'<section class="exploration" id="{name}".*?</script>\s*</section>', text, re.S)
    assert reading.zipped(section) <= MOST_BYTES
