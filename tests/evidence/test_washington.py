"""Chapter washington: findings recomputed by hand for small cases, the figures the book must show, and properties."""

import gzip

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from companion import claims, evidence
from companion.data import load
from companion.evidence import washington
from companion.explore import payload


@pytest.fixture(scope="module")
def data():
    return washington.frames()


@pytest.fixture(scope="module")
def then():
    return washington.frames(claims.ESSAY_DATE)


def event(date, kind, group, actor="USA", partners="USA", title="an act", counted=True, direction="to_prk"):
    return {"event_id": f"{date}-{kind}", "date": date, "kind": kind, "class": group, "actor": actor, "partners": partners,
            "title": title, "counted": counted, "direction": direction, "source_id": "x"}


def with_events(data, *rows):
    return {**data, "events": pd.DataFrame(rows, columns=list(event("2000", "k", "c")))}


# --- figures that the brief names -------------------------------------------------------------------------------

def test_years_with_a_concession(data):
    counts = washington.yearly(data)
    assert washington.years_with(counts, 1993, 2008) == (9, 16)
    assert washington.years_with(counts, 2009, 2014) == (1, 6)


@pytest.mark.parametrize(("start", "promised", "delivered", "alone"), [
    ("2006-09-01", 6, 5, 1), ("2008-09-01", 2, 1, 0), ("2008-10-12", 1, 0, 0), ("2009-01-20", 1, 0, 0),
    ("2010-09-01", 1, 0, 0), ("2011-09-01", 1, 0, 0)])
def test_six_years_turn_on_six_weeks(data, then, start, promised, delivered, alone):
    for frames in (data, then):
        assert [washington.tally(frames, start, m) for m in washington.MEASURES] == [promised, delivered, alone]


def test_eleven_refusals_and_the_talks_of_the_obama_years(data):
    said = washington.refusals(data)
    assert (len(said), said["date"].nunique(), said["nuclear"].sum()) == (11, 9, 2)
    counts = washington.yearly(data)
    assert list(counts.loc[2009:2014, "alone"]) == [0, 0, 2, 1, 0, 0]
    assert list(counts.index[counts["nuclear_tests"] > 0]) == [2006, 2009, 2013]


def test_american_aid(data):
    total, relief = washington.aid_lines(data)
    assert (total[1999], total[2008], total[2006]) == (287.2, 199.7, 0)
    assert relief.to_dict() == {2010: 0.6, 2011: 0.9} and total.index.max() == 2008


# --- small cases by hand ----------------------------------------------------------------------------------------

def test_what_is_counted_as_a_concession(data):
    made = with_events(
        data, event("2010-05-01", "concession_us", "concession"),
        event("2010-06-01", "concession_us", "concession", counted=False),
        event("2010-07-01", "concession_us", "concession", partners="KOR"), event("2010-08", "concession_us", "concession"),
        event("2010-08-20", "concession_dprk", "concession", actor="PRK"),
        event("2014-10-01", "concession_us", "concession"))
    given = washington.concessions(made)
    assert list(given["date"]) == ["2010-05-01", "2010-08"] and list(given["alone"]) == [True, False]


def test_a_promise_known_to_have_failed_is_not_delivered(data):
    made = with_events(data, *(event(day, "concession_us", "concession") for day in ("2012-02-29", "2008-05-16")))
    given = washington.concessions(made)
    assert list(given["kept"]) == ["partly", "no"]
    assert list(washington.chosen(given, "delivered")["date"]) == ["2008-05-16"]
    pledges = data["pledges_and_outcomes"].replace({"status": {"not_kept": "kept"}})
    assert len(washington.chosen(washington.concessions({**made, "pledges_and_outcomes": pledges}), "delivered")) == 2


@settings(deadline=None, max_examples=8)
@given(st.lists(st.dates(pd.Timestamp("2007-01-01").date(), pd.Timestamp("2014-09-30").date()), max_size=8))
def test_a_later_first_day_and_a_stricter_measure_never_count_more(dates):
    frames = washington.frames()
    made = with_events(frames, *(event(d.isoformat(), "concession_us", "concession") for d in dates))
    for measure in washington.MEASURES:
        counts = [washington.tally(made, start, measure) for start in washington.STARTS]
        assert counts == sorted(counts, reverse=True)
        assert counts[0] <= washington.tally(made, "2006-09-01", "promised") <= len(dates)


