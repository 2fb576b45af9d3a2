"""The speed-run network: the paper's parameter count, a whitening that whitens, convolutions that begin as nothing."""

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course_lib.config.errors import ConfigError
from course_lib.models import AirbenchNet
from course_lib.models.backbones.airbench import AirbenchBlock, WhiteningConv2d, patch_moment


def blurred_noise(count: int = 200, size: int = 12) -> Tensor:
    """Pictures (N, 3, H, W) whose neighbouring pixels and channels are alike, as those of photos are."""
    noise = torch.randn(count, 3, size + 2, size + 2, generator=torch.Generator().manual_seed(0))
    smooth = F.avg_pool2d(noise, 3, stride=1)
    return smooth + smooth.mean(1, keepdim=True)


def test_as_many_parameters_as_published() -> None:
    """1.97 million (arXiv 2404.00498); those of the norms' scales, which do not train, are not there in the paper."""
    network, head = AirbenchNet(), nn.Linear(256, 10, bias=False)
    named = [(name, p) for module in (network, head) for name, p in module.named_parameters()]
    scales = sum(p.numel() for name, p in named if "norm" in name and name.endswith("weight"))
    assert sum(p.numel() for _, p in named) - scales == 1_971_640


def test_what_trains_and_what_does_not() -> None:
    network = AirbenchNet(widths=(8, 16))
    network(torch.randn(4, 3, 32, 32))[0].square().sum().backward()
    with_gradient = {name for name, p in network.named_parameters() if p.grad is not None and p.grad.abs().sum() > 0}
    frozen = {name for name, _ in network.named_parameters() if "norm" in name and "weight" in name}
    assert with_gradient == {name for name, _ in network.named_parameters()} - frozen - {"whiten.weight"}


@pytest.mark.parametrize(("size", "kernel", "stride"), [(32, 2, 1), (32, 2, 2), (16, 3, 1), (30, 4, 2)])
def test_one_position_is_left(size: int, kernel: int, stride: int) -> None:
    network = AirbenchNet(widths=(4, 6), whiten_kernel_size=kernel, whiten_stride=stride)
    assert network.whiten.out_channels == 2 * 3 * kernel**2
    assert network(torch.randn(2, 3, size, size))[0].shape == (2, 6, 1, 1)


def test_convolutions_begin_as_the_identity() -> None:
    block, x = AirbenchBlock(5, 7), torch.randn(2, 5, 6, 6)
    torch.testing.assert_close(block.conv1(x)[:, :5], x)
    pooled = torch.randn(2, 7, 3, 3)
    torch.testing.assert_close(block.conv2(pooled), pooled)


@pytest.mark.parametrize(("kernel", "stride"), [(2, 1), (3, 1), (2, 2)])
def test_whitened_patches_have_the_identity_for_their_moments(kernel: int, stride: int) -> None:
    images, layer = blurred_noise(), WhiteningConv2d(3, kernel, stride)
    assert not layer.is_whitened
    layer.whiten_(patch_moment(images, kernel), eps=1e-12)
    assert layer.is_whitened and not layer.weight.requires_grad
    white, negative = layer(images).movedim(1, 3).flatten(0, 2).chunk(2, dim=1)  # (M, C·k·k) each
    torch.testing.assert_close(negative, -white)
    tolerance = 1e-3 if stride == 1 else 0.1  # with a stride these are other patches than those of the moments
    torch.testing.assert_close(white.T @ white / len(white), torch.eye(3 * kernel**2), rtol=0, atol=tolerance)


def test_eps_keeps_an_axis_without_variance_small() -> None:
    layer = WhiteningConv2d(1, 1)
    layer.whiten_(torch.tensor([[0.0]]), eps=0.25)
    assert layer.weight.flatten().abs().tolist() == [2.0, 2.0]


def test_patch_moment_by_hand() -> None:
    image = torch.tensor([[[[1.0, 2.0, 3.0]]]])
    assert patch_moment(image, 1).item() == pytest.approx((1 + 4 + 9) / 3)
    image = torch.tensor([[[[1.0, 2.0, 3.0], [0.0, 0.0, 1.0]]]])  # the patches 1 2 0 0 and 2 3 0 1
    patches = torch.tensor([[1.0, 2, 0, 0], [2, 3, 0, 1]])
    torch.testing.assert_close(patch_moment(image, 2), patches.T @ patches / 2)


def test_a_checkpoint_keeps_the_filters() -> None:
    network, twin = AirbenchNet(widths=(4,)), AirbenchNet(widths=(4,))
    network.whiten.whiten_(patch_moment(blurred_noise(), 2))
    twin.load_state_dict(network.state_dict())
    assert twin.whiten.is_whitened and twin.whiten.weight.equal(network.whiten.weight)


def test_mistakes() -> None:
    with pytest.raises(ConfigError, match="at least one block is needed, as in widths="):
        AirbenchNet(widths=())
    with pytest.raises(ConfigError, match="whiten_stride: 0 pixels are not possible"):
        AirbenchNet(whiten_stride=0)
    with pytest.raises(ConfigError, match=r"3 blocks need pictures of at least 9×9; these are 8×32\. Take fewer"):
        AirbenchNet()(torch.randn(2, 3, 8, 32))
    assert AirbenchNet()(torch.randn(2, 3, 9, 9))[0].shape == (2, 256, 1, 1)
