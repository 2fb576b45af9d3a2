"""LAMB: Adam whose step in each layer is as long as the layer's weights allow, for batches of thousands."""

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor, nn

from course_lib.config.registry import register

from .common import check_betas, closure_loss


@register("optimizer", "Lamb", "LAMB")
class Lamb(torch.optim.Optimizer):
    """Step = −lr·(‖weight‖/‖update‖)·update, where update is Adam's with the decay in it.

    "Large Batch Optimization for Deep Learning: Training BERT in 76 minutes", arXiv 1904.00962.

    Departures, as in the implementations that configs are written for: the gradient of the whole model is first
    shortened to ``max_grad_norm``, and parameters without weight decay take Adam's step as it is.

    Args:
        params: Parameters, or groups of them.
        lr: Learning rate.
        betas: How much of the running means of the gradient and of its square a step keeps.
        eps: Added to the root of the latter.
        weight_decay: Decay, added to the step before its length is set.
        max_grad_norm: The longest gradient; None leaves it as it is.

    Raises:
        ValueError: a beta outside 0 ≤ β < 1.
    """

    def __init__(
        self,
        params: Iterable[nn.Parameter] | Iterable[dict[str, Any]],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-6,
        weight_decay: float = 0.01,
        max_grad_norm: float | None = 1.0,
    ) -> None:
        check_betas(betas)
        super().__init__(params, {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay})
        self.max_grad_norm = max_grad_norm

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> float | None:  # type: ignore[override]
        """Update all parameters that have a gradient; ``closure``, if given, computes loss and gradients first."""
        loss = closure_loss(closure)
        shorten = self._shorten()
        for group in self.param_groups:
            beta1, beta2 = group["betas"]
            for weight in group["params"]:
                if weight.grad is None:
                    continue
                state = self.state[weight]
                if not state:
                    state.update(step=0, mean=torch.zeros_like(weight), square=torch.zeros_like(weight))
                state["step"] += 1
                gradient = weight.grad * shorten
                state["mean"].lerp_(gradient, 1 - beta1)
                state["square"].lerp_(gradient.square(), 1 - beta2)
                mean = state["mean"] / (1 - beta1 ** state["step"])  # both began at zero
                square = state["square"] / (1 - beta2 ** state["step"])
                update = mean / (square.sqrt() + group["eps"]) + group["weight_decay"] * weight
                if group["weight_decay"]:
                    length, size = weight.norm(), update.norm()
                    # "where" instead of "if": a question about a number makes a GPU wait
                    update *= torch.where((length > 0) & (size > 0), length / size, 1.0)
                weight -= group["lr"] * update
        return loss

    def _shorten(self) -> Tensor | float:
        """The factor that brings the gradient of all parameters down to ``max_grad_norm``."""
        norms = [w.grad.norm() for group in self.param_groups for w in group["params"] if w.grad is not None]
        if self.max_grad_norm is None or not norms:
            return 1.0
        return 1.0 / (torch.stack(norms).norm() / self.max_grad_norm).clamp(min=1.0)
