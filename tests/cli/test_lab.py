"""``course lab``: what JupyterLab is started with. (Lessons in a real browser are tested in ``tests/ui``.)"""

import json
import os
from pathlib import Path

import pytest
from jupyterlab.labapp import LabApp

from course_lib.cli import main, source
from course_lib.cli.source import source_tree
from course_lib.config.errors import ConfigError

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, list[str]]]:
    """Pretends to be JupyterLab and notes folder, settings and arguments."""
    calls: list[tuple[str, str, list[str]]] = []

    def launch_instance(argv: list[str]) -> None:
        calls.append((os.getcwd(), os.environ["JUPYTER_CONFIG_PATH"], argv))

    monkeypatch.setattr(LabApp, "launch_instance", launch_instance)
    monkeypatch.chdir(ROOT)  # and back at the end
    return calls


def test_it_opens_the_lessons(started: list[tuple[str, str, list[str]]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "/their/own")
    assert main(["lab", "--no-browser", "--port", "9999"]) == 0
    settings = os.pathsep.join([str(ROOT / ".jupyter"), "/their/own"])
    assert started == [(str(ROOT / "notebooks"), settings, ["--no-browser", "--port", "9999"])]


def test_its_settings_keep_it_from_calling_out() -> None:
    text = (ROOT / ".jupyter" / "jupyter_lab_config.py").read_text(encoding="utf-8")
    assert "c.LabApp.news_url = None" in text and "NeverCheckForUpdate" in text and "allow_root = True" in text
    settings = json.loads((ROOT / ".jupyter" / "labconfig" / "default_setting_overrides.json").read_text("utf-8"))
    assert settings["@jupyterlab/apputils-extension:notification"] == {"fetchNews": "false", "checkForUpdates": False}


def test_without_the_source_tree_it_says_where_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source.course_lib, "__file__", str(tmp_path / "course_lib" / "__init__.py"))
    with pytest.raises(ConfigError, match=r"needs the folder notebooks/ of the source tree[\s\S]*git clone https://"):
        source_tree("notebooks")
