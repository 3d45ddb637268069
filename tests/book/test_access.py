"""The book without a mouse, enlarged, read out, with motion reduced, with forced colours."""

from collections import Counter

import pytest

import reading
from reading import SOME_CLAIMS

# One page of each kind; the chapter has a control of each sort.
KINDS = ["index.html", "chapters/beijing.html", "argument-map.html", "ledger.html", "catalogue.html", "timeline.html",
         SOME_CLAIMS[0], "search.html", "404.html"]
DESK, PHONE = {"width": 1280, "height": 800}, {"width": 320, "height": 256}  # this one is a desk of 1280 x 1024 at 400 %

# Of what one template made again and again a few are enough.
FEW = """most => {
  const lists = [...document.querySelectorAll('main :is(ul, ol, dl, tbody):not(.argument-map *), .timeline, nav ul')]
    .map(list => [...list.children]);
  lists.push([...document.querySelectorAll('section:is([id^=table-], [id^=paragraph-])')]);
  lists.forEach(rows => rows.slice(most).forEach(row => row.remove()));
}"""

# What the key Tab must come to, in the order of the page: of radio buttons the one that is on.
STOPS = """[...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex]')].filter(e =>
  e.tabIndex >= 0 && !e.disabled && e.checkVisibility({visibilityProperty: true}) && (e.type !== 'radio' || e.checked))"""
# At every key the place it leaves is looked at: its number among the stops, and what is wrong with it.
FOLLOW = f"""() => {{
  window.stops = {STOPS};
  window.trail = [];
  window.look = () => {{
    const here = document.activeElement, style = getComputedStyle(here), faults = [];
    if (here === document.body) return;
    const [box] = here.getClientRects(), x = box.x + box.width / 2;
    const y = (Math.max(box.top, 0) + Math.min(box.bottom, innerHeight)) / 2; // a long table is taller than the window
    const top = document.elementFromPoint(x, y);
    if (!top || !here.contains(top)) faults.push(`lies under ${{top?.outerHTML.slice(0, 80) ?? 'the edge'}}`);
    if (style.outlineStyle === 'none' || parseFloat(style.outlineWidth) < 2) faults.push('shows no focus');
    trail.push([stops.indexOf(here), here.outerHTML.slice(0, 100), faults]);
  }};
  addEventListener('keydown', ({{key}}) => key === 'Tab' && look(), true); // Shift alone is a key too
  getSelection().removeAllRanges();
  document.activeElement.blur();
}}"""


def walk(page, key):
    """(how many stops there are, the numbers of those that a key comes to, from one end of the page to the other).

    Fails where a stop is no control, cannot be seen or does not show that it has the focus.
    """
    page.evaluate(FOLLOW)
    count = page.evaluate("stops.length")
    *held, key = key.split("+")
    for modifier in held:
        page.keyboard.down(modifier)
    for _ in range(count + 1):
        page.keyboard.down(key)  # as when it is held down: half the messages
    for down in (key, *held):
        page.keyboard.up(down)
    trail = page.evaluate("look(), trail")
    assert [(html, faults) for number, html, faults in trail if faults or number < 0] == []
    return count, [number for number, *_ in trail[:count]]


# The other chapters have the same header and menus and controls of their own: one way is enough.
CHAPTERS = sorted(f"chapters/{path.stem}.html" for path in (reading.ROOT / "chapters").glob("*.md"))


@pytest.mark.parametrize("path", [*KINDS, *(path for path in CHAPTERS if path not in KINDS)])
def test_the_tab_key_comes_to_every_control_once_in_the_order_of_the_page_and_each_is_seen(path, site, page_at):
    for size, key in ((PHONE, "Tab"), (DESK, "Shift+Tab"))[:2 if path in KINDS else 1]:
        page = page_at(site + path, size["width"])
        page.set_viewport_size(size)
        page.evaluate(FEW, 4)
        count, trail = walk(page, key)
        assert trail == (list(range(count)) if key == "Tab" else list(range(count))[::-1])
        page.close()


FOCUS = "document.activeElement"


