"""Swin against torchvision's: the same parameters, and with the same weights the same numbers at any size."""

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from course_lib.config.errors import ConfigError
from course_lib.models import SwinTransformer
from course_lib.models.backbones.swin import PatchMerging
from course_lib.models.backbones.swin_window import WindowAttention, offsets, strangers
from course_lib.models.key_names import translate
from course_lib.models.key_names_torchvision import TORCHVISION

SMALL = {"embed_dims": 8, "depths": (2, 2, 2, 2), "num_heads": (2, 2, 4, 4)}


def from_torchvision(state: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return translate(state, ["stages.0.0.attn.qkv.weight"], TORCHVISION)[0]


def small(**changes: Any) -> SwinTransformer:
    return SwinTransformer(**{"arch": SMALL, "drop_path_rate": 0.0, **changes})


def randomize(model: nn.Module) -> None:
    for value in model.parameters():
        nn.init.normal_(value, 0, 0.2)


@pytest.mark.parametrize("size", [(64, 64), (224, 224), (96, 160), (52, 36)])
def test_same_weights_same_maps_as_torchvision(size: tuple[int, int]) -> None:
    from torchvision.models.swin_transformer import SwinTransformer as Theirs

    torch.manual_seed(0)
    theirs = Theirs([4, 4], 8, [2, 2, 2, 2], [2, 2, 4, 4], [7, 7], num_classes=1).eval()
    randomize(theirs)
    state = {name: value for name, value in from_torchvision(theirs.state_dict()).items() if "head" not in name}
    ours = small().eval()
    ours.load_state_dict(state)
    images = torch.randn(2, 3, *size)
    with torch.no_grad():
        expected = theirs.norm(theirs.features(images)).permute(0, 3, 1, 2)
        assert expected.std() > 0.1, "the comparison would show nothing"
        torch.testing.assert_close(ours(images)[0], expected, rtol=1e-5, atol=1e-5)


def test_same_gradients_as_torchvision() -> None:
    from torchvision.models.swin_transformer import SwinTransformer as Theirs

    theirs = Theirs([4, 4], 8, [2, 2, 2, 2], [2, 2, 4, 4], [4, 4], num_classes=1)
    theirs.eval()  # torchvision's stochastic depth is on by default
    ours = small(window_size=4)
    ours.load_state_dict({k: v for k, v in from_torchvision(theirs.state_dict()).items() if "head" not in k})
    images = torch.randn(2, 3, 64, 64)
    weight = torch.randn(2, 64, 2, 2)
    (theirs.norm(theirs.features(images)).permute(0, 3, 1, 2) * weight).sum().backward()
    (ours(images)[0] * weight).sum().backward()
    grads = from_torchvision({name: p.grad for name, p in theirs.named_parameters() if p.grad is not None})
    for name, parameter in ours.named_parameters():
        torch.testing.assert_close(parameter.grad, grads[name], rtol=1e-3, atol=1e-4)


def test_offsets_of_a_window_of_two_by_hand() -> None:
    # positions 00 01 10 11; the row of offset (y, x) is 3·(y + 1) + (x + 1)
    assert offsets(2).tolist() == [[4, 3, 1, 0], [5, 4, 2, 1], [7, 6, 4, 3], [8, 7, 5, 4]]


def test_strangers_by_hand() -> None:
    # one row of two windows of 2×2, shifted to the right by 1: the last column came from the left end
    apart = strangers(1, 2, 2, 0, 1, torch.device("cpu"))
    assert not apart[0].any()
    assert apart[1].tolist() == [[False, True, False, True], [True, False, True, False]] * 2


def test_who_sees_whom() -> None:
    """Without a shift a change stays in its window; with one it crosses the windows, but not the picture's edge."""
    x = torch.randn(1, 8, 8, 4)
    changed = x.clone()
    changed[0, 0, 3] += 1  # row 0, column 3: the right edge of the first window of 4×4
    seen = {}
    for shift in (0, 2):
        layer = WindowAttention(4, 2, window=4, shift=shift)
        seen[shift] = (layer(x) - layer(changed)).abs().amax(dim=(0, 3)) > 1e-7
    expected = torch.zeros(8, 8, dtype=torch.bool)
    expected[:4, :4] = True
    assert torch.equal(seen[0], expected)
    expected[:], expected[:2, 2:6] = False, True
    assert torch.equal(seen[2], expected)


def test_merging_gathers_two_by_two_neighbours() -> None:
    merging = PatchMerging(1)
    merging.norm = nn.Identity()  # type: ignore[assignment]
    merging.reduction.weight.data = torch.eye(4)[:2]  # the first two of the four
    x = torch.arange(6.0).view(1, 2, 3, 1)
    assert merging(x).flatten(2).tolist() == [[[0.0, 3.0, 2.0, 5.0]]]  # left column of each, from the top


def test_out_indices_give_the_maps_of_those_stages() -> None:
    model = small(out_indices=(0, 2, -1))
    maps = model(torch.randn(2, 3, 64, 96))
    assert [tuple(m.shape) for m in maps] == [(2, 8, 16, 24), (2, 32, 4, 6), (2, 64, 2, 3)]
    assert (model.in_channels, model.out_channels) == (3, 64)


def test_a_gradient_reaches_every_parameter() -> None:
    model = small(window_size=2)
    model(torch.randn(4, 3, 64, 64))[0].pow(3).sum().backward()
    assert [name for name, p in model.named_parameters() if p.grad is None or not p.grad.any()] == []


def test_checkpointing_changes_no_gradient() -> None:
    grads = []
    for with_cp in (False, True):
        torch.manual_seed(0)
        model = small(with_cp=with_cp)
        model(torch.randn(2, 3, 32, 32))[0].pow(3).sum().backward()
        grads.append([parameter.grad for parameter in model.parameters()])
    assert all(torch.equal(a, b) for a, b in zip(*grads, strict=True))


@pytest.mark.parametrize("frozen_stages", [-1, 0, 3])
def test_frozen_stages(frozen_stages: int) -> None:
    model = small(frozen_stages=frozen_stages).train()
    for i, stage in enumerate(model.stages):
        assert stage.training == (i > frozen_stages)
        assert all(p.requires_grad == (i > frozen_stages) for p in stage.parameters())
    assert all(p.requires_grad == (frozen_stages < 0) for p in model.patch_embed.parameters())
    assert all(p.requires_grad == (frozen_stages < 3) for p in model.norms.parameters())


def test_drop_path_rises_with_depth() -> None:
    rates = [block.drop_path.rate for stage in small(drop_path_rate=0.7).stages for block in stage.children()]
    assert rates == pytest.approx([0.1 * i for i in range(8)])


def test_a_window_by_mmpretrains_other_name() -> None:
    model = small(stage_cfgs={"block_cfgs": {"window_size": 3}})
    assert {m.window for m in model.modules() if isinstance(m, WindowAttention)} == {3}


def test_weights_from_a_file(tmp_path: Path) -> None:
    source = small(window_size=2)
    torch.save(source.state_dict(), tmp_path / "swin.pth")
    loaded = small(window_size=2, init_cfg={"type": "Pretrained", "checkpoint": str(tmp_path / "swin.pth")})
    images = torch.randn(1, 3, 32, 32)
    assert torch.equal(loaded(images)[0], source(images)[0])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"arch": "tinny"}, "model.backbone.arch: 'tinny' is not one of .* Did you mean 'tiny'?"),
        ({"arch": {"embed_dim": 8}}, "arch.embed_dim: there is no such setting. Did you mean 'embed_dims'?"),
        ({"arch": {**SMALL, "num_heads": (3, 2, 4, 4)}}, "arch: 8 numbers a token cannot be shared by 3 heads."),
        ({"arch": {**SMALL, "num_heads": (2, 2)}}, "arch: 4 depths but 2 num_heads."),
        ({"window_size": 0}, "window_size: 0 is not in 1 … 64."),
        ({"out_indices": (4,)}, r"out_indices: \(4,\) must name layers in -4 … 3."),
        ({"frozen_stages": 4}, "frozen_stages: 4 is not in -1 … 3."),
        ({"stage_cfgs": {"block_cfg": {}}}, "stage_cfgs.block_cfg: .* Did you mean 'block_cfgs'?"),
    ],
)
def test_what_does_not_go_together(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        small(**changes)
