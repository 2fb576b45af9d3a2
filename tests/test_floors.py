"""The floors of the library: the contract in ``pyproject.toml`` holds, and it is not blind."""

import shutil
import subprocess
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def lint_imports(tree: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sysconfig.get_path("scripts")) / "lint-imports"), "--no-cache"]
    return subprocess.run(command, cwd=tree, env={"PYTHONPATH": str(tree)}, capture_output=True, text=True)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the library to break."""
    shutil.copytree(ROOT / "course_lib", tmp_path / "course_lib", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_floors_hold() -> None:
    done = lint_imports(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("engine/trainer.py", "import course_lib.builders"),
        ("models/layers.py", "import course_lib.data.loader"),
        ("builders/rule.py", "import course_lib.cli.train"),
        ("config/nodes.py", "import torch"),
    ],
)
def test_a_wrong_import_is_found(tree: Path, module: str, line: str) -> None:
    file = tree / "course_lib" / module
    file.write_text(f"{file.read_text(encoding='utf-8')}\n\ndef late():\n    {line}\n", encoding="utf-8")
    done = lint_imports(tree)
    assert done.returncode == 1
    assert "BROKEN" in done.stdout


def test_a_new_package_needs_a_floor(tree: Path) -> None:
    (tree / "course_lib" / "extra.py").touch()
    done = lint_imports(tree)
    assert done.returncode == 1
    assert "extra" in done.stdout
