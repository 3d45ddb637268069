"""Chapter crisis: gains after crises recomputed by hand, base rates, the words of spring 2013, and what the prose leans on."""

import datetime as dt
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from companion import claims, evidence
from companion.data import load
from companion.evidence import crisis
from companion.figure import PERCENT


@pytest.fixture(scope="module")
def data():
    return crisis.frames()


@pytest.fixture(scope="module")
def then():
    return crisis.frames(claims.ESSAY_DATE)


@pytest.fixture(scope="module")
def states(data):
    return {e.name: dict(e.states()) for e in (crisis.words_exploration(data), crisis.paid_exploration(data))}


# --- crises and gains ---------------------------------------------------------------------------------------------

def test_the_paid_crises_that_the_book_must_show(data):
    paid = {era: [crisis.rates(data, era, "us", m)["crises"] for m in crisis.WINDOWS] for era in ("1993–2008", "2009–13")}
    assert paid == {"1993–2008": [(k, 7) for k in (2, 3, 6, 6, 7, 7)], "2009–13": [(k, 5) for k in (0, 0, 0, 0, 0, 1)]}


def test_base_rate_by_hand(data):
    """Plain Python, day by day: the shares that stand in the text."""
    rows = load("events").query("kind == 'concession_us' and counted")
    gains = [dt.date.fromisoformat(d if len(d) == 10 else d + "-15") for d in rows["date"]]
    crises = [dt.date.fromisoformat(d if len(d) == 10 else d + "-15") for d in load("crises")["start"] if len(d) > 4]

    def year_after(day):
        return day.replace(year=day.year + 1, day=28 if (day.month, day.day) == (2, 29) else day.day)

    def share(first, last, calm):
        days = [first + dt.timedelta(n) for n in range((last - first).days + 1)]
        if calm:
            days = [d for d in days if not any(c <= d < year_after(c) for c in crises)]
        return len(days), sum(any(d < g <= year_after(d) for g in gains) for d in days)

    for era, first, last in (("1993–2008", 1993, 2008), ("2009–13", 2009, 2013)):
        found = crisis.rates(data, era, "us", 12)
        for name, calm in (("all days", False), ("calm days", True)):
            assert found[name][::-1] == share(dt.date(first, 1, 1), dt.date(last, 12, 31), calm)
    rate = lambda era, name: round(crisis._percent(crisis.rates(data, era, "us", 12)[name]), 1)  # noqa: E731
    assert (rate("1993–2008", "all days"), rate("1993–2008", "calm days"), rate("2009–13", "all days")) == (56.6, 38.0, 20.0)


def test_days_to_the_next_american_gain(data):
    waits = crisis.crises_table(data).query("start < '2014'")["days to an American gain"]
    assert sorted(waits) == [46, 91, 127, 197, 214, 216, 368, 463, 705, 1060, 2008, 2251]


@settings(deadline=None, max_examples=60)
@given(st.lists(st.dates(dt.date(1993, 1, 1), dt.date(2018, 1, 1)), min_size=1, max_size=8),
       st.lists(st.dates(dt.date(1993, 1, 1), dt.date(2020, 1, 1)), max_size=8), st.integers(1, 23))
def test_a_wider_window_or_another_gain_never_loses_a_crisis(starts, gains, months):
    starts, gains = pd.DatetimeIndex(starts), pd.DatetimeIndex(sorted(gains))
    hit = crisis.paid(starts, gains, months)
    assert list(hit) == [any(s < g <= s + pd.DateOffset(months=months) for g in gains) for s in starts]
    assert (crisis.paid(starts, gains, months + 1) >= hit).all()
    assert (crisis.paid(starts, gains.append(pd.DatetimeIndex(["2000-01-01"])).sort_values(), months) >= hit).all()


def test_a_wider_window_never_loses_a_gain_in_the_tables(data):
    for era in crisis.ERAS:
        for definition in crisis.GAINS:
            found = [crisis.rates(data, era, definition, m) for m in crisis.WINDOWS]
            for name in ("crises", "all days", "calm days"):
                assert (np.diff([f[name][0] for f in found]) >= 0).all()


