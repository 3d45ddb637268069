"""The claims and the argument as files that other programs read, each read back by a program that is not ours."""

import copy
import json
import random
import re
from pathlib import Path

import jsonschema
import pytest

import companion
from companion import argument, evidence, exports
from companion.argument import FALLS, SHAKY, STANDS, VALUES
from companion.data import load

ROOT = Path(__file__).resolve().parents[1]
CODINGS = load("argument")["coding"].unique()
IDS = list(load("claims")["id"])


@pytest.fixture(scope="module")
def made():
    return exports.records()


@pytest.fixture(scope="module")
def files(made):
    return exports.files(made)


def valid(schema):
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())


def rows(coding):
    return load("argument").query("coding == @coding")


# --- the claims -------------------------------------------------------------------------------------------------

def test_every_claim_is_there_once_with_the_verdicts_that_the_book_computes(files):
    claims = json.loads(files["claims.json"])["claims"]
    assert [claim["id"] for claim in claims] == IDS
    for claim in claims:
        for date, as_of in exports.DATES.items():
            found = evidence.finding(claim["id"], as_of)
            counts = [] if isinstance(found, str) else found.counts.to_dict("records")
            assert (claim[date]["as_of"], claim[date]["verdict"]) == (as_of, str(found))
            assert len(claim[date].get("counts", [])) == len(counts)
            for ours, theirs in zip(counts, claim[date].get("counts", []), strict=True):
                assert set(ours) == set(theirs)
                assert all(ours[key] == value for key, value in theirs.items() if isinstance(value, (bool, int, float)))


def test_the_file_fits_its_schema_and_the_schema_is_no_wider(files):
    schema, whole = json.loads(files["claims.schema.json"]), json.loads(files["claims.json"])
    check = valid(schema)
    assert [error.json_path for error in check.iter_errors(whole)] == []
    for broken in ({"claims": whole["claims"], "more": 1}, whole | {"licence": None}):
        assert not check.is_valid(broken)
    for path, value in ((("kind",), "guess"), (("now", "value"), "wobbly"), (("now", "counts", 0, "votes"), "yes"),
                        (("then", "as_of"), 2014), (("note2",), ""), (("sentences",), ["1"])):
        broken = copy.deepcopy(whole)
        place = broken["claims"][0]
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = value
        assert not check.is_valid(broken), path


def test_every_field_is_described_and_occurs(files):
    schema, whole = json.loads(files["claims.schema.json"]), json.loads(files["claims.json"])
    claims = whole["claims"]
    verdicts = [claim[date] for claim in claims for date in exports.DATES]
    counts = [count for verdict in verdicts for count in verdict.get("counts", [])]
    for described, items in ((schema, [whole]), (schema["properties"]["essay"], [whole["essay"]]), (schema["$defs"]["claim"], claims),
                             (schema["$defs"]["verdict"], verdicts), (schema["$defs"]["count"], counts)):
        for name, field in described["properties"].items():
            assert len(field["description"].split()) >= 3, name
            assert any(name in item for item in items), name


def test_the_file_says_what_it_is(files):
    whole, cff = json.loads(files["claims.json"]), (ROOT / "CITATION.cff").read_text("utf-8")
    assert whole["$schema"] in files and f"version: {whole['version']}\n" in cff and whole["licence"] in cff
    assert whole["version"] == companion.__version__
    assert whole["essay"]["title"] in cff and whole["essay"]["url"] in cff


def test_the_files_are_the_same_from_every_run(made, files):
    assert exports.files(json.loads(json.dumps(made))) == files


# --- the argument -----------------------------------------------------------------------------------------------

def test_ways_through_groups_that_nest():
    joint = argument.Joint("t", "all", ("a", argument.Joint("t.1", "any", ("b", argument.Joint("t.1.1", "all", ("c", "a"))))))
    assert exports.ways(joint) == [("a", "b"), ("a", "c")]


