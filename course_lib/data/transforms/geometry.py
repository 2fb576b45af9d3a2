"""Where the pixels go: resize, crop, pad, flip.

Names and arguments are MMPretrain's, and so is a trap of theirs: the ``scale`` of ``Resize`` and the ``size`` of
``Pad`` are (width, height), while the sizes of crops are (height, width).
"""

import math
from collections.abc import Mapping, Sequence
from functools import cache

import torch
from torch import Tensor
from torch.nn.functional import interpolate
from torch.nn.functional import pad as pad_constant

from course_lib.config.errors import ConfigError, DataError
from course_lib.config.registry import register

from .base import Deterministic, Random
from .checks import interval, one_of, pair, probability
from .opencv import opencv_resize, opencv_resizes
from .ops import Colour, fitting, rgb

_INTERPOLATIONS = ("nearest", "bilinear", "bicubic")
_PADDING_MODES = ("constant", "edge", "reflect", "symmetric")
FLIP_DIMS = {"horizontal": (-1,), "vertical": (-2,), "diagonal": (-2, -1)}

BLACK = rgb("pad_val", 0)


def resize(images: Tensor, height: int, width: int, interpolation: str, antialias: bool = True) -> Tensor:
    """(..., C, H, W) → (..., C, height, width); antialiased, so that a shrunk picture looks like a small photo."""
    if interpolation == "bilinear" and not antialias and opencv_resizes(images):
        return opencv_resize(images[0], height, width)[None]
    if interpolation == "bilinear" and _resizes_bytes(images) and images.shape[-2:] != (height, width):
        return interpolate(images, (height, width), mode="bilinear", antialias=antialias)
    from torchvision.transforms.v2 import InterpolationMode, functional

    mode = InterpolationMode(interpolation)
    return functional.resize(images, [height, width], interpolation=mode, antialias=antialias)


def antialiases(backend: str) -> bool:
    """What a ``backend`` of MMPretrain's configs means: Pillow averages over all that becomes one pixel, OpenCV not.

    OpenCV looks at the 4 nearest pixels (bicubic: 16) however much a picture shrinks, which is quicker and leaves
    jagged edges; weights that were trained on such pictures expect them. Where OpenCV is installed, it resizes.
    """
    return one_of("backend", backend, ("pillow", "cv2")) == "pillow"


def _resizes_bytes(images: Tensor) -> bool:
    """Whether torch resizes these as they are; torchvision does the same then, and spends a fifth more around it."""
    plain = images.ndim == 4 and images.dtype == torch.uint8 and images.device.type == "cpu"
    return plain and _cpu_capability() in ("AVX2", "AVX512")


_cpu_capability = cache(torch.backends.cpu.get_cpu_capability)


def pad(images: Tensor, left: int, top: int, right: int, bottom: int, colour: Tensor, mode: str) -> Tensor:
    """(..., C, H, W) with borders; ``colour`` (1, 1, 1) or (C, 1, 1) fills them in the mode 'constant'."""
    sides = [left, top, right, bottom]
    if not any(sides):
        return images
    if mode == "constant" and len(colour) == 1:
        return pad_constant(images, (left, right, top, bottom), value=colour.item())
    from torchvision.transforms.v2 import functional

    fill = fitting("pad_val", colour, images).flatten().tolist()
    return functional.pad(images, sides, fill=fill, padding_mode=mode)


@register("transform")
class Resize(Deterministic):
    """Bring every picture to one size, whatever that does to its proportions.

    Args:
        scale: (width, height), or one number for both.
        interpolation: 'nearest', 'bilinear' or 'bicubic'.
        backend: Whose way of shrinking: 'pillow', antialiased, or 'cv2', not (``antialiases``).
    """

    def __init__(self, scale: int | Sequence[int], interpolation: str = "bilinear", backend: str = "pillow") -> None:
        self.width, self.height = pair("scale", scale, "(width, height)")
        self.interpolation = one_of("interpolation", interpolation, _INTERPOLATIONS)
        self.antialias = antialiases(backend)

    def apply(self, images: Tensor) -> Tensor:
        return resize(images, self.height, self.width, self.interpolation, self.antialias)


