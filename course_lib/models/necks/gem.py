"""Generalized-mean pooling: between the mean over all positions and the largest value, at a point that is learnt."""

import torch
from torch import Tensor, nn

from course_lib.config.errors import ConfigError, Mistake
from course_lib.config.registry import register


@register("neck")
class GeneralizedMeanPooling(nn.Module):
    """(mean over the positions of x^p)^(1/p): the mean for p = 1, the maximum for p → ∞.

    "Fine-tuning CNN Image Retrieval with No Human Annotation", arXiv 1711.02512.

    Args:
        p: Where p begins, 1 or more.
        eps: With ``clamp``, x counts as no less, since a root needs positive numbers.
        clamp: Whether to do so.
        p_trainable: Whether p is learnt.
    """

    def __init__(self, p: float = 3.0, eps: float = 1e-6, clamp: bool = True, p_trainable: bool = True) -> None:
        super().__init__()
        if p < 1:
            raise ConfigError(Mistake("model.neck.p", f"{p!r} is less than 1, which is the mean."))
        self.p = nn.Parameter(torch.full((1,), float(p)), requires_grad=p_trainable)
        self.eps, self.clamp = eps, clamp

    def forward(self, features: Tensor) -> Tensor:
        """(N, C, H, W) → (N, C)

        Raises:
            ConfigError: the backbone gives vectors already.
        """
        if features.ndim != 4:
            message = f"the backbone gives features of shape {tuple(features.shape)}, not maps (N, C, H, W)."
            raise ConfigError(Mistake("model.neck", message, hint="Leave the neck out: write neck=None."))
        if self.clamp:
            features = features.clamp(min=self.eps)
        return features.pow(self.p).mean(dim=(2, 3)).pow(1.0 / self.p)
