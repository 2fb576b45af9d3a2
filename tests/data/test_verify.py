"""Every picture is decoded; the broken ones are listed, and stay."""

from pathlib import Path

import pytest
from PIL import Image

from course_lib.config.errors import DataError
from course_lib.data.verify import verify_folder


def test_broken_pictures_are_listed_and_stay(tmp_path: Path) -> None:
    (tmp_path / "cat").mkdir()
    picture = Image.effect_noise((64, 64), 50)
    picture.save(tmp_path / "cat" / "1 good.jpg")
    picture.convert("CMYK").save(tmp_path / "cat" / "2 good.jpg")
    whole = (tmp_path / "cat" / "1 good.jpg").read_bytes()
    (tmp_path / "cat" / "3 cut.jpg").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "cat" / "4 empty.png").touch()
    (tmp_path / "cat" / "5 text.jpg").write_text("hello")
    (tmp_path / "cat" / "notes.txt").write_text("no picture, and not meant to be one")
    report = verify_folder(tmp_path)
    assert report.checked == 5
    assert [each.path for each in report.broken] == ["cat/3 cut.jpg", "cat/4 empty.png", "cat/5 text.jpg"]
    reasons = [each.reason for each in report.broken]
    assert "damaged or truncated" in reasons[0] and "empty" in reasons[1] and "not a picture" in reasons[2]
    assert not any(str(tmp_path) in reason for reason in reasons)
    assert len(list((tmp_path / "cat").iterdir())) == 6


def test_nothing_to_verify(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="holds no picture; it is empty"):
        verify_folder(tmp_path)
    with pytest.raises(DataError, match="does not exist"):
        verify_folder(tmp_path / "nowhere")
