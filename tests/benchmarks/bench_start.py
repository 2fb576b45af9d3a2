"""How long things take to start: ``import course_lib`` over ``import torch``, and ``course --help``.

Each is a process of its own, run in turn with the others; CPU seconds of the whole process, medians.
"""

import os
import resource
import statistics
import subprocess
import sys

ROUNDS = 9
COMMANDS = {
    "python": [sys.executable, "-c", "pass"],
    "import torch": [sys.executable, "-c", "import torch"],
    "import torch, course_lib": [sys.executable, "-c", "import torch, course_lib"],
    "import course_lib": [sys.executable, "-c", "import course_lib"],
    "course --help": [sys.executable, "-m", "course_lib.cli", "--help"],
}


def cpu_seconds(command: list[str]) -> float:
    """CPU seconds of a process and its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env={**os.environ, "OMP_NUM_THREADS": "1"})
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> dict[str, float]:
    """Run and print; also gives the medians back."""
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for command in COMMANDS.values():
        cpu_seconds(command)  # warm up: files into memory
    for _ in range(ROUNDS):
        for name, command in COMMANDS.items():
            times[name].append(cpu_seconds(command))
    medians = {name: statistics.median(values) for name, values in times.items()}
    medians["course_lib on top of torch"] = medians["import torch, course_lib"] - medians["import torch"]
    print(f"CPU seconds of a process, medians of {ROUNDS} rounds")
    for name, value in medians.items():
        print(f"  {name:28s} {value:7.3f}")
    return medians


if __name__ == "__main__":
    main()
