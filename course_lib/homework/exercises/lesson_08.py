"""Lesson 08, convolution: its size, its parameters, itself, and how far it sees; pictures are (C, H, W)."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..compare import Case
from ..exercise import Exercise

# --- out_size, a warm-up with one blank -------------------------------------------------------------------------------

OUT_SIZE = '''def out_size(n, k, s, p, d):
    """The output's side: input n, kernel k, stride s, padding p on each side, dilation d; all integers."""
    span = d * (k - 1) + 1  # from the first input of the window to its last
    free = n + 2 * p - span  # how far the window can move
    return free // ...
'''


def out_size(n: int, k: int, s: int, p: int, d: int) -> int:
    return (n + 2 * p - (d * (k - 1) + 1)) // s + 1


def out_size_cases(rng: np.random.Generator) -> Iterator[Case]:
    yield Case((5, 3, 1, 0, 1), "a window of 3 on 5 inputs: it fits at three places")
    yield Case((5, 5, 1, 0, 1), "a window as large as the input, which cannot move at all")
    yield Case((7, 3, 2, 0, 1), "stride 2")
    yield Case((8, 3, 2, 0, 1), "stride 2 where one input is left over at the end")
    yield Case((224, 7, 2, 3, 1), "the first layer of ResNet")
    yield Case((9, 3, 1, 2, 2), "dilation 2, padded so that the size stays")
    for _ in range(6):
        k, s, p, d = (int(rng.integers(1, 6)) for _ in range(4))
        yield Case((int(rng.integers(d * (k - 1) + 1, 60)), k, s, p, d))


# --- num_params -------------------------------------------------------------------------------------------------------

NUM_PARAMS = '''def num_params(c_in, c_out, k, groups):
    """The number of parameters of a convolution with k × k windows: its weights, and a bias for each output channel.

    The channels are dealt out to `groups` groups; an output channel sees the input channels of its group only.
    """
    ...
'''


def num_params(c_in: int, c_out: int, k: int, groups: int) -> int:
    return c_out * (c_in // groups) * k * k + c_out


def num_params_cases(rng: np.random.Generator) -> Iterator[Case]:
    yield Case((1, 1, 3, 1), "one channel in, one out: 9 weights and a bias")
    yield Case((3, 1, 3, 1), "three colours in, one map out")
    yield Case((3, 64, 7, 1), "the first layer of ResNet")
    yield Case((8, 8, 3, 2), "two groups")
    yield Case((32, 32, 3, 32), "depthwise: every channel is a group of its own")
    yield Case((64, 128, 1, 1), "1 × 1: pointwise")
    for _ in range(6):
        groups = int(rng.integers(1, 9))
        c_in, c_out = (groups * int(rng.integers(1, 17)) for _ in range(2))
        yield Case((c_in, c_out, int(rng.integers(1, 8)), groups))


# --- conv2d -----------------------------------------------------------------------------------------------------------

CONV2D = '''def conv2d(x, w, stride, padding):
    """A convolution, without bias.

    x: (C, H, W) picture, w: (K, C, k, k) a kernel for each of the K output channels; stride and padding: integers.
    Returns (K, H_out, W_out). Around the picture stand `padding` rows and columns of zeros.
    """
    ...
