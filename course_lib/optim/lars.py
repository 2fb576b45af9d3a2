"""LARS: SGD whose rate in each layer goes with the length of the layer's weights, for batches of thousands."""

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import nn

from course_lib.config.registry import register

from .common import closure_loss


@register("optimizer")
class LARS(torch.optim.Optimizer):
    """Rate of a layer = lr·η·‖weight‖/(‖gradient‖ + decay·‖weight‖).

    "Large Batch Training of Convolutional Networks", arXiv 1708.03888.

    Args:
        params: Parameters, or groups of them.
        lr: Learning rate, of the whole model.
        momentum: How much of the last step is made again.
        weight_decay: Decay, added to the gradient.
        eta: Length of a step over the length of the weights, at learning rate 1.
        eps: Added to the length of the gradient.

    Raises:
        ValueError: a momentum outside 0 ≤ m < 1.
    """

    def __init__(
        self,
        params: Iterable[nn.Parameter] | Iterable[dict[str, Any]],
        lr: float,
        momentum: float = 0.0,
        weight_decay: float = 0.0,
        eta: float = 0.001,
        eps: float = 1e-8,
    ) -> None:
        if not 0 <= momentum < 1:
            raise ValueError(f"momentum={momentum} is not in 0 ≤ m < 1")
        super().__init__(params, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay, "eta": eta, "eps": eps})

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> float | None:  # type: ignore[override]
        """Update all parameters that have a gradient; ``closure``, if given, computes loss and gradients first."""
        loss = closure_loss(closure)
        for group in self.param_groups:
            decay = group["weight_decay"]
            for weight in group["params"]:
                if weight.grad is None:
                    continue
                length, steepness = weight.norm(), weight.grad.norm()
                trust = group["eta"] * length / (steepness + decay * length + group["eps"])
                # "where" instead of "if": a question about a number makes a GPU wait
                trust = torch.where((length > 0) & (steepness > 0), trust, 1.0)
                update = group["lr"] * trust * (weight.grad + decay * weight)
                if group["momentum"]:
                    state = self.state[weight]
                    if "velocity" in state:
                        update += group["momentum"] * state["velocity"]
                    state["velocity"] = update
                weight -= update
        return loss
