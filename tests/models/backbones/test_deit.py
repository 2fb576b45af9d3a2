"""Distilled DeiT against timm's."""

from typing import Any

import pytest
import torch

from course_lib.config.errors import ConfigError
from course_lib.models import DeiTClsHead, DistilledVisionTransformer, ImageClassifier

SMALL = {"embed_dims": 32, "num_layers": 2, "num_heads": 4, "feedforward_channels": 64}
HEADS = {"head.": "head.fc.", "head_dist.": "head.fc_dist."}


def small(**changes: Any) -> DistilledVisionTransformer:
    return DistilledVisionTransformer(**{"arch": SMALL, "img_size": 32, "patch_size": 8, **changes})


def as_ours(name: str) -> str:
    """timm's name in a whole classifier → ours."""
    start, _, rest = name.partition(".")
    return HEADS.get(f"{start}.", f"backbone.{start}.").removesuffix("" if rest else ".") + rest


@pytest.mark.parametrize("seed", range(3))
def test_same_weights_same_logits_as_timm(seed: int) -> None:
    deit = pytest.importorskip("timm.models.deit")
    sizes = {"embed_dim": 32, "depth": 2, "num_heads": 4, "mlp_ratio": 2, "num_classes": 10}
    theirs = deit.VisionTransformerDistilled(32, 8, **sizes).eval()
    for value in theirs.parameters():
        torch.nn.init.normal_(value, std=0.2)
    ours = ImageClassifier(small(), None, DeiTClsHead(10, 32)).eval()
    ours.load_state_dict({as_ours(name): value for name, value in theirs.state_dict().items()})
    images = torch.randn(2, 3, 32, 32, generator=torch.Generator().manual_seed(seed))
    with torch.no_grad():
        torch.testing.assert_close(ours(images), theirs(images), rtol=1e-4, atol=1e-5)


def test_two_tokens_a_picture() -> None:
    model = small(out_indices=(0, 1))
    assert [tuple(output.shape) for output in model(torch.randn(3, 3, 32, 48))] == [(3, 2, 32)] * 2
    assert model.out_channels == 32


def test_a_gradient_reaches_every_parameter() -> None:
    model = small(drop_path_rate=0.1)
    model(torch.randn(8, 3, 32, 32))[0].square().sum().backward()
    assert [name for name, p in model.named_parameters() if p.grad is None or not p.grad.any()] == []


def test_frozen_stages() -> None:
    model = small(frozen_stages=1)
    assert not model.get_parameter("dist_token").requires_grad
    assert model.blocks[1].mlp.fc1.weight.requires_grad


def test_unknown_arch() -> None:
    with pytest.raises(ConfigError, match="'deit-lagre' is not one of"):
        small(arch="deit-lagre")
