"""Claims and the verdict rules.

A finding is computed elsewhere (companion.evidence); here the rules turn its counts into a verdict.
The rules stand in words on the page "How a verdict is reached".
"""

from __future__ import annotations

import difflib
import html
import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from companion import figure
from companion.argument import FALLS, SHAKY, STANDS, VALUES
from companion.data import DataError, load
from companion.figure import Html, table_html

ESSAY_DATE = "2014-09-30"  # the essay is of September 2014; its exact day is not known

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

# The words that a claim of each kind may end in. What leaders think, and why things happen, is never borne out.
_TESTED = (BORNE_OUT, NOT_BORNE_OUT, NOT_TESTABLE)
_TIMED = (TIMING_FITS, TIMING_DOES_NOT_FIT, NOT_TESTABLE, READING, UNFALSIFIABLE)
WORDS = {"fact": _TESTED, "measure": (*_TESTED, DEPENDS_ON_THE_LIMIT), "reading": _TIMED,
         "cause": (*_TIMED, NOT_DUE, CAME_TRUE_REASON_OPEN),
         "forecast": (CAME_TRUE, DID_NOT_COME_TRUE, CAME_TRUE_REASON_OPEN, NOT_DUE, CONDITION_NOT_MET, UNFALSIFIABLE,
                      NOT_TESTABLE),
         "open": (LEFT_OPEN,), "thesis": VALUES}
DIVISIBLE = (BORNE_OUT, CAME_TRUE, TIMING_FITS)  # these may also hold "under n of m counts"


def is_allowed(kind: str, word: str) -> bool:
    """Whether a claim of this kind may end in this verdict; one that counts divide holds under some of them, not all or none."""
    divided = re.fullmatch(r"(.+) under (\d+) of (\d+) counts", word)
    if divided:
        return divided[1] in DIVISIBLE and divided[1] in WORDS[kind] and 0 < int(divided[2]) < int(divided[3])
    return word in WORDS[kind]


@dataclass(frozen=True)
class Finding:
    """What the data say about one claim at one as-of date.

    measure: what is measured and in which unit; threshold: the rule, and where it comes from;
    counts: one row per way of counting, with columns `votes` (bool), `outcome` (True, False or missing),
    `family` (independent source family), and whatever describes the count; choices: the columns that are choices;
    verdict: by rule; parts: the verdicts of the parts of a claim that says two things; sources: source ids;
    rule: in words, where it is not that of all counts.
    """

    measure: str
    threshold: str
    counts: pd.DataFrame
    verdict: str
    choices: Sequence[str] = ()
    sources: Sequence[str] = ()
    parts: Mapping[str, str] = field(default_factory=dict)
    rule: str = ""

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


