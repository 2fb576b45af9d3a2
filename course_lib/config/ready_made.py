"""The configs that come with the kit, and the way from a name on the command line to a config."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .config import CONFIGS, Config
from .errors import ConfigError, did_you_mean

DEFAULT_CONFIG = CONFIGS / "lessons" / "lenet_digits.py"


def load_config(path: str | Path | None = None, overrides: Mapping[str, Any] | None = None) -> Config:
    """A config in the 1.x dialect, with overrides (``{'optim_wrapper.optimizer.lr': 0.01}``) put in.

    Args:
        path: A file, or the name of a ready-made config (``'lenet/lenet5_b64_mnist'``); None takes the default.

    Raises:
        ConfigError: with every mistake of the file's grammar or of an override.
    """
    cfg = Config.load(find_config(path), overrides or {})
    if cfg.get("work_dir") is None:  # the model zoo writes work_dir = None for "named after the config", too
        cfg.work_dir = f"work_dirs/{Path(cfg.file).stem}"
    return cfg


def find_config(path: str | Path | None) -> Path:
    """The file of a config's path or ready-made name, with its folder (``'lenet/lenet5_b64_mnist'``) or without."""
    if path is None:
        return DEFAULT_CONFIG
    for candidate in (Path(path), CONFIGS / f"{path}", CONFIGS / f"{path}.py"):
        if candidate.is_file():
            return candidate
    if len(same := [file for file in ready_made() if file.stem == str(path)]) == 1:
        return same[0]
    known = [str(file.relative_to(CONFIGS).with_suffix("")) for file in ready_made()]
    hint = did_you_mean(str(path), [*known, *(str(file) for file in Path().glob("*.py"))])
    raise ConfigError(f"there is no config {path}. {hint}")


def ready_made() -> list[Path]:
    """The configs that come with the kit and can be trained as they are."""
    return sorted(file for file in CONFIGS.rglob("*.py") if "_base_" not in file.parts)
