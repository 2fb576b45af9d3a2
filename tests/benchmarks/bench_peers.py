"""What the trainers of the field add to a step, beside ours: a tiny CNN, batches in memory, one thread.

Each trainer is handed the same iterable of batches, whose clock runs from the batch after the first few to the last:
what a trainer does before and after the epoch does not count. Process CPU time; all are run in each round, in another
order, and a trainer's own cost is the median over the rounds of its time less that of the hand-written loop. "Default"
leaves a trainer as it comes, with its log and its progress bar; "bare" switches off what can be. Those that are not
installed are named: pip install skorch pytorch-ignite accelerate lightning fastai mmengine
"""

import contextlib
import io
import logging
import random
import statistics
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from course_lib.data import Preprocessor
from course_lib.engine import LogHook, ProgressHook, Trainer

FIRST, STEPS, ROUNDS = 10, 200, 25  # steps before the clock starts, steps that it counts
Pair = tuple[Tensor, Tensor]


class Batches(torch.utils.data.IterableDataset[Pair]):
    """Pictures (8, 1, 28, 28) with their classes, and the CPU seconds that ``STEPS`` steps with them took."""

    batch_size = 8

    def __init__(self) -> None:
        generator = torch.Generator().manual_seed(0)
        images = torch.randn(len(self), self.batch_size, 1, 28, 28, generator=generator)
        labels = torch.randint(10, (len(self), self.batch_size), generator=generator)
        self.pairs: list[Pair] = list(zip(images, labels, strict=True))
        self.took = float("nan")

    def __len__(self) -> int:
        return FIRST + STEPS + 1

    def __iter__(self) -> Iterator[Pair]:
        self.took = float("nan")
        for number, pair in enumerate(self.pairs):
            if number == FIRST:
                start = time.process_time()
            elif number == FIRST + STEPS:
                self.took = time.process_time() - start
            yield pair

    def epoch(self, epoch: int, start: int = 0) -> Iterator[Pair]:
        """As our trainer asks for them."""
        return iter(self)


def tiny() -> nn.Module:
    """A network that takes about half a millisecond a step."""
    torch.manual_seed(0)
    convolutions = nn.Conv2d(1, 8, 3, stride=2), nn.ReLU(), nn.Conv2d(8, 16, 3, stride=2), nn.ReLU()
    return nn.Sequential(*convolutions, nn.Flatten(), nn.Linear(16 * 6 * 6, 10))


def sgd(model: nn.Module) -> torch.optim.SGD:
    return torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)


