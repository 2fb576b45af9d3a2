"""Read a config file as data: walk its syntax tree, and never run it.

A config looks like Python, so that it can be written with the editor's help; but a config may come from anyone (a
homework, a forum), so nothing in it is executed. What a config may say is what ``_Reader.statement`` and
``_Reader.value`` accept, case by case; everything else is a ``ConfigError`` with its line and a remedy. Nothing is
imported: ``type=ResNet`` after ``from course_lib.models import ResNet`` is the string ``'ResNet'``. A file cannot make
the reader hang either: ``10**10**10`` and lists that double line by line meet the limits below.
"""

import ast
import operator
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import ConfigError, Mistake, Origin, did_you_mean
from .nodes import ConfigDict, ConfigList, origin_of, replace_identical, shown

ROOTS = ("course_lib", "mmcls", "mmcv", "mmengine", "mmpretrain", "timm", "torch", "torchvision")
MAX_VALUES = 1_000_000  # values (and characters of computed strings) that one file may make; ImageNet-21k fits
MAX_DEPTH = 100  # containers in containers
MAX_BITS = 4096  # of a computed whole number

ALLOWED = (
    "Allowed: None, True, False, numbers, strings, lists, tuples, dict(...), {...}, arithmetic, f-strings, "
    "a if b else c, names set above, _base_."
)
_ARITHMETIC: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}
_COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
    ast.In: lambda left, right: left in right,
    ast.NotIn: lambda left, right: left not in right,
}
_SIGNS: dict[type[ast.unaryop], Callable[[Any], Any]] = {
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Not: operator.not_,
}
_CONVERSIONS: dict[int, Callable[[Any], str]] = {ord("r"): repr, ord("s"): str, ord("a"): ascii}
_REMEDIES: dict[type[ast.AST], str] = {
    ast.With: "Inherit with _base_ = ['other.py'] instead of read_base().",
    ast.If: "Choose a value with: name = a if condition else b.",
    ast.For: "Write the values out, or use a list comprehension.",
    ast.While: "Write the values out.",
    ast.FunctionDef: "Code belongs in a Python module: register the class there and name it here, type='MyClass'.",
    ast.ClassDef: "Code belongs in a Python module: register the class there and name it here, type='MyClass'.",
    ast.Lambda: "Code belongs in a Python module: register the class there and name it here, type='MyClass'.",
    ast.Delete: "Leave the name out, or replace an inherited dict with dict(_delete_=True, ...).",
    ast.Set: "Write a list: [1, 2].",
}
_CALL_REMEDIES = {
    "len": "Write the number.",
    "list": "Write [...].",
    "tuple": "Write (...).",
    "set": "Write [...].",
    "range": "Write the numbers out.",
    "print": "Print it with: course config print.",
}
# '{{_base_.model.type}}' and '{{ fileDirname }}' inside a string, as in mmcv
TEMPLATE = re.compile(r"\{\{\s*(_base_(?:\.\w+)+|fileDirname|fileBasenameNoExtension|fileBasename|fileExtname)\s*\}\}")


@dataclass(frozen=True)
class Source:
    """What one file says: its own values, those of its bases, and the top-level names that its expressions use."""

    values: ConfigDict
    base: ConfigDict
    used: set[str]


class _Imported(str):
    """A name from an import; ``nn.ReLU`` of an imported ``nn`` is ``'ReLU'``."""


def read(text: str, file: str, load_bases: Callable[[list[str], Origin], ConfigDict]) -> Source:
    """Read the text of a config.

    Args:
        text: The whole file.
        file: Its path, for messages and for ``{{ fileDirname }}``.
        load_bases: Called once, with the paths in ``_base_`` and their place, where the file has a ``_base_``.

    Raises:
        ConfigError: not Python, or something that is no data; every such statement of the file at once.
    """
    tree = _parse(text, file)
    reader = _Reader(text, file)
    reader.inherit(tree, load_bases)
    mistakes: list[Mistake] = []
    for statement in tree.body:
        try:
            reader.statement(statement)
        except ConfigError as error:
            mistakes += error.mistakes
            reader.failed |= _targets(statement)
    if mistakes:
        raise ConfigError(mistakes)
    return Source(reader.values, reader.base or ConfigDict(), reader.used)


