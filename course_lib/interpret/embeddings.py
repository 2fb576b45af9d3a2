"""Features as points: a map of them in two dimensions, and each one's nearest neighbours."""

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from course_lib.config.errors import ConfigError


def tsne(features: Tensor, *, perplexity: float = 30.0, seed: int = 0) -> np.ndarray:
    """Features (n, D) → points float32 (n, 2): neighbours stay neighbours, but distances between clusters say little.

    t-SNE ("Visualizing Data using t-SNE", van der Maaten & Hinton, JMLR 9, 2008), begun from the two main directions;
    the same seed gives the same map.

    Args:
        perplexity: About how many neighbours each point keeps; at most (n − 1) / 3.

    Raises:
        ConfigError: fewer than four points, or a perplexity below 1.
    """
    count = len(features)
    if count < 4 or perplexity < 1:
        raise ConfigError(f"t-SNE takes 4 points or more and a perplexity from 1 on, not {count} and {perplexity:g}.")
    from sklearn.manifold import TSNE  # costs a second

    fitted = TSNE(perplexity=min(perplexity, (count - 1) / 3), init="pca", random_state=seed)
    return fitted.fit_transform(features.float().cpu().numpy())


def nearest(queries: Tensor, bank: Tensor, k: int) -> tuple[Tensor, Tensor]:
    """The ``k`` most similar of the bank for each query, the most similar first.

    Args:
        queries: float (q, D).
        bank: float (n, D).

    Returns:
        Cosine similarities float (q, k) in −1…1, and places in the bank, int64 (q, k).

    Raises:
        ConfigError: k is not from 1 to n.
    """
    if not 1 <= k <= len(bank):
        raise ConfigError(f"k={k} neighbours cannot be had of {len(bank)}.")
    bank = F.normalize(bank.float(), dim=1)
    blocks = [F.normalize(block.float(), dim=1) @ bank.T for block in queries.split(1024)]
    found = [block.topk(k, dim=1) for block in blocks]
    return torch.cat([each.values for each in found]), torch.cat([each.indices for each in found])


def knn_accuracy(features: Tensor, labels: Tensor, k: int = 5) -> float:
    """How many of the pictures, in percent, the most frequent class among their ``k`` nearest other pictures is right.

    Where classes are equally frequent, the one with the smallest number counts.

    Args:
        features: float (n, D).
        labels: int64 (n,).
    """
    _, places = nearest(features, features, k + 1)
    others = places != torch.arange(len(features), device=places.device)[:, None]
    others[others.all(dim=1), -1] = False  # among many equal ones a picture may not find itself
    votes = F.one_hot(labels[places[others].view(-1, k)]).sum(dim=1)  # (n, K)
    return 100.0 * float((votes.argmax(dim=1) == labels).float().mean())
