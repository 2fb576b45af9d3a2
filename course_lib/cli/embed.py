"""``course embed``: the pictures of a data set as a trained classifier sees them, as points in the plane."""

import argparse
import json
from pathlib import Path

from course_lib.cli.confusion import add_measured, measured
from course_lib.cli.parsing import Subparsers, add_command, expect_folder, save
from course_lib.config import ConfigError


def add_parser(subparsers: Subparsers) -> None:
    """Add the command."""
    parser = add_command(
        subparsers,
        "embed",
        "draw pictures as points: near where a trained classifier sees them alike",
        ["embed lessons/lenet_digits work_dirs/lenet_digits/checkpoints/best.pt --pictures --out digits.png"],
        more="The points are what the last linear layer is given for the test data (for the validation data where\n"
        "there is none), laid out by t-SNE. Printed: how often the most frequent class among the k most similar\n"
        "other pictures is right, which shows how good the features are without that layer.",
    )
    add_measured(parser)
    parser.add_argument("--out", metavar="PNG", type=Path, default=Path("embed.png"), help="default: embed.png")
    parser.add_argument("--count", metavar="N", type=int, default=1000, help="points at most; default 1000")
    parser.add_argument("--pictures", action="store_true", help="show some of the pictures at their points")
    parser.add_argument("--k", metavar="K", type=int, default=5, help="neighbours that are asked; default 5")
    parser.add_argument("--seed", metavar="N", type=int, default=0, help="of t-SNE")
    parser.add_argument("--json", action="store_true", help="print a JSON object instead")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Measure, draw, print."""
    expect_folder(args.out)
    if args.count < 4 or args.k < 1:
        raise ConfigError(f"--count must be 4 or more and --k 1 or more, not {args.count} and {args.k}.")
    from course_lib import interpret, viz

    got, loader, classes = measured(args)
    total = len(got.labels)
    accuracy = interpret.knn_accuracy(got.features, got.labels, args.k)
    count = min(args.count, total)
    chosen = [total * number // count for number in range(count)]  # spread evenly: a folder is sorted by class
    points = interpret.tsne(got.features[chosen], seed=args.seed)
    pictures = interpret.pictures_at(loader, chosen) if args.pictures else None
    title = f"t-SNE of {got.features.shape[1]} features; {args.k} neighbours say {accuracy:.1f} % right"
    labels = got.labels[chosen].numpy()
    save(viz.embedding_figure(points, labels, classes, pictures=pictures, title=title), args.out)
    if args.json:
        values = {"pictures": total, "features": got.features.shape[1], "k": args.k, "knn_accuracy": accuracy}
        print(json.dumps({**values, "chosen": chosen, "points": points.tolist(), "file": str(args.out)}))
        return 0
    print(f"{total:,} pictures, {got.features.shape[1]} features each")
    print(f"{accuracy:.2f} % right by the {args.k} most similar other pictures")
    print(f"\npicture: {args.out}")
    return 0
