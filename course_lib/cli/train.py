"""``course train``: a config (by default LeNet on the digits that come with scikit-learn) → a trained classifier."""

import argparse
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

from course_lib.cli.parsing import Subparsers, add_command, add_device, add_overrides, before_work, typed_command
from course_lib.config import Config, ConfigError, CourseError, load_config, parse_options

if TYPE_CHECKING:
    from course_lib.engine import Result, Trainer


def add_parser(subparsers: Subparsers) -> None:
    """Add the command."""
    parser = add_command(
        subparsers,
        "train",
        "train a classifier as a config says",
        [
            "train",
            "train lessons/lenet_digits --work-dir work_dirs/slow --cfg-options optim_wrapper.optimizer.lr=0.0001",
            "train my_config.py --resume",
        ],
        more="The config is checked first; if it has mistakes, all are printed and nothing is started.",
    )
    parser.add_argument(
        "config", metavar="CONFIG", nargs="?", help="a file or a ready-made name; default lessons/lenet_digits"
    )
    parser.add_argument("--work-dir", metavar="DIR", help="where log and checkpoints go; default work_dirs/NAME")
    parser.add_argument("--resume", action="store_true", help="go on from the work folder's last checkpoint, if any")
    parser.add_argument("--seed", metavar="N", type=int, help="seed of every random number")
    add_device(parser)
    parser.add_argument("--amp", action="store_true", help="compute in bfloat16 where that is safe")
    add_overrides(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Train, and say where everything is and what to do next."""
    options = overrides(args)
    from course_lib.builders import build_trainer  # torch, once the options are known to be readable

    with before_work():
        cfg = load_config(args.config, options)
        trainer = build_trainer(cfg)
    print(before(cfg, trainer), flush=True)
    try:
        result = trainer.fit()
    except ConfigError as error:  # found out in the middle of the work, where it is no longer "nothing was started"
        raise CourseError(str(error)) from error
    print(after(args, result))
    return 130 if result.stopped == "interrupted" else 0


def overrides(args: argparse.Namespace) -> dict[str, Any]:
    """The values that the options stand for, by their path in the config."""
    options = parse_options(args.cfg_options)
    flags = {
        "work_dir": args.work_dir,
        "resume": args.resume or None,
        "randomness.seed": args.seed,
        "device": args.device,
        "optim_wrapper.type": "AmpOptimWrapper" if args.amp else None,
    }
    return options | {path: value for path, value in flags.items() if value is not None}


def before(cfg: Config, trainer: "Trainer") -> str:
    """What is about to be done."""
    from course_lib.data import Loader

    rows = {"config": cfg.file, "device": str(trainer.device), "seed": str(trainer.seed)}
    for name, loader in (("training", trainer.train_loader), ("validation", trainer.val_loader)):
        if isinstance(loader, Loader):
            rows[name] = f"{loader.count:,} pictures, {loader.way}"
    rows["work folder"] = str(trainer.work_dir)
    if trainer.step == 0 and (Path(cfg.work_dir) / "checkpoints" / "last.pt").exists():
        rows["note"] = "an earlier run in this folder is written over (--resume would go on with it)"
    return table(rows) + "\n"


def after(args: argparse.Namespace, result: "Result") -> str:
    """What came out, where it lies, and a next step."""
    assert result.work_dir is not None, "load_config names a work folder for every config"
    values = "  ".join(f"{name} {value:.2f}" for name, value in result.metrics.items())
    best = result.work_dir / "checkpoints" / "best.pt"
    weights = best if best.exists() else best.with_name("last.pt")
    files = {"weights": weights, "curves": result.work_dir / "curves.png"}
    lines = [
        f"\n{values or 'trained'}  after {result.epochs} epochs, {result.steps:,} steps, {result.elapsed_s:.1f} s",
        table({name: str(path) for name, path in files.items() if path.exists()}),
    ]
    program = typed_command()
    if result.stopped:
        again = [*args.words, *([] if args.resume else ["--resume"])]
        lines.append(f"\nStopped: {result.stopped}. To go on:  {program} {shlex.join(again)}")
    else:
        lines.append(f"\nNext:  {program} predict {shlex.quote(str(weights))} PICTURE")
        lines.append(f"       {program} config explain {shlex.quote(args.config or 'lessons/lenet_digits')}")
    return "\n".join(lines)


def table(rows: dict[str, str]) -> str:
    """Names and values in two columns."""
    width = max((len(name) for name in rows), default=0)
    return "\n".join(f"{name:<{width}}  {value}" for name, value in rows.items())
