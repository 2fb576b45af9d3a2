"""Moving values from an old part of a config to a new one, together with the lines they were written in."""

from collections.abc import Iterable
from typing import Any

from ..errors import ConfigError, Mistake, Origin
from ..nodes import ConfigDict, origin_of


def node(origin: Origin | None, **values: Any) -> ConfigDict:
    """A new dict whose values all come from one line."""
    made = ConfigDict()
    for key, value in values.items():
        made.set(key, value, origin)
    return made


def move(old: ConfigDict, key: str, new: ConfigDict, new_key: str | None = None) -> None:
    """Take ``key`` out of ``old``, if it is there, and put it into ``new``, under ``new_key`` if that is given."""
    if key in old:
        origin = origin_of(old, key)
        new.set(new_key or key, old.pop(key), origin)


def move_rest(old: ConfigDict, new: ConfigDict, drop: Iterable[str] = ()) -> None:
    """Move all that is left, for ``check`` to judge, except what has no meaning in the 1.x dialect."""
    for key in list(old):
        if key in drop:
            del old[key]
        else:
            move(old, key, new)


def pop_number(old: ConfigDict, key: str, default: float, path: str) -> Any:
    """Take a number out of ``old``, to calculate with.

    Raises:
        ConfigError: something else stands there.
    """
    place, value = origin_of(old, key), old.pop(key, default)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ConfigError(Mistake(f"{path}.{key}", f"a number belongs here, not {value!r}.", place))
    return value


def part(holder: ConfigDict, key: str, origin: Origin | None = None) -> ConfigDict:
    """The dict at ``holder[key]``, made if it is not there."""
    if not isinstance(holder.get(key), ConfigDict):
        holder.set(key, ConfigDict(), origin)
    return holder[key]