def test_dates_without_a_day_stand_in_the_middle():
    days = washington.moment(pd.Series(["2009", "2009-08", "2009-08-04"]))
    assert list(days.dt.strftime("%Y-%m-%d")) == ["2009-07-01", "2009-08-15", "2009-08-04"]


def test_only_windows_that_round_to_six_years_and_differ_vote(data):
    deeds = washington.no_concessions(data).counts.query("part == 'in deeds'")
    assert set(deeds.loc[deeds["votes"], "from"]) == {"1 September 2008", "12 October 2008"}
    between = with_events(data, event("2008-12-01", "concession_us", "concession"))  # the later windows differ again
    assert washington.voting_starts(between) == ["2008-09-01", "2009-01-20"]
    assert deeds.loc[~deeds["votes"], "count"].str.contains("flood relief|counted apart").sum() == 2
    assert {round(washington.span(s)) for s in washington.STARTS} == {8, 6, 4, 3}


def test_a_capital_is_shut_when_nothing_came(data):
    nothing = with_events(data, event("2010-01-01", "aid", "aid", actor="CHN", partners="CHN"))
    assert washington.shut(nothing, washington.TURN).query("family != 'aid'")["outcome"].all()
    gift = with_events(data, event("2013-01-01", "aid", "aid", actor="CHN", partners="CHN"),
                       event("2013-01-02", "aid", "aid", actor="PRK", partners="CHN"))
    found = washington.shut(gift, washington.TURN).query("capital == 'Beijing'").set_index(["count", "years"])["found"]
    assert list(found["dated gifts and concessions"]) == ["1", "1"] and list(found["talks and agreements"]) == ["0", "0"]
    talks = with_events(data, event("2013-06-01", "talks", "talks", actor="both", partners="KOR"))
    found = washington.shut(talks, washington.TURN).set_index(["capital", "count", "years"])["found"]
    assert (found == "1").sum() == 2 and found["Seoul", "talks and agreements", "2 before"] == "1"


def test_each_capital_has_three_votes_and_aid_that_is_not_known_has_no_outcome(data, then):
    votes = washington.shut(data, washington.TURN).query("votes")
    assert votes.groupby("capital")["count"].nunique().eq(3).all() and len(votes) == 9
    aid = votes.query("family == 'aid'").set_index("capital")
    assert aid["found"].to_dict() == {"Washington": "virtually none", "Seoul": "USD 12.1 million", "Beijing": "USD 1.0 million"}
    assert aid["outcome"].to_dict() == {"Washington": True, "Seoul": False, "Beijing": False}
    early = washington.shut(then, washington.TURN).query("family == 'aid'").set_index("capital")["outcome"]
    assert early["Washington"] is True and early[["Seoul", "Beijing"]].isna().all()


def test_statements_come_in_episodes(data):
    days = pd.DataFrame({"date": ["2013-01-01", "2013-03-02", "2013-05-02", "2013-05-02"]})  # 60 days, then 61
    assert washington.episodes(days) == 2 and washington.episodes(days[:0]) == 0


def test_years_with_yearly_aid(data):
    assert washington.years_with_aid(data, 1993, 2008) == 14 and washington.years_with_aid(data, 2009, 2014) == 4
    assert {1997, 1998, 2001, 2002, 2004} <= washington.aid_years(data) and not {1996, 2006} & washington.aid_years(data)
    dry = {**data, "aid": data["aid"][data["aid"]["donor"] != "USA"]}
    assert washington.years_with_aid(dry, 1993, 2008) == 9


# --- findings ---------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("claim", washington.FINDINGS)
def test_each_finding_is_whole(data, then, claim):
    for frames in (then, data):
        finding = washington.FINDINGS[claim](frames)
        assert {"votes", "outcome", "family"} <= set(finding.counts.columns)
        assert finding.measure and finding.threshold and finding.sources and len(finding.counts) >= 3
        assert set(finding.sources) <= set(load("sources")["source_id"])
        assert len(finding.sources) == len(set(finding.sources))


