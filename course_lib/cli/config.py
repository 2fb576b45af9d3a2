"""``course config``: a config as one text, its mistakes, the Python that it stands for, its translation from 0.x."""

import argparse
import sys
from pathlib import Path

from course_lib.cli.parsing import Subparsers, add_command, add_overrides
from course_lib.config import Config, ConfigError, explain, find_config, is_old, load_config, parse_options
from course_lib.config.naming import meanings, parse_name
from course_lib.config.naming_check import check_name


def add_parser(subparsers: Subparsers) -> None:
    """Add the command and its actions."""
    parser = add_command(
        subparsers,
        "config",
        "print, check, explain or upgrade a config",
        ["config check my_config.py", "config check resnet/resnet18_8xb32_in1k --name"],
        more="A config is read as data; nothing in it is run.",
    )
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    for name, work, about, example in (
        ("print", run_print, "print everything that a config says, in one text", "lessons/lenet_digits"),
        ("check", run_check, "say every mistake of a config, with its file and line", "lessons/lenet_digits"),
        ("explain", run_explain, "print the plain Python that a config stands for", "lessons/lenet_digits"),
        ("upgrade", run_upgrade, "translate a config of MMClassification 0.x", "old_config.py --out new_config.py"),
    ):
        action = add_command(actions, name, about, [f"config {name} {example}"])
        action.add_argument("config", metavar="CONFIG", help="a file or a ready-made name")
        add_overrides(action)
        if name == "check":
            action.add_argument("--name", action="store_true", help="also say what the name's parts mean, and check it")
        if name == "upgrade":
            action.add_argument("--out", metavar="FILE", type=Path, help="write it here instead of printing it")
        action.set_defaults(run=work)


def run_print(args: argparse.Namespace) -> int:
    """The resolved config; what it prints loads to the same config."""
    print(loaded(args).dump(), end="")
    return 0


def run_check(args: argparse.Namespace) -> int:
    """All mistakes, or that there is none."""
    from course_lib.builders import check_config

    cfg = loaded(args)
    mistakes = check_config(cfg)
    if args.name:
        try:
            lines = meanings(parse_name(cfg.file))
            width = max(len(part) for part, _ in lines)
            print("\n".join(f"  {part:<{width}}  {meaning}" for part, meaning in lines))
            mistakes += check_name(cfg, cfg.file)
        except ConfigError as error:
            mistakes += error.mistakes
    if mistakes:
        raise ConfigError(mistakes)
    print(f"{args.config}: ok")
    return 0


def run_explain(args: argparse.Namespace) -> int:
    """Imports and calls; executed, they build the same objects."""
    import course_lib.builders  # noqa: F401  (it brings the classes, which explain finds by their names)

    print(explain(loaded(args)), end="")
    return 0


def run_upgrade(args: argparse.Namespace) -> int:
    """The config in the 1.x dialect."""
    file = find_config(args.config)
    if not is_old(Config.fromfile(file)):
        print(f"{args.config} is of the 1.x dialect already.", file=sys.stderr)
    cfg = Config.load(file, parse_options(args.cfg_options))
    if args.out is None:
        print(cfg.dump(), end="")
        return 0
    try:
        cfg.dump(args.out)
    except OSError as error:
        raise ConfigError(f"--out {args.out} cannot be written: {error.strerror}.") from error
    print(f"written to {args.out}")
    return 0


def loaded(args: argparse.Namespace) -> Config:
    """The config with its overrides, in the 1.x dialect."""
    return load_config(args.config, parse_options(args.cfg_options))
