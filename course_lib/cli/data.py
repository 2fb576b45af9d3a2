"""``course data``: which data sets there are, making them ready, looking for broken pictures, splitting, looking."""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from course_lib.cli.parsing import Subparsers, add_command, save, typed_command


def add_parser(subparsers: Subparsers) -> None:
    """Add the command with its five actions."""
    parser = add_command(
        subparsers,
        "data",
        "prepare, verify, split and look at data sets",
        [
            "data list",
            "data prepare mnist",
            "data verify photos",
            "data split photos data/photos",
            "data browse Shapes --out shapes.png",
        ],
        more=f"Each action has its own help: {typed_command()} data split --help",
    )
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    _add_list(actions)
    _add_prepare(actions)
    _add_verify(actions)
    _add_split(actions)
    _add_browse(actions)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Do what the chosen action says."""
    return args.act(args)


def _add_list(actions: Subparsers) -> None:
    parser = add_command(
        actions,
        "list",
        "list the data sets: size, terms, and where each is",
        ["data list"],
        more="COURSE_DATA moves the folder.",
    )
    parser.add_argument("--json", action="store_true", help="print a JSON list instead")
    parser.set_defaults(act=run_list)


def _add_prepare(actions: Subparsers) -> None:
    parser = add_command(
        actions,
        "prepare",
        "download a data set and make it ready for training",
        ["data prepare mnist", "data prepare flowers --from flower_photos.tgz", "data prepare sun397 --from downloads"],
    )
    parser.add_argument("name", metavar="NAME", help=f"one that '{typed_command()} data list' shows")
    parser.add_argument("--root", metavar="DIR", type=Path, help="the data folder; default: COURSE_DATA, or data")
    parser.add_argument(
        "--from",
        dest="source",
        metavar="FILE",
        type=Path,
        help="an archive, or the folder of the files, instead of a download",
    )
    parser.set_defaults(act=run_prepare)


def _add_verify(actions: Subparsers) -> None:
    parser = add_command(
        actions,
        "verify",
        "decode every picture of a folder and list the broken ones",
        ["data verify photos"],
        more="Nothing is deleted. The exit code is 1 if a picture is broken.",
    )
    parser.add_argument("folder", metavar="DIR", type=Path)
    parser.add_argument("--json", action="store_true", help="print a JSON object instead")
    parser.set_defaults(act=run_verify)


def _add_split(actions: Subparsers) -> None:
    parser = add_command(
        actions,
        "split",
        "divide a raw folder into training and validation data",
        ["data split photos data/photos", "data split photos data/photos --ratio 0.9 --link"],
        more="SRC holds a folder a class. DST gets train/CLASS, val/CLASS, classes.txt, train.txt and val.txt.",
    )
    parser.add_argument("src", metavar="SRC", type=Path, help="the raw folder, with a folder a class")
    parser.add_argument("dst", metavar="DST", type=Path, help="the folder to make")
    parser.add_argument("--ratio", metavar="R", type=float, default=0.8, help="the training share; default 0.8")
    parser.add_argument("--seed", metavar="N", type=int, default=0, help="another seed gives other halves")
    parser.add_argument("--link", action="store_true", help="link the files instead of copying them")
    parser.set_defaults(act=run_split)


def _add_browse(actions: Subparsers) -> None:
    parser = add_command(
        actions,
        "browse",
        "draw a contact sheet of random pictures with their classes",
        ["data browse Shapes --out shapes.png", "data browse lessons/lenet_digits"],
    )
    parser.add_argument(
        "source", metavar="WHAT", help="a folder of pictures, a config, or a data set's name such as Digits"
    )
    parser.add_argument("--out", metavar="PNG", type=Path, default=Path("pictures.png"), help="default: pictures.png")
    parser.add_argument("--count", metavar="N", type=int, default=32, help="how many pictures; default 32")
    parser.add_argument("--seed", metavar="N", type=int, default=0, help="another seed shows others")
    parser.set_defaults(act=run_browse)


# ------------------------------------------------------------------------------------------------ the actions


def run_list(args: argparse.Namespace) -> int:
    """Print a line for each data set."""
    rows = known_sets()
    if args.json:
        print(json.dumps(rows))
        return 0
    cells = [[row["name"], row["about"], _size(row["download_mb"]), row["terms"], row["where"]] for row in rows]
    table = [["name", "what it holds", "download", "terms", "where it is, or how to get it"], *cells]
    widths = [max(len(line[column]) for line in table) for column in range(4)]
    for name, about, size, terms, where in table:
        print(f"{name:<{widths[0]}}  {about:<{widths[1]}}  {size:>{widths[2]}}  {terms:<{widths[3]}}  {where}")
    print(f"\nyour own pictures, a folder a class:  {typed_command()} data split FOLDER data/NAME")
    return 0


def known_sets() -> list[dict[str, Any]]:
    """A row for each data set, its download in MB; ``where`` it is, or if it is not ``there``, how to get it."""
    from course_lib.data.datasets.files import data_folder
    from course_lib.data.sources import SOURCES

    drawn = {
        "digits": "1,797 handwritten digits, 8×8, grey, 10 classes",
        "shapes": "drawn shapes of any size, 10 classes",
    }
    rows: list[dict[str, Any]] = [
        {"name": name, "about": about, "download_mb": 0, "terms": "", "there": True, "where": "always there"}
        for name, about in drawn.items()
    ]
    for source in SOURCES.values():
        folder = data_folder() / source.name
        there = source.is_in(folder)
        by_hand = " --from FILE  (by hand)" if source.gone else ""
        where = str(folder) if there else f"{typed_command()} data prepare {source.name}{by_hand}"
        about = f"{source.num_pictures:,} {source.about}, {source.num_classes} classes"
        terms, size = source.terms, source.download_mb
        rows.append(
            {"name": source.name, "about": about, "download_mb": size, "terms": terms, "there": there, "where": where}
        )
    return rows


def _size(megabytes: float) -> str:
    """As a person says it: 12 MB, 5.0 GB; nothing for none."""
    if megabytes >= 1000:
        return f"{megabytes / 1000:.1f} GB"
    return f"{megabytes:.0f} MB" if megabytes else ""


def run_prepare(args: argparse.Namespace) -> int:
    """Make a data set ready, and say where it is."""
    from course_lib.data.datasets.files import data_folder
    from course_lib.data.prepare import prepare
    from course_lib.data.sources import SOURCES

    known = SOURCES.get(args.name)
    was_there = known is not None and known.is_in((args.root or data_folder()) / known.name)
    folder = prepare(args.name, args.root, args.source)
    ready = "there already, nothing was done" if was_there else "ready"
    print(f"{ready}: {folder}  (data_root in a config; terms: {SOURCES[args.name].terms})")
    return 0


def run_verify(args: argparse.Namespace) -> int:
    """Print the broken pictures; 1 if there are any."""
    from course_lib.data.verify import verify_folder

    report = verify_folder(args.folder)
    broken = [{"path": each.path, "reason": each.reason} for each in report.broken]
    if args.json:
        print(json.dumps({"folder": str(report.folder), "checked": report.checked, "broken": broken}))
    else:
        print_broken(report.folder, broken)
        print(f"{report.folder}: {report.checked:,} pictures, {len(broken):,} broken")
    return 1 if broken else 0


def run_split(args: argparse.Namespace) -> int:
    """Split, and say what came of it."""
    from course_lib.data.split import split_folder

    split = split_folder(args.src, args.dst, args.ratio, args.seed, "link" if args.link else "copy")
    if split.broken:
        print(f"left out, since they cannot be read ({len(split.broken)}):")
        print_broken(args.src, [{"path": each.path, "reason": each.reason} for each in split.broken])
    print(f"{split.folder}: {split.num_train:,} pictures for training, {split.num_val:,} for validation")
    print(f"{len(split.classes)} classes: {', '.join(split.classes)}")
    print(f"next: {typed_command()} data browse {split.folder / 'train'}")
    return 0


def print_broken(folder: Path, broken: Sequence[dict[str, str]]) -> None:
    """A line for each broken picture."""
    for each in broken:
        print(f"  {folder / each['path']}: {each['reason']}")


def run_browse(args: argparse.Namespace) -> int:
    """Draw the sheet and write it."""
    from course_lib.config import ConfigError, DataError
    from course_lib.viz import picture_grid

    if args.count < 1:
        raise ConfigError(f"--count must be 1 or more, not {args.count}.")
    dataset = open_source(args.source)
    pictures, titles, skipped = sample_pictures(dataset, args.count, args.seed)
    for message in skipped:
        print(f"skipped: {message}")
    if not pictures:
        raise DataError(f"{args.source} holds no picture that can be read.")
    figure = picture_grid(pictures, titles, title=f"{Path(args.source).name}: {len(dataset):,} pictures")
    save(figure, args.out, dpi=200)
    print(f"picture: {args.out}")
    return 0


def open_source(source: str) -> Any:
    """The data set in a folder (its training half if it has one), of a registered name, or of a config's training."""
    from course_lib.config import registry
    from course_lib.data.datasets import CustomDataset
    from course_lib.data.datasets.files import class_folders, data_folder, resolve

    for folder in (resolve(source), data_folder() / source / "train"):
        if folder.is_dir():
            folder = folder / "train" if (folder / "train").is_dir() else folder
            return CustomDataset(str(folder.absolute()), with_label=bool(class_folders(folder)))
    names = {name.lower(): name for name in registry.names("dataset")}
    if source.lower() in names:
        return registry.find(names[source.lower()], "dataset").target()
    from course_lib.builders import build
    from course_lib.config import find_config, load_config
    from course_lib.config.errors import ConfigError, did_you_mean

    try:
        find_config(source)
    except ConfigError as error:
        hint = did_you_mean(source, [*names.values(), *(row["name"] for row in known_sets())])
        raise ConfigError(f"there is no folder, data set or config {source!r}. {hint}") from error
    cfg = load_config(source)
    loader = cfg.get("train_dataloader") or cfg.get("val_dataloader") or {}
    if "dataset" not in loader:
        raise ConfigError(f"{source} names no data set: it has no train_dataloader.dataset.")
    return build({key: value for key, value in loader["dataset"].items() if key != "pipeline"})


