"""MLP-Mixer against timm's: the same names and parameters, and with the same weights the same numbers."""

from typing import Any

import pytest
import torch
from torch import nn

from course_lib.config.errors import ConfigError
from course_lib.models import GlobalAveragePooling, ImageClassifier, LinearClsHead, MlpMixer

SMALL = {"embed_dims": 16, "num_layers": 2, "tokens_mlp_dims": 8, "channels_mlp_dims": 64}


def small(**changes: Any) -> MlpMixer:
    return MlpMixer(**{"arch": SMALL, "img_size": 32, "patch_size": 8, **changes})


def as_ours(state: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """timm's whole classifier → ours."""
    return {
        name.replace("head.", "head.fc.") if name.startswith("head.") else f"backbone.{name}": value
        for name, value in state.items()
    }


@pytest.mark.parametrize("seed", range(3))
def test_same_weights_same_logits_as_timm(seed: int) -> None:
    mixer = pytest.importorskip("timm.models.mlp_mixer")
    torch.manual_seed(seed)
    theirs = mixer.MlpMixer(5, 32, patch_size=8, num_blocks=2, embed_dim=16).eval()
    for value in theirs.parameters():
        nn.init.normal_(value, 0, 0.2)
    ours = ImageClassifier(small(), GlobalAveragePooling(), LinearClsHead(5, 16)).eval()
    ours.load_state_dict(as_ours(theirs.state_dict()))
    images = torch.randn(2, 3, 32, 32)
    with torch.no_grad():
        expected = theirs(images)
        assert expected.std() > 0.1, "the comparison would show nothing"
        torch.testing.assert_close(ours(images), expected, rtol=1e-5, atol=1e-5)


def test_out_indices_give_maps() -> None:
    model = small(out_indices=(0, -1), img_size=(32, 48))
    assert [tuple(m.shape) for m in model(torch.randn(2, 3, 32, 48))] == [(2, 16, 4, 6)] * 2
    assert (model.in_channels, model.out_channels, model.out_indices) == (3, 16, (0, 1))


def test_a_gradient_reaches_every_parameter() -> None:
    model = small(drop_rate=0.1, drop_path_rate=0.1)
    model(torch.randn(8, 3, 32, 32))[0].pow(3).sum().backward()
    assert [name for name, p in model.named_parameters() if p.grad is None or not p.grad.any()] == []


def test_wrong_arch_and_wrong_pictures() -> None:
    with pytest.raises(ConfigError, match=r"model.backbone.arch: 'bsae' is not one of .* Did you mean 'base'\?"):
        small(arch="bsae")
    with pytest.raises(ConfigError, match=r"img_size: the pictures are 32×40, but this Mixer has weights for 32×32\."):
        small()(torch.randn(1, 3, 32, 40))
