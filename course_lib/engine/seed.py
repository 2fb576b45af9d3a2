"""Random numbers that can be repeated, and taken up again in the middle."""

import os
import random
from typing import Any

import numpy as np
import torch


def seed_everything(seed: int, epoch: int = 0, rank: int = 0) -> None:
    """Seed Python's, NumPy's and torch's generators (all devices) from a run's seed, the epoch and the process.

    Each epoch starts from numbers of its own, so that an epoch is the same whether or not others ran before it.
    """
    mixed = int(np.random.SeedSequence([seed, epoch, rank]).generate_state(1)[0])
    random.seed(mixed)
    np.random.seed(mixed)
    torch.manual_seed(mixed)


def set_deterministic(deterministic: bool = False, benchmark: bool = False) -> None:
    """Whether operations give the same numbers in every run, bit for bit, or may take the fastest way.

    Call it before the GPU is used first: cuBLAS reads its setting only then.

    Args:
        deterministic: Refuse operations that add up in an order of their own, with an error that names them.
        benchmark: Let cuDNN try its algorithms for each shape and keep the fastest, which may be another in each run;
            without effect where ``deterministic``.
    """
    if deterministic:
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.use_deterministic_algorithms(deterministic)
    torch.backends.cudnn.deterministic = deterministic
    torch.backends.cudnn.benchmark = benchmark and not deterministic


def random_state() -> dict[str, Any]:
    """The states of all generators as plain values and tensors (safe to load with ``weights_only=True``)."""
    legacy: Any = np.random.get_state(legacy=True)
    name, keys, position, has_gauss, cached = legacy
    state: dict[str, Any] = {
        "python": random.getstate(),
        "numpy": (str(name), torch.from_numpy(keys.astype(np.int64)), int(position), int(has_gauss), float(cached)),
        "torch": torch.get_rng_state(),
    }
    if torch.cuda.is_available():
        state["cuda"] = torch.cuda.get_rng_state_all()
    if torch.backends.mps.is_available():
        state["mps"] = torch.mps.get_rng_state()
    return state


def set_random_state(state: dict[str, Any]) -> None:
    """Take back what ``random_state`` gave; devices that are missing now are passed over."""
    version, internal, gauss = state["python"]
    random.setstate((version, tuple(internal), gauss))
    name, keys, position, has_gauss, cached = state["numpy"]
    np.random.set_state((name, keys.numpy().astype(np.uint32), position, has_gauss, cached))
    torch.set_rng_state(state["torch"])
    if "cuda" in state and torch.cuda.is_available():
        for device, own in enumerate(state["cuda"][: torch.cuda.device_count()]):
            torch.cuda.set_rng_state(own, device)
    if "mps" in state and torch.backends.mps.is_available():
        torch.mps.set_rng_state(state["mps"])
