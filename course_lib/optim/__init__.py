"""What moves the weights: optimizers, and the schedules of their learning rate and momentum."""

from .cycles import CosineRestartLR, CyclicLR, OneCycleLR, OneCycleMomentum
from .lamb import Lamb
from .lars import LARS
from .linear_rule import LinearRule, batch_size_in
from .lion import Lion
from .momentum import (
    ConstantMomentum,
    CosineAnnealingMomentum,
    CosineRestartMomentum,
    CyclicMomentum,
    ExponentialMomentum,
    ExponentialWarmupMomentum,
    InverseMomentum,
    LinearMomentum,
    MultiStepMomentum,
    PolyMomentum,
    StepMomentum,
)
from .optimizers import make_optimizer, param_groups
from .plateau import ReduceOnPlateauLR
from .schedules import (
    ConstantLR,
    CosineAnnealingLR,
    ExponentialLR,
    ExponentialWarmupLR,
    InverseLR,
    LinearLR,
    MultiStepLR,
    PolyLR,
    Schedule,
    StepLR,
    lr_curve,
    value_at,
)

__all__ = [
    "LARS",
    "ConstantLR",
    "ConstantMomentum",
    "CosineAnnealingLR",
    "CosineAnnealingMomentum",
    "CosineRestartLR",
    "CosineRestartMomentum",
    "CyclicLR",
    "CyclicMomentum",
    "ExponentialLR",
    "ExponentialMomentum",
    "ExponentialWarmupLR",
    "ExponentialWarmupMomentum",
    "InverseLR",
    "InverseMomentum",
    "Lamb",
    "LinearLR",
    "LinearMomentum",
    "LinearRule",
    "Lion",
    "MultiStepLR",
    "MultiStepMomentum",
    "OneCycleLR",
    "OneCycleMomentum",
    "PolyLR",
    "PolyMomentum",
    "ReduceOnPlateauLR",
    "Schedule",
    "StepLR",
    "StepMomentum",
    "batch_size_in",
    "lr_curve",
    "make_optimizer",
    "param_groups",
    "value_at",
]
