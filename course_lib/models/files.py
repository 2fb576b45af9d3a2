"""Files of weights, read so that none of them can run code."""

import json
import pickle
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from course_lib.config.errors import CheckpointError, nearest
from course_lib.config.own_weights import own_weights

from .origins import weights_file

NOTE = "course_lib"  # where a safetensors file of the kit's holds its config and the classes' names, as JSON


def load_checkpoint(path: str | Path) -> dict[str, Any]:
    """Read a checkpoint (``.pt``, ``.pth``) or published weights (``.safetensors``) onto the CPU.

    Args:
        path: A path, or a name that stands for a file: ``zoo://NAME`` and the like (``origins.py``).

    Returns:
        The saved state; bare weights come as ``{'model': state_dict}``. What MMPretrain and MMCls 0.x write under
        ``meta`` comes under our names, ``config`` and ``classes``, as does what the kit's own published weights carry.

    Raises:
        CheckpointError: missing, truncated, no checkpoint, or a pickle that would run code (it is not run).
    """
    path = weights_file(path)
    if not path.is_file():
        meant = _meant(path)
        what = f"{path} is a folder, not a checkpoint." if path.is_dir() else f"there is no checkpoint {path}."
        raise CheckpointError(f"{what} Did you mean {meant}?" if meant else what)
    if path.suffix == ".safetensors":
        return _load_safetensors(path)
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        if zipfile.is_zipfile(path) or "Weights only load failed" in str(error):
            raise CheckpointError(
                f"{path} was not loaded: it holds more than weights and plain values, and could run code. "
                "Load it only with the tool that wrote it, and save its state_dict."
            ) from error
        raise CheckpointError(f"{path} is no checkpoint: {error}") from error
    except Exception as error:  # torch raises a different type for each way in which a file can be damaged
        kind = type(error).__name__
        raise CheckpointError(f"{path} is truncated or no checkpoint ({kind}: {_line(error)}).") from error
    if not isinstance(state, dict):
        raise CheckpointError(f"{path} holds a {type(state).__name__}, not a checkpoint.")
    for key in ("model", "state_dict"):
        if isinstance(state.get(key), Mapping):
            return {**_described(state.get("meta")), **state, "model": dict(state[key])}
    return {"model": state}


def _meant(path: Path) -> str | Path | None:
    """What was perhaps meant by a path that is no file: a work folder's best, the kit's own weights, a file beside."""
    if path.is_dir():
        inside = (folder / name for folder in (path / "checkpoints", path) for name in ("best.pt", "last.pt"))
        return next((file for file in inside if file.is_file()), None)
    if str(path) in own_weights():
        return f"zoo://{path}"
    near = nearest(path.name, [other.name for other in path.parent.glob("*") if other.is_file()])
    return path.with_name(near) if near else None


def best_weights(state: Mapping[str, Any]) -> dict[str, Tensor]:
    """A checkpoint's weights to predict with: the averaged ones (EMA, SWA) where there are some, else the trained."""
    average = state.get("average")
    return average["weights"] if average else state["model"]


def _described(meta: Any) -> dict[str, Any]:
    """The config's text and the classes' names, as far as ``meta`` holds them."""
    if not isinstance(meta, Mapping):
        return {}
    config = meta.get("cfg") or meta.get("config")
    classes = meta.get("CLASSES") or (meta.get("dataset_meta") or {}).get("classes")
    found = {"config": config, "classes": list(classes) if classes else None}
    return {key: value for key, value in found.items() if value}


def _load_safetensors(path: Path) -> dict[str, Any]:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, "pt") as file:
            model, notes = {name: file.get_tensor(name) for name in file.keys()}, file.metadata() or {}  # noqa: SIM118
    except SafetensorError as error:
        raise CheckpointError(f"{path} is truncated or no safetensors file ({_line(error)}).") from error
    return {"model": model, **json.loads(notes.get(NOTE, "{}"))}


def _line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else "no further word"
