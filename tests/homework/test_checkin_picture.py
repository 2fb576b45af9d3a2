"""A card as a PNG."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from course_lib.homework import checkin_picture
from course_lib.homework.checkin import CheckIn, Done
from course_lib.homework.checkin_picture import NO_FONT, drawable, families, save_picture, wrapped

DONE = (Done("02.predict", True, 3, "abc"), Done("02.split", False, 0))
CARD = CheckIn("02", "2026-03-01T18:00+08:00", "A line learns from its $mistakes$. " * 8, DONE, (2.0, 1.0, 0.5))


def rows_with_ink(file: Path) -> np.ndarray:
    pixels = np.asarray(Image.open(file).convert("L"))
    return np.flatnonzero((pixels < 200).any(axis=1))


def test_picture(tmp_path: Path) -> None:
    save_picture(CARD, tmp_path / "card.png")
    with Image.open(tmp_path / "card.png") as picture:
        assert picture.width == 1240 and picture.info["Fingerprint"] == CARD.fingerprint
        top = picture.convert("RGB").getpixel((600, 4))
        height = picture.height
        # nothing is cut off at the sides or below
        pixels = np.asarray(picture.convert("L"))
    assert top == (0, 0x72, 0xB2)  # blue, as an exercise is open
    assert (pixels[14:, :40] > 250).all() and (pixels[14:, -40:] > 250).all() and (pixels[-12:] > 250).all()
    save_picture(CheckIn(CARD.lesson, CARD.date, CARD.note, DONE), tmp_path / "no_curve.png")
    with Image.open(tmp_path / "no_curve.png") as picture:
        assert picture.height < height - 150
    assert rows_with_ink(tmp_path / "card.png").max() > height - 80


def test_wrapping() -> None:
    assert wrapped("one two three", 7) == ["one two", "three"]
    assert wrapped("感知机从错误中学习。", 8) == ["感知机从", "错误中学", "习。"]
    assert wrapped("a" * 30, 20) == ["a" * 20, "a" * 10]
    assert wrapped("one\n\ntwo", 20) == ["one", "", "two"]


def test_characters_that_no_font_has(monkeypatch: pytest.MonkeyPatch) -> None:
    assert drawable("A line 🎉 learns from its mistakes", ["DejaVu Sans"]) == "A line  learns from its mistakes"
    assert drawable("感知机从错误中学习。", ["DejaVu Sans"]) == NO_FONT
    monkeypatch.setattr(checkin_picture.font_manager, "get_font_names", lambda: ["SimHei", "PingFang SC"])
    assert families() == ["DejaVu Sans", "PingFang SC"]
