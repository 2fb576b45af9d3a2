"""Checks as a learner meets them: cards, hints, counting."""

import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from course_lib.homework import check


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COURSE_HOME", str(tmp_path))
    return tmp_path


def right(w: Any, b: Any, X: Any) -> Any:
    return np.where(X @ w + b >= 0, 1, -1)


def wrong(w: Any, b: Any, X: Any) -> Any:
    return np.where(X @ w >= 0, 1, -1)


def stub(w: Any, b: Any, X: Any) -> Any:
    """Not written yet."""
    ...


def test_right_answer(home: Path) -> None:
    result = check("02.predict", right)
    assert result and result.status == "passed"
    assert "✓ 02.predict · passed" in repr(result) and "2 points, at the first attempt." in repr(result)
    saved = json.loads((home / "progress.json").read_text())["exercises"]["02.predict"]
    assert saved["attempts"] == 1 and saved["passed"] is True and len(saved["digest"]) == 16


def test_hints_come_one_after_another() -> None:
    first, second, third = (str(check("02.predict", wrong)) for _ in range(3))
    assert first.count("hint:") == 1 and "What has to be added" in first and "Another hint comes" in first
    assert second.count("hint:") == 2 and "np.where" in second and "Another hint" not in second
    assert third.count("hint:") == 2
    assert "after 4 attempts" in str(check("02.predict", right))
    # once passed, it stays passed
    check("02.predict", wrong)
    assert check("02.predict", right).status == "passed"


def test_failed_card_shows_input_both_results_and_the_difference() -> None:
    text = str(check("02.predict", wrong))
    assert "Tried on a line that does not pass through 0." in text
    for row in ("w         [1, 1]", "b         -3", "got       [1, 1]", "expected  [-1, 1]"):
        assert row in text
    assert "the first is at [0]: 1 instead of -1." in text


def test_stub_is_not_counted(home: Path) -> None:
    result = check("02.predict", stub)
    assert not result and result.status == "not yet" and "not yet" in str(result)
    assert not (home / "progress.json").exists()


def test_unknown_name_and_wrong_argument() -> None:
    assert "Did you mean '02.predict'?" in str(check("02.predcit", right))
    assert "there is no exercise" in str(check(right, "02.predict"))  # type: ignore[arg-type]
    result = check("02.predict", np.array([1, -1]))  # type: ignore[arg-type]
    assert not result and "without calling it: `check('02.predict', predict)`" in str(result)


def test_html_is_escaped_and_balanced() -> None:
    def injects(w: Any, b: Any, X: Any) -> Any:
        print("<b>bold</b>")
        return "<script>alert(1)</script>"

    html = check("02.predict", injects)._repr_html_()
    assert "<script>" not in html and "&lt;script&gt;" in html and "&lt;b&gt;bold" in html
    assert html.count("<div") == html.count("</div>") and html.count("<td") == html.count("</td>")


def test_learners_variables_stay(home: Path) -> None:
    kept = {"w": np.array([1.0])}

    def answer(w: Any, b: Any, X: Any) -> Any:
        w[:] = 0
        return kept

    check("02.predict", answer)
    assert kept["w"].tolist() == [1.0]


def test_new_numbers_at_each_attempt() -> None:
    seen: list[float] = []

    def answer(w: Any, b: Any, X: Any) -> Any:
        seen.extend(w[:1] if len(w) == 64 else [])
        return right(w, b, X)

    check("02.predict", answer)
    check("02.predict", answer)
    assert len(set(seen)) == 2


def test_random_numbers_go_on_as_if_nothing_had_been_checked() -> None:
    def draws(w: Any, b: Any, X: Any) -> Any:
        random.random(), np.random.rand(), torch.rand(2)
        return right(w, b, X)

    states = []
    for checked in (False, True):
        random.seed(1), np.random.seed(1), torch.manual_seed(1)
        if checked:
            check("02.predict", draws)
        states.append((random.random(), np.random.rand(), torch.rand(1).item()))
    assert states[0] == states[1]


def test_nothing_comes_out_of_a_check(home: Path) -> None:
    class Odd:
        def __call__(self, w: Any, b: Any, X: Any) -> Any:
            raise SystemExit

        @property
        def __signature__(self) -> Any:
            raise RuntimeError("odd")

    result = check("02.predict", Odd())
    assert result.status == "not yet"
    assert "could not be checked" in str(result) and "`RuntimeError: odd`" in str(result)
    assert not (home / "progress.json").exists()
