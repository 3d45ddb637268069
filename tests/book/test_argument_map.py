"""The argument map in the page: what its script computes is what Python computes, by keyboard, in the address, on paper."""

import functools
import itertools
import random

import pytest

import reading
from companion import argument_map
from companion.argument import FALLS, SHAKY, STANDS, VALUES
from companion.evidence import how_it_fits as fits

ASSIGNMENTS, ANNOUNCED = 500, 700
START = argument_map.DEFAULT

# What a reader sees: the value of each claim, the sentence, the ranking, the conclusion in four views.
SEEN = """() => {
  const shown = document.querySelector('[data-coding]:not([hidden])'), text = (e) => e.textContent.trim();
  return {
    values: Object.fromEntries([...shown.querySelectorAll('[data-claim]')].map(e => [e.dataset.claim, e.querySelector('b').textContent])),
    marks: [...shown.querySelectorAll('[data-claim]')].every(e => e.dataset.value === e.querySelector('b').textContent
      && e.querySelector('.map-mark').dataset.mark === e.dataset.value),
    said: text(document.querySelector('.map-said')),
    ranking: [...document.querySelectorAll('.map-weights li')].map(e => [text(e.firstElementChild), text(e.lastElementChild)]),
    carriers: text(document.querySelector('.map-carriers')), cases: text(document.querySelector('.map-cases')),
    views: [...document.querySelectorAll('.argument-map > .card-scroll [data-view]')].map(text),
    own: Object.fromEntries([...document.querySelectorAll('details [data-row]')].map(e => [e.dataset.row, text(e.querySelector('[data-view=mine]'))])),
  };
}"""
# All states in one visit: an address, as the Back button brings it, and then one claim set by its control.
WALK = f"""(steps) => steps.map(([query, claim, value]) => {{
  history.replaceState(null, '', query);
  dispatchEvent(new PopStateEvent('popstate'));
  const seen = [({SEEN})()], select = document.querySelector(`[data-coding]:not([hidden]) [data-set=${{claim}}]`);
  select.value = value;
  select.dispatchEvent(new Event('change', {{ bubbles: true }}));
  return [...seen, ({SEEN})()];
}})"""
BOXES = """() => [...document.querySelectorAll('[data-coding]:not([hidden]) .map-node')].map(e => e.getBoundingClientRect())
  .map(r => [r.left, r.top + scrollY, r.right, r.bottom + scrollY])"""


@functools.cache
def whole():
    """The argument with all its claims; it takes seconds, so whoever only collects tests does without."""
    return fits.argument_map(fits.frames(), whole=True)


@pytest.fixture
def page(site, page_at):
    page = page_at(site + "argument-map.html")
    yield page
    assert (page.foreign, page.said) == ([], [])
    page.close()


def at(page, label):
    """A control of the coding that is shown."""
    return page.locator("[data-coding]:not([hidden])").get_by_label(label)


def query(state):
    """The address of a state."""
    parts = {"start": state["start"], "coding": state["coding"], "turned": "_".join(state["turned"]),
             "set": "_".join(f"{claim}.{value}" for claim, value in state["mine"].items())}
    return "?" + "&".join(f"{name}={text}" for name, text in parts.items() if text)


@functools.cache
def told_of(coding, turned):
    """What the page says of the argument alone, whatever its claims are set to."""
    free, most = len(whole().free[coding]), whole().standing(coding, turned)
    rows = argument_map.weight_rows(whole().ranking(coding, turned), most, whole().label)
    return {"ranking": [[name, words] for name, _, words in rows], "cases": argument_map.cases_text(free, most),
            "carriers": argument_map.carriers_text(whole().carriers(coding, turned), free, whole().label),
            "views": [whole().values(start, coding, turned)[whole().conclusion] for start in argument_map.STARTS]}


def expected(before, after, claim=None):
    """What is seen after a change; before: None where the address brought the state."""
    values, alone = whole().values(**after), told_of(after["coding"], tuple(after["turned"]))
    return alone | {"values": values, "own": values, "marks": True, "said": whole().told(before, after, claim) if before else whole().arrived(after),
                    "views": [*alone["views"], values[whole().conclusion]]}


