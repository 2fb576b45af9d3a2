"""The part of the dashboard and of the comparison that runs in the browser; needs anywidget."""

from pathlib import Path
from typing import Any

import anywidget
import traitlets


class CurvesView(anywidget.AnyWidget):  # type: ignore[misc]
    """Panels of curves whose values show under the pointer, or at a cursor that the arrow keys move (``curves.js``).

    Attributes:
        panels: As ``curve_panels.panel`` makes them, all along the same axis.
    """

    _esm = Path(__file__).with_name("curves.js")
    panels: Any = traitlets.List([]).tag(sync=True)
