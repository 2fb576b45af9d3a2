"""``course predict``: what pictures show, in the words of a trained classifier."""

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from course_lib.cli.parsing import Subparsers, add_command, add_device, before_work, expect_folder, save
from course_lib.config import ConfigError, DataError


def add_parser(subparsers: Subparsers) -> None:
    """Add the command."""
    parser = add_command(
        subparsers,
        "predict",
        "say what pictures show",
        [
            "predict work_dirs/lenet_digits/checkpoints/best.pt digit.png",
            "predict work_dirs/mine/checkpoints/best.pt photos/ --topk 1 --json",
            "predict zoo://resnet-mini_shapes https://example.org/star.png --out star.png",
            "predict resnet18.pth cat.jpg --config resnet/resnet18_8xb32_in1k",
        ],
        more="A folder stands for all the pictures in it. A picture that is broken is named, and the others go on.",
    )
    parser.add_argument("checkpoint", metavar="CHECKPOINT", help="what a training wrote, or weights of the model zoo")
    parser.add_argument("pictures", metavar="PICTURE", nargs="+", help="files, folders or https:// addresses")
    parser.add_argument(
        "--config", metavar="CONFIG", help="a file or a ready-made name, for weights that hold no config of their own"
    )
    parser.add_argument("--topk", metavar="K", type=int, default=5, help="classes a picture, the likeliest first (5)")
    parser.add_argument("--tta", action="store_true", help="average over several views, as `course evaluate --tta`")
    add_device(parser)
    parser.add_argument("--workers", metavar="N", type=int, default=0, help="processes that read pictures (0)")
    parser.add_argument(
        "--out", metavar="FILE", type=Path, help="also draw the pictures with their classes, 60 at the most"
    )
    parser.add_argument("--json", action="store_true", help="print a JSON list instead")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Predict and print; 1 where no picture could be read."""
    expect_folder(args.out)
    if args.topk < 1:
        raise ConfigError(f"--topk must be 1 or more, not {args.topk}.")
    if args.workers < 0:
        raise ConfigError(f"--workers must be 0 or more, not {args.workers}.")
    from course_lib.inference import Inferencer, one_by_one, sheet

    with before_work():
        pictures = one_by_one(args.pictures)
        inferencer = Inferencer(
            args.checkpoint,
            device=args.device or "auto",
            tta=args.tta,
            config=args.config,
            num_workers=args.workers,
        )
    predicted = []
    for picture, outcome in zip(pictures, inferencer.stream(pictures, topk=args.topk), strict=True):
        if isinstance(outcome, DataError):
            print(f"skipped: {outcome}", file=sys.stderr)
            continue
        predicted.append((picture, outcome))
        if not args.json:
            print(outcome, flush=True)
    if args.json:
        print(json.dumps([asdict(prediction) for _, prediction in predicted], ensure_ascii=False))
    if args.out and predicted:
        save(sheet(predicted), args.out)
    return 0 if predicted else 1
