"""The trainer on tiny tensors: what it computes, how it stops, how it goes on."""

import json
import os
import signal

import pytest
import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.data import DataLoader, TensorDataset

from course_lib.config.errors import CheckpointError, ConfigError, CourseError, DivergenceError
from course_lib.engine import CheckpointHook, EarlyStoppingHook, Hook, LogHook, ProgressHook, Trainer
from course_lib.engine.trainer import sum_losses
from course_lib.metrics import Accuracy
from course_lib.optim import MultiStepLR, ReduceOnPlateauLR


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


def test_an_optimizer_of_another_network_is_refused():
    other = torch.optim.SGD(make_net().parameters(), lr=0.1)
    with pytest.raises(ConfigError, match=r"the optimizer has none of the model's parameters\. Make it anew"):
        Trainer(make_net(), DataLoader(pairs()), other, max_epochs=1)


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


@pytest.mark.parametrize("limits", [{"max_epochs": 2}, {"max_epochs": None, "max_steps": 7}])
def test_what_is_left_of_an_epoch_or_a_training_is_an_update_too(limits):
    ours, by_hand = make_net(), make_net()
    make_trainer(ours, shuffle=False, accumulate=3, **limits).fit()
    optimizer = torch.optim.SGD(by_hand.parameters(), lr=0.1, momentum=0.9)
    images, labels = next(iter(DataLoader(pairs(), batch_size=40)))
    groups = [slice(0, 24), slice(24, 40), slice(0, 24), slice(24, 40)]  # three and two batches of 8
    for group in groups if "max_steps" not in limits else [*groups[:2], slice(0, 16)]:
        optimizer.zero_grad()
        nn.functional.cross_entropy(by_hand(images[group]), labels[group]).backward()
        optimizer.step()
    for one, other in zip(ours.parameters(), by_hand.parameters(), strict=True):
        assert torch.allclose(one, other, atol=1e-6)


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


class Noisy(TensorDataset):
    """Pictures with noise from torch's own generator."""

    def __getitem__(self, index):
        image, label = super().__getitem__(index)
        return image + torch.randn(image.shape), label


def test_a_plain_loader_that_augments_resumes_within_an_epoch(tmp_path):
    def noisy_trainer(max_steps):
        trainer = make_trainer(max_epochs=None, max_steps=max_steps, work_dir=tmp_path, hooks=[CheckpointHook()])
        trainer.train_loader.batches = DataLoader(Noisy(*pairs().tensors), batch_size=8, shuffle=True)
        return trainer

    whole = noisy_trainer(12)
    whole.fit()
    noisy_trainer(7).fit()
    rest = noisy_trainer(12)
    assert rest.resume() and rest.batch == 2
    rest.fit()
    assert torch.equal(weights(whole), weights(rest))


def test_a_kill_between_a_checkpoint_and_the_validation_of_its_step(tmp_path):
    class Killed(Hook):
        def after_step(self, trainer, losses):
            if trainer.step == 9:
                raise OSError("killed")

    def plateau_trainer(folder, *hooks):
        return make_trainer(
            schedules=[ReduceOnPlateauLR(patience=0, factor=0.5, threshold=100)],  # never better
            val_loader=DataLoader(pairs(), 8),
            val_steps=4,
            metrics=[Accuracy()],
            hooks=[LogHook(), CheckpointHook(last_interval=4), *hooks],
            work_dir=folder,
        )

    whole = plateau_trainer(tmp_path / "whole")
    whole.fit()
    with pytest.raises(OSError, match="killed"):
        plateau_trainer(tmp_path / "cut", Killed()).fit()
    rest = plateau_trainer(tmp_path / "cut")
    assert rest.resume() and (rest.step, rest.measured_at) == (8, 4)
    rest.fit()
    assert torch.equal(weights(whole), weights(rest))
    logs = [(tmp_path / name / "metrics.jsonl").read_text().splitlines() for name in ("whole", "cut")]
    steps = [[json.loads(line)["step"] for line in log if "val/" in line] for log in logs]
    assert steps[0] == steps[1] == [4, 8, 12, 15]