@pytest.mark.parametrize("menu", ["site-nav", "page-nav"])
def test_a_menu_opens_takes_the_focus_and_gives_it_back(menu, site, page_at):
    page = page_at(site + "chapters/beijing.html", PHONE["width"])
    button = page.locator(f"[popovertarget={menu}]:visible")
    button.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate(f"{FOCUS}.closest(':popover-open')?.id") == menu
    page.keyboard.press("Escape")
    assert page.evaluate(f"[{FOCUS}.getAttribute('popovertarget'), document.querySelectorAll(':popover-open').length]") == [menu, 0]
    page.close()


def test_the_first_stop_leads_past_the_header(site, page_at):
    page = page_at(site + "index.html")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    reading.until(page, f"{FOCUS}.id === 'main-content'")
    page.keyboard.press("Tab")
    assert page.evaluate(f"!!{FOCUS}.closest('main')")
    page.close()


# --- enlarged ---------------------------------------------------------------------------------------------------------

# Text that can be seen, or is in a menu that a button opens. Drawings come in two widths, and the map names its columns twice.
WORDS = """() => {
  const twice = 'svg, .map-views thead, .map-of, .site-search, .page-nav-button, .only-narrow, nav[popover], .visually-hidden, noscript';
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), seen = [];
  while (walker.nextNode()) {
    const {parentElement: around, data} = walker.currentNode;
    if (!data.trim() || around.closest(twice)) continue;
    if (around.checkVisibility({visibilityProperty: true, opacityProperty: true})) seen.push(data.trim());
  }
  return seen;
}"""
# Boxes that cut off what is in them.
CUT = """() => [...document.querySelectorAll('body *')].filter(e => {
  if (!e.checkVisibility() || e.closest('.visually-hidden, .map-skip, svg')) return false;
  const {overflowX, overflowY} = getComputedStyle(e), hides = value => ['hidden', 'clip'].includes(value);
  return hides(overflowX) && e.scrollWidth > e.clientWidth + 1 || hides(overflowY) && e.scrollHeight > e.clientHeight + 1;
}).map(e => e.outerHTML.slice(0, 120))"""
# Lines of text that lie on each other: their middle halves, for tall letters may reach into the next line.
OVERLAP = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), lines = [], found = [];
  while (walker.nextNode()) {
    const node = walker.currentNode, around = node.parentElement;
    if (!node.data.trim() || !around.checkVisibility({visibilityProperty: true})) continue;
    if (around.closest('.visually-hidden, .map-skip, .skip-link, .map-result, svg, .scroll, .card-scroll, pre, option')) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const {left, right, top, height} of range.getClientRects())
      lines.push({node, left, right, top: top + height / 4, bottom: top + height * 3 / 4});
  }
  lines.sort((a, b) => a.top - b.top);
  lines.forEach((a, i) => {
    for (let j = i + 1; j < lines.length && lines[j].top < a.bottom - 1; j += 1) {
      const b = lines[j];
      if (a.node !== b.node && a.left < b.right - 2 && b.left < a.right - 2)
        found.push([a.node.data.slice(0, 60), b.node.data.slice(0, 60)]);
    }
  });
  return found;
}"""


def crammed(page):
    """What is cut off, what lies on each other, and by how much the page is wider than its window."""
    wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return page.evaluate(CUT), page.evaluate(OVERLAP), max(0, wider)


SPACED = """* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
  p { margin-bottom: 2em !important }"""
AS_IT_IS, DOUBLED = "p {}", "html { font-size: 212.5% !important }"


@pytest.mark.parametrize("path", KINDS)
def test_nothing_is_lost_where_the_page_or_its_text_is_enlarged(path, site, page_at):
    page = page_at(site + path)
    page.evaluate(FEW, 60)
    page.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")
    words = {}
    for size in (DESK, PHONE):
        page.set_viewport_size(size)
        words[size["width"]] = Counter(page.evaluate(WORDS))
        for css in (AS_IT_IS, DOUBLED, SPACED):
            style = page.add_style_tag(content=css)
            assert crammed(page) == ([], [], 0), (size, css)
            style.evaluate("e => e.remove()")
    assert words[1280] - words[320] == Counter() and words[320]
    page.close()


# --- what is read out -------------------------------------------------------------------------------------------------

class Heard:
    """A page whose clock stands still, and what a screen reader reads out on it after each thing that is done."""

    def __init__(self, page):
        self.page = page
        page.evaluate("() => { navigator.clipboard.writeText = async () => {} }")
        page.clock.run_for(5000)
        page.evaluate(reading.HEAR)

    def after(self, *do):
        for one in do:
            one()
            self.page.clock.run_for(100)
        self.page.clock.run_for(10_000)
        return self.page.evaluate("told.splice(0)")


@pytest.fixture
def heard(site, page_at):
    pages = []

    def opened(path):
        pages.append(page_at(site + path, stopped=True))
        return Heard(pages[-1])

    yield opened
    for page in pages:
        assert (page.foreign, page.said) == ([], [])
        page.close()


def follow_a_link_inside(page):
    page.locator(".skip-link").press("Enter")


def test_a_chapter_tells_each_change_once_and_a_link_inside_it_nothing(heard):
    told = heard("chapters/beijing.html")
    page, keys = told.page, told.page.keyboard
    part = page.locator("[data-exploration]").first
    slider, box = part.locator("[type=range]"), page.locator(".guess")
    (text,) = told.after(lambda: slider.press("ArrowLeft"), lambda: slider.press("ArrowLeft"), lambda: slider.press("ArrowRight"))
    assert text == f"{part.locator('.card-title').inner_text()}. {part.locator('.card-sentence').inner_text()}"
    assert told.after(lambda: follow_a_link_inside(page)) == []
    assert told.after(page.go_back) == []
    assert told.after(page.go_back) != [text]  # and only the one that is moved back tells it
    for _ in range(2):
        assert told.after(lambda: part.locator("[data-copy-link]").press("Enter")) == ["Link copied."]
    assert told.after(box.locator("input").focus, lambda: keys.type("75")) == []
    assert told.after(lambda: keys.press("Enter")) == ["You said 75. The answer is open below."]
    assert told.after(lambda: page.locator(".highlight .copy").first.press("Enter")) == ["Copied"]
    assert told.after(lambda: page.locator("[data-erase]").press("Enter")) == ["Your guesses and your choice of colours are erased."]


def test_the_map_tells_each_change_once(heard):
    told = heard("argument-map.html")
    page = told.page
    select = page.locator("[data-set=necessity]:visible")
    (text,) = told.after(lambda: select.press("ArrowDown"), lambda: select.press("ArrowDown"))
    assert text == page.locator(".map-said").inner_text().strip()
    for _ in range(2):
        assert told.after(lambda: page.locator("[data-copy]").press("Enter")) == ["Link copied."]
    assert told.after(lambda: follow_a_link_inside(page)) == []


@pytest.mark.parametrize("path", ["ledger.html", "timeline.html"])
def test_a_list_tells_each_change_once(path, heard):
    told = heard(path)
    page = told.page
    (few,) = told.after(page.locator("[name=find]").focus, lambda: page.keyboard.type("aid"))
    assert page.locator("form.narrow").get_attribute("data-noun") in few
    (fewer,) = told.after(lambda: page.locator("form.narrow select").first.press("ArrowDown"))
    assert fewer != few
    (whole,) = told.after(lambda: page.locator("form.narrow [type=reset]").press("Enter"))
    assert whole not in (few, fewer)
    assert told.after(lambda: page.locator("[data-copy]").press("Enter")) == ["Link copied."]
    assert told.after(lambda: follow_a_link_inside(page)) == []


def test_the_catalogue_tells_each_change_once(heard):
    told = heard("catalogue.html")
    (found,) = told.after(told.page.locator("#filter").focus, lambda: told.page.keyboard.type("customs"))
    assert found.startswith("Found: ")
    assert told.after(lambda: follow_a_link_inside(told.page)) == []


# --- what the system asks for -----------------------------------------------------------------------------------------

# Seconds that anything on the page moves, its pauses and repeats counted; and how the page scrolls.
MOTION = """() => {
  const seconds = list => Math.max(...list.split(',').map(parseFloat));
  const styles = [...document.querySelectorAll('*')].flatMap(e => [null, '::before', '::after'].map(part => getComputedStyle(e, part)));
  const times = s => s.animationIterationCount === 'infinite' ? Infinity : seconds(s.animationIterationCount);
  const long = s => seconds(s.transitionDuration) + seconds(s.transitionDelay)
    + (s.animationName === 'none' ? 0 : seconds(s.animationDuration) * times(s));
  return [Math.max(...styles.map(long)), styles.some(s => s.scrollBehavior === 'smooth')];
}"""


@pytest.mark.parametrize("path", ["chapters/beijing.html", "argument-map.html", "ledger.html"])
def test_motion_is_short_and_none_where_the_reader_wants_none(path, site, page_at):
    page = page_at(site + path)
    assert page.evaluate(MOTION) == [0, False]
    page.emulate_media(reduced_motion="no-preference")
    longest, smooth = page.evaluate(MOTION)
    assert longest <= 0.3 and smooth
    page.close()


# The contrast with the ground of all that is drawn: text, and marks by their best colour. Lines of a grid and bands may be faint.
DRAWN = """() => {
  const light = text => {
    const [r, g, b, a = 1] = text.match(/[\\d.]+/g).map(Number);
    const [x, y, z] = [r, g, b].map(c => c / 255).map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return a ? 0.2126 * x + 0.7152 * y + 0.0722 * z : null;
  };
  const ground = light(getComputedStyle(document.body).backgroundColor);
  const contrast = text => /^rgb/.test(text) && light(text) !== null
    ? (Math.max(light(text), ground) + 0.05) / (Math.min(light(text), ground) + 0.05) : 1;
  const marks = ':is(.choices, .legend) path:not(.in), .map-mark, .map-lines path, .map-weights i, .card-picture [style*="var(--c-"]';
  return [...document.querySelectorAll(`main :is(${marks}), .icon`)].filter(e => e.checkVisibility()
      && !/var\\(--c-(line|band|surface)/.test(e.getAttribute('style'))).map(e => {
    const {fill, stroke, backgroundColor, borderTopColor, borderTopWidth} = getComputedStyle(e);
    const colours = e instanceof SVGElement ? [fill, stroke] : [backgroundColor, borderTopWidth === '0px' ? '' : borderTopColor];
    return [Math.max(...colours.map(contrast)), e.outerHTML.slice(0, 120)];
  });
}"""


@pytest.mark.parametrize("path", ["chapters/beijing.html", "argument-map.html", SOME_CLAIMS[0]])
@pytest.mark.parametrize(("system", "chosen"), [("light", "dark"), ("dark", "light")])
def test_with_forced_colours_all_that_is_drawn_stands_out_whatever_theme_was_chosen(path, system, chosen, site, page_at):
    page = page_at(site + path, theme=system)
    button = page.locator(".theme-switch-button")
    for _ in range(3):
        if page.evaluate("document.documentElement.dataset.mode") != chosen:
            button.press("Enter")
    page.emulate_media(forced_colors="active")
    assert not button.is_visible()  # it would change nothing that can be seen
    for _ in range(2):  # set by theme.js, and before the first paint when the page is read again
        assert page.evaluate("document.documentElement.dataset.mode") == chosen
        drawn = page.evaluate(DRAWN)
        assert len(drawn) > 10 and [(c, html) for c, html in drawn if c < 3] == []
        page.reload()
    page.close()


def test_with_forced_colours_focus_and_place_are_seen(site, page_at):
    page = page_at(site + "chapters/beijing.html", forced_colors="active")
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    for control in ("select", "[type=range]", "[type=radio]:checked", "button[data-reset]", "summary", "a"):
        page.locator(f"main {control}:visible").first.focus()
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Tab")
        style, width, colour = page.evaluate(
            f"['Style', 'Width', 'Color'].map(part => getComputedStyle({FOCUS})[`outline${{part}}`])")
        assert (style, width) == ("solid", "3px") and colour != ground, control
    ink = page.evaluate("""[...document.querySelectorAll('body, .card-picture [style*="fill: var(--c-text"]')]
      .map((e, i) => getComputedStyle(e)[i ? 'fill' : 'color'])""")
    assert len(ink) > 10 and len(set(ink)) == 1  # drawings have the system's own colour of text
    here, other = (page.locator(f".site-nav a{which}").first.evaluate("e => getComputedStyle(e).borderLeftColor")
                   for which in ("[aria-current]", ":not([aria-current])"))
    assert here != ground and other == ground
    page.close()
    page = page_at(site + "glossary.html#term-as-of-date", forced_colors="active")
    assert page.evaluate("getComputedStyle(document.querySelector(':target')).outlineStyle") == "solid"
    page.close()
