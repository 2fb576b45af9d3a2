"""What the tweaker's form computes: changed configs, differences, parameters."""

import pytest

from course_lib.builders import check_config
from course_lib.config import Config, ConfigError, load_config, parse_options
from course_lib.config.registry import names
from course_lib.widgets.tweaks import (
    apply,
    chosen_values,
    command,
    cost,
    difference,
    knob,
    usual_knobs,
    value_at,
)


@pytest.fixture(scope="module")
def cfg() -> Config:
    return load_config("lessons/small_cnn_shapes")


def test_apply_changes_a_copy(cfg: Config) -> None:
    before = cfg.dump()
    tweaked = apply(cfg, {"optim_wrapper.optimizer.lr": 0.5, "model.backbone": {"_delete_": True, "type": "LeNet5"}})
    assert tweaked.optim_wrapper.optimizer == {"type": "Adam", "lr": 0.5}
    assert tweaked.model.backbone == {"type": "LeNet5"}
    assert cfg.dump() == before
    with pytest.raises(ConfigError, match="nothing can be set inside it"):
        apply(cfg, {"train_cfg.max_epochs.x": 1})


def test_difference_shows_changed_lines_with_neighbours(cfg: Config) -> None:
    assert difference(cfg, cfg) == ""
    lines = difference(cfg, apply(cfg, {"train_dataloader.batch_size": 7, "train_cfg.max_epochs": 1})).splitlines()
    assert "-    batch_size=64," in lines and "+    batch_size=7," in lines
    assert lines[lines.index("-    batch_size=64,") - 1] == " train_dataloader = dict("
    assert lines.count(" ⋯") == 1
    assert [line[0] for line in lines if line[0] != " "] == ["-", "+", "-", "+"]


def test_cost_by_hand(cfg: Config) -> None:
    blocks = sum(9 * a * b + 2 * b for a, b in ((3, 16), (16, 32), (32, 64)))
    assert cost(cfg).params == blocks + 64 * 10 + 10 == 24_346
    maps = 9 * (3 * 16 * 32**2 + 16 * 32 * 16**2 + 32 * 64 * 8**2)
    assert cost(cfg).macs == maps + 64 * 10 == 2_802_304


def test_knob_takes_in_the_own_value(cfg: Config) -> None:
    made = knob("lr", "optim_wrapper.optimizer.lr", (0.001, 0.1), cfg)
    assert list(made.choices) == ["0.001", "0.02", "0.1"] and made.start == "0.02"
    assert made.choices["0.1"] == {"optim_wrapper.optimizer.lr": 0.1}
    assert value_at(cfg, "param_scheduler.1.type") == "CosineAnnealingLR"


def test_every_usual_choice_gives_a_right_config(cfg: Config) -> None:
    for each in usual_knobs(cfg):
        assert each.start in each.choices
        for values in each.choices.values():
            assert check_config(apply(cfg, values), for_training=True) == []


def test_backbones_of_the_registry_are_offered(cfg: Config) -> None:
    (choice,) = [each for each in usual_knobs(cfg) if each.label == "backbone"]
    assert len(choice.choices) >= 5
    assert set(choice.choices) <= set(names("backbone"))


def test_widths_count_for_their_backbone_only(cfg: Config) -> None:
    knobs = usual_knobs(cfg)
    chosen = {each.label: each.start for each in knobs} | {"widths": "8, 16"}
    assert chosen_values(knobs, chosen, "SmallCNN") == {"model.backbone.widths": (8, 16), "model.head.in_channels": 16}
    assert "model.backbone.widths" not in chosen_values(knobs, chosen | {"backbone": "MLP"}, "MLP")


def test_command_says_the_same(cfg: Config) -> None:
    assert command(cfg, {}) == "course train lessons/small_cnn_shapes"
    backbone = {"_delete_": True, "type": "MLP", "in_channels": 3, "hidden": (64,)}
    values = {"model.backbone": backbone, "model.neck": None, "train_cfg.max_epochs": 2}
    text = command(cfg, values)
    assert text.endswith(
        "--cfg-options \"model.backbone=dict(_delete_=True, type='MLP', in_channels=3, hidden=(64,))\" "
        "model.neck=None train_cfg.max_epochs=2"
    )
    import shlex

    assert apply(cfg, parse_options(shlex.split(text)[4:])) == apply(cfg, values)
