"""The trainer on tiny tensors: what it computes, how it stops, how it goes on."""

import json
import os
import signal

import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from course_lib.config.errors import CheckpointError, ConfigError, DivergenceError
from course_lib.engine import CheckpointHook, Hook, LogHook, Trainer
from course_lib.engine.trainer import sum_losses
from course_lib.metrics import Accuracy
from course_lib.optim.schedules import MultiStepLR


def pairs(count: int = 40, seed: int = 0) -> TensorDataset:
    """Points of two classes on either side of a line."""
    points = torch.randn(count, 1, 2, 2, generator=torch.Generator().manual_seed(seed))
    return TensorDataset(points, (points.sum(dim=(1, 2, 3)) > 0).long())


def make_net(dropout: float = 0.0) -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(nn.Flatten(), nn.Linear(4, 8), nn.ReLU(), nn.Dropout(dropout), nn.Linear(8, 2))


def make_trainer(net: nn.Module | None = None, *, shuffle: bool = True, lr: float = 0.1, **options) -> Trainer:
    net = net or make_net(dropout=0.2)
    loader = DataLoader(pairs(), batch_size=8, shuffle=shuffle)
    optimizer = torch.optim.SGD(net.parameters(), lr=lr, momentum=0.9)
    options = {"max_epochs": 3, "hooks": [], "device": "cpu"} | options
    return Trainer(net, loader, optimizer, **options)


def weights(trainer: Trainer) -> torch.Tensor:
    return torch.cat([value.detach().flatten() for value in trainer.model.parameters()])


def test_a_step_is_the_step_of_a_hand_written_loop():
    net = make_net()
    trainer = make_trainer(net, shuffle=False, max_epochs=2)
    by_hand = make_net()
    optimizer = torch.optim.SGD(by_hand.parameters(), lr=0.1, momentum=0.9)
    for _ in range(2):
        for images, labels in DataLoader(pairs(), batch_size=8):
            optimizer.zero_grad()
            nn.functional.cross_entropy(by_hand(images), labels).backward()
            optimizer.step()
    result = trainer.fit()
    for ours, theirs in zip(net.parameters(), by_hand.parameters(), strict=True):
        assert torch.equal(ours, theirs)
    assert (result.epochs, result.steps, result.stopped) == (2, 10, None)


def test_it_learns_and_measures():
    trainer = make_trainer(make_net(), max_epochs=20, val_loader=DataLoader(pairs(seed=1), 8), metrics=[Accuracy()])
    assert trainer.fit().metrics["accuracy/top1"] > 85


def test_accumulated_batches_are_one_large_batch():
    small, large = make_net(), make_net()
    accumulated = make_trainer(small, shuffle=False, max_epochs=1, accumulate=5)
    accumulated.fit()
    optimizer = torch.optim.SGD(large.parameters(), lr=0.1, momentum=0.9)
    images, labels = next(iter(DataLoader(pairs(), batch_size=40)))
    nn.functional.cross_entropy(large(images), labels).backward()
    optimizer.step()
    for ours, theirs in zip(small.parameters(), large.parameters(), strict=True):
        assert torch.allclose(ours, theirs, atol=1e-6)


def test_clipping_bounds_the_update():
    net = make_net()
    before = torch.cat([value.detach().clone().flatten() for value in net.parameters()])
    trainer = make_trainer(net, max_steps=1, max_epochs=None, clip_norm=1e-3, lr=1.0)
    trainer.fit()
    assert (weights(trainer) - before).norm() == pytest.approx(1e-3, rel=1e-3)


def test_clipping_by_value_bounds_each_weight():
    net = make_net()
    before = torch.cat([value.detach().clone().flatten() for value in net.parameters()])
    trainer = make_trainer(net, max_steps=1, max_epochs=None, clip_value=1e-4, lr=1.0)
    trainer.fit()
    assert (weights(trainer) - before).abs().max() == pytest.approx(1e-4, rel=1e-2)


def test_schedules_set_the_rate_of_each_step(tmp_path):
    schedule = MultiStepLR(milestones=[1, 2], gamma=0.1)
    trainer = make_trainer(schedules=[schedule], hooks=[LogHook(interval=1)], work_dir=tmp_path)
    trainer.fit()
    records = [json.loads(line) for line in (tmp_path / "metrics.jsonl").read_text().splitlines()]
    assert [record["lr"] for record in records] == pytest.approx([0.1] * 5 + [0.01] * 5 + [0.001] * 5)
    assert [record["step"] for record in records] == list(range(1, 16))


def test_losses_are_summed_by_name():
    losses = {"loss_a": torch.tensor(1.0), "loss_b": torch.tensor(2.0), "accuracy": torch.tensor(50.0)}
    assert sum_losses(losses).item() == 3.0
    with pytest.raises(ConfigError, match=r"must give an entry 'loss…'; it gave \['accuracy'\]"):
        sum_losses({"accuracy": torch.tensor(1.0)})


