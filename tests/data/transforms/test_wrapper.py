"""torchvision's transforms as steps of ours."""

import numpy as np
import pytest
import torch
from torchvision.transforms import v2

from course_lib.config.errors import ConfigError
from course_lib.data.transforms import TorchvisionTransform, can_batch
from course_lib.data.transforms.wrapper import torchvision_class

IMAGE = torch.randint(0, 256, (3, 24, 24), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))


def test_repeatable_and_apart_from_torchs_generator() -> None:
    affine = TorchvisionTransform("RandomAffine", {"degrees": 45, "interpolation": "bilinear"})
    before = torch.get_rng_state()
    first, again, other = (affine({"img": IMAGE}, np.random.default_rng(seed))["img"] for seed in (1, 1, 2))
    assert torch.get_rng_state().equal(before)
    assert first.equal(again) and not first.equal(other)
    assert first.shape == IMAGE.shape and first.dtype == torch.uint8


def test_equals_the_wrapped_one() -> None:
    wrapped = TorchvisionTransform("torchvision/GaussianBlur", {"kernel_size": 3, "sigma": 1.0})
    expected = v2.GaussianBlur(3, sigma=1.0)(IMAGE)
    assert wrapped({"img": IMAGE}, np.random.default_rng(0))["img"].equal(expected)
    assert torchvision_class("torchvision/GaussianBlur") is v2.GaussianBlur
    assert not can_batch(wrapped)


def test_wrong_names_and_arguments() -> None:
    with pytest.raises(ConfigError, match=r"no transform 'RandomAfine'\. Did you mean 'RandomAffine'\?"):
        TorchvisionTransform("RandomAfine")
    with pytest.raises(ConfigError, match=r"torchvision/RandomAffine: .*degres"):
        TorchvisionTransform("RandomAffine", {"degres": 3})
