"""The lessons as a learner sees them: run from top to bottom in JupyterLab, and their widgets used.

What is clicked and typed goes through browser, server and kernel and comes back as pixels; those are compared.
"""

import re
from typing import Any

from course_lib.homework.exercises import find

from .looking import expect, pixels, slider, wait_until

LESSON_02, LESSON_03, LESSON_10 = "02_perceptron.ipynb", "03_mlp.ipynb", "10_config.ipynb"
LESSON_08, LESSON_09 = "08_convolution.ipynb", "09_cnn_layers.ipynb"
LESSON_11, LESSON_12 = "11_augmentation.ipynb", "12_schedules.ipynb"
LESSON_13 = "13_resnet.ipynb"
LESSON_14 = "14_vit.ipynb"
LESSON_15 = "15_fine_tuning.ipynb"
LESSON_16 = "16_understand.ipynb"
LESSON_21 = "21_capstone.ipynb"


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


def test_lesson_08_runs_and_its_widgets_answer(open_lesson):
    with open_lesson(LESSON_08) as lesson:
        lesson.run_all()
        keyboard = lesson.page.keyboard

        # a question whose answer is a figure
        question = lesson.cell("moved")
        expect(question.locator("img")).to_have_count(0)
        question.get_by_role("button", name="about 90 %").click()
        expect(question).to_contain_text("You said about 90 %; it is below 40 %.")
        expect(question.locator("img")).to_have_count(1)

        # the painter: the blur's nine ones, the first two with the keyboard
        painter = lesson.cell("painter").locator(".course-kernel-painter")
        numbers, shown = painter.locator(".widget-gridbox button"), painter.locator("img").nth(1)
        expect(numbers).to_have_count(9)
        before = pixels(shown)
        numbers.nth(0).focus()
        keyboard.press("Space")
        expect(painter).to_contain_text("Your numbers add up to 0.22.")
        wait_until(lambda: pixels(shown) != before, "the middle picture becomes another one")
        keyboard.press("Tab")
        keyboard.press("Space")
        expect(painter).to_contain_text("Your numbers add up to 0.33.")
        for index in range(2, 9):
            numbers.nth(index).click()
        expect(painter).to_contain_text("Blur, found in 9 strokes.")
        painter.get_by_role("button", name="5", exact=True).click()
        expect(numbers).to_have_count(25)
        expect(painter).not_to_contain_text("Camera shake")

        # the geometry: one row of padding keeps the size; then a step of the window
        geometry = lesson.cell("geometry").locator(".course-conv-geometry")
        picture = geometry.locator("img")
        expect(geometry).to_contain_text("✗ output 9")
        before = pixels(picture)
        slider(geometry, "padding p").focus()
        keyboard.press("ArrowRight")
        expect(geometry).to_contain_text("⌊8 / 1⌋ + 1 = 9")
        expect(geometry).to_contain_text("Goal reached, and with 9 weights it cannot be done with fewer.")
        wait_until(lambda: pixels(picture) != before, "the picture shows the padding")
        before = pixels(picture)
        slider(geometry, "position").focus()
        keyboard.press("ArrowRight")
        wait_until(lambda: pixels(picture) != before, "the window stands at the next output")
        play = geometry.locator(".widget-play button").first
        play.click()
        before = pixels(picture)
        wait_until(lambda: pixels(picture) != before, "the window walks by itself")
        play.click()


def test_lesson_09_runs_and_its_explorer_answers(open_lesson):
    with open_lesson(LESSON_09) as lesson:
        lesson.run_all()
        keyboard, question = lesson.page.keyboard, lesson.cell("chain")
        explorer = question.locator(".course-activations")
        expect(explorer).to_have_count(0)
        question.get_by_role("button", name="about a half").click()
        picture = explorer.locator("img")
        expect(explorer).to_contain_text("it has vanished")

        # from sigmoid to ReLU, which keeps the gradient for an input of 2
        before = pixels(picture)
        explorer.get_by_role("button", name="ReLU", exact=True).click()
        expect(explorer).to_contain_text("it is alive")
        expect(explorer).to_contain_text("x = 2 with ReLU")
        wait_until(lambda: pixels(picture) != before, "the picture shows another curve")

        # down to -2 with the arrow keys, where ReLU is dead; a leak of 1 is not
        slider(explorer, "input x").focus()
        for _ in range(40):
            keyboard.press("ArrowLeft")
        expect(explorer).to_contain_text("the gradient is dead")
        explorer.get_by_role("button", name="Leaky ReLU, PReLU").click()
        expect(explorer).to_contain_text("it has vanished")
        slider(explorer, "a").focus()
        for _ in range(18):
            keyboard.press("ArrowRight")
        expect(explorer).to_contain_text("Goal reached!")


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


