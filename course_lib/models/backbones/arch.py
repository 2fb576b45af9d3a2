"""What backbones with an ``arch`` share: sizes by name (``'base'``, ``'b'``) or as a dict, and which layers to give."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from course_lib.config.errors import ConfigError, Mistake

from ..layers import check_choice, check_keys

T = TypeVar("T")
PATH = "model.backbone"
SIZES = {"t": "tiny", "s": "small", "b": "base", "l": "large", "h": "huge"}  # MMPretrain takes both


def find_arch(arch: str | Mapping[str, Any], archs: Mapping[str, T], make: Callable[..., T]) -> T:
    """The sizes that ``arch`` stands for: an entry of ``archs``, or ``make(**arch)`` of a dict with all of its keys.

    Raises:
        ConfigError: an unknown name or key, or a key that is missing.
    """
    if isinstance(arch, str):
        family, dash, size = arch.lower().rpartition("-")
        name = family + dash + SIZES.get(size, size)
        if name not in archs:
            check_choice(f"{PATH}.arch", arch, archs)
        return archs[name]
    keys = list(inspect.signature(make).parameters)
    check_keys(f"{PATH}.arch", arch, keys)
    missing = [key for key in keys if key not in arch]
    if missing:
        raise ConfigError(Mistake(f"{PATH}.arch", f"{', '.join(missing)} missing; a dict needs {', '.join(keys)}."))
    return make(**arch)


def layer_indices(out_indices: int | Sequence[int], count: int) -> tuple[int, ...]:
    """Which of ``count`` layers to give, each from 0; −1 is the last.

    Raises:
        ConfigError: a layer that there is not, or none at all.
    """
    given = (out_indices,) if isinstance(out_indices, int) else tuple(out_indices)
    if not given or not all(-count <= index < count for index in given):
        raise ConfigError(
            Mistake(f"{PATH}.out_indices", f"{out_indices!r} must name layers in {-count} … {count - 1}.")
        )
    return tuple(index % count for index in given)


def check_range(name: str, value: int, low: int, high: int) -> None:
    """Refuse a setting that is not in ``low`` … ``high`` (ConfigError)."""
    if not low <= value <= high:
        raise ConfigError(Mistake(f"{PATH}.{name}", f"{value!r} is not in {low} … {high}."))


def check_heads(dim: int, num_heads: int) -> None:
    """Refuse heads among which the D numbers of a token cannot be shared evenly (ConfigError)."""
    if num_heads < 1 or dim % num_heads:
        raise ConfigError(Mistake(f"{PATH}.arch", f"{dim} numbers a token cannot be shared by {num_heads} heads."))
