"""The recipe of an epoch: on both ways for pictures, after a resume, and what cannot be switched."""

from collections.abc import Sequence
from typing import Any

import pytest
import torch
from torch import nn

from course_lib.config.errors import ConfigError
from course_lib.data import Dataset, Preprocessor, make_loader
from course_lib.data.transforms import PackInputs, RandomCrop, Resize
from course_lib.engine import CheckpointHook, Hook, SwitchRecipeHook, Trainer, WeightAverage
from course_lib.models import GlobalAveragePooling, ImageClassifier, LinearClsHead
from course_lib.models.losses import CrossEntropyLoss, LabelSmoothLoss, SeesawLoss

SMALL, LARGE = (
    [Resize(8), RandomCrop(8, padding=1), PackInputs()],
    [Resize(12), RandomCrop(12, padding=1), PackInputs()],
)


class Darken:
    """A batch augmentation that is easy to see: pictures become 0, labels soft."""

    def __call__(
        self, images: torch.Tensor, targets: torch.Tensor, generator: Any
    ) -> tuple[torch.Tensor, torch.Tensor]:
        return images * 0, targets


class Seen(Hook):
    """Notes what each step was trained on."""

    def __init__(self) -> None:
        self.steps: list[tuple[int, int, bool, str]] = []

    def watch(self, trainer: Trainer) -> None:
        real = trainer.compute_losses

        def noted(batch: dict[str, Any]) -> dict[str, torch.Tensor]:
            loss = type(trainer.model.head.loss_module).__name__
            self.steps.append((trainer.epoch, batch["images"].shape[-1], bool(batch["images"].any()), loss))
            return real(batch)

        trainer.compute_losses = noted


def make_trainer(schedule: Sequence[Any], way: str = "batch", workers: int = 0, **options: Any) -> tuple[Trainer, Seen]:
    pictures = torch.randint(0, 256, (24, 1, 8, 8), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
    dataset = Dataset(pictures, [index % 3 for index in range(24)], "abc", SMALL)
    loader = make_loader(dataset, 8, shuffle=True, way=way, num_workers=workers)
    torch.manual_seed(0)
    backbone = nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU())
    model = ImageClassifier(backbone, GlobalAveragePooling(), LinearClsHead(3, 4, loss=CrossEntropyLoss()))
    hooks = [SwitchRecipeHook(schedule), *options.pop("hooks", [])]
    trainer = Trainer(
        model,
        loader,
        torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9),
        preprocessor=Preprocessor([128.0], [64.0], num_classes=3),
        **{"max_epochs": 4, "hooks": hooks, "device": "cpu"} | options,
    )
    seen = Seen()
    seen.watch(trainer)
    return trainer, seen


def schedule() -> list[dict[str, Any]]:
    return [
        {"action_epoch": 4, "batch_augments": None},
        {"action_epoch": 2, "train_pipeline": LARGE, "loss": LabelSmoothLoss(0.1)},
        {"action_epoch": 3, "batch_augments": {"augments": Darken()}},
    ]


RECIPES = [
    *[(0, 8, True, "CrossEntropyLoss")] * 3,
    *[(1, 12, True, "LabelSmoothLoss")] * 3,
    *[(2, 12, False, "LabelSmoothLoss")] * 3,
    *[(3, 12, True, "LabelSmoothLoss")] * 3,
]


@pytest.mark.parametrize(("way", "workers"), [("batch", 0), ("sample", 0), ("sample", 2)])
def test_each_epoch_has_its_recipe(way: str, workers: int) -> None:
    trainer, seen = make_trainer(schedule(), way, workers)
    trainer.fit()
    assert seen.steps == RECIPES


@pytest.mark.parametrize("way", ["batch", "sample"])
@pytest.mark.parametrize("stop_at", [3, 4, 7, 9, 10])
def test_a_resumed_training_is_on_the_right_recipe(tmp_path: Any, way: str, stop_at: int) -> None:
    whole, _ = make_trainer(schedule(), way)
    whole.fit()

    class Stop(Hook):
        def after_step(self, trainer: Trainer, losses: Any) -> None:
            trainer.stopped = "for now" if trainer.step == stop_at else None

    cut, first = make_trainer(schedule(), way, work_dir=tmp_path, hooks=[CheckpointHook(), Stop()])
    cut.fit()
    resumed, second = make_trainer(schedule(), way, work_dir=tmp_path)
    assert resumed.resume()
    resumed.fit()
    assert first.steps + second.steps == RECIPES
    for ours, theirs in zip(whole.model.parameters(), resumed.model.parameters(), strict=True):
        assert torch.equal(ours, theirs)


def test_going_back_to_an_earlier_epoch_goes_back_to_its_recipe(tmp_path: Any) -> None:
    trainer, seen = make_trainer(schedule(), work_dir=tmp_path, hooks=[CheckpointHook(interval=1)])
    trainer.fit()
    seen.steps.clear()
    trainer.resume(tmp_path / "checkpoints" / "epoch_1.pt")
    trainer.fit()
    assert seen.steps == RECIPES[3:]
    seen.steps.clear()
    trainer.epoch = trainer.batch = trainer.step = 0
    trainer.fit()
    assert seen.steps == RECIPES


def test_the_averaged_model_gets_the_loss_too() -> None:
    weighted = CrossEntropyLoss(class_weight=[1.0, 2.0, 3.0])
    average = WeightAverage(0.5, average_buffers=True)
    trainer, _ = make_trainer([{"action_epoch": 2, "loss": weighted}], average=average, max_epochs=3)
    trainer.fit()
    assert average.averaged is not None
    ours, theirs = dict(trainer.model.named_buffers()), dict(average.averaged.module.named_buffers())
    assert ours.keys() == theirs.keys()
    assert torch.equal(theirs["head.loss_module.class_weight"], torch.tensor([1.0, 2.0, 3.0]))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            [{"action_epoch": 2, "loss": LabelSmoothLoss(0.1)}] * 2,
            "action_epoch=2 is given twice; put both changes into",
        ),
        ([{"action_epoch": 2}], "nothing changes at action_epoch=2. Give train_pipeline, batch_augments or loss"),
        (
            [{"action_epoch": 2, "loss": SeesawLoss(num_classes=3)}],
            "SeesawLoss keeps cum_samples in the checkpoints, and so cannot",
        ),
    ],
)
def test_schedules_that_cannot_be_meant(changes: list[Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        SwitchRecipeHook(changes)


def test_wrong_augments_are_told_before_the_first_epoch() -> None:
    trainer, seen = make_trainer([{"action_epoch": 4, "batch_augments": {"augments": Darken(), "probs": [0.5, 0.5]}}])
    with pytest.raises(ConfigError, match="but must be 1 probabilities"):
        trainer.fit()
    assert seen.steps == []


def test_what_has_no_place_for_a_change() -> None:
    net = nn.Sequential(nn.Flatten(), nn.Linear(4, 2))
    batches = [(torch.zeros(2, 1, 2, 2), torch.zeros(2, dtype=torch.long))]
    for change, message in (
        ({"loss": nn.CrossEntropyLoss()}, "LogitsModel has no loss_module that another loss could replace"),
        ({"train_pipeline": SMALL}, "only a loader of make_loader can take another train_pipeline"),
    ):
        hook = SwitchRecipeHook([{"action_epoch": 2, **change}])  # type: ignore[typeddict-item]
        optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
        with pytest.raises(ConfigError, match=message):
            Trainer(net, batches, optimizer, max_epochs=2, hooks=[hook], device="cpu").fit()
