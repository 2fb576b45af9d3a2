"""What the network says of validation pictures, drawn: the wrong answers tell more than their number."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from course_lib.config.errors import ConfigError
from course_lib.config.registry import register
from course_lib.data.by_sample import make_batch
from course_lib.data.loader import Loader
from course_lib.data.pipeline import sample_rng
from course_lib.engine.adapters import Batch
from course_lib.engine.evaluate import scores_of
from course_lib.engine.hooks.base import Hook
from course_lib.engine.seed import random_state, set_random_state

if TYPE_CHECKING:
    from course_lib.engine.trainer import Trainer

FEWEST, MOST = 20, 60  # pictures on a sheet


@register("hook")
class VisualizationHook(Hook):
    """After each validation, draws some of its pictures with the predicted classes, the wrong ones first.

    The sheets are ``pictures/step_N.png`` in the work folder; all show the same pictures, spread evenly over the data.

    Args:
        enable: Whether to draw at all.
        interval: One in so many validation pictures is drawn; 20 are, in any case, and 60 at the most.
        show: Accepted for MMPretrain's configs, without effect: nothing is shown while a network trains.
        out_dir: Another folder for the sheets.

    Raises:
        ConfigError: an interval below 1.
    """

    def __init__(
        self, enable: bool = False, interval: int = 5000, show: bool = False, out_dir: str | None = None
    ) -> None:
        if interval < 1:
            raise ConfigError(f"VisualizationHook: interval={interval} must be at least 1.")
        self.enable, self.interval, self.out_dir = enable, interval, out_dir

    def after_validate(self, trainer: Trainer, metrics: dict[str, float]) -> None:
        if not self.enable or trainer.work_dir is None:
            return
        folder = Path(self.out_dir) if self.out_dir else trainer.work_dir / "pictures"
        folder.mkdir(parents=True, exist_ok=True)
        before = random_state()  # a plain loader draws a number whenever it is asked for batches
        pictures, labels, scores = self.look(trainer)
        set_random_state(before)
        if not trainer.world.main:  # which only helps to run a model that is shared out
            return
        predicted = scores.argmax(dim=1)
        classes = trainer.classes or [str(k) for k in range(scores.shape[1])]
        right = [is_right(label, int(said)) for label, said in zip(labels, predicted, strict=True)]
        titles = [
            classes[int(said)] + ("" if good else f" (is {named(label, classes)})")
            for label, said, good in zip(labels, predicted, right, strict=True)
        ]
        order = sorted(range(len(right)), key=lambda index: right[index])
        from course_lib.viz import picture_grid  # matplotlib takes a second to import

        picture_grid(
            [pictures[index] for index in order],
            [titles[index] for index in order],
            right=[right[index] for index in order],
            title=f"{sum(right)} of {len(right)} right after {trainer.step:,} steps",
        ).savefig(folder / f"step_{trainer.step}.png")

    @torch.no_grad()
    def look(self, trainer: Trainer) -> tuple[list[Any], Tensor, Tensor]:
        """Pictures as uint8 (C, H, W), their labels (N,) or (N, K), and the model's scores (N, K), on the CPU."""
        model = trainer.model if trainer.average is None else next(iter(trainer.average.models(trainer.model).values()))
        batch = self.chosen(trainer)
        was_training = model.training
        model.eval()
        scores, seen = scores_of(model, batch, trainer.prepare, trainer.device, amp=trainer.amp)
        model.train(was_training)
        return [drawable(image) for image in batch["images"]], seen["labels"].cpu(), scores.cpu()

    def chosen(self, trainer: Trainer) -> Batch:
        """Some validation pictures with their labels; of a plain loader, which cannot be asked for any, the first."""
        loader = trainer.val_loader
        assert loader is not None
        if not isinstance(loader, Loader):
            return {key: value[:MOST] for key, value in next(iter(loader.epoch(0))).items()}
        total = len(loader.dataset)
        count = min(max(total // self.interval, FEWEST), MOST, total)
        indices = [total * number // count for number in range(count)]
        return make_batch([loader.dataset.get(index, sample_rng(0, 0, index)) for index in indices])


def is_right(label: Tensor, said: int) -> bool:
    """Whether a class is the label, or one of them: label () int, or (K,) with a 1 for each class that is there."""
    return bool(label == said if label.ndim == 0 else label[said] == 1)


def named(label: Tensor, classes: Sequence[str]) -> str:
    """The class of a label, or all of its classes."""
    there = [int(label)] if label.ndim == 0 else torch.nonzero(label == 1).flatten().tolist()
    return ", ".join(classes[k] for k in there) or "none of the classes"


def drawable(image: Tensor) -> Any:
    """A picture (C, H, W) as uint8; one that its pipeline has normalised is spread over 0…255."""
    if image.dtype == torch.uint8:
        return image.numpy()
    low, high = image.aminmax()
    return ((image - low) / (high - low).clamp(min=1e-9) * 255).byte().numpy()
