"""``course predict``: what pictures show, in the words of a trained classifier."""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from course_lib.cli.parsing import Subparsers, add_command, add_device, before_work
from course_lib.config import ConfigError, DataError

if TYPE_CHECKING:
    from course_lib.inference import Inferencer, Prediction

BATCH_SIZE = 32


def add_parser(subparsers: Subparsers) -> None:
    """Add the command."""
    parser = add_command(
        subparsers,
        "predict",
        "say what pictures show",
        [
            "predict work_dirs/lenet_digits/checkpoints/best.pt digit.png",
            "predict work_dirs/mine/checkpoints/best.pt photos/ --topk 1 --json",
            "predict resnet18.pth cat.jpg --config resnet/resnet18_8xb32_in1k",
        ],
        more="A folder stands for all the pictures in it. A file that is broken is named, and the others go on.",
    )
    parser.add_argument("checkpoint", metavar="CHECKPOINT", help="what a training wrote, or weights of the model zoo")
    parser.add_argument("pictures", metavar="PICTURE", nargs="+", type=Path, help="files or folders")
    parser.add_argument(
        "--config", metavar="CONFIG", help="a file or a ready-made name, for weights that hold no config of their own"
    )
    parser.add_argument("--topk", metavar="K", type=int, default=5, help="classes a picture, the likeliest first (5)")
    parser.add_argument("--tta", action="store_true", help="average over several views, as `course evaluate --tta`")
    add_device(parser)
    parser.add_argument("--json", action="store_true", help="print a JSON list instead")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Predict and print; 1 where no picture could be read."""
    if args.topk < 1:
        raise ConfigError(f"--topk must be 1 or more, not {args.topk}.")
    from course_lib.inference import Inferencer

    with before_work():
        paths = expand(args.pictures)
        inferencer = Inferencer(args.checkpoint, device=args.device or "auto", tta=args.tta, config=args.config)
    predictions = []
    for outcome in predict(inferencer, paths, args.topk):
        if isinstance(outcome, DataError):
            print(f"skipped: {outcome}", file=sys.stderr)
            continue
        predictions.append(outcome)
        if not args.json:
            print(described(outcome), flush=True)
    if args.json:
        print(json.dumps([asdict(prediction) for prediction in predictions], ensure_ascii=False))
    return 0 if predictions else 1


def expand(paths: Sequence[Path]) -> list[Path]:
    """Files as they are, and in place of each folder the pictures in it and its subfolders, by name.

    Raises:
        DataError: a folder without a picture.
    """
    from course_lib.data.datasets.files import EXTENSIONS, list_pictures, no_pictures

    files: list[Path] = []
    for path in paths:
        inside = [path / name for name in list_pictures(path)] if path.is_dir() else [path]
        if not inside:
            raise no_pictures(path, EXTENSIONS)
        files += inside
    return files


def predict(inferencer: "Inferencer", paths: Sequence[Path], topk: int) -> Iterator["Prediction | DataError"]:
    """A prediction for each picture, or what is wrong with it."""
    for start in range(0, len(paths), BATCH_SIZE):
        chunk = list(paths[start : start + BATCH_SIZE])
        try:
            yield from inferencer(chunk, topk=topk)
        except DataError:  # one of these is broken: take them singly to find out which
            for path in chunk:
                try:
                    yield from inferencer(path, topk=topk)
                except DataError as error:
                    yield error


def described(prediction: "Prediction") -> str:
    """A picture's path, and below it a line a class."""
    rows = zip(prediction.scores, prediction.names, strict=True)
    return "\n".join([prediction.path, *(f"  {100 * score:5.1f} %  {name}" for score, name in rows)])