def test_five_hundred_assignments_give_in_the_page_what_they_give_in_python(page):
    rng, states = random.Random(20140930), []
    for _ in range(ASSIGNMENTS):
        coding = rng.choice(list(whole().ties))
        joints = list(argument_map.turnable(whole().trees[coding]))
        mine = {c: rng.choice(VALUES) for c in rng.sample(list(whole().label), rng.choice((0, 1, 3, 10, 30, 54)))}
        states.append({"start": rng.choice(list(argument_map.STARTS)), "coding": coding, "mine": mine,
                       "turned": sorted(rng.sample(joints, rng.choice((0, 0, 0, 1, 2))))})
    steps = [(s, c, rng.choice([v for v in VALUES if v != s["mine"].get(c)])) for s in states
             for c in [rng.choice(list(whole().label))]]
    seen = page.evaluate(WALK, [[query(s), c, v] for s, c, v in steps])
    for (state, claim, value), (first, second) in zip(steps, seen, strict=True):
        after = state | {"mine": state["mine"] | {claim: value}}
        assert first == expected(None, state), query(state)
        assert second == expected(state, after, claim), (query(state), claim, value)


# One turned joint, another start or another coding, by its control.
TURN = f"""(steps) => steps.map(([query, name, value]) => {{
  history.replaceState(null, '', query);
  dispatchEvent(new PopStateEvent('popstate'));
  const control = name === 'turned' ? document.querySelector(`[data-coding]:not([hidden]) [data-turn="${{value}}"]`)
    : document.querySelector(`[name=map-${{name}}][value=${{value}}]`);
  if (name !== 'turned') control.checked = true;
  control.dispatchEvent(new Event('change', {{ bubbles: true }}));
  return ({SEEN})();
}})"""


def test_a_turned_joint_a_start_and_a_coding_say_what_they_did_as_in_python(page):
    steps, states = [], []
    for coding, start, mine in itertools.product(whole().ties, argument_map.STARTS, ({}, {"crisis-unpaid": STANDS, "kang-aim": FALLS})):
        state = {"start": start, "coding": coding, "turned": [], "mine": mine}
        changes = [("turned", name) for name in argument_map.turnable(whole().trees[coding])]
        changes += [("start", s) for s in argument_map.STARTS if s != start] + [("coding", c) for c in whole().ties if c != coding]
        for name, value in changes:
            steps.append([query(state), name, value])
            states.append((state, state | {name: [value] if name == "turned" else value}))
    for step, (before, after), seen in zip(steps, states, page.evaluate(TURN, steps), strict=True):
        assert seen == expected(before, after), step
        assert seen["said"].count("now") or seen["said"].count("still") or "changed value" in seen["said"]


def test_a_link_and_back_say_what_the_one_set_claim_does_and_nothing_is_so_now(site, page_at):
    page = page_at(site + "argument-map.html?start=essay&set=xi-critical.falls#the-map")
    said = page.locator(".map-said")
    assert said.inner_text().strip() == ("“the search for partners” stands: what it needs stands. The change to “Xi more critical” "
                                         "stops at “less smooth with Beijing”, which still stands, since one is enough there.")
    assert page.locator("#the-map").bounding_box()["y"] < 200
    at(page, "Set “necessity”").select_option(FALLS)
    assert "now falls" in said.inner_text()
    page.go_back()
    assert "stops at “less smooth with Beijing”" in said.inner_text()
    page.go_forward()
    assert said.inner_text().endswith("2 claims are set.") and "now" not in said.inner_text()
    page.close()


def test_every_control_moves_by_keyboard(page):
    before = page.locator(".map-said").inner_text()
    page.get_by_role("radio", name="today").focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert "start=essay" in page.url and page.locator(".map-said").inner_text() != before
    at(page, "Set “Xi more critical”").focus()
    page.keyboard.type("falls")
    assert "set=xi-critical.falls" in page.url and "stops at “less smooth with Beijing”" in page.locator(".map-said").inner_text()
    at(page, "How “less smooth with Beijing” rests on its parts").focus()
    page.keyboard.type("needs")
    assert "turned=beijing-wall.1" in page.url and "now falls" in page.locator(".map-said").inner_text()
    assert page.locator(".map-state").inner_text() == (
        "From: as the essay has it, in the settled coding. Set by you: “Xi more critical” falls. "
        "Turned by you: “less smooth with Beijing” (needs all of them).")
    at(page, "How a part of “stuck with Seoul” rests on its parts").select_option("all")
    assert page.locator(".map-state").inner_text().endswith(", a part of “stuck with Seoul” (needs all of them).")
    page.get_by_role("radio", name="the settled coding").focus()
    page.keyboard.press("ArrowDown")
    assert "coding=first" in page.url and "turned" not in page.url  # that joint is none of the first coding's
    assert at(page, "Set “Xi more critical”").input_value() == FALLS
    page.get_by_role("button", name="Reset the map").press("Enter")
    assert "?" not in page.url and page.locator(".map-said").inner_text().replace("is now", "is") == before


