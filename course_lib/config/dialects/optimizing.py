"""The update and its length: ``optimizer``, ``optimizer_config`` and ``fp16``; ``runner``."""

from ..errors import ConfigError, Mistake, did_you_mean
from ..nodes import ConfigDict, origin_of
from .carry import move, move_rest, node

RUNNERS = {"EpochBasedRunner": True, "IterBasedRunner": False}

# Settings of the hooks that once stepped the optimizer and that today's loop does not need.
HOOK_SETTINGS = ("type", "detect_anomalous_params", "coalesce", "bucket_size_mb", "distributed")


def upgrade_optimizer(old: ConfigDict, new: ConfigDict) -> None:
    """``optim_wrapper``: the optimizer, the clipping of gradients, their accumulation, mixed precision."""
    keys = [key for key in ("optimizer", "optimizer_config", "fp16") if old.get(key) is not None]
    if not keys:
        return
    origin = origin_of(old, keys[0])
    wrapper = node(origin, type="OptimWrapper")
    move(old, "optimizer", wrapper)
    optimizer = wrapper.get("optimizer")
    if isinstance(optimizer, ConfigDict):
        optimizer = optimizer.copy()
        wrapper.set("optimizer", optimizer, origin_of(wrapper, "optimizer"))
        move(optimizer, "paramwise_cfg", wrapper)
        move(optimizer, "constructor", wrapper)
    config = old.pop("optimizer_config", None)
    if isinstance(config, ConfigDict):
        is_half = "Fp16" in str(config.get("type"))
        config = config.copy()
        if config.get("grad_clip") is not None:
            move(config, "grad_clip", wrapper, "clip_grad")
        move(config, "cumulative_iters", wrapper, "accumulative_counts")
        move_rest(config, wrapper, drop=(*HOOK_SETTINGS, "grad_clip"))
        if is_half:
            wrapper.set("type", "AmpOptimWrapper", origin)
    half_place, half = origin_of(old, "fp16"), old.pop("fp16", None)
    if isinstance(half, ConfigDict):
        wrapper.set("type", "AmpOptimWrapper", half_place)
        wrapper.set("loss_scale", half.get("loss_scale", 512.0), origin_of(half, "loss_scale") or half_place)
    new.set("optim_wrapper", wrapper, origin)


def upgrade_runner(old: ConfigDict, new: ConfigDict) -> None:
    """``train_cfg``: how long to train.

    Raises:
        ConfigError: a runner that the 0.x dialect does not have.
    """
    origin = origin_of(old, "runner") or origin_of(old, "total_epochs")
    runner = old.pop("runner", None)
    train_cfg = ConfigDict()
    if isinstance(runner, ConfigDict):
        runner = runner.copy()
        name_place = origin_of(runner, "type") or origin
        name = str(runner.pop("type", "IterBasedRunner" if "max_iters" in runner else "EpochBasedRunner"))
        if name not in RUNNERS:
            raise ConfigError(
                Mistake("runner.type", f"there is no runner {name!r}.", name_place, did_you_mean(name, RUNNERS))
            )
        train_cfg.set("by_epoch", RUNNERS[name], name_place)
        move_rest(runner, train_cfg)
    elif "total_epochs" in old:
        train_cfg.set("by_epoch", True, origin)
        move(old, "total_epochs", train_cfg, "max_epochs")
    else:
        return
    old.pop("total_epochs", None)
    new.set("train_cfg", train_cfg, origin)
