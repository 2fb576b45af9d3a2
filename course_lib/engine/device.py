"""Where a training runs, and in which precision."""

from contextlib import AbstractContextManager, nullcontext

import torch

from course_lib.config.errors import ConfigError, did_you_mean

KINDS = ("auto", "cpu", "cuda", "mps")


def pick_device(name: str = "auto") -> torch.device:
    """The device of a name; ``'auto'`` takes CUDA, then Apple's MPS, then the CPU. ``'cuda:1'`` works too.

    Raises:
        ConfigError: an unknown name, or a device that this machine does not have.
    """
    kind = name.partition(":")[0]
    if kind not in KINDS:
        raise ConfigError(f"there is no device {name!r}. {did_you_mean(kind, KINDS)}")
    has = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if kind == "auto":
        return torch.device(next(candidate for candidate in has if has[candidate]))
    if not has[kind]:
        present = ", ".join(repr(candidate) for candidate in has if has[candidate])
        raise ConfigError(f"device {name!r} is not available here; this machine offers {present}.")
    return torch.device(name)


def autocast(device: torch.device, amp: bool) -> AbstractContextManager[None]:
    """Mixed precision in bfloat16, which needs no loss scaling and runs on CPU and GPU alike."""
    return torch.autocast(device.type, dtype=torch.bfloat16) if amp else nullcontext()
