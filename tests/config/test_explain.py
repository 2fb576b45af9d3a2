"""The text of ``explain`` is Python that builds what the config says."""

import sys
from collections.abc import Iterator, Mapping
from textwrap import dedent
from types import ModuleType
from typing import Any

import pytest

from course_lib.config import Config, ConfigError, explain, registry
from course_lib.config.registry import register

CLASSES = {
    "toykit.nets.res": {"ToyNet": "backbone", "ToyMean": "neck", "ToyHead": "head", "ImageClassifier": "classifier"},
    "toykit.pictures": {"ToyDigits": "dataset", "ToyCrop": "transform", "ToyFlip": "transform"},
    "toykit.rest": {
        "Preprocessor": "preprocessor",
        "ToyMix": "batch_augment",
        "ToySGD": "optimizer",
        "ToyStep": "schedule",
        "ToyAccuracy": "metric",
    },
}


class Recorder:
    """Stands for any component: it keeps what it was called with."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.args, self.kwargs = args, kwargs

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and vars(other) == vars(self)

    def parameters(self) -> str:
        return "the parameters"


@pytest.fixture(autouse=True)
def toy_classes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Registered classes in modules of their own; the package ``toykit.nets`` offers those of its module."""
    monkeypatch.setattr(registry, "_ENTRIES", {})
    for name in ("toykit", "toykit.nets", *CLASSES):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    for home, kinds in CLASSES.items():
        for name, kind in kinds.items():
            toy = register(kind)(type(name, (Recorder,), {"__module__": home, "__qualname__": name}))
            setattr(sys.modules[home], name, toy)
            if home == "toykit.nets.res":
                setattr(sys.modules["toykit.nets"], name, toy)
    yield


def build(node: Any) -> Any:
    """The building rule, written a second time."""
    if isinstance(node, Mapping):
        args = {key: value if key.endswith("_cfg") else build(value) for key, value in node.items() if key != "type"}
        return registry.find(node["type"]).target(**args) if "type" in node else args
    return (
        type(node)(map(build, node)) if type(node) is tuple else [*map(build, node)] if isinstance(node, list) else node
    )


MODEL = """\
model = dict(
    type='ImageClassifier',
    backbone=dict(type='ToyNet', depth=18, norm_cfg=dict(type='BN'), out_indices=(3,), stem={'a-b': 1}),
    neck=dict(type='ToyMean'),
    head=dict(type='mmpretrain.ToyHead', num_classes=10, in_channels=512, losses=[dict(type='ToyMean'), 1]))
"""


def test_a_model_as_python() -> None:
    text = explain(Config.fromstring(MODEL))
    assert text == dedent(
        """\
        from toykit.nets import ImageClassifier, ToyHead, ToyMean, ToyNet

        model = ImageClassifier(
            backbone=ToyNet(depth=18, norm_cfg=dict(type='BN'), out_indices=(3,), stem={'a-b': 1}),
            neck=ToyMean(),
            head=ToyHead(num_classes=10, in_channels=512, losses=[ToyMean(), 1]),
        )
        """
    )


def test_executed_it_builds_what_the_rule_builds() -> None:
    cfg = Config.fromstring(MODEL)
    names: dict[str, Any] = {}
    exec(explain(cfg), names)
    assert names["model"] == build(cfg.model)


TRAINING = (
    MODEL
    + """\
model = {**model, 'train_cfg': dict(augments=dict(type='ToyMix', alpha=0.2), probs=[0.5])}
data_preprocessor = dict(mean=[0.0], std=[255.0])
train_pipeline = [dict(type='ToyCrop', size=32), dict(type='ToyFlip')]
train_dataloader = dict(batch_size=64, dataset=dict(type='ToyDigits', split='train', pipeline=train_pipeline))
val_pipeline = [dict(type='ToyCrop', size=32)]
val_dataloader = dict(batch_size=64, dataset=dict(type='ToyDigits', split='val', pipeline=val_pipeline))
test_dataloader = val_dataloader
optim_wrapper = dict(optimizer=dict(type='ToySGD', lr=0.1, momentum=0.9))
param_scheduler = dict(type='ToyStep', milestones=[1, 2])
val_evaluator = [dict(type='ToyAccuracy', topk=(1, 5))]
train_cfg = dict(max_epochs=3)
default_hooks = dict(logger=dict(type='NotRegistered'))
"""
)