def hand_written(batches: Batches) -> None:
    model = tiny()
    optimizer = sgd(model)
    model.train()
    for images, labels in batches:
        loss = cross_entropy(model(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def ours(batches: Batches, hooks: bool) -> None:
    model = tiny()
    with tempfile.TemporaryDirectory() as folder:
        Trainer(
            model,
            batches,
            sgd(model),
            max_epochs=1,
            hooks=[ProgressHook(bar=True), LogHook(interval=10)] if hooks else [],
            preprocessor=Preprocessor(mean=None, std=None),
            device="cpu",
            work_dir=folder,
        ).fit()


def skorchs(batches: Batches) -> None:
    from skorch import NeuralNet

    NeuralNet(
        tiny,
        nn.CrossEntropyLoss,
        optimizer=torch.optim.SGD,
        lr=0.01,
        optimizer__momentum=0.9,
        max_epochs=1,
        train_split=None,
        iterator_train=lambda dataset, **_: batches,
    ).fit(torch.utils.data.TensorDataset(torch.zeros(1, 1), torch.zeros(1)), None)


def ignites(batches: Batches) -> None:
    from ignite.engine import create_supervised_trainer

    model = tiny()
    create_supervised_trainer(model, sgd(model), cross_entropy).run(batches, max_epochs=1, epoch_length=len(batches))


def accelerates(batches: Batches) -> None:
    from accelerate import Accelerator

    accelerator = Accelerator(cpu=True)
    model = tiny()
    loader = torch.utils.data.DataLoader(batches, batch_size=None)
    model, optimizer, loader = accelerator.prepare(model, sgd(model), loader)
    model.train()
    for images, labels in loader:
        loss = cross_entropy(model(images), labels)
        optimizer.zero_grad()
        accelerator.backward(loss)
        optimizer.step()


def lightnings(batches: Batches, default: bool) -> None:
    import lightning

    class Module(lightning.LightningModule):  # type: ignore[misc]  # has no types where it is not installed
        def __init__(self) -> None:
            super().__init__()
            self.model = tiny()

        def training_step(self, batch: Pair, index: int) -> Tensor:
            loss = cross_entropy(self.model(batch[0]), batch[1])
            self.log("loss", loss)
            return loss

        def configure_optimizers(self) -> torch.optim.Optimizer:
            return sgd(self.model)

    off = dict(logger=False, enable_progress_bar=False, enable_model_summary=False, enable_checkpointing=False)
    with tempfile.TemporaryDirectory() as folder:
        options: dict[str, Any] = {} if default else off
        trainer = lightning.Trainer(max_epochs=1, accelerator="cpu", devices=1, default_root_dir=folder, **options)
        trainer.fit(Module(), batches)


def fastais(batches: Batches) -> None:
    from fastai.learner import Learner
    from fastai.optimizer import SGD

    class Loaders:
        train, valid, device = batches, [], "cpu"

        def __getitem__(self, index: int) -> Any:
            return (self.train, self.valid)[index]

    Learner(Loaders(), tiny(), loss_func=cross_entropy, opt_func=partial(SGD, mom=0.9), lr=0.01).fit(1)


def mmengines(batches: Batches, default: bool) -> None:
    from mmengine.model import BaseModel
    from mmengine.runner import Runner

    class Model(BaseModel):  # type: ignore[misc]  # has no types where it is not installed
        def __init__(self) -> None:
            super().__init__()
            self.model = tiny()

        def forward(self, images: Tensor, labels: Tensor, mode: str = "loss") -> dict[str, Tensor]:
            return {"loss": cross_entropy(self.model(images), labels)}

    hooks = ("runtime_info", "timer", "sampler_seed", "logger", "param_scheduler", "checkpoint")
    with tempfile.TemporaryDirectory() as folder:
        Runner(
            Model(),
            work_dir=folder,
            train_dataloader=torch.utils.data.DataLoader(batches, batch_size=None),
            train_cfg=dict(by_epoch=True, max_epochs=1),
            optim_wrapper=dict(optimizer=dict(type="SGD", lr=0.01, momentum=0.9)),
            # the hook that seeds samplers cannot do with batches that are there already
            default_hooks=dict(sampler_seed=None) if default else dict.fromkeys(hooks),
            experiment_name=f"{time.monotonic_ns()}",  # it refuses a name that was there
        ).train()


WAYS: dict[str, Callable[[Batches], None]] = {
    "hand-written loop": hand_written,
    "course_lib, log and progress": lambda batches: ours(batches, True),
    "course_lib, bare": lambda batches: ours(batches, False),
    "skorch": skorchs,
    "ignite": ignites,
    "Accelerate": accelerates,
    "fastai": fastais,
    "mmengine, bare": lambda batches: mmengines(batches, False),
    "mmengine, default": lambda batches: mmengines(batches, True),
    "Lightning, bare": lambda batches: lightnings(batches, False),
    "Lightning, default": lambda batches: lightnings(batches, True),
}


def main() -> dict[str, float]:
    """Run and print; also gives the microseconds a step that each adds to the hand-written loop back."""
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    took: dict[str, list[float]] = {name: [] for name in WAYS}
    missing: dict[str, str] = {}
    batches = Batches()
    for number in range(ROUNDS + 1):
        for name in random.Random(number).sample(sorted(WAYS), len(WAYS)):  # what ran before has an influence
            if name in missing:
                continue
            try:
                with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):
                    WAYS[name](batches)
            except ImportError as error:
                missing[name] = str(error)
                continue
            if number:  # the first one warms up
                took[name].append(batches.took)
    base = took["hand-written loop"]
    own = {
        name: statistics.median(its - bare for its, bare in zip(values, base, strict=True)) / STEPS * 1e6
        for name, values in took.items()
        if values
    }
    print(f"a step of a tiny CNN, batch {batches.batch_size} in memory, one thread, medians of {ROUNDS} rounds")
    print(f"  hand-written loop             {statistics.median(base) / STEPS * 1e6:8.0f} µs")
    for name, added in list(own.items())[1:]:
        print(f"  {name:30s}{added:+8.0f} µs")
    if missing:
        print(f"  not installed: {', '.join(missing)}")
    return own


if __name__ == "__main__":
    main()