@pytest.mark.parametrize("claim", washington.FINDINGS)
def test_without_events_nothing_can_be_tested(data, claim):
    empty = {**data, "events": data["events"][:0]}
    assert str(washington.FINDINGS[claim](empty)) == claims.NOT_TESTABLE


def test_deeds_and_words_get_their_own_verdicts(data, then):
    for frames in (data, then):
        finding = washington.no_concessions(frames)
        assert finding.parts == {"in deeds": "borne out under 3 of 6 counts", "in words": claims.BORNE_OUT}
        assert finding.value == claims.SHAKY


def test_the_verdict_could_have_gone_either_way(data):
    events = data["events"]
    clean = {**data, "events": events[events["kind"] != "concession_us"]}
    assert washington.no_concessions(clean).parts["in deeds"] == claims.BORNE_OUT
    more = pd.concat([events, pd.DataFrame([event("2011-05-05", "concession_us", "concession")])], ignore_index=True)
    assert washington.no_concessions({**data, "events": more}).parts["in deeds"] == claims.NOT_BORNE_OUT
    quiet = events[events["kind"] != "us_no_concession_statement"]  # found nothing: open, as the threshold says
    assert washington.no_concessions({**data, "events": quiet}).parts["in words"] == claims.NOT_TESTABLE
    assert "cannot fail" in washington.no_concessions(data).threshold


def test_readings_can_fail_their_dates(data):
    events = data["events"]
    sold = pd.concat([events, pd.DataFrame([event("2012-06-01", "statement", "statement", actor="PRK",
                                                  title="DPRK commits to abandon nuclear weapons")])], ignore_index=True)
    assert washington.bomb({**data, "events": sold}).verdict == "timing fits under 2 of 4 counts"
    kept = events[~events["title"].str.contains("reaffirm the joint statement")]
    assert washington.bomb({**data, "events": kept}).verdict == claims.TIMING_FITS
    moves = (events["class"].isin(["talks", "concession"])) & events["date"].str[:4].isin(["2001", "2002", "2003", "2004"])
    assert washington.washington_goal({**data, "events": events[~moves]}).verdict == "timing fits under 5 of 6 counts"
    shut = washington.necessity({**data, "events": events[events["date"] < "2011"], "aid": data["aid"][:0]})
    assert shut.verdict == claims.TIMING_FITS


def test_acts_after_the_essay_never_count(data):
    late = data["events"][data["events"]["date"] <= claims.ESSAY_DATE]
    for claim, test in washington.FINDINGS.items():
        a, b = test(data), test({**data, "events": late})
        assert a.verdict == b.verdict and a.counts.equals(b.counts), claim


# --- explorations, tables and prose -----------------------------------------------------------------------------

@pytest.mark.long
def test_each_state_says_what_it_holds_and_no_two_are_alike(data):
    exploration = washington.window_exploration(data)
    cards = dict(exploration.states())
    assert len(cards) == 18
    for (start, measure), card in cards.items():
        n = washington.tally(data, start, measure)
        assert ("no concession" if n == 0 else f": {n} concession") in card.title
        assert ("acts as" in card.sentence or "acted as" in card.sentence) is (n == 0)
        assert card.table["counted"].sum() == n
        assert ("has no vote" in card.sentence) is (start not in ("2008-09-01", "2008-10-12"))
    assert len({card.title for card in cards.values()}) == len(cards)
    assert len({card.svg() for card in cards.values()}) >= len(washington.STARTS)
    assert len(gzip.compress(payload(exploration.controls, cards).encode())) < 25_000


