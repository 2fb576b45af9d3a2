"""Layer-wise decay, as MMPretrain scales the layers of a ViT: rate^(L + 1 − depth)."""

import pytest
import torch
from torch import nn

from course_lib.config.errors import ConfigError
from course_lib.models import ConvNeXt, ResNet, SwinTransformer
from course_lib.optim import param_groups
from course_lib.optim.layer_decay import layer_scales


class Transformer(nn.Module):
    """The names of a ViT with two blocks."""

    def __init__(self) -> None:
        super().__init__()
        self.cls_token = nn.Parameter(torch.zeros(1, 1, 2))
        self.patch_embed = nn.Conv2d(3, 2, 4)
        self.blocks = nn.Sequential(nn.Sequential(nn.Linear(2, 2, bias=False)), nn.Linear(2, 2, bias=False))
        self.norm = nn.LayerNorm(2)


def classifier(backbone: nn.Module) -> nn.Module:
    return nn.ModuleDict({"backbone": backbone, "head": nn.Linear(2, 2)})


def test_a_transformer_by_hand() -> None:
    assert layer_scales(classifier(Transformer()), 0.5) == {
        "backbone.cls_token": 0.125,
        "backbone.patch_embed.weight": 0.125,
        "backbone.patch_embed.bias": 0.125,
        "backbone.blocks.0.0.weight": 0.25,
        "backbone.blocks.1.weight": 0.5,
        "backbone.norm.weight": 1.0,
        "backbone.norm.bias": 1.0,
        "head.weight": 1.0,
        "head.bias": 1.0,
    }


def test_a_resnet_counts_through_its_stages() -> None:
    scales = layer_scales(classifier(ResNet(18)), 0.5)
    assert scales["backbone.conv1.weight"] == 0.5**9
    assert scales["backbone.layer1.0.conv1.weight"] == 0.5**8
    assert scales["backbone.layer2.0.downsample.0.weight"] == 0.5**6
    assert scales["backbone.layer4.1.bn2.bias"] == 0.5
    assert scales["head.bias"] == 1.0


# how many layers lie above, as MMPretrain 1.2.0's get_layer_depth counts them
ABOVE = {
    "swin": (
        SwinTransformer("tiny"),
        {
            "patch_embed.proj.weight": 13,
            "patch_norm.bias": 13,
            "stages.0.0.norm1.weight": 12,
            "stages.0.1.attn.relative_position_bias_table": 11,
            "downsamples.1.reduction.weight": 11,
            "stages.1.0.mlp.fc1.bias": 10,
            "downsamples.3.norm.weight": 3,
            "stages.3.1.attn.qkv.weight": 1,
            "norms.3.weight": 0,
        },
    ),
    "convnext": (
        ConvNeXt("tiny"),
        {
            "downsamples.0.1.weight": 7,
            "stages.0.2.gamma": 6,
            "downsamples.1.0.weight": 5,
            "stages.1.0.depthwise.weight": 5,
            "downsamples.2.1.weight": 4,
            "stages.2.2.fc1.weight": 4,
            "stages.2.3.fc1.weight": 3,
            "stages.2.8.norm.bias": 2,
            "downsamples.3.1.weight": 1,
            "stages.3.0.fc2.weight": 1,
            "norms.3.bias": 0,
        },
    ),
    "resnet": (
        ResNet(50),
        {
            "bn1.weight": 7,
            "layer1.2.conv3.weight": 6,
            "layer2.1.conv1.weight": 5,
            "layer2.2.conv1.weight": 4,
            "layer3.0.downsample.0.weight": 3,
            "layer3.5.bn3.weight": 2,
            "layer4.2.conv1.weight": 1,
        },
    ),
}


@pytest.mark.parametrize("family", ABOVE)
def test_as_many_layers_above_as_mmpretrain_counts(family: str) -> None:
    backbone, above = ABOVE[family]
    scales = layer_scales(classifier(backbone), 0.5)
    assert {name: scales[f"backbone.{name}"] for name in above} == {name: 0.5**n for name, n in above.items()}
    assert scales["head.weight"] == 1.0


def test_what_joins_two_stages_belongs_to_the_block_before() -> None:
    stage = nn.ModuleDict({"blocks": nn.ModuleList([nn.Linear(2, 2)]), "downsample": nn.Linear(2, 2)})
    last = nn.ModuleDict({"blocks": nn.ModuleList([nn.Linear(2, 2)])})
    scales = layer_scales(classifier(nn.ModuleDict({"stages": nn.ModuleList([stage, last])})), 0.5)
    assert scales["backbone.stages.0.blocks.0.weight"] == scales["backbone.stages.0.downsample.weight"] == 0.25
    assert scales["backbone.stages.1.blocks.0.bias"] == 0.5


def test_together_with_other_rules() -> None:
    model = classifier(Transformer())
    names = {parameter: name for name, parameter in model.named_parameters()}
    rules = {"layer_decay_rate": 0.5, "norm_decay_mult": 0.0, "custom_keys": {"head": {"lr_mult": 10.0}}}
    groups = param_groups(model, 0.1, 0.05, rules)
    found = {names[p]: (group["lr"], group["weight_decay"]) for group in groups for p in group["params"]}
    assert found["backbone.cls_token"] == (pytest.approx(0.0125), 0.05)
    assert found["backbone.norm.weight"] == (0.1, 0.0)
    assert found["head.weight"] == (1.0, 0.05)


def test_mistakes() -> None:
    with pytest.raises(ConfigError, match=r"layer_decay_rate: the backbone of this Linear is not made of blocks"):
        param_groups(nn.Linear(2, 2), 0.1, 0.0, {"layer_decay_rate": 0.5})
    with pytest.raises(ConfigError, match=r"layer_decay_rate: '0\.5' must be a number, 0 or more; it multiplies"):
        param_groups(classifier(Transformer()), 0.1, 0.0, {"layer_decay_rate": "0.5"})
