"""One classifier of ours against its reference: parameters, outputs for the same weights, gradients, deploy form."""

import copy
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor, nn
from torchvision.ops import StochasticDepth

from course_lib.builders import build_model
from course_lib.config import CONFIGS, Config
from course_lib.models import DropPath

from .reference import Reference

PARTS = CONFIGS / "_base_" / "models"
MOST = 1e-4  # how far outputs may be apart, over the largest of them: float32 adds up in another order


@dataclass(frozen=True)
class Measured:
    """What was found of one classifier.

    Args:
        parameters, published: How many there are, and should be.
        difference: The largest relative one of the outputs for three pictures; None without a reference.
        deploy: The same of the deploy form against the one that trains; None where there is none.
        gradients, tensors: How many of the model's parameter tensors got a gradient that is finite and not all zero.
    """

    reference: Reference
    parameters: int
    published: int
    difference: float | None
    deploy: float | None
    gradients: int
    tensors: int

    @property
    def passed(self) -> bool:
        """Whether all is as it should be."""
        close = all(found is None or found < MOST for found in (self.difference, self.deploy))
        return self.parameters == self.published and close and self.gradients == self.tensors


def measure(reference: Reference) -> Measured:
    """Build both, give them the same weights, and compare.

    Raises:
        AssertionError: the reference's outputs hardly depend on the pictures, so that equal ones would show nothing.
    """
    cfg = Config.fromfile(PARTS / f"{reference.part}.py")
    with torch.device("meta"):
        parameters = sum(parameter.numel() for parameter in build_model(cfg.model).parameters())
    cfg.merge_from_dict({f"model.backbone.{key}": value for key, value in reference.backbone.items()})
    ours = real(lambda: build_model(cfg.model)).eval()
    generator = torch.Generator().manual_seed(0)
    images = torch.randn(3, reference.channels, reference.px, reference.px, generator=generator)
    difference = deploy = None
    if reference.make:
        theirs = settled(fill(real(partial(reference.make, **reference.settings))), images)
        expected = outputs(theirs, images)
        ours.load_state_dict(reference.rename(theirs.state_dict(), ours.state_dict()), assign=True)
        assert expected.std(dim=0).max() > 1e-3 * expected.abs().max(), f"{reference.name} does not see the pictures"
        difference = apart(outputs(ours, images), expected)
        del theirs
    else:
        settled(fill(ours), images)
    if hasattr(ours.backbone, "switch_to_deploy"):
        deploy = deploy_difference(ours, images)
    gradients, tensors = count_gradients(ours, images)
    return Measured(reference, parameters, reference.number(), difference, deploy, gradients, tensors)


def real(make: Callable[[], nn.Module]) -> nn.Module:
    """A network with memory for its weights, without the cost of a beginning that is overwritten."""
    try:
        with torch.device("meta"):
            network = make()
    except NotImplementedError:  # torchvision computes the widths of a RegNet with tensors
        return make()
    if all(
        name.endswith(("running_mean", "running_var", "num_batches_tracked")) for name, _ in network.named_buffers()
    ):
        return network.to_empty(device="cpu")
    return make()  # its tables are computed where it is built


def fill(network: nn.Module) -> nn.Module:
    """Random weights that keep the numbers moderate through any depth, and leave nothing at zero."""
    generator = torch.Generator().manual_seed(0)
    for name, value in network.state_dict().items():
        if name.endswith("num_batches_tracked"):
            value.zero_()
        elif value.is_floating_point():
            low, high = bounds(name, value)
            value.uniform_(low, high, generator=generator)
    return network


def bounds(name: str, value: Tensor) -> tuple[float, float]:
    """Between what a weight of that name is drawn."""
    if value.numel() > len(value) > 1:  # of the variance 2 / inputs, half of which a ReLU takes away
        bound = math.sqrt(6 / value[0].numel())
        return -bound, bound
    if name.endswith("running_var") or (name.endswith(("weight", "gamma", "layer_scale")) and len(value) > 1):
        return 0.3, 0.9
    return -0.3, 0.3  # biases, means, and (1, …): tokens and positions


@torch.no_grad()
def settled(network: nn.Module, images: Tensor) -> nn.Module:
    """In evaluation, each BatchNorm with the mean and variance of what it sees, as after a training.

    Without this the numbers of a deep network would grow or vanish, and its outputs hardly depend on the pictures.
    """
    norms = [module for module in network.modules() if isinstance(module, nn.BatchNorm2d)]
    for norm in norms:
        norm.momentum = 1.0
    network.train()(images)
    for norm in norms:
        norm.momentum = 0.1
    return network.eval()


@torch.no_grad()
def outputs(network: nn.Module, images: Tensor) -> Tensor:
    """The logits (N, K)."""
    return network(images)


def deploy_difference(model: nn.Module, images: Tensor) -> float:
    """How far a RepVGG's form for use is from the one that trains: in float64, as both add up in another order.

    In float32 it is 1e-5 with these weights, 2e-3 for the deepest, D2se, which enlarges every rounding.
    """
    twin, images = copy.deepcopy(model).double(), images.double()
    trains = outputs(twin, images)
    twin.backbone.switch_to_deploy()  # type: ignore[operator, union-attr]
    return apart(outputs(twin, images), trains)


def apart(found: Tensor, expected: Tensor) -> float:
    """The largest difference of a picture's logits (N, K) over the largest of them; NaN is infinitely far."""
    relative = (found - expected).abs().amax(dim=1) / expected.abs().amax(dim=1)
    return float(relative.nan_to_num(nan=math.inf, posinf=math.inf).max())


def count_gradients(model: nn.Module, images: Tensor) -> tuple[int, int]:
    """How many parameter tensors get a gradient from a step of training, finite and not all zero, and of how many.

    Each gradient is looked at and dropped, so that all together take no memory.
    """
    good = []

    def look(parameter: Tensor) -> None:
        gradient = parameter.grad
        if gradient is not None and bool(gradient.isfinite().all()) and bool(gradient.any()):
            good.append(parameter)
        parameter.grad = None

    parameters = list(model.parameters())
    handles = [parameter.register_post_accumulate_grad_hook(look) for parameter in parameters]
    for module in model.train().modules():
        if isinstance(module, (nn.Dropout, DropPath, StochasticDepth)):
            module.eval()  # what is dropped by chance would get none
    model.loss({"images": images, "labels": torch.arange(len(images))})["loss"].backward()  # type: ignore[operator]
    for handle in handles:
        handle.remove()
    return len(good), len(parameters)