def test_lesson_03_runs_and_its_playground_trains_in_the_background(open_lesson):
    with open_lesson(LESSON_03) as lesson:
        lesson.run_all()
        keyboard, playground = lesson.page.keyboard, lesson.cell("tweak").locator(".course-playground")
        plane = playground.locator("svg[role=application]")
        points = plane.locator("rect, circle[stroke=white]")
        train = playground.get_by_role("button", name="Train")
        expect(points).to_have_count(100)
        expect(playground).to_contain_text("Perceptron: 0 hidden neurons, 3 parameters")

        # one line never solves it: it is still at work while another cell runs, and then it is paused
        train.focus()
        keyboard.press("Space")
        expect(playground).to_contain_text(re.compile(r"Step \d+, loss 0\.[67]"))
        curve = playground.locator("svg[role=img] polyline")  # made anew for each picture: it cannot be photographed
        growing = curve.get_attribute("points")
        wait_until(lambda: curve.get_attribute("points") != growing, "the curve grows")
        lesson.type_and_run("checkin", "print('other cells run')")
        expect(lesson.output("checkin")).to_have_text(re.compile("other cells run"))
        playground.get_by_role("button", name="Pause").click()
        expect(train).to_be_enabled()
        expect(playground).not_to_contain_text("Solved")

        # a hidden layer of four, by keyboard
        before = pixels(plane)
        slider(playground, "hidden layers").focus()
        keyboard.press("ArrowRight")
        expect(playground).to_contain_text("MLP: 1 hidden neuron, 5 parameters")  # now there are neurons to count
        slider(playground, "neurons each").focus()
        for _ in range(3):
            keyboard.press("ArrowRight")
        expect(playground).to_contain_text("MLP: 4 hidden neurons, 17 parameters")
        wait_until(lambda: pixels(plane) != before, "the plane shows another network")
        train.click()
        expect(playground).to_contain_text("Solved: XOR with 4 hidden neurons.")
        expect(playground).to_contain_text("Your fewest hidden neurons: XOR 4")

        # other points, and one more by a click
        playground.get_by_role("button", name="circles").click()
        expect(playground).to_contain_text("Step 0: ")
        playground.get_by_role("button", name="class +1").click()
        click(plane, 0.95, 0.95)
        expect(points).to_have_count(101)
        expect(playground).to_contain_text("of 101 points right")


def test_lesson_11_runs_and_its_gallery_answers(open_lesson):
    with open_lesson(LESSON_11) as lesson:
        lesson.run_all()
        keyboard, gallery = lesson.page.keyboard, lesson.cell("gallery").locator(".course-gallery")
        sheet = gallery.locator("img").first

        # the wrong step, then the right one
        gallery.get_by_role("button", name="ColorJitter").click()
        expect(gallery).to_contain_text("is it still “left”?")
        expect(gallery).to_contain_text("# dict(type='RandomFlip'")
        gallery.get_by_role("button", name="RandomFlip").click()
        expect(gallery).to_contain_text("Found! A mirrored “left”")
        expect(gallery.get_by_role("button", name="left ✓")).to_be_visible()

        # another picture; with the keyboard: a step switched off, and an angle to its end
        gallery.get_by_role("button", name="M", exact=True).click()
        before = pixels(sheet)
        gallery.get_by_role("checkbox", name="ColorJitter").focus()
        keyboard.press("Space")
        expect(gallery).to_contain_text("# dict(type='ColorJitter'")
        wait_until(lambda: pixels(sheet) != before, "the sheet shows the letter without another colour")
        slider(gallery, "angle").focus()
        keyboard.press("End")
        expect(gallery).to_contain_text("angle=180")
        gallery.get_by_role("button", name="Rotate").click()
        expect(gallery).to_contain_text("is a W")

        # a picture of one's own
        before = pixels(sheet)
        file = {"name": "me.png", "mimeType": "image/png", "buffer": sheet.screenshot()}
        with lesson.page.expect_file_chooser() as chooser:
            gallery.get_by_role("button", name="Your own picture").click()
        chooser.value.set_files(file)
        expect(gallery).to_contain_text("Your own picture. What is its label")
        wait_until(lambda: pixels(sheet) != before, "the sheet shows the own picture")


