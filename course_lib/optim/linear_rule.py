"""The linear rule: k times as many pictures in a batch, k times the learning rate.

From Accurate, Large Minibatch SGD: Training ImageNet in 1 Hour, arXiv 1706.02677. A step with k times the pictures
stands for k small steps along nearly the same gradient. So a rate that was found with 8 GPUs is far too large for one.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class LinearRule:
    """A learning rate, the batch that it was found for, and the batch that there is.

    Args:
        lr: As the config says it.
        base_batch_size: The pictures of a batch that it was found for.
        batch_size: The pictures of a batch here, of all processes together.
        enable: Scale the rate; otherwise the rule is only told.
    """

    lr: float
    base_batch_size: int
    batch_size: int
    enable: bool

    @property
    def factor(self) -> float:
        """What the rate of every parameter group, and so all that schedules make of it, is multiplied by."""
        return self.batch_size / self.base_batch_size if self.enable else 1.0

    def __str__(self) -> str:
        """What was done, or could be; empty where the batches are equal."""
        ruled = self.lr * self.batch_size / self.base_batch_size
        batches = f"lr {self.lr:g} was set for batches of {self.base_batch_size:,}; yours are {self.batch_size:,}"
        if self.batch_size == self.base_batch_size:
            return ""
        if self.enable:
            return f"{batches}: scaled by the linear rule to lr={ruled:g}"
        return (
            f"{batches}: the linear rule says lr={ruled:g} "
            f"(auto_scale_lr=dict(base_batch_size={self.base_batch_size}, enable=True) does it)"
        )


def batch_size_in(name: str) -> int | None:
    """The batch that a config's name tells in MMPretrain's manner: 256 for ``resnet50_8xb32_in1k`` (8 GPUs × 32)."""
    match = re.search(r"(?:^|[_-])(\d+)xb(\d+)(?=[_-]|$)", name)
    return int(match[1]) * int(match[2]) if match else None
