"""The stacked head against the same layers from torch."""

import pytest
import torch
import torch.nn.functional as F

from course_lib.config.errors import ConfigError
from course_lib.models import StackedLinearClsHead

FEATURES = torch.randn(6, 4, generator=torch.Generator().manual_seed(0))
LABELS = torch.tensor([0, 1, 2, 2, 1, 0])


def test_as_torch() -> None:
    head = StackedLinearClsHead(3, 4, mid_channels=[5, 7])
    x, weights = FEATURES, list(head.parameters())
    for weight, bias in zip(weights[:4:2], weights[1:4:2], strict=True):
        x = F.linear(x, weight, bias).relu()
    logits = F.linear(x, *weights[4:])
    torch.testing.assert_close(head(FEATURES), logits)
    torch.testing.assert_close(head.predict(FEATURES), logits.softmax(1))
    losses = head.loss(FEATURES, LABELS)
    torch.testing.assert_close(losses["loss"], F.cross_entropy(logits, LABELS))
    losses["loss"].backward()
    assert all(p.grad is not None and bool(p.grad.any()) for p in head.parameters())


def test_names_of_the_weights_are_mmpretrain_s() -> None:
    head = StackedLinearClsHead(3, 4, [5], dropout_rate=0.2, norm_cfg={"type": "BN1d"})
    norm = [
        f"layers.0.norm.{name}" for name in ("weight", "bias", "running_mean", "running_var", "num_batches_tracked")
    ]
    assert list(head.state_dict()) == [
        *("layers.0.fc.weight", "layers.0.fc.bias", *norm, "layers.1.fc.weight", "layers.1.fc.bias")
    ]


def test_the_last_layer_is_only_linear() -> None:
    head = StackedLinearClsHead(300, 4, [5], dropout_rate=0.5, norm_cfg={"type": "BN1d"})
    logits = head(FEATURES)
    assert bool((logits < 0).any())
    assert not bool((logits == 0).any())


def test_init_cfg() -> None:
    head = StackedLinearClsHead(3, 4, [5], init_cfg={"type": "Constant", "layer": "Linear", "val": 1.0, "bias": 2.0})
    torch.testing.assert_close(head(torch.ones(1, 4)), torch.full((1, 3), 5 * 6 + 2.0))


def test_mistakes() -> None:
    with pytest.raises(ConfigError, match=r"mid_channels: names no layer\. Without hidden layers it is type='LinearC"):
        StackedLinearClsHead(3, 4, [])
    with pytest.raises(ConfigError, match="num_classes: 0 is no number of classes"):
        StackedLinearClsHead(0, 4, [5])
    with pytest.raises(ConfigError, match="top-5 accuracy needs more classes than num_classes=3"):
        StackedLinearClsHead(3, 4, [5], topk=5, cal_acc=True)
    with pytest.raises(
        ConfigError, match=r"model\.head\.in_channels: 4 features a picture came, but the head was built"
    ):
        StackedLinearClsHead(3, 9, [5])(FEATURES)
    with pytest.raises(ConfigError, match=r"model\.neck: features of shape \(2, 4, 7, 7\) .*GlobalAveragePooling"):
        StackedLinearClsHead(3, 4, [5])(torch.randn(2, 4, 7, 7))
