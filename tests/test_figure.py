"""Figure cards and the palette."""

import itertools
import re
from pathlib import Path

import pandas as pd
import pytest
from coloraide import Color

from companion import figure
from companion.figure import ACTORS, COLOUR, GROUND, PALETTE, Card, palette_css, show, table_html


def card(**changes):
    def draw(fig, narrow):
        ax = fig.subplots()
        ax.plot([1, 2], [1, 2], color=COLOUR["CHN"], marker="o")
        ax.annotate("label", (1, 1), weight="bold")
    defaults = dict(name="test-card", title="A finding & more", alt="A line that rises from one to two in one step.",
                    draw=draw, table=pd.DataFrame({"year": [2013], "share": [77.04], "in": [True], "gap": [None]}),
                    sources=["yonhap_20140522"], trust="Little.", sentence="It rises.")
    return Card(**defaults | changes)


def luminance(colour):
    parts = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(a, b):
    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("name", sorted(set(PALETTE) - {"line", "band", "surface"}))
def test_every_actor_can_be_read_on_both_grounds(name):
    for colour, ground in zip(PALETTE[name], PALETTE["surface"]):
        assert contrast(colour, ground) >= 4.5


# In CIEDE2000, where 1 can just be seen on two patches side by side; thin lines and small dots that lie apart need many times that.
APART = 10


@pytest.mark.parametrize("eyes", [None, "protan", "deutan", "tritan"])
@pytest.mark.parametrize("ground", ["light", "dark"])
def test_all_actors_are_told_apart_by_every_kind_of_eyes(eyes, ground):
    """Colour blindness as Machado, Oliveira and Fernandes (2009) simulate it, at its full strength."""
    seen = {name: Color(pair[ground == "dark"]) for name, pair in ACTORS.items() if name != "band"}
    if eyes:
        seen = {name: colour.filter(eyes, 1, method="machado") for name, colour in seen.items()}
    near = {(a, b): seen[a].delta_e(seen[b], method="2000") for a, b in itertools.combinations(seen, 2)}
    assert min(near.values()) >= APART, sorted(near.items(), key=lambda pair: pair[1])[:3]


def test_text_can_be_read_on_the_band():
    for text, band in zip(PALETTE["text"], PALETTE["band"]):
        assert contrast(text, band) >= 4.5


def test_svg_follows_the_page():
    svg = card().svg()
    assert svg.startswith("<svg viewBox=") and 'role="img"' in svg and "A line that rises" in svg
    assert "var(--c-CHN, #991b18)" in svg and "var(--c-text, #1f2428)" in svg
    assert not re.search(r"<style|<metadata|xlink|DejaVu|font-family|<\?xml", svg)
    # No colour may stand outside the palette: it would not change in the dark.
    assert set(re.findall(r"#[0-9a-f]{6}\b", re.sub(r"var\([^)]*\)", "", svg))) == set()
    assert "font-weight: " in svg


def test_ids_are_kept_only_where_used_and_differ_between_the_two_pictures():
    wide, narrow = (set(re.findall(r' id="([^"]+)"', card().svg(n))) for n in (False, True))
    assert wide and not wide & narrow
    for svg in (card().svg(), card(name="other").svg()):
        for ident in re.findall(r' id="([^"]+)"', svg):
            assert f"#{ident}" in svg


def test_drawing_is_repeatable():
    assert card().svg() == card().svg()


def test_card_html_is_complete():
    html = card().html()
    for part in ("A finding &amp; more", "It rises.", "#source-yonhap_20140522", "Little.", '<td class="n">77.0</td>', "<td>–</td>",
                 "<td>yes</td>", 'data-download="csv"', 'data-download="png"'):
        assert part in html


@pytest.mark.parametrize("alt", ["A chart.", "figures/share.svg shows the share of China in trade by year"])
def test_poor_alt_text_is_refused(alt):
    with pytest.raises(ValueError, match="Figure test-card: the alt text says too little"):
        card(alt=alt)


def test_table_escapes_what_it_prints():
    assert "&lt;b&gt;" in table_html(pd.DataFrame({"x": ["<b>"]}))


def test_palette_css_has_every_actor_on_both_grounds():
    css = palette_css()
    for name, ground in itertools.product(ACTORS, (0, 1)):
        assert f"--c-{name}:{ACTORS[name][ground]};" in css


def test_the_greys_are_those_of_the_page():
    css = (Path(figure.__file__).parent / "book/static/theme.css").read_text("utf-8")
    for name, (light, dark) in GROUND.items():
        assert re.findall(rf"--c-{name}: (#\w+);", css) == [light, dark, dark]


def test_a_table_is_shown_whole_with_its_caption():
    html = show(pd.DataFrame({"n": range(80)}), "Eighty & more")._repr_html_()
    assert html.count("<tr>") == 81 and "<figcaption>Eighty &amp; more</figcaption>" in html and 'tabindex="0"' in html
