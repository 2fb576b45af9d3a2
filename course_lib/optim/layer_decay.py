"""Layer-wise decay of the learning rate: in fine-tuning, the deeper a layer, the more of it is new to learn.

The first layers of a pretrained model see edges, which serve any task; the last ones see the classes of the old task.
What counts as a layer is as in MMPretrain: a block of ViT or Swin; of ConvNeXt and ResNet-50 … 152, whose blocks are
many and small, a whole stage, or a few blocks of the long ones in the middle.
"""

import re
from collections.abc import Sequence
from itertools import accumulate

from torch import nn

from course_lib.config.errors import ConfigError, Mistake

# the stage (if there are stages) and the block: Swin's stages.0.1, ResNet's layer1.0, ViT's blocks.0
BLOCKS = (
    re.compile(r"backbone\.(?:stages|layers)\.(?P<stage>\d+)\.(?:blocks\.)?(?P<block>\d+)\."),
    re.compile(r"backbone\.layer(?P<stage>\d+)\.(?P<block>\d+)\."),
    re.compile(r"backbone\.(?:blocks|layers)\.(?P<block>\d+)\."),
)
# what leads from one stage to the next, where it does not lie inside of either: its number is that of the next
DOWNSAMPLE = re.compile(r"backbone\.downsamples\.(\d+)\.")
CONVNEXT = "backbone.stages.0.0.depthwise.weight"
# how many blocks of ResNet's second and third stage are a layer, for each pair of their depths (34, 50; 101; 152)
RESNET = {(4, 6): (2, 3), (4, 23): (2, 3), (8, 36): (4, 4)}


def layer_scales(model: nn.Module, decay_rate: float) -> dict[str, float]:
    """Parameter's name → ``decay_rate`` to the power of how many layers lie above its own.

    The layers of ``model.backbone`` count, in their order. What lies before the first is one layer below it, what comes
    after the last (final norm, neck, head) is one layer above it and keeps the full rate.

    Raises:
        ConfigError: the backbone is not made of blocks.
    """
    names = [name for name, _ in model.named_parameters(remove_duplicate=False)]
    places = {name: place for name in names if (place := place_of(name))}
    if not places:
        message = f"the backbone of this {type(model).__name__} is not made of blocks, so it has no depths."
        raise ConfigError(Mistake("optim_wrapper.paramwise_cfg.layer_decay_rate", message, hint="Leave it out."))
    stages = sorted({stage for stage, _ in places.values()})
    counts = [1 + max(block for stage, block in places.values() if stage == number) for number in stages]
    sizes = blocks_a_layer(counts, convnext=CONVNEXT in names, resnet="backbone.layer1.0.conv1.weight" in names)
    # the first layer of each stage, counted from 1, and after all of them the top
    firsts = list(accumulate((-(-count // size) for count, size in zip(counts, sizes, strict=True)), initial=1))
    top, depth, scales = firsts[-1], 0, {}
    for name in names:
        if name in places:
            stage, block = places[name]
            number = stages.index(stage)
            depth = firsts[number] + block // sizes[number]
        elif match := DOWNSAMPLE.match(name):
            number = int(match[1])  # ConvNeXt's belongs to the stage after it, Swin's to the block before it
            depth = 0 if number == 0 else firsts[number] - (0 if CONVNEXT in names else 1)
        elif depth == top - 1 or not name.startswith("backbone."):
            depth = top
        scales[name] = decay_rate ** (top - depth)
    return scales


def place_of(name: str) -> tuple[int, int] | None:
    """A parameter's stage and block; None outside of the blocks."""
    for pattern in BLOCKS:
        if match := pattern.match(name):
            return int(match.groupdict().get("stage", 0)), int(match["block"])
    return None


def blocks_a_layer(counts: Sequence[int], *, convnext: bool, resnet: bool) -> list[int]:
    """How many blocks of each stage make a layer, of stages with so many blocks."""
    if convnext and len(counts) == 4:
        return [counts[0], counts[1], 3, counts[3]]
    if resnet and len(counts) == 4 and (counts[1], counts[2]) in RESNET:
        return [counts[0], *RESNET[counts[1], counts[2]], counts[3]]
    return [1] * len(counts)
