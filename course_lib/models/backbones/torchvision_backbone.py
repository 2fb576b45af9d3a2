"""Any classification model of torchvision as a backbone: its last layer, which names the class, is taken off."""

from torch import Tensor, nn

from course_lib.config.errors import ConfigError, Mistake, did_you_mean
from course_lib.config.registry import register

from ..weights import InitCfg, initialize
from .staged import set_in_channels


@register("backbone")
class TorchvisionBackbone(nn.Module):
    """torchvision's model up to the features that its last layer would see; they need no neck: write ``neck=None``.

    Args:
        model_name: A name of ``torchvision.models``: ``'resnet50'``, ``'maxvit_t'``, …
        in_channels: C of the pictures; any other than 3 gives a fresh first convolution.
        init_cfg: ``dict(type='Pretrained', checkpoint='torchvision://resnet50')``, or a file with torchvision's names;
            out of a classifier that was trained here, also ``prefix='backbone.torchvision_model'``.

    Raises:
        ConfigError: torchvision has no such classification model.
    """

    def __init__(self, model_name: str, in_channels: int = 3, init_cfg: InitCfg = None) -> None:
        from torchvision import models  # costs a second, which a config without it need not pay

        super().__init__()
        known = models.list_models(module=models)
        if model_name not in known:
            message = f"torchvision has no classification model {model_name!r}."
            raise ConfigError(Mistake("model.backbone.model_name", message, hint=did_you_mean(model_name, known)))
        # the second, early outputs of these two would make the output another type in training than in evaluation
        options = {"aux_logits": False, "init_weights": False} if model_name in ("googlenet", "inception_v3") else {}
        network = models.get_model(model_name, weights=None, **options)
        self.in_channels, self.out_channels = in_channels, remove_last_layer(network)
        set_in_channels(network, in_channels)
        self.torchvision_model = network
        initialize(network, init_cfg)

    def forward(self, images: Tensor) -> tuple[Tensor]:
        """(N, C, H, W) → ((N, D),)"""
        return (self.torchvision_model(images),)


def remove_last_layer(network: nn.Module) -> int:
    """Let the last layer with weights pass its input on; give the number of features that it saw."""
    parent, attribute, last = last_layer(network)
    setattr(parent, attribute, nn.Identity())
    return last.in_features if isinstance(last, nn.Linear) else last.in_channels


def renew_last_layer(network: nn.Module, num_classes: int) -> None:
    """Put a fresh layer for another number of classes in the place of the last one with weights."""
    parent, attribute, last = last_layer(network)
    fresh = (
        nn.Linear(last.in_features, num_classes)
        if isinstance(last, nn.Linear)
        else nn.Conv2d(last.in_channels, num_classes, 1)
    )
    setattr(parent, attribute, fresh)


def last_layer(network: nn.Module) -> tuple[nn.Module, str, nn.Linear | nn.Conv2d]:
    """The last layer with weights, the module that holds it, and its name there.

    It is linear, but for SqueezeNet's, a 1×1 convolution before the pooling.
    """
    name, last = [pair for pair in network.named_modules() if isinstance(pair[1], (nn.Linear, nn.Conv2d))][-1]
    parent, _, attribute = name.rpartition(".")
    return network.get_submodule(parent), attribute, last
