"""CAM, Grad-CAM and Grad-CAM++ against captum, the papers' formulas by autograd, and each other."""

from collections.abc import Callable

import pytest
import torch
import torchvision
from captum.attr import LayerAttribution, LayerGradCam
from torch import Tensor, nn

from course_lib import models
from course_lib.config.errors import ConfigError
from course_lib.interpret import METHODS, cam, default_layer, grad_cam, grad_cam_plus_plus


def pooled_network(seed: int = 0, relu_at_end: bool = True) -> nn.Sequential:
    """Ends in the mean of its maps and one linear layer, as CAM asks."""
    torch.manual_seed(seed)
    end = [nn.ReLU()] if relu_at_end else []
    return nn.Sequential(
        nn.Sequential(nn.Conv2d(3, 8, 3, stride=2), nn.BatchNorm2d(8), nn.ReLU(), nn.Conv2d(8, 6, 3), *end),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(6, 4),
    )


def pictures(count: int = 3, height: int = 20, width: int = 20) -> Tensor:
    return torch.randn(count, 3, height, width, generator=torch.Generator().manual_seed(1))


def of_captum(model: nn.Module, images: Tensor, target: Tensor, layer: nn.Module) -> Tensor:
    maps = LayerGradCam(model.eval(), layer).attribute(images, target, relu_attributions=True)
    maps = LayerAttribution.interpolate(maps, tuple(images.shape[2:]), interpolate_mode="bilinear")[:, 0]
    return (maps / maps.amax(dim=(1, 2), keepdim=True)).detach()


def test_grad_cam_is_captum_s_on_a_resnet() -> None:
    torch.manual_seed(0)
    model, images = torchvision.models.resnet18().eval(), pictures(2, 96, 64)
    target = model(images).argsort(dim=1, descending=True)[:, 1]  # the second likeliest of each
    for name in ("layer4", "layer2.1"):
        expected = of_captum(model, images, target, model.get_submodule(name))
        torch.testing.assert_close(grad_cam(model, images, target, name), expected, rtol=1e-4, atol=1e-4)


def test_grad_cam_is_captum_s_on_a_classifier_of_ours() -> None:
    torch.manual_seed(0)
    backbone = models.ResNet(18, base_channels=8, stem_channels=8)
    head = models.LinearClsHead(5, 64)
    model, images = models.ImageClassifier(backbone, models.GlobalAveragePooling(), head), pictures(2, 64, 64)
    said = model.eval()(images).argmax(dim=1)
    expected = of_captum(model, images, said, model.backbone.layer4[-1])
    assert default_layer(model, images) == "backbone"
    torch.testing.assert_close(grad_cam(model, images), expected, rtol=1e-4, atol=1e-4)


def test_cam_and_grad_cam_agree_where_both_can_be_had() -> None:
    """The gradient of a mean is the same everywhere, so Grad-CAM's weights are CAM's, divided by the places."""
    model, images = pooled_network(relu_at_end=False), pictures()
    for target in range(4):
        maps = cam(model, images, target)
        torch.testing.assert_close(maps, grad_cam(model, images, target))
        assert maps.shape == (3, 20, 20)


def test_cam_is_the_weighted_sum_of_the_paper() -> None:
    model, images = pooled_network(), pictures(1, 5, 5)  # the map is 1 row, 1 column: no interpolation to think of
    model[0] = nn.Sequential(*list(model[0])[:3])
    model[3] = nn.Linear(8, 4)
    with torch.no_grad():
        features = model.eval()[0](images)  # (1, 8, 2, 2)
        sums = (model[3].weight[2][:, None, None] * features[0]).sum(dim=0)
    found = cam(model, images, 2, "0")[0]
    corners = found[[0, 0, -1, -1], [0, -1, 0, -1]].view(2, 2)  # where interpolation leaves the values as they are
    torch.testing.assert_close(corners, sums.clamp(min=0) / sums.max().clamp(min=1e-9))


