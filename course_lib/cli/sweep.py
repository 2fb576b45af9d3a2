"""``course sweep``: a grid of values, each combination a training; a list of what came out."""

import argparse
import json
from dataclasses import asdict
from pathlib import Path

from course_lib.cli.parsing import Subparsers, add_command, add_device, add_overrides, before_work
from course_lib.config import ConfigError, load_config, parse_options


def add_parser(subparsers: Subparsers) -> None:
    """Add the command."""
    parser = add_command(
        subparsers,
        "sweep",
        "train a config with many combinations of values and list what came out",
        [
            "sweep lessons/lenet_digits --grid optim_wrapper.optimizer.lr=0.01,0.001 --grid train_cfg.max_epochs=3,10",
            "sweep my_config.py --grid model.backbone.frozen_stages=-1,2,4 --seeds 0,1,2",
            "sweep lessons/lenet_digits --folds 5",
        ],
        more="Each combination is a training in a folder of its own, one after another. The same command goes on\n"
        "where it was interrupted; a combination that fails is listed with its reason. The list gives the accuracy\n"
        "after the last step, as mean and standard deviation over seeds and folds, and is kept as trials.csv and\n"
        "trials.json.",
    )
    parser.add_argument("config", metavar="CONFIG", help="a config file, or the name of a ready-made one")
    parser.add_argument(
        "--grid", metavar="KEY=V1,V2", action="append", default=[], help="values to try; several are combined"
    )
    parser.add_argument("--seeds", metavar="N,N", help="train each combination with each of these seeds")
    parser.add_argument("--folds", metavar="K", type=int, help="K-fold cross-validation on the training data")
    parser.add_argument("--max-trials", metavar="N", type=int, help="of more combinations, draw N at random")
    parser.add_argument("--work-dir", metavar="DIR", type=Path, help="default work_dirs/NAME_sweep")
    parser.add_argument("--json", action="store_true", help="print the list as JSON at the end")
    add_device(parser)
    add_overrides(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Train all of them, and print the list; 1 where every one has failed."""
    options = parse_options(args.cfg_options) | ({"device": args.device} if args.device else {})
    seeds = read_seeds(args.seeds)
    for name, value, least in (("--folds", args.folds, 2), ("--max-trials", args.max_trials, 1)):
        if value is not None and value < least:
            raise ConfigError(f"{name} must be {least} or more, not {value}.")
    if not args.grid and not args.folds and len(seeds) < 2:
        raise ConfigError("there is nothing to try: give --grid KEY=V1,V2, --seeds 0,1,2 or --folds 5.")
    from course_lib.sweep import Plan, combinations, parse_grid, sort_rows, sweep, table, told
    from course_lib.viz import trials_figure

    trials = combinations(parse_grid(args.grid), args.max_trials)
    with before_work():
        folder = args.work_dir or Path(f"{load_config(args.config, options).work_dir}_sweep")
    plan = Plan(args.config, folder, trials, options, seeds, args.folds)
    try:
        rows = sort_rows(sweep(plan, lambda text: print(text, flush=True)))
    except KeyboardInterrupt:
        print("The same command goes on from here.")
        raise
    done = [row for row in rows if row.values]
    if done:
        names = [told(row.overrides) or "as it is" for row in done]
        figure = trials_figure(names, [row.values for row in done], metric=done[0].metric or "")
        figure.savefig(folder / "trials.png")
    if args.json:
        print(json.dumps([{**asdict(row), "mean": row.mean, "spread": row.spread} for row in rows]))
    else:
        print(f"\n{table(rows)}\n\nlist      {folder}/trials.csv")
        if done:
            print(f"picture   {folder}/trials.png")
    return 1 if all(row.state == "failed" for row in rows) else 0


def read_seeds(text: str | None) -> list[int]:
    """The seeds of ``--seeds 0,1,2``; none where it is not given.

    Raises:
        ConfigError: one is no whole number from 0 on, or given twice.
    """
    words = [] if text is None else [word.strip() for word in text.split(",")]
    if not all(word.isdigit() for word in words) or len(set(words)) < len(words):
        raise ConfigError(f"--seeds {text} is no list of different whole numbers such as 0,1,2.")
    return [int(word) for word in words]
