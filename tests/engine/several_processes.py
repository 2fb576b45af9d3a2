"""What ``test_distributed.py`` lets several processes do: started by torchrun, it writes each rank's findings."""

import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from course_lib.builders import build_trainer
from course_lib.config import ConfigError, load_config
from course_lib.data import Preprocessor
from course_lib.engine import Hook, Trainer, connect, evaluate, find_launcher, share_statistics, world
from course_lib.engine.checkpoint import save_checkpoint
from course_lib.engine.distributed import mean
from course_lib.engine.hooks import WhiteningHook
from course_lib.metrics import Accuracy, AveragePrecision, ConfusionMatrix, MultiLabelMetric, SingleLabelMetric

WHITENED = {
    "model": {
        "_delete_": True,
        "type": "ImageClassifier",
        "backbone": {"type": "AirbenchNet", "widths": [4, 4, 4], "in_channels": 1},
        "head": {"type": "LinearClsHead", "num_classes": 10, "in_channels": 4},
    }
}
SHARDED = {"model_wrapper_cfg": {"type": "MMFullyShardedDataParallel"}}
VIT = {
    "model.backbone": {
        "_delete_": True,
        "type": "VisionTransformer",
        "arch": {"embed_dims": 24, "num_layers": 2, "num_heads": 2, "feedforward_channels": 48},
        "img_size": 32,
        "patch_size": 8,
        "in_channels": 1,
    },
    "model.head": {"_delete_": True, "type": "LinearClsHead", "num_classes": 10, "in_channels": 24},
    "optim_wrapper.optimizer": {"_delete_": True, "type": "AdamW", "lr": 0.001, "eps": 1e-4},
}


def digits_trainer(hooks: Sequence[Hook] = (), **overrides) -> Trainer:
    """20 steps of LeNet on 64 digits each, which the processes share."""
    given = {
        "device": "cpu",
        "train_dataloader.way": "sample",  # in which augmentation does not depend on who else is in the batch
        "work_dir": None,
        "train_dataloader.batch_size": 64 // world().size,
        "train_cfg": {"_delete_": True, "by_epoch": False, "max_iters": 20, "val_interval": 1000},
        "optim_wrapper.optimizer": {"_delete_": True, "type": "SGD", "lr": 0.05, "momentum": 0.9},
    }
    return build_trainer(load_config(None, given | overrides), hooks=hooks)


def weights_after(trainer: Trainer) -> dict:
    """The weights and metrics that a training ends with."""
    metrics = trainer.fit().metrics
    return {"model": trainer.state_dict()["model"], "metrics": metrics, "loss": trainer.mean_loss}


def trained() -> dict:
    """The same training by each way of sharing a model."""
    accumulating = {"optim_wrapper.accumulative_counts": 2, "optim_wrapper.clip_grad": {"max_norm": 0.5}}
    return {
        "replicated": weights_after(digits_trainer()),
        "sharded": weights_after(digits_trainer(**SHARDED)),
        "replicated, accumulating": weights_after(digits_trainer(**accumulating)),
        "sharded, accumulating": weights_after(digits_trainer(**accumulating, **SHARDED)),
        "sharded by blocks": weights_after(digits_trainer(**VIT, **SHARDED)),
        "compiled": weights_after(digits_trainer(compile={"backend": "eager"})),
    }


class Lookup(nn.Module):
    """Scores that were drawn before: the pictures are their numbers."""

    def __init__(self, scores: torch.Tensor) -> None:
        super().__init__()
        self.scores = scores

    def predict(self, batch: dict) -> torch.Tensor:
        return self.scores[batch["images"].flatten(1)[:, 0].long()]


