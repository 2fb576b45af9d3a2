"""The ready-made models, a folder a family: what each says of its parameters is so, and a picture goes through."""

import ast

import pytest
import torch
from torch import nn

from course_lib.builders import build_model
from course_lib.config import CONFIGS, Config, check

# the published numbers, which the opening line of each repeats
PARAMETERS = {
    "alexnet/alexnet": 61_100_840,
    "convnext/convnext-base": 88_591_464,
    "convnext/convnext-large": 197_767_336,
    "convnext/convnext-small": 50_223_688,
    "convnext/convnext-tiny": 28_589_128,
    "deit/deit-base": 86_567_656,
    "deit/deit-base-distilled": 87_338_192,
    "deit/deit-small": 22_050_664,
    "deit/deit-small-distilled": 22_436_432,
    "deit/deit-tiny": 5_717_416,
    "deit/deit-tiny-distilled": 5_910_800,
    "densenet/densenet121": 7_978_856,
    "densenet/densenet161": 28_681_000,
    "densenet/densenet169": 14_149_480,
    "densenet/densenet201": 20_013_928,
    "efficientnet/efficientnet_b0": 5_288_548,
    "efficientnet/efficientnet_b1": 7_794_184,
    "efficientnet/efficientnet_b2": 9_109_994,
    "efficientnet/efficientnet_b3": 12_233_232,
    "efficientnet/efficientnet_b4": 19_341_616,
    "efficientnet/efficientnet_b5": 30_389_784,
    "efficientnet/efficientnet_b6": 43_040_704,
    "efficientnet/efficientnet_b7": 66_347_960,
    "efficientnet/efficientnet_b8": 87_413_142,
    "mlp_mixer/mlp_mixer_base_patch16": 59_880_472,
    "mlp_mixer/mlp_mixer_large_patch16": 208_196_168,
    "mobilenet_v2/mobilenet_v2_1x": 3_504_872,
    "mobilenet_v3/mobilenet_v3_large": 5_483_032,
    "mobilenet_v3/mobilenet_v3_small": 2_542_856,
    "regnet/regnetx_1.6gf": 9_190_136,
    "regnet/regnetx_12gf": 46_106_056,
    "regnet/regnetx_3.2gf": 15_296_552,
    "regnet/regnetx_4.0gf": 22_118_248,
    "regnet/regnetx_400mf": 5_157_512,
    "regnet/regnetx_6.4gf": 26_209_256,
    "regnet/regnetx_8.0gf": 39_572_648,
    "regnet/regnetx_800mf": 7_259_656,
    "repvgg/repvgg-A0": 9_108_968,
    "repvgg/repvgg-A1": 14_092_264,
    "repvgg/repvgg-A2": 28_210_600,
    "repvgg/repvgg-B0": 15_817_960,
    "repvgg/repvgg-B1": 57_415_016,
    "repvgg/repvgg-B1g4": 39_966_056,
    "repvgg/repvgg-B2": 89_022_376,
    "repvgg/repvgg-B2g4": 61_758_376,
    "repvgg/repvgg-B3": 123_085_288,
    "repvgg/repvgg-B3g4": 83_825_128,
    "resnet/resnetv1c101": 44_568_392,
    "resnet/resnetv1c50": 25_576_264,
    "resnet/resnetv1d101": 44_568_392,
    "resnet/resnetv1d152": 60_212_040,
    "resnet/resnetv1d50": 25_576_264,
    "resnext/resnext101_32x4d": 44_177_704,
    "resnext/resnext101_32x8d": 88_791_336,
    "resnext/resnext152_32x4d": 59_951_400,
    "resnext/resnext50_32x4d": 25_028_904,
    "seresnet/seresnet101": 49_326_872,
    "seresnet/seresnet50": 28_088_024,
    "seresnet/seresnext101_32x4d": 48_955_416,
    "seresnet/seresnext50_32x4d": 27_559_896,
    "shufflenet_v1/shufflenet_v1_1x": 1_865_728,
    "shufflenet_v2/shufflenet_v2_1x": 2_278_604,
    "swin_transformer/base_224": 87_768_224,
    "swin_transformer/large_224": 196_532_476,
    "swin_transformer/small_224": 49_606_258,
    "swin_transformer/tiny_224": 28_288_354,
    "vgg/vgg11": 132_863_336,
    "vgg/vgg11bn": 132_868_840,
    "vgg/vgg13": 133_047_848,
    "vgg/vgg13bn": 133_053_736,
    "vgg/vgg16": 138_357_544,
    "vgg/vgg16bn": 138_365_992,
    "vgg/vgg19": 143_667_240,
    "vgg/vgg19bn": 143_678_248,
    "vit/vit-base-p16": 86_567_656,
    "vit/vit-base-p32": 88_224_232,
    "vit/vit-large-p16": 304_326_632,
    "vit/vit-large-p32": 306_535_400,
    "vit/vit-small-p4_cifar": 460_906,
    "wrn/wide_resnet101": 126_886_696,
    "wrn/wide_resnet50": 68_883_240,
}
PARTS = CONFIGS / "_base_" / "models"


def test_every_family_is_listed_here() -> None:
    assert {str(path.relative_to(PARTS).with_suffix("")) for path in PARTS.glob("*/*.py")} == set(PARAMETERS)


@pytest.mark.parametrize("name", PARAMETERS)
def test_ready_made_model(name: str) -> None:
    path = PARTS / f"{name}.py"
    about = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    assert f"{PARAMETERS[name]:,} parameters" in about
    cfg = Config.fromfile(path)
    assert check(cfg) == []
    side, num_classes = (32, 10) if name.endswith("_cifar") else (224, 1000)
    with torch.device("meta"):
        model: nn.Module = build_model(cfg["model"])
        assert sum(p.numel() for p in model.parameters()) == PARAMETERS[name]
        assert model(torch.empty(2, 3, side, side)).shape == (2, num_classes)
