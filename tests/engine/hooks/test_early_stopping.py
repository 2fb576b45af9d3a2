"""It stops when nothing gets better, or when it is good enough."""

from types import SimpleNamespace

import pytest

from course_lib.config.errors import ConfigError
from course_lib.engine import EarlyStoppingHook


def validations_until_stop(hook, values, name="accuracy/top1"):
    trainer = SimpleNamespace(stopped=None)
    for count, value in enumerate(values, start=1):
        hook.after_validate(trainer, {name: value})
        if trainer.stopped:
            return count, trainer.stopped
    return None, None


def test_it_stops_after_the_patience():
    values = [50, 60, 59, 60, 61, 61, 61]
    assert validations_until_stop(EarlyStoppingHook(patience=2), values)[0] == 4
    assert validations_until_stop(EarlyStoppingHook(patience=3), values) == (None, None)
    count, why = validations_until_stop(EarlyStoppingHook(patience=3, min_delta=2), values)
    assert (count, why) == (5, "no better than 60 for 3 validations")


def test_a_loss_should_fall():
    assert validations_until_stop(EarlyStoppingHook(patience=1), [3.0, 2.0, 1.0, 1.5], "loss")[0] == 4


def test_good_enough_is_the_end():
    hook = EarlyStoppingHook("accuracy", stopping_threshold=90)
    count, why = validations_until_stop(hook, [80, 90.5, 91])
    assert (count, why) == (2, "accuracy is 90.5, as good as was asked for")


def test_what_is_never_a_number_stops_too():
    count, why = validations_until_stop(EarlyStoppingHook(patience=2), [float("nan")] * 3)
    assert (count, why) == (2, "no number at all for 2 validations")


def test_it_goes_on_counting_after_a_resume():
    first, second = EarlyStoppingHook(patience=2), EarlyStoppingHook(patience=2)
    validations_until_stop(first, [50, 49])
    second.load_state_dict(first.state_dict())
    assert validations_until_stop(second, [49])[0] == 1


def test_wrong_arguments():
    with pytest.raises(ConfigError, match="patience=0 must be at least 1"):
        EarlyStoppingHook(patience=0)
    with pytest.raises(ConfigError, match=r"monitor='acc' is no metric .*accuracy/top1"):
        validations_until_stop(EarlyStoppingHook("acc"), [1.0])
