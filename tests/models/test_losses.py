"""Losses against torch.nn.functional."""

import pytest
import torch
import torch.nn.functional as F

from course_lib.config.errors import ConfigError, DataError
from course_lib.models import CrossEntropyLoss, LabelSmoothLoss

LOGITS = torch.randn(8, 5, generator=torch.Generator().manual_seed(0))
LABELS = torch.tensor([0, 1, 2, 3, 4, 4, 1, 0])
SOFT = torch.rand(8, 5, generator=torch.Generator().manual_seed(1)).softmax(1)


@pytest.mark.parametrize("labels", [LABELS, SOFT])
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_cross_entropy_as_torch(labels: torch.Tensor, reduction: str) -> None:
    loss = CrossEntropyLoss(loss_weight=0.5, reduction=reduction)  # type: ignore[arg-type]
    torch.testing.assert_close(loss(LOGITS, labels), 0.5 * F.cross_entropy(LOGITS, labels, reduction=reduction))


def test_use_soft_makes_no_difference() -> None:
    for labels in (LABELS, SOFT):
        assert CrossEntropyLoss(use_soft=True)(LOGITS, labels) == CrossEntropyLoss()(LOGITS, labels)


@pytest.mark.parametrize("labels", [LABELS, SOFT])
def test_label_smoothing_as_torch(labels: torch.Tensor) -> None:
    expected = 2.0 * F.cross_entropy(LOGITS, labels, label_smoothing=0.1)
    torch.testing.assert_close(LabelSmoothLoss(0.1, num_classes=5, loss_weight=2.0)(LOGITS, labels), expected)


def test_label_smoothing_by_hand() -> None:
    logits, label = torch.tensor([[2.0, 0.0]]), torch.tensor([0])
    log_p = logits.log_softmax(1)[0]
    torch.testing.assert_close(LabelSmoothLoss(0.2)(logits, label), -(0.9 * log_p[0] + 0.1 * log_p[1]))
    # classy_vision: (1 + 0.1, 0.1) / 1.2
    by_hand = -(1.1 * log_p[0] + 0.1 * log_p[1]) / 1.2
    torch.testing.assert_close(LabelSmoothLoss(0.2, mode="classy_vision")(logits, label), by_hand)


def test_half_precision_logits_are_summed_in_full() -> None:
    loss = CrossEntropyLoss()(LOGITS.bfloat16(), LABELS)
    assert loss.dtype == torch.float32
    torch.testing.assert_close(loss, F.cross_entropy(LOGITS.bfloat16().float(), LABELS))


@pytest.mark.parametrize("loss", [CrossEntropyLoss(), LabelSmoothLoss(0.1)])
def test_labels_outside_the_classes(loss: torch.nn.Module) -> None:
    with pytest.raises(
        DataError, match=r"the label 5 is outside the classes: num_classes=5 allows 0 … 4\. Set num_classes"
    ):
        loss(LOGITS, LABELS + 1)
    with pytest.raises(DataError, match="the label -1 is outside the classes"):
        loss(LOGITS, LABELS - 1)
    with pytest.raises(DataError, match="the soft labels have 4 classes, but the model has num_classes=5"):
        loss(LOGITS, SOFT[:, :4])


def test_mistakes_in_the_arguments() -> None:
    with pytest.raises(ConfigError, match=r"loss.mode: 'orginal' is not one of .* Did you mean 'original'\?"):
        LabelSmoothLoss(0.1, mode="orginal")  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match=r"loss\.reduction: 'none' is not one of 'mean', 'sum'"):
        CrossEntropyLoss(reduction="none")  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match=r"loss\.label_smooth_val: 10 is not in 0 ≤ ε < 1"):
        LabelSmoothLoss(10)
    with pytest.raises(ConfigError, match="the head gives 5 classes, but the loss was told num_classes=1000"):
        LabelSmoothLoss(0.1, num_classes=1000)(LOGITS, LABELS)
