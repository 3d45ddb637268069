"""The look of the book: our own page layout and one style sheet on top of sphinx-book-theme.

The theme's own front end is 984 kB in 28 requests, most of it an icon font, and reports two script
errors of its own. What a reader of this book uses of it fits in `templates/layout.html`,
`static/theme.css` and `static/theme.js`; the theme keeps its Python side (directives, footnotes, contents).
"""

import base64
import hashlib
import html
import re
import shutil
from pathlib import Path

from sphinx.util import logging

HERE = Path(__file__).parent
FIRST_SCRIPT = (HERE / "templates" / "first.js").read_text("utf-8")  # stands in the head of every page
THEME_FILES = ("vendor", "scripts", "styles", "locales", "images", "webpack-macros.html", "sbt-webpack-macros.html", "doctools.js",
               "documentation_options.js", "language_data.js", "searchtools.js", "sphinx_highlight.js")

# Scripts and styles that extensions put on every page, by a word in their name or text, and the
# pattern in a page's HTML that shows the page needs them. None: no page of ours does.
NEEDED_WHERE = {
    "sphinx-book-theme": None,  # drives the theme's own buttons and sidebars, which layout.html replaces
    "thebe": None,  # live cells fetched from another host
    "clipboard": None,  # theme.js copies code in a few lines
    "copybutton": None,
    "mystnb.": None,  # 40 kB, nearly all of it terminal colours; theme.css styles cells
    "DOCUMENTATION_OPTIONS.pagename": None,
    "documentation_options": None,  # for Sphinx's own search, which search.py replaces
    "doctools": None,
    # Rewrites the page's address on load, which holds the state of the explorations, and keeps what was searched for.
    "sphinx_highlight": None,
    "pygments": r'class="[^"]*\bhighlight\b',  # colours of code
    "togglebutton": r'class="[^"]*\b(toggle|dropdown)\b',
    "toggleHint": r'class="[^"]*\b(toggle|dropdown)\b',
    "toggleOpenOnPrint": r'class="[^"]*\b(toggle|dropdown)\b',
    "sphinx-design": r'class="[^"]*\bsd-',
    "design-tabs": r'class="[^"]*\bsd-tab',
}

# Left in the text by sphinx-thebe, which Jupyter Book always loads.
LIVE_CELLS = ('<script type="text/x-thebe-config"', "<script>kernelName")

# Markup of Sphinx and its extensions that misleads a screen reader or breaks a narrow page, and its cure.
MENDED = {
    # A note inside the text is no landmark of the page.
    r'<aside (?=class="(?:footnote-list|margin|sidebar|admonition|topic))': '<aside role="note" ',
    # The role is deprecated, and may not stand in a list.
    r'role="doc-biblioentry"': 'role="listitem"',
    # A name that hides the visible "Show code cell source".
    r'<summary aria-label="Toggle hidden content">': "<summary>",
    # The corner of a pandas table heads nothing.
    r"<th></th>": "<td></td>",
    # A wide table scrolls in a box, not the page. Tables of pandas and Markdown offer no place for one;
    # those of figure cards bring their own, which this leaves alone.
    r"""(?s)(<div class=["'](?:card-)?scroll[ "'][^>]*>\s*)?<table\b.*?</table>""": (
        lambda match: match[0] if match[1] else f'<div class="scroll">{match[0]}</div>'
    ),
}


def setup(app):
    """Connect the layout; called from the `setup` of the book's extension."""
    app.add_css_file("theme.css", priority=300)  # before companion.css, which builds on its colours
    app.add_js_file("theme.js", loading_method="defer")
    app.connect("config-inited", configure)
    # After the other extensions (500) have added their files and the theme has changed the list (501).
    app.connect("html-page-context", trim_page, priority=900)
    app.connect("build-finished", remove_theme_files)
    app.connect("build-finished", embed_typeface)


def configure(app, config):
    """Put our templates before the theme's, and switch off what would load from another host."""
    # New lists: an unset value is Sphinx's own default, which the next book of this process would get as well.
    config.templates_path = [str(HERE / "templates"), *config.templates_path]
    config.html_static_path = [*config.html_static_path, str(HERE / "static")]
    # Without a kernel a widget cannot move anything, and its two scripts come from a CDN.
    config.nb_ipywidgets_js = {}


