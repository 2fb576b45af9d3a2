"""The learner's code as text: is it still a stub, where did it fail, and what is its digest."""

import ast
import hashlib
import inspect
import textwrap
import traceback
from collections.abc import Callable
from typing import Any


def unfinished(answer: Callable[..., Any]) -> bool:
    """Whether a function, or a method of a class, is still a stub: it is empty, or a ``...`` waits to be replaced."""
    return any(_is_stub(tree) for tree in map(_tree, _functions(answer)) if tree is not None)


def answer_digest(answer: Callable[..., Any]) -> str:
    """16 characters that change with the code but not with its comments and spaces."""
    tree = _tree(answer)
    code = getattr(answer, "__code__", None)
    text = ast.dump(tree).encode() if tree is not None else getattr(code, "co_code", repr(answer).encode())
    return hashlib.sha256(text).hexdigest()[:16]


def failing_line(answer: Callable[..., Any], error: BaseException) -> str:
    """The learner's line in which an error came up, ``"line 3, `return X @ w`"``, or ``""`` if it was in none."""
    files = {part.__code__.co_filename for part in _functions(answer) if hasattr(part, "__code__")}
    # between two lines, where a time limit may strike, a frame has no line
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename in files and frame.lineno]
    return f"line {frames[-1].lineno}, `{frames[-1].line}`" if frames else ""


def _functions(answer: Callable[..., Any]) -> list[Callable[..., Any]]:
    """The function itself, or the methods of a class."""
    return [part for part in vars(answer).values() if callable(part)] if inspect.isclass(answer) else [answer]


def _tree(function: Callable[..., Any]) -> ast.Module | None:
    try:
        return ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError):  # typed into a shell, written in C, or a lambda in the middle of a line
        return None


def _is_stub(tree: ast.Module) -> bool:
    function = tree.body[0]
    if not isinstance(function, ast.FunctionDef):
        return False
    body = function.body[1:] if ast.get_docstring(function, clean=False) is not None else function.body
    return all(_does_nothing(line) for line in body) or any(_has_blank(line) for line in body)


def _does_nothing(line: ast.stmt) -> bool:
    if isinstance(line, ast.Return):
        return line.value is None or (isinstance(line.value, ast.Constant) and line.value.value in (None, ...))
    return isinstance(line, ast.Pass)


def _has_blank(node: ast.AST) -> bool:
    """Whether ``...`` stands for a value or a line; in ``x[..., 0]`` it is no blank."""
    if isinstance(node, ast.Constant):
        return node.value is ...
    parts = [node.value] if isinstance(node, ast.Subscript) else list(ast.iter_child_nodes(node))
    return any(_has_blank(part) for part in parts)
