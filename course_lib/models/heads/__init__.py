"""Heads: features (N, D) → logits (N, K), loss and probabilities."""

from .linear import ClsHead, LinearClsHead
from .multi_label import MultiLabelClsHead, MultiLabelLinearClsHead
from .stacked import StackedLinearClsHead
from .vision_transformer import DeiTClsHead, VisionTransformerClsHead

__all__ = [
    "ClsHead",
    "DeiTClsHead",
    "LinearClsHead",
    "MultiLabelClsHead",
    "MultiLabelLinearClsHead",
    "StackedLinearClsHead",
    "VisionTransformerClsHead",
]
