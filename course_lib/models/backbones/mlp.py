"""A multi-layer perceptron: each layer sees all pixels at once and knows nothing of their neighbourhood."""

from collections.abc import Sequence
from itertools import pairwise

from torch import Tensor, nn

from course_lib.config.errors import ConfigError, Mistake
from course_lib.config.registry import register

from ..layers import activation_layer


@register("backbone")
class MLP(nn.Module):
    """Hidden layers on the pixels.

    Args:
        in_channels: C of the pictures.
        img_size: H and W, or one number for both.
        hidden: Their widths; with none, the features are the pixels, and the head alone is a linear classifier.
        activation: ``'ReLU'``, ``'Tanh'``, ``'Sigmoid'``, ``'GELU'``, …
    """

    def __init__(
        self,
        in_channels: int = 1,
        img_size: int | Sequence[int] = 28,
        hidden: Sequence[int] = (256, 128),
        activation: str = "ReLU",
    ) -> None:
        super().__init__()
        height, width = (img_size, img_size) if isinstance(img_size, int) else img_size
        self.in_channels, self.img_size = in_channels, (height, width)
        widths = [in_channels * height * width, *hidden]
        self.out_channels = widths[-1]
        self.layers = nn.Sequential()
        for fan_in, fan_out in pairwise(widths):
            self.layers.append(nn.Linear(fan_in, fan_out))
            self.layers.append(activation_layer(activation))

    def forward(self, images: Tensor) -> tuple[Tensor]:
        """(N, C, H, W) → ((N, D),)

        Raises:
            ConfigError: pictures of another size than the first layer was built for.
        """
        if images.shape[-2:] != self.img_size:
            came, built = ("×".join(map(str, size)) for size in (images.shape[-2:], self.img_size))
            message = f"the pictures are {came}, but the MLP was built for {built}."
            hint = f"Write img_size={tuple(images.shape[-2:])}, or resize the pictures in the pipeline."
            raise ConfigError(Mistake("model.backbone.img_size", message, hint=hint))
        return (self.layers(images.flatten(1)),)  # (N, C·H·W) → (N, D)
