"""What our own optimizers share: the habits of torch's."""

from collections.abc import Callable, Sequence

import torch


def closure_loss(closure: Callable[[], float] | None) -> float | None:
    """The loss that torch's optional ``closure`` computes anew, gradients included."""
    if closure is None:
        return None
    with torch.enable_grad():
        return closure()


def check_betas(betas: Sequence[float]) -> None:
    """Refuse what is no pair of shares (ValueError, as torch's optimizers do)."""
    if len(betas) != 2 or not all(0 <= beta < 1 for beta in betas):
        raise ValueError(f"betas={betas!r} are not two numbers in 0 ≤ β < 1")
