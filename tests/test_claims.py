"""The verdict rules and the three-valued argument."""

import re

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion import claims, evidence
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


# The words that a claim of each kind may end in. What leaders think, and why things happen, is never borne out.
TESTED = {claims.BORNE_OUT, claims.NOT_BORNE_OUT, claims.NOT_TESTABLE}
TIMED = {claims.TIMING_FITS, claims.TIMING_DOES_NOT_FIT, claims.NOT_TESTABLE, claims.READING, claims.UNFALSIFIABLE}
DUE = {claims.CAME_TRUE, claims.DID_NOT_COME_TRUE, claims.CAME_TRUE_REASON_OPEN, claims.NOT_DUE, claims.CONDITION_NOT_MET,
       claims.UNFALSIFIABLE, claims.NOT_TESTABLE}
WORDS = {"fact": TESTED, "measure": TESTED | {claims.DEPENDS_ON_THE_LIMIT}, "reading": TIMED,
         "cause": TIMED | {claims.NOT_DUE, claims.CAME_TRUE_REASON_OPEN},
         "forecast": DUE, "open": {claims.LEFT_OPEN}, "thesis": {STANDS, SHAKY, FALLS}}


def is_allowed(kind, word):
    """A word of the kind; one that counts can divide may also be of n of m counts, never of none or all."""
    divided = re.fullmatch(r"(.+) under (\d+) of (\d+) counts", word)
    if not divided:
        return word in WORDS[kind]
    whole = {claims.BORNE_OUT, claims.CAME_TRUE, claims.TIMING_FITS} & WORDS[kind]
    return divided[1] in whole and 0 < int(divided[2]) < int(divided[3])


@pytest.mark.parametrize(("kind", "word", "allowed"), [
    ("measure", "borne out under 1 of 2 counts", True), ("measure", "borne out under 2 of 2 counts", False),
    ("measure", "came true", False), ("reading", "borne out", False), ("cause", "came true", False),
    ("forecast", "came true under 1 of 3 counts", True), ("thesis", "borne out", False), ("thesis", "not scored", False)])
def test_what_a_claim_may_end_in(kind, word, allowed):
    assert is_allowed(kind, word) is allowed


@pytest.mark.parametrize("chapter", sorted(set(claims.load("claims")["chapter"])))
def test_every_claim_ends_in_words_of_its_kind(chapter):
    for row in claims.load("claims").query("chapter == @chapter").itertuples():
        for as_of in (claims.ESSAY_DATE, None):
            found = evidence.findings(chapter, as_of)[row.id]
            words = [found] if isinstance(found, str) else [found.verdict, *found.parts.values()]
            assert [w for w in words if not is_allowed(row.kind, w)] == [], (row.id, as_of)
            # Nobody could know in 2014 what was said of a later day.
            assert row.kind != "forecast" or as_of is None or words == [claims.NOT_DUE], row.id
