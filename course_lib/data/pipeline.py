"""A list of transforms, applied to a sample, or divided for the way by the batch."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from course_lib.config.errors import CourseError, DataError

from .transforms.base import Sample, Transform, can_batch, is_deterministic
from .transforms.loading import joined


def sample_rng(seed: int, epoch: int, position: int) -> np.random.Generator:
    """The random numbers of one place in the order of an epoch, whichever worker draws them, and in any order."""
    return np.random.default_rng((seed, epoch, position))


def apply(pipeline: Sequence[Transform], sample: Sample, rng: np.random.Generator) -> Sample:
    """Send a sample through the transforms.

    Raises:
        DataError: a transform failed; the message names the step and the picture.
    """
    picture = sample.get("img_path", "a picture in memory")
    steps = joined(pipeline, sample)
    for number, transform in enumerate(steps, 1 + len(pipeline) - len(steps)):
        try:
            sample = transform(sample, rng)
        except Exception as error:
            if isinstance(error, CourseError) and str(picture) in str(error):
                raise  # it says all that there is to say
            step = f"step {number} of the pipeline, {_name(transform)}"
            kind = type(error) if isinstance(error, CourseError) else DataError
            raise kind(f"{picture}: {step}, failed: {error}") from error
    return sample


@dataclass(frozen=True)
class Split:
    """A pipeline divided for the way by the batch.

    Args:
        once: The leading transforms without chance: done once, when the data set is read.
        each: The others: done on every batch.
        by_sample: The names of those that cannot work on a batch; the way by the batch is open if there are none.
    """

    once: tuple[Transform, ...]
    each: tuple[Transform, ...]
    by_sample: tuple[str, ...]


def split_for_batch(pipeline: Sequence[Transform]) -> Split:
    """Divide a pipeline into what is done once, when the data set is read, and what is done on every batch."""
    chance = next((i for i, transform in enumerate(pipeline) if not is_deterministic(transform)), len(pipeline))
    once, each = tuple(pipeline[:chance]), tuple(pipeline[chance:])
    return Split(once, each, tuple(_name(transform) for transform in each if not can_batch(transform)))


def _name(transform: Transform) -> str:
    """A class's name; that of the wrapped transform in ``torchvision/…``, as in a config."""
    name = type(transform).__name__
    return f"torchvision/{transform.name}" if hasattr(transform, "name") else name
