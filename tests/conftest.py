"""What all tests share. Set before anything imports torch or matplotlib: one thread a process, and no windows."""

import os
from pathlib import Path

import pytest

os.environ.setdefault("OMP_NUM_THREADS", "1")  # pytest's workers run side by side
os.environ.setdefault("MPLBACKEND", "Agg")
os.environ.pop("COURSE_COMMAND", None)  # messages name `course`, however the tests were started


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """A folder with the real data sets' archives; the test is skipped where there is none."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "data"
    folder = Path(os.environ.get("COURSE_SHARED_DATA", beside))
    if not folder.is_dir():
        pytest.skip(f"real data sets are not at hand: there is no {folder} (COURSE_SHARED_DATA names another folder)")
    return folder
