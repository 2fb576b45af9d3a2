"""The linear block against torch's layers."""

import pytest
import torch
from torch import nn

from course_lib.config.errors import ConfigError
from course_lib.models.linear_block import LinearBlock

FEATURES = torch.randn(6, 4, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize(
    ("name", "norm"), [("BN1d", nn.BatchNorm1d(3)), ("BN", nn.BatchNorm1d(3)), ("LN", nn.LayerNorm(3))]
)
def test_layers_in_their_order(name: str, norm: nn.Module) -> None:
    block = LinearBlock(4, 3, norm_cfg={"type": name}, act_cfg={"type": "GELU", "inplace": True})
    torch.testing.assert_close(block(FEATURES), nn.GELU()(norm(block.fc(FEATURES))))


def test_what_is_not_asked_for_has_no_weights() -> None:
    block = LinearBlock(4, 3)
    assert list(block.state_dict()) == ["fc.weight", "fc.bias"]
    assert torch.equal(block(FEATURES), block.fc(FEATURES))


def test_dropout_in_training_only() -> None:
    block = LinearBlock(4, 1000, dropout_rate=0.3)
    assert 0.2 < (block(FEATURES) == 0).float().mean().item() < 0.4
    assert not bool((block.eval()(FEATURES) == 0).any())


def test_a_frozen_norm() -> None:
    block = LinearBlock(4, 3, norm_cfg={"type": "LN", "eps": 0.1, "requires_grad": False})
    assert [name for name, p in block.named_parameters() if p.requires_grad] == ["fc.weight", "fc.bias"]


def test_mistakes() -> None:
    with pytest.raises(
        ConfigError, match=r"norm_cfg\.type: 'BN2d' is not one of 'BN1d', 'BN', 'LN'\. Did you mean 'BN1d'"
    ):
        LinearBlock(4, 3, norm_cfg={"type": "BN2d"})
    with pytest.raises(ConfigError, match=r"norm_cfg\.epss: there is no such setting\. Did you mean 'eps'\?"):
        LinearBlock(4, 3, norm_cfg={"type": "BN1d", "epss": 1})
    with pytest.raises(ConfigError, match=r"act_cfg\.inplce: there is no such setting\. Did you mean 'inplace'\?"):
        LinearBlock(4, 3, act_cfg={"type": "ReLU", "inplce": True})
    with pytest.raises(ConfigError, match=r"'ReLu' is not one of .* Did you mean 'ReLU'\?"):
        LinearBlock(4, 3, act_cfg={"type": "ReLu"})
    with pytest.raises(ConfigError, match=r"model\.head\.dropout_rate: 1 is not in 0 ≤ rate < 1"):
        LinearBlock(4, 3, dropout_rate=1)
