"""Names that must be counted out: where MMPretrain and torchvision number the same layers differently."""

import re
from collections.abc import Collection, Sequence

from .key_names import natural


def vgg(names: Sequence[str], own: Collection[str]) -> dict[str, str]:
    """MMPretrain counts a convolution, its normalisation and its ReLU as one layer, torchvision each."""
    found = [(name, match) for name in names if (match := re.fullmatch(r"features\.(\d+)\.(conv|bn)\.(\w+)", name))]
    numbers = sorted({int(match[1]) for _, match in found})
    extra = 2 if any(match[2] == "bn" for _, match in found) else 1  # layers that we count and they do not
    place = {number: number + extra * i for i, number in enumerate(numbers)}
    return {name: f"features.{place[int(m[1])] + (m[2] == 'bn')}.{m[3]}" for name, m in found}


PARTS = ("expand_conv", "conv1", "depthwise_conv", "se", "linear_conv", "conv2")  # in the order in which they work
LAYERS = {"conv": "0", "bn": "1", "conv1.conv": "fc1", "conv2.conv": "fc2"}
INNER = re.compile(rf"(layers?\.?\d+(?:\.\d+)?)\.({'|'.join(PARTS)})\.(conv1\.conv|conv2\.conv|conv|bn)\.(\w+)")
OUTER = re.compile(r"layers?\.?(\d+)\.(conv|bn)\.(\w+)")


def inverted_residuals(names: Sequence[str], own: Collection[str]) -> dict[str, str]:
    """MobileNetV3's and EfficientNet's blocks by their order, as the two libraries cut them into stages differently.

    The same with the parts of a block, which MMPretrain names and torchvision numbers.
    """
    theirs: dict[str, set[str]] = {}
    for name in sorted(names, key=natural):
        if match := INNER.fullmatch(name):
            theirs.setdefault(match[1], set()).add(match[2])
    ours: dict[str, set[int]] = {}
    for name in sorted(own, key=natural):
        if match := re.match(r"(.*)\.block\.(\d+)\.", name):
            ours.setdefault(match[1], set()).add(int(match[2]))
    place: dict[tuple[str, str], str] = {}
    for (block, parts), (our_block, numbers) in zip(theirs.items(), ours.items(), strict=False):
        in_order = sorted(parts, key=PARTS.index)
        place |= {
            (block, part): f"{our_block}.block.{number}"
            for part, number in zip(in_order, sorted(numbers), strict=False)
        }
    last = max((int(match[1]) for name in own if (match := re.match(r"features\.(\d+)\.", name))), default=0)
    renamed = {}
    for name in names:
        if (match := INNER.fullmatch(name)) and (match[1], match[2]) in place:
            renamed[name] = f"{place[match[1], match[2]]}.{LAYERS[match[3]]}.{match[4]}"
        elif match := OUTER.fullmatch(name):
            renamed[name] = f"features.{last if int(match[1]) else 0}.{LAYERS[match[2]]}.{match[3]}"
    return renamed
