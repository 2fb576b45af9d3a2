"""``course test``: every check and test of the source tree, each run to its end, and a summary.

With arguments only pytest runs, with these arguments. The tests of the lessons in a browser are apart, behind ``--ui``:
not every desk has a browser that a program may use, and none is to be skipped unseen.
"""

import argparse
import os
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from course_lib.cli.browser import PICTURES, provide_browser
from course_lib.cli.parsing import Subparsers, add_command, typed_command
from course_lib.cli.source import source_tree

BROWSER_TESTS = "tests/ui"
NOTEBOOKS = ["--nbval-lax", "--nbval-current-env", "--nbval-cell-timeout=300"]

Runner = Callable[[Sequence[str], Path], int]


def add_parser(subparsers: Subparsers) -> None:
    """Add the command."""
    parser = add_command(
        subparsers,
        "test",
        "run every test and check",
        ["test", "test --ui", "test tests/config -k merge", "test notebooks/02_perceptron.ipynb"],
        more="With arguments only pytest runs, with these arguments.",
    )
    parser.add_argument(
        "--ui",
        action="store_true",
        help="only the tests of the lessons in a browser, which is installed where none starts",
    )
    parser.set_defaults(run=run, passed_on=[])


def run(args: argparse.Namespace) -> int:
    """Run the steps; 1 where any of them failed."""
    tree = source_tree("tests")
    if args.ui:
        provide_browser()
        code = run_steps(in_browser(args.passed_on, tree), tree, call)
        print(f"Pictures of the pages: {tree / PICTURES}")
        return code
    if args.passed_on:
        return run_steps(selected(args.passed_on, tree), tree, call)
    code = run_steps(all_steps(tree), tree, call)
    print(f"The lessons in a browser are not in this: {typed_command()} test --ui")
    return code


def all_steps(tree: Path) -> dict[str, list[str]]:
    """The commands that make up the whole test, by name."""
    python = [sys.executable, "-m"]
    scripts = Path(sysconfig.get_path("scripts"))
    steps = {
        "ruff check": [*python, "ruff", "check", "."],
        "ruff format": [*python, "ruff", "format", "--check", "."],
        "mypy": [*python, "mypy"],
        "floors": [str(scripts / "lint-imports")],
        "pytest": [*python, "pytest", "-q", "-n", workers(), "tests", "--ignore", BROWSER_TESTS],
    }
    if any((tree / "notebooks").glob("*.ipynb")):
        # loadfile: the cells of a notebook belong together
        steps["notebooks"] = [*python, "pytest", "-q", "-n", workers(), "--dist", "loadfile", *NOTEBOOKS, "notebooks"]
    return steps


def selected(arguments: Sequence[str], tree: Path) -> dict[str, list[str]]:
    """pytest alone, from the tree's folder; notebooks are tests where one is named."""
    # a path is meant from where the user stands, pytest's settings count from the tree
    words = [os.path.relpath(word, tree) if Path(word.partition("::")[0]).exists() else word for word in arguments]
    named = any(word.endswith(".ipynb") or Path(word).name == "notebooks" for word in words)
    return {"pytest": [sys.executable, "-m", "pytest", *(NOTEBOOKS if named else []), *words]}


def in_browser(arguments: Sequence[str], tree: Path) -> dict[str, list[str]]:
    """The tests in a browser, or those of them that the arguments name; a missing browser fails them."""
    [command] = selected(arguments, tree).values()
    pytest, words = command[:3], command[3:]
    named = any(Path(word).as_posix().startswith(BROWSER_TESTS) for word in words)
    # what is typed comes last, as pytest heeds the last -n
    return {"browser": [*pytest, "-q", "-n", workers(), "--ui", *words, *([] if named else [BROWSER_TESTS])]}


def workers() -> str:
    """Processes of pytest: two at least, as many tests wait; four at most, as each holds torch in memory."""
    return str(min(max(os.cpu_count() or 2, 2), 4))


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
