"""``Config``: what a config file says, with everything it inherits, and where each value was written.

The rules of ``_base_`` are MMEngine's: a dict is merged into the dict of the base, key by key; everything else
replaces; ``_delete_=True`` makes a dict replace, too; two bases may not set a key to different values. One rule is
added, because every learner expects it: where a file says ``pipeline=train_pipeline`` or ``num_classes=num_classes``,
an override of that top-level name (in an inheriting file or on the command line) reaches that place. And a base that
does not lie where its path says is looked for among the kit's own configs.
"""

import copy
import hashlib
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from .dialects import is_old, upgrade
from .dumping import dumped
from .errors import ConfigError, Mistake, Origin, did_you_mean, nearest
from .merging import follow, inherit, nodes_below, put
from .nodes import ConfigDict, ConfigList, origin_of, replace_identical, to_nodes, to_plain
from .syntax import MAX_VALUES, count_values, read
from .writing import assignment

CONFIGS = Path(__file__).parents[1] / "configs"  # those that come with the kit


class Config(ConfigDict):
    """The top level of a config; ``cfg.model.backbone.depth`` reads a value, ``origins`` says where it was written.

    Attributes:
        file: The path of the file that was read.
        used: The top-level names that an expression of the files uses (``train_pipeline``).
    """

    file: str
    used: set[str]

    def __init__(self, values: Mapping[str, Any] | None = None, file: str = "<dict>", used: Iterable[str] = ()) -> None:
        super().__init__()
        object.__setattr__(self, "file", file)
        object.__setattr__(self, "used", set(used))
        for key, value in (values or {}).items():
            self.set(key, value, origin_of(values, key))

    @classmethod
    def fromfile(cls, path: str | Path) -> "Config":
        """Read a config file and the files it inherits from; nothing in them is run.

        Raises:
            ConfigError: a file is missing, inherits from itself, is not Python, or says something that is no data.
        """
        return _from_text(_text_of(Path(path), None), str(path), ())

    @classmethod
    def fromstring(cls, text: str, file: str = "<string>") -> "Config":
        """Read the text of a config; ``file`` is its name in messages, and the place that ``_base_`` starts from."""
        return _from_text(text, file, ())

    @classmethod
    def load(
        cls, path: str | Path, overrides: Mapping[str, Any] | None = None, origin: Origin | None = None
    ) -> "Config":
        """Read a config, upgrade it if it is in the 0.x dialect, and set the overrides.

        Args:
            path: A config file.
            overrides: Values by dotted path, as ``parse_options`` gives them. Paths that only the 0.x file knows
                (``data.samples_per_gpu``) are set before it is upgraded.
            origin: Where the overrides come from, for messages; without it, the command line's ``--cfg-options``.

        Raises:
            ConfigError: the file or an override is wrong.
        """
        cfg = cls.fromfile(path)
        rest = dict(overrides or {})
        origin = origin or Origin("--cfg-options")
        if is_old(cfg):
            # the model too: what the upgrade derives from it (the preprocessor's num_classes) should follow
            before = {"model", *cfg} - (set(upgrade(cfg)) - {"model"})
            cfg.merge_from_dict({key: rest.pop(key) for key in list(rest) if key.partition(".")[0] in before}, origin)
            cfg = upgrade(cfg)
        cfg.merge_from_dict(rest, origin)
        return cfg

    @classmethod
    def fromdict(cls, values: Mapping[str, Any], file: str = "<dict>", used: Iterable[str] = ()) -> "Config":
        """A config with a copy of these values (origins are kept where they have any)."""
        return cls(copy.deepcopy(values), file, used)

    def merge_from_dict(self, options: Mapping[str, Any], origin: Origin | None = None) -> None:
        """Set values by their dotted paths: ``{'model.backbone.depth': 50, 'train_pipeline.0.scale': 128}``.

        A dict is merged, everything else replaces. What does not exist is made, but no list grows. Either all options
        are set or, if one is wrong, none.

        Args:
            options: New values by path; a number in a path is the index in a list, -1 the last.
            origin: Where the options come from, for messages: ``Origin('--cfg-options')``.

        Raises:
            ConfigError: an index is out of range, or a path leads through a number or a string.
        """
        origin = origin or Origin("merge_from_dict")
        trial = copy.deepcopy(self)
        mistakes: list[Mistake] = []
        for path, value in options.items():
            try:
                _override(trial, path.split("."), _stamped(value, origin), origin)
            except ConfigError as error:
                mistakes += error.mistakes
        if mistakes:
            raise ConfigError(mistakes)
        _finished(trial)
        self.clear()
        for key, value in trial.items():
            self.set(key, value, trial.origins.get(key))

    def dump(self, path: str | Path | None = None) -> str:
        """The config as Python text that loads to an equal config; written to ``path``, too, if there is one.

        A top-level dict or list that others hold (``train_pipeline``) is written once, before them, and named there.

        Raises:
            ConfigError: the config holds something that is no data, or a top-level key that is no Python name.
        """
        text = dumped(self)
        if path is not None:
            Path(path).write_text(text, encoding="utf-8")
        return text

    def digest(self) -> str:
        """Twelve letters that differ between configs with different values, for the names of results."""
        lines = sorted(assignment(key, to_plain(value)) for key, value in self.items())
        return hashlib.sha256("".join(lines).encode("utf-8", "backslashreplace")).hexdigest()[:12]

    def __deepcopy__(self, memo: dict[int, Any]) -> "Config":
        return Config(copy.deepcopy(self.copy(), memo), self.file, self.used)

    def __repr__(self) -> str:
        return f"Config({self.file}: {', '.join(self)})"


