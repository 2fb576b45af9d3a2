"""Finished trainings → weights that come with the kit: the file, the log, and the entry of the index."""

import copy
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from course_lib import engine
from course_lib.builders import build_loader, build_model, build_preprocessor, without_weights
from course_lib.config import CheckpointError, Config, find_config, load_config, to_plain
from course_lib.config.own_weights import INDEX, WEIGHTS, OwnWeights, own_weights
from course_lib.config.whole_files import whole_file, write_whole
from course_lib.engine.checkpoint import LAST
from course_lib.engine.record import read_record
from course_lib.models.files import NOTE

LIMIT_BYTES = 8_000_000
FIRST_PICTURES = 500
OF_A_RUN = ("work_dir", "device", "resume", "randomness")  # no part of the recipe: where it ran, and its seed
TOLD = ("started", "seed", "device", "cpu_threads", "elapsed_s", "cpu_s", "epochs", "steps", "metrics", "versions")


@dataclass(frozen=True)
class Run:
    """A finished training: its folder, its record and its last checkpoint."""

    folder: Path
    record: dict[str, Any]
    state: dict[str, Any]


def publish(name: str, work_dirs: Sequence[str | Path]) -> OwnWeights:
    """Make trainings of a ready-made config, one a seed, the kit's own weights: those of the least seed.

    Args:
        name: The config's.
        work_dirs: The folders that ``course train`` wrote.

    Raises:
        CheckpointError: a training is not finished or of another config, two have one seed, or the file would be
            larger than 8 MB.
        DataError: the test pictures are not there.
    """
    file = find_config(name)
    cfg = recipe(load_config(file))
    runs = sorted((read_run(Path(folder), cfg) for folder in work_dirs), key=lambda run: run.record["seed"])
    seeds = [run.record["seed"] for run in runs]
    if len(set(seeds)) < len(seeds):
        raise CheckpointError(f"each training must have a seed of its own; these have {seeds}.")
    first, (metric, *_) = runs[0], runs[0].record["metrics"]
    weights = engine.best_weights(first.state)
    model = build_model(without_weights(cfg.model))
    engine.load_weights(model, weights, str(first.folder))
    hits, pictures = count_hits(cfg, model, FIRST_PICTURES)  # before anything is written: the data may be missing
    classes = list(first.state["classes"])
    WEIGHTS.mkdir(exist_ok=True)
    with whole_file(WEIGHTS / f"{file.stem}.safetensors") as partial:
        save_weights(weights, cfg, classes, partial)
        size, digest = partial.stat().st_size, hashlib.sha256(partial.read_bytes()).hexdigest()
        if size > LIMIT_BYTES:
            raise CheckpointError(f"the weights of {name} would take {size:,} bytes, more than {LIMIT_BYTES:,}.")
    log = [json.dumps(line, ensure_ascii=False) for run in runs for line in log_lines(run)]
    write_whole(WEIGHTS / f"{file.stem}.jsonl", "\n".join(log) + "\n")
    config = "/".join([file.parent.name, file.stem])
    made = OwnWeights(
        name=file.stem,
        config=config,
        command=f"course train {config} --seed {seeds[0]}",
        sha256=digest,
        size_bytes=size,
        num_params=sum(parameter.numel() for parameter in model.parameters()),
        classes=tuple(classes),
        metric=metric,
        pictures=pictures,
        seeds=tuple(seeds),
        values=tuple(round(run.record["metrics"][metric], 4) for run in runs),
        cpu_minutes=tuple(round(run.record["cpu_s"] / 60, 2) for run in runs if "cpu_s" in run.record),
        first_pictures=hits,
        versions=first.record["versions"],
    )
    index = {key: asdict(entry) for key, entry in {**own_weights(), made.name: made}.items()}
    plain = {key: {k: v for k, v in entry.items() if k != "name"} for key, entry in sorted(index.items())}
    write_whole(WEIGHTS / INDEX, json.dumps(plain, indent=1, ensure_ascii=False) + "\n")
    return made


def save_weights(weights: Mapping[str, Tensor], cfg: Config, classes: Sequence[str], path: Path) -> None:
    """Write weights as float32 safetensors, with the config and the classes' names: enough to predict."""
    plain = {
        key: (value.float() if value.is_floating_point() else value).contiguous() for key, value in weights.items()
    }
    note = json.dumps({"config": cfg.dump(), "classes": list(classes)}, ensure_ascii=False)
    save_file(plain, path, {NOTE: note})  # one, as several come in any order, and equal weights shall be equal files
    path.chmod(0o644)  # it is for everyone, and safetensors writes for the owner alone


def recipe(cfg: Config) -> Config:
    """A config without what is no part of the recipe."""
    twin = copy.deepcopy(cfg)
    for key in OF_A_RUN:
        twin.pop(key, None)
    return twin


def read_run(folder: Path, cfg: Config) -> Run:
    """A training that was finished as ``cfg`` says it.

    Raises:
        CheckpointError: it was not.
    """
    record = read_record(folder)
    if record is None or record["ended"] != "done":
        raise CheckpointError(f"{folder} holds no finished training.")
    state = engine.load_checkpoint(folder / "checkpoints" / LAST)
    before = recipe(Config.fromstring(state["config"], file=str(folder)))
    if before.digest() != cfg.digest():
        raise CheckpointError(f"{folder} was trained by another config than {cfg.file}.")
    return Run(folder, record, state)


def log_lines(run: Run) -> list[dict[str, Any]]:
    """What is kept of a training's record and log: an epoch a line."""
    epochs: dict[int, dict[str, Any]] = {}
    for line in (run.folder / "metrics.jsonl").read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        entry.pop("pictures_per_s", None)
        epochs[entry["epoch"]] = epochs.get(entry["epoch"], {}) | entry
    seed = {"seed": run.record["seed"]}
    return [{key: run.record[key] for key in TOLD if key in run.record}, *(seed | entry for entry in epochs.values())]


@torch.no_grad()
def count_hits(cfg: Mapping[str, Any], model: nn.Module, limit: int) -> tuple[tuple[int, int], int]:
    """How well a model does on the first test pictures, in whole batches up to at least ``limit``.

    Returns:
        How many of them are right, and how many they are; and how many test pictures there are in all.
    """
    loader = build_loader(to_plain(cfg["val_dataloader"]), training=False)
    preprocessor, device = build_preprocessor(cfg), torch.device("cpu")
    right = count = 0
    for batch in loader.epoch(0):
        scores = engine.scores_of(model.eval(), batch, preprocessor, device)[0]  # (N, K)
        right += int((scores.argmax(dim=1) == batch["labels"]).sum())
        count += len(scores)
        if count >= limit:
            break
    return (right, count), len(loader.dataset)
