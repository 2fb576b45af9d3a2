"""Lesson 10, the config: inherit it, build what it says, write one, read the name of one."""

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from torch import nn

from course_lib.builders import build_loader, build_model, build_optimizer, build_preprocessor, check_config
from course_lib.config import Config, registry
from course_lib.config.registry import find
from course_lib.data.datasets import Shapes

from ..compare import Case, Difference, config_mistakes, first_difference, short
from ..exercise import Answer, Exercise

# --- merge ------------------------------------------------------------------------------------------------------------

MERGE = '''def merge(base, override):
    """What a config file says (override), laid over what its _base_ says. Both are dicts, and stay as they are.

    A dict is merged into the dict of the same key; every other value replaces the one in base.
    A dict that holds _delete_=True replaces, too; the key _delete_ itself is not in the result.
    """
    ...
'''


def merge(base: dict[str, Any], override: dict[str, Any]) -> dict[str, Any]:
    if override.get("_delete_"):
        return {key: value for key, value in override.items() if key != "_delete_"}
    merged = dict(base)
    for key, value in override.items():
        old = base.get(key)
        merged[key] = merge(old if isinstance(old, dict) else {}, value) if isinstance(value, dict) else value
    return merged


def merge_cases(rng: np.random.Generator) -> Iterator[Case]:
    sgd = {"type": "SGD", "lr": 0.1, "momentum": 0.9}
    yield Case(({"lr": 0.1, "epochs": 5}, {"lr": 0.01}), "one value replaced, one inherited")
    yield Case(({"lr": 0.1}, {"work_dir": "runs"}), "a key that base does not have")
    yield Case(({"optimizer": sgd}, {"optimizer": {"lr": 0.01}}), "a dict in a dict")
    deep = {"model": {"head": {"type": "LinearClsHead", "num_classes": 1000}, "neck": {"type": "Flatten"}}}
    yield Case((deep, {"model": {"head": {"num_classes": 10}}}), "a dict in a dict in a dict")
    yield Case(({"milestones": [30, 60, 90]}, {"milestones": [8]}), "lists, which replace and do not grow")
    yield Case(({"neck": {"type": "Flatten"}}, {"neck": None}), "None in place of a dict")
    yield Case(({"neck": None}, {"neck": {"type": "Flatten"}}), "a dict in place of None")
    adam = {"_delete_": True, "type": "Adam", "lr": 0.001}
    yield Case(({"optimizer": sgd, "epochs": 5}, {"optimizer": adam}), "`_delete_`: Adam knows no momentum")
    yield Case(({"model": {"loss": sgd, "depth": 18}}, {"model": {"loss": adam}}), "`_delete_` further down")
    for _ in range(4):
        yield Case((random_config(rng), random_config(rng)), "two configs drawn by chance")


def random_config(rng: np.random.Generator, depth: int = 2) -> dict[str, Any]:
    """Some of five keys, each with a number or, while ``depth`` lasts, with a config."""
    keys = rng.permutation(["model", "data", "schedule", "runtime", "helpers"])[:3]
    return {
        str(key): random_config(rng, depth - 1) if depth and rng.random() < 0.6 else int(rng.integers(9))
        for key in keys
    }


# --- build ------------------------------------------------------------------------------------------------------------

BUILD = '''def build(cfg):
    """The objects that a config stands for, children first.

    A dict with 'type': find its class, build its other values, call the class with them.
    A list: the list of its items, each built. Everything else stays what it is.
    """
    ...
'''


def build(cfg: Any) -> Any:
    if isinstance(cfg, list):
        return [build(item) for item in cfg]
    if isinstance(cfg, dict) and "type" in cfg:
        args = {key: build(value) for key, value in cfg.items() if key != "type"}
        return find(cfg["type"]).target(**args)
    return cfg


def build_cases(rng: np.random.Generator) -> Iterator[Case]:
    width, num_classes = int(rng.integers(2, 9)), int(rng.integers(2, 9))
    cnn = {"type": "SmallCNN", "in_channels": 3, "widths": (4, width)}
    head = {"type": "LinearClsHead", "num_classes": num_classes, "in_channels": width}
    gap = {"type": "GlobalAveragePooling"}
    yield Case((gap,), "a part without arguments")
    yield Case((cnn,), "a part with arguments")
    yield Case(({"type": "ImageClassifier", "backbone": cnn, "neck": gap, "head": head},), "parts inside a part")
    yield Case(({**head, "loss": {"type": "CrossEntropyLoss"}},), "a loss inside a head")
    pipeline = [{"type": "Resize", "scale": 32}, {"type": "RandomFlip", "prob": 0.5}, {"type": "PackInputs"}]
    yield Case((pipeline,), "a list of parts: a pipeline")
    yield Case(({"type": "Shapes", "num_samples": 8, "pipeline": pipeline},), "a list inside a part")
    yield Case((0.1,), "a plain number")
    yield Case(({"mean": [1.0, 2.0], "std": None},), "a dict without 'type'")


