"""The statements of a config file: names are set, changed and imported, and a ``_base_`` is inherited from.

A config looks like Python, so that it can be written with the editor's help; but a config may come from anyone (a
homework, a forum), so nothing in it is executed. What it may say is what ``_File.statement`` and
``Expressions.evaluate`` accept; everything else is a ``ConfigError`` with its line and a remedy.
"""

import ast
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..errors import ConfigError, Mistake, Origin
from ..nodes import ConfigDict, ConfigList, replace_identical
from .expressions import Expressions
from .limits import TooLarge
from .names import Names
from .remedies import SourceText

ROOTS = ("course_lib", "mmcls", "mmcv", "mmengine", "mmpretrain", "timm", "torch", "torchvision")

BaseLoader = Callable[[list[str], Origin], ConfigDict]


@dataclass(frozen=True)
class Source:
    """What one file says: its own values, those of its bases, and the top-level names that its expressions use."""

    values: ConfigDict
    base: ConfigDict
    used: set[str]


def read(text: str, file: str, load_bases: BaseLoader) -> Source:
    """Read the text of a config.

    Args:
        text: The whole file.
        file: Its path, for messages and for ``{{ fileDirname }}``.
        load_bases: Called once, with the paths in ``_base_`` and their place, where the file has a ``_base_``.

    Raises:
        ConfigError: not Python, or something that is no data; every such statement of the file at once.
    """
    tree = _parse(text, file)
    reader = _File(SourceText(text, file))
    reader.inherit(tree, load_bases)
    mistakes: list[Mistake] = []
    for statement in tree.body:
        try:
            reader.statement(statement)
        except ConfigError as error:
            mistakes += error.mistakes
            reader.names.failed |= _targets(statement)
    if mistakes:
        raise ConfigError(mistakes)
    return Source(reader.names.values, reader.names.base or ConfigDict(), reader.names.used)


def read_value(text: str, node: ast.expr) -> Any:
    """The value of one expression that uses no names; ``node`` is its tree.

    Raises:
        ConfigError: it is no data.
    """
    return Expressions(Names(SourceText(text, ""))).value(node)


def _parse(text: str, file: str) -> ast.Module:
    try:
        return ast.parse(text, file)
    except SyntaxError as error:
        line = (error.text or "").strip("\n")
        marked = f"\n    {line}\n    {' ' * ((error.offset or 1) - 1)}^" if line else ""
        mistake = Mistake("", f"this is not Python: {error.msg}.{marked}", Origin(file, error.lineno))
    except ValueError as error:  # a null byte
        mistake = Mistake("", f"this is not Python: {error}.", Origin(file))
    except (RecursionError, MemoryError):
        mistake = Mistake("", "this is nested too deeply for Python to read.", Origin(file))
    raise ConfigError(mistake)


class _File:
    """Takes one statement after the other."""

    def __init__(self, source: SourceText) -> None:
        self.source = source
        self.names = Names(source)
        self.expressions = Expressions(self.names)

    def inherit(self, tree: ast.Module, load_bases: BaseLoader) -> None:
        """Find ``_base_ = ...`` and load what it names; other statements may use ``_base_.x`` above it, too."""
        found = [node for node in tree.body if isinstance(node, ast.Assign) and _is_base(node)]
        for node in found[:1]:
            bases = self.expressions.value(node.value)
            bases = [bases] if isinstance(bases, str) else bases
            if not isinstance(bases, (list, tuple)) or not all(isinstance(base, str) for base in bases):
                raise self.source.error(node, "_base_ is the path of a config, or a list of paths.")
            self.names.base = load_bases(list(bases), self.names.origin(node))
        if len(found) > 1:
            raise self.source.error(found[1], "_base_ is set twice.", "Write one list: _base_ = ['a.py', 'b.py'].")

    def statement(self, node: ast.stmt) -> None:
        match node:
            case ast.Expr(ast.Constant(str())):
                pass  # a docstring
            case ast.Expr(value):
                self.expressions.value(value)  # a call is refused with a remedy of its own
                raise self.source.refuse(node, "Set a name to it.")
            case ast.Assign() if _is_base(node):
                pass  # see inherit
            case ast.Assign(targets, value):
                result = self.expressions.value(value)
                for target in targets:
                    self.assign(target, result, self.names.origin(target, value))
            case ast.AnnAssign(target, _, ast.expr() as value):
                self.assign(target, self.expressions.value(value), self.names.origin(target, value))
            case ast.AugAssign(ast.Name(name) as target, op, value):
                old = ast.copy_location(ast.Name(name, ast.Load()), target)
                self.change(target, self.expressions.value(ast.copy_location(ast.BinOp(old, op, value), node)))
            case ast.ImportFrom(module, aliases, level):
                if level or module is None:
                    raise self.source.refuse(node, "Inherit with _base_ = ['other.py'].")
                for alias in aliases:
                    self.bind_import(node, f"{module}.{alias.name}", alias.asname or alias.name, alias.name)
            case ast.Import(aliases):
                for alias in aliases:
                    name = alias.asname or alias.name.partition(".")[0]
                    self.bind_import(node, alias.name, name, name)
            case _:
                raise self.source.refuse(node)

    def assign(self, target: ast.expr, value: Any, origin: Origin) -> None:
        if not isinstance(target, ast.Name):
            raise self.source.refuse(target, "Set one plain name: model = dict(backbone=dict(depth=50)).")
        if target.id in ("dict", "float"):
            raise self.source.error(target, f"{target.id!r} is a word of the config language.", "Take another name.")
        self.take(target, value)
        self.names.values.set(target.id, value, origin)
        self.names.failed.discard(target.id)
        self.names.imported.pop(target.id, None)

    def change(self, target: ast.Name, value: Any) -> None:
        """``train_pipeline += [...]``: as in Python, every place that holds this list sees it grow."""
        old = self.names.values[target.id]
        if isinstance(old, ConfigList):
            replace_identical(self.names.values, old, value)
            self.take(target, self.names.values)  # the other places have grown, too
        self.assign(target, value, self.names.origin(target))

    def take(self, target: ast.Name, value: Any) -> None:
        """Count what a name is set to: ``a = b`` doubles what the file holds."""
        try:
            self.expressions.room.take(value)
        except TooLarge as error:
            raise self.source.error(target, f"{target.id!r} {error}") from None

    def bind_import(self, node: ast.stmt, path: str, name: str, stands_for: str) -> None:
        if path.partition(".")[0] not in ROOTS or path.endswith("*"):
            hint = f"Only class names of {', '.join(ROOTS)} can be imported, for type=ClassName; no star."
            raise self.source.refuse(node, hint)
        self.names.imported[name] = stands_for


def _is_base(node: ast.Assign) -> bool:
    return [target.id for target in node.targets if isinstance(target, ast.Name)] == ["_base_"]


def _targets(statement: ast.stmt) -> set[str]:
    names = [node for node in ast.walk(statement) if isinstance(node, ast.Name)]
    return {node.id for node in names if isinstance(node.ctx, ast.Store)}
