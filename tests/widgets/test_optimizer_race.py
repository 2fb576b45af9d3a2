"""The optimizer race, driven by its values."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from course_lib.widgets import OptimizerRace
from course_lib.widgets.descent import NUM_STEPS, OPTIMIZERS, RATES, run
from course_lib.widgets.landscapes import LANDSCAPES
from course_lib.widgets.optimizer_race import result
from course_lib.widgets.optimizer_race_view import COLOURS, RacePicture


def shown(widget: OptimizerRace) -> dict[str, np.ndarray]:
    """The points of each way on the map."""
    return {name: np.array(way.get_xydata()) for name, (way, _) in widget.picture.lines.items() if way.get_visible()}


def test_begins_in_the_valley_and_says_who_is_first() -> None:
    widget = OptimizerRace()
    drawn = Image.open(BytesIO(widget.still()))
    assert drawn.format == "PNG" and drawn.size == tuple(2 * side for side in RacePicture.size_px)
    assert "First: <b>Nesterov</b>, 18 steps." in widget.state.value
    assert "18 steps, first" in widget.results["Nesterov"].value and "58 steps" in widget.results["momentum"].value
    assert f"not in {NUM_STEPS}: loss 0.0" in widget.results["AdaGrad"].value
    assert list(shown(widget)) == list(OPTIMIZERS) and widget._repr_png_() == widget.still()


def test_a_rate_moves_one_way_and_keeps_the_figure() -> None:
    widget = OptimizerRace()
    before, figure, still = shown(widget), widget.picture.figure, widget.still()
    widget.rates["Adam"].value = 0.5
    after = shown(widget)
    assert widget.picture.figure is figure and widget.still() != still
    assert [name for name in OPTIMIZERS if not np.array_equal(before[name], after[name])] == ["Adam"]
    assert np.array_equal(after["Adam"], run("narrow valley", "Adam", 0.5, LANDSCAPES["narrow valley"].start).points)
    widget.rates["SGD"].value = 1.0
    assert "diverged at step" in widget.results["SGD"].value


def test_all_six_move_with_one_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    widget, drawn = OptimizerRace(), []
    draw = widget.picture.png

    def count_and_draw(*arguments: object) -> bytes:
        drawn.append(arguments)
        return draw(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(widget.picture, "png", count_and_draw)
    widget.rate_of_all.value = 0.3
    assert {slider.value for slider in widget.rates.values()} == {0.3} and len(drawn) == 1
    widget.landscape.value = "bumpy bowl"
    assert len(drawn) == 2 and widget.start == LANDSCAPES["bumpy bowl"].start


def test_a_way_can_be_hidden() -> None:
    widget = OptimizerRace()
    before = widget.still()
    widget.shown["momentum"].value = False
    assert "momentum" not in shown(widget) and widget.still() != before and "58" in widget.results["momentum"].value
    widget.shown["momentum"].value = True
    assert widget.still() == before


def test_the_start_moves_and_goals_wait_for_the_own_one() -> None:
    widget = OptimizerRace()
    widget.start_sliders[0].value = -1.3
    assert all(np.allclose(way[0], (-1.3, 0.8)) for way in shown(widget).values())
    assert "own start" in widget.state.value
    widget.rates["Nesterov"].value = 0.15
    assert widget.reached == set()
    widget.again_button.click()
    assert widget.start == LANDSCAPES["narrow valley"].start and "own start" not in widget.state.value
    assert {slider.value for slider in widget.rates.values()} == {0.1}


def test_all_three_goals() -> None:
    widget = OptimizerRace()
    assert widget.reached == set() and widget.goal.value.count("○") == 3
    widget.rates["Nesterov"].value = 0.15
    assert widget.reached == {"fast"} and widget.goal.value.count("✓") == 1
    widget.rate_of_all.value = 0.3
    assert widget.reached == {"fast", "Adam"} and "All three" not in widget.goal.value
    widget.landscape.value = "bumpy bowl"
    widget.rate_of_all.value = 0.02
    assert len(widget.reached) == 3 and "All three goals reached!" in widget.goal.value
    assert "First: <b>momentum</b>" in widget.state.value
    widget.again_button.click()
    assert len(widget.reached) == 3


def test_on_the_ridge_of_the_saddle_nobody_gets_down() -> None:
    widget = OptimizerRace("saddle")
    widget.start_sliders[1].value = 0.0
    assert f"Nobody arrives within {NUM_STEPS} steps." in widget.state.value
    widget.start_sliders[0].value, widget.start_sliders[1].value = 0.0, 1.0
    assert "All arrive together." in widget.state.value and "0 steps, first" in widget.results["SGD"].value


@pytest.mark.parametrize("landscape", LANDSCAPES)
def test_every_rate_can_be_drawn(landscape: str) -> None:
    widget = OptimizerRace(landscape)
    for lr in (RATES[0], 0.5, RATES[-1]):
        widget.rate_of_all.value = lr
        assert widget.trouble.value == ""
    stars = [line for line in widget.picture.map.lines if line.get_marker() == "*"]
    assert [star.get_xydata().tolist() for star in stars] == [[list(place) for place in LANDSCAPES[landscape].minima]]


def test_a_landscape_is_drawn_once_and_comes_back_the_same() -> None:
    widget = OptimizerRace()
    before = widget.still()
    widget.landscape.value = "saddle"
    other = widget.still()
    widget.landscape.value = "narrow valley"
    assert widget.still() == before != other and len(widget.picture.backgrounds) == 2


def test_colours_are_told_apart() -> None:
    assert len(set(COLOURS.values())) == len(OPTIMIZERS) == len(COLOURS)


def test_result_of_one_step() -> None:
    start = LANDSCAPES["saddle"].start
    assert "1 step<" in result(run("saddle", "SGD", 1.0, (1.0, 1.0)), first=False)
    assert ", first" not in result(run("saddle", "SGD", 0.1, start), first=False)


def test_errors_show_in_the_widget() -> None:
    widget = OptimizerRace()
    kept, widget.picture = widget.picture, None  # type: ignore[assignment]
    widget.rate_of_all.value = 0.2
    assert "AttributeError" in widget.trouble.value
    widget.picture = kept
    widget.rate_of_all.value = 0.3
    assert widget.trouble.value == ""
