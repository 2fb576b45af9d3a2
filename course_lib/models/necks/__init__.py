"""Necks: feature map (N, C, H, W) → features (N, D)."""

from .gap import GlobalAveragePooling
from .gem import GeneralizedMeanPooling
from .linear import LinearNeck

__all__ = ["GeneralizedMeanPooling", "GlobalAveragePooling", "LinearNeck"]
