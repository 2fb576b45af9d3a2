"""ViT against torchvision's and timm's: the same parameters, and with the same weights the same numbers."""

import math
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course_lib.config.errors import ConfigError
from course_lib.models import ImageClassifier, VisionTransformer, VisionTransformerClsHead
from course_lib.models.backbones.transformer_blocks import FeedForward, Patches, SelfAttention
from course_lib.models.backbones.vit import resize_positions
from course_lib.models.key_names import translate
from course_lib.models.key_names_torchvision import TORCHVISION

SMALL = {"embed_dims": 32, "num_layers": 3, "num_heads": 4, "feedforward_channels": 64}


def from_torchvision(state: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return translate(state, ["blocks.0.attn.qkv.weight"], TORCHVISION)[0]


def small(**changes: Any) -> VisionTransformer:
    return VisionTransformer(**{"arch": SMALL, "img_size": 32, "patch_size": 8, **changes})


def randomize(model: nn.Module) -> nn.Module:
    """Numbers that keep the activations near 1 and leave nothing at zero, so that every part shows in the output."""
    generator = torch.Generator().manual_seed(0)
    for value in model.parameters():
        nn.init.normal_(value, 0, value[0].numel() ** -0.5 if value.ndim > 1 else 0.3, generator)
    return model.eval()


def as_ours(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """torchvision's whole classifier → ours."""
    return {
        name.replace("heads.head.", "head.fc.") if name.startswith("heads.") else f"backbone.{name}": value
        for name, value in from_torchvision(state).items()
    }


@pytest.mark.parametrize("seed", range(3))
def test_same_weights_same_logits_as_torchvision(seed: int) -> None:
    from torchvision.models.vision_transformer import VisionTransformer as Theirs

    theirs = randomize(Theirs(32, 8, num_layers=3, num_heads=4, hidden_dim=32, mlp_dim=64, num_classes=10))
    ours = ImageClassifier(small(), None, VisionTransformerClsHead(10, 32)).eval()
    ours.load_state_dict(as_ours(theirs.state_dict()))
    images = torch.randn(2, 3, 32, 32, generator=torch.Generator().manual_seed(seed))
    with torch.no_grad():
        expected = theirs(images)
        assert expected.std() > 0.1, "the comparison would show nothing"
        torch.testing.assert_close(ours(images), expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("pool", ["token", "avg"])
def test_same_weights_same_features_as_timm(pool: str) -> None:
    vit = pytest.importorskip("timm.models.vision_transformer")
    sizes = {"embed_dim": 32, "depth": 3, "num_heads": 4, "mlp_ratio": 2, "num_classes": 0}
    theirs = randomize(vit.VisionTransformer(32, 8, global_pool=pool, **sizes))
    out_type = {"token": "cls_token", "avg": "avg_featmap"}[pool]
    ours = small(out_type=out_type, final_norm=pool == "token").eval()
    ours.load_state_dict(theirs.state_dict())
    images = torch.randn(2, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        torch.testing.assert_close(ours(images)[0], theirs(images), rtol=1e-4, atol=1e-4)


def test_patches_are_a_linear_map_of_each_patch() -> None:
    layer, images = Patches(4, 3, 5), torch.randn(2, 3, 8, 12)
    patches = images.unflatten(3, (3, 4)).unflatten(2, (2, 4)).permute(0, 2, 4, 1, 3, 5).flatten(3)  # (N, 2, 3, C·P·P)
    expected = patches @ layer.proj.weight.flatten(1).T + layer.proj.bias
    torch.testing.assert_close(layer(images).permute(0, 2, 3, 1), expected)


def test_attention_as_torchs_module() -> None:
    layer, x = SelfAttention(12, 3), torch.randn(2, 5, 12)
    theirs = nn.MultiheadAttention(12, 3, batch_first=True)
    theirs.in_proj_weight.data, theirs.in_proj_bias.data = layer.qkv.weight.data, layer.qkv.bias.data
    theirs.out_proj.load_state_dict(layer.proj.state_dict())
    expected, weights = theirs(x, x, x, average_attn_weights=False)
    torch.testing.assert_close(layer(x), expected)
    torch.testing.assert_close(layer.weights(x), weights)


def test_feed_forward_works_on_each_token_by_itself() -> None:
    layer, x = FeedForward(6, 8), torch.randn(2, 5, 6)
    torch.testing.assert_close(layer(x)[:, 3], layer(x[:, 3]))
    hidden = F.gelu(x @ layer.fc1.weight.T + layer.fc1.bias)
    torch.testing.assert_close(layer(x), hidden @ layer.fc2.weight.T + layer.fc2.bias)


def test_without_positions_the_order_of_the_patches_is_not_seen() -> None:
    model = small().eval()
    images = torch.randn(1, 3, 32, 32)
    moved = images.roll(8, dims=3)  # whole patches change places
    with torch.no_grad():
        assert not torch.allclose(model(images)[0], model(moved)[0], atol=1e-4)
        model.pos_embed.zero_()
        torch.testing.assert_close(model(images)[0], model(moved)[0], rtol=1e-4, atol=1e-5)


def test_positions_for_another_size() -> None:
    places = torch.arange(4.0)[None, :, None].expand(3, 4, 4).permute(1, 0, 2).reshape(1, 12, 4)  # row by row, 4×3
    places = torch.cat([torch.full((1, 1, 4), 7.0), places], dim=1)
    assert resize_positions(places, (4, 3), (4, 3)) is places
    wider = resize_positions(places, (4, 3), (8, 3))
    assert wider.shape == (1, 25, 4)
    assert bool((wider[:, 0] == 7).all()), "the class token has no place"
    rows = wider[0, 1:, 0].unflatten(0, (8, 3))
    assert torch.equal(rows, rows[:, :1].expand(8, 3)) and bool((rows[1:] > rows[:-1]).all())


@pytest.mark.parametrize("new", [(6, 4), (3, 7)])
def test_positions_for_another_size_as_timm(new: tuple[int, int]) -> None:
    layers = pytest.importorskip("timm.layers")
    positions = torch.randn(1, 2 + 4 * 3, 8)
    expected = layers.resample_abs_pos_embed(positions, list(new), [4, 3], num_prefix_tokens=2, antialias=False)
    torch.testing.assert_close(resize_positions(positions, (4, 3), new), expected)


def test_pictures_of_another_size() -> None:
    model, images = small().eval(), torch.randn(1, 3, 64, 40)
    (output,) = model(images)
    resized = small(img_size=(64, 40)).eval()
    state = model.state_dict()
    state["pos_embed"] = resize_positions(state["pos_embed"], (4, 4), (8, 5))
    resized.load_state_dict(state)
    torch.testing.assert_close(resized(images)[0], output)


@pytest.mark.parametrize(
    ("out_type", "with_cls_token", "shape"),
    [
        ("cls_token", True, (2, 32)),
        ("avg_featmap", True, (2, 32)),
        ("avg_featmap", False, (2, 32)),
        ("featmap", True, (2, 32, 4, 4)),
        ("raw", True, (2, 17, 32)),
        ("raw", False, (2, 16, 32)),
    ],
)
def test_what_it_gives(out_type: str, with_cls_token: bool, shape: tuple[int, ...]) -> None:
    model = small(out_type=out_type, with_cls_token=with_cls_token, out_indices=(0, -1))
    outputs = model(torch.randn(2, 3, 32, 32))
    assert [tuple(output.shape) for output in outputs] == [shape, shape]
    assert (model.in_channels, model.out_channels, model.out_indices) == (3, 32, (0, 2))


def test_out_types_are_views_of_the_same_tokens() -> None:
    model, images = small(out_type="raw", final_norm=False).eval(), torch.randn(2, 3, 32, 32)
    (tokens,) = model(images)
    model.out_type = "featmap"
    assert torch.equal(model(images)[0][:, :, 1, 2], tokens[:, 1 + 4 + 2])
    model.out_type = "cls_token"
    assert torch.equal(model(images)[0], tokens[:, 0])


@pytest.mark.parametrize("out_type", ["cls_token", "avg_featmap"])
def test_a_gradient_reaches_every_parameter(out_type: str) -> None:
    model = randomize(small(out_type=out_type)).train()
    model(torch.randn(4, 3, 32, 32))[0].square().sum().backward()
    assert [name for name, p in model.named_parameters() if p.grad is None or not p.grad.any()] == []


def test_frozen_stages_do_not_train() -> None:
    model = small(frozen_stages=2, drop_rate=0.5).train()
    trains = {name.rpartition(".")[0][:8] for name, p in model.named_parameters() if p.requires_grad}
    assert trains == {"blocks.2", "norm"}
    assert not model.pos_drop.training and not model.blocks[1].training and model.blocks[2].training
    assert all(p.requires_grad for p in small(frozen_stages=0).parameters()), "as in MMPretrain"
    assert not any(p.requires_grad for p in small(frozen_stages=3).parameters())


def test_drop_path_rises_with_depth() -> None:
    assert [block.drop_path.rate for block in small(drop_path_rate=0.4).blocks] == pytest.approx([0.0, 0.2, 0.4])


def test_how_it_begins() -> None:
    torch.manual_seed(0)
    model = small(arch={**SMALL, "embed_dims": 128})
    assert model.pos_embed.std().item() == pytest.approx(0.02, rel=0.1)
    assert model.blocks[0].mlp.fc1.weight.std().item() == pytest.approx(math.sqrt(2 / (128 + 64)), rel=0.1)
    assert not model.get_parameter("cls_token").any()


def test_pretrained_backbone_out_of_a_classifier(tmp_path: Path) -> None:
    source = ImageClassifier(small(), None, VisionTransformerClsHead(7, 32))
    torch.save({"state_dict": source.state_dict()}, tmp_path / "source.pth")
    init_cfg = {"type": "Pretrained", "checkpoint": str(tmp_path / "source.pth"), "prefix": "backbone"}
    loaded = small(init_cfg=init_cfg).state_dict()
    assert all(torch.equal(value, loaded[name]) for name, value in source.backbone.state_dict().items())


def test_short_names_of_sizes() -> None:
    with torch.device("meta"):
        for short, long in (("b", "base"), ("deit-t", "deit-tiny"), ("Deit-S", "deit-small")):
            assert VisionTransformer(short).out_channels == VisionTransformer(long).out_channels


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"arch": "deit-bsae"}, "model.backbone.arch: 'deit-bsae' is not one of .* Did you mean 'deit-base'?"),
        ({"arch": {**SMALL, "num_head": 3}}, "arch.num_head: there is no such setting. Did you mean 'num_heads'?"),
        (
            {"arch": {"embed_dims": 8}},
            "arch: num_layers, num_heads, feedforward_channels missing; a dict needs embed_d",
        ),
        ({"out_type": "cls_tokn"}, "out_type: 'cls_tokn' is not one of .* Did you mean 'cls_token'?"),
        ({"with_cls_token": False}, "out_type: 'cls_token' needs the class token. Write with_cls_token=True, or "),
        ({"out_indices": 3}, "out_indices: 3 must name layers in -3 … 2."),
        ({"arch": {**SMALL, "num_heads": 5}}, "arch: 32 numbers a token cannot be shared by 5 heads."),
        ({"img_size": 30}, "patch_size: pictures of 30×30 pixels do not divide into patches of 8×8."),
        ({"frozen_stages": 4}, "frozen_stages: 4 is not in -1 … 3."),
    ],
)
def test_what_does_not_go_together(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        small(**changes)


def test_pictures_that_do_not_divide_into_patches() -> None:
    message = "patch_size: pictures of 32×36 pixels do not divide into patches of 8×8. Resize"
    with pytest.raises(ConfigError, match=message):
        small()(torch.randn(1, 3, 32, 36))