def test_aid_by_the_year_stands_on_the_first_of_july_where_no_row_has_a_day(data):
    days = crisis.aid_days(data)
    middle = {d.year for d in days if (d.month, d.day) == (7, 1)}
    assert middle == {1997, 1998, 2001, 2002, 2004, 2010, 2011, 2017} and pd.Timestamp("2003-02-25") in days
    assert set(crisis.gain_days(data["events"], "us")) < set(days)
    found = crisis.rates(data, "1993–2008", crisis.WITH_AID, 12)
    assert found["crises"] == (7, 7) and round(crisis._percent(found["all days"])) == 84
    assert not crisis.old_tactic(data).counts.query("gain == @crisis.WITH_AID")["votes"].any()


def test_the_food_of_february_2003_would_pay_the_crisis_of_2002(data):
    assert [crisis.with_food(data, m) for m in (6, 12)] == [4, 7]
    numbers = crisis.numbers(data)
    assert (numbers["days-2002"], numbers["days-2002-table"], numbers["days-food-2003"]) == ("377", "368", "75")


def test_definitions_are_nested_and_name_rows_that_exist(data):
    days = {d: set(crisis.gain_days(data["events"], d)) for d in crisis.GAINS}
    assert days["kept"] < days["us"] < days["anyone"]
    american = set(data["events"].query("kind == 'concession_us' and counted")["event_id"])
    assert crisis.NOT_KEPT < american


def test_chance_by_hand():
    assert crisis.chance((0, 5), 20, fewer=True) == pytest.approx(100 * 0.8 ** 5)
    assert crisis.chance((2, 2), 50) == pytest.approx(25)
    assert crisis.chance((0, 3), 40) == pytest.approx(100)


def test_windows_that_had_not_ended_are_left_out(then):
    found = crisis.rates(then, "2009–13", "us", 18)
    assert found["crises"][1] == 5
    assert crisis.horizon(then) == pd.Timestamp("2014-09-30")
    assert found["all days"][1] == len(pd.date_range("2009-01-01", "2013-03-31")) < 1826  # 18 months on: 30 September 2014
    assert crisis.rates(then, "2014–18", "us", 12)["crises"] == (0, 0)


# --- words and days -----------------------------------------------------------------------------------------------

@pytest.mark.parametrize(("key", "unit", "value", "before", "when"), [
    ("any_threat", "month", 14.2, 10.1, "2012-03"), ("any_threat", "season", 9.4, 5.4, "2005"),
    ("hostile_share", "month", 26.2, 25.2, "2005-03"), ("hostile_share", "season", 22.1, 19.4, "2009"),
    ("strike", "month", 2.3, 4.2, "2012-03")])
def test_the_words_that_the_book_must_show(data, key, unit, value, before, when):
    found = crisis.against_earlier(crisis.word_share(data["headline_words"], key), unit)
    assert (round(found[0], 1), round(found[1], 1), found[2]) == (value, before, when)


def test_a_spring_by_hand():
    line = pd.Series([1.0, 2.0, 6.0, 4.0, 9.0], index=["2012-02", "2012-03", "2012-04", "2012-05", "2012-06"])
    assert crisis.springs(line, "season")[2012] == 4 and crisis.springs(line, "month")[2012] == 6


def test_no_month_is_missing_between_the_first_and_the_last(data):
    for key in crisis.WORDS:  # the drawing sets one month beside the next
        months = pd.PeriodIndex(crisis.word_share(data["headline_words"], key).index, freq="M")
        assert list(months) == list(pd.period_range("2005-01", "2014-09", freq="M"))


def test_the_words_verdict_moves_with_the_data(data):
    words = data["headline_words"].copy()
    words.loc[words["month"] == "2009-04", ["any_threat", "hostile_share"]] = [400, 90]
    assert crisis.spring({**data, "headline_words": words}).verdict == claims.NOT_BORNE_OUT


def test_lanes_by_hand(data):
    found = crisis.lanes(data["events"])
    assert list(found["UN resolutions, sanctions"]["date"]) == ["2013-01-22", "2013-03-07", "2013-04-22", "2013-05-07"]
    assert list(found["Offers of talks, talks"]["date"]) == ["2013-04-11", "2013-06-09", "2013-06-16"]
    assert found["Gain for the North, from anyone"].empty
    dates = found["North: threats, tests, cut lines"]["date"]
    peak = sum("2013-03-05" <= date <= "2013-04-08" for date in dates)
    card = crisis.days_card(data)
    assert (peak, len(dates)) == (19, 24) and card.title.startswith("19 of 24 dated") and "stays empty" in card.title
    assert evidence.numbers("crisis")["threats-peak"] == "19"


