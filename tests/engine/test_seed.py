"""Random numbers repeat from a seed and go on from a state."""

import os
import random

import numpy as np
import pytest
import torch

from course_lib.engine import (
    load_checkpoint,
    random_state,
    save_checkpoint,
    seed_everything,
    set_deterministic,
    set_random_state,
)


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


def test_states_of_gpus_that_are_gone_are_passed_over(monkeypatch):
    taken = []
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    monkeypatch.setattr(torch.cuda, "set_rng_state", lambda state, device: taken.append((state, device)))
    monkeypatch.setattr(torch.cuda, "get_rng_state_all", lambda: ["first", "second"])
    set_random_state(random_state())
    assert taken == [("first", 0)]


@pytest.fixture
def as_it_was(monkeypatch):
    monkeypatch.delenv("CUBLAS_WORKSPACE_CONFIG", raising=False)
    yield
    set_deterministic()


def test_deterministic_operations_or_fast_ones(as_it_was):
    set_deterministic(True, benchmark=True)
    assert torch.are_deterministic_algorithms_enabled() and torch.backends.cudnn.deterministic
    assert not torch.backends.cudnn.benchmark and os.environ["CUBLAS_WORKSPACE_CONFIG"] == ":4096:8"
    with pytest.raises(RuntimeError, match="does not have a deterministic implementation"):
        torch.zeros(3).put_(torch.tensor([0, 0]), torch.tensor([1.0, 2.0]))
    set_deterministic(benchmark=True)
    assert not torch.are_deterministic_algorithms_enabled() and torch.backends.cudnn.benchmark
    set_deterministic()
    assert not torch.backends.cudnn.benchmark and not torch.backends.cudnn.deterministic


def test_a_setting_of_cublas_that_is_there_stays(as_it_was, monkeypatch):
    monkeypatch.setenv("CUBLAS_WORKSPACE_CONFIG", ":16:8")
    set_deterministic(True)
    assert os.environ["CUBLAS_WORKSPACE_CONFIG"] == ":16:8"
