"""Claims, the verdict rules, and the argument that ties the claims together.

A finding is computed elsewhere (companion.evidence); here the rules turn its counts into a verdict.
The rules stand in words on the page "How the numbers were made".
"""

from __future__ import annotations

import difflib
import html
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from companion.data import DataError, load
from companion.figure import Html, table_html

ESSAY_DATE = "2014-09-30"  # the essay is of September 2014; its exact day is not known

STANDS, SHAKY, FALLS = "stands", "shaky", "falls"
_STRENGTH = {FALLS: 0, SHAKY: 1, STANDS: 2}

BORNE_OUT, NOT_BORNE_OUT = "borne out", "not borne out"
DEPENDS_ON_THE_LIMIT = "depends on the limit"  # the wording names none, so each of several has a verdict of its own
NOT_TESTABLE = "not testable with open data"
TIMING_FITS, TIMING_DOES_NOT_FIT = "timing fits", "timing does not fit"
READING = "a reading, not scored"
UNFALSIFIABLE = "unfalsifiable as worded"
CAME_TRUE, DID_NOT_COME_TRUE = "came true", "did not come true"
CAME_TRUE_REASON_OPEN = "came true, reason open"
NOT_DUE = "a forecast, not due yet"
CONDITION_NOT_MET = "its condition did not hold, not scored"
LEFT_OPEN = "left open by the essay, not scored"


@dataclass(frozen=True)
class Finding:
    """What the data say about one claim at one as-of date.

    measure: what is measured and in which unit; threshold: the rule, and where it comes from;
    counts: one row per way of counting, with columns `votes` (bool), `outcome` (True, False or missing),
    `family` (independent source family), and whatever describes the count; choices: the columns that are choices;
    verdict: by rule; parts: the verdicts of the parts of a claim that says two things; sources: source ids.
    """

    measure: str
    threshold: str
    counts: pd.DataFrame
    verdict: str
    choices: Sequence[str] = ()
    sources: Sequence[str] = ()
    parts: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        if set(self.parts.values()) <= {self.verdict}:
            return self.verdict
        return "; ".join(f"{part}: {word}" for part, word in self.parts.items())

    @property
    def value(self) -> str:
        """The verdict in the three values of the argument."""
        return {BORNE_OUT: STANDS, NOT_BORNE_OUT: FALLS, TIMING_DOES_NOT_FIT: FALLS,
                CAME_TRUE: STANDS, DID_NOT_COME_TRUE: FALLS}.get(self.verdict, SHAKY)

    @property
    def divided_by(self) -> list[str]:
        """The choices that alone can turn the outcome, the strongest first."""
        turns = {choice: turned(self.counts, choice, self.choices) for choice in self.choices}
        return sorted((c for c, share in turns.items() if share), key=lambda c: -turns[c])


def verdict(counts: pd.DataFrame) -> str:
    """The verdict by the rule of all defensible counts: all, none, or n of m; without any count, not testable."""
    voting = counts[counts["votes"] & counts["outcome"].notna()]
    if voting.empty:
        return NOT_TESTABLE
    n, m = int(voting["outcome"].astype(bool).sum()), len(voting)
    return BORNE_OUT if n == m else NOT_BORNE_OUT if n == 0 else f"borne out under {n} of {m} counts"


def forecast(counts: pd.DataFrame) -> str:
    """The same rule in the words of a forecast: came true, did not, or came true under n of m counts."""
    word = verdict(counts)
    return {BORNE_OUT: CAME_TRUE, NOT_BORNE_OUT: DID_NOT_COME_TRUE}.get(word, word.replace(BORNE_OUT, CAME_TRUE))


def timing(counts: pd.DataFrame) -> str:
    """The same rule in the words of a cause or a reading: timing fits, does not fit, or fits under n of m counts."""
    word = verdict(counts)
    return {BORNE_OUT: TIMING_FITS, NOT_BORNE_OUT: TIMING_DOES_NOT_FIT}.get(word, word.replace(BORNE_OUT, TIMING_FITS))


def turned(counts: pd.DataFrame, choice: str, choices: Sequence[str]) -> float:
    """Share of the pairs of counts that differ in `choice` alone and part in their outcome (0 when there is no pair)."""
    known = counts[counts["votes"] & counts["outcome"].notna()]
    held = [c for c in choices if c != choice]
    groups = [g for _, g in known.groupby(held, dropna=False)] if held else [known]
    pairs = [a != b for g in groups for a, b in itertools.combinations(g["outcome"].astype(bool), 2)]
    return sum(pairs) / len(pairs) if pairs else 0.0


