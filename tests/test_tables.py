"""The tables themselves: well formed, summing where they should, agreeing where they should, or saying why not."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pandas as pd
import pytest
from frictionless import Package, system

from companion.data import check, load, pick

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "data"
PACKAGE = json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))
TABLES = [resource["name"] for resource in PACKAGE["resources"]]
COMMON = {"source_id", "counts", "knowable_from", "confidence", "note"}
FIELDS = {r["name"]: {field["name"] for field in r["schema"]["fields"]} for r in PACKAGE["resources"]}
OBSERVED = [name for name in TABLES if COMMON <= FIELDS[name]]
ESSAY = "2014-09-30"


@pytest.fixture(scope="module")
def trade() -> pd.DataFrame:
    """Preferred figures of every series and vintage, known errors mended."""
    return pick(load("trade"), ["series", "partner", "flow", "year", "vintage"])


def flows(trade: pd.DataFrame, series: str, partner: str) -> pd.DataFrame:
    """Year -> exports, imports, total of one series; a missing total is the sum of its parts."""
    rows = trade[(trade["series"] == series) & (trade["partner"] == partner) & trade["vintage"].isna()]
    table = rows.pivot(index="year", columns="flow", values="value").reindex(columns=["exports", "imports", "total"])
    table["total"] = table["total"].fillna(table["exports"] + table["imports"])
    return table


def flagged(table: str, **key) -> bool:
    """Is there a correction with a reason on every row that the key picks?"""
    frame = load(table)
    for field, value in key.items():
        frame = frame[frame[field] == value]
    return len(frame) > 0 and frame["correction"].notna().all()


# ---- form ------------------------------------------------------------------------------------------------------------

def test_frictionless_finds_nothing():
    with system.use_context(trusted=True):
        report = Package(str(DATA / "datapackage.json")).validate()
    assert report.valid, report.flatten(["name", "rowNumber", "fieldName", "message"])[:5]
    assert report.stats["tasks"] == len(TABLES)


def test_our_own_check_finds_nothing():
    check()


def test_every_file_is_described_and_small():
    files = {path.name for path in DATA.iterdir()}
    assert files == {f"{name}.csv" for name in TABLES} | {"datapackage.json", "README.md"}
    assert sum((DATA / f"{name}.csv").stat().st_size for name in TABLES) < 1_000_000


def test_the_package_says_who_and_under_which_licence():
    assert PACKAGE["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    assert PACKAGE["name"] == "beyond-the-triangle" and PACKAGE["licenses"][0]["name"] == "CC-BY-4.0"
    assert PACKAGE["contributors"][0]["title"] == "The Beyond the Triangle authors"
    for resource in PACKAGE["resources"]:
        assert len(resource["description"]) > 80
        for field in resource["schema"]["fields"]:
            assert len(field["description"]) > 3, (resource["name"], field["name"])


@pytest.mark.parametrize("name", TABLES)
def test_files_are_utf8_lf_and_plain(name):
    raw = (DATA / f"{name}.csv").read_bytes()
    assert b"\r" not in raw and raw.endswith(b"\n") and not raw.startswith(b"\xef\xbb\xbf")
    assert not re.search(rb"\b(nan|NaN|None|NULL)\b(?=[,\n])", raw)


@pytest.mark.parametrize("name", OBSERVED)
def test_every_row_says_what_it_counts_and_since_when(name):
    frame = load(name, corrected=False)
    assert frame[["source_id", "counts", "knowable_from", "confidence"]].notna().all().all()
    assert (frame["counts"].str.len() >= 4).all()
    assert frame["knowable_from"].max() <= pd.Timestamp("2026-11-30")  # nothing is known later than it was read


@pytest.mark.parametrize("name", TABLES)
def test_nothing_of_a_workshop_is_left_in_the_words(name):
    words = (DATA / f"{name}.csv").read_text(encoding="utf-8")
    assert not re.search(r"/(work|tmp|home|root)/|gaps\.md|notes\.md|stored (text|copy)|\bTODO\b", words)


@pytest.mark.parametrize("name", [n for n in OBSERVED if "rank" in FIELDS[n]])
def test_ranks_count_from_one_without_gaps(name):
    frame = load(name, corrected=False)
    unit = {"trade": ["series", "partner", "flow", "year", "vintage"],
            "trade_shares": ["series", "partner", "flow", "year", "vintage"],
            "commodities": ["series", "good", "partner", "flow", "period", "measure", "unit"],
            "aid": ["donor", "period", "unit", "kind", "series"],
            "debts": ["creditor", "year", "measure", "unit"],
            "inter_korean": ["measure", "series", "period", "part", "unit"],
            "other_counts": ["topic", "item", "partner", "period", "unit"]}[name]
    for _, ranks in frame.groupby(unit, dropna=False)["rank"]:
        assert sorted(ranks) == list(range(1, len(ranks) + 1))


def test_no_preferred_figure_rests_on_an_unverified_source_when_a_better_one_exists():
    frame = load("trade", corrected=False)
    unit = ["series", "partner", "flow", "year", "vintage"]
    first = frame[frame["rank"] == 1]
    better = frame[frame["confidence"] != "low"].drop_duplicates(unit)[unit]
    assert first[first["confidence"] == "low"].merge(better, on=unit).empty


def test_every_source_is_used_and_every_row_has_one():
    sources = set(load("sources")["source_id"])
    used = set().union(*(load(name, corrected=False)["source_id"] for name in OBSERVED), load("corrections")["source_id"],
                       load("crisis_sources")["source_id"])
    assert used == sources


# ---- dates -----------------------------------------------------------------------------------------------------------

def test_no_figure_could_be_known_before_its_year_began():
    for name in ("trade", "trade_shares"):
        frame = load(name, corrected=False)
        assert (frame["knowable_from"].dt.year >= frame["year"]).all()


def test_press_rows_carry_the_date_of_their_source():
    trade = load("trade", corrected=False)
    published = load("sources").set_index("source_id")["published"]
    full = trade["source_id"].map(published)
    press = full.str.fullmatch(r"\d{4}-\d\d-\d\d").fillna(False) & ~trade["series"].isin(["cia", "itpd"])
    assert press.sum() > 200
    assert (trade.loc[press, "knowable_from"] == pd.to_datetime(full[press])).all()


def test_compiled_data_and_editions_follow_their_own_rule():
    trade = load("trade", corrected=False)
    known = {series: set(rows["knowable_from"].dt.strftime("%Y-%m-%d")) for series, rows in trade.groupby("series")}
    assert known["cow"] == {"2016-12-31"} and known["itpd"] == {"2022-10-21"}
    for edition, rows in trade[trade["series"] == "cia"].groupby("vintage"):
        assert set(rows["knowable_from"].dt.strftime("%Y-%m-%d")) == {
            "2014-07-13" if edition == 2014 else f"{edition}-12-31"}


def test_counts_of_public_events_are_known_at_the_end_of_their_year():
    for name in ("un_votes", "press_events"):
        frame = load(name)
        assert (frame["knowable_from"].dt.strftime("%Y-%m-%d") == frame["year"].astype("str") + "-12-31").all()


def test_events_are_not_known_before_they_happen():
    events = load("events")
    first_day = pd.to_datetime(events["date"].str.ljust(10, "x").str.replace(r"^(\d{4})x+$", r"\1-01-01", regex=True)
                               .str.replace(r"^(\d{4}-\d\d)x+$", r"\1-01", regex=True))
    assert (events["knowable_from"] >= first_day).all()
    lengths = events["date"].str.len().map({4: "year", 7: "month", 10: "day"})
    assert (lengths == events["precision"]).all()


# ---- sums and agreements -----------------------------------------------------------------------------------------------

CUT_TO_ROUND_NUMBERS = {("cn_customs", "CHN", 2007), ("destatis", "DEU", 2016), ("ec", "EU28", 2014), ("ec", "EU28", 2016),
                        ("jp_mof_usd", "JPN", 2005)}


def test_exports_and_imports_add_up_to_the_total_but_for_named_exceptions(trade):
    sums = trade.pivot_table(index=["series", "partner", "year", "vintage"], columns="flow", values="value", dropna=False)
    sums = sums.dropna(subset=["exports", "imports", "total"]).reset_index()
    assert len(sums) > 90
    off = sums[((sums["exports"] + sums["imports"]) / sums["total"] - 1).abs() > 0.015]
    breaches = set(zip(off["series"], off["partner"], off["year"]))
    assert breaches == CUT_TO_ROUND_NUMBERS
    for series, partner, year in breaches:  # and the book says why
        assert flagged("trade", series=series, partner=partner, year=year)


def test_kotra_share_is_the_ratio_of_its_values_but_where_a_correction_says_so(trade):
    china, world = flows(trade, "kotra", "CHN")["total"], flows(trade, "kotra", "WLD")["total"]
    ratio = (100 * china / world).dropna()
    shares = load("trade_shares").query("series == 'kotra' and partner == 'CHN' and year in @ratio.index")
    assert shares["year"].nunique() >= 22
    off = shares[(shares["value"] - shares["year"].map(ratio)).abs() > 0.3]
    assert set(off["year"]) == {2005, 2022} and off["correction"].notna().all()
    printed = load("trade_shares", corrected=False).query("series == 'kotra' and partner == 'CHN' and year in @ratio.index")
    wrong = printed[(printed["value"] - printed["year"].map(ratio)).abs() > 0.7]
    assert set(zip(wrong["year"], wrong["value"])) == {(2000, 48.8), (2003, 32.7)}  # these two are left out


def test_kotra_and_chinese_customs_agree_until_crude_oil_vanishes(trade):
    kotra, customs = flows(trade, "kotra", "CHN")["total"], flows(trade, "cn_customs", "CHN")["total"]
    gap = (kotra / customs - 1).dropna()
    before = gap[gap.index < 2014].drop([2007, 2008])
    assert len(before) >= 12 and before.abs().max() < 0.005
    for year in (2007, 2008):  # the customs figure is cut to the hundred million
        assert 0 <= gap[year] < 0.04 and flagged("trade", series="cn_customs", year=year)
    assert (gap[gap.index >= 2014] > 0.05).all() and flagged("trade", series="cn_customs", year=2014)


def test_inter_korean_series_agree_within_two_per_cent(trade):
    table = pd.DataFrame({s: flows(trade, s, "KOR")["total"] for s in ("mou", "kita", "kcs", "kostat")})
    for _, row in table[table.count(axis=1) > 1].iterrows():
        assert row.max() / row.min() - 1 < 0.02


def test_statistics_korea_is_kotra_rounded(trade):
    pair = pd.concat([flows(trade, "kostat", "WLD")["total"], flows(trade, "kotra", "WLD")["total"]], axis=1).dropna()
    assert len(pair) >= 4 and ((pair.iloc[:, 0] / pair.iloc[:, 1] - 1).abs() < 0.01).all()


def test_partners_never_exceed_the_whole(trade):
    for series in ("kotra", "cow", "itpd"):
        whole = flows(trade, series, "WLD")
        for partner in set(trade.loc[trade["series"] == series, "partner"]) - {"WLD", "EU28"}:
            part = flows(trade, series, partner)
            for flow in ("exports", "imports", "total"):
                both = pd.concat([part[flow], whole[flow]], axis=1).dropna()
                assert (both.iloc[:, 0] <= both.iloc[:, 1] * 1.001).all(), (series, partner, flow)


def test_the_five_shares_of_2013_come_out(trade):
    def total(series, partner):
        return flows(trade, series, partner).loc[2013, "total"]

    assert round(100 * total("kotra", "CHN") / total("kotra", "WLD"), 1) == 89.1
    assert round(100 * total("kotra", "CHN") / (total("kotra", "WLD") + total("kita", "KOR")), 1) == 77.0
    assert round(100 * total("cow", "CHN") / total("cow", "WLD"), 1) == 79.9
    assert round(100 * total("itpd", "CHN") / total("itpd", "WLD"), 1) == 80.7
    then = pick(load("trade", as_of=ESSAY), ["series", "partner", "flow", "year"])
    south = flows(then.assign(vintage=pd.NA), "kita", "KOR").loc[2013, "total"]
    assert round(100 * total("kotra", "CHN") / (total("kotra", "WLD") + south), 1) == 77.0  # also with what was out then


def test_shares_of_one_factbook_edition_do_not_exceed_the_whole_by_more_than_rounding():
    cia = load("trade_shares").query("series == 'cia'")
    sums = cia.groupby(["vintage", "flow"])["value"].sum()
    over = sums[sums > 100.5]
    assert list(over.index) == [(2015, "exports")]
    assert flagged("trade_shares", series="cia", vintage=2015, flow="exports")


def test_votes_are_fractions_of_common_votes():
    votes = load("un_votes")
    assert ((votes["same_vote"] / votes["common_votes"] - votes["agree_strict"]).abs() < 6e-5).all()
    assert (votes["common_votes"] <= votes["roll_calls"]).all()
    assert (votes["same_vote"] + votes["opposite_votes"] <= votes["common_votes"]).all()
    assert (votes["rank_among_members"].fillna(1) <= votes["members_compared"].fillna(1)).all()


def test_elite_visits_are_the_sum_of_their_kinds():
    visits = load("official_visits").query("series == 'aiddata' and host == 'PRK'")
    table = visits.pivot(index="period", columns="level", values="visits")
    assert len(table) == 16 and (table["government"] + table["military"] == table["elite_total"]).all()
    pyongyang = table["elite_total"]
    assert [pyongyang[str(year)] for year in range(2010, 2015)] == [13, 11, 6, 4, 3]


# ---- definitions and corrections -----------------------------------------------------------------------------------------

def test_definitions_name_series_that_exist_and_votes_that_are_independent():
    definitions, trade, shares = load("share_definitions"), load("trade"), load("trade_shares")
    assert {*definitions["numerator"], *definitions["denominator"].dropna()} <= {*trade["series"], *shares["series"]}
    voting = definitions[definitions["votes"]]
    assert not voting.duplicated(["family", "south_korea", "scope"]).any()


def test_corrections_are_known_by_their_status():
    corrections = load("corrections")
    assert set(corrections["status"]) == {"replaced", "excluded", "flagged"}
    assert (corrections["reason"].str.len() > 10).all()
    assert not corrections.duplicated(["table", "key"]).any()


def test_a_second_report_is_never_alone():
    events = load("events")
    counted = set(events.loc[events["counted"], "date"].str[:4])
    assert set(events.loc[~events["counted"], "date"].str[:4]) <= counted
    assert not events["event_id"].duplicated().any()
    assert (events["event_id"].str[:4] == events["date"].str[:4]).all()


# ---- the other chapters: yearly against monthly, events against counts, figures that follow from rows -------------------

@pytest.fixture(scope="module")
def window() -> pd.DataFrame:
    """Headlines from 1 January to 25 September, by year and partner."""
    frame = load("headlines").query("window == 'jan1_sep25'")
    return frame.assign(year=frame["period"].astype(int)).set_index(["year", "partner"]).sort_index()


@pytest.fixture(scope="module")
def events() -> pd.DataFrame:
    """Counted events, with the year of each."""
    frame = load("events")
    return frame[frame["counted"]].assign(year=frame["date"].str[:4].astype(int))


def middle(date: str) -> pd.Timestamp:
    """A partial date as the middle of its month or year."""
    return pd.Timestamp(date + {4: "-07-01", 7: "-15", 10: ""}[len(date)])


def test_months_of_headlines_add_up_to_their_year():
    frame = load("headlines")
    months = frame[frame["window"] == "month"].assign(year=lambda f: f["period"].str[:4])
    columns = ["headlines", "days", "mentions", "contact_first", "contact_last", "hostile"]
    sums = months.groupby(["year", "partner"])[columns].sum()
    years = frame[frame["window"] == "year"].rename(columns={"period": "year"}).set_index(["year", "partner"])[columns]
    whole = sums[sums.index.get_level_values("year") < "2014"]
    assert len(whole) == 24 and (whole == years.loc[whole.index]).all().all()
    to_september = frame[(frame["window"] == "jan1_sep25") & (frame["period"] == "2014")].set_index("partner")[columns]
    assert (sums.loc["2014"] == to_september.loc[sums.loc["2014"].index]).all().all()  # the archive ends on that day


def test_filters_of_headlines_are_nested():
    frame = load("headlines")
    assert (frame["contact_last"] <= frame["contact_first"]).all()
    assert (frame["contact_first"] <= frame["mentions"]).all() and (frame["mentions"] <= frame["headlines"]).all()


def test_months_of_launches_add_up_to_their_year():
    cns = load("weapons_tests").query("series == 'cns' and measure == 'missiles'")
    months = cns[cns["period"].str.len() == 7]
    years = cns[cns["period"].str.len() == 4].set_index("period")["value"]
    sums = months.groupby(months["period"].str[:4])["value"].sum().reindex(years.index, fill_value=0)
    assert (sums == years).all()
    assert years[years.index.astype(int) <= 2013].sum() == 39 and years["2014"] == 19


def test_days_with_a_launch_are_never_more_than_missiles():
    cns = load("weapons_tests").query("series == 'cns'")
    cns = cns[cns["period"].str.len() == 4].pivot(index="period", columns="measure", values="value")
    assert (cns["days"] <= cns["missiles"]).all()


def test_nuclear_tests_stand_in_events_and_in_estimates(events):
    tests = set(events.loc[events["kind"] == "nuclear_test", "date"])
    assert tests == set(load("weapons_tests").query("measure == 'magnitude'")["period"]) and len(tests) == 6


def test_events_agree_with_the_counts_by_year(events):
    """The yearly counts that the evidence printed, made from rows; years that are not named are 0."""
    with_us = events["partners"].str.split(";").map(lambda states: "USA" in states)
    rows = {
        "concessions": events["kind"] == "concession_us",
        "bilateral talks": (events["kind"] == "talks") & (events["partners"] == "USA"),
        "other talks": (events["kind"] == "talks") & with_us & (events["partners"] != "USA"),
        "no concession": events["kind"] == "us_no_concession_statement",
        "collapses": (events["kind"] == "collapse") & with_us,
        "resolutions": events["kind"] == "unsc_resolution",
        "Chinese pressure": events["kind"].isin(["chn_pressure", "chn_economic_pressure"]),
        "reunions": events["kind"] == "family_reunion",
    }
    printed = {
        "concessions": {1993: 2, 1994: 2, 1995: 1, 1999: 2, 2000: 1, 2003: 1, 2005: 1, 2007: 2, 2008: 3, 2012: 1, 2018: 1},
        "bilateral talks": {1993: 1, 1994: 5, 1995: 1, 1996: 1, 1997: 1, 1998: 1, 1999: 2, 2000: 5, 2005: 1, 2007: 3, 2008: 1,
                            2011: 2, 2012: 1, 2017: 2, 2018: 1, 2019: 1},
        "other talks": {1997: 3, 1998: 2, 1999: 2, 2003: 2, 2004: 2, 2005: 3, 2006: 1, 2007: 6, 2008: 2},
        "no concession": {2009: 2, 2010: 1, 2012: 2, 2013: 6, 2015: 1},
        "collapses": {2004: 1, 2005: 2, 2006: 2, 2008: 1, 2009: 1, 2012: 1, 2013: 1, 2014: 1, 2018: 3, 2019: 2},
        "resolutions": {1993: 1, 2006: 2, 2009: 1, 2013: 2, 2016: 2, 2017: 4},
        "Chinese pressure": {2013: 4, 2017: 2},
        "reunions": {2000: 2, 2001: 1, 2002: 2, 2003: 3, 2004: 2, 2005: 3, 2009: 1, 2014: 1, 2015: 1, 2018: 1},
    }
    for what, mask in rows.items():
        assert events[mask].groupby("year").size().to_dict() == printed[what], what


def test_high_visits_give_the_printed_half_years(events):
    """China, America and South Korea; Russia, Japan and Europe; others: out, then in."""
    states = events[events["high"].notna() & (events["high"] != "multilateral")].copy()
    states["half"] = states["date"].str[:4] + states["date"].str[5:7].map(lambda m: "-H1" if m < "07" else "-H2")
    states = states.assign(state=states["high"].str.split(";")).explode("state")
    group = states["state"].map(lambda s: 0 if s in ("CHN", "USA", "KOR") else
                                1 if s in ("RUS", "JPN", "DEU", "BEL", "CHE", "ITA", "EU28") else 2)
    table = states.groupby(["half", states["actor"] != "PRK", group]).size()
    printed = {"2012-H1": (1, 0, 6, 0, 0, 0), "2012-H2": (2, 0, 4, 2, 0, 0), "2013-H1": (1, 0, 1, 0, 1, 0),
               "2013-H2": (0, 0, 1, 1, 0, 3), "2014-H1": (0, 2, 5, 0, 3, 0), "2014-H2": (1, 7, 10, 1, 1, 0),
               "2015-H1": (0, 3, 6, 0, 0, 0), "2015-H2": (1, 0, 4, 1, 0, 2), "2016-H1": (1, 0, 2, 0, 0, 1),
               "2016-H2": (0, 0, 2, 0, 0, 0)}
    for half, row in printed.items():
        assert tuple(table.get((half, inward, g), 0) for inward in (False, True) for g in range(3)) == row, half
    states["group"] = group.to_numpy()
    to_essay = states[(states["actor"] == "PRK") & states["date"].between("2014", "2014-09-25")]
    assert [int((to_essay["group"] == g).sum()) for g in range(3)] == [0, 6, 11]


def test_crises_and_their_days_follow_from_the_concessions(events):
    gains = sorted(middle(date) for date in events.loc[events["kind"] == "concession_us", "date"])
    crises = load("crises").set_index("crisis_id")
    days = {name: (next(g for g in gains if g > middle(start)) - middle(start)).days
            for name, start in crises["start"].items() if start < "2014"}
    assert sorted(days.values())[:8] == [46, 91, 127, 197, 214, 216, 368, 463] and max(days.values()) == 2251
    printed = crises["days_to_gain"].dropna()
    assert all(days[name] == value for name, value in printed.items() if name in days)
    early = [d for name, d in days.items() if name < "2009"]
    late = [d for name, d in days.items() if name >= "2009"]
    windows = [round(365.25 / 12 * months) for months in (3, 6, 9, 12, 15, 18)]
    assert [sum(d <= w for d in early) for w in windows] == [2, 3, 6, 6, 7, 7] and len(early) == 7
    assert [sum(d <= w for d in late) for w in windows] == [0, 0, 0, 0, 0, 1] and len(late) == 5
    every = pd.date_range("1993-01-01", "2007-12-31")
    after = [any(pd.Timedelta(0) < g - day <= pd.Timedelta(days=365) for g in gains) for day in every[::3]]
    assert round(100 * sum(after) / len(after)) == 55


def test_sources_of_crises_hold_the_one_in_the_row():
    both = load("crises")[["crisis_id", "source_id"]].merge(load("crisis_sources"))
    assert len(both) == len(load("crises"))


def test_five_results_of_the_evidence(trade, window):
    assert flows(trade, "kotra", "RUS").loc[2013, "total"] == 104 and flows(trade, "kotra", "WLD").loc[2013, "total"] == 7340
    assert flows(trade, "rus_customs", "RUS").loc[2020, "total"] == 42.74
    contact = {p: window["contact_last"].xs(p, level="partner").loc[[2013, 2014]].tolist() for p in ("RUS", "EUROPE", "JPN", "CHN")}
    assert contact == {"RUS": [30, 95], "EUROPE": [54, 101], "JPN": [9, 24], "CHN": [55, 45]}
    assert window["contact_first"].xs("CHN", level="partner").loc[[2013, 2014]].tolist() == [70, 68]
    votes = load("un_votes").query("partner == 'RUS'").set_index("year")["agree_strict"]
    assert [round(100 * votes[year], 1) for year in (2013, 2014)] == [69.6, 69.9]
    crises = load("crises")
    old = crises["crisis_id"].str[:4].astype(int).between(1993, 2008)
    assert (crises.loc[old, "gain_within_year"] == "yes").sum() == 6
    assert not (crises.loc[crises["crisis_id"].str[:4].astype(int).between(2009, 2013), "gain_within_year"] == "yes").any()


def test_figures_of_four_capitals_and_the_triangle(window):
    share = 100 * window["contact_last"] / window["headlines"]
    assert {p: (round(share[2013, p], 2), round(share[2014, p], 2)) for p in ("RUS", "EUROPE", "JPN", "CHN")} == {
        "RUS": (0.47, 1.54), "EUROPE": (0.85, 1.64), "JPN": (0.14, 0.39), "CHN": (0.87, 0.73)}
    assert [round(share[2014, "RUS"] / share.xs("RUS", level="partner").loc[first:2013].mean(), 2)
            for first in (2013, 2012, 2009, 1997)] == [3.25, 2.07, 1.67, 1.52]
    assert window["contact_last"].xs("DEU", level="partner").loc[[2013, 2014]].tolist() == [13, 4]
    groups = ["CHN", "USA", "KOR", "JPN", "RUS", "EUROPE"]
    halves = {}
    for measure, (before, after) in {"contact_last": (50.3, 22.0), "mentions": (65.2, 61.4), "contact_first": (None, None)}.items():
        table = window[measure].unstack()[groups]
        part = 100 * table[groups[:3]].sum(axis=1) / table.sum(axis=1)
        assert before is None or (round(part[2013], 1), round(part[2014], 1)) == (before, after)
        halves[measure] = int((part.loc[:2013] > 50).sum())
    assert halves == {"contact_first": 1, "contact_last": 7, "mentions": 17}  # of 17 years
    press = load("press_events")
    table = press.assign(acts=press["verbal_cooperation"] + press["material_cooperation"]).pivot_table(
        index="year", columns="partner", values="acts", aggfunc="sum")[["CHN", "USA", "KOR", "JPN", "RUS", "EUROPE30"]]
    part = 100 * table[["CHN", "USA", "KOR"]].sum(axis=1) / table.sum(axis=1)
    assert (round(part[2013], 1), round(part[2014], 1)) == (85.0, 53.9) and (part.loc[:2013] > 50).sum() == 11
    assert table.loc[2014, ["JPN", "RUS", "EUROPE30", "CHN"]].tolist() == [2641, 1494, 319, 1317]
    assert table.loc[[2002, 2004]].idxmax(axis=1).tolist() == ["JPN", "JPN"]


def test_figures_of_months():
    frame = load("headlines").query("window == 'month'")
    contact = frame.set_index(["period", "partner"])["contact_last"]

    def months(partner, year, first, last):
        return int(sum(contact[f"{year}-{month:02d}", partner] for month in range(first, last + 1)))

    assert [months("EUROPE", y, 1, 8) for y in (2013, 2014)] == [45, 84]
    assert [months("CHN", y, 1, 8) for y in (2013, 2014)] == [44, 44]
    assert [months("RUS", y, a, b) for a, b in ((1, 2), (3, 4)) for y in (2013, 2014)] == [6, 7, 3, 47]
    words = load("headline_words").set_index("month")
    share = 100 * words["any_threat"] / words["headlines"]
    assert round(share["2013-03"], 1) == 14.2 == round(share.max(), 1)
    assert share[share.index < "2013"].idxmax() == "2012-03" and round(share["2012-03"], 1) == 10.1
    spring = words[words.index.str[5:].isin(["03", "04", "05"])].groupby(lambda m: m[:4])[["any_threat", "headlines"]].sum()
    spring = 100 * spring["any_threat"] / spring["headlines"]
    assert round(spring["2013"], 1) == 10.0 and round(spring.drop("2013").max(), 1) == 5.4
    assert words["hostile_share"].nlargest(2).round(1).to_dict() == {"2013-03": 26.2, "2005-03": 25.2}


def test_figures_of_moscow_and_europe(trade):
    russia = flows(trade, "cow", "RUS")["total"]
    assert russia[2005] == 258 and russia[2013] == 123
    assert round(100 * ((1000 / 104) ** (1 / 7) - 1), 1) == 38.2 and round(100 * ((42.74 / 104) ** (1 / 7) - 1), 1) == -11.9
    pace = [max((russia[y + n] / russia[y]) ** (1 / n) - 1 for y in range(1997, 2015 - n)) for n in (3, 5, 7)]
    assert [round(100 * p, 1) for p in pace] == [58.3, 38.8, 21.2]
    itpd = {p: flows(trade, "itpd", p).loc[2013, "total"] for p in ("RUS", "EU28", "NLD", "WLD")}
    assert round(itpd["RUS"]) == round(itpd["EU28"]) == 208 and round(itpd["EU28"] - itpd["NLD"]) == 85
    assert round(100 * itpd["RUS"] / itpd["WLD"], 2) == 2.88
    share = 100 * flows(trade, "cow", "EU28")["total"] / flows(trade, "cow", "WLD")["total"]
    assert share.loc[[1990, 2000, 2013, 2014]].round(1).tolist() == [17.0, 11.1, 2.3, 0.5]
    ec = flows(trade, "ec", "EU28")["total"]
    assert ec.loc[[2006, 2012, 2013, 2014, 2015, 2016]].tolist() == [280, 71, 146, 34, 30, 27]
    gdp = load("economies").query("series == 'world_bank' and year == '2013'").set_index("country")["value"]
    far = load("distances").set_index("partner")["weighted_km"]
    assert round(gdp["CHN"] / far["CHN"] / (gdp["JPN"] / far["JPN"]), 1) == 1.8
    assert 4.5 < gdp["CHN"] / far["CHN"] / (gdp["EU28"] / far["BEL"]) < 5
    fts = load("aid").query("series == 'fts' and rank == 1").pivot(index="period", columns="donor", values="value")
    europe = fts[["CHE", "DEU", "FRA", "ITA", "SWE", "EU28"]].sum(axis=1).loc["2013":"2016"]
    assert europe.round(1).tolist() == [19.2, 12.5, 16.2, 20.9]
    assert (100 * europe / fts.loc["2013":"2016", "WLD"]).round().astype(int).agg(["min", "max"]).tolist() == [31, 49]


def test_figures_of_tokyo_washington_and_seoul(trade, events):
    japan = flows(trade, "cow", "JPN")["total"]
    assert japan.loc[[2005, 2007]].tolist() == [201, 10] and (japan.loc[2010:] == 0).all()
    accord, eased, not_ready, end = (middle(d) for d in ("2014-05-29", "2014-07-04", "2014-09-29", "2016-02-12"))
    assert ((eased - accord).days, (not_ready - eased).days, (end - accord).days) == (36, 87, 624)
    for day in ("2014-05-29", "2014-07-04", "2014-09-29", "2016-02-12"):
        assert (events["partners"].eq("JPN") & events["date"].eq(day)).any(), day
    gave = events[events["kind"] == "concession_us"]
    years = set(gave["year"])
    assert len(years & set(range(1993, 2009))) == 9 and years & set(range(2009, 2015)) == {2012}
    for start, found in (("2008-09-01", 2), ("2008-10-12", 1), ("2009-01-01", 1), ("2011-09-01", 1)):
        assert gave["date"].between(start, ESSAY).sum() == found
    assert (events["kind"].eq("us_no_concession_statement") & events["date"].between("2008-09", ESSAY)).sum() == 11
    crs = load("aid").query("donor == 'USA' and series == 'crs' and kind == 'all' and rank == 1").set_index("period")["value"]
    assert crs["1999"] == 287.2 and crs["2008"] == 199.7
    won = load("aid").query("donor == 'KOR' and series == 'mou' and kind == 'government' and rank == 1").set_index("period")["value"] / 10
    assert won.loc[["2007", "2012", "2014"]].tolist() == [348.8, 2.3, 14.1]
    assert round(won.loc["2008":"2012"].mean(), 1) == 20.5 and round(won.loc["2017":"2021"].mean(), 1) == 5.0
    talks = load("inter_korean").query("measure == 'talks' and series == 'presidency'").set_index("period")["value"]
    assert (talks["2003-2008"] / 5, talks["2008-2013"] / 5) == (33.8, 3.2)
    inside = load("inter_korean").query("measure == 'visitors_outside_kaesong' and rank == 1").set_index("period")["value"]
    assert inside.loc[["2010", "2012", "2013"]].tolist() == [6200, 200, 200]
    between = flows(trade, "mou", "KOR")["total"]
    assert [round(between[y]) for y in (2008, 2015, 2016, 2023)] == [1820, 2714, 333, 0]
    kita = flows(trade, "kita", "KOR")["total"]
    assert [round(kita[y]) for y in (2012, 2013, 2014)] == [1976, 1149, 2343]
    people = load("other_counts").query("topic == 'abductees'").set_index("item")["value"]
    assert [people[f"abductees_{what}"] for what in ("returned", "recognised", "open")] == [5, 17, 12]


def test_talks_of_the_koreas_add_up_by_decade_and_field():
    talks = load("inter_korean").query("measure == 'talks' and rank == 1")
    sums = talks.groupby("series")["value"].sum()
    fields = load("inter_korean").query("measure == 'talks'").groupby("series")["value"].sum()
    assert sums["decade"] == fields["field_april_2018"] == 655 and fields["field_september_2018"] == 668


def test_partners_add_up_to_no_more_than_the_whole(trade):
    """Sums of partners against totals: those carried here make 38 to 95 per cent of the whole, never more than it."""
    for series, years in (("cow", range(1992, 2015)), ("itpd", range(2010, 2017))):
        rows = trade[(trade["series"] == series) & trade["vintage"].isna()]
        members = {"BEL", "DEU", "FRA", "GBR", "ITA", "NLD"}  # inside EU28
        for flow in ("exports", "imports"):
            part = rows[(rows["flow"] == flow) & ~rows["partner"].isin({"WLD", *members})].groupby("year")["value"].sum()
            whole = rows[(rows["flow"] == flow) & (rows["partner"] == "WLD")].set_index("year")["value"]
            for year in years:
                assert 0.38 < part[year] / whole[year] < 0.95, (series, flow, year)


def test_promises_and_outcomes_come_in_pairs():
    frame = load("pledges_and_outcomes")
    promised, outcome = (frame[frame["stage"] == stage].set_index("pledge_id") for stage in ("promised", "outcome"))
    assert set(outcome.index) <= set(promised.index) and outcome["status"].notna().all() and promised["status"].isna().all()
    assert (outcome["unit"] == promised.loc[outcome.index, "unit"]).all()
    then = load("pledges_and_outcomes", as_of=ESSAY).query("pledge_id == 'russia-trade-2020'")
    assert then["stage"].tolist() == ["promised"]
    now = frame.query("pledge_id == 'russia-trade-2020'").set_index("stage")["value"]
    assert round(100 * now["outcome"] / now["promised"], 1) == 4.3


def test_availability_in_2014_follows_the_rule():
    sources = load("sources")
    dated = sources["published"].notna() & (sources["published"] != "2014")
    early = sources["published"] <= "2014-09-30"
    assert (sources.loc[dated & (sources["available_2014"] == "true"), "published"] <= "2014-09-30").all()
    assert (sources.loc[dated & (sources["available_2014"] == "false"), "published"] > "2014-09-30").all()
    unclear = sources[sources["available_2014"] == "unclear"]
    assert (unclear["published"].isna() | (unclear["published"] == "2014") | (unclear["kind"] == "dataset")).all()
    assert (sources.loc[early & dated, "available_2014"] != "false").all()


def test_mirror_data_and_kotra_agree_within_a_bound_or_a_correction_says_why(trade):
    """COW takes imports c.i.f. and lies 5 to 9 per cent above KOTRA for China; for Russia within 20 per cent."""
    for partner, low, high, least in (("CHN", 1.05, 1.09, 23), ("RUS", 0.8, 1.2, 8)):
        ratio = (flows(trade, "cow", partner)["total"] / flows(trade, "kotra", partner)["total"]).dropna()
        assert len(ratio) >= least
        breaches = ratio.index[~ratio.between(low, high)]
        assert set(breaches) == ({1999, 2000, 2001, 2002, 2014} if partner == "CHN" else {2010})
        for year in breaches:
            assert flagged("trade", series="cow" if partner == "CHN" else "kotra", partner=partner, year=year)


def test_wholes_of_mirror_data_exceed_kotra_and_say_so(trade):
    """Not a check of a figure but of a warning: COW's whole is up to 2.3 times KOTRA's, and every row is flagged."""
    ratio = (flows(trade, "cow", "WLD")["total"] / flows(trade, "kotra", "WLD")["total"]).loc[1995:].dropna()
    assert ratio.min() > 1.05 and round(ratio.max(), 1) == 2.3 and ratio.idxmax() == 2008
    assert flagged("trade", series="cow", partner="WLD")
