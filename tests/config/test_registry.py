"""One table of names for all kinds."""

from typing import Any

import pytest

from course_lib.config import ConfigError, Origin, registry
from course_lib.config.registry import find, names, register, signature


@pytest.fixture(autouse=True)
def empty_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_ENTRIES", {})


def make(name: str, module: str = "lesson") -> Any:
    def __init__(self: Any, depth: int, width: int = 64) -> None: ...

    return type(name, (), {"__init__": __init__, "__module__": module, "__qualname__": name})


def test_a_class_is_found_by_its_name_and_with_a_scope() -> None:
    net = register("backbone")(make("Net"))
    assert find("Net").target is find("mmpretrain.Net", "backbone").target is net
    assert (find("Net").name, find("Net").kind) == ("Net", "backbone")
    assert list(signature("Net").parameters) == ["depth", "width"]


def test_a_class_may_have_several_names() -> None:
    register("preprocessor", "Preprocessor", "ClsDataPreprocessor")(make("Preprocessor"))
    register("backbone")(make("Net"))
    assert names() == ["ClsDataPreprocessor", "Net", "Preprocessor"]
    assert names("backbone") == ["Net"]


def test_an_unknown_name_suggests_the_nearest_of_the_right_kind() -> None:
    register("backbone")(make("ResNet"))
    register("transform")(make("Resize"))
    with pytest.raises(ConfigError) as caught:
        find("Resnet", "backbone", path="model.backbone.type", origin=Origin("my.py", 4))
    assert str(caught.value) == "my.py:4: model.backbone.type: there is no backbone 'Resnet'. Did you mean 'ResNet'?"
    with pytest.raises(ConfigError, match=r"there is no transform 'Resizer'. Did you mean 'Resize'\?"):
        find("Resizer", "transform")


def test_a_name_of_another_kind_is_an_error() -> None:
    register("batch_augment")(make("Mixup"))
    register("transform")(make("Flip"))
    with pytest.raises(ConfigError, match=r"'Mixup' is a batch augment, but a transform belongs here. Allowed: Flip."):
        find("Mixup", "transform")


def test_running_a_cell_twice_replaces_and_a_clash_is_an_error() -> None:
    register("backbone")(make("Net"))
    second = register("backbone")(make("Net"))
    assert find("Net").target is second
    with pytest.raises(ConfigError, match=r"The name 'Net' is taken by lesson.Net; other.Net needs another."):
        register("backbone")(make("Net", module="other"))
