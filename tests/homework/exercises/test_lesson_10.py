"""Lesson 10's exercises on right and wrong answers."""

import copy
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from course_lib.config.registry import find as find_class
from course_lib.homework.exercises import lesson_10
from course_lib.homework.judge import judge

from .cards import card_words

words = partial(card_words, limit_s=20.0)
EXERCISES = {exercise.name: exercise for exercise in lesson_10.EXERCISES}


@pytest.mark.parametrize("exercise", lesson_10.EXERCISES, ids=lambda exercise: exercise.name)
@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (lambda *args: None, "is there a `return`?"),
        (lambda *args: 1 / 0, "ZeroDivisionError: division by zero"),
        (lambda *args: "text", ""),
        (lambda *args: [{"type": 3}], ""),
        (lambda *args: {}, ""),
    ],
)
def test_wrong_in_any_exercise(exercise: Any, answer: Callable[..., Any], text: str) -> None:
    assert text in words(exercise.name, answer)


def merge_flat(base: Any, override: Any) -> Any:
    return {**base, **override}


def merge_without_delete(base: Any, override: Any) -> Any:
    merged = dict(base)
    for key, value in override.items():
        merged[key] = merge_without_delete(merged.get(key) or {}, value) if isinstance(value, dict) else value
    return merged


def merge_that_keeps_delete(base: Any, override: Any) -> Any:
    if override.get("_delete_"):
        return dict(override)
    merged = dict(base)
    for key, value in override.items():
        both = isinstance(value, dict) and isinstance(base.get(key), dict)
        merged[key] = merge_that_keeps_delete(base[key], value) if both else value
    return merged


def merge_in_place(base: Any, override: Any) -> Any:
    for key, value in override.items():
        base[key] = merge_in_place(base[key], value) if isinstance(value, dict) and key in base else value
    return base


def merge_that_joins_lists(base: Any, override: Any) -> Any:
    merged = dict(base)
    for key, value in override.items():
        old = merged.get(key)
        if isinstance(value, dict) and isinstance(old, dict):
            value = merge_that_joins_lists(old, value)
        merged[key] = old + value if isinstance(value, list) and isinstance(old, list) else value
    return merged


def merge_that_skips_none(base: Any, override: Any) -> Any:
    return lesson_10.merge(base, {key: value for key, value in override.items() if value is not None})


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (merge_flat, "a dict in a dict | "),
        (lambda base, override: lesson_10.merge(override, base), "['lr'] is 0.1, expected is 0.01."),
        (merge_without_delete, "has the key 'momentum', which should not be there"),
        (merge_that_keeps_delete, "['optimizer'] has the key '_delete_', which should not be there."),
        (merge_in_place, "changed its input `base`"),
        (merge_that_joins_lists, "['milestones'] should hold 1 values; it holds 4."),
        (merge_that_skips_none, "None in place of a dict | "),
        (lambda base: base, "It takes other arguments"),
    ],
)
def test_merge(answer: Callable[..., Any], text: str) -> None:
    assert text in words("10.merge", answer)


def test_merge_on_copies_passes() -> None:
    def answer(base: Any, override: Any) -> Any:
        base = copy.deepcopy(base)
        override = copy.deepcopy(override)
        if override.pop("_delete_", False):
            return override
        for key in override:
            if isinstance(override[key], dict) and isinstance(base.get(key), dict):
                override[key] = answer(base[key], override[key])
        return base | override

    assert judge(EXERCISES["10.merge"], answer).status == "passed"


def test_merged_configs_hold_no_delete() -> None:
    adam = {"_delete_": True, "type": "Adam"}
    for base in ({}, {"optimizer": None}, {"optimizer": {"type": "SGD", "lr": 0.1}}):
        assert lesson_10.merge(base, {"optimizer": adam}) == {"optimizer": {"type": "Adam"}}


def build_flat(cfg: Any) -> Any:
    if isinstance(cfg, dict) and "type" in cfg:
        return find_class(cfg["type"]).target(**{key: value for key, value in cfg.items() if key != "type"})
    return cfg