def trim_page(app, pagename, templatename, context, doctree):
    """Drop the files this page does not need, and mend its markup."""
    body = context.get("body") or ""
    for kind in ("css_files", "script_files"):
        # In place: the builder holds the same list and restores it for the next page.
        context[kind][:] = [file for file in context[kind] if is_needed(file, body)]
        for file in context[kind]:
            if "://" in str(file.filename):
                logging.getLogger(__name__).warning(
                    "%s asks for %s; serve the file from the book, which must work without a network.",
                    pagename, file.filename,
                )
    # docutils and Sphinx both write this one; once is enough.
    metatags = re.sub(r'<meta (?=[^>]*name="viewport")[^>]*>\s*', "", context.get("metatags") or "")
    # Before anything that loads or runs: a policy binds only what comes after it.
    context["metatags"] = f'\n    <meta http-equiv="Content-Security-Policy" content="{policy(FIRST_SCRIPT)}" />{metatags}'
    context["first_script"] = FIRST_SCRIPT
    if pagename == app.config.root_doc and context.get("pageurl"):
        context["pageurl"] = app.config.html_baseurl  # the folder and its index.html are one page
    if body:
        if "/" not in pagename:
            # Cells do not know their page: what they link to is written as seen from the folder of the chapters.
            body = re.sub(r'(href=\\?")\.\./', r"\1", body)
        context["body"] = mend(body)


def title_of(context):
    """The title of a page as plain text; empty where it has none."""
    return html.unescape(re.sub(r"<[^>]+>", "", context.get("title") or ""))


def policy(script):
    """The Content-Security-Policy of a page: files of the book alone, and the one script `script` inside the page.

    'self' is also what lies beside a page on a disk, in Chromium and in Firefox.
    """
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return "; ".join((
        "default-src 'none'",
        f"script-src 'self' 'sha256-{digest}'",
        "style-src 'self' 'unsafe-inline'",  # the drawings of matplotlib have style attributes
        "img-src 'self' data:",  # the icon of the page, and the drawing that becomes a PNG
        "font-src data:",  # embed_typeface
        "connect-src 'self'",  # no page fetches; who reads a site for a search engine asks for robots.txt from within a page
        "form-action 'self'",
        "base-uri 'none'",
    ))


def is_needed(file, body):
    """Whether a page uses a script or style sheet (Sphinx's own objects: a file name or a body)."""
    text = f"{file.filename} {file.attributes.get('body', '')}"
    for word, pattern in NEEDED_WHERE.items():
        if word in text:
            return bool(pattern and re.search(pattern, body))
    return True


def mend(body):
    """A page's HTML with MENDED applied, except inside its scripts, and without live cells."""
    parts = []
    for part in re.split(r"(?s)(<script\b.*?</script>)", body):
        if part.startswith("<script"):
            parts.append("" if part.startswith(LIVE_CELLS) else part)
            continue
        for pattern, cure in MENDED.items():
            part = re.sub(pattern, cure, part)
        parts.append(part)
    return "".join(parts)


def embed_typeface(app, exception):
    """Put the typeface into its style sheet: a file of its own comes after the first paint, and lines would move when it does."""
    if exception is None and app.builder.format == "html":
        folder = Path(app.outdir) / "_static"
        sheet, face = folder / "companion.css", folder / "newsreader.woff"
        data = base64.b64encode((HERE / "static" / face.name).read_bytes()).decode()
        sheet.write_text(sheet.read_text("utf-8").replace(f"url({face.name})", f"url(data:font/woff;base64,{data})"), "utf-8")
        face.unlink(missing_ok=True)


def remove_theme_files(app, exception):
    """Leave the 6 MB of the theme's icon fonts, scripts and styles, which no page links to, out of the published book."""
    if exception is None and app.builder.format == "html":
        for name in THEME_FILES:
            path = Path(app.outdir) / "_static" / name
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
