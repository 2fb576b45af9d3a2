"""Lesson 13's exercises on right and wrong answers, against the library's and torchvision's networks."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torchvision.models import resnet as torchvisions

from course_lib.homework.exercises import find, lesson_13
from course_lib.homework.judge import judge
from course_lib.models import ResNet
from course_lib.models.backbones import resnet_blocks
from course_lib.models.complexity import model_cost

from .cards import card_words

words = partial(card_words, limit_s=30.0)


@pytest.mark.parametrize("exercise", lesson_13.EXERCISES, ids=lambda exercise: exercise.name)
@pytest.mark.parametrize("value", [None, "text", [[1], [2, 3]], 3.5])
def test_wrong_in_any_exercise(exercise: Any, value: Any) -> None:
    def answer(*args: Any) -> Any:
        return value

    assert words(exercise.name, answer)


# --- the blocks -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "reference", "library", "other"),
    [
        ("13.BasicBlock", lesson_13.BasicBlock, resnet_blocks.BasicBlock, torchvisions.BasicBlock),
        ("13.Bottleneck", lesson_13.Bottleneck, resnet_blocks.Bottleneck, torchvisions.Bottleneck),
    ],
)
def test_blocks_are_the_librarys_and_torchvisions(name: str, reference: Any, library: Any, other: Any) -> None:
    for case in find(name).cases(np.random.default_rng(1)):
        in_channels, channels, stride = case.args
        mine = reference(in_channels, channels, stride)
        down = None if isinstance(mine.downsample, nn.Identity) else mine.downsample
        theirs = [library(in_channels, channels, stride), other(in_channels, channels, stride, down)]
        x = torch.randn(3, in_channels, 9, 6)
        for twin in theirs:
            twin.load_state_dict(mine.state_dict())
            torch.testing.assert_close(twin(x), mine(x))
    assert judge(find(name), library).status == "passed"


def test_the_usual_mistakes_begin_with_the_right_block() -> None:
    for name in ("13.BasicBlock", "13.Bottleneck"):
        exercise = find(name)
        case = next(case for case in exercise.cases(np.random.default_rng(0)) if case.args[2] == 2)
        expected = exercise.use(exercise.reference, *case.args)
        weights, x = lesson_13.filled(expected["shapes"]), lesson_13.pictures(case.args[0])
        strides = (1, 2, 1) if name == "13.Bottleneck" else (2, 1)
        right = (lesson_13.around(weights, x, 2) + lesson_13.branch(weights, x, strides)).relu()
        assert np.allclose(right, expected["output"], atol=1e-5)
        wrong = lesson_13.mistaken(case, expected["shapes"]).values()
        assert len(wrong) == 4 and not any(np.allclose(each, right, atol=1e-2) for each in wrong)


class Forgotten(lesson_13.BasicBlock):
    def forward(self, x: Tensor) -> Tensor:
        return self.bn2(self.conv2(self.bn1(self.conv1(x)).relu())).relu()


class EarlyReLU(lesson_13.BasicBlock):
    def forward(self, x: Tensor) -> Tensor:
        out = self.bn1(self.conv1(x)).relu()
        return self.downsample(x) + self.bn2(self.conv2(out)).relu()


class BothReLUs(lesson_13.BasicBlock):
    def forward(self, x: Tensor) -> Tensor:
        out = self.bn1(self.conv1(x)).relu()
        return (self.downsample(x) + self.bn2(self.conv2(out)).relu()).relu()


class NoLastReLU(lesson_13.BasicBlock):
    def forward(self, x: Tensor) -> Tensor:
        return self.downsample(x) + self.bn2(self.conv2(self.bn1(self.conv1(x)).relu()))


class StrideLater(lesson_13.BasicBlock):
    def __init__(self, in_channels: int, channels: int, stride: int) -> None:
        super().__init__(in_channels, channels, stride)
        self.conv1.stride, self.conv2.stride = (1, 1), (stride, stride)


class NoDownsample(lesson_13.BasicBlock):
    def __init__(self, in_channels: int, channels: int, stride: int) -> None:
        super().__init__(in_channels, channels, stride)
        self.downsample = nn.Identity()


class DownsampleAlways(lesson_13.BasicBlock):
    def __init__(self, in_channels: int, channels: int, stride: int) -> None:
        super().__init__(in_channels, channels, stride)
        conv = nn.Conv2d(in_channels, channels, 1, stride, bias=False)
        self.downsample = nn.Sequential(conv, nn.BatchNorm2d(channels))


class BareDownsample(lesson_13.BasicBlock):
    def __init__(self, in_channels: int, channels: int, stride: int) -> None:
        super().__init__(in_channels, channels, stride)
        if isinstance(self.downsample, nn.Sequential):
            self.downsample = self.downsample[:1]


class NoSecondNorm(lesson_13.BasicBlock):
    def __init__(self, in_channels: int, channels: int, stride: int) -> None:
        super().__init__(in_channels, channels, stride)
        del self.bn2

    def forward(self, x: Tensor) -> Tensor:
        return (self.downsample(x) + self.conv2(self.bn1(self.conv1(x)).relu())).relu()


class UnusedNorm(lesson_13.BasicBlock):
    def forward(self, x: Tensor) -> Tensor:
        return (self.downsample(x) + self.conv2(self.bn1(self.conv1(x)).relu())).relu()


class Biased(lesson_13.BasicBlock):
    def __init__(self, in_channels: int, channels: int, stride: int) -> None:
        super().__init__(in_channels, channels, stride)
        self.conv1 = nn.Conv2d(in_channels, channels, 3, stride, padding=1)


class Wide(lesson_13.BasicBlock):
    def __init__(self, in_channels: int, channels: int, stride: int) -> None:
        super().__init__(in_channels, channels, stride)
        self.conv2 = nn.Conv2d(channels, channels, 5, padding=2, bias=False)


class Misfit(lesson_13.BasicBlock):
    def forward(self, x: Tensor) -> Tensor:
        return (x[:, :, 1:] + super().forward(x)).relu()


class NothingMade(nn.Module):
    def __init__(self, in_channels: int, channels: int, stride: int) -> None:
        super().__init__()

    def forward(self, x: Tensor) -> Tensor:
        return x


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (Forgotten, "The shortcut is forgotten: nothing is added to the branch."),
        (EarlyReLU, "The branch went through a ReLU before the addition"),
        (BothReLUs, "The branch went through a ReLU before the addition: then a block can add, but never take away."),
        (NoLastReLU, "The ReLU after the addition is missing."),
        (StrideLater, "The stride is on the wrong convolution: it is conv1's."),
        (NoDownsample, "The shape changes here, so `downsample` must change it, too"),
        (DownsampleAlways, "The shape stays here, so `downsample` must be nn.Identity()."),
        (BareDownsample, "There is no `downsample.1.weight`."),
        (NoSecondNorm, "There is no `bn2.weight`: is `bn2` made in __init__?"),
        (UnusedNorm, "differs in"),
        (Biased, "`conv1` has a bias. The BatchNorm after it has one: bias=False."),
        (Wide, "`conv2.weight` has the shape (6, 6, 5, 5); expected is (6, 6, 3, 3)."),
        (NothingMade, "There is no `conv1.weight`: is `conv1` made in __init__?"),
        (lambda in_channels, channels, stride: channels, "The class should be a torch.nn.Module"),
        (lesson_13.Bottleneck, "There is `conv3.weight`, which should not be there."),
        (Misfit, "must match the size of tensor b"),
        (nn.ReLU, "It takes other arguments"),
    ],
)
def test_basic_block(answer: Callable[..., Any], text: str) -> None:
    assert text in words("13.BasicBlock", answer)


class Caffe(lesson_13.Bottleneck):
    def __init__(self, in_channels: int, channels: int, stride: int) -> None:
        super().__init__(in_channels, channels, stride)
        self.conv1.stride, self.conv2.stride = (stride, stride), (1, 1)


class LateReLU(lesson_13.Bottleneck):
    def forward(self, x: Tensor) -> Tensor:
        out = self.bn2(self.conv2(self.bn1(self.conv1(x)).relu())).relu()
        return (self.downsample(x) + self.bn3(self.conv3(out)).relu()).relu()


class NoReLUBetween(lesson_13.Bottleneck):
    def forward(self, x: Tensor) -> Tensor:
        out = self.bn2(self.conv2(self.bn1(self.conv1(x))))
        return (self.downsample(x) + self.bn3(self.conv3(out))).relu()


class Alone(lesson_13.Bottleneck):
    def forward(self, x: Tensor) -> Tensor:
        out = self.bn2(self.conv2(self.bn1(self.conv1(x)).relu())).relu()
        return self.bn3(self.conv3(out)).relu()


class NotWidened(lesson_13.Bottleneck):
    def __init__(self, in_channels: int, channels: int, stride: int) -> None:
        super().__init__(in_channels, channels, stride)
        self.conv3, self.bn3 = nn.Conv2d(channels, channels, 1, bias=False), nn.BatchNorm2d(channels)
        if in_channels != channels:
            self.downsample = nn.Sequential(nn.Conv2d(in_channels, channels, 1, bias=False), nn.BatchNorm2d(channels))


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (Caffe, "The stride is on the wrong convolution: it is conv2's."),
        (LateReLU, "The branch went through a ReLU before the addition"),
        (NoReLUBetween, "differs in"),
        (Alone, "The shortcut is forgotten"),
        (NotWidened, "The shape stays here, so `downsample` must be nn.Identity()."),
        (lesson_13.BasicBlock, "There is no `conv3.weight`: is `conv3` made in __init__?"),
    ],
)
def test_bottleneck(answer: Callable[..., Any], text: str) -> None:
    assert text in words("13.Bottleneck", answer)


class MoreLayers(lesson_13.BasicBlock):
    """With a ReLU of its own, which has no weights."""

    def __init__(self, in_channels: int, channels: int, stride: int) -> None:
        super().__init__(in_channels, channels, stride)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        out = self.bn2(self.conv2(self.relu(self.bn1(self.conv1(x)))))
        out += self.downsample(x)
        return self.relu(out)


def test_another_way_to_write_it_passes() -> None:
    assert judge(find("13.BasicBlock"), MoreLayers).status == "passed"


# --- zero_branch ------------------------------------------------------------------------------------------------------


def each_block(change: Callable[[nn.Module, str], None]) -> Callable[..., Any]:
    """An answer that changes each block, told the name of its last norm."""

    def zero_branch(model: nn.Module) -> nn.Module:
        for block in model.modules():
            if hasattr(block, "downsample"):
                change(block, "bn3" if hasattr(block, "bn3") else "bn2")
        return model

    return zero_branch


@torch.no_grad()
def all_norms(model: nn.Module) -> nn.Module:
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.weight.zero_()
    return model


def and_returns_none(model: nn.Module) -> None:
    lesson_13.zero_branch(model)


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (lambda model: model, "`blocks.0.bn2.weight` is not 0."),
        (all_norms, "`blocks.0.bn1.weight` should stay as it was."),
        (each_block(lambda block, last: nn.init.zeros_(block.bn2.weight)), "bottlenecks: bn3 is their last"),
        (each_block(lambda block, last: nn.init.zeros_(block.bn1.weight)), "`blocks.0.bn2.weight` is not 0."),
        (
            each_block(lambda block, last: [nn.init.zeros_(each) for each in getattr(block, last).parameters()]),
            "`blocks.0.bn2.bias` should stay as it was.",
        ),
        (each_block(lambda block, last: nn.init.zeros_(block.conv2.weight)), "`blocks.0.bn2.weight` is not 0."),
        (each_block(lambda block, last: getattr(block, last).weight.mul_(0)), "a leaf Variable that requires grad"),
        (each_block(lambda block, last: setattr(getattr(block, last), "weight", 0)), "cannot assign"),
        (and_returns_none, "is there a `return`?"),
        (lambda model: 0, "Return the model."),
    ],
)
def test_zero_branch(answer: Callable[..., Any], text: str) -> None:
    assert text in words("13.zero_branch", answer)


def test_zero_branch_is_what_the_library_does() -> None:
    torch.manual_seed(0)
    fresh = ResNet(50, base_channels=4)  # zero_init_residual is its default
    torch.manual_seed(0)
    mine = lesson_13.zero_branch(ResNet(50, base_channels=4, zero_init_residual=False))
    for name, value in fresh.state_dict().items():
        assert torch.equal(value, mine.state_dict()[name]), name
    with_data = each_block(lambda block, last: getattr(block, last).weight.data.zero_())
    assert judge(find("13.zero_branch"), with_data).status == "passed"


# --- resnet_flops -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("depth", [18, 34, 50, 101, 152])
def test_flops_are_the_counted_ones(depth: int) -> None:
    block, counts = ResNet.depths[depth]
    with torch.device("meta"):
        network = getattr(torchvisions, f"resnet{depth}")(num_classes=37)
    for size in (32, 224):
        cfg = {"bottleneck": block is resnet_blocks.Bottleneck, "counts": counts, "size": size, "num_classes": 37}
        assert lesson_13.resnet_flops(cfg) == model_cost(network, (3, size, size)).macs


def test_resnet_50_is_the_published_one() -> None:
    cfg = {"bottleneck": True, "counts": (3, 4, 6, 3), "size": 224, "num_classes": 1000}
    assert round(lesson_13.resnet_flops(cfg) / 1e9, 2) == 4.09


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (
            lambda cfg: lesson_13.count_macs(cfg, downsample=False),
            "The 1 × 1 convolutions of the shortcuts are missing.",
        ),
        (lambda cfg: lesson_13.count_macs(cfg, style="caffe"), "the 1 × 1 before it is not smaller."),
        (lambda cfg: lesson_13.count_macs(cfg, shrinks=False), "The maps never become smaller"),
        (
            lambda cfg: 2 * lesson_13.count_macs(cfg),
            "Twice too many: a multiplication with its addition counts as one.",
        ),
        (lambda cfg: lesson_13.count_macs({**cfg, "num_classes": 0}), "The last full connection is missing."),
        (lambda cfg: lesson_13.count_macs({**cfg, "bottleneck": False}), "one bottleneck: 64 channels come in"),
        (lambda cfg: lesson_13.count_macs(cfg) + 1, "expected is"),
        (lambda cfg: cfg.pop("size") and 1, "changed its input `cfg`"),
    ],
)
def test_resnet_flops(answer: Callable[..., Any], text: str) -> None:
    assert text in words("13.resnet_flops", answer)


def test_a_count_of_another_kind_passes() -> None:
    assert judge(find("13.resnet_flops"), lambda cfg: np.int64(lesson_13.count_macs(cfg))).status == "passed"
    assert judge(find("13.resnet_flops"), lambda cfg: float(lesson_13.count_macs(cfg))).status == "passed"
