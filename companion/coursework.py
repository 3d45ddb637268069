"""Coursework: one master a chapter becomes the notebooks of students, of instructors, and a course that nbgrader grades.

A master is a MyST notebook in `coursework/`. Each of its cells says what it is for (`role`) and to which question it belongs (`id`).
Run as `python -m companion.coursework`, which writes _build/coursework/ whole or not at all.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

import jupytext
import nbformat
from nbformat.notebooknode import NotebookNode

from companion import __version__
from companion.data import DataError

ROOT = Path(__file__).resolve().parents[1]
MASTERS = ROOT / "coursework"
OUT = ROOT / "_build" / "coursework"
KIND = {"text": "markdown", "setup": "code", "question": "markdown", "answer": "code", "test": "code", "mistake": "code",
        "unusual": "code", "task": "markdown", "rubric": "markdown", "model": "markdown", "notes": "markdown", "discussion": "markdown"}
FOR_STUDENTS = ("text", "setup", "question", "answer", "test", "task", "discussion")
AUTOGRADED, TASKS, DISCUSSED, MISTAKES, UNUSUAL = 3, 2, 5, 3, 2  # at least; TASKS without the one to defend
SOLUTION = ("### BEGIN SOLUTION", "### END SOLUTION")


class Cell(NamedTuple):
    """One cell of a master: what it is for, to which question it belongs, its own settings, its source."""

    role: str
    id: str
    settings: Mapping[str, object]
    source: str


class Master(NamedTuple):
    """A master as read and checked: chapter, what its header says (title, minutes, needs, aims), its cells in order."""

    chapter: str
    head: Mapping[str, object]
    cells: tuple[Cell, ...]

    def of(self, role: str, ident: str | None = None) -> list[Cell]:
        """The cells of a role, of one question or of all."""
        return [cell for cell in self.cells if cell.role == role and ident in (None, cell.id)]


# --- reading ------------------------------------------------------------------------------------------------------

def masters(folder: Path = MASTERS) -> list[Master]:
    """Every master of a folder, by name. Raises DataError with one sentence for the first thing that is wrong."""
    paths = sorted(folder.glob("*.md"))
    if not paths:
        raise DataError(f"{folder} holds no master; it should have one file for each chapter, such as coursework/beijing.md.")
    return [read(path) for path in paths]


def read(path: Path) -> Master:
    """One master, checked. Raises DataError with one sentence that names file, question and cure."""
    notebook = jupytext.read(path)
    found = Master(path.stem, notebook.metadata.get("coursework", {}), tuple(_cells(path, notebook)))
    for fault in _faults(found):
        raise DataError(f"coursework/{path.name}, {fault}")
    return found


def _cells(path: Path, notebook: NotebookNode) -> Iterable[Cell]:
    for cell in notebook.cells:
        settings = dict(cell.metadata)
        role, ident = settings.pop("role", None), settings.pop("id", "")
        if role not in KIND or KIND[role] != cell.cell_type:
            what = f'the role "{role}"' if role else "no role"
            raise DataError(f'coursework/{path.name}: the cell "{cell.source.strip().splitlines()[0][:60]}" has {what}; '
                            f"give a {cell.cell_type} cell one of {', '.join(r for r in KIND if KIND[r] == cell.cell_type)}.")
        yield Cell(role, ident, settings, cell.source.strip())


def _faults(master: Master) -> Iterable[str]:
    """What is wrong with a master, each as "question: what; cure."."""
    for field in ("title", "minutes", "needs", "aims"):
        if not master.head.get(field):
            yield f"header: it has no {field}; write it under coursework: at the head of the file."
    asked, tasks = [c.id for c in master.of("question")], [c.id for c in master.of("task")]
    for ident in asked + tasks:
        if (asked + tasks).count(ident) > 1:
            yield f'question "{ident}": it stands there twice; give one of them another id.'
    for cell in master.cells:
        if cell.id and cell.id not in [*asked, *tasks, "discussion"]:
            yield f'question "{cell.id}": a cell of role {cell.role} belongs to it, and no question has this id; mend the id.'
        if not cell.id and cell.role not in ("text", "setup", "discussion"):
            yield f'a cell of role {cell.role} has no id; say to which question it belongs.'
    for ident in asked:
        yield from (f'question "{ident}": {fault}' for fault in _autograded(master, ident))
    for cell in master.of("task"):
        yield from (f'question "{cell.id}": {fault}' for fault in _marked(master, cell))
    plain = [cell for cell in master.of("task") if not cell.settings.get("defend")]
    for found, least, what in ((len(asked), AUTOGRADED, "autograded questions"), (len(plain), TASKS, "questions marked by hand"),
                               (len(tasks) - len(plain), 1, "question with defend: true"), (_discussed(master), DISCUSSED, "discussion questions")):
        if found < least:
            yield f"coursework: it has {found} {what} and should have {least} or more; add what is missing."


def _autograded(master: Master, ident: str) -> Iterable[str]:
    answers, tests = master.of("answer", ident), master.of("test", ident)
    if len(answers) != 1:
        yield f"it has {len(answers)} answers; give it one cell of role answer."
    elif not all(mark in answers[0].source for mark in SOLUTION):
        yield f"its answer is not marked, so students would read it; put it between {SOLUTION[0]} and {SOLUTION[1]}."
    if not tests:
        yield "it has no test; add a cell of role test with points."
    points = [test.settings.get("points") for test in tests]
    if not all(isinstance(p, int) and p > 0 for p in points):
        yield "a test has no points; give it a whole number above 0."
    for role, least in (("mistake", MISTAKES), ("unusual", UNUSUAL)):
        if (found := len(master.of(role, ident))) < least:
            yield f"it has {found} cells of role {role} and should have {least} or more; add what is missing."
    for mistake in master.of("mistake", ident):
        scores = mistake.settings.get("scores")
        if not isinstance(scores, int) or not 0 <= scores < sum(points):
            yield f"a mistake scores {scores} of {sum(points)} points; say with scores: what is left, a whole number below the full mark."


def _marked(master: Master, task: Cell) -> Iterable[str]:
    points, rubrics = task.settings.get("points"), master.of("rubric", task.id)
    if not isinstance(points, int) or points <= 0:
        yield "it has no points; give it a whole number above 0."
    elif not rubrics:
        yield "it has no rubric; add a cell of role rubric with a line for each part of the points."
    elif (given := sum(int(n) for n in re.findall(r"^- (\d+) points?:", rubrics[0].source, re.M))) != points:
        yield f"its rubric gives {given} points and the question {points}; make them agree."
    if not master.of("model", task.id):
        yield "it has no model answer; add a cell of role model."


def _discussed(master: Master) -> int:
    return sum(len(re.findall(r"^\d+\. ", cell.source, re.M)) for cell in master.of("discussion"))


# --- the editions -------------------------------------------------------------------------------------------------

def release(found: Iterable[Master], folder: Path = MASTERS) -> str:
    """The stamp of a release: the version of the package, and a fingerprint of all that students get and are graded by."""
    seen = hashlib.sha256((folder / "autotests.yml").read_bytes())
    for master in found:
        seen.update(repr([(c.role, c.id, dict(c.settings), c.source) for c in master.cells if c.role in (*FOR_STUDENTS, "rubric")]).encode())
    return f"{__version__}-{seen.hexdigest()[:8]}"


def _cell(kind: str, source: str, ident: str, **marks) -> NotebookNode:
    """A cell with what nbgrader keeps of it: locked unless it is for an answer."""
    make = nbformat.v4.new_code_cell if kind == "code" else nbformat.v4.new_markdown_cell
    own = {"grade": False, "solution": False, "task": False, "locked": True, "grade_id": ident, "schema_version": 3} | marks
    return make(source, id=ident, metadata={"nbgrader": own})


def _notebook(cells: Iterable[NotebookNode], stamp: str) -> NotebookNode:
    spec = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return nbformat.v4.new_notebook(cells=list(cells), metadata={
        "kernelspec": spec, "language_info": {"name": "python"}, "companion": {"coursework": stamp}})


def _head(master: Master, stamp: str) -> str:
    lines = [f"# {master.head['title']}", f"{master.head['minutes']} minutes, {_marks(master)} points. You need:",
             *(f"- {need}" for need in master.head["needs"]), "", "After it you can", *(f"- {aim}" for aim in master.head["aims"]), "",
             f"Run every cell from the top. Write where it says so; other cells are put back before grading. Release {stamp}."]
    return "\n".join([lines[0], "", lines[1], "", *lines[2:]])


def _marks(master: Master) -> int:
    return sum(cell.settings["points"] for cell in master.cells if cell.role in ("test", "task"))


def course(master: Master, stamp: str) -> NotebookNode:
    """The notebook from which nbgrader makes the students' one: answers and hidden tests still in it, marked for removal."""
    cells, number = [_cell("markdown", _head(master, stamp), "head")], dict.fromkeys(KIND, 0)
    for cell in master.cells:
        if cell.role not in FOR_STUDENTS:
            continue
        number[cell.role] += 1
        ident = f"{cell.role}-{cell.id or number[cell.role]}"
        if cell.role == "answer":
            cells.append(_cell("code", cell.source, ident, locked=False, solution=True))
        elif cell.role == "test":
            cells.append(_cell("code", cell.source, f"{ident}-{number['test']}", grade=True, points=cell.settings["points"]))
        elif cell.role == "task":
            rubric = f"### BEGIN MARK SCHEME\n{master.of('rubric', cell.id)[0].source}\n### END MARK SCHEME"
            cells.append(_cell("markdown", f"{cell.source}\n\n{rubric}", ident, task=True, points=cell.settings["points"]))
            if cell.settings.get("defend"):
                cells.append(nbformat.v4.new_code_cell("# Your count here.", id=f"count-{cell.id}"))
            cells.append(nbformat.v4.new_markdown_cell("*Your answer here.*", id=f"written-{cell.id}"))
        else:
            cells.append(_cell(KIND[cell.role], cell.source, ident))
    return _notebook(cells, stamp)


