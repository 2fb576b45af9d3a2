"""What a model costs: parameters to keep, multiplications to do, and values to hold, layer by layer.

    cost = model_cost(model, (3, 224, 224))
    print(cost_table(cost, depth=2))

A MAC multiplies two numbers and adds the product to a sum; torch's own counter (``torch.utils.flop_counter``) counts
both as operations, so its FLOPs are halved here. It counts convolutions, matrix products and attention, and nothing
else: norms, activation functions, pooling and sums are a few per cent at the most. What papers and torchvision print as
"GFLOPs" are mostly such MACs (ResNet-50: 4.09 G).

Activations are the values that these same operators give, as in "Designing Network Design Spaces" (arXiv 2003.13678),
whose authors find that they tell the time on a GPU better than the multiplications do (ResNet-50: 11.1 M).
"""

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode, flop_registry


@dataclass(frozen=True)
class LayerCost:
    """What one module costs for one picture, all that is inside it included.

    Args:
        name: Its dotted name in the model; '' is the model.
        kind: Its class.
        params: Numbers that are learned; one that several modules share counts in each, but once in what holds them.
        macs: Multiplications with addition.
        activations: Values that convolutions, matrix products and attention give.
        children: The modules directly inside, in the order in which the model holds them.
    """

    name: str
    kind: str
    params: int
    macs: int
    activations: int
    children: tuple["LayerCost", ...] = ()

    def walk(self, depth: int | None = None) -> Iterator["LayerCost"]:
        """This and what is inside, down to ``depth`` levels below; None takes all of them."""
        yield self
        if depth != 0:
            for child in self.children:
                yield from child.walk(None if depth is None else depth - 1)


def model_cost(model: nn.Module, shape: Sequence[int]) -> LayerCost:
    """Count what a model does with one picture of ``shape`` (C, H, W).

    The model itself is not run and not changed: a twin without numbers is, on torch's ``meta`` device, which knows only
    shapes. So this takes no memory and well under a second, and a model built on that device will do.

    Raises:
        RuntimeError, ValueError: the model cannot take such a picture.
    """
    twin = _without_numbers(model).eval()
    picture = torch.empty(1, *shape, device="meta")
    elements = dict.fromkeys(flop_registry, _count_elements)
    flops = _counts(twin, picture, FlopCounterMode(display=False))
    activations = _counts(twin, picture, FlopCounterMode(display=False, custom_mapping=elements))
    return _cost_of(twin, "", flops, activations)


def _without_numbers(model: nn.Module) -> nn.Module:
    """A copy whose parameters and buffers are shapes only."""
    shapes: dict[int, Any] = {id(p): nn.Parameter(p.detach().to("meta"), False) for p in model.parameters()}
    shapes |= {id(buffer): buffer.to("meta") for buffer in model.buffers()}
    return copy.deepcopy(model, shapes)


def _count_elements(*args: Any, out_shape: Any = None, **kwargs: Any) -> int:
    """What an operator gives, in the place of its FLOPs; where it gives several tensors, the first is the result."""
    return prod(out_shape if isinstance(out_shape, torch.Size) else out_shape[0])


def _counts(model: nn.Module, picture: Tensor, counter: FlopCounterMode) -> dict[nn.Module, int]:
    """What the counter counts between the beginning and the end of each module that is called."""
    counts: dict[nn.Module, int] = {}

    def begin(module: nn.Module, inputs: Any) -> None:
        counts[module] = counts.get(module, 0) - counter.get_total_flops()

    def end(module: nn.Module, inputs: Any, outputs: Any) -> None:
        counts[module] += counter.get_total_flops()

    hooks = [
        hook
        for module in model.modules()
        for hook in (module.register_forward_pre_hook(begin), module.register_forward_hook(end))
    ]
    # torch's fused transformer layer, which the counter does not know, does not work on this device, and stays out
    with torch.no_grad(), counter:
        model(picture)
    for hook in hooks:
        hook.remove()
    return counts


def _cost_of(module: nn.Module, name: str, flops: dict[nn.Module, int], elements: dict[nn.Module, int]) -> LayerCost:
    parts = [(f"{name}.{part}" if name else part, child) for part, child in module.named_children()]
    children = tuple(_cost_of(child, path, flops, elements) for path, child in parts)
    params = sum(parameter.numel() for parameter in module.parameters())
    macs, activations = flops.get(module, 0) // 2, elements.get(module, 0)
    if module not in flops:  # a list of layers, which its owner goes through
        macs, activations = sum(child.macs for child in children), sum(child.activations for child in children)
    return LayerCost(name, type(module).__name__, params, macs, activations, children)


# --- as a table -------------------------------------------------------------------------------------------------------


def cost_table(cost: LayerCost, depth: int = 2) -> str:
    """The layers down to ``depth`` levels as an aligned table, each with its shares of the whole.

    Layers that cost nothing (an activation function, pooling) are left out.
    """
    numbers = [(inner.params, inner.macs, inner.activations) for inner in cost.walk(depth)]
    totals = numbers[0]
    labels = list(_labels(cost, depth))
    width = max(len(label) for label in [*labels, "layer"])
    lines = [f"{'layer':<{width}}" + "".join(f"{title:>20}" for title in ("parameters", "MACs", "activations"))]
    for label, counts in zip(labels, numbers, strict=True):
        if any(counts):
            cells = "".join(_cell(count, total) for count, total in zip(counts, totals, strict=True))
            lines.append(f"{label:<{width}}{cells}".rstrip())
    return "\n".join(lines)


def _labels(cost: LayerCost, depth: int, stem: str = "") -> Iterator[str]:
    """Name and class of each layer behind the branches of a tree."""
    yield cost.name.rpartition(".")[2] + (f" ({cost.kind})" if cost.name else cost.kind)
    shown = [child for child in cost.children if depth > 0]
    costly = [child for child in shown if child.params or child.macs or child.activations]
    for child in shown:
        is_last = not costly or child is costly[-1]
        first, *others = _labels(child, depth - 1, stem)
        yield f"{'└' if is_last else '├'}─ {first}"
        yield from (f"{' ' if is_last else '│'}  {other}" for other in others)


def _cell(count: int, total: int) -> str:
    """`` 4.09 G  100.0 %``; nothing where nothing is counted."""
    return f"{short_number(count):>11} {100 * count / total:>6.1f} %" if count else " " * 20


def short_number(number: int) -> str:
    """Three figures and a unit: ``4.09 G``, ``11.1 M``, ``61.7 K``, ``84``."""
    for size, unit in ((10**9, "G"), (10**6, "M"), (10**3, "K")):
        if number >= 0.9995 * size:
            scaled = number / size
            digits = 2 if scaled < 9.995 else 1 if scaled < 99.95 else 0
            return f"{scaled:.{digits}f} {unit}"
    return str(number)
