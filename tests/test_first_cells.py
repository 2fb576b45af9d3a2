"""Where ``course_lib`` is not installed, as on Colab, a notebook's first cell installs it, and all of it.

The first cells get a wheel of this tree in place of the repository, in an environment that has every other package.
"""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from course_lib.cli.source import REPOSITORY
from course_lib.config import load_config

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
BUILD = "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])"
# no network, and the packages of the tests' own environment are neither asked for nor changed
PIP = {"PIP_NO_INDEX": "1", "PIP_NO_DEPS": "1", "PIP_IGNORE_INSTALLED": "1", "PIP_NO_COMPILE": "1"}


def done(command: list[str], folder: Path, **environment: str) -> str:
    """What a command that must succeed prints, in a process that sees neither the tree nor the user's settings."""
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "PYTHON", "COURSE_"))
    }
    inherited |= {"IPYTHONDIR": str(folder / "ipython"), "PIP_CONFIG_FILE": os.devnull, **environment}
    output = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    process = subprocess.run(command, cwd=folder, env=inherited, text=True, encoding="utf-8", **output)
    assert process.returncode == 0, process.stdout
    return process.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy, as setuptools leaves files in the tree, and takes up what it left there before."""
    tree, out = tmp_path_factory.mktemp("tree"), tmp_path_factory.mktemp("wheel")
    shutil.copytree(ROOT / "course_lib", tree / "course_lib", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tree)
    done([sys.executable, "-c", BUILD, str(out)], tree)
    [built] = out.iterdir()
    return built


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scripts of an environment that has every package of this one but ``course_lib``."""
    folder = tmp_path_factory.mktemp("clean")
    # with pip beside the packages (uv's environments may lack it) nothing else has to be installed
    builder = venv.EnvBuilder(with_pip=importlib.util.find_spec("pip") is None, symlinks=os.name != "nt")
    builder.create(folder)
    packages = next(folder.rglob("site-packages"))
    theirs = [path for path in sys.path if Path(path).name in ("site-packages", "dist-packages")]
    # folders that a .pth names are searched, but .pth files in them are not read, such as that of `pip install -e`
    (packages / "theirs.pth").write_text("\n".join(theirs), encoding="utf-8")
    return folder / ("Scripts" if os.name == "nt" else "bin")


def test_the_wheel_holds_every_file_of_the_library(wheel: Path) -> None:
    files = {path.relative_to(ROOT).as_posix() for path in (ROOT / "course_lib").rglob("*") if path.is_file()}
    tree = {name for name in files if "__pycache__" not in name}
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("course_lib/")}
    assert packed == tree, "pyproject.toml, [tool.setuptools.package-data], says which kinds of files are packed"
    assert {"course_lib/widgets/points.js", "course_lib/configs/lessons/lenet_digits.py"} < packed


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_first_cell_installs_from_the_repository_where_it_must(notebook: Path) -> None:
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    first = "".join(next(cell for cell in cells if cell["cell_type"] == "code")["source"])
    assert f'if importlib.util.find_spec("course_lib") is None:\n    %pip install -q git+{REPOSITORY}\n' in first


def test_first_cells_work_where_course_lib_is_not_installed(clean: Path, wheel: Path, tmp_path: Path) -> None:
    program = [str(clean / "python"), str(ROOT / "tests" / "first_cells.py")]
    notebooks = [str(path) for path in NOTEBOOKS]
    output = done([*program, f"git+{REPOSITORY}", str(wheel), *notebooks], tmp_path, OMP_NUM_THREADS="1", **PIP)
    assert [line for line in output.splitlines() if line.startswith("==")] == [f"== {path.name}" for path in NOTEBOOKS]

    # what the last of them installed is more than a library: a command, which knows the ready-made configs
    printed = done([str(clean / "course"), "config", "print", "lessons/lenet_digits"], tmp_path)
    assert printed.rstrip() == load_config("lessons/lenet_digits").dump().rstrip()
