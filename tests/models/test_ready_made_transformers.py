"""The ready-made ViTs, DeiTs, Swins, ConvNeXts and Mixers: their parameters, and a picture goes through."""

import ast

import pytest
import torch
from torch import nn

from course_lib.builders import build_model
from course_lib.config import Config, check
from course_lib.config.ready_made import CONFIGS
from course_lib.models import (
    ConvNeXt,
    DeiTClsHead,
    DistilledVisionTransformer,
    GlobalAveragePooling,
    ImageClassifier,
    LinearClsHead,
    MlpMixer,
    SwinTransformer,
    VisionTransformer,
    VisionTransformerClsHead,
)

# what the opening line of each says
PARAMETERS = {
    "vit/vit-base-p16": 86_567_656,
    "vit/vit-base-p32": 88_224_232,
    "vit/vit-large-p16": 304_326_632,
    "vit/vit-large-p32": 306_535_400,
    "vit/vit-small-p4_cifar": 460_906,
    "deit/deit-tiny": 5_717_416,
    "deit/deit-small": 22_050_664,
    "deit/deit-base": 86_567_656,
    "deit/deit-tiny-distilled": 5_910_800,
    "deit/deit-small-distilled": 22_436_432,
    "deit/deit-base-distilled": 87_338_192,
    "swin_transformer/tiny_224": 28_288_354,
    "swin_transformer/small_224": 49_606_258,
    "swin_transformer/base_224": 87_768_224,
    "swin_transformer/large_224": 196_532_476,
    "convnext/convnext-tiny": 28_589_128,
    "convnext/convnext-small": 50_223_688,
    "convnext/convnext-base": 88_591_464,
    "convnext/convnext-large": 197_767_336,
    "mlp_mixer/mlp_mixer_base_patch16": 59_880_472,
    "mlp_mixer/mlp_mixer_large_patch16": 208_196_168,
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
    side, num_classes = (32, 10) if name.endswith("_cifar") else (224, 1000)
    with torch.device("meta"):
        model: nn.Module = build_model(cfg["model"])
        assert sum(p.numel() for p in model.parameters()) == PARAMETERS[name]
        assert model(torch.empty(2, 3, side, side)).shape == (2, num_classes)


def small(family: str) -> ImageClassifier:
    vit = {"embed_dims": 32, "num_layers": 2, "num_heads": 4, "feedforward_channels": 64}
    swin = {"embed_dims": 16, "depths": (2, 2), "num_heads": (2, 2)}
    mixer = {"embed_dims": 32, "num_layers": 2, "tokens_mlp_dims": 16, "channels_mlp_dims": 64}
    torch.manual_seed(0)
    if family == "vit":
        return ImageClassifier(VisionTransformer(vit, 32, 8), None, VisionTransformerClsHead(4, 32))
    if family == "deit":
        return ImageClassifier(DistilledVisionTransformer(vit, 32, 8), None, DeiTClsHead(4, 32))
    if family == "convnext":
        return ImageClassifier(ConvNeXt({"depths": (1, 1), "channels": (16, 32)}), None, LinearClsHead(4, 32))
    if family == "swin":
        backbone: nn.Module = SwinTransformer(swin, window_size=4, out_indices=-1)
    else:
        backbone = MlpMixer(mixer, 32, 8)
    return ImageClassifier(backbone, GlobalAveragePooling(), LinearClsHead(4, 32))


@pytest.mark.parametrize("family", ["vit", "deit", "swin", "convnext", "mixer"])
def test_it_learns_one_batch_by_heart(family: str) -> None:
    model = small(family)
    batch = {"images": torch.randn(12, 3, 32, 32), "labels": torch.arange(12) % 4}
    optimizer = torch.optim.Adam(model.parameters(), lr=0.003)
    for _ in range(60):
        optimizer.zero_grad()
        loss = model.loss(batch)["loss"]
        loss.backward()
        optimizer.step()
    assert loss.item() < 0.1
    with torch.autocast("cpu", torch.bfloat16):
        assert bool((model.predict(batch).argmax(1) == batch["labels"]).all())
