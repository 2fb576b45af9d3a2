"""A check-in card as HTML, and the page that collects all cards.

Styles stand on the tags: a card is shown in notebooks, which have styles of their own.
"""

import html
from collections.abc import Sequence

from .checkin import CheckIn

GREEN, BLUE, INK, QUIET, LINE = "#00805d", "#0072b2", "#1d2327", "#667079", "#e4e7e9"
FONT = "system-ui,'Noto Sans','PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif"
CURVE_WIDTH, CURVE_HEIGHT = 560, 96


def card_html(card: CheckIn, warning: str = "") -> str:
    """One card, 620 pixels wide or less."""
    done = card.passed == len(card.exercises)
    colour = GREEN if done else BLUE
    head = (
        f'<div style="display:flex;align-items:baseline;gap:12px;margin-bottom:14px">'
        f'<span style="font-size:22px;font-weight:650;color:{INK}">Lesson {html.escape(card.lesson)}</span>'
        f'<span style="color:{colour};font-weight:600">打卡</span>'
        f'<span style="margin-left:auto;color:{QUIET};font-variant-numeric:tabular-nums">{card.day}</span></div>'
    )
    note = (
        f'<div style="color:{INK};font-size:16px;line-height:1.6;white-space:pre-wrap;overflow-wrap:anywhere">'
        f"{html.escape(card.note)}</div>"
    )
    rows = "".join(_exercise(name, passed, attempts) for name, passed, attempts in _exercises(card))
    count = f"{card.passed} of {len(card.exercises)} exercises passed"
    exercises = (
        f'<div style="border-top:1px solid {LINE};margin-top:18px;padding-top:14px">'
        f'<div style="color:{colour};font-weight:600;margin-bottom:6px">{count}</div>{rows}</div>'
    )
    foot = (
        f'<div style="border-top:1px solid {LINE};margin-top:16px;padding-top:10px;color:{QUIET};font-size:12px">'
        f'fingerprint <span style="font-family:ui-monospace,monospace">{card.fingerprint}</span>{warning}</div>'
    )
    style = (
        f"box-sizing:border-box;max-width:620px;background:#fff;border:1px solid {LINE};border-top:5px solid {colour};"
        f"border-radius:10px;padding:22px 28px 16px;margin:6px 0;font:14px/1.45 {FONT};color:{INK};color-scheme:light"
    )
    return f'<div style="{style}">{head}{note}{exercises}{_curve(card.losses)}{foot}</div>'


def card_page(card: CheckIn) -> str:
    """A page with one card, which ``checkin.read_card`` reads."""
    return _page(f"Lesson {card.lesson} · check-in", f"{card_html(card)}{card.to_html()}", 660)


def collected_page(cards: Sequence[tuple[CheckIn, bool]], points: str) -> str:
    """All cards on one page, with those marked whose fingerprint does not fit.

    Args:
        points: A sentence on the progress as a whole.
    """
    parts = [
        f'<h1 style="font-size:26px;margin:0">Check-ins 打卡</h1>'
        f'<p style="color:{QUIET};margin:4px 0 22px">{html.escape(points)}</p>'
    ]
    for card, fits in cards:
        warning = "" if fits else ' · <b style="color:#b34700">changed after it was made</b>'
        parts.append(f'<div style="margin-bottom:18px">{card_html(card, warning)}</div>')
    return _page("Check-ins", "".join(parts), 660)


def _page(title: str, body: str, width: int) -> str:
    head = '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    style = f"max-width:{width}px;margin:32px auto;padding:0 16px;background:#f5f6f7;font-family:{FONT};color:{INK}"
    return f'{head}<title>{html.escape(title)}</title><body style="{style}">{body}</body></html>\n'


def _exercises(card: CheckIn) -> list[tuple[str, bool, int]]:
    return [(each.name.partition(".")[2], each.passed, each.attempts) for each in card.exercises]


def _exercise(name: str, passed: bool, attempts: int) -> str:
    sign, colour = ("✓", GREEN) if passed else ("○", QUIET)
    return (
        f'<div style="display:flex;gap:10px;line-height:1.75"><span style="color:{colour};width:1em">{sign}</span>'
        f'<span style="font-family:ui-monospace,monospace;color:{INK if passed else QUIET}">{html.escape(name)}</span>'
        f'<span style="margin-left:auto;color:{QUIET}">{tries(attempts)}</span></div>'
    )


def tries(attempts: int) -> str:
    """The number of attempts in words."""
    return "not tried" if not attempts else f"{attempts} attempt{'s' * (attempts != 1)}"


def _curve(losses: Sequence[float]) -> str:
    """The loss curve with its first and last value."""
    if len(losses) < 2:
        return ""
    low, high = min(losses), max(losses)
    step, drop = CURVE_WIDTH / (len(losses) - 1), (CURVE_HEIGHT - 8) / (high - low or 1)
    points = " ".join(f"{step * index:.1f},{4 + drop * (high - loss):.1f}" for index, loss in enumerate(losses))
    svg = (
        f'<svg viewBox="0 0 {CURVE_WIDTH} {CURVE_HEIGHT}" style="display:block;width:100%" role="img" '
        f'aria-label="loss curve"><polyline points="{points}" fill="none" stroke="{BLUE}" stroke-width="2" '
        f'stroke-linejoin="round" stroke-linecap="round"/></svg>'
    )
    ends = f"from {losses[0]:.3g} to {losses[-1]:.3g}"
    return (
        f'<div style="border-top:1px solid {LINE};margin-top:16px;padding-top:12px">'
        f'<div style="display:flex;margin-bottom:6px"><b style="font-weight:600;color:{BLUE}">My loss curve</b>'
        f'<span style="margin-left:auto;color:{QUIET}">{ends}</span></div>{svg}</div>'
    )
