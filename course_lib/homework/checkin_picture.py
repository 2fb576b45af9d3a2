"""A check-in card as a PNG, to be posted where HTML cannot be."""

import unicodedata
from pathlib import Path
from typing import Any

from matplotlib import font_manager, rc_context
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from .checkin import CheckIn
from .checkin_page import BLUE, GREEN, INK, LINE, QUIET, tries

WIDTH_PX, MARGIN_PX, LINE_PX, ROW_PX, CURVE_PX = 620.0, 30.0, 25.0, 24.0, 96.0
NOTE_COLUMNS = 66
DPI = 200
# the first of these that is there is asked for what DejaVu Sans does not have
CHINESE = (
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN", "Microsoft YaHei", "PingFang SC",
    "Hiragino Sans GB", "Heiti TC", "SimHei", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Arial Unicode MS",
)  # fmt: skip
NO_FONT = "(The note is on the HTML card: no font on this computer has its characters.)"


def save_picture(card: CheckIn, file: Path) -> None:
    """Draw the card, 1240 pixels wide."""
    fonts = families()
    note = wrapped(drawable(card.note, fonts), NOTE_COLUMNS)
    has_curve = len(card.losses) > 1
    height = 104 + LINE_PX * len(note) + 50 + ROW_PX * len(card.exercises) + has_curve * (CURVE_PX + 60) + 20
    colour = GREEN if card.passed == len(card.exercises) else BLUE
    with rc_context({"font.family": fonts, "font.size": 10, "text.color": INK}):
        figure = Figure(figsize=(WIDTH_PX / 100, height / 100), dpi=100, facecolor="white")
        y = height - 52  # the height of the line at hand, in pixels from below

        def text(x: float, words: str, size: float = 10.5, align: str = "left", **look: Any) -> None:
            figure.text(x / WIDTH_PX, y / height, words, size=size, ha=align, va="baseline", parse_math=False, **look)

        def rule() -> None:
            ends = [MARGIN_PX / WIDTH_PX, 1 - MARGIN_PX / WIDTH_PX]
            figure.add_artist(Line2D(ends, [y / height] * 2, color=LINE, lw=1))

        figure.add_artist(Rectangle((0, 1 - 6 / height), 1, 6 / height, color=colour, lw=0))
        right = WIDTH_PX - MARGIN_PX
        text(MARGIN_PX, f"Lesson {card.lesson}", 17, fontweight="bold")
        text(right, card.day, 10.5, "right", color=QUIET)
        y -= 40
        for line in note:
            text(MARGIN_PX, line, 11.5)
            y -= LINE_PX
        y += 4
        rule()
        y -= 28
        text(MARGIN_PX, f"{card.passed} of {len(card.exercises)} exercises passed", color=colour, fontweight="bold")
        for each in card.exercises:
            y -= ROW_PX
            text(MARGIN_PX, "✓" if each.passed else "○", color=GREEN if each.passed else QUIET)
            name = each.name.partition(".")[2]
            text(MARGIN_PX + 22, name, 10, family="DejaVu Sans Mono", color=INK if each.passed else QUIET)
            text(right, tries(each.attempts), 10, "right", color=QUIET)
        if has_curve:
            y -= 20
            rule()
            y -= 26
            text(MARGIN_PX, "My loss curve", color=BLUE, fontweight="bold")
            text(right, f"from {card.losses[0]:.3g} to {card.losses[-1]:.3g}", 10, "right", color=QUIET)
            y -= CURVE_PX + 14
            box = (MARGIN_PX / WIDTH_PX, y / height, 1 - 2 * MARGIN_PX / WIDTH_PX, CURVE_PX / height)
            axes = figure.add_axes(box)
            axes.plot(card.losses, color=BLUE, lw=1.8, clip_on=False, solid_capstyle="round")
            axes.set_axis_off()
            axes.margins(x=0)
        y -= 20
        rule()
        y -= 22
        text(MARGIN_PX, f"fingerprint {card.fingerprint}", 8.5, color=QUIET)
        figure.savefig(file, dpi=DPI, metadata={"Title": f"Lesson {card.lesson}", "Fingerprint": card.fingerprint})


def families() -> list[str]:
    """DejaVu Sans, and a font with Chinese characters where there is one."""
    there = set(font_manager.get_font_names())
    return ["DejaVu Sans", *[name for name in CHINESE if name in there][:1]]


def drawable(text: str, fonts: list[str]) -> str:
    """The text without the characters that no font has; a sentence in its place where that is much of it."""
    found = [font_manager.get_font(font_manager.findfont(name)) for name in fonts]
    kept = "".join(sign for sign in text if sign == "\n" or any(font.get_char_index(ord(sign)) for font in found))
    return kept if len(kept) >= 0.9 * len(text) else NO_FONT


def wrapped(text: str, columns: int) -> list[str]:
    """Lines of at most so many columns; a Chinese character takes two, and may end a line."""
    lines: list[str] = []
    for paragraph in text.splitlines():
        line = ""
        for word in _words(paragraph):
            if line and _columns(line + word.rstrip()) > columns:
                lines.append(line.rstrip())
                line = ""
            while _columns(word) > columns:
                lines.append(word[:columns])
                word = word[columns:]
            line += word if line else word.lstrip()
        lines.append(line.rstrip())
    return lines


def _words(text: str) -> list[str]:
    """Words with the space behind them; each wide character by itself."""
    words: list[str] = []
    for sign in text:
        within = bool(words) and not _wide(sign) and not words[-1].endswith(" ") and not _wide(words[-1][-1])
        if within or (words and (sign == " " or unicodedata.category(sign).startswith("P"))):
            words[-1] += sign
        else:
            words.append(sign)
    return words


def _wide(sign: str) -> bool:
    return unicodedata.east_asian_width(sign) in "WF"


def _columns(text: str) -> int:
    return sum(2 if _wide(sign) else 1 for sign in text)
