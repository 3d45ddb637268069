"""The browser that tests, benchmarks and the book on paper use: a Chrome or Chromium of this machine, without a window.

As a command it makes sure that there is one and prints it; make runs that first where a browser is needed.
"""

import contextlib
import os
import shutil
import subprocess
import sys

from playwright.sync_api import sync_playwright

NAMES = ("google-chrome", "google-chrome-stable", "chromium", "chromium-browser",
         "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
         "/Applications/Chromium.app/Contents/MacOS/Chromium")
ARGS = ("--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run",
        # Of several open pages all but one would be run at a low priority, and starve beside a second worker.
        "--disable-renderer-backgrounding", "--disable-backgrounding-occluded-windows")


def works(name):
    """The path of a browser that starts, or None; on Ubuntu `chromium-browser` may be a stub that only says where to get one."""
    path = shutil.which(name)
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        if path and subprocess.run([path, "--version"], capture_output=True, timeout=30).returncode == 0:
            return path
    return None


def find():
    """The path of a Chrome or Chromium: $CHROME, the system's, playwright's own; None when there is none."""
    if os.environ.get("CHROME"):
        path = works(os.environ["CHROME"])
        if not path:
            sys.exit(f"CHROME={os.environ['CHROME']} does not start; name a Chrome or Chromium, or leave CHROME out.")
        return path
    path = next(filter(None, map(works, NAMES)), None)
    if not path:
        with sync_playwright() as playwright:
            path = works(playwright.chromium.executable_path)
    return path


def install():
    """Try the system's package, then playwright's own browser."""
    root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    commands = [[sys.executable, "-m", "playwright", "install", "chromium"]]
    if shutil.which("apt-get") and (not root or shutil.which("sudo")):
        env = ["env", "DEBIAN_FRONTEND=noninteractive"]
        commands[:0] = [[*root, *env, "sh", "-c", "apt-get update -q && apt-get install -y -q chromium"]]
    for command in commands:
        print("- no Chrome or Chromium yet; running:", " ".join(command), flush=True)
        subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if path := find():
            return path
    sys.exit("No Chrome or Chromium was found and none could be installed; install one, or name it: make ... CHROME=/path/to/chrome")


def flags():
    """The arguments of the browser. Only root needs to go without the sandbox."""
    return [*ARGS, *(("--no-sandbox",) if os.geteuid() == 0 else ())]


def launch(playwright):
    """A headless browser."""
    path = find() or sys.exit("No Chrome or Chromium was found; run make test, which installs one, or name it in CHROME.")
    return playwright.chromium.launch(executable_path=path, args=flags())


if __name__ == "__main__":
    print("- browser:", find() or install())