def describe(built: Any) -> Any:
    """What was built, as plain values: the class of each part, and what is inside."""
    if isinstance(built, nn.Module):
        parts = {name: describe(child) for name, child in built.named_children() if _is_registered(child)}
        return {"type": type(built).__name__, **parts, "shapes": [tuple(p.shape) for p in built.parameters()]}
    if isinstance(built, (list, tuple)):
        return type(built)(describe(item) for item in built)
    if isinstance(built, Mapping):
        return {key: describe(value) for key, value in built.items()}
    if _is_registered(built):
        inside = [describe(step) for step in getattr(built, "pipeline", ())]
        return {"type": type(built).__name__, **({"pipeline": inside} if inside else {})}
    return built


def _is_registered(thing: Any) -> bool:
    return type(thing).__name__ in registry.names()


def describe_built(answer: Answer, cfg: Any) -> Any:
    return describe(answer(cfg))


def builds_the_same(case: Case, got: Any, expected: Any) -> Difference | None:
    """Whether the same classes came out, at the same places."""
    if not (why := first_difference(got, expected, tolerance=0.0)):
        return None
    if isinstance(expected, Mapping) and "type" in expected and got == case.args[0]:
        why = "The config came back as it was: call `find(cfg['type']).target` with its values."
    return Difference(short(got), short(expected), why)


# --- make_config ------------------------------------------------------------------------------------------------------

MAKE_CONFIG = '''def make_config(num_classes):
    """A config that trains a network on the first `num_classes` shapes: a dict.

    It needs the keys model, train_dataloader, optim_wrapper and train_cfg; 200 pictures are enough.
    """
    ...
'''


def make_config(num_classes: int) -> dict[str, Any]:
    pipeline = [dict(type="PackInputs")]
    return dict(
        model=dict(
            type="ImageClassifier",
            backbone=dict(type="SmallCNN", in_channels=3, widths=(8, 16)),
            neck=dict(type="GlobalAveragePooling"),
            head=dict(type="LinearClsHead", num_classes=num_classes, in_channels=16),
        ),
        train_dataloader=dict(
            batch_size=32,
            dataset=dict(type="Shapes", num_samples=200, classes=shape_names(num_classes), pipeline=pipeline),
        ),
        optim_wrapper=dict(optimizer=dict(type="Adam", lr=0.01)),
        train_cfg=dict(by_epoch=True, max_epochs=5),
    )


def shape_names(num_classes: int) -> list[str]:
    """The names of the first classes of Shapes."""
    return list(Shapes.class_names({})[:num_classes])


def make_config_cases(rng: np.random.Generator) -> Iterator[Case]:
    yield Case((3,), "three classes")
    yield Case((10,), "all ten shapes")
    yield Case((int(rng.integers(4, 10)),), "another number of classes")


def train_one_step(answer: Answer, num_classes: int) -> Any:
    """What becomes of an answer's config: its mistakes or, if there are none, one step of its training."""
    values = answer(num_classes)
    if not isinstance(values, Mapping):
        return values
    cfg = Config.fromdict(values, file="make_config")
    mistakes = check_config(cfg, for_training=True)
    if mistakes:
        return {"mistakes": [str(mistake) for mistake in mistakes]}
    model = build_model(cfg.model).train()
    optimizer = build_optimizer(cfg, model)
    loader = build_loader(cfg.train_dataloader, training=True)
    batch = build_preprocessor(cfg)(next(loader.epoch(0)), True)
    logits = model(batch["images"])
    loss = nn.functional.cross_entropy(logits, batch["labels"])
    loss.backward()
    optimizer.step()
    classes = sorted(map(str, loader.dataset.classes))
    return {"mistakes": [], "scores a picture": logits.shape[1], "classes": classes, "loss": loss.item()}


