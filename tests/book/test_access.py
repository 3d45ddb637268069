"""The book without a mouse, without colours, enlarged: by keyboard, at 400 %, with motion reduced, with forced colours."""

import pytest

import reading
from reading import SOME_CLAIMS

# One page of each kind; the chapter has a control of each sort.
KINDS = ["index.html", "chapters/beijing.html", "argument-map.html", "ledger.html", "catalogue.html", "timeline.html",
         SOME_CLAIMS[0], "search.html", "404.html"]
DESK, PHONE = (1280, 800), (320, 256)  # the second is a desk of 1280 x 1024 at 400 %

# Of what one template made again and again a few are enough.
FEW = """() => {
  const lists = [...document.querySelectorAll('main :is(ul, ol, dl, tbody):not(.argument-map *), .timeline, nav ul')].map(e => [...e.children]);
  lists.push([...document.querySelectorAll('section:is([id^=table-], [id^=paragraph-])')]);
  lists.forEach(rows => rows.slice(4).forEach(row => row.remove()));
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
    const [box] = here.getClientRects(), x = box.x + box.width / 2, y = box.y + box.height / 2;
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
    """The numbers of the stops that a key comes to, from one end of the page to the other; each is seen and shows its focus."""
    page.evaluate(FOLLOW)
    count = page.evaluate("stops.length")
    for _ in range(count + 1):
        page.keyboard.press(key)
    trail = page.evaluate("look(), trail")
    assert [(html, faults) for _, html, faults in trail if faults] == []
    return [number for number, *_ in trail[:count]], [html for number, html, _ in trail if number < 0]


@pytest.mark.parametrize("path", KINDS)
def test_tab(path, site, page_at):
    for size, key in ((PHONE, "Tab"), (DESK, "Shift+Tab")):
        page = page_at(site + path, size[0])
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.evaluate(FEW)
        trail, strange = walk(page, key)
        assert strange == []
        assert trail == (list(range(len(trail))) if key == "Tab" else list(range(len(trail)))[::-1])
        page.close()
