"""What a step of the trainer costs over the same step in a bare PyTorch loop.

LeNet-5 on 28×28 pictures in memory, batch 64, one thread, process CPU time; the two are run in turn, so that a drift
of the machine's speed hits both, and the median of the rounds is given.
"""

import statistics
import time

import torch
from torch import nn

from course_lib.data import Preprocessor
from course_lib.engine import FiniteLossHook, LogHook, ProgressHook, Trainer
from course_lib.models import ClsHead, ImageClassifier, LeNet5

BATCH, STEPS, ROUNDS = 64, 100, 15


def make_model() -> nn.Module:
    """The same first weights each time."""
    torch.manual_seed(0)
    return ImageClassifier(LeNet5(num_classes=10), head=ClsHead())


def make_batches() -> list[dict[str, torch.Tensor]]:
    """Normalised pictures (N, 1, 28, 28) of MNIST's size, and labels (N,)."""
    generator = torch.Generator().manual_seed(0)
    images = torch.randn(STEPS, BATCH, 1, 28, 28, generator=generator)
    labels = torch.randint(10, (STEPS, BATCH), generator=generator)
    return [{"images": image, "labels": label} for image, label in zip(images, labels, strict=True)]


class InMemory:
    """Ready batches as a loader."""

    batch_size = BATCH

    def __init__(self, batches):
        self.batches = batches

    def __len__(self):
        return len(self.batches)

    def epoch(self, epoch, start=0):
        return iter(self.batches[start:])


def bare(model, batches) -> float:
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


def ours(model, batches, work_dir) -> float:
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


def main() -> dict[str, float]:
    """Run and print; also gives the figures back."""
    import contextlib
    import io
    import tempfile

    torch.set_num_threads(1)
    batches = make_batches()
    times: dict[str, list[float]] = {"bare": [], "trainer": []}
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stderr(io.StringIO()):
        bare(make_model(), batches), ours(make_model(), batches, folder)  # warm up
        for _ in range(ROUNDS):
            times["bare"].append(bare(make_model(), batches))
            times["trainer"].append(ours(make_model(), batches, folder))
    base = statistics.median(times["bare"])
    ratio = statistics.median(ours / bare for bare, ours in zip(times["bare"], times["trainer"], strict=True))
    figures = {
        "bare loop, ms a step": base / STEPS * 1e3,
        "trainer / bare loop": ratio,
        "trainer's own, µs a step": (ratio - 1) * base / STEPS * 1e6,
    }
    print(f"LeNet-5, 28×28 in memory, batch {BATCH}, one thread, medians of {ROUNDS} rounds of {STEPS} steps")
    for name, value in figures.items():
        print(f"  {name:28s} {value:8.3f}")
    return figures


if __name__ == "__main__":
    main()
