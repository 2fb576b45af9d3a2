"""The decoders of JPEGs beside Pillow's: same pixels, same verdicts, and one way to do without them."""

import io
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from skimage import data as photos

from course_lib.data import decode as decoding
from course_lib.data import jpeg
from course_lib.data.decode import PictureError, decode
from course_lib.data.pipeline import apply, sample_rng
from course_lib.data.transforms import LoadImageFromFile, RandomFlip, RandomResizedCrop

pytestmark = pytest.mark.filterwarnings("ignore:The image decoding and encoding:DeprecationWarning")


@pytest.fixture(params=[75, 95])
def content(request: pytest.FixtureRequest) -> bytes:
    return encoded(Image.fromarray(photos.astronaut()).resize((331, 247)), quality=request.param)


def encoded(picture: Image.Image, **options: object) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", **options)
    return buffer.getvalue()


def decode_plain(content: bytes, rows: int | None = None) -> torch.Tensor | None:
    plain = jpeg.PlainJpeg.read(content)
    return None if plain is None else plain.pixels(rows)


def without_simplejpeg(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jpeg, "_simplejpeg", lambda: None)


def with_pillow_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    without_simplejpeg(monkeypatch)
    monkeypatch.setattr(jpeg, "_torchvision", lambda: None)


Without = Callable[[pytest.MonkeyPatch], None]
FALLBACKS = pytest.mark.parametrize("fall_back", [without_simplejpeg, with_pillow_alone])


def test_simplejpeg_gives_pillows_pixels(content: bytes) -> None:
    image = decode_plain(content)
    assert image is not None and image.dtype == torch.uint8
    expected = np.array(Image.open(io.BytesIO(content))).astype(int)
    assert np.abs(image.permute(1, 2, 0).numpy() - expected).max() <= 1


@FALLBACKS
def test_a_pipeline_gives_the_same_without_simplejpeg(
    content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fall_back: Without
) -> None:
    file = tmp_path / "a.jpg"
    file.write_bytes(content)
    steps = [LoadImageFromFile(), RandomResizedCrop(64), RandomFlip()]

    def crops() -> torch.Tensor:
        return torch.stack([apply(steps, {"img_path": str(file)}, sample_rng(0, 0, i))["img"] for i in range(20)])

    quick = crops()
    fall_back(monkeypatch)
    difference = (crops().int() - quick.int()).abs()
    assert difference.float().mean() < 0.1 and difference.max() <= 2


