"""Heads against torch's functions, and what they say to features that do not fit."""

import pytest
import torch
import torch.nn.functional as F

from course_lib.config.errors import CheckpointError, ConfigError
from course_lib.models import ClsHead, LabelSmoothLoss, LinearClsHead

FEATURES = torch.randn(6, 4, generator=torch.Generator().manual_seed(0))
LABELS = torch.tensor([0, 1, 2, 2, 1, 0])


def test_logits_loss_and_probabilities_as_torch() -> None:
    head = LinearClsHead(num_classes=3, in_channels=4)
    logits = F.linear(FEATURES, head.fc.weight, head.fc.bias)
    torch.testing.assert_close(head(FEATURES), logits)
    losses = head.loss(FEATURES, LABELS)
    assert list(losses) == ["loss"]
    torch.testing.assert_close(losses["loss"], F.cross_entropy(logits, LABELS))
    torch.testing.assert_close(head.predict(FEATURES), logits.softmax(1))


def test_another_loss() -> None:
    head = LinearClsHead(3, 4, loss=LabelSmoothLoss(0.1))
    expected = F.cross_entropy(head(FEATURES), LABELS, label_smoothing=0.1)
    torch.testing.assert_close(head.loss(FEATURES, LABELS)["loss"], expected)


def test_it_begins_small_so_that_all_classes_are_nearly_as_likely() -> None:
    torch.manual_seed(0)
    head = LinearClsHead(100, 512)
    assert 0.009 < head.fc.weight.std().item() < 0.011
    assert bool((head.fc.bias == 0).all())
    assert abs(head.loss(torch.randn(64, 512), torch.zeros(64, dtype=torch.long))["loss"].item() - 4.605) < 0.15


def test_init_cfg() -> None:
    head = LinearClsHead(3, 4, init_cfg={"type": "Constant", "layer": "Linear", "val": 2.0, "bias": 0.5})
    torch.testing.assert_close(head(torch.ones(1, 4)), torch.full((1, 3), 8.5))
    torch.manual_seed(0)
    head = LinearClsHead(50, 400, init_cfg=[{"type": "TruncNormal", "layer": ["Linear"], "std": 0.02}])
    assert 0.019 < head.fc.weight.std().item() < 0.021
    assert LinearClsHead(3, 4, init_cfg=None).fc.bias.any(), "torch's own start has a random bias"
    with pytest.raises(
        ConfigError, match=r"init_cfg.type: 'Norml' is not one of 'Pretrained', .* Did you mean 'Normal'\?"
    ):
        LinearClsHead(3, 4, init_cfg={"type": "Norml"})
    with pytest.raises(ConfigError, match=r"init_cfg.sdt: there is no such setting. Did you mean 'std'\?"):
        LinearClsHead(3, 4, init_cfg={"type": "Normal", "sdt": 1.0})
    with pytest.raises(CheckpointError, match=r"there is no checkpoint nowhere\.pth"):
        LinearClsHead(3, 4, init_cfg={"type": "Pretrained", "checkpoint": "nowhere.pth"})


def test_accuracy_on_the_training_batch() -> None:
    head = ClsHead(topk=(1, 2), cal_acc=True)
    logits = torch.tensor([[3.0, 2.0, 1.0], [3.0, 2.0, 1.0], [3.0, 2.0, 1.0], [1.0, 2.0, 3.0]])
    losses = head.loss(logits, torch.tensor([0, 1, 2, 2]))
    assert float(losses["accuracy/top1"]) == 50.0
    assert float(losses["accuracy/top2"]) == 75.0
    assert list(head.loss(logits, logits.softmax(1))) == ["loss"], "mixed labels have no right class"


def test_cls_head_takes_the_features_as_logits() -> None:
    head = ClsHead()
    assert head(FEATURES) is FEATURES
    torch.testing.assert_close(head.loss(FEATURES, LABELS)["loss"], F.cross_entropy(FEATURES, LABELS))
    assert sum(1 for _ in head.parameters()) == 0


def test_features_of_another_length_or_shape() -> None:
    head = LinearClsHead(3, 2048)
    with pytest.raises(
        ConfigError, match=r"model.head.in_channels: 4 features .* built for 2048\. Write in_channels=4"
    ):
        head(FEATURES)
    with pytest.raises(ConfigError, match=r"model.head.in_channels: 100352 .*GlobalAveragePooling"):
        head(torch.randn(2, 2048 * 49))
    with pytest.raises(ConfigError, match=r"model.neck: features of shape \(2, 2048, 7, 7\) .*GlobalAveragePooling"):
        head(torch.randn(2, 2048, 7, 7))


def test_mistakes_in_the_arguments() -> None:
    message = r"model.head.topk: top-5 accuracy needs more classes than num_classes=3\. Write k up to 3"
    with pytest.raises(ConfigError, match=message):
        LinearClsHead(3, 4, topk=(1, 5), cal_acc=True)
    with pytest.raises(ConfigError, match=message):
        ClsHead(topk=5, cal_acc=True).loss(torch.randn(2, 3), torch.tensor([0, 1]))
    assert LinearClsHead(3, 4, topk=(1, 5)).topk == (1, 5), "without cal_acc nobody asks"
    with pytest.raises(ConfigError, match="num_classes: 0 is no number of classes"):
        LinearClsHead(0, 4)
