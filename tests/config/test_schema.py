"""The table of what may stand in a config: that it is whole, and agrees with itself."""

from collections.abc import Iterator
from typing import Any, get_args

import pytest

from course_lib.config import schema
from course_lib.config.schema import AtLeast, Many, MoreThan, OrNone, Part, Slot

KINDS = {
    *("classifier", "backbone", "neck", "head", "loss", "dataset", "transform", "batch_augment", "preprocessor"),
    *("metric", "optimizer", "schedule", "hook", "sampler", "collate", "vis_backend", "visualizer"),
}


def rules(rule: Any) -> Iterator[Any]:
    yield rule
    match rule:
        case Many() | OrNone():
            yield from rules(rule.rule)
        case Part():
            for inner in rule.keys.values():
                yield from rules(inner)
        case Slot():
            for inner in rule.built_in.values():
                yield from rules(inner)


EVERY_RULE = [
    found
    for table in (schema.TOP_LEVEL, *schema.ARGUMENTS.values())
    for rule in table.values()
    for found in rules(rule)
]


def test_every_slot_is_of_a_kind_that_the_registry_has() -> None:
    slots = [rule for rule in EVERY_RULE if isinstance(rule, Slot)]
    assert {slot.kind for slot in slots} <= KINDS
    assert set(schema.ARGUMENTS) <= KINDS


def test_every_required_key_is_allowed() -> None:
    parts = [rule for rule in EVERY_RULE if isinstance(rule, Part)]
    assert all(set(part.required) <= set(part.keys) for part in parts)
    assert set(schema.REQUIRED_FOR_TRAINING) <= set(schema.TOP_LEVEL)


def test_a_slot_that_knows_names_by_itself_knows_its_default() -> None:
    for slot in (rule for rule in EVERY_RULE if isinstance(rule, Slot) and rule.built_in and rule.default):
        assert slot.default in slot.built_in


def test_the_dialects_share_no_key_but_the_shared_ones() -> None:
    assert not set(schema.OLD_KEYS) & set(schema.TOP_LEVEL)
    assert set(schema.SHARED_KEYS) <= set(schema.TOP_LEVEL)


@pytest.mark.parametrize(
    ("bound", "inside", "outside", "words"),
    [(AtLeast(1), [1, 2.5], [0, float("nan")], "of at least 1"), (MoreThan(0), [1e-9], [0, -1], "above 0")],
)
def test_bounds(bound: Any, inside: list[float], outside: list[float], words: str) -> None:
    assert all(bound.holds(value) for value in inside)
    assert not any(bound.holds(value) for value in outside)
    assert str(bound) == words


def test_a_count_is_an_int_of_at_least_1() -> None:
    assert get_args(schema.Count) == (int, AtLeast(1))
