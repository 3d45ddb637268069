"""Chapter how-it-fits: what carries the conclusion, by hand and by property, and what the prose leans on."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from companion import claims, evidence
from companion.argument import VALUES, evaluate, joints
from companion.claims import FALLS, STANDS
from companion.data import load
from companion.evidence import how_it_fits as fits

DATA = fits.frames()


def small(*rows):
    """An argument of a few ties under the conclusion, with claims that are all measures."""
    argument = pd.DataFrame([(*row, "settled") for row in rows], columns=["claim", "tie", "other", "group", "coding"])
    names = {*argument["claim"], *argument["other"]}
    return {"argument": argument, "claims": pd.DataFrame({"id": sorted(names), "kind": [
        "thesis" if name == "search-partners" else "measure" for name in sorted(names)]})}


def test_carriers_by_hand():
    data = small(("search-partners", "needs", "a", None), ("search-partners", "any_of", "b", "1"),
                 ("search-partners", "any_of", "c", "1"), ("a", "needs", "d", None))
    ties = fits.bearing(data)
    assert set(fits.own(data, ties)) == {"a", "b", "c", "d"}
    assert set(fits.carriers(data, ties)) == {"a", "d"}


def test_the_figures_of_the_four_readings():
    found = fits.structures(DATA)
    assert dict(zip(found.index, zip(found["carry it alone"], found["claims"]))) == {
        "settled": (11, 16), "settled-any": (8, 16), "first": (9, 13), "first-any": (2, 13)}


def test_a_claim_is_counted_unless_it_is_a_thesis_in_that_coding():
    counted = {coding: set(fits.own(DATA, fits.bearing(DATA, coding))) for coding in ("settled", "first")}
    kinds = load("claims").set_index("id")["kind"]
    assert counted["settled"] == {c for c in fits.under(fits.bearing(DATA)) if kinds[c] != "thesis"}
    assert "necessity" in counted["settled"] - counted["first"] and "necessity" in fits.theses(DATA, "first")
    assert fits.testable(DATA)[["stands", "shaky", "falls"]].to_numpy().sum() == len(counted["settled"])


@pytest.mark.parametrize("reading", fits.READINGS)
def test_any_wall_never_carries_more_and_trees_hold_each_claim_once(reading):
    _, coding, turned = fits.READINGS[reading]
    ties = fits.bearing(DATA, coding)
    assert not ties["other"].duplicated().any()  # so an indented list shows all of it
    assert set(fits.carriers(DATA, ties, turned)) <= set(fits.carriers(DATA, ties))
    assert fits.conclude(DATA, ties, (), turned)[fits.CONCLUSION] == STANDS


def test_the_turned_joint_of_a_reading_is_that_of_the_three_walls():
    for _, coding, turned in fits.READINGS.values():
        for name in turned:
            parts = joints(fits.bearing(DATA, coding))[name].parts
            assert set(parts) == {"washington-wall", "seoul-wall", "beijing-wall"}


@settings(deadline=None)
@given(st.sets(st.sampled_from(fits.own(DATA, fits.bearing(DATA)))), st.sampled_from(fits.own(DATA, fits.bearing(DATA))))
def test_one_more_fallen_claim_never_mends_the_conclusion(fallen, more):
    ties, order = fits.bearing(DATA), {FALLS: 0, claims.SHAKY: 1, STANDS: 2}
    before, after = (fits.conclude(DATA, ties, f)[fits.CONCLUSION] for f in (fallen, fallen | {more}))
    assert order[after] <= order[before]
    assert (after == FALLS) or not (fallen | {more}) & set(fits.carriers(DATA, ties))


def test_the_map_has_the_values_of_the_chapters():
    table = fits.map_card(DATA).table.set_index("claim")
    for claim in ("beijing-wall", "crisis-unpaid", "seoul-wall"):
        value = evidence.values(claims.get(claim)["chapter"])[claim]
        assert table.loc[claims.link(claim), "today"] == value


def test_what_the_prose_leans_on():
    first, settled = fits.bearing(DATA, "first"), fits.bearing(DATA)
    assert fits.conclude(DATA, first, ["china-three-quarters"])[fits.CONCLUSION] == FALLS
    assert "china-three-quarters" not in fits.under(settled)
    assert "seoul-inflexible" in fits.carriers(DATA, first) and "seoul-inflexible" not in fits.carriers(DATA, settled)
    every = set.intersection(*(set(fits.carriers(DATA, fits.bearing(DATA, coding), turned)) for _, coding, turned in fits.READINGS.values()))
    assert every == {"new-attention", "crisis-unpaid"}
    kinds = load("claims").set_index("id")["kind"]
    assert kinds["necessity"] == "cause" and not (kinds[fits.under(settled)] == "forecast").any()
    now, then = (evidence.values("crisis", date) for date in (None, claims.ESSAY_DATE))
    assert now["necessity"] != STANDS and now[fits.CONCLUSION] != STANDS
    assert sum(now[c] != then[c] for c in fits.under(settled)) <= 3  # the tree hardly moved


def test_with_one_turned_joint_it_takes_two_claims_to_make_the_conclusion_stand():
    ties, known = evidence.ties(), evidence.known()
    names = [joint.name for top in joints(ties).values() for joint in top.groups()]
    ends = [evaluate(ties, known | {claim: STANDS}, [name])[fits.CONCLUSION] for name in names for claim in known]
    assert STANDS not in ends
    assert evaluate(ties, known | dict.fromkeys(["necessity", "crisis-unpaid"], STANDS), ["necessity"])[fits.CONCLUSION] == STANDS


def test_as_the_essay_has_it_all_stands_but_what_it_leaves_open():
    start = fits.argument_map(DATA, whole=True).data()["starts"]["essay"]
    kinds = load("claims").set_index("id")["kind"]
    assert {claim for claim, value in start.items() if VALUES[value] != STANDS} == set(kinds.index[kinds == "open"])
