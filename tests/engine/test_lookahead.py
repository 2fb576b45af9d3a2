"""Look-ahead, against the paper's formula and in trainings."""

import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from course_lib.config.errors import ConfigError
from course_lib.engine import CheckpointHook, Lookahead, Trainer
from course_lib.metrics import Accuracy


def points() -> DataLoader:
    images = torch.randn(40, 1, 2, 2, generator=torch.Generator().manual_seed(0))
    return DataLoader(TensorDataset(images, (images.sum(dim=(1, 2, 3)) > 0).long()), batch_size=8)


def make_trainer(average: Lookahead | None, **options) -> Trainer:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Flatten(), nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 2))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.3)
    defaults = {"max_epochs": 3, "hooks": [], "device": "cpu", "val_loader": points(), "metrics": [Accuracy()]}
    return Trainer(model, points(), optimizer, average=average, **(defaults | options))


def test_slow_weights_follow_and_fast_ones_go_back() -> None:
    model, lookahead = nn.Linear(1, 1, bias=False), Lookahead(alpha=0.5, interval=2)
    seen = []
    for step in range(1, 7):
        model.weight.data += 1.0  # the fast step
        lookahead.update(model, step)
        seen.append(model.weight.item())
    start = seen[0] - 1
    # the slow weights begin where the first round ends: start + 2
    assert [value - start for value in seen] == pytest.approx([1, 2, 3, 3, 4, 4])
    assert lookahead.models(model)[""].weight.item() == model.weight.item()


def test_the_ramp_is_that_of_the_speed_runs() -> None:
    """arXiv 2404.00498 keeps 0.95⁵·(t/T)³ of the slow weights."""
    lookahead = Lookahead(alpha=1 - 0.95**5, ramp_power=3, max_epochs=4)
    lookahead.bind(epoch_len=25)
    assert [1 - lookahead.alpha_at(step) for step in (0, 50, 100, 120)] == pytest.approx(
        [0, 0.95**5 / 8, 0.95**5, 0.95**5]
    )
    assert Lookahead(0.3).alpha_at(7) == 0.3


def test_with_alpha_1_it_changes_nothing() -> None:
    plain, lookahead = make_trainer(None), make_trainer(Lookahead(alpha=1.0))
    assert plain.fit().metrics == lookahead.fit().metrics
    for name, value in plain.model.state_dict().items():
        assert value.equal(lookahead.model.state_dict()[name]), name


def test_statistics_of_batch_norm_go_along() -> None:
    model, lookahead = nn.BatchNorm1d(1), Lookahead(alpha=0.25, interval=1)
    for step, value in enumerate((1.0, 5.0), start=1):
        model.running_mean.fill_(value)
        model.num_batches_tracked += 1
        lookahead.update(model, step)
    assert model.running_mean.item() == 2.0 and model.num_batches_tracked == 2


def test_resumed_is_as_if_never_cut_off(tmp_path) -> None:
    def ramp() -> Lookahead:
        return Lookahead(interval=2, ramp_power=1, max_epochs=3)

    whole = make_trainer(ramp())
    whole.fit()
    cut = make_trainer(ramp(), work_dir=tmp_path, hooks=[CheckpointHook()], max_steps=8)
    cut.fit()
    resumed = make_trainer(ramp(), work_dir=tmp_path)
    assert resumed.resume()
    resumed.fit()
    for name, value in whole.average.models(whole.model)[""].state_dict().items():
        assert value.equal(resumed.average.models(resumed.model)[""].state_dict()[name]), name


def test_mistakes() -> None:
    with pytest.raises(ConfigError, match=r"alpha=1\.5 of a look-ahead must be above 0 and at most 1, such as 0\.5"):
        Lookahead(alpha=1.5)
    with pytest.raises(ConfigError, match="an interval of at least 1"):
        Lookahead(interval=0)
    with pytest.raises(ConfigError, match="with a ramp_power needs max_epochs or max_steps"):
        Lookahead(ramp_power=3)
