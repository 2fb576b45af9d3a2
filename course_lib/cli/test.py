"""``course test``: every check and test of the source tree, each run to its end, and a summary.

With arguments only pytest runs, with these arguments.
"""

import argparse
import os
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from course_lib.cli.parsing import Subparsers, add_command
from course_lib.cli.source import source_tree

NOTEBOOKS = ["--nbval-lax", "--nbval-current-env", "--nbval-cell-timeout=300"]

Runner = Callable[[Sequence[str], Path], int]


def add_parser(subparsers: Subparsers) -> None:
    """Add the command."""
    parser = add_command(
        subparsers,
        "test",
        "run every test and check",
        ["test", "test tests/config -k merge", "test notebooks/02_perceptron.ipynb"],
        more="With arguments only pytest runs, with these arguments.",
    )
    parser.set_defaults(run=run, passed_on=[])


def run(args: argparse.Namespace) -> int:
    """Run the steps; 1 where any of them failed."""
    tree = source_tree("tests")
    return run_steps(selected(args.passed_on, tree) if args.passed_on else all_steps(tree), tree, call)


def all_steps(tree: Path) -> dict[str, list[str]]:
    """The commands that make up the whole test, by name."""
    python = [sys.executable, "-m"]
    # two at least, because many tests wait; four at most, because each worker holds torch in memory
    workers = str(min(max(os.cpu_count() or 2, 2), 4))
    scripts = Path(sysconfig.get_path("scripts"))
    steps = {
        "ruff check": [*python, "ruff", "check", "."],
        "ruff format": [*python, "ruff", "format", "--check", "."],
        "mypy": [*python, "mypy"],
        "floors": [str(scripts / "lint-imports")],
        "pytest": [*python, "pytest", "-q", "-n", workers, "tests"],
    }
    if any((tree / "notebooks").glob("*.ipynb")):
        # loadfile: the cells of a notebook belong together
        steps["notebooks"] = [*python, "pytest", "-q", "-n", workers, "--dist", "loadfile", *NOTEBOOKS, "notebooks"]
    return steps


def selected(arguments: Sequence[str], tree: Path) -> dict[str, list[str]]:
    """pytest alone, from the tree's folder; notebooks are tests where one is named."""
    # a path is meant from where the user stands, pytest's settings count from the tree
    words = [os.path.relpath(word, tree) if Path(word.partition("::")[0]).exists() else word for word in arguments]
    named = any(word.endswith(".ipynb") or Path(word).name == "notebooks" for word in words)
    return {"pytest": [sys.executable, "-m", "pytest", *(NOTEBOOKS if named else []), *words]}


def run_steps(steps: dict[str, list[str]], tree: Path, call: Runner) -> int:
    """Run them one after the other, whatever becomes of each, and sum up."""
    seconds: dict[str, float] = {}
    failed = []
    for name, command in steps.items():
        print(f"== {name}", flush=True)
        start = time.monotonic()
        if call(command, tree) != 0:
            failed.append(name)
        seconds[name] = time.monotonic() - start
        print(flush=True)
    for name, taken in seconds.items():
        print(f"{name:<12} {'FAILED' if name in failed else 'ok':<6} {taken:7.1f} s")
    passed = f"{len(steps) - len(failed)} of {len(steps)} steps passed in {sum(seconds.values()):.0f} s"
    print(f"{passed}; FAILED: {', '.join(failed)}" if failed else f"{passed}.", flush=True)
    return 1 if failed else 0


def call(command: Sequence[str], tree: Path) -> int:
    """Run a command in the tree; one thread a process, since they run side by side, and lessons in their short form."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "COURSE_FAST": "1"}
    try:
        return subprocess.call(command, cwd=tree, env=environment)
    except FileNotFoundError:
        print(f'{command[0]} is not installed. Install what the tests need with: pip install -e ".[test]"')
        return 127
