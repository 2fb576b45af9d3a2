"""``course site``: the lessons executed, as web pages with a gallery, to be read without a kernel."""

import argparse
import os
import time
from pathlib import Path

from course_lib.cli.parsing import Subparsers, add_command
from course_lib.cli.source import REPOSITORY, source_tree


def add_parser(subparsers: Subparsers) -> None:
    """Add the command."""
    parser = add_command(
        subparsers,
        "site",
        "execute the lessons and make web pages of them, with a gallery",
        ["site", "site --lessons 02 12 --out my_site", "site --full"],
        more="The pages need no kernel and no network: open index.html, or put the folder on any web server.\n"
        "If a lesson fails or a link leads nowhere, nothing is written.",
    )
    parser.add_argument(
        "--out",
        metavar="DIR",
        type=Path,
        default=Path("work_dirs") / "site",
        help="the folder; one that this command made is replaced (default: work_dirs/site)",
    )
    parser.add_argument("--lessons", metavar="NN", nargs="+", default=[], help="only these: 02 12")
    parser.add_argument(
        "--full", action="store_true", help="at full length, as learners run them; otherwise in the tests' short form"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Execute, render, check the links, and say where the site is."""
    notebooks = source_tree("notebooks") / "notebooks"
    from course_lib.site import build_site, choose, find_lessons

    since = time.monotonic()
    written = find_lessons(notebooks)
    chosen = choose(written, args.lessons)
    # two at least, as a lesson often waits; four at most, as each holds torch in memory
    jobs = min(max(os.cpu_count() or 2, 2), 4)
    build_site(
        chosen,
        args.out,
        repository=REPOSITORY,
        written=written,
        full=args.full,
        jobs=jobs,
        say=lambda line: print(line, flush=True),
    )
    size = sum(file.stat().st_size for file in args.out.rglob("*") if file.is_file())
    count = f"{len(chosen)} lesson{'s' * (len(chosen) != 1)}"
    print(f"{count}, {size / 1e6:.1f} MB, in {time.monotonic() - since:.0f} s: {args.out / 'index.html'}")
    return 0
