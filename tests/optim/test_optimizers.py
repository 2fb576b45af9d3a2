from typing import Any

import pytest
import torch
from torch import nn

from course_lib.config.errors import ConfigError
from course_lib.optim import make_optimizer, param_groups


class Net(nn.Module):
    """One parameter of every sort that the rules tell apart."""

    def __init__(self) -> None:
        super().__init__()
        self.cls_token = nn.Parameter(torch.zeros(1, 1, 4))
        self.scale = nn.Parameter(torch.ones(4))
        self.conv = nn.Conv2d(3, 4, 3)
        self.depthwise = nn.Conv2d(4, 4, 3, groups=4)
        self.norm = nn.BatchNorm2d(4)
        self.head = nn.Linear(4, 2)


def settings(model: nn.Module, paramwise_cfg: dict[str, Any] | None) -> dict[str, tuple[float, float]]:
    """Name → (lr, weight decay), for lr 1 and weight decay 1: the multipliers."""
    names = {parameter: name for name, parameter in model.named_parameters()}
    groups = param_groups(model, 1.0, 1.0, paramwise_cfg)
    return {names[p]: (group["lr"], group["weight_decay"]) for group in groups for p in group["params"]}


def test_without_rules_there_is_one_group() -> None:
    model = Net()
    (group,) = param_groups(model, 0.1, 0.01)
    assert group["params"] == list(model.parameters())
    assert (group["lr"], group["weight_decay"]) == (0.1, 0.01)


def test_each_rule_names_its_parameters() -> None:
    found = settings(
        Net(),
        {
            "bias_lr_mult": 2.0,
            "bias_decay_mult": 0.2,
            "norm_decay_mult": 0.3,
            "dwconv_decay_mult": 0.4,
            "flat_decay_mult": 0.5,
        },
    )
    assert found == {
        "cls_token": (1, 1),
        "scale": (1, 0.5),
        "conv.weight": (1, 1),
        "conv.bias": (2, 0.2),
        "depthwise.weight": (1, 0.4),
        "depthwise.bias": (2, 0.2),
        "norm.weight": (1, 0.3),
        "norm.bias": (1, 0.3),  # a norm's bias is a norm's parameter, for the rate too
        "head.weight": (1, 1),
        "head.bias": (2, 0.2),
    }


def test_the_longest_custom_key_goes_before_every_rule() -> None:
    custom_keys = {
        "head": {"lr_mult": 10.0},
        "head.bias": {"lr_mult": 5.0, "decay_mult": 0.0},
        ".cls_token": {"decay_mult": 0.0},
    }
    found = settings(Net(), {"custom_keys": custom_keys, "bias_decay_mult": 0.5})
    assert found["head.weight"] == (10, 1)
    assert found["head.bias"] == (5, 0)
    assert found["cls_token"] == (1, 0)
    assert found["conv.bias"] == (1, 0.5)


def test_frozen_parameters_are_left_out_and_shared_ones_taken_once() -> None:
    model = Net()
    model.conv.requires_grad_(False)
    model.tied = nn.Linear(4, 2)
    model.tied.weight = model.head.weight
    parameters = [p for group in param_groups(model, 0.1, 0.0, {"bypass_duplicate": True}) for p in group["params"]]
    assert len(parameters) == len(set(parameters))
    assert set(parameters) == {p for p in model.parameters() if p.requires_grad}


