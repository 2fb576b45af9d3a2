"""A whole image-classification framework, small enough to be read as part of a course.

The public names are imported at their first use, so that ``import course_lib`` and the command line start without
torch.
"""

import importlib
from typing import Any

__version__ = "0.1.0"

_HOMES = {
    "Config": "config",
    "build_dataset": "builders",
    "build_model": "builders",
    "build_trainer": "builders",
    "Inferencer": "inference",
    "get_model": "zoo",
    "list_models": "zoo",
    "Trainer": "engine",
}

__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'course_lib' has no attribute {name!r}; it offers {', '.join(__all__)}")
    return getattr(importlib.import_module(f"course_lib.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return [*globals(), *__all__]
