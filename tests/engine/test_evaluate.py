"""Scores of a batch, and of several views of each picture, with hand-computed means."""

import pytest
import torch
from torch import Tensor, nn

from course_lib.data import Preprocessor
from course_lib.engine import evaluate, scores_of
from course_lib.metrics import Accuracy

CPU = torch.device("cpu")


class FirstPixel(nn.Module):
    """Is as sure of class 1 as the first pixel is bright."""

    def predict(self, batch: dict) -> Tensor:
        light = batch["images"][:, 0, 0, 0] / 100
        return torch.stack((1 - light, light), dim=1)


class Once:
    """A loader of one batch."""

    def __init__(self, batch: dict) -> None:
        self.batch = batch

    def __len__(self) -> int:
        return 1

    def epoch(self, epoch: int, start: int = 0):
        yield dict(self.batch)


def two_views() -> dict:
    """Of the first picture, views of 0.2 and 0.9; of the second, of 0.6 and 0.1."""
    images = torch.tensor([[20.0, 90.0], [60.0, 10.0]])[:, :, None, None, None]  # (N, V, C, H, W)
    return {"images": images, "labels": torch.tensor([1, 0])}


def test_scores_of_views_are_averaged() -> None:
    scores, batch = scores_of(FirstPixel(), two_views(), Preprocessor(), CPU)
    assert scores.flatten().tolist() == pytest.approx([0.45, 0.55, 0.65, 0.35])
    assert batch["images"].shape == (4, 1, 1, 1) and batch["labels"].tolist() == [1, 0]


def test_one_view_is_as_it_was() -> None:
    batch = two_views()
    batch["images"] = batch["images"][:, 0]
    scores, _ = scores_of(FirstPixel(), batch, Preprocessor(), CPU)
    assert scores.equal(FirstPixel().predict(batch))


def test_views_can_be_right_where_a_picture_alone_is_wrong() -> None:
    seen, metrics = two_views(), [Accuracy(topk=(1,))]
    assert evaluate(FirstPixel(), Once(seen), metrics, Preprocessor(), CPU) == {"accuracy/top1": 100.0}
    alone = {**seen, "images": seen["images"][:, 0]}
    assert evaluate(FirstPixel(), Once(alone), metrics, Preprocessor(), CPU) == {"accuracy/top1": 0.0}
