"""``get_model('resnet-mini_shapes', pretrained=True)``: a name → a model, with weights that have learned already.

Three kinds of names:

- that of a ready-made config: ``'resnet-mini_shapes'``, ``'resnet50_8xb32-coslr_in1k'``. For a few there are weights in
  the package (``list_models(pretrained=True)``), which need no network; elsewhere they are called ``zoo://NAME``;
- ``'torchvision://resnet50'``: torchvision's network, with its first ImageNet weights;
- ``'timm://resnet50.a1_in1k'``: timm's network; after the dot stands which of its weights are meant.
"""

import logging
from fnmatch import fnmatchcase
from pathlib import Path

from torch import nn

from course_lib import engine
from course_lib.builders import build_model, without_weights
from course_lib.config import ConfigError, find_config, load_config, ready_made
from course_lib.config.errors import did_you_mean
from course_lib.config.own_weights import own_weights
from course_lib.models.backbones.timm_backbone import check_timm_name, import_timm, timm_weights
from course_lib.models.backbones.torchvision_backbone import renew_last_layer
from course_lib.models.origins import TORCHVISION_WEIGHTS, weights_file

log = logging.getLogger(__name__)

IMAGENET_CLASSES = 1000


def get_model(name: str, pretrained: bool = False, *, num_classes: int | None = None) -> nn.Module:
    """A model by its name; the trainer takes it as it is.

    Args:
        name: A ready-made config's, ``'torchvision://…'`` or ``'timm://…'``; ``list_models`` knows them.
        pretrained: Load weights that have learned already, from the package or the network; they are checked by their
            digests and kept for the next time.
        num_classes: K, for other classes than the name's own: the last layer then begins anew.

    Returns:
        An ``ImageClassifier`` for a config's name, else the network of the library that was named; in training mode.
        It takes pictures as the preprocessor of its training gives them, (N, C, H, W).

    Raises:
        ConfigError: there is no such name, it has no weights, or ``num_classes`` is none.
        CheckpointError: weights that cannot be fetched, or a damaged file.
    """
    if num_classes is not None and num_classes < 1:
        raise ConfigError(f"num_classes is {num_classes!r}, but must be at least 1.")
    library, found, theirs = name.partition("://")
    if found:
        if library not in OTHERS:
            known = " and ".join(f"{key}://" for key in OTHERS)
            raise ConfigError(f"{name}: get_model knows {known}NAME, and the names of ready-made configs.")
        return OTHERS[library](theirs, pretrained, num_classes)
    file = find_config(name)
    if pretrained and file.stem not in own_weights():
        raise ConfigError(
            f"there are no weights of the kit's own for {name!r}; there are for {', '.join(own_weights())}. "
            "ImageNet's come by torchvision://NAME and timm://NAME."
        )
    cfg = load_config(file)
    parts = [part for key in ("head", "backbone") if "num_classes" in (part := cfg.model.get(key) or {})]
    own_classes = parts[0]["num_classes"] if parts else None
    if num_classes is not None:
        if not parts:
            raise ConfigError(f"the model of {name!r} has no num_classes to change.")
        parts[0]["num_classes"] = num_classes
    model = build_model(without_weights(cfg.model))
    if pretrained:
        source = f"zoo://{file.stem}"
        other_head = num_classes not in (None, own_classes)
        report = engine.load_weights(model, engine.load_checkpoint(source)["model"], source, partial=other_head)
        if report:
            log.warning("%s: the head begins anew, for %d classes in place of %d", source, num_classes, own_classes)
    return model


def list_models(pattern: str = "*", pretrained: bool = False) -> list[str]:
    """The names that ``get_model`` takes and that fit a pattern.

    Args:
        pattern: With ``*`` and ``?``. One that begins with ``torchvision://`` or ``timm://`` lists theirs.
        pretrained: Only those for which there are weights.

    Raises:
        ConfigError: timm is asked for and not installed.
    """
    library, found, _ = pattern.partition("://")
    if found and library == "timm":
        names = [f"timm://{name}" for name in import_timm().list_models(pretrained=pretrained)]
    elif found and library == "torchvision":
        from torchvision import models

        names = [f"torchvision://{name}" for name in models.list_models(module=models)]
    else:
        names = [Path(file).stem for file in ready_made() if not pretrained or file.stem in own_weights()]
    return sorted(name for name in names if fnmatchcase(name, pattern))


def _from_torchvision(name: str, pretrained: bool, num_classes: int | None) -> nn.Module:
    from torchvision import models

    known = models.list_models(module=models)
    if name not in known:
        raise ConfigError(f"torchvision has no classification model {name!r}. {did_you_mean(name, known)}")
    if not pretrained:
        return models.get_model(name, weights=None, num_classes=num_classes or IMAGENET_CLASSES)
    weights_file(f"torchvision://{name}")  # checked, and left where torchvision itself looks for it
    network = models.get_model(name, weights=TORCHVISION_WEIGHTS)
    if num_classes not in (None, IMAGENET_CLASSES):
        renew_last_layer(network, num_classes)
    return network


def _from_timm(name: str, pretrained: bool, num_classes: int | None) -> nn.Module:
    check_timm_name(name)
    with timm_weights(name):
        return import_timm().create_model(name, pretrained=pretrained, num_classes=num_classes)


OTHERS = {"torchvision": _from_torchvision, "timm": _from_timm}
