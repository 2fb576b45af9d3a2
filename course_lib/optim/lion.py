"""Lion: steps of one size in each weight; of the gradient only the sign counts. Found by a search over programs."""

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import nn

from course_lib.config.registry import register

from .common import check_betas, closure_loss


@register("optimizer")
class Lion(torch.optim.Optimizer):
    """Step = −lr·sign(β₁·mean + (1 − β₁)·gradient).

    "Symbolic Discovery of Optimization Algorithms", arXiv 2302.06675. It needs a rate 3 to 10 times
    smaller than AdamW's, and a decay as many times larger.

    Args:
        params: Parameters, or groups of them.
        lr: Learning rate.
        betas: How much of the running mean of the gradient counts in a step, and how much of it is kept.
        weight_decay: Decay, apart from the gradient, as in AdamW.

    Raises:
        ValueError: a beta outside 0 ≤ β < 1.
    """

    def __init__(
        self,
        params: Iterable[nn.Parameter] | Iterable[dict[str, Any]],
        lr: float = 1e-4,
        betas: tuple[float, float] = (0.9, 0.99),
        weight_decay: float = 0.0,
    ) -> None:
        check_betas(betas)
        super().__init__(params, {"lr": lr, "betas": betas, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> float | None:  # type: ignore[override]
        """Update all parameters that have a gradient; ``closure``, if given, computes loss and gradients first."""
        loss = closure_loss(closure)
        for group in self.param_groups:
            beta1, beta2 = group["betas"]
            for weight in group["params"]:
                if weight.grad is None:
                    continue
                state = self.state[weight]
                if not state:
                    state["mean"] = torch.zeros_like(weight)
                update = state["mean"].lerp(weight.grad, 1 - beta1).sign()
                weight *= 1 - group["lr"] * group["weight_decay"]
                weight -= group["lr"] * update
                state["mean"].lerp_(weight.grad, 1 - beta2)
        return loss