def premises(graph, arguebuf):
    """{claim: sets of premises, one for each inference that leads to it}, as the public library sees the graph."""
    found = {}
    for node in graph.scheme_nodes.values():
        if isinstance(node.scheme, arguebuf.Support):
            (claim,) = graph.outgoing_nodes(node)
            found.setdefault(claim.id, []).append({premise.id for premise in graph.incoming_nodes(node)})
    return found


def strength(claim, own, found):
    """A claim is as strong as its strongest inference, an inference as its weakest premise."""
    ways = [min(strength(premise, own, found) for premise in way) for way in found.get(claim, [])]
    return min(([own[claim]] if claim in own else []) + ([max(ways)] if ways else []), default=VALUES.index(SHAKY))


@pytest.fixture(params=CODINGS)
def read(request, files, tmp_path):
    """(coding, its AIF file read by arguebuf, that library)"""
    arguebuf = pytest.importorskip("arguebuf")
    path = tmp_path / "argument.json"
    path.write_bytes(files[f"argument-{request.param}.aif.json"])
    return request.param, arguebuf.load.file(path), arguebuf


def test_aif_has_every_claim_and_every_tie_that_it_can_say(read):
    coding, graph, arguebuf = read
    assert {node.id: node.plain_text for node in graph.atom_nodes.values()} == dict(zip(IDS, load("claims")["statement"]))
    found, ties = premises(graph, arguebuf), rows(coding)
    bearing = ties[ties["tie"].isin(["needs", "any_of"])]
    used = {(claim, other) for claim, ways in found.items() for way in ways for other in way}
    assert used == set(zip(bearing["claim"], bearing["other"]))
    for kind, names in ((arguebuf.Attack, ["contradicts"]), (arguebuf.Rephrase, ["restates", "stands_in_for"])):
        pairs = {(start.id, end.id) for node in graph.scheme_nodes.values() if isinstance(node.scheme, kind)
                 for start in graph.incoming_nodes(node) for end in graph.outgoing_nodes(node)}
        drawn = ties[ties["tie"].isin(names)]
        assert pairs == set(zip(drawn["claim"], drawn["other"]))


def test_aif_tells_all_of_from_any_of(read):
    coding, graph, arguebuf = read
    found = premises(graph, arguebuf)
    if coding == "settled":
        assert found["wall-years"] == [{"washington-wall", "seoul-wall", "beijing-wall"}]
        assert sorted(map(sorted, found["seoul-wall"])) == [["park-distrust", "south-crisis"], ["seoul-inflexible", "south-crisis"]]
        assert sorted(map(sorted, found["beijing-wall"])) == [["leverage-fear"], ["xi-critical"]]
    rng = random.Random(20140924)
    conclusions, ties = set(load("claims").query("kind == 'thesis'")["id"]), rows(coding)
    for _ in range(100):  # whatever each claim is worth by itself, both readings of the argument agree
        own = {claim: rng.choice([STANDS, STANDS, SHAKY, FALLS]) for claim in IDS if claim not in conclusions}
        ours, as_numbers = argument.evaluate(ties, own), {claim: VALUES.index(value) for claim, value in own.items()}
        assert {claim: VALUES[strength(claim, as_numbers, found)] for claim in ours} == ours


@pytest.mark.parametrize("coding", CODINGS)
def test_aif_names_nothing_twice_and_leaves_no_end_loose(coding):
    graph = exports.aif(coding)
    names = [node["nodeID"] for node in graph["nodes"]]
    assert len(set(names)) == len(names)
    assert {edge[end] for edge in graph["edges"] for end in ("fromID", "toID")} <= set(names)
    assert len({edge["edgeID"] for edge in graph["edges"]}) == len(graph["edges"]) > 20


