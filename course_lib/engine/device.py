"""Where a training runs, and in which precision."""

import ctypes
import platform
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from typing import Literal

import torch

from course_lib.config.errors import ConfigError, did_you_mean

KINDS = ("auto", "cpu", "cuda", "mps")
Amp = bool | Literal["bf16", "fp16"]  # True is bf16


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


def autocast(device: torch.device, amp: Amp) -> AbstractContextManager[None]:
    """Mixed precision: bfloat16, which has float32's range, or float16, whose small gradients need a scaled loss."""
    if not amp:
        return nullcontext()
    return torch.autocast(device.type, dtype=torch.float16 if amp == "fp16" else torch.bfloat16)


def grad_scaler(device: torch.device, amp: Amp) -> torch.amp.GradScaler:
    """Scales a float16 loss so that small gradients do not become 0; with any other precision it passes all on.

    An update whose gradients overflowed is left out, and the scale halved (Mixed Precision Training, arXiv 1710.03740).
    """
    return torch.amp.GradScaler(device.type, enabled=amp == "fp16")


@cache
def keep_freed_memory() -> bool:
    """Let this process keep the memory that a step frees, for the next step; whether that could be arranged.

    By default glibc gives large blocks back to the system and asks for them again, page by page, in every step: on a
    CPU, a step of LeNet-5 takes a fifth more time so. Other systems' allocators are left as they are.
    """
    trim_threshold, mmap_threshold = -1, -3  # M_TRIM_THRESHOLD and M_MMAP_THRESHOLD of malloc.h
    if platform.libc_ver()[0] != "glibc":
        return False
    mallopt = ctypes.CDLL(None).mallopt
    return bool(mallopt(trim_threshold, 2**31 - 1) and mallopt(mmap_threshold, 32 * 2**20))  # the most that it takes
