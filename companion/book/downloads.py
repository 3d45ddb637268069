"""What can be taken from the book: the files of the claims and the argument, and the lists of the page that offers them all."""

from __future__ import annotations

import difflib
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective

from companion import exports
from companion.book import catalogue, markup, outputs

FOLDER = "claims"  # in the built book; the pages of single claims lie there too
FORMATS = {".zip": "zip", ".csv": "CSV", ".schema.json": "JSON Schema", ".aif.json": "AIF in JSON", ".json": "JSON",
           ".argdown": "Argdown", ".cff": "CFF", ".md": "Markdown"}  # the longer of two endings first


def setup(app: Sphinx) -> None:
    app.add_directive("downloads", Downloads)
    app.connect("build-finished", _publish)


def _publish(app: Sphinx, exception: Exception | None) -> None:
    if exception is None and app.builder.format == "html":
        folder, made = Path(app.outdir) / FOLDER, exports.files(outputs.claims(app.env))
        folder.mkdir(exist_ok=True)
        for path in folder.iterdir():  # a coding that is no more must not stay on top of an old build
            if path.suffix != ".html" and path.name not in made:
                path.unlink()
        for name, content in made.items():
            (folder / name).write_bytes(content)


def offered(env: BuildEnvironment) -> dict[str, int]:
    """Path in the built book to size in bytes, of every file that can be taken."""
    tables, claims = catalogue.files(), exports.files(outputs.claims(env))
    return {**{f"{catalogue.FOLDER}/{name}": len(content) for name, content in
               {**tables, catalogue.ZIP: catalogue.zipped(tables)}.items()},
            **{f"{FOLDER}/{name}": len(content) for name, content in claims.items()}}


class Downloads(SphinxDirective):
    """{downloads}: one file a line, "path in the built book: what it is, and for whom"; format and size are added."""

    has_content = True

    def run(self):
        sizes, licence = offered(self.env), exports.package()["licenses"][0]["name"]
        items = nodes.definition_list(classes=["downloads"])
        for line in filter(str.strip, self.content):
            path, _, what = line.partition(": ")
            if path not in sizes or not what:
                near = difflib.get_close_matches(path, sizes, 1, 0)[0]
                raise ExtensionError(f'{markup._place(self)}: "{path}" is no file that can be taken, or nothing says what it is; '
                                     f'write "{near}: what it is".')
            name = path.rpartition("/")[2]
            kind = next(kind for end, kind in FORMATS.items() if name.endswith(end))
            uri = f"{'../' * self.env.docname.count('/')}{path}"
            words, messages = self.state.inline_text(what, self.lineno)
            items += nodes.definition_list_item(
                "", nodes.term("", "", nodes.reference("", name, refuri=uri)),
                nodes.definition("", nodes.paragraph("", f"{kind}, {catalogue._size(sizes[path])}, {licence}", classes=["facts"]),
                                 nodes.paragraph("", "", *words)))
        return [items]
