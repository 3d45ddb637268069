"""How much the built book holds, and whether that is less than what is online: `python -m companion.book.counts [published]`.

Before a new book is published its counts are compared with those of the last one, a file or an address, and written into it as
counts.json: a page that lost its header runs nothing, and nobody would see it.
"""

from __future__ import annotations

import argparse
import http.client
import json
import sys
import urllib.error
import urllib.request
from pathlib import Path

from bs4 import BeautifulSoup

NAME = "counts.json"
# What is counted, and where it stands in the pages.
PARTS = {"figures": "figure.card", "explorations": "[data-exploration]", "tables": "figure.table", "claims": "article.claim",
         "verdicts": ".claim-verdicts dd", "executed cells": "div.cell", "outputs of cells": "div.cell_output"}


class CountError(Exception):
    """Counts that cannot be read or fell; the text is one sentence with the cure."""


def count(folder: Path) -> dict[str, int]:
    """What the built book in `folder` holds, by name."""
    pages = [path for path in folder.rglob("*.html") if not path.relative_to(folder).parts[0].startswith("_")]
    found = dict.fromkeys(PARTS, 0)
    for path in pages:
        page = BeautifulSoup(path.read_text("utf-8"), "html.parser")
        for name, where in PARTS.items():
            found[name] += len(page.select(where))
    return {"pages": len(pages), **found}


def published(place: str) -> dict[str, int] | None:
    """The counts of the book that is online; None where a server has none yet. Raises CountError when they cannot be read."""
    try:
        with urllib.request.urlopen(place, timeout=30) if "://" in place else open(place, "rb") as answer:
            found = json.load(answer)
        if not (isinstance(found, dict) and found and all(type(number) is int for number in found.values())):
            raise ValueError("it holds no counts")
        return found
    except urllib.error.HTTPError as error:
        if error.code == 404:
            return None
        raise CountError(f"{place}: the server answers {error.code}; try again when it is well.") from None
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise CountError(f"{place}: the counts of the published book cannot be read ({error}); look whether it is online.") from None


def fallen(now: dict[str, int], before: dict[str, int]) -> str:
    """What became fewer, as words; empty when nothing did."""
    return ", ".join(f"{now.get(name, 0)} {name} (online: {number})" for name, number in before.items() if now.get(name, 0) < number)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser("python -m companion.book.counts", description="Compare the built book with the published one.")
    parser.add_argument("published", nargs="?", help="file or address of the counts.json that is online")
    parser.add_argument("--allow-fewer", action="store_true", help="say what became fewer, and let it pass")
    parser.add_argument("--book", type=Path, default=Path(__file__).resolve().parents[2] / "_build/html")
    asked = parser.parse_args(arguments)
    try:
        if not (asked.book / "index.html").is_file():
            raise CountError(f"There is no book in {asked.book}; run make book first.")
        now = count(asked.book)
        print(", ".join(f"{number} {name}" for name, number in now.items()))
        if asked.published and (before := published(asked.published)) and (less := fallen(now, before)):
            if not asked.allow_fewer:
                raise CountError(f"The book would publish {less}; mend what is missing, or, to publish all the same, run the workflow "
                                 "by hand with 'allow fewer' set (here: --allow-fewer).")
            print(f"Fewer, as allowed: {less}.")
        (asked.book / NAME).write_text(json.dumps(now, indent=1) + "\n", "utf-8")
    except CountError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