def rule(kind: str, found: Finding | str, test: str = "") -> str:
    """The rule that gives a claim of this kind its verdict, and then its count, in one or two plain sentences.

    test: the claim's test in data/claims.csv, which gives the reason where there is none ("None: no survey ...").
    """
    if isinstance(found, str):
        reason = re.match(r"None: (.+?)\.(?: |$)", test)
        return {UNFALSIFIABLE: _UNFALSIFIABLE,
                LEFT_OPEN: "The essay leaves this open, so no count could go against it, and nothing is scored.",
                READING: f"It is a reading that no count tests: {reason[1]}." if reason else
                "It is a reading that no count tests: what leaders think or want is in no table.",
                NOT_DUE: _NOT_DUE}.get(found, f"No count tests it and it rests on no other claim, so it stays shaky: {reason[1]}." if reason else
                                       "A conclusion is as strong as the weakest claim that it needs; where any one would do, as the strongest.")
    if found.rule:
        return found.rule
    voting = found.counts[found.counts["votes"] & found.counts["outcome"].notna()]
    n, m = int(voting["outcome"].astype(bool).sum()), len(voting)
    all_ = "there is one, and it does" if m == 1 else "both do" if m == 2 else f"all {m} do"
    of = (f"{n} of the {m} counts with a vote support{'s' if n == 1 else ''} it" if 0 < n < m else _none(m, "support it") if n == 0 else
          f"{'the one count' if m == 1 else 'both counts' if m == 2 else f'all {m} counts'} with a vote support{'s' if m == 1 else ''} it")
    if found.verdict == DEPENDS_ON_THE_LIMIT:
        return f"The wording names no limit, so each of {len(found.parts)} has a verdict of its own, and no sum is made of them."
    if found.verdict == UNFALSIFIABLE:
        return _UNFALSIFIABLE
    if found.verdict == CAME_TRUE_REASON_OPEN:
        return "Counts can show that what was forecast came true. They cannot show that it did so for the reason given, so the reason stays open."
    if found.verdict == CONDITION_NOT_MET:
        return "A forecast with an “if” is scored only where its condition held, and this one did not hold."
    if found.verdict == NOT_DUE:
        return _NOT_DUE
    if not set(found.parts.values()) <= {found.verdict}:
        whole = sum(word == BORNE_OUT for word in found.parts.values())
        return (f"The claim says {len(found.parts)} things, and each has a verdict of its own by its own counts; "
                f"{whole or 'none'} of the {len(found.parts)} {'is' if whole < 2 else 'are'} borne out.")
    if not m:
        return "A verdict needs at least one count that has a vote and an answer, and there is none."
    if found.verdict == NOT_TESTABLE:
        return f"The threshold for a yes and the one for a no are both missed: {of}. So the counts cannot settle it."
    if kind in ("reading", "cause"):
        what = "why a thing happened" if kind == "cause" else "what leaders think"
        fits = (f"Some counts fit in time and some do not, so the verdict gives their number: {n} of {m}" if re.search(r"\d", found.verdict) else
                f"The dates must pass the threshold set for this claim, and they {'do' if found.verdict == TIMING_FITS else 'do not'}: {of}")
        return f"{fits}. No date can show {what}, so “timing fits” is the most it can reach."
    true = kind == "forecast"
    if n == m:
        return f"Every count with a vote must {'say that it came true' if true else 'support it'}; {all_}."
    if n == 0:
        none = _none(m, "say that it came true" if true else "support it")
        return f"{none[0].upper()}{none[1:]}, so it {'did not' if true else 'is not borne out'}."
    return f"Some counts {'say that it came true' if true else 'support it'} and some do not, so the verdict gives their number: {n} of {m}."


_UNFALSIFIABLE = ("A claim is scored only if something could count against it. As this one is worded nothing could, so any "
                  "counts are shown and decide nothing.")
_NOT_DUE = "A forecast has no verdict on the day on which it is made."


def _none(m: int, does: str) -> str:
    if m == 1:
        return f"the one count with a vote does not {does}"
    verb, rest = does.split(" ", 1)
    return f"{'neither of the 2' if m == 2 else f'none of the {m}'} counts with a vote {verb}s {rest}"


def turned(counts: pd.DataFrame, choice: str, choices: Sequence[str]) -> float:
    """Share of the pairs of counts that differ in `choice` alone and part in their outcome (0 when there is no pair)."""
    known = counts[counts["votes"] & counts["outcome"].notna()]
    held = [c for c in choices if c != choice]
    groups = [g for _, g in known.groupby(held, dropna=False)] if held else [known]
    pairs = [a != b for g in groups for a, b in itertools.combinations(g["outcome"].astype(bool), 2)]
    return sum(pairs) / len(pairs) if pairs else 0.0


def get(claim_id: str) -> pd.Series:
    """The row of one claim. Raises DataError naming the nearest id when there is none."""
    claims = load("claims").set_index("id")
    if claim_id not in claims.index:
        near = difflib.get_close_matches(claim_id, claims.index, 1, 0)
        raise DataError(f'data/claims.csv has no claim "{claim_id}"; did you mean "{near[0]}"?')
    return claims.loc[claim_id]


def address(claim_id: str) -> str:
    """Where a claim's own page stands, from the root of the book. Raises DataError for an unknown id."""
    return f"claims/{get(claim_id).name}.html"


def link(claim_id: str, words: str = "") -> Html:
    """The claim's label, or other words, as a link to its page, for a cell of a table."""
    label = get(claim_id).label
    return figure.link(words or label[0].upper() + label[1:], f"../{address(claim_id)}")


