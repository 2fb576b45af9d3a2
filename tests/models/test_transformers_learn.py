"""Small transformers, ConvNeXts and Mixers learn a batch by heart, and say the same in bfloat16."""

import pytest
import torch
from torch import nn

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
