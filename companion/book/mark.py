"""The mark of the book: a triangle that is open on one side. It stands in the header, as the icon of every page, and on cards."""

from __future__ import annotations

from urllib.parse import quote

from sphinx.application import Sphinx

from companion.figure import GROUND

SIZE, STROKE = 16, 2
POINTS = ((9.7, 5.1), (8, 2), (1.5, 14), (14.5, 14), (12.4, 10.1))  # in a square of SIZE, y downwards
PATH = "M" + "L".join(f"{x} {y}" for x, y in POINTS)


def setup(app: Sphinx) -> None:
    app.connect("html-page-context", _tell)


def icon() -> str:
    """The mark as the address of an icon. It lies on the browser's own ground, which is dark where the system is."""
    light, dark = GROUND["text"]
    return "data:image/svg+xml," + quote(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIZE} {SIZE}"><style>path{{fill:none;stroke:{light};stroke-width:{STROKE}}}'
        f'@media(prefers-color-scheme:dark){{path{{stroke:{dark}}}}}</style><path d="{PATH}"/></svg>', safe=" ='/:")


def _tell(app: Sphinx, pagename: str, templatename: str, context: dict, doctree) -> None:
    context["mark"], context["favicon"], context["grounds"] = PATH, icon(), GROUND["surface"]