def test_lesson_12_runs_and_its_builder_races_in_the_background(open_lesson):
    with open_lesson(LESSON_12) as lesson:
        lesson.run_all()
        keyboard, builder = lesson.page.keyboard, lesson.cell("tweak").locator(".course-schedule-builder")
        curve, runs = builder.locator("img").nth(0), builder.locator("img").nth(1)
        rows = builder.locator(".course-schedule-row")
        expect(builder).to_contain_text("param_scheduler = []")

        # a warm-up, by keyboard: the dropdown's first choice is LinearLR
        before = pixels(curve)
        builder.get_by_role("button", name="Add").focus()
        keyboard.press("Space")
        expect(rows).to_have_count(1)
        expect(builder).to_contain_text("dict(type='LinearLR', by_epoch=False, begin=0, end=38")
        wait_until(lambda: pixels(curve) != before, "the curve warms up")

        # it begins after its end: nothing can be trained, and it says why
        train = builder.get_by_role("button", name="Train")
        slider(rows.nth(0), "begin").focus()
        for _ in range(2):
            keyboard.press("ArrowRight")
        expect(builder).to_contain_text("LinearLR: begin=38 must be smaller than end=38.")
        expect(train).to_be_disabled()
        for _ in range(2):
            keyboard.press("ArrowLeft")
        expect(train).to_be_enabled()

        # another schedule, and the first one taken away
        builder.locator("select").select_option("CosineAnnealingLR")
        builder.get_by_role("button", name="Add").click()
        expect(rows).to_have_count(2)
        rows.nth(0).get_by_role("button", name="Remove").click()
        expect(rows).to_have_count(1)
        expect(builder).not_to_contain_text("type='LinearLR'")
        before = pixels(curve)
        slider(builder, "lr").focus()
        keyboard.press("ArrowLeft")
        wait_until(lambda: pixels(curve) != before, "the curve begins lower")

        # the race, while another cell runs
        before = pixels(runs)
        train.focus()
        keyboard.press("Space")
        expect(builder).to_contain_text(re.compile(r": epoch \d"))
        lesson.type_and_run("checkin", "print('other cells run')")
        expect(lesson.output("checkin")).to_have_text(re.compile("other cells run"))
        result = r"Yours [\d.]+ %, the constant rate 0\.3 [\d.]+ %: [+-][\d.]+ points"
        expect(builder).to_contain_text(re.compile(result))
        expect(builder).to_contain_text("1 · lr 0.1, Cosine")
        wait_until(lambda: pixels(runs) != before, "the picture shows two trainings")


