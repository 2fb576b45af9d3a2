"""Resizing by OpenCV, and without it."""

import numpy as np
import pytest
import torch
from skimage import data as photos
from torch import Tensor

from course_lib.data.transforms import RandomResizedCrop, Resize, opencv


def photo() -> Tensor:
    """As a decoder gives it: (3, H, W), whose colours lie beside one another."""
    return torch.from_numpy(photos.astronaut()[:300, :400].copy()).permute(2, 0, 1)


@pytest.mark.parametrize("size", [(100, 150), (224, 224), (450, 333)])
@pytest.mark.parametrize("lies", ["as decoded", "planar", "a part", "grey"])
def test_it_is_opencvs_and_nearly_torchs(size: tuple[int, int], lies: str, monkeypatch: pytest.MonkeyPatch) -> None:
    cv2 = pytest.importorskip("cv2", reason="needs opencv-python-headless (the extra fast)")
    image = {
        "as decoded": photo(),
        "planar": photo().contiguous(),
        "a part": photo()[:, 20:260, 31:330],
        "grey": photo()[:1],
    }[lies]
    height, width = size
    resized = Resize((width, height), backend="cv2").batch(image[None], torch.Generator())[0]
    expected = cv2.resize(np.ascontiguousarray(image.permute(1, 2, 0)), (width, height))
    assert resized.shape == (len(image), height, width)
    assert np.array_equal(resized.permute(1, 2, 0).numpy(), expected.reshape(height, width, -1))
    monkeypatch.setattr(opencv, "_cv2", lambda: None)
    torchs = Resize((width, height), backend="cv2").batch(image[None], torch.Generator())[0]
    assert (torchs.int() - resized.int()).abs().max() <= 1


def test_only_a_single_picture_of_bytes_and_only_where_a_config_says_cv2(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[torch.Size] = []

    def resize(image: Tensor, height: int, width: int) -> Tensor:
        asked.append(image.shape)
        return torch.zeros(len(image), height, width, dtype=torch.uint8)

    monkeypatch.setattr("course_lib.data.transforms.geometry.opencv_resize", resize)
    monkeypatch.setattr(opencv, "_cv2", lambda: opencv)
    pictures = photo().expand(2, -1, -1, -1)
    for images in (pictures, pictures[:1].float()):
        Resize(50, backend="cv2").batch(images, torch.Generator())
    Resize(50).batch(pictures[:1], torch.Generator())
    Resize(50, interpolation="bicubic", backend="cv2").batch(pictures[:1], torch.Generator())
    assert asked == []
    RandomResizedCrop(50, backend="cv2").batch(pictures, torch.Generator())  # cuts and resizes one by one
    assert len(asked) == 2
