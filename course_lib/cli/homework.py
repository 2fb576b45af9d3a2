"""``course homework``: which exercises there are and how far one is, and a check of a function in a file."""

import argparse
import json
from pathlib import Path
from typing import Any

from course_lib.cli.parsing import Subparsers, add_command


def add_parser(subparsers: Subparsers) -> None:
    """Add the command."""
    parser = add_command(
        subparsers,
        "homework",
        "list the exercises and your progress, check an answer in a file",
        ["homework list", "homework check 02.predict my_answers.py"],
        more="In a notebook: check('02.predict', predict).",
    )
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    listing = add_command(
        actions, "list", "print a table of the exercises, your attempts and your points", ["homework list"]
    )
    listing.add_argument("--json", action="store_true", help="print the table as JSON instead")
    checking = add_command(
        actions,
        "check",
        "check an exercise's function in a .py file or a notebook",
        ["homework check 02.predict my_answers.py"],
        more="A .py file is run; of a notebook, only imports, definitions and constants are.",
    )
    checking.add_argument("name", metavar="NAME", help="the exercise, such as 02.predict")
    checking.add_argument("file", metavar="FILE", type=Path, help="a .py file or a notebook")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """List or check."""
    if args.action == "check":
        from course_lib.homework.submission import check_file

        return check_file(args.name, args.file)
    from course_lib.homework import progress

    records, trouble = progress.read()
    rows = summary(records)
    print(json.dumps(rows) if args.json else table(rows))
    if trouble and not args.json:
        print(f"\n{trouble}")
    return 0


def summary(records: Any) -> list[dict[str, Any]]:
    """A row for each exercise of the course; ``records`` as ``progress.read`` gives them."""
    from course_lib.homework.exercises import every

    rows = []
    for exercise in every():
        record = records.get(exercise.name)
        passed = bool(record and record.passed)
        points = exercise.points if passed else 0
        row = {"exercise": exercise.name, "attempts": record.attempts if record else 0, "passed": passed}
        rows.append(row | {"points": points, "of": exercise.points})
    return rows


def table(rows: list[dict[str, Any]]) -> str:
    """The rows as text, with the sum of the points."""
    width = max(len(row["exercise"]) for row in rows)
    lines = [f"{'exercise':<{width}}  attempts  passed  points"]
    for row in rows:
        done = "yes" if row["passed"] else ("not yet" if row["attempts"] else "-")
        points = f"{row['points']}/{row['of']}"
        lines.append(f"{row['exercise']:<{width}}  {row['attempts']:>8}  {done:<6}  {points:>6}")
    points, of = sum(row["points"] for row in rows), sum(row["of"] for row in rows)
    passed = f"{sum(row['passed'] for row in rows)} of {len(rows)} passed"
    return "\n".join([*lines, f"\n{passed}, {points} of {of} points"])
