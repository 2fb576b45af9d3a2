"""How long a learner waits for a widget: from a key pressed on its slider to the picture that shows the new value.

JupyterLab and a browser as in the tests of the lessons (``tests/ui/conftest.py``). The clock is the page's: it starts
with the event of the key and stops with the frame in which the new picture can be painted, once it is decoded.
"""

import os
import statistics
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "ui")]

from conftest import Lesson, open_notebook, running_lab  # noqa: E402
from looking import slider  # noqa: E402

from course_lib.cli.browser import start_browser  # noqa: E402

PRESSES, SERIES = 20, 2
PATIENCE_MS = 900_000  # until a lesson has run to its end: some train for a minute, and longer on a busy machine
NO_CHANGE_MS = 3000  # a press that changes nothing in the picture by then is not counted
DEMANDED_MS = 100

# Resolves with the milliseconds that the next key takes, or null.
CLOCK = """
window.clock = (picture, limit) => new Promise(resolve => {
  let start = null;
  const end = value => {
    observer.disconnect();
    document.removeEventListener("keydown", press, true);
    clearTimeout(timer);
    resolve(value);
  };
  const press = event => { start = event.timeStamp; };
  const observer = new MutationObserver(async () => {
    if (start === null) return;
    observer.disconnect();
    const images = picture.matches("img") ? [picture] : [...picture.querySelectorAll("img")];
    await Promise.all(images.map(image => image.decode().catch(() => null)));
    requestAnimationFrame(() => end(performance.now() - start));
  });
  document.addEventListener("keydown", press, true);
  observer.observe(picture, { subtree: true, childList: true, attributes: true, characterData: true });
  const timer = setTimeout(() => end(null), limit);
});
"""


@dataclass(frozen=True)
class Case:
    """A widget and one of its sliders.

    Args:
        notebook: The widget's; cell: its id there.
        widget: A selector of the widget within the cell.
        slider: The slider's name.
        buttons: What must be pressed before.
        picture: A selector of what the slider changes, within the widget.
        runs: The cells that the widget needs, where the others take long; by default all are run.
    """

    name: str
    notebook: str
    cell: str
    widget: str
    slider: str
    buttons: tuple[str, ...] = ()
    picture: str = "img"
    runs: tuple[str, ...] = ()


CASES = (
    Case("02 line explorer", "02_perceptron.ipynb", "line", ".course-line-explorer", "w2", ("none",)),
    Case(
        "03 playground",
        "03_mlp.ipynb",
        "tweak",
        ".course-playground",
        "hidden layers",
        picture="svg[role=application]",
    ),
    Case("08 geometry", "08_convolution.ipynb", "geometry", ".course-conv-geometry", "size n"),
    Case("09 activations", "09_cnn_layers.ipynb", "chain", ".course-activations", "input x", ("about a half",)),
    Case(
        "10 config tweaker", "10_config.ipynb", "tweak", ".course-config-tweaker", "lr", picture=".widget-html >> nth=3"
    ),
    Case("11 gallery", "11_augmentation.ipynb", "gallery", ".course-gallery", "angle", ("M",)),
    Case("12 schedule builder", "12_schedules.ipynb", "tweak", ".course-schedule-builder", "lr"),
    Case(
        "13 depth × skip", "13_resnet.ipynb", "tweak", ".course-depth-skip", "layers", runs=("setup", "make", "tweak")
    ),
    Case(
        "14 attention picker",
        "14_vit.ipynb",
        "picker",
        ".course-attention-picker",
        "row",
        ("at its neighbours",),
        runs=("setup", "patches", "embed", "heads", "order", "train", "look", "picker"),
    ),
    Case("15 freeze slider", "15_fine_tuning.ipynb", "tweak", ".course-freeze-slider", "frozen_stages"),
    Case("16 CAM overlay", "16_understand.ipynb", "tweak", ".course-cam-overlay", "strength"),
    Case("optimizer race, one", "optimizer_race.ipynb", "race", ".course-optimizer-race", "Adam", ("SGD",)),
    Case("optimizer race, all", "optimizer_race.ipynb", "race", ".course-optimizer-race", "all six", ("SGD",)),
)


def measure(lesson: Lesson, case: Case) -> list[float]:
    """The milliseconds of each press that changed the picture; the slider goes to its end, then back."""
    page, cell = lesson.page, lesson.cell(case.cell)
    widget = cell.locator(case.widget)
    for name in case.buttons:
        button = cell.get_by_role("button", name=name, exact=True).first
        if button.is_enabled():  # a prediction is made once
            button.click()
    lesson.until_idle()
    handle = slider(widget, case.slider)
    picture = widget.locator(case.picture).first.element_handle()
    handle.focus()
    key, times = "ArrowRight", []
    for _ in range(PRESSES):
        key = turned(handle, key)
        page.evaluate("([picture, limit]) => { window.took = clock(picture, limit); }", [picture, NO_CHANGE_MS])
        page.keyboard.press(key)
        took = page.evaluate("() => window.took")
        lesson.until_idle()
        if took is not None:
            times.append(took)
    return times


def turned(handle: Any, key: str) -> str:
    """The other direction where the slider is at its end."""
    now, low, high = (float(handle.get_attribute(f"aria-value{name}")) for name in ("now", "min", "max"))
    if now >= high:
        return "ArrowLeft"
    return "ArrowRight" if now <= low else key


def main(names: list[str]) -> dict[str, list[float]]:
    """Run and print; gives the medians back, by widget.

    Args:
        names: Only widgets whose name holds one of these; all without any.
    """
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        print("not measured: it needs the package playwright")
        return {}
    cases = [case for case in CASES if not names or any(name in case.name for name in names)]
    medians: dict[str, list[float]] = {case.name: [] for case in cases}
    with sync_playwright() as playwright, tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        browser = start_browser(playwright)
        if browser is None:
            print("not measured: no browser starts here; ./course test --ui installs one, or says how")
            return {}
        print(f"from key to new picture in the browser, ms, medians of {PRESSES} presses; demanded: {DEMANDED_MS}")
        with running_lab(Path(folder)) as url:
            for case in cases:
                page = browser.new_page(viewport={"width": 1280, "height": 1000})
                page.add_init_script(CLOCK)
                lesson = open_notebook(page, url.format(notebook=case.notebook))
                page.set_default_timeout(PATIENCE_MS)
                for cell in case.runs:
                    lesson.run(cell)
                if not case.runs:
                    lesson.run_all()
                loads = []
                for _ in range(SERIES):
                    times = measure(lesson, case)
                    medians[case.name].append(statistics.median(times) if times else float("nan"))
                    loads.append(f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "?")
                shown = "".join(f"{value:7.0f}" for value in medians[case.name])
                print(f"  {case.name:22s}{shown}   (load {', '.join(loads)}; {len(times)} presses counted)", flush=True)
                page.evaluate("() => jupyterapp.shell.currentWidget.sessionContext.shutdown()")
                page.close()
        browser.close()
    return medians


if __name__ == "__main__":
    main(sys.argv[1:])
