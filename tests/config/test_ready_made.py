"""Configs by name, without torch."""

import pytest

from course_lib.config import ConfigError, find_config, load_config, ready_made
from course_lib.config.ready_made import DEFAULT_CONFIG


def test_configs_are_found_by_name():
    assert load_config().file.endswith("lenet_digits.py")
    assert find_config("lessons/lenet_digits") == DEFAULT_CONFIG
    assert find_config("lenet_digits") == DEFAULT_CONFIG
    with pytest.raises(
        ConfigError, match=r"there is no config lessons/lenet_digit. Did you mean 'lessons/lenet_digits'"
    ):
        find_config("lessons/lenet_digit")


def test_a_work_folder_is_named_after_the_config():
    assert load_config("lessons/lenet_digits").work_dir == "work_dirs/lenet_digits"
    assert load_config(None, {"work_dir": "elsewhere"}).work_dir == "elsewhere"
    assert load_config(None, {"work_dir": None}).work_dir == "work_dirs/lenet_digits"


def test_parts_are_not_ready_made():
    assert DEFAULT_CONFIG in ready_made()
    assert not any("_base_" in path.parts for path in ready_made())
