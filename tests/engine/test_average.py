"""The average of the weights, against the formula, and in a training."""

import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from course_lib.config.errors import CheckpointError, ConfigError
from course_lib.engine import CheckpointHook, PreciseBNHook, Trainer, WeightAverage, best_weights, load_checkpoint
from course_lib.metrics import Accuracy


def points() -> DataLoader:
    images = torch.randn(40, 1, 2, 2, generator=torch.Generator().manual_seed(0))
    return DataLoader(TensorDataset(images, (images.sum(dim=(1, 2, 3)) > 0).long()), batch_size=8)


def net() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(nn.Flatten(), nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 2))


def make_trainer(model: nn.Module, average: WeightAverage, **options) -> Trainer:
    optimizer = torch.optim.SGD(model.parameters(), lr=0.3)
    defaults = {"max_epochs": 2, "hooks": [], "device": "cpu", "val_loader": points(), "metrics": [Accuracy()]}
    return Trainer(model, points(), optimizer, average=average, **(defaults | options))


@pytest.mark.parametrize("momentum", [0.25, None])
def test_it_is_the_formula(momentum):
    model, average, expected = nn.Linear(1, 1, bias=False), WeightAverage(momentum), None
    for step, value in enumerate([1.0, 3.0, 2.0], start=1):
        model.weight.data.fill_(value)
        average.update(model, step)
        weight = 1 / step if momentum is None else momentum
        expected = value if expected is None else (1 - weight) * expected + weight * value
    assert average.state_dict()["weights"]["weight"].item() == pytest.approx(expected)


def test_it_begins_late_and_counts_by_its_interval():
    model, average = nn.Linear(1, 1, bias=False), WeightAverage(None, begin_epoch=1, interval=2)
    average.bind(epoch_len=4)
    for step in range(1, 9):
        model.weight.data.fill_(step)
        average.update(model, step)
        assert (average.averaged is None) == (step < 6)
    assert average.state_dict()["weights"]["weight"].item() == 7  # of steps 6 and 8


def test_validation_measures_the_average_and_either_on_request():
    model = net()
    trainer = make_trainer(model, WeightAverage(0.01, measured="both"))
    metrics = trainer.fit().metrics
    assert set(metrics) == {"accuracy/top1", "accuracy/top1_origin"}
    averaged = trainer.average.averaged.module
    images, labels = points().dataset.tensors
    for name, network in (("accuracy/top1", averaged.module), ("accuracy/top1_origin", model)):
        assert metrics[name] == pytest.approx(100 * (network.eval()(images).argmax(1) == labels).float().mean().item())


def test_a_resumed_average_is_the_uninterrupted_one(tmp_path):
    whole = make_trainer(net(), WeightAverage(0.1), max_epochs=4)
    whole.fit()
    make_trainer(net(), WeightAverage(0.1), work_dir=tmp_path, hooks=[CheckpointHook()]).fit()
    rest = make_trainer(net(), WeightAverage(0.1), max_epochs=4, work_dir=tmp_path, hooks=[CheckpointHook()])
    assert rest.resume()
    rest.fit()
    theirs, ours = whole.average.state_dict(), rest.average.state_dict()
    assert theirs["count"] == ours["count"] == 20
    for name, value in theirs["weights"].items():
        assert torch.equal(value, ours["weights"][name]), name
    saved = load_checkpoint(tmp_path / "checkpoints" / "last.pt")
    assert torch.equal(best_weights(saved)["module.1.weight"], ours["weights"]["module.1.weight"])
    assert not torch.equal(best_weights(saved)["module.1.weight"], saved["model"]["module.1.weight"])


def test_statistics_of_batch_norm_are_measured_anew_for_both():
    model = net()
    trainer = make_trainer(model, WeightAverage(None, measured="both"), hooks=[PreciseBNHook(num_samples=40)])
    trainer.fit()
    images = torch.cat([images for images, _ in points()])
    for network in (model, trainer.average.averaged.module.module):
        hidden = network[1](network[0](images))
        assert torch.allclose(network[2].running_mean, hidden.mean(dim=0), atol=1e-5)


def test_what_cannot_be_averaged_is_said():
    with pytest.raises(ConfigError, match=r"momentum=1.5 of an average of weights must lie between 0 and 1"):
        WeightAverage(1.5)
    with pytest.raises(ConfigError, match=r"interval=0 of an average of weights must be at least 1"):
        WeightAverage(interval=0)
    average = WeightAverage()
    average.update(nn.Linear(2, 2), 1)
    with pytest.raises(CheckpointError, match="averaged weights are of another model"):
        WeightAverage().load_state_dict(nn.Linear(3, 3), average.state_dict())
