"""An answer that is written in a file: the function is taken from it and checked, in a process of its own.

A ``.py`` file is run as it stands. Of a notebook only imports, definitions and constants are taken, so that its
trainings and widgets do not start. ``python -m course_lib.homework.submission NAME FILE`` is the child's side.
"""

import ast
import contextlib
import json
import linecache
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from course_lib.config.errors import ConfigError, DataError, did_you_mean

from .check import check
from .exercises import find

LIMIT_S = 60.0


def check_file(name: str, file: Path, limit_s: float = LIMIT_S) -> int:
    """Check an exercise's function in a file in a child process, which prints the card.

    Returns:
        0 if it passed, 1 if it did not, 2 if the file could not be read or lacks the function.

    Raises:
        ConfigError: there is no such exercise or no such file.
        DataError: the file took longer than ``limit_s`` seconds.
    """
    find(name)
    if not file.is_file():
        near = [path.name for pattern in ("*.py", "*.ipynb") for path in file.parent.glob(pattern)]
        raise ConfigError(f"there is no file {file}. {did_you_mean(file.name, near)}".rstrip())
    command = [sys.executable, "-m", "course_lib.homework.submission", name, str(file)]
    child = subprocess.Popen(command, start_new_session=True)
    try:
        return child.wait(limit_s)
    except subprocess.TimeoutExpired:
        raise DataError(f"{file}: running it took more than {limit_s:g} seconds. Does every loop end?") from None
    finally:
        _end(child)


def _end(child: subprocess.Popen[bytes]) -> None:
    """End the child with everything that it started."""
    with contextlib.suppress(ProcessLookupError):
        if hasattr(os, "killpg"):
            os.killpg(child.pid, signal.SIGKILL)
        else:
            child.kill()
    child.wait()


def load(file: Path, function_name: str) -> Callable[..., Any]:
    """The function of that name in a ``.py`` file or a notebook.

    Raises:
        DataError: the file cannot be read or run, or has no such function.
    """
    try:
        text = file.read_text(encoding="utf-8")
        source = notebook_source(text) if file.suffix == ".ipynb" else text
        tree = ast.parse(source, str(file))
    except SyntaxError as error:
        raise DataError(f"{file}:{error.lineno}: {error.msg}.") from error
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise DataError(
            f"{file}: it cannot be read as {'a notebook' if file.suffix == '.ipynb' else 'text'}."
        ) from error
    if file.suffix == ".ipynb":
        tree = definitions(tree)
    # so that the learner's lines can be shown, those of a notebook too
    linecache.cache[str(file)] = (len(source), None, source.splitlines(keepends=True), str(file))
    namespace: dict[str, Any] = {"__name__": "submission", "__file__": str(file)}
    try:
        exec(compile(tree, str(file), "exec"), namespace)
    except Exception as error:
        raise DataError(f"{file}: running it stopped with {type(error).__name__}: {error}.") from error
    if not callable(namespace.get(function_name)):
        functions = [key for key, value in namespace.items() if callable(value)]
        hint = did_you_mean(function_name, functions)
        raise DataError(f"{file}: there is no function {function_name!r} in it. {hint}".rstrip())
    function: Callable[..., Any] = namespace[function_name]
    return function


def notebook_source(text: str) -> str:
    """The code cells of a notebook as one text, without lines for IPython (``%pip``, ``!ls``) and cells that break."""
    cells = []
    for cell in json.loads(text)["cells"]:
        if cell["cell_type"] == "code":
            lines = "".join(cell["source"]).splitlines()
            cell_text = "\n".join(re.sub(r"^(\s*)[%!].*", r"\1pass", line) for line in lines)
            with contextlib.suppress(SyntaxError):
                ast.parse(cell_text)
                cells.append(cell_text)
    return "\n\n".join(cells)


def definitions(tree: ast.Module) -> ast.Module:
    """Only the imports, functions, classes and constants (``K = 3``) of a module."""
    kinds = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)
    kept: list[ast.stmt] = []
    kept += [line for line in tree.body if isinstance(line, kinds) or (isinstance(line, ast.Assign) and _plain(line))]
    return ast.Module(kept, tree.type_ignores)


def _plain(line: ast.Assign) -> bool:
    try:
        ast.literal_eval(line.value)
    except ValueError:
        return False
    return True


def _child(name: str, file: Path) -> int:
    try:
        answer = load(file, find(name).function_name)
    except DataError as error:
        print(error, file=sys.stderr)
        return 2
    result = check(name, answer)
    print(result)
    return 0 if result else 1


if __name__ == "__main__":
    sys.exit(_child(sys.argv[1], Path(sys.argv[2])))
