"""Another recipe from some epoch on: other transforms (larger pictures, say), other mixing, another loss."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict

from torch import nn

from course_lib.config.errors import ConfigError
from course_lib.config.registry import register
from course_lib.data.loader import Loader
from course_lib.data.preprocessor import BatchAugment, Preprocessor
from course_lib.data.transforms import Transform
from course_lib.engine.hooks.base import Hook

if TYPE_CHECKING:
    from course_lib.engine.trainer import Trainer


class Augments(TypedDict, total=False):
    """As in ``model.train_cfg``: one augmentation or several, and how often each is drawn."""

    augments: BatchAugment | Sequence[BatchAugment]
    probs: Sequence[float] | None


class Change(TypedDict, total=False):
    """What is different from ``action_epoch`` on; what is left out stays as it is."""

    action_epoch: int
    train_pipeline: Sequence[Transform]
    batch_augments: Augments | None
    loss: nn.Module


class Recipe(NamedTuple):
    """What an epoch is trained with."""

    pipeline: Sequence[Transform] | None  # None: that of the loader, which no change concerns
    augments: Sequence[BatchAugment]
    probs: Sequence[float] | None
    loss: nn.Module | None


@register("hook")
class SwitchRecipeHook(Hook):
    """Trains with another pipeline, batch augmentation or loss from an epoch on.

    Small pictures first and larger ones later save time ("progressive resizing", as in "Training data-efficient image
    transformers", arXiv 2012.12877, and "EfficientNetV2", arXiv 2104.00298); the last epochs without mixing let a
    network see pictures as they are ("YOLOX", arXiv 2107.08430).

    The recipe of an epoch follows from its number alone, so a resumed training is on the right one at once.

    Args:
        schedule: Changes, each with the ``action_epoch`` (from 1) before which it is made and what it changes:
            ``train_pipeline``, ``batch_augments=dict(augments=…, probs=…)`` or None for none, ``loss``.

    Raises:
        ConfigError: two changes before the same epoch, one that changes nothing, or a loss that a checkpoint would have
            to hold.
    """

    def __init__(self, schedule: Sequence[Change]) -> None:
        self.schedule = sorted(schedule, key=lambda change: change["action_epoch"])
        epochs = [change["action_epoch"] for change in self.schedule]
        for epoch, change in zip(epochs, self.schedule, strict=True):
            if epochs.count(epoch) > 1:
                raise ConfigError(f"SwitchRecipeHook: action_epoch={epoch} is given twice; put both changes into one.")
            if len(change) == 1:
                raise ConfigError(
                    f"SwitchRecipeHook: nothing changes at action_epoch={epoch}. Give train_pipeline, batch_augments "
                    "or loss."
                )
            if "loss" in change:
                _refuse_state(change["loss"])
        self.start: Recipe | None = None  # what the training began with
        self.current: Recipe | None = None

    def before_train(self, trainer: Trainer) -> None:
        if self.start is not None:  # a second fit() goes on
            return
        self.start = self.current = self.found(trainer)
        if self.changes("batch_augments"):  # what is wrong with one of them is told now rather than in its epoch
            preprocessor: Any = trainer.preprocessor
            for change in self.schedule:
                recipe = self.recipe(change["action_epoch"] - 1)
                preprocessor.use_augments(recipe.augments, recipe.probs)
            preprocessor.use_augments(self.start.augments, self.start.probs)

    def before_epoch(self, trainer: Trainer) -> None:
        recipe = self.recipe(trainer.epoch)
        if recipe != self.current:
            self.put(trainer, recipe)
            self.current = recipe

    def recipe(self, epoch: int) -> Recipe:
        """What an epoch (from 0) is trained with: the training's own, and all changes up to there over it."""
        assert self.start is not None
        recipe = self.start
        for change in self.schedule:
            if change["action_epoch"] > epoch + 1:
                break
            if "train_pipeline" in change:
                recipe = recipe._replace(pipeline=change["train_pipeline"])
            if "batch_augments" in change:
                recipe = recipe._replace(augments=_augments(change["batch_augments"]), probs=_probs(change))
            if "loss" in change:
                recipe = recipe._replace(loss=change["loss"])
        return recipe

    def changes(self, key: str) -> bool:
        """Whether any change concerns this part of the recipe."""
        return any(key in change for change in self.schedule)

    def found(self, trainer: Trainer) -> Recipe:
        """The recipe that the trainer was given, of the parts that will change.

        Raises:
            ConfigError: the trainer's objects cannot be changed in the way that the schedule asks for.
        """
        recipe = Recipe(None, (), None, None)
        if self.changes("train_pipeline"):
            if not isinstance(trainer.train_loader, Loader):
                raise ConfigError("SwitchRecipeHook: only a loader of make_loader can take another train_pipeline.")
            recipe = recipe._replace(pipeline=trainer.train_loader.dataset.pipeline)
        if self.changes("batch_augments"):
            preprocessor: Any = trainer.preprocessor
            if not isinstance(preprocessor, Preprocessor):
                raise ConfigError("SwitchRecipeHook: batch_augments need course_lib's Preprocessor.")
            recipe = recipe._replace(augments=preprocessor.batch_augments, probs=preprocessor.probs)
        if self.changes("loss"):
            loss = _holder(trainer.model).loss_module
            _refuse_state(loss)
            recipe = recipe._replace(loss=loss)
        return recipe

    def put(self, trainer: Trainer, recipe: Recipe) -> None:
        """Give the trainer's objects what differs from the recipe that they work by."""
        assert self.current is not None
        loader, preprocessor = trainer.train_loader, trainer.preprocessor
        if recipe.pipeline is not self.current.pipeline:
            assert isinstance(loader, Loader) and recipe.pipeline is not None
            loader.use_pipeline(recipe.pipeline)
        if recipe[1:3] != self.current[1:3]:
            assert isinstance(preprocessor, Preprocessor)
            preprocessor.use_augments(recipe.augments, recipe.probs)
        if recipe.loss is not self.current.loss:
            assert recipe.loss is not None
            loss = recipe.loss.to(trainer.device)
            averaged = trainer.average.averaged if trainer.average is not None else None
            for model in [trainer.model] if averaged is None else [trainer.model, averaged.module]:
                _holder(model).loss_module = loss  # both, since an average pairs up the buffers of the two


def _augments(given: Augments | None) -> Sequence[BatchAugment]:
    augments: Any = (given or {}).get("augments", ())
    return tuple(augments) if isinstance(augments, (list, tuple)) else (augments,)


def _probs(change: Change) -> Sequence[float] | None:
    return (change["batch_augments"] or {}).get("probs")


def _holder(model: Any) -> Any:
    """The part of a model that has a ``loss_module``: itself or its head."""
    for part in (model, getattr(model, "head", None)):
        if hasattr(part, "loss_module"):
            return part
    raise ConfigError(f"SwitchRecipeHook: {type(model).__name__} has no loss_module that another loss could replace.")


def _refuse_state(loss: nn.Module) -> None:
    """A loss with numbers in the checkpoints would make those before and after it checkpoints of different models."""
    if held := list(loss.state_dict()):
        raise ConfigError(
            f"SwitchRecipeHook: {type(loss).__name__} keeps {', '.join(held)} in the checkpoints, and so cannot be "
            "exchanged within a training."
        )
