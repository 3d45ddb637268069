"""The chapters as notebooks for a live kernel: MyST that JupyterLab cannot show becomes plain Markdown."""

from __future__ import annotations

import re
from pathlib import Path

import jupytext

from companion.book.markup import number

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
    text = re.sub(r"\{claim\}`([^`<]+?) *<[^`]*>`", r"\1", text)
    text = re.sub(r"```\{passage\} (\d+)\n(?::[^\n]*\n)*(.*?)```",
                  lambda m: f"> **Paragraph {m[1]}, in our words.** " + " ".join(m[2].split()), text, flags=re.S)
    return re.sub(r"```\{guess\} \S+\n(?::[^\n]*\n)*(.*?)\n\+\+\+\n(.*?)```",
                  r"\1\n<details><summary>See the answer</summary>\n\2\n</details>\n", text, flags=re.S)
