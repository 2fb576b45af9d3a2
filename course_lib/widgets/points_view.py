"""The part of the points playground that runs in the browser; needs anywidget."""

from pathlib import Path
from typing import Any

import anywidget
import traitlets


class PointsView(anywidget.AnyWidget):  # type: ignore[misc]
    """Points that are added, moved and removed with mouse, finger or keys, and a line; drawn by ``points.js``.

    Attributes:
        points: [x, y, class -1 or +1], each coordinate from -1 to 1.
        line: [w1, w2, b]; empty where there is none.
        wrong: The indices of the points on the wrong side.
        field: What a network says of the whole plane; empty where there is none. ``chances``: (S, S) bytes, the chance
            of class +1 from 0 to 255, row by row from the top; ``boundary``: polylines [[x, y], …] where it is a half;
            ``neurons``: a line [w1, w2, b] for each neuron of the first layer.
        names: Of the classes -1 and +1.
    """

    _esm = Path(__file__).with_name("points.js")
    points: Any = traitlets.List([]).tag(sync=True)
    line: Any = traitlets.List([]).tag(sync=True)
    wrong: Any = traitlets.List([]).tag(sync=True)
    field: Any = traitlets.Dict({}).tag(sync=True)
    names = traitlets.List(["-1", "+1"]).tag(sync=True)
