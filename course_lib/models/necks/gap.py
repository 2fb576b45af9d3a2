"""Global average pooling: a feature map becomes one vector, whatever the size of the picture."""

from torch import Tensor, nn

from course_lib.config.errors import ConfigError, Mistake
from course_lib.config.registry import register

from ..layers import check_choice


@register("neck")
class GlobalAveragePooling(nn.Module):
    """The mean over all positions ("Network In Network", arXiv 1312.4400).

    Args:
        dim: MMPretrain's number of dimensions of the maps; their shape says it here, so every value does the same.
    """

    def __init__(self, dim: int = 2) -> None:
        super().__init__()
        check_choice("model.neck.dim", dim, (1, 2, 3))

    def forward(self, features: Tensor) -> Tensor:
        """(N, C, H, W) → (N, C)

        Raises:
            ConfigError: the backbone gives vectors already.
        """
        if features.ndim != 4:
            message = f"the backbone gives features of shape {tuple(features.shape)}, not maps (N, C, H, W)."
            raise ConfigError(Mistake("model.neck", message, hint="Leave the neck out: write neck=None."))
        return features.mean(dim=(2, 3))
