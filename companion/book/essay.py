"""The reader's own copy of the essay: found paragraph by paragraph, by fingerprints that prove a text without holding it."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

# SHA-256 of each paragraph's words, lower case, joined by spaces.
FINGERPRINTS = dict(enumerate((
    "f6ab98b8b0e7457b", "73ab1ec3f75f2e09", "29ee9c8a81c7a5a8", "60c5cc383e1af5ab",
    "5f956ae86e80f048", "16b10fb5c6a65041", "8041826a7c0e08b3", "18715b751078f4d1",
    "9fb1f5928a72a296", "21bea59686e82a14", "85edb7ec9ebd7360",
), start=1))
LONGEST = 250  # words that a paragraph may have; the essay's longest has some hundred


def setup(app: Sphinx) -> None:
    # The text itself is the setting: where it changes or goes, Sphinx reads every page anew, and no old copy stays.
    app.add_config_value("companion_essay", {}, "env", types=dict)
    app.connect("config-inited", _take)


def _take(app: Sphinx, config) -> None:
    given = os.environ.get("ESSAY")
    config.companion_essay = read(Path(given).expanduser(), FINGERPRINTS) if given else {}


def fingerprint(text: str) -> str:
    """Fingerprint of a paragraph that does not change with quotes, spaces, line breaks or punctuation."""
    return hashlib.sha256(" ".join(_words(text)).encode()).hexdigest()[:16]


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower().replace("’", "").replace("'", ""))


def read(path: Path, prints: Mapping[int, str]) -> dict[int, str]:
    """Paragraph to the reader's own text of it, in one line, for every paragraph in `prints`.

    A paragraph may run over several lines, and what stands before, between and after does not matter.
    Raises ExtensionError with one sentence that says what is wrong with the file.
    """
    leave = "or leave ESSAY out"
    if not path.exists():
        raise ExtensionError(f"ESSAY={path}: there is no such file; give the path of your own copy of the essay, {leave}.")
    if path.is_dir():
        raise ExtensionError(f"ESSAY={path} is a folder; name the file in it that holds the essay, {leave}.")
    try:
        lines = [" ".join(line.split()) for line in path.read_text("utf-8").splitlines()]
    except UnicodeDecodeError:
        raise ExtensionError(f"ESSAY={path} is not text in UTF-8; save the essay as plain text in UTF-8, {leave}.") from None
    except OSError as error:
        raise ExtensionError(f"ESSAY={path} cannot be read ({error.strerror}); change that, {leave}.") from None
    lines = list(filter(None, lines))
    if not lines:
        raise ExtensionError(f"ESSAY={path} is empty; save the essay in it as plain text, {leave}.")
    found = _find(lines, {known: paragraph for paragraph, known in prints.items()})
    if missing := [paragraph for paragraph in sorted(prints) if paragraph not in found]:
        raise ExtensionError(f"ESSAY={path}: {_missing(lines, found, missing, len(prints))}; "
                             f"copy the essay again as it was published in September 2014, {leave}.")
    return {paragraph: " ".join(lines[start:end]) for paragraph, (start, end) in sorted(found.items())}


def _find(lines: list[str], known: Mapping[str, int]) -> dict[int, tuple[int, int]]:
    """Paragraph to (its first line, the line after its last): neighbouring lines whose words have a known fingerprint."""
    found = {}
    for start in range(len(lines)):
        words: list[str] = []
        for end in range(start, len(lines)):
            words += _words(lines[end])
            if len(words) > LONGEST:
                break
            paragraph = known.get(fingerprint(" ".join(words)))
            if paragraph:
                found.setdefault(paragraph, (start, end + 1))
    return found


def _missing(lines: list[str], found: Mapping[int, tuple[int, int]], missing: list[int], total: int) -> str:
    """Which paragraphs were not found, and how the text begins that stands in place of the first of them."""
    if not found:
        return f"none of the {total} paragraphs that this book was written on is in it"
    first = missing[0]
    before = max((end for paragraph, (_, end) in found.items() if paragraph < first), default=0)
    after = min((start for paragraph, (start, _) in found.items() if paragraph > first), default=len(lines))
    some = f"{', '.join(map(str, missing[:-1]))} and {missing[-1]} are" if len(missing) > 1 else f"{first} is"
    said = (f"paragraph{'s' * (len(missing) > 1)} {some} missing or not the text this book was written on "
            f"({len(found)} of {total} match")
    if before < after:
        said += f"; in place of paragraph {first} your copy has “{' '.join(lines[before].split()[:6]).rstrip('.,:;?!')} …”"
    return said + ")"
