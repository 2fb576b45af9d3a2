"""Real processes, started by torchrun on the CPU: together they do what one does alone, and end together."""

import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest
import torch

import course_lib
from course_lib.config.errors import ConfigError
from course_lib.engine import find_launcher, load_checkpoint
from course_lib.engine.distributed import ALONE, TORCHRUN, gather, mean, told_once, world
from course_lib.engine.parallel import blocks
from course_lib.models import ConvNeXt, ResNet, VisionTransformer

TASKS = Path(__file__).with_name("several_processes.py")
LESSON = Path(course_lib.__file__).with_name("configs") / "lessons" / "lenet_digits.py"
UNLUCKY = '''
"""course, but one process fails at step 12 of its first start."""
import os, signal, sys
from course_lib.cli import main
from course_lib.config.errors import DataError
from course_lib.config.registry import register
from course_lib.engine import Hook

@register("hook")
class UnluckyHook(Hook):
    def __init__(self, how: str) -> None:
        self.how = how

    def after_step(self, trainer, losses):
        if trainer.world.rank == 1 and trainer.step == 12 and os.environ["TORCHELASTIC_RESTART_COUNT"] == "0":
            if self.how == "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            raise DataError("cat.png cannot be read.")

sys.exit(main())
'''


def torchrun(*words: object, **options: object) -> subprocess.CompletedProcess[str]:
    """Two processes of a program."""
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""}
    given = {"capture_output": True, "text": True, "timeout": 300, "env": environment} | options
    return subprocess.run([*command, *map(str, words)], **given)


def unlucky(folder: Path, how: str, *torchrun_options: str) -> subprocess.CompletedProcess[str]:
    """A training of 24 steps in two processes, 8 an epoch, of which one fails."""
    (folder / "unlucky.py").write_text(UNLUCKY)
    (folder / "config.py").write_text(
        f"_base_ = [{str(LESSON)!r}]\n"
        "train_cfg = dict(max_epochs=3)\n"
        "train_dataloader = dict(batch_size=100)\n"
        f"custom_hooks = [dict(type='UnluckyHook', how='{how}')]\n"
    )
    train = ["train", "config.py", "--device", "cpu", "--work-dir", "run", "--resume"]
    return torchrun(*torchrun_options, "unlucky.py", *train, cwd=folder)


@pytest.fixture(scope="module")
def alone():
    return runpy.run_path(str(TASKS))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("two")
    done = torchrun(TASKS, folder)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def two(folder):
    """What each of two processes found."""
    return [torch.load(folder / f"rank{rank}.pt", weights_only=True) for rank in (0, 1)]


def test_each_process_knows_its_number(two):
    assert [found["world"] for found in two] == [(0, 2, 0), (1, 2, 1)]


def test_two_processes_train_as_one_does_with_twice_the_batch(two, alone):
    for way, one in alone["trained"]().items():
        for found in (both["trained"][way] for both in two):
            for name, weights in one["model"].items():
                torch.testing.assert_close(found["model"][name], weights, rtol=1e-4, atol=1e-5, msg=f"{way}: {name}")
            assert found["metrics"] == pytest.approx(one["metrics"], abs=0.3)  # at most one picture of 359
            assert found["loss"] == pytest.approx(one["loss"], rel=1e-4)


def test_training_moves_the_weights(two, alone):
    """So that the test above does not compare beginnings."""
    begin = alone["digits_trainer"]().model.state_dict()
    assert all(not torch.equal(value, begin[name]) for name, value in two[0]["trained"]["replicated"]["model"].items())


def test_uneven_shares_are_measured_as_one_whole(two, alone):
    for count in (7, 1):  # of which one process has three and no picture
        one = alone["measured"](count)
        assert two[0]["measured"][count] == pytest.approx(one, abs=1e-9)
        assert two[1]["measured"][count] == pytest.approx(one, abs=1e-9)
    assert len(one) > 5


def test_every_picture_comes_once(two):
    training, validation = ([*one, *other] for one, other in zip(*(found["pictures"] for found in two), strict=True))
    assert sorted(training) == list(range(1438))
    assert sorted(validation) == list(range(359))
    assert len(two[0]["pictures"][1]) == 180
    assert len(two[1]["pictures"][1]) == 179


def test_gradients_are_averaged_at_updates_only(two):
    assert two[0]["reductions"] == two[1]["reductions"] == 2  # one bucket, 8 steps, every fourth updates


@pytest.mark.parametrize("way", ["replicated", "sharded"])
def test_a_resume_in_the_middle_of_an_epoch_is_exact(two, way):
    for found in two:
        resumed, whole = found["resumed"][way]
        assert all(torch.equal(resumed["model"][name], value) for name, value in whole["model"].items())
        assert resumed["metrics"] == whole["metrics"]


