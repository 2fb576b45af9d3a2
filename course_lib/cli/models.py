"""``course models``: what there is to train (ready-made configs, their parts, backbones), and what a model costs."""

import argparse
import ast
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from course_lib.cli import models_flops, models_publish
from course_lib.cli.parsing import Subparsers, add_command
from course_lib.config import CONFIGS, ready_made
from course_lib.config.own_weights import OwnWeights, own_weights

TITLES = {
    "pretrained": "Has learned already:  get_model('NAME', pretrained=True), or zoo://NAME in place of a checkpoint",
    "config": "Ready to train:  course train NAME",
    "part": "Model parts to inherit from:  _base_ = ['NAME.py']",
    "backbone": "Backbones:  model = dict(backbone=dict(type='NAME', …), …)",
}


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
    about = "list the ready-made configs, their weights and their parts, and the backbones"
    listing = add_command(actions, "list", about, ["models list 'resnet*'"])
    listing.add_argument(
        "pattern", metavar="PATTERN", nargs="?", default="*", help="a part of the name, or a pattern with * and ?"
    )
    listing.add_argument("--json", action="store_true", help="print a JSON list instead")
    listing.set_defaults(run=run)
    models_flops.add_parser(actions)
    models_publish.add_parser(actions)


def run(args: argparse.Namespace) -> int:
    """Print what fits the pattern."""
    from course_lib.config.errors import ConfigError, did_you_mean

    parts = sorted((CONFIGS / "_base_" / "models").rglob("*.py"))
    configs = [*config_items("config", ready_made(), CONFIGS), *config_items("part", parts, CONFIGS)]
    items = [*pretrained_items(), *configs, *backbone_items()]
    found = [item for item in items if matches(item.name, args.pattern)]
    if not found:
        names = [item.name.rpartition("/")[2] for item in items]
        raise ConfigError(f"no model's name fits {args.pattern!r}. {did_you_mean(args.pattern, names)}")
    print(json.dumps([asdict(item) for item in found], ensure_ascii=False) if args.json else table(found))
    return 0


def config_items(kind: str, files: Iterable[Path], root: Path) -> list[Item]:
    """Config files with the first line of their docstring; the files are not run."""
    items = []
    for file in sorted(files, key=lambda file: by_number(file.as_posix())):
        docstring = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
        items.append(Item(kind, file.relative_to(root).with_suffix("").as_posix(), first_line(docstring)))
    return items


def pretrained_items() -> list[Item]:
    """The weights that come with the kit, with what they reach."""
    return [Item("pretrained", name, told(weights)) for name, weights in own_weights().items()]


def told(weights: OwnWeights) -> str:
    """What published weights are, in a line: ``accuracy/top1 93.29 (3 seeds: 93.35 ± 0.20), 7 classes, …``."""
    seeds = f" ({len(weights.seeds)} seeds: {weights.result})" if len(weights.seeds) > 1 else ""
    size = f"{weights.num_params:,} parameters, {weights.size_bytes / 1e6:.1f} MB"
    value = f"{weights.metric} {weights.values[0]:.2f}{seeds}"
    return f"{value}, {len(weights.classes)} classes, {size}; from {weights.config}"


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
