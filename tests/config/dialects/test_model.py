"""The model's part of the upgrade."""

from typing import Any

import pytest

from course_lib.config.config import Config
from course_lib.config.dialects import upgrade


def upgraded(**model: Any) -> Any:
    values = dict(model=dict(type="ImageClassifier", backbone=dict(type="ResNet", depth=18), **model), total_epochs=1)
    return upgrade(Config.fromdict(values)).model


@pytest.mark.parametrize(
    ("checkpoint", "prefix"),
    [
        ("https://example.org/resnet18.pth", {"prefix": "backbone"}),
        ("work_dirs/a/latest.pth", {"prefix": "backbone"}),
        ("torchvision://resnet18", {}),
    ],
)
def test_pretrained_is_the_backbones_start(checkpoint: str, prefix: dict[str, str]) -> None:
    model = upgraded(pretrained=checkpoint)
    assert model.backbone.init_cfg == dict(type="Pretrained", checkpoint=checkpoint, **prefix)
    assert "pretrained" not in model


def test_pretrained_none_says_nothing() -> None:
    assert upgraded(pretrained=None) == upgraded()


def test_batch_augments_have_their_probabilities_beside_them() -> None:
    mixup = dict(type="BatchMixup", alpha=0.2, num_classes=10, prob=0.5)
    cutmix = dict(type="BatchCutMix", alpha=1.0, num_classes=10, prob=0.3, cutmix_minmax=(0.2, 0.8))
    model = upgraded(train_cfg=dict(augments=[mixup, cutmix, dict(type="Identity", prob=0.2)]))
    assert model.train_cfg == dict(
        augments=[dict(type="Mixup", alpha=0.2), dict(type="CutMix", alpha=1.0, cutmix_minmax=(0.2, 0.8))],
        probs=[0.5, 0.3],
    )
    model = upgraded(train_cfg=dict(augments=dict(type="BatchResizeMix", alpha=1.0, num_classes=10)))
    assert model.train_cfg == dict(augments=[dict(type="ResizeMix", alpha=1.0)], probs=[1.0])


def test_the_rest_of_the_model_stays() -> None:
    head = dict(type="LinearClsHead", num_classes=10, in_channels=512, topk=(1, 5))
    assert upgraded(head=head).head == head
