"""Any model of torchvision: the features with its own last layer on top are its logits."""

from pathlib import Path

import pytest
import torch
from torch import nn

from course_lib.config.errors import CheckpointError, ConfigError
from course_lib.models import ImageClassifier, LinearClsHead, TorchvisionBackbone


@pytest.mark.parametrize(
    ("name", "last", "size"),
    [
        ("resnet18", "fc", 32),
        ("mnasnet0_5", "classifier.1", 32),
        ("mobilenet_v3_small", "classifier.3", 32),
        ("swin_v2_t", "head", 64),
        ("swin_t", "head", 32),
        ("googlenet", "fc", 32),
    ],
)
def test_features_and_the_last_layer_give_torchvisions_logits(name: str, last: str, size: int, tmp_path: Path) -> None:
    import torchvision

    options = {"aux_logits": False, "init_weights": False} if name == "googlenet" else {}
    theirs = torchvision.models.get_model(name, weights=None, **options).eval()
    layer = theirs.get_submodule(last)
    assert isinstance(layer, nn.Linear)
    nn.init.normal_(layer.weight, std=0.1)  # so that a wrong feature shows
    torch.save(theirs.state_dict(), tmp_path / "theirs.pth")
    ours = TorchvisionBackbone(name, init_cfg={"type": "Pretrained", "checkpoint": str(tmp_path / "theirs.pth")})
    images = torch.randn(2, 3, size, size)
    with torch.no_grad():
        (features,) = ours.eval()(images)
        assert features.shape == (2, ours.out_channels)
        torch.testing.assert_close(layer(features), theirs(images), rtol=1e-4, atol=1e-5)


def test_every_family_has_a_last_layer() -> None:
    names = ["alexnet", "convnext_tiny", "densenet121", "efficientnet_v2_s", "maxvit_t", "shufflenet_v2_x0_5"]
    widths = {"squeezenet1_1": 512, "vgg11": 4096, "alexnet": 4096}
    for name in [*names, "squeezenet1_1", "vgg11"]:
        with torch.device("meta"):
            network = TorchvisionBackbone(name).eval()
            size = 224 if name == "maxvit_t" else 64
            (features,) = network(torch.empty(2, 3, size, size))
        assert features.shape == (2, network.out_channels), name
        assert network.out_channels == widths.get(name, network.out_channels)


def test_training_gives_what_evaluation_gives() -> None:
    (features,) = TorchvisionBackbone("googlenet")(torch.randn(2, 3, 64, 64))
    assert features.shape == (2, 1024)


def test_grey_pictures_and_a_head() -> None:
    backbone = TorchvisionBackbone("resnet18", in_channels=1)
    model = ImageClassifier(backbone, None, LinearClsHead(10, backbone.out_channels))
    model.loss({"images": torch.randn(4, 1, 32, 32), "labels": torch.arange(4)})["loss"].backward()
    assert [name for name, p in model.named_parameters() if p.grad is None or not p.grad.any()] == []
    assert sum(p.numel() for p in backbone.parameters()) == 11_689_512 - 513 * 1000 - 64 * 49 * 2


def test_unknown_name_and_weights_of_another_model(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no classification model 'resnet51'. Did you mean 'resnet50'"):
        TorchvisionBackbone("resnet51")
    with pytest.raises(ConfigError, match="no classification model 'fcn_resnet50'"):
        TorchvisionBackbone("fcn_resnet50")
    torch.save({"conv1.weight": torch.zeros(1)}, tmp_path / "other.pth")
    with pytest.raises(CheckpointError, match="is of another model than this ResNet"):
        TorchvisionBackbone("resnet18", init_cfg={"type": "Pretrained", "checkpoint": str(tmp_path / "other.pth")})
