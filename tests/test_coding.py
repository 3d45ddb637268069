"""The coding of the events: complete, by rule, and drawn again the same way by anybody."""

from __future__ import annotations

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from companion.coding import AFTER_THE_DRAW, LEAST, SEED, VARIABLES, WEAK, agreement, sample
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
    late = events["note"].fillna("").str.contains(AFTER_THE_DRAW)
    counted = events[events["counted"] & ~late]
    assert 0 < late.sum() < 40
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


def coding(first, second):
    return pd.DataFrame({f"{v}_{n}": codes for v in VARIABLES for n, codes in (("first", first), ("second", second))})


def test_agreement_by_hand():
    """Two coders, four units, one disagreement: alpha = 1 - (n - 1) * D_o / D_e with n = 8 (Krippendorff, nominal data)."""
    row = agreement(coding(list("aabb"), list("aabc"))).iloc[0]
    # Values: a 4, b 3, c 1. Disagreeing pairs within units: 2 of 8. Expected: (8*8 - 16 - 9 - 1) / (8 * 7).
    assert row["same, %"] == 75 and row["alpha"] == f"{1 - (2 / 8) / (38 / 56):.2f}" and row["weak"]


def test_full_agreement_is_one_and_chance_is_near_nothing():
    assert set(agreement(coding(list("abcabc"), list("abcabc")))["alpha"]) == {"1.00"}
    assert (agreement(coding(list("ab") * 40, list("aabb") * 20))["alpha"].astype(float).abs() < 0.1).all()


def test_the_second_coding_is_of_the_events_that_were_drawn():
    assert load("second_coding")["event_id"].tolist() == sample(load("events"))["event_id"].tolist()


def test_each_disagreement_is_settled_and_the_events_hold_what_was_settled():
    events, second, settled = load("events").set_index("event_id"), load("second_coding").set_index("event_id"), load("settled_codes")
    apart = {(i, v) for v in VARIABLES for i in second.index if second.loc[i, f"{v}_first"] != second.loc[i, f"{v}_second"]}
    assert apart == set(settled[["event_id", "variable"]].itertuples(index=False, name=None))
    for row in settled.itertuples():
        assert (row.first, row.second) == tuple(second.loc[row.event_id, [f"{row.variable}_first", f"{row.variable}_second"]])
        assert row.settled in (row.first, row.second) and events.loc[row.event_id, row.variable] == row.settled
    for i in second.index:
        for v in VARIABLES:
            if (i, v) not in apart:
                assert events.loc[i, v] == second.loc[i, f"{v}_second"]


def test_weak_variables_are_those_under_the_bound():
    table = agreement(load("second_coding"))
    assert (table["weak"] == (table["alpha"].astype(float) < WEAK)).all() and len(table) == len(VARIABLES)
