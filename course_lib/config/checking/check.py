"""``check``: every mistake of a config, told once and in the order of the file."""

from collections.abc import Callable, Iterator

from ..dialects import is_old, upgrade
from ..dialects.old_names import OLD_KEYS
from ..errors import ConfigError, Mistake, did_you_mean, nearest
from ..nodes import ConfigDict
from ..schema import LEFT_OVER, REQUIRED_FOR_TRAINING, TOP_LEVEL
from .agreement import disagreements
from .not_held import not_held
from .place import Place
from .walking import mistakes_of
from .weight_names import weights_mistakes

Probe = Callable[[ConfigDict], list[Mistake]]
PICTURES = {f"{name}{end}" for name in ("train_dataloader", "val_dataloader") for end in ("", ".dataset")}


def check(cfg: ConfigDict, *, probe: Probe | None = None, for_training: bool | None = None) -> list[Mistake]:
    """Every mistake of a config; an empty list if there is none. A config of the 0.x dialect is upgraded first.

    Of one for what the kit does not have only that is told (``not_held``).

    Args:
        cfg: A whole config.
        probe: Compares what no signature tells (the channels between a model's parts); called with the config only
            where the model has no other mistake.
        for_training: Whether the parts that a training needs must be there; by default if one of them is.
    """
    if known := not_held(cfg):
        return known
    if is_old(cfg):
        try:
            cfg = upgrade(cfg)
        except ConfigError as error:
            return error.mistakes
    found = list(_top_level_mistakes(cfg, for_training))
    wrong = {mistake.path for mistake in found}
    can_be_built = "model" in cfg and not any(path.split(".")[0] == "model" for path in wrong)
    # a model is tried on a picture of the size that comes to it
    can_be_built &= not any(path in PICTURES or "pipeline" in path for path in wrong)
    found += disagreements(cfg)
    found += weights_mistakes(cfg)
    if probe is not None and can_be_built:
        found += probe(cfg)
    # A value that several parts share (`test_dataloader = val_dataloader`) is one mistake, told once.
    told = {(m.origin or m.path, m.path.rpartition(".")[2], m.message): m for m in reversed(found)}
    return list(told.values())[::-1]


def _top_level_mistakes(cfg: ConfigDict, for_training: bool | None) -> Iterator[Mistake]:
    variables: set[str] = getattr(cfg, "used", set())
    near = set()
    for key, value in cfg.items():
        place = Place().inside(cfg, key)
        if key in TOP_LEVEL:
            yield from mistakes_of(value, TOP_LEVEL[key], place)
        elif key in variables or key in LEFT_OVER or (key in OLD_KEYS and value is None):
            continue
        elif key in OLD_KEYS:
            yield place.mistake("this key of the 0.x dialect stands inside a 1.x config.", f"Write {OLD_KEYS[key]}.")
        else:
            near.add(nearest(key, TOP_LEVEL))
            known = [*TOP_LEVEL, *OLD_KEYS]
            hint = did_you_mean(key, known) if nearest(key, known) else "Use it or remove it."
            yield place.mistake("this is no part of a config, and nothing uses it as a variable.", hint)
    absent = [key for key in REQUIRED_FOR_TRAINING if cfg.get(key) is None and key not in near]
    if for_training is None:
        for_training = any(cfg.get(key) is not None for key in REQUIRED_FOR_TRAINING if key != "model")
    if for_training:
        yield from (Mistake(key, f"a training needs {key!r}, and it is missing.") for key in absent)
