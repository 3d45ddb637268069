"""The two halves of the suite hold every test, and a failure in either is a failure."""

import subprocess

import pytest

import side_by_side


def test_the_halves_hold_every_file_once():
    first, second = side_by_side.halves()
    assert all((side_by_side.ROOT / path).is_file() for path in first)
    assert second == [f"--ignore={path}" for path in first]
    # The half without a browser opens none.
    for file in (side_by_side.ROOT / "tests").rglob("test_*.py"):
        opens = "page_at" in file.read_text("utf-8") and file.name != "test_side_by_side.py"
        assert opens == (file.relative_to(side_by_side.ROOT).as_posix() in first), file


@pytest.mark.parametrize(("first", "second", "code"), [(0, 0, 0), (1, 0, 1), (0, 1, 1), (0, -9, 1), (-9, 0, 1)])
def test_a_failure_in_either_half_fails(first, second, code, monkeypatch):
    def done(returncode):
        return subprocess.CompletedProcess([], returncode, "")

    monkeypatch.setattr(side_by_side.reading, "make_book", lambda: done(0))
    monkeypatch.setattr(side_by_side.subprocess, "run", lambda *_, **__: done(first))

    class Rest:
        def __init__(self, *_, **__):
            pass

        def wait(self):
            return second

    monkeypatch.setattr(side_by_side.subprocess, "Popen", Rest)
    assert side_by_side.main([]) == code


def test_no_test_runs_on_a_book_that_does_not_build(monkeypatch, capsys):
    monkeypatch.setattr(side_by_side.reading, "make_book", lambda: subprocess.CompletedProcess([], 1, "index.md is broken."))
    monkeypatch.setattr(side_by_side.subprocess, "Popen", None)
    assert side_by_side.main([]) == 1 and "index.md is broken." in capsys.readouterr().out
