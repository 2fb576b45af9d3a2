"""Around the training: hooks, logs, seeds, processes, and where it starts from."""

from ..nodes import ConfigDict, origin_of
from .carry import move, move_rest, node, part

BACKENDS = {
    "TextLoggerHook": "LocalVisBackend",
    "TensorboardLoggerHook": "TensorboardVisBackend",
    "WandbLoggerHook": "WandbVisBackend",
    "MMClsWandbHook": "WandbVisBackend",
}


def upgrade_runtime(old: ConfigDict, new: ConfigDict) -> None:
    """``default_hooks``, ``visualizer``, ``randomness``, ``env_cfg``, ``load_from`` and ``resume``."""
    _upgrade_checkpoints(old, new)
    _upgrade_logs(old, new)
    for key in ("seed", "deterministic"):
        if key in old:
            move(old, key, part(new, "randomness", origin_of(old, key)))
    _upgrade_environment(old, new)
    _upgrade_start(old, new)


def _upgrade_checkpoints(old: ConfigDict, new: ConfigDict) -> None:
    """``checkpoint_config``; the evaluation has set ``save_best`` already."""
    origin, config = origin_of(old, "checkpoint_config"), old.pop("checkpoint_config", None)
    if isinstance(config, ConfigDict):
        checkpoint = part(part(new, "default_hooks", origin), "checkpoint", origin)
        checkpoint.set("type", "CheckpointHook", origin)
        move_rest(config.copy(), checkpoint, drop=("type", "create_symlink", "sync_buffer"))


def _upgrade_logs(old: ConfigDict, new: ConfigDict) -> None:
    """``log_config``: how often, and where to; the hooks that draw somewhere are backends of the visualizer today."""
    origin, given = origin_of(old, "log_config"), old.pop("log_config", None)
    if not isinstance(given, ConfigDict):
        return
    log_config = given.copy()
    hooks = log_config.pop("hooks", None)
    logger = part(part(new, "default_hooks", origin), "logger", origin)
    logger.set("type", "LoggerHook", origin)
    move_rest(log_config, logger)
    backends = [_backend(hook) for hook in hooks if isinstance(hook, ConfigDict)] if isinstance(hooks, list) else []
    if any(backend["type"] != "LocalVisBackend" for backend in backends):  # the text log is always there
        new.set("visualizer", node(origin, type="UniversalVisualizer", vis_backends=backends), origin)


def _backend(hook: ConfigDict) -> ConfigDict:
    name = str(hook.get("type"))
    backend = node(origin_of(hook, "type"), type=BACKENDS.get(name, f"{name.removesuffix('LoggerHook')}VisBackend"))
    settings = hook.copy()
    move(settings, "log_dir", backend, "save_dir")
    move(settings, "init_kwargs", backend)
    return backend


def _upgrade_environment(old: ConfigDict, new: ConfigDict) -> None:
    if "cudnn_benchmark" in old:
        move(old, "cudnn_benchmark", part(new, "env_cfg", origin_of(old, "cudnn_benchmark")))
    for key in ("mp_start_method", "opencv_num_threads"):
        if key in old:
            origin = origin_of(old, key)
            move(old, key, part(part(new, "env_cfg", origin), "mp_cfg", origin))
    if "dist_params" in old:
        move(old, "dist_params", part(new, "env_cfg", origin_of(old, "dist_params")), "dist_cfg")


def _upgrade_start(old: ConfigDict, new: ConfigDict) -> None:
    """``resume_from=X`` goes on with X's training; ``load_from=X`` starts a new one with X's weights."""
    origin, resume_from = origin_of(old, "resume_from"), old.pop("resume_from", None)
    if resume_from:
        old.pop("load_from", None)
        new.set("load_from", resume_from, origin)
        new.set("resume", True, origin)
    elif "load_from" in old:
        place = origin_of(old, "load_from")
        move(old, "load_from", new)
        new.set("resume", False, place)