def evaluate(argument: pd.DataFrame, values: Mapping[str, str]) -> dict[str, str]:
    """Kleene's three values for every claim of the argument.

    argument: rows (claim, tie, other, group); only the ties `needs` and `any_of` carry strength.
    values: what is known of claims by themselves; a claim without a value counts as shaky.
    A claim is as strong as the weakest that it needs; a group of `any_of` is as strong as its strongest member.
    Raises ValueError when claims rest on each other in a circle.
    """
    needs: dict[str, dict] = {}
    for row in argument[argument["tie"].isin(["needs", "any_of"])].itertuples():
        # each `needs` row is a group of its own, so that all of them bind
        group = row.group if row.tie == "any_of" else ("needs", row.other)
        needs.setdefault(row.claim, {}).setdefault(group, []).append(row.other)
    result: dict[str, str] = {}

    def of(claim: str, above: tuple[str, ...] = ()) -> str:
        if claim in above:
            raise ValueError(f"data/argument.csv: {' rests on '.join((*above, claim))}; break the circle.")
        if claim not in result:
            parts = [max((of(o, (*above, claim)) for o in group), key=_STRENGTH.get) for group in needs.get(claim, {}).values()]
            # A claim with a finding of its own can still be no stronger than what it needs.
            own = [values[claim]] if claim in values else [] if parts else [SHAKY]
            result[claim] = min(own + parts, key=_STRENGTH.get)
        return result[claim]

    for claim in sorted({*values, *argument["claim"], *argument["other"]}):
        of(claim)
    return result


def get(claim_id: str) -> pd.Series:
    """The row of one claim. Raises DataError naming the nearest id when there is none."""
    claims = load("claims").set_index("id")
    if claim_id not in claims.index:
        near = difflib.get_close_matches(claim_id, claims.index, 1, 0)
        raise DataError(f'data/claims.csv has no claim "{claim_id}"; did you mean "{near[0]}"?')
    return claims.loc[claim_id]


def address(claim_id: str) -> str:
    """Where a claim's card stands, from the root of the book."""
    return f"chapters/{get(claim_id).chapter}.html#claim-{claim_id}"


def link(claim_id: str, up: str = "") -> Html:
    """The claim's short name, as a link to its card; `up` leads from the page to the root of the book ("../" in a chapter)."""
    label = get(claim_id).label
    return Html(f'<a href="{up}{html.escape(address(claim_id))}">{html.escape(label[0].upper() + label[1:])}</a>')


KINDS = {"open": "open question", "thesis": "conclusion"}
HEDGES = {"flat": "said flatly", "boosted": "said with emphasis", "mild": "hedged a little",
           "moderate": "hedged", "weak": "hedged strongly", "open": "left open", "withdrawn": "said and taken back",
           "mixed": "hedged, then said flatly"}


@dataclass(frozen=True)
class ClaimCard:
    """One claim with its verdict as of the essay's date and as of today."""

    claim_id: str
    then: Finding | str  # a claim without a test of its own has a plain word instead
    now: Finding | str

    def __repr__(self) -> str:
        return f"{self.claim_id}: as of September 2014 {self.then}; today {self.now}"

    def _repr_html_(self) -> str:
        row = get(self.claim_id)
        statement = html.escape(row.statement, quote=True)
        quoted = f", in the words “{html.escape(row.phrase)}”" if pd.notna(row.phrase) and row.phrase else ""
        note = f"<p><b>Note:</b> {html.escape(row.note)}</p>" if pd.notna(row.note) and row.note else ""
        why = ""
        if isinstance(self.now, Finding):
            counts = self.now.counts[[*self.now.counts.columns.drop("family"), "family"]]  # what a row counts comes first
            divided = (f" The verdict depends on: {', '.join(_HEADS.get(c, c) for c in self.now.divided_by)}."
                       if self.now.divided_by else "")
            why = (f"<p>{html.escape(self.now.measure)} {html.escape(self.now.threshold)}{html.escape(divided)}</p>"
                   f"<div class='card-scroll' tabindex='0' role='region' aria-label='Counts: {statement}'>"
                   f"{table_html(counts.rename(columns=_HEADS))}</div>")
        ident = html.escape(self.claim_id)
        return f"""<article class="claim" id="claim-{ident}" aria-labelledby="{ident}-statement">
<h3 class="claim-text" id="{ident}-statement">{statement}</h3>
<p class="claim-how">{f"Paragraph {row.paragraph}" if row.paragraph else "The title"}, {"an" if row.kind == "open" else "a"} {KINDS.get(row.kind, row.kind)}, {HEDGES[row.hedge]}{quoted}.</p>
<dl class="claim-verdicts"><div><dt>As of September 2014</dt><dd>{html.escape(str(self.then))}</dd></div>
<div><dt>Today</dt><dd>{html.escape(str(self.now))}</dd></div></dl>
<details><summary>Why this verdict, and every count<span class="visually-hidden">: {statement}</span></summary>
<p><b>For:</b> {html.escape(row.would_support)}</p><p><b>Against:</b> {html.escape(row.would_count_against)}</p>
<p><b>Test:</b> {html.escape(row.test)}</p>{note}{why}</details>
</article>"""


# What the columns of a finding are called where a reader sees them.
_HEADS = {"south_korea": "South Korea", "votes": "has a vote", "outcome": "supports the claim", "window from": "first year",
          "family": "family of sources"}


@dataclass(frozen=True)
class Ledger:
    """Several claims, one under the other."""

    cards: Sequence[ClaimCard]

    def __repr__(self) -> str:
        return "\n".join(map(repr, self.cards))

    def _repr_html_(self) -> str:
        return f'<div class="claims">{"".join(c._repr_html_() for c in self.cards)}</div>'
