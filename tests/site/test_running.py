"""Running lessons: what they were stays, what fails is named, and one failure stops the others."""

import time
from pathlib import Path

import pytest

from course_lib.site.lessons import SiteError
from course_lib.site.running import run_lessons


def test_outputs_of_earlier_runs_are_gone_and_the_file_stays(tmp_path: Path, lesson_writer) -> None:
    notebook = lesson_writer(tmp_path / "02_a.ipynb", [("code", "import os\nprint(os.environ['COURSE_FAST'])")])
    before = notebook.read_bytes()
    folder = tmp_path / "runs"
    folder.mkdir()
    done: list[str] = []
    nb = run_lessons([notebook], folder, full=True, done=lambda path, seconds: done.append(path.name))[notebook]
    assert [output.text for output in nb.cells[0].outputs] == ["0\n"] and done == ["02_a.ipynb"]
    assert notebook.read_bytes() == before


def test_a_failure_stops_the_others(tmp_path: Path, lesson_writer) -> None:
    slow = lesson_writer(tmp_path / "02_a.ipynb", [("code", "import time\ntime.sleep(600)")])
    ends = lesson_writer(tmp_path / "03_b.ipynb", [("code", "1"), ("code", "import os\nos._exit(3)")])
    folder = tmp_path / "runs"
    folder.mkdir()
    since = time.monotonic()
    with pytest.raises(SiteError, match=r"^03_b\.ipynb, cell 2 \(cell-1\): DeadKernelError: "):
        run_lessons([slow, ends], folder)
    assert time.monotonic() - since < 600
