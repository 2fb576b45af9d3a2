"""Feature maps are what the layers give; filters are the weights, to be seen."""

import pytest
import torch
from torch import nn

from course_lib.config.errors import ConfigError
from course_lib.interpret import channel_pictures, feature_maps, first_filters


def network() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(inplace=True), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(36, 2))


def test_maps_of_several_layers() -> None:
    model, images = network(), torch.randn(2, 3, 8, 8)
    found = feature_maps(model, images, ["2", "0"])
    assert list(found) == ["2", "0"] and not found["0"].requires_grad
    torch.testing.assert_close(found["0"], model[0](images))  # as they were before the ReLU worked on them in place
    torch.testing.assert_close(found["2"], model[2](model[0](images).relu()))


def test_layers_that_cannot_be_shown() -> None:
    model, images = network(), torch.randn(2, 3, 8, 8)
    with pytest.raises(ConfigError, match=r"Sequential has no layer '7'"):
        feature_maps(model, images, ["7"])
    with pytest.raises(ConfigError, match=r"the layer gives \(2, 36\), which is no map"):
        feature_maps(model, images, ["3"])
    model.extra = nn.Conv2d(3, 1, 1)
    model.forward = lambda x: model[0](x)  # type: ignore[method-assign]
    with pytest.raises(ConfigError, match=r"the layer 'extra' is not used when the model looks at a picture\."):
        feature_maps(model, images, ["extra"])


def test_filters_are_grey_where_the_weights_are_zero() -> None:
    model = nn.Sequential(nn.Conv2d(3, 2, 2))
    model[0].weight.data.zero_()
    model[0].weight.data[0, 0] = torch.tensor([[0.5, -0.25], [0.0, 0.1]])
    pictures = first_filters(model)
    assert pictures.dtype == torch.uint8 and pictures.shape == (2, 3, 2, 2)
    assert pictures[0, 0].tolist() == [[255, 64], [128, 153]]
    assert pictures[1].unique().tolist() == [128]
    assert first_filters(nn.Sequential(nn.Conv2d(7, 5, 3))).shape == (5, 1, 3, 3)
    with pytest.raises(ConfigError, match=r"Linear has no convolution whose filters could be shown\."):
        first_filters(nn.Linear(2, 2))


def test_channels_as_pictures_on_one_scale() -> None:
    maps = torch.tensor([[[0.0, 1.0]], [[-1.0, 3.0]], [[1.0, 1.0]]])  # (3, 1, 2)
    assert channel_pictures(maps)[:, 0, 0].tolist() == [[64, 128], [0, 255], [128, 128]]
    assert channel_pictures(maps, 2)[:, 0, 0].tolist() == [[0, 255], [64, 128]]  # what varies most, first
