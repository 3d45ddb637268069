"""Chapter beijing: findings recomputed by hand for small cases, the figures the book must show, and properties."""

import functools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from companion import claims, evidence
from companion.data import load
from companion.evidence import beijing, series
from companion.figure import PERCENT


@pytest.fixture(scope="module")
def data():
    return beijing.frames()


@pytest.fixture(scope="module")
def shares(data):
    return beijing.china_shares(data)


@pytest.fixture(scope="module")
def then():
    return beijing.frames(claims.ESSAY_DATE)


def share(shares, definition, year):
    return shares.set_index(["definition", "year"])["share"][definition, year]


@pytest.mark.parametrize(("definition", "year", "percent"), [
    ("kotra", 2013, 89.1), ("kotra_south", 2013, 77.0), ("cow", 2013, 79.9), ("kotra_south", 2012, 68.4),
    ("kotra_south", 2014, 68.9), ("cia", 2012, 68.5), ("cia_ex_south", 2012, 88.5), ("itpd", 2013, 80.7)])
def test_the_shares_that_the_book_must_show(shares, definition, year, percent):
    assert round(share(shares, definition, year), 1) == percent


def test_share_with_south_korea_by_hand(data, shares):
    trade = data["trade"].query("rank == 1 and year == 2013 and flow == 'total'").set_index(["series", "partner"])["value"]
    south = load("trade").query("series == 'kita' and year == 2013 and flow == 'total' and rank == 1")["value"].item()
    by_hand = 100 * trade["kotra", "CHN"] / (trade["kotra", "WLD"] + south)
    assert share(shares, "kotra_south", 2013) == pytest.approx(by_hand)


def test_every_share_is_a_percentage_and_counting_a_partner_never_raises_it(shares):
    assert shares["share"].between(0, 100).all()
    wide = shares.pivot(index="year", columns="definition", values="share")
    for out, counted in (("kotra", "kotra_south"), ("cow", "cow_south"), ("cia_ex_south", "cia"), ("customs", "customs_south")):
        both = wide[[out, counted]].dropna()
        assert len(both) >= 5
        assert (both[counted] < both[out] + 0.3).all()  # printed shares are rounded


@settings(deadline=None)
@given(st.floats(0, 1e4), st.floats(0, 1e4), st.floats(0.1, 1e4))
def test_a_larger_whole_never_raises_a_share(china, others, south):
    trade = pd.DataFrame({
        "series": ["s", "s", "mou"], "partner": ["CHN", "WLD", "KOR"], "flow": "total", "year": 2013, "rank": 1,
        "value": [china, china + others + 1, south], "source_id": "x"})
    row = {"numerator": "s", "denominator": "s", "south_korea": "out"}
    line = functools.partial(series.flows, trade)
    one = beijing._values({"trade": trade}, pd.Series(row), series.inter_korean(trade), line)["share"].item()
    two = beijing._values({"trade": trade}, pd.Series(row | {"south_korea": "in"}), series.inter_korean(trade), line)["share"].item()
    assert 0 <= two <= one <= 100


def test_band_is_nearer_to_three_quarters_than_to_its_neighbours():
    low, high = beijing.BAND
    assert (round(low, 1), round(high, 1)) == (70.8, 77.5)
    for value, inside in ((low + .01, True), (high - .01, True), (low - .01, False), (high + .01, False)):
        nearest = min((200 / 3, 75, 80), key=lambda f: abs(f - value))
        assert (nearest == 75) is inside


@given(st.lists(st.floats(0, 100), min_size=3, max_size=12))
def test_trend_counts_rising_steps(values):
    line = pd.Series(values, index=range(2000, 2000 + len(values)))
    t = series.trend(line)
    assert t["steps"] == len(values) - 1
    assert t["rises"] == sum(b > a for a, b in zip(values, values[1:]))
    assert t["gain"] == values[-1] - values[0]


def test_a_gap_in_the_years_is_no_step():
    t = series.trend(pd.Series([1.0, 2.0, 3.0], index=[2004, 2005, 2007]))
    assert (t["steps"], t["rises"]) == (1, 1)


def test_brief_counts_of_rising_steps(shares):
    kotra, cow = (series.trend(beijing.line_of(shares, d).loc[2002:2014]) for d in ("kotra", "cow"))
    assert (kotra["rises"], kotra["steps"]) == (11, 12)
    assert (cow["rises"], cow["steps"]) == (8, 12)


def test_as_of_uses_the_rival_that_was_out(then, data):
    assert series.inter_korean(then["trade"]).loc[2013, "value"] == 1150
    assert series.inter_korean(data["trade"]).loc[2013, "value"] == pytest.approx(1148.91)
    early = beijing.china_shares(then)
    assert round(share(early, "kotra_south", 2013), 1) == 77.0
    assert not ((early["family"] == "imf_mirror") & early["votes"]).any()  # compiled in 2016
    assert early.loc[early["definition"] == "kotra", "year"].max() == 2013


@pytest.mark.parametrize("claim", beijing.FINDINGS)
def test_each_finding_is_whole(data, then, claim):
    for frames in (then, data):
        finding = beijing.FINDINGS[claim](frames)
        assert {"votes", "outcome", "family"} <= set(finding.counts.columns)
        assert finding.measure and finding.threshold and finding.sources
        assert set(finding.sources) <= set(load("sources")["source_id"])


