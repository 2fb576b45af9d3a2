"""The ready-made models of the wrapped families, RepVGG and ShuffleNet: their parameters, and one picture goes in."""

import ast

import pytest
import torch
from torch import nn

from course_lib.builders import build_model
from course_lib.config import Config, check
from course_lib.config.ready_made import CONFIGS

# what the opening line of each says
PARAMETERS = {
    "alexnet/alexnet": 61_100_840,
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
    "shufflenet_v1/shufflenet_v1_1x": 1_865_728,
    "shufflenet_v2/shufflenet_v2_1x": 2_278_604,
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
