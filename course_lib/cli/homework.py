"""``course homework``: progress, checks and check-in cards; for teachers, notebooks to give out, and grading.

Handing in a training and verifying it are in ``homework_submit.py``.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from course_lib.cli import homework_submit
from course_lib.cli.parsing import Subparsers, add_command


def add_parser(subparsers: Subparsers) -> None:
    """Add the command."""
    parser = add_command(
        subparsers,
        "homework",
        "your progress, checks and check-in cards; for teachers: notebooks to give out, and grading",
        ["homework list", "homework check 02.predict my_answers.py", "homework grade submissions --out grades"],
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
    add_command(
        actions, "report", "put your check-in cards on one page", ["homework report"], more="report_card() makes them."
    )
    homework_submit.add_parsers(actions)
    _add_release(actions)
    _add_grade(actions)
    parser.set_defaults(run=run)


def _add_release(actions: Subparsers) -> None:
    parser = add_command(
        actions,
        "release",
        "make the learners' notebooks from the teacher's",
        ["homework release masters --out notebooks"],
        more="What stands between ### BEGIN SOLUTION and ### END SOLUTION becomes `...`; outputs are taken out.\n"
        "Nothing is written if a reference fails its check, a stub passes it, or a line of a solution is left.",
    )
    parser.add_argument("masters", metavar="MASTERS", type=Path, help="a notebook, or a folder of notebooks")
    parser.add_argument("--out", metavar="DIR", type=Path, required=True, help="where the learners' notebooks go")


def _add_grade(actions: Subparsers) -> None:
    parser = add_command(
        actions,
        "grade",
        "grade a folder of submissions into grades.csv and gradebook.html",
        ["homework grade submissions --out grades", "homework grade submissions --out grades --lesson 02"],
        more="A submission is a notebook or a .py file, named after its learner. Only its imports, definitions and\n"
        "constants are run, each submission in a process with limits of its own.",
    )
    parser.add_argument("folder", metavar="FOLDER", type=Path, help="one notebook or .py file a learner")
    parser.add_argument("--out", metavar="DIR", type=Path, required=True, help="where the two files go")
    parser.add_argument(
        "--lesson", metavar="NN", action="append", default=[], help="default: those that the submissions check"
    )
    parser.add_argument("--seed", type=int, help="of the inputs; default: drawn by chance, and told in the gradebook")
    parser.add_argument("--json", action="store_true", help="print the grades as JSON instead")


def run(args: argparse.Namespace) -> int:
    """Do what the action says."""
    if args.action == "check":
        from course_lib.homework.submission import check_file

        return check_file(args.name, args.file)
    actions = {"list": list_exercises, "report": report, "release": release, "grade": grade}
    actions[args.action](args)
    return 0


def list_exercises(args: argparse.Namespace) -> None:
    """Print the table of exercises."""
    from course_lib.homework import progress

    records, trouble = progress.read()
    rows = summary(records)
    print(json.dumps(rows) if args.json else table(rows))
    if trouble and not args.json:
        print(f"\n{trouble}")


def report(args: argparse.Namespace) -> None:
    """Collect the cards."""
    from course_lib.homework.report import collect

    page, count, troubles = collect()
    print(*troubles, f"{count} check-in card{'s' * (count != 1)} on one page: {page}", sep="\n")


def release(args: argparse.Namespace) -> None:
    """Make the learners' notebooks."""
    from course_lib.homework.release import release

    for path in release(args.masters, args.out):
        print(path)


def grade(args: argparse.Namespace) -> None:
    """Grade, with a line a submission."""
    from course_lib.homework.grading import grade
    from course_lib.homework.grading.gradebook import total

    def tell(name: str, marks: list[dict[str, Any]], done: int, of: int) -> None:
        points, most = total(marks)
        print(f"[{done}/{of}] {name}: {points} of {most}", file=sys.stderr, flush=True)

    graded = grade(args.folder, args.out, args.lesson, args.seed, tell=tell)
    if args.json:
        print(
            json.dumps(
                {name: {one["exercise"]: one["points"] for one in marks} for name, marks in graded.marks.items()}
            )
        )
    else:
        print(f"{graded.enforced}\n\n{graded.csv}\n{graded.html}")


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
