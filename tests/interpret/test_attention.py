"""Attention weights against what the layers themselves make of them; rollout against a case worked out by hand."""

import math

import pytest
import timm
import torch
import torchvision
from torch import Tensor, nn

from course_lib import models
from course_lib.config.errors import ConfigError
from course_lib.interpret import attention_layers, attention_maps, attention_rollout, rollout

ARCH = {"embed_dims": 24, "num_layers": 3, "num_heads": 2, "feedforward_channels": 48}


def ours() -> nn.Module:
    return models.ImageClassifier(models.VisionTransformer(ARCH, img_size=32, patch_size=8), None, models.ClsHead())


def of_torchvision() -> nn.Module:
    return torchvision.models.VisionTransformer(32, 8, 3, 2, 24, 48, num_classes=4)


def of_timm() -> nn.Module:
    return timm.models.VisionTransformer(32, 8, embed_dim=24, depth=3, num_heads=2, num_classes=4, qk_norm=True)


def pictures(count: int = 2) -> Tensor:
    return torch.randn(count, 3, 32, 32, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("make", [ours, of_torchvision, of_timm])
def test_each_row_sums_to_one_and_the_model_goes_on_as_before(make) -> None:
    torch.manual_seed(0)
    model = make()
    model.train()
    before = model.eval()(pictures())
    model.train()
    found = attention_maps(model, pictures())
    assert list(found) == list(attention_layers(model)) and len(found) == 3
    for weights in found.values():
        assert weights.shape == (2, 2, 17, 17)
        torch.testing.assert_close(weights.sum(dim=3), torch.ones(2, 2, 17))
    assert model.training and torch.equal(model.eval()(pictures()), before)
    assert not any(module._forward_pre_hooks for module in model.modules())


@pytest.mark.parametrize("make", [ours, of_timm])
def test_the_weights_give_what_the_layer_gives(make) -> None:
    """Weights · v, through the last linear layer, is the layer's own output."""
    torch.manual_seed(0)
    model = make().eval()
    layer = list(attention_layers(model).values())[-1]
    seen: dict[str, Tensor] = {}
    hook = layer.register_forward_hook(lambda module, inputs, output: seen.update(x=inputs[0], out=output))
    weights = list(attention_maps(model, pictures()).values())[-1]
    hook.remove()
    values = layer.qkv(seen["x"])[..., 48:].unflatten(2, (2, 12)).transpose(1, 2)  # (N, heads, L, D/heads)
    out = layer.proj((weights @ values).transpose(1, 2).flatten(2))
    torch.testing.assert_close(out, seen["out"], rtol=1e-4, atol=1e-5)


def test_torch_s_own_layer_says_the_same() -> None:
    torch.manual_seed(0)
    model = of_torchvision().eval()
    (name, layer), *_ = attention_layers(model).items()
    seen: list[Tensor] = []
    hook = layer.register_forward_pre_hook(lambda module, inputs: seen.append(inputs[0]))
    found = attention_maps(model, pictures())[name]
    hook.remove()
    _, expected = layer(seen[0], seen[0], seen[0], need_weights=True, average_attn_weights=False)
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-6)


def test_rollout_by_hand() -> None:
    """Two tokens, one head. First all look at token 1, then all at token 0."""
    first, second = torch.tensor([[0.0, 1.0], [0.0, 1.0]]), torch.tensor([[1.0, 0.0], [1.0, 0.0]])
    one = rollout([first[None, None]])[0]
    assert one.tolist() == [[0.5, 0.5], [0.0, 1.0]]
    both = rollout([first[None, None], second[None, None]])[0]
    assert both.tolist() == [[0.5, 0.5], [0.25, 0.75]]  # ((1, 0), (½, ½)) · ((½, ½), (0, 1))


def test_rollout_averages_heads_and_keeps_rows_that_sum_to_one() -> None:
    weights = torch.rand(4, 2, 3, 9, 9, generator=torch.Generator().manual_seed(0)).softmax(dim=4)
    flow = rollout(list(weights))
    assert flow.shape == (2, 9, 9) and flow.min() >= 0
    torch.testing.assert_close(flow.sum(dim=2), torch.ones(2, 9))
    torch.testing.assert_close(flow, rollout(list(weights.mean(dim=2, keepdim=True))))


def test_the_rollout_is_hot_where_the_class_token_looks() -> None:
    """With weights of zero each head looks everywhere alike; attention to one patch is found at its place."""
    torch.manual_seed(0)
    model = ours().eval()
    for block in model.backbone.blocks:
        block.attn.qkv.weight.data.zero_()
        block.attn.qkv.bias.data.zero_()
    even = rollout(list(attention_maps(model, pictures()).values()))[0, 0]
    torch.testing.assert_close(even[1:], even[1:].mean().expand(16))  # nowhere in particular

    attention = torch.full((1, 1, 17, 17), 1e-6)
    attention[..., 1 + 6] = 1.0  # the patch of row 1, column 2
    attention /= attention.sum(dim=3, keepdim=True)
    row = rollout([attention])[0, 0, 1:].view(4, 4)
    assert divmod(int(row.argmax()), 4) == (1, 2)


@pytest.mark.parametrize("make", [ours, of_torchvision, of_timm])
def test_a_map_of_the_picture(make) -> None:
    torch.manual_seed(0)
    heat = attention_rollout(make(), pictures(3))
    assert heat.shape == (3, 32, 32) and heat.min() >= 0
    torch.testing.assert_close(heat.amax(dim=(1, 2)), torch.ones(3))


def test_no_class_token_and_pictures_that_are_no_squares() -> None:
    torch.manual_seed(0)
    backbone = models.VisionTransformer(ARCH, (16, 32), 8, out_type="avg_featmap", with_cls_token=False)
    model = models.ImageClassifier(backbone, None, models.ClsHead())
    images = torch.randn(1, 3, 16, 32)
    heat = attention_rollout(model, images)[0]
    flow = rollout(list(attention_maps(model, images).values()))[0].mean(dim=0).view(2, 4)
    assert heat.shape == (16, 32)
    assert math.isclose(float(heat[-1, -1]), float((flow[1, 3] - flow.min()) / (heat_max(flow))), rel_tol=1e-3)


def heat_max(flow: Tensor) -> Tensor:
    """The largest value of a small map once it is enlarged eight times."""
    large = nn.functional.interpolate((flow - flow.min())[None, None], (16, 32), mode="bilinear", align_corners=False)
    return large.max()


def test_a_network_without_attention_is_refused() -> None:
    model = models.SwinTransformer(dict(embed_dims=8, depths=(1, 1), num_heads=(1, 2)), out_indices=1)
    with pytest.raises(ConfigError, match=r"SwinTransformer has no layer of attention over all tokens, as a ViT has\."):
        attention_rollout(model, pictures())
