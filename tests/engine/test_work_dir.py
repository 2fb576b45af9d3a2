"""One training a folder, and a folder that can be written."""

import subprocess
import sys

import pytest

from course_lib.config.errors import ConfigError, CourseError
from course_lib.engine.work_dir import alone_in, writable


def test_a_second_training_in_the_folder_is_refused(tmp_path):
    refused = pytest.raises(CourseError, match=r"another training is at work in .*Wait for its end")
    with alone_in(tmp_path), refused, alone_in(tmp_path):
        pass
    with alone_in(tmp_path):  # the first has ended
        pass


def test_a_killed_training_leaves_no_lock(tmp_path):
    code = f"""
import os, signal
from pathlib import Path
from course_lib.engine.work_dir import alone_in
with alone_in(Path({str(tmp_path)!r})):
    os.kill(os.getpid(), signal.SIGKILL)
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == -9
    with alone_in(tmp_path):
        pass


def test_without_a_folder_there_is_nothing_to_lock():
    with alone_in(None), alone_in(None):
        pass


def test_a_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match=r"the work folder .* cannot be written: .*Choose another work_dir"):
        writable(tmp_path / "file" / "run")
    assert writable(tmp_path / "a" / "b").is_dir() and not list((tmp_path / "a" / "b").iterdir())
