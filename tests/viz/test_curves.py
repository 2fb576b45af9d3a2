import json
from pathlib import Path

import numpy as np
import pytest
from matplotlib.colors import to_hex

from course_lib.config.errors import DataError
from course_lib.viz import curves_figure, read_metrics
from course_lib.viz.curves import series, smooth


def write(path: Path, records: list[dict], tail: str = "") -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records) + tail, encoding="utf-8")
    return path


def records(steps: int = 40) -> list[dict]:
    found = []
    for step in range(10, steps + 1, 10):
        found.append({"step": step, "epoch": step // 20, "lr": 0.1 / step, "loss": 2.0 / step})
        if step % 20 == 0:
            found.append({"step": step, "epoch": step // 20, "val/loss": 3.0 / step, "val/accuracy/top1": 50.0 + step})
    return found


def test_read_a_work_folder_and_a_file(tmp_path: Path) -> None:
    file = write(tmp_path / "metrics.jsonl", records())
    assert read_metrics(tmp_path) == read_metrics(file) == records()


def test_a_line_that_a_kill_cut_off_is_left_out(tmp_path: Path) -> None:
    assert read_metrics(write(tmp_path / "m.jsonl", records(), tail='{"step": 50, "epo')) == records()


def test_what_was_written_before_a_resume_counts_no_more(tmp_path: Path) -> None:
    written = [
        {"step": 10, "loss": 1.0},
        {"step": 20, "loss": 2.0},
        {"step": 30, "loss": 3.0},
        {"step": 20, "loss": 2.5},
    ]
    assert read_metrics(write(tmp_path / "m.jsonl", written)) == [{"step": 10, "loss": 1.0}, {"step": 20, "loss": 2.5}]


def test_a_damaged_line_is_named(tmp_path: Path) -> None:
    file = write(tmp_path / "m.jsonl", records(10), tail='nonsense\n{"step": 20}\n')
    with pytest.raises(DataError, match=r"m.jsonl:2: not a record such as \{'step': 1, 'epoch': 0, 'loss': 2.3\}."):
        read_metrics(file)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "digits").mkdir()
    write(tmp_path / "digits" / "metrics.jsonl", records())
    with pytest.raises(DataError) as caught:
        read_metrics(tmp_path / "digit")
    assert "digit: there is no log to read (No such file or directory). Did you mean 'digits'?" in str(caught.value)


def test_series_picks_the_records_that_hold_a_value() -> None:
    steps, values = series(
        [{"step": 1, "loss": 2.0}, {"step": 1, "val/loss": 3.0}, {"step": 2, "loss": float("inf")}], "loss"
    )
    assert steps.tolist() == [1, 2]
    np.testing.assert_array_equal(values, [2.0, np.nan])


def test_smoothing() -> None:
    values = np.array([1.0, 2.0, 4.0])
    np.testing.assert_array_equal(smooth(values, 0.0), values)
    # by hand, weights 0.5, 0.25, 0.125 with the distance, divided by their sum; the mean of past and future
    past = [1, (0.5 * 2 + 0.25) / 0.75, (0.5 * 4 + 0.25 * 2 + 0.125) / 0.875]
    future = [(0.5 + 0.25 * 2 + 0.125 * 4) / 0.875, (0.5 * 2 + 0.25 * 4) / 0.75, 4]
    np.testing.assert_allclose(smooth(values, 0.5), np.mean([past, future], axis=0))


def test_a_smoothed_line_is_not_late() -> None:
    line = np.linspace(2, 0, 201)
    np.testing.assert_allclose(smooth(line, 0.6)[50:150], line[50:150])


def test_smoothing_passes_over_what_is_not_finite() -> None:
    assert smooth(np.array([3.0, np.nan, 3.0]), 0.9).tolist() == pytest.approx([3, 3, 3])
    np.testing.assert_array_equal(smooth(np.array([np.nan]), 0.9), [np.nan])


def titles(figure) -> list[str]:
    return [axes.get_title(loc="left") for axes in figure.axes]


def test_panels_of_a_run() -> None:
    figure = curves_figure({"a": records()}, smoothing=0)
    assert titles(figure) == ["Loss", "Accuracy (%)", "Learning rate"]
    loss, accuracy, _ = figure.axes
    assert [text.get_text() for text in loss.texts] == ["training", "validation"]
    train, val = loss.lines
    np.testing.assert_array_equal(train.get_xydata(), [[step, 2.0 / step] for step in (10, 20, 30, 40)])
    np.testing.assert_array_equal(val.get_xydata(), [[20, 0.15], [40, 0.075]])
    np.testing.assert_array_equal(accuracy.lines[0].get_ydata(), [70, 90])


def test_several_runs_have_a_colour_each_and_are_named_once() -> None:
    figure = curves_figure({"first": records(), "second": records(60)}, smoothing=0)
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["first", "second"]
    colours = [to_hex(line.get_color()) for line in figure.axes[1].lines]
    assert len(set(colours)) == 2


def test_another_metric_logarithmic_axes_and_the_panels_that_are_left() -> None:
    run = [{"step": 1, "loss": 1.0}, {"step": 1, "val/f1-score": 30.0}]
    figure = curves_figure({"a": run}, log=True)
    assert titles(figure) == ["Loss", "f1-score"]
    assert figure.axes[0].get_yscale() == "log"
    assert titles(curves_figure({"a": run}, metric="no such")) == ["Loss"]


@pytest.mark.parametrize("runs", [{}, {"a": []}, {"a": [{"step": 1}]}])
def test_nothing_to_draw_yet(runs: dict) -> None:
    figure = curves_figure(runs)
    assert [text.get_text() for text in figure.texts] == ["nothing recorded yet"]


def test_a_loss_that_diverged_is_drawn(tmp_path: Path) -> None:
    run = [{"step": 1, "lr": 0.1, "loss": 1.0}, {"step": 2, "lr": 0.1, "loss": float("nan")}]
    curves_figure({"a": run}, log=True).savefig(tmp_path / "curves.png")