def sample_pictures(dataset: Any, count: int, seed: int) -> tuple[list[Any], list[str], list[str]]:
    """Random pictures as squares of one size, uint8 (C, H, W), their titles, and why others were skipped."""
    import numpy as np

    from course_lib.data.decode import PictureError, decode

    pictures: list[Any] = []
    titles: list[str] = []
    skipped: list[str] = []
    for index in np.random.default_rng(seed).permutation(len(dataset)):
        if len(pictures) == count:
            break
        sample = dataset.raw(int(index))
        try:
            picture = sample["img"] if "img" in sample else decode(sample["img_path"])
        except PictureError as error:
            skipped.append(str(error))
            continue
        pictures.append(square(picture))
        titles.append(dataset.title(sample) or Path(sample.get("img_path", "")).name)
    return pictures, titles, skipped


def square(picture: Any, largest_px: int = 240) -> Any:
    """The middle of a picture (C, H, W) as a square, made smaller where it is larger than a tile needs."""
    import torch

    side = min(picture.shape[1:])
    top, left = (picture.shape[1] - side) // 2, (picture.shape[2] - side) // 2
    picture = picture[:, top : top + side, left : left + side]
    if side <= largest_px:
        return picture
    smaller = torch.nn.functional.interpolate(
        picture[None].float(), (largest_px, largest_px), mode="bilinear", antialias=True
    )
    return smaller[0].round().clamp(0, 255).byte()
