"""Cross-entropy and smoothed labels against torch.nn.functional."""

from collections.abc import Callable

import pytest
import torch
import torch.nn.functional as F

from course_lib.config.errors import ConfigError, DataError
from course_lib.models import CrossEntropyLoss, LabelSmoothLoss

LOGITS = torch.randn(8, 5, generator=torch.Generator().manual_seed(0))
LABELS = torch.tensor([0, 1, 2, 3, 4, 4, 1, 0])
SOFT = torch.rand(8, 5, generator=torch.Generator().manual_seed(1)).softmax(1)
MANY = (SOFT > 0.2).long()  # several classes a picture
WEIGHT = [1.0, 2.0, 0.5, 0.0, 3.0]


@pytest.mark.parametrize("labels", [LABELS, SOFT])
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_cross_entropy_as_torch(labels: torch.Tensor, reduction: str) -> None:
    loss = CrossEntropyLoss(loss_weight=0.5, reduction=reduction)  # type: ignore[arg-type]
    torch.testing.assert_close(loss(LOGITS, labels), 0.5 * F.cross_entropy(LOGITS, labels, reduction=reduction))


def test_use_soft_makes_no_difference() -> None:
    for labels in (LABELS, SOFT):
        assert CrossEntropyLoss(use_soft=True)(LOGITS, labels) == CrossEntropyLoss()(LOGITS, labels)


@pytest.mark.parametrize("labels", [LABELS, SOFT])
def test_class_weights_multiply_and_the_mean_divides_by_the_pictures(labels: torch.Tensor) -> None:
    weight = torch.tensor(WEIGHT)
    summed = F.cross_entropy(LOGITS, labels, weight, reduction="sum")
    torch.testing.assert_close(CrossEntropyLoss(class_weight=WEIGHT)(LOGITS, labels), summed / 8)
    targets = labels if labels.ndim == 2 else F.one_hot(labels, 5)
    by_hand = -(weight * targets * LOGITS.log_softmax(1)).sum() / 8
    torch.testing.assert_close(CrossEntropyLoss(class_weight=WEIGHT)(LOGITS, labels), by_hand)


def test_sigmoid_as_torch_summed_over_the_classes() -> None:
    expected = F.binary_cross_entropy_with_logits(LOGITS, MANY.float(), reduction="sum") / 8
    torch.testing.assert_close(CrossEntropyLoss(use_sigmoid=True)(LOGITS, MANY), expected)
    weights = {"weight": torch.tensor(WEIGHT), "pos_weight": torch.tensor(WEIGHT[::-1])}
    expected = F.binary_cross_entropy_with_logits(LOGITS, MANY.float(), reduction="sum", **weights)
    loss = CrossEntropyLoss(use_sigmoid=True, reduction="sum", class_weight=WEIGHT, pos_weight=WEIGHT[::-1])
    torch.testing.assert_close(loss(LOGITS, MANY), expected)


def test_sigmoid_of_class_numbers() -> None:
    loss = CrossEntropyLoss(use_sigmoid=True)
    assert loss(LOGITS, LABELS) == loss(LOGITS, F.one_hot(LABELS, 5))


@pytest.mark.parametrize("labels", [LABELS, SOFT])
def test_label_smoothing_as_torch(labels: torch.Tensor) -> None:
    expected = 2.0 * F.cross_entropy(LOGITS, labels, label_smoothing=0.1)
    torch.testing.assert_close(LabelSmoothLoss(0.1, num_classes=5, loss_weight=2.0)(LOGITS, labels), expected)
    weighted = F.cross_entropy(LOGITS, labels, torch.tensor(WEIGHT), label_smoothing=0.1, reduction="sum")
    loss = LabelSmoothLoss(0.1, class_weight=WEIGHT, reduction="sum")
    torch.testing.assert_close(loss(LOGITS, labels), weighted)


