"""Ways to break one cell of a table, read off its description: for the tests of load() and for `make mutate`."""

# Breaks of form: load() must find each.
FORM = {
    "letter in a number": lambda field: field["type"] in ("number", "integer") and (lambda cell: f"{cell}x"),
    "thousands separator": lambda field: field["type"] in ("number", "integer") and (lambda cell: "12,345"),
    "below the range": lambda field: "minimum" in field["constraints"] and (lambda cell: str(field["constraints"]["minimum"] - 1)),
    "above the range": lambda field: "maximum" in field["constraints"] and (lambda cell: str(field["constraints"]["maximum"] + 1)),
    "unknown code": lambda field: "enum" in field["constraints"] and (lambda cell: f"{cell}zz"),
    "wrong form": lambda field: "pattern" in field["constraints"] and (lambda cell: f"?{cell}"),
    "date with points": lambda field: field["type"] == "date" and (lambda cell: "30.9.2014"),
    "day that does not exist": lambda field: field["type"] == "date" and (lambda cell: "2014-02-30"),
    "no truth value": lambda field: field["type"] == "boolean" and (lambda cell: "maybe"),
    "key to nothing": lambda field: field["points"] and (lambda cell: "nobody_1999"),
    "empty": lambda field: field["constraints"].get("required") and (lambda cell: ""),
}

# Breaks of content: a sound cell with something else in it. Why load() alone cannot know, unless a key, a correction or
# another table happens to hold the same fact.
CONTENT = {
    "another figure": (lambda field: field["type"] in ("number", "integer") and _other_figure,
                       "a figure as plausible as the right one; only another row of the same fact could contradict it"),
    "another code": (lambda field: "enum" in field["constraints"] and (lambda cell: next(
        (code for code in field["constraints"]["enum"] if code != cell), None)),
        "a code that exists; that it is the wrong one only a reader of the source can see"),
    "other words": (lambda field: field["type"] == "string" and not field["points"] and not {"enum", "pattern"} & set(field["constraints"])
                    and (lambda cell: " ".join(reversed(cell.split())) if " " in cell else None),
                    "free text"),
}


def _other_figure(cell: str) -> str | None:
    digits = [i for i, c in enumerate(cell) if c.isdigit()]
    if not digits:
        return None
    i = digits[-1]
    return cell[:i] + str((int(cell[i]) + 1) % 10) + cell[i + 1:]


def fields(resource: dict) -> list[dict]:
    """The fields of a table, each with its constraints and with `points`: is it a key into another table?"""
    schema = resource["schema"]
    keys = {name for key in schema.get("foreignKeys", []) for name in key["fields"]}
    return [{**field, "constraints": field.get("constraints", {}), "points": field["name"] in keys} for field in schema["fields"]]


def of(field: dict) -> dict:
    """Kind of break to a function from the cell to the broken cell (None: this cell cannot be broken so)."""
    kinds = FORM | {kind: applies for kind, (applies, _) in CONTENT.items()}
    return {kind: change for kind, applies in kinds.items() if (change := applies(field))}
