"""Chapter hindsight: tracks, doors and forecasts, by hand, and what the prose leans on."""

import pandas as pd
import pytest

from companion.data import load
from companion.evidence import hindsight

DATA = hindsight.frames()


def test_the_figures_of_the_brief():
    n = hindsight.numbers(DATA)
    assert (n["russia-2013"], n["russia-2020"], n["russia-2024"]) == ("104", "42.7", "34")
    assert (n["europe-2013"], n["europe-2016"], n["south-2015"], n["south-2023"]) == ("146", "27", "2,714", "0")
    assert n["china-2014"].startswith("90.1") and n["china-2024"].startswith("98.0") and n["russia-target"].startswith("4.3")


def test_share_with_south_korea_by_hand():
    table = hindsight.china_share(DATA).set_index(["count", "year"])["share"]
    assert table["KOTRA with South Korea", 2014] == pytest.approx(100 * 6860 / (7610 + 2340))
    both = table["KOTRA with South Korea"].dropna()
    assert (both <= table["KOTRA, from values"].reindex(both.index) + 1e-9).all()


def test_doors_by_hand():
    events = pd.DataFrame({"date": ["2014-09-05", "2015-01-01", "2015-02", "2016", "2016-03-01"],
                           "partners": ["RUS", "RUS", "DEU;FRA", "JPN", "CHN"], "counted": [True, True, True, True, False],
                           "kind": ["visit", "visit", "embassy_closed", "talks", "visit"],
                           "class": ["visit", "visit", "relations", "talks", "visit"], "source_id": "x"})
    table = hindsight.doors({"events": events}).set_index(["partner", "year"])
    assert table.loc[("RUS", 2015)].tolist() == [1, 0] and table.loc[("EU28", 2015)].tolist() == [0, 1]
    assert table.loc[("JPN", 2016), "opening"] == 1 and table["opening"].sum() == 2 and table["closing"].sum() == 1


@pytest.mark.parametrize("claim", hindsight.FORECASTS)
def test_a_stricter_wording_never_holds_where_the_mild_one_fails(claim):
    for year in hindsight.YEARS:
        mild, strict = (hindsight.judged(DATA, claim, s, year) for s in ("mild", "strict"))
        assert not (mild is False and strict is True), year


@pytest.mark.parametrize("claim", [c for c in hindsight.FORECASTS if c != "conservatives-block"])
def test_what_never_happened_cannot_happen_again_later(claim):
    """All these wordings say never: once one fails it stays failed."""
    for strength in hindsight.STRENGTH:
        seen = [hindsight.judged(DATA, claim, strength, year) for year in hindsight.YEARS]
        assert True not in seen[seen.index(False):] if False in seen else True


def test_a_boom_would_be_seen():
    trade = DATA["trade"].copy()
    trade.loc[(trade["series"] == "ec") & (trade["partner"] == "EU28") & (trade["year"] == 2016), "value"] = 500.0
    assert hindsight.judged({**DATA, "trade": trade}, "europe-no-boom", "mild", 2016) is False
    assert hindsight.judged({**DATA, "trade": trade}, "europe-no-boom", "mild", 2014) is None


def test_every_state_says_what_it_holds():
    seen = set()
    for (claim, strength, year), card in hindsight.forecast_exploration(DATA).states():
        assert card.title.endswith(hindsight.WORDS[hindsight.judged(DATA, claim, strength, year)]) and str(year) in card.title
        assert card.table["seen by then"].sum() == (card.table["year"] <= year).sum()
        assert set(card.sources) <= set(load("sources")["source_id"]) and card.sources
        seen.add((card.title, card.sentence))
    assert len(seen) == 60


def test_what_the_prose_leans_on():
    table = hindsight.ends(DATA)
    assert (table["last"] < table["first"]).all()  # none ends higher than it began
    judged = {(s, y): hindsight.judged(DATA, "conservatives-block", s, y) for s in hindsight.STRENGTH for y in hindsight.YEARS}
    assert judged["mild", 2018] and judged["strict", 2018] and judged["strict", 2020] is False and judged["mild", 2025]
    both = [c for c in hindsight.FORECASTS if hindsight.judged(DATA, c, "strict", 2025)]
    assert both == ["russia-needs-subsidy", "europe-no-boom"]
    doors = hindsight.doors(DATA).pivot(index="partner", columns="year", values="opening")
    assert doors[2018].nlargest(3).index.tolist() == ["USA", "KOR", "CHN"]
    assert doors.loc[:, 2022:].sum(axis=1).idxmax() == "RUS"
    xi = load("events").query("counted and kind == 'summit' and partners == 'CHN'")["date"].str[:4]
    assert (xi == "2018").sum() == 3
    presidents = load("events").query("counted and kind == 'rok_president' and date > '2014-09'")["title"]
    parties = ["conservative", *presidents[presidents.str.contains("takes office")].str.extract(r"(liberal|conservative)")[0]]
    assert sum(a != b for a, b in zip(parties, parties[1:])) == 3
    japan = DATA["trade"].query("partner == 'JPN' and year >= 2012")["value"]
    assert len(japan) and (japan == 0).all()
    china = hindsight.joined(DATA, "CHN")
    assert china[2024] < china[2013]