def test_a_whole_training_as_python() -> None:
    cfg = Config.fromstring(TRAINING)
    text = explain(cfg)
    names: dict[str, Any] = {}
    exec(text, names)
    assert "train_cfg" not in text and "NotRegistered" not in text
    assert names["model"] == build({key: value for key, value in cfg.model.items() if key != "train_cfg"})
    assert names["preprocessor"].kwargs == {
        "mean": [0.0],
        "std": [255.0],
        "batch_augments": [build(cfg.model.train_cfg.augments)],
        "probs": [0.5],
        "num_classes": 10,
    }
    assert text.count("ToyFlip()") == 1
    assert names["train_dataset"].kwargs["pipeline"] is names["train_pipeline"]
    assert names["train_dataset"] == build(cfg.train_dataloader.dataset)
    assert names["test_dataset"] is names["val_dataset"]
    assert names["optimizer"].args == ("the parameters",)
    assert names["optimizer"].kwargs == {"lr": 0.1, "momentum": 0.9}
    assert names["schedules"] == [build(cfg.param_scheduler)]
    assert names["metrics"] == build(cfg.val_evaluator)


def test_parameter_groups_are_made_by_name() -> None:
    cfg = Config.fromstring(TRAINING)
    cfg.merge_from_dict({"optim_wrapper.paramwise_cfg": {"norm_decay_mult": 0.0}})
    text = explain(cfg)
    assert "from course_lib.optim import param_groups\n" in text
    assert "param_groups(model, lr=0.1, paramwise_cfg=dict(norm_decay_mult=0.0))" in text


@pytest.mark.parametrize(("optimizer", "expected"), [({}, "0.1 * (64 / 256)"), ({"lr": 0.4}, "0.4 * (64 / 256)")])
def test_the_rate_is_scaled_as_in_the_training(optimizer: dict[str, Any], expected: str) -> None:
    cfg = Config.fromstring(TRAINING)
    cfg.merge_from_dict(
        {"auto_scale_lr": {"base_batch_size": 256, "enable": True}, "optim_wrapper.optimizer": optimizer}
    )
    names: dict[str, Any] = {}
    exec(explain(cfg), names)
    assert f"lr={expected}, momentum=0.9" in explain(cfg)
    assert names["optimizer"].kwargs["lr"] == 0.25 * cfg.optim_wrapper.optimizer.lr
    cfg.auto_scale_lr.enable = False
    assert f"lr={cfg.optim_wrapper.optimizer.lr}, momentum=0.9" in explain(cfg)


def test_a_scaled_rate_that_the_config_does_not_say_is_torchs() -> None:
    cfg = Config.fromstring(TRAINING)
    del cfg.optim_wrapper.optimizer["lr"]
    assert "lr" not in explain(cfg)
    cfg.auto_scale_lr = {"base_batch_size": 32, "enable": True}
    assert "ToySGD(model.parameters(), momentum=0.9, lr=0.001 * (64 / 32))" in explain(cfg)


def test_one_part_alone() -> None:
    cfg = Config.fromstring(MODEL)
    assert explain(cfg.model.neck) == "from toykit.nets import ToyMean\n\nneck = ToyMean()\n"
    assert explain(cfg.model) == explain(cfg)


def test_a_class_of_a_notebook_has_no_import() -> None:
    register("neck")(type("MyNeck", (), {"__module__": "__main__", "__qualname__": "MyNeck"}))
    text = explain(Config.fromdict({"model": {"neck": {"type": "MyNeck"}}}))
    assert text == (
        "from toykit.nets import ImageClassifier\n# MyNeck is defined in this notebook or script\n\n"
        "model = ImageClassifier(neck=MyNeck())\n"
    )


def test_an_unknown_type_is_named_with_its_line() -> None:
    with pytest.raises(ConfigError) as caught:
        explain(Config.fromstring(MODEL.replace("ToyNet", "ToyNt"), "my.py"))
    assert str(caught.value) == "my.py:3: model.backbone.type: there is no component 'ToyNt'. Did you mean 'ToyNet'?"