@register("transform")
class ResizeEdge(Deterministic):
    """Bring one edge to a length and keep the proportions.

    Args:
        scale: The edge's length in pixels.
        edge: Which: 'short', 'long', 'width' or 'height'.
        interpolation: 'nearest', 'bilinear' or 'bicubic'.
        backend: Whose way of shrinking: 'pillow', antialiased, or 'cv2', not (``antialiases``).
    """

    def __init__(
        self, scale: int, edge: str = "short", interpolation: str = "bilinear", backend: str = "pillow"
    ) -> None:
        if not isinstance(scale, int):
            raise ConfigError(f"scale is {scale!r}, but ResizeEdge takes one whole number; Resize takes two.")
        self.scale, _ = pair("scale", scale)
        self.edge = one_of("edge", edge, ("short", "long", "width", "height"))
        self.interpolation = one_of("interpolation", interpolation, _INTERPOLATIONS)
        self.antialias = antialiases(backend)

    def apply(self, images: Tensor) -> Tensor:
        height, width = images.shape[-2:]
        edge = {"short": min(height, width), "long": max(height, width), "width": width, "height": height}[self.edge]
        height, width = (max(1, side * self.scale // edge) for side in (height, width))
        return resize(images, height, width, self.interpolation, self.antialias)


@register("transform")
class CenterCrop(Deterministic):
    """Cut out the middle; a picture that is smaller is first padded with black.

    Args:
        crop_size: (height, width), or one number for both.
    """

    def __init__(self, crop_size: int | Sequence[int]) -> None:
        self.height, self.width = pair("crop_size", crop_size)

    def apply(self, images: Tensor) -> Tensor:
        high, wide = max(0, self.height - images.shape[-2]), max(0, self.width - images.shape[-1])
        images = pad(images, wide // 2, high // 2, wide - wide // 2, high - high // 2, BLACK, "constant")
        top = round((images.shape[-2] - self.height) / 2)
        left = round((images.shape[-1] - self.width) / 2)
        return images[..., top : top + self.height, left : left + self.width]


@register("transform")
class Pad(Deterministic):
    """Add a border on the right and at the bottom until the picture has a size, or is square.

    Args:
        size: (width, height), or one number for both; a side that is longer already stays.
        pad_to_square: Instead of a size: pad the short side to the length of the long one.
        pad_val: The border's value, or blue, green, red, as in all transforms (MMPretrain's pictures are BGR there);
            also ``dict(img=…)``, as MMPretrain writes a colour here.
        padding_mode: 'constant', 'edge', 'reflect' or 'symmetric'.
    """

    def __init__(
        self,
        size: int | Sequence[int] | None = None,
        pad_to_square: bool = False,
        pad_val: Colour | Mapping[str, Colour] = 0,
        padding_mode: str = "constant",
    ) -> None:
        if (size is None) != pad_to_square:
            raise ConfigError("Pad takes either size=(width, height) or pad_to_square=True.")
        self.size = None if size is None else pair("size", size, "(width, height)")
        self.colour = rgb("pad_val", pad_val.get("img", 0) if isinstance(pad_val, Mapping) else pad_val)
        self.padding_mode = one_of("padding_mode", padding_mode, _PADDING_MODES)

    def apply(self, images: Tensor) -> Tensor:
        height, width = images.shape[-2:]
        to_width, to_height = self.size or (max(height, width),) * 2
        right, bottom = max(0, to_width - width), max(0, to_height - height)
        return pad(images, 0, 0, right, bottom, self.colour, self.padding_mode)


@register("transform")
class RandomCrop(Random):
    """Cut out a window at a random place.

    Args:
        crop_size: (height, width), or one number for both.
        padding: A border added before: one width, (left and right, top and bottom), or (left, top, right, bottom).
        pad_if_needed: Pad a picture that is smaller than the window, on all sides, instead of refusing it.
        pad_val: The border's value, or blue, green, red, as in all transforms (MMPretrain's pictures are BGR there).
        padding_mode: 'constant', 'edge', 'reflect' or 'symmetric'.

    Raises:
        DataError: a picture is smaller than the window and ``pad_if_needed`` is False.
    """

    def __init__(
        self,
        crop_size: int | Sequence[int],
        padding: int | Sequence[int] | None = None,
        pad_if_needed: bool = False,
        pad_val: Colour = 0,
        padding_mode: str = "constant",
    ) -> None:
        self.height, self.width = pair("crop_size", crop_size)
        self.border = _four_sides(padding)
        self.pad_if_needed = pad_if_needed
        self.colour = rgb("pad_val", pad_val)
        self.padding_mode = one_of("padding_mode", padding_mode, _PADDING_MODES)

    def batch(self, images: Tensor, generator: torch.Generator) -> Tensor:
        images = pad(images, *self.border, self.colour, self.padding_mode)
        high, wide = max(0, self.height - images.shape[-2]), max(0, self.width - images.shape[-1])
        if self.pad_if_needed:
            images = pad(images, wide, high, wide, high, self.colour, self.padding_mode)
        elif high or wide:
            raise DataError(
                f"the picture is {images.shape[-2]}x{images.shape[-1]} (height x width), smaller than the crop of "
                f"{self.height}x{self.width}. Set pad_if_needed=True, or put a Resize before it."
            )
        tops = torch.randint(images.shape[-2] - self.height + 1, (len(images),), generator=generator)
        lefts = torch.randint(images.shape[-1] - self.width + 1, (len(images),), generator=generator)
        # A view of every window there is, none of them copied; indexing copies the one that each picture drew.
        windows = images.unfold(2, self.height, 1).unfold(3, self.width, 1)  # (N, C, tops, lefts, h, w)
        numbers = torch.arange(len(images))
        if images.device.type == "cpu":  # NumPy copies whole rows where torch copies bytes: five times as fast
            return torch.from_numpy(windows.numpy()[numbers.numpy(), :, tops.numpy(), lefts.numpy()])  # (N, C, h, w)
        device = images.device
        return windows[numbers.to(device), :, tops.to(device), lefts.to(device)]  # (N, C, h, w)


def _four_sides(padding: int | Sequence[int] | None) -> tuple[int, int, int, int]:
    """(left, top, right, bottom) of RandomCrop's ``padding``."""
    given = (padding or 0,) if padding is None or isinstance(padding, int) else tuple(padding)
    if len(given) not in (1, 2, 4) or any(not isinstance(side, int) or side < 0 for side in given):
        raise ConfigError(f"padding is {padding!r}, but must be one, two or four whole numbers of at least 0.")
    left, top, right, bottom = given * (4 // len(given))
    return left, top, right, bottom


Window = tuple[int, int, int, int]  # a part of a picture: its top, left, height and width


@register("transform")
class RandomResizedCrop(Random):
    """Cut out a part of random area and proportions and bring it to one size: the standard of ImageNet training.

    The area is uniform in its range, the proportions are uniform on a logarithmic scale, so that twice as wide is as
    likely as twice as high. A draw that does not fit into the picture is repeated; when ``max_attempts`` of them do
    not, the largest central part of allowed proportions is taken.

    Args:
        scale: (height, width) of the result, or one number for both.
        crop_ratio_range: The part's share of the picture's area.
        aspect_ratio_range: The part's width / height.
        max_attempts: How many draws.
        interpolation: 'nearest', 'bilinear' or 'bicubic'.
        backend: Whose way of shrinking: 'pillow', antialiased, or 'cv2', not (``antialiases``).
    """

    def __init__(
        self,
        scale: int | Sequence[int],
        crop_ratio_range: Sequence[float] = (0.08, 1.0),
        aspect_ratio_range: Sequence[float] = (3 / 4, 4 / 3),
        max_attempts: int = 10,
        interpolation: str = "bilinear",
        backend: str = "pillow",
    ) -> None:
        self.height, self.width = pair("scale", scale)
        self.crop_ratio_range = interval("crop_ratio_range", crop_ratio_range, 0)
        self.aspect_ratio_range = interval("aspect_ratio_range", aspect_ratio_range, 1e-3)
        self.max_attempts = max_attempts
        self.interpolation = one_of("interpolation", interpolation, _INTERPOLATIONS)
        self.antialias = antialiases(backend)

    def batch(self, images: Tensor, generator: torch.Generator) -> Tensor:
        return self.cut(images, self.windows(len(images), images.shape[-2], images.shape[-1], generator))

    def cut(self, images: Tensor, windows: Sequence[Window]) -> Tensor:
        """(N, C, H, W) → the parts that ``windows`` gave, resized."""
        parts = [
            image[:, :, top : top + height, left : left + width]
            for image, (top, left, height, width) in zip(images.split(1), windows, strict=True)
        ]
        # Each part has a size of its own, so they are resized one by one.
        resized = [resize(part, self.height, self.width, self.interpolation, self.antialias) for part in parts]
        return torch.cat(resized) if len(resized) > 1 else resized[0]

    def windows(self, count: int, height: int, width: int, generator: torch.Generator) -> list[Window]:
        """Draw a part for each of ``count`` pictures."""
        draws = torch.rand(count, self.max_attempts, 2, generator=generator, dtype=torch.float64).tolist()
        places = torch.rand(count, 2, generator=generator, dtype=torch.float64).tolist()
        return [self.window(height, width, *numbers) for numbers in zip(draws, places, strict=True)]

    # In plain numbers: for the one picture of the way by the sample, tensors of one number take ten times as long.
    def window(self, height: int, width: int, draws: Sequence[Sequence[float]], place: Sequence[float]) -> Window:
        """A part, from numbers in 0…1: (area, proportions) per draw, (top, left)."""
        (least, most), (narrow, wide) = self.crop_ratio_range, map(math.log, self.aspect_ratio_range)
        for size, shape in draws:
            area = (least + size * (most - least)) * height * width
            aspect = math.exp(narrow + shape * (wide - narrow))
            high, broad = round(math.sqrt(area / aspect)), round(math.sqrt(area * aspect))
            if 1 <= high <= height and 1 <= broad <= width:
                return int((height - high + 1) * place[0]), int((width - broad + 1) * place[1]), high, broad
        return self.central(height, width)

    def central(self, height: int, width: int) -> Window:
        """The largest central part whose proportions are allowed."""
        low, high = self.aspect_ratio_range
        aspect = min(max(width / height, low), high)
        part_height, part_width = min(height, round(width / aspect)), min(width, round(height * aspect))
        return (height - part_height) // 2, (width - part_width) // 2, part_height, part_width


def mirror(images: Tensor, flipped: Tensor, direction: str) -> Tensor:
    """(N, C, H, W), mirrored where ``flipped``, bool (N,) on the CPU, says so."""
    count = int(flipped.sum())
    if not count:
        return images
    mirrored = images.flip(FLIP_DIMS[direction])
    if count == len(images):
        return mirrored
    if images.device.type == "cpu":  # NumPy copies whole pictures, in 0.6 of the time of what follows
        kept = (~flipped).numpy()
        mirrored.numpy()[kept] = images.numpy()[kept]
        return mirrored
    # Whole pictures chosen from both: five times as fast as torch.where, which goes byte by byte.
    chosen = torch.arange(len(images)) + len(images) * flipped
    return torch.cat((images, mirrored)).index_select(0, chosen.to(images.device))


@register("transform")
class RandomFlip(Random):
    """Mirror some of the pictures.

    Args:
        prob: How many of them.
        direction: 'horizontal' (left ↔ right), 'vertical', or 'diagonal' (both, a turn by 180°).
    """

    def __init__(self, prob: float = 0.5, direction: str = "horizontal") -> None:
        self.prob = probability("prob", prob)
        self.direction = one_of("direction", direction, tuple(FLIP_DIMS))

    def batch(self, images: Tensor, generator: torch.Generator) -> Tensor:
        flipped = torch.rand(len(images), generator=generator) < self.prob
        return mirror(images, flipped, self.direction)
