"""What the widgets know of the notebook that shows them."""

import sys
from types import ModuleType, SimpleNamespace

import pytest

from course_lib.widgets.parts import allow_own_views, threads_show


def test_colab_shows_nothing_that_a_thread_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "google.colab", raising=False)
    assert threads_show()
    monkeypatch.setitem(sys.modules, "google.colab", ModuleType("google.colab"))
    assert not threads_show()


def test_only_colab_is_asked_for_own_views(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "google.colab", raising=False)
    allow_own_views()
    asked: list[bool] = []
    colab = ModuleType("google.colab")
    colab.output = SimpleNamespace(enable_custom_widget_manager=lambda: asked.append(True))  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "google.colab", colab)
    allow_own_views()
    assert asked == [True]
