"""Necks: feature map (N, C, H, W) → features (N, D)."""

from .gap import GlobalAveragePooling

__all__ = ["GlobalAveragePooling"]