def test_lesson_13_runs_and_its_explorer_trains_in_the_background(open_lesson):
    with open_lesson(LESSON_13) as lesson:
        for cell in ("setup", "make", "tweak"):  # the others train for a minute
            lesson.run(cell)
        keyboard, explorer = lesson.page.keyboard, lesson.cell("tweak").locator(".course-depth-skip")
        picture, learns = explorer.locator("img"), explorer.get_by_role("button", name="It learns")
        expect(explorer).to_contain_text("plain, 8 layers: look at its gradients. Will it learn?")

        # another depth, by keyboard; and shortcuts, there and back
        before = pixels(picture)
        slider(explorer, "layers").focus()
        keyboard.press("ArrowRight")
        expect(explorer).to_contain_text("plain, 14 layers")
        wait_until(lambda: pixels(picture) != before, "the picture shows more layers")
        before = pixels(picture)
        explorer.get_by_role("checkbox", name="shortcuts").focus()
        keyboard.press("Space")
        expect(explorer).to_contain_text("residual, 14 layers")
        wait_until(lambda: pixels(picture) != before, "the picture shows the other network")
        keyboard.press("Space")
        slider(explorer, "layers").focus()
        keyboard.press("ArrowLeft")
        expect(explorer).to_contain_text("plain, 8 layers")

        # a prediction starts the training, while another cell runs
        before = pixels(picture)
        learns.focus()
        keyboard.press("Space")
        expect(explorer).to_contain_text(re.compile(r"plain, 8 layers: epoch \d"))
        expect(learns).to_be_disabled()
        lesson.type_and_run("checkin", "print('other cells run')")
        expect(lesson.output("checkin")).to_have_text(re.compile("other cells run"))
        expect(explorer).to_contain_text(re.compile(r"in the end its loss is 0\.\d\d\. It learns\. You were right\."))
        expect(explorer).to_contain_text("Predictions: 1 of 1 right.")
        wait_until(lambda: pixels(picture) != before, "the picture shows the loss")


def test_lesson_14_runs_and_its_widgets_answer(open_lesson):
    with open_lesson(LESSON_14) as lesson:
        # what the widgets need, a cell at a time: some train for half a minute
        cells = "setup", "patches", "embed", "heads", "order", "train", "look", "picker", "quarters", "where", "tweak"
        for cell in cells:
            lesson.run(cell)
        keyboard, question = lesson.page.keyboard, lesson.cell("picker")
        picker = question.locator(".course-attention-picker")
        expect(picker).to_have_count(0)
        question.get_by_role("button", name="at its neighbours").click()
        shown = picker.locator("img")

        # another patch asks, by keyboard; then the class token
        before = pixels(shown)
        slider(picker, "row").focus()
        keyboard.press("ArrowLeft")
        wait_until(lambda: pixels(shown) != before, "another patch asks")
        expect(picker).to_contain_text("of the picture; head")
        before = pixels(shown)
        picker.get_by_role("checkbox", name="the class token asks").focus()
        keyboard.press("Space")
        wait_until(lambda: pixels(shown) != before, "the class token asks")

        # the shuffle: who knows places changes its mind, the bag of patches never
        shuffle = lesson.cell("tweak").locator(".course-position-shuffle")
        torn = shuffle.locator("img").nth(1)
        before = pixels(torn)
        slider(shuffle, "moved").focus()
        keyboard.press("End")
        wait_until(lambda: pixels(torn) != before, "all patches stand elsewhere")
        before = pixels(torn)
        shuffle.get_by_role("button", name="Other patches").click()
        wait_until(lambda: pixels(torn) != before, "the patches stand in another order")
        expect(shuffle).to_contain_text("where, without: never changed its mind")


