"""Cards: a title, a few labelled lines and some sentences, as HTML in a notebook and as text elsewhere.

The colours are see-through and the text takes the page's own colour, so that a card reads well on light and on dark.
"""

import html
import re
from dataclasses import dataclass
from typing import Literal

Tone = Literal["passed", "failed", "waiting"]
SIGNS: dict[Tone, str] = {"passed": "✓", "failed": "✗", "waiting": "…"}
COLOURS: dict[Tone, str] = {"passed": "0,158,115", "failed": "213,94,0", "waiting": "0,114,178"}


@dataclass(frozen=True)
class Card:
    """What is shown to a learner.

    Args:
        tone: Its colour and sign.
        title: The first line.
        sentences: Below the title; ``code`` in backticks.
        rows: Label → text, set as code.
        hints: Below the rows.
        footer: In small print.
    """

    tone: Tone
    title: str
    sentences: tuple[str, ...] = ()
    rows: tuple[tuple[str, str], ...] = ()
    hints: tuple[str, ...] = ()
    footer: str = ""

    def _repr_html_(self) -> str:
        colour = COLOURS[self.tone]
        parts = [
            f'<div style="font-weight:600;color:rgb({colour})">{SIGNS[self.tone]}&ensp;'
            f'<span style="color:var(--jp-content-font-color1,inherit)">{html.escape(self.title)}</span></div>'
        ]
        parts += [f'<div style="margin-top:4px">{marked(sentence)}</div>' for sentence in self.sentences]
        if self.rows:
            parts.append(_html_table(self.rows))
        parts += [f'<div style="margin-top:6px">💡 {marked(hint)}</div>' for hint in self.hints]
        if self.footer:
            parts.append(f'<div style="margin-top:6px;opacity:.65;font-size:90%">{marked(self.footer)}</div>')
        style = (
            f"border-left:4px solid rgb({colour});background:rgba({colour},.07);border-radius:4px;"
            "padding:10px 14px;margin:4px 0;max-width:46em;line-height:1.45"
        )
        return f'<div style="{style}">{"".join(parts)}</div>'

    def __str__(self) -> str:
        width = max((len(label) for label, _ in self.rows), default=0)
        lines = [f"{SIGNS[self.tone]} {self.title}", *(f"  {sentence}" for sentence in self.sentences)]
        for label, text in self.rows:
            first, *more = text.split("\n")
            lines += [f"  {label:<{width}}  {first}", *(f"  {'':<{width}}  {line}" for line in more)]
        lines += [f"  hint: {hint}" for hint in self.hints]
        return "\n".join(lines + ([f"  {self.footer}"] if self.footer else []))

    __repr__ = __str__


def marked(text: str) -> str:
    """Text as HTML, with what stands in backticks as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text))


def _html_table(rows: tuple[tuple[str, str], ...]) -> str:
    cell = "border:none;background:none;padding:1px 14px 1px 0;text-align:left;vertical-align:top"
    lines = [
        f'<tr style="background:none"><td style="{cell};opacity:.65;white-space:nowrap">{html.escape(label)}</td>'
        f'<td style="{cell};white-space:pre-wrap;font-family:monospace">{html.escape(text)}</td></tr>'
        for label, text in rows
    ]
    return f'<table style="border:none;border-collapse:collapse;margin:6px 0 0 0">{"".join(lines)}</table>'
