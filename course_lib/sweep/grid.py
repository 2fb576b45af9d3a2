"""Which values to try: options of the command line, ``KEY=V1,V2,…``, and their combinations."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np

from course_lib.config import ConfigError
from course_lib.config.options import option_value

OPENING, CLOSING, QUOTES = "([{", ")]}", "\"'"
OWN = {"work_dir": "--work-dir", "resume": "the same command once more", "randomness.seed": "--seeds"}


def parse_grid(options: Iterable[str]) -> dict[str, list[Any]]:
    """``['lr=0.1,0.01', 'mean=[1, 2],[3, 4]']`` as the values to try of each path of a config.

    A value is read as that of ``--cfg-options``; commas within brackets or quotes belong to it.

    Raises:
        ConfigError: an option is not of this form, tries nothing, or names a path twice or one that a sweep sets.
    """
    grid: dict[str, list[Any]] = {}
    for option in options:
        path, equals, text = option.partition("=")
        path = path.strip()
        if not equals or not path:
            raise ConfigError(f"--grid {option} is no KEY=V1,V2. For example: optim_wrapper.optimizer.lr=0.1,0.01.")
        if path in OWN:
            raise ConfigError(f"--grid {option}: a sweep sets {path} itself; use {OWN[path]}.")
        if path in grid:
            raise ConfigError(f"--grid names {path} twice; write its values behind one another: {path}=1,2.")
        values = split_values(text)
        if "" in values:
            raise ConfigError(f"--grid {option}: a value is missing.")
        grid[path] = [option_value(value) for value in values]
    return grid


def split_values(text: str) -> list[str]:
    """A text divided at its commas, apart from those within brackets or quotes."""
    parts, depth, quote = [""], 0, ""
    for letter in text:
        if quote:
            quote = "" if letter == quote else quote
        elif letter in QUOTES:
            quote = letter
        depth += not quote and letter in OPENING
        depth -= not quote and letter in CLOSING
        if letter == "," and depth == 0 and not quote:
            parts.append("")
        else:
            parts[-1] += letter
    return [part.strip() for part in parts]


def combinations(grid: Mapping[str, Sequence[Any]], max_trials: int | None = None) -> list[dict[str, Any]]:
    """Every combination of the values, as overrides by path; the last path changes fastest.

    Args:
        max_trials: Of more, so many are drawn at random, always the same ones. Where only some of the values matter,
            random draws try more of these than the first rows of a grid do ("Random Search for Hyper-Parameter
            Optimization", Bergstra and Bengio, JMLR 13, 2012).
    """
    every = [dict(zip(grid, values, strict=True)) for values in product(*grid.values())]
    if max_trials is None or max_trials >= len(every):
        return every
    drawn = np.random.default_rng(0).permutation(len(every))[:max_trials]
    return [every[index] for index in sorted(drawn)]
