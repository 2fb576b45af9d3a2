"""Weights of other origins under our layers' names: the same numbers, which others call by other words.

A ``Naming`` says by which names a file of that origin is known, by which the model of ours that it fits, and how each
becomes the other. So no setting chooses: what the file and the model hold does. ``key_names_mmpretrain.py``
and ``key_names_torchvision.py`` list them.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from torch import Tensor

# names of a file, names of the model → what each of the file's is called here
Rename = Callable[[Sequence[str], Collection[str]], Mapping[str, str]]
Rule = tuple[str, str | Callable[[re.Match[str]], str]]

# not weights: MMPretrain's preprocessing, and Swin's tables, which follow from its window; ours are made anew
NO_WEIGHT = re.compile(r"^data_preprocessor\.|\.relative_position_index$|\.attn_mask$")
BACKBONE = "backbone."


@dataclass(frozen=True)
class Naming:
    """How another origin calls the layers of one family.

    Args:
        origin: Whose names they are, for messages.
        theirs, ours: Patterns for the beginning of a name, without ``backbone.``: the file has a name like the first,
            and the model one like the second.
        rename: How theirs become ours.
        change: (a name of ours, its value) → the value, where the two origins also order numbers differently.
    """

    origin: str
    theirs: str
    ours: str
    rename: Rename
    change: Callable[[str, Tensor], Tensor] | None = None


def by_rules(*rules: Rule) -> Rename:
    """Regular expressions and their replacements, applied to each name one after the other."""
    compiled = [(re.compile(pattern), replacement) for pattern, replacement in rules]

    def rename(names: Sequence[str], own: Collection[str]) -> dict[str, str]:
        renamed = {}
        for name in names:
            new = name
            for pattern, replacement in compiled:
                new = pattern.sub(replacement, new)
            renamed[name] = new
        return renamed

    return rename


def translate(
    weights: Mapping[str, Tensor], own: Collection[str], namings: Iterable[Naming]
) -> tuple[dict[str, Tensor], list[str]]:
    """A file's weights under the names of the model, and whose names were translated.

    Args:
        weights: The file's entries.
        own: The names in the model's state dict.
        namings: Those that are known.

    Returns:
        The entries, those that are no weights left out; names that no naming knows stay. And the origins.
    """
    found = {name: value for name, value in weights.items() if name in own or not NO_WEIGHT.search(name)}
    own_inside = [name.removeprefix(BACKBONE) for name in own]
    origins = []
    for naming in namings:
        names = [name.removeprefix(BACKBONE) for name in found]
        if not (_any_like(naming.theirs, names) and _any_like(naming.ours, own_inside)):
            continue
        origins.append(naming.origin)
        renamed = naming.rename(names, own_inside)
        changed = {}
        for name, value in found.items():
            inside = name.removeprefix(BACKBONE)
            new = renamed.get(inside, inside)
            value = naming.change(new, value) if naming.change else value
            changed[(BACKBONE if name.startswith(BACKBONE) else "") + new] = value
        found = changed
    return found, origins


def _any_like(pattern: str, names: Iterable[str]) -> bool:
    return any(re.match(pattern, name) for name in names)


def natural(name: str) -> list[int | str]:
    """The order of names in which ``layers.10`` comes after ``layers.9``."""
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", name)]
