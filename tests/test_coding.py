"""The coding of the events: complete, by rule, and drawn again the same way by anybody."""

from __future__ import annotations

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from companion.coding import LEAST, SEED, sample
from companion.data import load


def test_every_event_has_a_class_by_a_rule_of_the_codebook():
    events, book = load("events"), load("codebook")
    rules = book[book["variable"] == "class"].set_index("rule_id")["code"]
    assert set(events["rule"]) == set(rules.index)
    by_rule = events[rules[events["rule"]].to_numpy() != "any"]
    assert (by_rule["class"] == rules[by_rule["rule"]].to_numpy()).all()
    assert (events["rule"] == "E1").sum() < 0.05 * len(events)  # hand work stays the exception


def test_examples_of_the_codebook_show_what_they_say():
    events, book = load("events").set_index("event_id"), load("codebook")
    rules = book[book["variable"] == "class"]
    assert (events.loc[rules["example"], "rule"].to_numpy() == rules["rule_id"].to_numpy()).all()
    for variable, code in (("actor", "both"), ("actor", "none"), ("direction", "from_prk"), ("direction", "to_prk"),
                           ("direction", "both"), ("direction", "none"), ("level", "leader"), ("level", "none"),
                           ("level", "minister_or_party_secretary"), ("level", "vice_minister_or_envoy"),
                           ("level", "working"), ("received_by", "not_told"), ("received_by", "party_or_parliament"),
                           ("high", "multilateral"), ("counted", "false"), ("counted", "true")):
        example = book[(book["variable"] == variable) & (book["code"] == code)]["example"].item()
        assert str(events.loc[example, variable]).lower() == code, (variable, code)


def test_coded_variables_do_not_contradict_each_other():
    events = load("events")
    assert (events.loc[events["direction"] == "from_prk", "actor"] == "PRK").all()
    assert (events.loc[events["actor"] == "PRK", "direction"].isin(["from_prk", "none"])).all()
    assert (events.loc[events["actor"] == "none", ["direction", "level"]] == "none").all().all()
    assert events.loc[events["class"] == "visit", "received_by"].notna().all()
    assert events.loc[events["high"].notna(), "class"].isin(["visit"]).all()
    quiet = events["class"].isin(["un", "economy", "domestic", "relations", "test", "aid", "sanction"])
    assert (events.loc[quiet, "level"] == "none").all()


def test_a_state_that_is_counted_as_visited_is_a_partner():
    rows = load("events").query("high.notna() and high != 'multilateral'")
    for _, row in rows.iterrows():
        assert set(row["high"].split(";")) <= set(row["partners"].split(";")), row["event_id"]


def test_the_sample_is_a_tenth_and_blind():
    events = load("events")
    drawn = sample(events)
    counted = events[events["counted"]]
    assert len(drawn) == max(LEAST, -(-len(counted) // 10)) >= 60
    assert list(drawn.columns) == ["event_id", "date", "partners", "title"]
    assert set(drawn["event_id"]) <= set(counted["event_id"])
    assert sample(events, SEED + 1)["event_id"].tolist() != drawn["event_id"].tolist()


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32), order=st.randoms())
def test_the_draw_does_not_depend_on_the_order_of_rows(seed, order):
    events = load("events")
    shuffled = list(events.index)
    order.shuffle(shuffled)
    pd.testing.assert_frame_equal(sample(events, seed), sample(events.loc[shuffled], seed))


def test_a_small_table_is_drawn_whole():
    few = pd.DataFrame({"event_id": list("abc"), "date": "2014", "partners": "USA", "title": "x", "counted": [True, True, False]})
    assert sample(few)["event_id"].tolist() == ["a", "b"]


def test_an_event_is_known_on_its_day_unless_it_came_out_later():
    """Secret contacts, a memoir, a private stop and comment are known from the report; nothing else is late."""
    events = load("events")
    days = events[events["precision"] == "day"]
    late = days[days["knowable_from"] > pd.to_datetime(days["date"])]
    assert len(late) == 8
    told = late["title"].str.contains(r"\bsecret\b|memoir|privately|relays|reported as concluded|omits", case=False)
    assert told.all()
