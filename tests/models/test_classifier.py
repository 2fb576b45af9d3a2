"""The whole classifier: its parts in their order, one batch learnt by heart, and the ready-made model configs."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from course_lib.config.errors import ConfigError
from course_lib.models import (
    MLP,
    ClsHead,
    GlobalAveragePooling,
    ImageClassifier,
    LeNet5,
    LinearClsHead,
    ResNet_CIFAR,
    SmallCNN,
)


def small_models() -> dict[str, ImageClassifier]:
    torch.manual_seed(0)
    pool = GlobalAveragePooling()
    return {
        "lenet": ImageClassifier(LeNet5(num_classes=3), None, ClsHead()),
        "lenet with neck": ImageClassifier(LeNet5(), pool, LinearClsHead(3, 120)),
        "mlp": ImageClassifier(MLP(1, 32, (32,)), None, LinearClsHead(3, 32)),
        "small_cnn": ImageClassifier(SmallCNN(1, (16, 32)), pool, LinearClsHead(3, 32)),
        "resnet": ImageClassifier(
            ResNet_CIFAR(18, 1, stem_channels=4, base_channels=4, strides=(2, 2, 2, 2)), pool, LinearClsHead(3, 32)
        ),
    }


def batch() -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    return {"images": torch.randn(12, 1, 32, 32, generator=generator), "labels": torch.arange(12) % 3}


@pytest.mark.parametrize("name", small_models())
def test_it_learns_one_batch_by_heart(name: str) -> None:
    model, data = small_models()[name], batch()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    start = model.loss(data)["loss"].item()
    for _ in range(60):
        optimizer.zero_grad()
        loss = model.loss(data)["loss"]
        loss.backward()
        optimizer.step()
    assert loss.item() < 0.1 * start
    assert bool((model.predict(data).argmax(1) == data["labels"]).all())


@pytest.mark.parametrize("name", small_models())
def test_a_gradient_reaches_every_parameter(name: str) -> None:
    model = small_models()[name]
    for parameter in model.parameters():  # zeros (of a fresh residual branch) would stop it
        nn.init.normal_(parameter, std=0.3)
    model.loss(batch())["loss"].backward()
    assert [name for name, p in model.named_parameters() if p.grad is None or not p.grad.any()] == []


def test_features_logits_loss_and_probabilities_belong_together() -> None:
    model, data = small_models()["small_cnn"].eval(), batch()
    features = model.features(data["images"])
    assert features.shape == (12, 32)
    assert isinstance(model.head, LinearClsHead)
    logits = model.head.fc(features)
    torch.testing.assert_close(model(data["images"]), logits)
    torch.testing.assert_close(model.loss(data)["loss"], F.cross_entropy(logits, data["labels"]))
    torch.testing.assert_close(model.predict(data), logits.softmax(1))


def test_mixed_labels() -> None:
    model, data = small_models()["mlp"], batch()
    mixed = F.one_hot(data["labels"], 3).float().lerp(torch.full((12, 3), 1 / 3), 0.3)
    expected = F.cross_entropy(model(data["images"]), mixed)
    torch.testing.assert_close(model.loss({**data, "labels": mixed})["loss"], expected)


def test_any_module_is_a_backbone() -> None:
    model = ImageClassifier(nn.Conv2d(1, 4, 3), head=LinearClsHead(3, 4 * 30 * 30))
    assert model(batch()["images"]).shape == (12, 3)


def test_bfloat16_autocast_gives_float32_loss_and_scores() -> None:
    model, data = small_models()["small_cnn"], batch()
    with torch.autocast("cpu", torch.bfloat16):
        assert model.loss(data)["loss"].dtype == torch.float32
        scores = model.predict(data)
    torch.testing.assert_close(scores.sum(1), torch.ones(12))


def test_wrong_number_of_channels() -> None:
    model = small_models()["small_cnn"]
    message = r"model.backbone.in_channels: the pictures have 3 channels, but .* built for 1\. Write in_channels=3"
    with pytest.raises(ConfigError, match=message):
        model(torch.randn(2, 3, 32, 32))


def test_without_a_head_there_are_features_only() -> None:
    model = ImageClassifier(SmallCNN(1, (8,)), GlobalAveragePooling())
    assert model.features(batch()["images"]).shape == (12, 8)
    with pytest.raises(ConfigError, match=r"model.head: this classifier has no head, .*LinearClsHead"):
        model(batch()["images"])


def test_init_cfg_of_the_whole_classifier() -> None:
    model = ImageClassifier(
        SmallCNN(widths=(8,)),
        head=LinearClsHead(num_classes=2, in_channels=8),
        init_cfg=[{"type": "Constant", "layer": ["Linear", "Conv2d"], "val": 0.5}],
    )
    assert all(bool((module.weight == 0.5).all()) for module in model.modules() if hasattr(module, "in_features"))
