import numpy as np
import pytest

from course_lib.viz import overlay_figure, overlay_heat

PICTURE = np.random.default_rng(0).integers(0, 256, (3, 6, 8), dtype=np.uint8)


def test_no_heat_leaves_the_picture_in_grey() -> None:
    found = overlay_heat(PICTURE, np.zeros((6, 8)))
    grey = (0.299 * PICTURE[0] + 0.587 * PICTURE[1] + 0.114 * PICTURE[2]).round()
    assert found.dtype == np.uint8 and found.shape == (3, 6, 8)
    np.testing.assert_array_equal(found, np.stack([grey] * 3))
    np.testing.assert_array_equal(overlay_heat(PICTURE[:1], np.zeros((6, 8))), PICTURE[[0, 0, 0]])


def test_heat_hides_as_much_as_it_may_and_grows_lighter() -> None:
    heat = np.tile(np.linspace(0, 1, 8), (6, 1))
    dark = overlay_heat(np.zeros((1, 6, 8), np.uint8), heat).sum(axis=0)[0]
    assert (np.diff(dark.astype(int)) > 0).all()
    hot = np.ones((6, 8))
    assert len(np.unique(overlay_heat(PICTURE, hot, strength=1.0).reshape(3, -1), axis=1)[0]) == 1  # one colour
    np.testing.assert_array_equal(overlay_heat(PICTURE, hot, strength=0.0), overlay_heat(PICTURE, 0 * hot))


@pytest.mark.parametrize("count", [1, 2, 9])
def test_each_picture_has_its_map_beside_it(count: int, tmp_path) -> None:
    heat = np.linspace(0, 1, 48).reshape(6, 8)
    titles = [f"picture {index}" for index in range(count)]
    figure = overlay_figure([PICTURE] * count, [heat] * count, titles, title="all")
    drawn = [axes for axes in figure.axes if axes.images and axes.get_title(loc="left")]
    assert [axes.get_title(loc="left") for axes in drawn] == titles
    shown = [axes.images[0].get_array() for axes in figure.axes if axes.images]
    np.testing.assert_array_equal(shown[0], PICTURE.transpose(1, 2, 0))
    np.testing.assert_array_equal(shown[1], overlay_heat(PICTURE, heat).transpose(1, 2, 0))
    figure.savefig(tmp_path / "overlay.png")


def test_what_does_not_fit_is_named() -> None:
    with pytest.raises(ValueError, match=r"the picture has \(6, 8\) pixels, the heat map \(3, 4\)\."):
        overlay_heat(PICTURE, np.zeros((3, 4)))
    with pytest.raises(ValueError, match="every picture needs a heat map"):
        overlay_figure([PICTURE], [])
