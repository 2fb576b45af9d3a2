"""A network over a loader: scores, features and labels, for classifiers of ours and for plain torch."""

import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from course_lib import builders, models
from course_lib.config import load_config
from course_lib.config.errors import ConfigError, DataError
from course_lib.interpret import collect, pictures_at


def plain() -> tuple[nn.Sequential, DataLoader]:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 3))
    data = TensorDataset(torch.randn(10, 1, 6, 6), torch.arange(10) % 3)
    return model, DataLoader(data, batch_size=4)


def test_a_plain_model_and_a_plain_loader() -> None:
    model, loader = plain()
    model.train()
    got = collect(model, loader)
    images, labels = loader.dataset.tensors
    torch.testing.assert_close(got.scores, model(images).softmax(dim=1).detach())
    torch.testing.assert_close(got.features, model[:4](images).detach())
    assert torch.equal(got.labels, labels) and model.training
    assert not any(module._forward_pre_hooks or module._forward_hooks for module in model.modules())


def test_features_of_another_layer_are_the_means_of_its_maps() -> None:
    model, loader = plain()
    got = collect(model, loader, layer="0")
    torch.testing.assert_close(got.features, model[0](loader.dataset.tensors[0]).mean(dim=(2, 3)).detach())
    with pytest.raises(ConfigError, match="has no layer '9'"):
        collect(model, loader, layer="9")


def test_a_classifier_of_ours_with_its_loader_and_preprocessor() -> None:
    cfg = load_config("lessons/small_cnn_shapes", {"val_dataloader.dataset.num_samples": 30})
    torch.manual_seed(0)
    model, preprocessor = builders.build_model(cfg.model).eval(), builders.build_preprocessor(cfg)
    loader = builders.build_loader(cfg.val_dataloader, training=False)
    got = collect(model, loader, preprocessor)
    batch = preprocessor(next(loader.epoch(0)), False)
    with torch.no_grad():
        torch.testing.assert_close(got.scores, model.predict(batch))
        torch.testing.assert_close(got.features, model.features(batch["images"]))
    raw = [loader.dataset.raw(index)["img"] for index in (29, 3)]
    for picture, expected in zip(pictures_at(loader, [29, 3]), raw, strict=True):
        assert torch.equal(torch.from_numpy(picture), expected)


def test_several_labels_a_picture_stay_as_they_are() -> None:
    model = models.ImageClassifier(nn.Flatten(), None, models.MultiLabelLinearClsHead(3, 4))
    labels = torch.eye(3)[[0, 1]]
    got = collect(model, [{"images": torch.randn(2, 1, 2, 2), "labels": labels}])
    assert torch.equal(got.labels, labels) and got.features.shape == (2, 4)


def test_what_is_not_there() -> None:
    model, loader = plain()
    with pytest.raises(DataError, match=r"the loader has 10 pictures, none at 12\."):
        pictures_at(loader, [1, 12])
    with pytest.raises(DataError, match="there is no picture to look at"):
        collect(model, [])