def test_the_address_is_a_round_trip_and_back_undoes_one_step(page, page_at):
    at(page, "Set “necessity”").select_option(STANDS)
    at(page, "Set “the aim of the tour”").select_option(STANDS)
    at(page, "How “a wall on three sides” rests on its parts").select_option("any")
    there = page_at(page.url)
    one, other = (p.evaluate(SEEN) for p in (page, there))
    assert one["values"] == other["values"] == whole().values("now", "settled", ["wall-years"], {"necessity": STANDS, "kang-aim": STANDS})
    assert there.locator(".map-state").inner_text() == page.locator(".map-state").inner_text()
    there.close()
    page.go_back()
    page.go_back()
    assert page.evaluate(SEEN)["values"] == whole().values("now", "settled", (), {"necessity": STANDS})
    page.go_back()
    assert "?" not in page.url and page.evaluate(SEEN)["values"] == whole().values("now", "settled")


@pytest.mark.parametrize(("address", "bad"), [
    ("?start=essay&set=no-such-claim.falls", "claim “no-such-claim”"), ("?set=necessity.wobbly", "value “wobbly”"),
    ("?turned=necessity.7", "joint “necessity.7”"), ("?coding=third", "coding “third”"), ("?start=tomorrow", "start “tomorrow”"),
    ("?set=constructor.falls", "claim “constructor”"), ("?coding=first&turned=wall-years", "joint “wall-years”")])
def test_an_address_that_does_not_exist_is_said_and_shows_the_start(site, page_at, address, bad):
    page = page_at(site + "argument-map.html" + address)
    assert page.locator(".map-stale").inner_text().startswith(f"The address names the {bad}, which does not exist here")
    assert page.url.endswith("argument-map.html#the-map")
    assert page.evaluate(SEEN)["values"] == whole().values("now", "settled") and page.said == []
    reading.until(page, "document.querySelector('.argument-map [role=status]').textContent.startsWith('The address names')")
    at(page, "Set “necessity”").select_option(STANDS)
    assert not page.locator(".map-stale").is_visible() and page.url.endswith("?set=necessity.stands#the-map")
    page.close()


def test_the_things_to_try_do_what_the_page_says(site, page):
    links = [a.get_attribute("href") for a in page.locator("main a[href*='argument-map.html?']").all()]
    ends = []
    for link in links:
        page.goto(site + link)
        assert not page.locator(".map-stale").is_visible()
        ends.append(page.evaluate(SEEN)["values"][whole().conclusion])
    assert ends == [STANDS, FALLS, STANDS]


def test_a_claim_set_to_stand_that_does_not_says_why(page):
    at(page, "Set “stuck with Seoul”").select_option(STANDS)
    assert "A claim is no stronger than what it needs: “stuck with Seoul” is shaky" in page.locator(".map-said").inner_text()


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_nothing_jumps_and_no_box_lies_on_another(site, page_at, width):
    page = page_at(site + "argument-map.html", width)
    def boxes():
        return page.evaluate(BOXES)
    for coding in ("first", "settled"):  # a coding is a tree of its own; what follows it in the page may move
        page.locator(f"[value={coding}]").check()
        before = boxes()
        for change in (lambda: page.locator("[value=essay]").check(),
                       lambda: at(page, "Set “Seoul will not give”").select_option(FALLS),
                       lambda: at(page, "How “necessity” rests on its parts").select_option("any"),
                       lambda: page.locator("[value=then]").check(),
                       lambda: at(page, "Set “Pyongyang distrusts Park”").select_option(FALLS)):
            change()
            assert boxes() == before
        page.get_by_role("button", name="Reset the map").click()
        page.locator(f"[value={coding}]").check()
        page.evaluate("document.querySelectorAll('.map-others').forEach(e => { e.open = true; })")
        rects = boxes()
        for i, (left, top, right, bottom) in enumerate(rects):
            assert right <= width and bottom > top
            assert not any(left < r - 1 and le < right - 1 and top < b - 1 and t < bottom - 1 for le, t, r, b in rects[i + 1:])
        page.evaluate("document.querySelectorAll('.map-others').forEach(e => { e.open = false; })")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


