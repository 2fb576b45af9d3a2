"""``course bench``: the benchmarks of the source tree, one process each, so that none disturbs the next."""

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from course_lib.cli.parsing import Subparsers, add_command
from course_lib.cli.source import source_tree
from course_lib.config.errors import ConfigError, did_you_mean


def add_parser(subparsers: Subparsers) -> None:
    """Add the command."""
    parser = add_command(subparsers, "bench", "run the benchmarks", ["bench", "bench step"])
    parser.add_argument("names", metavar="NAME", nargs="*", help="only these: step for tests/benchmarks/bench_step.py")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run the benchmarks; 1 where any of them failed."""
    tree = source_tree("tests")
    codes = []
    for script in chosen(tree / "tests" / "benchmarks", args.names):
        print(f"== {script.stem.removeprefix('bench_')}", flush=True)
        codes.append(
            subprocess.call([sys.executable, str(script)], cwd=tree, env={**os.environ, "OMP_NUM_THREADS": "1"})
        )
    return 1 if any(codes) else 0


def chosen(folder: Path, names: Sequence[str]) -> list[Path]:
    """The scripts of these names, or all.

    Raises:
        ConfigError: there is no benchmark of a name.
    """
    scripts = {path.stem.removeprefix("bench_"): path for path in sorted(folder.glob("bench_*.py"))}
    for name in names:
        if name not in scripts:
            raise ConfigError(f"there is no benchmark {name!r}. {did_you_mean(name, scripts)}")
    return [scripts[name] for name in names] if names else list(scripts.values())
