"""A folder of submissions becomes a table and a page."""

import csv
import json
from pathlib import Path

import pytest

from course_lib.config.errors import ConfigError
from course_lib.homework.grading import grade
from course_lib.homework.grading.grade import imported_modules, lessons_of, read_all, submissions_in

ACCURACY = "def accuracy(guesses, y):\n    return (guesses == y).mean()\n"


def test_a_folder(tmp_path: Path) -> None:
    cells = ["%pip install x", "from google.colab import drive", ACCURACY, 'check("02.accuracy", accuracy)', "1 / 0"]
    notebook = {"cells": [{"cell_type": "code", "source": [cell]} for cell in cells]}
    (tmp_path / "Ana.ipynb").write_text(json.dumps(notebook))
    (tmp_path / "王小明.py").write_text("import gone\ndef predict(w, b, X):\n    return helper(X)\n")
    (tmp_path / "=SUM(A1).py").write_text(ACCURACY.replace("mean", "sum") + "print('<script>')\n")
    (tmp_path / "notes.txt").write_text("not a submission")
    done: list[tuple[str, int]] = []
    graded = grade(
        tmp_path, tmp_path / "out", seed=4, num_lanes=1, tell=lambda name, marks, n, of: done.append((name, n))
    )
    assert done == [("=SUM(A1)", 1), ("Ana", 2), ("王小明", 3)]
    with graded.csv.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    names = ["02.accuracy", "02.predict", "02.perceptron_step", "02.fit_perceptron", "02.split"]
    assert rows[0] == ["name", *names, "total"]
    assert rows[1:] == [
        ["'=SUM(A1)", "0", "0", "0", "0", "0", "0"],
        ["Ana", "1", "0", "0", "0", "0", "1"],
        ["王小明", "0", "0", "0", "0", "0", "0"],
    ]
    page = graded.html.read_text(encoding="utf-8")
    assert "The result is 3, expected is 0.75." in page and "王小明" in page and "Seed of the inputs: 4." in page
    assert (
        "`" not in page.partition("Feedback")[2] and "<code>import gone</code> stopped with ModuleNotFoundError" in page
    )
    assert "NameError: name &#x27;helper&#x27; is not defined" in page
    # one file: nothing is loaded from elsewhere
    assert "src=" not in page and "<link" not in page and "http" not in page


def test_which_files(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no folder"):
        submissions_in(tmp_path / "nowhere")
    with pytest.raises(ConfigError, match="there is no submission in it"):
        submissions_in(tmp_path)
    for name in ("b.py", "a.py", "a.ipynb", ".hidden.py"):
        (tmp_path / name).write_text("")
    assert list(submissions_in(tmp_path)) == ["a.ipynb", "a.py", "b"]


def test_which_lessons() -> None:
    assert lessons_of(["check('10.merge', merge)", 'x = 1\ncheck(\n "02.split", split)']) == ["02", "10"]
    with pytest.raises(ConfigError, match="no submission says which lesson it is of; name it: --lesson 02"):
        lessons_of(["def accuracy(): ...", "check('77.x', x)"])


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "deep.py").write_text("x = " + "(" * 5000)
    (tmp_path / "bytes.py").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "fine.py").write_text("x = 1\n")
    sources, troubles = read_all(submissions_in(tmp_path))
    assert list(sources) == ["fine"]
    assert troubles["deep"].startswith("deep.py:1: ") and troubles["bytes"] == "bytes.py: it cannot be read as text."


def test_imports_that_are_made_before_the_fork() -> None:
    sources = ["import numpy as np, os.path\nfrom course_lib import viz", "def f():\n    import json\nfrom . import x"]
    assert imported_modules(sources) == ["course_lib", "course_lib.viz", "numpy", "os.path"]


def test_an_unknown_lesson(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("")
    with pytest.raises(ConfigError, match=r"there is no lesson '2' with exercises\. Did you mean '02'\?"):
        grade(tmp_path, tmp_path, ["2"])
