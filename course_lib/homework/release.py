"""``course homework release``: the learners' notebooks, made from the teacher's.

A teacher's notebook marks what learners write themselves::

    def predict(w, b, X):
        ### BEGIN SOLUTION
        return np.where(X @ w + b >= 0, 1, -1)
        ### END SOLUTION

The learners' has ``...`` there, and no outputs. Our own ``notebooks/`` are kept in the learners' version: their stubs
and references stand in ``exercises/lesson_NN.py``, once, and a second set of notebooks would drift from the first. So
``release`` takes both kinds. Where a function has no marked solution, its reference is the one of the exercise.

Nothing is written unless every notebook is in order: each reference passes its check, no stub does, and no line of a
solution is left in another cell, an output or in metadata.
"""

import ast
import contextlib
import functools
import inspect
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from course_lib.config.errors import ConfigError, DataError, did_you_mean

from .exercise import Exercise
from .exercises import find
from .judge import Verdict, judge
from .leaks import leaks
from .submission import notebook_source, take_definitions

BEGIN, END = re.compile(r"^(\s*)#+\s*BEGIN SOLUTION\b"), re.compile(r"^\s*#+\s*END SOLUTION\b")
SEEDS = range(3)


@dataclass
class Notebook:
    """A teacher's notebook, and what is made of it.

    Args:
        teachers, learners: The notebook's JSON.
        solution_lines: What stood between the markers.
        mistakes: What is wrong with it, as sentences.
    """

    file: Path
    teachers: dict[str, Any]
    learners: dict[str, Any]
    solution_lines: list[str]
    mistakes: list[str] = field(default_factory=list)


def release(masters: Path, out: Path) -> list[Path]:
    """Write the learners' notebooks of a folder, or of one notebook, into ``out``.

    Raises:
        ConfigError: there is nothing to release, or ``out`` is where the teacher's notebooks are.
        DataError: a notebook is not in order; with all that is wrong in all of them.
    """
    files = sorted(masters.glob("*.ipynb")) if masters.is_dir() else [masters]
    if not files or not files[0].is_file():
        raise ConfigError(f"there is no notebook to release in {masters}.")
    if out.resolve() == files[0].parent.resolve():
        raise ConfigError(f"--out {out} is where the teacher's notebooks are: their solutions would be lost.")
    notebooks = [prepare(file) for file in files]
    for notebook in notebooks:
        examine(notebook)
    mistakes = [f"{notebook.file}: {mistake}" for notebook in notebooks for mistake in notebook.mistakes]
    if mistakes:
        raise DataError("nothing was released:\n" + "\n".join(mistakes))
    out.mkdir(parents=True, exist_ok=True)
    written = [out / notebook.file.name for notebook in notebooks]
    for path, notebook in zip(written, notebooks, strict=True):
        path.write_text(json.dumps(notebook.learners, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return written


def prepare(file: Path) -> Notebook:
    """Read a notebook and take solutions, outputs and the traces of running out of it.

    Raises:
        DataError: it is no notebook.
    """
    try:
        teachers = json.loads(file.read_text(encoding="utf-8"))
        learners = json.loads(json.dumps(teachers))
        cells = [(cell, "".join(cell["source"])) for cell in learners["cells"]]
        kernel = {key: value for key, value in teachers["metadata"].items() if key in ("kernelspec", "language_info")}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(f"{file}: it cannot be read as a notebook.") from error
    notebook = Notebook(file, teachers, learners, [])
    learners["metadata"] = kernel
    for index, (cell, source) in enumerate(cells):
        text, lines, mistake = strip(source)
        notebook.solution_lines += lines
        notebook.mistakes += [f"cell {index}: {mistake}"] if mistake else []
        cell["source"] = text.splitlines(keepends=True)
        cell["metadata"] = {key: value for key, value in cell.get("metadata", {}).items() if key == "tags"}
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
    return notebook


def strip(source: str) -> tuple[str, list[str], str]:
    """A cell's text with ``...`` in place of its solutions, the lines of those, and what is wrong with the markers."""
    kept: list[str] = []
    lines: list[str] = []
    inside = False
    for line in source.splitlines():
        begin, end = BEGIN.match(line), END.match(line)
        if (begin and inside) or (end and not inside):
            return source, [], f"`{line.strip()}` without its counterpart."
        if begin:
            kept.append(f"{begin[1]}...")
        elif inside and not end:
            lines.append(line)
        elif not end:
            kept.append(line)
        inside = bool(begin) or (inside and not end)
    return "\n".join(kept), lines, "`### BEGIN SOLUTION` without its counterpart." if inside else ""


def examine(notebook: Notebook) -> None:
    """Add to its mistakes what is wrong with references, stubs, and leaks."""
    exercises = []
    for name in checked_names(notebook.teachers):
        try:
            exercises.append(find(name))
        except ConfigError as error:
            notebook.mistakes.append(f"{error}")
    masters = _functions(notebook.teachers, notebook)
    stubs = _functions(notebook.learners, notebook)
    for exercise in exercises:
        stub = stubs.get(exercise.function_name)
        if not callable(stub):
            near = did_you_mean(exercise.function_name, [key for key, value in stubs.items() if callable(value)])
            notebook.mistakes.append(f"{exercise.name}: there is no function {exercise.function_name!r}. {near}")
            continue
        solved = bool(notebook.solution_lines) and _text(masters[exercise.function_name]) != _text(stub)
        reference = masters[exercise.function_name] if solved else exercise.reference
        if failed := _first_failure(exercise, reference):
            why = failed.difference.why if failed.difference else "It is a stub."
            notebook.mistakes.append(f"{exercise.name}: the reference solution fails its check. {why}")
        # a stub that is recognised as one is tried, too, as if it were an answer
        if any(judge(exercise, answer).status == "passed" for answer in (stub, functools.partial(stub))):
            notebook.mistakes.append(f"{exercise.name}: the stub passes the check; what is there to do?")
    solutions = notebook.solution_lines + [
        line for exercise in exercises for line in _text(exercise.reference).splitlines()[1:]
    ]
    notebook.mistakes += list(
        leaks(notebook.teachers, notebook.learners, solutions, "\n".join(exercise.stub for exercise in exercises))
    )


def checked_names(notebook: dict[str, Any]) -> list[str]:
    """The exercises that a notebook checks: ``check("02.predict", predict)``."""
    names = []
    for node in ast.walk(ast.parse(notebook_source(json.dumps(notebook)))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "check" and node.args:
            with contextlib.suppress(ValueError):
                names.append(str(ast.literal_eval(node.args[0])))
    return list(dict.fromkeys(names))


def _functions(cells: dict[str, Any], notebook: Notebook) -> dict[str, Any]:
    which = "teacher" if cells is notebook.teachers else "learner"
    namespace, troubles = take_definitions(notebook_source(json.dumps(cells)), f"{notebook.file} ({which})")
    if cells is notebook.teachers:
        notebook.mistakes += troubles
    return namespace


def _first_failure(exercise: Exercise, reference: Callable[..., Any]) -> Verdict | None:
    return next((one for one in (judge(exercise, reference, seed) for seed in SEEDS) if one.status != "passed"), None)


def _text(function: Any) -> str:
    try:
        return inspect.getsource(function)
    except (OSError, TypeError):
        return ""
