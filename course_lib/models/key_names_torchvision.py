"""What torchvision calls the layers of ViT, Swin and ConvNeXt, which have other names here, and of old DenseNets."""

from .key_names import Naming, by_rules

TORCHVISION = (
    Naming(
        "torchvision",
        r"encoder\.layers\.encoder_layer_0\.",
        r"blocks\.0\.attn\.qkv\.",
        by_rules(
            (r"^class_token$", "cls_token"),
            (r"^conv_proj\.", "patch_embed.proj."),
            (r"^encoder\.pos_embedding$", "pos_embed"),
            (r"^encoder\.layers\.encoder_layer_", "blocks."),
            (r"^encoder\.ln\.", "norm."),
            (r"\.ln_([12])\.", r".norm\1."),
            (r"\.self_attention\.in_proj_", ".attn.qkv."),
            (r"\.self_attention\.out_proj\.", ".attn.proj."),
            (r"\.mlp\.(?:0|linear_1)\.", ".mlp.fc1."),  # linear_1: files from before torchvision 0.12
            (r"\.mlp\.(?:3|linear_2)\.", ".mlp.fc2."),
        ),
    ),
    Naming(
        "torchvision",
        r"features\.1\.0\.attn\.",
        r"stages\.0\.0\.attn\.",
        by_rules(  # its features are the patches and the first stage, then merging and stage by turns
            (r"^features\.0\.0\.", "patch_embed.proj."),
            (r"^features\.0\.2\.", "patch_norm."),
            (r"^features\.(\d)\.", lambda m: f"{'stages' if int(m[1]) % 2 else 'downsamples'}.{int(m[1]) // 2}."),
            (r"\.mlp\.0\.", ".mlp.fc1."),
            (r"\.mlp\.3\.", ".mlp.fc2."),
            (r"^norm\.", "norms.3."),
        ),
    ),
    Naming(
        "torchvision",
        r"features\.1\.0\.layer_scale$",
        r"stages\.0\.0\.depthwise\.",
        by_rules(  # its features are the stem and the first stage, then downsampling and stage by turns
            (r"^features\.(\d)\.", lambda m: f"{'stages' if int(m[1]) % 2 else 'downsamples'}.{int(m[1]) // 2}."),
            (r"\.block\.0\.", ".depthwise."),
            (r"\.block\.2\.", ".norm."),
            (r"\.block\.3\.", ".fc1."),
            (r"\.block\.5\.", ".fc2."),
            (r"\.layer_scale$", ".gamma"),
            (r"^classifier\.0\.", "norms.3."),
        ),
    ),
    Naming(
        "torchvision before 0.3",
        r"features\.denseblock1\.denselayer1\.norm\.1\.",
        r"features\.denseblock1\.",
        by_rules((r"(\.denselayer\d+\.(?:norm|conv))\.([12])\.", r"\1\2.")),
    ),
)
