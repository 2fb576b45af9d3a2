"""Hooks: what watches a training without changing it.

A hook overrides the moments that it needs; the trainer calls them in the order of its hook list. What changes the
update (clipping, schedules) is no hook: it stands in the trainer's loop.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from torch import Tensor

from course_lib.config.errors import CourseError, did_you_mean

if TYPE_CHECKING:
    from course_lib.engine.trainer import Trainer

MOMENTS = (
    "before_train",
    "before_epoch",
    "after_step",
    "before_validate",
    "after_validate",
    "after_epoch",
    "before_save",
    "after_train",
    "on_error",
)


class Hook:
    """The base of all hooks; every moment does nothing by default.

    A misspelt moment (``after_epochs``) would never be called, so it is an error when the class is made.

    Attributes:
        main_only: In a training of several processes, only the first calls this hook, as what prints or writes needs
            it. Such a hook must neither run the model nor stop the training, which all processes do together.
    """

    main_only = False

    def __init_subclass__(cls) -> None:
        for name in vars(cls):
            if name.startswith(("before_", "after_", "on_")) and name not in MOMENTS:
                raise CourseError(f"{cls.__name__}.{name} would never be called. {did_you_mean(name, MOMENTS)}")

    def before_train(self, trainer: Trainer) -> None:
        """Once, before the first step; after a resume too."""

    def before_epoch(self, trainer: Trainer) -> None:
        """Before the first batch of ``trainer.epoch`` (from 0) is loaded."""

    def after_step(self, trainer: Trainer, losses: dict[str, Tensor]) -> None:
        """After each step; ``losses`` are detached scalars on the device: reading one makes the device wait."""

    def before_validate(self, trainer: Trainer) -> None:
        """Before a validation."""

    def after_validate(self, trainer: Trainer, metrics: dict[str, float]) -> None:
        """After a validation: at the end of an epoch before ``after_epoch``, or between two steps."""

    def after_epoch(self, trainer: Trainer) -> None:
        """After an epoch and its validation, if one was due; ``trainer.epoch`` epochs are complete."""

    def before_save(self, trainer: Trainer) -> None:
        """Before a checkpoint is written; an error here keeps it from being written."""

    def after_train(self, trainer: Trainer) -> None:
        """Once, after the last epoch or a clean stop."""

    def on_error(self, trainer: Trainer, error: BaseException) -> None:
        """When the training ends with an error, which is raised on afterwards."""

    def state_dict(self) -> dict[str, Any]:
        """What a resumed run needs to go on as if nothing had happened; plain values and tensors only."""
        return {}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take back what ``state_dict`` gave."""


def overridden(hook: Hook, moment: str) -> bool:
    """Whether the hook does anything at this moment."""
    return getattr(type(hook), moment) is not getattr(Hook, moment)