# --- findings -----------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("claim", crisis.FINDINGS)
def test_each_finding_is_whole(data, then, claim):
    for frames in (then, data):
        finding = crisis.FINDINGS[claim](frames)
        assert {"votes", "outcome", "family"} <= set(finding.counts.columns)
        assert len(finding.counts) >= 3 and finding.measure and finding.threshold and finding.sources
        assert set(finding.sources) <= set(load("sources")["source_id"])
    empty = {name: frame[:0] for name, frame in data.items()}
    assert crisis.FINDINGS[claim](empty).verdict == claims.NOT_TESTABLE


def test_verdicts_follow_from_the_counts(data, then):
    for claim in ("old-tactic", "spring-2013", "crisis-unpaid"):
        for frames in (then, data):
            finding = crisis.FINDINGS[claim](frames)
            assert finding.verdict == claims.verdict(finding.counts)


def test_a_gain_from_washington_would_count_against(data):
    events = data["events"].copy()
    at = events.index[events["kind"] == "concession_us"][0]
    events.loc[at, "date"] = "2013-07-01"
    before, after = (crisis.unpaid({**data, "events": e}).counts["outcome"].sum() for e in (data["events"], events))
    assert after < before
    rows = crisis.unpaid({**data, "events": events}).counts.query("result == 'a gain from Washington'")
    assert not rows["outcome"].any()


def test_gains_that_follow_no_crisis_would_sink_the_old_tactic(data):
    events = data["events"].copy()
    american = events["kind"] == "concession_us"
    events.loc[american, "date"] = "1997-01-01"  # far from every crisis
    counts = crisis.old_tactic({**data, "events": events}).counts
    assert not counts.loc[counts["gain"].str.startswith("Washington"), "outcome"].any()


def test_events_after_the_essay_are_not_in_its_verdict(then):
    assert then["events"]["knowable_from"].max() <= pd.Timestamp(claims.ESSAY_DATE)
    assert then["crises"]["start"].max() < "2013"
    aid = then["aid"].query("donor == 'KOR'")
    assert (aid["period"].str[:4].astype(int) <= 2013).all() and "aid" in set(crisis.unpaid(then).counts["family"])


def test_without_offers_or_talks_the_timing_would_not_fit(data):
    events = data["events"][~data["events"]["kind"].isin(["talks", "talks_offer"])]
    assert crisis.behind_spring({**data, "events": events}).verdict == claims.TIMING_DOES_NOT_FIT


# --- states and prose ---------------------------------------------------------------------------------------------

def test_each_state_says_what_it_holds(data, states):
    for (key, unit), card in states["spring-2013"].items():
        value, record, _ = crisis.against_earlier(crisis.word_share(data["headline_words"], key), unit)
        assert ("above every" in card.title) is bool(value > record)
        assert f"{value:.1f}{PERCENT}" in card.sentence and f"{record:.1f}{PERCENT}" in card.sentence
    for (months, era, definition), card in states["crisis-paid"].items():
        found = crisis.rates(data, era, definition, months)
        assert "{} of {} crises".format(*found["crises"]) in card.title
        assert f"{crisis._percent(found['all days']):.0f}{PERCENT} of all days" in card.title
        assert card.table["within the window"].sum() == found["crises"][0]
        assert len(card.table) == found["crises"][1] > 0


@pytest.mark.long
def test_no_two_states_look_alike(states):
    assert [len(s) for s in states.values()] == [10, 54]
    for cards in states.values():
        pictures = [re.sub(r' aria-label="[^"]*"', "", card.svg()) for card in cards.values()]
        assert len(set(pictures)) == len(cards)
        assert len({(card.title, card.sentence) for card in cards.values()}) == len(cards)


