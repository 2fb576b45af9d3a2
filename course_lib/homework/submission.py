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
from .judge import FirstLines, short_error

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
    source = read_source(file)
    tree = ast.parse(source, str(file))
    if file.suffix == ".ipynb":
        tree = definitions(tree)
    namespace = new_namespace(source, str(file))
    try:
        exec(compile(tree, str(file), "exec"), namespace)
    except Exception as error:
        raise DataError(f"{file}: running it stopped with {type(error).__name__}: {error}.") from error
    return function_in(namespace, function_name, str(file))


def read_source(file: Path) -> str:
    """The Python of a ``.py`` file or a notebook, as text that can be parsed; nothing is run.

    Raises:
        DataError: the file cannot be read, is no notebook or no Python.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
        source = notebook_source(text) if file.suffix == ".ipynb" else text
        ast.parse(source, str(file))
    except SyntaxError as error:
        raise DataError(f"{file}:{error.lineno}: {error.msg}.") from error
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError, MemoryError) as error:
        kind = "a notebook" if file.suffix == ".ipynb" else "text"
        raise DataError(f"{file}: it cannot be read as {kind}.") from error
    return source


def new_namespace(source: str, name: str) -> dict[str, Any]:
    """An empty module's variables, for code whose lines can be shown in messages, those of a notebook too."""
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    return {"__name__": "submission", "__file__": name}


def function_in(namespace: dict[str, Any], function_name: str, file: str) -> Callable[..., Any]:
    """The function or class of that name.

    Raises:
        DataError: there is none; with the nearest name.
    """
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
    return ast.Module([line for line in tree.body if isinstance(line, kinds) or _plain(line)], tree.type_ignores)


def take_definitions(source: str, file: str) -> tuple[dict[str, Any], list[str]]:
    """Imports, definitions and constants, run one after another: what fails is told, and the others still count."""
    namespace, troubles = new_namespace(source, file), []
    with contextlib.redirect_stdout(FirstLines()), contextlib.redirect_stderr(FirstLines()):
        for statement in definitions(ast.parse(source, file)).body:
            try:
                exec(compile(ast.Module([statement], []), file, "exec"), namespace)
            except KeyboardInterrupt:
                raise
            except BaseException as error:
                line = ast.unparse(statement).partition("\n")[0]
                troubles.append(f"`{line}` stopped with {type(error).__name__}: {short_error(error, 200)}.")
    return namespace, troubles


def _plain(line: ast.stmt) -> bool:
    if not isinstance(line, (ast.Assign, ast.AnnAssign)) or line.value is None:
        return False
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
