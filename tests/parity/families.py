"""Every ready-made classifier of the kit and what it is compared with, by family, in the order of their years."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

import torch.nn.functional as F
from torch import Tensor, nn

from .reference import Reference, by_name, in_order, of_timm, of_torchvision

FC = by_name({"fc.": "head.fc."})
CLASSIFIER = by_name({"classifier.": "head.fc."})
CLASSIFIER_1 = by_name({"classifier.1.": "head.fc."})
HEAD = by_name({"head.": "head.fc."})
HEAD_FC = by_name({"head.fc.": "head.fc."})
ALL = by_name({})
MOBILE = by_name({"classifier.0.": "head.layers.0.fc.", "classifier.3.": "head.layers.1.fc."})
REGNET_OF_TIMM = by_name(
    {"head.fc.": "head.fc."},
    (r"\.s(\d)\.b(\d+)\.", lambda m: f".trunk_output.block{m[1]}.block{m[1]}-{int(m[2]) - 1}."),
    (r"\.conv1\.", ".f.a."),
    (r"\.conv2\.", ".f.b."),
    (r"\.conv3\.", ".f.c."),
    (r"\.downsample\.", ".proj."),
    (r"\.conv\.(\w+)$", r".0.\1"),
    (r"\.bn\.(\w+)$", r".1.\1"),
)
REPVGG = by_name(
    {"head.fc.": "head.fc."},
    (r"\.stages\.(\d)\.", lambda m: f".stage_{int(m[1]) + 1}."),  # counted from 1, as in MMPretrain
    (r"\.identity\.", ".branch_norm."),
    (r"\.conv_kxk\.", ".branch_3x3."),
    (r"\.conv_1x1\.", ".branch_1x1."),
    (r"\.attn\.", ".se_layer."),
    (r"\.bn\.", ".norm."),
)
VIT = by_name(
    {"heads.head.": "head.fc."},
    (r"\.class_token$", ".cls_token"),
    (r"\.conv_proj\.", ".patch_embed.proj."),
    (r"\.encoder\.pos_embedding$", ".pos_embed"),
    (r"\.encoder\.layers\.encoder_layer_", ".blocks."),
    (r"\.encoder\.ln\.", ".norm."),
    (r"\.ln_", ".norm"),
    (r"\.self_attention\.in_proj_", ".attn.qkv."),
    (r"\.self_attention\.out_proj\.", ".attn.proj."),
    (r"\.mlp\.0\.", ".mlp.fc1."),
    (r"\.mlp\.3\.", ".mlp.fc2."),
)
# what torchvision's `features` are by turns: the stem and a stage, what halves the size and the next stage
BY_TURNS = (
    r"\.features\.(\d)\.",
    lambda m: f".{'stages' if int(m[1]) % 2 else 'downsamples'}.{int(m[1]) // 2}.",
)
SWIN = by_name(
    {"head.": "head.fc."},
    (r"\.features\.0\.0\.", ".patch_embed.proj."),
    (r"\.features\.0\.2\.", ".patch_norm."),
    BY_TURNS,
    (r"\.mlp\.0\.", ".mlp.fc1."),
    (r"\.mlp\.3\.", ".mlp.fc2."),
    (r"^backbone\.norm\.", "backbone.norms.3."),
)
SWIN_OF_TIMM = by_name(
    {"head.fc.": "head.fc."},
    (r"\.patch_embed\.norm\.", ".patch_norm."),
    (r"\.layers\.(\d)\.blocks\.", r".stages.\1."),
    (r"\.layers\.(\d)\.downsample\.", r".downsamples.\1."),
    (r"^backbone\.norm\.", "backbone.norms.3."),
)
CONVNEXT = by_name(
    {"classifier.2.": "head.fc."},
    BY_TURNS,
    (r"\.block\.0\.", ".depthwise."),
    (r"\.block\.2\.", ".norm."),
    (r"\.block\.3\.", ".fc1."),
    (r"\.block\.5\.", ".fc2."),
    (r"\.layer_scale$", ".gamma"),
    (r"\.classifier\.0\.", ".norms.3."),
)
DEIT = by_name({"head.": "head.fc.", "head_dist.": "head.fc_dist."})
EPS = {"bn_eps": 1e-3}  # timm leaves torch's 1e-5 where no weights say otherwise


# --- built of other libraries' blocks, where they have no such model --------------------------------------------------


def lenet() -> nn.Module:
    """Torch's layers, one after the other; the border of zeros makes 28×28 pictures 32×32."""
    layers = [nn.Conv2d(1, 6, 5, padding=2), nn.Tanh(), nn.AvgPool2d(2), nn.Conv2d(6, 16, 5), nn.Tanh()]
    last = [nn.AvgPool2d(2), nn.Conv2d(16, 120, 5), nn.Tanh(), nn.Flatten(), nn.Linear(120, 84), nn.Tanh()]
    return nn.Sequential(*layers, *last, nn.Linear(84, 10))


