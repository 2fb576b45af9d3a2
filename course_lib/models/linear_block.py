"""Linear layer → normalisation → activation → dropout: what hidden layers of heads and the linear neck are made of."""

from collections.abc import Mapping
from typing import Any

from torch import Tensor, nn

from course_lib.config.errors import ConfigError, Mistake

from .layers import activation_layer, check_choice, check_keys

# name in a config → class for vectors (N, D), what else a config may set; 'BN' can only mean that of vectors here
VECTOR_NORMS: dict[str, tuple[type[nn.Module], tuple[str, ...]]] = {
    "BN1d": (nn.BatchNorm1d, ("eps", "momentum", "affine", "track_running_stats")),
    "BN": (nn.BatchNorm1d, ("eps", "momentum", "affine", "track_running_stats")),
    "LN": (nn.LayerNorm, ("eps", "elementwise_affine")),
}


class LinearBlock(nn.Module):
    """Vectors (N, in_channels) → (N, out_channels).

    Args:
        dropout_rate: The probability that training sets a number of the result to zero.
        norm_cfg: ``dict(type='BN1d')`` or ``dict(type='LN')``; None leaves it out.
        act_cfg: ``dict(type='ReLU')``; None leaves it out.
        place: Where a config describes this layer, for errors.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        dropout_rate: float = 0.0,
        norm_cfg: Mapping[str, Any] | None = None,
        act_cfg: Mapping[str, Any] | None = None,
        place: str = "model.head",
    ) -> None:
        super().__init__()
        if not 0 <= dropout_rate < 1:
            raise ConfigError(Mistake(f"{place}.dropout_rate", f"{dropout_rate!r} is not in 0 ≤ rate < 1."))
        self.in_channels, self.place = in_channels, place
        self.fc = nn.Linear(in_channels, out_channels)
        self.norm = vector_norm(norm_cfg, out_channels) if norm_cfg else nn.Identity()
        self.act = _activation(act_cfg) if act_cfg else nn.Identity()
        self.dropout = nn.Dropout(dropout_rate) if dropout_rate else nn.Identity()

    def forward(self, features: Tensor) -> Tensor:
        """(N, in_channels) → (N, out_channels)

        Raises:
            ConfigError: features of another length or shape.
        """
        check_features(features, self.in_channels, self.place)
        return self.dropout(self.act(self.norm(self.fc(features))))


def vector_norm(norm_cfg: Mapping[str, Any], channels: int) -> nn.Module:
    """The normalisation of vectors (N, channels) that ``dict(type='BN1d', requires_grad=True)`` stands for.

    Raises:
        ConfigError: an unknown type or key.
    """
    args = dict(norm_cfg)
    name, trainable = args.pop("type", "BN1d"), args.pop("requires_grad", True)
    check_choice("norm_cfg.type", name, VECTOR_NORMS)
    layer, allowed = VECTOR_NORMS[name]
    check_keys("norm_cfg", args, allowed)
    return layer(channels, **args).requires_grad_(trainable)


def _activation(act_cfg: Mapping[str, Any]) -> nn.Module:
    check_keys("act_cfg", act_cfg, ("type", "inplace"))  # in place or not, the numbers are the same
    return activation_layer(act_cfg.get("type", "ReLU"))


def check_features(features: Tensor, in_channels: int, place: str = "model.head") -> None:
    """Refuse features that are not (N, in_channels).

    Raises:
        ConfigError: features of another length or shape.
    """
    if features.ndim != 2:
        message = f"features of shape {tuple(features.shape)} came where (N, {in_channels}) belongs."
        hint = "Pool them: model.neck=dict(type='GlobalAveragePooling')."
        raise ConfigError(Mistake("model.neck", message, hint=hint))
    if features.shape[1] != in_channels:
        part = place.rpartition(".")[2]
        message = f"{features.shape[1]} features a picture came, but the {part} was built for {in_channels}."
        hint = f"Write in_channels={features.shape[1]}, or change the backbone."
        if features.shape[1] % in_channels == 0:  # maps that were flattened
            hint += " Or should maps be pooled? neck=dict(type='GlobalAveragePooling')."
        raise ConfigError(Mistake(f"{place}.in_channels", message, hint=hint))


def check_num_classes(num_classes: int, place: str = "model.head") -> None:
    """Refuse a head without a class (ConfigError)."""
    if num_classes < 1:
        raise ConfigError(Mistake(f"{place}.num_classes", f"{num_classes!r} is no number of classes."))
