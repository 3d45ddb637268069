"""Chapter seoul: findings recomputed by hand for small cases, the figures the book must show, and properties."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion import claims, evidence
from companion.data import load
from companion.evidence import seoul, series
from companion.figure import PERCENT


@pytest.fixture(scope="module")
def data():
    return seoul.frames()


@pytest.fixture(scope="module")
def then():
    return seoul.frames(claims.ESSAY_DATE)


@pytest.fixture(scope="module")
def means(data):
    return seoul.means(data)


@pytest.fixture(scope="module")
def known(data, means):
    return seoul.lines(data), means


@pytest.mark.parametrize(("indicator", "who", "value"), [
    ("talks", "Roh", 33.8), ("talks", "Lee", 3.2), ("talks", "Park", 9.2), ("talks", "Moon", 7.2),
    ("aid", "Lee", 20.5), ("aid", "Park", 10.4), ("aid", "Moon", 5.0)])
def test_the_means_that_the_book_must_show(means, indicator, who, value):
    assert round(seoul.mean_of(means, indicator, who), 1) == value


@pytest.mark.parametrize(("indicator", "year", "value"), [
    ("trade", 2008, 1820), ("trade", 2012, 1976), ("trade", 2013, 1149), ("trade", 2014, 2340), ("trade", 2016, 333),
    ("aid", 2007, 348.8), ("aid", 2012, 2.3), ("aid", 2014, 14.1), ("talks", 2018, 36), ("talks", 2019, 0),
    ("visitors_outside", 2010, 6200), ("visitors_outside", 2012, 200), ("visitors_outside", 2013, 200)])
def test_the_years_that_the_book_must_show(data, indicator, year, value):
    assert seoul.lines(data)[indicator]["value"][year] == pytest.approx(value, abs=0.5 if indicator == "trade" else 1e-9)


def test_years_belong_to_whoever_held_office_on_1_july(data):
    office = data["events"].query("kind == 'rok_president'").sort_values("date")
    office = office[office["title"].str.contains("takes office")]
    for who, (first, last) in seoul.YEARS.items():
        for year in range(first, last + 1):
            sitting = office[office["date"] <= f"{year}-07-01"].iloc[-1]
            assert sitting["title"].startswith(seoul.NAMES[who]) and f"({seoul.CAMP[who]})" in sitting["title"]


def test_talks_a_year_by_hand(data):
    talks = seoul.talks_of_terms(data)["value"]
    assert talks["Roh"] == pytest.approx(169 / 5, rel=1e-3)
    days = (pd.Timestamp("2017-03-10") - pd.Timestamp("2013-02-25")).days
    assert talks["Park"] == pytest.approx(37 / days * 365.25)
    assert talks["Moon"] == pytest.approx(36 / 5, rel=1e-3)  # by term, as for the others


def test_trade_outside_kaesong_by_hand(data):
    outside = seoul.trade_outside(data)["value"]
    assert outside[2009] == pytest.approx(1679.08 - 940.552)
    assert outside[2010] == pytest.approx(1912.25 - 1442.856)
    assert outside[2012] == pytest.approx(1976.21 * 0.005)
    parts = data["trade"].query("series in ['mou_general', 'mou_processing'] and flow == 'total' and year == 2009")["value"].sum()
    assert 0 < outside[2009] - parts < 0.1 * outside[2009]  # the rest is aid in goods and other trade without payment
    whole = series.inter_korean(data["trade"])["value"]
    assert (outside <= whole.reindex(outside.index)).all() and (outside >= 0).all()


def test_a_missing_year_is_no_zero(data, known):
    for line in known[0].values():
        assert line["value"].notna().all()
    assert 2012 not in known[0]["talks"].index and 2014 not in known[0]["visitors"].index
    without = data["inter_korean"][lambda d: d["period"] != "2018"]
    fewer = seoul.means({**data, "inter_korean": without})
    assert seoul.mean_of(fewer, "talks", "Moon") == 0 and "2018" not in fewer.set_index(
        ["indicator", "government"])["years"]["talks", "Moon"]


@given(st.floats(0.01, 1e6), st.floats(0.01, 1e6))
def test_change_says_the_direction(before, after):
    word = seoul.change(before, after)
    assert word.startswith("unchanged" if before == after else "up" if after > before else "down")
    assert "by 100" not in seoul.change(1634, 1.07)  # a small remainder is not nothing
    assert seoul.change(0, after) == "up from nothing" and seoul.change(before, 0) == "down to nothing"


@given(st.floats(0, 100), st.lists(st.floats(0, 100), min_size=1, max_size=10), st.sampled_from(["up", "down"]))
def test_a_count_is_true_when_the_year_lies_on_the_worse_side_of_the_mean(year, before, worse):
    line = pd.DataFrame({"value": [*before, year]}, index=[*range(2003, 2003 + len(before)), 2013])
    (row,) = seoul.against(line, "f", "m", worse, {"all": (2003, 2012)})
    assert row["outcome"] == (year > row["before"] if worse == "up" else year < row["before"])
    assert min(before) <= row["before"] + 1e-9 and row["before"] - 1e-9 <= max(before)


def test_shares_are_percentages(data):
    for line in (seoul.headline_shares(data), seoul.press_shares(data, ["verbal_conflict"], "from_prk"),
                 seoul.press_shares(data, ["verbal_conflict", "material_conflict"], "from_prk", "to_prk")):
        assert len(line) >= 12 and line["value"].between(0, 100).all()
    row = data["headlines"].query("partner == 'KOR' and window == 'jan1_sep25' and period == '2014'").iloc[0]
    assert seoul.headline_shares(data)["value"][2014] == pytest.approx(100 * row["hostile"] / row["mentions"])


@pytest.mark.parametrize("claim", seoul.FINDINGS)
def test_each_finding_is_whole(data, then, claim):
    for frames in (then, data, {name: table[:0] for name, table in data.items()}):
        finding = seoul.FINDINGS[claim](frames)
        assert {"votes", "outcome", "family"} <= set(finding.counts.columns)
        assert finding.measure and finding.threshold
        assert set(finding.sources) <= set(load("sources")["source_id"])
        assert finding.verdict == claims.NOT_TESTABLE if finding.counts.empty else finding.sources


def test_the_view_of_2014_holds_nothing_later(then):
    for claim, test in seoul.FINDINGS.items():
        counts = test(then).counts
        assert counts[counts["family"] == "visitors"].empty, claim  # read in later sources
        assert "year" not in counts or set(counts.loc[counts["family"] == "aid", "year"]) <= {2013}, claim  # by January 2014
        if "date" in counts:
            assert (counts["date"] <= claims.ESSAY_DATE).all()
    assert 2014 not in set(seoul.crisis(then).counts.query("family in ['press_events', 'trade']")["year"])


def test_the_ministrys_aid_is_known_by_the_end_of_january_after_the_year():
    aid = load("aid").query("source_id == 'fnk_mou_aid'")
    assert len(aid) == 92
    assert (aid["knowable_from"].dt.strftime("%Y-%m-%d") == (aid["period"].astype(int) + 1).astype(str) + "-01-31").all()


def test_verdicts_follow_from_the_counts(data, then):
    for frames in (data, then):
        counts = seoul.crisis(frames).counts.query("votes")
        expected = [(a > b) if f in ("headlines", "press_events") else (a < b)
                    for f, a, b in zip(counts["family"], counts["in the year"], counts["before"], strict=True)]
        assert list(counts["outcome"]) == expected
        assert seoul.crisis(frames).verdict == claims.BORNE_OUT and all(expected)
        votes = seoul.crisis(frames).counts.query("votes")
        assert not votes["measure"].str.contains("All trade|visiting").any()  # what runs through Kaesong has no vote
    assert len(seoul.crisis(data).counts.query("votes")) == 10 and len(seoul.crisis(then).counts.query("votes")) == 6
    assert seoul.inflexible(then).verdict == "borne out under 5 of 6 counts"
    assert seoul.inflexible(data).verdict == "borne out under 8 of 12 counts"


def test_verdicts_move_with_the_data(data):
    aid = data["aid"].copy()
    aid.loc[(aid["donor"] == "KOR") & aid["period"].isin(["2013", "2014"]), "value"] = 1e6
    assert not seoul.inflexible({**data, "aid": aid}).counts.query("family == 'aid'")["outcome"].any()
    assert seoul.distrust(data).verdict == claims.NOT_TESTABLE  # three of six: no majority
    events = data["events"]
    taken = events["event_id"].isin(["2014-09-11-first-94-of-a-dprk-team", "2014-02-14-high-level-talks-reunions-go"])
    assert seoul.distrust({**data, "events": events[~taken]}).verdict == claims.TIMING_FITS  # three of four
    early = events["event_id"].isin(["2013-09-dprk-cancels-agreed-family", "2014-03-06-dprk-rejects-seoul-proposal-of"])
    assert seoul.distrust({**data, "events": events[~early]}).verdict == claims.TIMING_DOES_NOT_FIT  # one of four
    milder = {name: data[name].copy() for name in ("headlines", "press_events")}
    milder["headlines"].loc[milder["headlines"]["period"].isin(["2013", "2014"]), "hostile"] = 0
    milder["press_events"].loc[milder["press_events"]["year"].isin([2013, 2014]), "verbal_conflict"] = 0
    assert seoul.distrust({**data, **milder}).verdict == claims.TIMING_DOES_NOT_FIT
    met = events.copy()
    met.loc[met["event_id"].str.startswith("2018-04-27-kim-moon"), "date"] = "2016-04-27"
    assert seoul.conservatives({**data, "events": met}).verdict == claims.TIMING_DOES_NOT_FIT


def test_what_came_after_the_essay_has_no_vote(data):
    counts = seoul.distrust(data).counts.query("family == 'events'")
    late = counts["measure"].str.contains("30 October 2014|August 2015")
    assert late.sum() == 2 and not counts.loc[late, "votes"].any()
    assert (counts.loc[~late, "votes"] == counts.loc[~late, "outcome"].notna()).all()


@given(st.integers(0, 30), st.integers(0, 30))
def test_a_majority_outlives_one_row(more, fewer):
    assert seoul._outlives(more, fewer) == (more > 0 and 2 * (more - 1) > more - 1 + fewer)


def test_every_opening_and_its_answer_is_an_event(data):
    table = seoul.openings(data)
    assert len(table) == len(seoul.OPENINGS)
    rows = data["events"].set_index("event_id")
    for (_, by, event), became in zip(seoul.OPENINGS, table["became"], strict=True):
        row = rows.loc[event]
        assert row["counted"] and by in ("Seoul", "Pyongyang", "both")
        expected = {("refusal", "PRK"): "refused or broken off by Pyongyang", ("refusal", "KOR"): "refused by Seoul",
                    ("refusal", "both"): "neither side alone", ("statement", "PRK"): "answered in words alone",
                    ("statement", "KOR"): "no answer found by the essay"}
        assert became == expected.get((row["class"], row["actor"]), "taken up")
        assert row["class"] in ("refusal", "statement", "agreement", "visit")
        assert became != "refused by Seoul" or by == "Pyongyang"


def test_tables_in_words(data):
    rivals = seoul.rivals_table(data).set_index("measure")["from Lee to Park"]
    assert rivals["Talks, a year"] == f"closer, +187{PERCENT}"
    assert rivals["Government aid, billion won"] == f"apart, −49{PERCENT}"
    assert rivals["Hostile words and deeds of both, % of acts"] == f"closer, −11{PERCENT}"
    assert rivals[seoul.HOSTILE["headlines"]] == f"about the same, +1{PERCENT}"
    for name, percent in seoul.rivals(data).set_index("measure")["Lee to Park, %"].items():
        better = percent > 0 if not name.startswith("Hostile") else percent < 0
        assert abs(percent) < 2 or rivals[name].startswith("closer" if better else "apart")
    shown = seoul.prediction_table(data).set_index(["measure", "compared with"])
    assert shown.loc[(seoul.MEETINGS, "Park's term"), "Moon"] == "3"
    assert shown.loc[("Trade, million dollars", "2016"), "Moon"] == "1.1 (2021 alone)"
    assert shown.loc[("Visitors, persons", "Park's term"), "before"] == "104,300"


def test_prediction_by_hand(data):
    table = seoul.prediction(data).set_index(["measure", "compared with"])["outcome"]
    assert not table["Talks, a year", "Park's term"] and table["Talks, a year", "2016"]
    assert not table["Government aid, billion won", "Park's term"] and table["Government aid, billion won", "2016"]
    assert table[seoul.MEETINGS, "Park's term"] and (seoul.MEETINGS, "2016") not in table and not table["Trade, million dollars", "2016"]
    assert claims.forecast(seoul.prediction(data)) == "came true under 3 of 8 counts" == seoul.numbers(data)["prediction"]


def test_what_the_prose_leans_on(data, then, means):
    """Sentences of the chapter that name no number but rest on one."""
    lines = seoul.lines(data)
    aid = [seoul.mean_of(means, "aid", who) for who in seoul.YEARS]
    assert aid == sorted(aid, reverse=True)  # lower under each government than under the one before
    assert seoul.mean_of(means, "trade", "Lee") > seoul.mean_of(means, "trade", "Roh")
    assert seoul.mean_of(means, "talks", "Lee") < seoul.mean_of(means, "talks", "Park")
    trade = lines["trade"]["value"]
    assert trade[2014] > trade.loc[:2013].max() and trade[2012] > trade[2009]
    shrinking = lines["aid"]["value"].loc[2008:2012]
    assert (shrinking.diff().dropna() < 0).all() and shrinking.loc[:2009].sum() > shrinking.sum() / 2
    for indicator in ("trade", "visitors", "trade_outside"):
        assert seoul.mean_of(means, indicator, "Park") < seoul.mean_of(means, indicator, "Lee")
    counts = seoul.crisis(data).counts.query("votes")
    assert counts["outcome"].all()
    whole = seoul.crisis(data).counts.query("measure == 'All trade, USD million' and year == 2014")
    assert len(whole) == 3 and not whole["outcome"].any()  # "whose record of 2014 speaks against a crisis"
    assert "collapsed" in seoul.means_card(data).title
    half = seoul.openings(data).query("date <= @claims.ESSAY_DATE")
    assert (half["taken"] == False).sum() == (half["taken"] == True).sum() == 3  # noqa: E712 "no majority"
    assert list(half.query("became == 'refused by Seoul'")["date"].str[:7]) == ["2014-01", "2014-07"]
    eased = data["events"].query("event_id == '2020-05-20-unification-ministry-measures'")
    assert eased["title"].str.contains("several governments").all() and eased["note"].str.contains("2011").all()
    private = data["aid"].query("donor == 'KOR' and series == 'mou' and kind == 'all'")["period"]
    assert "2013" not in set(private) and {"2012", "2014"} <= set(private)
    gave = seoul.inflexible(data).counts
    against = gave[~gave["outcome"].astype(bool)]
    assert (against["compared with"] == "2012, Lee's last").sum() > len(against) / 2
    assert gave.query("`compared with` == \"Roh's years\"")["outcome"].all()
    steps = data["events"].query("kind == 'concession_rok' and counted and date >= @seoul.PARK_BEGAN").sort_values("date")
    assert steps["date"].iloc[0] == "2015-08-25"
    words = seoul.headline_shares(data)["value"]
    assert words[2014] < words.loc[2008:2012].mean() < words[2013]
    assert (seoul.hostile_card(data).title).startswith("In both records")
    both = seoul.rivals(data).set_index("measure")["Lee to Park, %"]
    assert both["Hostile words and deeds of both, % of acts"] < 0 < both[seoul.HOSTILE["press"]]
    assert abs(both[seoul.HOSTILE["headlines"]]) < 2
    assert both["Aid with private gifts, billion won"] < both["Government aid, billion won"]
    assert both["Government aid without rice loans, billion won"] == both["Government aid, billion won"]
    spread = seoul.same_year(data).set_index("year")
    assert (spread.max(axis=1) / spread.min(axis=1) < 1.02).all()
    later = seoul.lines(data)["talks"]["value"]
    assert later[2019] == later[2020] == 0
    totals = data["inter_korean"].query("measure == 'talks' and series == 'total'").set_index("period")["value"]
    assert totals["1971-2021"] < totals["1971-2018-09"]
    assert list(seoul.refusals(data)["by"].value_counts().reindex(["Pyongyang", "Seoul", "both"])) == [4, 3, 1]
    assert list(seoul.summits(data)["date"].str[:7])[-3:] == ["2018-04", "2018-05", "2018-09"]
    for date in (claims.ESSAY_DATE, None):
        assert evidence.findings("seoul", date)["seoul-wall"] == claims.SHAKY
        assert str(evidence.findings("seoul", date)["park-distrust"]) == claims.NOT_TESTABLE
        assert str(evidence.findings("seoul", date)["conservatives-block"]) == claims.TIMING_FITS
    assert float(seoul.numbers(data)["talks-park-rest-year"]) < float(seoul.numbers(data)["talks-lee"])
    liaison = data["inter_korean"].query("measure == 'liaison_meetings'")["period"]
    assert liaison.str.startswith("2019").sum() == 6


@pytest.mark.long
def test_every_state_says_what_it_holds_and_no_two_look_alike(data, known):
    pictures, titles, gaps = set(), set(), set()
    then = seoul.frames(claims.ESSAY_DATE)
    then = seoul.lines(then), seoul.means(then)
    for (indicator, earlier, span, as_of), card in seoul.pair_exploration(data).states():
        pictures.add(card.svg())
        titles.add(card.title)
        assert card.title.startswith("As of September 2014") == (as_of == "2014")
        values = seoul.compared(known if as_of == "today" else then, indicator, earlier, span)
        if all(value == value for value in values):
            for value in values:
                assert seoul.figure_text(value, indicator) in card.title
            assert seoul.change(*values) in card.title
        else:
            gaps.add((indicator, earlier, span, as_of))
            assert "no figure" in card.title
    assert len(pictures) == len(titles) == 48
    assert {g[:3] for g in gaps if g[0] in ("aid", "talks") and g[3] == "today"} == {
        ("talks", "Roh", "years"), ("talks", "Lee", "years")}
    assert {("visitors_outside", "Roh", "terms", "today"), ("visitors", "Lee", "years", "2014")} <= gaps


def test_a_state_names_the_side_that_has_no_figure(known):
    title = seoul.pair_card(known, "visitors", "Park", "years").title  # 2017 has one, 2016 has none
    assert title == "Visitors: no figure for 2016 (Park)"


def test_aid_from_lee_to_park_turns_with_the_span(known):
    down, up = (seoul.pair_card(known, "aid", "Lee", span).title for span in ("terms", "years"))
    assert f"down by 49{PERCENT}" in down and "up by" in up
