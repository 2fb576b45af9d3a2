"""Training in several processes: which one this is, how they meet, and what they tell one another.

A launcher starts the same program several times and tells each copy its number by environment variables: torch's own
``torchrun``, or Slurm's ``srun``. ``connect`` lets them meet; all else asks ``world()``. In one process ``world()`` is
``ALONE``, and every function here gives back what it was given.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

import torch
import torch.distributed as dist
from torch import Tensor, nn

from course_lib.config.errors import ConfigError, CourseError

from .device import pick_device
from .meeting import fresh_store
from .signals import REASONS
from .slurm import torchrun_variables

Launcher = Literal["none", "pytorch", "slurm"]
TORCHRUN = ("RANK", "WORLD_SIZE", "LOCAL_RANK", "MASTER_ADDR", "MASTER_PORT")


@dataclass(frozen=True)
class World:
    """The processes of a training.

    Args:
        rank: This one's number, from 0; number 0 prints, logs and writes.
        size: How many there are.
        local_rank: This one's number on its computer, which is also the number of its GPU.
    """

    rank: int = 0
    size: int = 1
    local_rank: int = 0

    @property
    def main(self) -> bool:
        """Whether this is the one that prints, logs and writes."""
        return self.rank == 0


ALONE = World()


def world() -> World:
    """The processes that have met; ``ALONE`` where none have."""
    if not dist.is_available() or not dist.is_initialized():
        return ALONE
    return World(dist.get_rank(), dist.get_world_size(), int(os.environ.get("LOCAL_RANK", 0)))


def find_launcher(asked: str | None = None) -> Launcher:
    """What started this process: as asked, or torchrun where its variables are there.

    Slurm must be asked for: its variables are there in every shell that it opens, also for a single process. They are
    translated into torchrun's, so that everything after this knows only those.

    Raises:
        ConfigError: the launcher that was asked for did not start this process.
    """
    if asked == "slurm":
        os.environ.update(torchrun_variables(os.environ))
        return "slurm"
    there = all(name in os.environ for name in TORCHRUN)
    if asked == "pytorch" and not there:
        raise ConfigError(
            "launcher 'pytorch' is torchrun, which did not start this process. Start it so:\n"
            "  torchrun --nproc-per-node 2 -m course_lib.cli train …"
        )
    return "pytorch" if there and asked != "none" else "none"


@contextmanager
def connect(
    launcher: Launcher, device: str = "auto", backend: str | None = None, timeout_s: int | None = None
) -> Iterator[World]:
    """Meet the other processes, and part at the end.

    Args:
        launcher: As ``find_launcher`` gave it; ``'none'`` meets nobody.
        device: Of the training; on ``'cuda'`` each process takes the GPU of its local rank.
        backend: ``'nccl'`` or ``'gloo'``; NCCL moves GPU tensors only, so that on the CPU it is gloo anyway.
        timeout_s: How long a process waits for the others before it gives up; None leaves it to torch.

    Raises:
        ConfigError: a device that several processes cannot share, or fewer GPUs than processes.
    """
    size = int(os.environ.get("WORLD_SIZE", 1))
    if launcher == "none" or size == 1:
        yield ALONE
        return
    kind = _own_device(device)
    timeout = None if timeout_s is None else timedelta(seconds=timeout_s)
    store, rank, _ = next(dist.rendezvous("env://", timeout=timeout or dist.default_pg_timeout))
    dist.init_process_group(
        (backend or "nccl") if kind == "cuda" else "gloo",
        store=fresh_store(store, rank, size, timeout or dist.default_pg_timeout),
        rank=rank,
        world_size=size,
        timeout=timeout,
    )
    yield world()
    # After an error nobody waits: the connections close with the process, which ends the others' waiting too.
    dist.barrier()
    dist.destroy_process_group()


def _own_device(device: str) -> str:
    """The kind of device; a process's own GPU becomes its current one, which ``'cuda'`` stands for from then on."""
    kind = pick_device(device).type
    if kind == "mps" or ":" in device:
        raise ConfigError(f"several processes cannot train on device {device!r}; take 'cuda' or 'cpu'.")
    if kind == "cuda":
        here, gpus = int(os.environ["LOCAL_RANK"]), torch.cuda.device_count()
        own = 0 if gpus == 1 and "SLURM_PROCID" in os.environ else here  # Slurm may show each task its own GPU only
        if own >= gpus:
            raise ConfigError(f"process {here + 1} of this computer has no GPU: there are {gpus}. Start {gpus} here.")
        torch.cuda.set_device(own)
    return kind


