"""Arrays and records in, figures out. Knows no trainer, no model and no torch."""

from .confusion import confusion_figure
from .curves import curves_figure, read_metrics
from .embedding import embedding_figure
from .grid import picture_grid
from .lr_range import lr_range_figure
from .overlay import overlay_figure, overlay_heat
from .reliability import reliability_figure
from .schedule import schedule_figure
from .text import text_plot
from .trials import trials_figure

__all__ = [
    "confusion_figure",
    "curves_figure",
    "embedding_figure",
    "lr_range_figure",
    "overlay_figure",
    "overlay_heat",
    "picture_grid",
    "read_metrics",
    "reliability_figure",
    "schedule_figure",
    "text_plot",
    "trials_figure",
]
