"""The operators of the config language: Python's own, on numbers, strings and lists, within the limits."""

import ast
import operator
from collections.abc import Callable
from typing import Any

from ..nodes import ConfigList
from .limits import MAX_BITS, TooLarge, guard_operation

ARITHMETIC: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}
COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
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
SIGNS: dict[type[ast.unaryop], Callable[[Any], Any]] = {
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Not: operator.not_,
}


def compute(left: Any, op: ast.operator, right: Any, room: int) -> Any:
    """``left op right``; the items of a list that is made keep the lines they were written in.

    Raises:
        TooLarge: the result is larger than ``room`` or ``MAX_BITS``.
        ArithmeticError, TypeError, ValueError: it cannot be computed.
    """
    guard_operation(left, op, right, room)
    result = ARITHMETIC[type(op)](left, right)
    if isinstance(result, complex):
        raise ArithmeticError("the result is no real number")
    if isinstance(result, int) and result.bit_length() > MAX_BITS:
        raise TooLarge
    if isinstance(result, list):
        origins = [origin for side in (left, right) if isinstance(side, ConfigList) for origin in side.origins]
        repeats = len(result) // len(origins) if origins else 0  # [1, 2] * 3
        return ConfigList(result, origins * repeats)
    return result
