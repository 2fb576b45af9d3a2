"""LeNet-5, the network that read bank cheques in the 1990s: convolution and pooling by turns, then full connection.

"Gradient-Based Learning Applied to Document Recognition" (LeCun, Bottou, Bengio, Haffner, 1998; before arXiv).
Departures, as in MMPretrain: the second convolution sees all maps of the first, the pooling has no weights, and the
output is a linear layer in place of radial basis functions.
"""

import torch.nn.functional as F
from torch import Tensor, nn

from course_lib.config.errors import ConfigError, Mistake
from course_lib.config.registry import register


@register("backbone")
class LeNet5(nn.Module):
    """LeNet-5 for 32×32 pictures; 28×28 ones (MNIST) get a border of zeros, as in the paper.

    Args:
        num_classes: K; with the default −1 it ends before the full connection and gives a map (N, 120, H', W').
        in_channels: C of the pictures.
    """

    def __init__(self, num_classes: int = -1, in_channels: int = 1) -> None:
        super().__init__()
        self.num_classes, self.in_channels = num_classes, in_channels
        self.out_channels = num_classes if num_classes > 0 else 120
        self.features = nn.Sequential(
            nn.Conv2d(in_channels, 6, kernel_size=5),  # (N, 6, 28, 28)
            nn.Tanh(),
            nn.AvgPool2d(2),  # (N, 6, 14, 14)
            nn.Conv2d(6, 16, kernel_size=5),  # (N, 16, 10, 10)
            nn.Tanh(),
            nn.AvgPool2d(2),  # (N, 16, 5, 5)
            nn.Conv2d(16, 120, kernel_size=5),  # (N, 120, 1, 1)
            nn.Tanh(),
        )
        if num_classes > 0:
            self.classifier = nn.Sequential(nn.Linear(120, 84), nn.Tanh(), nn.Linear(84, num_classes))

    def forward(self, images: Tensor) -> tuple[Tensor]:
        """(N, C, H, W) → ((N, 120, H', W'),), or ((N, K),) with ``num_classes``.

        Raises:
            ConfigError: pictures smaller than 28×28, or too large for the full connection.
        """
        height, width = images.shape[-2:]
        if min(height, width) < 28:
            raise _wrong_size(height, width, "LeNet5 needs at least 28×28", "or take SmallCNN, which reads 8×8 digits")
        down, right = max(0, 32 - height), max(0, 32 - width)
        images = F.pad(images, (right // 2, right - right // 2, down // 2, down - down // 2))
        maps = self.features(images)  # (N, 120, H', W')
        if self.num_classes <= 0:
            return (maps,)
        if maps.shape[-2:] != (1, 1):
            raise _wrong_size(height, width, "LeNet5 with num_classes takes 28×28 to 35×35", "or leave num_classes out")
        return (self.classifier(maps.flatten(1)),)


def _wrong_size(height: int, width: int, needs: str, otherwise: str) -> ConfigError:
    hint = f"Put dict(type='Resize', scale=32) into the pipeline, {otherwise}."
    return ConfigError(Mistake("model.backbone", f"{needs}; these pictures are {height}×{width}.", hint=hint))
