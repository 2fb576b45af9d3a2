"""A backbone in stages: which stages' maps it gives, and which of its parts do not train.

So many architectures are a chain of layers that what MMPretrain's ``out_indices``, ``frozen_stages``, ``norm_eval`` and
``with_cp`` do to a chain is written once, here. It also lets a network of another library be such a chain: its layers
keep their names, so that its weights load as they are.
"""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from course_lib.config.errors import ConfigError, Mistake

from ..weights import InitCfg, initialize
from .freezing import freeze, hold_still


class Staged(nn.Module):
    """Layers, called one after the other, in parts.

    Args:
        layers: The layers, or groups of them, by the names that they have in files of weights.
        parts: For each part (the stem, the stages) the dotted names of its layers, in the order of their calls.
        outputs: After which parts the map is given, counted from 0.
        frozen: How many parts, from the first on, do not train.
        in_channels, out_channels: C of the pictures and of the last map that is given.
        norm_eval: Whether every BatchNorm keeps its running mean and variance as they are, also in training.
        with_cp: Keep fewer activations and compute them again for the gradient: less memory, a third more time.
        init_cfg: ``dict(type='Pretrained', checkpoint=…, prefix=…)``.
    """

    def __init__(
        self,
        layers: Mapping[str, nn.Module],
        parts: Sequence[Sequence[str]],
        *,
        outputs: Sequence[int],
        frozen: int,
        in_channels: int,
        out_channels: int,
        norm_eval: bool = False,
        with_cp: bool = False,
        init_cfg: InitCfg = None,
    ) -> None:
        super().__init__()
        for name, layer in layers.items():
            self.add_module(name, layer)
        self.parts, self.outputs, self.frozen_parts = parts, tuple(outputs), frozen
        self.in_channels, self.out_channels = in_channels, out_channels
        self.norm_eval, self.with_cp = norm_eval, with_cp
        initialize(self, init_cfg)
        freeze(self.frozen())
        self.train()

    def forward(self, images: Tensor) -> tuple[Tensor, ...]:
        """(N, C, H, W) → a map (N, C_i, H_i, W_i) for each stage of ``out_indices``."""
        x, maps = images, []
        recompute = self.with_cp and torch.is_grad_enabled()
        for i, names in enumerate(self.parts[: max(self.outputs) + 1]):
            for name in names:
                layer = self.get_submodule(name)
                x = checkpoint(layer, x, use_reentrant=False) if recompute else layer(x)
            if i in self.outputs:
                maps.append(x)
        return tuple(maps)

    def frozen(self) -> list[nn.Module]:
        """The layers that do not train."""
        return [self.get_submodule(name) for names in self.parts[: self.frozen_parts] for name in names]

    def train(self, mode: bool = True) -> "Staged":
        """As in torch, but what is frozen stays as in evaluation."""
        super().train(mode)
        hold_still(self, self.frozen(), self.norm_eval)
        return self


def check_stages(
    count: int, out_indices: Sequence[int], frozen_stages: int, least_frozen: int, most_frozen: int
) -> None:
    """Refuse stages that there are not.

    Raises:
        ConfigError: with every mistake at once.
    """
    wrong = []
    if not out_indices or not all(0 <= index < count for index in out_indices):
        wrong.append(("out_indices", f"{tuple(out_indices)} must name stages in 0 … {count - 1}."))
    if not least_frozen <= frozen_stages <= most_frozen:
        wrong.append(("frozen_stages", f"{frozen_stages!r} is not in {least_frozen} … {most_frozen}."))
    if wrong:
        raise ConfigError([Mistake(f"model.backbone.{name}", message) for name, message in wrong])


def blocks_of(name: str, stage: nn.Module) -> list[str]:
    """The dotted names of a stage's blocks: ``['stage2.0', 'stage2.1', …]``."""
    return [f"{name}.{block}" for block, _ in stage.named_children()]


def set_in_channels(network: nn.Module, in_channels: int) -> None:
    """Give a finished network a first convolution for pictures of that many channels, freshly initialised."""
    name, old = next((name, module) for name, module in network.named_modules() if isinstance(module, nn.Conv2d))
    if old.in_channels == in_channels:
        return
    parent, _, attribute = name.rpartition(".")
    size, stride, bias = (*old.kernel_size,), (*old.stride,), old.bias is not None
    new = nn.Conv2d(in_channels, old.out_channels, size, stride, old.padding, bias=bias)  # type: ignore[arg-type]
    nn.init.kaiming_normal_(new.weight, mode="fan_out", nonlinearity="relu")
    setattr(network.get_submodule(parent), attribute, new)
