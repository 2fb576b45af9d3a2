"""How weights begin: as random numbers of a known spread, or as those of an earlier training (``init_cfg``)."""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from course_lib.config.errors import CheckpointError, ConfigError, Mistake, did_you_mean

from .files import best_weights, load_checkpoint
from .fitting import fit
from .layers import check_choice, check_keys

log = logging.getLogger(__name__)

# type in a config → its own settings with MMEngine's defaults; all also take ``layer`` and ``bias``
FILLERS: dict[str, dict[str, Any]] = {
    "Normal": {"mean": 0.0, "std": 1.0},
    "TruncNormal": {"mean": 0.0, "std": 1.0, "a": -2.0, "b": 2.0},
    "Constant": {"val": 0.0},
    "Xavier": {"gain": 1.0, "distribution": "normal"},
    "Kaiming": {"a": 0.0, "mode": "fan_out", "nonlinearity": "relu", "distribution": "normal"},
}
InitCfg = Mapping[str, Any] | Sequence[Mapping[str, Any]] | None


def initialize(module: nn.Module, init_cfg: InitCfg) -> None:
    """Set a module's weights as ``init_cfg`` says: one dict, or a list of them that are applied in order.

    ``dict(type='Pretrained', checkpoint='resnet50.pth', prefix='backbone')`` loads a file;
    ``dict(type='Normal', layer='Linear', mean=0, std=0.01, bias=0)`` fills all layers of that class.

    Raises:
        ConfigError: an unknown type or key.
        CheckpointError: weights that cannot be read or are of another model.
    """
    for cfg in [init_cfg] if isinstance(init_cfg, Mapping) else init_cfg or ():
        args = dict(cfg)
        kind = args.pop("type", None)
        check_choice("init_cfg.type", kind, ["Pretrained", *FILLERS])
        if kind == "Pretrained":
            check_keys("init_cfg", args, ("checkpoint", "prefix", "map_location"))
            if "checkpoint" not in args:
                raise ConfigError(Mistake("init_cfg", "type='Pretrained' needs checkpoint='FILE or URL'."))
            load_pretrained(module, args["checkpoint"], args.get("prefix"))
        else:
            check_keys("init_cfg", args, ("layer", "bias", *FILLERS[kind]))
            if "distribution" in args:
                check_choice("init_cfg.distribution", args["distribution"], ("normal", "uniform"))
            layers = args.pop("layer", ())
            _fill(module, kind, {layers} if isinstance(layers, str) else set(layers), args)


@torch.no_grad()
def _fill(module: nn.Module, kind: str, layers: set[str], args: Mapping[str, Any]) -> None:
    values = {**FILLERS[kind], **args}
    bias_value = values.pop("bias", 0.0)
    distribution = values.pop("distribution", "")
    fill: dict[str, Callable[..., Tensor]] = {
        "Normal": nn.init.normal_,
        "TruncNormal": nn.init.trunc_normal_,
        "Constant": nn.init.constant_,
        "Xavier": nn.init.xavier_uniform_ if distribution == "uniform" else nn.init.xavier_normal_,
        "Kaiming": nn.init.kaiming_uniform_ if distribution == "uniform" else nn.init.kaiming_normal_,
    }
    for child in module.modules():
        if type(child).__name__ not in layers:
            continue
        weight, bias = getattr(child, "weight", None), getattr(child, "bias", None)
        if isinstance(weight, Tensor):
            fill[kind](weight, **values)
        if isinstance(bias, Tensor):
            nn.init.constant_(bias, bias_value)


def load_pretrained(module: nn.Module, checkpoint: str, prefix: str | None = None) -> None:
    """Copy weights into a module; all of its entries must be there.

    torchvision's and MMPretrain's names become ours; position embeddings and bias tables of another size are resized.

    Args:
        checkpoint: A path, an address, ``torchvision://NAME`` or ``zoo://NAME``: ``.pth``, ``.pt`` or ``.safetensors``;
            a bare state dict, or one under ``model`` or ``state_dict``.
        prefix: Take only the entries below this name: ``'backbone'`` out of a whole classifier.

    Raises:
        CheckpointError: no such file, no network, a damaged file, or weights of another model; nothing is copied then.
    """
    weights = best_weights(load_checkpoint(checkpoint))
    if prefix:
        start = prefix.rstrip(".") + "."
        tops = {name.partition(".")[0] for name in weights}
        weights = {name.removeprefix(start): value for name, value in weights.items() if name.startswith(start)}
        if not weights:
            raise CheckpointError(f"{checkpoint}: no entry begins with {start!r}. {did_you_mean(prefix, tops)}")
    weights, origin = fit(weights, module, checkpoint)
    own = module.state_dict()
    # files from before torch 0.4.1 have no counters of batches; nothing here depends on them
    wrong = [f"{name}: missing in the file" for name in own if name not in weights and not name.endswith("_tracked")]
    for name, value in own.items():
        if name in weights and weights[name].shape != value.shape:
            wrong.append(f"{name}: {tuple(weights[name].shape)} in the file, {tuple(value.shape)} in the model")
    left_over = [name for name in weights if name not in own]
    shown = ", ".join(left_over[:4]) + (", …" if len(left_over) > 4 else "")
    if wrong:
        lines = [f"  {line}" for line in wrong[:6]]
        lines += [f"  only in the file: {shown}"] if left_over else []
        lines += [origin] if origin else []
        lines += ["Is init_cfg.prefix right (prefix='backbone' for a whole classifier)?"]
        raise CheckpointError(
            f"{checkpoint} is of another model than this {type(module).__name__}: {len(wrong)} of {len(own)} entries "
            "do not fit.\n" + "\n".join(lines)
        )
    if left_over:
        log.warning("%s: no place in %s, left out: %s", checkpoint, type(module).__name__, shown)
    module.load_state_dict(weights, strict=False)
