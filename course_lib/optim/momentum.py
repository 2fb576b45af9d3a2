"""The same schedules for the momentum: MMEngine's ``…Momentum`` names.

The formulas are those of ``schedules.py``; ``target`` says which number of the optimizer they move.
"""

from dataclasses import dataclass

from course_lib.config.registry import register

from .cycles import CosineRestartLR, CyclicLR
from .schedules import (
    ConstantLR,
    CosineAnnealingLR,
    ExponentialLR,
    ExponentialWarmupLR,
    InverseLR,
    LinearLR,
    MultiStepLR,
    PolyLR,
    StepLR,
)


@register("schedule")
class MultiStepMomentum(MultiStepLR):
    """``MultiStepLR`` for the momentum."""

    target = "momentum"


@register("schedule")
class StepMomentum(StepLR):
    """``StepLR`` for the momentum."""

    target = "momentum"


@register("schedule")
class CosineAnnealingMomentum(CosineAnnealingLR):
    """``CosineAnnealingLR`` for the momentum."""

    target = "momentum"


@register("schedule")
class PolyMomentum(PolyLR):
    """``PolyLR`` for the momentum."""

    target = "momentum"


@register("schedule")
class ExponentialMomentum(ExponentialLR):
    """``ExponentialLR`` for the momentum."""

    target = "momentum"


@register("schedule")
@dataclass
class LinearMomentum(LinearLR):
    """``LinearLR`` for the momentum.

    Args:
        divide: Divide by the factor instead, as MMClassification 0.x does: a warm-up with a higher momentum.
    """

    divide: bool = False

    target = "momentum"

    def __post_init__(self) -> None:
        super().__post_init__()
        positive = self.start_factor > 0 and self.end_factor > 0
        self._need(positive or not self.divide, "divide=True needs start_factor and end_factor of more than 0.")

    def at(self, t: int, value: float, base: float) -> float:
        factor = super().at(t, 1.0, base)
        return value / factor if self.divide else value * factor


@register("schedule")
class ConstantMomentum(ConstantLR):
    """``ConstantLR`` for the momentum."""

    target = "momentum"


@register("schedule")
class InverseMomentum(InverseLR):
    """``InverseLR`` for the momentum."""

    target = "momentum"


@register("schedule")
class ExponentialWarmupMomentum(ExponentialWarmupLR):
    """``ExponentialWarmupLR`` for the momentum."""

    target = "momentum"


@register("schedule")
class CosineRestartMomentum(CosineRestartLR):
    """``CosineRestartLR`` for the momentum."""

    target = "momentum"


@register("schedule")
class CyclicMomentum(CyclicLR):
    """``CyclicLR`` for the momentum."""

    target = "momentum"
