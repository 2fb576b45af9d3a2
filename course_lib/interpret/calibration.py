"""Whether a network is right as often as it says: reliability, the expected calibration error, and the temperature.

"On Calibration of Modern Neural Networks", Guo et al., arXiv 1706.04599.
"""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor


@dataclass(frozen=True)
class Reliability:
    """Answers in B bins of equal width by how sure they were; a bin without answers has NaN.

    Args:
        confidence: The mean probability of what was said, float64 (B,).
        accuracy: The share that was right, float64 (B,).
        counts: Answers, int64 (B,).
        ece: The expected calibration error: the mean gap between the two, weighted by the counts.
    """

    confidence: Tensor
    accuracy: Tensor
    counts: Tensor
    ece: float


def reliability(scores: Tensor, labels: Tensor, num_bins: int = 15) -> Reliability:
    """Compare how sure the answers were with how often they were right.

    Args:
        scores: Probabilities (n, K).
        labels: int64 (n,).
        num_bins: B; bin b holds the probabilities above b/B up to (b+1)/B.
    """
    sure, predicted = scores.double().max(dim=1)
    right = (predicted == labels).double()
    bins = (sure * num_bins).ceil().long().sub(1).clamp(0, num_bins - 1)  # (n,)
    counts = bins.bincount(minlength=num_bins)
    confidence = bins.bincount(sure, num_bins) / counts
    accuracy = bins.bincount(right, num_bins) / counts
    ece = ((confidence - accuracy).abs() * counts / len(scores)).nansum()
    return Reliability(confidence, accuracy, counts, float(ece))


def fit_temperature(logits: Tensor, labels: Tensor) -> float:
    """The T for which softmax(logits / T) gives the labels the highest probability; above 1 the network was too sure.

    Classes stay in their order, so no answer changes. Fit it on pictures that were not trained on, and do not measure
    on the same ones.

    Args:
        logits: (n, K); the logarithm of probabilities does as well.
        labels: int64 (n,).
    """
    logits = logits.detach().double().log_softmax(dim=1).clamp(min=math.log(1e-30))  # a probability of 0 has none
    log_t = torch.zeros((), dtype=torch.float64, device=logits.device, requires_grad=True)  # T stays above 0
    optimizer = torch.optim.LBFGS([log_t], max_iter=100, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        optimizer.zero_grad()
        value = F.cross_entropy(logits / log_t.exp(), labels)
        value.backward()
        return value

    with torch.enable_grad():
        optimizer.step(loss)
    return float(log_t.detach().exp())
