import pytest

from course_lib.viz import trials_figure


def test_a_row_for_each_trial_with_its_values_and_their_mean() -> None:
    (axes,) = trials_figure(["lr=0.1", "lr=0.01"], [[90.0, 92.0], [80.0]], metric="accuracy/top1").axes
    assert [label.get_text() for label in axes.get_yticklabels()] == ["lr=0.1", "lr=0.01"]
    dots = [line.get_xdata() for line in axes.lines if line.get_marker() == "o"]
    assert [list(values) for values in dots] == [[90.0, 92.0], [80.0]]
    assert [text.get_text() for text in axes.texts] == ["91.00", "80.00"]
    assert axes.get_ylim()[0] > axes.get_ylim()[1]  # the first one on top


@pytest.mark.parametrize("arguments", [([], []), (["a"], [[]]), (["a"], [[1.0], [2.0]])])
def test_every_trial_needs_a_name_and_a_value(arguments: tuple[list[str], list[list[float]]]) -> None:
    with pytest.raises(ValueError, match="every trial needs a name and at least one value"):
        trials_figure(*arguments)
