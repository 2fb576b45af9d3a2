"""``course bench``: the benchmarks of the source tree, one process each, so that none disturbs the next."""

import argparse
import datetime
import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from course_lib.cli.parsing import Subparsers, add_command
from course_lib.cli.source import source_tree
from course_lib.config.errors import ConfigError, did_you_mean

HEAD = """# What `./course bench` measured

Ratios count; absolute times depend on the machine.
"""


def add_parser(subparsers: Subparsers) -> None:
    """Add the command."""
    parser = add_command(subparsers, "bench", "run the benchmarks", ["bench", "bench step"])
    parser.add_argument("names", metavar="NAME", nargs="*", help="only these: step for tests/benchmarks/bench_step.py")
    parser.add_argument(
        "--save",
        action="store_true",
        help="keep what they print in tests/benchmarks/RESULTS.md",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run the benchmarks; 1 where any of them failed."""
    folder = source_tree("tests") / "tests" / "benchmarks"
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    codes = []
    for script in chosen(folder, args.names):
        name = script.stem.removeprefix("bench_")
        print(f"== {name}", flush=True)
        done = subprocess.run([sys.executable, str(script)], env=environment, stdout=subprocess.PIPE, text=True)
        print(done.stdout, flush=True)
        codes.append(done.returncode)
        if args.save and not done.returncode:
            keep(folder / "RESULTS.md", name, f"{machine()}\n\n```\n{done.stdout.rstrip()}\n```")
    return 1 if any(codes) else 0


def machine() -> str:
    """When, where and with what the figures were measured."""
    return (
        f"{datetime.date.today()}, {platform.system()} on {platform.machine()}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}, torch {version('torch')}."
    )


def keep(file: Path, name: str, text: str) -> None:
    """Put a benchmark's section into the file of results; those of the others stay."""
    written = file.read_text(encoding="utf-8").split("\n## ")[1:] if file.is_file() else []
    sections = dict(section.split("\n", 1) for section in written) | {name: f"\n{text}\n"}
    file.write_text("\n".join([HEAD, *(f"## {key}\n{sections[key]}" for key in sorted(sections))]), encoding="utf-8")


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
