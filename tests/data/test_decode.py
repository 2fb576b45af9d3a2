"""Every kind of picture file that people have, made with Pillow, and the files that are no pictures."""

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image, ImageOps

from course_lib.config.errors import DataError
from course_lib.data.decode import PictureError, decode, picture_size

# torchvision announces the end of its decoders; decode() then goes on with Pillow's.
pytestmark = pytest.mark.filterwarnings("ignore:The image decoding and encoding:DeprecationWarning")


def photo(height: int = 40, width: int = 60) -> Image.Image:
    """A smooth picture with four different corners."""
    y, x = np.mgrid[0:height, 0:width]
    channels = (255 * x / (width - 1), 255 * y / (height - 1), 128 + 0 * x)
    return Image.fromarray(np.stack(channels, -1).astype(np.uint8))


def encoded(picture: Image.Image, kind: str, exif: Image.Exif | None = None, quality: int = 95) -> bytes:
    buffer = io.BytesIO()
    if exif is not None:
        picture.save(buffer, kind, exif=exif, quality=quality)
    else:
        picture.save(buffer, kind, quality=quality)
    return buffer.getvalue()


def pixels(picture: Image.Image) -> torch.Tensor:
    return torch.from_numpy(np.array(picture.convert("RGB"))).permute(2, 0, 1)


def assert_close(image: torch.Tensor, expected: torch.Tensor, tolerance: int = 0) -> None:
    assert image.dtype == torch.uint8
    assert image.shape == expected.shape
    assert (image.int() - expected.int()).abs().max() <= tolerance


@pytest.mark.parametrize("kind", ["PNG", "BMP", "TIFF"])
def test_lossless_kinds_keep_every_value(kind: str) -> None:
    assert_close(decode(encoded(photo(), kind)), pixels(photo()))


def test_jpeg_equals_pillow() -> None:
    content = encoded(photo(), "JPEG")
    assert_close(decode(content), pixels(Image.open(io.BytesIO(content))), tolerance=1)


def test_jpeg_without_torchvisions_decoder(monkeypatch: pytest.MonkeyPatch) -> None:
    content = encoded(photo(), "JPEG")
    fast = decode(content)
    monkeypatch.setattr("course_lib.data.decode.decode_jpeg", lambda content: None)
    assert_close(decode(content), fast, tolerance=1)


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_greyscale(kind: str) -> None:
    image = decode(encoded(photo().convert("L"), kind))
    assert_close(image, pixels(photo().convert("L")), tolerance=3)
    assert torch.equal(image[0], image[1]) and torch.equal(image[0], image[2])


def test_black_and_white() -> None:
    assert decode(encoded(photo().convert("1"), "PNG")).unique().tolist() == [0, 255]


def test_cmyk_jpeg() -> None:
    assert_close(decode(encoded(photo().convert("CMYK"), "JPEG")), pixels(photo()), tolerance=12)


def test_palette() -> None:
    picture = photo().quantize(16)
    assert_close(decode(encoded(picture, "PNG")), pixels(picture))


def test_animated_gif_gives_its_first_picture() -> None:
    buffer = io.BytesIO()
    red, blue = (Image.new("RGB", (8, 6), colour) for colour in ("red", "blue"))
    red.save(buffer, "GIF", save_all=True, append_images=[blue])
    assert_close(decode(buffer.getvalue()), pixels(red))


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_transparent_is_laid_on_white(kind: str) -> None:
    picture = Image.new("RGBA", (8, 8), (200, 0, 0, 255))
    picture.paste((0, 0, 0, 0), (0, 0, 4, 8))  # left half: black, but nobody sees it
    picture.paste((0, 0, 0, 128), (4, 4, 8, 8))  # half transparent black: grey
    buffer = io.BytesIO()
    picture.save(buffer, kind, lossless=True)
    image = decode(buffer.getvalue())
    assert image[:, 0, 0].tolist() == [255, 255, 255]
    assert image[:, 0, 7].tolist() == [200, 0, 0]
    assert image[:, 7, 7].tolist() == [127, 127, 127]


def test_transparent_palette_and_grey_with_alpha() -> None:
    palette = Image.new("P", (4, 4), 0)
    palette.putpalette([10, 20, 30, 200, 100, 0])
    palette.putpixel((1, 0), 1)
    buffer = io.BytesIO()
    palette.save(buffer, "PNG", transparency=0)
    image = decode(buffer.getvalue())
    assert image[:, 0, 0].tolist() == [255, 255, 255]
    assert image[:, 0, 1].tolist() == [200, 100, 0]
    assert decode(encoded(Image.new("LA", (2, 2), (0, 0)), "PNG")).unique().tolist() == [255]


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_16_bits_are_scaled_and_not_clipped(kind: str) -> None:
    values = np.array([[0, 257, 300], [32768, 65407, 65535]], dtype=np.uint16)
    image = decode(encoded(Image.fromarray(values), kind))
    assert image[0].tolist() == [[0, 1, 1], [128, 255, 255]]
    assert torch.equal(image[0], image[2])


