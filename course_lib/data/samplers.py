"""The order of an epoch: which pictures come, in which turn, and which of them each process gets.

A sampler draws nothing from a state: the same (seed, epoch) gives the same order, so a run can be taken up again in
the middle of an epoch, and processes that train together share out one order without a word between them. Names and
arguments are MMEngine's and MMPretrain's; a sampler's own ``seed`` counts in place of the training's.
"""

from collections.abc import Sequence
from typing import Protocol

import torch
from torch import Tensor

from course_lib.config.errors import ConfigError, DataError
from course_lib.config.registry import register

from .by_batch import seeded
from .transforms.checks import whole_number

_SHUFFLING = 2**31  # a position that no batch begins at: the order has random numbers of its own


class Sampler(Protocol):
    """All that the loader asks of a sampler."""

    def order(
        self, count: int, epoch: int, seed: int, labels: Tensor | None = None, rank: int = 0, world: int = 1
    ) -> Tensor:
        """The pictures of one epoch for one process, in turn.

        Args:
            count: How many pictures the data set has.
            epoch, seed: What all chance is drawn from.
            labels: int64 (count,), the class of each picture, or None where it is not known.
            rank, world: Which process asks, of how many.

        Returns:
            Indices int64 (M,); M is the same in every epoch.
        """


@register("sampler")
class DefaultSampler:
    """Every picture once.

    Args:
        shuffle: A new order in every epoch.
        seed: Of the order.
        round_up: Give every process equally many, which training together needs, though some pictures then come
            twice. Without it each picture comes once, as measuring needs.
    """

    def __init__(self, shuffle: bool = True, seed: int | None = None, round_up: bool = True) -> None:
        self.shuffle, self.seed, self.round_up = shuffle, seed, round_up

    def order(
        self, count: int, epoch: int, seed: int, labels: Tensor | None = None, rank: int = 0, world: int = 1
    ) -> Tensor:
        whole = shuffled(count, epoch, _chosen(self.seed, seed)) if self.shuffle else torch.arange(count)
        return deal(whole, rank, world, self.round_up)


@register("sampler")
class InfiniteSampler(DefaultSampler):
    """MMEngine's stream without an end, for trainings that count iterations.

    Our epochs cut it where it has gone once through the pictures, so it is ``DefaultSampler`` under another name.

    Args:
        shuffle: A new order at each turn.
        seed: Of the order.
    """

    def __init__(self, shuffle: bool = True, seed: int | None = None) -> None:
        super().__init__(shuffle, seed)


@register("sampler")
class RepeatAugSampler:
    """Repeated augmentation: each picture several times in a row, augmented differently each time.

    An epoch stays as long as without it, so it sees only one ``num_repeats``-th of the pictures. Processes that train
    together get one of the repeats each, as far as these go; a process alone gets them all, mostly in one batch.
    Papers: Augment your batch, arXiv 1901.09335; MultiGrain, arXiv 1902.05509; used by DeiT, arXiv 2012.12877.

    Args:
        shuffle: A new order in every epoch; without it, all epochs see the same part of the pictures.
        num_repeats: How often each comes.
        seed: Of the order.

    Raises:
        ConfigError: ``num_repeats`` is not at least 1.
    """

    def __init__(self, shuffle: bool = True, num_repeats: int = 3, seed: int | None = None) -> None:
        self.shuffle, self.seed = shuffle, seed
        self.num_repeats = whole_number("num_repeats", num_repeats, 1)

    def order(
        self, count: int, epoch: int, seed: int, labels: Tensor | None = None, rank: int = 0, world: int = 1
    ) -> Tensor:
        once = shuffled(count, epoch, _chosen(self.seed, seed)) if self.shuffle else torch.arange(count)
        return deal(once.repeat_interleave(self.num_repeats), rank, world)[: -(-count // world)]


@register("sampler")
class WeightedSampler:
    """Pictures drawn by the weight of their class, so that rare classes are seen as often as frequent ones.

    Args:
        weights: One for each class, in the order of the classes: a picture of a class with weight 2 is drawn twice as
            often as one of a class with weight 1. None takes 1 / (pictures of the class): all classes come equally
            often.
        num_samples: How many are drawn for an epoch, by all processes together; None draws as many as there are.
        replacement: The same picture may be drawn again; without it, the weights only say which pictures come early
            and which are left out.
        seed: Of the draws.

    Raises:
        ConfigError: a negative weight, none above 0, or ``num_samples`` below 1.
    """

    def __init__(
        self,
        weights: Sequence[float] | None = None,
        num_samples: int | None = None,
        replacement: bool = True,
        seed: int | None = None,
    ) -> None:
        if weights is not None and (min(weights, default=0) < 0 or max(weights, default=0) <= 0):
            raise ConfigError(f"weights is {weights!r}, but must hold no number below 0, and at least one above.")
        self.weights = None if weights is None else torch.tensor(weights, dtype=torch.float64)
        self.num_samples = None if num_samples is None else whole_number("num_samples", num_samples, 1)
        self.replacement, self.seed = replacement, seed

    def order(
        self, count: int, epoch: int, seed: int, labels: Tensor | None = None, rank: int = 0, world: int = 1
    ) -> Tensor:
        """The pictures of one epoch for one process, in turn.

        Raises:
            DataError: there are no labels, classes without a weight, or fewer pictures than are to be drawn.
        """
        weights = self.of_pictures(labels)
        wanted, able = self.num_samples or count, int((weights > 0).sum())
        if not able or (not self.replacement and wanted > able):
            raise DataError(
                f"WeightedSampler cannot draw {wanted:,} pictures: {able:,} have a weight above 0. "
                "Let it draw them several times (replacement=True), or draw fewer (num_samples)."
            )
        generator = seeded(_chosen(self.seed, seed), epoch, _SHUFFLING)
        return deal(torch.multinomial(weights, wanted, self.replacement, generator=generator), rank, world)

    def of_pictures(self, labels: Tensor | None) -> Tensor:
        """The weight of each picture, float64 (M,), for labels int64 (M,)."""
        if labels is None or labels.ndim != 1:
            raise DataError("WeightedSampler needs the class of each picture, and the data set has no such labels.")
        if self.weights is None:
            return 1 / labels.bincount().double()[labels]
        if int(labels.max()) >= len(self.weights):
            raise DataError(
                f"WeightedSampler has {len(self.weights)} weights, but there is a picture of class {int(labels.max())} "
                "(counted from 0); each class needs one."
            )
        return self.weights[labels]


def deal(order: Tensor, rank: int, world: int, round_up: bool = True) -> Tensor:
    """A process's part of an order, dealt out like cards; ``round_up`` begins anew until all have equally many."""
    if round_up and len(order) % world:
        total = -(-len(order) // world) * world
        order = order.repeat(-(-total // len(order)))[:total]
    return order[rank::world]


def shuffled(count: int, epoch: int, seed: int) -> Tensor:
    """0 … count - 1 in an order drawn from (seed, epoch)."""
    return torch.randperm(count, generator=seeded(seed, epoch, _SHUFFLING))


def _chosen(own: int | None, given: int) -> int:
    return given if own is None else own
