"""The built book, its server and a browser, made once for all tests."""

import shutil

import pytest
from playwright.sync_api import sync_playwright

import reading

LEFT_OUT = ("_build", ".venv", ".git", "__pycache__", ".pytest_cache", ".hypothesis", ".ipynb_checkpoints")


@pytest.fixture(scope="session")
def book():
    """The folder of the built book. Pages that are as they were are not built again."""
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
    """A browser context for every width, theme and setting, each made once: contexts are slow to make."""
    made = {}

    def context(width, theme, **settings):
        key = (width, theme, *sorted(settings.items()))
        if key not in made:
            made[key] = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=theme,
                                            reduced_motion="reduce", **settings)
        return made[key]

    return context


@pytest.fixture(scope="session")
def page_at(contexts):
    """page_at(url, width, theme): the page, loaded and cut off from the network, with what reading.watch collects."""

    def open_page(url, width=1280, theme="light", **settings):
        page = reading.watch(contexts(width, theme, **settings).new_page())
        page.goto(url)  # until all is loaded; the scripts have run by then
        return page

    return open_page


@pytest.fixture(scope="module")
def copy(tmp_path_factory, book):
    """A copy of the project with a built book of its own, for tests that break it."""
    root = tmp_path_factory.mktemp("copy") / "book"
    shutil.copytree(reading.ROOT, root, ignore=shutil.ignore_patterns(*LEFT_OUT))
    if (reading.ROOT / "_build" / ".cache").is_dir():
        # Outputs of unchanged pages, so that the copy starts warm.
        shutil.copytree(reading.ROOT / "_build" / ".cache", root / "_build" / ".cache")
    made = reading.make_book(root)
    assert made.returncode == 0, made.stdout
    return root
