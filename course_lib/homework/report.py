"""The check-in card (打卡) at the end of a lesson: what was passed, and in the learner's own words what was learnt."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from course_lib.config.errors import ConfigError

from . import progress
from .cards import Card
from .exercises import of_lesson

MIN_NOTE_CHARS = 100


@dataclass(frozen=True)
class Report:
    """A check-in card and the file it was saved to; ``path`` is None while the note is too short."""

    card: Card
    path: Path | None = None

    def __bool__(self) -> bool:
        return self.path is not None

    def _repr_html_(self) -> str:
        return self.card._repr_html_()

    def __repr__(self) -> str:
        return str(self.card)


def report_card(lesson: str, note: str) -> Report:
    """Make the card of a lesson and save it as ``cards/lesson_NN.html`` beside the progress file.

    Args:
        lesson: ``'02'``.
        note: What you learnt, in at least 100 characters of any language.
    """
    try:
        exercises = of_lesson(lesson)
    except ConfigError as error:
        return Report(Card("waiting", f"Check-in 打卡 · lesson {lesson}", (str(error),)))
    title = f"Check-in 打卡 · lesson {lesson}"
    note = note.strip()
    if len(note) < MIN_NOTE_CHARS:
        missing = MIN_NOTE_CHARS - len(note)
        advice = f"Write what you learnt into `note`: {missing} characters more make a card."
        return Report(Card("waiting", title, (advice,)))
    records, trouble = progress.read()
    rows = []
    for exercise in exercises:
        record = records.get(exercise.name, progress.Record())
        tries = f"{record.attempts} attempt{'s' if record.attempts != 1 else ''}"
        rows.append((exercise.name, f"{'passed' if record.passed else 'open':<8} {tries}"))
    done = [records[exercise.name] for exercise in exercises if records.get(exercise.name, progress.Record()).passed]
    now = datetime.now().astimezone().isoformat(timespec="minutes")
    digest = hashlib.sha256("\n".join([lesson, now, note, *(r.digest for r in done)]).encode()).hexdigest()[:16]
    summary = f"{len(done)} of {len(exercises)} exercises passed."
    card = Card(
        "passed" if len(done) == len(exercises) else "waiting",
        title,
        (f"“{note}”", summary),
        tuple(rows),
        footer=" ".join(part for part in (now.replace("T", " "), "·", digest, trouble) if part),
    )
    try:
        return Report(card, _save(lesson, card))
    except OSError as error:
        return Report(Card("waiting", title, (f"The card could not be saved ({error.strerror}).",)))


def _save(lesson: str, card: Card) -> Path:
    file = progress.home() / "cards" / f"lesson_{lesson}.html"
    file.parent.mkdir(parents=True, exist_ok=True)
    page = f'<!doctype html><meta charset="utf-8"><title>Lesson {lesson}</title>'
    file.write_text(f'{page}<body style="font-family:sans-serif">{card._repr_html_()}</body>\n', encoding="utf-8")
    return file
