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


def found(verdict, *outcomes, parts=()):
    return claims.Finding("", "", counts(*outcomes), verdict, parts=dict(parts))


@pytest.mark.parametrize(("kind", "finding", "said"), [
    ("fact", found("borne out", *[True] * 9), "Every count with a vote must support it; all 9 do."),
    ("fact", found("borne out", True, True), "Every count with a vote must support it; both do."),
    ("fact", found("borne out", True), "Every count with a vote must support it; there is one, and it does."),
    ("measure", found("borne out under 1 of 17 counts", True, *[False] * 16),
     "Some counts support it and some do not, so the verdict gives their number: 1 of 17."),
    ("measure", found("not borne out", *[False] * 4), "None of the 4 counts with a vote supports it, so it is not borne out."),
    ("fact", found("not borne out", False), "The one count with a vote does not support it, so it is not borne out."),
    ("fact", found(claims.NOT_TESTABLE, pd.NA), "A verdict needs at least one count that has a vote and an answer, and there is none."),
    ("measure", found(claims.DEPENDS_ON_THE_LIMIT, True, False, parts={"below 5": "borne out", "below 1": "not borne out"}),
     "The wording names no limit, so each of 2 has a verdict of its own, and no sum is made of them."),
    ("measure", found("borne out under 1 of 3 counts", True, False, False, parts={"a": "borne out", "b": "borne out under 1 of 3 counts"}),
     "The claim says 2 things, and each has a verdict of its own by its own counts; 1 of the 2 is borne out."),
    ("forecast", found("came true", *[True] * 14), "Every count with a vote must say that it came true; all 14 do."),
    ("forecast", found("did not come true", False, False), "Neither of the 2 counts with a vote says that it came true, so it did not."),
    ("forecast", found("came true under 1 of 3 counts", True, False, False),
     "Some counts say that it came true and some do not, so the verdict gives their number: 1 of 3."),
    ("reading", found("timing fits", True, True, True), "The dates must pass the threshold set for this claim, and they do: all 3 counts "
     "with a vote support it. No date can show what leaders think, so “timing fits” is the most it can reach."),
    ("cause", found("timing does not fit", True, False, False), "The dates must pass the threshold set for this claim, and they do not: 1 of "
     "the 3 counts with a vote supports it. No date can show why a thing happened, so “timing fits” is the most it can reach."),
    ("cause", found("timing fits under 1 of 2 counts", True, False), "Some counts fit in time and some do not, so the verdict gives their "
     "number: 1 of 2. No date can show why a thing happened, so “timing fits” is the most it can reach."),
    ("reading", found(claims.NOT_TESTABLE, True, True, False),
     "The threshold for a yes and the one for a no are both missed: 2 of the 3 counts with a vote support it. So the counts cannot settle it."),
])
def test_the_rule_comes_before_the_count(kind, finding, said):
    assert claims.rule(kind, finding) == said


@pytest.mark.parametrize(("word", "needed"), [
    (claims.UNFALSIFIABLE, "nothing could"), (claims.CAME_TRUE_REASON_OPEN, "the reason stays open"),
    (claims.CONDITION_NOT_MET, "its condition held"), (claims.NOT_DUE, "on the day on which it is made")])
def test_words_that_no_count_decides_say_why(word, needed):
    assert needed in claims.rule("forecast", found(word, True, False)) and "1 of" not in claims.rule("forecast", found(word, True, False))


def test_a_claim_without_a_test_says_why():
    row = claims.get("china-needs-stability")
    assert claims.rule("reading", claims.READING, row.test) == "It is a reading that no count tests: no open document of 2014 gives Beijing's reasons."
    assert "in no table" in claims.rule("reading", claims.READING)
    assert "leaves this open" in claims.rule("open", claims.LEFT_OPEN) and "weakest" in claims.rule("thesis", "shaky")


def test_every_rule_is_one_or_two_sentences():
    for row in claims.load("claims").itertuples():
        for as_of in (claims.ESSAY_DATE, None):
            said = claims.rule(row.kind, evidence.finding(row.id, as_of), row.test)
            assert 1 <= said.count(". ") + 1 <= 2 and said.endswith("."), (row.id, said)