@FALLBACKS
@pytest.mark.parametrize("damage", [lambda c: c[:-2], lambda c: c[: len(c) // 2], lambda c: c[:300]])
def test_a_damaged_file_is_named_by_every_decoder(
    content: bytes, monkeypatch: pytest.MonkeyPatch, fall_back: Without, damage: Callable[[bytes], bytes]
) -> None:
    for prepare in (lambda _: None, fall_back):
        prepare(monkeypatch)
        with pytest.raises(PictureError, match=r"^holiday\.jpg is damaged or truncated: "):
            decode(damage(content), "holiday.jpg")


@FALLBACKS
def test_what_simplejpeg_refuses_and_others_read_is_read(
    content: bytes, monkeypatch: pytest.MonkeyPatch, fall_back: Without
) -> None:
    start = content.index(b"\xff\xdb")
    odd = content[:start] + b"\x00\x00\x00" + content[start:]  # stray bytes between two segments: a mere warning
    assert decode_plain(odd) is None
    image = decode(odd)
    fall_back(monkeypatch)
    assert (decode(odd).int() - image.int()).abs().max() <= 1


@pytest.mark.parametrize(
    "other",
    [
        lambda picture: encoded(picture.convert("L")),
        lambda picture: encoded(picture.convert("CMYK")),
        lambda picture: encoded(picture, exif=exif()),
        lambda picture: b"no JPEG",
        lambda picture: b"",
        lambda picture: b"\xff\xd8\xff",
    ],
)
def test_what_needs_a_closer_look_is_left_to_pillow(other: Callable[[Image.Image], bytes]) -> None:
    assert decode_plain(other(Image.fromarray(photos.astronaut()).resize((40, 30)))) is None


def exif() -> Image.Exif:
    tags = Image.Exif()
    tags[0x0112] = 6
    return tags


def test_too_many_pixels_are_left_to_pillow(content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    assert decode_plain(content) is None
    with pytest.raises(PictureError, match="is too large"):
        decode(content, "huge.jpg")


def test_an_ordinary_jpeg_does_not_ask_pillow(content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError("Pillow was asked")

    monkeypatch.setattr(decoding, "_open", never)
    assert decode(content).shape == (3, 247, 331)


def test_a_phones_file_of_several_pictures_gives_the_first() -> None:
    first, second = (Image.fromarray(photos.astronaut()).resize((60, 40)), Image.new("RGB", (60, 40), "blue"))
    buffer = io.BytesIO()
    first.save(buffer, "MPO", save_all=True, append_images=[second], quality=95)
    expected = np.array(Image.open(io.BytesIO(buffer.getvalue()))).astype(int)
    assert np.abs(decode(buffer.getvalue()).permute(1, 2, 0).numpy() - expected).max() <= 1


@pytest.mark.parametrize("options", [{"subsampling": 0}, {"subsampling": 2}, {"restart_marker_blocks": 3}])
def test_the_first_rows_are_those_of_the_whole(content: bytes, options: dict[str, int]) -> None:
    rough = np.random.default_rng(0).integers(0, 256, (247, 331, 3), dtype=np.uint8)  # no two rows alike
    for picture in (Image.open(io.BytesIO(content)), Image.fromarray(rough)):
        file = encoded(picture, **options)
        whole = decode_plain(file)
        assert whole is not None and whole.shape == (3, 247, 331)
        for rows in (1, 8, 15, 16, 17, 100, 224, 230, 247):
            upper = decode_plain(file, rows)
            assert upper is not None and torch.equal(upper[:, :rows], whole[:, :rows])
            assert upper.shape[1] < min(rows + 32, 248)


def test_a_progressive_file_is_decoded_whole(content: bytes) -> None:
    file = encoded(Image.open(io.BytesIO(content)), progressive=True)
    upper = decode_plain(file, 16)
    assert upper is not None and torch.equal(upper, decode_plain(file))


def test_a_file_that_is_cut_off_is_found_out_though_its_upper_rows_are_there(content: bytes, tmp_path: Path) -> None:
    assert decode_plain(content[: len(content) * 3 // 4], rows=16) is None
    file = tmp_path / "holiday.jpg"
    file.write_bytes(content[: len(content) * 3 // 4])
    for seed in range(10):
        with pytest.raises(PictureError, match=rf"^{re.escape(str(file))} is damaged or truncated: "):
            apply([LoadImageFromFile(), RandomResizedCrop(16)], {"img_path": str(file)}, sample_rng(seed, 0, 0))


@pytest.mark.parametrize(
    "options",
    [{}, {"subsampling": 0}, {"progressive": True}, {"exif": exif()}, {"quality": 30}],
    ids=["plain", "all colours", "progressive", "with EXIF", "coarse"],
)
def test_loading_and_cropping_in_one_gives_the_pixels_of_two_steps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: dict[str, object]
) -> None:
    file = tmp_path / "a.jpg"
    file.write_bytes(encoded(Image.fromarray(photos.astronaut()).resize((331, 247)), **options))
    asked: list[int | None] = []
    pixels = jpeg.PlainJpeg.pixels

    def noted(plain: jpeg.PlainJpeg, rows: int | None = None) -> torch.Tensor | None:
        asked.append(rows)
        return pixels(plain, rows)

    monkeypatch.setattr(jpeg.PlainJpeg, "pixels", noted)
    load, crop, flip = LoadImageFromFile(), RandomResizedCrop(64), RandomFlip()
    for seed in range(30):
        sample, rng = {"img_path": str(file)}, sample_rng(seed, 0, 0)
        expected = flip(crop(load(sample, rng), rng), rng)["img"]
        assert torch.equal(apply([load, crop, flip], sample, sample_rng(seed, 0, 0))["img"], expected)
    parts = [rows for rows in asked if rows is not None]
    assert len(parts) == (0 if "exif" in options else 30)
    assert all(0 < rows <= 247 for rows in parts) and len(asked) == 2 * len(parts)
