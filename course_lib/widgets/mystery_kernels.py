"""What the kernel painter computes: a photo under a kernel (卷积核), its colours, and how far two kernels are apart.

A kernel is a square array of small whole numbers and a divisor, as they stand in books: Sobel's is -1 0 1 / -2 0 2 /
-1 0 1, the blur is nine ones divided by 9.
"""

from dataclasses import dataclass

import numpy as np
from matplotlib.colors import to_rgb

from course_lib.viz.style import PALETTE

BELOW_ZERO = np.array(to_rgb(PALETTE[4]))


@dataclass(frozen=True)
class Mystery:
    """A kernel to be found.

    Args:
        name: Told once it is found.
        rows: Its whole numbers, a tuple a row.
        divisor: What the sum is divided by; told from the beginning.
        hint: A sentence that helps.
        meaning: What it is good for, told once it is found.
    """

    name: str
    rows: tuple[tuple[int, ...], ...]
    divisor: int
    hint: str
    meaning: str

    @property
    def numbers(self) -> np.ndarray:
        return np.array(self.rows)


MYSTERIES = (
    Mystery(
        "Blur",
        ((1, 1, 1), (1, 1, 1), (1, 1, 1)),
        9,
        "Each pixel became the mean of its neighbourhood. Which nine numbers, divided by 9, make a mean?",
        "A mean: noise goes, and so does detail. The numbers add up to 1, so the photo stays as bright as it was.",
    ),
    Mystery(
        "Sobel",
        ((-1, 0, 1), (-2, 0, 2), (-1, 0, 1)),
        1,
        "Flat places are black: the numbers add up to 0. It compares right with left; the middle row counts double.",
        "It answers where left and right differ: upright edges. Turn it, and it finds lying ones (Sobel, 1968).",
    ),
    Mystery(
        "Sharpen",
        ((0, -1, 0), (-1, 5, -1), (0, -1, 0)),
        1,
        "The middle counts a lot, its four nearest neighbours are taken away, and in all it must add up to 1.",
        "The photo plus its own outline: what every phone does to your pictures.",
    ),
    Mystery(
        "Laplace",
        ((0, 1, 0), (1, -4, 1), (0, 1, 0)),
        1,
        "Edges of any direction; flat places are black. The four nearest neighbours against the middle.",
        "The second derivative. It answers to every edge, and the sign says on which side it is brighter.",
    ),
    Mystery(
        "Camera shake",
        ((1, 0, 0, 0, 0), (0, 1, 0, 0, 0), (0, 0, 1, 0, 0), (0, 0, 0, 1, 0), (0, 0, 0, 0, 1)),
        5,
        "Somebody moved while the shutter was open, along a straight line. Paint the way of the hand.",
        "A blur along one line. Cameras that know the line can undo it.",
    ),
    Mystery(
        "Double vision",
        ((0, 0, 0, 0, 0), (0, 0, 0, 0, 0), (1, 0, 0, 0, 1), (0, 0, 0, 0, 0), (0, 0, 0, 0, 0)),
        2,
        "Two photos over one another. A single 1 beside the middle moves a photo; what do two of them do?",
        "A 1 off the centre moves the photo; a kernel is a sum of such moves. Every kernel is.",
    ),
)


def filtered(picture: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """Each pixel's neighbourhood times the kernel, summed up: what deep learning calls a convolution.

    Args:
        picture: (H, W); at the border its last pixels are repeated.
        kernel: (k, k), k odd; it is not turned round, as in torch and unlike in signal processing.

    Returns:
        (H, W) floats.
    """
    margin = len(kernel) // 2
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(picture, margin, mode="edge"), kernel.shape)
    return np.einsum("hwij,ij->hw", windows, kernel.astype(float))


def signed_colours(values: np.ndarray) -> np.ndarray:
    """Grey values (H, W) as RGB, uint8 (H, W, 3): 0 is black, 255 white, and what is below 0 is blue."""
    strength = np.clip(np.abs(values), 0, 255)[..., None]
    return np.round(strength * np.where(values[..., None] < 0, BELOW_ZERO, 1.0)).astype(np.uint8)


def likeness(result: np.ndarray, target: np.ndarray) -> float:
    """How alike two pictures are: 1 if they are equal, 0 if a black picture were as near to the target."""
    far = np.abs(target).mean()
    return float(max(0.0, 1 - np.abs(result - target).mean() / max(far, 1e-9)))


def painted(kernel: np.ndarray, row: int, column: int, brush: int) -> np.ndarray:
    """The kernel with the brush's number in one place."""
    after = kernel.copy()
    after[row, column] = brush
    return after


def first_wrong(kernel: np.ndarray, mystery: Mystery) -> tuple[int, int] | None:
    """The row and column of the first number that is not the mystery's; None if all are right."""
    wrong = np.argwhere(kernel != mystery.numbers)
    return (int(wrong[0, 0]), int(wrong[0, 1])) if len(wrong) else None


def start(mystery: Mystery) -> np.ndarray:
    """The kernel to begin with: 1 in the middle and 0 elsewhere, which leaves a photo as it is."""
    kernel = np.zeros_like(mystery.numbers)
    kernel[len(kernel) // 2, len(kernel) // 2] = 1
    return kernel
