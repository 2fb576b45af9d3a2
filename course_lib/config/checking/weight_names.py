"""The kit's own weights by name (``zoo://NAME``), wherever a config asks for them: that there are such."""

from collections.abc import Iterator, Mapping

from ..errors import Mistake, did_you_mean
from ..nodes import ConfigDict, walk
from ..own_weights import own_weights
from .place import place_of

KEYS = ("checkpoint", "load_from")
SCHEME = "zoo://"


def weights_mistakes(cfg: ConfigDict) -> Iterator[Mistake]:
    """Every name of which the kit has no weights."""
    for path, node in walk(cfg):
        for key in KEYS:
            value = node.get(key) if isinstance(node, Mapping) else None
            if not isinstance(value, str) or not value.startswith(SCHEME):
                continue
            known = [f"{SCHEME}{name}" for name in own_weights()]
            if value not in known:
                yield place_of(cfg, *path, key).mistake(
                    f"the kit has no weights {value!r}.", did_you_mean(value, known)
                )
