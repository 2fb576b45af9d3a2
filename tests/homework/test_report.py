"""The check-in card."""

import json
import os
from pathlib import Path

import pytest
from PIL import Image

from course_lib.config.errors import DataError
from course_lib.homework import progress, report_card
from course_lib.homework.checkin import Done, read_card
from course_lib.homework.report import collect, trained_losses

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
    assert "1 of 5 exercises passed" in page and "learns from its mistakes" in page and "fit_perceptron" in page
    assert "✓ 02.predict               1 attempt\n" in str(report) and "○ 02.split                 0 attempts" in str(
        report
    )
    assert report.picture == home / "cards" / "lesson_02.png"
    with Image.open(report.picture) as picture:
        assert picture.width == 1240
    assert report.card is not None and report.card.exercises[1] == Done("02.predict", True, 1, "abc")
    assert read_card(report.path) == (report.card, True)
    assert report.card.fingerprint in report._repr_html_()


def test_the_learners_own_loss_curve(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert trained_losses("10") == []
    for run, losses in (("lesson_10", [3, 2, 1]), ("lesson_10_again", [2.5, "x", 0.5]), ("lesson_11", [9])):
        folder = tmp_path / "work_dirs" / run
        folder.mkdir(parents=True)
        lines = [json.dumps({"step": step, "epoch": 0, "loss": loss}) for step, loss in enumerate(losses)]
        (folder / "metrics.jsonl").write_text("\n".join([*lines, '{"step": 9, "val/accuracy/top1": 80}']))
        os.utime(folder / "metrics.jsonl", (0, len(run)))
    assert trained_losses("10") == [2.5, 0.5]
    report = report_card("10", NOTE)
    assert report.card is not None and report.card.losses == (2.5, 0.5)
    report = report_card("10", NOTE, losses=[1.0, 0.25])
    assert report.card is not None and report.card.losses == (1.0, 0.25) and "from 1 to 0.25" in report._repr_html_()


def test_all_cards_on_one_page(home: Path) -> None:
    with pytest.raises(DataError, match="there is no check-in card yet"):
        collect()
    progress.add("02.predict", True, "abc")
    report_card("10", NOTE)
    report_card("02", NOTE + "!")
    page, count, troubles = collect()
    text = page.read_text(encoding="utf-8")
    assert (page, count, troubles) == (home / "cards" / "report.html", 2, [])
    assert text.index("Lesson 02") < text.index("Lesson 10") and ", 2 of " in text and "2 of " in text
    card = home / "cards" / "lesson_02.html"
    card.write_text(card.read_text(encoding="utf-8").replace("mistakes", "successes"), encoding="utf-8")
    (home / "cards" / "lesson_10.html").write_text("<p>")
    page, count, troubles = collect()
    assert count == 1 and "changed after it was made" in page.read_text(encoding="utf-8")
    assert troubles[0].endswith("it was changed after it was made.") and "no check-in card" in troubles[1]


def test_hundred_chinese_characters_are_enough() -> None:
    assert report_card("02", "感知机从错误中学习。" * 10)


def test_note_is_escaped() -> None:
    assert "<script>" not in report_card("02", "<script>" * 20)._repr_html_()


def test_unknown_lesson_and_unwritable_folder(home: Path) -> None:
    assert "there is no lesson '2' with exercises. Did you mean '02'?" in str(report_card("2", NOTE))
    (home / "cards").write_text("a file where the folder should be")
    report = report_card("02", NOTE)
    assert not report and "could not be saved" in str(report)
