"""``optimizer``, ``optimizer_config``, ``fp16`` and ``runner``."""

from typing import Any

import pytest

from course_lib.config.config import Config
from course_lib.config.dialects import upgrade
from course_lib.config.errors import ConfigError

SGD = dict(type="SGD", lr=0.1)


def wrapper(**values: Any) -> Any:
    return upgrade(Config.fromdict(values)).optim_wrapper


def test_the_optimizer_and_its_parameter_groups() -> None:
    assert wrapper(optimizer=dict(**SGD, paramwise_cfg=dict(norm_decay_mult=0.0))) == dict(
        type="OptimWrapper", optimizer=SGD, paramwise_cfg=dict(norm_decay_mult=0.0)
    )


def test_clipping_and_accumulation() -> None:
    hook = dict(type="GradientCumulativeOptimizerHook", cumulative_iters=8, grad_clip=dict(max_norm=5.0))
    assert wrapper(optimizer=SGD, optimizer_config=hook) == dict(
        type="OptimWrapper", optimizer=SGD, clip_grad=dict(max_norm=5.0), accumulative_counts=8
    )
    assert wrapper(optimizer=SGD, optimizer_config=dict(grad_clip=None)) == dict(type="OptimWrapper", optimizer=SGD)


@pytest.mark.parametrize(("fp16", "scale"), [(dict(loss_scale="dynamic"), "dynamic"), (dict(), 512.0)])
def test_half_precision(fp16: dict[str, Any], scale: Any) -> None:
    assert wrapper(optimizer=SGD, fp16=fp16) == dict(type="AmpOptimWrapper", optimizer=SGD, loss_scale=scale)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (dict(runner=dict(type="EpochBasedRunner", max_epochs=9)), dict(by_epoch=True, max_epochs=9)),
        (dict(runner=dict(type="IterBasedRunner", max_iters=9)), dict(by_epoch=False, max_iters=9)),
        (dict(runner=dict(max_iters=9)), dict(by_epoch=False, max_iters=9)),
        (dict(total_epochs=9), dict(by_epoch=True, max_epochs=9)),
        (dict(total_epochs=3, runner=dict(type="EpochBasedRunner", max_epochs=9)), dict(by_epoch=True, max_epochs=9)),
    ],
)
def test_the_length_of_the_training(old: dict[str, Any], new: dict[str, Any]) -> None:
    assert upgrade(Config.fromdict(old)) == dict(train_cfg=new)


def test_an_unknown_runner() -> None:
    with pytest.raises(ConfigError) as caught:
        upgrade(Config.fromstring("runner = dict(type='EpochBaseRunner', max_epochs=9)", "old.py"))
    assert str(caught.value) == (
        "old.py:1: runner.type: there is no runner 'EpochBaseRunner'. Did you mean 'EpochBasedRunner'?"
    )
