"""torchvision's files: loaded by ``init_cfg``, they give torchvision's features."""

import logging
import re
from pathlib import Path

import pytest
import torch
import torchvision
from torch import Tensor, nn
from torchvision.models.convnext import CNBlockConfig

from course_lib.models import ConvNeXt, DenseNet, SwinTransformer, VisionTransformer


def randomized(model: nn.Module) -> nn.Module:
    torch.manual_seed(0)
    for value in model.parameters():
        nn.init.normal_(value, 0, value[0].numel() ** -0.5 if value.ndim > 1 else 0.3)
    return model.eval()


def loaded(weights: dict[str, Tensor], folder: Path) -> dict[str, str]:
    """An ``init_cfg`` that begins with those weights."""
    torch.save(weights, folder / "w.pth")
    return {"type": "Pretrained", "checkpoint": str(folder / "w.pth")}


def test_vit(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    size = {"num_layers": 2, "num_heads": 2, "hidden_dim": 16, "mlp_dim": 24}
    theirs = randomized(torchvision.models.VisionTransformer(32, 8, num_classes=3, **size))
    arch = {"embed_dims": 16, "num_layers": 2, "num_heads": 2, "feedforward_channels": 24}
    with caplog.at_level(logging.WARNING):
        ours = VisionTransformer(arch, 32, 8, init_cfg=loaded(theirs.state_dict(), tmp_path)).eval()
    assert "no place in VisionTransformer, left out: heads.head.weight, heads.head.bias" in caplog.text
    theirs.heads = nn.Identity()
    images = torch.randn(2, 3, 32, 32)
    with torch.no_grad():
        torch.testing.assert_close(ours(images)[0], theirs(images), rtol=1e-5, atol=1e-5)


def test_swin(tmp_path: Path) -> None:
    theirs = randomized(
        torchvision.models.SwinTransformer([4, 4], 8, [2, 2, 2, 2], [2, 2, 4, 4], [4, 4], num_classes=3)
    )
    arch = {"embed_dims": 8, "depths": (2, 2, 2, 2), "num_heads": (2, 2, 4, 4)}
    init_cfg = loaded(theirs.state_dict(), tmp_path)
    ours = SwinTransformer(arch, window_size=4, init_cfg=init_cfg).eval()
    theirs.head = nn.Identity()
    images = torch.randn(2, 3, 64, 64)
    with torch.no_grad():
        torch.testing.assert_close(ours(images)[0].mean(dim=(2, 3)), theirs(images), rtol=1e-4, atol=1e-4)


def test_convnext(tmp_path: Path) -> None:
    stages = [CNBlockConfig(8, 12, 1), CNBlockConfig(12, 16, 1), CNBlockConfig(16, 24, 2), CNBlockConfig(24, None, 1)]
    theirs = randomized(torchvision.models.ConvNeXt(stages, num_classes=3))
    arch = {"depths": (1, 1, 2, 1), "channels": (8, 12, 16, 24)}
    ours = ConvNeXt(arch, init_cfg=loaded(theirs.state_dict(), tmp_path)).eval()
    theirs.classifier[2] = nn.Identity()
    images = torch.randn(2, 3, 64, 64)
    with torch.no_grad():
        torch.testing.assert_close(ours(images)[0], theirs(images), rtol=1e-4, atol=1e-4)


def test_densenets_published_file_has_the_names_of_long_ago(tmp_path: Path) -> None:
    theirs = torchvision.models.densenet121().eval()
    old = {re.sub(r"(denselayer\d+\.(?:norm|conv))([12])", r"\1.\2", k): v for k, v in theirs.state_dict().items()}
    assert "features.denseblock1.denselayer1.norm.1.weight" in old
    ours = DenseNet(init_cfg=loaded(old, tmp_path)).eval()
    images = torch.randn(1, 3, 64, 64)
    with torch.no_grad():
        torch.testing.assert_close(ours(images)[0], theirs.features(images).relu())
