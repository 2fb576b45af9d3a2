"""The text of errors, and the search for the name that was meant."""

from pathlib import Path

import pytest

from course_lib.config.errors import (
    CheckpointError,
    ConfigError,
    CourseError,
    DataError,
    DivergenceError,
    Mistake,
    Origin,
    did_you_mean,
    nearest,
)


def test_an_origin_is_a_place_to_click_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert str(Origin(str(tmp_path / "configs" / "a.py"), 3)) == str(Path("configs", "a.py")) + ":3"
    assert str(Origin("configs/a.py", 3)) == "configs/a.py:3"
    assert str(Origin("/elsewhere/a.py", 3)) == "/elsewhere/a.py:3"
    assert str(Origin("--cfg-options")) == "--cfg-options"


def test_the_name_that_was_written_is_no_part_of_the_place() -> None:
    assert Origin("a.py", 3, name="train_pipeline") == Origin("a.py", 3)


def test_a_mistake_says_place_path_message_hint_and_leaves_out_what_is_unknown() -> None:
    whole = Mistake("model.depth", "must be a number.", Origin("a.py", 3), "Did you mean 18?")
    assert str(whole) == "a.py:3: model.depth: must be a number. Did you mean 18?"
    assert str(Mistake("", "is empty.")) == "is empty."


def test_a_config_error_holds_every_mistake() -> None:
    mistakes = [Mistake("a", "one."), Mistake("b", "two.")]
    assert str(ConfigError(mistakes)) == "a: one.\nb: two."
    assert ConfigError(mistakes).mistakes == mistakes
    assert ConfigError(mistakes[0]).mistakes == mistakes[:1]
    assert ConfigError("text").mistakes == [Mistake("", "text")]


def test_all_errors_are_of_one_family() -> None:
    for error in (ConfigError, DataError, CheckpointError, DivergenceError):
        assert issubclass(error, CourseError)
    assert issubclass(ConfigError, ValueError) and not issubclass(ConfigError, KeyError)


@pytest.mark.parametrize(
    ("name", "found"),
    [("Resnet", "ResNet"), ("resnet", "ResNet"), ("ResNt", "ResNet"), ("RandomFlp", "RandomFlip"), ("Xyz", None)],
)
def test_nearest(name: str, found: str | None) -> None:
    assert nearest(name, ["ResNet", "RandomFlip", "LeNet5"]) == found


def test_did_you_mean_lists_what_is_allowed_if_nothing_is_near() -> None:
    assert did_you_mean("ResNt", ["ResNet", "LeNet5"]) == "Did you mean 'ResNet'?"
    assert did_you_mean("xyz", ["b", "a"]) == "Allowed: a, b."
    assert did_you_mean("xyz", [f"n{i:02d}" for i in range(20)]).endswith("n11, ….")
    assert did_you_mean("xyz", []) == ""


def test_names_that_contain_what_was_written_stand_first() -> None:
    assert did_you_mean("fashion", ["alexnet", "lenet/lenet5_b64_FashionMNIST"]).startswith("Allowed: lenet/lenet5")
