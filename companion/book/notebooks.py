"""The chapters as notebooks for a live kernel: MyST that JupyterLab cannot show becomes plain Markdown."""

from __future__ import annotations

import re
from pathlib import Path

import jupytext

from companion.book.markup import SENTENCE, number
from companion.data import load

ROOT = Path(__file__).resolve().parents[2]


def write(folder: Path) -> None:
    """Write every page that has a notebook header to `folder` as .ipynb, under the page's own path."""
    for page in sorted([*ROOT.glob("chapters/*.md"), *ROOT.glob("*.md")]):
        if page.read_text("utf-8").startswith("---\njupytext:"):
            notebook = jupytext.read(page)
            for cell in notebook.cells:
                if cell.cell_type == "markdown":
                    cell.source = plain(cell.source, page.stem)
            target = (folder / page.relative_to(ROOT)).with_suffix(".ipynb")
            target.parent.mkdir(parents=True, exist_ok=True)
            jupytext.write(notebook, target)
            print(f"- {target}")


def plain(text: str, chapter: str) -> str:
    """A Markdown cell with the book's roles and directives turned into what any notebook shows."""
    text = re.sub(r"\{number\}`([^`]+)`", lambda m: number(m[1], chapter), text)
    text = re.sub(r"\{(?:claim|term)\}`([^`<]+?) *(?:<[^`]*>)?`", r"\1", text)
    text = re.sub(r"```\{passage\} ?(\d*)\n(?::[^\n]*\n)*(.*?)```", _passage, text, flags=re.S)
    text = re.sub(r"```\{reading\}\n(.*?)```", lambda m: _reading(m[1]), text, flags=re.S)
    return re.sub(r"```\{guess\} \S+\n(?::[^\n]*\n)*(.*?)\n\+\+\+\n(.*?)```",
                  r"\1\n<details><summary>See the answer</summary>\n\2\n</details>\n", text, flags=re.S)


def _passage(found: re.Match) -> str:
    head = f"Paragraph {found[1]}, in our words." if found[1] else "Before you start."
    return f"> **{head}** " + " ".join(re.sub(SENTENCE, "", found[2], flags=re.M).split())


def _reading(lines: str) -> str:
    sources = load("sources").set_index("source_id").fillna("")
    parts = [line.partition(": ") for line in filter(str.strip, lines.splitlines())]
    return "\n".join(f"- [{sources.loc[i, 'title']}]({sources.loc[i, 'url']}). {sources.loc[i, 'publisher']}. {why}"
                     for i, _, why in parts)
