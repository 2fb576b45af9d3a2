"""VGG-11 … 19: nothing but 3×3 convolutions, which two or three at a time see as far as a large one, at less cost.

"Very Deep Convolutional Networks for Large-Scale Image Recognition", arXiv 1409.1556. Departures: with ``norm_cfg``
a BatchNorm follows each convolution (it came half a year later), and before the full connection the last map is
averaged to 7×7, so that other pictures than 224×224 fit. MMPretrain's ``num_stages``, ``dilations``, ``ceil_mode`` and
``with_last_pool``, which only detectors set, are left out. The layers' names are torchvision's, so its weights load.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from torch import Tensor, nn

from course_lib.config.errors import ConfigError, Mistake
from course_lib.config.registry import register

from ..layers import check_choice, norm_layer
from ..weights import InitCfg, initialize
from .freezing import freeze, hold_still

# depth → convolutions in each stage; with the three full connections they make the number in the name
DEPTHS = {11: (1, 1, 2, 2, 2), 13: (2, 2, 2, 2, 2), 16: (2, 2, 3, 3, 3), 19: (2, 2, 4, 4, 4)}
WIDTHS = (64, 128, 256, 512, 512)


@register("backbone")
class VGG(nn.Module):
    """VGG-11, 13, 16 or 19: five stages of 3×3 convolutions, each ending in a 2×2 max pooling.

    Args:
        depth: 11, 13, 16 or 19.
        num_classes: K; with the default −1 it ends before the full connection and gives maps.
        out_indices: Which outputs to give: 0 … 4 the stages' maps, 5 the logits; None takes the last there is.
        frozen_stages: How many stages do not train; −1 and 0: all train.
        norm_cfg: The normalisation after each convolution; None for none.
        norm_eval: Whether every BatchNorm keeps its running mean and variance as they are, also in training.
        init_cfg: ``dict(type='Pretrained', checkpoint=…, prefix=…)``.
        in_channels: C of the pictures.

    Raises:
        ConfigError: a depth or stage that there is not.
    """

    def __init__(
        self,
        depth: int,
        num_classes: int = -1,
        out_indices: Sequence[int] | None = None,
        frozen_stages: int = -1,
        norm_cfg: Mapping[str, Any] | None = None,
        norm_eval: bool = False,
        init_cfg: InitCfg = None,
        in_channels: int = 3,
    ) -> None:
        super().__init__()
        check_choice("model.backbone.depth", depth, DEPTHS)
        last = 5 if num_classes > 0 else 4
        self.out_indices = (last,) if out_indices is None else tuple(out_indices)
        self.frozen_stages, self.norm_eval = frozen_stages, norm_eval
        check_stages(self.out_indices, frozen_stages, last)
        self.in_channels = in_channels
        self.out_channels = num_classes if max(self.out_indices) == 5 else WIDTHS[max(self.out_indices)]

        self.features = nn.Sequential()
        self.ends: list[int] = []  # where in ``features`` each stage is over
        for count, width in zip(DEPTHS[depth], WIDTHS, strict=True):
            for _ in range(count):
                self.features.append(nn.Conv2d(in_channels, width, kernel_size=3, padding=1))
                if norm_cfg is not None:
                    self.features.append(norm_layer(norm_cfg, width))
                self.features.append(nn.ReLU(inplace=True))
                in_channels = width
            self.features.append(nn.MaxPool2d(2))
            self.ends.append(len(self.features))
        if num_classes > 0:
            self.avgpool = nn.AdaptiveAvgPool2d(7)
            self.classifier = nn.Sequential(
                nn.Linear(512 * 7 * 7, 4096),  # VGG-16 has three quarters of its parameters here
                nn.ReLU(inplace=True),
                nn.Dropout(),
                nn.Linear(4096, 4096),
                nn.ReLU(inplace=True),
                nn.Dropout(),
                nn.Linear(4096, num_classes),
            )

        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
            elif isinstance(module, nn.Linear):
                nn.init.normal_(module.weight, std=0.01)
            if isinstance(module, (nn.Conv2d, nn.Linear)) and module.bias is not None:
                nn.init.zeros_(module.bias)
        initialize(self, init_cfg)
        freeze(self.frozen())
        self.train()

    def forward(self, images: Tensor) -> tuple[Tensor, ...]:
        """(N, C, H, W) → for each of ``out_indices`` a map (N, C_i, H/2ⁱ⁺¹, W/2ⁱ⁺¹), or for 5 the logits (N, K).

        Raises:
            ConfigError: pictures that are smaller than one pixel at the end.
        """
        if min(images.shape[-2:]) < 32:
            came = "×".join(map(str, images.shape[-2:]))
            hint = "Put dict(type='Resize', scale=32) into the pipeline, or take SmallCNN."
            raise ConfigError(Mistake("model.backbone", f"VGG needs at least 32×32; these are {came}.", hint=hint))
        x, outputs = images, []
        for i, layer in enumerate(self.features, start=1):
            x = layer(x)
            if i in self.ends and self.ends.index(i) in self.out_indices:
                outputs.append(x)
        if 5 in self.out_indices:
            outputs.append(self.classifier(self.avgpool(x).flatten(1)))  # (N, 512, 7, 7) → (N, 25088) → (N, K)
        return tuple(outputs)

    def frozen(self) -> Iterator[nn.Module]:
        """The parts that do not train."""
        if self.frozen_stages > 0:
            yield self.features[: self.ends[self.frozen_stages - 1]]

    def train(self, mode: bool = True) -> "VGG":
        """As in torch, but what is frozen stays as in evaluation."""
        super().train(mode)
        hold_still(self, self.frozen(), self.norm_eval)
        return self


def check_stages(out_indices: Sequence[int], frozen_stages: int, last: int) -> None:
    """All that does not go together, at once (ConfigError)."""
    wrong = []
    if not out_indices or not all(0 <= index <= last for index in out_indices):
        hint = "Index 5, the logits, needs num_classes." if 5 in out_indices else ""
        message = f"{tuple(out_indices)} must name outputs in 0 … {last}."
        wrong.append(Mistake("model.backbone.out_indices", message, hint=hint))
    if not -1 <= frozen_stages <= 5:
        wrong.append(Mistake("model.backbone.frozen_stages", f"{frozen_stages!r} is not in -1 … 5."))
    if wrong:
        raise ConfigError(wrong)
