"""What a step of the trainer costs over the same step in a bare PyTorch loop, with the log and progress hooks on.

Three models, batches in memory, one thread, process CPU time; the two loops are run in turn, so that a drift of the
machine's speed hits both, and the median of the rounds is given. On a single linear layer nothing hides what the
trainer itself takes; on the others the ratio shows what that is worth.
"""

import contextlib
import io
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import nn

from course_lib.data import Preprocessor
from course_lib.engine import FiniteLossHook, LogHook, ProgressHook, Trainer
from course_lib.models import ClsHead, GlobalAveragePooling, ImageClassifier, LeNet5, LinearClsHead, ResNet_CIFAR

DEMANDED_RATIO, DEMANDED_US = 1.02, 50
Batch = dict[str, torch.Tensor]


@dataclass
class Case:
    """A model, the shape of its batch, and how long to look."""

    title: str
    build: Callable[[], nn.Module]
    shape: tuple[int, ...]
    steps: int
    rounds: int

    def model(self) -> nn.Module:
        """The same first weights each time."""
        torch.manual_seed(0)
        return self.build()

    def batches(self) -> list[Batch]:
        """Normalised pictures and labels (N,) of two classes."""
        generator = torch.Generator().manual_seed(0)
        images = torch.randn(self.steps, *self.shape, generator=generator)
        labels = torch.randint(2, (self.steps, self.shape[0]), generator=generator)
        return [{"images": image, "labels": label} for image, label in zip(images, labels, strict=True)]


CASES = (
    Case("Linear(8, 2), batch 1", lambda: nn.Linear(8, 2), (1, 8), 500, 30),
    Case(
        "LeNet-5, 28×28, batch 64",
        lambda: ImageClassifier(LeNet5(num_classes=10), head=ClsHead()),
        (64, 1, 28, 28),
        100,
        15,
    ),
    Case(
        "ResNet-18, 32×32, batch 128",
        lambda: ImageClassifier(ResNet_CIFAR(18), GlobalAveragePooling(), LinearClsHead(10, 512)),
        (128, 3, 32, 32),
        1,
        6,
    ),
)


class InMemory:
    """Ready batches as a loader."""

    def __init__(self, batches: list[Batch]) -> None:
        self.batches = batches
        self.batch_size = len(batches[0]["labels"])

    def __len__(self):
        return len(self.batches)

    def epoch(self, epoch, start=0):
        return iter(self.batches[start:])


def bare(model: nn.Module, batches: list[Batch]) -> float:
    """CPU seconds of a hand-written loop."""
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    model.train()
    start = time.process_time()
    for batch in batches:
        loss = nn.functional.cross_entropy(model(batch["images"]), batch["labels"])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return time.process_time() - start


def ours(model: nn.Module, batches: list[Batch], work_dir: str) -> float:
    """CPU seconds of the trainer's epoch, with the log and the progress hooks on."""
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    hooks = [ProgressHook(bar=True), LogHook(interval=10)]
    trainer = Trainer(
        model,
        InMemory(batches),
        optimizer,
        max_epochs=1,
        hooks=hooks,
        preprocessor=Preprocessor(mean=None, std=None),
        device="cpu",
        work_dir=work_dir,
    )
    assert isinstance(trainer.hooks[0], FiniteLossHook)  # the watch over NaN is always on and counted
    trainer.notify("before_train")
    start = time.process_time()
    trainer.train_epoch()
    return time.process_time() - start


def measure(case: Case) -> dict[str, float]:
    """The figures of one model."""
    batches = case.batches()
    times: list[tuple[float, float]] = []
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stderr(io.StringIO()):
        for number in range(case.rounds + 1):
            if number % 2:  # each goes first as often: the second one finds the machine in another state
                took = ours(case.model(), batches, folder)
                times.append((bare(case.model(), batches), took))
            else:
                times.append((bare(case.model(), batches), ours(case.model(), batches, folder)))
    del times[0]  # warms up
    return {
        "bare loop, ms a step": statistics.median(b for b, _ in times) / case.steps * 1e3,
        "trainer / bare loop": statistics.median(o / b for b, o in times),
        "trainer's own, µs a step": statistics.median(o - b for b, o in times) / case.steps * 1e6,
    }


def main() -> dict[str, dict[str, float]]:
    """Run and print; also gives the figures back, by model."""
    torch.set_num_threads(1)
    figures = {case.title: measure(case) for case in CASES}
    print("batches in memory, one thread, medians of alternated rounds")
    for title, values in figures.items():
        print(f"  {title:28s} " + "   ".join(f"{name} {value:.3f}" for name, value in values.items()))
    print(f"  demanded: at most {DEMANDED_RATIO} × on a real model, at most {DEMANDED_US} µs on the linear layer")
    return figures


if __name__ == "__main__":
    main()
