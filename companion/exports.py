"""Every claim with its verdicts and the counts behind them, as plain data: what pages, files and other programs read.

`records` computes; the rest puts what it gives, and the argument, into the forms that other programs read.
"""

from __future__ import annotations

import itertools
import json
import re
import sys
from pathlib import Path

import pandas as pd

from companion import argument, claims, data, evidence
from companion.data import DataError, load

HERE = Path(__file__).resolve().parent

DATES = {"then": claims.ESSAY_DATE, "now": None}  # the two as-of dates of every verdict; None: all we have


def records() -> list[dict]:
    """One dictionary a claim, in the order of data/claims.csv; numbers, booleans, strings, lists and None only.

    Beside the claim's own row: `tables` (what its test reads), `rests_on` (ids, settled coding), `joint` (the same with how they are joined), and under `then` and `now`:
    `verdict` (the words), `value` (stands, shaky, falls; what the claim is worth in the argument), `own` (the same before
    what it rests on; None for a conclusion), `rule` (why this verdict), `reason` (why this value, of a claim that rests on
    others), and where there is a finding `measure`, `threshold`, `parts`, `depends_on`, `choices`, `sources`, `supporting`, `voting` and `counts`, one dictionary a count.
    Raises DataError when claims and tests do not fit each other.
    """
    evidence.check()
    made, joints = [], argument.joints(evidence.ties())
    for row in load("claims").drop(columns="correction", errors="ignore").itertuples(index=False):
        plain = {key: _plain(value) for key, value in row._asdict().items()}
        plain["sentences"] = [int(n) for n in re.findall(r"\d+", plain["sentences"] or "")]
        plain["rests_on"] = list(joints[row.id].claims()) if row.id in joints else []
        plain["joint"] = _joint(joints[row.id]) if row.id in joints else None
        plain["tables"] = list(evidence.tables(row.id))
        made.append(plain | {date: _verdict(row, as_of) for date, as_of in DATES.items()})
    return made


def _verdict(row, as_of: str | None) -> dict:
    found, value = evidence.finding(row.id, as_of), evidence.values(row.chapter, as_of)[row.id]
    plain = {"as_of": as_of, "verdict": str(found), "value": value, "own": evidence.known(as_of).get(row.id),
             "rule": claims.rule(row.kind, found, row.test), "reason": _reason(row.id, as_of)}
    if isinstance(found, str):
        return plain
    voting = found.counts[found.counts["votes"] & found.counts["outcome"].notna()]
    return plain | {
        "measure": found.measure, "threshold": found.threshold, "parts": dict(found.parts), "depends_on": found.divided_by,
        "choices": list(found.choices), "sources": list(found.sources), "supporting": int(voting["outcome"].astype(bool).sum()),
        "voting": len(voting), "counts": [{str(k): _plain(v) for k, v in count.items()} for count in found.counts.to_dict("records")]}


def _joint(joint: argument.Joint) -> dict:
    parts = [_joint(part) if isinstance(part, argument.Joint) else part for part in joint.parts]
    return {"join": joint.join, "of": parts}


def _reason(claim_id: str, as_of: str | None) -> str | None:
    ties, label = evidence.ties(), load("claims").set_index("id")["label"]
    if claim_id not in set(ties["claim"]):
        return None
    return argument.reason(ties, evidence.known(as_of), claim_id, label=label)


def _plain(value):
    """A cell of pandas as JSON has it: numbers as numbers, gaps as None, dates as text."""
    if isinstance(value, (list, tuple, set, dict)):
        return value
    if pd.isna(value):
        return None
    value = getattr(value, "item", lambda: value)()
    return value if isinstance(value, (bool, int, float, str)) else str(value)


def files(made: list[dict]) -> dict[str, bytes]:
    """Name to content of every file made from the claims and their ties; made: what `records` gives."""
    found = {"claims.json": _json(document(made)), "claims.schema.json": (HERE / "claims.schema.json").read_bytes()}
    for coding in load("argument")["coding"].unique():
        found[f"argument-{coding}.aif.json"] = _json(aif(coding))
        found[f"argument-{coding}.argdown"] = argdown(coding).encode()
    return found


def _json(value) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


def package() -> dict:
    """What data/datapackage.json says of the tables as a whole."""
    return json.loads((data._folder() / "datapackage.json").read_text("utf-8"))


def essay() -> dict:
    """The essay that all claims are of: title, author, publisher, published, url."""
    row = load("sources").set_index("source_id").loc["asian-89756"]
    return {"title": row.title.removesuffix(" (essay by A. Lankov)"), "author": "Andrei Lankov",
            "publisher": row.publisher, "published": row.published, "url": row.url}


def document(made: list[dict]) -> dict:
    """The records as one object that says what they are; companion/claims.schema.json names and describes every field."""
    about = package()
    return {"$schema": "claims.schema.json",
            "title": "Beyond the Triangle: every claim of the essay, with its verdicts and counts", "version": about["version"], "licence": about["licenses"][0]["name"], "date": about["created"][:10],
            "essay": essay(), "claims": made}


# --- the argument -----------------------------------------------------------------------------------------------

def ways(part: str | argument.Joint) -> list[tuple[str, ...]]:
    """The sets of claims of which each is enough: one for each way through the any-of groups of a joint.

    A claim is then as strong as its strongest set, and a set as its weakest member, however the groups nest.
    """
    if isinstance(part, str):
        return [(part,)]
    inner = [ways(p) for p in part.parts]
    if part.join == "any":
        return [way for each in inner for way in each]
    return [tuple(dict.fromkeys(itertools.chain(*chosen))) for chosen in itertools.product(*inner)]


