"""Every claim with its verdicts and the counts behind them, as plain data: what pages, files and other programs read."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pandas as pd

from companion import argument, claims, evidence
from companion.data import DataError, load

DATES = {"then": claims.ESSAY_DATE, "now": None}  # the two as-of dates of every verdict; None: all we have


def records() -> list[dict]:
    """One dictionary a claim, in the order of data/claims.csv; numbers, booleans, strings, lists and None only.

    Beside the claim's own row: `tables` (what its test reads), `rests_on` (ids, settled coding), and under `then` and `now`:
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
        plain["tables"] = list(evidence.tables(row.id))
        made.append(plain | {date: _verdict(row, as_of) for date, as_of in DATES.items()})
    return made


def _verdict(row, as_of: str | None) -> dict:
    found, value = evidence.finding(row.id, as_of), evidence.values(row.chapter, as_of)[row.id]
    plain = {"as_of": as_of, "verdict": str(found), "value": value, "own": evidence.known(as_of).get(row.id),
             "rule": claims.rule(row.kind, found), "reason": _reason(row.id, as_of)}
    if isinstance(found, str):
        return plain
    voting = found.counts[found.counts["votes"] & found.counts["outcome"].notna()]
    return plain | {
        "measure": found.measure, "threshold": found.threshold, "parts": dict(found.parts), "depends_on": found.divided_by,
        "choices": list(found.choices), "sources": list(found.sources), "supporting": int(voting["outcome"].astype(bool).sum()),
        "voting": len(voting), "counts": [{str(k): _plain(v) for k, v in count.items()} for count in found.counts.to_dict("records")]}


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


def claim_review(record: dict, address: str) -> dict:
    """One claim's review in the words of schema.org."""
    return {"@context": "https://schema.org", "@type": "ClaimReview", "url": address, "claimReviewed": record["statement"],
            "reviewRating": {"@type": "Rating", "alternateName": record["now"]["verdict"], "ratingExplanation": record["now"]["rule"]}}


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
