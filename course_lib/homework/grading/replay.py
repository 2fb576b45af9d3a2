"""An answer's calls, written down in the sandbox and played again for the referee.

What an exercise's ``use`` makes of an answer (train a step with its config, compare two calls) is computed by the
referee from the values that the answer returned: the sandbox cannot claim it.
"""

from collections.abc import Callable, Iterable
from typing import Any

from .values import Packer


def recording(use: Callable[..., Any], packer: Packer, calls: list[Any]) -> Callable[..., Any]:
    """The same ``use``, which adds each value that the answer returns to ``calls``, as it is at that moment."""

    def use_and_record(answer: Callable[..., Any], *args: Any) -> Any:
        def call(*inputs: Any, **named: Any) -> Any:
            value = answer(*inputs, **named)
            calls.append(packer.take(value))
            return value

        return use(call, *args)

    return use_and_record


def replayed(values: Iterable[Any]) -> Callable[..., Any]:
    """A function that returns one value after another, whatever it is called with.

    Raises:
        ValueError: at a call more than there are values.
    """
    waiting = iter(values)
    nothing = object()

    def call(*args: Any, **kwargs: Any) -> Any:
        value = next(waiting, nothing)
        if value is nothing:
            raise ValueError("the answer was not called as often as it should have been")
        return value

    return call


def plain(part: Any) -> bool:
    """Whether a value, as ``Packer.take`` gives it, is complete: nothing in it stays behind."""
    if not isinstance(part, list):
        return True
    kind = part[0]
    if kind in ("tuple", "list", "set"):
        return all(map(plain, part[1]))
    if kind == "dict":
        return all(plain(key) and plain(item) for key, item in part[1])
    return bool(kind != "opaque")
