"""Hooks that only write something: TensorBoard, pictures, profile, memory, the run's record."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.data import DataLoader, TensorDataset

from course_lib.config.errors import ConfigError, DivergenceError
from course_lib.data import Dataset, make_loader
from course_lib.engine import (
    CheckpointHook,
    Hook,
    LogHook,
    MemoryHook,
    ProfilerHook,
    RecordHook,
    Trainer,
    VisualizationHook,
    random_state,
    read_record,
)
from course_lib.engine.hooks.memory import peak_memory
from course_lib.engine.hooks.tensorboard import TensorBoardWriter
from course_lib.engine.hooks.visualization import drawable, is_right, named
from course_lib.metrics import Accuracy
from course_lib.viz import read_metrics


def points(seed: int) -> TensorDataset:
    images = torch.randint(0, 256, (32, 1, 2, 2), dtype=torch.uint8, generator=torch.Generator().manual_seed(seed))
    return TensorDataset(images, (images.float().mean(dim=(1, 2, 3)) > 128).long())


def make_trainer(work_dir: Path, *hooks: Hook, val: Any = None, lr: float = 1e-4, **options: Any) -> Trainer:
    torch.manual_seed(0)
    net = nn.Sequential(nn.Flatten(), nn.Linear(4, 2))
    return Trainer(
        net,
        DataLoader(points(0), batch_size=8, shuffle=True),
        torch.optim.SGD(net.parameters(), lr=lr),
        val_loader=val or DataLoader(points(1), batch_size=16),
        metrics=[Accuracy()],
        **{"max_epochs": 3, "hooks": hooks, "work_dir": work_dir, "device": "cpu", "classes": ["dark", "light"]}
        | options,
    )


def test_tensorboard_gets_the_numbers_of_metrics_jsonl(tmp_path: Path) -> None:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    make_trainer(tmp_path, LogHook(interval=2, writers=[TensorBoardWriter()])).fit()
    events = EventAccumulator(str(tmp_path / "tensorboard"))
    events.Reload()
    assert {"train/loss", "train/lr", "val/accuracy/top1"} <= set(events.Tags()["scalars"])
    for name in ("loss", "val/accuracy/top1"):
        written = [(record["step"], record[name]) for record in read_metrics(tmp_path) if name in record]
        shown = [(event.step, event.value) for event in events.Scalars(name if "/" in name else f"train/{name}")]
        assert len(written) in (3, 6) and np.allclose(written, shown)


def test_a_resumed_training_takes_back_what_tensorboard_showed_after_the_checkpoint(tmp_path: Path) -> None:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    make_trainer(tmp_path, LogHook(2, [TensorBoardWriter()]), CheckpointHook(interval=1)).fit()
    again = make_trainer(tmp_path, LogHook(2, [TensorBoardWriter()]))
    again.resume(tmp_path / "checkpoints" / "epoch_1.pt")
    again.fit()
    events = EventAccumulator(str(tmp_path / "tensorboard"))
    events.Reload()
    assert [event.step for event in events.Scalars("train/loss")] == [2, 4, 6, 8, 10, 12]


def test_without_tensorboard_the_way_to_install_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("course_lib.engine.hooks.tensorboard.find_spec", lambda name: None)
    with pytest.raises(ConfigError, match=r"not installed: pip install 'course-lib\[tensorboard\]'"):
        TensorBoardWriter()


@pytest.mark.parametrize("plain", [True, False])
def test_validation_pictures_are_drawn_the_wrong_ones_first(
    tmp_path: Path, plain: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[Any] = []
    from course_lib import viz

    real = viz.picture_grid
    monkeypatch.setattr(
        viz, "picture_grid", lambda *args, **options: drawn.append((args, options)) or real(*args, **options)
    )
    images, labels = points(1).tensors
    val: Any = DataLoader(points(1), batch_size=32)
    if not plain:
        val = make_loader(Dataset(images, labels.tolist(), ["dark", "light"]), 16)
    trainer = make_trainer(tmp_path, VisualizationHook(enable=True), val=val, val_interval=3)
    trainer.fit()
    ((pictures, titles), options), count = drawn[0], 32 if plain else 20
    assert len(drawn) == 1 and len(pictures) == len(titles) == len(options["right"]) == count
    assert options["right"] == sorted(options["right"]) and options["title"] == (
        f"{sum(options['right'])} of {count} right after 12 steps"
    )
    with torch.no_grad():
        for picture, title, right in zip(pictures, titles, options["right"], strict=True):
            scores = trainer.model.predict({"images": torch.from_numpy(picture)[None].float()})
            said = ["dark", "light"][int(scores.argmax())]
            true = "light" if picture.mean() > 128 else "dark"
            assert right == (said == true) and title == (said if right else f"{said} (is {true})")
    with Image.open(tmp_path / "pictures" / "step_12.png") as sheet:
        assert sheet.format == "PNG"


def test_looking_at_pictures_changes_no_random_number(tmp_path: Path) -> None:
    drawn = []
    for name, hooks in (("without", []), ("with", [VisualizationHook(enable=True, out_dir=str(tmp_path / "sheets"))])):
        make_trainer(tmp_path / name, *hooks, val_steps=2, max_epochs=1).fit()
        drawn.append(random_state()["torch"])
    assert torch.equal(*drawn)
    assert len(list((tmp_path / "sheets").iterdir())) == 2 and not (tmp_path / "with" / "pictures").exists()


def test_no_sheet_unless_asked_for(tmp_path: Path) -> None:
    make_trainer(tmp_path, VisualizationHook()).fit()
    assert not (tmp_path / "pictures").exists()
    with pytest.raises(ConfigError, match="interval=0 must be at least 1"):
        VisualizationHook(interval=0)


def test_labels_of_several_classes() -> None:
    several = torch.tensor([1, 0, 1, -1])
    assert is_right(several, 2) and not is_right(several, 1) and not is_right(several, 3)
    assert named(several, "abcd") == "a, c" and named(torch.zeros(4), "abcd") == "none of the classes"


def test_normalised_pictures_are_spread_over_what_can_be_drawn() -> None:
    picture = drawable(torch.tensor([[[-2.0, 0.0], [1.0, 2.0]]]))
    assert picture.dtype == np.uint8 and picture.tolist() == [[[0, 127], [191, 255]]]


def test_the_profile_names_the_operations_of_its_steps(tmp_path: Path) -> None:
    make_trainer(tmp_path, ProfilerHook(wait=0, warmup=1, active=3)).fit()
    table = (tmp_path / "profile" / "operations.txt").read_text()
    calls = {line.split()[0]: int(line.split()[-1]) for line in table.splitlines() if line.strip().startswith("aten::")}
    assert calls["aten::addmm"] == 3  # one linear layer, three steps, no validation
    trace = json.loads((tmp_path / "profile" / "trace.json").read_text())
    assert any(event.get("name") == "aten::addmm" for event in trace["traceEvents"])
    assert "profile up to step 4: " in (tmp_path / "train.log").read_text()


def test_a_training_too_short_to_be_measured_leaves_no_profile(tmp_path: Path) -> None:
    make_trainer(tmp_path, ProfilerHook(wait=100)).fit()
    assert not (tmp_path / "profile").exists()
    with pytest.raises(ConfigError, match="active and rows at least 1"):
        ProfilerHook(active=0)


def test_the_most_memory_is_logged(tmp_path: Path) -> None:
    make_trainer(tmp_path, MemoryHook()).fit()
    seen = [record["memory/process"] for record in read_metrics(tmp_path) if "memory/process" in record]
    assert len(seen) == 3 and seen == sorted(seen)
    assert (tmp_path / "train.log").read_text().count("most memory so far  process ") == 3


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux tells it a second way")
def test_the_peak_of_the_process_is_in_mib() -> None:
    held = np.ones(2**23)  # 64 MiB, so that the two are asked at a peak
    kib = next(line.split()[1] for line in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in line)
    assert peak_memory(torch.device("cpu"))["process"] == pytest.approx(int(kib) / 1024, rel=0.02)
    assert held[-1] == 1


def test_the_record_of_a_run(tmp_path: Path) -> None:
    class Look(Hook):
        def after_epoch(self, trainer: Trainer) -> None:
            looked.append(read_record(tmp_path))

        def after_validate(self, trainer: Trainer, metrics: dict[str, float]) -> None:
            validated.append(metrics["accuracy/top1"])

    looked: list[Any] = []
    validated: list[float] = []
    result = make_trainer(tmp_path, RecordHook(), Look(), seed=7).fit()
    assert looked[0]["ended"] is None and looked[0]["versions"]["torch"] == torch.__version__
    record = read_record(tmp_path)
    assert record is not None
    assert (record["ended"], record["error"], record["seed"], record["steps"]) == ("done", False, 7, 12)
    assert record["metrics"] == result.metrics and record["best"]["monitor"] == "accuracy/top1"
    assert record["best"]["metrics"]["accuracy/top1"] == max(validated)
    assert record["best"]["epoch"] == 1 + validated.index(max(validated))
    assert (tmp_path / "train.log").read_text().count("run: course_lib ") == 1


def test_a_resumed_run_keeps_the_earlier_records(tmp_path: Path) -> None:
    first = make_trainer(tmp_path, RecordHook(), CheckpointHook(), max_epochs=1)
    first.fit()
    second = make_trainer(tmp_path, RecordHook(), CheckpointHook())
    second.resume()
    second.fit()
    record = read_record(tmp_path)
    assert record is not None and record["began_at_step"] == 4 and record["steps"] == 12
    assert [part["steps"] for part in record["earlier"]] == [4]
    make_trainer(tmp_path, RecordHook()).fit()  # anew
    assert "earlier" not in (read_record(tmp_path) or {})


def test_the_record_says_how_a_run_failed(tmp_path: Path) -> None:
    with pytest.raises(DivergenceError):
        make_trainer(tmp_path, RecordHook(), lr=1e38).fit()
    record = read_record(tmp_path)
    assert record is not None and record["error"] and record["ended"].startswith("DivergenceError: the loss became ")
    assert record["finished"] is not None


def test_none_of_them_makes_the_device_wait_at_a_step(tmp_path: Path) -> None:
    reads, seen = [], []

    class Watch(TorchDispatchMode):
        def __torch_dispatch__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            if function is torch.ops.aten._local_scalar_dense.default:
                reads.append(function)
            return function(*args, **(kwargs or {}))

    class Count(Hook):
        def after_step(self, trainer: Trainer, losses: dict[str, Tensor]) -> None:
            seen.append(len(reads))

    hooks = [
        LogHook(100, [TensorBoardWriter()]),
        MemoryHook(),
        ProfilerHook(),
        VisualizationHook(enable=True),
        RecordHook(),
    ]
    trainer = make_trainer(tmp_path, *hooks, Count())
    trainer.notify("before_train")
    with Watch():
        trainer.train_epoch()
    trainer.notify("after_train")
    assert seen == [seen[0]] * 4
