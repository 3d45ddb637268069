"""Build the book as `make book` does: `python -m companion.book`; write its notebooks: `... notebooks`.

A failure is told in one sentence, with exit code 1; the whole log is in _build/book.log.
"""

import io
import os
import re
import shutil
import sys
import time
import traceback
from pathlib import Path

from jupyter_book.cli.main import main as jupyter_book
from nbclient.exceptions import CellExecutionError

from companion.book import notebooks

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "_build"
LOG, UNFINISHED = BUILD / "book.log", BUILD / "unfinished"  # UNFINISHED stands from a build's start to its good end
COLOUR = re.compile(r"\x1b\[[\d;]*m")
STEP = re.compile(r"(reading|writing) \w+\.\.\. \[ *\d+%\] (\S+)|(\S+): Executing notebook using")
WARNING = re.compile(r"(?:(/[^:\n]+)(?::(\d+))?: )?(?:WARNING|ERROR|CRITICAL): (.+?)(?: \[[\w.-]+\])?$", re.M)
# The project's own errors are whole sentences that start with a file, or with the copy that a reader named; they are
# shown as they are.
OURS = re.compile(r"ESSAY=|[\w./-]+\.(?:bib|csv|ipynb|json|md|py|ya?ml)\b")


class Screen(io.TextIOBase):
    """Stands in for stdout and stderr: every line goes to the log, a line a page to the terminal."""

    def __init__(self, terminal, log):
        self.terminal, self.log, self.line = terminal, log, ""

    def write(self, text):
        *lines, self.line = (self.line + COLOUR.sub("", text)).split("\n")
        for line in lines:
            print(line, file=self.log)
            if step := STEP.search(line):
                print("-", step[1] or "running", short(step[2] or step[3]), file=self.terminal, flush=True)


def short(path):
    return os.path.relpath(path, ROOT) if os.path.isabs(path) else path


def explain(error, log):
    """One sentence on what stopped the build: from the first cause of `error`, or the first warning in `log`."""
    chain = [error]
    while cause := getattr(chain[-1], "orig_exc", None) or chain[-1].__cause__:
        chain.append(cause)
    cause = chain[-1]
    where, kind, text, cure = "", f"{type(cause).__name__}: ", str(cause), "it"
    frames = [f for f in traceback.extract_tb(cause.__traceback__) if f.filename.startswith(f"{ROOT}/companion/")]
    if isinstance(cause, CellExecutionError):
        cell = re.search(r"Cell In\[(\d+)\]", COLOUR.sub("", cause.traceback))
        where = short(str(chain[-2])) + (f", cell {cell[1]}" if cell else "")
        kind, text, cure = f"{cause.ename}: ", cause.evalue, "the cell"
    elif isinstance(cause, SystemExit) and (warning := WARNING.search(log)):
        path, line, text = warning.groups()
        kind, where = "", short(path or "_config.yml") + (f", line {line}" if line else "")
    elif frames and frames[-1].filename != __file__:
        where = f"{short(frames[-1].filename)}, line {frames[-1].lineno}"
    text = " ".join(COLOUR.sub("", text).split()).strip("=. ")
    if OURS.match(text):
        return f"{text} (asked for by {where})." if cure == "the cell" else f"{text}."
    return f"{where}{where and ': '}{kind}{text}; mend {cure} and run make book again."


def build():
    """Build _build/html and say how it went; returns the exit code."""
    start = time.monotonic()
    BUILD.mkdir(exist_ok=True)
    if UNFINISHED.exists():
        # Sphinx would not read again a page that failed or was cut off, and its warning would never return.
        for half_made in (".doctrees", "html"):
            shutil.rmtree(BUILD / half_made, ignore_errors=True)
    UNFINISHED.touch()
    os.chdir(ROOT)
    terminal, log = os.fdopen(os.dup(1), "w"), LOG.open("w", encoding="utf-8", buffering=1)
    os.dup2(log.fileno(), 1)  # kernels write to the descriptors that they inherit
    os.dup2(log.fileno(), 2)
    sys.stdout = sys.stderr = Screen(terminal, log)
    try:
        jupyter_book(["build", ".", "-W", "--keep-going"], standalone_mode=False)
    except (Exception, KeyboardInterrupt, SystemExit) as error:
        traceback.print_exc()
        print(explain(error, LOG.read_text("utf-8")), "The full log is _build/book.log.", sep="\n", file=terminal, flush=True)
        return 1
    UNFINISHED.unlink()
    place = (BUILD / "html/index.html").as_uri()
    print(f"The book is in _build/html, made in {time.monotonic() - start:.1f} s; open {place}", file=terminal, flush=True)
    return 0


if __name__ == "__main__":
    if sys.argv[1:] == ["notebooks"]:
        print(*(f"- {path}" for path in notebooks.write(BUILD / "notebooks")), sep="\n")
        sys.exit()
    sys.exit(build() if not sys.argv[1:] else "usage: python -m companion.book [notebooks]")
