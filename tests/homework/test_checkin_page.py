"""A card as HTML."""

import dataclasses
import re

from course_lib.homework.checkin import CheckIn, Done
from course_lib.homework.checkin_page import CURVE_HEIGHT, CURVE_WIDTH, card_html, card_page, collected_page

DONE = (Done("02.predict", True, 3, "abc"), Done("02.split", False, 0))
CARD = CheckIn("02", "2026-03-01T18:00+08:00", "<b>A line</b> learns.", DONE, (2.0, 1.0, 0.5))


def test_what_stands_on_a_card() -> None:
    page = card_html(CARD)
    for text in (
        "Lesson 02",
        "打卡",
        "2026-03-01",
        "1 of 2 exercises passed",
        "3 attempts",
        "not tried",
        CARD.fingerprint,
    ):
        assert text in page
    assert "&lt;b&gt;A line" in page and "from 2 to 0.5" in page
    assert page.count("<div") == page.count("</div>") and page.count("<span") == page.count("</span>")


def test_the_curve_falls_from_left_to_right() -> None:
    (text,) = re.findall(r'points="([^"]*)"', card_html(CARD))
    points = [tuple(map(float, point.split(","))) for point in text.split()]
    assert [x for x, _ in points] == [0, CURVE_WIDTH / 2, CURVE_WIDTH]
    assert points[0][1] == 4 and points[-1][1] == CURVE_HEIGHT - 4 and points[0][1] < points[1][1] < points[2][1]
    level = dataclasses.replace(CARD, losses=(1.0, 1.0))
    assert "polyline" in card_html(level) and "polyline" not in card_html(dataclasses.replace(CARD, losses=()))


def test_pages_need_no_other_file() -> None:
    for page in (card_page(CARD), collected_page([(CARD, True), (CARD, False)], "2 of 22 lessons")):
        assert "src=" not in page and "<link" not in page and "http" not in page
    assert page.count("changed after it was made") == 1 and page.count("Lesson 02") == 2
