"""`make test` runs nothing only while nothing has changed since everything passed."""

import pytest

import again


@pytest.fixture
def project(tmp_path, monkeypatch):
    (tmp_path / ".venv").mkdir()
    (tmp_path / "data.csv").write_text("a\n")
    monkeypatch.setattr(again.reading, "ROOT", tmp_path)
    monkeypatch.setattr(again, "NOTE", tmp_path / ".venv" / "passed")
    for name in ("CI", "AGAIN", "ARGS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(again.sys, "argv", ["again.py"])
    return tmp_path


def passed(monkeypatch):
    with monkeypatch.context() as m:
        m.setattr(again.sys, "argv", ["again.py", "--passed"])
        assert again.main() == 0


def test_runs_until_all_has_passed_and_then_only_after_a_change(project, monkeypatch):
    assert again.main() == 1
    passed(monkeypatch)
    assert again.main() == 0
    for change in (lambda: (project / "data.csv").write_text("b\n"), lambda: (project / "new.py").touch(),
                   lambda: (project / "new.py").unlink() or (project / "data.csv").unlink()):
        change()
        assert again.main() == 1


@pytest.mark.parametrize("name", ["CI", "AGAIN", "ARGS"])
def test_always_runs_where_asked(project, monkeypatch, name):
    passed(monkeypatch)
    monkeypatch.setenv(name, "1")
    assert again.main() == 1


def test_a_part_that_passed_says_nothing_of_the_whole(project, monkeypatch):
    monkeypatch.setenv("ARGS", "tests/test_data.py")
    passed(monkeypatch)
    monkeypatch.delenv("ARGS")
    assert again.main() == 1
