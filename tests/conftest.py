"""The built book, its server and a browser, made once for all tests."""

import os
import re
import shutil
from collections import Counter

import pytest
from hypothesis import settings
from playwright.sync_api import sync_playwright

import reading

settings.register_profile("book", deadline=None)  # two workers share the machine, so an example may wait for its turn
settings.load_profile("book")


@pytest.hookimpl(wrapper=True, tryfirst=True)  # before xdist reads the groups, and after
def pytest_collection_modifyitems(items):
    """Mark what opens a browser, and what needs a built book, by the fixtures that a test asks for: none can be in neither.

    Tests of one file, or of one page or exploration where a file of the built book has many, stay together: what they share is
    made once.
    """
    groups = {False: Counter(), True: Counter()}
    for item in items:
        if "browser" in item.fixturenames:
            item.add_marker("browser")
        elif {"book", "copy"} & set(item.fixturenames):
            item.add_marker("built")
        chosen = item.callspec.params if hasattr(item, "callspec") and "book" in item.fixturenames else {}
        group = "-".join([item.path.stem, *(str(chosen[shared]) for shared in ("visit", "name") if shared in chosen)])
        item.add_marker(pytest.mark.xdist_group(group))
        groups[item.get_closest_marker("browser") is not None][group] += 1
    # In turns, so that one worker computes while the other waits for its browser: two browsers get into each other's way.
    # Those with most tests come first, so that at the end neither worker waits long for the other. Tests of both kinds in one group
    # go with those that open a browser.
    turn = {group: (i + 0.5) / len(mine) for mine in groups.values() for i, (group, _) in enumerate(mine.most_common())}
    items.sort(key=lambda item: turn[item.get_closest_marker("xdist_group").args[0]])
    yield
    if "PYTEST_XDIST_WORKER" in os.environ and not all("@" in item.nodeid for item in items):
        raise pytest.UsageError("pytest-xdist does not keep the groups of tests together; install what requirements-test.lock names.")


LEFT_OUT = ("_build", ".venv", ".git", "__pycache__", ".pytest_cache", ".hypothesis", ".ipynb_checkpoints")


@pytest.fixture(scope="session")
def book():
    """The folder of the built book. Pages that are as they were are not built again."""
    if not os.environ.get("BOOK_IS_BUILT"):  # `make test` has built it: two workers at once would tread on each other
        made = reading.make_book(reading.ROOT)
        assert made.returncode == 0, made.stdout
    return reading.HTML


@pytest.fixture(scope="session")
def site(book):
    """The address of the book on a server, deep below its root."""
    with reading.serve(book) as address:
        yield address


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        chrome = reading.launch(playwright)
        yield chrome
        chrome.close()


@pytest.fixture(scope="session")
def contexts(browser):
    """A browser context for every width, theme and setting, each made once: contexts are slow to make.

    In a `stopped` one the clock stands until a test moves its hands (page.clock.run_for), so that nothing has to wait.
    """
    made = {}

    def context(width, theme, stopped=False, **settings):
        key = (width, theme, stopped, *sorted(settings.items()))
        if key not in made:
            made[key] = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=theme,
                                            reduced_motion="reduce", **settings)
            if stopped:
                made[key].clock.install(time=0)
                made[key].clock.pause_at(1000)
        return made[key]

    return context


@pytest.fixture(scope="session")
def page_at(contexts):
    """page_at(url, width, theme): the page, loaded and cut off from the network, with what reading.watch collects.

    What a test closes is emptied and kept for the next: a window and a process of its own cost more than the page in it.
    """
    kept = {}

    def open_page(url, width=1280, theme="light", **settings):
        context = contexts(width, theme, **settings)
        idle = kept.setdefault(context, [])
        page = idle.pop() if idle else reading.watch(context.new_page())

        def close():
            page.goto("about:blank")
            page.set_viewport_size({"width": width, "height": 800})
            page.emulate_media(media="null", color_scheme=theme, reduced_motion="reduce",
                               forced_colors=settings.get("forced_colors", "none"))
            page.mouse.move(-1, -1)
            idle.append(page)

        page.close = close
        page.foreign, page.got, page.said = [], [], []
        page.bring_to_front()  # one behind another is given a frame a second
        page.goto(url)  # until all is loaded; the scripts have run by then
        return page

    return open_page


LEFT_OUT_PAGES = r"(?:chapters/(?!beijing\b)[\w-]+|argument-map|verdicts|as-of|codings)"
IN_CONTENTS = re.compile(rf"^ *- file: {LEFT_OUT_PAGES}\n", re.M)
LINKS_TO_THEM = re.compile(rf"\[([^\]]*)\]\((?:\.\./)?{LEFT_OUT_PAGES}\.md[^)]*\)")


@pytest.fixture(scope="module")
def copy(tmp_path_factory, book):
    """A copy of the project with a built book of its own, for tests that break it and put it right again.

    Of the chapters it holds one, and of the pages on the argument the ledger: how a build fails and is mended does not depend on
    how many there are, and each takes time.
    """
    root = tmp_path_factory.mktemp("copy") / "book"
    shutil.copytree(reading.ROOT, root, ignore=shutil.ignore_patterns(*LEFT_OUT))
    if (reading.ROOT / "_build" / ".cache").is_dir():
        # Outputs of unchanged pages, so that the copy starts warm.
        shutil.copytree(reading.ROOT / "_build" / ".cache", root / "_build" / ".cache")
    toc = root / "_toc.yml"
    toc.write_text(IN_CONTENTS.sub("", toc.read_text("utf-8")), "utf-8")
    for page in [*root.glob("*.md"), *root.glob("chapters/*.md")]:
        page.write_text(LINKS_TO_THEM.sub(r"\1", page.read_text("utf-8")), "utf-8")
    made = reading.make_book(root)
    assert made.returncode == 0, made.stdout
    assert [p.name for p in (root / "_build/html/chapters").glob("*.html")] == ["beijing.html"]
    return root
