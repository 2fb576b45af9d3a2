"""A finished training → the zip that a learner hands in: what was trained, how, how well, and the check-in card.

``verifying.py`` is the teacher's side. ``manifest.json`` holds the digest of each other file: tamper-evident,
not proof, as the fingerprint of a card is.
"""

import hashlib
import json
import tempfile
import zipfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import course_lib
from course_lib import engine
from course_lib.config.config import Config
from course_lib.config.errors import CheckpointError, DataError, did_you_mean
from course_lib.config.whole_files import whole_file
from course_lib.engine.checkpoint import LAST
from course_lib.engine.record import RECORD, read_record
from course_lib.engine.signals import REASONS
from course_lib.viz import read_metrics
from course_lib.zoo import recipe, save_weights

from . import progress
from .checkin import CheckIn, read_card
from .checkin_picture import save_picture
from .report import MIN_NOTE_CHARS, report_card

LESSON = "21"
MANIFEST, WEIGHTS, CARD, PICTURE, LOG, CONFIG = (
    "manifest.json", "weights.safetensors", "card.html", "card.png", "metrics.jsonl", "config.py",
)  # fmt: skip
OF_THE_TRAINING = (CONFIG, LOG, "train.log", RECORD)


def submit(
    work_dir: str | Path, out: str | Path | None = None, *, note: str = "", card: str | Path | None = None
) -> Path:
    """Pack a finished training into one zip.

    Args:
        work_dir: The folder that the training wrote.
        out: The zip; None puts it beside the folder, under its name. An older one is replaced.
        note: What you learnt, in at least 100 characters: makes the check-in card anew.
        card: The HTML of a card; None takes the one of lesson 21 beside the progress file.

    Returns:
        The zip.

    Raises:
        CheckpointError: there is no finished training, or its checkpoints are gone.
        DataError: a file of the training is missing or says something else than another; there is no card and no
            note, or the card was changed; the zip's folder does not exist.
    """
    folder = Path(work_dir)
    out = folder.resolve().with_suffix(".zip") if out is None else Path(out)
    if not out.parent.is_dir():
        raise DataError(f"{out} cannot be written: there is no folder {out.parent}.")
    checkpoint, state = trained(folder)
    record = read_record(folder) or {}
    records = read_metrics(folder)
    metric, accuracy = stated(record, records, state["step"], str(folder))
    page, facts = find_card(card, note, [line["loss"] for line in records if "loss" in line])
    with tempfile.TemporaryDirectory() as temporary:
        weights, picture = Path(temporary) / WEIGHTS, page.with_suffix(".png")
        if not picture.exists():
            picture = Path(temporary) / PICTURE
            save_picture(facts, picture)
        cfg = recipe(Config.fromstring(state["config"], file=str(checkpoint)))
        save_weights(engine.best_weights(state), cfg, state["classes"], weights)
        paths = {name: folder / name for name in OF_THE_TRAINING} | {WEIGHTS: weights, CARD: page, PICTURE: picture}
        files = {name: path.read_bytes() for name, path in paths.items()}
    manifest = {
        "course_lib": course_lib.__version__,
        "made": datetime.now().astimezone().isoformat(timespec="seconds"),
        "checkpoint": checkpoint.name,
        "step": state["step"],
        "metric": metric,
        "value": accuracy,
        "fingerprint": facts.fingerprint,
        "files": {name: {"bytes": len(data), "sha256": digest(data)} for name, data in files.items()},
    }
    files[MANIFEST] = json.dumps(manifest, indent=1).encode()
    with whole_file(out) as partial, zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out


def trained(folder: Path) -> tuple[Path, dict[str, Any]]:
    """The best checkpoint of a finished training, or its last where it kept no best; and what it holds.

    Raises:
        CheckpointError: there is none; DataError: a file that goes into the zip is missing.
    """
    if not folder.is_dir():
        hint = did_you_mean(folder.name, [path.parent.name for path in folder.parent.glob(f"*/{RECORD}")])
        raise CheckpointError(f"there is no folder {folder}. {hint}".rstrip())
    record = read_record(folder)
    ended = record["ended"] if record else None
    if record is None or ended is None or record["error"] or ended in REASONS.values():
        why = f" (it ended: {ended})" if ended else ""
        raise CheckpointError(f"{folder} holds no finished training{why}. `course train … --resume` goes on with one.")
    there = [folder / "checkpoints" / name for name in ("best.pt", LAST)]
    path = next((path for path in there if path.exists()), None)
    if path is None:
        raise CheckpointError(f"{folder / 'checkpoints'} holds neither best.pt nor {LAST}: train once more.")
    if missing := [name for name in OF_THE_TRAINING if not (folder / name).is_file()]:
        raise DataError(f"{folder} lacks {missing[0]}, which a training writes: train once more.")
    state = engine.load_checkpoint(path)
    if not {"config", "classes", "step"} <= state.keys():
        raise CheckpointError(f"{path} was not written by a training from a config.")
    return path, state


def stated(record: dict[str, Any], records: Sequence[dict[str, Any]], step: int, place: str) -> tuple[str, float]:
    """The metric's name and its value at a step, as the training's record and its log state it.

    Raises:
        DataError: nothing was measured at that step, or the two say different values.
    """
    best = record.get("best") or {}
    metric = str(best.get("monitor"))
    found = best["metrics"] if best.get("step") == step else record.get("metrics") or {}
    logged = [line[f"val/{metric}"] for line in records if line["step"] == step and f"val/{metric}" in line]
    if metric not in found or not logged:
        raise DataError(f"{place}: nothing was measured at step {step}; a submission needs a val_dataloader.")
    if logged[-1] != found[metric]:
        raise DataError(f"{place}: {LOG} says {metric} {logged[-1]:.2f} at step {step}, {RECORD} {found[metric]:.2f}.")
    return metric, float(found[metric])


def find_card(card: str | Path | None, note: str, losses: Sequence[float]) -> tuple[Path, CheckIn]:
    """The page of the check-in card, which is made where there is a note; and its facts.

    Raises:
        DataError: there is none, the note is too short, or the card is of another lesson or was changed.
    """
    page = Path(card) if card is not None else progress.home() / "cards" / f"lesson_{LESSON}.html"
    if note and card is None:
        made = report_card(LESSON, note, losses)
        if made.path is None:
            count = len(note.strip())
            why = f"the note has {count} characters" if count < MIN_NOTE_CHARS else str(made)
            raise DataError(f"{why}; a check-in card needs {MIN_NOTE_CHARS}.")
        page = made.path
    if not page.exists():
        told = f"Write what you learnt, in at least {MIN_NOTE_CHARS} characters: --note TEXT (in Python, note=…)."
        raise DataError(f"there is no check-in card {page}. {told}")
    facts, fits = read_card(page)
    if facts.lesson != LESSON or not fits:
        why = "was changed after it was made" if not fits else f"is of lesson {facts.lesson}, not of {LESSON}"
        raise DataError(f"the check-in card {page} {why}.")
    return page, facts


def digest(data: bytes) -> str:
    """SHA-256, in hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()