@pytest.mark.parametrize("stop_at", [3, 5, 7, 12])
def test_a_stopped_run_resumes_to_the_same_weights(tmp_path, stop_at):
    class Stopper(Hook):
        def after_step(self, trainer, losses):
            if trainer.step == stop_at:
                trainer.stopped = "test"

    whole = make_trainer(shuffle=False)
    whole.fit()
    part = make_trainer(shuffle=False, work_dir=tmp_path, hooks=[CheckpointHook(), Stopper()])
    assert part.fit().stopped == "test"
    rest = make_trainer(shuffle=False, work_dir=tmp_path, hooks=[CheckpointHook()])
    assert rest.resume() is True
    assert rest.step == stop_at
    rest.fit()
    assert torch.equal(weights(whole), weights(rest))


def test_a_shuffled_plain_loader_resumes_at_an_epoch(tmp_path):
    whole = make_trainer(max_epochs=4)
    whole.fit()
    make_trainer(max_epochs=2, work_dir=tmp_path, hooks=[CheckpointHook()]).fit()
    rest = make_trainer(max_epochs=4, work_dir=tmp_path, hooks=[CheckpointHook()])
    assert rest.resume() and rest.epoch == 2
    rest.fit()
    assert torch.equal(weights(whole), weights(rest))


def test_resume_before_the_first_checkpoint_starts_anew(tmp_path):
    assert make_trainer(work_dir=tmp_path).resume() is False


def test_resume_refuses_another_model_and_bare_weights(tmp_path):
    make_trainer(work_dir=tmp_path, hooks=[CheckpointHook()]).fit()
    other = make_trainer(nn.Sequential(nn.Flatten(), nn.Linear(4, 2)), work_dir=tmp_path)
    with pytest.raises(CheckpointError, match=r"is of another model: 0 of its 4 entries fit, of the model's 2"):
        other.resume()
    torch.save(make_trainer().model.state_dict(), tmp_path / "bare.pt")
    with pytest.raises(CheckpointError, match=r"holds weights only. To start from them, use load_from"):
        make_trainer().resume(tmp_path / "bare.pt")


def test_a_loss_that_turns_nan_stops_with_step_rate_and_hint(tmp_path):
    trainer = make_trainer(lr=0.1, work_dir=tmp_path, hooks=[CheckpointHook()])

    class Poison(Hook):
        def after_step(self, trainer, losses):
            if trainer.step == 7:
                next(iter(trainer.model.parameters())).data.fill_(float("nan"))

    trainer = make_trainer(lr=0.1, work_dir=tmp_path, hooks=[CheckpointHook(), Poison()])
    with pytest.raises(DivergenceError) as caught:
        trainer.fit()
    text = str(caught.value)
    assert "the loss became nan at step 8 (epoch 2) with lr 0.1" in text
    assert "tenth of the learning rate" in text
    assert f"last good checkpoint is {tmp_path / 'checkpoints' / 'last.pt'}" in text
    state = torch.load(tmp_path / "checkpoints" / "last.pt", weights_only=True)
    assert state["epoch"] == 1
    assert all(value.isfinite().all() for value in state["model"].values())


def test_ctrl_c_saves_and_ends_cleanly(tmp_path):
    class Interrupt(Hook):
        def after_step(self, trainer, losses):
            if trainer.step == 3:
                os.kill(os.getpid(), signal.SIGINT)

    before = signal.getsignal(signal.SIGINT)
    trainer = make_trainer(work_dir=tmp_path, hooks=[CheckpointHook(), Interrupt()])
    result = trainer.fit()
    assert result.stopped == "interrupted"
    assert torch.load(tmp_path / "checkpoints" / "last.pt", weights_only=True)["step"] in (3, 4)
    assert signal.getsignal(signal.SIGINT) is before


def test_hooks_are_called_in_order_and_only_for_what_they_override():
    calls = []

    class Recorder(Hook):
        def before_train(self, trainer):
            calls.append("before_train")

        def after_epoch(self, trainer, metrics):
            calls.append(f"after_epoch {trainer.epoch}")

        def after_train(self, trainer):
            calls.append("after_train")

    make_trainer(max_epochs=2, hooks=[Recorder()]).fit()
    assert calls == ["before_train", "after_epoch 1", "after_epoch 2", "after_train"]


def test_validation_comes_at_its_interval_and_at_the_end():
    seen = []

    class Recorder(Hook):
        def after_epoch(self, trainer, metrics):
            seen.append(bool(metrics))

    options = {"val_loader": DataLoader(pairs(), 8), "metrics": [Accuracy()], "val_interval": 2}
    make_trainer(max_epochs=3, hooks=[Recorder()], **options).fit()
    assert seen == [False, True, True]


def test_bf16_runs_on_the_cpu():
    trainer = make_trainer(make_net(), amp=True, max_epochs=20, val_loader=DataLoader(pairs(), 8), metrics=[Accuracy()])
    result = trainer.fit()
    assert result.metrics["accuracy/top1"] > 85
    assert all(value.dtype == torch.float32 for value in trainer.model.parameters())


def test_what_cannot_be_trained_is_said_before_the_work(tmp_path):
    with pytest.raises(ConfigError, match="needs max_epochs or max_steps"):
        make_trainer(max_epochs=None)
    with pytest.raises(ConfigError, match=r"no device 'gpu'. Did you mean 'cpu'"):
        make_trainer(device="gpu")
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match=r"cannot be written: Not a directory. Choose another work_dir"):
        make_trainer(work_dir=tmp_path / "file" / "run")
    with pytest.raises(ConfigError, match="give the trainer a val_loader"):
        make_trainer().validate()
