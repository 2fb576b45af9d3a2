"""The optimizer race in a browser, in a notebook of the tests' own: after a prediction, with the keyboard."""

from .looking import expect, pixels, slider, wait_until

NOTEBOOK = "optimizer_race.ipynb"


def test_the_race_is_predicted_steered_and_won(open_lesson):
    with open_lesson(NOTEBOOK) as lesson:
        lesson.run_all()
        keyboard, question = lesson.page.keyboard, lesson.cell("race")
        widget = question.locator(".course-optimizer-race")
        expect(widget).to_have_count(0)
        question.get_by_role("button", name="Adam").focus()
        keyboard.press("Space")
        expect(question).to_contain_text("You said Adam; it is Nesterov.")
        picture = widget.locator("img")
        expect(widget).to_contain_text("First: Nesterov, 18 steps.")
        expect(widget).to_contain_text("○ Narrow valley: somebody arrives within 15 steps")

        # two steps up with Nesterov's rate, to 0.15
        before = pixels(picture)
        slider(widget, "Nesterov").focus()
        for _ in range(2):
            keyboard.press("ArrowRight")
        expect(widget).to_contain_text("First: Nesterov, 13 steps.")
        expect(widget).to_contain_text("✓ Narrow valley: somebody arrives within 15 steps")
        wait_until(lambda: pixels(picture) != before, "the picture shows another way")

        # all six at 0.3: four more steps from 0.1 to 0.3
        slider(widget, "all six").focus()
        for _ in range(5):
            keyboard.press("ArrowRight")
        expect(widget).to_contain_text("✓ Narrow valley, one rate for all six: Adam arrives after plain SGD")

        # the bumpy bowl at 0.02, where momentum rolls out of every dent
        widget.get_by_role("button", name="bumpy bowl").click()
        slider(widget, "all six").focus()
        for _ in range(12):
            keyboard.press("ArrowLeft")
        expect(widget).to_contain_text("First: momentum")
        expect(widget).to_contain_text("All three goals reached!")

        # a way hidden, and the start elsewhere
        before = pixels(picture)
        widget.get_by_role("checkbox", name="show").nth(1).focus()
        keyboard.press("Space")
        wait_until(lambda: pixels(picture) != before, "the way of momentum is hidden")
        before = pixels(picture)
        slider(widget, "weight 2").focus()
        keyboard.press("ArrowUp")
        expect(widget).to_contain_text("Goals count from the landscape's own start.")
        wait_until(lambda: pixels(picture) != before, "all start elsewhere")