@pytest.mark.parametrize(
    ("optimizer", "same"),
    [
        ({"type": "SGD", "lr": 0.1, "momentum": 0.9, "weight_decay": 1e-4, "nesterov": True}, torch.optim.SGD),
        ({"type": "Adam", "lr": 1e-2, "betas": [0.8, 0.9]}, torch.optim.Adam),
        ({"type": "AdamW", "lr": 1e-2, "weight_decay": 0.05}, torch.optim.AdamW),
        ({"type": torch.optim.AdamW}, torch.optim.AdamW),
        ({"type": "RMSprop", "lr": 1e-2, "alpha": 0.9, "momentum": 0.9, "eps": 0.0316}, torch.optim.RMSprop),
        ({"type": "Adagrad", "lr": 1e-2, "lr_decay": 0.1}, torch.optim.Adagrad),
    ],
)
def test_one_step_is_torch_s_step(optimizer: dict[str, Any], same: Any) -> None:
    ours, theirs = nn.Linear(3, 2), nn.Linear(3, 2)
    theirs.load_state_dict(ours.state_dict())
    arguments = {name: value for name, value in optimizer.items() if name != "type"}
    pairs = [(ours, make_optimizer(ours, optimizer)), (theirs, same(theirs.parameters(), **arguments))]
    for model, optimizer_of_model in pairs:
        model(torch.ones(1, 3)).square().sum().backward()
        optimizer_of_model.step()
    assert torch.equal(ours.weight, theirs.weight)


def test_weight_decay_of_torch_s_default_is_multiplied() -> None:
    optimizer = make_optimizer(Net(), {"type": "AdamW", "lr": 0.1}, {"norm_decay_mult": 0.0})
    assert sorted({group["weight_decay"] for group in optimizer.param_groups}) == [0.0, 0.01]


class WithoutDecay(torch.optim.Optimizer):
    """An optimizer of one's own, as short as it can be."""

    def __init__(self, params: Any, lr: float = 0.1) -> None:
        super().__init__(params, {"lr": lr})


def test_an_optimizer_may_know_no_weight_decay() -> None:
    optimizer = make_optimizer(Net(), {"type": WithoutDecay, "lr": 0.3})
    assert isinstance(optimizer, WithoutDecay) and optimizer.param_groups[0]["lr"] == 0.3


def test_nothing_to_train() -> None:
    with pytest.raises(ConfigError, match="Linear has no parameter to train: it has none, or every one is frozen"):
        param_groups(nn.Linear(2, 2).requires_grad_(False), 0.1)


@pytest.mark.parametrize(
    ("optimizer", "words"),
    [
        ({"type": "SDG", "lr": 0.1}, "optim_wrapper.optimizer.type: there is no optimizer 'SDG'. Did you mean 'SGD'?"),
        (
            {"type": "SGD", "lr": 0.1, "momentun": 0.9},
            "optim_wrapper.optimizer.momentun: SGD has no argument 'momentun'. Did you mean 'momentum'?",
        ),
        ({"type": "LARS"}, "optim_wrapper.optimizer: LARS needs lr=…."),
        ({"type": "SGD", "lr": "0.1"}, "optim_wrapper.optimizer.lr: '0.1' must be a number, 0 or more."),
        ({"type": "SGD", "lr": -1.0}, "optim_wrapper.optimizer.lr: -1.0 must be a number, 0 or more."),
        ({"type": "Adam", "lr": 0.1, "betas": (2, 2)}, "optim_wrapper.optimizer: Adam refuses this: Invalid beta"),
    ],
)
def test_mistakes_in_the_optimizer(optimizer: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        make_optimizer(Net(), optimizer)
    assert words in str(caught.value)


def test_all_mistakes_in_the_rules_at_once() -> None:
    rules = {"norm_decay_mul": 0.0, "bias_lr_mult": "2", "custom_keys": {"head": {"lr_mul": 1}, "conv": 3}}
    with pytest.raises(ConfigError) as caught:
        param_groups(Net(), 0.1, 0.0, rules)
    assert str(caught.value).splitlines() == [
        "optim_wrapper.paramwise_cfg.norm_decay_mul: there is no such rule. Did you mean 'norm_decay_mult'?",
        "optim_wrapper.paramwise_cfg.bias_lr_mult: '2' must be a number, 0 or more; it multiplies.",
        "optim_wrapper.paramwise_cfg.custom_keys.head.lr_mul: there is no such rule. Did you mean 'lr_mult'?",
        "optim_wrapper.paramwise_cfg.custom_keys.conv: 3 must be a dict such as dict(lr_mult=0.1, decay_mult=0.0).",
    ]
