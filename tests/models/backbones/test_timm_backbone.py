"""timm's models as backbones: its own features, and clear words where it is missing."""

import sys
from pathlib import Path

import pytest
import torch

from course_lib.config.errors import ConfigError
from course_lib.models import GlobalAveragePooling, ImageClassifier, LinearClsHead, TIMMBackbone


def test_without_timm_the_install_line_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "timm", None)
    with pytest.raises(ConfigError, match=r"needs the package timm, .* Run: pip install 'course-lib\[timm\]'"):
        TIMMBackbone("resnet18")


@pytest.mark.parametrize(("name", "size"), [("resnet18", 64), ("swin_tiny_patch4_window7_224", 224)])
def test_maps_are_timms(name: str, size: int, tmp_path: Path) -> None:
    timm = pytest.importorskip("timm")
    theirs = timm.create_model(name).eval()
    torch.save(theirs.state_dict(), tmp_path / "theirs.pth")
    ours = TIMMBackbone(name, checkpoint_path=str(tmp_path / "theirs.pth")).eval()
    images = torch.randn(1, 3, size, size)
    with torch.no_grad():
        (found,) = ours(images)
        expected = theirs.forward_features(images)
    if name.startswith("swin"):  # its channels come last
        expected = expected.permute(0, 3, 1, 2)
    assert found.shape[1] == ours.out_channels
    torch.testing.assert_close(found, expected)


@pytest.mark.parametrize("name", ["convnext_atto", "mobilenetv3_small_050", "densenet121", "regnety_002"])
def test_channels_are_those_that_a_head_sees(name: str) -> None:
    pytest.importorskip("timm")
    with torch.device("meta"):
        backbone = TIMMBackbone(name).eval()
        assert backbone(torch.empty(1, 3, 64, 64))[0].shape[:2] == (1, backbone.out_channels)


def test_stages() -> None:
    pytest.importorskip("timm")
    backbone = TIMMBackbone("resnet18", features_only=True, out_indices=(1, 4), in_channels=1).eval()
    maps = backbone(torch.randn(1, 1, 64, 64))
    assert [tuple(m.shape) for m in maps] == [(1, 64, 16, 16), (1, 512, 2, 2)]
    assert (backbone.in_channels, backbone.out_channels) == (1, 512)


def test_tokens_need_timms_own_pooling() -> None:
    pytest.importorskip("timm")
    images = torch.randn(2, 3, 224, 224)
    with pytest.raises(ConfigError, match=r"gives tokens \(2, 197, 192\), .* Write global_pool=None"):
        TIMMBackbone("vit_tiny_patch16_224")(images)
    backbone = TIMMBackbone("vit_tiny_patch16_224", global_pool=None)
    assert backbone(images)[0].shape == (2, backbone.out_channels) == (2, 192)


def test_one_step_of_training_and_weights_of_a_classifier(tmp_path: Path) -> None:
    pytest.importorskip("timm")
    model = ImageClassifier(TIMMBackbone("resnet18"), GlobalAveragePooling(), LinearClsHead(5, 512))
    model.loss({"images": torch.randn(4, 3, 64, 64), "labels": torch.arange(4)})["loss"].backward()
    assert all(p.grad is not None for p in model.parameters())
    torch.save(model.state_dict(), tmp_path / "model.pth")
    init_cfg = {"type": "Pretrained", "checkpoint": str(tmp_path / "model.pth"), "prefix": "backbone"}
    again = TIMMBackbone("resnet18", init_cfg=init_cfg)
    for name, value in again.state_dict().items():
        assert torch.equal(value, model.backbone.state_dict()[name])


def test_wrong_arguments() -> None:
    pytest.importorskip("timm")
    with pytest.raises(ConfigError, match=r"timm has no model 'resnet_18'. Did you mean 'resnet18'"):
        TIMMBackbone("resnet_18")
    with pytest.raises(ConfigError, match="out_indices: it belongs to features_only=True"):
        TIMMBackbone("resnet18", out_indices=(1,))
