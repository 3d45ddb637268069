"""The argument in three values: joints, what follows, why, and how much each claim matters."""

import itertools

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion import argument
from companion.argument import FALLS, SHAKY, STANDS, VALUES, evaluate, joints, reason, weights
from companion.data import DataError

values = st.sampled_from(VALUES)


def ties(*rows):
    """Rows "c needs a", "c any_of a 1" as an argument."""
    return pd.DataFrame([(*row.split(), "")[:4] for row in rows], columns=["claim", "tie", "other", "group"])


def weakest(*many):
    return min(many, key=VALUES.index)


def strongest(*many):
    return max(many, key=VALUES.index)


@given(values, values)
def test_needs_is_the_weakest_and_any_of_the_strongest(a, b):
    known = {"a": a, "b": b}
    assert evaluate(ties("c needs a", "c needs b"), known)["c"] == weakest(a, b)
    assert evaluate(ties("c any_of a 1", "c any_of b 1"), known)["c"] == strongest(a, b)


@given(values, values, values)
def test_a_group_beside_a_need_and_other_ties_carry_nothing(a, b, c):
    result = evaluate(ties("t needs a", "t any_of b 1", "t any_of c 1", "b supports t"), {"a": a, "b": b, "c": c})
    assert result == {"a": a, "b": b, "c": c, "t": weakest(a, strongest(b, c))}


NESTED = ties("t needs a", "t any_of b 1", "t needs c 1.1", "t needs d 1.1")


@given(values, values, values, values)
def test_groups_may_nest(a, b, c, d):
    known = {"a": a, "b": b, "c": c, "d": d}
    assert evaluate(NESTED, known)["t"] == weakest(a, strongest(b, weakest(c, d)))


@given(values, values, values, values)
def test_a_turned_joint_is_read_the_other_way_and_the_others_stay(a, b, c, d):
    known = {"a": a, "b": b, "c": c, "d": d}
    assert evaluate(NESTED, known, ["t"])["t"] == strongest(a, b, weakest(c, d))
    assert evaluate(NESTED, known, ["t.1"])["t"] == weakest(a, b, c, d)
    assert evaluate(NESTED, known, ["t.1.1", "t"])["t"] == strongest(a, b, c, d)


@given(values)
def test_an_own_finding_is_no_stronger_than_what_it_needs(own):
    for need in VALUES:
        assert evaluate(ties("c needs a"), {"a": need, "c": own})["c"] == weakest(own, need)


@st.composite
def arguments(draw):
    """An argument of up to eight claims, each resting on later ones, so never in a circle, with values for some."""
    rows = []
    for i in range(6):
        others = draw(st.lists(st.integers(i + 1, 7), unique=True, max_size=4))
        cut = draw(st.sampled_from([0, *range(2, len(others) + 1)] if len(others) > 1 else [0]))
        rows += [f"c{i} any_of c{o} 1" for o in others[:cut]] + [f"c{i} needs c{o}" for o in others[cut:]]
    known = draw(st.dictionaries(st.sampled_from([f"c{i}" for i in range(8)]), values))
    return ties(*rows), known


@given(arguments(), st.data())
def test_nothing_gets_better_when_a_claim_gets_worse(made, data):
    rows, known = made
    if known:
        claim = data.draw(st.sampled_from(sorted(known)))
        before, after = evaluate(rows, known), evaluate(rows, known | {claim: FALLS})
        assert all(VALUES.index(after[c]) <= VALUES.index(before[c]) for c in before)


@given(arguments())
def test_without_shaky_claims_three_values_are_two(made):
    rows, known = made
    known = {c: STANDS if v == SHAKY else v for c, v in known.items()}
    ends = {c for j in joints(rows).values() for c in j.claims()} - set(joints(rows))
    assert SHAKY not in evaluate(rows, dict.fromkeys(ends, STANDS) | known).values()


