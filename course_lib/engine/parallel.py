"""Two ways to train one model in several processes, each on its own share of every batch.

Replicated (DDP, "PyTorch Distributed", arXiv 2006.15704): each process holds the whole model, and gradients are
averaged while they are computed. Sharded (FSDP2; the idea is ZeRO's, arXiv 1910.02054): each holds a part of every
parameter, its gradient and the optimizer's numbers, and fetches the rest of a block when the block's turn comes.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.distributed.device_mesh import init_device_mesh
from torch.nn.parallel import DistributedDataParallel

from course_lib.config.errors import ConfigError, DataError

from .adapters import Batch, Loader, PlainLoader
from .distributed import gather, world

NO_AVERAGE_OF_SHARDS = (
    "an average of the weights (EMAHook) is a copy of the whole model, which a sharded model (FSDP) has nowhere. Leave "
    "one of them out, or take model_wrapper_cfg=dict(type='MMDistributedDataParallel')."
)
Losses = Callable[[Batch], dict[str, Tensor]]


class LossModule(nn.Module):
    """A model's loss as the ``forward`` that ``DistributedDataParallel`` wants."""

    def __init__(self, model: Any) -> None:
        super().__init__()
        self.model = model

    def forward(self, batch: Batch) -> dict[str, Tensor]:
        return self.model.loss(batch)


def parallel_loss(model: Any, ddp: Mapping[str, Any]) -> tuple[Losses, Callable[[bool], None]]:
    """A model's loss, whose gradients come out averaged over all processes.

    Args:
        model: An ``nn.Module`` with ``loss(batch)``.
        ddp: Arguments of ``DistributedDataParallel``.

    Returns:
        The loss, and what says before a step whether its gradients are to be averaged, or only added to those of this
        process, as while they accumulate.
    """
    if world().size == 1:
        return model.loss, lambda average: None
    if is_sharded(model):
        sharded = next(module for module in model.modules() if isinstance(module, _sharded_module()))
        return model.loss, sharded.set_requires_gradient_sync
    replica = DistributedDataParallel(LossModule(model), **ddp)

    def average_gradients(average: bool) -> None:
        replica.require_backward_grad_sync = average  # what no_sync() sets, but without another level in the loop

    return replica, average_gradients


def refuse_unequal(loader: Loader) -> None:
    """Processes that train together do each step together, so all need equally many batches, and other ones each.

    Raises:
        ConfigError: they have not.
    """
    lengths = gather(len(loader))
    if len(set(lengths)) > 1:
        raise ConfigError(
            f"the processes have {', '.join(map(str, lengths))} batches an epoch, but must have equally many: let the "
            "sampler of train_dataloader round up (round_up=True)."
        )
    if len(lengths) > 1 and isinstance(loader, PlainLoader) and not loader.is_shared():
        raise ConfigError(
            "every process would train on all pictures. Give the DataLoader a DistributedSampler "
            "(torch.utils.data.distributed), or make it with make_loader(…, rank=…, world=…)."
        )


# --- sharded ----------------------------------------------------------------------------------------------------------
# torch's modules for this take half a second to import: where nobody has, nothing is sharded, and nothing needs them.


def _sharded_module() -> tuple[type[Any], ...]:
    """The class of sharded modules, for ``isinstance``; nothing where it is not imported."""
    found = getattr(sys.modules.get("torch.distributed.fsdp"), "FSDPModule", None)
    return () if found is None else (found,)


def _sharded_tensor() -> tuple[type[Any], ...]:
    """The class of sharded tensors, for ``isinstance``; nothing where it is not imported."""
    found = getattr(sys.modules.get("torch.distributed.tensor"), "DTensor", None)
    return () if found is None else (found,)


def shard(model: nn.Module, device: torch.device, reshard_after_forward: bool = True) -> None:
    """Share a model's parameters out to all processes, block by block; its optimizer must be made after this.

    Args:
        model: On its device; the same in all processes.
        reshard_after_forward: Give the other processes' parts back after a block's turn and fetch them again for the
            way back, which saves memory and costs time.
    """
    from torch.distributed.fsdp import fully_shard, register_fsdp_forward_method

    mesh = init_device_mesh(device.type, (world().size,))
    for part in [*blocks(model), model]:
        fully_shard(part, mesh=mesh, reshard_after_forward=reshard_after_forward)
    for method in ("loss", "predict"):
        if hasattr(model, method):
            register_fsdp_forward_method(model, method)


def blocks(model: nn.Module) -> list[nn.Module]:
    """The members of a model's stages: what a list or sequence of modules holds, if it has modules of its own."""
    chains = (nn.Sequential, nn.ModuleList)
    found = []
    for child in model.children():
        is_block = isinstance(model, chains) and not isinstance(child, chains) and any(True for _ in child.children())
        found += [child] if is_block and any(True for _ in child.parameters()) else blocks(child)
    return found


def is_sharded(model: nn.Module) -> bool:
    """Whether the model's parameters are shared out."""
    return any(isinstance(module, _sharded_module()) for module in model.modules())


def whole(state: Any) -> Any:
    """A state (of tensors, in dicts and lists) with each sharded tensor put together; every process must call it."""
    if isinstance(state, _sharded_tensor()):
        return state.full_tensor()
    if isinstance(state, dict):
        return {key: whole(value) for key, value in state.items()}
    return [whole(value) for value in state] if isinstance(state, list) else state


def shard_like(value: Tensor, own: Tensor) -> Tensor:
    """This process's part of a whole tensor, if ``own``, which has its place, is sharded."""
    if not isinstance(own, _sharded_tensor()) or value.shape != own.shape:
        return value
    from torch.distributed.tensor import distribute_tensor

    value = value.to(own.device, own.dtype)
    return distribute_tensor(value, own.device_mesh, own.placements, src_data_rank=None)


def shard_optimizer(optimizer: torch.optim.Optimizer) -> None:
    """Share out the numbers that an optimizer loaded as wholes."""
    for parameter, numbers in optimizer.state.items():
        for name, value in numbers.items():
            if isinstance(value, Tensor) and value.ndim > 0:
                numbers[name] = shard_like(value, parameter)


def measured_batches(model: nn.Module, loader: Loader) -> Iterator[tuple[Batch, bool]]:
    """A loader's batches and whether they count; the processes may have unequally many.

    A sharded model works only if all processes do: who has fewer batches repeats its last one, which does not count.
    """
    last: Batch | None = None
    for batch in loader.epoch(0):
        last = batch
        yield batch, True
    if world().size > 1 and is_sharded(model):
        for _ in range(max(gather(len(loader))) - len(loader)):
            if last is None:
                raise DataError("a sharded model is measured by all processes together; one of them has no picture.")
            yield last, False
