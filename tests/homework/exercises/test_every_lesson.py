"""What holds for the exercises of every lesson: the reference passes, and the notebook shows the stub.

Each lesson's own file tries right and wrong answers.
"""

import json
from pathlib import Path

import pytest

from course_lib.homework.exercise import Exercise
from course_lib.homework.exercises import every
from course_lib.homework.judge import judge
from course_lib.homework.submission import load

NOTEBOOKS = Path(__file__).parents[3] / "notebooks"
# how many attempts' inputs the references are tried on; those that train or write files are slow
SEEDS = {"02": 100, "03": 50, "08": 20, "09": 20, "10": 20, "11": 5, "12": 50, "14": 20}
SEEDS_OF_SLOW = {"09.build_cnn": 2, "10.make_config": 2, "21.solution_config": 1}
SEEDS_ELSEWHERE = 5

every_exercise = pytest.mark.parametrize("exercise", every(), ids=lambda exercise: exercise.name)


@every_exercise
def test_reference_passes(exercise: Exercise) -> None:
    for seed in range(SEEDS_OF_SLOW.get(exercise.name) or SEEDS.get(exercise.lesson, SEEDS_ELSEWHERE)):
        verdict = judge(exercise, exercise.reference, seed)
        assert verdict.status == "passed", verdict


@every_exercise
def test_the_notebook_shows_the_stub_and_checks_it(exercise: Exercise) -> None:
    (notebook,) = NOTEBOOKS.glob(f"{exercise.lesson}_*.ipynb")
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells]
    assert any(source.startswith(exercise.stub) and f'check("{exercise.name}"' in source for source in sources)


@every_exercise
def test_a_stub_is_told_from_an_answer(exercise: Exercise, tmp_path: Path) -> None:
    file = tmp_path / f"{exercise.function_name}.py"
    file.write_text(f"from torch import nn\n\n\n{exercise.stub}", encoding="utf-8")  # as the notebook's first cell
    assert judge(exercise, load(file, exercise.function_name)).status == "not yet"
