"""ResNets: the gradients are torchvision's, and MMPretrain's arguments do as they say (outputs: ``tests/parity``)."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from course_lib.config.errors import CheckpointError, ConfigError
from course_lib.models import GlobalAveragePooling, ImageClassifier, LinearClsHead, ResNet, ResNet_CIFAR
from course_lib.models.backbones.resnet import BasicBlock, Bottleneck


def count(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


def as_ours(state: dict[str, Tensor]) -> dict[str, Tensor]:
    return {("head." if name.startswith("fc.") else "backbone.") + name: value for name, value in state.items()}


def test_same_gradients_as_torchvision() -> None:
    import torchvision

    theirs = torchvision.models.resnet18(num_classes=10).eval()
    ours = ImageClassifier(ResNet(18), GlobalAveragePooling(), LinearClsHead(10, 512)).eval()
    ours.load_state_dict(as_ours(theirs.state_dict()))
    images, labels = torch.randn(4, 3, 32, 32), torch.tensor([1, 5, 7, 9])
    nn.functional.cross_entropy(theirs(images), labels).backward()
    ours.loss({"images": images, "labels": labels})["loss"].backward()
    grads = as_ours({name: p.grad for name, p in theirs.named_parameters() if p.grad is not None})
    assert len(grads) == 62
    for name, parameter in ours.named_parameters():
        torch.testing.assert_close(parameter.grad, grads[name], rtol=1e-4, atol=1e-5)


def test_caffe_style_puts_the_stride_on_the_first_convolution() -> None:
    strides = {}
    for style in ("pytorch", "caffe"):
        block = Bottleneck(8, 4, stride=2, style=style)  # type: ignore[arg-type]
        strides[style] = [conv.stride[0] for conv in (block.conv1, block.conv2, block.conv3)]
        assert block(torch.randn(1, 8, 8, 8)).shape == (1, 16, 4, 4)
    assert strides == {"pytorch": [1, 2, 1], "caffe": [2, 1, 1]}


@pytest.mark.parametrize("make", [lambda: BasicBlock(8, 8), lambda: Bottleneck(8, 2)])
def test_a_fresh_block_with_a_zero_branch_is_the_identity(make: Callable[[], nn.Module]) -> None:
    block = make()
    norms = [layer for layer in block.children() if isinstance(layer, nn.BatchNorm2d)]
    nn.init.zeros_(norms[-1].weight)
    x = torch.rand(2, 8, 4, 4)
    assert torch.equal(block(x), x)


def test_zero_init_residual() -> None:
    for zero in (True, False):
        network = ResNet(18, base_channels=4, stem_channels=4, zero_init_residual=zero)
        weights = [block.bn2.get_parameter("weight") for block in network.modules() if isinstance(block, BasicBlock)]
        assert [weight.unique().tolist() for weight in weights] == [[0.0 if zero else 1.0]] * 8


def small(**changes: object) -> ResNet:
    return ResNet(18, stem_channels=4, base_channels=4, **changes)  # type: ignore[arg-type]


def test_out_indices_give_the_maps_of_those_stages() -> None:
    network = small(out_indices=(0, 1, 3))
    maps = network(torch.randn(2, 3, 64, 64))
    assert [tuple(m.shape) for m in maps] == [(2, 4, 16, 16), (2, 8, 8, 8), (2, 32, 2, 2)]
    assert network.out_channels == 32


def test_fewer_stages_strides_and_dilations() -> None:
    network = small(num_stages=3, strides=(1, 2, 1), dilations=(1, 1, 2), out_indices=(2,))
    (last,) = network(torch.randn(1, 3, 64, 64))
    assert last.shape == (1, 16, 8, 8)
    assert network.out_channels == 16
    assert network.get_submodule("layer3.0.conv1").dilation == (2, 2)
    assert not hasattr(network, "layer4")


def test_frozen_stages_do_not_train_and_keep_their_statistics() -> None:
    network = small(frozen_stages=2)
    network.train()
    frozen = {"conv1", "bn1", "layer1", "layer2"}
    for name, parameter in network.named_parameters():
        assert parameter.requires_grad == (name.split(".")[0] not in frozen), name
    before = {name: value.clone() for name, value in network.state_dict().items()}
    network(torch.randn(4, 3, 32, 32))[0].sum().backward()
    changed = {
        name.split(".")[0] for name, value in network.state_dict().items() if not torch.equal(value, before[name])
    }
    assert changed == {"layer3", "layer4"}
    assert network.layer3.training and not network.layer2.training and network.training  # type: ignore[union-attr]


@pytest.mark.parametrize(("frozen_stages", "trains"), [(-1, 62 - 2), (0, 60 - 3), (4, 0)])
def test_how_much_is_frozen(frozen_stages: int, trains: int) -> None:
    network = small(frozen_stages=frozen_stages)
    assert sum(parameter.requires_grad for parameter in network.parameters()) == trains


def test_frozen_before_the_first_call_of_train() -> None:
    assert not small(frozen_stages=1).bn1.training


def test_norm_eval_keeps_statistics_but_trains_weights() -> None:
    network = small(norm_eval=True).train()
    network(torch.randn(4, 3, 32, 32))[0].sum().backward()
    assert bool((network.get_submodule("layer2.0.bn1").get_buffer("running_mean") == 0).all())
    assert all(parameter.requires_grad for parameter in network.parameters())
    assert network.layer1.training  # type: ignore[union-attr]


def test_checkpointing_changes_no_gradient() -> None:
    grads = []
    for with_cp in (False, True):
        torch.manual_seed(0)
        network = small(with_cp=with_cp, zero_init_residual=False)
        network(torch.randn(4, 3, 32, 32))[0].square().sum().backward()
        grads.append([parameter.grad for parameter in network.parameters()])
    assert all(torch.equal(a, b) for a, b in zip(*grads, strict=True))


def test_drop_path_rises_with_depth_and_keeps_evaluation_as_it_is() -> None:
    network = small(drop_path_rate=0.7)
    rates = [block.drop_path.rate for block in network.modules() if isinstance(block, BasicBlock)]
    assert rates == pytest.approx([0.1 * i for i in range(8)])


def test_group_norm() -> None:
    network = small(norm_cfg={"type": "GN", "num_groups": 2})
    assert isinstance(network.bn1, nn.GroupNorm)
    assert network(torch.randn(1, 3, 32, 32))[0].shape == (1, 32, 1, 1)


@pytest.mark.parametrize("network", [small(), ResNet_CIFAR(50, stem_channels=4, base_channels=4)])
def test_a_gradient_reaches_every_parameter(network: ResNet) -> None:
    for module in network.modules():  # a zero branch passes none to what lies before its last layer
        if isinstance(module, nn.BatchNorm2d):
            nn.init.ones_(module.weight)
    network(torch.randn(4, 3, 32, 32))[0].square().sum().backward()
    assert [name for name, p in network.named_parameters() if p.grad is None or not p.grad.any()] == []


def test_pretrained_backbone_out_of_a_classifier(tmp_path: Path) -> None:
    source = ImageClassifier(small(), GlobalAveragePooling(), LinearClsHead(7, 32))
    torch.save({"state_dict": source.state_dict()}, tmp_path / "source.pth")
    init_cfg = {"type": "Pretrained", "checkpoint": str(tmp_path / "source.pth"), "prefix": "backbone"}
    network = small(init_cfg=init_cfg, frozen_stages=4)
    assert all(torch.equal(value, source.backbone.state_dict()[name]) for name, value in network.state_dict().items())
    with pytest.raises(CheckpointError, match=r"is of another model than this ResNet: \d+ of 216 entries do not fit"):
        ResNet(34, stem_channels=4, base_channels=4, init_cfg=init_cfg)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"depth": 20}, "model.backbone.depth: 20 is not one of 18, 34, 50, 101, 152."),
        (
            {"style": "pytorhc"},
            "model.backbone.style: 'pytorhc' is not one of 'pytorch', 'caffe'. Did you mean 'pytorch'?",
        ),
        ({"num_stages": 5}, "num_stages: 5 is not in 1 … 4."),
        ({"strides": (1, 2)}, "strides: 2 values for 4 stages."),
        ({"out_indices": (4,)}, r"out_indices: \(4,\) must name stages in 0 … 3."),
        ({"frozen_stages": 5}, "frozen_stages: 5 is not in -1 … 4."),
        (
            {"norm_cfg": {"type": "SyncNB"}},
            "norm_cfg.type: 'SyncNB' is not one of 'BN', 'SyncBN', 'GN'. Did you mean 'SyncBN'?",
        ),
        (
            {"norm_cfg": {"type": "BN", "momemtum": 1}},
            "norm_cfg.momemtum: there is no such setting. Did you mean 'momentum'?",
        ),
    ],
)
def test_what_does_not_go_together(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        ResNet(**{"depth": 18, **changes})  # type: ignore[arg-type]


def test_every_mistake_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        ResNet(18, strides=(1,), out_indices=(), frozen_stages=9)
    assert len(caught.value.mistakes) == 3
