"""``course models publish``: for the kit's maintainers; finished trainings of a config → weights of the kit's own."""

import argparse

from course_lib.cli.parsing import Subparsers, add_command


def add_parser(actions: Subparsers) -> None:
    """Add the action to those of ``course models``."""
    parser = add_command(
        actions,
        "publish",
        "make finished trainings of a ready-made config, one a seed, weights of the kit's own",
        ["models publish resnet-mini_shapes work_dirs/seed0 work_dirs/seed1 work_dirs/seed2"],
        more="The weights of the least seed, the log and the measurement go into the package's folder 'weights'.\n"
        "For the kit's maintainers.",
    )
    parser.add_argument("name", metavar="CONFIG", help="a ready-made name")
    parser.add_argument("work_dirs", metavar="WORK_DIR", nargs="+", help="the folder of a training of it")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Publish, and say what it is."""
    from course_lib.zoo import publish

    made = publish(args.name, args.work_dirs)
    seeds = ", ".join(str(seed) for seed in made.seeds)
    print(f"{made.path}: {made.size_bytes:,} bytes, {made.metric} {made.result} with seeds {seeds}")
    return 0
