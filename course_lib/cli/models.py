"""``course models``: what there is to train (ready-made configs, their parts, backbones), and what a model costs."""

import argparse
import ast
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from course_lib.cli.parsing import Subparsers, add_command, add_overrides
from course_lib.config import CONFIGS, Config, ready_made

TITLES = {
    "config": "Ready to train:  course train NAME",
    "part": "Model parts to inherit from:  _base_ = ['NAME.py']",
    "backbone": "Backbones:  model = dict(backbone=dict(type='NAME', …), …)",
}


NOTE = """MACs: one multiplication and one addition each, half of what torch counts as FLOPs; of convolutions, matrix
products and attention. Activations: the values that these give. Layers that cost nothing are left out."""


@dataclass(frozen=True)
class Item:
    """A line of the list: one of ``TITLES``, the name to write, and what it is."""

    kind: str
    name: str
    about: str


def add_parser(subparsers: Subparsers) -> None:
    """Add the command and its actions."""
    parser = add_command(
        subparsers,
        "models",
        "list what there is to train, or count what a model costs",
        ["models list 'resnet*'", "models flops resnet/resnet50_b32_imagenet"],
    )
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    about = "list the ready-made configs, their parts, and the backbones"
    listing = add_command(actions, "list", about, ["models list 'resnet*'"])
    listing.add_argument(
        "pattern", metavar="PATTERN", nargs="?", default="*", help="a part of the name, or a pattern with * and ?"
    )
    listing.add_argument("--json", action="store_true", help="print a JSON list instead")
    listing.set_defaults(run=run)
    flops = add_command(
        actions,
        "flops",
        "count a model's parameters, multiplications (MACs) and activations, layer by layer",
        ["models flops lenet/lenet5_b64_mnist --depth 3", "models flops _base_/models/resnet50 --size 288"],
        more="The model is counted, not run: no data and no memory is needed.",
    )
    flops.add_argument("config", metavar="CONFIG", help="a file, a ready-made name, or a model part (see models list)")
    flops.add_argument(
        "--shape", metavar=("C", "H", "W"), nargs=3, type=int, help="the picture: channels, height, width"
    )
    flops.add_argument("--size", metavar="PX", type=int, help="height and width of the picture")
    flops.add_argument("--depth", metavar="N", type=int, default=2, help="how many levels below the model to show (2)")
    add_overrides(flops)
    flops.add_argument("--json", action="store_true", help="print every layer as a JSON list instead")
    flops.set_defaults(run=run_flops)


def run(args: argparse.Namespace) -> int:
    """Print what fits the pattern."""
    from course_lib.config.errors import ConfigError, did_you_mean

    parts = sorted((CONFIGS / "_base_" / "models").rglob("*.py"))
    items = [*config_items("config", ready_made(), CONFIGS), *config_items("part", parts, CONFIGS), *backbone_items()]
    found = [item for item in items if matches(item.name, args.pattern)]
    if not found:
        names = [item.name.rpartition("/")[2] for item in items]
        raise ConfigError(f"no model's name fits {args.pattern!r}. {did_you_mean(args.pattern, names)}")
    print(json.dumps([asdict(item) for item in found], ensure_ascii=False) if args.json else table(found))
    return 0


def run_flops(args: argparse.Namespace) -> int:
    """Print the layers of a config's model with what each costs."""
    import torch

    from course_lib.builders import build_model, without_weights
    from course_lib.config import check, load_config, parse_options
    from course_lib.config.errors import ConfigError
    from course_lib.models.complexity import cost_table, model_cost

    numbers = {"--depth": args.depth + 1, "--size": args.size, "--shape": args.shape and min(args.shape)}
    for option, number in numbers.items():
        if number is not None and number < 1:
            raise ConfigError(f"{option} must be {0 if option == '--depth' else 1} or more.")
    if args.size and args.shape:
        raise ConfigError("--size and --shape both say how large the picture is; give one.")
    cfg = load_config(args.config, parse_options(args.cfg_options))
    if "model" not in cfg:
        raise ConfigError(f"{args.config} has no model to count.")
    # the rules only: whether the parts fit together shows when the picture goes through
    if mistakes := [found for found in check(cfg) if found.path.startswith("model")]:
        raise ConfigError(mistakes)
    with torch.device("meta"):
        model = build_model(without_weights(cfg.model))
    shape = asked_shape(args, cfg, model)
    try:
        cost = model_cost(model, shape)
    except (RuntimeError, ValueError) as error:
        reason = str(error).strip().splitlines()[0].rstrip(".")
        hint = "" if args.shape else " For a picture of another shape: --shape C H W."
        raise ConfigError(f"the model cannot take a picture of {shown(shape)}: {reason}.{hint}") from error
    if args.json:
        layers = [{key: value for key, value in vars(layer).items() if key != "children"} for layer in cost.walk()]
        print(json.dumps({"shape": shape, "layers": layers}))
    else:
        print(f"{args.config}, for one picture of {shown(shape)}:\n\n{cost_table(cost, args.depth)}\n\n{NOTE}")
    return 0


def asked_shape(args: argparse.Namespace, cfg: Config, model: Any) -> tuple[int, int, int]:
    """(C, H, W) of the picture to count for: as asked, else as the config's pipeline gives it, else 224×224."""
    from course_lib.builders import picture_shape

    if args.shape:
        channels, height, width = args.shape
    elif cfg.get("train_dataloader") or cfg.get("val_dataloader"):
        channels, height, width = picture_shape(cfg)
    else:
        side = (cfg.model.get("backbone") or {}).get("img_size", 224)
        channels, height, width = getattr(model.backbone, "in_channels", 3), side, side
    return (channels, args.size, args.size) if args.size else (channels, height, width)


def shown(shape: Sequence[int]) -> str:
    """``3×224×224``"""
    return "×".join(str(number) for number in shape)


def config_items(kind: str, files: Iterable[Path], root: Path) -> list[Item]:
    """Config files with the first line of their docstring; the files are not run."""
    items = []
    for file in sorted(files, key=lambda file: by_number(file.as_posix())):
        docstring = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
        items.append(Item(kind, file.relative_to(root).with_suffix("").as_posix(), first_line(docstring)))
    return items


def backbone_items() -> list[Item]:
    """The registered backbones with the first line of their docstring."""
    import course_lib.models  # noqa: F401  (it brings the backbones)
    from course_lib.config import registry

    names = registry.names("backbone")
    return [Item("backbone", name, first_line(registry.find(name).target.__doc__ or "")) for name in names]


def first_line(docstring: str) -> str:
    return docstring.strip().partition("\n")[0].replace("``", "")


def by_number(name: str) -> list[tuple[str, int]]:
    """A sorting key that puts resnet50 before resnet101."""
    return [(text, int(number or 0)) for text, number in re.findall(r"(\D*)(\d*)", name)]


def matches(name: str, pattern: str) -> bool:
    """Whether the name, or its part after the last slash, fits; without ``*`` or ``?`` a part of it is enough."""
    name, pattern = name.lower(), pattern.lower()
    if not set("*?") & set(pattern):
        return pattern in name
    return fnmatchcase(name, pattern) or fnmatchcase(name.rpartition("/")[2], pattern)


def table(items: Sequence[Item]) -> str:
    """The items below the title of their kind, names in one column."""
    width = max(len(item.name) for item in items)
    blocks = []
    for kind, title in TITLES.items():
        lines = [f"  {item.name:<{width}}  {item.about}".rstrip() for item in items if item.kind == kind]
        if lines:
            blocks.append("\n".join([title, *lines]))
    return "\n\n".join(blocks)
