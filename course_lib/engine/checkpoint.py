"""Checkpoints: written so that a kill at any moment leaves the last good one, put into a model with a report."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from course_lib.config.errors import CheckpointError


def save_checkpoint(state: Mapping[str, Any], path: Path) -> None:
    """Write a checkpoint under a temporary name, flush it to the disk, then rename it.

    Raises:
        CheckpointError: the disk is full or the folder cannot be written; an older file of that name is kept.
    """
    partial = path.with_name(f".{path.name}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(partial, "wb") as file:
            torch.save(dict(state), file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, path)
    except (OSError, RuntimeError) as error:  # torch's zip writer reports a full disk as a RuntimeError
        partial.unlink(missing_ok=True)
        kept = f" The older {path} is kept." if path.exists() else ""
        raise CheckpointError(
            f"could not write {path}: {error}.{kept} Is the disk full or the folder locked?"
        ) from error


def load_weights(model: nn.Module, weights: Mapping[str, Tensor], source: str, *, partial: bool = False) -> list[str]:
    """Copy weights into a model.

    Args:
        source: The file's name, for messages.
        partial: Whether missing, left-over and misshapen entries are passed over, as fine-tuning with a new head
            needs it; otherwise they are an error.

    Returns:
        A line for each entry that did not fit.

    Raises:
        CheckpointError: weights of another model (nothing is copied then), or no entry fits at all.
    """
    own = model.state_dict()
    fitting = {name: value for name, value in weights.items() if name in own and own[name].shape == value.shape}
    report = [f"{name}: missing in the file" for name in own if name not in weights]
    for name, value in weights.items():
        if name not in own:
            report.append(f"{name}: not in the model")
        elif name not in fitting:
            report.append(f"{name}: {tuple(value.shape)} in the file, {tuple(own[name].shape)} in the model")
    if not fitting or (report and not partial):
        shown = "\n".join(f"  {line}" for line in report[:8])
        more = f"\n  … and {len(report) - 8} more" if len(report) > 8 else ""
        raise CheckpointError(
            f"{source} is of another model: {len(fitting)} of its {len(weights)} entries fit, "
            f"of the model's {len(own)}.\n{shown}{more}"
        )
    model.load_state_dict(fitting, strict=False)
    return report
