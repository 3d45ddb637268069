"""Then and today: changes found by halving are those of every day, the rows named are the rows that matter, vintages have a control."""

import ast
import itertools
import warnings
from pathlib import Path

import pandas as pd
import pytest

from companion import claims, evidence
from companion.data import load
from companion.evidence import as_of, beijing, seoul, series
from companion.figure import table_html

TESTED = [row.id for row in load("claims").itertuples() if row.id in evidence.chapter(row.chapter).FINDINGS]
QUICK = ["kang-aim", "conservatives-block", "xi-critical", "europe-weak-economy", "new-attention"]


@pytest.fixture(scope="module")
def found():
    return as_of.both()


# --- on any day ---------------------------------------------------------------------------------------------------

EARLY = ("1930-01-01", "2005-06-30", "2013-01-31")
BETWEEN = ("2014-10-25", "2019-09-01")


@pytest.mark.parametrize("day", [*EARLY, *BETWEEN])
def test_every_test_runs_on_any_day(day):
    for chapter in sorted({claims.get(c).chapter for c in TESTED}):
        known = series.known_by(evidence.chapter(chapter).frames(), day)
        for claim_id, test in evidence.chapter(chapter).FINDINGS.items():
            with warnings.catch_warnings():
                warnings.simplefilter("error")  # a warning would stand on the page
                state = as_of.state_of(test(known))
            assert 0 <= state.fits <= state.counts and state.verdict, claim_id


def test_what_could_be_known_by_a_day_is_what_loading_with_that_day_gives():
    for day in (claims.ESSAY_DATE, "2016-12-31"):
        there = series.known_by(beijing.frames(), day)
        for name, table in beijing.frames(day).items():
            pd.testing.assert_frame_equal(there[name], table)


def test_the_tables_of_a_claim_are_those_that_its_test_asks_for():
    assert set(evidence.tables("china-three-quarters")) == {"share_definitions", "trade", "trade_shares"}
    assert evidence.tables("kang-tour") == ("events",)
    for claim_id in QUICK:
        tables = {name: evidence.chapter(claims.get(claim_id).chapter).frames()[name] for name in evidence.tables(claim_id)}
        assert as_of.state(claim_id, tables) == as_of.state_of(evidence.tested(claim_id))
        for name in tables:
            with pytest.raises(KeyError):
                as_of.state(claim_id, {other: table for other, table in tables.items() if other != name})


# --- on which day -------------------------------------------------------------------------------------------------

@pytest.mark.parametrize(("line", "places"), [
    ("aaaa", []), ("aaab", [3]), ("abbb", [1]), ("abcc", [1, 2]), ("aabbbc", [2, 5]), ("a", [])])
def test_halving_finds_each_place_where_a_line_changes(line, places):
    assert list(as_of.changed(line.__getitem__, 0, len(line) - 1)) == places


def test_halving_does_not_see_what_changes_and_changes_back():
    assert list(as_of.changed("abba".__getitem__, 0, 3)) == []
    assert list(as_of.changed("abab".__getitem__, 0, 3)) == [1]


@pytest.mark.long
@pytest.mark.parametrize("claim_id", QUICK)
def test_halving_finds_what_asking_on_every_day_finds(claim_id):
    data = {name: evidence.chapter(claims.get(claim_id).chapter).frames()[name] for name in evidence.tables(claim_id)}
    days = as_of.days(data)
    states = [as_of.state(claim_id, series.known_by(data, day)) for day in days]
    every = [day for day, before, after in zip(days[1:], states, states[1:]) if before != after]
    turns = list(as_of.turns(claim_id))
    assert [turn.day for turn in turns] == every and every
    assert turns[0].before == states[0] and turns[-1].after == states[-1]
    for one, other in itertools.pairwise(turns):
        assert one.after == other.before


# --- by which rows ------------------------------------------------------------------------------------------------

@pytest.mark.long
@pytest.mark.parametrize("claim_id", ["china-three-quarters", "south-crisis", "europe-weak-economy", "leverage-fear"])
def test_the_rows_named_are_enough_and_no_source_of_them_can_be_missing(claim_id):
    data = {name: evidence.chapter(claims.get(claim_id).chapter).frames()[name] for name in evidence.tables(claim_id)}
    for turn in as_of.turns(claim_id):
        known = series.known_by(data, turn.day)

        def without(rows, known=known):
            return as_of.state(claim_id, {name: table.drop(index=rows.loc[rows["table"] == name, "row"])
                                          for name, table in known.items()})

        new = pd.concat([pd.DataFrame({"table": name, "row": table.index[table["knowable_from"] == turn.day]})
                         for name, table in known.items() if "knowable_from" in table])
        kept = set(zip(turn.rows["table"], turn.rows["row"]))
        rest = new[[pair not in kept for pair in zip(new["table"], new["row"])]]
        assert kept <= set(zip(new["table"], new["row"]))
        assert without(rest) == turn.after
        assert without(new) == turn.before
        needed = [without(part) != turn.after for _, part in turn.rows.groupby("source_id")]
        assert all(needed) or not any(needed)  # two papers with one figure: either would do, so both are named
        assert any(needed) or turn.day == pd.Timestamp("2015-06-05")
        for end in (turn.rows["when"].min(), turn.rows["when"].max()):
            assert without(turn.rows[turn.rows["when"] == end]) != turn.after