class PaddedHalf(nn.Module):
    """The shortcut without weights of the ResNet paper's networks for CIFAR."""

    def forward(self, x: Tensor) -> Tensor:
        return F.pad(F.max_pool2d(x, 1, stride=2), (0, 0, 0, 0, 0, x.shape[1]))


def resnet_for_cifar(n: int) -> nn.Module:
    """Torchvision's blocks, 3·n of them, on 16, 32 and 64 channels."""
    from torchvision.models.resnet import BasicBlock

    layers: list[nn.Module] = [nn.Conv2d(3, 16, 3, padding=1, bias=False), nn.BatchNorm2d(16), nn.ReLU()]
    for width in (16, 32, 64):
        halves = width > 16
        layers.append(BasicBlock(width // 2, width, 2, PaddedHalf()) if halves else BasicBlock(16, 16))
        layers += [BasicBlock(width, width) for _ in range(n - 1)]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))


def resnet18_with_small_stem() -> nn.Module:
    from torchvision.models import resnet18

    network = resnet18(num_classes=10)
    network.conv1 = nn.Conv2d(3, 64, 3, padding=1, bias=False)
    network.maxpool = nn.Identity()
    return network


def resnext152() -> nn.Module:
    from torchvision.models.resnet import Bottleneck, ResNet

    return ResNet(Bottleneck, [3, 8, 36, 3], groups=32, width_per_group=4)


def repvgg_in_twos(width: float, last: float) -> nn.Module:
    """timm's blocks with two groups, a size that it has only with one and four."""
    from timm.models import byobnet

    blocks = byobnet._rep_vgg_bcfg(d=(4, 6, 16, 1), wf=(width, width, width, last), groups=2)
    return byobnet.ByobNet(replace(byobnet.model_cfgs["repvgg_b1"], blocks=blocks))


def _cifar(n: int, millions: str, count: int) -> Reference:
    make = partial(resnet_for_cifar, n)
    source = f"the paper's table 6: {millions} million; torchvision's blocks, counted"
    part = f"resnet/resnet{6 * n + 2}_cifar"
    return Reference(part, source, count, "torchvision BasicBlock", make, in_order, px=32)


def _two_groups(arch: str, width: float, last: float) -> Reference:
    make = partial(repvgg_in_twos, width, last)
    return Reference(f"repvgg/repvgg-{arch}", "timm's blocks, counted", None, "timm ByobNet", make, REPVGG)


