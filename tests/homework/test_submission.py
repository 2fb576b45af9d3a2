"""Answers in files: what is taken from them, and what is said of broken ones."""

import ast
import json
from pathlib import Path

import pytest

from course_lib.config.errors import ConfigError, DataError
from course_lib.homework.submission import check_file, definitions, load, notebook_source

ANSWER = "import numpy as np\n\ndef predict(w, b, X):\n    return np.where(X @ w + b >= 0, 1, -1)\n"


def notebook(*cells: str) -> str:
    return json.dumps({"cells": [{"cell_type": "code", "source": [cell]} for cell in cells], "nbformat": 4})


def test_function_of_a_notebook_without_running_it(tmp_path: Path) -> None:
    file = tmp_path / "mine.ipynb"
    file.write_text(notebook("%pip install x\nimport numpy as np", "this is no Python", "1 / 0\nK = 3", ANSWER))
    assert load(file, "predict").__name__ == "predict"


def test_definitions_only() -> None:
    tree = definitions(ast.parse("import os\nK = [1, 2]\nL = len(K)\nprint(K)\ndef f(): ...\nclass C: ...\nf()"))
    assert [type(line).__name__ for line in tree.body] == ["Import", "Assign", "FunctionDef", "ClassDef"]


def test_magics_are_left_out() -> None:
    assert notebook_source(notebook("%time\nx = 1", "!ls", "def (")) == "pass\nx = 1\n\npass"


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.py", "def predict(:", "a.py:1: invalid syntax"),
        ("a.py", "import nothing_of_that_name", "stopped with ModuleNotFoundError"),
        ("a.py", "def predcit(): ...", "no function 'predict' in it. Did you mean 'predcit'?"),
        ("a.py", "predict = 3", "no function 'predict'"),
        ("a.ipynb", "{", "cannot be read as a notebook"),
        ("a.ipynb", '{"cells": 3}', "cannot be read as a notebook"),
        ("a.ipynb", "[]", "cannot be read as a notebook"),
    ],
)
def test_broken_files(tmp_path: Path, name: str, text: str, message: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(DataError, match=message.replace("?", r"\?").replace("(", r"\(")):
        load(tmp_path / name, "predict")


def test_no_such_file_or_exercise(tmp_path: Path) -> None:
    (tmp_path / "answers.py").write_text(ANSWER)
    with pytest.raises(ConfigError, match=r"there is no file .*answer\.py\. Did you mean 'answers\.py'\?"):
        check_file("02.predict", tmp_path / "answer.py")
    with pytest.raises(ConfigError, match=r"Did you mean '02\.predict'\?"):
        check_file("02.predct", tmp_path / "answers.py")


def test_a_file_that_never_ends_is_stopped(tmp_path: Path) -> None:
    (tmp_path / "answers.py").write_text("import time\ntime.sleep(600)\n" + ANSWER)
    with pytest.raises(DataError, match="took more than 2 seconds"):
        check_file("02.predict", tmp_path / "answers.py", limit_s=2)