'''


def conv2d(x: np.ndarray, w: np.ndarray, stride: int, padding: int) -> np.ndarray:
    x = np.pad(x, ((0, 0), (padding, padding), (padding, padding)))
    num_kernels, _, k, _ = w.shape
    height, width = ((side - k) // stride + 1 for side in x.shape[1:])
    out = np.zeros((num_kernels, height, width))
    for row in range(height):
        for column in range(width):
            window = x[:, row * stride : row * stride + k, column * stride : column * stride + k]  # (C, k, k)
            out[:, row, column] = (w * window).sum(axis=(1, 2, 3))
    return out


def conv2d_cases(rng: np.random.Generator) -> Iterator[Case]:
    def drawn(*shape: int) -> np.ndarray:
        return rng.integers(-5, 6, size=shape).astype(float)

    yield Case((np.arange(9.0).reshape(1, 3, 3), np.ones((1, 1, 2, 2)), 1, 0), "nine pixels under a window of four 1s")
    corner = np.array([[[[1.0, 0.0], [0.0, 0.0]]]])
    yield Case((np.arange(9.0).reshape(1, 3, 3), corner, 1, 0), "a kernel that picks the upper left pixel")
    yield Case((drawn(1, 4, 6), drawn(1, 1, 3, 3), 1, 0), "a picture that is not square")
    yield Case((drawn(3, 4, 4), drawn(1, 3, 3, 3), 1, 0), "three colours, summed up to one map")
    yield Case((drawn(1, 4, 4), drawn(2, 1, 3, 3), 1, 0), "two kernels, two maps")
    yield Case((drawn(1, 4, 4), drawn(1, 1, 3, 3), 1, 1), "padding 1, which keeps the size")
    yield Case((drawn(1, 7, 7), drawn(1, 1, 3, 3), 2, 0), "stride 2")
    yield Case((drawn(1, 6, 6), drawn(1, 1, 3, 3), 2, 0), "stride 2 where the last row and column are left over")
    yield Case((drawn(2, 3, 3), drawn(3, 2, 1, 1), 1, 0), "1 × 1 windows")
    for _ in range(4):
        channels, kernels, k, stride, padding = (int(rng.integers(1, high)) for high in (4, 4, 5, 4, 3))
        side = rng.integers(k, 12, size=2)
        yield Case((rng.normal(size=(channels, *side)), rng.normal(size=(kernels, channels, k, k)), stride, padding))


# --- receptive_field --------------------------------------------------------------------------------------------------

RECEPTIVE_FIELD = '''def receptive_field(layers):
    """How many inputs, from the first to the last, one output of a stack of layers sees along one direction.

    layers: a list of (k, s, d), kernel, stride and dilation; the first one stands at the input.
    """
    ...
'''


def receptive_field(layers: list[tuple[int, int, int]]) -> int:
    field, step = 1, 1
    for k, s, d in layers:
        field += d * (k - 1) * step
        step *= s
    return field


def receptive_field_cases(rng: np.random.Generator) -> Iterator[Case]:
    yield Case(([(3, 1, 1)],), "one layer of 3 × 3")
    yield Case(([],), "no layer at all: a pixel sees itself")
    yield Case(([(3, 1, 1), (3, 1, 1)],), "two layers of 3 × 3")
    yield Case(([(3, 1, 2)],), "dilation 2")
    yield Case(([(3, 2, 1), (3, 1, 1)],), "stride 2, then a layer whose steps are 2 inputs wide")
    yield Case(([(3, 1, 1), (3, 2, 1)],), "stride 2 in the last layer, which widens nothing any more")
    yield Case(([(2, 2, 1), (2, 2, 1), (2, 2, 1)],), "three halvings")
    yield Case(([(7, 2, 1), (3, 2, 1), (3, 1, 1), (3, 1, 1)],), "the first layers of ResNet")
    for _ in range(6):
        count = int(rng.integers(2, 6))
        drawn: Any = [tuple(int(rng.integers(1, high)) for high in (6, 4, 4)) for _ in range(count)]
        yield Case((drawn,))


EXERCISES = (
    Exercise(
        "08.out_size",
        OUT_SIZE,
        out_size,
        out_size_cases,
        hints=(
            "The window moves in steps of `s`, and `//` drops what is left over. Are there as many places as steps?",
            "One place more than steps, as where it stands before the first step counts, too: `free // s + 1`.",
        ),
    ),
    Exercise(
        "08.num_params",
        NUM_PARAMS,
        num_params,
        num_params_cases,
        hints=(
            "For one output channel: how many input channels does it see, and how many weights has it for each?",
            "With `groups` groups an output channel sees `c_in // groups` channels. And do not forget the biases.",
        ),
    ),
    Exercise(
        "08.conv2d",
        CONV2D,
        conv2d,
        conv2d_cases,
        hints=(
            "Pad first: `np.pad(x, ((0, 0), (padding, padding), (padding, padding)))`. Then two loops over the places "
            "of the output; at place (i, j) the window begins at row `i * stride` and column `j * stride`.",
            "`window = x[:, top:top + k, left:left + k]` is (C, k, k); `(w * window).sum(axis=(1, 2, 3))` is the sum "
            "for all K kernels at once. Write it to `out[:, i, j]`.",
        ),
        points=3,
        limit_s=10.0,
    ),
    Exercise(
        "08.receptive_field",
        RECEPTIVE_FIELD,
        receptive_field,
        receptive_field_cases,
        hints=(
            "Begin with a field of 1. A layer of k = 3 adds two outputs of the layer below, and one step between "
            "those is as wide as all earlier strides multiplied.",
            "Keep two numbers: `field` and `step`, both 1. For each layer `field += d * (k - 1) * step`, and only "
            "then `step *= s`.",
        ),
        points=2,
    ),
)
