"""The 0.x dialect (MMClassification) said in the 1.x one (MMPretrain), which is the kit's own.

``upgrade`` cuts the work by concern, one module each. Every value keeps the line it was written in. What is not known
is carried over as it is, so that ``check`` can point at it; only what has no meaning today (``workflow``) is dropped.
"""

import copy
from typing import TypeVar

from ..nodes import ConfigDict, origin_of
from ..schema import TOP_LEVEL
from .evaluation import upgrade_evaluation
from .loading import upgrade_data
from .model import upgrade_model
from .old_names import OLD_KEYS, SHARED_KEYS
from .optimizing import upgrade_optimizer, upgrade_runner
from .policies import upgrade_policies
from .runtime import upgrade_runtime

C = TypeVar("C", bound=ConfigDict)


def is_old(cfg: ConfigDict) -> bool:
    """Whether a config is of the 0.x dialect: it has keys of that one, and none that only the 1.x dialect has."""
    if any(key in TOP_LEVEL and key not in SHARED_KEYS for key in cfg):
        return False
    model = cfg.get("model")
    return any(key in OLD_KEYS for key in cfg) or (isinstance(model, dict) and "pretrained" in model)


def upgrade(cfg: C) -> C:
    """A config of the 0.x dialect in the 1.x one, as a new object; a copy if it is of the 1.x one already.

    Raises:
        ConfigError: the config names a policy, a runner or a metric that the 0.x dialect does not have.
    """
    result = copy.deepcopy(cfg)
    if not is_old(cfg):
        return result
    old, new = result.copy(), ConfigDict()
    upgrade_model(old, new)
    upgrade_data(old, new)
    upgrade_optimizer(old, new)
    upgrade_runner(old, new)
    upgrade_policies(old, new)
    upgrade_evaluation(old, new)
    upgrade_runtime(old, new)
    variables: set[str] = getattr(cfg, "used", set())
    for key, value in old.items():
        if key in TOP_LEVEL or (key not in OLD_KEYS and key not in variables):
            new.set(key, value, origin_of(old, key))

    result.clear()
    result.origins.clear()
    order = {key: place for place, key in enumerate(TOP_LEVEL)}
    for key in sorted(new, key=lambda key: order.get(key, len(order))):
        result.set(key, new[key], origin_of(new, key))
    return result
