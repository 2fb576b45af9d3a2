"""Every ready-made config can be trained: no mistake in it, all its parts build, its model learns a batch by heart.

No data is needed: the batch is four random pictures, of 32×32 pixels (AlexNet: 64×64) so that the whole takes about a
minute. All models are the configs' own, at full width and depth; dropout and stochastic depth are off, pretrained
weights are left out. The optimizer is a plain one, since the recipes' warm-up is longer than this test.
"""

from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course_lib.builders import build_model, build_optimizer, build_schedules, check_config, without_weights
from course_lib.config import CONFIGS, Config, load_config, ready_made
from course_lib.config.naming_check import check_name
from course_lib.models import ImageClassifier
from course_lib.models.layers import DropPath

NAMES = [str(path.relative_to(CONFIGS).with_suffix("")) for path in ready_made()]
FAMILIES = [
    "alexnet",
    "convnext",
    "deit",
    "densenet",
    "efficientnet",
    "mlp_mixer",
    "mobilenet_v2",
    "mobilenet_v3",
    "regnet",
    "repvgg",
    "resnet",
    "resnext",
    "seresnet",
    "shufflenet_v1",
    "shufflenet_v2",
    "swin_transformer",
    "vgg",
    "vision_transformer",
    "wrn",
]
SGD_RATES = {
    "AirbenchNet": 0.3,
    "ConvNeXt": 0.1,
    "MlpMixer": 0.1,
    "SwinTransformer": 0.1,
    "VGG": 0.05,
    "VisionTransformer": 0.05,
}
WITHOUT_NORMS = ("alexnet/alexnet_1xb128_in1k", "vgg/vgg11_8xb32_in1k")


@pytest.mark.parametrize("family", FAMILIES)
def test_each_family_has_a_recipe_for_imagenet(family: str) -> None:
    configs = [load_config(name) for name in NAMES if name.startswith(f"{family}/")]
    assert any(cfg.train_dataloader.dataset.type == "ImageNet" for cfg in configs)


@pytest.mark.parametrize("name", NAMES)
def test_its_name_says_what_it_is(name: str) -> None:
    cfg = load_config(name)
    assert check_name(cfg, cfg.file) == []


@pytest.mark.parametrize("name", NAMES)
def test_it_can_be_trained(name: str) -> None:
    cfg = load_config(name)
    assert check_config(cfg, for_training=True) == []
    side = 64 if cfg.model.backbone.type == "AlexNet" else 32
    model = plain_model(cfg, side)
    assert build_optimizer(cfg, model).param_groups
    build_schedules(cfg, epoch_len=1000)

    pictures = torch.randn(4, model.backbone.in_channels, 4, 4)  # sixteen coloured squares each
    batch = {"images": F.interpolate(pictures, size=side)}
    batch["labels"] = torch.arange(4) % model.predict(batch).shape[1]  # some have three classes only
    optimizer = plain_optimizer(name, cfg, model)
    begin = error(model, batch)
    for step in range(1, 33):
        optimizer.zero_grad()
        model.loss(batch)["loss"].backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        # guessing among the four would still leave 0.2 of it (of 1,000 classes) or more
        if step % 4 == 0 and error(model, batch) < 0.1 * begin:
            return
    pytest.fail(f"the loss fell from {begin:.2f} to {error(model, batch):.2f} only")


def plain_model(cfg: Config, side: int) -> ImageClassifier:
    """A config's model for pictures of ``side`` pixels, without the chance in its training."""
    if "img_size" in cfg.model.backbone:
        cfg.model.backbone.img_size = side
    torch.manual_seed(0)
    model = build_model(without_weights(cfg.model))
    for module in model.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.0
        elif isinstance(module, DropPath):
            module.rate = 0.0
    assert isinstance(model, ImageClassifier)
    return model


def plain_optimizer(name: str, cfg: Config, model: nn.Module) -> torch.optim.Optimizer:
    if name in WITHOUT_NORMS:  # their own beginning lets the signal fade, which takes hundreds of steps to mend
        keep_the_signal(model)
        return torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    if (lr := SGD_RATES.get(cfg.model.backbone.type)) is not None:
        return torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    return torch.optim.Adam(model.parameters(), lr=0.01 if cfg.model.backbone.type == "ResNet_CIFAR" else 0.003)


@torch.no_grad()
def keep_the_signal(model: nn.Module) -> None:
    """Scale each layer to the spread of Kaiming's beginning (arXiv 1502.01852)."""
    for module in model.modules():
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            fan_in = module.weight[0].numel()
            module.weight.mul_((2 / fan_in) ** 0.5 / module.weight[:64].std())
            if module.bias is not None:
                module.bias.zero_()


@torch.no_grad()
def error(model: ImageClassifier, batch: dict[str, Tensor]) -> float:
    """−log p of the right classes, whatever loss the config trains with."""
    return F.nll_loss(model.predict(batch).clamp_min(1e-30).log(), batch["labels"]).item()


@pytest.mark.parametrize("kind", ["datasets", "schedules"])
def test_the_parts_have_no_mistake_by_themselves(kind: str) -> None:
    for path in Path(CONFIGS, "_base_", kind).glob("*.py"):
        assert check_config(load_config(path), for_training=False) == []
