"""Checkpoints: written so that a kill at any moment leaves the last good one, put into a model with a report."""

import difflib
import logging
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from course_lib.config.errors import CheckpointError, ConfigError
from course_lib.config.whole_files import whole_file
from course_lib.models.files import load_checkpoint
from course_lib.models.fitting import fit

from .parallel import shard_like

log = logging.getLogger(__name__)

LAST, PREVIOUS = "last.pt", "previous.pt"
# may differ when a run goes on
HOW_TO_RUN = ("resume", "load_from", "work_dir", "device", "log_level", "launcher", "model_wrapper_cfg")


def save_checkpoint(state: Mapping[str, Any], path: Path, keep_older_as: str | None = None) -> None:
    """Write a checkpoint under a temporary name, flush it to the disk, then rename it.

    Args:
        keep_older_as: The name that an older file of this name gets; None replaces it.

    Raises:
        CheckpointError: the disk is full or the folder cannot be written; an older file of that name is kept.
    """
    with _renamed_to(path) as partial:
        with open(partial, "wb") as file:
            torch.save(dict(state), file)
            file.flush()
            os.fsync(file.fileno())
        if keep_older_as is not None and path.exists():
            os.replace(path, path.with_name(keep_older_as))


def save_checkpoints(state: Mapping[str, Any], folder: Path, names: Sequence[str]) -> None:
    """Write one state under several names; the ``last.pt`` that was there before stays as ``previous.pt``.

    Raises:
        CheckpointError: the disk is full or the folder cannot be written.
    """
    first, *others = sorted(names, key=lambda name: name != LAST)
    save_checkpoint(state, folder / first, keep_older_as=PREVIOUS if first == LAST else None)
    for name in others:
        with _renamed_to(folder / name) as partial:
            try:
                os.link(folder / first, partial)  # no file is ever written over, so two names may share one
            except OSError:  # a file system without links
                shutil.copyfile(folder / first, partial)


@contextmanager
def _renamed_to(path: Path) -> Iterator[Path]:
    """A temporary name beside ``path``, which gets its own name only once the file is whole.

    Raises:
        CheckpointError: it could not be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(path) as partial:
            yield partial
    except (OSError, RuntimeError) as error:  # torch's zip writer reports a full disk as a RuntimeError
        kept = f" The older {path} is kept." if path.exists() else ""
        raise CheckpointError(
            f"could not write {path}: {error}.{kept} Is the disk full or the folder locked?"
        ) from error


def last_good(folder: Path) -> tuple[Path, dict[str, Any]] | None:
    """The newest checkpoint of a run that can be read, and what it holds; None where there is none yet.

    Raises:
        CheckpointError: there are some, and none can be read.
    """
    there = [folder / name for name in (LAST, PREVIOUS) if (folder / name).exists()]
    damage: CheckpointError | None = None
    for path in there:
        try:
            state = load_checkpoint(path)
        except CheckpointError as error:
            damage = damage or error
            continue
        if damage is not None:
            log.warning("%s Going on from %s, step %d.", damage, path, state.get("step", 0))
        return path, state
    if damage is not None:
        raise damage
    return None


def refuse_changes(before: str | None, now: str | None, source: str) -> None:
    """Compare the config of a checkpoint with the one that is to go on from it.

    Raises:
        ConfigError: they differ in more than where and how they are run; the message shows each line that does.
    """
    if before is None or now is None:
        return
    old, new = (
        [line for line in text.splitlines() if line.split("=")[0].strip() not in HOW_TO_RUN] for text in (before, now)
    )
    changes = [line for line in difflib.unified_diff(old, new, n=0, lineterm="")][2:]
    shown = [f"  {line}" for line in changes if not line.startswith("@@")]
    if shown:
        more = [f"  … and {len(shown) - 12} lines more"] if len(shown) > 12 else []
        raise ConfigError(
            f"the config was changed since {source} was written (- before, + now):\n"
            + "\n".join(shown[:12] + more)
            + "\nTake the change back, or allow it: --allow-changes."
        )


def refuse_other_world(before: int, now: int, source: str) -> None:
    """Compare the number of processes of a checkpoint with that of the training that is to go on from it.

    Raises:
        ConfigError: they differ, so that a step would be of more or fewer pictures.
    """
    if before != now:
        raise ConfigError(
            f"{source} was written by {before} {'process' if before == 1 else 'processes'}, but now there "
            f"{'is' if now == 1 else 'are'} {now}, so that a step would be of {'more' if now > before else 'fewer'} "
            f"pictures. Start {before}, or allow the change: --allow-changes."
        )


def load_weights(model: nn.Module, weights: Mapping[str, Tensor], source: str, *, partial: bool = False) -> list[str]:
    """Copy weights into a model; torchvision's and MMPretrain's names become ours, as in ``init_cfg``.

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
    weights, origin = fit(weights, model, source)
    fitting = {name: value for name, value in weights.items() if name in own and own[name].shape == value.shape}
    # files from before torch 0.4.1 have no counters of batches; nothing here depends on them
    report = [f"{name}: missing in the file" for name in own if name not in weights and not name.endswith("_tracked")]
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
            f"of the model's {len(own)}.\n{shown}{more}" + (f"\n{origin}" if origin else "")
        )
    model.load_state_dict({name: shard_like(value, own[name]) for name, value in fitting.items()}, strict=False)
    return report
