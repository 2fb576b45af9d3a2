"""Backbones in stages: torchvision's layers give torchvision's numbers, and MMPretrain's arguments do as they say."""

from collections.abc import Callable, Iterable
from itertools import pairwise

import pytest
import torch
from torch import Tensor, nn

from course_lib.config.errors import ConfigError
from course_lib.models import AlexNet, DenseNet, EfficientNet, MobileNetV3, RegNet, RepVGG, ShuffleNetV1, ShuffleNetV2
from course_lib.models.backbones.staged import Staged


def count(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


def linear(*lengths: int) -> int:
    """Parameters of linear layers, one after the other."""
    return sum((before + 1) * after for before, after in pairwise(lengths))


# Published by torchvision beside its weights, except: small_050, small_075, b8, 4.0gf, 6.4gf, 12gf and 400mf are timm's
# (torchvision's 400mf ends at another width than the paper's).
PARAMETERS: dict[tuple[Callable[..., Staged], object], tuple[int, tuple[int, ...]]] = {
    (DenseNet, "121"): (7_978_856, (1024, 1000)),
    (DenseNet, "161"): (28_681_000, (2208, 1000)),
    (DenseNet, "169"): (14_149_480, (1664, 1000)),
    (DenseNet, "201"): (20_013_928, (1920, 1000)),
    (ShuffleNetV2, 0.5): (1_366_792, (1024, 1000)),
    (ShuffleNetV2, 1.0): (2_278_604, (1024, 1000)),
    (ShuffleNetV2, 1.5): (3_503_624, (1024, 1000)),
    (ShuffleNetV2, 2.0): (7_393_996, (2048, 1000)),
    (MobileNetV3, "small"): (2_542_856, (576, 1024, 1000)),
    (MobileNetV3, "small_075"): (2_041_872, (432, 1024, 1000)),
    (MobileNetV3, "small_050"): (1_593_224, (288, 1024, 1000)),
    (MobileNetV3, "large"): (5_483_032, (960, 1280, 1000)),
    (EfficientNet, "b0"): (5_288_548, (1280, 1000)),
    (EfficientNet, "b1"): (7_794_184, (1280, 1000)),
    (EfficientNet, "b2"): (9_109_994, (1408, 1000)),
    (EfficientNet, "b3"): (12_233_232, (1536, 1000)),
    (EfficientNet, "b4"): (19_341_616, (1792, 1000)),
    (EfficientNet, "b5"): (30_389_784, (2048, 1000)),
    (EfficientNet, "b6"): (43_040_704, (2304, 1000)),
    (EfficientNet, "b7"): (66_347_960, (2560, 1000)),
    (EfficientNet, "b8"): (87_413_142, (2816, 1000)),
    (RegNet, "regnetx_400mf"): (5_157_512, (384, 1000)),
    (RegNet, "regnetx_800mf"): (7_259_656, (672, 1000)),
    (RegNet, "regnetx_1.6gf"): (9_190_136, (912, 1000)),
    (RegNet, "regnetx_3.2gf"): (15_296_552, (1008, 1000)),
    (RegNet, "regnetx_4.0gf"): (22_118_248, (1360, 1000)),
    (RegNet, "regnetx_6.4gf"): (26_209_256, (1624, 1000)),
    (RegNet, "regnetx_8.0gf"): (39_572_648, (1920, 1000)),
    (RegNet, "regnetx_12gf"): (46_106_056, (2240, 1000)),
}


@pytest.mark.parametrize(("make", "arch"), PARAMETERS)
def test_as_many_parameters_as_published(make: Callable[..., Staged], arch: object) -> None:
    published, head = PARAMETERS[make, arch]
    with torch.device("meta"):
        backbone = make(arch)
    assert backbone.out_channels == head[0]
    assert count(backbone) + linear(*head) == published


# our arguments, torchvision's name, the name of its layer that sees the features
TWINS = [
    (DenseNet, "121", "densenet121", "classifier"),
    (DenseNet, "161", "densenet161", "classifier"),
    (ShuffleNetV2, 0.5, "shufflenet_v2_x0_5", "fc"),
    (ShuffleNetV2, 1.0, "shufflenet_v2_x1_0", "fc"),
    (ShuffleNetV2, 2.0, "shufflenet_v2_x2_0", "fc"),
    (MobileNetV3, "small", "mobilenet_v3_small", "classifier"),
    (MobileNetV3, "large", "mobilenet_v3_large", "classifier"),
    (EfficientNet, "b0", "efficientnet_b0", "classifier"),
    (EfficientNet, "b5", "efficientnet_b5", "classifier"),
    (RegNet, "regnetx_800mf", "regnet_x_800mf", "fc"),
    (RegNet, "regnetx_1.6gf", "regnet_x_1_6gf", "fc"),
]


@pytest.mark.parametrize(("make", "arch", "name", "last"), TWINS)
def test_same_weights_same_features_as_torchvision(
    make: Callable[..., Staged], arch: object, name: str, last: str
) -> None:
    import torchvision

    theirs = torchvision.models.get_model(name, weights=None).eval()
    draw_statistics(theirs)
    with torch.device("meta"):
        ours = make(arch)
    weights = {key: value for key, value in theirs.state_dict().items() if not key.startswith(last)}
    ours.load_state_dict(weights, assign=True)
    seen: list[Tensor] = []
    theirs.get_submodule(last).register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    images = torch.randn(2, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        theirs(images)
        (found,) = ours.eval()(images)
    assert seen[0].std() > 1e-3, "the comparison would show nothing"
    torch.testing.assert_close(found.mean((2, 3)), seen[0], rtol=1e-5, atol=1e-5)


def draw_statistics(network: nn.Module) -> None:
    """Give every BatchNorm a mean and a variance of its own, that a wrong epsilon or order would show."""
    generator = torch.Generator().manual_seed(1)
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            assert module.running_mean is not None and module.running_var is not None
            module.running_mean.normal_(0, 0.1, generator=generator)
            module.running_var.uniform_(0.05, 0.5, generator=generator)


def test_b8_has_layers_of_the_same_shapes_as_timms() -> None:
    """No more can be compared: timm's pads on one side, as TensorFlow does."""
    timm = pytest.importorskip("timm")
    with torch.device("meta"):
        theirs, ours = timm.create_model("tf_efficientnet_b8"), EfficientNet("b8")
    shapes = [tuple(value.shape) for name, value in theirs.named_parameters() if not name.startswith("classifier")]
    assert sorted(shapes) == sorted(tuple(value.shape) for value in ours.parameters())


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


def test_alexnet_is_torchvisions() -> None:
    import torchvision

    theirs = torchvision.models.alexnet(weights=None).eval()
    assert count(theirs) == 61_100_840
    with torch.device("meta"):
        ours, features = AlexNet(1000), AlexNet()
    ours.load_state_dict(theirs.state_dict(), assign=True)
    features.load_state_dict(theirs.features.state_dict(prefix="features."), assign=True)
    images = torch.randn(2, 3, 96, 96)
    with torch.no_grad():
        torch.testing.assert_close(ours.eval()(images)[0], theirs(images))
        torch.testing.assert_close(features(images)[0], theirs.features(images))
    assert (ours.out_channels, features.out_channels) == (1000, 256)
    assert count(features) == 2_469_696
