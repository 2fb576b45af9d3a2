"""Several views of one picture, over which a trained classifier's scores are averaged: test-time augmentation."""

from collections.abc import Sequence
from itertools import product

import numpy as np
import torch
from torch import Tensor

from course_lib.config.errors import ConfigError
from course_lib.config.registry import register

from .base import Sample, Transform


@register("transform")
class TestTimeAug:
    """Send a picture through several pipelines, and keep all that comes out.

    The pipelines are every choice of one step from each list: ``[[flip, no flip], [small, large], [pack]]`` gives four.

    Args:
        transforms: The lists, in the order of the steps.

    Raises:
        ConfigError: no list, an empty one, or views that differ in shape.
    """

    def __init__(self, transforms: Sequence[Sequence[Transform]]) -> None:
        if not transforms or not all(isinstance(choices, Sequence) and choices for choices in transforms):
            raise ConfigError(
                "transforms must be lists of steps to choose from, none of them empty, such as "
                "[[RandomFlip(prob=0), RandomFlip(prob=1)], [PackInputs()]]."
            )
        self.pipelines = tuple(product(*transforms))
        self.steps = tuple(step for choices in transforms for step in choices)

    def __call__(self, sample: Sample, rng: np.random.Generator) -> Sample:
        """A sample whose picture is (V, C, H, W), one for each of the V pipelines."""
        views = []
        for pipeline in self.pipelines:
            view = sample
            for step in pipeline:
                view = step(view, rng)
            views.append(view)
        key = "image" if "image" in views[0] else "img"  # as PackInputs calls it, which may also come later
        return {**views[0], key: stacked([view[key] for view in views], 0)}

    def batch(self, images: Tensor, generator: torch.Generator) -> Tensor:
        """(N, C, H, W) → (N, V, C, H', W')."""
        views = []
        for pipeline in self.pipelines:
            view = images
            for step in pipeline:
                view = step.batch(view, generator)  # type: ignore[attr-defined]
            views.append(view)
        return stacked(views, 1)


def stacked(views: Sequence[Tensor], dim: int) -> Tensor:
    """Views (…, C, H, W) side by side in a new dimension."""
    shapes = sorted({tuple(view.shape[-3:]) for view in views})
    if len(shapes) > 1:
        raise ConfigError(
            f"the views of TestTimeAug differ in shape, {shapes[0]} and {shapes[-1]}; end each with the same crop."
        )
    return torch.stack(tuple(views), dim)
