"""The course's exercises as a whole; what each lesson asks is tested in ``exercises/``."""

import re
import subprocess
import sys

import pytest

from course_lib.config.errors import ConfigError
from course_lib.homework.exercises import every, find, of_lesson


def test_every_exercise_is_complete() -> None:
    names = [exercise.name for exercise in every()]
    assert len(set(names)) == len(names)
    for exercise in every():
        assert re.fullmatch(r"\d\d\.[A-Za-z_]\w*", exercise.name)
        assert exercise in of_lesson(exercise.lesson) and find(exercise.name) is exercise
        keyword = rf"^(def|class) {exercise.function_name}\b"
        assert re.search(keyword, exercise.stub, re.MULTILINE) and '"""' in exercise.stub and "..." in exercise.stub
        assert len(exercise.hints) == 2 and all(exercise.hints) and exercise.points > 0
        assert exercise.parameters or f"def {exercise.function_name}():" in exercise.stub


def test_nearest_name() -> None:
    with pytest.raises(ConfigError, match=r"there is no exercise '02\.predict_'\. Did you mean '02\.predict'\?"):
        find("02.predict_")
    with pytest.raises(ConfigError, match=r"Did you mean '02\.predict'\?"):
        find("2.predict")
    with pytest.raises(ConfigError, match=r"Did you mean '02'\?"):
        of_lesson("2")


def test_lesson_02_does_not_wait_for_torch() -> None:
    code = "import sys; from course_lib.homework.exercises import find; find('02.split'); print('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "False\n"