def test_label_smoothing_by_hand() -> None:
    logits, label = torch.tensor([[2.0, 0.0]]), torch.tensor([0])
    log_p = logits.log_softmax(1)[0]
    torch.testing.assert_close(LabelSmoothLoss(0.2)(logits, label), -(0.9 * log_p[0] + 0.1 * log_p[1]))
    # classy_vision: (1 + 0.1, 0.1) / 1.2
    by_hand = -(1.1 * log_p[0] + 0.1 * log_p[1]) / 1.2
    torch.testing.assert_close(LabelSmoothLoss(0.2, mode="classy_vision")(logits, label), by_hand)


def test_label_smoothing_with_sigmoid_by_hand() -> None:
    logits, label = torch.tensor([[2.0, 0.0]]), torch.tensor([0])
    yes, no = F.logsigmoid(logits)[0], F.logsigmoid(-logits)[0]
    multi_label = -(0.8 * yes[0] + 0.2 * no[0] + 0.2 * yes[1] + 0.8 * no[1])
    torch.testing.assert_close(LabelSmoothLoss(0.2, mode="multi_label")(logits, label), multi_label)
    original = -(0.9 * yes[0] + 0.1 * no[0] + 0.1 * yes[1] + 0.9 * no[1])
    torch.testing.assert_close(LabelSmoothLoss(0.2, use_sigmoid=True)(logits, label), original)


def test_half_precision_logits_are_summed_in_full() -> None:
    loss = CrossEntropyLoss()(LOGITS.bfloat16(), LABELS)
    assert loss.dtype == torch.float32
    torch.testing.assert_close(loss, F.cross_entropy(LOGITS.bfloat16().float(), LABELS))


def test_weights_move_with_the_module_and_are_not_saved() -> None:
    loss = CrossEntropyLoss(class_weight=WEIGHT).to("meta")
    assert loss.class_weight is not None and loss.class_weight.device.type == "meta"
    assert not loss.state_dict()


@pytest.mark.parametrize("loss", [CrossEntropyLoss(), CrossEntropyLoss(use_sigmoid=True), LabelSmoothLoss(0.1)])
def test_labels_outside_the_classes(loss: torch.nn.Module) -> None:
    with pytest.raises(
        DataError, match=r"the label 5 is outside the classes: num_classes=5 allows 0 … 4\. Set num_classes"
    ):
        loss(LOGITS, LABELS + 1)
    with pytest.raises(DataError, match="the label -1 is outside the classes"):
        loss(LOGITS, LABELS - 1)
    with pytest.raises(DataError, match="the soft labels have 4 classes, but the model has num_classes=5"):
        loss(LOGITS, SOFT[:, :4])


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: LabelSmoothLoss(0.1, mode="orginal"), r"loss.mode: 'orginal' .* Did you mean 'original'\?"),  # type: ignore[arg-type]
        (lambda: CrossEntropyLoss(reduction="none"), r"loss\.reduction: 'none' is not one of 'mean', 'sum'"),  # type: ignore[arg-type]
        (lambda: LabelSmoothLoss(10), r"loss\.label_smooth_val: 10 is not in 0 ≤ ε < 1"),
        (lambda: CrossEntropyLoss(use_sigmoid=True, use_soft=True), r"loss\.use_soft: .*; choose one\. Leave use_soft"),
        (lambda: CrossEntropyLoss(pos_weight=[1.0]), r"loss\.pos_weight: only use_sigmoid=True .* Use class_weight"),
        (
            lambda: LabelSmoothLoss(0.1, num_classes=1000)(LOGITS, LABELS),
            "the head gives 5 classes, but the loss was told num_classes=1000",
        ),
        (
            lambda: CrossEntropyLoss(class_weight=[1, 2])(LOGITS, LABELS),
            r"model\.head\.loss\.class_weight: 2 numbers, but the head gives 5 classes; one each",
        ),
    ],
)
def test_mistakes_in_the_arguments(make: Callable[[], object], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        make()