def test_grad_cam_plus_plus_is_the_formula_of_the_paper() -> None:
    """Second and third derivatives of Y = exp(logit) in each activation, taken one by one by autograd."""
    torch.manual_seed(0)
    first, second = nn.Sequential(nn.Conv2d(1, 3, 2), nn.ReLU()), nn.Sequential(nn.Flatten(), nn.Linear(27, 2))
    model, image = nn.Sequential(first, second).double(), torch.randn(1, 1, 4, 4, dtype=torch.float64)
    maps = first(image).detach().requires_grad_()  # (1, 3, 3, 3)
    score = second(maps)[0, 1].exp()
    (slope,) = torch.autograd.grad(score, maps, create_graph=True)
    weights = torch.zeros(3, dtype=torch.float64)
    for k, i, j in torch.cartesian_prod(*[torch.arange(3)] * 3).tolist():
        (bend,) = torch.autograd.grad(slope[0, k, i, j], maps, create_graph=True)
        (third,) = torch.autograd.grad(bend[0, k, i, j], maps, retain_graph=True)
        alpha = bend[0, k, i, j] / (2 * bend[0, k, i, j] + maps[0, k].sum() * third[0, k, i, j])
        weights[k] += (alpha * slope[0, k, i, j].clamp(min=0)).detach()
    sums = (weights[:, None, None] * maps[0].detach()).sum(dim=0).clamp(min=0)
    found = grad_cam_plus_plus(model, image, 1, "0")[0]  # (4, 4)
    expected = nn.functional.interpolate(sums[None, None], (4, 4), mode="bilinear", align_corners=False)[0, 0]
    torch.testing.assert_close(found.double(), expected / expected.max(), rtol=1e-5, atol=1e-6)


def test_the_map_is_where_the_evidence_is() -> None:
    """A network that counts red on the left: class 0 is said for it, and only there is anything hot."""
    model = nn.Sequential(nn.Conv2d(3, 2, 1, bias=False), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten())
    model.append(nn.Linear(2, 2, bias=False))
    model[0].weight.data = torch.tensor([[1.0, 0, 0], [0, 0, 1.0]])[:, :, None, None]
    model[4].weight.data = torch.eye(2)
    images = torch.zeros(1, 3, 8, 8)
    images[0, 0, 2:4, 1:3] = 2.0  # red
    images[0, 2, 6, 6] = 3.0  # a little blue
    for method in METHODS.values():
        red, blue = method(model, images)[0], method(model, images, 1)[0]
        assert red[2:4, 1:3].min() == 1 and red.sum() == 4
        assert blue[6, 6] == 1 and blue.sum() == 1


def vit_of_ours() -> nn.Module:
    arch = {"embed_dims": 24, "num_layers": 3, "num_heads": 2, "feedforward_channels": 48}
    head = models.VisionTransformerClsHead(5, 24, init_cfg=dict(type="Normal", layer="Linear", std=1.0))
    return models.ImageClassifier(models.VisionTransformer(arch, img_size=32, patch_size=8), None, head)


def test_tokens_of_a_vit_are_laid_out_on_their_grid() -> None:
    """As captum has it when tokens are channels last: the class token dropped, the mean gradient of each number."""
    torch.manual_seed(0)
    model, images = vit_of_ours().eval(), pictures(2, 32, 32)
    assert default_layer(model, images) == "backbone.blocks.2.norm1"
    kept: dict[str, Tensor] = {}
    layer = model.backbone.blocks[2].norm1
    hook = layer.register_forward_hook(lambda module, inputs, output: kept.update(tokens=output))
    logits = model(images)
    hook.remove()
    (gradient,) = torch.autograd.grad(logits[:, 3].sum(), kept["tokens"])
    sums = (kept["tokens"][:, 1:] * gradient[:, 1:].mean(dim=1, keepdim=True)).sum(dim=2).clamp(min=0)  # (2, 16)
    expected = nn.functional.interpolate(sums.view(2, 1, 4, 4), (32, 32), mode="bilinear")[:, 0]
    expected = expected / expected.amax(dim=(1, 2), keepdim=True)
    torch.testing.assert_close(grad_cam(model, images, 3), expected.detach(), rtol=1e-4, atol=1e-5)


SIZES = {"patch_size": [2, 2], "embed_dim": 8, "depths": [1, 1], "num_heads": [1, 2], "window_size": [2, 2]}


