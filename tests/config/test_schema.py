"""The table of what may stand in a config: that it is whole, and agrees with itself."""

from collections.abc import Iterator
from typing import Any

from course_lib.config import schema
from course_lib.config.rules import Many, OrNone, Part, Slot

KINDS = {
    *("classifier", "backbone", "neck", "head", "loss", "dataset", "transform", "batch_augment", "preprocessor"),
    *("metric", "optimizer", "schedule", "hook", "sampler", "collate", "vis_backend", "visualizer", "tta_model"),
    "model_wrapper",
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
