"""The ready-made VGGs, relatives of ResNet and MobileNetV2: their parameters, and a picture goes through."""

import ast

import pytest
import torch
from torch import nn

from course_lib.builders import build_model
from course_lib.config import Config, check
from course_lib.config.ready_made import CONFIGS

# what the opening line of each says
PARAMETERS = {
    "vgg/vgg11": 132_863_336,
    "vgg/vgg11bn": 132_868_840,
    "vgg/vgg13": 133_047_848,
    "vgg/vgg13bn": 133_053_736,
    "vgg/vgg16": 138_357_544,
    "vgg/vgg16bn": 138_365_992,
    "vgg/vgg19": 143_667_240,
    "vgg/vgg19bn": 143_678_248,
    "resnet/resnetv1c50": 25_576_264,
    "resnet/resnetv1c101": 44_568_392,
    "resnet/resnetv1d50": 25_576_264,
    "resnet/resnetv1d101": 44_568_392,
    "resnet/resnetv1d152": 60_212_040,
    "resnext/resnext50_32x4d": 25_028_904,
    "resnext/resnext101_32x4d": 44_177_704,
    "resnext/resnext101_32x8d": 88_791_336,
    "resnext/resnext152_32x4d": 59_951_400,
    "seresnet/seresnet50": 28_088_024,
    "seresnet/seresnet101": 49_326_872,
    "seresnet/seresnext50_32x4d": 27_559_896,
    "seresnet/seresnext101_32x4d": 48_955_416,
    "wrn/wide_resnet50": 68_883_240,
    "wrn/wide_resnet101": 126_886_696,
    "mobilenet_v2/mobilenet_v2_1x": 3_504_872,
}
PARTS = CONFIGS / "_base_" / "models"


def test_every_part_of_these_families_is_listed_here() -> None:
    folders = {name.partition("/")[0] for name in PARAMETERS}
    found = {f"{folder}/{path.stem}" for folder in folders for path in (PARTS / folder).glob("*.py")}
    assert found == set(PARAMETERS)


@pytest.mark.parametrize("name", PARAMETERS)
def test_ready_made_model(name: str) -> None:
    path = PARTS / f"{name}.py"
    about = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    assert f"{PARAMETERS[name]:,} parameters" in about
    cfg = Config.fromfile(path)
    assert check(cfg) == []
    with torch.device("meta"):
        model: nn.Module = build_model(cfg["model"])
        assert sum(p.numel() for p in model.parameters()) == PARAMETERS[name]
        assert model(torch.empty(2, 3, 64, 64)).shape == (2, 1000)