def test_the_best_checkpoint_holds_the_weights_that_were_measured(tmp_path):
    measured = []

    class Measured(Hook):
        def after_validate(self, trainer, metrics):
            measured.append((trainer.step, weights(trainer)))

    val = {"val_loader": DataLoader(pairs(seed=1), 8), "val_steps": 3, "metrics": [Accuracy()]}
    trainer = make_trainer(max_epochs=1, accumulate=2, hooks=[Measured(), CheckpointHook()], work_dir=tmp_path, **val)
    trainer.fit()
    assert [step for step, _ in measured] == [4, 5]  # the third batch ends in no update, the last one does
    best = torch.load(tmp_path / "checkpoints" / "best.pt")
    trainer.model.load_state_dict(best["model"])
    assert torch.equal(weights(trainer), dict(measured)[best["step"]])


def test_two_hooks_of_one_class_keep_their_own_states(tmp_path):
    def two_stops():
        return [EarlyStoppingHook(patience=9), EarlyStoppingHook(patience=9, rule="less")]

    val = {"val_loader": DataLoader(pairs(seed=1), 8), "metrics": [Accuracy()], "work_dir": tmp_path}
    first = make_trainer(hooks=[CheckpointHook(), *two_stops()], **val)
    first.fit()
    second = make_trainer(hooks=[CheckpointHook(), *two_stops()], **val)
    second.resume()
    states = [[hook.state_dict() for hook in trainer.hooks[-2:]] for trainer in (first, second)]
    assert states[0] == states[1] and states[0][0] != states[0][1]


def test_a_scaled_loss_begins_anew_after_an_unscaled_one(tmp_path):
    make_trainer(max_epochs=1, work_dir=tmp_path, hooks=[CheckpointHook()]).fit()
    rest = make_trainer(max_epochs=2, work_dir=tmp_path, amp="fp16")
    assert rest.resume()
    rest.fit()
    assert rest.scaler.get_scale() == 65536  # GradScaler's default


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

        def after_epoch(self, trainer):
            calls.append(f"after_epoch {trainer.epoch}")

        def after_train(self, trainer):
            calls.append("after_train")

    make_trainer(max_epochs=2, hooks=[Recorder()]).fit()
    assert calls == ["before_train", "after_epoch 1", "after_epoch 2", "after_train"]


def test_validation_comes_at_its_interval_and_at_the_end():
    seen = []

    class Recorder(Hook):
        def after_validate(self, trainer, metrics):
            assert "accuracy/top1" in metrics
            seen.append(trainer.step)

    options = {"val_loader": DataLoader(pairs(), 8), "metrics": [Accuracy()], "hooks": [Recorder()]}
    make_trainer(max_epochs=3, val_interval=2, **options).fit()
    assert seen == [10, 15]
    seen.clear()
    make_trainer(max_epochs=3, val_steps=4, val_begin=1, **options).fit()
    assert seen == [8, 12, 15]


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
    for name in ("accumulate", "val_interval", "val_steps"):
        with pytest.raises(ConfigError, match=rf"the trainer's {name} is 0, but must be at least 1"):
            make_trainer(**{name: 0})
    assert make_trainer(max_steps=0).fit().steps == 0
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match=r"cannot be written: Not a directory. Choose another work_dir"):
        make_trainer(work_dir=tmp_path / "file" / "run")
    with pytest.raises(ConfigError, match="give the trainer a val_loader"):
        make_trainer().validate()


def test_fp16_scales_the_loss_and_learns():
    trainer = make_trainer(
        make_net(), amp="fp16", max_epochs=20, val_loader=DataLoader(pairs(), 8), metrics=[Accuracy()]
    )
    assert trainer.fit().metrics["accuracy/top1"] > 85
    assert trainer.scaler.is_enabled() and trainer.scaler.get_scale() > 1
    assert trainer.state_dict()["scaler"]["scale"] == trainer.scaler.get_scale()


def test_a_compiled_training_computes_the_same():
    plain = make_trainer(make_net(), shuffle=False)
    compiled = make_trainer(
        make_net(), shuffle=False, compile={"backend": "aot_eager"}
    )  # the default takes half a minute
    plain.fit()
    compiled.fit()
    assert torch.allclose(weights(plain), weights(compiled), atol=1e-5)


def test_a_plateau_lowers_the_rate_and_is_resumed(tmp_path):
    def plateau_trainer(max_epochs):
        return make_trainer(
            max_epochs=max_epochs,
            lr=1e-9,  # nothing changes, so nothing gets better
            schedules=[ReduceOnPlateauLR(patience=1, factor=0.5)],
            val_loader=DataLoader(pairs(), 8),
            metrics=[Accuracy()],
            hooks=[CheckpointHook()],
            work_dir=tmp_path,
        )

    trainer = plateau_trainer(4)
    trainer.fit()
    assert trainer.optimizer.param_groups[0]["lr"] == pytest.approx(0.5e-9)
    rest = plateau_trainer(6)
    rest.resume()
    rest.fit()
    assert rest.optimizer.param_groups[0]["lr"] == pytest.approx(0.25e-9)


