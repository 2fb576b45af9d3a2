"""What was probably meant by a key or a name that is not known: another spelling, or a word of the 0.x dialect."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from ..dialects.old_names import OLD_ARGUMENTS, OLD_KEYS, OLD_TYPES
from ..errors import did_you_mean, nearest


def hint_for_key(key: str, allowed: Collection[str]) -> str:
    """What to write for an unknown key of a part, or argument of a component."""
    if key in OLD_ARGUMENTS:
        return f"In the 1.x dialect write {OLD_ARGUMENTS[key]}."
    if key in OLD_KEYS and nearest(key, allowed) is None:
        return f"At the top of a config of the 1.x dialect write {OLD_KEYS[key]}."
    if nearest(str(key), ["type"]):
        return did_you_mean(str(key), ["type"])
    return did_you_mean(str(key), allowed) or "It takes none."


def hint_for_type(name: Any, allowed: Collection[str]) -> str:
    """What to write for an unknown name of a component."""
    if isinstance(name, list | tuple):
        return "Without the brackets?"
    if str(name) in OLD_TYPES:
        return f"In the 1.x dialect write {OLD_TYPES[str(name)]}."
    return did_you_mean(str(name), allowed)


def absent(needed: Iterable[str], node: Mapping[str, Any], allowed: Collection[str]) -> list[str]:
    """What is needed and not there; a name that is there misspelt has been told already."""
    unknown = [key for key in node if key not in allowed]
    meant = {
        OLD_ARGUMENTS[key].split("=")[0] if key in OLD_ARGUMENTS else nearest(str(key), allowed) for key in unknown
    }
    return [name for name in needed if name not in node and name not in meant]
