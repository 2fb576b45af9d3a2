"""The seesaw loss by hand, and where it is the plain cross-entropy."""

import math

import pytest
import torch
import torch.nn.functional as F

from course_lib.config.errors import ConfigError, DataError
from course_lib.models import SeesawLoss

LOGITS = 2 * torch.randn(8, 5, generator=torch.Generator().manual_seed(0))
LABELS = torch.tensor([0, 1, 2, 3, 4, 4, 1, 0])


def test_by_hand() -> None:
    """Of 3 classes with 4, 1 and 8 pictures, class 0 is right; class 1 is rarer, and class 2 scores higher."""
    loss = SeesawLoss(p=0.5, q=2.0, num_classes=3)
    loss.cum_samples += torch.tensor([3.0, 1.0, 8.0])  # and one more of class 0 comes now
    logits = torch.tensor([[math.log(0.3), math.log(0.1), math.log(0.6)]])
    # S = 1, (1/4)^0.5, (0.6/0.3)^2
    by_hand = -math.log(0.3 / (0.3 + 0.1 * 0.5 + 0.6 * 4))
    torch.testing.assert_close(loss(logits, torch.tensor([0])), torch.tensor(by_hand))
    assert loss.cum_samples.tolist() == [4, 1, 8]


def test_the_right_class_counts_as_no_less_likely_than_eps() -> None:
    loss = SeesawLoss(p=0.0, q=1.0, num_classes=2, eps=0.01)
    logits = torch.tensor([[math.log(0.001), math.log(0.999)]])
    by_hand = -math.log(0.001 / (0.001 + 0.999 * 0.999 / 0.01))
    torch.testing.assert_close(loss(logits, torch.tensor([0])), torch.tensor(by_hand))


def test_with_p_and_q_zero_it_is_the_cross_entropy() -> None:
    loss = SeesawLoss(p=0.0, q=0.0, num_classes=5, reduction="sum", loss_weight=3.0)
    torch.testing.assert_close(loss(LOGITS, LABELS), 3 * F.cross_entropy(LOGITS, LABELS, reduction="sum"))


def test_the_factors_have_no_gradient_of_their_own() -> None:
    logits = LOGITS.clone().requires_grad_()
    loss = SeesawLoss(num_classes=5)
    loss(logits, LABELS).backward()
    assert logits.grad is not None
    torch.testing.assert_close(logits.grad.sum(dim=1), torch.zeros(8))  # a softmax minus a one


def test_it_counts_in_training_only_and_keeps_the_counts() -> None:
    loss = SeesawLoss(num_classes=5)
    loss(LOGITS, LABELS)
    loss.eval()(LOGITS, LABELS)
    assert loss.state_dict()["cum_samples"].tolist() == [2, 2, 1, 1, 2]


def test_mistakes() -> None:
    with pytest.raises(ConfigError, match=r"num_classes: is 1000, but the head gives 5 classes\. Write num_classes=5"):
        SeesawLoss()(LOGITS, LABELS)
    with pytest.raises(DataError, match="takes no mixed labels: leave Mixup"):
        SeesawLoss(num_classes=5)(LOGITS, LOGITS.softmax(1))
    with pytest.raises(ConfigError, match=r"loss\.use_sigmoid: the seesaw loss weighs classes against one another"):
        SeesawLoss(use_sigmoid=True)
