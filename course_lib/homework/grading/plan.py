"""What the sandbox is told of the exercises: the inputs, and how an answer is put to use; never a reference.

Of a lesson's file it gets those functions that ``use`` and the inputs need, cut out with what they need in turn. If
that leads to a reference solution, the exercise cannot be graded, and a ``ConfigError`` says so.
"""

import ast
import io
import pickle
import sys
import types
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course_lib.config.errors import ConfigError

from .. import exercises
from ..exercise import Exercise

LESSONS = f"{exercises.__name__}.lesson_"


@dataclass(frozen=True)
class SandboxTask:
    """An exercise as the sandbox knows it; a ``Task`` of ``judge.attempt``.

    Args:
        inputs: The arguments of each case, pickled (this way only: what the sandbox sends is never unpickled).
        replayed: For each case, whether the referee wants what the answer returned, call by call, to put it to use
            itself. Otherwise (the answer is a class, or returns objects) it gets what ``use`` returned.
    """

    name: str
    function_name: str
    parameters: tuple[str, ...]
    use: Callable[..., Any]
    limit_s: float
    inputs: tuple[bytes, ...]
    replayed: tuple[bool, ...]


def pack_plan(tasks: list[tuple[Exercise, list[tuple[Any, ...]], list[bool]]]) -> bytes:
    """The plan of some exercises, each with its cases' arguments and ``replayed``.

    Raises:
        ConfigError: an exercise cannot be told without its reference.
    """
    needed: dict[str, set[str]] = {}
    parts = []
    for exercise, arguments, replayed in tasks:
        task = {
            "name": exercise.name,
            "function_name": exercise.function_name,
            "parameters": exercise.parameters,
            "limit_s": exercise.limit_s,
            "use": _dumps(exercise, exercise.use, needed),
            "inputs": tuple(_dumps(exercise, args, needed) for args in arguments),
            "replayed": tuple(replayed),
        }
        parts.append(task)
    references = {f"{LESSONS}{lesson}": _references(lesson) for lesson in {exercise.lesson for exercise, _, _ in tasks}}
    sources = {
        module: cut_out(Path(str(sys.modules[module].__file__)), names, references.get(module, set()))
        for module, names in needed.items()
    }
    return pickle.dumps({"sources": sources, "tasks": parts})


def unpack_plan(data: bytes) -> list[SandboxTask]:
    """In the sandbox: the tasks, with the functions that were cut out of the lessons in modules of the same name."""
    plan = pickle.loads(data)
    for name, source in plan["sources"].items():
        module = types.ModuleType(name)
        module.__package__ = exercises.__name__
        sys.modules[name] = module
        exec(compile(source, f"<{name}>", "exec"), vars(module))
    return [SandboxTask(**{**task, "use": loads(task["use"])}) for task in plan["tasks"]]


def loads(data: bytes) -> Any:
    """In the sandbox: a case's arguments, new at each call."""
    return _Unpickler(io.BytesIO(data)).load()


def cut_out(file: Path, names: set[str], references: set[str]) -> str:
    """The Python of a file that these names need, and nothing else of it.

    Raises:
        ConfigError: they need a reference.
    """
    tree = ast.parse(file.read_text(encoding="utf-8"))
    made_by = {name: statement for statement in tree.body for name in _made(statement)}
    kept: set[ast.stmt] = set()
    waiting = [made_by[name] for name in names]
    while waiting:
        statement = waiting.pop()
        if statement in kept:
            continue
        kept.add(statement)
        if reached := references & set(_made(statement)):
            raise ConfigError(f"{file}: {_listed(names)} cannot be graded: it needs the reference {reached.pop()!r}.")
        used = {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}
        waiting += [made_by[name] for name in used if name in made_by]
    return "\n\n".join(ast.unparse(statement) for statement in tree.body if statement in kept)


def _made(statement: ast.stmt) -> list[str]:
    """The names that a statement binds."""
    if isinstance(statement, (ast.Import, ast.ImportFrom)):
        return [alias.asname or alias.name.partition(".")[0] for alias in statement.names]
    if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
        return [statement.name]
    return [node.id for node in ast.walk(statement) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]


def _references(lesson: str) -> set[str]:
    return {exercise.reference.__name__ for exercise in exercises.of_lesson(lesson)}


def _listed(names: set[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names))


def _dumps(exercise: Exercise, value: Any, needed: dict[str, set[str]]) -> bytes:
    buffer = io.BytesIO()
    try:
        _Pickler(buffer, needed).dump(value)
    except (pickle.PicklingError, TypeError, AttributeError) as error:
        raise ConfigError(
            f"{exercise.name} cannot be graded: {error}. Functions among its inputs, and `use`, must stand at the top "
            "of the lesson's file and have a name."
        ) from error
    return buffer.getvalue()


class _Pickler(pickle.Pickler):
    """Writes a lesson's own functions as their names, and notes which are needed."""

    def __init__(self, file: io.BytesIO, needed: dict[str, set[str]]) -> None:
        super().__init__(file)
        self.needed = needed

    def persistent_id(self, value: Any) -> tuple[str, str] | None:
        module = getattr(value, "__module__", None)
        if not isinstance(value, (types.FunctionType, type)) or not str(module).startswith(LESSONS):
            return None
        name = value.__qualname__
        if getattr(sys.modules[str(module)], name, None) is not value:
            raise pickle.PicklingError(f"{name} cannot be found by its name")
        self.needed.setdefault(str(module), set()).add(name)
        return str(module), name


class _Unpickler(pickle.Unpickler):
    def persistent_load(self, place: tuple[str, str]) -> Any:
        return getattr(sys.modules[place[0]], place[1])
