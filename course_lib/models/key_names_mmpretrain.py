"""What MMPretrain, and MMCls 0.x before it, call the layers of each family whose names differ from ours.

Read from the state dicts that it writes. ResNet, ResNeXt, RepVGG, ShuffleNetV1, AlexNet and LeNet have the same names.
"""

from itertools import accumulate

from torch import Tensor

from .key_names import Naming, by_rules
from .key_names_counted import inverted_residuals, vgg

# where each stage of MobileNetV2 begins among torchvision's layers, of which the first is the stem
STARTS = list(accumulate((1, 2, 3, 4, 3, 3, 1), initial=1))
FFN = ((r"\.ffn\.layers\.0\.0\.", ".mlp.fc1."), (r"\.ffn\.layers\.1\.", ".mlp.fc2."))


def merged_patches(name: str, value: Tensor) -> Tensor:
    """Swin's merging in the original's order of 2×2 neighbours (column, row, channel), from (channel, row, column)."""
    if not name.startswith("downsamples."):
        return value
    parts = value.unflatten(-1, (-1, 2, 2))  # norm (4·D,) and reduction (2·D, 4·D) both end in the neighbours
    return parts.transpose(-1, -3).flatten(-3)


MMPRETRAIN = (
    Naming(
        "MMPretrain",
        r"layers\.0\.ffn\.",
        r"blocks\.0\.attn\.qkv\.",
        by_rules(
            (r"^patch_embed\.projection\.", "patch_embed.proj."),
            (r"^layers\.(\d+)\.", r"blocks.\1."),
            (r"^ln1\.", "norm."),
            (r"^ln2\.", "fc_norm."),
            (r"\.ln([12])\.", r".norm\1."),
            *FFN,
        ),
    ),
    Naming(
        "MMPretrain",
        r"head\.layers\.head\.",
        r"head\.fc\.",
        by_rules(
            (r"^head\.layers\.head\.", "head.fc."),
            (r"^head\.layers\.head_dist\.", "head.fc_dist."),
            (r"^head\.layers\.pre_logits\.", "head.pre_logits.0."),
        ),
    ),
    Naming(
        "MMPretrain",
        r"stages\.0\.blocks\.0\.attn\.w_msa\.",
        r"stages\.0\.0\.attn\.",
        by_rules(
            (r"^patch_embed\.projection\.", "patch_embed.proj."),
            (r"^patch_embed\.norm\.", "patch_norm."),
            (r"^stages\.(\d)\.blocks\.", r"stages.\1."),
            (r"^stages\.(\d)\.downsample\.", lambda m: f"downsamples.{int(m[1]) + 1}."),
            (r"\.attn\.w_msa\.", ".attn."),
            *FFN,
            (r"^norm(\d)\.", r"norms.\1."),
            (r"^norm\.", "norms.3."),  # files of MMCls before 0.18
        ),
        merged_patches,
    ),
    Naming(
        "MMPretrain",
        r"stages\.0\.0\.depthwise_conv\.",
        r"stages\.0\.0\.depthwise\.",
        by_rules(
            (r"^downsample_layers\.", "downsamples."),
            (r"\.depthwise_conv\.", ".depthwise."),
            (r"\.pointwise_conv([12])\.", r".fc\1."),
            (r"^norm(\d)\.", r"norms.\1."),
        ),
    ),
    Naming(
        "MMPretrain",
        r"layers\.0\.token_mix\.",
        r"blocks\.0\.mlp_tokens\.",
        by_rules(
            (r"^patch_embed\.projection\.", "stem.proj."),
            (r"^layers\.(\d+)\.", r"blocks.\1."),
            (r"^ln1\.", "norm."),
            (r"\.ln([12])\.", r".norm\1."),
            (r"\.(token|channel)_mix\.layers\.0\.0\.", r".mlp_\1s.fc1."),
            (r"\.(token|channel)_mix\.layers\.1\.", r".mlp_\1s.fc2."),
        ),
    ),
    Naming("MMPretrain", r"features\.0\.conv\.", r"features\.0\.", vgg),
    Naming(
        "MMPretrain",
        r"layer1\.0\.conv\.0\.conv\.",
        r"features\.1\.conv\.0\.0\.",
        by_rules(
            (r"^conv([12])\.conv\.", lambda m: f"features.{0 if m[1] == '1' else STARTS[-1]}.0."),
            (r"^conv([12])\.bn\.", lambda m: f"features.{0 if m[1] == '1' else STARTS[-1]}.1."),
            (r"^layer(\d)\.(\d)\.", lambda m: f"features.{STARTS[int(m[1]) - 1] + int(m[2])}."),
            (r"^features\.1\.conv\.1\.conv\.", "features.1.conv.1."),  # the one block that does not widen
            (r"^features\.1\.conv\.1\.bn\.", "features.1.conv.2."),
            (r"\.conv\.2\.conv\.", ".conv.2."),
            (r"\.conv\.2\.bn\.", ".conv.3."),
            (r"\.conv\.([01])\.conv\.", r".conv.\1.0."),
            (r"\.conv\.([01])\.bn\.", r".conv.\1.1."),
        ),
    ),
    Naming(
        "MMPretrain",
        r"layer(?:1|s\.1\.0)\.(?:depthwise_conv|conv1)\.conv\.",
        r"features\.1\..*block\.",
        inverted_residuals,
    ),
    Naming(
        "MMPretrain",
        r"layers\.0\.0\.branch2\.0\.conv\.",
        r"stage2\.0\.branch2\.",
        by_rules(
            (r"^layers\.3\.", "conv5."),
            (r"^layers\.(\d)\.", lambda m: f"stage{int(m[1]) + 2}."),
            (r"\.branch1\.(\d)\.(conv|bn)\.", lambda m: f".branch1.{2 * int(m[1]) + (m[2] == 'bn')}."),
            # between the second branch's first two convolutions lies a ReLU that counts
            (r"\.branch2\.0\.(conv|bn)\.", lambda m: f".branch2.{0 + (m[1] == 'bn')}."),
            (r"\.branch2\.([12])\.(conv|bn)\.", lambda m: f".branch2.{2 * int(m[1]) + 1 + (m[2] == 'bn')}."),
            (r"^(conv[15])\.conv\.", r"\1.0."),
            (r"^(conv[15])\.bn\.", r"\1.1."),
        ),
    ),
    Naming(
        "MMPretrain",
        r"layer1\.0\.conv1\.",
        r"trunk_output\.block1\.",
        by_rules(
            (r"^conv1\.", "stem.0."),
            (r"^bn1\.", "stem.1."),
            (r"^layer(\d)\.(\d+)\.", r"trunk_output.block\1.block\1-\2."),
            (r"\.downsample\.", ".proj."),
            (r"\.(conv|bn)([123])\.", lambda m: f".f.{'abc'[int(m[2]) - 1]}.{int(m[1] == 'bn')}."),
        ),
    ),
    Naming(
        "MMPretrain",
        r"stages\.0\.block\.0\.norm1\.",
        r"features\.denseblock1\.",
        by_rules(
            (r"^stem\.0\.", "features.conv0."),
            (r"^stem\.1\.", "features.norm0."),
            (
                r"^stages\.(\d)\.block\.(\d+)\.",
                lambda m: f"features.denseblock{int(m[1]) + 1}.denselayer{int(m[2]) + 1}.",
            ),
            (r"^transitions\.3\.0\.", "features.norm5."),
            (r"^transitions\.(\d)\.", lambda m: f"features.transition{int(m[1]) + 1}."),
        ),
    ),
    Naming(
        "MMPretrain",
        r"stem\.[0-2]\.conv\.",
        r"conv1\.6\.",
        by_rules(
            (r"^stem\.([012])\.conv\.", lambda m: f"conv1.{3 * int(m[1])}."),
            (r"^stem\.([01])\.bn\.", lambda m: f"conv1.{3 * int(m[1]) + 1}."),
            (r"^stem\.2\.bn\.", "bn1."),
        ),
    ),
    Naming(  # where the stride is 1, ours counts a pooling that does nothing
        "MMPretrain",
        r"layer1\.0\.downsample\.0\.",
        r"layer1\.0\.downsample\.2\.",
        by_rules((r"^layer1\.0\.downsample\.([01])\.", lambda m: f"layer1.0.downsample.{int(m[1]) + 1}.")),
    ),
    Naming(
        "MMPretrain",
        r"layer1\.0\.se_layer\.",
        r"layer1\.0\.se\.",
        by_rules((r"\.se_layer\.conv([12])\.conv\.", r".se.fc\1.")),
    ),
    Naming(
        "MMPretrain",
        r"stem\.se_layer\.conv1\.",
        r"stem\.se_layer\.fc1\.",
        by_rules((r"\.se_layer\.conv([12])\.conv\.", r".se_layer.fc\1.")),
    ),
)
