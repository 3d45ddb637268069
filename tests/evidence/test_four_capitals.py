"""Chapter four-capitals: the figures that the book must show, findings by hand for small cases, and properties."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.path import Path

from companion import claims, evidence
from companion.data import load
from companion.evidence import four_capitals
from companion.explore import slots


@pytest.fixture(scope="module")
def data():
    return four_capitals.frames()


@pytest.fixture(scope="module")
def then():
    return four_capitals.frames(claims.ESSAY_DATE)


# --- the tour ---------------------------------------------------------------------------------------------------

def test_stops_in_the_order_of_the_route_with_their_hosts(data):
    stops = four_capitals.stops(data).set_index("state")
    assert stops.index.tolist() == ["DEU", "BEL", "CHE", "ITA", "MNG"]
    assert stops["host"].tolist() == ["party_or_parliament", "vice_minister_or_envoy", "vice_minister_or_envoy",
                                      "party_or_parliament", "leader"]
    assert stops["declined"].tolist() == [0, 0, 0, 1, 0]


def test_a_stop_without_a_meeting_is_left_out(data):
    events = data["events"]
    less = {**data, "events": events[~events["title"].str.contains("Ulaanbaatar by President")]}
    assert "MNG" not in set(four_capitals.stops(less)["state"])
    title = four_capitals.route_card(less).title
    assert title.startswith("2 of 4 stops") and "Mongolia" not in title


def test_outlines_hold_the_capitals_of_the_tour():
    places = load("distances").set_index("partner")
    for state in four_capitals.STOPS:
        point = places.loc[state, ["capital_lon", "capital_lat"]].astype(float).tolist()
        assert any(Path(ring).contains_point(point) for ring in four_capitals.outlines()[state]), state


def test_outlines_show_crimea_as_the_page_says():
    inside = {state: any(Path(ring).contains_point((34.4, 45.3)) for ring in rings)
              for state, rings in four_capitals.outlines().items()}
    assert inside["RUS"] and not inside["other"]


def test_centre_of_a_square():
    assert four_capitals.centre(np.array([(1, 1), (3, 1), (3, 3), (1, 3)])) == (2, 2)


# --- attention --------------------------------------------------------------------------------------------------

def test_the_figures_that_the_book_must_show(data):
    counts = four_capitals.headline_counts(data)
    both = lambda p, column="contact_last": [int(counts.loc[(y, p), column]) for y in (2013, 2014)]  # noqa: E731
    assert {p: both(p) for p in four_capitals.PARTNERS} == {
        "RUS": [30, 95], "JPN": [9, 24], "EUROPE": [54, 101], "CHN": [55, 45]}
    assert both("CHN", "contact_first") == [70, 68] and both("DEU") == [13, 4]
    august = four_capitals.headline_counts(data, "31 August")["contact_last"]
    assert [august[y, p] for p in ("EUROPE", "CHN") for y in (2013, 2014)] == [45, 84, 44, 44]
    rates = four_capitals.rates(data, "last")
    russia = [round(four_capitals.rise(rates, "RUS", year)["ratio"], 2) for year in (2013, 2012, 2009, 1997)]
    assert russia == [3.25, 2.07, 1.67, 1.52]
    assert [round(four_capitals.rise(rates, p, 2009)["ratio"], 2) for p in ("JPN", "EUROPE")] == [1.51, 1.48]


def test_attention_card_holds_the_press_events_of_the_brief(data):
    table = four_capitals.attention_card(data).table.set_index(["partner", "measure"])
    row = lambda p: table.loc[(p, "Friendly press events both ways, number")].tolist()  # noqa: E731
    assert (row("Japan"), row("Russia"), row("Europe"), row("China")) == ([553, 2641], [436, 1494], [250, 319], [2271, 1317])


def test_rate_and_part_by_hand():
    frame = pd.DataFrame([("2013", "RUS", 200, 10, 5), ("2014", "RUS", 400, 50, 40)],
                         columns=["period", "partner", "headlines", "contact_first", "contact_last"])
    rates = four_capitals.rates({"headlines": frame.assign(window="jan1_sep25")}, "last")
    assert rates["RUS"].tolist() == [2.5, 10] and four_capitals.rise(rates, "RUS", 2013)["ratio"] == 4
    press = pd.DataFrame([(2014, "RUS", "from_prk", 1, 2), (2014, "JPN", "from_prk", 9, 0), (2014, "JPN", "to_prk", 99, 0)],
                         columns=["year", "partner", "direction", "verbal_cooperation", "material_cooperation"])
    assert four_capitals.press_parts({"press_events": press}).loc[2014, ["RUS", "JPN"]].tolist() == [25, 75]


def test_a_base_with_a_missing_year_has_no_ratio():
    table = pd.DataFrame({"RUS": [1.0, 2.0, 3.0]}, index=[2011, 2013, 2014])
    for partner, first in (("RUS", 2011), ("JPN", 2013)):
        assert np.isnan(four_capitals.rise(table, partner, first)["ratio"])
    assert four_capitals.rise(table, "RUS", 2013)["ratio"] == 1.5


@settings(deadline=None)
@given(st.lists(st.floats(0.1, 100), min_size=2, max_size=18))
def test_above_every_year_is_above_the_mean(values):
    table = pd.DataFrame({"RUS": values}, index=range(2015 - len(values), 2015))
    found = four_capitals.rise(table, "RUS", table.index[0])
    if found["after"] > found["highest"]:
        assert found["ratio"] > 1 - 1e-9


def test_parts_of_the_press_add_up(data):
    assert np.allclose(four_capitals.press_parts(data).sum(axis=1), 100)


def test_visits_of_2014_before_the_essay(data):
    trips = four_capitals.high_visits(data, 2014)
    assert trips["EUROPE"] == 5 and trips["RUS"] == 4 and "JPN" not in trips
    only = data["events"].query("high == 'JPN' and '2013' <= date < '2014'")
    assert only["level"].tolist() == ["vice_minister_or_envoy"] and only["title"].str.contains("Abe adviser").all()


# --- findings ---------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("claim", four_capitals.FINDINGS)
def test_each_finding_is_whole(data, then, claim):
    for frames in (then, data):
        finding = four_capitals.FINDINGS[claim](frames)
        assert {"votes", "outcome", "family"} <= set(finding.counts.columns)
        assert finding.counts["votes"].any() and finding.measure and finding.threshold and finding.sources
        assert set(finding.sources) <= set(load("sources")["source_id"])


@pytest.mark.parametrize("claim", four_capitals.FINDINGS)
def test_empty_tables_are_not_testable(data, claim):
    empty = {name: frame[:0] for name, frame in data.items()}
    assert four_capitals.FINDINGS[claim](empty).verdict == claims.NOT_TESTABLE


def test_the_facts_stand_on_both_dates(data, then):
    for frames in (then, data):
        assert four_capitals.kang_tour(frames).verdict == four_capitals.kang_hosts(frames).verdict == claims.BORNE_OUT
        assert set(four_capitals.parties(frames).query("local")["party"]) == {"SPD", "CVP", "Forza Italia", "Lega Nord"}


def test_tour_falls_when_no_report_of_it_names_italy(data):
    events = data["events"].copy()
    events["partners"] = events["partners"].str.replace(";ITA", "").str.replace("ITA", "PRK")
    assert four_capitals.kang_tour({**data, "events": events}).verdict == claims.NOT_BORNE_OUT


def test_one_vote_a_family_and_none_for_a_forecast(data):
    counts = four_capitals.kang_tour(data).counts
    assert counts.query("votes")["family"].is_unique and set(counts.query("votes")["family"]) == {
        "North Korea's agency", "Voice of America"}
    assert not counts.loc[counts["from"] < "2014-09-06", "votes"].any()


def test_hosts_need_two_parties(data):
    events = data["events"].copy()
    for column in ("title", "note"):
        events[column] = events[column].str.replace("CDU|PES|CVP|Forza Italia|Lega Nord", "X", regex=True)
    assert four_capitals.kang_hosts({**data, "events": events}).verdict == claims.NOT_BORNE_OUT


def test_aim_fits_while_nothing_is_taken_back(data):
    events = data["events"].copy()
    assert four_capitals.kang_aim(data).verdict == claims.TIMING_FITS
    events.loc[events["title"].str.contains("no further need"), "date"] = "2014-10-10"
    assert four_capitals.kang_aim({**data, "events": events}).verdict == claims.TIMING_DOES_NOT_FIT


def test_new_attention_follows_from_its_counts(data, then):
    now, before = four_capitals.new_attention(data), four_capitals.new_attention(then)
    assert set(before.counts["family"]) == {"headlines"} and set(now.counts["family"]) == {"headlines", "press events"}
    voting = now.counts[now.counts["votes"]]
    assert set(voting["base"]) == set(four_capitals.VOTING) and set(voting["measure"]) == set(four_capitals.MEASURES)
    assert not voting.duplicated(["measure", "base"]).any() and len(voting) == 6
    ratios = now.counts[["Russia, times the base", "Japan, times the base"]]
    assert now.counts["outcome"].tolist() == (ratios > 1).all(axis=1).tolist()
    assert now.verdict == before.verdict == claims.BORNE_OUT
    frame = data["headlines"].copy()
    frame.loc[(frame["partner"] == "JPN") & frame["period"].str.startswith("2014"), ["contact_first", "contact_last"]] = 0
    moved = four_capitals.new_attention({**data, "headlines": frame})
    assert not moved.counts.query("family == 'headlines' and votes")["outcome"].any()
    assert moved.verdict == "borne out under 2 of 6 counts"


def test_one_family_of_sources_has_one_vote_on_the_hosts(data):
    counts = four_capitals.kang_hosts(data).counts
    assert counts.loc[counts["votes"], "family"].is_unique
    assert counts["number"].tolist() == [5, 4, 1] and "PES" not in counts["parties"][0]


def test_twelve_months_by_hand():
    months = [f"{year}-{month:02d}" for year in (2012, 2013) for month in range(1, 13)]
    frame = pd.DataFrame({"period": months, "partner": "JPN", "window": "month", "headlines": 100, "contact_last": 1})
    frame.loc[frame["period"] == "2012-10", "contact_last"] = 13
    frame.loc[frame["period"].isin(["2012-09", "2013-10"]), "contact_last"] = 99
    # only October 2012 to September 2013 is whole: 13 + 11 * 1 of 1,200
    assert four_capitals.twelve_months({"headlines": frame}, "last")["JPN"].to_dict() == {2013: 2.0}


# --- the page ---------------------------------------------------------------------------------------------------

@pytest.mark.long
def test_each_state_says_what_it_holds_and_no_two_are_alike(data):
    states = list(four_capitals.base_exploration(data).states())
    assert len(states) == 16 and len({slots(card) for _, card in states}) == 16
    assert len({card.title for _, card in states}) == 16
    for (base, rule, end), card in states:
        assert base in card.title and rule in card.title and end in card.title
        if (base, end) == ("1997–2013", "31 August"):
            assert "no figure" in card.title
        else:
            ratio = four_capitals.rise(four_capitals.rates(data, rule, end), "JPN", four_capitals.BASES[base])["ratio"]
            assert f"Japan {ratio:.2f}" in card.title


def test_what_the_prose_leans_on(data, then):
    """Sentences of the chapter that name no number but rest on one."""
    last, first = four_capitals.rates(data, "last"), four_capitals.rates(data, "first")
    for table in (last, first):  # 2013 was low for all four
        assert (table.loc[2013] < table.loc[2009:2012].mean())[list(four_capitals.PARTNERS)].all()
    higher = lambda t, p: [y for y in range(1997, 2014) if t.loc[y, p] >= t.loc[2014, p]]  # noqa: E731
    assert higher(last, "RUS")[-1] == 2006 and higher(last, "JPN")[-1] == 2005
    assert higher(first, "RUS")[-1] == 2011 and higher(first, "JPN") == []
    ratio = {(p, rule, end, base): four_capitals.rise(four_capitals.rates(data, rule, end), p, year)["ratio"]
             for p in four_capitals.CLAIMED for rule in ("last", "first") for end in four_capitals.ENDS
             for base, year in four_capitals.BASES.items()}
    known = {k: v for k, v in ratio.items() if v == v}
    assert len(ratio) - len(known) == 4 and min(known.values()) > 1
    assert min(known, key=known.get) == ("JPN", "last", "25 September", "1997–2013")
    of = lambda p, base: ratio[p, "last", "25 September", base]  # noqa: E731
    assert all(of(p, "2013") / of(p, "1997–2013") > 2 for p in four_capitals.CLAIMED)
    assert all(n == n for k, n in ratio.items() if k[2:] != ("31 August", "1997–2013"))  # the two settings without a figure
    table = four_capitals.rivals(data).set_index(["measure", "compared with"]).astype(float)
    assert (table[["Russia", "Japan", "Europe"]] > 1).all().all()
    assert (table["China"] > 0.995).sum() == 1 and (table["China"] < 1.005).all()
    found = four_capitals.new_attention(data).counts
    assert found["outcome"].all()  # "whichever years we take"
    voting = found[found["votes"]]
    alone = ~voting["Russia above every year"]
    assert (alone & voting["Japan above every year"]).sum() == 3 and (alone & ~voting["Japan above every year"]).sum() == 2
    assert voting["measure"].nunique() == 3 and voting["family"].nunique() == 2
    assert four_capitals.monthly(data, "JPN", "2013-10", "2013-11") == 17 > four_capitals.monthly(data, "JPN", "2014-03", "2014-08") == 13
    autumn = four_capitals.twelve_months(data, "last")
    assert [round(four_capitals.rise(autumn, p, 2013)["ratio"], 2) for p in four_capitals.CLAIMED] == [2.06, 2.14]
    title = four_capitals.attention_card(data).title
    assert title == "From 2013 to 2014 Russia rises in 3 of 3 measures of the press, Europe in 3, Japan in 3, China in 0"
    kang = data["events"].query("event_id == '2014-09-06-kang-sok-ju-wpk-secretary'")["high"].item().split(";")
    assert len(set(kang) & four_capitals.EUROPE) == 4
    found = four_capitals.stops(data).set_index("state")["host"]
    assert (found == "leader").sum() == 1 and found["MNG"] == "leader"
    parties = four_capitals.parties(data)
    assert not parties.loc[parties["stop"] == "Belgium", "local"].any()
    after = four_capitals.aftermath(data).set_index("date")["event"]
    assert "ready to reopen" in after["2014-10-02"] and "no further need" in after["2014-11-18"]
    assert evidence.numbers("four-capitals")["rus-over-2009"] == "1.67"