def test_rival_measures_by_hand(data):
    table = washington.rivals(data).set_index("measure")
    assert list(table.loc["Washington's concessions"]) == [7, 1]
    assert list(table.loc["years with one"]) == [4, 1]
    assert table.loc["concessions, % of its concessions and refusals", "2009–14"] == pytest.approx(100 / 13)
    press = load("press_events").query("partner == 'USA' and direction == 'to_prk' and 2003 <= year <= 2008")
    acts = press[["verbal_cooperation", "material_cooperation", "verbal_conflict", "material_conflict"]].sum()
    assert table.loc["helpful deeds, % of American acts in the press", "2003–08"] == pytest.approx(
        100 * acts["material_cooperation"] / acts.sum())
    assert list(table.loc["crises followed by an American gain in a year"]) == [3, 0]


def test_every_figure_has_a_table_and_known_sources(data):
    known = set(load("sources")["source_id"])
    for card in (washington.years_card(data), washington.timeline_card(data), washington.aid_card(data),
                 washington.window_card(data, "2008-09-01", "promised")):
        assert len(card.table) and set(card.sources) <= known and len(card.sources) == len(set(card.sources))


def test_what_the_prose_leans_on(data):
    """Sentences of the chapter that name no number but rest on one."""
    counts = washington.yearly(data)
    assert washington.years_with(counts, 1993, 2008)[0] > 8 > washington.years_with(counts, 2009, 2014)[0]
    gives = washington.dealings(data, "2009").query("actor == 'PRK'")
    gives = gives[gives["class"] == "concession"]
    assert gives["kind"].isin(["release_dprk", "de_escalation"]).sum() > len(gives) / 2
    assert counts["launch_days"].idxmax() == 2014
    for start in list(washington.STARTS)[2:]:  # every window that starts after the delisting
        assert list(washington.concessions(data, start)["date"]) == ["2012-02-29"]
        assert washington.tally(data, start, "delivered") == washington.tally(data, start, "alone") == 0
    assert [washington.tally(data, washington.SIX_YEARS, m) > 0 for m in washington.MEASURES] == [True, True, False]
    given = washington.dealings(data, "2008-09-01").set_index("date")["kind"]
    assert given["2008-10-12"] == "concession_dprk"  # the day after the delisting
    halt = washington.dealings(data, "2012", "2012-12-31").query("`class` == 'refusal' and actor == 'USA'")
    assert "2012-04-13" in set(halt["date"]) and halt["title"].str.contains("halts the 240,000 t food aid").any()
    assert counts.loc[2009:2014, "us_refuses"].sum() == len(washington.refusals(data)) + 1
    apart = washington.assurances(data, "2001")["date"]
    assert list(apart) == ["2012-02-29"] and counts["launch_days"].dtype == "Int64"
    assert washington.dealings(data, "2009-03", "2009-03")["title"].str.contains("US food aid ends").any()
    table = washington.rivals(data).set_index("measure").drop("crises in the list")
    assert (table["2009–14"] < table["2003–08"]).all()  # all fall, except the number of crises
    assert washington.rivals(data).set_index("measure").loc["crises in the list"].is_monotonic_increasing
    said = washington.refusals(data)
    assert said["nuclear"].mean() < 0.5
    assert said["title"].str.contains("provo|behaviour|crisis|same horse|threat").mean() > 0.5
    donors = washington.donors(data).set_index("donor")
    assert donors.sum(axis=1).idxmax() == "Switzerland" and donors.sum(axis=1).idxmin() == "United States"
    shut = washington.shut(data, washington.TURN).query("votes").set_index(["count", "capital"])["outcome"]
    assert shut["dated gifts and concessions"].all() and shut.xs("Washington", level="capital").all()
    assert not shut[["talks and agreements", "aid by the year"]].drop("Washington", level="capital").any()
    later = washington.concessions(data, "2014-10", "2099")
    assert list(later["date"]) == ["2018-06-12"]
    after = washington.afterwards(data)["event"]
    for words in ("Clapper", "drill-for-test", "state sponsors", "Hanoi", "last round", "without preconditions",
                  "drops denuclearisation"):
        assert after.str.contains(words).any(), words
    found = evidence.findings("washington")
    assert found["washington-wall"] != claims.STANDS and found["wall-seen"] == claims.READING
    assert {n for n in washington.FINDINGS if n != "no-concessions"} == {"necessity", "washington-goal", "bomb-as-guarantee"}
