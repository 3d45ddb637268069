"""The coding of the events and of the essay: complete, by rule, and drawn or computed again the same way by anybody."""

from __future__ import annotations

import math
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from companion import evidence
from companion.coding import (
    AFTER_THE_DRAW,
    KINDS,
    LEAST,
    SEED,
    VARIABLES,
    WEAK,
    agreement,
    alpha,
    confusion,
    interval,
    jaccard,
    kinds,
    sample,
    settled_ties,
    ties,
    within,
)
from companion.data import load
from companion.evidence import codings


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


# ---- the two codings of the essay ----------------------------------------------------------------------------------

CODINGS, CLAIMS, ARGUMENT = load("essay_codings"), load("claims"), load("argument")
KINDS_OF_BOTH = kinds(CODINGS, CLAIMS).dropna(subset=["first", "second"])
names = st.lists(st.sampled_from(KINDS), min_size=8, max_size=40).filter(lambda some: len(set(some)) > 1)


def small(*rows):
    """Rows (coding, id, settled_id, rests_on, kind) as the table has them."""
    frame = pd.DataFrame(rows, columns=["coding", "id", "settled_id", "rests_on", "kind"], dtype="str").replace("", pd.NA)
    return frame.assign(match="same")


@given(codes=names)
def test_a_coding_agrees_fully_with_itself(codes):
    assert alpha(codes, codes) == 1


def test_alpha_by_hand_and_without_any_difference():
    assert alpha(list("aabb"), list("aabc")) == pytest.approx(1 - (2 / 8) / (38 / 56))  # as above
    assert math.isnan(alpha(list("aaa"), list("aaa")))  # with one code, chance cannot be told from skill


def test_a_shuffled_coding_agrees_no_better_than_chance():
    codes, rng = np.array(list("abcde") * 40), np.random.default_rng(1)
    assert abs(np.mean([alpha(codes, rng.permutation(codes)) for _ in range(50)])) < 0.03


def test_the_interval_holds_the_estimate_and_is_the_same_twice():
    first, second = KINDS_OF_BOTH["first"], KINDS_OF_BOTH["second"]
    low, high = interval(first, second)
    assert -1 <= low < alpha(first, second) < high <= 1 and high - low > 0.1
    assert interval(first, second) == (low, high) != interval(first, second, seed=SEED + 1)
    assert interval(list("abab"), list("abab"), draws=50) == (1, 1)  # draws of one code alone say nothing and are left out


def test_kappa_is_the_same_as_alpha_to_two_digits():
    table = confusion(KINDS_OF_BOTH["first"], KINDS_OF_BOTH["second"]).to_numpy()
    n = table.sum()
    chance = (table.sum(axis=0) * table.sum(axis=1)).sum() / n**2
    kappa = (np.trace(table) / n - chance) / (1 - chance)
    told = evidence.numbers("codings")["alpha"]
    assert f"{kappa:.2f}" == told == f"{alpha(KINDS_OF_BOTH['first'], KINDS_OF_BOTH['second']):.2f}"
    assert WEAK - 0.05 < float(told) < WEAK  # the page says: just below


def test_every_kind_has_a_row_and_a_column_in_the_confusion():
    table = confusion(pd.Series(["fact", "fact", "thesis"]), pd.Series(["fact", "measure", "cause"]))
    assert list(table.index) == list(table.columns) == list(KINDS)
    assert table.to_numpy().sum() == 3 and table.loc["fact", "measure"] == table.loc["thesis", "cause"] == 1


def test_the_first_of_several_rows_speaks_for_a_claim_and_a_disputed_match_is_not_firm():
    rows = small(("first", "x", "a", "", "fact"), ("second", "B1", "a", "", "measure"), ("second", "B2", "a", "", "cause"),
                 ("second", "B3", "b", "", "open"))
    claims = pd.DataFrame({"id": ["b", "a"], "kind": ["open", "fact"]})
    found = kinds(rows, claims)
    assert list(found.index) == ["b", "a"] and found.loc["a", ["first", "second"]].tolist() == ["fact", "measure"]
    assert pd.isna(found.loc["b", "first"]) and found["firm"].all()
    rows.loc[0, "match"] = "part"
    assert kinds(rows, claims)["firm"].tolist() == [True, False]


