"""Which part of the disk a submission sees; what a closed-off process can do is tried in ``test_lane.py``."""

import sys
from pathlib import Path

import pytest

from course_lib.homework.grading import isolation


def test_the_source_tree_is_not_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree, source, site = (tmp_path / name for name in ("tree", "source", "site-packages"))
    for folder in (tree, source, site):
        (folder / "course_lib").mkdir(parents=True)
    monkeypatch.setattr(sys, "path", [str(tree), str(source), str(site), ""])
    shown = isolation._needed(tree)
    assert tree in shown and site in shown and source not in shown and Path("/") not in shown
    assert not any(one in other.parents for one in shown for other in shown)
    # an installed package with its references is covered by the copy that has none
    assert isolation._installed_packages(tree) == [source / "course_lib", site / "course_lib"]


def test_a_system_that_does_not_allow_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".root").write_text("no folder to mount on")
    assert not isolation.possible(tmp_path)
    monkeypatch.setattr(sys, "platform", "darwin")
    assert not isolation.possible(tmp_path / "other")
