"""The image classifier: a backbone finds features, a neck gathers them into one vector, a head names the class."""

from collections.abc import Mapping
from typing import Any

from torch import Tensor, nn

from course_lib.config.errors import ConfigError, Mistake
from course_lib.config.registry import register

from .weights import InitCfg, initialize


@register("classifier")
class ImageClassifier(nn.Module):
    """Backbone → neck → head.

    Args:
        backbone: Images (N, C, H, W) → a tuple of feature maps, or of features (N, D); the last is used. A plain module
            that gives one tensor (torchvision, timm) will do.
        neck: The last feature map → (N, D); without one, it is flattened.
        head: Features (N, D) → logits (N, K), and the loss; without one, the classifier only gives features.
        train_cfg: MMPretrain's place for Mixup and the like. They belong to the preprocessor, to which ``builders``
            hands them; the model itself makes no use of it.
        init_cfg: How all weights begin, or a file for them; after what the parts did themselves.
    """

    def __init__(
        self,
        backbone: nn.Module,
        neck: nn.Module | None = None,
        head: nn.Module | None = None,
        train_cfg: Mapping[str, Any] | None = None,
        init_cfg: InitCfg = None,
    ) -> None:
        super().__init__()
        self.backbone = backbone
        self.neck = nn.Flatten() if neck is None else neck
        self.head = head
        initialize(self, init_cfg)

    def features(self, images: Tensor) -> Tensor:
        """Images, float (N, C, H, W) → features (N, D).

        Raises:
            ConfigError: the backbone was built for another number of channels.
        """
        expected = getattr(self.backbone, "in_channels", images.shape[1])
        if images.shape[1] != expected:
            message = f"the pictures have {images.shape[1]} channels, but the backbone was built for {expected}."
            hint = f"Write in_channels={images.shape[1]} in the backbone, or change the pictures in the pipeline."
            raise ConfigError(Mistake("model.backbone.in_channels", message, hint=hint))
        maps = self.backbone(images)
        return self.neck(maps[-1] if isinstance(maps, (tuple, list)) else maps)

    def forward(self, images: Tensor) -> Tensor:
        """Images, float (N, C, H, W) → logits (N, K)."""
        return self._head()(self.features(images))

    def loss(self, batch: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """``images`` (N, C, H, W) and ``labels`` (N,) or (N, K) → ``{'loss': scalar, …}``."""
        return self._head().loss(self.features(batch["images"]), batch["labels"])

    def predict(self, batch: Mapping[str, Tensor]) -> Tensor:
        """``images`` (N, C, H, W) → probabilities (N, K), float32."""
        return self._head().predict(self.features(batch["images"]))

    def _head(self) -> Any:
        if self.head is None:
            hint = "Add head=dict(type='LinearClsHead', num_classes=…, in_channels=…), or call features(images)."
            raise ConfigError(Mistake("model.head", "this classifier has no head, so it has no classes.", hint=hint))
        return self.head
