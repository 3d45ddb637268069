"""The verdict rules and the three-valued argument."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion import claims
from companion.claims import FALLS, SHAKY, STANDS

ORDER = {FALLS: 0, SHAKY: 1, STANDS: 2}
values = st.sampled_from([STANDS, SHAKY, FALLS])


def counts(*outcomes, votes=None):
    return pd.DataFrame({"votes": votes or [True] * len(outcomes), "outcome": list(outcomes)})


@pytest.mark.parametrize(("outcomes", "verdict"), [
    ((True, True), "borne out"), ((False, False), "not borne out"), ((True, False, False), "borne out under 1 of 3 counts"),
    ((pd.NA, True), "borne out"), ((pd.NA,), "not testable with open data")])
def test_verdict_of_counts(outcomes, verdict):
    assert claims.verdict(counts(*outcomes)) == verdict


def test_a_count_without_a_vote_changes_nothing():
    assert claims.verdict(counts(True, False, votes=[True, False])) == "borne out"


def test_what_divides_the_counts():
    table = pd.DataFrame({"source": ["a", "a", "b", "b"], "south": ["in", "out"] * 2,
                          "outcome": [True, False, True, False], "votes": True})
    assert claims.turned(table, "south", ("source", "south")) == 1
    assert claims.turned(table, "source", ("source", "south")) == 0


def argument(*rows):
    return pd.DataFrame(rows, columns=["claim", "tie", "other", "group"])


@given(values, values)
def test_needs_is_the_weakest_and_any_of_the_strongest(a, b):
    known = {"a": a, "b": b}
    both = claims.evaluate(argument(("c", "needs", "a", ""), ("c", "needs", "b", "")), known)
    either = claims.evaluate(argument(("c", "any_of", "a", "1"), ("c", "any_of", "b", "1")), known)
    assert both["c"] == min(a, b, key=ORDER.get)
    assert either["c"] == max(a, b, key=ORDER.get)


@given(values, values, values)
def test_a_group_beside_a_need_and_other_ties_carry_nothing(a, b, c):
    rows = argument(("t", "needs", "a", ""), ("t", "any_of", "b", "1"), ("t", "any_of", "c", "1"), ("d", "supports", "t", ""))
    result = claims.evaluate(rows, {"a": a, "b": b, "c": c})
    assert ORDER[result["t"]] == min(ORDER[a], max(ORDER[b], ORDER[c]))
    assert result["d"] == SHAKY


def test_an_own_finding_is_no_stronger_than_what_it_needs():
    assert claims.evaluate(argument(("c", "needs", "a", "")), {"a": FALLS, "c": STANDS})["c"] == FALLS


def test_a_circle_is_named():
    with pytest.raises(ValueError, match="a rests on b rests on a; break the circle"):
        claims.evaluate(argument(("a", "needs", "b", ""), ("b", "needs", "a", "")), {})


def test_unknown_claim_names_the_nearest():
    with pytest.raises(claims.DataError, match='no claim "china-three-quarter"; did you mean "china-three-quarters"'):
        claims.get("china-three-quarter")


def test_the_essay_is_paraphrased_and_quotes_are_short():
    for phrase in claims.load("claims")["phrase"].dropna():
        assert len(phrase.split()) <= 11
