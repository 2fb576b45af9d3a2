"""Random numbers repeat from a seed and go on from a state."""

import random

import numpy as np
import torch

from course_lib.engine import load_checkpoint, random_state, save_checkpoint, seed_everything, set_random_state


def draw() -> tuple[float, float, float]:
    return random.random(), float(np.random.rand()), torch.rand(1).item()


def test_the_same_seed_and_epoch_give_the_same_numbers():
    seed_everything(1, epoch=2)
    first = draw()
    seed_everything(1, epoch=2)
    assert draw() == first
    seed_everything(1, epoch=3)
    assert all(a != b for a, b in zip(draw(), first, strict=True))


def test_a_state_survives_a_checkpoint(tmp_path):
    seed_everything(0)
    np.random.randn()  # leaves a cached second value, which the state must hold too
    save_checkpoint({"model": {}, "random": random_state()}, tmp_path / "x.pt")
    expected = draw(), float(np.random.randn())
    set_random_state(load_checkpoint(tmp_path / "x.pt")["random"])
    assert (draw(), float(np.random.randn())) == expected
