"""The kept picture of the freeze slider: the network's parts on the left, accuracies by frozen stages on the right.

Axes and text are drawn once; a move draws only what differs.
"""

from collections.abc import Mapping, Sequence

from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.patches import FancyBboxPatch, Rectangle
from matplotlib.text import Text

from course_lib.viz.style import INK, PALETTE, QUIET, quiet_axes, styled

from .parts import BLUE, ORANGE, empty_figure, encoded

Setting = tuple[int, float]  # frozen_stages and the learning rate
ICE = "#d6ebf7"
LINES = (PALETTE[0], PALETTE[1], PALETTE[2], PALETTE[3], PALETTE[5], PALETTE[4])
MARKS = "osD^vP"


class FreezePicture:
    """The picture, at each move another PNG.

    Args:
        parts: How many parameters each part has, by name: the stem, the stages, the head.
        rates: The learning rates that can be chosen, each a line.
        scratch: The accuracy of fresh weights in percent, a dashed line; None for none.
    """

    size_px = (820, 340)

    @styled
    def __init__(self, parts: Mapping[str, int], rates: Sequence[float], scratch: float | None = None) -> None:
        self.parts, self.rates = dict(parts), tuple(rates)
        self.frozen = range(-1, len(self.parts) - 1)  # what can be chosen; the head always trains
        self.figure = empty_figure(*self.size_px)
        self.network, self.plot = self.figure.subplots(1, 2, width_ratios=(1.1, 1))
        self.figure.subplots_adjust(left=0.01, right=0.985, bottom=0.16, top=0.89, wspace=0.14)
        self.boxes = [self._box(index, name) for index, name in enumerate(self.parts)]
        self.bar = Rectangle((0, 0.09), 0, 0.09, facecolor=ORANGE, lw=0)
        self._label_network()
        self.lines = {rate: self._line(rate) for rate in self.rates}
        self._label_plot(scratch)
        self.moving: list[Artist] = [*(artist for box in self.boxes for artist in box), self.bar, self.share]
        self.moving += [*self.lines.values(), self.chosen, self.question]
        for artist in self.moving:
            artist.set_animated(True)
        self.canvas = FigureCanvasAgg(self.figure)
        self.canvas.draw()
        self.background = self.canvas.copy_from_bbox(self.figure.bbox)

    def _box(self, index: int, name: str) -> tuple[FancyBboxPatch, Text, Text]:
        """A part of the network, whether it trains, and its parameters."""
        width = 1 / len(self.parts)
        box = FancyBboxPatch(
            (index * width + 0.012, 0.42), width - 0.03, 0.44, boxstyle="round,pad=0,rounding_size=0.015", lw=1.8
        )
        self.network.add_patch(box)
        middle = (index + 0.5) * width - 0.003
        self.network.text(middle, 0.91, name, ha="center", weight="bold")
        word = self.network.text(middle, 0.73, "", ha="center", va="center", zorder=3, weight="bold", fontsize=9)
        return box, word, self.network.text(middle, 0.57, f"{self.parts[name]:,}", ha="center", va="center", zorder=3)

    def _label_network(self) -> None:
        self.network.set(xlim=(0, 1), ylim=(0, 1))
        self.network.set_axis_off()
        self.network.set_title("The network: parameters of each part")
        self.network.text(0.005, 0.345, "picture", color=QUIET, fontsize=9, va="center")
        self.network.text(0.988, 0.345, "scores", color=QUIET, fontsize=9, va="center", ha="right")
        arrow = {"arrowstyle": "-|>", "color": QUIET, "lw": 1}
        self.network.annotate("", (0.88, 0.345), (0.115, 0.345), arrowprops=arrow)
        self.network.add_patch(Rectangle((0, 0.09), 1, 0.09, facecolor=ICE, edgecolor=BLUE, lw=1))
        self.network.add_patch(self.bar)
        self.share = self.network.text(0.005, 0.01, "", va="center")

    def _line(self, rate: float) -> Artist:
        colour, mark = (each[self.rates.index(rate) % len(LINES)] for each in (LINES, MARKS))
        return self.plot.plot([], [], mark, ls="-", color=colour, ms=8, mec="white", label=f"lr {rate:g}")[0]

    def _label_plot(self, scratch: float | None) -> None:
        quiet_axes(self.plot)
        self.plot.set(xlim=(self.frozen[0] - 0.4, self.frozen[-1] + 0.4), ylim=(25, 102))
        names = ["nothing", *list(self.parts)[:1], *(f"+ {name}" for name in list(self.parts)[1:-1])]
        self.plot.set_xticks(
            self.frozen, [f"{number}\n{name}" for number, name in zip(self.frozen, names, strict=True)]
        )
        self.plot.set_title("Accuracy in %, by frozen_stages")
        if scratch is not None:
            self.plot.axhline(scratch, color=QUIET, lw=1, ls=(0, (4, 3)))
            self.plot.text(
                self.frozen[-1] + 0.4, scratch - 1, "fresh weights", color=QUIET, ha="right", va="top", fontsize=9
            )
        self.plot.legend(loc="lower right", bbox_to_anchor=(1, 0.16), labelspacing=0.25, handlelength=1.6)
        self.chosen = self.plot.axvline(0, color=INK, lw=1, alpha=0.5)
        self.question = self.plot.text(0, 63, "?", ha="center", va="center", fontsize=22, weight="bold")
        self.question.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 2})

    @styled
    def png(self, setting: Setting, found: Mapping[Setting, float]) -> bytes:
        """The picture with that setting chosen, and the accuracies that are known."""
        frozen, chosen_rate = setting
        for index, (box, word, _) in enumerate(self.boxes):
            trains = index > frozen
            box.set(facecolor="white" if trains else ICE, edgecolor=ORANGE if trains else BLUE)
            word.set(text="trains" if trains else "frozen ❄", color=ORANGE if trains else BLUE)
        total, trained = sum(self.parts.values()), sum(list(self.parts.values())[frozen + 1 :])
        self.bar.set(x=1 - trained / total, width=trained / total)
        self.share.set_text(f"{trained:,} of {total:,} parameters train: {percent(trained / total)}")
        for rate, line in self.lines.items():
            known = sorted((each, accuracy) for (each, other), accuracy in found.items() if other == rate)
            line.set_data([each for each, _ in known], [accuracy for _, accuracy in known])  # type: ignore[attr-defined]
            bright = rate == chosen_rate
            line.set(alpha=1.0 if bright else 0.35, zorder=3 if bright else 2)
        self.chosen.set_xdata([frozen, frozen])
        colour = LINES[self.rates.index(chosen_rate) % len(LINES)]
        self.question.set(x=frozen, color=colour, visible=setting not in found)
        self.canvas.restore_region(self.background)
        for artist in sorted(self.moving, key=lambda each: each.zorder):
            artist.axes.draw_artist(artist)  # type: ignore[union-attr]
        return encoded(self.canvas)


def percent(share: float) -> str:
    """A share in percent, with a digit more where it is small."""
    return (
        f"{100 * share:.0f} %" if share >= 0.1 else f"{100 * share:.1f} %" if share >= 0.01 else f"{100 * share:.2f} %"
    )