def test_a_plateau_counts_from_the_next_step_on():
    rates = []

    class Rates(Hook):
        def after_step(self, trainer, losses):
            rates.append(trainer.last_lr)

    schedule = ReduceOnPlateauLR(patience=0, factor=0.5, threshold=100)  # never better
    val = {"val_loader": DataLoader(pairs(), 8), "metrics": [Accuracy()]}
    make_trainer(schedules=[schedule], hooks=[Rates()], **val).fit()
    assert rates == [0.1] * 10 + [0.05] * 5


def test_a_damaged_checkpoint_gives_way_to_the_one_before(tmp_path, caplog):
    options = {"work_dir": tmp_path, "hooks": [CheckpointHook()]}
    make_trainer(max_epochs=3, **options).fit()
    last = tmp_path / "checkpoints" / "last.pt"
    last.write_bytes(last.read_bytes()[:-500])
    rest = make_trainer(max_epochs=3, **options)
    assert rest.resume() and rest.epoch == 2
    assert "last.pt" in caplog.text and f"Going on from {last.with_name('previous.pt')}, step 10" in caplog.text
    rest.fit()
    whole = make_trainer(max_epochs=3)
    whole.fit()
    assert torch.equal(weights(rest), weights(whole))
    for name in ("last.pt", "previous.pt"):
        last.with_name(name).write_bytes(b"")
    with pytest.raises(CheckpointError, match=r"last.pt"):
        make_trainer(**options).resume()


def test_a_changed_config_is_refused_with_the_difference(tmp_path):
    text = "model = dict(\n    depth=18,\n)\nwork_dir = 'a'\n"
    make_trainer(work_dir=tmp_path, hooks=[CheckpointHook()], config_text=text).fit()
    changed = text.replace("18", "34")
    with pytest.raises(
        ConfigError, match=r"(?s)was changed since .*last.pt.*-    depth=18,.*\+    depth=34,.*--allow-ch"
    ):
        make_trainer(work_dir=tmp_path, config_text=changed).resume()
    assert make_trainer(work_dir=tmp_path, config_text=changed).resume(allow_changes=True)
    assert make_trainer(work_dir=tmp_path, config_text=text.replace("'a'", "'b'")).resume()


def test_two_trainings_in_one_folder(tmp_path):
    class Second(Hook):
        def before_train(self, trainer):
            with pytest.raises(CourseError, match=r"another training is at work in"):
                make_trainer(work_dir=tmp_path).fit()

    make_trainer(work_dir=tmp_path, max_epochs=1, hooks=[Second()]).fit()


def test_sigterm_saves_and_ends_cleanly(tmp_path):
    class Terminate(Hook):
        def after_step(self, trainer, losses):
            if trainer.step == 3:
                os.kill(os.getpid(), signal.SIGTERM)

    result = make_trainer(work_dir=tmp_path, hooks=[CheckpointHook(), Terminate()]).fit()
    assert result.stopped == "terminated"
    assert torch.load(tmp_path / "checkpoints" / "last.pt", weights_only=True)["step"] in (3, 4)


def test_no_step_makes_the_device_wait(tmp_path):
    """Reading a number off a device waits for it: the hooks do it once a log line, or a refresh of the bar."""
    reads, seen = [], []

    class Watch(TorchDispatchMode):
        def __torch_dispatch__(self, function, types, args=(), kwargs=None):
            if function is torch.ops.aten._local_scalar_dense.default:
                reads.append(function)
            return function(*args, **(kwargs or {}))

    class Count(Hook):
        def after_step(self, trainer, losses):
            seen.append(len(reads))

    hooks = [ProgressHook(bar=True, refresh_s=1e9), LogHook(interval=4), CheckpointHook(), Count()]
    trainer = make_trainer(max_epochs=1, work_dir=tmp_path, hooks=hooks)
    trainer.notify("before_train")
    with Watch():
        trainer.train_epoch()
    assert seen == [seen[0]] * 3 + [seen[0] + 1] * 2
