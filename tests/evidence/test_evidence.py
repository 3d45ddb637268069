"""Claims and tests fit each other, and each way in which they may not is one sentence."""

import pandas as pd
import pytest

from companion import argument, claims, evidence
from companion.data import DataError, load

ROWS = load("claims").set_index("id")
TESTED = [claim for claim, row in ROWS.iterrows() if claim in evidence.chapter(row.chapter).FINDINGS]


@pytest.fixture
def functions(monkeypatch):
    """functions(chapter): its FINDINGS, which the test may change; all is put back, and what follows from them forgotten."""
    kept, before = evidence.tested, {}

    def tested(claim_id, as_of=None):  # anew for a claim whose function was changed
        chapter = ROWS.loc[claim_id, "chapter"]
        changed = chapter in before and before[chapter].get(claim_id) is not evidence.chapter(chapter).FINDINGS.get(claim_id)
        return (kept.__wrapped__ if changed else kept)(claim_id, as_of)

    def of(chapter):
        module = evidence.chapter(chapter)
        before[chapter] = module.FINDINGS
        monkeypatch.setattr(module, "FINDINGS", dict(module.FINDINGS))
        return module.FINDINGS

    monkeypatch.setattr(evidence, "tested", tested)
    evidence.values.cache_clear()
    yield of
    evidence.values.cache_clear()


def fault():
    with pytest.raises(DataError) as error:
        evidence.check()
    return str(error.value)


def test_claims_and_tests_of_the_book_fit():
    evidence.check()


@pytest.mark.parametrize(("claim", "kind"), [("kang-tour", "fact"), ("new-attention", "measure"), ("europe-may-ignore", "forecast")])
def test_a_claim_that_can_be_tested_and_has_no_function(claim, kind, functions):
    row = ROWS.loc[claim]
    del functions(row.chapter)[claim]
    line, file = list(ROWS.index).index(claim) + 2, f"companion/evidence/{row.chapter.replace('-', '_')}.py"
    assert fault() == (f'data/claims.csv, line {line}: "{claim}" is a {kind} and has no function in FINDINGS of {file}; '
                       "write one or change its kind.")


def test_a_reading_needs_no_function(functions):
    del functions("four-capitals")["kang-aim"]
    evidence.check()
    assert evidence.finding("kang-aim") == claims.READING and evidence.known()["kang-aim"] == argument.SHAKY


def test_a_function_without_a_claim(functions):
    functions("beijing")["china-three-quarter"] = None
    assert fault() == ('companion/evidence/beijing.py: FINDINGS has a function for "china-three-quarter", which is no claim of '
                       'chapter beijing; did you mean "china-three-quarters"?')


def test_a_function_in_the_wrong_chapter(functions):
    functions("moscow")["kang-tour"] = None
    assert fault().startswith('companion/evidence/moscow.py: FINDINGS has a function for "kang-tour", which is no claim of chapter moscow')


@pytest.mark.parametrize(("claim", "what"), [("beijing-wall", "a thesis"), ("blame-open", "an open question")])
def test_a_function_for_what_no_count_can_settle(claim, what, functions):
    chapter = ROWS.loc[claim, "chapter"]
    functions(chapter)[claim] = None
    assert fault() == (f'companion/evidence/{chapter}.py: "{claim}" is {what}, which no count can settle; '
                       "take its function out of FINDINGS or change its kind in data/claims.csv.")


def found(verdict, **parts):
    counts = pd.DataFrame({"votes": [True], "outcome": [True], "family": [""]})
    return lambda frames: claims.Finding("", "", counts, verdict, parts=parts)


@pytest.mark.parametrize(("claim", "test", "word"), [
    ("kang-tour", found("proved"), "proved"), ("kang-tour", found("came true"), "came true"),
    ("kang-tour", found("borne out", one="borne out", two="timing fits"), "timing fits"),
    ("kang-aim", found("borne out"), "borne out")])
def test_a_verdict_outside_the_list(claim, test, word, functions):
    row = ROWS.loc[claim]
    functions(row.chapter)[claim] = test
    assert fault() == (f'data/claims.csv, line {list(ROWS.index).index(claim) + 2}: "{claim}" is a {row.kind} and cannot end in '
                       f'"{word}"; see companion.claims.WORDS.')


def test_a_circle_through_a_claim_that_only_restates_another(monkeypatch):
    rows = load("argument")
    more = pd.DataFrame([{"claim": "beyond-triangle", "tie": "needs", "other": "doing-what-it-can", "coding": "settled"}])
    monkeypatch.setattr(evidence, "load", lambda name: pd.concat([rows, more], ignore_index=True))
    with pytest.raises(DataError, match="rests on .*; break the circle"):
        argument.joints(evidence.ties())


@pytest.mark.parametrize("as_of", [claims.ESSAY_DATE, None])
def test_what_is_known_of_a_claim_by_itself(as_of):
    known = evidence.known(as_of)
    assert set(known) == set(ROWS.index[ROWS["kind"] != "thesis"]) and set(known.values()) <= set(argument.VALUES)
    for claim, value in known.items():
        tested = evidence.tested(claim, as_of)
        assert value == (tested.value if tested else argument.SHAKY)
    # What it needs may weaken it and cannot strengthen it.
    for claim, value in known.items():
        assert argument.VALUES.index(evidence.values(ROWS.loc[claim, "chapter"], as_of)[claim]) <= argument.VALUES.index(value)

@pytest.mark.parametrize("claim", ["kang-tour", "china-three-quarters", "no-concessions", "europe-no-boom"])
def test_the_tables_of_a_claim_are_those_that_its_test_needs(claim):
    chapter = evidence.chapter(ROWS.loc[claim, "chapter"])
    frames, test, tables = chapter.frames(), chapter.FINDINGS[claim], evidence.tables(claim)
    assert str(test({name: frames[name] for name in tables})) == str(evidence.finding(claim))
    for name in tables:
        with pytest.raises(KeyError):
            test({other: frames[other] for other in tables if other != name})


def test_a_claim_without_a_test_reads_no_table():
    assert {claim for claim in ROWS.index if not evidence.tables(claim)} == set(ROWS.index) - set(TESTED)


def test_every_tested_claim_has_three_counts_or_more():
    assert [claim for claim in TESTED if len(evidence.tested(claim).counts) < 3] == []


def test_every_other_claim_says_why_nothing_is_counted():
    """`test` holds the reason: none and why, or from which claims it is computed."""
    others = ROWS.drop(TESTED)
    assert set(others["kind"]) == {"reading", "open", "thesis"}
    for claim, row in others.iterrows():
        computed = row.test.startswith("Computed from the ")
        assert computed or row.test.startswith(("None: ", "Not counted again: ")), claim
        assert len(row.test.split()) >= 8 and (row.kind == "thesis" or not computed), claim
        # What is computed from other claims must have some.
        assert not computed or claim in set(evidence.ties()["claim"]), claim
