"""The page and the table, of marks that try to be more than text."""

import csv
from pathlib import Path
from typing import Any

from course_lib.homework.grading.gradebook import mark_card, total, write_csv, write_html

EVIL = "<script>alert(1)</script>"


def mark(exercise: str, points: int, of: int, **more: Any) -> dict[str, Any]:
    status = "passed" if points else "failed"
    return {
        "exercise": exercise,
        "status": status,
        "points": points,
        "of": of,
        "sentences": [],
        "rows": [],
        "hints": [],
        **more,
    }


MARKS = {
    "Ana": [mark("02.predict", 2, 2), mark("02.split", 0, 2)],
    EVIL: [
        mark("02.predict", 0, 2, sentences=[EVIL], rows=[["got", EVIL]], hints=["Try `x`."]),
        mark("02.split", 2, 2),
    ],
    "+1": [mark("02.predict", 2, 2), mark("02.split", 2, 2)],
}


def test_csv(tmp_path: Path) -> None:
    write_csv(tmp_path / "grades.csv", MARKS)
    rows = list(csv.reader((tmp_path / "grades.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert rows == [
        ["name", "02.predict", "02.split", "total"],
        ["Ana", "2", "0", "2"],
        [EVIL, "0", "2", "2"],
        ["'+1", "2", "2", "4"],
    ]
    assert total(MARKS["Ana"]) == (2, 4)


def test_html(tmp_path: Path) -> None:
    write_html(tmp_path / "book.html", MARKS, "Seed & all.")
    page = (tmp_path / "book.html").read_text(encoding="utf-8")
    assert EVIL not in page and page.count("&lt;script&gt;alert(1)") == 4
    assert "3 submissions, 2.7 of 4 points on average. Seed &amp; all." in page
    assert page.count("<details") == page.count("</details>") == 3
    assert 'href="#learner-1"' in page and 'id="learner-1"' in page


def test_card() -> None:
    text = str(mark_card(MARKS[EVIL][0]))
    assert text.startswith("✗ 02.predict · 0 of 2 points") and "hint: Try `x`." in text
    assert str(mark_card(mark("02.split", 0, 1, status="not yet"))).startswith("… 02.split · 0 of 1 point")
