"""``course schedule``: the learning rate of a whole training, before it is started; and which one would do."""

import argparse
import json
from pathlib import Path

import numpy as np

from course_lib.cli.parsing import Subparsers, add_command, add_device, add_overrides, before_work, expect_folder, save
from course_lib.config import Config, load_config, parse_options


def add_parser(subparsers: Subparsers) -> None:
    """Add the command."""
    parser = add_command(
        subparsers,
        "schedule",
        "show the learning rate of a training before it is started",
        ["schedule lessons/lenet_digits --out schedule.png", "schedule lessons/lenet_digits --find --out lr.png"],
        more="Learning rate and momentum, as a plot of characters, a table of the steps that matter, and a picture.\n"
        "With --find, which rates the network can be trained with: a short training at rising ones (arXiv 1506.01186).",
    )
    parser.add_argument("config", metavar="CONFIG", help="a config file, or the name of a ready-made one")
    parser.add_argument("--out", metavar="PNG", type=Path, help="write a picture here")
    parser.add_argument("--log", action="store_true", help="a logarithmic axis in the picture")
    parser.add_argument(
        "--epoch-len", metavar="N", type=int, help="batches in an epoch; otherwise counted from the data set"
    )
    parser.add_argument("--json", action="store_true", help="print every step's values as JSON instead")
    parser.add_argument("--find", action="store_true", help="train a copy at rising rates and suggest one")
    parser.add_argument(
        "--from", dest="lowest", metavar="LR", type=float, default=1e-6, help="default with --find: 1e-6"
    )
    parser.add_argument("--to", dest="highest", metavar="LR", type=float, default=1.0, help="default with --find: 1")
    parser.add_argument("--steps", metavar="N", type=int, default=100, help="updates of --find; default 100")
    add_device(parser)
    add_overrides(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Draw the curve of a config's schedules."""
    expect_folder(args.out)
    from course_lib import builders
    from course_lib.config import ConfigError
    from course_lib.optim import lr_curve

    if args.epoch_len is not None and args.epoch_len < 1:
        raise ConfigError(f"--epoch-len must be 1 or more, not {args.epoch_len}.")
    cfg = load_config(args.config, parse_options(args.cfg_options))
    if args.find:
        return find(args, cfg)
    if mistakes := builders.check_config(cfg):
        raise ConfigError(mistakes)
    epoch_len = args.epoch_len or count_batches(cfg)
    optimizer = cfg.optim_wrapper.optimizer
    base_lr = float(optimizer.get("lr", 1e-3))  # torch's own default is 1e-3 in all of our optimizers
    rule = builders.linear_rule(cfg)
    base_lr *= rule.factor if rule else 1
    schedules = builders.build_schedules(cfg, epoch_len)
    max_epochs, max_steps = builders.stopping_point(cfg)
    epochs = max_epochs or (max_steps or epoch_len) / epoch_len
    lr = lr_curve(schedules, base_lr, epoch_len, epochs)
    momentum = None
    if any(schedule.target == "momentum" for schedule in schedules):
        base = float(optimizer["betas"][0] if "betas" in optimizer else optimizer.get("momentum", 0.0))
        momentum = lr_curve(schedules, base, epoch_len, epochs, target="momentum")
    if args.out is not None:
        from course_lib.viz import schedule_figure

        figure = schedule_figure(lr, epoch_len, momentum=momentum, log=args.log, title=Path(cfg.file).stem)
        save(figure, args.out)
    if args.json:
        values = {
            "epoch_len": epoch_len,
            "lr": lr.tolist(),
            "momentum": None if momentum is None else momentum.tolist(),
        }
        print(json.dumps(values))
    else:
        print(f"{args.config}: {epoch_len:,} steps an epoch, {len(lr):,} steps in all\n")
        if told := str(rule or ""):
            print(f"auto_scale_lr: {told}\n")
        print(report(lr, epoch_len, momentum))
        if args.out is not None:
            print(f"\npicture: {args.out}")
    return 0


def find(args: argparse.Namespace, cfg: Config) -> int:
    """Train at rising rates, and say which one would do."""
    from course_lib.builders import build_trainer
    from course_lib.engine.lr_finder import find_lr

    cfg.work_dir, cfg.resume = None, False  # nothing is kept of this training
    if args.device:
        cfg.device = args.device
    with before_work():
        trainer = build_trainer(cfg, hooks=[])
        own = float(trainer.optimizer.param_groups[0]["lr"])
    found = find_lr(trainer, start=args.lowest, end=args.highest, steps=args.steps)
    rates = {"steepest": found.steepest, "tenth of lowest": found.tenth}
    if args.out is not None:
        from course_lib.viz import lr_range_figure

        save(lr_range_figure(found.lr, found.loss, found.smoothed, rates, title=Path(cfg.file).stem), args.out)
    if args.json:
        values = {"steepest": found.steepest, "tenth": found.tenth, "lowest": found.lowest, "exploded": found.exploded}
        print(json.dumps({**values, "lr": found.lr.tolist(), "loss": found.loss.tolist()}))
        return 0
    print(f"{args.config}: {len(found.lr)} steps from lr {found.lr[0]:.2g} to {found.lr[-1]:.2g}, where ", end="")
    print("the loss exploded\n" if found.exploded else "the test ended\n")
    print(f"{found.steepest:>9.2g}  the loss falls fastest")
    print(f"{found.tenth:>9.2g}  a tenth of {found.lowest:.2g}, where it is lowest")
    print(f"{own:>9.2g}  the config's")
    if found.lowest > 0.9 * args.highest:
        print(f"\nThe loss still fell at the highest rate; go on with --to {args.highest * 10:g}.")
    if args.out is not None:
        print(f"\npicture: {args.out}")
    return 0


def count_batches(cfg: Config) -> int:
    """The batches of one epoch of training, or what to do where they cannot be counted."""
    from course_lib import builders
    from course_lib.config import ConfigError, DataError

    if not cfg.get("train_dataloader"):
        raise ConfigError("the config has no train_dataloader to count batches of; say how many with --epoch-len N.")
    try:
        return builders.count_batches(cfg.train_dataloader)
    except DataError as error:
        raise DataError(f"{error}\nWithout the data, say how many batches an epoch has: --epoch-len N.") from error


def report(lr: np.ndarray, epoch_len: int, momentum: np.ndarray | None = None) -> str:
    """A plot of characters and a table of the steps that matter."""
    from course_lib.viz import text_plot

    rows = [f"{'step':>10}  {'epoch':>7}  {'lr':>11}" + ("" if momentum is None else f"  {'momentum':>9}")]
    for step in key_steps(lr, epoch_len):
        moved = "" if momentum is None else f"  {momentum[step]:>9.4g}"
        rows.append(f"{step:>10,}  {step / epoch_len:>7.4g}  {lr[step]:>11.6g}{moved}")
    return f"{text_plot(lr)}\n\n" + "\n".join(rows)


def key_steps(lr: np.ndarray, epoch_len: int) -> list[int]:
    """First, highest and last step, those where the rate at least halves or doubles, and about eight in between."""
    epochs = np.arange(0, len(lr), epoch_len)
    spread = epochs[:: max(1, -(-len(epochs) // 8))]
    before, after = np.maximum(lr[:-1], 1e-300), np.maximum(lr[1:], 1e-300)
    jumps = np.flatnonzero(np.abs(np.log2(after / before)) >= 1) + 1
    # where nearly every step is a jump, the even spread already tells the story
    jumps = jumps if len(jumps) <= 12 else jumps[:0]
    return sorted({0, int(np.argmax(lr)), len(lr) - 1, *spread.tolist(), *jumps.tolist()})
