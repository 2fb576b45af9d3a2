"""The harness that tries the model zoos' configs, on a package of four files; and the table of what the kit has not."""

from pathlib import Path

import pytest

from course_lib import builders  # noqa: F401  (it fills the registry)
from course_lib.config import registry
from course_lib.config.checking.not_held import NOT_HELD, NOT_HELD_ARGUMENTS

from . import zoo

RIGHT = """
model = dict(type='ImageClassifier', backbone=dict(type='ResNet', depth=18), neck=dict(type='GlobalAveragePooling'),
             head=dict(type='LinearClsHead', num_classes=10, in_channels=512))
"""


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A folder with a package of configs as the zoos' are: one right, one a program, one of another kind."""
    configs = tmp_path / "mmpretrain" / ".mim" / "configs"
    for name, text in (
        ("resnet/right", RIGHT),
        ("_base_/models", RIGHT),
        ("resnet/_policies", "policies = []"),
        ("mae/mae", "model = dict(type='MAE')"),
        ("mae/program", "import os"),
    ):
        (configs / name).parent.mkdir(parents=True, exist_ok=True)
        (configs / f"{name}.py").write_text(text, encoding="utf-8")
    return tmp_path


def test_each_config_ends_in_one_of_four_ways(package: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert zoo.main([str(package)]) == 0
    out = capsys.readouterr().out
    assert "| resnet | 1 | 1 | 0 | 0 |" in out
    assert "| **all** | 2 | 0 | 1 | 1 | 0 |  |" in out
    assert "| mae | 2 | 0 | 1 | 1 | 0 | 'MAE' is self-supervised learning, which the kit does not hold" in out
    assert "Those that are programs:\n\n- mae/program (1.x): 'import os' cannot stand in a config" in out


def test_a_config_of_ours_that_is_not_built_is_a_failure(package: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = RIGHT.replace("512", "256")
    (package / "mmpretrain" / ".mim" / "configs" / "resnet" / "wrong.py").write_text(wrong, encoding="utf-8")
    assert zoo.main([str(package)]) == 1
    found = (
        "- resnet/wrong (1.x): model.head.in_channels: is 256, but the neck gives 512 channels. Write in_channels=512."
    )
    assert found in capsys.readouterr().out.splitlines()


def test_a_base_that_is_not_there_names_no_folder_of_this_machine(package: Path) -> None:
    path = package / "mmpretrain" / ".mim" / "configs" / "resnet" / "lost.py"
    path.write_text("_base_ = '../_base_/model.py'", encoding="utf-8")
    assert zoo.attempt(path, "1.x").reason == "there is no config file _base_/model.py. Did you mean _base_/models.py?"


def test_what_the_kit_has_is_not_in_the_table_of_what_it_has_not() -> None:
    assert [name for name in NOT_HELD if name in registry.names()] == []
    assert [
        (name, argument) for name, argument in NOT_HELD_ARGUMENTS if argument in registry.signature(name).parameters
    ] == []
