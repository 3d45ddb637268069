"""Chapter triangle: findings recomputed by hand for small cases, the figures the book must show, and properties."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from companion import claims, evidence
from companion.data import load
from companion.evidence import triangle
from companion.figure import PERCENT


@pytest.fixture(scope="module")
def data():
    return triangle.frames()


@pytest.fixture(scope="module")
def then():
    return triangle.frames(claims.ESSAY_DATE)


@pytest.fixture(scope="module")
def table(data):
    return triangle.attention(data)


@pytest.mark.parametrize(("measure", "before", "after", "above", "years"), [
    ("contact_last", 50.3, 22.0, 7, 17), ("contact_first", 42.1, 26.0, 1, 17), ("mentions", 65.2, 61.4, 17, 17),
    ("cooperation", 85.0, 53.9, 11, 12), ("reports", 86.1, 61.5, 12, 12)])
def test_the_shares_that_the_book_must_show(table, measure, before, after, above, years):
    line = triangle.share_line(table, measure)
    assert (round(line[2013], 1), round(line[2014], 1)) == (before, after)
    past = line.loc[:2013]
    assert ((past > 50).sum(), len(past)) == (above, years)


def test_the_share_of_2014_by_hand():
    rows = load("headlines").query("window == 'jan1_sep25' and period == '2014'").set_index("partner")["contact_last"]
    old, new = (sum(rows[list(group)]) for group in (["CHN", "USA", "KOR"], ["RUS", "JPN", "EUROPE"]))
    assert (old, old + new) == (62, 282)
    assert round(100 * old / (old + new), 1) == 22.0


def small_press(values):
    """Press events of one year in which each of the six groups has so many friendly reports."""
    return pd.DataFrame({
        "year": 2010, "partner": ["CHN", "USA", "KOR", "RUS", "JPN", "EUROPE30"], "direction": "to_prk",
        "verbal_cooperation": values, "material_cooperation": 0, "verbal_conflict": 0, "material_conflict": 0,
        "source_id": "x"})


@settings(deadline=None, max_examples=25)
@given(st.lists(st.integers(1, 10_000), min_size=6, max_size=6), st.integers(1, 10_000))
def test_a_new_partner_never_raises_the_share_and_japan_on_the_other_side_never_lowers_it(values, more):
    none = load("headlines")[:0]
    presses = small_press(values), small_press([*values[:3], values[3] + more, *values[4:]])
    one, two = (triangle.attention({"headlines": none, "press_events": press}).query("measure == 'cooperation'").iloc[0]
                for press in presses)
    assert 0 < two["new"] < one["new"] < 100
    assert one["old"] > one["new"]


def test_where_a_year_lies():
    line = pd.Series([40.0, 60.0, 50.0], index=[2012, 2013, 2014])
    assert triangle.place(line, 2012, 2013) == "inside their range"
    assert triangle.place(line, 2013, 2013) == "lower than in all of them"
    assert triangle.place(line, 2012, 2012) == "higher than in all of them"


@pytest.mark.parametrize(("unit", "cut", "aside", "counts"), [
    ("state", triangle.CUT, "out", (0, 6, 11)), ("state", triangle.CUT, "in", (2, 6, 11)),
    ("state", "2014-12-31", "out", (1, 9, 15)), ("trip", triangle.CUT, "out", (0, 2, 3)),
    ("trip", triangle.CUT, "in", (1, 2, 3)), ("trip", "2014-12-31", "out", (1, 5, 4)),
    ("trip", "2014-12-31", "in", (2, 5, 4))])
def test_visits_by_hand(data, unit, cut, aside, counts):
    assert tuple(triangle.visit_counts(data, unit, cut, aside)) == counts


def test_journeys_by_hand(data):
    states = triangle.stops(data, cut=triangle.CUT)
    assert states["trip"].nunique() == len(triangle.trips(states)) == 5
    kang = triangle.trips(states).query("trip.str.contains('kang')")
    assert kang["group"].item() == "new" and "MNG" in kang["state"].item()
    trip = triangle.stops(data).set_index("state")["trip"]
    assert trip["UGA"] == trip["SDN"]
    private = states[states["date"] == "2014-06-27"]
    assert private["state"].item() == "CHE" and private["trip"].item() == trip["KWT"]
    notes = data["events"].set_index("event_id")["note"]
    assert all("Same trip" in notes[event] or "one trip, six states plus a private stop" in notes[first]
               for event, first in triangle.SAME_TRIP.items())
    sochi = triangle.trips(triangle.stops(data, aside=True)).query("date == '2014-02-07'")  # a tie goes to the earlier stop
    assert sochi["state"].item() == "RUS CHN" and sochi["group"].item() == "new"


def test_exercise_2_can_be_done_from_the_table(data):
    shown = triangle.visits_card(data, "trip", triangle.CUT, "out").table
    last = shown["states"].str.split(", ").str[-1]
    assert last[shown["visit"].str.startswith("Kang")].item() == "Mongolia"
    assert sorted(last) == ["Iran", "Mongolia", "Russia", "Singapore", "Switzerland"]  # two change sides, the lead stays


def test_every_state_belongs_to_one_group():
    assert {s: triangle.group_of(s) for s in ("KOR", "RUS", "JPN", "CHE", "MNG", "CUB")} == {
        "KOR": "triangle", "RUS": "new", "JPN": "new", "CHE": "new", "MNG": "others", "CUB": "others"}
    assert not triangle.EUROPE & {*triangle.TRIANGLE, "RUS", "JPN"}


def test_votes_of_the_brief(data):
    russia = triangle.votes(data).loc["RUS"]
    assert (round(russia[2013], 1), round(russia[2014], 1)) == (69.6, 69.9)


def test_the_forecast_on_russia_by_hand(data):
    trade = triangle.russian_trade(data).set_index(["family", "year"])
    assert trade.loc[("kotra", 2015), "needed"] == pytest.approx(104 * (1000 / 104) ** (2 / 7))
    assert trade.loc[("customs", 2020), "value"] == 42.74
    counts = triangle.needs_subsidy(data).counts
    assert list(counts.loc[counts["votes"], "year"]) == [2014, 2015]  # one family, the years that its sources share
    assert set(counts["family"]) == {"Russia's reports"}
    assert evidence.numbers("triangle")["path"].startswith("38.2")
    for meaning in ("any gift", "a railway and a port for freight"):
        assert not counts.loc[counts["subsidy means"] == meaning, "votes"].any()
        assert (counts["subsidy means"] == meaning).sum() == 5
    assert counts.loc[counts["subsidy means"] == "any gift", "outcome"].isna().all()


def test_the_forecast_on_russia_moves_with_the_data(data):
    trade = data["trade"].copy()
    trade.loc[(trade["partner"] == "RUS") & (trade["year"] > 2013), "value"] = 5000.0
    assert triangle.needs_subsidy({**data, "trade": trade}).verdict == claims.DID_NOT_COME_TRUE
    trade.loc[(trade["partner"] == "RUS") & (trade["series"] == "kotra") & (trade["year"] == 2015), "value"] = 1.0
    assert triangle.needs_subsidy({**data, "trade": trade}).verdict == "came true under 1 of 2 counts"


def test_breaks_with_japan_by_hand(then, data):
    found, chance = triangle.break_offs(then)
    by_date = found.set_index("date")["outcome"]
    assert by_date["2009-06-16"] and not by_date["2010-04-09"]  # a nuclear test in May 2009; nothing in March and April 2010
    assert not found.set_index("date")["votes"]["2010-04-09"]  # a yearly extension
    voting = found[found["votes"]].set_index("date")["outcome"]
    assert not voting.index.str[:7].duplicated().any()
    assert {date: bool(held) for date, held in voting.items()} == {
        "1998-08": True, "2004-12-29": False, "2006-07-05": True, "2006-10-11": True, "2008-09-05": False,
        "2009-06-16": True, "2012-12-01": True}
    assert 5 < chance < 15
    # a remark of a month does not take the vote of a dated sanction; nor do years count in which nearly every month passes
    now = triangle.break_offs(data)[0].set_index("date")["votes"]
    assert not now["2006-07"] and not now[["2016-02-10", "2024-03-26"]].any()
    months = triangle._months(then)
    span = pd.period_range("1998-08", "2012-12", freq="M")
    assert chance == pytest.approx(100 * np.mean([m in months or m - 1 in months for m in span]))
    assert triangle.open_cases(data)["value"].tolist() == [17, 5]


def test_timing_does_not_fit_where_breaks_follow_no_test(data):
    weapons = data["weapons_tests"][data["weapons_tests"]["period"] == "2013-05"]
    events = data["events"][data["events"]["kind"] != "nuclear_test"]
    rows = events[(events["partners"] == "JPN") & events["date"].between("2006", "2010")]
    assert triangle.japan_blocked({**data, "weapons_tests": weapons, "events": rows}).verdict == claims.TIMING_DOES_NOT_FIT


def test_the_two_decades_move_with_the_data(data):
    press = data["press_events"].copy()
    press.loc[press["partner"] == "RUS", ["verbal_cooperation", "material_cooperation"]] = 100_000
    counts = triangle.two_decades({**data, "press_events": press}).counts.query("votes").set_index("count")["outcome"]
    assert list(counts) == [False, True, False, False]
    headlines = data["headlines"].copy()
    headlines.loc[headlines["partner"] == "EUROPE", "contact_first"] = 0
    headlines.loc[headlines["partner"] == "RUS", "contact_first"] = 0
    assert triangle.two_decades({**data, "headlines": headlines}).verdict == claims.BORNE_OUT


@pytest.mark.parametrize("claim", triangle.FINDINGS)
def test_each_finding_is_whole(data, then, claim):
    for frames in (then, data):
        finding = triangle.FINDINGS[claim](frames)
        assert {"votes", "outcome", "family"} <= set(finding.counts.columns)
        assert finding.measure and finding.threshold and finding.sources
        assert set(finding.sources) <= set(load("sources")["source_id"])


@pytest.mark.parametrize("claim", triangle.FINDINGS)
def test_without_rows_nothing_can_be_tested(data, claim):
    empty = {name: frame[:0] for name, frame in data.items()}
    assert triangle.FINDINGS[claim](empty).verdict == claims.NOT_TESTABLE


def test_what_the_prose_leans_on(data, then, table):
    """Sentences of the chapter that name no number but rest on one."""
    line = {m: triangle.share_line(table, m) for m in triangle.MEASURES}
    assert all(v[2014] < v[2013] for v in line.values())
    lowest = [m for m, v in line.items() if v[2014] < v.loc[:2013].min()]
    assert lowest == ["contact_first", "contact_last"]
    assert line["contact_first"].loc[:2013].idxmin() == 2001 and line["mentions"].loc[:2013].idxmin() == 1997
    friendly = line["cooperation"]
    assert friendly[2014] < friendly.loc[2003:2013].min() and friendly[2002] < friendly[2014]
    japan = triangle.share_line(table, "cooperation", "old")
    assert japan.loc[:2013].min() < japan[2014]
    rows = table.query("measure == 'cooperation'").set_index("year")
    first = rows[[*triangle.TRIANGLE, *triangle.NEW]].idxmax(axis=1)
    assert list(first.index[first == "JPN"]) == [2002, 2004]
    headlines = load("headlines").query("window == 'jan1_sep25'").groupby("partner")[["mentions", "hostile"]].sum()
    hostile = (headlines["hostile"] / headlines["mentions"])[[*triangle.TRIANGLE, *triangle.NEW]].nlargest(3)
    assert set(hostile.index) == set(headlines["mentions"].nlargest(3).index)  # most is written about those it quarrels with
    # without Japan much of the fall goes
    apart = 100 * rows[list(triangle.TRIANGLE)].sum(axis=1) / rows[[*triangle.TRIANGLE, "RUS", "EUROPE"]].sum(axis=1)
    assert apart[2013] - apart[2014] < 0.6 * (friendly[2013] - friendly[2014])
    change = triangle.votes(data)["change"]
    assert change["RUS"] > 0 and (change[["JPN", "DEU", "FRA", "GBR"]] < 0).all()
    assert triangle.votes(data)[2014].idxmax() == "CHN"
    reached = triangle.standards(data).query("`reached in 2014`")
    assert list(reached["kind"]) == ["words", "journeys"]
    assert set(triangle.standards(data).loc[lambda t: t["kind"].isin(["journeys", "votes"]), "2013"]) == {"–"}
    for unit in ("state", "trip"):
        for cut in (triangle.CUT, "2014-12-31"):
            for aside in ("out", "in"):
                counts = triangle.visit_counts(data, unit, cut, aside)
                assert counts.idxmin() == "triangle" and counts["triangle"] < counts.drop("triangle").min()
                assert (counts["new"] > counts["others"]) == (unit == "trip" and cut != triangle.CUT)
    n = evidence.numbers("triangle")
    assert n["visits-triangle-wide"] == "2" and n["trips-merged"] == n["trips-year-others"]  # level
    lower = line["mentions"].loc[:2013]
    assert list(lower.index[lower < line["mentions"][2014]]) == [1997, 2000, 2001, 2007] and lower.idxmin() == 1997
    change = triangle.votes(data)["change"]
    assert change.abs().nlargest(2).index.tolist() == ["KOR", "USA"] and change["USA"] > 0 > change["KOR"]
    failed = triangle.break_offs(then)[0].query("votes and not outcome")["date"].str[:7]
    assert list(failed) == ["2004-12", "2008-09"]
    exercise = [int(n[f"last-{who}-2013"]) for who in ("old", "RUS", "JPN")]
    assert exercise == [94, 30, 9]
    assert triangle.two_decades(data).verdict == triangle.two_decades(then).verdict == "borne out under 3 of 4 counts"
    assert triangle.needs_subsidy(data).verdict == claims.CAME_TRUE_REASON_OPEN
    assert triangle.japan_blocked(then).verdict == triangle.japan_blocked(data).verdict == claims.TIMING_FITS
    assert triangle.may_ignore(data).verdict == claims.UNFALSIFIABLE
    russia = triangle.flows(data["trade"], "kotra", "RUS")["value"]
    assert russia[2013] > russia[2014] > russia[2015] and 9 < triangle.GOAL / russia[2013] < 11
    met = triangle.leader_meetings(data)
    assert met["date"].min() > "2018" and {"CHN", "KOR", "USA", "RUS"} == set(met["partner"])
    assert list(met[met["partner"] == "RUS"]["date"].str[:7]) == ["2019-04", "2023-09", "2024-06", "2025-09"]
    led = triangle.rivals(data).set_index(["count", "Japan is"])["led by one of it"]
    assert all(int(led[f"Contact headlines, {w} word list", "a new partner"].split()[0]) < 0.9 * 17 for w in ("first", "last"))
    japanese = triangle.rivals(data).query("`Japan is` == 'with the triangle'")["above half"].str.split(" of ", expand=True).astype(int)
    assert (japanese[0] > japanese[1] / 2).all()
    assert list((triangle.rival_votes(data).set_index("state").iloc[:5] > 0).all(axis=1)) == [True] + [False] * 4
    gifts = triangle.russian_gifts(data)
    assert (gifts["date"].min(), gifts["date"].max()) == ("2012", "2020")
    food = data["aid"].query("donor == 'RUS' and unit == 'tonnes' and period >= '2012'").set_index("period")["value"]
    assert food.idxmax() == "2014"
    events = data["events"].set_index("event_id")
    assert "(last) session" in events.loc["2015-06-19-eu-dprk-political-dialogue", "title"]
    assert evidence.findings("triangle")["outcome-open"] == claims.LEFT_OPEN
    assert (n["ignored"], n["ignored-of"], n["ignored-wide"]) == ("2", "5", "1")
    disputed = triangle.may_ignore(data).counts.query("event.str.contains('close to Pyongyang')")
    assert not disputed["votes"].item()


def test_the_agency_list_bounds_the_triangle(data):
    rows = data["official_visits"].query("series == 'ncnk' and period == '1998/2018'").set_index("host")["visits"]
    china, most = triangle.delegations(data)
    assert round(china, 1) == round(100 * 51 / 368, 1) == 13.9
    assert most == pytest.approx(100 * (51 + 31 + 31) / 368) and most < 50
    assert rows["CHN"] > rows["RUS"]


@pytest.mark.parametrize("make", [triangle.attention_exploration, triangle.visits_exploration])
def test_no_two_states_look_alike(data, make):
    titles = [card.title for _, card in make(data).states()]
    assert len(set(titles)) == len(titles) <= 60


@pytest.mark.parametrize("state", [
    ("contact_last", "new", 1997, 2013), ("mentions", "old", 2009, 2011), ("cooperation", "new", 1997, 2013),
    ("cooperation", "new", 2003, 2013)])
def test_attention_card_says_what_its_state_holds(data, table, state):
    measure, japan, first, last = state
    card = triangle.attention_card(data, table, *state)
    line = triangle.share_line(table, measure, japan)
    window = line.loc[first:last]
    assert f"above half in {(window > 50).sum()} of {len(window)} years" in card.title
    assert ("lower than in all" in card.title) is bool(line[2014] < window.min())
    assert ("There is no figure" in card.sentence) is (measure == "cooperation" and first < 2002)
    assert f"{line[2014]:.1f}{PERCENT}" in card.sentence
    assert ("Japan with the triangle" in card.title) is (japan == "old")


def test_visits_card_says_what_its_state_holds(data):
    assert "others lead with 11 of 17" in triangle.visits_card(data, "state", triangle.CUT, "out").title
    assert "others lead with 3 of 5" in triangle.visits_card(data, "trip", triangle.CUT, "out").title
    assert "the new partners lead with 5 of 10" in triangle.visits_card(data, "trip", "2014-12-31", "out").title
    assert "alpha" in triangle.VISITS_TRUST
