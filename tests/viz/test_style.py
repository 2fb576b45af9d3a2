import logging
import subprocess
import sys

import matplotlib
import numpy as np
import pytest

from course_lib.viz import schedule_figure
from course_lib.viz.style import apart, families, is_news


def test_a_figure_shows_itself_in_a_notebook_at_its_own_size() -> None:
    picture, size = schedule_figure(np.array([0.1, 0.2]), 1)._repr_png_()  # type: ignore[attr-defined]
    assert picture.startswith(b"\x89PNG")
    assert size == {"width": 800, "height": 340}


def test_drawing_leaves_the_user_s_own_settings_alone() -> None:
    before = dict(matplotlib.rcParams)
    schedule_figure(np.array([0.1, 0.2]), 1)
    assert dict(matplotlib.rcParams) == before


def test_figures_need_neither_pyplot_nor_torch() -> None:
    code = "import sys, course_lib.viz; print(sorted({'torch', 'matplotlib.pyplot'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


@pytest.mark.parametrize(
    ("positions", "moved"),
    [
        ([], []),
        ([0.2, 0.8], [0.2, 0.8]),
        ([0.5, 0.5], [0.45, 0.55]),
        ([0.9, 0.1, 0.12], [0.9, 0.06, 0.16]),
    ],
)
def test_labels_move_apart_no_more_than_they_need(positions: list[float], moved: list[float]) -> None:
    np.testing.assert_allclose(apart(positions, 0.1), moved)


def test_chinese_is_drawn_by_a_font_that_is_installed() -> None:
    assert families({"SimHei", "Microsoft YaHei", "Arial"}) == ["DejaVu Sans", "Microsoft YaHei"]
    assert families({"Arial"}) == ["DejaVu Sans"]


def test_that_a_chinese_font_has_no_bold_is_no_news() -> None:
    def told(text: str) -> bool:
        return is_news(logging.LogRecord("matplotlib.font_manager", logging.WARNING, "", 0, text, (), None))

    assert not told("findfont: Failed to find font weight bold for WenQuanYi Micro Hei, now using 400.")
    assert told("findfont: Failed to find font weight bold for Arial, now using 400.")
    assert told("findfont: Font family 'SimHei' not found.")
