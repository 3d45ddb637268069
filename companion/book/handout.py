"""A page printed from a browser: its style sheet, and its title and address at the foot of each sheet of paper."""

import re

from sphinx.application import Sphinx

from companion.book import theme


def setup(app: Sphinx) -> None:
    app.add_css_file("print.css", media="print", priority=950)  # after the sheets of single pages, whose rules it changes
    app.connect("html-page-context", _foot)


def _foot(app: Sphinx, pagename: str, templatename: str, context: dict, doctree) -> None:
    title = theme.title_of(context) or app.config.project
    foot = css_string(f"{title} · {app.config.html_baseurl}{pagename}.html")
    style = f'<style media="print">@page{{@bottom-left{{content:{foot}}}}}</style>'
    context["metatags"] = context.get("metatags", "") + style


def css_string(text: str) -> str:
    """The text as a string of CSS that can neither end itself nor the style element around it."""
    return '"' + re.sub(r'["\\<\n]', lambda match: f"\\{ord(match[0]):x} ", text) + '"'
