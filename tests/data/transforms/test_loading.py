"""A path becomes a picture."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from course_lib.config.errors import ConfigError
from course_lib.data.decode import PictureError
from course_lib.data.transforms import LoadImageFromFile

RNG = np.random.default_rng(0)


def test_reads_colour_or_grey(tmp_path: Path) -> None:
    file = tmp_path / "a.png"
    Image.new("RGB", (5, 4), (200, 100, 50)).save(file)
    sample = {"img_path": str(file), "gt_label": 1}
    loaded = LoadImageFromFile()(sample, RNG)
    assert loaded["img"].shape == (3, 4, 5)
    assert loaded["img"][:, 0, 0].tolist() == [200, 100, 50]
    assert "img" not in sample
    grey = LoadImageFromFile(color_type="grayscale")(sample, RNG)["img"]
    assert grey.shape == (1, 4, 5)
    assert grey.unique().tolist() == [round(0.299 * 200 + 0.587 * 100 + 0.114 * 50)]


def test_a_picture_in_memory_stays() -> None:
    sample = {"img": torch.zeros(1, 2, 2, dtype=torch.uint8)}
    assert LoadImageFromFile()(sample, RNG) is sample


def test_errors(tmp_path: Path) -> None:
    with pytest.raises(PictureError, match=r"gone\.jpg cannot be read: no such file"):
        LoadImageFromFile()({"img_path": str(tmp_path / "gone.jpg")}, RNG)
    with pytest.raises(ConfigError, match="needs a sample with 'img_path'"):
        LoadImageFromFile()({"gt_label": 1}, RNG)
    with pytest.raises(ConfigError, match=r"color_type is 'colour', .*Did you mean 'color'\?"):
        LoadImageFromFile(color_type="colour")


def test_arguments_of_mmpretrains_configs(tmp_path: Path) -> None:
    file = tmp_path / "a.png"
    Image.new("RGB", (5, 4), (200, 100, 50)).save(file)
    load = LoadImageFromFile(
        to_float32=True, imdecode_backend="pillow", ignore_empty=True, file_client_args={"backend": "disk"}
    )
    assert load({"img_path": str(file)}, RNG)["img"].dtype == torch.uint8
    LoadImageFromFile(backend_args={"backend": "local"}, file_client_args=None)
    with pytest.raises(ConfigError, match="backend_args: pictures can be read from 'disk' only, not from 'petrel'"):
        LoadImageFromFile(backend_args={"backend": "petrel"})
    with pytest.raises(ConfigError, match=r"imdecode_backend is 'pilow', .*Did you mean 'pillow'\?"):
        LoadImageFromFile(imdecode_backend="pilow")
