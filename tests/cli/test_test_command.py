"""``course test`` and ``course bench`` with pretended steps: all run, the summary and the exit code are right."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from course_lib.cli import bench, main
from course_lib.cli import test as command
from course_lib.config.errors import ConfigError


def test_every_step_runs_even_after_a_failed_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ran: list[Sequence[str]] = []

    def call(words: Sequence[str], tree: Path) -> int:
        ran.append(words)
        return 3 if words == ["b"] else 0

    assert command.run_steps({"ruff": ["a"], "mypy": ["b"], "pytest": ["c"]}, tmp_path, call) == 1
    assert ran == [["a"], ["b"], ["c"]]
    *rows, last = capsys.readouterr().out.splitlines()[-4:]
    assert [row.split()[:2] for row in rows] == [["ruff", "ok"], ["mypy", "FAILED"], ["pytest", "ok"]]
    assert last == "2 of 3 steps passed in 0 s; FAILED: mypy"
    assert command.run_steps({"ruff": ["a"]}, tmp_path, call) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "1 of 1 steps passed in 0 s."


def test_the_whole_test_is_checks_tests_and_notebooks(tmp_path: Path) -> None:
    assert list(command.all_steps(tmp_path)) == ["ruff check", "ruff format", "mypy", "floors", "pytest"]
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "01_start.ipynb").touch()
    words = command.all_steps(tmp_path)["notebooks"]
    assert words[-1] == "notebooks" and words[words.index("--dist") + 1] == "loadfile"


def test_the_browser_tests_are_behind_ui_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    steps: list[dict[str, list[str]]] = []

    def run_steps(chosen: dict[str, list[str]], tree: Path, call: command.Runner) -> int:
        steps.append(chosen)
        return 1

    monkeypatch.setattr(command, "run_steps", run_steps)
    monkeypatch.setattr(command, "source_tree", lambda needed: tmp_path)
    monkeypatch.setattr(command, "provide_browser", lambda: print("a browser is there"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tests" / "ui").mkdir(parents=True)
    (tmp_path / "tests" / "ui" / "test_a.py").touch()

    assert main(["test"]) == 1
    assert steps[-1]["pytest"][-3:] == ["tests", "--ignore", "tests/ui"]
    assert capsys.readouterr().out == "The lessons in a browser are not in this: course test --ui\n"

    assert main(["test", "--ui", "-k", "lesson_02"]) == 1
    assert list(steps[-1]) == ["browser"]
    assert steps[-1]["browser"][-4:] == ["--ui", "-k", "lesson_02", "tests/ui"]
    expected = f"a browser is there\nPictures of the pages: {tmp_path / 'work_dirs' / 'ui'}\n"
    assert capsys.readouterr().out == expected

    assert main(["test", "tests/ui/test_a.py::test_b", "--ui"]) == 1
    assert steps[-1]["browser"][-2:] == ["--ui", "tests/ui/test_a.py::test_b"]


def test_with_arguments_only_pytest_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tests" / "config").mkdir(parents=True)
    (tmp_path / "tests" / "config" / "test_a.py").touch()
    monkeypatch.chdir(tmp_path / "tests")
    pytest_alone = [sys.executable, "-m", "pytest"]
    found = command.selected(["config/test_a.py::test_x", "-k", "merge"], tmp_path)
    assert found == {"pytest": [*pytest_alone, "tests/config/test_a.py::test_x", "-k", "merge"]}
    found = command.selected(["notebooks/02_perceptron.ipynb"], tmp_path)
    assert found == {"pytest": [*pytest_alone, *command.NOTEBOOKS, "notebooks/02_perceptron.ipynb"]}


def test_steps_run_in_the_tree_with_one_thread_each(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    program = "import os; print(os.getcwd(), os.environ['OMP_NUM_THREADS'], os.environ['COURSE_FAST'])"
    assert command.call([sys.executable, "-c", program], tmp_path) == 0
    assert capfd.readouterr().out.split() == [os.path.realpath(tmp_path), "1", "1"]
    assert command.call([str(tmp_path / "lint-imports")], tmp_path) == 127
    assert 'lint-imports is not installed. Install what the tests need with: pip install -e ".[test]"' in (
        capfd.readouterr().out
    )


def test_benchmarks_are_chosen_by_name(tmp_path: Path) -> None:
    for name in ("bench_step.py", "bench_load.py", "helper.py"):
        (tmp_path / name).touch()
    assert [path.name for path in bench.chosen(tmp_path, [])] == ["bench_load.py", "bench_step.py"]
    assert [path.name for path in bench.chosen(tmp_path, ["step"])] == ["bench_step.py"]
    with pytest.raises(ConfigError, match=r"there is no benchmark 'stpe'\. Did you mean 'step'\?"):
        bench.chosen(tmp_path, ["stpe"])


def test_a_failed_benchmark_fails_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "tests" / "benchmarks").mkdir(parents=True)
    (tmp_path / "tests" / "benchmarks" / "bench_good.py").write_text("print('1 ms')", encoding="utf-8")
    monkeypatch.setattr(bench, "source_tree", lambda needed: tmp_path)
    assert main(["bench", "--save"]) == 0
    assert capfd.readouterr().out.strip() == "== good\n1 ms"
    results = tmp_path / "tests" / "benchmarks" / "RESULTS.md"
    head, section = results.read_text(encoding="utf-8").split("\n## ")
    assert head.startswith("# What") and section.startswith("good\n\n20") and section.endswith("\n\n```\n1 ms\n```\n")
    before = results.read_text(encoding="utf-8")
    (tmp_path / "tests" / "benchmarks" / "bench_bad.py").write_text("raise SystemExit(5)", encoding="utf-8")
    assert main(["bench", "bad", "--save"]) == 1
    assert results.read_text(encoding="utf-8") == before, "a failed run keeps no results"
    (tmp_path / "tests" / "benchmarks" / "bench_also.py").write_text("print('2 ms')", encoding="utf-8")
    assert main(["bench", "also", "--save"]) == main(["bench", "good", "--save"]) == 0
    kept = [part.partition("\n")[0] for part in results.read_text(encoding="utf-8").split("\n## ")[1:]]
    assert kept == ["also", "good"], "the others' results stay"