def test_the_script_moves_nothing_when_it_comes(site, page_at):
    still, moving = page_at(site + "argument-map.html", java_script_enabled=False), page_at(site + "argument-map.html")
    still_boxes, boxes = (p.locator("[data-coding=settled] .map-node").all() for p in (still, moving))
    assert len(still_boxes) == len(boxes) > 50
    for a, b in list(zip(still_boxes, boxes, strict=True))[:22]:
        assert a.bounding_box()["height"] == b.bounding_box()["height"] and a.bounding_box()["x"] == b.bounding_box()["x"]
    still.close()
    moving.close()


def test_it_is_complete_without_a_script_and_has_no_dead_controls(site, page_at):
    page = page_at(site + "argument-map.html", java_script_enabled=False)
    tree = page.locator("[data-coding=settled] .map-tree")
    assert tree.locator("[data-claim] > .map-node:visible").count() == len(whole().under("settled"))
    assert page.locator("[data-coding=settled] [data-claim]").count() == len(whole().label)
    assert page.locator(".argument-map :is(select, input, button):visible").count() == 0
    assert page.locator(".argument-map").evaluate("e => e.querySelector('.map-legend').offsetTop - e.offsetTop") < 120  # no gap
    words = tree.locator("[data-joint-word]:visible").all_inner_texts()
    assert sorted(set(words)) == ["any one is enough", "needs all of them"] and page.locator(".map-said").is_visible()
    page.close()


@pytest.mark.parametrize(("height", "position"), [(256, "static"), (480, "sticky"), (800, "sticky")])
def test_what_follows_stays_in_view_only_in_a_tall_window_and_takes_a_quarter_at_most(site, page_at, height, position):
    page = page_at(site + "argument-map.html", 320)
    page.set_viewport_size({"width": 320, "height": height})
    found = page.locator(".map-result").evaluate("e => [getComputedStyle(e).position, e.offsetHeight]")
    assert found[0] == position and (position == "static" or found[1] <= height / 4 + 1)
    page.set_viewport_size({"width": 320, "height": 800})
    page.close()


@pytest.mark.parametrize("width", [320, 1280])
def test_the_four_views_are_whole_at_every_width(site, page_at, width):
    page = page_at(site + "argument-map.html", width)
    table = page.locator(".argument-map > .map-views")
    assert table.evaluate("e => e.scrollWidth <= e.clientWidth")
    assert ("today: shaky" in table.inner_text()) is (width == 320)
    page.close()


def test_a_keyboard_skips_the_tree_and_the_name_of_a_control_comes_with_the_value_that_follows(page):
    skip = page.get_by_role("link", name="Skip the tree")
    skip.focus()
    assert skip.bounding_box()["width"] > 60
    page.keyboard.press("Enter")
    assert page.locator("#map-after").bounding_box()["y"] < 800
    tells = page.evaluate("""() => [...document.querySelectorAll('[data-set]')].map(e =>
      [document.getElementById(e.getAttribute('aria-describedby')).textContent.trim(), e.closest('[data-claim]').dataset.value])""")
    assert len(tells) == 2 * len(whole().label) and all(told == value for told, value in tells)


def test_the_list_nests_as_the_argument_does_and_every_control_has_a_name(page):
    nested = page.evaluate("""() => Object.fromEntries([...document.querySelectorAll('[data-coding=settled] .map-tree [data-claim]')]
      .map(e => [e.dataset.claim, e.parentElement.closest('[data-claim]')?.dataset.claim ?? null]))""")
    found = whole().trees["settled"]
    assert nested == {c: next((p for p in found if c in found[p].claims() and p in whole().under("settled")), None) for c in whole().under("settled")}
    for control in page.locator(".argument-map :is(select, input, button):visible").all():
        name = control.evaluate("e => e.labels?.[0]?.textContent.trim() || e.textContent.trim()")
        assert len(name) > 3, control
    names = page.evaluate("() => [...document.querySelectorAll('[data-coding=settled] select')].map(e => e.labels[0].querySelector('span').textContent)")
    assert len(set(names)) == len(names) == len(whole().label) + len(argument_map.turnable(found))


