"""ShuffleNet V1: the published numbers of parameters, the shuffle by hand, and a unit written out anew."""

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from course_lib.models import ShuffleNetV1
from course_lib.models.backbones.shufflenet_v1 import ShuffleUnit, multiple_of_8, shuffle

# published by pytorchcv for 1×, with 1000 classes (the paper gives none; MMPretrain says 1.87 M for 3 groups)
PARAMETERS = {1: 1_531_936, 2: 1_733_848, 3: 1_865_728, 4: 1_968_344, 8: 2_434_768}


@pytest.mark.parametrize("groups", PARAMETERS)
def test_as_many_parameters_as_published(groups: int) -> None:
    network = ShuffleNetV1(groups)
    head = (network.out_channels + 1) * 1000
    assert sum(p.numel() for p in network.parameters()) + head == PARAMETERS[groups]


def test_shuffle_deals_like_cards() -> None:
    x = torch.arange(6.0).reshape(1, 6, 1, 1)
    assert shuffle(x, 2).flatten().tolist() == [0, 3, 1, 4, 2, 5]
    assert shuffle(x, 3).flatten().tolist() == [0, 2, 4, 1, 3, 5]
    shuffled = torch.nn.ChannelShuffle(3)(x)
    assert torch.equal(shuffle(x, 3), shuffled)


def by_groups(x: Tensor, weight: Tensor, groups: int) -> Tensor:
    """A 1×1 convolution in groups, as one matrix product a group."""
    parts = zip(x.chunk(groups, 1), weight.flatten(1).chunk(groups, 0), strict=True)
    return torch.cat([torch.einsum("oi,nihw->nohw", kernel, part) for part, kernel in parts], 1)


def norm(x: Tensor, state: dict[str, Tensor], name: str) -> Tensor:
    mean, var, weight, bias = (state[f"{name}.bn.{key}"] for key in ("running_mean", "running_var", "weight", "bias"))
    shaped = [v.reshape(1, -1, 1, 1) for v in (mean, var, weight, bias)]
    return (x - shaped[0]) / torch.sqrt(shaped[1] + 1e-5) * shaped[2] + shaped[3]


@pytest.mark.parametrize(("fan_in", "fan_out", "halves"), [(24, 24, False), (24, 72, True)])
def test_a_unit_written_out_anew(fan_in: int, fan_out: int, halves: bool) -> None:
    unit = ShuffleUnit(fan_in, fan_out, groups=3, first_groups=3, halves=halves).eval()
    state = unit.state_dict()
    for value in state.values():
        if value.is_floating_point():
            value.uniform_(0.2, 1.0)
    x = torch.randn(2, fan_in, 8, 8)
    inner = fan_out // 4
    out = by_groups(x, state["g_conv_1x1_compress.conv.weight"], 3)
    out = norm(out, state, "g_conv_1x1_compress").clamp(min=0)
    order = [channel for first in range(inner // 3) for channel in range(first, inner, inner // 3)]
    weight = state["depthwise_conv3x3_bn.conv.weight"]
    out = F.conv2d(out, weight, padding=1, stride=2 if halves else 1, groups=inner)
    out = norm(out, state, "depthwise_conv3x3_bn")[:, order]
    out = by_groups(out, state["g_conv_1x1_expand.conv.weight"], 3)
    out = norm(out, state, "g_conv_1x1_expand")
    expected = torch.cat([F.avg_pool2d(x, 3, 2, 1), out.clamp(min=0)], 1) if halves else (x + out).clamp(min=0)
    with torch.no_grad():
        torch.testing.assert_close(unit(x), expected, rtol=1e-4, atol=1e-4)


def test_width() -> None:
    assert [multiple_of_8(channels) for channels in (1, 12, 18, 120.0, 180.0)] == [8, 16, 24, 120, 184]
    network = ShuffleNetV1(3, widen_factor=0.5).eval()
    assert network(torch.randn(1, 3, 32, 32))[0].shape == (1, network.out_channels, 1, 1) == (1, 480, 1, 1)
