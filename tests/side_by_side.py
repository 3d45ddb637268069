"""Run the whole suite in two halves at a time: what a browser opens, and all the rest.

With arguments: pytest with these, as one.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "book"))

import reading  # noqa: E402

# In a browser. What is not named here is in the other half, so that no test can be in neither.
BROWSER = [f"tests/book/test_{name}.py" for name in
           ("argument_map", "pages", "explorations", "catalogue", "timeline", "ledger", "guess", "anywhere")]
PYTEST = [sys.executable, "-m", "pytest", "-q"]


def halves():
    """The arguments of pytest for each half."""
    return BROWSER, [f"--ignore={path}" for path in BROWSER]


def main(arguments):
    if arguments:
        return subprocess.run([*PYTEST, *arguments], cwd=ROOT).returncode
    made = reading.make_book()
    if made.returncode:
        print(made.stdout)
        return 1
    with tempfile.TemporaryFile("w+") as kept:  # two at once in one terminal could not be read
        env = os.environ | {"BOOK_IS_BUILT": "1"}
        first, second = halves()
        rest = subprocess.Popen([*PYTEST, *second], cwd=ROOT, env=env, stdout=kept, stderr=subprocess.STDOUT)
        codes = [subprocess.run([*PYTEST, *first], cwd=ROOT, env=env).returncode, rest.wait()]
        kept.seek(0)
        print(kept.read())
    return int(any(codes))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
