"""The model: pretrained weights, and the batch augmentations with their probabilities."""

from ..nodes import ConfigDict, ConfigList, origin_of
from .carry import move, move_rest, node, part

AUGMENTS = {"BatchMixup": "Mixup", "BatchCutMix": "CutMix", "BatchResizeMix": "ResizeMix"}


def upgrade_model(old: ConfigDict, new: ConfigDict) -> None:
    """``model``: ``pretrained`` goes to the backbone, ``train_cfg.augments`` gets its names and ``probs`` of today."""
    if not isinstance(old.get("model"), ConfigDict):
        return
    move(old, "model", new)
    model = new["model"]
    if "pretrained" in model:
        origin, checkpoint = origin_of(model, "pretrained"), model.pop("pretrained")
        if isinstance(checkpoint, str):
            weights = node(origin, type="Pretrained", checkpoint=checkpoint)
            if "://" not in checkpoint or checkpoint.startswith("http"):  # torchvision://resnet50 has bare names
                weights.set("prefix", "backbone", origin)
            part(model, "backbone", origin).set("init_cfg", weights, origin)
    train_cfg = model.get("train_cfg")
    if isinstance(train_cfg, ConfigDict) and train_cfg.get("augments"):
        _upgrade_augments(train_cfg)


def _upgrade_augments(train_cfg: ConfigDict) -> None:
    """In 0.x each augment holds its ``prob`` (1 by default); today they stand side by side in ``probs``."""
    origin = origin_of(train_cfg, "augments")
    given = train_cfg["augments"]
    augments, probs = [], []
    for old in given if isinstance(given, ConfigList) else [given]:
        if not isinstance(old, ConfigDict):  # check says what belongs here
            return
        name, prob = str(old.get("type")), old.get("prob", 1.0)
        if name == "Identity":  # what the probabilities leave over is the identity
            continue
        augments.append(_augment(old, AUGMENTS.get(name, name)))
        probs.append(prob)
    train_cfg.set("augments", augments, origin)
    train_cfg.set("probs", probs, origin)


def _augment(old: ConfigDict, name: str) -> ConfigDict:
    new = node(origin_of(old, "type"), type=name)
    move_rest(old.copy(), new, drop=("type", "prob", "num_classes"))
    return new
