"""The facts of a card and their fingerprint."""

import dataclasses
import math
from pathlib import Path

import pytest

from course_lib.config.errors import DataError
from course_lib.homework.checkin import CheckIn, Done, read_card, thinned
from course_lib.homework.checkin_page import card_page

DONE = (Done("02.predict", True, 3, "abc"), Done("02.split", False, 1))
CARD = CheckIn("02", "2026-03-01T18:00+08:00", "A line </script> 线 learns.", DONE, (2.0, 1.0, 0.5))


@pytest.mark.parametrize(
    "changed",
    [
        {"note": "A line </script> 线 learns!"},
        {"lesson": "03"},
        {"date": "2026-03-02T18:00+08:00"},
        {"losses": (2.0, 1.0, 0.4)},
        {"exercises": (Done("02.predict", True, 2, "abc"), DONE[1])},
        {"exercises": (Done("02.predict", True, 3, "abd"), DONE[1])},
        {"exercises": (DONE[0], Done("02.split", True, 1))},
    ],
)
def test_the_fingerprint_changes_with_every_fact(changed: dict[str, object]) -> None:
    assert len(CARD.fingerprint) == 16
    assert dataclasses.replace(CARD, **changed).fingerprint != CARD.fingerprint  # type: ignore[arg-type]


def test_a_card_is_read_back(tmp_path: Path) -> None:
    file = tmp_path / "card.html"
    file.write_text(card_page(CARD), encoding="utf-8")
    assert read_card(file) == (CARD, True)
    file.write_text(card_page(CARD).replace("0.5]", "0.1]"), encoding="utf-8")
    card, fits = read_card(file)
    assert card.losses[-1] == 0.1 and not fits


@pytest.mark.parametrize(
    "text", ["", "<p>hello", 'class="check-in">{"lesson": 3}</script>', 'class="check-in">[]</script>']
)
def test_what_is_no_card(tmp_path: Path, text: str) -> None:
    (tmp_path / "card.html").write_text(text)
    with pytest.raises(DataError, match=r"card\.html: this is no check-in card"):
        read_card(tmp_path / "card.html")


def test_a_long_curve_is_thinned() -> None:
    assert thinned([]) == () and thinned([1.23456, math.nan, 2]) == (1.235, 2.0)
    curve = thinned(range(1000))
    assert len(curve) == 200 and curve[0] == 2.0 and curve[-1] == 997.0
