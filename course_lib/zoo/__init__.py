"""Names → models: the kit's own configs and weights, and those of torchvision and timm, by one call."""

from .by_name import get_model, list_models
from .publishing import publish, recipe, save_weights

__all__ = ["get_model", "list_models", "publish", "recipe", "save_weights"]
