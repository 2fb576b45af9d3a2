"""The training dashboard and the comparison of runs in a browser, in a notebook of the tests' own."""

import re

from .looking import expect

NOTEBOOK = "training_widgets.ipynb"


def test_the_dashboard_trains_pauses_resumes_and_stops(open_lesson):
    with open_lesson(NOTEBOOK) as lesson:
        lesson.run_all()
        lesson.type_and_run("spare", "cfg.train_cfg.max_epochs = 200")  # it must not end before it is stopped
        keyboard, board = lesson.page.keyboard, lesson.cell("dashboard").locator(".course-dashboard")
        train = board.get_by_role("button", name=re.compile("^Train"))
        pause, resume, stop = (board.get_by_role("button", name=name) for name in ("Pause", "Resume", "Stop"))
        panels = board.locator("svg[role=application]")
        curve = panels.first.locator("svg path").nth(1)  # the loss; the first path is the faint one
        expect(panels).to_have_count(4)
        expect(board).to_contain_text("Not trained yet")
        expect(pause).to_be_disabled()
        expect(stop).to_be_disabled()

        # it trains while other cells run, and its curve grows
        train.focus()
        keyboard.press("Space")
        expect(board).to_contain_text(re.compile(r"Training: epoch \d+\.\d, step \d+"))
        expect(train).to_be_disabled()
        expect(curve).to_have_attribute("d", re.compile("^M.*L"))
        growing = curve.get_attribute("d")
        expect(curve).not_to_have_attribute("d", growing)
        lesson.type_and_run("spare", "print('other cells run:', dashboard.running)")
        expect(lesson.output("spare")).to_have_text(re.compile("other cells run: True"))

        # paused, it takes no step
        pause.focus()
        keyboard.press("Space")
        expect(board).to_contain_text(re.compile(r"Paused after epoch \d+\.\d"))
        steps = "step = dashboard.trainer.step\ndashboard.job.thread.join(0.5)\nprint('steps:', {})"
        lesson.type_and_run("spare", steps.format("dashboard.trainer.step - step"))
        expect(lesson.output("spare")).to_have_text(re.compile("steps: 0"))
        waiting = curve.get_attribute("d")

        # resumed, it goes on with the same curve
        resume.click()
        expect(board).to_contain_text("Training: epoch")
        expect(curve).not_to_have_attribute("d", waiting)
        lesson.type_and_run("spare", "print('one job:', len(dashboard.jobs), dashboard.trainer.step > step)")
        expect(lesson.output("spare")).to_have_text(re.compile("one job: 1 True"))

        stop.click()
        expect(board).to_contain_text(re.compile(r"Stopped after step [\d,]+\. [\d.]+ % of the validation is right"))
        expect(train).to_be_enabled()
        expect(pause).to_be_disabled()

        # a mistake in the config stands where one looks
        lesson.type_and_run("spare", "cfg.model.head.in_channels = 5")
        train.click()
        expect(board).to_contain_text("model.head.in_channels")
        expect(train).to_be_enabled()


def test_curves_are_compared_with_mouse_and_keys(open_lesson):
    with open_lesson(NOTEBOOK) as lesson:
        lesson.run_all()
        keyboard, compared = lesson.page.keyboard, lesson.cell("compare").locator(".course-compare-runs")
        loss, accuracy = (compared.locator("svg[role=application]").nth(index) for index in range(2))
        table = compared.locator("table")
        expect(compared.locator("svg[role=application]")).to_have_count(2)

        # the values under the pointer, in both panels
        expect(table).to_contain_text("hover")
        accuracy.hover()
        expect(table).to_contain_text(re.compile(r"at step \d"))
        loss.focus()
        keyboard.press("End")
        expect(table).to_contain_text("at step 2,040")
        expect(table.locator("tr").nth(2)).to_contain_text("91.6")
        at_end = table.inner_text()
        for _ in range(3):
            keyboard.press("ArrowLeft")
        expect(table).not_to_have_text(at_end)
        keyboard.press("Escape")
        expect(table).to_contain_text("hover")

        # smoothing and the logarithmic axis, by keyboard
        curve = loss.locator("svg path").nth(1)
        before = curve.get_attribute("d")
        compared.locator(".noUi-handle").focus()
        keyboard.press("ArrowRight")
        expect(curve).not_to_have_attribute("d", before)
        smoothed = curve.get_attribute("d")
        compared.locator("input[type=checkbox]").focus()
        keyboard.press("Space")
        expect(curve).not_to_have_attribute("d", smoothed)

        compared.get_by_role("button", name="fast").click()
        expect(compared).to_contain_text("Look again")
        compared.get_by_role("button", name="slow").click()
        expect(compared).to_contain_text("Right! It was ahead for good from step")
