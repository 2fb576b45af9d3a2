import numpy as np

from course_lib.viz import schedule_figure


def test_the_curve_is_drawn_over_epochs_with_its_highest_and_last_value() -> None:
    lr = np.repeat([0.1, 0.2, 0.02], 4)
    figure = schedule_figure(lr, epoch_len=4, title="a")
    (axes,) = figure.axes
    edges = axes.patches[0].get_data()
    np.testing.assert_array_equal(edges.values, lr)
    np.testing.assert_array_equal(edges.edges, np.arange(13) / 4)
    assert axes.get_xlabel() == "epoch"
    assert axes.child_axes[0].get_xlabel() == "step"
    assert [text.get_text() for text in axes.texts] == ["0.2", "0.02"]


def test_momentum_has_its_own_panel(tmp_path) -> None:
    figure = schedule_figure(np.array([0.1, 0.0]), 1, momentum=np.array([0.9, 0.8]), log=True)
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["Learning rate", "Momentum"]
    assert figure.axes[0].get_yscale() == "log"
    figure.savefig(tmp_path / "schedule.png")
