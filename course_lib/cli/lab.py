"""``course lab``: JupyterLab on the lessons, with the settings of ``.jupyter``."""

import argparse
import os

from course_lib.cli.parsing import Subparsers, add_command
from course_lib.cli.source import source_tree


def add_parser(subparsers: Subparsers) -> None:
    """Add the command."""
    parser = add_command(
        subparsers,
        "lab",
        "open the lessons in JupyterLab",
        ["lab", "lab --no-browser --port 9999"],
        more="All further arguments go to JupyterLab (`jupyter lab --help` lists them).",
    )
    parser.set_defaults(run=run, passed_on=[])


def run(args: argparse.Namespace) -> int:
    """Become JupyterLab until it is closed."""
    tree = source_tree("notebooks")
    others = os.environ.get("JUPYTER_CONFIG_PATH")
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join([str(tree / ".jupyter"), *([others] if others else [])])
    os.chdir(tree / "notebooks")
    from jupyterlab.labapp import LabApp

    LabApp.launch_instance(argv=args.passed_on)
    return 0