def test_ties_by_hand():
    rows = small(("second", "1", "a", "2|3;4", ""), ("second", "2", "b", "", ""), ("second", "3", "c", "", ""),
                 ("second", "4", "", "5;2", ""), ("second", "5", "d", "6", ""), ("second", "6", "d", "", ""),
                 ("second", "7", "e", "8|9", ""), ("second", "8", "f", "", ""), ("second", "9", "f", "", ""))
    # 4 matches nothing and gives way to 5 and 2; 6 is a piece of d, as 5 is; 8 and 9 are one claim, so no choice is left.
    assert ties(rows, "second") == {("a", "b"): "all", ("a", "c"): "any", ("a", "d"): "all", ("e", "f"): "all"}
    assert ties(rows, "first") == {}
    assert within(ties(rows, "second"), ["a", "b", "c"]) == {("a", "b"), ("a", "c")}
    assert jaccard([1, 2, 3], [2, 3, 4]) == 0.5 and math.isnan(jaccard([], []))


def test_each_coding_has_all_its_claims_once():
    ids = CODINGS.groupby("coding")["id"].agg(list)
    assert len(ids["first"]) == 40 and set(ids["first"]) <= set(CLAIMS["id"])
    assert sorted(ids["second"]) == [f"B{n:02d}" for n in range(1, 63) if n != 46]  # the second coder left out one number
    assert CODINGS["id"].is_unique


def test_every_row_matches_a_claim_or_says_why_none():
    none = CODINGS["match"] == "none"
    assert (CODINGS["settled_id"].isna() == none).all() and set(CODINGS["settled_id"].dropna()) <= set(CLAIMS["id"])
    assert CODINGS.loc[CODINGS["match"] != "same", "note"].notna().all()
    where = CLAIMS.fillna({"sentences": "0"}).set_index("id")
    for row in CODINGS[~none].itertuples():
        settled = where.loc[row.settled_id]
        assert row.paragraph == settled["paragraph"], row.id
        assert pd.isna(row.sentence) or str(row.sentence) in settled["sentences"].split(";"), row.id


def test_sentences_and_hedges_belong_to_the_second_coding_alone():
    second = CODINGS["coding"] == "second"
    assert (CODINGS["sentence"].notna() == second).all() and (CODINGS["hedge"].notna() == second).all()
    assert set(range(41)) == set(CODINGS.loc[second, "sentence"])  # the title and every sentence
    assert CODINGS.loc[second, "sentence"].iloc[:-1].is_monotonic_increasing  # the first row is the first in the essay
    assert CODINGS["hedge_words"].dropna().str.split().str.len().max() < 12


def test_ties_lead_to_rows_of_the_same_coding_and_say_how():
    for _, rows in CODINGS.groupby("coding"):
        for row in rows.dropna(subset=["rests_on"]).itertuples():
            assert set(re.split("[;|]", row.rests_on)) <= set(rows["id"]) - {row.id}, row.id
            some, every = "|" in row.rests_on, ";" in row.rests_on
            assert row.mode == ("mixed" if some and every else "any" if some else "all"), row.id
        assert (rows["rests_on"].isna() == rows["mode"].isna()).all()


def test_the_first_coding_is_the_one_whose_argument_the_reader_can_choose():
    rows = ARGUMENT.query("coding == 'first'")
    assert ties(CODINGS, "first") == settled_ties(rows.assign(coding="settled"))


def test_each_difference_of_kind_is_settled_with_a_reason_and_agreed_kinds_are_kept():
    apart = KINDS_OF_BOTH["first"] != KINDS_OF_BOTH["second"]
    assert set(CODINGS.dropna(subset=["why_settled"])["settled_id"]) == set(KINDS_OF_BOTH.index[apart])
    assert (KINDS_OF_BOTH.loc[~apart, "settled"] == KINDS_OF_BOTH.loc[~apart, "first"]).all()


# ---- the page ------------------------------------------------------------------------------------------------------

PAGE = (Path(__file__).resolve().parents[1] / "codings.md").read_text("utf-8")
DATA = codings.frames()


def test_the_page_links_every_claim_on_whose_kind_the_codings_differ():
    linked = set(re.findall(r"\{claim\}`[^`]*<([a-z0-9-]+)>`", PAGE))
    assert set(KINDS_OF_BOTH.query("first != second").index) <= linked
    assert {"old-tactic", "spring-2013", "south-crisis", "widespread-misconception", "search-partners"} <= linked


