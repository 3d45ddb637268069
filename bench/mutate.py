"""Break 500 single cells of the tables, one at a time, and see what load() and its checks say: `make mutate`.

The draw is seeded. A break of form that is not caught, or is caught without naming file, line and field, ends with exit 1.
A break of content is a sound cell that holds something else; those that no check can see are listed with the reason.
"""

import collections
import csv
import io
import json
import os
import random
import shutil
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import breaks  # noqa: E402

from companion.data import DataError, check  # noqa: E402

SEED, TIMES = 20140930, 500


def draw(rng, resources, tables):
    """(table, row, column, kind, broken cell) of one break that changes something."""
    while True:
        resource = rng.choice(resources)
        rows = tables[resource["name"]]
        row = rng.randrange(1, len(rows))
        column, field = rng.choice(list(enumerate(breaks.fields(resource))))
        assert rows[0][column] == field["name"]
        kinds = breaks.of(field)
        if kinds:
            kind = rng.choice(sorted(kinds))
            cell = rows[row][column]
            broken = kinds[kind](cell)
            if broken is not None and broken != cell:
                return resource, row, column, kind, broken


def main():
    rng = random.Random(SEED)
    resources = json.loads((ROOT / "data/datapackage.json").read_text("utf-8"))["resources"]
    tables = {r["name"]: list(csv.reader((ROOT / "data" / r["path"]).open(encoding="utf-8", newline=""))) for r in resources}
    made, caught, unnamed, missed = (collections.Counter() for _ in range(4))
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        shutil.copytree(ROOT / "data", data)
        os.environ["COMPANION_DATA"] = str(data)
        check()
        for _ in range(TIMES):
            resource, row, column, kind, broken = draw(rng, resources, tables)
            path = data / resource["path"]
            before = path.read_bytes()
            rows = [list(r) for r in tables[resource["name"]]]
            rows[row][column] = broken
            text = io.StringIO(newline="")
            csv.writer(text, lineterminator="\n").writerows(rows)
            path.write_text(text.getvalue(), "utf-8", newline="")
            made[kind] += 1
            try:
                check()
                missed[kind] += 1
            except DataError as error:
                caught[kind] += 1
                if kind in breaks.FORM and not all(part in str(error) for part in (".csv, line ", "; ")):
                    unnamed[kind] += 1
                    print("not named:", resource["name"], kind, error)
            path.write_bytes(before)
    print(f"{TIMES} cells broken, seed {SEED}: {caught.total()} caught, {missed.total()} that no check can see\n")
    for kind in [*breaks.FORM, *breaks.CONTENT]:
        why = f"; {breaks.CONTENT[kind][1]}" if kind in breaks.CONTENT and missed[kind] else ""
        print(f"  {kind:24} {made[kind]:4} broken {caught[kind]:4} caught {missed[kind]:4} not seen{why}")
    sys.exit(1 if unnamed or any(missed[kind] for kind in breaks.FORM) else 0)


if __name__ == "__main__":
    main()