def test_of_parts_the_needed_are_kept_and_of_two_that_replace_each_other_both():
    parts = [pd.DataFrame({"row": [i]}) for i in range(7)]
    def rows(found):
        return [part["row"].item() for part in found]
    assert rows(as_of.needed(parts, lambda out: not {2, 5} & set(out["row"]))) == [2, 5]
    assert rows(as_of.needed(parts[:2], lambda out: not {0, 1} <= set(out["row"]))) == [0, 1]
    assert rows(as_of.needed(parts[:1], lambda out: False)) == [0]


@pytest.mark.parametrize(("top", "limit", "most"), [(5, 3, 3), (5, 0, 0), (5, 9, 5), (0, 0, 0), (1, 1, 1)])
def test_the_largest_number_for_which_something_holds(top, limit, most):
    assert as_of._most(top, lambda n: n <= limit) == most


# --- what the page says -------------------------------------------------------------------------------------------

def test_the_figures_of_the_page_follow_from_the_two_verdicts_of_each_claim(found):
    numbers = {key: 0 if text == "none" else int(text) for key, text in as_of.numbers({}).items()}
    then = {c: evidence.tested(c, claims.ESSAY_DATE) for c in TESTED}
    then = {c: finding for c, finding in then.items() if finding and finding.verdict != claims.NOT_DUE}
    assert numbers["tested-then"] == len(then) and numbers["with-test"] == len(TESTED)
    assert numbers["same"] + numbers["changed"] == numbers["tested-then"]
    assert numbers["more"] + numbers["fewer"] + numbers["as-much"] == numbers["changed"]
    assert numbers["tested-then"] + numbers["forecasts"] == numbers["with-test"]
    assert numbers["words"] == sum(str(finding) != str(evidence.tested(c)) for c, finding in then.items())
    assert numbers["crossed"] == sum(finding.value != evidence.tested(c).value for c, finding in then.items())
    parts = as_of.split(found)
    assert "china-three-quarters" in parts["fewer"] and "dependence-grows" in parts["more"]
    assert "kang-tour" in parts["same"] and "south-crisis" in parts["as much"]


@pytest.mark.long
def test_the_figure_draws_the_claims_that_changed_and_no_other(found):
    shown, parts = as_of.changes(), as_of.split(found)
    card = as_of.changes_card(found, shown)
    assert set(shown.index) == set(parts["more"] + parts["fewer"] + parts["as much"])
    assert "itpde-r01-klein" in card.sources
    assert len(card.table) == sum(map(len, parts.values())) - len(parts["same"]) <= 20
    row = card.table.set_index("claim").loc["China's three-quarters"]
    assert (row["September 2014"], row["today"]) == ("1 of 6", "1 of 17")
    assert str(len(parts["same"])) in card.title
    assert 'href="../references.html#source-' in card.html()


def test_a_claim_of_the_tables_is_a_link_to_its_page_and_text_stays_text(monkeypatch):
    monkeypatch.setenv("COMPANION_FRONT_END", "static")
    turn = as_of.Turn(pd.Timestamp("2015-06-05"), as_of.State("a <b>", 1, 2), as_of.State("c", 2, 2),
                      pd.DataFrame({"table": ["trade"], "source_id": ["itpde-r01-klein"], "when": ["2013"], "row": [0]}))
    frame = pd.DataFrame({"then": [turn.before], "today": [turn.after], "turns": [[turn]]}, index=["china-three-quarters"])
    cells = table_html(as_of.changes_table(frame))
    assert """<a href="../claims/china-three-quarters.html">China's three-quarters</a>""" in cells
    assert "a &lt;b&gt; (1 of 2)" in cells and "5 June 2015" in cells and "(trade, 2013)" in cells
    assert 'href="../references.html#source-itpde-r01-klein"' in cells
    due = pd.DataFrame({"today": [turn.after, turn.after], "due": [turn, None]}, index=["europe-no-boom", "europe-may-ignore"])
    cells = table_html(as_of.forecasts_table(due))
    assert "5 June 2015" in cells and "no day" in cells


def test_what_the_page_says_of_copies_read_in_2026_is_so():
    """The page names the claims that turn on the day of a copy; and the days of two research data sets."""
    late = {c for c in ("necessity", "europe-weak-economy") if any(turn.day.year == 2026 for turn in as_of.turns(c))}
    assert late == {"necessity", "europe-weak-economy"}
    assert next(as_of.turns("europe-not-generous")).day.year == 2026
    trade = load("trade")
    assert set(trade[trade["series"] == "cow"]["knowable_from"].dt.year) == {2016}
    assert set(trade[trade["series"] == "itpd"]["knowable_from"].dt.year) == {2022}


