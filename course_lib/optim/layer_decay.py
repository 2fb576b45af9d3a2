"""Layer-wise decay of the learning rate: in fine-tuning, the deeper a layer, the more of it is new to learn.

The first layers of a pretrained model see edges, which serve any task; the last ones see the classes of the old task.
"""

import re

from torch import nn

from course_lib.config.errors import ConfigError, Mistake

# one block: Swin's layers.0.blocks.1, ResNet's layer1.0, ViT's blocks.0
BLOCK = re.compile(r"backbone\.(?:(?:layers|stages)\.\d+\.blocks\.\d+|layer\d+\.\d+|(?:blocks|layers)\.\d+)\.")


def layer_scales(model: nn.Module, decay_rate: float) -> dict[str, float]:
    """Parameter's name → ``decay_rate`` to the power of how many layers lie above its own.

    The blocks of ``model.backbone`` count, in their order. What lies before the first is one layer below it, what comes
    after the last (final norm, neck, head) is one layer above it and keeps the full rate.

    Raises:
        ConfigError: the backbone is not made of blocks.
    """
    names = [name for name, _ in model.named_parameters(remove_duplicate=False)]
    found = (BLOCK.match(name) for name in names)
    depths = {block: depth for depth, block in enumerate(dict.fromkeys(match[0] for match in found if match), start=1)}
    if not depths:
        message = f"the backbone of this {type(model).__name__} is not made of blocks, so it has no depths."
        raise ConfigError(Mistake("optim_wrapper.paramwise_cfg.layer_decay_rate", message, hint="Leave it out."))
    top, depth, scales = len(depths) + 1, 0, {}
    for name in names:
        block = BLOCK.match(name)
        if block:
            depth = depths[block[0]]
        elif depth == top - 1 or not name.startswith("backbone."):
            depth = top
        scales[name] = decay_rate ** (top - depth)
    return scales
