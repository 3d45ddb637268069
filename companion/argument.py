"""The argument: which claim rests on which, by all of them or by any one, and what follows in three values.

A claim stands, is shaky or falls (Kleene's three values): it is as strong as the weakest of what it needs, and a group
of which any one is enough is as strong as its strongest member. Ties come from data/argument.csv, one coding at a time.
"""

from __future__ import annotations

import difflib
import functools
import graphlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from companion.data import DataError, load

STANDS, SHAKY, FALLS = "stands", "shaky", "falls"
VALUES = (FALLS, SHAKY, STANDS)  # the weakest first


@dataclass(frozen=True)
class Joint:
    """What a claim rests on, or a group within it: `join` is "all" or "any", `parts` are claim ids and groups.

    name: the claim's id, with the path of the group behind a dot ("seoul-wall.1").
    """

    name: str
    join: str
    parts: tuple[str | Joint, ...]

    def claims(self) -> Iterator[str]:
        """Every claim in it, in the order of the rows."""
        for part in self.parts:
            if isinstance(part, Joint):
                yield from part.claims()
            else:
                yield part

    def groups(self) -> Iterator[Joint]:
        """Itself and every group in it that has more than one part: the joints that can be turned."""
        if len(self.parts) > 1:
            yield self
        for part in self.parts:
            if isinstance(part, Joint):
                yield from part.groups()


def joints(argument: pd.DataFrame) -> dict[str, Joint]:
    """Claim to its joint, for every claim that rests on others; ties that carry no strength are left out.

    argument: rows (claim, tie, other, group) of one coding. `group` is empty for what the claim needs outright, "1" for a
    member of its first any-of group, "1.1" for a member of an all-of group inside that one, and so on in turn.
    Raises DataError for a claim that rests on itself, directly or in a circle, a group of one, and a tie that does not
    fit its group.
    """
    rests: dict[str, dict[str, list]] = {}
    for row in argument[argument["tie"].isin(["needs", "any_of"])].itertuples():
        path = row.group if isinstance(row.group, str) else ""
        if (row.tie == "any_of") is not (len(_steps(path)) % 2 == 1):
            raise _fault(row.Index, f'"{row.tie}" cannot stand in group "{path}" of "{row.claim}"; groups change in turn: '
                                    'needs in none, any_of in "1", needs in "1.1", any_of in "1.1.1"')
        groups = rests.setdefault(row.claim, {"": []})
        steps = _steps(path)
        for i in range(len(steps)):  # a group is a part of the one around it, from its first row on
            inner, outer = ".".join(steps[:i + 1]), ".".join(steps[:i])
            if inner not in groups:
                groups.setdefault(outer, []).append((inner,))
                groups[inner] = []
        if row.other == row.claim:
            raise _fault(row.Index, f'"{row.claim}" rests on itself; take the row out')
        groups[path].append(row.other)
        last = row.Index

    def joint(claim: str, path: str) -> Joint:
        parts = tuple(joint(claim, p[0]) if isinstance(p, tuple) else p for p in rests[claim][path])
        if path and len(parts) < 2:
            at = argument.index[argument["claim"].eq(claim) & argument["group"].fillna("").eq(path)]
            raise _fault(at[0] if len(at) else last, f'group "{path}" of "{claim}" has one member, so there is nothing to choose; '
                                                     "give it another or take it out of the group")
        return Joint(f"{claim}.{path}" if path else claim, "any" if len(_steps(path)) % 2 else "all", parts)

    found = {claim: joint(claim, "") for claim in rests}
    try:
        graphlib.TopologicalSorter({claim: set(j.claims()) for claim, j in found.items()}).prepare()
    except graphlib.CycleError as error:
        circle = error.args[1][::-1]
        at = argument.index[argument["claim"].eq(circle[0]) & argument["other"].eq(circle[1])]
        raise _fault(at[0], f"{' rests on '.join(circle)}; break the circle") from None
    return found


def _steps(path: str) -> list[str]:
    return path.split(".") if path else []


def _fault(index: int, text: str) -> DataError:
    return DataError(f"data/argument.csv, line {index + 2}: {text}.")


def check() -> None:
    """Check the ties of every coding in data/argument.csv. Raises the first DataError."""
    for _, ties in load("argument").groupby("coding", sort=False):
        joints(ties)


