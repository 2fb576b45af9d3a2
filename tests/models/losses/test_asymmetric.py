"""The asymmetric loss by hand, against the focal loss and against timm's."""

import math

import pytest
import torch

from course_lib.config.errors import ConfigError, DataError
from course_lib.models import AsymmetricLoss, FocalLoss

LOGITS = 3 * torch.randn(8, 5, generator=torch.Generator().manual_seed(0))
MANY = torch.randint(2, (8, 5), generator=torch.Generator().manual_seed(1))


def test_by_hand() -> None:
    logits = torch.tensor([[math.log(3.0), math.log(3.0), -10.0]])  # probabilities 0.75, 0.75 and nearly 0
    labels = torch.tensor([[1, 0, 0]])
    absent = -(0.7**4) * math.log(0.3)  # p = 1 − 0.75 + 0.05; the last class is below the clip and costs nothing
    torch.testing.assert_close(AsymmetricLoss()(logits, labels), torch.tensor(-math.log(0.75) + absent))


def test_with_equal_gammas_it_is_the_focal_loss() -> None:
    expected = 2 * FocalLoss(gamma=2.0, alpha=0.5)(LOGITS, MANY)
    torch.testing.assert_close(AsymmetricLoss(2.0, 2.0, clip=None)(LOGITS, MANY), expected)


def test_as_timm() -> None:
    losses = pytest.importorskip("timm.loss")
    expected = losses.AsymmetricLossMultiLabel(gamma_neg=3, gamma_pos=1, clip=0.1, reduction="sum")(LOGITS, MANY)
    ours = AsymmetricLoss(gamma_pos=1, gamma_neg=3, clip=0.1, reduction="sum", loss_weight=0.5)(LOGITS, MANY)
    torch.testing.assert_close(ours, 0.5 * expected)


def test_softmax_of_one_class() -> None:
    logits, label = torch.tensor([[math.log(3.0), 0.0]]), torch.tensor([0])  # probabilities 0.75 and 0.25
    by_hand = -math.log(0.75) - 0.25 * math.log(0.75)
    loss = AsymmetricLoss(gamma_neg=1.0, clip=0.0, use_sigmoid=False)
    torch.testing.assert_close(loss(logits, label), torch.tensor(by_hand))


def test_it_stays_finite_where_the_model_is_sure_and_wrong() -> None:
    logits = torch.tensor([[-200.0, 200.0]], requires_grad=True)
    AsymmetricLoss()(logits, torch.tensor([[1, 0]])).backward()
    assert logits.grad is not None and bool(logits.grad.isfinite().all())


def test_mistakes() -> None:
    with pytest.raises(ConfigError, match=r"loss\.reduction: 'none' is not one of 'mean', 'sum'"):
        AsymmetricLoss(reduction="none")  # type: ignore[arg-type]
    with pytest.raises(DataError, match="the soft labels have 4 classes, but the model has num_classes=5"):
        AsymmetricLoss()(LOGITS, MANY[:, :4])
