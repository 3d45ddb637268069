"""The verdict rules."""

import pandas as pd
import pytest

from companion import claims, evidence

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


def test_unknown_claim_names_the_nearest():
    with pytest.raises(claims.DataError, match='no claim "china-three-quarter"; did you mean "china-three-quarters"'):
        claims.get("china-three-quarter")


def test_the_essay_is_paraphrased_and_quotes_are_short():
    for phrase in claims.load("claims")["phrase"].dropna():
        assert len(phrase.split()) <= 11


@pytest.mark.parametrize(("kind", "word", "allowed"), [
    ("measure", "borne out under 1 of 2 counts", True), ("measure", "borne out under 2 of 2 counts", False),
    ("measure", "came true", False), ("reading", "borne out", False), ("cause", "came true", False),
    ("forecast", "came true under 1 of 3 counts", True), ("thesis", "borne out", False), ("thesis", "not scored", False)])
def test_what_a_claim_may_end_in(kind, word, allowed):
    assert claims.is_allowed(kind, word) is allowed


@pytest.mark.parametrize("chapter", sorted(set(claims.load("claims")["chapter"])))
def test_every_claim_ends_in_words_of_its_kind(chapter):
    for row in claims.load("claims").query("chapter == @chapter").itertuples():
        for as_of in (claims.ESSAY_DATE, None):
            found = evidence.findings(chapter, as_of)[row.id]
            words = [found] if isinstance(found, str) else [found.verdict, *found.parts.values()]
            assert [w for w in words if not claims.is_allowed(row.kind, w)] == [], (row.id, as_of)
            # Nobody could know in 2014 what was said of a later day.
            assert row.kind != "forecast" or as_of is None or words in ([claims.NOT_DUE], [claims.UNFALSIFIABLE]), row.id
