"""Dividing a data set in two so that every class keeps its share: a stratified split."""

import numpy as np


def stratified(labels: np.ndarray, ratio: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Divide indices in two parts, class by class, at random.

    A class of at least two pictures has at least one in each part.

    Args:
        labels: int (M,).
        ratio: The first part's share, between 0 and 1.
        seed: The same seed gives the same parts.

    Returns:
        The indices of the first and of the second part, each sorted; together every index once.
    """
    rng = np.random.default_rng(seed)
    first = [np.empty(0, dtype=np.int64)]
    for label in np.unique(labels):
        members = rng.permutation(np.flatnonzero(labels == label))
        count = round(ratio * len(members))
        if len(members) > 1:
            count = min(max(count, 1), len(members) - 1)
        first.append(members[:count])
    chosen = np.zeros(len(labels), dtype=bool)
    chosen[np.concatenate(first)] = True
    return np.flatnonzero(chosen), np.flatnonzero(~chosen)
