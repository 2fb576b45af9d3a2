"""``course site``: what it hands on, what it prints, and how it ends; the pages themselves in ``tests/site``."""

from importlib.metadata import requires
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

import course_lib.site
from course_lib.cli import main, site
from course_lib.site.lessons import SiteError

TITLE = '{"cells": [{"cell_type": "markdown", "id": "a", "metadata": {}, "source": "# %s · A"}], "metadata": {}, %s}'


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A source tree with two lessons."""
    (tmp_path / "notebooks").mkdir()
    for number in ("02", "12"):
        text = TITLE % (number, '"nbformat": 4, "nbformat_minor": 5')
        (tmp_path / "notebooks" / f"{number}_a.ipynb").write_text(text, encoding="utf-8")
    monkeypatch.setattr(site, "source_tree", lambda needed: tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Each call of a pretended ``build_site``, which writes a megabyte."""
    calls: list[dict[str, Any]] = []

    def build(chosen: Any, out: Path, **settings: Any) -> None:
        calls.append({"chosen": [lesson.number for lesson in chosen], "out": out, **settings})
        out.mkdir(parents=True)
        (out / "index.html").write_bytes(bytes(1_000_000))

    monkeypatch.setattr(course_lib.site, "build_site", build)
    return calls


def test_all_lessons_in_the_short_form(tree: Path, built: list[dict[str, Any]], capsys: Any) -> None:
    assert main(["site"]) == 0
    [call] = built
    assert (call["chosen"], call["out"], call["full"]) == (["02", "12"], Path("work_dirs/site"), False)
    assert 2 <= call["jobs"] <= 4
    assert capsys.readouterr().out.startswith("2 lessons, 1.0 MB, in 0 s: ")


def test_some_lessons_at_full_length(tree: Path, built: list[dict[str, Any]]) -> None:
    assert main(["site", "--lessons", "12", "--full", "--out", "mine"]) == 0
    [call] = built
    assert (call["chosen"], call["out"], call["full"]) == (["12"], Path("mine"), True)
    assert [lesson.number for lesson in call["written"]] == ["02", "12"]


def test_what_is_wrong_with_the_words_starts_nothing(
    tree: Path, built: list[dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["site", "--lessons", "11"]) == 2
    assert capsys.readouterr().err.startswith("error: there is no lesson '11' in notebooks/.")
    assert built == []


def test_a_folder_of_the_users_is_left_alone(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["site", "--out", "notebooks"]) == 2
    assert capsys.readouterr().err == (
        "error: notebooks holds files that course site did not make, and is left alone; name another folder\n"
    )
    assert len(list((tree / "notebooks").iterdir())) == 2


def test_a_failing_lesson_is_a_failure(tree: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    def fail(*args: Any, **settings: Any) -> None:
        raise SiteError("02_a.ipynb, cell 3 (data): ValueError: no")

    monkeypatch.setattr(course_lib.site, "build_site", fail)
    assert main(["site"]) == 1
    assert capsys.readouterr().err == "error: 02_a.ipynb, cell 3 (data): ValueError: no\n"


@pytest.mark.parametrize(
    "package", ["jinja2", "jupyter-client", "markupsafe", "nbclient", "nbconvert", "nbformat", "pygments"]
)
def test_what_it_needs_comes_with_jupyterlab(package: str) -> None:
    """It is not listed in pyproject.toml."""
    found, waiting = set(), ["jupyterlab", "ipykernel"]
    while waiting:
        name = waiting.pop()
        for requirement in map(Requirement, requires(name) or []):
            needed = requirement.name.lower().replace("_", "-")
            if needed not in found and (requirement.marker is None or requirement.marker.evaluate({"extra": ""})):
                found.add(needed)
                waiting.append(needed)
    assert package in found
