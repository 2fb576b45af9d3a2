"""CIFAR-10 against the clock: accuracy after 5 and after 10 CPU-minutes on one core; on a GPU, the time to 94 %.

Each training on the CPU is one `course train` of a ready-made config, start, reading and measuring included, on one
thread. On a GPU, ten seeds of the published recipe are trained one after the other and timed, whitening and measuring
included; reading the pictures and a first training, which warms the GPU up, do not count.

The data is looked for in COURSE_DATA; `course data prepare cifar10` puts it there.
"""

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile

import torch

from course_lib.builders import build_trainer
from course_lib.config import load_config
from course_lib.data.datasets.files import data_folder
from course_lib.engine import WhiteningHook

ON_CPU = {
    "5 minutes": "airbench/airbench-small_b250-5e_cifar10",
    "10 minutes": "airbench/airbench-small_b250-10e_cifar10",
}
ON_GPU, RUNS, GOAL = "airbench/airbench94_b1024-10e_cifar10", 10, 94.0


def command(*words: str) -> str:
    """What a `course` command prints."""
    line = [sys.executable, "-m", "course_lib.cli", *words]
    done = subprocess.run(
        line, check=True, stdout=subprocess.PIPE, text=True, env={**os.environ, "OMP_NUM_THREADS": "1"}
    )
    return done.stdout


def cpu_minutes() -> float:
    """Of all processes that were run until now."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (used.ru_utime + used.ru_stime) / 60


def on_cpu(config: str) -> dict[str, float]:
    """Train in a process of its own, and measure with and without mirrored pictures."""
    with tempfile.TemporaryDirectory() as folder:
        before = cpu_minutes()
        command("train", config, "--work-dir", folder, "--device", "cpu")
        minutes = cpu_minutes() - before
        measure = ("evaluate", config, f"{folder}/checkpoints/last.pt", "--device", "cpu", "--json")
        plain, mirrored = (json.loads(command(*measure, *more))["accuracy/top1"] for more in ((), ("--tta",)))
    return {"CPU-minutes": minutes, "accuracy, %": plain, "with mirrored pictures, %": mirrored}


def on_gpu() -> dict[str, float]:
    """Train ``RUNS`` seeds, and one before to warm up; whitening and the measuring at the end count."""
    accuracies, seconds = [], []
    for seed in range(-1, RUNS):
        cfg = load_config(ON_GPU, {"device": "cuda", "randomness.seed": max(seed, 0)})
        cfg.work_dir = None  # nothing is written
        result = build_trainer(cfg, hooks=[WhiteningHook()]).fit()
        if seed >= 0:
            accuracies.append(result.metrics["accuracy/top1"])
            seconds.append(result.elapsed_s)
    return {
        "mean accuracy, %": statistics.mean(accuracies),
        "its standard deviation": statistics.stdev(accuracies),
        f"runs of {RUNS} with {GOAL:.0f} % and more": sum(accuracy >= GOAL for accuracy in accuracies),
        "mean time, s": statistics.mean(seconds),
    }


def main() -> dict[str, dict[str, float]]:
    """Run and print; also gives the figures back."""
    if not (data_folder() / "cifar10").is_dir():
        print(f"skipped: there is no CIFAR-10 in {data_folder()}; fetch it with `course data prepare cifar10`")
        return {}
    if torch.cuda.is_available():
        figures = {torch.cuda.get_device_name(): on_gpu()}
    else:
        print("no GPU at hand: the time to 94 % was not measured")
        figures = {name: on_cpu(config) for name, config in ON_CPU.items()}
    for name, values in figures.items():
        print(name)
        for what, value in values.items():
            print(f"  {what:32s} {value:8.2f}")
    return figures


if __name__ == "__main__":
    main()
