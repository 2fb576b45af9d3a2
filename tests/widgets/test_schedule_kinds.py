"""Every schedule that the builder offers can be built and drawn at each end of its sliders."""

import inspect

import numpy as np
import pytest

from course_lib.builders import build
from course_lib.config import Config
from course_lib.config.registry import find
from course_lib.optim import lr_curve
from course_lib.widgets.schedule_kinds import as_text, borders, kinds

KINDS = kinds(228)


def test_borders_are_whole_steps() -> None:
    assert borders(228) == list(range(0, 229, 19))
    assert borders(5) == [0, 1, 2, 3, 4, 5]
    assert borders(1) == [0, 1]


@pytest.mark.parametrize("name", KINDS)
def test_every_choice_can_be_trained_with(name: str) -> None:
    target = find(name).target
    for argument, (values, start) in KINDS[name].arguments.items():
        assert argument in inspect.signature(target).parameters
        assert start in values and list(values) == sorted(values)
    for pick in (lambda values, start: values[0], lambda values, start: start, lambda values, start: values[-1]):
        chosen = {argument: pick(values, start) for argument, (values, start) in KINDS[name].arguments.items()}
        schedules = build([{"type": name, "by_epoch": False, "begin": 0, "end": 228, **chosen}])
        rates = lr_curve(schedules, 0.9, 38, 6, target.target)
        assert rates.shape == (228,) and np.isfinite(rates).all() and rates.min() >= 0


@pytest.mark.parametrize("num_steps", [1, 2, 7, 1000])
def test_short_trainings_have_choices_too(num_steps: int) -> None:
    for kind in kinds(num_steps).values():
        assert all(start in values for values, start in kind.arguments.values())


def test_the_text_is_the_config() -> None:
    nodes = [{"type": "LinearLR", "by_epoch": False, "begin": 0, "end": 38, "start_factor": 0.01}]
    assert list(map(dict, Config.fromstring(as_text(nodes)).param_scheduler)) == nodes
    assert as_text([]) == "param_scheduler = []"