def instructor(master: Master, stamp: str) -> NotebookNode:
    """The master with everything: answers, rubrics, model answers, typical mistakes with what they lose, other right answers."""
    titles = {"rubric": "Marking", "model": "A good answer", "notes": "For the instructor"}
    cells = [nbformat.v4.new_markdown_cell(_head(master, stamp))]
    for cell in master.cells:
        source = cell.source
        if cell.role in titles:
            source = f"**{titles[cell.role]}**\n\n{source}"
        if cell.role == "mistake":
            full = sum(test.settings["points"] for test in master.of("test", cell.id))
            cells.append(nbformat.v4.new_markdown_cell(f"**A typical mistake**, worth {cell.settings['scores']} of {full} points:"))
        if cell.role == "unusual":
            cells.append(nbformat.v4.new_markdown_cell("**Right as well**, for full points:"))
        make = nbformat.v4.new_code_cell if KIND[cell.role] == "code" else nbformat.v4.new_markdown_cell
        cells.append(make(source))
    return _notebook(cells, stamp)


def handed_in(student: NotebookNode, answers: Mapping[str, str]) -> NotebookNode:
    """A student's notebook with these answers in it, by id of the question; what is not answered stays as it was handed out."""
    found = nbformat.from_dict(student)
    for cell in found.cells:
        ident = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        if ident.startswith("answer-") and ident.removeprefix("answer-") in answers:
            cell.source = answers[ident.removeprefix("answer-")]
    return found


