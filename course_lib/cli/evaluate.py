"""``course evaluate``: a checkpoint's metrics on the test data of a config."""

import argparse
import json

from course_lib.cli.parsing import Subparsers, add_command, add_device, add_overrides
from course_lib.config import CheckpointError, ConfigError, load_config, parse_options


def add_parser(subparsers: Subparsers) -> None:
    """Add the command."""
    parser = add_command(
        subparsers,
        "evaluate",
        "measure a trained classifier on its test data",
        ["evaluate lessons/lenet_digits work_dirs/lenet_digits/checkpoints/best.pt"],
        more="Where the config has no test data, its validation data is taken.",
    )
    parser.add_argument("config", metavar="CONFIG", help="a file or a ready-made name")
    parser.add_argument("checkpoint", metavar="CHECKPOINT", help="what a training wrote, or bare weights")
    parser.add_argument(
        "--tta",
        action="store_true",
        help="average the scores over several views of each picture: the config's tta_pipeline, or with and without "
        "a flip",
    )
    add_device(parser)
    add_overrides(parser)
    parser.add_argument("--json", action="store_true", help="print a JSON object instead")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Measure and print."""
    options = parse_options(args.cfg_options) | ({"device": args.device} if args.device else {})
    from course_lib.builders import check_config, evaluate

    cfg = load_config(args.config, options)
    if mistakes := check_config(cfg):
        raise ConfigError(mistakes)
    try:
        values = evaluate(cfg, args.checkpoint, tta=args.tta)
    except CheckpointError as error:  # it is read before the data
        raise ConfigError(str(error)) from error
    if args.json:
        print(json.dumps(values))
    else:
        width = max(len(name) for name in values)
        print("\n".join(f"{name:<{width}}  {value:.2f}" for name, value in values.items()))
    return 0
