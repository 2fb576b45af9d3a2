"""``course confusion``: which classes a classifier takes for which, and how far its confidence can be trusted."""

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from course_lib.cli.parsing import Subparsers, add_command, add_device, add_overrides, before_work, expect_folder, save
from course_lib.config import ConfigError, load_config, parse_options

if TYPE_CHECKING:
    from course_lib.interpret import Collected, Confusion, WrongAnswer

PAIRS, WORST = 10, 24


def add_parser(subparsers: Subparsers) -> None:
    """Add the command."""
    parser = add_command(
        subparsers,
        "confusion",
        "show which classes a trained classifier confuses",
        ["confusion lessons/lenet_digits work_dirs/lenet_digits/checkpoints/best.pt --out digits.png"],
        more="Three pictures: the confusion matrix of the test data (of the validation data where there is none), the\n"
        "mistakes of which the network was most certain, and how often it was right for each confidence.",
    )
    add_measured(parser)
    parser.add_argument(
        "--out",
        metavar="PNG",
        type=Path,
        default=Path("confusion.png"),
        help="default: confusion.png; beside it, confusion_mistakes.png and confusion_calibration.png",
    )
    parser.add_argument("--json", action="store_true", help="print a JSON object instead")
    parser.set_defaults(run=run)


def add_measured(parser: argparse.ArgumentParser) -> None:
    """CONFIG and CHECKPOINT, and the options of ``measured``."""
    parser.add_argument("config", metavar="CONFIG", help="a file or a ready-made name: network and data")
    parser.add_argument("checkpoint", metavar="CHECKPOINT", help="what a training wrote, or bare weights")
    add_device(parser)
    add_overrides(parser)


def run(args: argparse.Namespace) -> int:
    """Measure, draw, print."""
    expect_folder(args.out)
    from course_lib import interpret, viz
    from course_lib.metrics import ConfusionMatrix

    got, loader, classes = measured(args)
    counted = ConfusionMatrix(len(classes))
    counted.update(got.scores, got.labels)
    pairs = interpret.confused_pairs(counted.matrix, PAIRS)
    worst = interpret.worst_mistakes(got.scores, got.labels, WORST)
    trust = interpret.reliability(got.scores, got.labels)
    files = {"matrix": args.out}
    save(viz.confusion_figure(counted.matrix.numpy(), classes), args.out)
    if worst:
        files["mistakes"] = beside(args.out, "mistakes")
        titles = [f"{classes[each.predicted]} {100 * each.score:.0f} %\n(is {classes[each.label]})" for each in worst]
        pictures = interpret.pictures_at(loader, [each.position for each in worst])
        save(viz.picture_grid(pictures, titles, title="The surest mistakes"), files["mistakes"])
    files["calibration"] = beside(args.out, "calibration")
    bins = (trust.confidence.numpy(), trust.accuracy.numpy(), trust.counts.numpy())
    save(viz.reliability_figure(*bins, trust.ece), files["calibration"])
    accuracy = 100 * float((got.scores.argmax(dim=1) == got.labels).double().mean())
    if args.json:
        values: dict[str, Any] = {"pictures": len(got.labels), "accuracy": accuracy, "ece": 100 * trust.ece}
        values |= {"classes": classes, "matrix": counted.matrix.tolist()}
        values |= {"confused": [asdict(pair) for pair in pairs], "mistakes": [asdict(each) for each in worst]}
        print(json.dumps(values | {"files": {name: str(path) for name, path in files.items()}}, ensure_ascii=False))
        return 0
    print(f"{accuracy:.2f} % of {len(got.labels):,} right; expected calibration error {100 * trust.ece:.2f} %\n")
    print(report(pairs, worst, classes))
    print("\n" + "\n".join(f"picture: {path}" for path in files.values()))
    return 0


def measured(args: argparse.Namespace) -> tuple["Collected", Any, list[str]]:
    """What the checkpoint makes of the config's test data, the data's loader, and the names of the classes.

    Raises:
        ConfigError: the config, the checkpoint or the data are not usable, or a picture may have several classes.
    """
    options = parse_options(args.cfg_options)
    from course_lib.builders import build_loader, check_config
    from course_lib.inference import Inferencer
    from course_lib.interpret import collect

    cfg = load_config(args.config, options)
    if mistakes := check_config(cfg):
        raise ConfigError(mistakes)
    dataloader = cfg.get("test_dataloader") or cfg.get("val_dataloader")
    if not dataloader:
        raise ConfigError("the config has neither a test_dataloader nor a val_dataloader to look at.")
    with before_work():
        inferencer = Inferencer(args.checkpoint, device=args.device or cfg.get("device", "auto"), config=cfg)
        loader = build_loader(dataloader, training=False, device=str(inferencer.device))
    got = collect(inferencer.model, loader, inferencer.preprocessor)
    if got.labels.ndim > 1:
        raise ConfigError("a picture of this data set may have several classes, so none is taken for another.")
    names = inferencer.classes or list(loader.dataset.classes)
    return got, loader, [names[k] if k < len(names) else str(k) for k in range(got.scores.shape[1])]


def beside(path: Path, name: str) -> Path:
    """``confusion.png`` → ``confusion_NAME.png``."""
    return path.with_name(f"{path.stem}_{name}{path.suffix}")


def report(pairs: Sequence["Confusion"], worst: Sequence["WrongAnswer"], classes: Sequence[str]) -> str:
    """Two tables: what is confused most often, and the mistakes that were surest."""
    if not pairs:
        return "Not one is wrong."
    rows = [(classes[pair.label], classes[pair.predicted], f"{pair.count:>5,}  {pair.share:>5.1f} %") for pair in pairs]
    lines = [*aligned("taken for", rows, "times  share"), ""]
    surest = [(classes[each.label], classes[each.predicted], f"{100 * each.score:>8.1f} %") for each in worst[:PAIRS]]
    return "\n".join(lines + aligned("surest mistakes", surest, "certainty"))


def aligned(title: str, rows: Sequence[tuple[str, str, str]], last: str) -> list[str]:
    """Lines ``true → predicted  numbers`` below a head."""
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    head = f"{title:<{sum(widths) + 3}}"
    shift = len(head) - sum(widths) - 3
    return [f"{head}  {last}", *(f"{a:<{widths[0]}} → {b:<{widths[1] + shift}}  {text}" for a, b, text in rows)]
