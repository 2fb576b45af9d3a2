"""The schedules that the schedule builder offers, and a list of them as the text of a config."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from course_lib.config.writing import assignment

Node = dict[str, Any]
PIECES = 12  # of a training, at whose borders a schedule may begin and end


@dataclass(frozen=True)
class Kind:
    """A schedule that can be added to the list.

    Args:
        words: What it does.
        arguments: The choices for each of its arguments, rising; and the one to begin with.
        is_warm_up: Whether it usually ends after the first sixth of a training.
    """

    words: str
    arguments: Mapping[str, tuple[Sequence[float], float]]
    is_warm_up: bool = False


def borders(num_steps: int) -> list[int]:
    """The steps at which a schedule may begin or end: a training in twelve equal pieces, or in single steps."""
    return sorted({round(step) for step in np.linspace(0, num_steps, PIECES + 1).tolist()})


def kinds(num_steps: int) -> dict[str, Kind]:
    """By their names in a config, for a training of ``num_steps`` steps."""
    small, falls = (0.001, 0.01, 0.1, 0.3, 0.5), (0.0, 0.01, 0.1, 0.3)
    factors, near_one = (*small, 1.0, 3.0), (0.5, 0.8, 0.9, 1.0, 1.05, 1.1)
    sizes = [step for step in borders(num_steps) if 0 < step < num_steps] or [1]
    per_step = (0.9, 0.95, 0.97, 0.98, 0.99, 0.995, 0.998)
    ups = (0.1, 0.2, 0.3, 0.5)
    return {
        "LinearLR": Kind(
            "warm-up: a straight line", {"start_factor": (factors, 0.01), "end_factor": (factors, 1.0)}, is_warm_up=True
        ),
        "ConstantLR": Kind("warm-up: small, then all at once", {"factor": (small, 0.1)}, is_warm_up=True),
        "ExponentialWarmupLR": Kind("warm-up: by factors", {"factor": (small, 0.01)}, is_warm_up=True),
        "StepLR": Kind(
            "falls in stairs", {"step_size": (sizes, sizes[len(sizes) // 3]), "gamma": ((0.1, 0.2, 0.3, 0.5, 0.7), 0.3)}
        ),
        "CosineAnnealingLR": Kind("falls as half a wave", {"eta_min_ratio": (falls, 0.0)}),
        "PolyLR": Kind("falls as a power of what is left", {"power": ((0.5, 1.0, 2.0, 4.0), 1.0)}),
        "ExponentialLR": Kind("falls by a factor at every step", {"gamma": (per_step, 0.98)}),
        "OneCycleLR": Kind(
            "up, then far down; sets the rate itself",
            {"eta_max": ((0.03, 0.1, 0.2, 0.3, 0.6, 1.0, 2.0, 3.0), 0.3), "pct_start": (ups, 0.3)},
        ),
        "LinearMomentum": Kind("a straight line", {"start_factor": (near_one, 1.0), "end_factor": (near_one, 0.8)}),
        "CosineAnnealingMomentum": Kind("falls as half a wave", {"eta_min": ((0.0, 0.5, 0.7, 0.8), 0.5)}),
        "OneCycleMomentum": Kind(
            "down, then up",
            {
                "base_momentum": ((0.5, 0.7, 0.8, 0.85), 0.85),
                "max_momentum": ((0.9, 0.95, 0.98), 0.95),
                "pct_start": (ups, 0.3),
            },
        ),
    }


def as_text(nodes: Sequence[Node]) -> str:
    """The list as a config says it."""
    return assignment("param_scheduler", list(nodes)).rstrip()
