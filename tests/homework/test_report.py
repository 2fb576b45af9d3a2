"""The check-in card."""

from pathlib import Path

import pytest

from course_lib.homework import progress, report_card

NOTE = "A perceptron is a line that learns from its mistakes; " * 2


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COURSE_HOME", str(tmp_path))
    return tmp_path


def test_short_note_makes_no_card(home: Path) -> None:
    report = report_card("02", "  too short  ")
    assert not report and "91 characters more" in str(report)
    assert not (home / "cards").exists()


def test_card_lists_exercises_and_is_saved(home: Path) -> None:
    progress.add("02.predict", True, "abc")
    report = report_card("02", NOTE)
    assert report and report.path == home / "cards" / "lesson_02.html"
    page = report.path.read_text(encoding="utf-8")
    assert "1 of 5 exercises passed" in page and "learns from its mistakes" in page and "02.fit_perceptron" in page
    assert "passed   1 attempt" in str(report) and "open     0 attempts" in str(report)


def test_hundred_chinese_characters_are_enough() -> None:
    assert report_card("02", "感知机从错误中学习。" * 10)


def test_note_is_escaped() -> None:
    assert "<script>" not in report_card("02", "<script>" * 20)._repr_html_()


def test_unknown_lesson_and_unwritable_folder(home: Path) -> None:
    assert "there is no lesson '2' with exercises. Did you mean '02'?" in str(report_card("2", NOTE))
    (home / "cards").write_text("a file where the folder should be")
    report = report_card("02", NOTE)
    assert not report and "could not be saved" in str(report)
