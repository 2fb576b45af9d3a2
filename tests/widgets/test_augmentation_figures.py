"""The figure of normalising."""

import numpy as np

from course_lib.widgets.augmentation_figures import channel_histograms


def test_means_are_marked_and_shares_add_up() -> None:
    rng = np.random.default_rng(0)
    before = rng.integers(0, 256, (4, 3, 8, 8))
    after = (before - before.mean((0, 2, 3), keepdims=True)) / before.std((0, 2, 3), keepdims=True)
    left, right = channel_histograms(before, after).axes
    for axes, values in ((left, before), (right, after)):
        means = [line.get_xdata()[0] for line in axes.lines]
        np.testing.assert_allclose(means, values.mean((0, 2, 3)), atol=1e-9)
        for stairs in axes.patches:
            np.testing.assert_allclose(stairs.get_data().values.sum(), 100)  # type: ignore[attr-defined]
    assert [text.get_text() for text in right.get_legend().get_texts()] == ["red", "green", "blue"]  # type: ignore[union-attr]
