"""Normalize against torchvision; what PackInputs keeps."""

import numpy as np
import pytest
import torch
from torchvision.transforms.v2 import functional

from course_lib.config.errors import ConfigError
from course_lib.data.transforms import Normalize, PackInputs
from course_lib.data.transforms.formatting import NumpyToPIL, PILToNumpy

MEAN, STD = [123.675, 116.28, 103.53], [58.395, 57.12, 57.375]
RNG = np.random.default_rng(0)


def test_normalize_equals_torchvision() -> None:
    image = torch.randint(0, 256, (3, 9, 7), dtype=torch.uint8)
    before = image.clone()
    normal = Normalize(MEAN, STD, to_rgb=True)({"img": image}, RNG)["img"]
    torch.testing.assert_close(normal, functional.normalize(image.float(), MEAN, STD))
    assert image.equal(before)


def test_normalize_refuses_what_does_not_fit() -> None:
    with pytest.raises(ConfigError, match="mean has 3 values and std has 1"):
        Normalize(MEAN, [1.0])
    with pytest.raises(ConfigError, match="every deviation must be above 0"):
        Normalize([0.0], [0.0])
    with pytest.raises(ConfigError, match="mean and std have 3 values, but the pictures have 1 channels"):
        Normalize(MEAN, STD)({"img": torch.zeros(1, 2, 2)}, RNG)


def test_pack_inputs() -> None:
    image = torch.zeros(3, 2, 2, dtype=torch.uint8)
    packed = PackInputs()({"img": image, "gt_label": 4, "img_path": "a.jpg"}, RNG)
    assert packed == {"image": image, "label": 4}
    assert PackInputs()({"img": image}, RNG) == {"image": image}
    with pytest.raises(ConfigError, match="PackInputs needs a picture: put LoadImageFromFile before it"):
        PackInputs()({"img_path": "a.jpg"}, RNG)


def test_pack_inputs_takes_mmpretrains_arguments() -> None:
    pack = PackInputs(input_key="img", algorithm_keys=("mask",), meta_keys=("img_path", "flip"))
    assert pack({"img": torch.zeros(1), "gt_label": 0, "img_path": "a"}, RNG) == {"image": torch.zeros(1), "label": 0}
    with pytest.raises(ConfigError, match="input_key is 'inputs', but must be one of 'img'"):
        PackInputs(input_key="inputs")


def test_conversions_for_torchvision_do_nothing() -> None:
    image = torch.randint(0, 256, (3, 2, 2), dtype=torch.uint8)
    for step in (NumpyToPIL(to_rgb=True), PILToNumpy(to_bgr=True)):
        assert step({"img": image}, RNG)["img"] is image
        assert step.batch(image[None], torch.Generator()).equal(image[None])
