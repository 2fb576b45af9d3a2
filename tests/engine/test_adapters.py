"""Plain torch objects fit the trainer."""

import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from course_lib.engine.adapters import LogitsModel, PlainLoader, as_loader, as_trainable


def test_a_plain_module_is_trained_with_cross_entropy():
    net = nn.Sequential(nn.Flatten(), nn.Linear(4, 3))
    model = as_trainable(net)
    batch = {"images": torch.randn(5, 1, 2, 2), "labels": torch.tensor([0, 1, 2, 0, 1])}
    assert isinstance(model, LogitsModel)
    expected = nn.functional.cross_entropy(net(batch["images"]), batch["labels"])
    assert torch.equal(model.loss(batch)["loss"], expected)
    assert torch.allclose(model.predict(batch).sum(dim=1), torch.ones(5))


def test_what_can_train_itself_is_left_alone():
    class Own(nn.Module):
        def loss(self, batch):
            return {"loss": batch["images"].sum()}

        def predict(self, batch):
            return batch["images"]

    model = Own()
    assert as_trainable(model) is model


def test_a_dataloader_gives_dicts_from_any_batch_on():
    loader = as_loader(DataLoader(TensorDataset(torch.arange(6.0), torch.arange(6)), batch_size=2))
    assert len(loader) == 3
    assert [batch["labels"].tolist() for batch in loader.epoch(0, start=1)] == [[2, 3], [4, 5]]


def test_an_endless_loader_is_refused():
    with pytest.raises(TypeError, match="a loader needs a length"):
        PlainLoader(iter([]))
