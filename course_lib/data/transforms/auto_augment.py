"""Augmentation by policies: AutoAugment (found by search) and RandAugment (drawn at random, with two numbers to tune).

Papers: AutoAugment: Learning Augmentation Policies from Data, arXiv 1805.09501; RandAugment: Practical automated data
augmentation with a reduced search space, arXiv 1909.13719. Arguments and presets are MMPretrain's, and every operation
has a ``prob`` of its own, as in timm, where the paper's RandAugment always applies it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from course_lib.config.errors import ConfigError, did_you_mean
from course_lib.config.registry import register

from .base import Random, can_batch
from .checks import one_of
from .ops import Op, check_level
from .policies import AUTO_POLICIES, RAND_POLICIES

_HPARAMS = ("pad_val", "interpolation")
_DEFAULT_HPARAMS: Mapping[str, Any] = {"pad_val": 128}


@register("transform")
class AutoAugment(Random):
    """Send each picture through one policy, a short list of operations, drawn from many.

    Args:
        policies: 'imagenet', or a list of policies, each a list of operations.
        hparams: ``pad_val`` and ``interpolation`` of all operations that do not say them. (MMPretrain's own
            AutoAugment builds its operations without them.)

    Raises:
        ConfigError: an unknown preset, no policy, what is no operation, or an unknown name in ``hparams``.
    """

    def __init__(
        self, policies: str | Sequence[Sequence[Random]], hparams: Mapping[str, Any] = _DEFAULT_HPARAMS
    ) -> None:
        if isinstance(policies, str):
            policies = AUTO_POLICIES[one_of("policies", policies, tuple(AUTO_POLICIES))]()
        _check_hparams(hparams)
        if not policies or not all(isinstance(policy, Sequence) for policy in policies):
            raise ConfigError(
                "policies must be a list of lists of operations, such as [[Rotate(angle=30), Equalize()], [Invert()]]."
            )
        self.policies = [[_told(op, hparams) for op in policy] for policy in policies]

    def batch(self, images: Tensor, generator: torch.Generator) -> Tensor:
        return apply_drawn(images, self.policies, generator)


@register("transform")
class RandAugment(Random):
    """Send each picture through some operations, drawn from a list, all at one level.

    Args:
        policies: 'timm_increasing', or a list of operations; the level counts for those with a ``magnitude_range``.
        num_policies: How many operations are drawn for a picture; the same may be drawn twice.
        magnitude_level: How strong they are.
        magnitude_std: Of normal noise on the level; 'inf' draws it uniformly from 0 … ``magnitude_level``.
        total_level: The highest level.
        hparams: ``pad_val`` and ``interpolation`` of all operations that do not say them.

    Raises:
        ConfigError: a wrong argument, or an unknown name in ``hparams``.
    """

    def __init__(
        self,
        policies: str | Sequence[Random],
        num_policies: int,
        magnitude_level: float,
        magnitude_std: float | str = 0.0,
        total_level: float = 10,
        hparams: Mapping[str, Any] = _DEFAULT_HPARAMS,
    ) -> None:
        if isinstance(policies, str):
            policies = RAND_POLICIES[one_of("policies", policies, tuple(RAND_POLICIES))]()
        if num_policies < 1:
            raise ConfigError(f"num_policies is {num_policies!r}, but must be at least 1.")
        if not policies:
            raise ConfigError("policies is empty, but must be a list of operations, such as [Rotate(angle=30)].")
        check_level(magnitude_level, magnitude_std, total_level)
        _check_hparams(hparams)
        level = {"magnitude_level": magnitude_level, "magnitude_std": magnitude_std, "total_level": total_level}
        self.num_policies = num_policies
        self.policies = [_told(op, hparams, level) for op in policies]

    def batch(self, images: Tensor, generator: torch.Generator) -> Tensor:
        for _ in range(self.num_policies):
            images = apply_drawn(images, [[op] for op in self.policies], generator)
        return images


def apply_drawn(images: Tensor, policies: Sequence[Sequence[Random]], generator: torch.Generator) -> Tensor:
    """Draw a policy for each picture (N, C, H, W), and send all that drew the same through it together."""
    drawn = torch.randint(len(policies), (len(images),), generator=generator)
    for number, policy in enumerate(policies):
        theirs = (drawn == number).nonzero()[:, 0].to(images.device)
        if len(theirs):
            part = images[theirs]
            for op in policy:
                part = op.batch(part, generator)
            images = images.index_copy(0, theirs, part)
    return images


def _told(op: Random, hparams: Mapping[str, Any], level: Mapping[str, Any] | None = None) -> Random:
    """The operation with what it does not say itself, and with the level if it has a range for it."""
    if not can_batch(op):
        raise ConfigError(f"policies has {op!r}, which is no operation such as Rotate(angle=30).")
    if not isinstance(op, Op):
        return op
    unsaid = {key: value for key, value in hparams.items() if getattr(op, key, value) is None}
    return replace(op, **unsaid, **(level if level and op.magnitude_range is not None else {}))


def _check_hparams(hparams: Mapping[str, Any]) -> None:
    for key in hparams:
        if key not in _HPARAMS:
            raise ConfigError(f"hparams has no {key!r}. {did_you_mean(key, _HPARAMS)}")
