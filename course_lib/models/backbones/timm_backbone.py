"""Any model of timm (about a thousand) as a backbone; timm is an extra that need not be installed."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any

from torch import Tensor, nn

from course_lib.config.errors import CheckpointError, ConfigError, Mistake, did_you_mean
from course_lib.config.registry import register

from ..weights import InitCfg, initialize


@register("backbone")
class TIMMBackbone(nn.Module):
    """timm's model without its classifier.

    Args:
        model_name: A name of ``timm.list_models()``: ``'resnet18'``, ``'vit_tiny_patch16_224'``, …
        features_only: Give the map of each stage in place of the last; not every model of timm can.
        pretrained: Start from timm's weights, which timm fetches from the network, checks and keeps.
        checkpoint_path: A file with timm's names to start from.
        in_channels: C of the pictures.
        out_indices: With ``features_only``: which stages' maps to give, counted from 0.
        global_pool: ``''``: maps, which a neck pools (as in MMPretrain); ``None``: the model's own pooling, for models
            that have tokens in place of maps (ViT, Mixer): write ``neck=None`` then.
        drop_rate, drop_path_rate: Dropout before the classifier, and stochastic depth; None: the model's own.
        init_cfg: ``dict(type='Pretrained', checkpoint=…, prefix='backbone')`` for weights saved here or by MMPretrain.

    Raises:
        ConfigError: timm is not installed, or has no such model.
        CheckpointError: timm's weights cannot be had.
    """

    def __init__(
        self,
        model_name: str,
        features_only: bool = False,
        pretrained: bool = False,
        checkpoint_path: str = "",
        in_channels: int = 3,
        out_indices: Sequence[int] | None = None,
        global_pool: str | None = "",
        drop_rate: float | None = None,
        drop_path_rate: float | None = None,
        init_cfg: InitCfg = None,
    ) -> None:
        super().__init__()
        timm = import_timm()
        check_timm_name(model_name)
        if out_indices is not None and not features_only:
            hint = "Add features_only=True, or leave out_indices out."
            raise ConfigError(Mistake("model.backbone.out_indices", "it belongs to features_only=True.", hint=hint))
        chosen: dict[str, Any] = {"drop_rate": drop_rate, "drop_path_rate": drop_path_rate, "out_indices": out_indices}
        options = {key: value for key, value in chosen.items() if value is not None}
        with timm_weights(model_name) if pretrained else nullcontext():
            network = timm.create_model(
                model_name,
                pretrained=pretrained,
                checkpoint_path=checkpoint_path,
                in_chans=in_channels,
                features_only=features_only,
                **options,
            )
        self.model_name, self.in_channels = model_name, in_channels
        if features_only:
            self.out_channels: int = network.feature_info.channels()[-1]
        else:
            network.reset_classifier(0, global_pool)
            # what the classifier saw; some models widen their map once more before it
            self.out_channels = getattr(network, "head_hidden_size", None) or network.num_features
        # timm's Swin and its like keep the channels last
        self.channels_last = str(getattr(network, "output_fmt", "NCHW")).endswith("NHWC") and global_pool == ""
        self.timm_model = network  # the name that MMPretrain's files of weights have
        initialize(self, init_cfg)

    def forward(self, images: Tensor) -> tuple[Tensor, ...]:
        """(N, C, H, W) → a map (N, C_i, H_i, W_i) for each stage that is given, or ((N, D),) with timm's pooling.

        Raises:
            ConfigError: the model gives tokens, which no neck of ours pools.
        """
        out = self.timm_model(images)
        maps = tuple(out) if isinstance(out, (list, tuple)) else (out,)
        if maps[-1].ndim == 3:
            message = f"{self.model_name} gives tokens {tuple(maps[-1].shape)}, not a map (N, C, H, W)."
            hint = "Write global_pool=None, for the model's own pooling, and neck=None."
            raise ConfigError(Mistake("model.backbone.global_pool", message, hint=hint))
        return tuple(m.permute(0, 3, 1, 2) for m in maps) if self.channels_last else maps  # (N, H, W, C) → (N, C, H, W)


def import_timm() -> Any:
    """timm, or what to do where it is not installed (ConfigError)."""
    try:
        import timm
    except ImportError as error:
        message = "TIMMBackbone needs the package timm, which is not installed."
        raise ConfigError(Mistake("model.backbone", message, hint="Run: pip install 'course-lib[timm]'")) from error
    return timm


def check_timm_name(model_name: str) -> None:
    """Raise a ConfigError for a model that timm does not have; ``'resnet50.a1_in1k'`` also names the weights."""
    timm = import_timm()
    name = model_name.partition(".")[0]
    if not timm.is_model(name) and ":" not in name:
        hint = did_you_mean(name, timm.list_models())
        raise ConfigError(Mistake("model.backbone.model_name", f"timm has no model {model_name!r}.", hint=hint))


@contextmanager
def timm_weights(model_name: str) -> Iterator[None]:
    """While timm fetches its weights: what goes wrong becomes a CheckpointError in one line."""
    try:
        yield
    except OSError as error:  # also the network's, as urllib and huggingface_hub report it
        raise CheckpointError(
            f"timm's weights of {model_name} cannot be fetched: {_line(error)} They come from huggingface.co. Without "
            "a network, bring huggingface_hub's folder (HF_HOME, or ~/.cache/huggingface) from where this ran before."
        ) from error
    except RuntimeError as error:
        raise CheckpointError(f"timm's weights of {model_name} cannot be loaded: {_line(error)}") from error


def _line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0].rstrip(".") + "."