KINDS = {"open": "open question", "thesis": "conclusion"}
HEDGES = {"flat": "said flatly", "boosted": "said with emphasis", "mild": "hedged a little",
           "moderate": "hedged", "weak": "hedged strongly", "open": "left open", "withdrawn": "said, with a weaker fallback",
           "mixed": "hedged, then said flatly"}


def mark(value: str) -> str:
    """The mark of a value: filled, hollow or a cross. The word stands beside it, so a screen reader skips the mark."""
    return f'<i class="mark" data-mark="{value}"></i>'


@dataclass(frozen=True)
class ClaimCard:
    """One claim with its verdict as of the essay's date and as of today, and its value in the argument on both."""

    claim_id: str
    then: Finding | str  # a claim without a test of its own has a plain word instead
    now: Finding | str
    values: tuple[str, str]

    def __repr__(self) -> str:
        return f"{self.claim_id}: as of September 2014 {self.then}; today {self.now}"

    def _repr_html_(self) -> str:
        row = get(self.claim_id)
        statement = html.escape(row.statement, quote=True)
        quoted = f", in the words “{html.escape(row.phrase)}”" if pd.notna(row.phrase) and row.phrase else ""
        note = f"<p><b>Note:</b> {html.escape(row.note)}</p>" if pd.notna(row.note) and row.note else ""
        why = ""
        if isinstance(self.now, Finding):
            divided = (f" The verdict depends on: {', '.join(HEADS.get(c, c) for c in self.now.divided_by)}."
                       if self.now.divided_by else "")
            why = (f"<p>{html.escape(self.now.measure)} {html.escape(self.now.threshold)}{html.escape(divided)}</p>"
                   f"<div class='card-scroll' tabindex='0' role='region' aria-label='Counts: {statement}'>"
                   f"{counts_html(self.now.counts)}</div>")
        ident = html.escape(self.claim_id)
        return f"""<article class="claim" id="claim-{ident}" aria-labelledby="{ident}-statement">
<h3 class="claim-text" id="{ident}-statement">{link(self.claim_id, row.statement)}</h3>
<p class="claim-how">{f"Paragraph {row.paragraph}" if row.paragraph else "The title"}, {"an" if row.kind == "open" else "a"} {KINDS.get(row.kind, row.kind)}, {HEDGES[row.hedge]}{quoted}.</p>
<dl class="claim-verdicts"><div><dt>As of September 2014</dt><dd>{mark(self.values[0])}{html.escape(str(self.then))}</dd></div>
<div><dt>Today</dt><dd>{mark(self.values[1])}{html.escape(str(self.now))}</dd></div></dl>
<details><summary>Why this verdict, and every count<span class="visually-hidden">: {statement}</span></summary>
<p><b>For:</b> {html.escape(row.would_support)}</p><p><b>Against:</b> {html.escape(row.would_count_against)}</p>
<p><b>Test:</b> {html.escape(row.test)}</p>{note}{why}</details>
</article>"""


# What the columns of a finding are called where a reader sees them.
HEADS = {"south_korea": "South Korea", "votes": "has a vote", "outcome": "supports the claim", "window from": "first year",
         "family": "family of sources"}


# Families of sources that data and counts know by a code, in words.
FAMILIES = {"kotra": "KOTRA", "imf_mirror": "mirror data of the IMF", "un_mirror": "mirror data of the UN", "cia": "CIA",
            "itpd": "ITPD-E", "press_events": "press events", "un_votes": "UN votes", "official_visits": "official visits"}


def counts_html(counts: pd.DataFrame) -> str:
    """Every count as a table; what a row counts comes first."""
    worded = counts.assign(family=counts["family"].replace(FAMILIES))
    return table_html(worded[[*counts.columns.drop("family"), "family"]].rename(columns=HEADS))


@dataclass(frozen=True)
class Ledger:
    """Several claims, one under the other."""

    cards: Sequence[ClaimCard]

    def __repr__(self) -> str:
        return "\n".join(map(repr, self.cards))

    def _repr_html_(self) -> str:
        return f'<div class="claims">{"".join(c._repr_html_() for c in self.cards)}</div>'
