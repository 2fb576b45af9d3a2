"""ResNet's relatives: what each changes, by hand or against timm's (all of them: ``tests/parity``)."""

from collections.abc import Callable

import pytest
import torch
from torch import nn

from course_lib.config.errors import ConfigError
from course_lib.models import ResNet, ResNetV1c, ResNetV1d, ResNeXt, SEResNet, SEResNeXt
from course_lib.models.backbones.resnet_blocks import SqueezeExcite, make_divisible, shortcut


@pytest.mark.parametrize(
    ("kind", "arguments"),
    [(ResNetV1c, {"deep_stem": True}), (ResNetV1d, {"deep_stem": True, "avg_down": True}), (ResNet, {})],
)
def test_relatives_by_the_arguments_of_resnet(kind: type[ResNet], arguments: dict[str, bool]) -> None:
    relative, network = kind(50, base_channels=4), ResNet(50, base_channels=4, **arguments)  # type: ignore[arg-type]
    network.load_state_dict(relative.state_dict())
    images = torch.randn(2, 3, 37, 37)
    assert torch.equal(network.eval()(images)[0], relative.eval()(images)[0])


def test_arguments_undo_what_a_relative_has() -> None:
    plain = ResNetV1d(18, stem_channels=4, base_channels=4, deep_stem=False, avg_down=False)
    plain.load_state_dict(ResNet(18, stem_channels=4, base_channels=4).state_dict())


def test_basic_blocks_with_a_mean_in_the_shortcut_as_timms() -> None:
    resnet = pytest.importorskip("timm.models.resnet")
    theirs = resnet.resnet18d(num_classes=0, zero_init_last=False).eval()
    ours = ResNetV1d(18).eval()
    ours.load_state_dict(theirs.state_dict())
    images = torch.randn(1, 3, 75, 75)  # odd sizes: 75, 38, 19, 10, 5, 3
    with torch.no_grad():
        expected = theirs.forward_features(images)
        assert expected.std() > 1e-3, "the comparison would show nothing"
        torch.testing.assert_close(ours(images)[0], expected, rtol=1e-4, atol=1e-5)


def test_groups_of_resnext() -> None:
    network = ResNeXt(50, base_channels=8, groups=2, width_per_group=3)
    first, last = (network.get_submodule(f"layer{i}.0.conv2") for i in (1, 4))
    assert isinstance(first, nn.Conv2d) and isinstance(last, nn.Conv2d)
    assert (first.groups, first.in_channels, first.out_channels) == (2, 6, 6)
    assert (last.groups, last.in_channels) == (2, 48)
    assert network.out_channels == 4 * 8 * 2**3


def test_torchvisions_way_to_write_a_wide_resnet() -> None:
    with torch.device("meta"):
        shapes = [
            {name: value.shape for name, value in network.state_dict().items()}
            for network in (ResNet(50, width_per_group=128), ResNet(50, base_channels=128, expansion=2))
        ]
    assert shapes[0] == shapes[1]


def test_mean_of_the_shortcut_by_hand() -> None:
    layers = shortcut(1, 1, 2, {"type": "BN", "affine": False}, avg_down=True).eval()
    nn.init.ones_(layers.get_parameter("1.weight"))
    x = torch.arange(9.0).reshape(1, 1, 3, 3)  # an odd size: the mean at the edge is of what is there
    expected = torch.tensor([[(0 + 1 + 3 + 4) / 4, (2 + 5) / 2], [(6 + 7) / 2, 8.0]])
    torch.testing.assert_close(layers(x)[0, 0], expected, rtol=1e-4, atol=0)


def test_squeeze_excite_by_hand() -> None:
    layer = SqueezeExcite(2, ratio=1)
    for parameter in layer.parameters():
        nn.init.zeros_(parameter)
    x = torch.randn(3, 2, 4, 4)
    torch.testing.assert_close(layer(x), x / 2)  # sigmoid(0)
    nn.init.constant_(layer.fc2.get_parameter("bias"), -100.0)
    assert not layer(x).any()


def test_squeeze_excite_weighs_a_channel_alike_everywhere() -> None:
    x = torch.rand(2, 16, 5, 5) + 0.1
    weights = SqueezeExcite(16)(x) / x
    torch.testing.assert_close(weights, weights[:, :, :1, :1].expand_as(weights))
    assert weights.std(dim=1).min() > 0


