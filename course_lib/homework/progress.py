"""The learner's progress: one small JSON file, ``work_dirs/progress.json`` of the clone or of ``$COURSE_HOME``.

Written to a temporary name and renamed, so that a kill leaves the old one. A file that cannot be read is kept beside
the new one, and a folder that cannot be written stops nobody from learning: both are told in a sentence.
"""

import json
import os
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

from course_lib.config.whole_files import write_whole


@dataclass(frozen=True)
class Record:
    """How far a learner is with one exercise."""

    attempts: int = 0
    failed: int = 0
    passed: bool = False
    passed_at: str = ""
    digest: str = ""


def home() -> Path:
    """Where progress and cards are kept: the same folder for a notebook below the clone and for a terminal in it."""
    if folder := os.environ.get("COURSE_HOME"):
        return Path(folder)
    here = Path.cwd()
    root = next((folder for folder in (here, *here.parents) if (folder / "course_lib").is_dir()), here)
    return root / "work_dirs"


def read() -> tuple[dict[str, Record], str]:
    """The record of each exercise that was tried, and a sentence where something went wrong with the file."""
    file = home() / "progress.json"
    try:
        entries = json.loads(file.read_text(encoding="utf-8"))["exercises"]
        return {name: _record(entry) for name, entry in entries.items()}, ""
    except FileNotFoundError:
        return {}, ""
    except OSError as error:
        return {}, f"Your progress could not be read ({error.strerror}: {file})."
    except (ValueError, KeyError, TypeError, AttributeError):
        kept = file.with_suffix(".broken.json")
        try:
            os.replace(file, kept)
        except OSError as error:
            return {}, f"Your progress could not be read ({error.strerror}: {file})."
        return ({}, f"Your progress file was damaged. It is kept as {kept.name}; counting starts anew.")


def add(name: str, passed: bool, digest: str) -> tuple[Record, str]:
    """Count an attempt and save it; returns the exercise's new record, and a sentence where something went wrong.

    An exercise once passed stays passed, with the digest of the last answer that did.
    """
    records, trouble = read()
    record = records.get(name, Record())
    record = replace(record, attempts=record.attempts + 1, failed=record.failed + (not passed))
    if passed:
        now = datetime.now().astimezone().isoformat(timespec="seconds")
        record = replace(record, passed=True, passed_at=record.passed_at or now, digest=digest)
    records[name] = record
    try:
        _write({key: asdict(value) for key, value in sorted(records.items())})
    except OSError as error:
        trouble = f"Your progress could not be saved ({error.strerror}: {home()})."
    return record, trouble


def _record(entry: dict[str, object]) -> Record:
    """A record of which every value has the type that it should have."""
    default = Record()
    for key, value in entry.items():
        if type(value) is not type(getattr(default, key)):
            raise TypeError(key)
    return replace(default, **entry)  # type: ignore[arg-type]


def _write(entries: dict[str, dict[str, object]]) -> None:
    file = home() / "progress.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    write_whole(file, json.dumps({"exercises": entries}, indent=1), own_name=True)  # several notebooks may be open