def build_without_lists(cfg: Any) -> Any:
    if isinstance(cfg, dict) and "type" in cfg:
        children = {key: build_without_lists(value) for key, value in cfg.items() if key != "type"}
        return find_class(cfg["type"]).target(**children)
    return cfg


def build_that_pops(cfg: Any) -> Any:
    if isinstance(cfg, dict) and "type" in cfg:
        return find_class(cfg.pop("type")).target(**{key: build_that_pops(value) for key, value in cfg.items()})
    return cfg


def build_any_dict(cfg: Any) -> Any:
    if isinstance(cfg, list):
        return [build_any_dict(item) for item in cfg]
    if isinstance(cfg, dict):
        return find_class(cfg["type"]).target(**{k: build_any_dict(v) for k, v in cfg.items() if k != "type"})
    return cfg


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (lambda cfg: cfg, "The config came back as it was: call `find(cfg['type']).target` with its values."),
        (lambda cfg: find_class(cfg["type"]).target, "a part without arguments | "),
        (lambda cfg: find_class(cfg["type"]).target(), "a part with arguments | "),
        (build_flat, "parts inside a part | "),
        (build_without_lists, "a list of parts: a pipeline | "),
        (build_that_pops, "changed its input `cfg`"),
        (build_any_dict, "a dict without 'type' | KeyError: 'type'"),
    ],
)
def test_build(answer: Callable[..., Any], text: str) -> None:
    assert text in words("10.build", answer)


def changed(**parts: Any) -> Callable[[int], Any]:
    """The reference's config with other parts; None leaves a part out."""

    def answer(num_classes: int) -> Any:
        cfg = lesson_10.make_config(num_classes) | parts
        return {key: value for key, value in cfg.items() if value is not None}

    return answer


def with_head(**arguments: Any) -> Callable[[int], Any]:
    def answer(num_classes: int) -> Any:
        cfg = lesson_10.make_config(num_classes)
        cfg["model"]["head"].update(arguments)
        return cfg

    return answer


def all_shapes(num_classes: int) -> Any:
    cfg = lesson_10.make_config(num_classes)
    del cfg["train_dataloader"]["dataset"]["classes"]
    return cfg


def last_shapes(num_classes: int) -> Any:
    cfg = lesson_10.make_config(num_classes)
    cfg["train_dataloader"]["dataset"]["classes"] = lesson_10.shape_names(10)[-num_classes:]
    return cfg


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (changed(model=None), "a training needs 'model', and it is missing."),
        (changed(train_dataloader=None), "a training needs 'train_dataloader', and it is missing."),
        (changed(optim_wrapper=dict(optimizer=dict(type="Adan", lr=0.1))), "Did you mean 'Adam'?"),
        (with_head(in_channels=64), "Write in_channels=16."),
        (with_head(num_class=3), "num_class"),
        (lambda num_classes: lesson_10.make_config(3), "all ten shapes | "),
        (all_shapes, "num_classes"),
        (last_shapes, "It trains on other classes than the first 3 shapes: circle, square, triangle."),
    ],
)
def test_make_config(answer: Callable[..., Any], text: str) -> None:
    assert text in words("10.make_config", answer)


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (lambda name: name.split("_"), "should be a dict; it is of type list."),
        (lambda name: dict(zip(("algorithm", "module", "training", "data"), name.split("_"), strict=False)), "lacks"),
        (lambda name: {**lesson_10.parse_name(name), "module": None}, "['module'] is None."),
        (lambda name: {**lesson_10.parse_name(name), "batch_size": 256}, "['batch_size'] is 256, expected is 4096."),
        (lambda name: {**lesson_10.parse_name(name), "data": "in1k.py"}, "['data'] is 'in1k.py', expected is 'in1k'."),
        (lambda name: lesson_10.parse_name(name[:-3]), "a name without .py"),
        (lambda name: lesson_10.parse_name(name.replace("-", "_")), "a name with a module"),
    ],
)
def test_parse_name(answer: Callable[..., Any], text: str) -> None:
    assert text in words("10.parse_name", answer)
