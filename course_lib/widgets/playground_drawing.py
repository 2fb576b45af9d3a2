"""What the decision playground draws: the plane as a network sees it, and the losses of its training."""

from collections.abc import Sequence
from typing import Any

import contourpy  # which comes with matplotlib
import numpy as np

from .small_mlp import Training, sigmoid

SIDE = 56  # places in each direction whose chances are sent to the browser


def field(training: Training) -> dict[str, Any]:
    """What a network says of the whole plane, as ``PointsView`` draws it."""
    along = np.linspace(-1, 1, SIDE)
    x1, x2 = np.meshgrid(along, along[::-1])  # the top row first
    scores = training.scores(np.stack([x1.ravel(), x2.ravel()], axis=1)).reshape(SIDE, SIDE)
    chances = np.round(255 * sigmoid(scores)).astype(np.uint8)
    paths = contourpy.contour_generator(x1, x2, scores).lines(0.0)
    boundary = [np.round(np.asarray(path), 3).tolist() for path in paths]
    W, b = training.layers[0]
    lines = np.column_stack([W.T, b]) if training.hidden else np.zeros((0, 3))  # (neurons, 3)
    neurons = [line for line in lines.tolist() if np.hypot(line[0], line[1]) > 1e-6]
    return {"chances": chances.tobytes(), "boundary": boundary, "neurons": neurons}


def loss_curve(losses: Sequence[float], width: int = 330, height: int = 120) -> str:
    """The losses as a drawing (SVG) in the colour of the page's text; a coin toss has the loss 0.69."""
    left, right, top, bottom = 34, width - 8, 20, height - 18
    highest = max([0.8, *losses])
    num_steps = max(100, len(losses))
    every = max(1, len(losses) // 200)

    def place(step: float, loss: float) -> str:
        x, y = left + (right - left) * step / num_steps, bottom - (bottom - top) * min(loss / highest, 1)
        return f"{x:.1f},{y:.1f}"

    curve = " ".join(place(step, losses[step]) for step in range(0, len(losses), every))
    coin_y = place(0, np.log(2)).partition(",")[2]
    quiet = 'fill="currentColor" opacity=".65"'
    return (
        f'<svg width="{width}" height="{height}" role="img" aria-label="loss over steps" font-size="11">'
        f'<text x="0" y="12" {quiet}>loss</text>'
        f'<path d="M{left},{top}V{bottom}H{right}" fill="none" stroke="currentColor" opacity=".4"/>'
        f'<path d="M{left},{coin_y}H{right}" stroke="currentColor" opacity=".4" stroke-dasharray="4 3"/>'
        f'<text x="{right}" y="{float(coin_y) - 4:.1f}" text-anchor="end" {quiet}>a coin toss: 0.69</text>'
        f'<text x="{left - 5}" y="{bottom + 3}" text-anchor="end" {quiet}>0</text>'
        f'<text x="{left - 5}" y="{top + 5}" text-anchor="end" {quiet}>{highest:.1f}</text>'
        f'<text x="{right}" y="{height - 3}" text-anchor="end" {quiet}>{num_steps:,} steps</text>'
        f'<polyline points="{curve}" fill="none" stroke="#0072B2" stroke-width="2"/></svg>'
    )
