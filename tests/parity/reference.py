"""What a classifier of ours is compared with: another library's, or a number that somebody published.

A ``Reference`` belongs to one ready-made model part. ``families.py`` lists them, ``measure.py`` compares.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

State = Mapping[str, Tensor]
Rename = Callable[[State, State], dict[str, Tensor]]  # their state dict, ours → theirs under our names
Rule = tuple[str, str | Callable[[re.Match[str]], str]]  # a pattern in a name, and what stands in its place


@dataclass(frozen=True)
class Reference:
    """One row of the table.

    Args:
        part: The ready-made config below ``_base_/models`` that builds ours.
        source: Who published the number of parameters.
        published: That number; None to ask the source: torchvision's meta data, or a count of the reference itself.
        name: The reference's name, empty for none.
        make: Builds it, with weights of no meaning.
        rename: Gives its weights our names.
        px: The side of the pictures on which both are compared; small ones, where the architecture allows.
        channels: Of the pictures.
        settings: What in theirs must change for pictures of that size, or to agree with ours otherwise.
        backbone: What in our backbone's config must change for pictures of that size.
    """

    part: str
    source: str
    published: int | None = None
    name: str = ""
    make: Callable[..., nn.Module] | None = None
    rename: Rename = lambda theirs, ours: dict(theirs)
    px: int = 64
    channels: int = 3
    settings: Mapping[str, Any] = field(default_factory=dict)
    backbone: Mapping[str, Any] = field(default_factory=dict)

    def number(self) -> int:
        """The published number of parameters."""
        if self.published is not None:
            return self.published
        if self.source == "torchvision":
            from torchvision.models import get_model_weights

            return get_model_weights(self.name.removeprefix("torchvision ")).DEFAULT.meta["num_params"]
        assert self.make is not None
        with torch.device("meta"):
            return sum(parameter.numel() for parameter in self.make().parameters())


def of_torchvision(part: str, name: str, rename: Rename, px: int = 64, **backbone: Any) -> Reference:
    """A model of torchvision's; its number is in the meta data of its weights.

    Args:
        backbone: What in our backbone's config must change for ``px``; a Vision Transformer has ``img_size``.
    """
    from torchvision.models import get_model

    settings = {"image_size": px} if "img_size" in backbone else {}
    make = partial(get_model, name, weights=None)
    return Reference(part, "torchvision", None, f"torchvision {name}", make, rename, px, 3, settings, backbone)


def of_timm(
    part: str, name: str, rename: Rename, px: int = 64, settings: Mapping[str, Any] | None = None, **backbone: Any
) -> Reference:
    """A model of timm's, which publishes its number in millions: it is counted."""
    import timm

    settings = {**(settings or {}), **backbone}  # the size of the pictures has the same name there
    make = partial(timm.create_model, name)
    return Reference(part, "timm, counted", None, f"timm {name}", make, rename, px, 3, settings, backbone)


# --- their names → ours -----------------------------------------------------------------------------------------------


def by_name(heads: Mapping[str, str], *rules: Rule) -> Rename:
    """The beginning of a name for the head's, ``backbone.`` before all others, on which the rules are used first."""

    def rename(theirs: State, ours: State) -> dict[str, Tensor]:
        renamed = {}
        for name, value in theirs.items():
            new = f"backbone.{name}"
            for pattern, replacement in rules:
                new = re.sub(pattern, replacement, new)
            for head, our_head in heads.items():
                new = our_head + name.removeprefix(head) if name.startswith(head) else new
            if new in ours:  # tables of positions, which others keep among the weights, are none
                renamed[new] = shaped(value, ours[new])
        return renamed

    return rename


def in_order(theirs: State, ours: State) -> dict[str, Tensor]:
    """For networks that define the same layers one after the other: the first of theirs is our first, and so on."""
    pairs = zip(ours.items(), theirs.values(), strict=True)
    return {name: shaped(value, like) for (name, like), value in pairs}


def shaped(value: Tensor, like: Tensor) -> Tensor:
    """A linear layer may be a 1×1 convolution elsewhere: the same numbers in another shape."""
    return value.reshape(like.shape) if value.numel() == like.numel() else value
