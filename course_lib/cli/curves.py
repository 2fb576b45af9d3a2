"""``course curves``: what trainings have logged, drawn over each other, with a table of their best values."""

import argparse
import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from course_lib.cli.parsing import Subparsers, add_command, save


def add_parser(subparsers: Subparsers) -> None:
    """Add the command."""
    parser = add_command(
        subparsers,
        "curves",
        "draw the learning curves of one or more trainings over each other",
        ["curves work_dirs/lenet_digits --out curves.png"],
        more="The picture shows loss, accuracy and learning rate; their best and last values are printed.",
    )
    parser.add_argument(
        "work_dirs", metavar="WORK_DIR", nargs="+", type=Path, help="a work folder or its metrics.jsonl"
    )
    parser.add_argument("--out", metavar="PNG", type=Path, default=Path("curves.png"), help="default: curves.png")
    parser.add_argument("--metric", metavar="NAME", help="what the middle panel shows, such as accuracy/top5")
    parser.add_argument(
        "--smoothing", metavar="X", type=float, default=0.6, help="0 (none) to less than 1; default 0.6"
    )
    parser.add_argument("--log", action="store_true", help="logarithmic axes for loss and learning rate")
    parser.add_argument("--json", action="store_true", help="print the table as JSON instead")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Read the logs, draw the picture, print the table."""
    from course_lib.config import ConfigError
    from course_lib.config.errors import did_you_mean
    from course_lib.viz import curves_figure, read_metrics

    if not 0 <= args.smoothing < 1:
        raise ConfigError(f"--smoothing must be 0 or more and less than 1, not {args.smoothing:g}.")
    names = run_names(args.work_dirs)
    runs = {name: read_metrics(path) for name, path in zip(names, args.work_dirs, strict=True)}
    if args.metric:
        known = {name.partition("/")[2] for records in runs.values() for record in records for name in record}
        if args.metric not in known - {""}:
            hint = did_you_mean(args.metric, known - {""})
            raise ConfigError(f"--metric: no training logged {args.metric!r}. {hint}".rstrip())
    figure = curves_figure(runs, metric=args.metric, smoothing=args.smoothing, log=args.log)
    save(figure, args.out)
    rows = [summary(name, records) for name, records in runs.items()]
    if args.json:
        print(json.dumps(rows))
    else:
        print(table(rows))
        print(f"\npicture: {args.out}")
    return 0


def run_names(paths: Sequence[Path]) -> list[str]:
    """A name for each run: the folder's own, with as many of its parents as make all of them different."""
    folders = [(path.parent if path.suffix == ".jsonl" else path).resolve() for path in paths]
    depth = 1
    while depth < max(len(folder.parts) for folder in folders):
        if len({folder.parts[-depth:] for folder in folders}) == len(set(folders)):
            break
        depth += 1
    return ["/".join(folder.parts[-depth:]) for folder in folders]


def summary(name: str, records: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What a run came to: the last step, and for each value the last and, where it was validated, the best."""
    row: dict[str, Any] = {"run": name, "steps": 0, "epochs": 0, "values": {}}
    for record in records:
        row["steps"], row["epochs"] = record["step"], record.get("epoch", row["epochs"])
        for key, value in record.items():
            if key == "loss" or key.startswith("val/"):
                before = row["values"].get(key, {"best": None, "best_epoch": None})
                row["values"][key] = better(key, before, value, record.get("epoch")) | {"last": value}
    return row


def better(key: str, before: Mapping[str, Any], value: float, epoch: int | None) -> dict[str, Any]:
    """The better of the best so far and a new value: the smaller loss, the larger of anything else."""
    smaller_is_better = key.endswith("loss")
    worse = before["best"] is not None and (value >= before["best"] if smaller_is_better else value <= before["best"])
    if worse or not math.isfinite(value):
        return {"best": before["best"], "best_epoch": before["best_epoch"]}
    return {"best": value, "best_epoch": epoch}


def table(rows: Sequence[Mapping[str, Any]]) -> str:
    """The summaries as text, a line for each value of each run."""
    width = max(len("run"), *(len(row["run"]) for row in rows))
    value_width = max([len("value"), *(len(key) for row in rows for key in row["values"])])
    lines = [f"{'run':<{width}}  {'value':<{value_width}}  {'best':>9}  {'in epoch':>8}  {'last':>9}"]
    for row in rows:
        name = row["run"]
        for key, value in row["values"].items():
            best = "-" if value["best"] is None else f"{value['best']:.4f}"
            epoch = "-" if value["best_epoch"] is None else value["best_epoch"]
            lines.append(f"{name:<{width}}  {key:<{value_width}}  {best:>9}  {epoch:>8}  {value['last']:>9.4f}")
            name = ""
        if not row["values"]:
            lines.append(f"{name:<{width}}  nothing recorded yet")
    return "\n".join(lines)
