"""K-fold cross-validation of any config: its training data in K parts, each of which is once the one to validate on.

A single split of few pictures says little: which ones fell into it moves the accuracy by more than most settings do.
"""

from collections.abc import Mapping
from typing import Any

from course_lib.builders import innermost, short_name, with_pipeline
from course_lib.config import Config, ConfigDict, ConfigError
from course_lib.config.nodes import to_nodes

# Wrappers that take a picture several times. Folds are made inside of them: outside, the training would hold copies of
# the pictures that it is validated on.
REPEATING = ("RepeatDataset", "ClassBalancedDataset", "ConcatDataset")


def use_fold(cfg: Config, fold: int, num_splits: int, seed: int = 0) -> None:
    """Let a config train on all parts of its training data but one, and validate on that one, unaugmented.

    Args:
        cfg: A whole config, which is changed.
        fold: Which part, from 0.
        num_splits: How many parts.
        seed: Of the division, the same for all folds.

    Raises:
        ConfigError: the config has no training data, or no ``val_dataloader`` to take the pipeline from.
    """
    if not cfg.get("train_dataloader") or not cfg.get("val_dataloader"):
        raise ConfigError(
            "--folds needs a train_dataloader, and a val_dataloader whose pipeline the fold goes through."
        )
    fold_args = {"fold": fold, "num_splits": num_splits, "seed": seed}
    train, val = cfg.train_dataloader.copy(), cfg.val_dataloader.copy()
    pipeline = innermost(val["dataset"])[0].get("pipeline") or []
    parts = [_fold(part, **fold_args, test_mode=True) for part in _sources(train["dataset"])]
    held_out = parts[0] if len(parts) == 1 else {"type": "ConcatDataset", "datasets": parts}
    val["dataset"] = with_pipeline(held_out, lambda _: pipeline)
    train["dataset"] = _with_folds(train["dataset"], fold_args)
    cfg["train_dataloader"], cfg["val_dataloader"] = train, val


def _sources(dataset: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The data sets below all wrappers that repeat."""
    if not _repeats(dataset):
        return [dataset]
    inside = dataset["datasets"] if "datasets" in dataset else [dataset["dataset"]]
    return [source for part in inside for source in _sources(part)]


def _with_folds(dataset: Mapping[str, Any], fold_args: Mapping[str, Any]) -> ConfigDict:
    """A data set with the training part of a fold in place of each of its sources."""
    if not _repeats(dataset):
        return _fold(dataset, **fold_args, test_mode=False)
    own = to_nodes(dataset).copy()
    if "datasets" in own:
        own["datasets"] = [_with_folds(part, fold_args) for part in own["datasets"]]
    else:
        own["dataset"] = _with_folds(own["dataset"], fold_args)
    return own


def _fold(dataset: Mapping[str, Any], *, fold: int, num_splits: int, seed: int, test_mode: bool) -> ConfigDict:
    return ConfigDict(
        type="KFoldDataset", dataset=dataset, fold=fold, num_splits=num_splits, seed=seed, test_mode=test_mode
    )


def _repeats(dataset: Mapping[str, Any]) -> bool:
    return short_name(dataset) in REPEATING