def _follow(tree: Mapping[str, Joint], own: Mapping, turned: Collection[str]) -> dict:
    """Claim to strength (a number, or an array of numbers for many assignments at once)."""
    known = {joint.name for top in tree.values() for joint in top.groups()}
    for name in turned:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1, 0)
            raise ValueError(f'no joint "{name}" has several parts that could be turned; '
                             + (f'did you mean "{near[0]}"?' if near else "this argument has none."))
    result: dict = {}

    def of(part):
        if isinstance(part, Joint):
            strongest = (part.join == "any") is not (part.name in turned)
            return functools.reduce(np.maximum if strongest else np.minimum, map(of, part.parts))
        if part not in result:
            # A claim with a finding of its own can still be no stronger than what it needs.
            parts = ([own[part]] if part in own else []) + ([of(tree[part])] if part in tree else [])
            result[part] = functools.reduce(np.minimum, parts or [VALUES.index(SHAKY)])
        return result[part]

    for claim in sorted({*own, *tree}):
        of(claim)
    return result


def evaluate(argument: pd.DataFrame, values: Mapping[str, str], turned: Collection[str] = ()) -> dict[str, str]:
    """The value of every claim that has one of its own or rests on others.

    values: what is known of claims by themselves; a claim with neither a value nor anything to rest on is shaky.
    turned: names of joints (see `Joint`) that are read the other way, any for all and all for any.
    Raises DataError as `joints` does, and ValueError for a value or a joint that there is not.
    """
    for claim, value in values.items():
        if value not in VALUES:
            raise ValueError(f'the value of "{claim}" is "{value}"; write {", ".join(VALUES)}.')
    strength = _follow(joints(argument), {claim: VALUES.index(value) for claim, value in values.items()}, turned)
    return {claim: VALUES[at] for claim, at in sorted(strength.items())}


def weights(argument: pd.DataFrame, free: Sequence[str], conclusion: str, turned: Collection[str] = ()) -> pd.Series:
    """How much each free claim matters: the share of all assignments in which flipping it alone flips the conclusion.

    free: the claims that are set to stand or fall, in every combination (at most 20 of them); the others follow.
    Returns shares in 0 to 1 by claim, in the order of `free`. Voting theory knows this as the Banzhaf index.
    """
    ends = _ends(argument, free, conclusion, turned).reshape([2] * len(free))  # the last claim is the first axis
    axes = reversed(range(len(free)))
    return pd.Series([float((ends.take(0, axis) != ends.take(1, axis)).mean()) for axis in axes], index=list(free))


def standing(argument: pd.DataFrame, free: Sequence[str], conclusion: str, turned: Collection[str] = ()) -> int:
    """In how many of the assignments of `weights` the conclusion stands: no claim can decide in more."""
    return int((_ends(argument, free, conclusion, turned) == VALUES.index(STANDS)).sum())


def _ends(argument: pd.DataFrame, free: Sequence[str], conclusion: str, turned: Collection[str]) -> np.ndarray:
    """The strength of the conclusion in every assignment."""
    if len(free) > 20:
        raise ValueError(f"{len(free)} claims have too many assignments to go through; leave 20 of them free.")
    table = np.arange(2 ** len(free))
    own = {claim: (table >> i & 1) * VALUES.index(STANDS) for i, claim in enumerate(free)}
    return _follow(joints(argument), own, turned)[conclusion]


def reason(argument: pd.DataFrame, values: Mapping[str, str], claim: str, turned: Collection[str] = (),
           label: Mapping[str, str] | None = None) -> str:
    """One sentence on why a claim has its value: the chain of what it needs down to the claim that decides.

    values: as for `evaluate`; label: how claims are called in the sentence (default: their ids).
    """
    tree, result = joints(argument), evaluate(argument, values, turned)
    name = {} if label is None else dict(label)
    said = lambda c: name.get(c, c)  # noqa: E731
    is_ = {STANDS: "stands", SHAKY: "is shaky", FALLS: "falls"}
    value = result[claim]
    if value == STANDS:
        return f"“{said(claim)}” {is_[value]}{': what it needs stands' if claim in tree else ' by itself'}."
    text, at = f"“{said(claim)}” {is_[value]}", claim
    while at in tree and values.get(at, STANDS) != value:
        part = tree[at]
        while isinstance(part, Joint):
            if (part.join == "any") is not (part.name in turned) and len(part.parts) > 1:
                members = ", ".join(f"“{said(c)}”" for c in part.claims())
                none = "none of them stands" if value == SHAKY else "all of them fall"
                return f"{text}{':' if at == claim else ','} {'it' if at == claim else 'which'} needs one of {members}, and {none}."
            part = next(p for p in part.parts if _worth(p, result, turned) == value)
        text += f"{': it' if at == claim else ', which'} needs “{said(part)}”"
        at = part
    return f"{text}{' by itself' if at == claim else f', which {is_[value]} by itself'}."


def _worth(part: str | Joint, result: Mapping[str, str], turned: Collection[str]) -> str:
    if isinstance(part, Joint):
        strongest = (part.join == "any") is not (part.name in turned)
        return (max if strongest else min)((_worth(p, result, turned) for p in part.parts), key=VALUES.index)
    return result[part]
