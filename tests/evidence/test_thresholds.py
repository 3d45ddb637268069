"""The thresholds of the tests, and the verdicts that change when each is moved."""

import types

import pandas as pd
import pytest

from companion import claims, evidence
from companion.evidence import europe, moscow, seoul, thresholds, triangle
from companion.evidence.thresholds import Threshold

DECLARED = thresholds.declared()
FAR = (0, 0.1, 0.5, 2, 4, 20)
# Three openings were refused and three taken up, so no margin above nothing can make a majority of either.
CANNOT = {("seoul", "SPARE")}


@pytest.fixture(scope="module")
def moves():
    return thresholds.sensitivity()


@pytest.fixture(scope="module")
def plain():
    """Chapter to its frames, and claim to its finding of today."""
    frames = {chapter: evidence.chapter(chapter).frames() for chapter, *_ in DECLARED}
    return frames, {claim: evidence.tested(claim) for *_, threshold, _ in DECLARED for claim in threshold.claims}


def outcome(finding):
    counts = finding.counts[["votes", "outcome"]].astype(object)
    return counts.where(counts.notna(), None).to_numpy().tolist(), thresholds.decided(finding)


def test_every_threshold_names_a_constant_of_its_module_and_claims_that_it_tests():
    for chapter, name, threshold, member in DECLARED:
        module = evidence.chapter(chapter)
        value = getattr(module, name)
        assert isinstance(value, tuple) == (member is not None or threshold.about is not None), name
        assert threshold.claims and set(threshold.claims) <= set(module.FINDINGS), name
        assert threshold.origin in thresholds.ORIGINS, name
        assert threshold.name and threshold.unit, name


@pytest.mark.long
@pytest.mark.parametrize(("chapter", "name", "threshold", "member"), DECLARED,
                         ids=[f"{chapter}-{name}-{'' if m is None else m}" for chapter, name, _, m in DECLARED])
def test_moved_far_enough_every_threshold_changes_an_outcome(chapter, name, threshold, member, plain):
    frames, found = plain
    module = evidence.chapter(chapter)
    value = getattr(module, name)

    def changes(factor):
        with thresholds.moved(module, name, threshold.scaled(value, factor, member)):
            return any(outcome(module.FINDINGS[claim](frames[chapter])) != outcome(found[claim]) for claim in threshold.claims)

    # Far enough in one direction at least; a factor at which too few rows are left for any count is too far.
    factors = FAR if name != "LEAST_STEPS" else FAR[:4]
    assert any(changes(factor) for factor in factors) == ((chapter, name) not in CANNOT)


def test_one_opening_fewer_on_one_side_and_the_margin_matters(plain):
    data = plain[0]["seoul"]
    found = seoul.openings(data).query("date <= @claims.ESSAY_DATE").dropna(subset=["taken"])
    assert (found["taken"].eq(True).sum(), found["taken"].eq(False).sum()) == (3, 3)
    event = next(event for _, _, event in seoul.OPENINGS if event.startswith("2014-09-11"))
    fewer = {**data, "events": data["events"][data["events"]["event_id"] != event]}
    assert seoul.distrust(fewer).verdict == claims.NOT_TESTABLE
    with thresholds.moved(seoul, "SPARE", 0):
        assert seoul.distrust(fewer).verdict == claims.TIMING_FITS


def test_a_moved_constant_comes_back_even_after_an_error():
    module = types.ModuleType("module")
    module.LIMIT = 5
    with pytest.raises(ZeroDivisionError), thresholds.moved(module, "LIMIT", 6):
        assert module.LIMIT == 6
        raise ZeroDivisionError
    assert module.LIMIT == 5


@pytest.mark.long
def test_a_run_leaves_every_constant_as_it_was(moves):
    before = {(chapter, name): getattr(evidence.chapter(chapter), name) for chapter, name, *_ in DECLARED}
    assert before["europe", "BOOM"] == 2.0 and before["moscow", "LIMITS"] == (1.0, 2.0, 5.0)
    for chapter, name, threshold, member in DECLARED:
        shown = threshold.text(before[chapter, name], member)
        assert shown in set(moves.query("chapter == @chapter and threshold == @threshold.name")["value"]), name


