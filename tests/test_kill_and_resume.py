"""A training that is killed at any moment goes on to the same weights, bit for bit, on the CPU."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

RUN = """
import torch
torch.set_num_threads(1)
from course_lib.builders import build_trainer
from course_lib.config import load_config
import sys
overrides = {"work_dir": sys.argv[1], "resume": True, "train_cfg.max_epochs": 6, "device": "cpu"}
overrides |= {"default_hooks.logger.interval": 1}
build_trainer(load_config(None, overrides)).fit()
"""


def start(folder: Path) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, "-c", RUN, str(folder)], stdout=subprocess.DEVNULL)


def steps(folder: Path) -> int:
    """How many steps a run has logged so far."""
    log = folder / "metrics.jsonl"
    return log.read_text().count('"loss"') if log.exists() else 0


def kill_after(folder: Path, wanted_steps: int) -> None:
    """Start a run and end it with SIGKILL as soon as it has done so many steps."""
    process = start(folder)
    while steps(folder) < wanted_steps:
        assert process.poll() is None, "the run ended before it could be killed"
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    process.wait()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_killed_runs_end_in_the_same_weights(tmp_path):
    assert start(tmp_path / "whole").wait() == 0
    killed = tmp_path / "killed"
    for wanted in (10, 40, 97):  # before the first checkpoint, in the second epoch, in the fifth
        kill_after(killed, wanted)
    assert start(killed).wait() == 0

    whole, resumed = (
        torch.load(folder / "checkpoints" / "last.pt", weights_only=True) for folder in (tmp_path / "whole", killed)
    )
    assert resumed["step"] == whole["step"] == 6 * 23
    for name, value in whole["model"].items():
        assert torch.equal(value, resumed["model"][name]), name
    for ours, theirs in zip(whole["optimizer"]["state"].values(), resumed["optimizer"]["state"].values(), strict=True):
        assert all(torch.equal(ours[name], theirs[name]) for name in ours)

    logged = [json.loads(line) for line in (killed / "metrics.jsonl").read_text().splitlines()]
    assert [record["step"] for record in logged if "loss" in record] == list(range(1, 139))
