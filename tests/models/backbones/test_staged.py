"""Backbones in stages: MMPretrain's arguments do as they say (outputs and parameters: ``tests/parity``)."""

from collections.abc import Callable, Iterable

import pytest
import torch
from torch import nn

from course_lib.config.errors import ConfigError
from course_lib.models import AlexNet, DenseNet, EfficientNet, MobileNetV3, RegNet, RepVGG, ShuffleNetV1, ShuffleNetV2
from course_lib.models.backbones.staged import Staged


def small_ones() -> dict[str, Staged]:
    return {
        "densenet": DenseNet(out_indices=(0, 3)),
        "shufflenet_v2": ShuffleNetV2(0.5, out_indices=(0, 3)),
        "mobilenet_v3": MobileNetV3("small_050", out_indices=(1, 12)),
        "efficientnet": EfficientNet(out_indices=(2, 6)),
        "regnet": RegNet("regnetx_400mf", out_indices=(0, 3)),
        "repvgg": RepVGG("A0", base_channels=16, out_indices=(0, 3)),
        "shufflenet_v1": ShuffleNetV1(out_indices=(0, 2)),
    }


SHAPES = {
    "densenet": [(2, 128, 8, 8), (2, 1024, 2, 2)],
    "shufflenet_v2": [(2, 48, 8, 8), (2, 1024, 2, 2)],
    "mobilenet_v3": [(2, 8, 16, 16), (2, 288, 2, 2)],
    "efficientnet": [(2, 24, 16, 16), (2, 1280, 2, 2)],
    "regnet": [(2, 32, 16, 16), (2, 384, 2, 2)],
    "repvgg": [(2, 12, 16, 16), (2, 320, 2, 2)],
    "shufflenet_v1": [(2, 240, 8, 8), (2, 960, 2, 2)],
}


@pytest.mark.parametrize("name", SHAPES)
def test_maps_of_the_stages_and_a_gradient_for_every_parameter(name: str) -> None:
    torch.manual_seed(0)
    network = small_ones()[name]
    maps = network(torch.randn(2, 3, 64, 64))
    assert [tuple(m.shape) for m in maps] == SHAPES[name]
    assert network.out_channels == maps[-1].shape[1]
    sum(m.square().sum() for m in maps).backward()
    assert [key for key, p in network.named_parameters() if p.grad is None or not p.grad.any()] == []


@pytest.mark.parametrize("index", range(7))
def test_channels_of_each_of_efficientnets_stages(index: int) -> None:
    network = EfficientNet(out_indices=(index,)).eval()
    assert network(torch.randn(1, 3, 32, 32))[0].shape[1] == network.out_channels


def test_grey_pictures() -> None:
    for network in (
        DenseNet(in_channels=1),
        ShuffleNetV2(0.5, in_channels=1),
        MobileNetV3("small_050", in_channels=1),
        EfficientNet(in_channels=1),
        RegNet("regnetx_400mf", in_channels=1),
        RepVGG("A0", in_channels=1, base_channels=16),
        ShuffleNetV1(in_channels=1),
        AlexNet(in_channels=1),
    ):
        assert network.in_channels == 1
        assert network.eval()(torch.randn(1, 1, 64, 64))[0].shape[:2] == (1, network.out_channels)


@pytest.mark.parametrize("widen_factor", [0.5, 1.5, 2.0])
def test_other_widths_of_shufflenet_v2_as_torchvisions(widen_factor: float) -> None:
    from torchvision.models import get_model

    theirs = get_model(f"shufflenet_v2_x{widen_factor}".replace(".", "_"), weights=None).eval()
    ours = ShuffleNetV2(widen_factor).eval()
    ours.load_state_dict({key: value for key, value in theirs.state_dict().items() if not key.startswith("fc.")})
    images = torch.randn(1, 3, 64, 64)
    with torch.no_grad():
        (found,) = ours(images)
        torch.testing.assert_close(theirs.fc(found.mean((2, 3))), theirs(images))
    assert found.shape[1] == ours.out_channels


def test_alexnet_without_its_full_connection() -> None:
    from torchvision.models import alexnet

    with torch.device("meta"):
        theirs, ours = alexnet(), AlexNet()
        assert ours(torch.empty(2, 3, 96, 96))[0].shape == theirs.features(torch.empty(2, 3, 96, 96)).shape
    shapes = {name: value.shape for name, value in theirs.features.state_dict(prefix="features.").items()}
    assert {name: value.shape for name, value in ours.state_dict().items()} == shapes
    assert (ours.out_channels, AlexNet(7).out_channels) == (256, 7)


def kinds(network: nn.Module) -> set[type[nn.Module]]:
    return {type(module) for module in network.modules()}


def test_activations_and_normalisations_of_efficientnet_and_mobilenet_v3() -> None:
    with torch.device("meta"):
        assert nn.SiLU in kinds(EfficientNet()) and nn.ReLU not in kinds(EfficientNet())
        other = EfficientNet("es", act_cfg={"type": "ReLU", "inplace": True}, norm_cfg={"type": "GN", "num_groups": 4})
        assert nn.ReLU in kinds(other) and not kinds(other) & {nn.SiLU, nn.BatchNorm2d}
        for arch in ("small_050", "large"):
            network = MobileNetV3(arch, norm_cfg={"type": "BN", "eps": 1e-5, "momentum": 0.1})
            norms = [module for module in network.modules() if isinstance(module, nn.BatchNorm2d)]
            assert {(norm.eps, norm.momentum) for norm in norms} == {(1e-5, 0.1)}
        eps = {arch: EfficientNet(arch).features[0][1].eps for arch in ("b4", "b5", "l2", "es")}  # type: ignore[index,union-attr]
    assert eps == {"b4": 1e-5, "b5": 1e-3, "l2": 1e-3, "es": 1e-3}


