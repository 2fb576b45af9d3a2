"""The walk along the rules: components alone, below a mistake, and with any junk at any place."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from course_lib.config import Config, check, registry
from course_lib.config.checking.place import Place
from course_lib.config.checking.walking import mistakes_of
from course_lib.config.nodes import walk
from course_lib.config.registry import register
from course_lib.config.rules import Slot

Messages = Callable[..., list[str]]


@pytest.fixture(scope="module")
def whole_kit() -> dict[str, registry.Entry]:
    """The table as the kit's own packages fill it."""
    pytest.importorskip("course_lib.models")
    return dict(registry._ENTRIES)


def mistakes(node: Any, kind: str, *path: str) -> list[str]:
    """What is said of one component alone."""
    return [str(mistake) for mistake in mistakes_of(node, Slot(kind), Place(path))]


def test_one_component_alone() -> None:
    head = dict(type="LinearClsHead", num_classes=3)
    assert mistakes(head, "head", "head") == ["head: LinearClsHead needs the argument 'in_channels' (an int)."]


def test_a_module_without_an_init_takes_nothing() -> None:
    @register("neck")
    class Flatten:
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            pass

    assert mistakes({"type": "Flatten", "dim": 1}, "neck") == ["dim: Flatten has no argument 'dim'. It takes none."]


def test_inside_an_unknown_component_the_search_goes_on(right: str, messages: Messages) -> None:
    text = right.replace("type='LinearClsHead'", "type='LinearHead'").replace("'CrossEntropyLoss'", "'CrossEntropyLos'")
    assert [line.split(" Did")[0] for line in messages(text=text)] == [
        "lesson.py:6: model.head.type: there is no head 'LinearHead'.",
        "lesson.py:6: model.head.loss.type: there is no loss 'CrossEntropyLos'.",
    ]


@pytest.mark.parametrize("junk", [None, 3, "x", [1], {"type": 3}, {1: 2}, [[]]])
def test_no_value_at_any_place_stops_the_check(junk: Any, right: str, runtime: str) -> None:
    whole = Config.fromstring(right + runtime)
    inside = [(*path, key) for path, node in walk(whole) if isinstance(node, dict) for key in node]
    assert len(inside) > 100
    for path in inside:
        cfg = copy.deepcopy(whole)
        holder: Any = cfg
        for key in path[:-1]:
            holder = holder[key]
        holder[path[-1]] = junk
        check(cfg)


def test_the_real_parts_of_the_kit(whole_kit: dict[str, registry.Entry]) -> None:
    """A model against the classes of the kit themselves."""
    model = dict(
        type="ImageClassifier",
        backbone=dict(type="ResNet", depth=50, num_stages=4, out_indices=(3,), style="pytorch"),
        neck=dict(type="GlobalAveragePooling", kernel=3),
        head=dict(type="LinearClsHead", num_classes=1000, in_chanels=2048, loss=dict(type="CrossEntropyLoss")),
    )
    registry._ENTRIES.update(whole_kit)
    assert mistakes(model, "classifier", "model") == [
        "model.neck.kernel: GlobalAveragePooling has no argument 'kernel'. Allowed: dim.",
        "model.head.in_chanels: LinearClsHead has no argument 'in_chanels'. Did you mean 'in_channels'?",
    ]
