"""Files, folders, addresses and batches become single pictures."""

import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
import torch
from PIL import Image

from course_lib.config.errors import ConfigError, DataError
from course_lib.data.transforms import PackInputs, Resize
from course_lib.inference.pictures import Pictures, as_tensor, one_by_one


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "photos" / "b" / "photo.png"
    path.parent.mkdir(parents=True)
    pixels = np.random.default_rng(0).integers(0, 256, (6, 9, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(path)
    return path


@pytest.fixture
def server(photo):
    handler = partial(SimpleHTTPRequestHandler, directory=photo.parent)
    handler.log_message = lambda *args: None
    serving = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=serving.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{serving.server_port}"
    serving.shutdown()


def test_folders_and_batches_are_taken_apart(photo):
    root = photo.parents[1]
    Image.new("L", (2, 2)).save(root / "a.jpg")
    (root / "notes.txt").write_text("no picture")
    grey, batch = np.zeros((4, 4), np.uint8), torch.zeros(3, 1, 4, 4, dtype=torch.uint8)
    assert one_by_one(root) == [root / "a.jpg", photo]
    assert one_by_one(str(photo)) == [str(photo)]
    singles = one_by_one([root, grey, batch, np.zeros((2, 4, 4, 3), np.uint8), Image.new("RGB", (4, 4))])
    assert len(singles) == 2 + 1 + 3 + 2 + 1
    assert singles[2] is grey and [single.shape for single in singles[3:6]] == [(1, 4, 4)] * 3
    (root / "empty").mkdir()
    with pytest.raises(DataError, match="empty holds no picture"):
        one_by_one(root / "empty")


def test_pillows_pictures_are_those_of_their_files(tmp_path):
    turned = Image.Exif()
    turned[0x0112] = 6  # the orientation of a phone held upright
    pixels = np.random.default_rng(0).integers(0, 256, (4, 6, 4), dtype=np.uint8)
    pictures = {
        "transparent": (Image.fromarray(pixels, "RGBA"), {}),
        "turned": (Image.fromarray(pixels[..., :3].copy()), {"exif": turned}),
        "of 16 bits": (Image.fromarray(pixels[..., 0].astype(np.uint16) * 257), {}),
    }
    for name, (picture, options) in pictures.items():
        file = tmp_path / f"{name}.png"
        picture.save(file, **options)
        assert as_tensor(Image.open(file)).equal(as_tensor(file)), name
    file.write_bytes(file.read_bytes()[:-30])
    with pytest.raises(DataError, match="the picture is damaged or truncated"):
        as_tensor(Image.open(file))


def test_an_address_is_fetched(photo, server):
    assert one_by_one(f"{server}/photo.png") == [f"{server}/photo.png"]
    assert as_tensor(f"{server}/photo.png").equal(as_tensor(photo))
    (photo.parent / "page.png").write_text("<html>")
    for name, reason in (("missing.png", "cannot be fetched"), ("page.png", "is not a picture")):
        with pytest.raises(DataError, match=rf"{server}/{name} .*{reason}"):
            as_tensor(f"{server}/{name}")


def test_an_address_where_nobody_answers():
    with pytest.raises(DataError, match=r"http://127\.0\.0\.1:1/p\.png cannot be fetched: .*refused"):
        as_tensor("http://127.0.0.1:1/p.png")
    with pytest.raises(DataError, match=r"http://\[/p\.png cannot be fetched"):
        as_tensor("http://[/p.png")


def test_a_sample_is_brought_to_the_data_sets_shape_and_through_the_pipeline(photo):
    pictures = Pictures([photo], [Resize((4, 2)), PackInputs()], (1, 8, 8))
    assert pictures.raw(0)["img"].shape == (1, 8, 8) and pictures.raw(0)["img_path"] == str(photo)
    sample = pictures.get(0, np.random.default_rng(0))
    assert sample["image"].shape == (1, 2, 4) and sample["label"] == 0


@pytest.mark.parametrize("wrong", [np.zeros((4, 4, 2), np.uint8), np.zeros((4, 4, 3)), torch.zeros(4, 4)])
def test_numbers_that_are_no_picture(wrong):
    with pytest.raises(ConfigError, match=r"a picture is uint8 \(C, H, W\)"):
        as_tensor(wrong)