@contextmanager
def told_once() -> Iterator[None]:
    """Let the process that fails first tell why; the others end without a word, since they fail for the same reason."""
    try:
        yield
    except Exception as error:
        if not first_to_fail():
            raise SystemExit(2 if isinstance(error, ConfigError) else 1) from None
        if isinstance(error, dist.DistError) or (isinstance(error, RuntimeError) and "gloo" in str(error)):
            raise CourseError(
                "another process of this training ended without a word: killed, perhaps for want of memory. "
                f"({str(error).strip().splitlines()[-1]})"
            ) from error
        raise


def first_to_fail() -> bool:
    """Whether no other process of this training has asked this before; True for a process alone."""
    if any(name not in os.environ for name in TORCHRUN) or os.environ["WORLD_SIZE"] == "1":
        return True
    try:
        store, _, _ = next(dist.rendezvous("env://", timeout=timedelta(seconds=5)))
        return store.add(f"failed in start {os.environ.get('TORCHELASTIC_RESTART_COUNT')}", 1) == 1
    except RuntimeError:  # who kept the store has gone
        return True


@contextmanager
def one_first() -> Iterator[None]:
    """One process of each computer goes first, as into what downloads and unpacks; then the others."""
    here = world()
    if here.size > 1 and here.local_rank > 0:
        dist.barrier()
    yield
    if here.size > 1 and here.local_rank == 0:
        dist.barrier()


def gather(value: Any) -> list[Any]:
    """Every process's value, by rank. Tensors in it must be on the CPU."""
    values = [value] * world().size
    if len(values) > 1:
        dist.all_gather_object(values, value)
    return values


def mean(value: Tensor) -> Tensor:
    """The mean of every process's tensor, on its device."""
    if world().size == 1:
        return value
    total = value.clone()
    dist.all_reduce(total)
    return total / world().size


def share_buffers(model: nn.Module) -> None:
    """Give all processes rank 0's buffers, such as the statistics that BatchNorm takes from a process's own batches."""
    if world().size > 1:
        for buffer in model.buffers():
            dist.broadcast(buffer, src=0)


def share_statistics(model: nn.Module, device: torch.device) -> tuple[nn.Module, str | None]:
    """Let every BatchNorm take mean and variance over all processes' pictures (SyncBN), where torch can.

    In one process there is nothing to share. On the CPU torch cannot, and layers that want it (``norm_cfg`` of type
    SyncBN) become plain ones.

    Returns:
        The model with these layers exchanged, and what is to be said about it.
    """
    if world().size == 1:
        return model, None
    if device.type == "cpu":
        return _plain_batchnorm(model), "sync_bn: torch can do this on GPUs only; each process takes its own statistics"
    return nn.SyncBatchNorm.convert_sync_batchnorm(model), None


def _plain_batchnorm(module: nn.Module) -> nn.Module:
    """The module with ``SyncBatchNorm`` turned back."""
    if isinstance(module, nn.SyncBatchNorm):
        plain = nn.BatchNorm2d(
            module.num_features, module.eps, module.momentum, module.affine, module.track_running_stats
        )
        plain.load_state_dict(module.state_dict())
        plain.weight, plain.bias = module.weight, module.bias  # frozen ones stay so
        return plain.train(module.training)
    for name, child in module.named_children():
        setattr(module, name, _plain_batchnorm(child))
    return module


class AskedToStop:
    """What this process was asked by a signal, until the others know of it too.

    Args:
        interval: Steps between two questions to the others, each of which makes the device wait.
    """

    def __init__(self, device: torch.device, interval: int = 10) -> None:
        self.device, self.interval = device, interval
        self.stopped: str | None = None

    def anywhere(self, step: int) -> str | None:
        """What any process was asked, the same for all; each must call it at each step."""
        if step % self.interval:
            return None
        reasons = [None, *REASONS.values()]
        number = torch.tensor(reasons.index(self.stopped), device=self.device)
        dist.all_reduce(number, dist.ReduceOp.MAX)
        return reasons[int(number)]