@pytest.mark.parametrize(
    ("make", "layer"),
    [
        (lambda: torchvision.models.densenet121(num_classes=4), "features"),
        (lambda: torchvision.models.mobilenet_v3_small(num_classes=4), "features"),
        (lambda: torchvision.models.squeezenet1_1(num_classes=4), "classifier.2"),  # its last maps are the classes'
        (lambda: torchvision.models.SwinTransformer(**SIZES, num_classes=4), "permute"),
        (
            lambda: torchvision.models.VisionTransformer(64, 16, 2, 2, 16, 32, num_classes=4),
            "encoder.layers.encoder_layer_1.ln_1",
        ),
    ],
)
def test_models_of_torchvision_have_a_layer_to_show(make: Callable[[], nn.Module], layer: str) -> None:
    torch.manual_seed(0)
    model, images = make(), pictures(2, 64, 64)
    if hasattr(model, "heads"):
        nn.init.normal_(model.heads.head.weight)  # a ViT begins with zeros, which nothing speaks for
    assert default_layer(model, images) == layer
    for method in (grad_cam, grad_cam_plus_plus):
        heat = method(model, images)
        assert heat.shape == (2, 64, 64) and heat.min() >= 0 and heat.amax(dim=(1, 2)).tolist() == [1, 1]


def small_swin() -> nn.Module:
    return models.SwinTransformer(dict(embed_dims=8, depths=(1, 1), num_heads=(1, 2)), window_size=2, out_indices=1)


@pytest.mark.parametrize(
    ("make", "width", "layer"),
    [
        (lambda: models.LeNet5(num_classes=10, in_channels=3), None, "backbone.features.5"),  # then it is one place
        (lambda: models.SmallCNN(widths=(4, 6)), 6, "backbone"),
        (small_swin, 16, "backbone"),
    ],
)
def test_backbones_of_ours_have_a_layer_to_show(make: Callable[[], nn.Module], width: int | None, layer: str) -> None:
    torch.manual_seed(0)
    backbone = make()
    pooled = (models.GlobalAveragePooling(), models.LinearClsHead(10, width)) if width else (None, models.ClsHead())
    model, images = models.ImageClassifier(backbone, *pooled), pictures(2, 32, 32)
    assert default_layer(model, images) == layer
    assert grad_cam(model, images).amax(dim=(1, 2)).tolist() == [1, 1]


def test_maps_with_channels_last_are_read_the_right_way() -> None:
    torch.manual_seed(0)
    model = models.ImageClassifier(small_swin(), models.GlobalAveragePooling(), models.LinearClsHead(3, 16))
    images = pictures(2, 32, 48)
    torch.testing.assert_close(grad_cam(model, images, 1, "backbone.norms.1"), grad_cam(model, images, 1, "backbone"))


def test_a_network_stays_as_it_was() -> None:
    model, images = pooled_network(), pictures()
    for parameter in model.parameters():
        parameter.requires_grad_(False)  # a frozen network has a gradient in its maps, too
    model.train()[0][1].eval()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    for method in METHODS.values():
        method(model, images)
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert model.training and not model[0][1].training
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in model.modules())


def test_an_activation_in_place_does_not_change_what_is_shown() -> None:
    model, images = pooled_network(), pictures()
    expected = grad_cam(model, images, 0, "0.3")
    model[0][4] = nn.ReLU(inplace=True)
    torch.testing.assert_close(grad_cam(model, images, 0, model[0][3]), expected)


def test_mistakes_are_named() -> None:
    model, images = pooled_network(), pictures()
    with pytest.raises(ConfigError, match=r"Sequential has no layer '0.33'. Did you mean '0.3'\?"):
        grad_cam(model, images, layer="0.33")
    with pytest.raises(ConfigError, match=r"there is no class 4: the model has 4, 0 … 3\."):
        grad_cam(model, images, 4)
    with pytest.raises(ConfigError, match=r"the layer gives \(3, 6\), which is no map of the picture\."):
        grad_cam(model, images, layer="2")
    with pytest.raises(ConfigError, match=r"no layer of Sequential gives a map of the picture\."):
        grad_cam(nn.Sequential(nn.Flatten(), nn.Linear(1200, 2)), images)
    flat = nn.Sequential(nn.Conv2d(3, 2, 1), nn.Flatten(), nn.Linear(800, 2))
    with pytest.raises(ConfigError, match=r"CAM needs a network that ends in the mean .* Sequential does not\. Take"):
        cam(flat, images)
    staged = models.ResNet(18, base_channels=8, stem_channels=8)
    model = models.ImageClassifier(staged, models.GlobalAveragePooling(), models.LinearClsHead(5, 64))
    with pytest.raises(ConfigError, match=r"'backbone.layer4' gives as a whole. Did you mean 'backbone.layer4.\d'\?"):
        grad_cam(model, pictures(1, 64, 64), layer="backbone.layer4")
