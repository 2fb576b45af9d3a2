"""The values of expressions: what a config may say is what ``Expressions.evaluate`` accepts, case by case."""

import ast
from collections.abc import Callable, Iterator
from typing import Any

from ..errors import ConfigError, Origin, did_you_mean
from ..nodes import ConfigDict, ConfigList, origin_of, shown
from .arithmetic import ARITHMETIC, COMPARISONS, SIGNS, compute
from .limits import Room, TooLarge, guard_field
from .names import Imported, Names
from .remedies import call_remedy

_CONVERSIONS: dict[int, Callable[[Any], str]] = {ord("r"): repr, ord("s"): str, ord("a"): ascii}


class Expressions:
    """Evaluates the expressions of one file, with its names."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.source = names.source
        self.room = Room()

    def value(self, node: ast.expr) -> Any:
        """The value of an expression; Python's own complaint (1 / 0, 'a' - 1) as a ConfigError with the line."""
        try:
            value = self.evaluate(node)
            return str(value) if isinstance(value, Imported) else value
        except TooLarge as error:
            raise self.source.error(node, f"{self.source.snippet(node)} {error}") from None
        except ConfigError:
            raise
        except (ArithmeticError, LookupError, RecursionError, TypeError, ValueError) as error:
            raise self.source.error(node, f"{self.source.snippet(node)} does not work: {error}.") from None

    def evaluate(self, node: ast.expr) -> Any:
        match node:
            case ast.Constant(str() as text):
                return self.names.fill(node, text)
            case ast.Constant(None | bool() | int() | float() as value):
                return value
            case ast.List(items):
                return self.listed(items)
            case ast.Tuple(items):
                return tuple(self.listed(items))
            case ast.Dict(keys, values):
                return self.braces(keys, values)
            case ast.Call(ast.Name("dict"), arguments, keywords):
                return self.dict_call(arguments, keywords)
            case ast.Call(ast.Name("float"), [ast.Constant(str() as text)], []):
                return float(text)
            case ast.Call(ast.Name("round"), [number], []) if "round" not in self.names.values:
                return round(self.value(number))  # the model zoo rounds its means
            case ast.Set([ast.Set([ast.Attribute() as inner])]):
                return self.value(inner)  # {{_base_.x}}
            case ast.Name(name):
                return self.names.lookup(node, name)
            case ast.Attribute(ast.Name("_base_"), name) | ast.Subscript(ast.Name("_base_"), ast.Constant(name)):
                return self.names.inherited(node, str(name))
            case ast.Attribute(inner, name):
                return self.names.attribute(node, self.evaluate(inner), name)
            case ast.Subscript(inner, index):
                return self.subscript(node, self.value(inner), index)
            case ast.BinOp(left, op, right) if type(op) in ARITHMETIC:
                return self.room.take(compute(self.value(left), op, self.value(right), self.room.left))
            case ast.UnaryOp(op, operand) if type(op) in SIGNS:
                return SIGNS[type(op)](self.value(operand))
            case ast.BoolOp(op, operands):
                return self.boolean(operands, stop_at=isinstance(op, ast.Or))
            case ast.Compare(left, ops, rights):
                return self.compare(left, ops, rights)
            case ast.IfExp(test, body, orelse):
                return self.value(body) if self.value(test) else self.value(orelse)
            case ast.JoinedStr(parts):
                return self.room.take("".join(self.formatted(part) for part in parts))
            case ast.ListComp(item, [loop]):
                values = [self.value(item) for _ in self.loop(loop)]
                return self.room.take(ConfigList(values, [self.names.origin(item)] * len(values)))
            case ast.DictComp(key, item, [loop]):
                by_key = ConfigDict()
                for _ in self.loop(loop):
                    by_key.set(self.key(key), self.value(item), self.names.origin(item))
                return self.room.take(by_key)
            case ast.Call(function):
                raise self.source.refuse(node, call_remedy(function, self.names.imported))
            case _:
                raise self.source.refuse(node)

    # Containers

    def listed(self, items: list[ast.expr]) -> ConfigList:
        values: list[Any] = []
        origins: list[Origin | None] = []
        for item in items:
            if not isinstance(item, ast.Starred):
                values.append(self.value(item))
                origins.append(self.names.origin(item, item))
                continue
            spread = self.value(item.value)
            if not isinstance(spread, (list, tuple)):
                message = f"{self.source.snippet(item)}: * spreads a list, not {shown(spread)}."
                raise self.source.error(item, message)
            values += spread
            origins += spread.origins if isinstance(spread, ConfigList) else [self.names.origin(item)] * len(spread)
        return self.room.take(ConfigList(values, origins))

    def braces(self, keys: list[ast.expr | None], values: list[ast.expr]) -> ConfigDict:
        """``{**other, 'a': 1}``: a later key replaces one of ``other``."""
        result = ConfigDict()
        written: set[str | int] = set()
        for key_node, value_node in zip(keys, values, strict=True):
            for key, value, origin in self.items(key_node, value_node):
                if key_node is not None and key in written:
                    raise self.source.error(key_node, f"{key!r} stands twice in one dict.")
                result.set(key, value, origin)
                written.update([key] if key_node is not None else [])
        return self.room.take(result)

    def dict_call(self, arguments: list[ast.expr], keywords: list[ast.keyword]) -> ConfigDict:
        """``dict(other, a=1, **more)`` and ``dict([('a', 1)])``: as in Python, no two keywords may be the same."""
        result = ConfigDict()
        for argument in arguments:
            for pair in _pairs(argument) or [(None, argument)]:
                for key, value, origin in self.items(*pair):
                    result.set(key, value, origin)
        written: set[str | int] = set()
        for keyword in keywords:
            key_node = ast.copy_location(ast.Constant(keyword.arg), keyword) if keyword.arg else None
            for key, value, origin in self.items(key_node, keyword.value):
                if key in written:
                    hint = "To change a value of another dict, write {**other, 'name': value}."
                    raise self.source.error(keyword, f"{key!r} stands twice in one dict(...).", hint)
                result.set(key, value, origin)
                written.add(key)
        return self.room.take(result)

    def items(self, key: ast.expr | None, value: ast.expr) -> list[tuple[Any, Any, Origin | None]]:
        """One ``key: value``, or without a key all items of ``**value``, with their own origins."""
        if key is not None:
            return [(self.key(key), self.value(value), self.names.origin(key, value))]
        other = self.value(value)
        if not isinstance(other, ConfigDict):
            message = f"** spreads a dict; {self.source.snippet(value)} is {shown(other)}."
            raise self.source.error(value, message)
        return [(name, item, origin_of(other, name)) for name, item in other.items()]

    def key(self, node: ast.expr) -> Any:
        key = self.value(node)
        if not isinstance(key, (str, int)):
            raise self.source.error(node, f"a key is a string or a whole number, not {key!r}.")
        return key

    def subscript(self, node: ast.expr, holder: Any, index: ast.expr) -> Any:
        if isinstance(index, ast.Slice):
            bounds = (index.lower, index.upper, index.step)
            part = slice(*[None if bound is None else self.value(bound) for bound in bounds])
            if isinstance(holder, ConfigList):
                return self.room.take(ConfigList(list(holder[part]), holder.origins[part]))
            return holder[part]
        key = self.value(index)
        if isinstance(holder, ConfigDict) and key not in holder:
            message = f"{self.source.snippet(node)}: there is no {key!r}."
            raise self.source.error(node, message, did_you_mean(str(key), holder))
        return holder[key]

    def loop(self, loop: ast.comprehension) -> Iterator[None]:
        """Bind the name of ``for name in values if ...`` to one value after the other."""
        values = self.value(loop.iter)
        if not isinstance(loop.target, ast.Name) or not isinstance(values, (list, tuple)):
            raise self.source.refuse(loop.iter, "A comprehension goes with one name over one list.")
        name, outer = loop.target.id, dict(self.names.loops)
        for value in values:
            self.names.loops[name] = value
            if all(self.value(test) for test in loop.ifs):
                yield
        self.names.loops = outer

    # Conditions and text

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
            if not COMPARISONS[type(op)](first, second):
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
                guard_field(spec)
                value = _CONVERSIONS[conversion](value) if conversion in _CONVERSIONS else value
                return format(str(value) if isinstance(value, (dict, list, tuple)) else value, spec)
        raise self.source.refuse(part)


def _pairs(node: ast.expr) -> list[tuple[ast.expr | None, ast.expr]]:
    """The keys and values of ``[('a', 1), ('b', 2)]``; none where it is anything else."""
    rows = node.elts if isinstance(node, (ast.List, ast.Tuple)) else []
    pairs = [row.elts for row in rows if isinstance(row, (ast.List, ast.Tuple)) and len(row.elts) == 2]
    return [(key, value) for key, value in pairs] if len(pairs) == len(rows) else []