def test_what_the_prose_leans_on(data):
    """Sentences of the chapter that name no number but rest on one."""
    crises, events, words = data["crises"], data["events"], data["headline_words"]
    assert len(crises) == 16  # a heading says sixteen
    assert crisis.rates(data, "2009–13", "us", 12)["crises"] == (0, 5)  # the fifth in a row, each without a gain
    assert crisis.rates(data, "1993–2008", "us", 18)["crises"] == (7, 7)
    season = crisis.springs(crisis.word_share(words, "any_threat"), "season")
    assert season.idxmax() == 2013
    hostile = crisis.word_share(words, "hostile_share")
    assert hostile["2013-03"] > hostile["2013-05"] > hostile["2013-04"]
    counts = crisis.spring(data).counts
    assert set(counts.loc[~counts["outcome"], "words"]) == {"Words of strike", "Hostile words to Seoul, of all reported acts"}
    by = crisis.lanes(events)
    threats = by["North: threats, tests, cut lines"]
    assert threats.loc[threats["date"] > "2013-04-08", "kind"].tolist() == ["detention"]  # no threat after 8 April
    assert crisis.may_missiles(data) == 6 and "6 missiles" in crisis.days_card(data).alt
    assert threats["date"][threats["date"] >= "2013-03"].min() == "2013-03-05"
    gains = crisis.gain_days(events, "anyone")
    assert not ((gains >= "2012-12-12") & (gains < "2014-05-01")).any()  # the lane stays empty for a year and more
    assert list(gains[(gains >= "2014-05-01") & (gains <= "2014-09-05")]) == [
        pd.Timestamp("2014-05-05"), pd.Timestamp("2014-07-04")]  # Russia's law, fourteen months on, and Japan
    assert "2012-09-17" < "2012-12-12" and crisis.FORGIVEN <= set(events["event_id"])  # signed before that spring
    assert events.query("counted and date == '2008-06-26' and kind == 'concession_us'").shape[0] == 1  # before 26 August
    assert crisis.crisis_days(crises)["2008-reversal"] > pd.Timestamp("2008-06-26")
    assert events["title"].str.contains("denies that it sank the Cheonan").any()
    lead = [crisis._percent(f["crises"]) - crisis._percent(f["all days"])  # an exercise asks for these
            for f in (crisis.rates(data, "2009–13", "anyone", m) for m in (6, 12, 18))]
    assert lead[1] == min(lead) < 0 < lead[2]
    assert [crisis.rates(data, "2014–18", d, 12)["crises"] for d in ("us", "anyone")] == [(1, 3), (2, 3)]
    paid = {i for i, start in crisis.crisis_days(crises).items() if "2009" <= str(start)[:4] <= "2013"
            and crisis.paid(pd.DatetimeIndex([start]), crisis.gain_days(events, "us"), 18)[0]}
    assert paid == {"2010-yeonpyeong"}
    windows = [crisis.rates(data, "2009–13", "us", m) for m in range(1, 25)]
    assert sum(crisis._percent(f["crises"]) > crisis._percent(f["all days"]) for f in windows) == 1
    windows = [crisis.rates(data, "1993–2008", "us", m) for m in range(1, 25)]
    assert sum(crisis._percent(f["crises"]) > max(crisis._percent(f["all days"]), crisis._percent(f["calm days"]))
               for f in windows) >= 22
    offer, calm = pd.Timestamp("2012-02-29"), pd.date_range("2009-01-01", "2013-12-31")
    starts = crisis.crisis_days(crises)
    calm = [d for d in calm if not any(s <= d < s + pd.DateOffset(months=12) for s in starts)]
    assert offer in calm and sum(d < offer and d > offer - pd.DateOffset(months=12) for d in calm) > len(calm) / 2
    council = events.query("counted and kind == 'unsc_resolution'")["date"]
    assert council.between("2017-08-01", "2017-12-31").sum() == 3
    assert 20 <= (pd.Timestamp("2015-08-25") - pd.Timestamp("2015-08-04")).days <= 22
    assert crisis.rates(data, "2014–18", "us", 12)["crises"] == (1, 3)
    assert evidence.findings("crisis")["spring-2013"].verdict == claims.BORNE_OUT
    unpaid = crisis.unpaid(data)
    assert unpaid.value == claims.SHAKY
    against = unpaid.counts[~unpaid.counts["outcome"]]
    assert set(against["result"]) == {"a gain from any state", "South Korean government aid, billion won",
                                      "helping deeds of Washington, % of its reported acts"}
    assert "6 of the 8 years" in crisis.behind_spring(data).threshold
