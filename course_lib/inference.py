"""A checkpoint and pictures → predictions, with the preprocessing of the test pipeline by construction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn

from course_lib.builders import build, build_model, build_preprocessor, raw_shape, tta_pipeline, without_weights
from course_lib.config import Config, load_config, upgrade
from course_lib.config.errors import CheckpointError, ConfigError
from course_lib.data.decode import decode
from course_lib.engine import best_weights, load_checkpoint, load_weights, pick_device, scores_of

if TYPE_CHECKING:
    from PIL.Image import Image

    Picture = str | Path | Tensor | np.ndarray | Image


@dataclass
class Prediction:
    """The most likely classes of one picture, the best first."""

    path: str
    labels: list[int]
    names: list[str]
    scores: list[float]


class Inferencer:
    """Predicts classes of pictures.

    Args:
        checkpoint: A file that a training wrote; it holds weights, config and class names.
        device: As for the trainer.
        tta: Average the scores over several views of each picture: the config's ``tta_pipeline``, or with and
            without a flip.
        config: For bare weights: a file or a ready-made name, in place of the checkpoint's own config.

    Raises:
        CheckpointError: no checkpoint, or bare weights without a config.
        ConfigError: there is no such config, or it has mistakes.
    """

    def __init__(
        self, checkpoint: str | Path, device: str = "auto", *, tta: bool = False, config: str | Path | None = None
    ) -> None:
        state = load_checkpoint(checkpoint)
        if config is None and not state.get("config"):
            message = f"{checkpoint} holds no config: it was not written by `course train`. Give one: --config CONFIG."
            raise CheckpointError(message)
        own = state.get("config") or ""
        cfg = upgrade(Config.fromstring(own, file=str(checkpoint))) if config is None else load_config(config)
        self.device = pick_device(device)
        self.model: nn.Module = build_model(without_weights(cfg.model))
        load_weights(self.model, best_weights(state), str(checkpoint))
        self.model.to(self.device).eval()
        self.classes: list[str] = state.get("classes") or []
        self.preprocessor = build_preprocessor(cfg).to(self.device)
        loader = cfg.get("test_dataloader") or cfg.get("val_dataloader") or cfg.train_dataloader
        self.raw_shape = raw_shape(loader.dataset)
        pipeline = loader.dataset.get("pipeline") or []
        self.pipeline = build(list(tta_pipeline(cfg, pipeline)) if tta else pipeline)

    def __call__(self, pictures: Picture | Iterable[Picture], topk: int = 5, batch_size: int = 32) -> list[Prediction]:
        """Predict one picture or several.

        Args:
            pictures: Paths, uint8 arrays (H, W, 3) or (H, W), uint8 tensors (C, H, W), PIL pictures.
            topk: How many classes a picture, at most.

        Raises:
            DataError: a file is no picture; the message names it.
        """
        single = isinstance(pictures, (str, Path, Tensor, np.ndarray)) or not isinstance(pictures, Iterable)
        listed: list[Any] = [pictures] if single else list(pictures)  # type: ignore[arg-type]
        predictions = []
        for start in range(0, len(listed), batch_size):
            predictions += self.predict_batch(listed[start : start + batch_size], topk)
        return predictions

    @torch.no_grad()
    def predict_batch(self, pictures: Sequence[Picture], topk: int) -> list[Prediction]:
        """Predict pictures that fit into one batch."""
        images = torch.stack([self.prepare(picture) for picture in pictures])
        batch = {"images": images, "labels": torch.zeros(len(images), dtype=torch.int64)}
        probabilities = scores_of(self.model, batch, self.preprocessor, self.device)[0].cpu()  # (N, K)
        scores, labels = probabilities.topk(min(topk, probabilities.shape[1]))
        return [
            Prediction(name_of(picture), row.tolist(), [self.name(label) for label in row.tolist()], values.tolist())
            for picture, row, values in zip(pictures, labels, scores, strict=True)
        ]

    def prepare(self, picture: Picture) -> Tensor:
        """One picture as the test pipeline gives it: uint8 (C, H, W); its views (V, C, H, W) for ``tta``."""
        image = as_tensor(picture)
        if self.raw_shape is not None:  # the data set's pictures have one shape: bring any other picture to it
            image = to_shape(image, self.raw_shape)
        sample: dict[str, Any] = {"img": image, "gt_label": 0, "img_path": name_of(picture)}
        for transform in self.pipeline:
            sample = transform(sample, np.random.default_rng(0))
        return sample["image"]

    def name(self, label: int) -> str:
        """The class's name, or its number where the checkpoint knows no names."""
        return self.classes[label] if label < len(self.classes) else str(label)


def name_of(picture: Any) -> str:
    """A path as it was given; what is in memory has no name."""
    return str(picture) if isinstance(picture, (str, Path)) else ""


def as_tensor(picture: Picture) -> Tensor:
    """Any kind of picture as uint8 (C, H, W)."""
    if isinstance(picture, (str, Path)):
        return decode(picture)
    if isinstance(picture, Tensor):
        image = picture
    else:
        array = np.asarray(picture.convert("RGB") if hasattr(picture, "convert") else picture)
        image = torch.from_numpy(np.atleast_3d(array).copy()).permute(2, 0, 1)  # (C, H, W)
    if image.dtype != torch.uint8 or image.ndim != 3 or image.shape[0] not in (1, 3):
        raise ConfigError(f"a picture is uint8 (C, H, W) with 1 or 3 channels; got {image.dtype} {tuple(image.shape)}.")
    return image


def to_shape(image: Tensor, shape: tuple[int, int, int]) -> Tensor:
    """A picture with the channels and size of a data set's pictures."""
    from torchvision.transforms.v2 import functional

    channels, height, width = shape
    if image.shape[0] != channels:
        image = functional.rgb_to_grayscale(image) if channels == 1 else image.expand(3, -1, -1)
    return functional.resize(image, [height, width], antialias=True) if image.shape[1:] != (height, width) else image
