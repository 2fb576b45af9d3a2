"""Heads: features (N, D) → logits (N, K), loss and probabilities."""

from .linear import ClsHead, LinearClsHead

__all__ = ["ClsHead", "LinearClsHead"]
