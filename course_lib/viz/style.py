"""How all our figures look: one palette, one type size, quiet axes.

Figures are made without pyplot: nothing is global, nothing has to be closed, and a server without a screen can draw.
Each function that draws is decorated with ``@styled`` and starts with ``new_figure``.
"""

import logging
from collections.abc import Container
from io import BytesIO
from typing import Any

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

# The colours of Okabe and Ito, told apart with every kind of colour blindness; the yellow is too pale for lines.
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#555555")
INK, QUIET, GRID = "#222222", "#6b6b6b", "#e4e4e4"
WRONG = PALETTE[1]
DPI = 100

LATIN = "DejaVu Sans"  # comes with matplotlib, and has no Chinese; these come with systems, or are installed there
CHINESE = (
    "Noto Sans CJK SC", "Noto Sans CJK JP", "Source Han Sans SC", "PingFang SC", "Hiragino Sans GB", "Microsoft YaHei",
    "SimHei", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Arial Unicode MS",
)  # fmt: skip


def families(installed: Container[str]) -> list[str]:
    """The fonts to draw with: a letter that the first lacks is taken from the second, where there is one.

    Only one that is installed is named, since matplotlib complains of any other at each text.
    """
    return [LATIN, *[name for name in CHINESE if name in installed][:1]]


def is_news(record: logging.LogRecord) -> bool:
    """Not that a Chinese font has no bold, which matplotlib would tell at bold titles in Latin letters, too."""
    message = record.getMessage()
    return "Failed to find font weight" not in message or not any(name in message for name in CHINESE)


logging.getLogger("matplotlib.font_manager").addFilter(is_news)

STYLE: dict[Any, Any] = {
    "font.family": families({font.name for font in fontManager.ttflist}),
    "font.size": 10,
    "text.color": INK,
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlepad": 8,
    "axes.labelsize": 9.5,
    "axes.labelcolor": QUIET,
    "axes.edgecolor": "#b0b0b0",
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.formatter.useoffset": False,
    "xtick.color": "#b0b0b0",
    "ytick.color": "#b0b0b0",
    "xtick.labelcolor": QUIET,
    "ytick.labelcolor": QUIET,
    "xtick.labelsize": 9,
    "ytick.labelsize": 9,
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "lines.linewidth": 1.8,
    "lines.solid_capstyle": "round",
    "legend.frameon": False,
    "legend.fontsize": 9.5,
    "figure.facecolor": "white",
}

styled = rc_context(STYLE)


class NotebookFigure(Figure):
    """A figure that shows itself in a notebook, without ``%matplotlib inline``; twice as sharp as its size."""

    def _repr_png_(self) -> tuple[bytes, dict[str, Any]]:
        buffer = BytesIO()
        self.savefig(buffer, format="png", dpi=2 * DPI)
        width, height = self.get_size_inches() * DPI
        return buffer.getvalue(), {"width": round(width), "height": round(height)}


def new_figure(width_px: float = 800, height_px: float = 400) -> NotebookFigure:
    """An empty figure whose parts make room for one another."""
    figure = NotebookFigure(figsize=(width_px / DPI, height_px / DPI), dpi=DPI, layout="constrained")
    figure.get_layout_engine().set(w_pad=0.1, h_pad=0.08)  # type: ignore[union-attr, call-arg]
    return figure


def quiet_axes(axes: Axes, *, grid: str = "y") -> None:
    """A faint grid along one axis (``'x'``, ``'y'``, ``'both'``) and no tick marks."""
    axes.grid(True, axis=grid)  # type: ignore[arg-type]
    axes.tick_params(length=0)


def log_scale(axes: Axes, subs: tuple[float, ...] = (1.0,)) -> None:
    """A logarithmic y axis with plain numbers (0.01, not a power of ten) at ``subs`` times each power of ten."""
    axes.set_yscale("log", nonpositive="clip")
    axes.yaxis.set_major_locator(LogLocator(subs=subs))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.yaxis.set_minor_locator(NullLocator())


def apart(positions: list[float], gap: float) -> list[float]:
    """Move positions as little as is needed so that any two are at least ``gap`` apart; for labels beside lines."""
    order = sorted(range(len(positions)), key=lambda index: positions[index])
    groups: list[list[int]] = []
    centres: list[float] = []
    for index in order:
        groups.append([index])
        centres.append(positions[index])
        # neighbours that would touch become one block around their common centre
        while len(groups) > 1 and centres[-1] - centres[-2] < gap * (len(groups[-1]) + len(groups[-2])) / 2:
            members = groups[-2] + groups[-1]
            groups[-2:] = [members]
            centres[-2:] = [sum(positions[member] for member in members) / len(members)]
    moved = list(positions)
    for centre, members in zip(centres, groups, strict=True):
        for rank, member in enumerate(members):
            moved[member] = centre + gap * (rank - (len(members) - 1) / 2)
    return moved