def test_a_forecast_is_due_when_its_test_first_counts(found):
    turn = next(as_of.turns("europe-no-boom"))
    assert turn.before.counts == 0 < turn.after.counts and turn.day > as_of.THEN
    assert found["then"].isna().sum() == 5 and found.loc["europe-distance", "then"] is None


# --- a vintage that changes a figure is a control -----------------------------------------------------------------

CHAPTERS = sorted(set(load("claims")["chapter"]) | {"hindsight", "how-it-fits"})
NO_CONTROL = {  # explorations that differ, or cannot be drawn, on the tables of September 2014, and why they have no control for it
    "crisis-paid": "known later are a few events and the end of the longest windows, which move the share of all days by two points",
    "europe-distance-rule": "neither the output nor the edition of Correlates of War was out, so there is no picture of that day",
    "forecast-by-year": "it shows what came after the essay, and its control of the year is a date of its own",
    "reach-a-billion": "the starts that were out are the same; the paces rest on an edition of Correlates of War that was not",
    "triangle-attention": "all years to 2013 are the same; missing is the press of 2014, which was not past",
}


def makers(chapter):
    """{name of an exploration: the function that makes it}, read off the calls of `explore`, for making them takes long."""
    module = evidence.chapter(chapter)
    return {call.args[1].value: getattr(module, function.name)
            for function in sorted(ast.parse(Path(module.__file__).read_text("utf-8")).body, key=lambda part: getattr(part, "name", ""))
            if getattr(function, "name", "").endswith("_exploration")
            for call in ast.walk(function) if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "explore"}


def past(table):
    """Of a table as it is today the rows that were known in September 2014, and later ones of a period that was over by then."""
    if "knowable_from" not in table:
        return table
    known = table["knowable_from"] <= as_of.THEN
    period = next((table[c].astype(str) for c in ("year", "period", "date", "month", "start") if c in table), None)
    over = False if period is None else (period.str.len() == 4) & (period <= "2013") | (period.str.len() >= 7) & (period.str[:7] <= "2014-09")
    return table[known | over].reset_index(drop=True)


def seen(exploration, values):
    card = exploration.card(values)
    return card.title, card.sentence, table_html(card.table)


def differs(chapter, make):
    """Does a state of an exploration look another way on what was known in September 2014 than on what is known now of that time?"""
    data = evidence.chapter(chapter).frames()
    sides = series.known_by(data, claims.ESSAY_DATE), {key: past(table) for key, table in data.items()}
    try:
        then, now = (make(side) for side in sides)
        return any(seen(then, values) != seen(now, values) for values in itertools.product(*(c.options for c in then.controls.values())))
    except (KeyError, IndexError, ValueError):
        return True  # of that day there is no picture at all


EXPLORATIONS = {name: (chapter, make) for chapter in CHAPTERS for name, make in makers(chapter).items()}


def test_every_exploration_is_looked_at():
    sources = [(Path(evidence.__file__).parent / f"{c.replace('-', '_')}.py").read_text("utf-8") for c in CHAPTERS]
    assert len(EXPLORATIONS) == sum(text.count("return explore(") for text in sources) >= 14
    assert set(NO_CONTROL) <= set(EXPLORATIONS)


@pytest.mark.long
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", EXPLORATIONS)
def test_an_exploration_that_differs_by_vintage_has_a_control_for_it(name):
    chapter, make = EXPLORATIONS[name]
    exploration = make(evidence.chapter(chapter).frames())
    assert exploration.name == name
    control, excused = exploration.controls.get("as_of") is series.AS_OF, name in NO_CONTROL
    assert differs(chapter, make) == (control or excused)
    assert not (control and excused)


@pytest.mark.long
@pytest.mark.parametrize(("chapter", "make"), [(beijing, beijing.share_exploration), (seoul, seoul.pair_exploration)])
def test_the_control_shows_what_the_tables_of_that_day_give(chapter, make):
    both, then = make(chapter.frames()), make(chapter.frames(claims.ESSAY_DATE))
    for values in itertools.product(*(c.options for c in both.controls.values())):
        card, same = both.card(values), then.card((*values[:-1], "today"))
        if values[-1] == "2014":
            assert card.title == f"As of September 2014. {same.title}" and card.alt.startswith("As of September 2014. ")
            assert table_html(card.table) == table_html(same.table) and card.sources == same.sources
            assert card.sentence.startswith(same.sentence) and len(card.sentence) > len(same.sentence)
        else:
            assert "As of September 2014" not in card.title
    titles = [both.card(values).title for values in itertools.product(*(c.options for c in both.controls.values()))]
    assert len(set(titles)) == len(titles)
