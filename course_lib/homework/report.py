"""The check-in card (打卡) at the end of a lesson: what was passed, and in the learner's own words what was learnt."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from course_lib.config.errors import ConfigError, DataError

from . import progress
from .cards import Card
from .checkin import CheckIn, Done, read_card, thinned
from .checkin_page import card_html, card_page, collected_page
from .exercises import LESSONS, every, of_lesson

MIN_NOTE_CHARS = 100


@dataclass(frozen=True)
class Report:
    """A check-in card and the files it was saved to; all None while the note is too short.

    Args:
        message: What is said in place of, or below, the card.
    """

    message: Card | None = None
    card: CheckIn | None = None
    path: Path | None = None
    picture: Path | None = None

    def __bool__(self) -> bool:
        return self.path is not None

    def _repr_html_(self) -> str:
        card = card_html(self.card) if self.card else ""
        return card + (self.message._repr_html_() if self.message else "")

    def __repr__(self) -> str:
        lines = []
        if self.card:
            lines = [f"Check-in 打卡 · lesson {self.card.lesson} · {self.card.day}", f"  “{self.card.note}”"]
            lines += [
                f"  {'✓' if each.passed else '○'} {each.name:<24} {each.attempts} attempt{'s' * (each.attempts != 1)}"
                for each in self.card.exercises
            ]
            lines += [f"  {self.card.passed} of {len(self.card.exercises)} exercises passed."]
            lines += [f"  fingerprint {self.card.fingerprint}", f"  saved as {self.path} and {self.picture}"]
        return "\n".join([*lines, *([str(self.message)] if self.message else [])])


def report_card(lesson: str, note: str, losses: Sequence[float] | None = None) -> Report:
    """Make the card of a lesson and save it as ``cards/lesson_NN.html`` and ``.png`` beside the progress file.

    Args:
        lesson: ``'02'``.
        note: What you learnt, in at least 100 characters of any language.
        losses: Your loss curve. If not given, the last training of the lesson's own (``work_dirs/lesson_NN…``) is
            looked for.
    """
    title = f"Check-in 打卡 · lesson {lesson}"
    try:
        exercises = of_lesson(lesson)
    except ConfigError as error:
        return Report(Card("waiting", title, (str(error),)))
    note = str(note).strip()
    if len(note) < MIN_NOTE_CHARS:
        missing = MIN_NOTE_CHARS - len(note)
        return Report(
            Card("waiting", title, (f"Write what you learnt into `note`: {missing} characters more make a card.",))
        )
    records, trouble = progress.read()
    found = [(exercise.name, records.get(exercise.name, progress.Record())) for exercise in exercises]
    done = tuple(Done(name, record.passed, record.attempts, record.digest) for name, record in found)
    curve = thinned(losses if losses is not None else trained_losses(lesson))
    card = CheckIn(lesson, datetime.now().astimezone().isoformat(timespec="minutes"), note, done, curve)
    try:
        path, picture = _save(card)
    except OSError as error:
        return Report(Card("waiting", title, (f"The card could not be saved ({error.strerror}).",)))
    return Report(Card("waiting", "Your progress file", (trouble,)) if trouble else None, card, path, picture)


def trained_losses(lesson: str) -> list[float]:
    """The losses that the lesson's last training wrote, below the current folder or beside the progress file."""
    from course_lib.viz import read_metrics

    homes = {Path.cwd() / "work_dirs", progress.home()}
    files = [file for home in homes for file in home.glob(f"lesson_{lesson}*/**/metrics.jsonl")]
    for file in sorted(files, key=lambda file: file.stat().st_mtime, reverse=True):
        try:
            losses = [record["loss"] for record in read_metrics(file) if isinstance(record.get("loss"), (int, float))]
        except DataError:
            continue
        if losses:
            return losses
    return []


def collect() -> tuple[Path, int, list[str]]:
    """Put all saved cards on one page, ``cards/report.html``.

    Returns:
        The page, the number of cards on it, and a sentence for each file that is no card or was changed.

    Raises:
        DataError: there is no card yet.
    """
    folder = progress.home() / "cards"
    cards, troubles = [], []
    for lesson in LESSONS:
        if not (file := folder / f"lesson_{lesson}.html").exists():
            continue
        try:
            cards.append(read_card(file))
        except DataError as error:
            troubles.append(str(error))
            continue
        if not cards[-1][1]:
            troubles.append(f"{file}: it was changed after it was made.")
    if not cards:
        raise DataError(f"{folder}: there is no check-in card yet. The last cell of each lesson makes one.")
    records, _ = progress.read()
    points = [(each.points, bool(each.name in records and records[each.name].passed)) for each in every()]
    earned = sum(number for number, passed in points if passed)
    sentence = (
        f"{len(cards)} of {len(LESSONS)} lessons checked in, {earned} of {sum(number for number, _ in points)} points."
    )
    page = folder / "report.html"
    page.write_text(collected_page(cards, sentence), encoding="utf-8")
    return page, len(cards), troubles


def _save(card: CheckIn) -> tuple[Path, Path]:
    from .checkin_picture import save_picture  # matplotlib takes a second, and checks need none

    page = progress.home() / "cards" / f"lesson_{card.lesson}.html"
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(card_page(card), encoding="utf-8", errors="replace")
    picture = page.with_suffix(".png")
    save_picture(card, picture)
    return page, picture
