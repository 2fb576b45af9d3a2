"""``pyproject.toml`` is the one list of packages; what repeats it must say the same."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
CONDA_NAMES = {"opencv-python-headless": "py-opencv", "torch": "pytorch", "playwright": "playwright-python"}


def split(requirement: str) -> tuple[str, frozenset[str]]:
    """'ipywidgets>=7.7,<9' → its name and its bounds."""
    found = re.fullmatch(r"([A-Za-z0-9._-]+)\s*(.*)", requirement)
    assert found, requirement
    return found[1].lower(), frozenset(filter(None, (bound.strip() for bound in found[2].split(","))))


def listed_in_conda(text: str) -> list[str]:
    """The items of ``dependencies:``; as much YAML as our own file uses."""
    items, inside = [], False
    for line in text.splitlines():
        if line and not line.startswith((" ", "#")):
            inside = line == "dependencies:"
        elif inside and line.startswith("  - "):
            items.append(line.removeprefix("  - ").strip())
    return items


def all_requirements() -> dict[str, frozenset[str]]:
    extras = [item for items in PROJECT["optional-dependencies"].values() for item in items]
    return dict(split(item) for item in [*PROJECT["dependencies"], *extras])


def test_conda_names_the_same_packages_and_bounds() -> None:
    conda = dict(split(item) for item in listed_in_conda((ROOT / "environment.yml").read_text(encoding="utf-8")))
    assert conda.pop("python") == split(f"python{PROJECT['requires-python']}")[1]
    conda.pop("pip")
    assert conda == {CONDA_NAMES.get(name, name): bounds for name, bounds in all_requirements().items()}


def test_the_extras_are_those_that_the_readme_promises() -> None:
    assert set(PROJECT["optional-dependencies"]) == {"test", "timm", "fast", "export", "tensorboard"}


def test_every_package_has_a_lower_bound() -> None:
    without = [name for name, bounds in all_requirements().items() if not any(b.startswith(">=") for b in bounds)]
    assert without == []


def test_the_lock_pins_every_package_to_a_version_that_the_bounds_allow() -> None:
    pinned: dict[str, list[str]] = {}
    for line in LOCK:
        if not line.startswith("#"):
            name, version = line.partition(";")[0].strip().split("==")
            pinned.setdefault(name, []).append(version)
    for name, bounds in all_requirements().items():
        assert name in pinned, f"{name} is not in requirements.lock: make it anew"
        for version in pinned[name]:
            assert all(allows(bound, version) for bound in bounds), f"{name}=={version} does not fit {set(bounds)}"


@pytest.mark.parametrize("foreign", ["://", "file:", " @ ", "--", "-e ", ".whl"])
def test_the_lock_names_no_host_and_no_path(foreign: str) -> None:
    assert [line for line in LOCK if foreign in line and not line.startswith("#")] == []


def test_the_locks_pins_are_what_pip_takes_as_constraints() -> None:
    pattern = re.compile(r"[a-z0-9-]+==[0-9][0-9A-Za-z.+]*( ; .+)?")  # no extras: pip refuses them there
    assert [line for line in LOCK if not line.startswith("#") and not pattern.fullmatch(line)] == []


def test_every_file_of_the_library_is_shipped() -> None:
    patterns = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"][
        "package-data"
    ]
    files = [path for path in (ROOT / "course_lib").rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    left_out = [path.name for path in files if not any(path.match(pattern) for pattern in patterns["*"])]
    assert left_out == []


def allows(bound: str, version: str) -> bool:
    """Whether '>=2.11' or '<9' admits a version (plain numbers only, which is all that we use)."""
    found = re.fullmatch(r"(>=|<)([0-9.]+)", bound)
    assert found, bound
    wanted, given = ([int(part) for part in re.findall(r"\d+", text)] for text in (found[2], version))
    return given >= wanted if found[1] == ">=" else given < wanted
