"""Config files as data: read, inherit, override, check, upgrade, explain, write; no torch is needed for any of it."""

from .check import check
from .config import Config
from .dialects import is_old, upgrade
from .errors import CheckpointError, ConfigError, CourseError, DataError, DivergenceError, Mistake, Origin
from .explain import explain
from .nodes import ConfigDict, ConfigList, to_plain
from .options import parse_options

__all__ = [
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
    "is_old",
    "parse_options",
    "to_plain",
    "upgrade",
]
