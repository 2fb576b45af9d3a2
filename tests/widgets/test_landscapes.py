"""The loss landscapes against torch's autograd, and against what their words say of them."""

import numpy as np
import pytest
import torch

from course_lib.widgets.landscapes import BOX, CURVATURES, HESSIAN, LANDSCAPES, TILT_DEG

FORMULAS = {
    "narrow valley": lambda w: (
        0.05 * (torch.cos(angle) * w[0] + torch.sin(angle) * w[1]) ** 2
        + 2.0 * (torch.cos(angle) * w[1] - torch.sin(angle) * w[0]) ** 2
    ),
    "saddle": lambda w: w[0] ** 2 / 2 + (w[1] ** 2 - 1) ** 2 / 4,
    "bumpy bowl": lambda w: sum(0.15 * each**2 + 0.1 * (1 - torch.cos(4 * each)) for each in w),
}
angle = torch.deg2rad(torch.tensor(float(TILT_DEG), dtype=torch.float64))


@pytest.mark.parametrize("name", LANDSCAPES)
def test_losses_and_gradients_are_autograds(name: str) -> None:
    landscape = LANDSCAPES[name]
    rng = np.random.default_rng(0)
    places = rng.uniform((BOX[0], BOX[2]), (BOX[1], BOX[3]), (20, 2))
    for place, loss in zip(places, landscape.loss(places), strict=True):
        w = torch.tensor(place, requires_grad=True)
        value = FORMULAS[name](w)
        (gradient,) = torch.autograd.grad(value, w)
        assert np.isclose(loss, value.item()) and np.allclose(landscape.gradient(place), gradient)


@pytest.mark.parametrize("name", LANDSCAPES)
def test_zero_is_the_lowest_and_stands_at_the_minima(name: str) -> None:
    landscape = LANDSCAPES[name]
    for minimum in np.array(landscape.minima):
        assert landscape.loss(minimum) == 0 and np.allclose(landscape.gradient(minimum), 0)
    grid = np.stack(np.meshgrid(np.linspace(*BOX[:2], 121), np.linspace(*BOX[2:], 93)), axis=-1)
    assert landscape.loss(grid).shape == (93, 121) and landscape.loss(grid).min() >= 0
    assert BOX[0] < landscape.start[0] < BOX[1] and BOX[2] < landscape.start[1] < BOX[3]


def test_the_words_are_true() -> None:
    assert np.allclose(np.linalg.eigvalsh(HESSIAN), CURVATURES) and np.linalg.cond(HESSIAN) == pytest.approx(40)
    saddle, bumpy = LANDSCAPES["saddle"], LANDSCAPES["bumpy bowl"]
    assert np.all(saddle.gradient(np.zeros(2)) == 0)
    assert saddle.loss(np.array([0.1, 0.0])) > saddle.loss(np.zeros(2)) > saddle.loss(np.array([0.0, 0.1]))
    grid = bumpy.loss(np.stack(np.meshgrid(np.linspace(*BOX[:2], 121), np.linspace(*BOX[2:], 93)), axis=-1))
    inner = grid[1:-1, 1:-1]
    around = [np.roll(grid, shift, (0, 1))[1:-1, 1:-1] for shift in ((0, 1), (0, -1), (1, 0), (-1, 0))]
    assert (inner < np.min(around, axis=0)).sum() == 9
