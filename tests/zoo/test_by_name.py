"""Models by their names: the kit's own, torchvision's, timm's; with and without weights."""

import logging
import socket
from pathlib import Path

import pytest
import torch
from torch import nn

from course_lib import get_model, list_models
from course_lib.config import CheckpointError, ConfigError
from course_lib.engine import load_checkpoint

OWN = "resnet-mini_shapes"


def test_names() -> None:
    assert OWN in list_models(pretrained=True)
    assert set(list_models(pretrained=True)) < set(list_models())
    assert {"lenet_digits", "resnet50_8xb32-coslr_in1k", OWN} <= set(list_models())
    assert list_models("vit-mini_*") == ["vit-mini_cifar10", "vit-mini_shapes"]
    assert {"torchvision://resnet18", "torchvision://resnet50"} <= set(list_models("torchvision://resnet*"))
    assert "torchvision://fcn_resnet50" not in list_models("torchvision://*")  # it is no classifier
    timm = pytest.importorskip("timm")
    assert list_models("timm://vit_tiny*") == [f"timm://{name}" for name in timm.list_models("vit_tiny*")]


def test_a_ready_made_configs_model() -> None:
    model = get_model("lenet5_b64_mnist")
    assert type(model.backbone).__name__ == "LeNet5" and model.training
    with torch.no_grad():
        scores = get_model("lenet5_b64_mnist", num_classes=3).predict({"images": torch.zeros(2, 1, 32, 32)})
    assert scores.shape == (2, 3)


def test_configs_that_begin_with_weights_from_the_network_need_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", None)
    assert get_model("resnet18_b32-finetune_folder", num_classes=4).head.fc.out_features == 4


def test_pretrained_weights_are_those_of_the_file() -> None:
    model, weights = get_model(OWN, pretrained=True), load_checkpoint(f"zoo://{OWN}")["model"]
    assert all(torch.equal(value, weights[name]) for name, value in model.state_dict().items())
    assert not torch.equal(get_model(OWN).head.fc.weight, model.head.fc.weight)


def test_other_classes_begin_with_a_fresh_head(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        model = get_model(OWN, pretrained=True, num_classes=3)
    assert caplog.messages == [f"zoo://{OWN}: the head begins anew, for 3 classes in place of 7"]
    weights = load_checkpoint(f"zoo://{OWN}")["model"]
    same = [name for name, value in model.state_dict().items() if torch.equal(value, weights[name])]
    assert set(weights) - set(same) == {"head.fc.weight", "head.fc.bias"}
    assert model.head.fc.weight.shape == (3, 96)


@pytest.mark.parametrize(
    ("name", "pretrained", "said"),
    [
        ("resnet-mini_shape", False, r"there is no config resnet-mini_shape\. Did you mean 'zoo/resnet-mini_shapes'\?"),
        ("lenet5_b64_mnist", True, r"no weights of the kit's own for 'lenet5_b64_mnist'; there are for .*mini_shapes"),
        ("zoo://resnet-mini_shapes", True, r"get_model knows torchvision:// and timm://NAME, and the names of ready-"),
        ("torchvision://resnet51", True, r"torchvision has no classification model 'resnet51'\. Did you mean 'resnet5"),
        ("torchvision://fcn_resnet50", False, r"torchvision has no classification model 'fcn_resnet50'"),
    ],
)
def test_names_that_there_are_not(name: str, pretrained: bool, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        get_model(name, pretrained)


def test_a_number_of_classes_that_is_none_or_has_no_place(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"num_classes is 0, but must be at least 1"):
        get_model(OWN, num_classes=0)
    (tmp_path / "headless.py").write_text("model = dict(type='ImageClassifier', backbone=dict(type='SmallCNN'))\n")
    with pytest.raises(ConfigError, match=r"the model of '.*headless\.py' has no num_classes to change"):
        get_model(str(tmp_path / "headless.py"), num_classes=3)


@pytest.fixture
def at_hand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> nn.Module:
    """torchvision's file of SqueezeNet 1.1 lies where it keeps such files: random weights under its name."""
    from torchvision import models

    from course_lib.models import origins

    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
    monkeypatch.setattr(origins, "DIGEST", origins.re.compile("no digest"))
    source = models.squeezenet1_1(num_classes=1000)
    (tmp_path / "checkpoints").mkdir()
    torch.save(source.state_dict(), tmp_path / "checkpoints" / "squeezenet1_1-b8a52dc0.pth")
    return source


@torch.no_grad()
def test_torchvisions_weights_and_other_classes(at_hand: nn.Module) -> None:
    images = torch.randn(2, 3, 64, 64)
    model = get_model("torchvision://squeezenet1_1", pretrained=True).eval()
    torch.testing.assert_close(model(images), at_hand.eval()(images))
    other = get_model("torchvision://squeezenet1_1", pretrained=True, num_classes=5).eval()
    assert other(images).shape == (2, 5)
    torch.testing.assert_close(other.features(images), at_hand.features(images))


def test_torchvision_without_weights() -> None:
    with torch.device("meta"):
        assert get_model("torchvision://mobilenet_v2", num_classes=7)(torch.randn(1, 3, 64, 64)).shape == (1, 7)
        assert get_model("torchvision://mobilenet_v2")(torch.randn(1, 3, 64, 64)).shape == (1, 1000)


def test_a_torchvision_file_that_is_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A damaged file is not used, and without a network the message says what lies there and where it belongs."""

    def nowhere(*args: object, **kwargs: object) -> object:
        raise socket.gaierror(-2, "Name or service not known")

    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(socket, "getaddrinfo", nowhere)
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
    (tmp_path / "checkpoints").mkdir()
    (tmp_path / "checkpoints" / "resnet18-f37072fd.pth").write_bytes(b"abc")
    said = r"no network: download\.pytorch\.org.*put resnet18-f37072fd\.pth by hand.*its sha256 is ba7816bf, expected "
    with pytest.raises(CheckpointError, match=said):
        get_model("torchvision://resnet18", pretrained=True)


def test_timm() -> None:
    timm = pytest.importorskip("timm")
    with torch.device("meta"):
        model = get_model("timm://resnet18", num_classes=4)
    assert type(model) is timm.models.resnet.ResNet and model.num_classes == 4
    with pytest.raises(ConfigError, match=r"timm has no model 'resnet1888'\. Did you mean"):
        get_model("timm://resnet1888")
    with pytest.raises(
        CheckpointError, match=r"timm's weights of resnet18\.nobody cannot be loaded: Invalid pretrained"
    ):
        get_model("timm://resnet18.nobody", pretrained=True)


def test_timm_without_a_network(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Both ways to timm's weights say the host, and what to do, in one line."""
    pytest.importorskip("timm")
    constants = pytest.importorskip("huggingface_hub.constants")
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)  # huggingface_hub's own error, without its tries
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    from course_lib.models import TIMMBackbone

    for make in (
        lambda: get_model("timm://resnet18.a1_in1k", pretrained=True),
        lambda: TIMMBackbone("resnet18.a1_in1k", pretrained=True),
    ):
        with pytest.raises(CheckpointError) as caught:
            make()
        line = str(caught.value)
        assert line.startswith("timm's weights of resnet18.a1_in1k cannot be fetched: ") and "\n" not in line
        assert line.endswith(
            "They come from huggingface.co. Without a network, bring huggingface_hub's folder (HF_HOME, or "
            "~/.cache/huggingface) from where this ran before."
        )