# --- make coursework ----------------------------------------------------------------------------------------------

def make(out: Path = OUT, folder: Path = MASTERS) -> Path:
    """Write all editions under `out`, whole or not at all; older releases stay beside the new one. Returns the release's folder."""
    found = masters(folder)
    stamp = release(found, folder)
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent) as work:
        new = Path(work) / "release" / stamp
        new.mkdir(parents=True)
        for name in ("autotests.yml", "nbgrader_config.py"):
            shutil.copy(folder / name, new / name)
        for name in ("companion", "data"):
            shutil.copytree(ROOT / name, new / "lib" / name, ignore=shutil.ignore_patterns("__pycache__"))
        for master in found:
            for notebook, path in ((course(master, stamp), new / "source" / master.chapter / f"{master.chapter}.ipynb"),
                                   (instructor(master, stamp), Path(work) / "instructor" / f"{master.chapter}.ipynb")):
                path.parent.mkdir(parents=True, exist_ok=True)
                nbformat.write(notebook, path)
        for master in found:
            nbgrader(new, "generate_assignment", master.chapter)
        shutil.copytree(new / "release", Path(work) / "student")
        for edition in ("student", "instructor"):
            shutil.rmtree(out / edition, ignore_errors=True)
            shutil.copytree(Path(work) / edition, out / edition)
        shutil.rmtree(out / "release" / stamp, ignore_errors=True)
        shutil.copytree(new, out / "release" / stamp)
    return out / "release" / stamp


def nbgrader(course_folder: Path, *words: str) -> str:
    """Run nbgrader in a course; returns what it said. Raises DataError with its last words where it fails."""
    done = subprocess.run([sys.executable, "-m", "nbgrader", *words], cwd=course_folder, text=True, capture_output=True)
    said = done.stdout + done.stderr
    if done.returncode:
        errors = re.findall(r"(?:ERROR\] |Error: )(.+)", said) or said.strip().splitlines() or ["nothing"]
        raise DataError(f"nbgrader {' '.join(words)} failed in {course_folder}: {errors[-1].strip()}")
    return said


if __name__ == "__main__":
    try:
        where = make()
    except DataError as error:
        sys.exit(str(error))
    print(f"The coursework is in {OUT}: student, instructor, and the course to grade in {where.relative_to(OUT)}.")
