"""Multi-label heads against torch's functions."""

import pytest
import torch
import torch.nn.functional as F

from course_lib.config.errors import ConfigError
from course_lib.models import AsymmetricLoss, MultiLabelClsHead, MultiLabelLinearClsHead

FEATURES = torch.randn(6, 4, generator=torch.Generator().manual_seed(0))
LABELS = torch.tensor([[0, 0, 0], [1, 1, 1], [0, 1, 0], [1, 0, 1], [0, 0, 1], [1, 1, 0]])


def test_logits_loss_and_probabilities_as_torch() -> None:
    head = MultiLabelLinearClsHead(num_classes=3, in_channels=4)
    logits = F.linear(FEATURES, head.fc.weight, head.fc.bias)
    torch.testing.assert_close(head(FEATURES), logits)
    torch.testing.assert_close(head.predict(FEATURES), logits.sigmoid())
    losses = head.loss(FEATURES, LABELS)
    assert list(losses) == ["loss"]
    expected = F.binary_cross_entropy_with_logits(logits, LABELS.float(), reduction="sum") / 6
    torch.testing.assert_close(losses["loss"], expected)
    losses["loss"].backward()
    assert all(p.grad is not None and bool(p.grad.any()) for p in head.parameters())


def test_what_is_too_hard_to_tell_counts_as_absent_and_a_class_number_as_the_only_one() -> None:
    head = MultiLabelClsHead()
    logits = FEATURES[:, :3]
    hard = LABELS.clone()
    hard[0, 0] = -1
    assert head.loss(logits, hard)["loss"] == head.loss(logits, LABELS)["loss"]
    numbers = torch.tensor([0, 1, 2, 2, 1, 0])
    assert head.loss(logits, numbers)["loss"] == head.loss(logits, F.one_hot(numbers, 3))["loss"]


def test_another_loss_on_features_that_are_logits() -> None:
    head = MultiLabelClsHead(loss=AsymmetricLoss())
    logits = FEATURES[:, :3]
    assert head(logits) is logits
    assert head.loss(logits, LABELS)["loss"] == AsymmetricLoss()(logits, LABELS)
    assert sum(1 for _ in head.parameters()) == 0


def test_which_classes_are_named() -> None:
    scores = torch.tensor([[0.9, 0.5, 0.1], [0.3, 0.4, 0.2]])
    assert MultiLabelClsHead().named(scores).tolist() == [[True, True, False], [False, False, False]]
    assert MultiLabelClsHead(thr=0.35, topk=1).named(scores).tolist() == [[True, True, False], [False, True, False]]
    assert MultiLabelClsHead(topk=2).named(scores).tolist() == [[True, True, False], [True, True, False]]


def test_it_begins_small() -> None:
    torch.manual_seed(0)
    head = MultiLabelLinearClsHead(100, 512)
    assert 0.009 < head.fc.weight.std().item() < 0.011
    assert MultiLabelLinearClsHead(3, 4, init_cfg=None).fc.bias.any(), "torch's own start has a random bias"


def test_mistakes() -> None:
    with pytest.raises(
        ConfigError, match=r"model\.head\.in_channels: 4 features .* built for 2048\. Write in_channels=4"
    ):
        MultiLabelLinearClsHead(3, 2048)(FEATURES)
    with pytest.raises(ConfigError, match="num_classes: 0 is no number of classes"):
        MultiLabelLinearClsHead(0, 4)
    with pytest.raises(ConfigError, match=r"model\.head\.topk: 5 classes cannot be named where num_classes=3"):
        MultiLabelLinearClsHead(3, 4, topk=5)
    with pytest.raises(ConfigError, match=r"model\.head\.topk: 0 is not a whole number from 1 on"):
        MultiLabelClsHead(topk=0)
