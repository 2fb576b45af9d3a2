"""ConvNeXt against torchvision's: the same parameters, and with the same weights the same numbers."""

from typing import Any

import pytest
import torch
from torch import nn

from course_lib.config.errors import ConfigError
from course_lib.models import ConvNeXt, ImageClassifier, LinearClsHead
from course_lib.models.backbones.convnext import ChannelNorm, ConvNeXtBlock
from course_lib.models.key_names import translate
from course_lib.models.key_names_torchvision import TORCHVISION

SMALL = {"depths": (2, 1, 2, 1), "channels": (8, 12, 16, 24)}


def from_torchvision(state: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    found, _ = translate(state, ["stages.0.0.depthwise.weight"], TORCHVISION)
    return {name: value.flatten() if name.endswith("gamma") else value for name, value in found.items()}


def small(**changes: Any) -> ConvNeXt:
    return ConvNeXt(**{"arch": SMALL, **changes})


def as_ours(state: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """torchvision's whole classifier → ours."""
    return {
        name.replace("classifier.2.", "head.fc.") if name.startswith("classifier.2.") else f"backbone.{name}": value
        for name, value in from_torchvision(state).items()
    }


@pytest.mark.parametrize("size", [(32, 32), (64, 96), (70, 45)])
def test_same_weights_same_logits_and_gradients_as_torchvision(size: tuple[int, int]) -> None:
    from torchvision.models.convnext import CNBlockConfig
    from torchvision.models.convnext import ConvNeXt as Theirs

    torch.manual_seed(0)
    stages = [CNBlockConfig(8, 12, 2), CNBlockConfig(12, 16, 1), CNBlockConfig(16, 24, 2), CNBlockConfig(24, None, 1)]
    theirs = Theirs(stages, num_classes=5).eval()
    for value in theirs.parameters():
        nn.init.normal_(value, 0, 0.2)
    ours = ImageClassifier(small(), None, LinearClsHead(5, 24)).eval()
    ours.load_state_dict(as_ours(theirs.state_dict()))
    images = torch.randn(2, 3, *size)
    expected, found = theirs(images), ours(images)
    assert expected.std() > 0.1, "the comparison would show nothing"
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-5)
    expected.square().sum().backward()
    found.square().sum().backward()
    grads = as_ours({name: p.grad for name, p in theirs.named_parameters() if p.grad is not None})
    for name, parameter in ours.named_parameters():
        torch.testing.assert_close(parameter.grad, grads[name], rtol=1e-3, atol=1e-3)


def test_a_fresh_block_is_nearly_the_identity() -> None:
    x = torch.randn(2, 8, 9, 9)
    torch.testing.assert_close(ConvNeXtBlock(8, 0.0, layer_scale=1e-6)(x), x, rtol=0, atol=1e-5)
    assert ConvNeXtBlock(8, 0.0, layer_scale=0.0).gamma is None


def test_channel_norm_at_each_position() -> None:
    out = ChannelNorm(16)(3 + 5 * torch.randn(2, 16, 4, 4))
    torch.testing.assert_close(out.mean(dim=1), torch.zeros(2, 4, 4), rtol=0, atol=1e-5)
    torch.testing.assert_close(out.std(dim=1, correction=0), torch.ones(2, 4, 4), rtol=0, atol=1e-4)


def test_out_indices_pooled_or_as_maps() -> None:
    images = torch.randn(2, 3, 64, 64)
    model = small(out_indices=(1, -1))
    assert [tuple(output.shape) for output in model(images)] == [(2, 12), (2, 24)]
    assert (model.in_channels, model.out_channels, model.out_indices) == (3, 24, (1, 3))
    maps = small(out_indices=(0, 3), gap_before_final_norm=False)(images)
    assert [tuple(output.shape) for output in maps] == [(2, 8, 16, 16), (2, 24, 2, 2)]


def test_a_gradient_reaches_every_parameter() -> None:
    model = small(layer_scale_init_value=0.1)
    model(torch.randn(4, 3, 64, 64))[0].pow(3).sum().backward()
    assert [name for name, p in model.named_parameters() if p.grad is None or not p.grad.any()] == []


def test_checkpointing_changes_no_gradient() -> None:
    grads = []
    for with_cp in (False, True):
        torch.manual_seed(0)
        model = small(with_cp=with_cp)
        model(torch.randn(2, 3, 32, 32))[0].pow(3).sum().backward()
        grads.append([parameter.grad for parameter in model.parameters()])
    assert all(torch.equal(a, b) for a, b in zip(*grads, strict=True))


def test_frozen_stages() -> None:
    model = small(frozen_stages=2, drop_path_rate=0.5).train()
    assert [stage.training for stage in model.stages] == [False, False, True, True]
    assert [next(part.parameters()).requires_grad for part in model.downsamples] == [False, False, True, True]
    assert all(p.requires_grad for p in small().parameters())


def test_drop_path_rises_with_depth() -> None:
    rates = [block.drop_path.rate for stage in small(drop_path_rate=0.5).stages for block in stage.children()]
    assert rates == pytest.approx([0.1 * i for i in range(6)])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"arch": "xlarg"}, "model.backbone.arch: 'xlarg' is not one of .* Did you mean 'xlarge'?"),
        ({"arch": {"depths": (1, 1)}}, "arch: channels missing; a dict needs depths, channels."),
        ({"arch": {"depths": (1,), "channels": (8, 8)}}, "arch: 1 depths but 2 channels"),
        ({"out_indices": ()}, r"out_indices: \(\) must name layers in -4 … 3."),
        ({"frozen_stages": 5}, "frozen_stages: 5 is not in -1 … 4."),
    ],
)
def test_what_does_not_go_together(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        small(**changes)
