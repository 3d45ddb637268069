"""Measure the book: `make bench`. Prints tables and judges nothing."""

import importlib.metadata
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "book")]

from playwright.sync_api import sync_playwright  # noqa: E402

import reading  # noqa: E402

TIMES = 50
# Input to painted change: from the event to the second frame after it, when the first is surely on the screen.
PAINTED = """([name, values]) => new Promise(done => {
  const form = document.getElementById(name).querySelector('form');
  const [key, value] = values;
  const group = form.elements[key];
  const input = group instanceof RadioNodeList ? group[value] : group;
  const start = performance.now();
  if (input.type === 'radio') input.checked = true; else input.value = String(value);
  input.dispatchEvent(new Event('input', {bubbles: true}));
  const worked = performance.now() - start;
  requestAnimationFrame(() => requestAnimationFrame(() => done([performance.now() - start, worked])));
})"""
CONTROLS = """() => [...document.querySelectorAll('[data-exploration]')].map(e => {
  const states = JSON.parse(e.querySelector('[data-states]').textContent);
  return {name: e.id, states: states.states.length, controls: states.controls.map(c => [c.name, c.values.length]),
          json: e.querySelector('[data-states]').textContent, html: e.outerHTML};
})"""


def table(title, head, rows):
    rows = [tuple(map(str, row)) for row in [head, *rows]]
    widths = [max(map(len, column)) for column in zip(*rows)]
    print(f"\n{title}")
    for row in rows:
        print("  " + "  ".join(cell.ljust(w) if i == 0 else cell.rjust(w) for i, (cell, w) in enumerate(zip(row, widths))))


def seconds(command, root):
    start = time.perf_counter()
    done = subprocess.run([sys.executable, *command], cwd=root, capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    return time.perf_counter() - start


def median_seconds(command, root, times=3):
    return statistics.median(seconds(command, root) for _ in range(times))


def processor():
    try:
        return re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())[1]
    except (OSError, TypeError):
        return platform.processor() or platform.machine()


def builds():
    book = ["-m", "companion.book"]
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "book"
        shutil.copytree(ROOT, root, ignore=shutil.ignore_patterns("_build", ".venv", ".git", "__pycache__"))
        cold = seconds(book, root)
        imports = [median_seconds(["-c", f"import {name}"], root) for name in ("pandas", "companion")]
        return cold, median_seconds(book, root), *imports, loads(root)


def loads(root):
    """Seconds to load every table once, in a fresh process, imports left out."""
    code = ("import json, time, companion as c\nnames = [r['name'] for r in json.load(open('data/datapackage.json'))['resources']]\n"
            "start = time.perf_counter()\nfor n in names: c.load(n)\nprint(time.perf_counter() - start)")
    return statistics.median(float(subprocess.check_output([sys.executable, "-c", code], cwd=root)) for _ in range(3))


def main():
    versions = ", ".join(f"{n} {importlib.metadata.version(n)}" for n in ("jupyter-book", "pandas", "matplotlib"))
    print(f"{processor()}, {os.cpu_count()} cores; {platform.system()}, Python {platform.python_version()}, {versions}")
    cold, warm, pandas, imported, loaded = builds()
    table("Seconds", ("what", "s"), [("cold build, fresh copy", f"{cold:.1f}"), ("warm build, nothing changed (median of 3)", f"{warm:.1f}"),
                                     ("import pandas alone (median of 3)", f"{pandas:.2f}"), ("import companion (median of 3)", f"{imported:.2f}"), ("load() of every table (median of 3)", f"{loaded:.2f}")])
    made = reading.make_book()
    if made.returncode:
        sys.exit(made.stdout)
    weights, states = [], []
    with sync_playwright() as playwright, reading.serve() as site:
        browser = reading.launch(playwright)
        print(f"\nChromium {browser.version}, headless")
        for path in reading.pages():
            page = reading.watch(browser.new_page(viewport={"width": 1280, "height": 800}))
            page.goto(site + path, wait_until="networkidle")
            total, requests = reading.weigh(page.got)
            weights.append((path, f"{total / 1000:.1f}", requests))
            for e in page.evaluate(CONTROLS):
                moves = [(key, v) for key, n in e["controls"] for v in [*range(1, n), 0]]
                took = [page.evaluate(PAINTED, [e["name"], moves[i % len(moves)]]) for i in range(TIMES)]
                states.append((e["name"], e["states"], f"{reading.zipped(e['json']) / 1000:.1f}", f"{reading.zipped(e['html']) / 1000:.1f}",
                               *(f"{statistics.median(column):.1f}" for column in zip(*took)), f"{max(t for t, _ in took):.1f}"))
            page.close()
        browser.close()
    table("First view of each page", ("page", "kB gzip", "requests"), weights)
    table(f"Explorations, {TIMES} changes each", ("exploration", "states", "kB states", "kB whole", "ms painted", "ms script", "ms worst"), states)


if __name__ == "__main__":
    main()