@pytest.mark.parametrize("coding", CODINGS)
def test_argdown_says_the_same_as_aif(coding):
    """Whether Argdown itself reads the file was tried by hand; here its few signs are read with patterns."""
    text, graph = exports.argdown(coding), exports.aif(coding)
    assert dict(re.findall(r"^\[([a-z0-9-]+)\]: (.+)$", text, re.M)) == dict(zip(IDS, load("claims")["statement"]))
    inferences = {(end, tuple(re.findall(r"^\(\d+\) \[(.+)\]$", block, re.M)))
                  for block, end in re.findall(r"^<.+>\n\n((?:\(\d+\) .+\n)+)-----\n\(\d+\) \[(.+)\]$", text, re.M)}
    into = {}
    for edge in graph["edges"]:
        into.setdefault(edge["toID"], []).append(edge["fromID"])
    assert inferences == {(claim, tuple(into[node])) for claim in IDS for node in into.get(claim, []) if ".RA" in node}
    others = rows(coding).query("tie not in ['needs', 'any_of']")
    assert len(re.findall(r"^//|^  \+>|^  ><", text, re.M)) == len(others)
    for tie in others.query("tie == 'supports'").itertuples():
        assert f"\n[{tie.claim}]\n  +> [{tie.other}]\n" in text


def test_no_statement_holds_a_sign_that_argdown_would_read():
    assert [s for s in load("claims")["statement"] if re.search(r"[][<>@#*_{}\\]|//|^\W|^\d+\.", s)] == []


# --- one claim for programs that collect reviews ------------------------------------------------------------------

REVIEW = json.loads((ROOT / "tests/claimreview.schema.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def reviews(made):
    return {record["id"]: exports.claim_review(record, f"claims/{record['id']}.html") for record in made}


def test_every_claim_is_a_sound_claim_review(reviews):
    check = valid(REVIEW)
    found = {name: [error.message for error in check.iter_errors(review)] for name, review in reviews.items()}
    assert list(found) == IDS and not any(found.values()), found


@pytest.mark.parametrize("change", [
    lambda r: r.pop("claimReviewed"), lambda r: r.update(rating=5), lambda r: r["reviewRating"].pop("alternateName"),
    lambda r: r["reviewRating"].update(ratingValue=3), lambda r: r["itemReviewed"].update(datePublished="September 2014"),
    lambda r: r["itemReviewed"]["appearance"].pop("url"), lambda r: r["author"].update({"@type": "Team"})])
def test_the_shape_refuses_what_is_no_claim_review(change, reviews):
    broken = copy.deepcopy(reviews["kang-aim"])
    change(broken)
    assert not valid(REVIEW).is_valid(broken)


def test_a_review_gives_the_verdict_in_words_and_no_score(made, reviews):
    for record in made:
        review, rating = reviews[record["id"]], reviews[record["id"]]["reviewRating"]
        assert review["claimReviewed"] == record["statement"] and review["url"] == f"claims/{record['id']}.html"
        assert rating["alternateName"].lower() == str(evidence.finding(record["id"])).lower()
        assert rating["ratingExplanation"].startswith(record["now"]["rule"]) and not {"ratingValue", "bestRating"} & set(rating)
        assert "2014-09-30" in rating["ratingExplanation"] and str(record["then"]["verdict"]) in rating["ratingExplanation"]
        assert "None" not in json.dumps(review)


def test_a_review_says_whose_claim_it_is_and_who_reviews(reviews):
    review, source = reviews["kang-aim"], load("sources").set_index("source_id").loc["asian-89756"]
    said = review["itemReviewed"]
    assert said["author"]["name"] == "Andrei Lankov" and said["datePublished"] == "2014-09" == source.published
    assert said["appearance"]["url"] == source.url and source.title.startswith(said["appearance"]["headline"])
    assert f"name: {review['author']['name']}\n" in (ROOT / "CITATION.cff").read_text("utf-8")


def test_a_review_is_dated_only_where_the_book_is(made, tmp_path, monkeypatch):
    monkeypatch.setattr(exports, "HERE", tmp_path / "companion")
    assert "datePublished" not in exports.claim_review(made[0], "x.html")
    (tmp_path / "CITATION.cff").write_text("cff-version: 1.2.0\n", "utf-8")
    assert "datePublished" not in exports.claim_review(made[0], "x.html")
    (tmp_path / "CITATION.cff").write_text("cff-version: 1.2.0\ndate-released: 2026-01-31\n", "utf-8")
    assert exports.claim_review(made[0], "x.html")["datePublished"] == "2026-01-31"
