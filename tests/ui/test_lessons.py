"""The lessons as a learner sees them: run from top to bottom in JupyterLab, and their widgets used.

What is clicked and typed goes through browser, server and kernel and comes back as pixels; those are compared.
"""

import re
import time
from collections.abc import Callable
from hashlib import sha256
from typing import Any

from course_lib.homework.exercises import find

LESSON_02, LESSON_10 = "02_perceptron.ipynb", "10_config.ipynb"


def expect(locator: Any) -> Any:
    """Playwright's, imported once it is known to be there."""
    from playwright.sync_api import expect

    return expect(locator)


def pixels(element: Any) -> str:
    """A digest of an element as it looks on the screen."""
    return sha256(element.screenshot()).hexdigest()


def wait_until(holds: Callable[[], bool], what: str) -> None:
    """Look again and again; for pixels, which the browser does not announce."""
    ends_at = time.monotonic() + 120
    while not holds():
        assert time.monotonic() < ends_at, f"this never happened: {what}"


def test_lesson_02_runs_and_its_widgets_answer(open_lesson):
    with open_lesson(LESSON_02) as lesson:
        lesson.run_all()
        keyboard = lesson.page.keyboard

        # a question: nothing is revealed until something is predicted, here with the keyboard
        question, explorer = lesson.cell("line"), lesson.cell("line").locator(".course-line-explorer")
        expect(explorer).to_have_count(0)
        question.get_by_role("button", name="1 to 5").focus()
        keyboard.press("Space")
        expect(question).to_contain_text("You said 1 to 5; it is none.")
        expect(question.get_by_role("button", name="none")).to_be_disabled()

        # the line explorer: the bias 0.5 lower, and back again
        picture, bias = explorer.locator("img"), explorer.locator(".noUi-handle").nth(2)
        expect(explorer).to_contain_text("among 80 points")
        mistakes, before = explorer.get_by_text("among 80 points").inner_text(), pixels(picture)
        bias.focus()
        for _ in range(5):
            keyboard.press("ArrowLeft")
        expect(explorer).to_contain_text("- 0.5")
        expect(explorer).not_to_contain_text(mistakes)
        wait_until(lambda: pixels(picture) != before, "the picture shows another line")
        for _ in range(5):
            keyboard.press("ArrowRight")
        expect(explorer).to_contain_text(mistakes)
        wait_until(lambda: pixels(picture) == before, "the picture shows the first line again")

        # the stepper: a correction a press, and nine are enough
        question, stepper = lesson.cell("learn"), lesson.cell("learn").locator(".course-perceptron-stepper")
        question.locator("input[type=number]").fill("9")
        question.get_by_role("button", name="I predict").click()
        picture = stepper.locator("img")
        expect(stepper).to_contain_text("0 corrections, ")
        before = pixels(picture)
        stepper.get_by_role("button", name="Correct a mistake").click()
        expect(stepper).to_contain_text("1 correction, ")
        expect(stepper).to_contain_text("which is wrong")
        wait_until(lambda: pixels(picture) != before, "the picture shows the corrected line")
        stepper.get_by_role("button", name="Until it ends").click()
        expect(stepper).to_contain_text("No mistake left after 9 corrections.")

        # the playground: two points more make four that no line separates
        playground = lesson.cell("break").locator(".course-points")
        plane = playground.locator("svg[role=application]")
        points = plane.locator("rect, circle[stroke=white]")
        expect(points).to_have_count(2)
        before = pixels(plane)
        playground.get_by_role("button", name="one").click()
        click(plane, -0.7, -0.7)
        expect(points).to_have_count(3)
        expect(playground).to_contain_text("A line, found after")
        wait_until(lambda: pixels(plane) != before, "the plane shows the point")
        playground.get_by_role("button", name="zero").click()
        click(plane, 0.7, 0.7)
        expect(points).to_have_count(4)
        expect(playground).to_contain_text("Goal reached.")


def click(plane: Any, x: float, y: float) -> None:
    """Click into a plane that shows coordinates from -1 to 1."""
    box = plane.bounding_box()
    plane.click(position={"x": (x + 1) / 2 * box["width"], "y": (1 - y) / 2 * box["height"]})


def test_homework_fails_with_a_hint_then_passes(open_lesson):
    with open_lesson(LESSON_02) as lesson:
        lesson.run("setup")
        lesson.run("predict")
        card = lesson.output("predict")
        expect(card).to_contain_text("02.predict · not yet")

        answer = 'def predict(w, b, X):\n    return np.where(X @ w {} 0, 1, -1)\n\n\ncheck("02.predict", predict)'
        first, second = (hint.replace("`", "") for hint in find("02.predict").hints)
        lesson.type_and_run("predict", answer.format(">="))
        expect(card).to_contain_text("02.predict · not right yet")
        expect(card).to_contain_text("a line that does not pass through 0")
        expect(card).to_contain_text(first)
        expect(card).not_to_contain_text(second)

        lesson.type_and_run("predict", answer.format("+ b >="))
        expect(card).to_contain_text("02.predict · passed")
        expect(card).to_contain_text("2 points, after 2 attempts.")


def test_lesson_10_runs_and_its_tweaker_trains_in_the_background(open_lesson):
    with open_lesson(LESSON_10) as lesson:
        lesson.run_all()
        keyboard, tweaker = lesson.page.keyboard, lesson.cell("tweak").locator(".course-config-tweaker")
        picture = tweaker.locator("img")
        train, stop = (tweaker.get_by_role("button", name=name) for name in (re.compile("^Train"), "Stop"))
        expect(tweaker).to_contain_text("The config as it is.")
        expect(tweaker).to_contain_text("24,346 parameters")
        expect(stop).to_be_disabled()

        # to the largest network and the longest training: it must not end before it is stopped
        for label, key, change in (
            ("widths", "End", r"\+ +backbone=.*widths=\(32, 64, 128\)"),
            ("batch size", "Home", r"\+.*batch_size=16"),
            ("epochs", "End", r"\+.*max_epochs=20"),
        ):
            slider(tweaker, label).focus()
            keyboard.press(key)
            expect(tweaker).to_contain_text(re.compile(change))
        expect(tweaker).to_contain_text("94,762 parameters")
        lesson.type_and_run("checkin", "tweaker.seconds = 1000")

        before = pixels(picture)
        train.click()
        expect(tweaker).to_contain_text(re.compile(r"Epoch \d"))
        wait_until(lambda: pixels(picture) != before, "the first curve appears")
        growing = pixels(picture)
        wait_until(lambda: pixels(picture) != growing, "the curve grows")
        lesson.type_and_run("checkin", "print('other cells run:', tweaker.running)")
        expect(lesson.output("checkin")).to_have_text(re.compile("other cells run: True"))

        stop.click()
        expect(tweaker).to_contain_text(re.compile(r"[\d.]+ % with 94,762 parameters\."))
        expect(train).to_be_enabled()
        expect(stop).to_be_disabled()
        lesson.type_and_run("checkin", "tweaker.wait()\nprint(tweaker.runs[-1].ended)")
        expect(lesson.output("checkin")).to_have_text(re.compile("stopped"))


def slider(form: Any, label: str) -> Any:
    """The handle of a slider, found by its name."""
    return form.locator(".widget-hslider", has=form.page.get_by_text(label, exact=True)).locator(".noUi-handle")
