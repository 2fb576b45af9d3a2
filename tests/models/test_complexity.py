"""What a model costs: hand-counted for LeNet, else as torchvision's weights and the RegNet paper say."""

from pathlib import Path

import pytest
import torch
import torchvision
from torch import nn

from course_lib.builders import build_model
from course_lib.config import CONFIGS, Config
from course_lib.models import LeNet5
from course_lib.models.complexity import LayerCost, cost_table, model_cost, short_number

PARTS = CONFIGS / "_base_" / "models"


def part(name: str) -> nn.Module:
    with torch.device("meta"):
        return build_model(Config.fromfile(Path(PARTS, f"{name}.py")).model)


def test_lenet_by_hand() -> None:
    layers = {layer.name: layer for layer in model_cost(LeNet5(num_classes=10), (1, 32, 32)).walk()}
    by_hand = {  # weights + biases; outputs × (inputs of each); outputs
        "features.0": (6 * 25 + 6, 6 * 28 * 28 * 25, 6 * 28 * 28),
        "features.3": (16 * 6 * 25 + 16, 16 * 10 * 10 * 6 * 25, 16 * 10 * 10),
        "features.6": (120 * 16 * 25 + 120, 120 * 16 * 25, 120),
        "classifier.0": (120 * 84 + 84, 120 * 84, 84),
        "classifier.2": (84 * 10 + 10, 84 * 10, 10),
    }
    for name, (params, macs, activations) in by_hand.items():
        assert (layers[name].params, layers[name].macs, layers[name].activations) == (params, macs, activations)
    whole = layers[""]
    assert [whole.params, whole.macs, whole.activations] == [
        sum(column) for column in zip(*by_hand.values(), strict=True)
    ]


@pytest.mark.parametrize(
    ("name", "weights"),
    [
        ("resnet50", "ResNet50_Weights"),
        ("alexnet/alexnet", "AlexNet_Weights"),
        ("vgg/vgg16", "VGG16_Weights"),
        ("densenet/densenet121", "DenseNet121_Weights"),
        ("mobilenet_v2/mobilenet_v2_1x", "MobileNet_V2_Weights"),
        ("efficientnet/efficientnet_b0", "EfficientNet_B0_Weights"),
        ("convnext/convnext-tiny", "ConvNeXt_Tiny_Weights"),
        ("swin_transformer/tiny_224", "Swin_T_Weights"),
        ("vit/vit-base-p16", "ViT_B_16_Weights"),
    ],
)
def test_torchvisions_published_counts(name: str, weights: str) -> None:
    published = getattr(torchvision.models, weights).IMAGENET1K_V1.meta
    cost = model_cost(part(name), (3, 224, 224))
    assert cost.macs / 1e9 == pytest.approx(published["_ops"], abs=0.0006)  # GFLOPs there, to three places
    assert cost.params == published["num_params"]


@pytest.mark.parametrize(
    ("name", "activations"),  # millions, the model zoo of pycls, by the authors of arXiv 2003.13678
    [("resnet50", 11.1), ("resnext/resnext50_32x4d", 14.4), ("efficientnet/efficientnet_b0", 6.7)]
    + [(f"regnet/regnetx_{size}", number) for size, number in (("400mf", 3.1), ("3.2gf", 11.4), ("12gf", 21.4))],
)
def test_activations_as_the_regnet_authors_publish_them(name: str, activations: float) -> None:
    assert model_cost(part(name), (3, 224, 224)).activations / 1e6 == pytest.approx(activations, abs=0.06)


def test_attention_and_torchs_fused_layer_are_counted() -> None:
    length, dim = 7, 8
    layer = nn.Sequential(nn.Flatten(2), nn.TransformerEncoderLayer(length, 1, dim, batch_first=True)).eval()
    # query, key, value and output: 4·L·D²; scores and their use: 2·L²·D; the small network: 2·L·D·hidden
    tokens = 3
    by_hand = 4 * tokens * length**2 + 2 * tokens**2 * length + 2 * tokens * length * dim
    assert model_cost(layer, (tokens, 1, length)).macs == by_hand


def test_a_list_of_layers_that_is_not_called_has_the_sum_of_its_layers() -> None:
    class Stages(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.stages = nn.ModuleList([nn.Conv2d(3, 4, 1), nn.Conv2d(4, 5, 1)])

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            for stage in self.stages:
                x = stage(x)
            return x

    cost = model_cost(Stages(), (3, 2, 2))
    (stages,) = cost.children
    assert (stages.macs, stages.activations) == (cost.macs, cost.activations) == (4 * (12 + 20), 4 * (4 + 5))


def test_a_shared_layer_is_paid_twice_and_held_once() -> None:
    shared = nn.Linear(4, 4, bias=False)
    cost = model_cost(nn.Sequential(nn.Flatten(), shared, nn.ReLU(), shared), (1, 2, 2))
    assert (cost.params, cost.macs, cost.activations) == (16, 32, 8)


def test_the_model_stays_as_it_was() -> None:
    model = LeNet5(num_classes=10).train()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    model_cost(model, (1, 32, 32))
    assert model.training and all(module.training for module in model.modules())
    assert all(p.device.type == "cpu" and p.requires_grad for p in model.parameters())
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert not any(module._forward_hooks for module in model.modules())


def test_table() -> None:
    inner = LayerCost("body.conv", "Conv2d", 1500, 3_000_000, 0)
    body = LayerCost("body", "Sequential", 1500, 3_000_000, 0, (inner, LayerCost("body.act", "ReLU", 0, 0, 0)))
    cost = LayerCost("", "Net", 2000, 4_000_000, 50, (body, LayerCost("fc", "Linear", 500, 1_000_000, 50)))
    assert [line.split() for line in cost_table(cost).splitlines()] == [
        ["layer", "parameters", "MACs", "activations"],
        ["Net", "2.00", "K", "100.0", "%", "4.00", "M", "100.0", "%", "50", "100.0", "%"],
        ["├─", "body", "(Sequential)", "1.50", "K", "75.0", "%", "3.00", "M", "75.0", "%"],
        ["│", "└─", "conv", "(Conv2d)", "1.50", "K", "75.0", "%", "3.00", "M", "75.0", "%"],
        ["└─", "fc", "(Linear)", "500", "25.0", "%", "1.00", "M", "25.0", "%", "50", "100.0", "%"],
    ]
    assert [line.split()[0] for line in cost_table(cost, depth=0).splitlines()] == ["layer", "Net"]
    ends = {line.index(" %") for line in cost_table(cost).splitlines()[1:]}
    assert len(ends) == 1  # aligned


def test_short_numbers() -> None:
    numbers = {0: "0", 84: "84", 999: "999", 1000: "1.00 K", 61_706: "61.7 K", 999_499: "999 K", 999_999: "1.00 M"}
    numbers |= {11_114_984: "11.1 M", 4_089_184_256: "4.09 G", 15_470_264_320: "15.5 G", 191_210_034_176: "191 G"}
    assert {number: short_number(number) for number in numbers} == numbers
