"""The results of grading, as a table for a spreadsheet and as a page with each learner's feedback."""

import csv
import html
from pathlib import Path
from typing import Any

from ..cards import Card, Tone

Marks = dict[str, list[dict[str, Any]]]
TONES: dict[str, Tone] = {"passed": "passed", "failed": "failed", "not yet": "waiting"}
# what a spreadsheet takes for a formula
FORMULA = ("=", "+", "-", "@", "\t", "\r")

STYLE = """
:root { color-scheme: light dark; --ink: #1d2327; --quiet: #667079; --line: #e3e6e8; --paper: #fff; --bar: #009e73 }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eaec; --quiet: #9aa4ac; --line: #343a40; --paper: #16191c } }
body { font: 16px/1.5 system-ui, "Noto Sans", "PingFang SC", "Microsoft YaHei", sans-serif; color: var(--ink);
  background: var(--paper); max-width: 60rem; margin: 2.5rem auto; padding: 0 1.25rem }
h1 { font-size: 1.6rem; margin: 0 0 .2rem } p.quiet { color: var(--quiet); margin: .2rem 0 1.6rem; max-width: 46rem }
.scroll { overflow-x: auto } table.grades { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }
.grades th, .grades td { padding: .3rem .6rem; border-bottom: 1px solid var(--line); text-align: right }
.grades th { font-weight: 500; color: var(--quiet); font-size: .85rem; vertical-align: bottom }
.grades th:first-child, .grades td:first-child { text-align: left } .grades td.total { font-weight: 600 }
.grades td.none { color: var(--quiet); opacity: .6 }
.grades a { color: inherit; text-decoration-color: var(--line); text-underline-offset: .2em }
details { border-bottom: 1px solid var(--line) }
summary { cursor: pointer; padding: .55rem 0; display: flex; gap: 1rem }
summary b { flex: 1; font-weight: 600 } summary span { color: var(--quiet); font-variant-numeric: tabular-nums }
details > div { padding: 0 0 1rem } h2 { font-size: 1.15rem; margin: 2.4rem 0 .4rem }
pre, td { overflow-wrap: anywhere } .bar { flex: 0 0 8rem; align-self: center; height: .4rem; border-radius: .2rem;
  background: var(--line) } .bar i { display: block; height: 100%; border-radius: .2rem; background: var(--bar) }
"""


def total(marks: list[dict[str, Any]]) -> tuple[int, int]:
    """Points, and how many there could have been."""
    return sum(mark["points"] for mark in marks), sum(mark["of"] for mark in marks)


def write_csv(file: Path, marks: Marks) -> None:
    """A row a learner: name, the points of each exercise, total."""
    names = [mark["exercise"] for mark in next(iter(marks.values()))]
    with file.open("w", encoding="utf-8-sig", newline="") as stream:  # the mark at its start is for Excel
        writer = csv.writer(stream)
        writer.writerow(["name", *names, "total"])
        for learner, of_learner in marks.items():
            name = f"'{learner}" if learner.startswith(FORMULA) else learner
            writer.writerow([name, *(mark["points"] for mark in of_learner), total(of_learner)[0]])


def write_html(file: Path, marks: Marks, note: str) -> None:
    """One page that needs no other file: the table, and below it each learner's feedback, folded."""
    first = next(iter(marks.values()))
    points = [total(of_learner)[0] for of_learner in marks.values()]
    of = total(first)[1]
    summary = (
        f"{len(marks)} submission{'s' * (len(marks) != 1)}, {sum(points) / len(points):.1f} of {of} points on average."
    )
    body = [
        "<h1>Gradebook</h1>",
        f'<p class="quiet">{summary} {html.escape(note)}</p>',
        f'<div class="scroll"><table class="grades"><thead>{_head(first)}</thead><tbody>',
        *(_row(index, learner, of_learner) for index, (learner, of_learner) in enumerate(marks.items())),
        "</tbody></table></div><h2>Feedback</h2>",
        *(_feedback(index, learner, of_learner) for index, (learner, of_learner) in enumerate(marks.items())),
    ]
    head = '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    file.write_text(f"{head}<title>Gradebook</title><style>{STYLE}</style>{''.join(body)}{OPEN}</html>\n", "utf-8")


# a link into a folded part opens it
OPEN = """<script>
const open = () => { const part = document.getElementById(location.hash.slice(1)); if (part) part.open = true }
addEventListener("hashchange", open); open()
</script>"""


def _head(marks: list[dict[str, Any]]) -> str:
    cells = "".join(f"<th>{html.escape(mark['exercise'])}<br>of {mark['of']}</th>" for mark in marks)
    return f"<tr><th>Learner</th>{cells}<th>Total<br>of {total(marks)[1]}</th></tr>"


def _row(index: int, learner: str, marks: list[dict[str, Any]]) -> str:
    cells = "".join(
        f'<td class="none" title="{mark["status"]}">0</td>' if not mark["points"] else f"<td>{mark['points']}</td>"
        for mark in marks
    )
    link = f'<a href="#learner-{index}">{html.escape(learner)}</a>'
    return f'<tr><td>{link}</td>{cells}<td class="total">{total(marks)[0]}</td></tr>'


def _feedback(index: int, learner: str, marks: list[dict[str, Any]]) -> str:
    points, of = total(marks)
    bar = f'<div class="bar"><i style="width:{100 * points / max(of, 1):.0f}%"></i></div>'
    head = f"<summary><b>{html.escape(learner)}</b>{bar}<span>{points} of {of}</span></summary>"
    cards = "".join(mark_card(mark)._repr_html_() for mark in marks)
    return f'<details id="learner-{index}">{head}<div>{cards}</div></details>'


def mark_card(mark: dict[str, Any]) -> Card:
    """The feedback on one exercise."""
    title = f"{mark['exercise']} · {mark['points']} of {mark['of']} point{'s' * (mark['of'] != 1)}"
    rows = tuple((str(label), str(text)) for label, text in mark["rows"])
    return Card(TONES[mark["status"]], title, tuple(mark["sentences"]), rows, tuple(mark["hints"]))