def test_make_divisible() -> None:
    assert [make_divisible(c) for c in (1, 11, 12, 16, 33.6, 44.8)] == [8, 16, 16, 16, 32, 48]


@pytest.mark.parametrize(
    "network",
    [
        ResNetV1c(18, stem_channels=4, base_channels=4),
        ResNetV1d(50, stem_channels=4, base_channels=4),
        ResNeXt(50, stem_channels=4, base_channels=4, groups=2, width_per_group=2),
        SEResNet(50, stem_channels=4, base_channels=4, se_ratio=2),
        SEResNeXt(50, stem_channels=4, base_channels=4, groups=2, width_per_group=2, se_ratio=2),
        ResNet(50, stem_channels=4, base_channels=4, expansion=2),
    ],
    ids=lambda network: type(network).__name__,
)
def test_a_gradient_reaches_every_parameter(network: ResNet) -> None:
    torch.manual_seed(0)
    for module in network.modules():  # a zero branch passes none to what lies before its last layer
        if isinstance(module, nn.BatchNorm2d):
            nn.init.ones_(module.weight)
        if isinstance(module, SqueezeExcite):  # so that its ReLU passes some of each channel
            nn.init.ones_(module.fc1.get_parameter("bias"))
    network(torch.randn(4, 3, 64, 64))[0].square().sum().backward()
    assert [name for name, p in network.named_parameters() if p.grad is None or not p.grad.any()] == []


@pytest.mark.parametrize("kind", [ResNetV1c, ResNetV1d])
def test_a_frozen_deep_stem(kind: type[ResNet]) -> None:
    network = kind(18, stem_channels=4, base_channels=4, frozen_stages=0).train()
    still = {name for name, module in network.named_modules() if not module.training}
    assert {"conv1", "conv1.1", "conv1.4", "bn1"} <= still
    frozen = [name for name, p in network.named_parameters() if not p.requires_grad]
    assert frozen and all(name.startswith(("conv1.", "bn1.")) for name in frozen)


def test_maps_of_all_stages_and_no_mean_where_the_size_stays() -> None:
    strides, dilations, all_stages = (1, 2, 2, 1), (1, 1, 1, 2), (0, 1, 2, 3)
    network = ResNetV1d(
        18, stem_channels=4, base_channels=4, strides=strides, dilations=dilations, out_indices=all_stages
    )
    maps = network(torch.randn(1, 3, 64, 64))
    assert [tuple(m.shape) for m in maps] == [(1, 4, 16, 16), (1, 8, 8, 8), (1, 16, 4, 4), (1, 32, 4, 4)]


def test_other_norms_reach_the_deep_stem() -> None:
    network = ResNetV1d(18, stem_channels=4, base_channels=4, norm_cfg={"type": "GN", "num_groups": 2})
    assert not any(isinstance(module, nn.BatchNorm2d) for module in network.modules())


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: ResNeXt(18), "model.backbone.depth: 18 is not one of 50, 101, 152."),
        (lambda: SEResNet(34), "model.backbone.depth: 34 is not one of 50, 101, 152."),
        (lambda: ResNetV1d(51), "model.backbone.depth: 51 is not one of 18, 34, 50, 101, 152."),
        (
            lambda: ResNet(18, groups=32, width_per_group=4),
            "model.backbone.depth: ResNet-18 has basic blocks; .* for bottlenecks: take depth 50, 101 or 152.",
        ),
        (lambda: ResNet(34, expansion=2), "ResNet-34 has basic blocks; expansion"),
        (lambda: ResNeXt(50, style="caffee"), "'caffee' is not one of 'pytorch', 'caffe'. Did you mean 'caffe'?"),  # type: ignore[arg-type]
        (lambda: ResNet(50, groups=3), r"model.backbone.groups: 3 groups do not part 64 channels evenly."),
        (lambda: ResNeXt(50, groups=0), "model.backbone.groups: 0 is less than 1."),
        (lambda: ResNeXt(50, width_per_group=-4), "model.backbone.width_per_group: -4 is less than 0."),
        (lambda: SEResNet(50, se_ratio=-1), "model.backbone.se_ratio: -1 is less than 0."),
        (lambda: ResNet(50, expansion=0), "model.backbone.expansion: 0 is less than 1."),
    ],
)
def test_what_does_not_go_together(make: Callable[[], ResNet], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        make()