@given(arguments())
def test_the_reason_ends_in_a_claim_or_group_that_has_the_value(made):
    rows, known = made
    result = evaluate(rows, known)
    for claim in result:
        text = reason(rows, known, claim)
        assert text.startswith(f"“{claim}” {'is shaky' if result[claim] == SHAKY else result[claim]}")
        named = [c for c in result if f"“{c}”" in text]
        if "none of them" not in text and "all of them" not in text:
            assert {result[c] for c in named} == {result[claim]}, text


@pytest.mark.parametrize(("known", "said"), [
    ({"a": SHAKY, "b": STANDS, "c": STANDS}, "“t” is shaky: it needs “s”, which needs “a”, which is shaky by itself."),
    ({"a": STANDS, "b": FALLS, "c": FALLS}, "“t” falls: it needs one of “b”, “c”, and all of them fall."),
    ({"a": STANDS, "b": FALLS, "c": SHAKY}, "“t” is shaky: it needs one of “b”, “c”, and none of them stands."),
    ({"a": STANDS, "b": FALLS, "c": STANDS}, "“t” stands: what it needs stands."),
    ({"a": STANDS, "b": STANDS, "c": STANDS, "t": FALLS}, "“t” falls by itself.")])
def test_the_reason_in_words(known, said):
    assert reason(ties("t needs s", "s needs a", "t any_of b 1", "t any_of c 1"), known, "t") == said


def by_hand(rows, free, end, turned):
    """Weights by flipping each claim in each assignment, one by one."""
    counts = dict.fromkeys(free, 0)
    for chosen in itertools.product([FALLS, STANDS], repeat=len(free)):
        known = dict(zip(free, chosen))
        for claim in free:
            other = known | {claim: STANDS if known[claim] == FALLS else FALLS}
            counts[claim] += evaluate(rows, known, turned)[end] != evaluate(rows, other, turned)[end]
    return {claim: n / 2 ** len(free) for claim, n in counts.items()}


@pytest.mark.parametrize("turned", [(), ("t",), ("t.1",)])
def test_weights_are_those_of_flipping_one_by_one(turned):
    free = ["d", "a", "c", "b"]
    assert weights(NESTED, free, "t", turned).to_dict() == by_hand(NESTED, free, "t", turned)


def test_weights_of_two_that_are_both_needed_and_of_one_that_is_not():
    assert weights(ties("t needs a", "t needs b"), ["a", "b", "c"], "t").to_dict() == {"a": 0.5, "b": 0.5, "c": 0}
    with pytest.raises(ValueError, match="21 claims have too many assignments"):
        weights(NESTED, [str(i) for i in range(21)], "t")


@pytest.mark.parametrize(("rows", "said"), [
    (("a needs a",), 'line 2: "a" rests on itself; take the row out.'),
    (("x needs y", "a needs b", "b needs c", "c needs a"), "line 3: a rests on b rests on c rests on a; break the circle."),
    (("c needs d", "c any_of a 1"), 'line 3: group "1" of "c" has one member, so there is nothing to choose; give it another'),
    (("c any_of a",), 'line 2: "any_of" cannot stand in group "" of "c"; groups change in turn'),
    (("c needs a 1",), 'line 2: "needs" cannot stand in group "1" of "c"')])
def test_a_broken_argument_is_named_with_its_line(rows, said):
    with pytest.raises(DataError) as error:
        joints(ties(*rows))
    assert str(error.value).startswith(f"data/argument.csv, {said}")


def test_unknown_values_and_joints_are_named():
    with pytest.raises(ValueError, match='the value of "a" is "wobbly"; write falls, shaky, stands'):
        evaluate(NESTED, {"a": "wobbly"})
    with pytest.raises(ValueError, match='no joint "t.2" .*did you mean "t'):
        evaluate(NESTED, {}, ["t.2"])


def test_every_coding_of_the_book_is_sound():
    argument.check()
    assert {j.name for top in joints(argument.load("argument").query("coding == 'settled'")).values() for j in top.groups()} >= {
        "wall-years", "seoul-wall", "seoul-wall.1", "beijing-wall.1"}
