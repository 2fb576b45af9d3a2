"""The rate falls when the metric stays where it is, as torch's own ReduceLROnPlateau has it."""

import pytest
import torch

from course_lib.config.errors import ConfigError
from course_lib.optim import ReduceOnPlateauLR, lr_curve, value_at

VALUES = [50, 60, 60, 60, 60, 61, 61, 61, 61, 61, 61, 70, 70, 70, 70, 70, 70, 70, 70]


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ({"patience": 2}, {"patience": 2}),
        ({"patience": 1, "cooldown": 2, "factor": 0.5}, {"patience": 1, "cooldown": 2, "factor": 0.5}),
        ({"patience": 0, "min_value": 0.02}, {"patience": 0, "min_lr": 0.02}),
        ({"patience": 1, "threshold": 5.0, "threshold_rule": "abs"},) * 2,
    ],
)
def test_it_reduces_when_torch_does(ours, theirs):
    theirs = {{"threshold_rule": "threshold_mode"}.get(name, name): value for name, value in theirs.items()}
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
    reference = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, mode="max", **{"factor": 0.1, **theirs})
    schedule = ReduceOnPlateauLR(**ours)
    lr_curve([schedule], 0.1, 10, 20)  # binds it
    for epoch, value in enumerate(VALUES):
        schedule.observe({"accuracy/top1": value})
        reference.step(value)
        assert value_at([schedule], epoch * 10, 0.1) == pytest.approx(optimizer.param_groups[0]["lr"])
    assert value_at([schedule], 190, 0.1) < 0.1


def test_a_loss_should_fall():
    schedule = ReduceOnPlateauLR(monitor="loss", rule="less", patience=0)
    lr_curve([schedule], 1.0, 1, 9)
    rates = []
    for loss in (3.0, 2.0, 2.5, float("nan")):
        schedule.observe({"loss": loss})
        rates.append(value_at([schedule], 0, 1.0))
    assert rates == pytest.approx([1, 1, 0.1, 0.01])


def test_what_it_has_seen_is_kept():
    first, second = ReduceOnPlateauLR(patience=1), ReduceOnPlateauLR(patience=1)
    for value in (50, 50):
        first.observe({"accuracy/top1": value})
    second.load_state_dict(first.state_dict())
    second.observe({"accuracy/top1": 50})
    lr_curve([second], 0.1, 1, 9)
    assert value_at([second], 0, 0.1) == pytest.approx(0.01)


def test_the_metric_is_found_by_its_beginning_and_a_wrong_one_named():
    ReduceOnPlateauLR(monitor="accuracy").observe({"accuracy/top1": 50})
    with pytest.raises(ConfigError, match=r"monitor='acuracy/top1' is no metric .* Did you mean 'accuracy/top1'"):
        ReduceOnPlateauLR(monitor="acuracy/top1").observe({"accuracy/top1": 50})
    with pytest.raises(ConfigError, match=r"factor=1.5 must lie between 0 and 1"):
        ReduceOnPlateauLR(factor=1.5)