@pytest.mark.parametrize("way", ["replicated", "sharded"])
def test_a_checkpoint_of_two_processes_goes_on_in_one(two, folder, alone, way):
    state = load_checkpoint(folder / way / "last.pt")
    assert len(state["random"]) == 2
    assert not torch.equal(state["random"][0]["torch"], state["random"][1]["torch"])
    mixed = {"model.train_cfg": {"augments": {"type": "Mixup", "alpha": 0.8}}}
    trainer = alone["digits_trainer"](**mixed)
    with pytest.raises(ConfigError, match="the config was changed"):  # twice the batch
        trainer.resume(folder / way / "last.pt")
    trainer.resume(folder / way / "last.pt", allow_changes=True)
    assert (trainer.step, trainer.batch) == (10, 10)
    for name, value in trainer.model.state_dict().items():
        assert torch.equal(value, state["model"][name])
    moments = [entry["momentum_buffer"] for entry in trainer.optimizer.state_dict()["state"].values()]
    assert [moment.shape for moment in moments] == [weights.shape for weights in trainer.model.parameters()]
    assert trainer.fit().steps == 20


def test_another_number_of_processes_is_told(folder, alone):
    trainer = alone["digits_trainer"](
        **{"model.train_cfg": {"augments": {"type": "Mixup", "alpha": 0.8}}, "train_dataloader.batch_size": 32}
    )
    with pytest.raises(ConfigError, match=r"written by 2 processes, but now there is 1, .* of fewer pictures"):
        trainer.resume(folder / "replicated" / "last.pt")
    trainer.resume(folder / "replicated" / "last.pt", allow_changes=True)
    assert (len(trainer.train_loader), trainer.step) == (45, 10 * 45 // 23)  # at the same place of the epoch


def test_a_signal_to_one_stops_all_at_the_same_step(two):
    assert two[0]["stopped"] == two[1]["stopped"] == ("terminated", 10)


def test_what_cannot_go_together_is_refused(two):
    said = two[0]["refused"]
    assert said["unequal"] == (
        "the processes have 3, 5 batches an epoch, but must have equally many: let the sampler of train_dataloader "
        "round up (round_up=True)."
    )
    assert said["unshared"].startswith("every process would train on all pictures. Give the DataLoader a Distributed")
    assert "EMAHook" in said["average"]
    assert "MMDistributedDataParallel" in said["average"]
    assert "find_unused_parameters=True" in said["whitening"]


def test_a_bias_that_is_held_still_keeps_nobody_waiting(two):
    first, second = (found["whitened"] for found in two)
    assert first and all(value.equal(second[name]) for name, value in first.items())
    assert any(value.abs().sum() > 0 for name, value in first.items() if name.endswith("bias"))


def test_synchronised_batchnorm_says_what_the_cpu_cannot(two):
    kinds, told, frozen = two[0]["batchnorm"]
    assert kinds == ["Sequential", "Conv2d", "Sequential", "BatchNorm2d"]
    assert told == "sync_bn: torch can do this on GPUs only; each process takes its own statistics"
    assert frozen == ["1.0.weight", "1.0.bias"]


@pytest.mark.parametrize(
    ("backbone", "kind", "count"),
    [
        (ResNet(50), "Bottleneck", 16),  # 3 + 4 + 6 + 3
        (VisionTransformer("deit-tiny", img_size=32), "EncoderBlock", 12),
        (ConvNeXt("tiny"), "ConvNeXtBlock", 18),  # 3 + 3 + 9 + 3
    ],
)
def test_what_is_sharded_by_itself(backbone, kind, count):
    found = [type(block).__name__ for block in blocks(backbone)]
    assert found.count(kind) == count
    inside = [id(module) for block in blocks(backbone) for module in block.modules()]
    assert len(inside) == len(set(inside))  # no block in another


def test_one_process_needs_nobody():
    assert world() == ALONE
    assert gather("mine") == ["mine"]
    assert mean(torch.tensor(3.0)) == 3
    with pytest.raises(ValueError, match="as it was"), told_once():
        raise ValueError("as it was")


def test_torchrun_is_found_by_its_variables(monkeypatch):
    assert find_launcher() == "none"
    with pytest.raises(ConfigError, match="torchrun, which did not start this process"):
        find_launcher("pytorch")
    for name in TORCHRUN:
        monkeypatch.setenv(name, "1")
    assert find_launcher() == find_launcher("pytorch") == "pytorch"
    assert find_launcher("none") == "none"


def test_one_failure_ends_all_with_its_message_once(tmp_path):
    done = unlucky(tmp_path, "raise")
    assert done.returncode != 0
    assert done.stderr.count("error: cat.png cannot be read.\n") == 1
    assert "another process" not in done.stderr
    assert done.stdout.count("epoch 1/3") == 1  # only the first process prints


def test_killed_processes_go_on_from_the_last_checkpoint(tmp_path):
    done = unlucky(tmp_path, "kill", "--max-restarts", "1")
    assert done.returncode == 0, done.stderr
    assert "resumed at epoch 1, step 8" in done.stdout
    assert "error: another process of this training ended without a word: killed" in done.stderr
    state = load_checkpoint(tmp_path / "run" / "checkpoints" / "last.pt")
    assert (state["epoch"], state["step"]) == (3, 24)
