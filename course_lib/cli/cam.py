"""``course cam``: where a trained classifier looks in a picture before it says what it shows."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from course_lib.cli.parsing import Subparsers, add_command, add_device, before_work, expect_folder, save
from course_lib.config import ConfigError, DataError
from course_lib.config.errors import did_you_mean

if TYPE_CHECKING:
    from torch import Tensor

    from course_lib.inference import Inferencer

METHODS = ("cam", "grad-cam", "grad-cam++", "rollout")
MOST = 24  # pictures on a sheet


def add_parser(subparsers: Subparsers) -> None:
    """Add the command."""
    parser = add_command(
        subparsers,
        "cam",
        "show where a trained classifier looks",
        [
            "cam work_dirs/mine/checkpoints/best.pt photo.jpg",
            "cam work_dirs/mine/checkpoints/best.pt photo.jpg --class tulips --method grad-cam++ --out tulips.png",
            "cam work_dirs/vit/checkpoints/best.pt photos/ --method rollout",
        ],
        more="Each picture as the network gets it, and beside it what speaks for the likeliest class, or for --class.\n"
        f"A folder stands for all the pictures in it; a sheet holds up to {MOST}.",
    )
    parser.add_argument("checkpoint", metavar="CHECKPOINT", help="what a training wrote, or weights of the model zoo")
    parser.add_argument("pictures", metavar="PICTURE", nargs="+", help="files, folders or https:// addresses")
    parser.add_argument(
        "--config", metavar="CONFIG", help="a file or a ready-made name, for weights that hold no config of their own"
    )
    parser.add_argument(
        "--method",
        choices=METHODS,
        default="grad-cam",
        help="default: grad-cam; cam: for networks that end in a mean and one linear layer; rollout: the attention of "
        "a vision transformer, whatever the class",
    )
    parser.add_argument("--class", dest="target", metavar="NAME", help="what speaks for this class, or its number")
    parser.add_argument("--layer", metavar="NAME", help="whose maps are shown; default: the last that gives any")
    parser.add_argument("--out", metavar="PNG", type=Path, default=Path("cam.png"), help="default: cam.png")
    add_device(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Draw the pictures with their heat maps, and print what the network said."""
    expect_folder(args.out)
    if args.method == "rollout" and (args.target or args.layer):
        given = "--class" if args.target else "--layer"
        raise ConfigError(f"--method rollout follows all layers and knows no class: leave {given} out.")
    from course_lib.engine.hooks.visualization import drawable
    from course_lib.inference import Inferencer, one_by_one
    from course_lib.viz import overlay_figure

    with before_work():
        paths = one_by_one(args.pictures)
        inferencer = Inferencer(args.checkpoint, device=args.device or "auto", config=args.config)
        target = None if args.target is None else class_number(args.target, inferencer)
        pictures, broken = [], []
        for path in paths[:MOST]:
            try:
                pictures.append((path, inferencer.prepare(path)))
            except DataError as error:
                broken.append(error)
        if not pictures:
            raise broken[0]
    for each in broken:
        print(f"skipped: {each}", file=sys.stderr)
    if len(paths) > MOST:
        print(f"the first {MOST} of {len(paths)} pictures:")
    heats, titles = [], []
    for path, picture in pictures:
        heat, scores = look(inferencer, picture, args.method, target, args.layer)
        said = int(scores.argmax())
        title = f"{inferencer.name(said)}  {100 * scores[said]:.1f} %"
        if target is not None and target != said:
            title += f"   ({inferencer.name(target)}  {100 * scores[target]:.1f} %)"
        print(f"{path}\n  {title}")
        heats.append(heat.numpy())
        titles.append(title)
    about = args.method + (f" for {inferencer.name(target)}" if target is not None else "")
    save(overlay_figure([drawable(picture) for _, picture in pictures], heats, titles, title=about), args.out)
    print(f"\npicture: {args.out}")
    return 0


def class_number(name: str, inferencer: "Inferencer") -> int:
    """The class of a name, or of a number where that is no name.

    Raises:
        ConfigError: there is no such class.
    """
    if name in inferencer.classes:
        return inferencer.classes.index(name)
    if name.isdecimal() and (not inferencer.classes or int(name) < len(inferencer.classes)):
        return int(name)
    raise ConfigError(f"--class: the classifier has no class {name!r}. {did_you_mean(name, inferencer.classes)}")


def look(
    inferencer: "Inferencer", picture: "Tensor", method: str, target: int | None, layer: str | None
) -> tuple["Tensor", "Tensor"]:
    """Where the network looks in a picture uint8 (C, H, W): heat (H, W) in 0…1, and its probabilities (K,)."""
    import torch

    from course_lib import interpret

    model: Any = inferencer.model
    batch = inferencer.preprocessor({"images": picture[None], "labels": torch.zeros(1, dtype=torch.int64)}, False)
    with torch.no_grad():
        scores = model.predict(batch)[0].cpu()
    if method == "rollout":
        heat = interpret.attention_rollout(model, batch["images"])
    else:
        heat = interpret.METHODS[method](model, batch["images"], target, layer)
    return heat[0].cpu(), scores
