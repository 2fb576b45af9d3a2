"""``course train``: a config (by default LeNet on the digits that come with scikit-learn) → a trained classifier."""

import argparse
import os
import shlex
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stdout
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
        more="The config is checked first; if it has mistakes, all are printed and nothing is started.\n\n"
        "In several processes, one for each GPU, torchrun starts it:\n"
        "  torchrun --nproc-per-node 2 -m course_lib.cli train CONFIG\n"
        f"For a Slurm cluster, {typed_command()} sbatch CONFIG writes a job.",
    )
    parser.add_argument(
        "config", metavar="CONFIG", nargs="?", help="a file or a ready-made name; default lessons/lenet_digits"
    )
    parser.add_argument("--work-dir", metavar="DIR", help="where log and checkpoints go; default work_dirs/NAME")
    parser.add_argument("--resume", action="store_true", help="go on from the work folder's last checkpoint, if any")
    parser.add_argument(
        "--allow-changes", action="store_true", help="let --resume go on although the config was changed since"
    )
    parser.add_argument("--seed", metavar="N", type=int, help="seed of every random number")
    add_device(parser)
    parser.add_argument(
        "--launcher",
        choices=("none", "pytorch", "slurm"),
        help="what starts several processes; pytorch, which is torchrun, is found out without this",
    )
    parser.add_argument("--amp", action="store_true", help="compute in bfloat16 where that is safe")
    add_overrides(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Train, and say where everything is and what to do next."""
    options = overrides(args)
    from course_lib import engine  # torch, once the options are known to be readable
    from course_lib.builders import build_trainer

    engine.find_launcher(args.launcher)
    with engine.told_once(), ExitStack() as to_the_end:
        with before_work():
            cfg = load_config(args.config, options)
            to_the_end.enter_context(among_all(cfg))
            trainer = build_trainer(cfg, allow_changes=args.allow_changes)
        print(before(cfg, trainer), flush=True)
        try:
            result = trainer.fit()
        except ConfigError as error:  # found in the middle of the work, where it is no longer "nothing was started"
            raise CourseError(str(error)) from error
        print(after(args, result, trainer.world.size))
        return 130 if result.stopped == "interrupted" else 0


@contextmanager
def among_all(cfg: Config) -> Iterator[None]:
    """Meet the other processes, if there are any; only the first of them prints."""
    from course_lib import engine
    from course_lib.builders import check_config

    launcher = engine.find_launcher(cfg.get("launcher"))
    if launcher == "none":
        yield
        return
    if mistakes := check_config(cfg, for_training=True):  # before anything of it is used
        raise ConfigError(mistakes)
    how = (cfg.get("env_cfg") or {}).get("dist_cfg") or {}
    with engine.connect(launcher, cfg.get("device", "auto"), how.get("backend"), how.get("timeout")) as world:
        if world.main:
            yield
            return
        with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere):
            yield


def overrides(args: argparse.Namespace) -> dict[str, Any]:
    """The values that the options stand for, by their path in the config."""
    options = parse_options(args.cfg_options)
    flags = {
        "work_dir": args.work_dir,
        "resume": args.resume or None,
        "randomness.seed": args.seed,
        "device": args.device,
        "launcher": args.launcher,
        "optim_wrapper.type": "AmpOptimWrapper" if args.amp else None,
    }
    return options | {path: value for path, value in flags.items() if value is not None}


def before(cfg: Config, trainer: "Trainer") -> str:
    """What is about to be done."""
    from course_lib.data import Loader

    rows = {"config": cfg.file, "device": str(trainer.device), "seed": str(trainer.seed)}
    if trainer.world.size > 1:
        rows["processes"] = f"{trainer.world.size}, each with its own {trainer.batch_size} pictures of a step"
    for name, loader in (("training", trainer.train_loader), ("validation", trainer.val_loader)):
        if isinstance(loader, Loader):
            rows[name] = f"{loader.count:,} pictures, {loader.way}"
    rows["work folder"] = str(trainer.work_dir)
    if trainer.step == 0 and (Path(cfg.work_dir) / "checkpoints" / "last.pt").exists():
        rows["note"] = "an earlier run in this folder is written over (--resume would go on with it)"
    return table(rows) + "\n"


def after(args: argparse.Namespace, result: "Result", processes: int = 1) -> str:
    """What came out, where it lies, and a next step."""
    assert result.work_dir is not None, "load_config names a work folder for every config"
    values = "  ".join(f"{name} {value:.2f}" for name, value in result.metrics.items())
    best = result.work_dir / "checkpoints" / "best.pt"
    weights = best if best.exists() else best.with_name("last.pt")
    files = {"weights": weights, "curves": result.work_dir / "curves.png"}
    shown = {name: str(path) for name, path in files.items() if path.exists()}
    if best.exists():
        shown["weights"] += best_value(result)
    lines = [
        f"\n{values or 'trained'}  after {result.epochs} epochs, {result.steps:,} steps, {result.elapsed_s:.1f} s",
        table(shown),
    ]
    program = typed_command()
    if result.stopped and processes > 1:
        lines.append(f"\nStopped: {result.stopped}. To go on: the same command, with --resume.")
    elif result.stopped:
        again = [*args.words, *([] if args.resume else ["--resume"])]
        lines.append(f"\nStopped: {result.stopped}. To go on:  {program} {shlex.join(again)}")
    else:
        lines.append(f"\nNext:  {program} predict {shlex.quote(str(weights))} PICTURE")
        lines.append(f"       {program} config explain {shlex.quote(args.config or 'lessons/lenet_digits')}")
    return "\n".join(lines)


def best_value(result: "Result") -> str:
    """What the best weights reached, where that is not what the last ones did, which the line above tells."""
    from course_lib.engine import read_record

    record = read_record(result.work_dir) if result.work_dir else None
    best = (record or {}).get("best")  # missing while the first process has not written the end of its record
    if not best or best["metrics"] == result.metrics:
        return ""
    return f"  ({best['monitor']} {best['metrics'][best['monitor']]:.2f} after epoch {best['epoch']})"


def table(rows: dict[str, str]) -> str:
    """Names and values in two columns."""
    width = max((len(name) for name in rows), default=0)
    return "\n".join(f"{name:<{width}}  {value}" for name, value in rows.items())