class Share:
    """This process's share of the numbers 0 … count - 1 as pictures, two a batch."""

    def __init__(self, count: int, labels: torch.Tensor) -> None:
        self.own, self.labels = torch.arange(count)[world().rank :: world().size], labels

    def __len__(self) -> int:
        return -(-len(self.own) // 2)

    def epoch(self, epoch: int, start: int = 0):
        for part in self.own.split(2) if len(self.own) else ():
            yield {"images": part[:, None, None, None].float(), "labels": self.labels[part]}


def measured(count: int) -> dict[str, float]:
    """Every metric on so few pictures that the processes' shares are unequal."""
    generator = torch.Generator().manual_seed(0)
    scores, labels = torch.rand(count, 4, generator=generator), torch.randint(0, 4, (count,), generator=generator)
    metrics = [Accuracy((1, 3)), AveragePrecision(), ConfusionMatrix(), MultiLabelMetric(), SingleLabelMetric()]
    plain = Preprocessor(mean=None, std=None)
    return evaluate(Lookup(scores), Share(count, labels), metrics, plain, torch.device("cpu"))


def pictures() -> tuple[list[int], list[int]]:
    """Which pictures this process sees in an epoch of training, and of validation."""
    trainer = digits_trainer()
    return trainer.train_loader.order(3).tolist(), trainer.val_loader.order(0).tolist()


def reductions() -> int:
    """How often gradients were averaged in 8 steps of which every fourth updates."""
    trainer, calls = digits_trainer(**{"optim_wrapper.accumulative_counts": 4}), []
    trainer.max_steps = 8

    def count(state, bucket):
        calls.append(1)
        future = torch.futures.Future()
        future.set_result(mean(bucket.buffer()))
        return future

    trainer.compute_losses.register_comm_hook(None, count)
    trainer.fit()
    return len(calls)


def resumed(folder: Path, **overrides) -> tuple[dict, dict]:
    """A training that was cut in the middle of an epoch, and the same without the cut."""
    overrides["model.train_cfg"] = {"augments": {"type": "Mixup", "alpha": 0.8}}  # draws random numbers of each process
    first = digits_trainer(**overrides)
    first.max_steps = 10
    first.fit()
    state = first.state_dict()
    if world().main:
        save_checkpoint(state, folder / "last.pt")
    torch.distributed.barrier()
    second = digits_trainer(**overrides)
    second.resume(folder / "last.pt")
    return weights_after(second), weights_after(digits_trainer(**overrides))


class TerminatesRank1(Hook):
    """Sends a signal to one process only."""

    def after_step(self, trainer, losses):
        if trainer.step == 3 and trainer.world.rank == 1:
            os.kill(os.getpid(), signal.SIGTERM)


def stopped() -> tuple[str | None, int]:
    """Why a training ended of which one process got a signal, and when."""
    result = digits_trainer([TerminatesRank1()]).fit()
    return result.stopped, result.steps


def whitened() -> dict[str, torch.Tensor]:
    """The parameters after a training whose first bias stops to learn on the way."""
    unused = {"model_wrapper_cfg": {"type": "MMDistributedDataParallel", "find_unused_parameters": True}}
    trainer = digits_trainer([WhiteningHook(64, bias_epochs=1)], **WHITENED, **unused)
    trainer.max_steps = 30
    trainer.fit()
    return {name: value.detach() for name, value in trainer.model.named_parameters()}


def refused() -> dict[str, str]:
    """What cannot be done in several processes, and what is said about it."""
    own = TensorDataset(torch.zeros(6 + 4 * world().rank, 1, 4, 4), torch.zeros(6 + 4 * world().rank).long())
    same = TensorDataset(torch.zeros(6, 1, 4, 4), torch.zeros(6).long())
    model = nn.Sequential(nn.Flatten(), nn.Linear(16, 2))
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    ema = {"custom_hooks": [{"type": "EMAHook"}]}
    attempts = {
        "unequal": lambda: Trainer(model, DataLoader(own, 2), optimizer, max_epochs=1, device="cpu"),
        "unshared": lambda: Trainer(model, DataLoader(same, 2), optimizer, max_epochs=1, device="cpu"),
        "average": lambda: digits_trainer(**SHARDED, **ema),
        "whitening": lambda: digits_trainer([WhiteningHook()], **WHITENED).fit(),
    }
    said = {}
    for name, attempt in attempts.items():
        try:
            attempt()
        except ConfigError as error:
            said[name] = str(error)
    return said


def batchnorm() -> tuple[list[str], str | None, list[str]]:
    """What becomes of a frozen SyncBN on the CPU: the model's modules, what is said, and what is frozen in the end."""
    model = nn.Sequential(nn.Conv2d(3, 8, 1), nn.Sequential(nn.SyncBatchNorm(8)))
    model[1].requires_grad_(False)
    model, told = share_statistics(model, torch.device("cpu"))
    frozen = [name for name, parameter in model.named_parameters() if not parameter.requires_grad]
    return [type(module).__name__ for module in model.modules()], told, frozen


def main(folder: Path) -> None:
    """All of the above, in this process among the others."""
    with connect(find_launcher(), "cpu", timeout_s=120) as here:
        (folder / "sharded").mkdir(exist_ok=True)
        (folder / "replicated").mkdir(exist_ok=True)
        found = {
            "world": (here.rank, here.size, here.local_rank),
            "trained": trained(),
            "measured": {count: measured(count) for count in (7, 1)},
            "pictures": pictures(),
            "whitened": whitened(),
            "reductions": reductions(),
            "resumed": {
                "replicated": resumed(folder / "replicated"),
                "sharded": resumed(folder / "sharded", **SHARDED),
            },
            "stopped": stopped(),
            "refused": refused(),
            "batchnorm": batchnorm(),
        }
        torch.save(found, folder / f"rank{here.rank}.pt")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
