"""Predict, then reveal: a question must be answered before the answer, or any other widget, is shown.

Learners who commit to a prediction learn more than those who are told; a wrong one teaches most.
"""

import html
from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets

from course_lib.viz.style import INK, QUIET

from .parts import BLUE, GREEN, ORANGE, as_widget, empty_figure, guarded, png, sentence


def is_right(said: Any, answer: Any, tolerance: float = 0.0) -> bool:
    """Whether a prediction counts as right: the same choice, or a number within the tolerance."""
    if isinstance(said, (int, float)) and isinstance(answer, (int, float)):
        return abs(said - answer) <= tolerance
    return bool(said == answer)


def feedback(said: Any, answer: Any, tolerance: float = 0.0) -> str:
    """What is said after the reveal."""
    shown = f"{answer:g}" if isinstance(answer, (int, float)) else str(answer)
    said_text = f"{said:g}" if isinstance(said, (int, float)) else str(said)
    if is_right(said, answer, tolerance):
        return f"You said {said_text}. Right" + ("!" if said == answer else f": it is {shown}.")
    return f"You said {said_text}; it is {shown}. Now you will remember it."


class PredictReveal(ipywidgets.VBox):
    """A question with choices or a number, and what is shown once it is answered.

    Args:
        question: Text.
        answer: The right one, or a function that computes it once it is needed.
        choices: A button each; without them a number is asked for.
        reveal: What is shown then: a widget, a figure, text, or a function that makes one of these.
        explain: Why it is so, a sentence or two.
        tolerance: How far a number may be off.
    """

    def __init__(
        self,
        question: str,
        answer: Any,
        choices: Sequence[str] = (),
        *,
        reveal: Any = None,
        explain: str = "",
        tolerance: float = 0.0,
    ) -> None:
        self.question, self.answer, self.choices = question, answer, tuple(choices)
        self.reveal, self.explain, self.tolerance = reveal, explain, tolerance
        self.said: Any = None
        self.text, self.trouble, self.revealed = ipywidgets.HTML(), ipywidgets.HTML(), ipywidgets.VBox()
        self.number = ipywidgets.FloatText(layout=ipywidgets.Layout(width="120px"))
        width = "auto" if self.choices else "110px"
        self.buttons = [
            ipywidgets.Button(description=choice, layout=ipywidgets.Layout(width=width, min_width="90px"))
            for choice in self.choices or ("I predict",)
        ]
        for button in self.buttons:
            button.on_click(self._on_click(button))
        asked = ipywidgets.HTML(sentence(f"🤔 {html.escape(question)}", bold=True))
        wrap = ipywidgets.Layout(flex_flow="row wrap")
        controls = ipywidgets.Box([*([] if self.choices else [self.number]), *self.buttons], layout=wrap)
        super().__init__([asked, controls, self.text, self.revealed, self.trouble])
        self.add_class("course-predict")

    def _on_click(self, button: ipywidgets.Button) -> Callable[..., None]:
        def commit() -> None:
            self.commit(button.description if self.choices else self.number.value)

        return guarded(self.trouble, commit)

    def commit(self, said: Any) -> None:
        """Take the prediction, once, and reveal."""
        if self.said is not None:
            return
        answer = self.answer() if callable(self.answer) else self.answer
        content = self.reveal() if callable(self.reveal) else self.reveal
        self.said = said
        right = is_right(said, answer, self.tolerance)
        self.text.value = sentence(
            html.escape(feedback(said, answer, self.tolerance)), colour=GREEN if right else ORANGE, bold=True
        ) + sentence(html.escape(self.explain))
        self.revealed.children = [as_widget(content)] if content is not None else []
        self.number.disabled = True
        for button in self.buttons:
            button.disabled = True
            if self.choices and button.description == str(answer):
                button.button_style = "success"
            elif button.description == said:
                button.button_style = "warning"

    def still(self) -> bytes:
        """The question and its choices, not the answer, as a picture for pages where no kernel runs."""
        lines = wrapped(self.question)
        figure = empty_figure(560, 50 + 20 * len(lines))
        height = figure.get_size_inches()[1] * 100
        figure.text(0.02, 1 - 14 / height, "\n".join(lines), va="top", fontsize=10, color=INK, weight="bold")
        place = 0.02
        for choice in self.choices or ("a number",):
            box = {"boxstyle": "round,pad=0.5", "facecolor": "white", "edgecolor": BLUE if self.choices else QUIET}
            figure.text(place + 0.01, 22 / height, choice, va="center", fontsize=9, color=INK, bbox=box)
            place += 0.05 + 0.0135 * len(choice)
        return png(figure)

    _repr_png_ = still

    def _repr_html_(self) -> str:
        """For pages where no kernel runs, too: the question, and the answer to be unfolded."""
        button = "display:inline-block;border:1px solid;border-radius:99px;padding:2px 12px;margin:8px 8px 4px 0"
        choices = [f'<span style="{button}">{html.escape(choice)}</span>' for choice in self.choices or ("a number",)]
        answer = f"{self.answer:g}" if isinstance(self.answer, float) else str(self.answer)
        told = "" if callable(self.answer) else sentence(html.escape(answer), bold=True)
        return (
            f'<div class="course-predict">{sentence(html.escape(self.question), bold=True)}'
            f"<div>{''.join(choices)}</div>"
            '<details><summary style="cursor:pointer">I have made my guess: show the answer</summary>'
            f"{told}{sentence(html.escape(self.explain))}</details></div>"
        )


def wrapped(text: str, width: int = 56) -> list[str]:
    """Text in lines of ``width`` characters at the most; without letters that the pictures' font lacks."""
    import textwrap

    return textwrap.wrap("".join(letter for letter in text if ord(letter) < 0x2E80), width) or [""]