FAMILIES: Mapping[str, tuple[Reference, ...]] = {
    "LeNet-5": (Reference("lenet5", "by hand", 61_706, "torch's layers", lenet, in_order, px=28, channels=1),),
    "AlexNet": (of_torchvision("alexnet/alexnet", "alexnet", ALL),),
    "VGG": tuple(
        of_torchvision(f"vgg/vgg{depth}{norm}", f"vgg{depth}{'_bn' if norm else ''}", ALL)
        for norm in ("", "bn")
        for depth in (11, 13, 16, 19)
    ),
    "ResNet": tuple(of_torchvision(f"resnet{depth}", f"resnet{depth}", FC) for depth in (18, 34, 50, 101, 152)),
    "ResNet V1c": tuple(of_timm(f"resnet/resnetv1c{depth}", f"resnet{depth}c", FC, 75) for depth in (50, 101)),
    "ResNet V1d": tuple(of_timm(f"resnet/resnetv1d{depth}", f"resnet{depth}d", FC, 75) for depth in (50, 101, 152)),
    "ResNet for CIFAR": (
        *(
            _cifar(n, millions, count)
            for n, millions, count in (
                (3, "0.27", 269_722),
                (5, "0.46", 464_154),
                (7, "0.66", 658_586),
                (9, "0.85", 853_018),
                (18, "1.7", 1_727_962),
            )
        ),
        Reference(
            "resnet18_cifar",
            "torchvision's, counted",
            None,
            "torchvision resnet18 with a 3×3 stem",
            resnet18_with_small_stem,
            FC,
            px=32,
        ),
    ),
    "Wide ResNet": tuple(of_torchvision(f"wrn/wide_resnet{depth}", f"wide_resnet{depth}_2", FC) for depth in (50, 101)),
    "ResNeXt": (
        of_torchvision("resnext/resnext50_32x4d", "resnext50_32x4d", FC),
        of_timm("resnext/resnext101_32x4d", "resnext101_32x4d", FC),
        of_torchvision("resnext/resnext101_32x8d", "resnext101_32x8d", FC),
        Reference(
            "resnext/resnext152_32x4d",
            "torchvision's, counted",
            None,
            "torchvision ResNet(3, 8, 36, 3)",
            resnext152,
            FC,
        ),
    ),
    "SE-ResNet": tuple(of_timm(f"seresnet/seresnet{depth}", f"seresnet{depth}", FC) for depth in (50, 101)),
    "SE-ResNeXt": tuple(
        of_timm(f"seresnet/seresnext{depth}_32x4d", f"seresnext{depth}_32x4d", FC) for depth in (50, 101)
    ),
    "DenseNet": tuple(
        of_torchvision(f"densenet/densenet{depth}", f"densenet{depth}", CLASSIFIER) for depth in (121, 161, 169, 201)
    ),
    "ShuffleNetV1": (Reference("shufflenet_v1/shufflenet_v1_1x", "pytorchcv", 1_865_728),),
    "ShuffleNetV2": (of_torchvision("shufflenet_v2/shufflenet_v2_1x", "shufflenet_v2_x1_0", FC),),
    "MobileNetV2": (of_torchvision("mobilenet_v2/mobilenet_v2_1x", "mobilenet_v2", CLASSIFIER_1),),
    "MobileNetV3": (
        of_timm("mobilenet_v3/mobilenet_v3_small_050", "mobilenetv3_small_050", in_order, settings=EPS),
        of_timm("mobilenet_v3/mobilenet_v3_small_075", "mobilenetv3_small_075", in_order, settings=EPS),
        of_torchvision("mobilenet_v3/mobilenet_v3_small", "mobilenet_v3_small", MOBILE),
        of_torchvision("mobilenet_v3/mobilenet_v3_large", "mobilenet_v3_large", MOBILE),
    ),
    "EfficientNet": (
        *(of_torchvision(f"efficientnet/efficientnet_b{i}", f"efficientnet_b{i}", CLASSIFIER_1) for i in range(8)),
        *(
            of_timm(f"efficientnet/efficientnet_{size}", f"efficientnet_{size}", in_order, settings=EPS)
            for size in ("b8", "l2", "es", "em", "el")
        ),
    ),
    "RegNetX": (
        of_timm("regnet/regnetx_400mf", "regnetx_004", REGNET_OF_TIMM),
        of_torchvision("regnet/regnetx_800mf", "regnet_x_800mf", FC),
        of_torchvision("regnet/regnetx_1.6gf", "regnet_x_1_6gf", FC),
        of_torchvision("regnet/regnetx_3.2gf", "regnet_x_3_2gf", FC),
        of_timm("regnet/regnetx_4.0gf", "regnetx_040", REGNET_OF_TIMM),
        of_timm("regnet/regnetx_6.4gf", "regnetx_064", REGNET_OF_TIMM),
        of_torchvision("regnet/regnetx_8.0gf", "regnet_x_8gf", FC),
        of_timm("regnet/regnetx_12gf", "regnetx_120", REGNET_OF_TIMM),
    ),
    "RepVGG": (
        *(
            of_timm(f"repvgg/repvgg-{arch}", f"repvgg_{arch.lower()}", REPVGG)
            for arch in ("A0", "A1", "A2", "B0", "B1", "B1g4", "B2", "B2g4", "B3", "B3g4", "D2se")
        ),
        _two_groups("B1g2", 2.0, 4.0),
        _two_groups("B2g2", 2.5, 5.0),
        _two_groups("B3g2", 3.0, 5.0),
    ),
    "ViT": tuple(
        of_torchvision(f"vit/vit-{size}-p{patch}", f"vit_{size[0]}_{patch}", VIT, img_size=64)
        for size in ("base", "large")
        for patch in (16, 32)
    ),
    "DeiT": tuple(
        of_timm(f"deit/deit-{size}", f"deit_{size}_patch16_224", DEIT, img_size=64)
        for size in ("tiny", "small", "base")
    ),
    "DeiT, distilled": tuple(
        of_timm(f"deit/deit-{size}-distilled", f"deit_{size}_distilled_patch16_224", DEIT, img_size=64)
        for size in ("tiny", "small", "base")
    ),
    "MLP-Mixer": tuple(
        of_timm(f"mlp_mixer/mlp_mixer_{size}_patch16", f"mixer_{size[0]}16_224", HEAD, img_size=64)
        for size in ("base", "large")
    ),
    "Swin": (
        *(
            of_torchvision(f"swin_transformer/{size}_224", f"swin_{size[0]}", SWIN)
            for size in ("tiny", "small", "base")
        ),
        of_timm("swin_transformer/large_224", "swin_large_patch4_window7_224", SWIN_OF_TIMM, 224),
    ),
    "ConvNeXt": tuple(
        of_torchvision(f"convnext/convnext-{size}", f"convnext_{size}", CONVNEXT)
        for size in ("tiny", "small", "base", "large")
    ),
}
# parts that no library has; airbench94 is published, and tests/models/backbones/test_airbench.py checks its number
OWN = (
    *("airbench94", "mlp", "small_cnn", "resnet_small_cifar", "mobilenet_v2/mobilenet_v2_mini_cifar"),
    *("vit/vit-mini-p4_cifar", "vit/vit-small-p4_cifar"),
)