def aif(coding: str) -> dict:
    """The argument of one coding in the Argument Interchange Format, as AIFdb writes it in JSON.

    I: a claim. RA: one set of premises that is enough, so "all of" is one node with several premises, and "any of" one
    node for each member. CA: contradicts. MA: restates, and stands in for, from the later wording to the earlier.
    `explains` and `supports` have no node: they carry no strength here, and an RA would say that they are enough.
    """
    rows, stamp = load("argument").query("coding == @coding"), f"{package()['created'][:10]} 00:00:00"
    nodes = [{"nodeID": row.id, "text": row.statement, "type": "I", "timestamp": stamp}
             for row in load("claims").itertuples()]
    edges: list[dict] = []

    def scheme(kind: str, text: str, premises: tuple[str, ...], claim: str) -> None:
        name = f"{claim}.{kind}{sum(node['nodeID'].startswith(f'{claim}.{kind}') for node in nodes) + 1}"
        nodes.append({"nodeID": name, "text": text, "type": kind, "timestamp": stamp})
        for start, end in [*((premise, name) for premise in premises), (name, claim)]:
            edges.append({"edgeID": str(len(edges) + 1), "fromID": start, "toID": end, "formEdgeID": None})

    for claim, joint in argument.joints(rows).items():
        for way in ways(joint):
            scheme("RA", "Default Inference", way, claim)
    for row in rows.itertuples():
        if row.tie == "contradicts":
            scheme("CA", "Default Conflict", (row.claim,), row.other)
        elif row.tie in ("restates", "stands_in_for"):
            scheme("MA", "Default Rephrase", (row.claim,), row.other)
    return {"nodes": nodes, "edges": edges, "locutions": []}


def argdown(coding: str) -> str:
    """The argument of one coding in Argdown: the claims by paragraph, then one argument for each set that is enough.

    Ties for which Argdown has no sign (restates, explains, stands in for) stand in comments.
    """
    rows, source = load("argument").query("coding == @coding"), essay()
    title = f"The argument of an essay by {source['author']}, as read by Beyond the Triangle ({coding} coding)"
    text = [f"===\ntitle: {title}\n===\n"]
    for paragraph, part in load("claims").groupby("paragraph", sort=False):
        text.append(f"# {f'Paragraph {paragraph}' if paragraph else 'The title'}\n")
        text += [f"[{row.id}]: {row.statement}\n" for row in part.itertuples()]
    text.append("# What rests on what\n")
    for claim, joint in argument.joints(rows).items():
        for n, way in enumerate(ways(joint), start=1):
            premises = "".join(f"({i}) [{premise}]\n" for i, premise in enumerate(way, start=1))
            text.append(f"<{claim} {n}>\n\n{premises}-----\n({len(way) + 1}) [{claim}]\n")
    signs = {"supports": "[{claim}]\n  +> [{other}]\n", "contradicts": "[{claim}]\n  >< [{other}]\n"}
    for row in rows[~rows["tie"].isin(["needs", "any_of"])].itertuples():
        words = f"// {row.claim} {row.tie.replace('_', ' ')} {row.other}\n"
        text.append(signs.get(row.tie, words).format(claim=row.claim, other=row.other))
    return "\n".join(text)


# --- one claim for programs that collect reviews ------------------------------------------------------------------

def claim_review(record: dict, address: str) -> dict:
    """One claim as a ClaimReview of schema.org, for JSON-LD in its page.

    record: one of `records`; address: of the page, absolute or relative to it.
    """
    made, about = essay(), package()
    # Who chose the title is not known; all else is the author's.
    said = {"@type": "Person", "name": made["author"]} if record["paragraph"] else {"@type": "Organization", "name": made["publisher"]}
    ours = {"@type": "Organization", "name": about["contributors"][0]["title"]}
    review = {
        "@context": "https://schema.org", "@type": "ClaimReview", "url": address, "inLanguage": "en",
        "license": about["licenses"][0]["path"], "claimReviewed": record["statement"],
        "author": ours,
        "itemReviewed": {
            # The words are ours: a claim that somebody read out of a text has an interpreter.
            "@type": "Claim", "author": said, "claimInterpreter": ours, "datePublished": made["published"],
            "appearance": {"@type": "Article", "headline": made["title"], "url": made["url"],
                           "publisher": {"@type": "Organization", "name": made["publisher"]}}},
        # Words alone. schema.org asks a rating for no number and takes a number without limits for one on a scale from
        # 1 to 5. Our verdicts lie on no scale: "timing fits" is not less true than "borne out" but of another kind,
        # and "n of m counts" says how many ways of counting agree, which overlap, and not how true a claim is.
        "reviewRating": {
            "@type": "Rating", "alternateName": record["now"]["verdict"][0].upper() + record["now"]["verdict"][1:],
            "ratingExplanation": f"{record['now']['rule']} This is the verdict on all rows that the book had on "
                                 f"{about['created'][:10]}. On what was published by {record['then']['as_of']} it is: {record['then']['verdict']}."}}
    return review | ({"datePublished": released} if (released := _released()) else {})


def _released() -> str | None:
    """The date of the book in CITATION.cff, which a checkout has and an installed package has not."""
    path = HERE.parent / "CITATION.cff"
    found = re.search(r"^date-released: (\d{4}-\d\d-\d\d)$", path.read_text("utf-8"), re.M) if path.is_file() else None
    return found and found[1]


def write(path: Path) -> None:
    """Write `records` to a JSON file, whole or not at all."""
    part = path.with_suffix(".part")
    part.parent.mkdir(parents=True, exist_ok=True)
    part.write_text(json.dumps(records(), ensure_ascii=False, separators=(",", ":")), "utf-8")
    part.rename(path)


if __name__ == "__main__":
    try:
        write(Path(sys.argv[1]))
    except DataError as error:
        sys.exit(str(error))
