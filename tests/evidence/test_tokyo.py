"""Chapter tokyo: days by hand, verdicts that move with the rows, every state of the ledger, and what the prose leans on."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion import claims, evidence
from companion.data import load
from companion.evidence import tokyo


@pytest.fixture(scope="module")
def data():
    return tokyo.frames()


@pytest.fixture(scope="module")
def then():
    return tokyo.frames(claims.ESSAY_DATE)


@pytest.mark.parametrize(("first", "last", "days"), [
    (tokyo.ACCORD, tokyo.EASING, 36), (tokyo.EASING, tokyo.NOT_READY, 87), (tokyo.ACCORD, tokyo.DISSOLVED, 624)])
def test_the_days_that_the_book_must_show(data, first, last, days):
    assert tokyo.days_between(data, first, last) == days


def test_days_by_hand():
    assert (dt.date(2014, 7, 4) - dt.date(2014, 5, 29)).days == 2 + 30 + 4
    assert (dt.date(2014, 9, 29) - dt.date(2014, 7, 4)).days == 27 + 31 + 29


def test_trade_and_money_that_the_book_must_show(data):
    cow = tokyo.trade_lines(data)["cow"]["value"]
    assert (cow[2005], cow[2007]) == (201, 10)
    assert (cow.loc[2010:] == 0).all() and cow[2009] > 0
    assert list(tokyo.money(data)["value"]) == [300 + 200 + 300, 3800, 5000, 10000, 0]


@pytest.mark.parametrize("claim", tokyo.FINDINGS)
def test_each_finding_is_whole(data, then, claim):
    for frames in (then, data):
        finding = tokyo.FINDINGS[claim](frames)
        assert {"votes", "outcome", "family"} <= set(finding.counts.columns)
        assert finding.counts["votes"].sum() >= 3
        assert finding.counts["family"].notna().all()
        assert finding.measure and finding.threshold and finding.sources
        assert set(finding.sources) <= set(load("sources")["source_id"])


@pytest.mark.parametrize("claim", tokyo.FINDINGS)
def test_without_rows_nothing_is_testable(data, claim):
    empty = {name: frame[:0] for name, frame in data.items()}
    assert tokyo.FINDINGS[claim](empty).verdict == claims.NOT_TESTABLE


def test_what_came_after_the_essay_has_no_vote(data):
    for claim, test in tokyo.FINDINGS.items():
        counts = test(data).counts
        late = counts.get("day", pd.Series(dtype=str)).astype(str) > claims.ESSAY_DATE
        assert not counts.loc[late[late].index, "votes"].any(), claim
    assert tokyo.contacts(data).counts.query("family == 'press events'")["votes"].sum() == 0


def test_verdicts_of_both_dates(data, then):
    for frames in (then, data):
        found = {claim: test(frames).verdict for claim, test in tokyo.FINDINGS.items()}
        assert found == {"japan-contacts": "borne out", "japan-concessions": "borne out", "japan-payment": claims.TIMING_FITS}


def test_one_vote_for_each_agency_that_reports_a_meeting(data):
    met = tokyo.contacts(data).counts.query("part == 'contact' and votes")
    assert list(met["family"]) == ["Yomiuri", "Reuters", "Global Times", "KCNA", "Korea Herald", "Kyodo"]


def test_contacts_move_with_the_rows(data):
    headlines = data["headlines"].copy()
    headlines.loc[(headlines["partner"] == "JPN") & (headlines["period"] == "2014"), ["contact_first", "contact_last"]] = 0
    moved = tokyo.contacts({**data, "headlines": headlines})
    assert moved.parts["contact"] == "borne out"
    assert moved.parts["begun"] == "not borne out"
    events = data["events"].copy()
    events.loc[events["event_id"] == "2014-05-26-stockholm-talks-song-il-ho", "class"] = "refusal"
    assert tokyo.contacts({**data, "events": events}).parts["contact"].startswith("borne out under")


def test_begun_is_the_mean_of_two_bases_by_two_lists(data):
    counts = tokyo.contacts(data).counts.query("part == 'begun'").set_index(["count", "compared with"])
    voting = counts[counts["votes"]]
    assert sorted(voting.index) == sorted((f"contact headlines per 100, {word} word list", base)
                                          for word in ("first", "last") for base in ("2009–2013", "1997–2013"))
    rows = load("headlines").query("partner == 'JPN' and window == 'jan1_sep25'").set_index("period").loc["2009":"2013"]
    mean = (100 * rows["contact_first"] / rows["headlines"]).mean()
    assert counts.at[("contact headlines per 100, first word list", "2009–2013"), "before"] == pytest.approx(mean)
    highest = counts.xs("the highest of 1997–2013", level="compared with")["outcome"]
    assert list(highest) == [True, False]


def test_a_pause_between_talks_has_no_vote_and_moves_with_the_rows(data):
    events = data["events"].copy()
    talk = events[events["event_id"] == "2014-03-03-japan-dprk-officials-meet-in"]
    extra = pd.concat([talk.assign(event_id=f"x{i}", date=day) for i, day in enumerate(
        pd.date_range("2012-12-01", "2014-02-20", freq="30D").strftime("%Y-%m-%d"))])
    moved = {**data, "events": pd.concat([events, extra], ignore_index=True)}
    before, since = tokyo.silence(moved)
    assert before < since == 80
    pause = tokyo.contacts(moved).counts.query("count.str.startswith('longest pause')")
    assert not pause["outcome"].item() and not pause["votes"].item()


def test_above_level_or_below_the_highest_of_five_years(data):
    headlines = data["headlines"].copy()
    here = (headlines["partner"] == "JPN") & (headlines["window"] == "jan1_sep25") & (headlines["period"] == "2014")
    found = {}
    for n in (10, 24, 60):
        headlines.loc[here, "contact_last"] = n
        found[n] = tokyo.beside({**data, "headlines": headlines}, "contact_last")
    assert found == {10: ("below", 2012), 24: ("level with", 2012), 60: ("above", 2012)}


def test_no_comparison_with_a_year_that_has_no_figure(data):
    press = tokyo.contacts(data).counts.query("family == 'press events'")
    assert list(press["compared with"]) == ["2013", "2009–2013"]
    assert press["before"].notna().all()


def test_a_committee_that_had_ended_would_count_against(data):
    events = data["events"].copy()
    events.loc[events["event_id"] == tokyo.DISSOLVED, "date"] = "2014-08-01"
    finding = tokyo.concessions({**data, "events": events})
    assert finding.parts == {"carried out": "borne out under 1 of 3 counts", "promised": "borne out"}


def test_payment_timing_can_fail(data):
    events = data["events"].copy()
    japan = [event for event, side, stage, _ in tokyo.STEPS if side == "JPN" and stage != tokyo.UNDONE]
    alone = events["event_id"].isin(set(japan) - {tokyo.SUMMIT, tokyo.SECOND, tokyo.BARGAIN, tokyo.ACCORD})
    events.loc[alone, "date"] = "2011-01-01"
    shared = [step for step in tokyo.STEPS if not (step[1] == "JPN" and step[0] in (tokyo.SUMMIT, tokyo.SECOND, tokyo.BARGAIN, tokyo.ACCORD))]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tokyo, "STEPS", tuple(shared))
        assert tokyo.payment({**data, "events": events}).verdict == claims.TIMING_DOES_NOT_FIT


@given(st.lists(st.integers(0, 4000), min_size=1, max_size=8), st.lists(st.integers(0, 4000), min_size=1, max_size=8),
       st.integers(0, 400))
def test_near_by_hand_and_wider_never_finds_less(days, others, window):
    start = pd.Timestamp("2002-01-01")
    one, two = (pd.Series(start + pd.to_timedelta(np.array(x), unit="D")) for x in (days, others))
    found = tokyo.near(one, two, window)
    assert list(found) == [any(abs(a - b) <= window for b in others) for a in days]
    assert (tokyo.near(one, two, window + 10) | ~found).all()


def test_the_ledger_of_the_fourth_of_july(data):
    day = tokyo.status(data, "2014-07-04").groupby("side")[["promised", "done", "force"]].sum()
    assert list(day.loc["PRK"]) == [2, 1, 1]
    assert list(day.loc["JPN"]) == [5, 3, 3]
    assert tokyo.status(data, "2016-02-12")["force"].sum() == 0
    assert tokyo.status(data, "2014-05-28")["promised"].sum() == 0


def test_nothing_is_done_before_it_is_promised_or_in_force_before_it_is_done(data):
    for day in tokyo.DAYS:
        items = tokyo.status(data, day)
        assert not (items["done"] & ~items["promised"]).any()
        assert not (items["force"] & ~items["done"]).any()
        assert not (items["failed"] & items["done"]).any()


@pytest.mark.long
def test_each_state_says_what_it_holds_and_none_looks_like_another(data):
    cards = dict(tokyo.ledger_exploration(data).states())
    assert len(cards) == len(tokyo.DAYS) * len(tokyo.VIEWS)
    for (day, view), card in cards.items():
        totals = tokyo.status(data, day).groupby("side")[view].sum()
        assert tokyo.written(day) in card.title
        if totals.sum():
            assert str(totals["PRK"]) in card.title and str(totals["JPN"]) in card.title
        else:
            assert "nothing" in card.title or "0 of" in card.title
    assert len({card.title for card in cards.values()}) == len({card.svg() for card in cards.values()}) == len(cards)


def test_a_card_of_a_day_shows_no_source_of_a_later_one(data):
    assert "jt-20160213" not in tokyo.ledger_card(data, "2014-07-04", "done").sources
    assert "jt-20160213" in tokyo.ledger_card(data, "2016-02-12", "done").sources


def test_steps_leave_out_what_was_not_yet_known(then, data):
    assert tokyo.steps(then)["date"].max() <= claims.ESSAY_DATE
    assert len(tokyo.steps(data)) == len(tokyo.STEPS)


def test_what_the_prose_leans_on(data):
    """Sentences and labels of the chapter that name no number but rest on a row."""
    n = evidence.numbers("tokyo")
    assert n["measures"] == "3"  # "eases three limits", a label of the first figure
    assert int(n["recognised"]) - int(n["returned"]) == int(n["open"])
    share = tokyo.contact_share(data)
    assert share["contact_first"].idxmax() == 2014
    assert (share.loc[2014] > share.loc[2009:2013].mean()).all() and (share.loc[2014] > share.loc[:2013].mean()).all()
    assert tokyo.beside(data, "contact_first") == ("above", 2012) and tokyo.beside(data, "contact_last") == ("level with", 2012)
    assert share.at[2000, "contact_last"] > 1.5 * share.at[2014, "contact_last"]
    assert int(n["autumn"]) > int(n["talks-months"])  # two months of 2013 against six of 2014
    press = tokyo.friendly(data)
    assert press[2012] > press[2014] > press[2013]
    assert round(int(n["recognised"]) / int(n["admitted"]) * 3) == 4  # "smaller by a quarter"
    assert n["promised-inquiries"] == "3" and n["steps"] == "3"
    middle = tokyo.steps(data).query("side == 'JPN' and '2006' < date < '2010'")
    assert list(middle["stage"]) == [tokyo.UNDONE, tokyo.UNDONE, tokyo.PROMISED, tokyo.UNDONE]
    assert list(middle["date"].str[:7]) == ["2006-07", "2006-10", "2008-06", "2009-06"]
    events = data["events"].set_index("event_id")
    assert "not carried out" in events.at["2008-06-dprk-promises-a-new-inquiry", "title"]
    assert events.at[tokyo.PUT_OFF, "date"][:7] == "2008-09" and events.at[tokyo.FROZEN, "date"][:7] == "2004-12"
    assert "results" in events.at[tokyo.RESULTS, "title"] and "others than Megumi Yokota" in events.at[tokyo.REJECTED, "title"]
    shared = tokyo.steps(data).query("date <= @claims.ESSAY_DATE and stage != @tokyo.UNDONE").groupby("date")["side"].nunique()
    assert list(shared[shared == 2].index) == ["2002-09-17", "2004-05-22", "2008-06-13", "2014-05-29", "2014-07-04"]
    assert n["same-day"] == "5"  # joint bargains all: a declaration, a summit, two accords, the day of exchange
    inoki = events[events["title"].str.contains("Inoki in Pyongyang|Inoki leaves|Inoki arrives") & events["counted"]]
    assert (inoki["date"] < "2014-03").sum() == 3
    talks = tokyo.official(data, tokyo.SPRING, claims.ESSAY_DATE).query("counted and `class` == 'talks'")
    assert talks["title"].str.contains("members of parliament").sum() == 1
    money = tokyo.money(data).set_index("what")["value"]
    assert money["North Korea, high figure"] == 2 * money["North Korea, low figure"]
    cow = tokyo.trade_lines(data)["cow"]["value"]
    assert cow.loc[1990:].idxmax() == 2001 and cow[2001] > 2 * max(cow[2000], cow[2002])
    steps = tokyo.steps(data)
    by = steps[(steps["side"] == "PRK") & (steps["stage"] == tokyo.PROMISED) & steps["what"].str.contains("inquiry")]
    assert [d[:4] for d in by["date"]] == ["2004", "2008", "2014"]
    later = load("events").query("counted and date > '2016-02-12'")
    assert not later.loc[later["partners"] == "JPN", "class"].isin(["concession", "aid"]).any()
