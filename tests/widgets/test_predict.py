"""Predict, then reveal."""

import ipywidgets
import numpy as np
import pytest

from course_lib.viz.style import new_figure
from course_lib.widgets import LineExplorer, PredictReveal
from course_lib.widgets.parts import as_widget
from course_lib.widgets.predict import feedback, is_right, wrapped


def test_is_right_and_feedback() -> None:
    assert is_right("a", "a") and not is_right("a", "b")
    assert is_right(7.0, 9, tolerance=2) and not is_right(6.9, 9, tolerance=2)
    assert feedback("a", "a") == "You said a. Right!"
    assert feedback(8.0, 9, tolerance=2) == "You said 8. Right: it is 9."
    assert feedback("a", "b") == "You said a; it is b. Now you will remember it."


def test_nothing_is_shown_before_the_prediction() -> None:
    made: list[int] = []

    def reveal() -> str:
        made.append(1)
        return "the answer"

    widget = PredictReveal("Which?", "b", ["a", "b"], reveal=reveal, explain="<because>")
    assert widget.revealed.children == () and widget.text.value == "" and not made
    widget.buttons[0].click()
    assert "You said a; it is b." in widget.text.value and "&lt;because&gt;" in widget.text.value
    assert [child.value for child in widget.revealed.children] == ["the answer"]
    assert all(button.disabled for button in widget.buttons)
    # a second thought does not count
    widget.commit("b")
    assert widget.said == "a" and made == [1]


def test_number_and_lazy_answer() -> None:
    widget = PredictReveal("How many?", lambda: 9, tolerance=1)
    widget.number.value = 10
    widget.buttons[0].click()
    assert "You said 10. Right: it is 9." in widget.text.value and widget.number.disabled


def test_wraps_another_widget() -> None:
    inner = LineExplorer(np.array([[0.0, 1.0], [1.0, 0.0]]), np.array([1, -1]))
    widget = PredictReveal("Where?", "x", ["x"], reveal=inner)
    widget.buttons[0].click()
    assert widget.revealed.children == (inner,)


def test_a_failing_reveal_shows_and_can_be_tried_again() -> None:
    ready: list[str] = []
    widget = PredictReveal("Which?", "a", ["a"], reveal=lambda: ready[0])
    widget.buttons[0].click()
    assert "IndexError" in widget.trouble.value and widget.said is None
    ready.append("now")
    widget.buttons[0].click()
    assert widget.trouble.value == "" and widget.said == "a"


@pytest.mark.parametrize("choices", [(), ("none", "1 to 5", "a very long choice indeed")])
def test_still(choices: tuple[str, ...]) -> None:
    widget = PredictReveal("A long question 感知机 " * 10, "none", choices)
    assert widget._repr_png_() == widget.still() and widget.still().startswith(b"\x89PNG")
    assert max(map(len, wrapped(widget.question))) <= 56 and "感" not in "".join(wrapped(widget.question))


def test_without_a_kernel_the_answer_is_folded() -> None:
    page = PredictReveal("Is 1 < 2?", "yes", ["yes", "no"], explain="<because>")._repr_html_()
    before, answer = page.split("<summary")
    assert "Is 1 &lt; 2?" in before and before.index(">yes<") < before.index(">no<")
    assert ">yes<" in answer and "&lt;because&gt;" in answer and answer.endswith("</details></div>")
    assert ">0.1<" in PredictReveal("How much?", 0.1)._repr_html_()
    lazy = PredictReveal("How many?", lambda: 1 / 0, explain="So it is.")._repr_html_()
    assert "function" not in lazy and "So it is." in lazy


def test_as_widget() -> None:
    assert isinstance(as_widget(new_figure(100, 50)), ipywidgets.Image)
    assert isinstance(as_widget(b"\x89PNG"), ipywidgets.Image)
    assert as_widget("<b>").value == "&lt;b&gt;"
    box = ipywidgets.VBox()
    assert as_widget(box) is box
