"""Where in a config a mistake is: the path from the top, and the line."""

from dataclasses import dataclass
from typing import Any

from ..errors import Mistake, Origin
from ..nodes import dotted, origin_of


@dataclass(frozen=True)
class Place:
    """A place in a config; ``Place()`` is its top.

    Args:
        path: The keys and indices from the top.
        origin: The nearest line that is known.
    """

    path: tuple[str | int, ...] = ()
    origin: Origin | None = None

    def inside(self, node: Any, key: str | int) -> "Place":
        """The place of ``node[key]``, where ``node`` is what stands here."""
        return Place((*self.path, key), origin_of(node, key) or self.origin)

    def mistake(self, message: str, hint: str = "") -> Mistake:
        return Mistake(dotted(self.path), message, self.origin, hint)


def place_of(cfg: Any, *path: str | int) -> Place:
    """The place at a path from the top, which is there."""
    place, node = Place(), cfg
    for key in path:
        place, node = place.inside(node, key), node[key]
    return place
