"""Page codings: where two codings of the essay agree, where they part, and what was settled.

The measures are in companion.coding; here stand the figures, the tables and the numbers of the page.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from matplotlib.patches import Rectangle

from companion import coding
from companion.claims import HEDGES
from companion.evidence.series import tables
from companion.figure import COLOUR, Card

Frames = Mapping[str, pd.DataFrame]
SOURCES = ("asian-89756",)
FINDINGS: dict = {}  # the page tests no claim
TRUST = ("Both codings are by the makers of this book, and neither is that of a panel. The second was made from the essay "
         "alone, before the first was read, but its reader knew that hedges and the joints of the argument would matter. "
         "The rows of the two were matched with both in view. Readers of one training share habits, so the agreement is "
         "likelier too high than too low.")


def frames(as_of: str | None = None) -> dict[str, pd.DataFrame]:
    """The tables of this page, by name; none of them carries a date."""
    return tables("claims", "argument", "essay_codings", as_of=as_of)


def both(data: Frames) -> pd.DataFrame:
    """The kinds of the claims that both codings hold, as `coding.kinds` has them."""
    return coding.kinds(data["essay_codings"], data["claims"]).dropna(subset=["first", "second"])


def all_ties(data: Frames) -> dict[str, dict]:
    """The ties of each coding by settled ids: first, second, settled."""
    return {name: coding.ties(data["essay_codings"], name) for name in ("first", "second")} | {
        "settled": coding.settled_ties(data["argument"])}


def shared_ground(data: Frames) -> tuple[dict, dict]:
    """The ties of the first and of the second coding between claims that both hold."""
    found, known = all_ties(data), both(data).index
    return tuple({tie: found[name][tie] for tie in coding.within(found[name], known)} for name in ("first", "second"))


# --- tables ------------------------------------------------------------------------------------------------------

def agreement(data: Frames) -> pd.DataFrame:
    """Agreement on the kind: alpha with its interval for the two codings; the settled one beside each as a description."""
    pairs, every = both(data), coding.kinds(data["essay_codings"], data["claims"])
    rows = []
    for name, frame in (("first and second", pairs), ("first and second, undisputed matches", pairs[pairs["firm"]])):
        low, high = coding.interval(frame["first"], frame["second"])
        alpha = coding.alpha(frame["first"], frame["second"])
        rows.append(_same(name, frame["first"], frame["second"])
                    | {"alpha": f"{alpha:.2f}", "from": f"{low:.2f}", "to": f"{high:.2f}"})
    for name in ("first", "second"):
        known = every.dropna(subset=[name])
        rows.append(_same(f"settled and {name}, not independent", known["settled"], known[name]))
    return pd.DataFrame(rows)


def _same(name: str, one: pd.Series, other: pd.Series) -> dict:
    same = one == other
    return {"codings": name, "claims in both": len(one), "same kind": int(same.sum()), "same, %": float(100 * same.mean())}


def disagreements(data: Frames) -> pd.DataFrame:
    """Every claim that both codings hold and give another kind, what was settled, and why."""
    apart = both(data).query("first != second")
    why = data["essay_codings"].query("coding == 'first'").set_index("settled_id")["why_settled"]
    return pd.DataFrame({"claim": apart.index.map(_labels(data)), **apart[["first", "second", "settled"]],
                         "why": why.loc[apart.index]}).reset_index(drop=True)


def tie_agreement(data: Frames) -> pd.DataFrame:
    """Ties in the one coding, in the other, in both, and in both as a share of those in either."""
    found, (first, second) = all_ties(data), shared_ground(data)
    pairs = {"first and second, claims that both hold": (first, second),
             "first and second, all claims": (found["first"], found["second"]),
             "settled and first, not independent": (found["settled"], found["first"]),
             "settled and second, not independent": (found["settled"], found["second"])}
    return pd.DataFrame([{"codings": name, "ties of the one": len(a), "of the other": len(b),
                          "in both": len(set(a) & set(b)), "in both, % of all": 100 * coding.jaccard(a, b)}
                         for name, (a, b) in pairs.items()])


def tie_table(data: Frames) -> pd.DataFrame:
    """Each tie between claims that both codings hold, and how each coding, and the settled one, joins it, if at all."""
    (first, second), settled, labels = shared_ground(data), all_ties(data)["settled"], _labels(data)
    order = {claim: at for at, claim in enumerate(data["claims"]["id"])}
    words = {"all": "needed", "any": "one of several"}
    return pd.DataFrame([{"claim": labels[claim], "rests on": labels[other],
                          **{name: words.get(found.get((claim, other)))
                             for name, found in (("first", first), ("second", second), ("settled", settled))}}
                         for claim, other in sorted({*first, *second}, key=lambda tie: (order[tie[0]], order[tie[1]]))])


def hedges(data: Frames) -> pd.DataFrame:
    """How many claims are said how firmly, the words that show it, and the first such claim of the essay."""
    second = data["essay_codings"].query("coding == 'second'").drop_duplicates("settled_id").set_index("settled_id")
    claims = data["claims"].assign(words=data["claims"]["id"].map(second["hedge_words"]))
    rows = []
    for hedge, meaning in HEDGES.items():
        said = claims[claims["hedge"] == hedge]
        # What is said flatly has no such words.
        example = (said.assign(words=None) if hedge == "flat" else said.dropna(subset=["words"])).iloc[0]
        rows.append({"hedge": f"{hedge}: {meaning}", "claims": len(said),
                     "the essay's words": example["words"] and f"“{example['words']}”", "an example": example["statement"]})
    return pd.DataFrame(rows)


def sentences(data: Frames) -> pd.DataFrame:
    """Every sentence that the second coding went through, and its claims in the settled one; where it has none, why."""
    second = data["essay_codings"].query("coding == 'second' and sentence > 0")
    said = data["claims"].dropna(subset=["sentences"])
    said = said.assign(sentence=said["sentences"].str.split(";")).explode("sentence").astype({"sentence": "Int64"})
    labels = said.groupby("sentence")["label"].agg("; ".join)
    without = second[~second["sentence"].isin(said["sentence"])].groupby("sentence")["note"].agg(" ".join)
    table = second[["sentence"]].drop_duplicates(ignore_index=True)
    return table.assign(claims=table["sentence"].map({**("none: " + without).to_dict(), **labels.to_dict()}))


def _labels(data: Frames) -> dict[str, str]:
    return data["claims"].set_index("id")["label"].to_dict()


# --- figures -----------------------------------------------------------------------------------------------------

def kinds_card(data: Frames) -> Card:
    """Which kind the second coding gives to the claims of each kind in the first."""
    pairs = both(data)
    table = coding.confusion(pairs["first"], pairs["second"])
    used = [kind for kind in coding.KINDS if table.loc[kind].any() or table[kind].any()]
    table = table.loc[used, used]
    same = int((pairs["first"] == pairs["second"]).sum())
    off = {(a, b): int(table.loc[a, b]) for a in used for b in used if a != b and table.loc[a, b]}
    most = max(off, key=off.get)

    def draw(fig, narrow):
        ax = fig.subplots()
        for y, first in enumerate(used):
            for x, second in enumerate(used):
                count = table.loc[first, second]
                if first == second:
                    ax.add_patch(_box(x, y, fc=COLOUR["text"], ec=COLOUR["text"]))
                elif count:
                    ax.add_patch(_box(x, y, fc=COLOUR["surface"], ec=COLOUR["CHN"], lw=1.6))
                colour = "surface" if first == second else "CHN" if count else "muted"
                ax.text(x, y, str(count) if count or first == second else "·", ha="center", va="center", fontsize=12,
                        weight="bold" if count else "normal", color=COLOUR[colour])
        ax.set(xticks=range(len(used)), yticks=range(len(used)), xticklabels=used, yticklabels=used,
               xlim=(-0.6, len(used) - 0.4), ylim=(len(used) - 0.4, -0.6), xlabel="second coding", ylabel="first coding")
        ax.xaxis.set(label_position="top", ticks_position="top")
        ax.tick_params(length=0, axis="both")
        ax.tick_params(axis="x", rotation=90 if narrow else 0)
        for spine in ax.spines.values():
            spine.set_visible(False)

    return Card(
        name="codings-kinds",
        title=f"{same} of {len(pairs)} claims have the same kind in both codings; most often a {most[0]} of the first "
              f"is a {most[1]} of the second",
        alt=f"A grid of {len(pairs)} claims, kinds of the first coding down, of the second across. Same kind: "
            + ", ".join(f"{kind} {table.loc[kind, kind]}" for kind in used) + ". Another kind: "
            + ", ".join(f"{a} to {b} {n}" for (a, b), n in off.items()) + ".",
        draw=draw, table=table.rename_axis(index="first, down; second, across", columns=None).reset_index(),
        sources=SOURCES, trust=TRUST, height=3.9,
        sentence="Filled: both codings give the same kind. Outlined: they give different kinds.")


def _box(x: float, y: float, **style) -> Rectangle:
    return Rectangle((x - 0.44, y - 0.44), 0.88, 0.88, **style)


def ties_card(data: Frames) -> Card:
    """Ties in both codings and in one alone, between claims that both hold."""
    first, second = map(set, shared_ground(data))
    rows = {"in both": len(first & second), "only in the first": len(first - second),
            "only in the second": len(second - first)}

    def draw(fig, narrow):
        ax = fig.subplots()
        for y, (name, count) in enumerate(rows.items()):
            fill = "text" if name == "in both" else "surface"
            ax.plot(range(count), [y] * count, ls="", marker="soD"[y], ms=(8 if narrow else 12) - (y == 2),
                    mec=COLOUR["text"], mfc=COLOUR[fill])
            ax.text(count - 0.2, y, f" {count}", va="center", weight="bold", fontsize=12)
        ax.set(yticks=range(len(rows)), ylim=(len(rows) - 0.5, -0.5), xlim=(-0.7, max(rows.values()) + 1.2), xticks=[],
               yticklabels=[name.replace(" the ", " the\n") if narrow else name for name in rows])
        ax.tick_params(axis="y", length=0)
        for spine in ax.spines.values():
            spine.set_visible(False)

    return Card(
        name="codings-ties",
        title=f"Of {sum(rows.values())} ties between the same claims, the two codings share {rows['in both']}",
        alt="Rows of marks, one for each tie between two claims that both codings hold. "
            + "; ".join(f"{name}: {count}" for name, count in rows.items()) + ".",
        draw=draw, table=tie_table(data), sources=SOURCES, trust=TRUST, height=2.2,
        sentence="Filled squares: one claim rests on the other in both codings. Hollow marks: in one coding alone.")


# --- numbers for the prose ---------------------------------------------------------------------------------------

def numbers(data: Frames) -> dict[str, str]:
    """Every figure that the prose of this page names: key to text."""
    pairs, rows, claims = both(data), data["essay_codings"], data["claims"]
    first, second = shared_ground(data)
    shared, settled = set(first) & set(second), all_ties(data)["settled"]
    low, high = coding.interval(pairs["first"], pairs["second"])
    said = sentences(data)
    every = coding.kinds(rows, claims)
    return {
        "first": str((rows["coding"] == "first").sum()), "second": str((rows["coding"] == "second").sum()),
        "settled": str(len(claims)),
        "matched": str(len(pairs)), "same": str((pairs["first"] == pairs["second"]).sum()),
        "apart": str((pairs["first"] != pairs["second"]).sum()), "firm": str(pairs["firm"].sum()),
        "alpha": f"{coding.alpha(pairs['first'], pairs['second']):.2f}", "low": f"{low:.2f}", "high": f"{high:.2f}",
        "draws": f"{coding.DRAWS:,}", "bound": f"{coding.WEAK:.2f}",
        "only-second": str((every["first"].isna() & every["second"].notna()).sum()),
        "unmatched": str((rows["match"] == "none").sum()),
        "ties-either": str(len({*first, *second})), "ties-both": str(len(shared)), "ties-first": str(len(first)),
        "ties-second": str(len(second)), "joined-apart": str(sum(first[tie] != second[tie] for tie in shared)),
        "dropped": str(len(shared - set(settled))),
        "flat": str((claims["hedge"] == "flat").sum()), "hedged": str((claims["hedge"] != "flat").sum()),
        "sentences": str(len(said)), "coded": str((~said["claims"].str.startswith("none: ")).sum()),
        "summing-up": str(said["claims"].str.startswith("none: ").sum())}
