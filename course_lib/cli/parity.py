"""``course parity``: every classifier of the kit against torchvision, timm and published numbers, and the model zoos.

Writes what it finds into ``docs/parity.md``. The work is done by scripts beside the tests, a process of its own each,
as the kit itself needs neither timm nor anything of the zoos.
"""

import argparse
import os
import re
import subprocess
import sys
from pathlib import Path

from course_lib.cli.parsing import Subparsers, add_command
from course_lib.cli.source import source_tree

TABLE = Path("docs") / "parity.md"
# the headings of the table, and the script that writes what stands below
SECTIONS = {"Classifiers": "tests.parity.models", "Configs of the model zoos": "tests.parity.zoo"}


def add_parser(subparsers: Subparsers) -> None:
    """Add the command."""
    about = "compare every classifier with other libraries"
    parser = add_command(subparsers, "parity", about, ["parity", "parity resnet vgg", "parity --zoo"])
    parser.add_argument(
        "names",
        metavar="NAME",
        nargs="*",
        help="only models like this, without writing; with --zoo where it lies already",
    )
    parser.add_argument(
        "--zoo",
        action="store_true",
        help="in place of the models try the configs of MMPretrain and MMClassification, which are fetched (3 MB)",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Measure, print and write; 1 where something is not as it should be."""
    tree = source_tree("tests")
    title = list(SECTIONS)[args.zoo]
    command = [sys.executable, "-m", SECTIONS[title], *args.names]
    environment = {"OMP_NUM_THREADS": "1", **os.environ}
    done = subprocess.run(command, cwd=tree, env=environment, stdout=subprocess.PIPE, text=True, encoding="utf-8")
    print(done.stdout, flush=True)
    if done.stdout and (args.zoo or not args.names):
        file = tree / TABLE
        before = file.read_text(encoding="utf-8") if file.exists() else ""
        file.write_text(with_section(before, title, done.stdout), encoding="utf-8")
        print(f"written to {TABLE.as_posix()}")
    return 1 if done.returncode else 0


def with_section(table: str, title: str, text: str) -> str:
    """The whole table with one of its sections replaced, the others as they were."""
    parts = re.split(r"^## (.+)\n", table, flags=re.MULTILINE)  # what is above, then titles and texts by turns
    sections = dict(zip(parts[1::2], parts[2::2], strict=True)) | {title: text}
    body = [f"## {name}\n\n{sections[name].strip()}\n" for name in SECTIONS if name in sections]
    return "\n".join(["# What `./course parity` found\n", *body])
