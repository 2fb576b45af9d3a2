"""Lesson 13, ResNet: both blocks, the zero branch, and what a ResNet costs."""

import zlib
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course_lib.builders import build

from ..compare import Case, Difference, close, first_difference, short
from ..exercise import Answer, Exercise

# --- the blocks -------------------------------------------------------------------------------------------------------

BASIC_BLOCK = '''class BasicBlock(nn.Module):
    """relu(downsample(x) + F(x)). F: conv1, bn1, ReLU, conv2, bn2; both are 3 × 3, and the stride is conv1's.
    (N, in_channels, H, W) → (N, channels, H / stride, W / stride)"""

    def __init__(self, in_channels, channels, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, channels, 3, stride, padding=1, bias=False)
        self.bn1, self.conv2, self.bn2 = nn.BatchNorm2d(channels), ..., ...
        self.downsample = ...  # nn.Identity() where the shape stays, else nn.Sequential(convolution, BatchNorm)

    def forward(self, x):
        return ...
'''


class BasicBlock(nn.Module):
    def __init__(self, in_channels: int, channels: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, channels, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.downsample: nn.Module = nn.Identity()
        if stride != 1 or in_channels != channels:
            conv = nn.Conv2d(in_channels, channels, 1, stride, bias=False)
            self.downsample = nn.Sequential(conv, nn.BatchNorm2d(channels))

    def forward(self, x: Tensor) -> Tensor:
        out = F.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        return F.relu(self.downsample(x) + out)


BOTTLENECK = '''class Bottleneck(nn.Module):
    """relu(downsample(x) + F(x)). F: conv1 (1 × 1), bn1, ReLU, conv2 (3 × 3, stride), bn2, ReLU, conv3 (1 × 1), bn3.
    (N, in_channels, H, W) → (N, 4 * channels, H / stride, W / stride); conv1 and conv2 give `channels` channels."""

    def __init__(self, in_channels, channels, stride):
        super().__init__()
        ...

    def forward(self, x):
        return ...
'''


class Bottleneck(nn.Module):
    def __init__(self, in_channels: int, channels: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, channels, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, stride, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.conv3 = nn.Conv2d(channels, 4 * channels, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(4 * channels)
        self.downsample: nn.Module = nn.Identity()
        if stride != 1 or in_channels != 4 * channels:
            conv = nn.Conv2d(in_channels, 4 * channels, 1, stride, bias=False)
            self.downsample = nn.Sequential(conv, nn.BatchNorm2d(4 * channels))

    def forward(self, x: Tensor) -> Tensor:
        out = F.relu(self.bn1(self.conv1(x)))
        out = F.relu(self.bn2(self.conv2(out)))
        out = self.bn3(self.conv3(out))
        return F.relu(self.downsample(x) + out)


def basic_cases(rng: np.random.Generator) -> Iterator[Case]:
    yield Case((6, 6, 1), "the shape stays")
    yield Case((4, 6, 1), "more channels, the same size")
    yield Case((6, 12, 2), "twice the channels, half the size")
    yield Case((6, 6, 2), "the same channels, half the size")
    yield Case((int(rng.integers(2, 9)), int(rng.integers(2, 9)), int(rng.integers(1, 4))))


def bottleneck_cases(rng: np.random.Generator) -> Iterator[Case]:
    yield Case((12, 3, 1), "the shape stays")
    yield Case((6, 3, 1), "four times 3 is more than 6, the same size")
    yield Case((8, 4, 2), "twice the channels, half the size")
    yield Case((16, 4, 2), "the same channels, half the size")
    yield Case((int(rng.integers(2, 9)), int(rng.integers(2, 9)), int(rng.integers(1, 4))))


def look_at_block(answer: Answer, in_channels: int, channels: int, stride: int) -> Any:
    """The shape of each of a block's tensors, by name, and what it makes of pictures with the weights of ``filled``."""
    torch.manual_seed(0)
    block = answer(in_channels, channels, stride)
    if not isinstance(block, nn.Module):
        return block
    shapes = {name: tuple(value.shape) for name, value in block.state_dict().items() if "num_batches" not in name}
    block.load_state_dict(filled(shapes), strict=False)
    try:
        with torch.no_grad():
            return {"shapes": shapes, "output": block.eval()(pictures(in_channels)).numpy()}
    except RuntimeError as error:  # of torch: shapes that do not fit, which the tensors explain better
        return {"shapes": shapes, "stopped": str(error)}


def filled(shapes: Mapping[str, tuple[int, ...]]) -> dict[str, Tensor]:
    """Numbers for tensors of these names and shapes; the same name and shape gets the same numbers."""
    tensors = {}
    for name, shape in shapes.items():
        rng = np.random.default_rng(zlib.crc32(name.encode()))
        values = rng.uniform(0.5, 1.5, shape) if name.endswith("running_var") else rng.normal(0, 0.5, shape)
        tensors[name] = torch.tensor(values, dtype=torch.float32)
    return tensors


def pictures(channels: int) -> Tensor:
    """Two maps of 7 × 6, as a ReLU leaves them: (2, channels, 7, 6), half of it 0."""
    rng = np.random.default_rng(channels)
    return torch.tensor(rng.normal(size=(2, channels, 7, 6)), dtype=torch.float32).relu()


def branch(weights: Mapping[str, Tensor], x: Tensor, strides: tuple[int, ...], last_relu: bool = False) -> Tensor:
    """What a block adds to its shortcut, computed from its tensors; ``strides`` of conv1, conv2, …"""
    for number, stride in enumerate(strides, start=1):
        kernel = weights[f"conv{number}.weight"]
        x = normed(weights, f"bn{number}", F.conv2d(x, kernel, None, stride, kernel.shape[-1] // 2))
        x = x.relu() if number < len(strides) or last_relu else x
    return x


def around(weights: Mapping[str, Tensor], x: Tensor, stride: int) -> Tensor:
    """A block's shortcut."""
    if "downsample.0.weight" not in weights:
        return x
    return normed(weights, "downsample.1", F.conv2d(x, weights["downsample.0.weight"], None, stride))


def normed(weights: Mapping[str, Tensor], name: str, x: Tensor) -> Tensor:
    mean, var, weight, bias = (weights[f"{name}.{part}"] for part in ("running_mean", "running_var", "weight", "bias"))
    return F.batch_norm(x, mean, var, weight, bias)


def mistaken(case: Case, shapes: Mapping[str, tuple[int, ...]]) -> dict[str, Tensor]:
    """What a block of the right tensors gives if it is wrong in one of the ways that are met most, by the advice."""
    in_channels, _, stride = case.args
    weights, x = filled(shapes), pictures(in_channels)
    size = 3 if "conv3.weight" in shapes else 2
    right = (1, stride, 1) if size == 3 else (stride, 1)
    wrong = (stride, 1, 1) if size == 3 else (1, stride)
    shortcut = around(weights, x, stride)
    found = branch(weights, x, right)
    return {
        "The shortcut is forgotten: nothing is added to the branch.": found.relu(),
        "The branch went through a ReLU before the addition: then a block can add, but never take away.": (
            shortcut + branch(weights, x, right, last_relu=True)
        ).relu(),
        "The ReLU after the addition is missing.": shortcut + found,
        f"The stride is on the wrong convolution: it is conv{right.index(max(right)) + 1}'s.": (
            shortcut + branch(weights, x, wrong)
        ).relu(),
    }


def is_the_block(case: Case, got: Any, expected: Any) -> Difference | None:
    """Whether a block has the right tensors and makes the right thing of them; the usual mistakes by name."""
    if not isinstance(got, Mapping):
        why = "The class should be a torch.nn.Module with the names of the docstring."
        return Difference(short(got), "a block", why)
    if why := unlike(got["shapes"], expected["shapes"]):
        one, other = (short(dict(sorted(each))) for each in only_in_one(got["shapes"], expected["shapes"]))
        return Difference(one, other, why)
    if "stopped" in got:
        return Difference(short(got["stopped"]), short(expected["output"]), "It stopped with an error of torch.")
    output, right = np.asarray(got["output"]), expected["output"]
    if not (why := first_difference(output, right, tolerance=1e-4)):
        return None
    for advice, wrong in mistaken(case, expected["shapes"]).items():
        if output.shape == tuple(wrong.shape) and np.allclose(output, wrong, atol=1e-4):
            why = advice
            break
    return Difference(short(output), short(right), why)


def only_in_one(got: Mapping[str, Any], expected: Mapping[str, Any]) -> tuple[set[Any], set[Any]]:
    """The tensors, each a name and a shape, that only the first has, and those that only the second has."""
    one, other = ({(name, tuple(shape)) for name, shape in shapes.items()} for shapes in (got, expected))
    return one - other, other - one


def unlike(got: Mapping[str, Any], expected: Mapping[str, Any]) -> str:
    """What is wrong with a block's tensors, by their names and shapes; '' if nothing is."""
    if missing := next((name for name in expected if name not in got), ""):
        layer = missing.rpartition(".")[0]
        if layer.startswith("downsample"):
            wanted = "nn.Sequential of a 1 × 1 convolution and a BatchNorm"
            return f"The shape changes here, so `downsample` must change it, too: {wanted}. There is no `{missing}`."
        return f"There is no `{missing}`: is `{layer}` made in __init__?"
    if extra := next((name for name in got if name not in expected), ""):
        layer = extra.rpartition(".")[0]
        if layer.startswith("downsample") and extra.endswith("0.weight"):
            return "The shape stays here, so `downsample` must be nn.Identity()."
        if extra.endswith(".bias"):
            return f"`{layer}` has a bias. The BatchNorm after it has one: bias=False."
        return f"There is `{extra}`, which should not be there."
    for name, shape in expected.items():
        if tuple(got[name]) != tuple(shape):
            return f"`{name}` has the shape {tuple(got[name])}; expected is {tuple(shape)}."
    return ""


# --- zero_branch ------------------------------------------------------------------------------------------------------

ZERO_BRANCH = '''def zero_branch(model):
    """Make each block of a fresh ResNet give what its shortcut gives, as F(x) becomes 0; returns the model.

    The weight of the block's last BatchNorm (bn3 where there is one, else bn2) becomes 0, and nothing else changes."""
    for block in model.modules():
        if hasattr(block, "downsample"):  # only blocks have one
            ...
    return model
'''


def zero_branch(model: nn.Module) -> nn.Module:
    for block in model.modules():
        if hasattr(block, "downsample"):
            nn.init.zeros_(block.get_parameter("bn3.weight" if hasattr(block, "bn3") else "bn2.weight"))
    return model


def zero_branch_cases(rng: np.random.Generator) -> Iterator[Case]:
    yield Case(({"type": "SmallResNet", "depth": 8},), "basic blocks")
    narrow = {"type": "ResNet", "depth": 50, "base_channels": 4, "stem_channels": 4, "zero_init_residual": False}
    yield Case(({**narrow, "num_stages": 2},), "bottlenecks: bn3 is their last")
    yield Case(({**narrow, "depth": 18},), "a `downsample` with a BatchNorm of its own")
    depth, channels = 6 * int(rng.integers(2, 5)) + 2, int(rng.integers(2, 7))
    yield Case(({"type": "SmallResNet", "depth": depth, "base_channels": channels},))


def look_at_zeros(answer: Answer, cfg: Mapping[str, Any]) -> Any:
    """Of the model of a config, after the answer: how many values of each tensor changed, and which became 0."""
    torch.manual_seed(0)
    model = build(dict(cfg))
    for name, value in model.named_parameters():
        if name.endswith("bias"):  # those of a fresh BatchNorm are 0
            nn.init.ones_(value)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    changed = answer(model)
    if not isinstance(changed, nn.Module):
        return changed
    after = changed.state_dict()
    zeros = {name for name in before if name in after and before[name].any() and not after[name].any()}
    moved = {name for name in before if name not in after or not torch.equal(before[name], after[name])}
    return {"became 0": sorted(zeros), "changed": sorted(moved)}


def zeros_the_last(case: Case, got: Any, expected: Any) -> Difference | None:
    """Whether those weights became 0 that should, and nothing else changed."""
    if not isinstance(got, Mapping):
        return close(case, got, expected) if got is None else Difference(short(got), "the model", "Return the model.")
    zeros, moved = set(got["became 0"]), set(got["changed"])
    right = set(expected["became 0"])
    if missing := sorted(right - zeros):
        return Difference(short(sorted(zeros)), short(sorted(right)), f"`{missing[0]}` is not 0.")
    if extra := sorted((zeros | moved) - right):
        return Difference(short(sorted(zeros | moved)), short(sorted(right)), f"`{extra[0]}` should stay as it was.")
    return None


# --- resnet_flops -----------------------------------------------------------------------------------------------------

RESNET_FLOPS = '''def resnet_flops(cfg):
    """The multiplications of a ResNet for one picture, in its convolutions and its last full connection.
    cfg: dict(bottleneck=False, counts=(2, 2, 2, 2), size=224, num_classes=1000); size: the picture's side, 32 · n."""
    size, width = cfg["size"] // 4, 64  # of the maps after the stem's convolution and its pooling
    total = 7 * 7 * 3 * 64 * (2 * size) ** 2  # that convolution
    for stage, count in enumerate(cfg["counts"]):
        channels = 64 * 2**stage
        for stride in [2 if stage else 1, *[1] * (count - 1)]:
            size //= stride
            total += ...  # the block's convolutions, and its downsample where it has one
            width = 4 * channels if cfg["bottleneck"] else channels
    return total + width * cfg["num_classes"]
'''


def resnet_flops(cfg: Mapping[str, Any]) -> int:
    return count_macs(cfg)


def count_macs(cfg: Mapping[str, Any], downsample: bool = True, style: str = "pytorch", shrinks: bool = True) -> int:
    """The count, or what a usual mistake makes of it: shortcuts left out, a stride elsewhere, no stride at all."""
    size = cfg["size"] // 2
    total, size, width = 7 * 7 * 3 * 64 * size**2, size // 2, 64
    for stage, count in enumerate(cfg["counts"]):
        channels = 64 * 2**stage
        for index in range(count):
            before = size
            halves = stage > 0 and index == 0
            size = size // 2 if halves and shrinks else size
            out = 4 * channels if cfg["bottleneck"] else channels
            if cfg["bottleneck"]:
                first = before if style == "pytorch" else size
                total += width * channels * first**2 + 9 * channels**2 * size**2 + channels * out * size**2
            else:
                total += 9 * width * channels * size**2 + 9 * channels**2 * size**2
            if downsample and (halves or width != out):
                total += width * out * size**2
            width = out
    return int(total + width * cfg["num_classes"])


def flops_cases(rng: np.random.Generator) -> Iterator[Case]:
    def net(bottleneck: bool, *counts: int, size: int = 224, num_classes: int = 1000) -> tuple[dict[str, Any]]:
        return ({"bottleneck": bottleneck, "counts": counts, "size": size, "num_classes": num_classes},)

    yield Case(net(False, 1, size=32, num_classes=10), "one basic block, whose shape stays")
    yield Case(net(False, 1, 1, size=32, num_classes=10), "a second stage: stride 2, and a `downsample`")
    yield Case(net(False, 2, 2, 2, 2), "ResNet-18")
    yield Case(net(True, 1, size=32, num_classes=10), "one bottleneck: 64 channels come in, 256 go out")
    yield Case(
        net(True, 1, 1, size=32, num_classes=10), "a second stage of bottlenecks: its first 1 × 1 is not smaller"
    )
    yield Case(net(True, 3, 4, 6, 3), "ResNet-50")
    counts = tuple(int(count) for count in rng.integers(1, 9, size=4))
    size, num_classes = 32 * int(rng.integers(2, 10)), int(rng.integers(2, 200))
    yield Case(
        net(bool(rng.integers(2)), *counts, size=size, num_classes=num_classes), "a network that nobody has built"
    )


def same_count(case: Case, got: Any, expected: Any) -> Difference | None:
    """As ``close`` to the last digit, with words for the usual mistakes."""
    if got is None:
        return close(case, got, expected)
    if why := first_difference(got, expected, tolerance=0.0):
        cfg = case.args[0]
        usual = {
            count_macs(cfg, downsample=False): "The 1 × 1 convolutions of the shortcuts are missing.",
            count_macs(cfg, shrinks=False): "The maps never become smaller: a stride of 2 halves `size`.",
            expected - count_width(cfg) * cfg["num_classes"]: "The last full connection is missing.",
            2 * expected: "Twice too many: a multiplication with its addition counts as one.",
            count_macs(
                cfg, style="caffe"
            ): "The stride is the 3 × 3 convolution's: the 1 × 1 before it is not smaller.",
        }
        numbers = np.asarray(got)
        why = usual.get(int(numbers), why) if numbers.shape == () and numbers.dtype.kind in "iuf" else why
        return Difference(f"{got:,}" if isinstance(got, int) else short(got), f"{expected:,}", why)
    return None


def count_width(cfg: Mapping[str, Any]) -> int:
    """The channels of the last maps."""
    return int(64 * 2 ** (len(cfg["counts"]) - 1) * (4 if cfg["bottleneck"] else 1))


EXERCISES = (
    Exercise(
        "13.BasicBlock",
        BASIC_BLOCK,
        BasicBlock,
        basic_cases,
        hints=(
            "`stride != 1 or in_channels != channels` says whether the shape changes. Only then does `downsample` need "
            "weights. In `forward`: branch first, then one addition, and the last ReLU after it.",
            "`nn.Sequential(nn.Conv2d(in_channels, channels, 1, stride, bias=False), nn.BatchNorm2d(channels))` is the "
            "shortcut; `return torch.relu(self.downsample(x) + out)` the last line.",
        ),
        compare=is_the_block,
        use=look_at_block,
        points=3,
    ),
    Exercise(
        "13.Bottleneck",
        BOTTLENECK,
        Bottleneck,
        bottleneck_cases,
        hints=(
            "It is BasicBlock with three convolutions: narrow, look, widen. Only the 3 × 3 needs padding, and it has "
            "the stride. What comes out has 4 · channels channels: compare that with in_channels.",
            "`nn.Conv2d(in_channels, channels, 1, bias=False)`, `nn.Conv2d(channels, channels, 3, stride, padding=1, "
            "bias=False)`, `nn.Conv2d(channels, 4 * channels, 1, bias=False)`. ReLU after bn1 and bn2, not after bn3.",
        ),
        compare=is_the_block,
        use=look_at_block,
        points=3,
    ),
    Exercise(
        "13.zero_branch",
        ZERO_BRANCH,
        zero_branch,
        zero_branch_cases,
        hints=(
            "`hasattr(block, 'bn3')` tells a bottleneck. BatchNorm multiplies by its `weight` and adds its `bias`.",
            "`last = block.bn3 if hasattr(block, 'bn3') else block.bn2`, then `nn.init.zeros_(last.weight)`.",
        ),
        compare=zeros_the_last,
        use=look_at_zeros,
        points=2,
        limit_s=20.0,
    ),
    Exercise(
        "13.resnet_flops",
        RESNET_FLOPS,
        resnet_flops,
        flops_cases,
        hints=(
            "A basic block: 9 · width · channels and 9 · channels · channels for each of the size · size places. Where "
            "the shape changes (stride 2, or width is not what comes out), width · channels more.",
            "A bottleneck: width · channels at the OLD size, which is size · stride; 9 · channels² and 4 · channels² "
            "at the new one; width · 4 · channels for its shortcut, where stride is 2 or width is not 4 · channels.",
        ),
        compare=same_count,
        points=3,
    ),
)
