"""Values against annotations, as they stand in signatures."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from course_lib.config import Mistake
from course_lib.config.checking.place import Place
from course_lib.config.checking.walking import mistakes_of
from course_lib.config.registry import register
from course_lib.config.rules import Slot


def mistakes(node: Any, kind: str, *path: str) -> list[str]:
    """What is said of one component alone."""
    return [str(mistake) for mistake in mistakes_of(node, Slot(kind), Place(path))]


def _annotated(annotation: Any) -> Callable[..., None]:
    def part(value=None) -> None:  # type: ignore[no-untyped-def]
        pass

    part.__annotations__ = {"value": annotation}
    return part


@pytest.mark.parametrize(
    ("annotation", "right", "wrong"),
    [
        (int, [3, None], [True, 3.0, "3"]),
        (float, [3, 0.5], [True, "0.5"]),
        (bool, [True], [1, "True"]),
        (str | None, ["a", None], [3]),
        (list[int], [[1, 2], (1, 2), []], [3, ["1"], "12"]),
        (tuple[int, int], [(1, 2), [1, 2]], [(1,), (1, 2, 3)]),
        (tuple[float, ...], [(1, 2.5), []], [("a",)]),
        (dict[str, float], [{"a": 1}], [{"a": "b"}, [1]]),
        (int | Sequence[int], [3, (3, 4)], ["3", 3.5]),
        (float | Mistake, [0.1], ["0.1"]),  # a union with a class of torch's still judges numbers
        (Mistake, ["anything", 3], []),
    ],
)
def test_values_against_annotations(annotation: Any, right: list[Any], wrong: list[Any]) -> None:
    register("hook", "Part")(_annotated(annotation))
    for value in right:
        assert mistakes({"type": "Part", "value": value}, "hook") == []
    for value in wrong:
        assert len(mistakes({"type": "Part", "value": value}, "hook")) == 1
