"""Submissions that attack, each in a process of its own; the right answer beside each attack still counts.

All go through ``grade`` once, several at a time: starting the servers costs more than most of the attacks.
"""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from course_lib.homework.exercises import of_lesson
from course_lib.homework.grading import Graded, grade, lane
from course_lib.homework.grading.grade import ISOLATED, NOT_ISOLATED
from course_lib.homework.grading.lane import Lane
from course_lib.homework.grading.server import copy_without_references

RIGHT = "import numpy as np\ndef predict(w, b, X):\n    return np.where(X @ w + b >= 0, 1, -1)\n"
OUTSIDE = Path(tempfile.gettempdir()) / "written-by-a-submission"
ATTACKS = {
    "loop": "while True: pass",
    "sleep": "import signal, time\n    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})\n    time.sleep(999)",
    "memory": "return np.ones(4 * 2**30, np.uint8).mean()",
    "exit": "import os\n    os._exit(0)",
    "input": "return float(input())",
    "file": "open('big', 'wb').write(bytes(100_000_000))",
    "bomb": "import os\n    while True: os.fork()",
    "daemon": "import os, time\n    if os.fork() == 0:\n        os.setsid()\n        time.sleep(300)\n    os._exit(1)",
    "patched": "import course_lib.homework.check as c, course_lib.homework.judge as j\n"
    "    np.isclose = np.allclose = lambda *a, **k: np.True_\n    c.check = j.judge = j.weigh = lambda *a, **k: True\n"
    "    return 0.123",
    "forged": "import os\n    for fd in range(3, 99):\n        try: os.write(fd, b'\\xff' * 64)\n"
    "        except OSError: pass",
    "kill": "import os\n    os.kill(os.getppid(), 9) if os.getppid() else None\n    os.kill(-1, 9)",
    "network": "import socket\n    socket.create_connection(('127.0.0.1', PORT), 1)",
    "reads": "import os\n    from course_lib.homework import exercises\n    found = os.listdir(exercises.__path__[0])\n"
    "    raise SystemExit(sorted(name for name in found if 'lesson' in name) + [str(os.path.exists(SOURCE))])",
    "outside": "open(OUTSIDE, 'w').write('x')",
    "environment": "import os\n    raise SystemExit(repr(sorted(os.environ)) + str(os.environ['OMP_NUM_THREADS']))",
}


def submission(attack: str, port: int = 9) -> str:
    source = Path(__file__).parents[3] / "course_lib" / "homework" / "exercises" / "lesson_02.py"
    constants = f"PORT = {port}\nOUTSIDE = {str(OUTSIDE)!r}\nSOURCE = {str(source)!r}\n"
    return f"{RIGHT}{constants}def accuracy(guesses, y):\n    {attack}\n"


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Graded]:
    folder = tmp_path_factory.mktemp("submissions")
    for name, attack in ATTACKS.items():
        (folder / f"{name}.py").write_text(submission(attack))
    (folder / "syntax.py").write_text(RIGHT + "def accuracy(:\n")
    (folder / "broken.ipynb").write_text('{"cells": [')
    OUTSIDE.unlink(missing_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lane, "GRACE_S", 1.5)
        patch.setenv("A_SECRET", "of the teacher")
        yield grade(folder, folder / "out", ["02"], seed=1, num_lanes=3)
    OUTSIDE.unlink(missing_ok=True)


def mark(graded: Graded, learner: str, exercise: str = "02.accuracy") -> dict[str, Any]:
    return next(mark for mark in graded.marks[learner] if mark["exercise"] == exercise)


def said(graded: Graded, learner: str) -> str:
    marks = mark(graded, learner)
    assert marks["points"] == 0
    return " ".join([*marks["sentences"], *(text for _, text in marks["rows"])])


@pytest.mark.parametrize("learner", [name for name in ATTACKS if name not in ("bomb", "daemon")])
def test_the_other_answer_still_counts(graded: Graded, learner: str) -> None:
    assert mark(graded, learner, "02.predict")["points"] == 2
    assert mark(graded, learner, "02.split")["points"] == 0  # missing


@pytest.mark.parametrize(
    ("learner", "text"),
    [
        ("loop", "nothing within 5 seconds"),
        ("sleep", "took too long and could not be interrupted"),
        ("memory", "MemoryError"),
        ("exit", "`accuracy` ended the process (exit code 0)"),
        ("input", "EOFError"),
        ("file", "File too large"),
        ("bomb", "Resource temporarily unavailable"),
        ("patched", "The result is 0.123, expected is 0.75."),
        ("forged", "gave more than 64 MiB"),
        ("syntax", "syntax.py:4: invalid syntax"),
        ("broken", "broken.ipynb: it cannot be read as a notebook."),
    ],
)
def test_what_is_said_of_an_attack(graded: Graded, learner: str, text: str) -> None:
    assert text in said(graded, learner)


def test_nothing_of_the_teachers_environment_is_there(graded: Graded) -> None:
    text = said(graded, "environment")
    assert "A_SECRET" not in text and "COURSE" not in text and "]1" in text


def test_the_disk_and_the_network_are_closed_where_the_gradebook_says_so(graded: Graded) -> None:
    if graded.enforced == ISOLATED:
        assert not OUTSIDE.exists() and "Error" in said(graded, "outside")
        assert "['False']" in said(graded, "reads")
        assert "Network is unreachable" in said(graded, "network")
        assert "ProcessLookupError" in said(graded, "kill")
    else:
        assert graded.enforced == NOT_ISOLATED and "network and disk were open" in graded.html.read_text()
        assert "lesson_02.py'" not in said(graded, "reads")  # the copy of the package has none in any case


def test_no_process_is_left(graded: Graded) -> None:
    """Also not the one that moved to a session of its own, where the kernel can be asked for that."""
    if graded.enforced == ISOLATED:
        time.sleep(0.1)
        words = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if _mine(path)]
        assert not any(b"course_lib.homework.grading.sandbox" in one for one in words)


def _mine(path: Path) -> bool:
    try:
        return path.stat().st_uid == os.getuid() and bool(path.read_bytes())
    except OSError:
        return False


def test_where_the_system_closes_nothing_the_limits_hold(tmp_path: Path) -> None:
    """As on macOS: no namespaces, as what they need cannot be made."""
    copy_without_references(tmp_path)
    (tmp_path / ".root").write_text("no folder")
    with Lane(of_lesson("02"), 1, [], tmp_path) as open_lane:
        assert not open_lane.isolated
        for name, text in (("exit", "ended the process"), ("memory", "MemoryError"), ("file", "File too large")):
            marks = open_lane.grade(submission(ATTACKS[name]), f"{name}.py")
            assert marks[0]["points"] == 0 and text in str(marks[0]), name
            assert marks[1]["points"] == 2
        # it may end the server; the next one gets a new server
        assert open_lane.grade(submission("import os\n    os.kill(os.getppid(), 9)"), "kill.py")[0]["points"] == 0
        assert open_lane.grade(submission("return (guesses == y).mean()"), "right.py")[0]["points"] == 1


def test_the_copy_holds_no_reference(tmp_path: Path) -> None:
    copy_without_references(tmp_path)
    assert (tmp_path / "course_lib" / "homework" / "judge.py").exists()
    assert not list(tmp_path.rglob("lesson_*.py*"))
    shutil.rmtree(tmp_path / "course_lib")