def trains(case: Case, got: Any, expected: Any) -> Difference | None:
    """Whether the config has no mistakes, the right classes and a loss that can be descended."""
    if mistakes := config_mistakes(got):
        return mistakes
    wanted = f"a config without mistakes, for {case.args[0]} classes"
    if got["scores a picture"] != case.args[0]:
        why = f"The network gives {got['scores a picture']} scores a picture; there are {case.args[0]} classes."
        return Difference(short(got), wanted, why)
    shapes = shape_names(case.args[0])
    if got["classes"] != sorted(shapes):
        why = f"It trains on other classes than the first {len(shapes)} shapes: {', '.join(shapes)}."
        return Difference(short(got["classes"]), wanted, why)
    return None if math.isfinite(got["loss"]) else Difference(short(got), wanted, "The loss is no number.")


# --- parse_name -------------------------------------------------------------------------------------------------------

PARSE_NAME = '''def parse_name(config_name):
    """The parts of {algorithm}_{module}_{training}_{data}, the names of MMPretrain's config files.

    'mocov3_resnet50_8xb512-amp_in1k.py' → {'algorithm': 'mocov3', 'module': 'resnet50', 'training': '8xb512-amp',
    'data': 'in1k', 'batch_size': 4096}. The module may be missing, then it is ''. 8xb512 is 8 GPUs × 512 pictures.
    """
    ...
'''


def parse_name(config_name: str) -> dict[str, Any]:
    algorithm, *module, training, data = config_name.removesuffix(".py").split("_")
    gpus, batch = re.match(r"(\d+)xb(\d+)", training).groups()  # type: ignore[union-attr]
    return {
        "algorithm": algorithm,
        "module": "_".join(module),
        "training": training,
        "data": data,
        "batch_size": int(gpus) * int(batch),
    }


def parse_name_cases(rng: np.random.Generator) -> Iterator[Case]:
    yield Case(("resnet50_8xb32_in1k.py",), "a name without a module")
    yield Case(("mocov3_resnet50_8xb512-amp_in1k.py",), "a name with a module")
    yield Case(("vit-base-p16_64xb64_in1k-384px.py",), "words inside a part, joined by -")
    yield Case(("resnet18_8xb16_cifar10",), "a name without .py")
    yield Case(("beit_beit-base-p16_8xb256-amp-coslr-300e_in1k.py",), "a training with extras: only 8xb256 counts")
    gpus, batch = 2 ** int(rng.integers(1, 6)), 2 ** int(rng.integers(4, 9))
    yield Case((f"swin-tiny_{gpus}xb{batch}_cub.py",), "a batch drawn by chance")


EXERCISES = (
    Exercise(
        "10.merge",
        MERGE,
        merge,
        merge_cases,
        hints=(
            "Begin with `merged = dict(base)`, so that base stays as it is. Which values of override need more care "
            "than `merged[key] = value`?",
            "Where both `base.get(key)` and `value` are dicts, `merge` itself knows what to do: call it. "
            "`_delete_` comes first: if override holds it, return override without that key.",
        ),
        points=3,
    ),
    Exercise(
        "10.build",
        BUILD,
        build,
        build_cases,
        hints=(
            "Three kinds of cfg, three ways out: a list, a dict with 'type', everything else. The first two call "
            "`build` for what is inside.",
            "`args = {key: build(value) for key, value in cfg.items() if key != 'type'}` builds the children. Then "
            "`find(cfg['type']).target(**args)` calls the class.",
        ),
        compare=builds_the_same,
        use=describe_built,
        points=3,
    ),
    Exercise(
        "10.make_config",
        MAKE_CONFIG,
        make_config,
        make_config_cases,
        hints=(
            "Start from `cfg.model` of this lesson. Two places know the number of classes: the head "
            "(`num_classes`) and the data set (`classes`).",
            "`train_dataloader=dict(batch_size=32, dataset=dict(type='Shapes', num_samples=200, "
            "classes=NAMES[:num_classes], pipeline=[dict(type='PackInputs')]))`, "
            "`optim_wrapper=dict(optimizer=dict(type='Adam', lr=0.01))`, "
            "`train_cfg=dict(by_epoch=True, max_epochs=1)`.",
        ),
        compare=trains,
        use=train_one_step,
        points=3,
        limit_s=30.0,
    ),
    Exercise(
        "10.parse_name",
        PARSE_NAME,
        parse_name,
        parse_name_cases,
        hints=(
            "Count from both ends: the first part is the algorithm, the last the data, the one before it the training. "
            "What is left in the middle is the module.",
            "`algorithm, *module, training, data = name.split('_')`. Of the training, `training.split('-')[0]` is "
            "'8xb512', and `.split('xb')` cuts it in two.",
        ),
        points=2,
    ),
)
