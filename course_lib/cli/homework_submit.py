"""``course homework submit`` and ``verify``: a finished training into one zip, and the teacher's look at those."""

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from course_lib.cli.parsing import Subparsers, add_command, typed_command

if TYPE_CHECKING:
    from course_lib.homework.verifying import Verified


def add_parsers(actions: Subparsers) -> None:
    """Add the two actions to those of ``course homework``."""
    parser = add_command(
        actions,
        "submit",
        "pack a finished training into the zip that you hand in",
        ["homework submit work_dirs/flowers --out amy.zip --note 'At least a hundred characters on what I learnt …'"],
        more="Config, log, record, weights and check-in card, with a digest of each. Name the zip after yourself.",
    )
    parser.add_argument("work_dir", metavar="WORK_DIR", type=Path, help="the folder that the training wrote")
    parser.add_argument("--out", metavar="FILE.zip", type=Path, help="default: beside the folder, under its name")
    card = parser.add_mutually_exclusive_group()
    card.add_argument("--note", metavar="TEXT", default="", help="what you learnt; makes the check-in card")
    card.add_argument("--card", metavar="FILE", type=Path, help="a check-in card's HTML; default: the one of lesson 21")
    parser.set_defaults(run=run_submit)
    parser = add_command(
        actions,
        "verify",
        "say of each zip that was handed in whether it is as it was packed, and how good it is",
        ["homework verify handed_in/*.zip", "homework verify handed_in/*.zip --data-root data/flowers_of_my_own"],
        more="Nothing in a zip is run. Ends with 1 where something does not fit.",
    )
    parser.add_argument("files", metavar="FILE.zip", type=Path, nargs="+", help="what 'course homework submit' made")
    parser.add_argument(
        "--data-root", metavar="FOLDER", type=Path, help="measure the accuracy on these pictures, a folder a class"
    )
    parser.add_argument("--json", action="store_true", help="print the rows as JSON instead")
    parser.set_defaults(run=run_verify)


def run_submit(args: argparse.Namespace) -> int:
    """Pack, and say what it is."""
    from course_lib.homework.handing_in import submit

    out = submit(args.work_dir, args.out, note=args.note, card=args.card)
    shown = f"{typed_command()} homework verify {out}"
    print(f"{out}: {out.stat().st_size:,} bytes. Hand in this file; `{shown}` shows what is seen.")
    return 0


def run_verify(args: argparse.Namespace) -> int:
    """A row a zip; 1 where something does not fit."""
    from course_lib.homework.verifying import verify

    rows = [verify(file, args.data_root) for file in args.files]
    if args.json:
        print(json.dumps([{**asdict(row), "file": str(row.file)} for row in rows], ensure_ascii=False))
    else:
        print(table(rows))
    return int(any(row.troubles or row.unmeasured for row in rows))


def table(rows: "list[Verified]") -> str:
    """The rows as text."""
    lines = [["file", "digests", "stated", "measured", ""]]
    for row in rows:
        stated = "-" if row.value is None else f"{row.metric} {row.value:.2f}"
        measured = "-" if row.measured is None else f"{row.measured:.2f} of {row.pictures:,}"
        said = [*row.troubles, *([f"not measured: {row.unmeasured}"] if row.unmeasured else [])]
        lines.append([row.file.name, "do not fit" if row.troubles else "fit", stated, measured, "; ".join(said)])
    widths = [max(len(line[column]) for line in lines) for column in range(4)] + [0]
    cells = ([f"{cell:<{width}}" for cell, width in zip(line, widths, strict=True)] for line in lines)
    return "\n".join("  ".join(line).rstrip() for line in cells)
