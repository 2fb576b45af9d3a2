"""The object that predicts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from course_lib.builders import build, build_model, build_preprocessor, raw_shape, tta_pipeline, without_weights
from course_lib.config import Config, load_config, upgrade
from course_lib.config.errors import CheckpointError, ConfigError, DataError
from course_lib.data import sample_rng
from course_lib.data.by_sample import Batch, BySample
from course_lib.engine import best_weights, load_checkpoint, load_weights, pick_device, scores_of
from course_lib.engine.adapters import as_trainable

from .pictures import Picture, Pictures, as_tensor, name_of, one_by_one

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_DRAWN, DRAWN_PX = 60, 240


@dataclass
class Prediction:
    """The most likely classes of one picture, the best first."""

    path: str
    labels: list[int]
    names: list[str]
    scores: list[float]

    def __str__(self) -> str:
        """The picture's path, and below it a line a class."""
        rows = zip(self.scores, self.names, strict=True)
        return "\n".join([self.path or "a picture", *(f"  {100 * score:5.1f} %  {name}" for score, name in rows)])


class Inferencer:
    """Predicts classes of pictures.

    Args:
        model: A checkpoint that a training wrote, which holds weights, config and class names; weights that came with
            the kit (``'zoo://NAME'``); or a network, with the ``config`` of its training.
        device: As for the trainer.
        tta: Average the scores over several views of each picture: the config's ``tta_pipeline``, or with and
            without a flip.
        config: A file, a ready-made name or a config, in place of the checkpoint's own.
        num_workers: Processes that read pictures while the network computes.

    Raises:
        CheckpointError: no checkpoint, or bare weights without a config.
        ConfigError: there is no such config, or it has mistakes.
    """

    def __init__(
        self,
        model: str | Path | nn.Module,
        device: str = "auto",
        *,
        tta: bool = False,
        config: str | Path | Config | None = None,
        num_workers: int = 0,
    ) -> None:
        state = {} if isinstance(model, nn.Module) else load_checkpoint(model)
        cfg = _config(config, state.get("config"), "a network" if isinstance(model, nn.Module) else str(model))
        self.device = pick_device(device)
        if isinstance(model, nn.Module):
            self.model = model if hasattr(model, "predict") else as_trainable(model)
        else:
            self.model = build_model(without_weights(cfg.model))
            load_weights(self.model, best_weights(state), str(model))
        self.model.to(self.device).eval()
        self.classes: list[str] = state.get("classes") or []
        self.preprocessor = build_preprocessor(cfg).to(self.device)
        loader = cfg.get("test_dataloader") or cfg.get("val_dataloader") or cfg.train_dataloader
        self.raw_shape = raw_shape(loader.dataset)
        pipeline = loader.dataset.get("pipeline") or []
        self.pipeline = build(list(tta_pipeline(cfg, pipeline)) if tta else pipeline)
        self.num_workers = num_workers

    def __call__(self, pictures: Picture | Iterable[Picture], topk: int = 5, batch_size: int = 32) -> list[Prediction]:
        """Predict one picture or many.

        Args:
            pictures: Files, folders, addresses, pictures in memory, batches, or several of these (``one_by_one``).
            topk: How many classes a picture, at most.
            batch_size: Pictures that the network sees at once.

        Raises:
            DataError: a file is no picture; the message names it.
            ConfigError: ``topk`` or ``batch_size`` is below 1, or an array is no picture.
        """
        predictions = []
        for outcome in self.stream(pictures, topk, batch_size):
            if isinstance(outcome, DataError):
                raise outcome
            predictions.append(outcome)
        return predictions

    def stream(
        self, pictures: Picture | Iterable[Picture], topk: int = 5, batch_size: int = 32
    ) -> Iterator[Prediction | DataError]:
        """The same, batch after batch; in place of a picture that cannot be read comes what is wrong with it."""
        for name, value in (("topk", topk), ("batch_size", batch_size)):
            if value < 1:
                raise ConfigError(f"{name} must be 1 or more, not {value}.")
        singles = one_by_one(pictures)
        places = torch.arange(len(singles)).expand(2, -1).split(batch_size, dim=1)
        reader = BySample(
            Pictures(singles, self.pipeline, self.raw_shape), 0, self.num_workers, self.device.type == "cuda", True
        )
        for batch, failed in reader.outcomes(0, places):
            found: dict[int, Prediction | DataError] = {} if batch is None else self._predict(batch, singles, topk)
            for failure in failed:
                if not isinstance(failure.error, DataError) or failure.index < 0:
                    raise failure.anew()
                found[failure.index] = failure.error
            yield from (found[place] for place in sorted(found))

    @torch.no_grad()
    def _predict(self, batch: Batch, singles: list[Picture], topk: int) -> dict[int, Prediction | DataError]:
        """The predictions by the pictures' places, which are the batch's labels."""
        probabilities = scores_of(self.model, batch, self.preprocessor, self.device)[0].cpu()  # (N, K)
        scores, labels = probabilities.topk(min(topk, probabilities.shape[1]))
        rows = zip(batch["labels"].tolist(), labels.tolist(), scores.tolist(), strict=True)
        return {
            place: Prediction(name_of(singles[place]), best, [self.name(label) for label in best], values)
            for place, best, values in rows
        }

    def prepare(self, picture: Picture) -> Tensor:
        """One picture as the test pipeline gives it: uint8 (C, H, W); its views (V, C, H, W) for ``tta``."""
        return Pictures([picture], self.pipeline, self.raw_shape).get(0, sample_rng(0, 0, 0))["image"]

    def draw(self, pictures: Picture | Iterable[Picture], topk: int = 3) -> Figure:
        """A ``sheet`` of the pictures that can be read, at most 60."""
        singles = one_by_one(pictures)[:MOST_DRAWN]
        outcomes = zip(singles, self.stream(singles, topk), strict=True)
        return sheet((single, outcome) for single, outcome in outcomes if isinstance(outcome, Prediction))

    def name(self, label: int) -> str:
        """The class's name, or its number where the checkpoint knows no names."""
        return self.classes[label] if label < len(self.classes) else str(label)


def sheet(predicted: Iterable[tuple[Picture, Prediction]]) -> Figure:
    """Pictures, the first 60, each with its likeliest classes above it.

    Raises:
        DataError: there is none.
    """
    from course_lib.viz import picture_grid

    drawn, titles = [], []
    for picture, prediction in islice(predicted, MOST_DRAWN):
        drawn.append(thumbnail(as_tensor(picture)).numpy())
        rows = zip(prediction.names, prediction.scores, strict=True)
        titles.append("\n".join(f"{name} {100 * score:.0f} %" for name, score in rows))
    if not drawn:
        raise DataError("not one of the pictures can be read.")
    return picture_grid(drawn, titles)


def thumbnail(image: Tensor) -> Tensor:
    """uint8 (C, H, W) whose shorter side is 240 px at most."""
    from torchvision.transforms.v2 import functional

    return functional.resize(image, [DRAWN_PX]) if min(image.shape[1:]) > DRAWN_PX else image


def _config(given: str | Path | Config | None, own: str | None, model: str) -> Config:
    """The config of the pictures' way: the given one, else the checkpoint's own."""
    if isinstance(given, Config):
        return given
    if given is not None:
        return load_config(given)
    if own is None:
        raise CheckpointError(
            f"{model} holds no config: it was not written by `course train`. Give one: --config CONFIG (in Python, "
            "config=…)."
        )
    return upgrade(Config.fromstring(own, file=model))
