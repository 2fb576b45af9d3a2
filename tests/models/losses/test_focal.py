"""The focal loss against torchvision's."""

import pytest
import torch
import torch.nn.functional as F
from torchvision.ops import sigmoid_focal_loss

from course_lib.config.errors import ConfigError, DataError
from course_lib.models import CrossEntropyLoss, FocalLoss

LOGITS = 3 * torch.randn(8, 5, generator=torch.Generator().manual_seed(0))
LABELS = torch.tensor([0, 1, 2, 3, 4, 4, 1, 0])
MANY = torch.randint(2, (8, 5), generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize(("gamma", "alpha"), [(2.0, 0.25), (0.5, 0.7)])
def test_as_torchvision(gamma: float, alpha: float) -> None:
    expected = sigmoid_focal_loss(LOGITS, MANY.float(), alpha, gamma, reduction="sum")
    torch.testing.assert_close(FocalLoss(gamma, alpha)(LOGITS, MANY), expected / 8)
    torch.testing.assert_close(FocalLoss(gamma, alpha, "sum", loss_weight=2.0)(LOGITS, MANY), 2 * expected)


def test_without_focus_it_is_half_the_cross_entropy() -> None:
    plain = CrossEntropyLoss(use_sigmoid=True)(LOGITS, MANY)
    torch.testing.assert_close(FocalLoss(gamma=0.0, alpha=0.5)(LOGITS, MANY), plain / 2)


def test_class_numbers_and_half_precision() -> None:
    loss = FocalLoss()
    assert loss(LOGITS, LABELS) == loss(LOGITS, F.one_hot(LABELS, 5))
    assert loss(LOGITS.bfloat16(), LABELS).dtype == torch.float32


def test_mistakes() -> None:
    with pytest.raises(ConfigError, match=r"loss\.reduction: 'men' is not one of .* Did you mean 'mean'\?"):
        FocalLoss(reduction="men")  # type: ignore[arg-type]
    with pytest.raises(DataError, match="the label 5 is outside the classes"):
        FocalLoss()(LOGITS, LABELS + 1)
