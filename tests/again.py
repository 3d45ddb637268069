"""Has anything changed since every test passed? `make test` asks first, so that a second run takes seconds.

Exit 0: nothing has, and there is nothing to run. Exit 1: run the tests. `--passed` notes that they all passed.
Always runs them where CI, AGAIN or ARGS is set. What counts: every file of the project, Python, and the browser.
"""

import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "book"))

import reading  # noqa: E402

NOTE = reading.ROOT / ".venv" / "passed"
LEFT_OUT = {"_build", ".venv", ".git", "__pycache__", ".pytest_cache", ".hypothesis", ".ipynb_checkpoints"}


def state():
    """A name for the project as it is and for what its tests run on."""
    digest = hashlib.sha256(sys.version.encode())
    digest.update(subprocess.run([reading.find() or "true", "--version"], capture_output=True).stdout)
    for folder, folders, files in os.walk(reading.ROOT):
        folders[:] = sorted(set(folders) - LEFT_OUT)
        for name in sorted(files):
            path = Path(folder, name)
            digest.update(f"{path.relative_to(reading.ROOT)}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def main():
    if "--passed" in sys.argv:
        if not os.environ.get("ARGS"):  # a part that passed says nothing of the whole
            NOTE.write_text(f"{state()} {time.strftime('%Y-%m-%d %H:%M')}", "utf-8")
        return 0
    if any(os.environ.get(name) for name in ("CI", "AGAIN", "ARGS")) or not NOTE.exists():
        return 1
    passed, when = NOTE.read_text("utf-8").split(" ", 1)
    if passed != state():
        return 1
    print(f"Nothing has changed since every test passed ({when}). To run them all the same: make test AGAIN=1")
    return 0


if __name__ == "__main__":
    sys.exit(main())
