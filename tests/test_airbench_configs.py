"""The speed-run configs say what the paper says: schedule, rates, decay (arXiv 2404.00498, listing in the appendix)."""

import numpy as np
import pytest

from course_lib.builders import build_average, build_model, build_optimizer, build_schedules, check_config
from course_lib.config import load_config, ready_made
from course_lib.engine import Lookahead
from course_lib.optim import lr_curve

PUBLISHED = "airbench/airbench94_b1024-10e_cifar10"
NAMES = [f"airbench/{path.stem}" for path in ready_made() if path.parent.name == "airbench"]


def steps_an_epoch(cfg) -> int:
    return 50_000 // cfg.train_dataloader.batch_size


@pytest.mark.parametrize("name", NAMES)
def test_the_rate_is_the_papers_triangle(name: str) -> None:
    """From 0.2 up to 1 at 23 % of the way, down to 0.07 at the end."""
    cfg = load_config(name)
    epochs, length = cfg.train_cfg.max_epochs, steps_an_epoch(cfg)
    curve = lr_curve(build_schedules(cfg, length), 1.0, length, epochs)
    total = epochs * length
    expected = np.interp(np.arange(total), [0, int(0.23 * total), total - 1], [0.2, 1.0, 0.07])
    np.testing.assert_allclose(curve, expected, atol=1e-9)


@pytest.mark.parametrize("name", NAMES)
def test_rate_and_decay_of_each_weight(name: str) -> None:
    cfg = load_config(name)
    model = build_model(cfg.model)
    names = {parameter: name for name, parameter in model.named_parameters()}
    lr = cfg.optim_wrapper.optimizer.lr
    for group in build_optimizer(cfg, model).param_groups:
        for key in (names[parameter] for parameter in group["params"]):
            factor = 64 if "norm" in key else 0 if key == "head.fc.bias" else 1
            assert group["lr"] == pytest.approx(factor * lr), key
            if factor:
                assert group["lr"] * group["weight_decay"] == pytest.approx(lr * 0.0153 / 11.5), key
    assert model.head.fc.bias.abs().sum() == 0


def test_look_ahead_keeps_ever_more_of_the_slow_weights() -> None:
    cfg = load_config(PUBLISHED)
    lookahead = build_average(cfg)
    assert isinstance(lookahead, Lookahead) and lookahead.interval == 5
    lookahead.bind(steps_an_epoch(cfg))
    total = cfg.train_cfg.max_epochs * steps_an_epoch(cfg)
    shares = [1 - lookahead.alpha_at(step) for step in (0, total / 2, total)]
    assert shares == pytest.approx([0, 0.95**5 / 8, 0.95**5])


def test_the_published_rate() -> None:
    """11.5 of a summed loss over 1,024 pictures, with the momentum's factor taken out."""
    cfg = load_config(PUBLISHED)
    optimizer = cfg.optim_wrapper.optimizer
    assert cfg.train_dataloader.batch_size == 1024 and optimizer.momentum == 0.85 and optimizer.nesterov
    assert optimizer.lr == pytest.approx(11.5 / (1 + 1 / (1 - 0.85)))


def test_a_misspelt_argument_of_the_look_ahead_is_found() -> None:
    cfg = load_config(PUBLISHED, {"custom_hooks.1.intervall": 5})
    assert [mistake.path for mistake in check_config(cfg)] == ["custom_hooks.1.intervall"]
    assert "Did you mean 'interval'?" in str(check_config(cfg)[0])