def test_what_the_page_says_of_single_claims_holds():
    first, second = ties(CODINGS, "first"), ties(CODINGS, "second")
    to = lambda found, claim: {other for one, other in found if one == claim}  # noqa: E731
    assert to(first, "search-partners") == {"crisis-unpaid", "necessity", "beyond-triangle"}
    assert to(second, "search-partners") == {"crisis-unpaid", "wall-years"}
    assert len(to(first, "failing")) == 4 and not to(second, "failing")
    settled = settled_ties(ARGUMENT)
    rested_on = {other for _, other in settled}
    assert {"old-tactic", "spring-2013", "south-crisis"} <= rested_on and "widespread-misconception" not in rested_on
    dropped = set(first) & set(second) - set(settled)
    assert dropped == {("leverage-fear", "china-three-quarters"), ("search-partners", "crisis-unpaid")}
    every = kinds(CODINGS, CLAIMS)
    assert list(every.index[every["first"].notna() & every["second"].isna()]) == ["seoul-wall"]
    assert list(every.index[every["first"].isna() & every["second"].isna()]) == ["europe-no-boom"]


def test_the_sorts_of_dispute_on_the_page_hold_all_of_them():
    """The list says which claims are of which sort: checked against the kinds of both codings."""
    apart = KINDS_OF_BOTH.query("first != second")
    pairs = apart[["first", "second"]].apply(tuple, axis=1).to_dict()
    seen, leads, time = (re.findall(r"<([a-z0-9-]+)>`", line) for line in re.findall(r"^- \*.*$", PAGE, re.M))
    assert {pairs[c] for c in seen} == {("measure", "reading")}
    assert [pairs[c] for c in leads] == [("thesis", "cause"), ("thesis", "cause"), ("thesis", "reading")]
    assert {pairs[c][0] for c in time[:2]} == {"forecast"} and pairs[time[2]] == ("cause", "forecast")
    assert pairs["no-concessions"] == ("measure", "fact")
    assert sorted([*seen, *leads, *time, "no-concessions"]) == sorted(pairs)


def test_marks_of_the_figure_are_the_ties_of_its_table_and_of_the_prose():
    table, n = codings.tie_table(DATA), evidence.numbers("codings")
    first, second = table["first"].notna(), table["second"].notna()
    counts = [int(n[f"ties-{key}"]) for key in ("either", "both", "first", "second")]
    assert counts == [len(table), (first & second).sum(), first.sum(), second.sum()] and (first | second).all()
    card = codings.ties_card(DATA)
    assert f"in both: {counts[1]}" in card.alt and card.title.startswith(f"Of {counts[0]} ties")


def test_the_grid_holds_every_claim_of_both():
    table = codings.kinds_card(DATA).table.set_index("first, down; second, across")
    assert table.to_numpy().sum() == len(KINDS_OF_BOTH) and np.trace(table) == int(evidence.numbers("codings")["same"])
    assert "open" not in table  # no claim that both hold is open, and an empty row would say nothing


def test_hedges_are_counted_once_and_shown_by_a_claim_that_has_them():
    table = codings.hedges(DATA)
    assert table["claims"].sum() == len(CLAIMS) and (table["claims"] > 0).all()
    hedge = table["hedge"].str.split(": ").str[0]
    assert table["claims"].groupby(hedge).sum().to_dict() == CLAIMS["hedge"].value_counts().to_dict()
    assert (table["an example"].map(CLAIMS.set_index("statement")["hedge"]) == hedge).all()
    assert (table["the essay's words"].isna() == (hedge == "flat")).all()


def test_every_sentence_stands_in_the_table_once_with_claims_or_a_reason():
    table = codings.sentences(DATA)
    assert table["sentence"].tolist() == list(range(1, 41)) and table["claims"].notna().all()
    without = table[table["claims"].str.startswith("none: ")]
    assert without["sentence"].tolist() == [4, 14, 37] and (without["claims"].str.split().str.len() > 5).all()
    # Each claim stands at each sentence that says it, by the name that links use.
    listed = table.set_index("sentence")["claims"].str.split("; ")
    for row in CLAIMS.dropna(subset=["sentences"]).itertuples():
        assert all(row.label in listed[int(s)] for s in row.sentences.split(";")), row.id


def test_only_the_two_codings_themselves_get_an_alpha():
    table = codings.agreement(DATA).set_index("codings")
    independent = ~table.index.str.contains("not independent")
    assert independent.sum() == 2 and (table["alpha"].notna() == independent).all()
