"""``course models flops``: what a model costs, layer by layer."""

import argparse
import json
from collections.abc import Sequence
from typing import Any

from course_lib.cli.parsing import Subparsers, add_command, add_overrides
from course_lib.config import Config

NOTE = """MACs: one multiplication and one addition each, half of what torch counts as FLOPs; of convolutions, matrix
products and attention. Activations: the values that these give. Layers that cost nothing are left out."""


def add_parser(actions: Subparsers) -> None:
    """Add the action to those of ``course models``."""
    parser = add_command(
        actions,
        "flops",
        "count a model's parameters, multiplications (MACs) and activations, layer by layer",
        ["models flops lenet/lenet5_b64_mnist --depth 3", "models flops _base_/models/resnet50 --size 288"],
        more="The model is counted, not run: no data and no memory is needed.",
    )
    parser.add_argument("config", metavar="CONFIG", help="a file, a ready-made name, or a model part (see models list)")
    parser.add_argument(
        "--shape", metavar=("C", "H", "W"), nargs=3, type=int, help="the picture: channels, height, width"
    )
    parser.add_argument("--size", metavar="PX", type=int, help="height and width of the picture")
    parser.add_argument("--depth", metavar="N", type=int, default=2, help="how many levels below the model to show (2)")
    add_overrides(parser)
    parser.add_argument("--json", action="store_true", help="print every layer as a JSON list instead")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
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