def test_32_bit_numbers_are_refused() -> None:
    content = encoded(Image.fromarray(np.array([[0.5, 1e6]], dtype=np.float32)), "TIFF")
    with pytest.raises(PictureError, match=r"scan.tif holds 32-bit numbers, .* Save it again as an ordinary 8-bit PNG"):
        decode(content, "scan.tif")


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_rotation_equals_pillows(kind: str, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    content = encoded(photo(), kind, exif)
    expected = pixels(ImageOps.exif_transpose(Image.open(io.BytesIO(content))))
    image = decode(content)
    assert_close(image, expected, tolerance=1)
    assert picture_size(content) == tuple(image.shape[1:])


@pytest.mark.parametrize("orientation", [0, 9, 77])
def test_an_exif_orientation_without_meaning_is_passed_over(orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    assert decode(encoded(photo(), "JPEG", exif)).shape == (3, 40, 60)


def test_size_of_a_path(tmp_path: Path) -> None:
    file = tmp_path / "a.png"
    photo(7, 9).save(file)
    assert picture_size(file) == picture_size(str(file)) == (7, 9)
    assert decode(file).shape == (3, 7, 9)


# --- what is no picture -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "BMP", "GIF", "WEBP", "TIFF"])
@pytest.mark.parametrize("kept", [0.02, 0.3, 0.9])
def test_truncated_files_are_errors(tmp_path: Path, kind: str, kept: float) -> None:
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 256, (90, 120, 3), dtype=np.uint8))
    content = encoded(noise, kind)
    file = tmp_path / f"cut.{kind.lower()}"
    file.write_bytes(content[: int(len(content) * kept)])
    with pytest.raises(PictureError, match=rf"cut\.{kind.lower()} is (damaged or truncated|not a picture)") as caught:
        decode(file)
    assert "/vision/" not in str(caught.value)  # no C++ source in a learner's message


@pytest.mark.parametrize("missing", [1, 2, 20])
def test_a_jpeg_that_lacks_its_last_bytes_is_an_error(missing: int) -> None:
    with pytest.raises(PictureError, match=r"^the picture is damaged or truncated"):
        decode(encoded(photo(), "JPEG")[:-missing])


def test_damaged_png() -> None:
    content = bytearray(encoded(photo(), "PNG"))
    middle = len(content) // 2
    content[middle : middle + 40] = bytes(40)
    with pytest.raises(PictureError, match=r"^b\.png is damaged or truncated"):
        decode(bytes(content), "b.png")


def test_empty_file(tmp_path: Path) -> None:
    file = tmp_path / "zero.jpg"
    file.touch()
    for read in (decode, picture_size):
        with pytest.raises(PictureError, match=r"zero\.jpg is empty \(0 bytes\)\.$"):
            read(file)


def test_not_a_picture(tmp_path: Path) -> None:
    file = tmp_path / "notes.jpg"
    file.write_text("This is no picture.\n" * 50)
    for read in (decode, picture_size):
        with pytest.raises(
            PictureError, match=r"notes\.jpg is not a picture, or of a kind that cannot be read here\.$"
        ):
            read(file)


def test_missing_file_and_folder(tmp_path: Path) -> None:
    for read in (decode, picture_size):
        with pytest.raises(PictureError, match=r"gone\.jpg cannot be read: no such file or directory\.$"):
            read(tmp_path / "gone.jpg")
        with pytest.raises(PictureError, match="cannot be read: "):
            read(tmp_path)


def test_decompression_bomb() -> None:
    """A PNG of some bytes whose header claims 60,000 x 60,000 pixels."""
    content = bytearray(encoded(photo(), "PNG"))
    content[16:24] = struct.pack(">II", 60_000, 60_000)
    content[29:33] = struct.pack(">I", zlib.crc32(content[12:29]))
    for read in (decode, picture_size):
        with pytest.raises(PictureError, match=r"^bomb\.png is too large: its header claims more than \d+ million"):
            read(bytes(content), "bomb.png")


def test_a_picture_error_is_a_data_error() -> None:
    with pytest.raises(DataError):
        decode(b"")


@pytest.mark.parametrize("seed", range(30))
def test_no_garbage_escapes_as_another_error(seed: int) -> None:
    """Bytes turned over at random: a picture comes back, or a PictureError does."""
    rng = np.random.default_rng(seed)
    kind = ("JPEG", "PNG", "GIF", "TIFF", "BMP")[seed % 5]
    content = bytearray(encoded(photo(), kind))
    for place in rng.integers(0, len(content), 12):
        content[place] = rng.integers(256)
    try:
        assert decode(bytes(content)).dtype == torch.uint8
    except PictureError as error:
        assert str(error).startswith("the picture ")
