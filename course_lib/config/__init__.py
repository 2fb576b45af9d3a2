"""Config files as data: read, inherit, override, check, upgrade, explain, write; no torch is needed for any of it."""

from .checking import check, not_held
from .config import Config
from .dialects import is_old, upgrade
from .errors import CheckpointError, ConfigError, CourseError, DataError, DivergenceError, Mistake, Origin
from .explain import explain
from .nodes import ConfigDict, ConfigList, to_plain
from .options import parse_options
from .ready_made import CONFIGS, find_config, load_config, ready_made

__all__ = [
    "CONFIGS",
    "CheckpointError",
    "Config",
    "ConfigDict",
    "ConfigError",
    "ConfigList",
    "CourseError",
    "DataError",
    "DivergenceError",
    "Mistake",
    "Origin",
    "check",
    "explain",
    "find_config",
    "is_old",
    "load_config",
    "not_held",
    "parse_options",
    "ready_made",
    "to_plain",
    "upgrade",
]