def test_stages_of_an_edge_efficientnet() -> None:
    network = EfficientNet("es", out_indices=range(7), frozen_stages=2).eval()  # type: ignore[arg-type]
    maps = network(torch.randn(1, 3, 64, 64))
    assert [m.shape[1:3] for m in maps] == [(32, 32), (24, 32), (32, 16), (48, 8), (144, 4), (192, 2), (1280, 2)]
    frozen = {name.split(".")[1] for name, p in network.named_parameters() if not p.requires_grad}
    assert frozen == {"0", "1"}


def tops(names: Iterable[str], depth: int = 1) -> set[str]:
    return {".".join(name.split(".")[:depth]) for name in names}


@pytest.mark.parametrize(
    ("network", "frozen"),
    [
        (ShuffleNetV2(0.5, frozen_stages=1), {"conv1", "stage2"}),
        (RepVGG("A0", base_channels=16, frozen_stages=2), {"stem", "stage_1", "stage_2"}),
        (RepVGG("A0", base_channels=16, frozen_stages=-1), set()),
        (RepVGG("A0", base_channels=16, frozen_stages=0), {"stem"}),
    ],
)
def test_frozen_stages_do_not_train_and_keep_their_statistics(network: Staged, frozen: set[str]) -> None:
    network.train()
    assert tops(name for name, p in network.named_parameters() if not p.requires_grad) == frozen
    before = {name: value.clone() for name, value in network.state_dict().items()}
    network(torch.randn(2, 3, 64, 64))
    kept = {name for name, value in network.state_dict().items() if torch.equal(value, before[name])}
    means = {name for name in before if name.endswith("running_mean")}
    assert tops(kept & means) == frozen


@pytest.mark.parametrize(
    ("network", "frozen"),
    [
        (MobileNetV3("small_050", frozen_stages=1), {"features.0", "features.1"}),
        (EfficientNet(frozen_stages=5), {f"features.{i}" for i in range(6)}),
        (EfficientNet(), set()),
        (DenseNet(), set()),
        (
            DenseNet(frozen_stages=1),
            {"features.conv0", "features.norm0", "features.denseblock1", "features.transition1"},
        ),
    ],
)
def test_frozen_layers_as_mmpretrain_counts_them(network: Staged, frozen: set[str]) -> None:
    assert tops((name for name, p in network.named_parameters() if not p.requires_grad), depth=2) == frozen


def test_norm_eval_keeps_statistics_but_trains_weights() -> None:
    network = ShuffleNetV2(0.5, norm_eval=True).train()
    network(torch.randn(2, 3, 64, 64))
    assert not network.get_submodule("conv1.1").get_buffer("running_mean").any()
    assert network.training and all(parameter.requires_grad for parameter in network.parameters())


@pytest.mark.parametrize("make", [ShuffleNetV1, lambda **args: RepVGG("A0", base_channels=16, **args)])
def test_checkpointing_changes_no_gradient(make: Callable[..., Staged]) -> None:
    grads = []
    for with_cp in (False, True):
        torch.manual_seed(0)
        network = make(with_cp=with_cp)
        network(torch.randn(2, 3, 64, 64))[0].square().sum().backward()
        grads.append([parameter.grad for parameter in network.parameters()])
    for a, b in zip(*grads, strict=True):
        torch.testing.assert_close(a, b)


def test_stochastic_depth_of_efficientnet_rises() -> None:
    rates = [m.p for m in EfficientNet(drop_path_rate=0.16).modules() if type(m).__name__ == "StochasticDepth"]
    assert rates == pytest.approx([0.01 * i for i in range(16)])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: DenseNet("1201"), r"arch: '1201' is not one of '121', .* Did you mean '201'"),
        (lambda: ShuffleNetV2(0.7), "widen_factor: 0.7 is not one of 0.5, 1.0, 1.5, 2.0"),
        (lambda: MobileNetV3("smal"), "arch: 'smal' is not one of .* Did you mean 'small'"),
        (lambda: EfficientNet("b9"), "arch: 'b9' is not one of 'b0'"),
        (lambda: EfficientNet(act_cfg={"type": "Swich"}), r"act_cfg.type: 'Swich' .* Did you mean 'Swish'\?"),
        (lambda: EfficientNet(act_cfg={"typ": "Swish"}), r"act_cfg.typ: there is no such setting. Did you mean 'type'"),
        (lambda: RegNet("regnetx_400m"), "Did you mean 'regnetx_400mf'"),
        (lambda: RepVGG("A9"), "arch: 'A9' is not one of 'A0'"),
        (lambda: ShuffleNetV1(5), "groups: 5 is not one of 1, 2, 3, 4, 8"),
        (lambda: ShuffleNetV1(out_indices=(3,)), r"out_indices: \(3,\) must name stages in 0 … 2."),
        (lambda: RegNet("regnetx_400mf", frozen_stages=5), "frozen_stages: 5 is not in -1 … 4."),
        (lambda: EfficientNet(frozen_stages=-1), "frozen_stages: -1 is not in 0 … 7."),
    ],
)
def test_what_there_is_not(make: Callable[[], nn.Module], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        make()
