"""The attention picker, driven by its sliders, and what it computes: compared with sums over single pixels."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from course_lib.config import DataError
from course_lib.widgets import AttentionPicker
from course_lib.widgets.attention_picker import Looks, box_shares, on_patches

GRID, SIDE = 4, 8


def attention(num: int = 2, layers: int = 2, heads: int = 3) -> np.ndarray:
    scores = np.random.default_rng(0).normal(size=(num, layers, heads, 17, 17))
    return np.exp(scores) / np.exp(scores).sum(-1, keepdims=True)


def pictures(num: int = 2) -> np.ndarray:
    return np.random.default_rng(1).integers(0, 256, (num, 3, SIDE, SIDE), dtype=np.uint8)


BOXES = np.array([[2, 0, 6, 4], [3, 5, 8, 8]])


@pytest.fixture
def picker() -> AttentionPicker:
    return AttentionPicker(pictures(), attention(), BOXES)


def test_shares_are_those_of_the_pixels() -> None:
    rng = np.random.default_rng(0)
    for _ in range(20):
        x, y = np.sort(rng.integers(0, 13, size=(2, 2)), axis=1)
        pixels = np.zeros((12, 12))
        pixels[y[0] : y[1], x[0] : x[1]] = 1
        expected = pixels.reshape(4, 3, 4, 3).mean(axis=(1, 3)).reshape(-1)
        found = box_shares(np.array([[x[0], y[0], x[1], y[1]]]), side_px=12, grid=4)[0]
        assert np.allclose(found, expected)


def test_the_class_tokens_own_part_is_left_out() -> None:
    assert np.allclose(on_patches(np.array([0.5, 0.1, 0.4])), [0.2, 0.8])
    assert np.allclose(on_patches(attention()).sum(-1), 1)


def test_even_attention_puts_the_boxs_area_into_the_box() -> None:
    inside = box_shares(BOXES, SIDE, GRID)[0]
    looks = Looks(np.full((1, 1, 17, 17), 1 / 17), inside)
    assert np.allclose(looks.on_shape, 16 / 64)
    assert looks.best == pytest.approx({"onto": 0.25, "away": 0.75})


def test_scores_by_hand() -> None:
    weights = np.full((1, 2, 5, 5), 1 / 5)  # four patches; the box is the first
    weights[0, 1, 4] = [0.2, 0.6, 0.0, 0.1, 0.1]  # the last patch's second head looks into it
    weights[0, 0, 1] = [0.5, 0.0, 0.5, 0.0, 0.0]  # the first patch's first head looks out of it
    looks = Looks(weights, np.array([1.0, 0, 0, 0]))
    assert looks.best == pytest.approx({"onto": 0.75, "away": 1.0})
    assert looks.score("onto", 3) == pytest.approx(0.75) and looks.score("onto", 0) == 0  # it is in the box itself
    assert looks.score("away", 0) == pytest.approx(1.0) and looks.score("away", 3) == 0


def test_a_move_draws_and_goals_are_reached(picker: AttentionPicker) -> None:
    before = picker.still()
    assert Image.open(BytesIO(before)).format == "PNG" and "Goal reached" not in picker.goal.value
    picker.column.value = 0
    assert picker.still() != before and picker.patch == 4 * picker.row.value
    for row in range(GRID):
        for column in range(GRID):
            picker.row.value, picker.column.value = row, column
    assert "Goal reached!" in picker.goal.value and picker.goal.value.count("✓") == 2
    picker.which.value = 1  # every picture is found anew
    assert "Goal reached!" not in picker.goal.value and picker.trouble.value == ""


def test_the_share_in_words_is_the_chosen_tokens(picker: AttentionPicker) -> None:
    picker.row.value, picker.column.value = 0, 1
    most = picker.looks.on_shape[:, :, 2].max()
    assert "The box is 25 % of the picture" in picker.text.value and f"{100 * most:.0f} %" in picker.text.value


def test_the_class_token_asks_and_finds_nothing(picker: AttentionPicker) -> None:
    found, before = dict(picker.found), picker.still()
    picker.ask_class.value = True
    assert picker.still() != before and picker.found == found and picker.row.disabled
    picker.ask_class.value = False
    assert picker.still() == before and not picker.row.disabled


def test_the_heat_is_where_the_attention_is() -> None:
    weights = np.full((1, 1, 1, 17, 17), 1e-9)
    weights[..., 1 + 4 * 2 + 3] = 1  # everybody looks at row 2, column 3
    picker = AttentionPicker(np.zeros((1, 3, SIDE, SIDE), np.uint8), weights, np.array([[0, 0, 2, 2]]))
    drawn = np.asarray(Image.open(BytesIO(picker.still()))).astype(int)
    map_ = drawn[:, -304:]  # the only map is the last thing on the right, twice 136 pixels with its gap
    hottest = np.abs(map_ - (252, 253, 191)).max(axis=-1) < 4
    middle = np.argwhere(hottest).mean(axis=0)
    top, side, left = 2 * 26, 2 * 120, 304 - 2 * 136
    assert np.allclose(middle, [top + 2.5 / 4 * side, left + 3.5 / 4 * side], atol=4)


def test_what_does_not_fit_says_so() -> None:
    with pytest.raises(DataError, match=r"grid · grid tokens .* weights \(2, 2, 3, 16, 16\)"):
        AttentionPicker(pictures(), attention()[..., :16, :16], BOXES)
    with pytest.raises(DataError, match=r"boxes \(1, 4\)"):
        AttentionPicker(pictures(), attention(), BOXES[:1])


def test_errors_show_in_the_widget(picker: AttentionPicker) -> None:
    picker.view.grid = 3
    picker.column.value = 0
    assert "ValueError" in picker.trouble.value