def test_the_last_of_quick_changes_is_read_out_once(site, page_at):
    page = page_at(site + "argument-map.html", stopped=True)
    page.evaluate("""() => { window.told = []; new MutationObserver(() => told.push(document.querySelector('[role=status]').textContent))
      .observe(document.querySelector('.argument-map [role=status]'), {childList: true, characterData: true, subtree: true}); }""")
    for value in (FALLS, SHAKY, STANDS):
        at(page, "Set “necessity”").select_option(value)
        page.clock.run_for(100)
    page.clock.run_for(ANNOUNCED)
    assert page.evaluate("told") == [page.locator(".map-said").inner_text().strip()]
    page.close()


def test_the_link_is_copied_or_shown(page, contexts):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    at(page, "Set “necessity”").select_option(STANDS)
    page.get_by_role("button", name="Copy link to my map").click()
    assert page.evaluate("navigator.clipboard.readText()") == page.url and page.url.endswith("#the-map")
    assert page.get_by_text("Link copied.").is_visible()
    at(page, "Set “necessity”").select_option(FALLS)
    assert page.get_by_text("Link copied.").count() == 0


def test_paper_shows_the_readers_state_without_controls(site, page_at):
    page = page_at(site + "argument-map.html?start=essay&set=xi-critical.falls&turned=beijing-wall.1", 700)
    page.emulate_media(media="print")
    assert page.locator(".argument-map :is(select, input, button):visible").count() == 0
    paper = page.locator(".map-paper").inner_text()
    assert "“Xi more critical” falls" in paper and paper.endswith("?start=essay&set=xi-critical.falls&turned=beijing-wall.1#the-map")
    assert page.locator(".argument-map details").count() == 3 and page.locator(".argument-map details[open]").count() == 0
    assert page.locator(".argument-map details :is(li, td):visible").count() == 0
    joint = page.locator("[data-coding=settled] [data-joint-word='beijing-wall.1']")
    assert joint.is_visible() and joint.inner_text() == "needs all of them"
    assert page.locator("[data-coding=settled] [data-claim=search-partners] > .map-node b").inner_text() == FALLS
    page.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_a_map_with_all_opened_and_a_claim_set_is_accessible(site, page_at, width, theme):
    page = page_at(site + "argument-map.html?start=essay&coding=first&set=china-three-quarters.falls", width, theme)
    page.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")
    assert reading.faults(page) == []
    page.close()


# A model as anywidget hands it over: it tells of every name by itself.
MODEL = """state => {
  const heard = {};
  const model = {
    get: (name) => state[name], on: (name, listener) => { (heard[name] ??= []).push(listener); }, save_changes() { model.saved = {...state}; },
    set: (name, value) => { state[name] = value; (heard[`change:${name}`] || []).forEach((listener) => listener()); },
  };
  window.model = model;
  window.front.render({ model, el: document.body.appendChild(document.createElement('div')) });
}"""


def test_the_same_module_moves_a_live_map_from_either_side(site, page_at):
    page = page_at(site + "_static/argument_map.css")  # a page with nothing of the book in it
    module = (argument_map.HERE / "argument_map.js").read_text("utf-8").replace("export default", "window.front =")
    page.add_script_tag(content=module, type="module")
    widget = whole().widget()
    page.evaluate(MODEL, {name: getattr(widget, name) for name in ("html", "data", "start", "coding", "turned", "mine")})
    assert page.evaluate(SEEN)["values"] == widget.values and page.locator("a[href^='claims/']").count() == 0
    at(page, "Set “necessity”").select_option(FALLS)
    widget.mine = page.evaluate("model.saved.mine")
    assert widget.mine == {"necessity": FALLS} and page.evaluate(SEEN)["values"] == widget.values
    widget.start, widget.coding = "essay", "first"
    page.evaluate("model.set('start', 'essay'); model.set('coding', 'first')")
    assert page.evaluate(SEEN)["values"] == widget.values and "?" not in page.url
    page.close()


def test_the_chapter_has_the_same_map(site, page_at):
    page = page_at(site + "chapters/how-it-fits.html?start=essay&coding=first&set=china-three-quarters.falls")
    assert page.locator(".map-said").inner_text().strip().startswith("“the search for partners” falls: it needs “necessity”")
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280 and page.said == []
    page.close()