def test_lesson_16_runs_and_its_widgets_answer(open_lesson):
    with open_lesson(LESSON_16) as lesson:
        lesson.run_all()
        keyboard, question = lesson.page.keyboard, lesson.cell("explorer")
        explorer = question.locator(".course-confusion-explorer")
        expect(explorer).to_have_count(0)
        question.get_by_role("button", name="square → heart").focus()
        keyboard.press("Space")
        expect(explorer).to_contain_text("“circle”, answered right")

        # another cell, by keyboard: the lists stand in the order of the classes
        shown, (true, said) = explorer.locator("img"), (explorer.locator("select").nth(place) for place in (0, 1))
        before = pixels(shown)
        true.focus()
        keyboard.press("s")
        expect(explorer).to_contain_text("“square”, taken for “circle”")
        said.focus()
        keyboard.press("End")
        expect(explorer).to_contain_text("“square”, taken for “heart”")
        expect(explorer).to_contain_text("✓ the mistake that is made most often")
        wait_until(lambda: pixels(shown) != before, "the picture shows the other cell")
        before = pixels(shown)
        explorer.get_by_role("checkbox", name="show where it looked").focus()
        keyboard.press("Space")
        wait_until(lambda: pixels(shown) != before, "the pictures are coloured")

        # the overlay: strength, by keyboard
        overlay = lesson.cell("tweak").locator(".course-cam-overlay")
        shown, lists = overlay.locator("img"), overlay.locator("select")
        before = pixels(shown)
        slider(overlay, "strength").focus()
        keyboard.press("Home")
        wait_until(lambda: pixels(shown) != before, "the heat is gone")
        keyboard.press("End")

        # another picture and an inner layer, into which CAM cannot look
        lists.nth(0).select_option("4: star")
        expect(overlay).to_contain_text("It says: star")
        lists.nth(3).select_option("backbone.layer2.1 · 8 × 8")
        expect(overlay).to_contain_text("% of the heat is in the box")
        lists.nth(2).select_option("CAM")
        expect(overlay).to_contain_text("CAM needs a network that ends in the mean")
        lists.nth(2).select_option("Grad-CAM")

        # a picture of one's own
        before = pixels(shown)
        file = {"name": "me.png", "mimeType": "image/png", "buffer": shown.screenshot()}
        with lesson.page.expect_file_chooser() as chooser:
            overlay.get_by_role("button", name="Your own picture").click()
        chooser.value.set_files(file)
        wait_until(lambda: pixels(shown) != before, "the own picture is shown")
        expect(overlay).not_to_contain_text("in the box, which")
        expect(lists.nth(0).locator("option").first).to_have_text("your own")


def test_lesson_21_runs_and_its_trial_table_answers(open_lesson):
    with open_lesson(LESSON_21) as lesson:
        for cell in ("setup", "imports", "raw", "spoil", "split", "base", "sweep", "tweak"):
            lesson.run(cell)
        keyboard, trials = lesson.page.keyboard, lesson.cell("tweak").locator(".course-trial-table")
        shown, rows = trials.locator("img"), trials.locator("tr")
        expect(rows).to_have_count(1 + 12)

        # another setting, by keyboard; and what is said of it
        before = pixels(shown)
        trials.get_by_role("button", name="frozen stages").focus()
        keyboard.press("Space")
        wait_until(lambda: pixels(shown) != before, "the picture shows the other setting")
        trials.get_by_role("button", name="Matters most").click()
        expect(trials).to_contain_text("frozen stages moves the mean by")

        # another order
        before = trials.locator("table").inner_text()
        trials.locator("select").select_option("trial")
        expect(trials.locator("table")).not_to_have_text(before, use_inner_text=True)

        # a trial more: the head alone, briefly
        slider(trials, "frozen").focus()
        keyboard.press("End")
        slider(trials, "epochs").focus()
        keyboard.press("Home")
        trials.get_by_role("button", name="Train").click()
        expect(trials).to_contain_text("Trial 13:")
        expect(rows).to_have_count(1 + 13)


def test_lesson_15_runs_and_its_slider_trains_in_the_background(open_lesson):
    with open_lesson(LESSON_15) as lesson:
        lesson.run_all()
        keyboard, freeze = lesson.page.keyboard, lesson.cell("tweak").locator(".course-freeze-slider")
        picture, train = freeze.locator("img"), freeze.get_by_role("button", name="Train it")
        expect(freeze).to_contain_text("frozen_stages -1, lr 0.05:")
        expect(train).to_be_disabled()  # the sweep has tried it

        # the stem and two stages frozen, by keyboard
        before = pixels(picture)
        slider(freeze, "frozen_stages").focus()
        for _ in range(3):
            keyboard.press("ArrowRight")
        expect(freeze).to_contain_text("frozen_stages 2, lr 0.05: not tried yet. What is your guess?")
        wait_until(lambda: pixels(picture) != before, "three boxes are of ice")
        slider(freeze, "lr").focus()
        keyboard.press("End")
        expect(freeze).to_contain_text("frozen_stages 2, lr 0.8: not tried yet")

        # a guess, and what comes of it
        slider(freeze, "my guess in %").focus()
        keyboard.press("End")
        before = pixels(picture)
        train.click()
        expect(freeze).to_contain_text("You said 100 %: off by", timeout=120_000)
        expect(freeze).to_contain_text("1 guess, off by")
        wait_until(lambda: pixels(picture) != before, "the result is a dot")
