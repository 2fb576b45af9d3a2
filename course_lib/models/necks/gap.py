"""Global average pooling: a feature map becomes one vector, whatever the size of the picture."""

from torch import Tensor, nn

from course_lib.config.errors import ConfigError, Mistake
from course_lib.config.registry import register


@register("neck")
class GlobalAveragePooling(nn.Module):
    """The mean over all positions ("Network In Network", arXiv 1312.4400)."""

    def forward(self, features: Tensor) -> Tensor:
        """(N, C, H, W) → (N, C)

        Raises:
            ConfigError: the backbone gives vectors already.
        """
        if features.ndim != 4:
            message = f"the backbone gives features of shape {tuple(features.shape)}, not maps (N, C, H, W)."
            raise ConfigError(Mistake("model.neck", message, hint="Leave the neck out: write neck=None."))
        return features.mean(dim=(2, 3))
