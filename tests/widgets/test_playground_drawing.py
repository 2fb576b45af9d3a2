"""The plane as a hand-made network sees it, and the losses as a drawing."""

import math
import re

import numpy as np
import pytest

from course_lib.widgets.playground_drawing import SIDE, field, loss_curve
from course_lib.widgets.small_mlp import Training


def hand_made() -> Training:
    """Two steep neurons and the output that make class +1 of the band |x1 + x2| < 0.5."""
    training = Training((2,), "tanh")
    training.layers = [
        (np.array([[40.0, -40.0], [40.0, -40.0]]), np.array([20.0, 20.0])),
        (np.array([[10.0], [10.0]]), np.array([-10.0])),
    ]
    return training


def test_field_is_the_plane_from_the_top_left() -> None:
    found = field(hand_made())
    chances = np.frombuffer(found["chances"], np.uint8).reshape(SIDE, SIDE)
    assert chances[0, 0] > 250 and chances[-1, -1] > 250  # (-1, 1) and (1, -1)
    assert chances[0, -1] < 5 and chances[-1, 0] < 5
    assert found["neurons"] == [[40.0, 40.0, 20.0], [-40.0, -40.0, 20.0]]
    ends = np.concatenate([np.array(path) for path in found["boundary"]])
    assert len(found["boundary"]) == 2 and np.allclose(np.abs(ends.sum(axis=1)), 0.5, atol=0.05)


def test_a_perceptron_has_no_neurons_to_draw_and_equal_scores_no_boundary() -> None:
    training = Training(())
    assert field(training)["neurons"] == [] and len(field(training)["boundary"]) == 1
    training.layers[0] = (np.zeros((2, 1)), np.ones(1))
    assert field(training)["boundary"] == []


def test_loss_curve_places_its_points() -> None:
    drawing = loss_curve(
        [math.log(2)] * 50 + [0.0] * 50, width=142, height=138
    )  # 100 steps are 100 pixels, 0 is at 120
    points = re.search(r'<polyline points="([^"]+)"', drawing)
    assert points is not None
    places = [tuple(map(float, each.split(","))) for each in points[1].split()]
    assert places[0] == (34.0, pytest.approx(120 - 100 * math.log(2) / 0.8, abs=0.05)) and places[99] == (133.0, 120.0)
    assert "0.8<" in drawing and "100 steps" in drawing
    assert len(re.findall(r"[\d.]+,[\d.]+", loss_curve([1.0] * 2000))) < 300
    assert "<polyline" in loss_curve([])