def test_verdicts_follow_from_the_counts(data):
    finding = beijing.three_quarters(data)
    voting = finding.counts.query("votes")
    low, high = beijing.BAND
    assert list(voting["outcome"]) == [low <= s <= high for s in voting["share, %"]]
    assert finding.verdict == f"borne out under {voting['outcome'].sum()} of {len(voting)} counts"


def test_verdict_moves_with_the_data(data):
    trade = data["trade"].copy()
    south = (trade["series"].isin(series.INTER_KOREAN)) & (trade["partner"] == "KOR")
    trade.loc[south, "value"] = 0.0
    assert beijing.three_quarters({**data, "trade": trade}).counts.query(
        "votes and family == 'kotra'")["outcome"].sum() == 0
    shares = data["trade_shares"].copy()
    shares.loc[shares["series"] == "kotra", "value"] = 75.0
    moved = beijing.three_quarters({**data, "trade_shares": shares})
    assert moved.counts.query("count == 'KOTRA'")["outcome"].all()


def test_choice_effects_by_hand():
    rows = [(d, f, s, y, v) for d, f, s, base in
            (("kotra", "kotra", "out", 80), ("kotra_south", "kotra", "in", 60),
             ("cow", "imf_mirror", "out", 70), ("cow_south", "imf_mirror", "in", 50))
            for y, v in zip(range(2004, 2015), np.arange(11) + base)]
    shares = pd.DataFrame(rows, columns=["definition", "family", "south_korea", "year", "share"])
    effects = beijing.choice_effects(shares).set_index("choice")
    assert list(effects["level, points"]) == pytest.approx([10, 20, 2])
    assert list(effects["trend, points a year"]) == pytest.approx([0, 0, 0], abs=1e-9)
    assert list(effects["rising steps, points"]) == pytest.approx([0, 0, 0])


def test_what_the_prose_leans_on(data, shares):
    """Sentences of the chapter that name no number but rest on one."""
    votes = beijing.three_quarters(data).counts.query("votes and outcome")
    assert list(votes[["count", "year"]].itertuples(index=False, name=None)) == [("KOTRA with South Korea", 2013)]
    without = shares[shares["definition"].isin(["kotra", "cow", "itpd", "cia_ex_south"]) & shares["year"].between(2010, 2014)]
    assert set(without.loc[without["inside"], "year"]) == {2011} and without["inside"].sum() == 2
    assert beijing.in_band(shares.query("definition == 'kotra' and year == 2008")["share"]).all()
    assert (beijing.line_of(shares, "cow").diff().loc[2005:2008] < 0).all()
    assert evidence.findings("beijing")["beijing-wall"] == claims.STANDS
    cool = beijing.coolness(data)
    turned = {m: [beijing.compare(cool, m, b, last)[2] for b in ("2003–12", "2008–12", "2012") for last in (2013, 2014)]
              for m in ("verbal", "hostile")}
    assert cool["verbal"].loc[2003:2012].max() < 0.75 * cool.loc[2013, "verbal"]
    assert cool["hostile"].loc[2003:2014].idxmax() == 2012
    assert turned == {"verbal": [True] * 6, "hostile": [True] * 4 + [False] * 2}
    effects = beijing.choice_effects(shares).set_index("choice")
    assert beijing.turns_on(effects["level, points"]) == "whether South Korea counts"
    assert beijing.turns_on(effects["rising steps, points"]) == "no single choice"
    growing = beijing.grows(data)
    assert growing.parts["growing"] == "borne out"
    assert (beijing.oil_prices(data)["above"] > 0).all()
    worry = beijing.worry(data).counts
    assert (worry["date"] < claims.ESSAY_DATE).sum() == 2
    others = {s: (series.flows(data["trade"], s, "WLD") - series.flows(data["trade"], s, "CHN")[["value"]])["value"][2013]
              for s in ("kotra", "cow")}
    assert others["cow"] > 1.5 * others["kotra"]
    kaesong = beijing.line_of(shares, "kotra_south")
    assert kaesong[2013] > max(kaesong[2012], kaesong[2014])


@pytest.mark.parametrize("state", [
    ("kotra", "out", 2013), ("kotra", "in", 2013), ("cow", "in", 2012), ("itpd", "in", 2013), ("cia", "out", 2013)])
def test_share_card_says_what_its_state_holds(shares, state):
    card = beijing.share_card(shares, *state)
    source, south, year = state
    definition = beijing.SOURCES_OF_SHARE[source][1 + (south == "in")]
    line = beijing.line_of(shares, definition) if definition else pd.Series(dtype=float)
    if year in line:
        assert f"{line[year]:.1f}{PERCENT}" in card.title
        inside = bool(beijing.BAND[0] <= line[year] <= beijing.BAND[1])
        assert ("inside the band" in card.sentence) is inside
    else:
        assert "no figure" in card.title


def test_numbers_are_computed_and_the_vote_sentence_guarded(data):
    assert evidence.numbers("beijing")["south-2013"].startswith("77.0")
    events = data["events"].copy()
    at = events.index[events["kind"] == "unsc_resolution"][-1]
    events.loc[at, "title"] = "UNSCR 9999 adopted 14-0-1; China abstains"
    events.loc[at, ["date", "counted"]] = ["2017-01-01", True]
    with pytest.raises(ValueError, match="data/events.csv"):
        beijing.numbers({**data, "events": events})
