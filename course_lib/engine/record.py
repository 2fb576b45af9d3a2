"""What a result came from: versions, machine, seed, config and commit, so that it can be traced and had again."""

import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch

import course_lib
from course_lib.config import Config
from course_lib.config.whole_files import write_whole

RECORD = "run.json"


def circumstances(device: torch.device, work_dir: Path, config_text: str | None = None) -> dict[str, Any]:
    """Everything that a result depends on beside its data, as plain values for JSON.

    Args:
        device: Where the training runs.
        work_dir: In whose git repository the commit is looked up; without one, there is none in the record.
        config_text: The config as ``Config.dump`` writes it.
    """
    return {
        "versions": {
            "course_lib": course_lib.__version__,
            "torch": torch.__version__,
            "torchvision": version("torchvision"),  # importing it takes longer than importing torch
            "python": platform.python_version(),
        },
        "platform": platform.platform(),
        "device": str(device),
        "device_name": device_name(device),
        "cpu_threads": torch.get_num_threads(),
        "deterministic": torch.are_deterministic_algorithms_enabled(),
        "config_digest": None if config_text is None else Config.fromstring(config_text).digest(),
        "git": commit(work_dir),
        "command": sys.argv,
    }


def device_name(device: torch.device) -> str:
    """What the device is sold as; of a CPU only what Python knows."""
    return torch.cuda.get_device_name(device) if device.type == "cuda" else platform.processor() or platform.machine()


def commit(folder: Path) -> dict[str, Any] | None:
    """The commit that a folder's repository stands at, and whether tracked files were changed since; None without."""
    head = _git(folder, "rev-parse", "HEAD")
    if head is None:
        return None
    return {"commit": head, "dirty": bool(_git(folder, "status", "--porcelain", "--untracked-files=no"))}


def _git(folder: Path, *words: str) -> str | None:
    """What git answers; None where it is not there, or the folder is none of its own."""
    quietly = {**os.environ, "GIT_OPTIONAL_LOCKS": "0"}  # only looked at, even where nothing may be written
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *words], capture_output=True, text=True, timeout=10, env=quietly
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def now() -> str:
    """The time with its zone, to the second: 2026-01-31T09:30:00+0100."""
    return time.strftime("%Y-%m-%dT%H:%M:%S%z")


def write_record(work_dir: Path, record: Mapping[str, Any]) -> None:
    """Write ``run.json``; a kill at any moment leaves a whole one."""
    write_whole(work_dir / RECORD, json.dumps(record, indent=2, ensure_ascii=False) + "\n")


def read_record(work_dir: Path) -> dict[str, Any] | None:
    """What ``run.json`` of a work folder says; None where there is none that can be read."""
    try:
        record = json.loads((work_dir / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return record if isinstance(record, dict) else None


def summary(record: Mapping[str, Any]) -> str:
    """A record in one line, for ``train.log``."""
    versions = ", ".join(f"{name} {version}" for name, version in record["versions"].items())
    where = f"{record['platform']}, {record['device']} ({record['device_name']}), {record['cpu_threads']} CPU threads"
    known = [f"config {record['config_digest']}"] if record["config_digest"] else []
    if record["git"]:
        known.append(f"git {record['git']['commit'][:12]}" + (" with changes" if record["git"]["dirty"] else ""))
    return ", ".join([f"run: {versions}", where, *known])