def _from_text(text: str, file: str, chain: tuple[str, ...]) -> Config:
    """``chain`` holds the files that inherit from this one, the outermost first."""
    chain = (*chain, file)
    inherited: set[str] = set()

    def load_bases(paths: list[str], origin: Origin) -> ConfigDict:
        merged = ConfigDict()
        for path in paths:
            base = _load_base(_base_file(path, file), origin, chain)
            _add_base(merged, base, origin)
            inherited.update(base.used)
        return merged

    source = read(text, file, load_bases)
    return _finished(Config(inherit(source.base, source.values, file), file, source.used | inherited))


def _base_file(path: str, file: str) -> Path:
    """The file of a base: beside the one that inherits, or else one of the kit's (``'_base_/models/resnet18.py'``)."""
    beside = Path(os.path.normpath(Path(file).parent / Path(path).expanduser()))
    return CONFIGS / path if not beside.exists() and (CONFIGS / path).is_file() else beside


def _load_base(path: Path, origin: Origin, chain: tuple[str, ...]) -> Config:
    same = [file for file in chain if Path(file).resolve() == path.resolve()]
    if same:
        links = " → ".join([*chain[chain.index(same[0]) :], str(path)])
        raise ConfigError(Mistake("", f"_base_ goes in a circle: {links}.", origin))
    if len(chain) > 20:
        raise ConfigError(Mistake("", "more than 20 files inherit one from the other.", origin))
    return _from_text(_text_of(path, origin), str(path), chain)


def _text_of(path: Path, origin: Origin | None) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise ConfigError(Mistake("", f"there is no config file {path}.", origin, _nearest_file(path))) from None
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text in UTF-8"
        raise ConfigError(Mistake("", f"{path} cannot be read: {reason}.", origin)) from None


def _nearest_file(path: Path) -> str:
    """A hint for the first part of a path that does not exist."""
    missing = path
    while not missing.parent.exists():
        missing = missing.parent
    if not missing.parent.is_dir():
        return f"{missing.parent} is no folder."
    entries = missing.parent.glob("*.py" if missing.suffix == ".py" else "[!.]*/")
    inside = [entry.name for entry in entries if entry.is_file() == (missing.suffix == ".py")]
    best = nearest(missing.name, inside)
    return f"Did you mean {missing.parent / best}?" if best else did_you_mean(missing.name, inside)


def _add_base(merged: ConfigDict, base: Config, origin: Origin) -> None:
    """Add one of several bases; a key that another base has set as well must have the same value."""
    for key, value in base.items():
        if key not in merged:
            merged.set(key, value, base.origins.get(key))
        elif merged[key] == value:
            replace_identical(base, value, merged[key])
        else:
            places = f"{merged.origins.get(key)} and {base.origins.get(key)}"
            message = f"two files of _base_ set {key!r} to different values: {places}."
            raise ConfigError(Mistake(key, message, origin, "Inherit from one of them, or rename one."))


def _finished(cfg: Config) -> Config:
    """Remove ``_delete_``, which has done its work; refuse what aliases have made too large to walk through."""
    if count_values(cfg) > MAX_VALUES:
        raise ConfigError(Mistake("", f"the config is too large: it holds more than {MAX_VALUES:,} values."))
    for node in nodes_below(cfg):
        if isinstance(node, dict):
            node.pop("_delete_", None)
    return cfg


def _override(cfg: Config, path: list[str], value: Any, origin: Origin) -> None:
    if "" in path:
        raise ConfigError(Mistake(".".join(path), "a name in the path is empty.", origin))
    name, known = path[0], path[0] in cfg
    old = cfg.get(name)
    changed = put(cfg, path, value, origin)
    cfg.set(name, changed[name], changed.origins.get(name))
    if known:
        follow(cfg, name, old)


def _stamped(value: Any, origin: Origin) -> Any:
    """A copy of a value as nodes that all come from ``origin``."""
    if isinstance(value, Mapping):
        node = ConfigDict()
        for key, item in value.items():
            node.set(key, _stamped(item, origin), origin)
        return node
    if isinstance(value, list):
        return ConfigList([_stamped(item, origin) for item in value], [origin] * len(value))
    if isinstance(value, tuple):
        return tuple(_stamped(item, origin) for item in value)
    return to_nodes(value)
