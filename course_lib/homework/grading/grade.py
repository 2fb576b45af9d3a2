"""From a folder of submissions to marks: which files, which exercises, and several lanes side by side."""

import ast
import os
import re
import secrets
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from course_lib.config.errors import ConfigError, CourseError, DataError

from ..exercise import Exercise
from ..exercises import LESSONS, of_lesson
from ..submission import read_source
from .gradebook import write_csv, write_html
from .lane import Lane
from .server import copy_without_references

Tell = Callable[[str, list[dict[str, Any]], int, int], None]
MAX_FILE_BYTES = 100 * 2**20
ISOLATED = "Each ran without network and without a view of the disk, of other submissions or of the solutions."
NOT_ISOLATED = (
    "This system lets nobody close off a process: time, processor time, memory and file sizes were limited, but "
    "network and disk were open to the submissions, and the solutions readable. Use Linux, or a virtual machine."
)


@dataclass(frozen=True)
class Graded:
    """What came of grading.

    Args:
        marks: Learner → the marks of each exercise (``referee.mark``).
        csv, html: The files that were written.
        enforced: A sentence on what the system enforced, beyond the limits.
    """

    marks: dict[str, list[dict[str, Any]]]
    csv: Path
    html: Path
    enforced: str


def grade(
    folder: Path,
    out: Path,
    lessons: Sequence[str] = (),
    seed: int | None = None,
    num_lanes: int | None = None,
    tell: Tell = lambda name, marks, done, of: None,
) -> Graded:
    """Grade every notebook and ``.py`` file of a folder into ``out/grades.csv`` and ``out/gradebook.html``.

    Args:
        folder: One file a learner; the file's name is the learner's.
        lessons: Whose exercises; if none is given, those that the submissions' own ``check(…)`` lines name.
        seed: Of the inputs, the same for all learners; drawn by chance if not given, so that nobody knows them before.
        num_lanes: How many submissions run at a time; as many as there are processors if not given, at most 8.
        tell: Called after each submission with its name, its marks, how many are done, and of how many.

    Raises:
        ConfigError: there is no such folder or lesson, or nothing in it.
        CourseError: this system cannot limit a process.
    """
    if not hasattr(os, "fork"):
        raise CourseError("grading needs Linux or macOS: Windows cannot limit what a submission does. WSL can.")
    files = submissions_in(folder)
    sources, troubles = read_all(files)
    exercises = [one for lesson in lessons or lessons_of(sources.values()) for one in of_lesson(lesson)]
    seed = secrets.randbits(32) if seed is None else seed
    num_lanes = min(num_lanes or min(os.cpu_count() or 1, 8), len(files))
    marks, isolated = _run(files, sources, troubles, exercises, seed, num_lanes, tell)
    out.mkdir(parents=True, exist_ok=True)
    enforced = ISOLATED if isolated else NOT_ISOLATED
    write_csv(out / "grades.csv", marks)
    write_html(out / "gradebook.html", marks, f"{enforced} Seed of the inputs: {seed}.")
    return Graded(marks, out / "grades.csv", out / "gradebook.html", enforced)


def submissions_in(folder: Path) -> dict[str, Path]:
    """Learner → file; two files of one name keep their endings.

    Raises:
        ConfigError: there is no such folder, or no submission in it.
    """
    if not folder.is_dir():
        raise ConfigError(f"there is no folder {folder}.")
    files = sorted(path for path in folder.iterdir() if path.suffix in (".py", ".ipynb") and path.is_file())
    files = [path for path in files if not path.name.startswith(".")]
    if not files:
        raise ConfigError(f"{folder}: there is no submission in it, neither a notebook nor a .py file.")
    stems = [path.stem for path in files]
    return {path.stem if stems.count(path.stem) == 1 else path.name: path for path in files}


def read_all(files: dict[str, Path]) -> tuple[dict[str, str], dict[str, str]]:
    """The Python of each file and, for those that have none, why."""
    sources, troubles = {}, {}
    for name, path in files.items():
        try:
            if path.stat().st_size > MAX_FILE_BYTES:
                raise DataError(f"{path}: it is larger than {MAX_FILE_BYTES // 2**20} MiB.")
            sources[name] = read_source(path)
        except (DataError, OSError) as error:
            troubles[name] = str(error).replace(f"{path.parent}{os.sep}", "")
    return sources, troubles


def lessons_of(sources: Any) -> list[str]:
    """The lessons whose exercises are checked somewhere: ``check("02.predict", predict)``.

    Raises:
        ConfigError: none is.
    """
    found = {lesson for source in sources for lesson in re.findall(r"\bcheck\(\s*[\"'](\d\d)\.", source)}
    if not found & set(LESSONS):
        raise ConfigError(f"no submission says which lesson it is of; name it: --lesson {LESSONS[0]}.")
    return sorted(found & set(LESSONS))


def imported_modules(sources: Any) -> list[str]:
    """What the submissions import at their top, each name that may be a module; some are none."""
    found: set[str] = set()
    for source in sources:
        for statement in ast.parse(source).body:
            if isinstance(statement, ast.Import):
                found |= {alias.name for alias in statement.names}
            elif isinstance(statement, ast.ImportFrom) and statement.module and not statement.level:
                found |= {statement.module, *(f"{statement.module}.{alias.name}" for alias in statement.names)}
    return sorted(found)


def _run(
    files: dict[str, Path],
    sources: dict[str, str],
    troubles: dict[str, str],
    exercises: list[Exercise],
    seed: int,
    num_lanes: int,
    tell: Tell,
) -> tuple[dict[str, list[dict[str, Any]]], bool]:
    marks: dict[str, list[dict[str, Any]]] = {}
    waiting: SimpleQueue[str] = SimpleQueue()
    for name in files:
        waiting.put(name)
    stop, errors, isolated = threading.Event(), [], []
    tree = Path(tempfile.mkdtemp(prefix="course-package-"))

    def work() -> None:
        try:
            with Lane(exercises, seed, imported_modules(sources.values()), tree) as lane:
                isolated.append(lane.isolated)
                while not stop.is_set():
                    name = waiting.get_nowait()
                    if name in sources:
                        marks[name] = lane.grade(sources[name], files[name].name)
                    else:
                        marks[name] = lane.nothing(troubles[name])
                    tell(name, marks[name], len(marks), len(files))
        except Empty:
            return
        except BaseException as error:
            errors.append(error)
            stop.set()

    try:
        copy_without_references(tree)
        lanes = [threading.Thread(target=work) for _ in range(num_lanes)]
        for lane in lanes:
            lane.start()
        try:
            for lane in lanes:
                lane.join()
        except KeyboardInterrupt:  # each lane ends its processes after the submission at hand
            stop.set()
            for lane in lanes:
                lane.join()
            raise
    finally:
        shutil.rmtree(tree, ignore_errors=True)
    if errors:
        raise errors[0]
    return {name: marks[name] for name in files}, all(isolated) and sys.platform == "linux"