@pytest.mark.parametrize(("value", "threshold", "member", "down", "up"), [
    (2.0, {}, None, 1.6, 2.4),
    (0.9, {"high": 1}, None, 0.72, 1),  # no part is larger than the whole
    (30, {}, None, 24, 36),
    (3, {}, None, 2, 4),  # whole units: a fifth of three is less than one, so one
    (1, {"low": 1}, None, 1, 2),
    ((1.0, 2.0, 5.0), {"members": (0, 1, 2)}, 2, (1.0, 2.0, 4.0), (1.0, 2.0, 6.0)),
    ((70.0, 77.5), {"about": 75.0}, None, (71.0, 77.0), (69.0, 78.0))])
def test_a_fifth_of_a_number_of_a_count_of_a_member_and_of_a_band(value, threshold, member, down, up):
    threshold = Threshold("name", "unit", thresholds.WORDING, ("claim",), **threshold)
    found = [threshold.scaled(value, factor, member) for factor in thresholds.MOVES.values()]
    assert found == [pytest.approx(down), pytest.approx(up)]
    assert all(type(a) is type(value) for a in found)


def test_each_threshold_is_moved_down_and_up_for_each_claim_that_uses_it(moves):
    wanted = [(chapter, claim, direction) for chapter, _, threshold, _ in DECLARED
              for claim in threshold.claims for direction in ("down", "up")]
    assert sorted(wanted) == sorted(moves[["chapter", "claim", "direction"]].itertuples(index=False, name=None))
    assert (moves["value"] != moves["moved to"]).all()


def test_what_a_move_gives_is_what_the_test_gives_with_that_constant(moves, monkeypatch):
    monkeypatch.setattr(europe, "HALF", 40.0)
    row = moves.query("claim == 'europe-not-generous' and unit == 'percent' and direction == 'down'").iloc[0]
    assert row["to"] == str(europe.not_generous(europe.frames())) == "came true under 12 of 14 counts"
    assert row["changed"] and (row["from value"], row["to value"]) == (claims.STANDS, claims.SHAKY)
    monkeypatch.setattr(triangle, "HALF", 60.0)
    row = moves.query("threshold == 'share of attention that sets a direction' and direction == 'up'").iloc[0]
    assert row["to"] == str(triangle.two_decades(triangle.frames()))


def test_a_verdict_is_not_changed_by_the_name_of_its_limit(moves):
    rows = moves.query("claim == 'russia-trade-nil' and value == '5'")
    assert (rows["from"] != rows["to"]).all() and not rows["changed"].any()


def test_what_follows_from_a_move_starts_from_the_verdict_of_the_book(moves):
    for row in moves.drop_duplicates("claim").itertuples():
        assert moves.loc[row.Index, "from"] == str(evidence.finding(row.claim)), row.claim


def test_the_sentence_says_what_the_tables_say(moves):
    said, table, changes = thresholds.sentence(moves), thresholds.table(moves), thresholds.changes(moves)
    columns = ["verdicts changed by less", "verdicts changed by more"]
    assert f"There are {len(table)} thresholds" in said and f"makes {2 * len(table)} cases" in said
    assert f"In {(table[columns] > 0).sum().sum()} of them" in said
    assert table[columns].sum().sum() == len(changes)
    names = list(dict.fromkeys(changes["claim"]))
    assert f"{len(names)} have a verdict that changes" in said and f"({', '.join(names)})" in said
    for origin in thresholds.ORIGINS:
        assert f"{(table['comes from'] == origin).sum()} from {origin}" in said
    for claim, value in zip(changes["claim"], changes["in the argument"], strict=True):
        assert ", then " not in value or f"{claim} from {value.replace(', then ', ' to ')}" in said


def test_a_sentence_on_moves_that_change_nothing_says_so(moves):
    said = thresholds.sentence(moves.assign(changed=False))
    assert "In 0 of them" in said and said.endswith("In none does the value in the argument change.")


def test_before_they_are_due_forecasts_have_no_verdict_to_change(monkeypatch):
    monkeypatch.setattr(thresholds, "declared", lambda: [d for d in DECLARED if d[0] in ("europe", "four-capitals")])
    then = thresholds.sensitivity(claims.ESSAY_DATE)
    kinds = claims.load("claims").set_index("id")["kind"]
    assert set(then["claim"]) == {"kang-tour", "kang-hosts", "kang-aim", "aid-reputation", "europe-distance"}
    assert "forecast" not in set(kinds[then["claim"]])


def test_a_step_needs_months_on_both_sides():
    line = pd.Series(range(10), index=[f"2013-{m:02d}" for m in range(1, 11)])
    assert list(moscow.inner_months(line)) == ["2013-04", "2013-05", "2013-06", "2013-07", "2013-08"]