def read_value(text: str, node: ast.expr) -> Any:
    """The value of one expression that uses no names; ``node`` is its tree.

    Raises:
        ConfigError: it is no data.
    """
    return _Reader(text, "").value(node)


def count_values(value: Any, limit: int = MAX_VALUES, depth: int = 0) -> int:
    """How many values stand in ``value``, each alias counted anew; stops above ``limit``, or where it is too deep."""
    if not isinstance(value, (dict, list, tuple)):
        return len(value) if isinstance(value, str) else 1
    count = len(value) + 1 if depth < MAX_DEPTH else limit + 1
    for item in value.values() if isinstance(value, dict) else value:
        if count > limit:
            break
        count += count_values(item, limit - count, depth + 1) if isinstance(item, (dict, list, tuple)) else 0
    return count


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


def _targets(statement: ast.stmt) -> set[str]:
    names = [node for node in ast.walk(statement) if isinstance(node, ast.Name)]
    return {node.id for node in names if isinstance(node.ctx, ast.Store)}


class _Reader:
    """Evaluates one file, statement by statement."""

    def __init__(self, text: str, file: str) -> None:
        self.text = text
        self.file = file
        self.values = ConfigDict()
        self.base: ConfigDict | None = None
        self.imported: dict[str, str] = {}
        self.loop_names: dict[str, Any] = {}
        self.used: set[str] = set()
        self.failed: set[str] = set()
        self.room = MAX_VALUES

    def inherit(self, tree: ast.Module, load_bases: Callable[[list[str], Origin], ConfigDict]) -> None:
        """Find ``_base_ = ...`` and load what it names; other statements may use ``_base_.x`` above it, too."""
        found = [node for node in tree.body if isinstance(node, ast.Assign) and _names(node) == ["_base_"]]
        for node in found[:1]:
            bases = self.value(node.value)
            bases = [bases] if isinstance(bases, str) else bases
            if not isinstance(bases, (list, tuple)) or not all(isinstance(base, str) for base in bases):
                raise self.error(node, "_base_ is the path of a config, or a list of paths.")
            self.base = load_bases(list(bases), self.origin(node))
        if len(found) > 1:
            raise self.error(found[1], "_base_ is set twice.", "Write one list: _base_ = ['a.py', 'b.py'].")

    def statement(self, node: ast.stmt) -> None:
        match node:
            case ast.Expr(ast.Constant(str())):
                pass  # a docstring
            case ast.Expr(value):
                self.value(value)  # a call is refused with a remedy of its own
                raise self.refuse(node, "Set a name to it.")
            case ast.Assign(targets, value) if _names(node) != ["_base_"]:
                result = self.value(value)
                for target in targets:
                    self.assign(target, result, self.origin(target, value))
            case ast.Assign():
                pass  # _base_, see inherit
            case ast.AnnAssign(target, _, ast.expr() as value):
                self.assign(target, self.value(value), self.origin(target, value))
            case ast.AugAssign(ast.Name(name) as target, op, value):
                old = ast.copy_location(ast.Name(name, ast.Load()), target)
                self.change(target, self.value(ast.copy_location(ast.BinOp(old, op, value), node)))
            case ast.ImportFrom(module, aliases, level):
                if level or module is None:
                    raise self.refuse(node, "Inherit with _base_ = ['other.py'].")
                self.bind_imports(node, [(f"{module}.{alias.name}", alias.asname or alias.name) for alias in aliases])
            case ast.Import(aliases):
                pairs = [(alias.name, alias.asname or alias.name.partition(".")[0]) for alias in aliases]
                self.bind_imports(node, pairs)
            case _:
                raise self.refuse(node, _REMEDIES.get(type(node), ""))

    def assign(self, target: ast.expr, value: Any, origin: Origin) -> None:
        if not isinstance(target, ast.Name):
            raise self.refuse(target, "Set one plain name: model = dict(backbone=dict(depth=50)).")
        if target.id in ("dict", "float"):
            raise self.error(target, f"{target.id!r} is a word of the config language.", "Take another name.")
        self.values.set(target.id, self.made(target, value), origin)
        self.failed.discard(target.id)
        self.imported.pop(target.id, None)

    def change(self, target: ast.Name, value: Any) -> None:
        """``train_pipeline += [...]``: as in Python, every place that holds this list sees it grow."""
        old = self.values[target.id]
        if isinstance(old, ConfigList):
            replace_identical(self.values, old, value)
            self.made(target, self.values)  # the other places have grown, too
        self.assign(target, value, self.origin(target))

    def bind_imports(self, node: ast.stmt, pairs: list[tuple[str, str]]) -> None:
        for path, name in pairs:
            if path.partition(".")[0] not in ROOTS or path.endswith("*"):
                hint = f"Only class names of {', '.join(ROOTS)} can be imported, for type=ClassName; no star."
                raise self.refuse(node, hint)
            self.imported[name] = path.rpartition(".")[2] if isinstance(node, ast.ImportFrom) else name

    def value(self, node: ast.expr) -> Any:
        """The value of an expression; Python's own complaint (1 / 0, 'a' - 1) as a ConfigError with the line."""
        try:
            value = self.evaluate(node)
            return str(value) if isinstance(value, _Imported) else value
        except ConfigError:
            raise
        except (ArithmeticError, LookupError, RecursionError, TypeError, ValueError) as error:
            raise self.error(node, f"{self.snippet(node)} does not work: {error}.") from None

    def evaluate(self, node: ast.expr) -> Any:
        match node:
            case ast.Constant(str() as text):
                return self.fill(node, text)
            case ast.Constant(None | bool() | int() | float() as value):
                return value
            case ast.List(items):
                return self.listed(node, items)
            case ast.Tuple(items):
                return tuple(self.listed(node, items))
            case ast.Dict(keys, values):
                return self.braces(node, keys, values)
            case ast.Call(ast.Name("dict"), arguments, keywords):
                return self.dict_call(node, arguments, keywords)
            case ast.Call(ast.Name("float"), [ast.Constant(str() as text)], []):
                return float(text)
            case ast.Set([ast.Set([ast.Attribute() as inner])]):
                return self.value(inner)  # {{_base_.x}}
            case ast.Name(name):
                return self.lookup(node, name)
            case ast.Attribute(ast.Name("_base_"), name) | ast.Subscript(ast.Name("_base_"), ast.Constant(name)):
                return self.inherited(node, str(name))
            case ast.Attribute(inner, name):
                return self.attribute(node, self.evaluate(inner), name)
            case ast.Subscript(inner, index):
                return self.subscript(node, self.value(inner), index)
            case ast.BinOp(left, op, right) if type(op) in _ARITHMETIC:
                return self.arithmetic(node, self.value(left), op, self.value(right))
            case ast.UnaryOp(op, operand) if type(op) in _SIGNS:
                return _SIGNS[type(op)](self.value(operand))
            case ast.BoolOp(op, operands):
                return self.boolean(operands, stop_at=isinstance(op, ast.Or))
            case ast.Compare(left, ops, rights):
                return self.compare(left, ops, rights)
            case ast.IfExp(test, body, orelse):
                return self.value(body) if self.value(test) else self.value(orelse)
            case ast.JoinedStr(parts):
                return self.made(node, "".join(self.formatted(part) for part in parts))
            case ast.ListComp(item, [loop]):
                result = ConfigList()
                for _ in self.loop(loop):
                    result.append(self.value(item))
                result.origins = [self.origin(item)] * len(result)
                return self.made(node, result)
            case ast.DictComp(key, item, [loop]):
                by_key = ConfigDict()
                for _ in self.loop(loop):
                    by_key.set(self.key(key), self.value(item), self.origin(item))
                return self.made(node, by_key)
            case ast.Call(function):
                raise self.refuse(node, self.call_remedy(function))
            case _:
                raise self.refuse(node, _REMEDIES.get(type(node), ""))

    # Names

    def lookup(self, node: ast.expr, name: str) -> Any:
        if name in self.loop_names:
            return self.loop_names[name]
        if name in self.values:
            self.used.add(name)
            return self.values[name]
        if name in self.imported:
            return _Imported(self.imported[name])
        if name in self.failed:
            raise ConfigError([])  # its own mistake is reported already
        if name == "_base_":
            raise self.error(node, "_base_ alone is no value.", "Write _base_.name.")
        if self.base is not None and name in self.base:
            raise self.error(node, f"the name {name!r} is set in a base file.", f"Write _base_.{name}.")
        known = [*self.values, *self.imported, "True", "False", "None"]
        raise self.error(node, f"the name {name!r} is not set above this line.", did_you_mean(name, known))

    def inherited(self, node: ast.expr, name: str) -> Any:
        if self.base is None:
            raise self.error(node, "this file has no _base_.", "Name one above: _base_ = 'other.py'.")
        self.used.add(name)
        return self.attribute(node, self.base, name)

    def attribute(self, node: ast.expr, holder: Any, name: str) -> Any:
        if isinstance(holder, _Imported):
            return _Imported(name)
        if not isinstance(holder, ConfigDict):
            raise self.refuse(node, f"Only a dict has named parts, not {shown(holder)}.")
        if name not in holder:
            raise self.error(node, f"{self.snippet(node)}: there is no {name!r}.", did_you_mean(name, map(str, holder)))
        return holder[name]

    def written_as(self, node: ast.expr | None) -> str | None:
        """The top-level name that an expression is, if it is nothing but that."""
        match node:
            case ast.Name(name) if name in self.values and name not in self.loop_names:
                return name
            case ast.Attribute(ast.Name("_base_"), name):
                return name
            case ast.Set([ast.Set([inner])]):
                return self.written_as(inner)
            case ast.Constant(str() as text) if (match := TEMPLATE.fullmatch(text)) and match[1].count(".") == 1:
                return match[1].removeprefix("_base_.")
        return None

    # Containers

    def listed(self, node: ast.expr, items: list[ast.expr]) -> ConfigList:
        values: list[Any] = []
        origins: list[Origin | None] = []
        for item in items:
            if not isinstance(item, ast.Starred):
                values.append(self.value(item))
                origins.append(self.origin(item, item))
                continue
            spread = self.value(item.value)
            if not isinstance(spread, (list, tuple)):
                raise self.error(item, f"{self.snippet(item)}: * spreads a list, not {shown(spread)}.")
            values += spread
            origins += spread.origins if isinstance(spread, ConfigList) else [self.origin(item)] * len(spread)
        return self.made(node, ConfigList(values, origins))

    def braces(self, node: ast.expr, keys: list[ast.expr | None], values: list[ast.expr]) -> ConfigDict:
        """``{**other, 'a': 1}``: a later key replaces one of ``other``."""
        result = ConfigDict()
        written: set[str | int] = set()
        for key_node, value_node in zip(keys, values, strict=True):
            for key, value, origin in self.items(key_node, value_node):
                if key_node is not None and key in written:
                    raise self.error(key_node, f"{key!r} stands twice in one dict.")
                result.set(key, value, origin)
                written.update([key] if key_node is not None else [])
        return self.made(node, result)

    def dict_call(self, node: ast.expr, arguments: list[ast.expr], keywords: list[ast.keyword]) -> ConfigDict:
        """``dict(other, a=1, **more)``: as in Python, no two keywords are the same, those of ``more`` included."""
        result = ConfigDict()
        for argument in arguments:
            for key, value, origin in self.items(None, argument):
                result.set(key, value, origin)
        written: set[str | int] = set()
        for keyword in keywords:
            key_node = ast.copy_location(ast.Constant(keyword.arg), keyword) if keyword.arg else None
            for key, value, origin in self.items(key_node, keyword.value):
                if key in written:
                    hint = "To change a value of another dict, write {**other, 'name': value}."
                    raise self.error(keyword, f"{key!r} stands twice in one dict(...).", hint)
                result.set(key, value, origin)
                written.add(key)
        return self.made(node, result)

    def items(self, key: ast.expr | None, value: ast.expr) -> list[tuple[Any, Any, Origin | None]]:
        """One ``key: value``, or without a key all items of ``**value``, with their own origins."""
        if key is not None:
            return [(self.key(key), self.value(value), self.origin(key, value))]
        other = self.value(value)
        if not isinstance(other, ConfigDict):
            raise self.error(value, f"** spreads a dict; {self.snippet(value)} is {shown(other)}.")
        return [(name, item, origin_of(other, name)) for name, item in other.items()]

    def key(self, node: ast.expr) -> Any:
        key = self.value(node)
        if not isinstance(key, (str, int)):
            raise self.error(node, f"a key is a string or a whole number, not {key!r}.")
        return key

    def subscript(self, node: ast.expr, holder: Any, index: ast.expr) -> Any:
        if isinstance(index, ast.Slice):
            bounds = (index.lower, index.upper, index.step)
            part = slice(*[None if bound is None else self.value(bound) for bound in bounds])
            if isinstance(holder, ConfigList):
                return self.made(node, ConfigList(list(holder[part]), holder.origins[part]))
            return holder[part]
        key = self.value(index)
        if isinstance(holder, ConfigDict) and key not in holder:
            raise self.error(node, f"{self.snippet(node)}: there is no {key!r}.", did_you_mean(str(key), holder))
        return holder[key]

    def loop(self, loop: ast.comprehension) -> Iterator[None]:
        """Bind the name of ``for name in values if ...`` to one value after the other."""
        values = self.value(loop.iter)
        if not isinstance(loop.target, ast.Name) or not isinstance(values, (list, tuple)):
            raise self.refuse(loop.iter, "A comprehension goes with one name over one list.")
        name, outer = loop.target.id, dict(self.loop_names)
        for value in values:
            self.loop_names[name] = value
            if all(self.value(test) for test in loop.ifs):
                yield
        self.loop_names = outer

    # Arithmetic and text

    def arithmetic(self, node: ast.expr, left: Any, op: ast.operator, right: Any) -> Any:
        sizes = [len(side) for side in (left, right) if isinstance(side, (str, list, tuple))]
        counts = [side for side in (left, right) if isinstance(side, int)]
        if isinstance(op, ast.Mult) and sizes and counts and sizes[0] * counts[0] > self.room:
            raise self.too_big(node)
        if isinstance(op, ast.Pow) and len(counts) == 2 and left.bit_length() * abs(right) > MAX_BITS:
            raise self.too_big(node)
        if isinstance(op, ast.Mod) and isinstance(left, str) and re.search(r"\d{4}|\*", left):
            raise self.refuse(node, "A field of 1,000 characters or more, or '*', is not allowed.")
        result = _ARITHMETIC[type(op)](left, right)
        if isinstance(result, list):
            origins = [origin for side in (left, right) if isinstance(side, ConfigList) for origin in side.origins]
            result = ConfigList(result, origins if isinstance(op, ast.Add) else origins * max(counts[0], 0))
        if isinstance(result, complex) or (isinstance(result, int) and result.bit_length() > MAX_BITS):
            raise (self.too_big(node) if isinstance(result, int) else self.error(node, "the result is no real number."))
        return self.made(node, result)

    def boolean(self, operands: list[ast.expr], stop_at: bool) -> Any:
        result = None
        for operand in operands:
            result = self.value(operand)
            if bool(result) is stop_at:
                break
        return result

    def compare(self, left: ast.expr, ops: list[ast.cmpop], rights: list[ast.expr]) -> bool:
        first = self.value(left)
        for op, right in zip(ops, rights, strict=True):
            second = self.value(right)
            if not _COMPARISONS[type(op)](first, second):
                return False
            first = second
        return True

    def formatted(self, part: ast.expr) -> str:
        """One piece of an f-string."""
        match part:
            case ast.Constant(str() as text):
                return text
            case ast.FormattedValue(inner, conversion, spec_node):
                value = self.value(inner)
                spec = self.value(spec_node) if spec_node else ""
                if re.search(r"\d{4}", spec):
                    raise self.refuse(part, "A field of 1,000 characters or more is not allowed.")
                value = _CONVERSIONS[conversion](value) if conversion in _CONVERSIONS else value
                return format(str(value) if isinstance(value, (dict, list, tuple)) else value, spec)
        raise self.refuse(part)

    def fill(self, node: ast.expr, text: str) -> Any:
        """Put the value of ``{{_base_.x}}`` or ``{{ fileDirname }}`` into a string; alone, the value itself."""
        parts = TEMPLATE.split(text)
        for index in range(1, len(parts), 2):
            parts[index] = self.template(node, parts[index])
        return parts[1] if len(parts) == 3 and not parts[0] and not parts[2] else "".join(map(str, parts))

    def template(self, node: ast.expr, name: str) -> Any:
        path = Path(self.file)
        match name:
            case "fileDirname":
                return path.parent.as_posix()
            case "fileBasename":
                return path.name
            case "fileBasenameNoExtension":
                return path.stem
            case "fileExtname":
                return path.suffix
        _, first, *rest = name.split(".")
        value = self.inherited(node, first)
        for part in rest:
            value = self.attribute(node, value, part)
        return value

    # Limits, places, errors

    def made(self, node: ast.expr, value: Any) -> Any:
        """Count a computed value against what a file may make in all."""
        self.room -= count_values(value, self.room)
        if self.room < 0:
            raise self.too_big(node)
        return value

    def origin(self, node: ast.AST, expression: ast.expr | None = None) -> Origin:
        return Origin(self.file, getattr(node, "lineno", None), self.written_as(expression))

    def snippet(self, node: ast.AST) -> str:
        first = (ast.get_source_segment(self.text, node) or type(node).__name__).splitlines()[0]
        return repr(first if len(first) <= 60 else first[:59] + "…")

    def error(self, node: ast.AST, message: str, hint: str = "") -> ConfigError:
        return ConfigError(Mistake("", message, self.origin(node), hint))

    def refuse(self, node: ast.AST, remedy: str = "") -> ConfigError:
        return self.error(
            node, f"{self.snippet(node)} cannot stand in a config, which is data and never runs. {ALLOWED}", remedy
        )

    def too_big(self, node: ast.AST) -> ConfigError:
        limit = f"at most {MAX_VALUES:,} values, {MAX_DEPTH} levels deep, and numbers of {MAX_BITS} bits"
        return self.error(node, f"{self.snippet(node)} is too large: a config holds {limit}.")

    def call_remedy(self, function: ast.expr) -> str:
        match function:
            case ast.Name(name) if name in self.imported or name[:1].isupper():
                return f"Write dict(type={name}, ...)."
            case ast.Name(name):
                return _CALL_REMEDIES.get(name, f"There is no {name}(...) in a config, only dict(...).")
            case ast.Attribute(_, "join"):
                return "Write the path as one string, or as an f-string."
            case ast.Attribute(_, "format"):
                return "Write an f-string."
        return "Only dict(...) can be called; to change a dict, write {**other, 'name': value}."


def _names(node: ast.Assign) -> list[str]:
    return [target.id for target in node.targets if isinstance(target, ast.Name)]
