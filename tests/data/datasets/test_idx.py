"""Our reader of IDX files against torchvision's, and on what is none."""

import gzip
from pathlib import Path

import numpy as np
import pytest
import torch

from course_lib.config.errors import DataError
from course_lib.data.datasets.idx import read_idx

ARRAY = np.random.default_rng(0).integers(0, 256, (5, 28, 28), dtype=np.uint8)
CONTENT = bytes([0, 0, 8, 3]) + np.array(ARRAY.shape, ">u4").tobytes() + ARRAY.tobytes()


def test_our_reader_is_torchvisions(tmp_path: Path) -> None:
    from torchvision.datasets.mnist import read_image_file

    path = tmp_path / "train-images-idx3-ubyte"
    path.write_bytes(CONTENT)
    assert torch.equal(torch.from_numpy(read_idx(path)), read_image_file(str(path)))
    packed = tmp_path / "packed.gz"
    packed.write_bytes(gzip.compress(CONTENT))
    assert (read_idx(packed) == ARRAY).all()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (CONTENT[:-1], "is damaged or truncated: "),
        (b"", "is no IDX file"),
        (b"\0\0\x0d\x01" + bytes(8), "is no IDX file"),
    ],
)
def test_what_is_no_whole_idx_file_is_named(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "labels"
    path.write_bytes(content)
    with pytest.raises(DataError, match=f"labels {message}"):
        read_idx(path)
