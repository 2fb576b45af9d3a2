"""``course parity`` with a pretended measurement: what it prints is written below its heading, the rest stays."""

from pathlib import Path

import pytest

from course_lib.cli import main, parity


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A source tree whose scripts say what they were given; the models fail where 'bad' is asked for."""
    folder = tmp_path / "tests" / "parity"
    folder.mkdir(parents=True)
    (tmp_path / "docs").mkdir()
    program = "import sys\nprint('{}', *sys.argv[1:])\nsys.exit('bad' in sys.argv)\n"
    for name in ("models", "zoo"):
        (folder / f"{name}.py").write_text(program.format(name), encoding="utf-8")
    monkeypatch.setattr(parity, "source_tree", lambda needed: tmp_path)
    return tmp_path


def test_each_half_of_the_table_replaces_its_own(tree: Path, capfd: pytest.CaptureFixture[str]) -> None:
    table = tree / "docs" / "parity.md"
    assert main(["parity"]) == 0
    assert table.read_text(encoding="utf-8") == "# What `./course parity` found\n\n## Classifiers\n\nmodels\n"
    assert main(["parity", "--zoo", "folder"]) == 0
    expected = "## Classifiers\n\nmodels\n\n## Configs of the model zoos\n\nzoo folder\n"
    assert table.read_text(encoding="utf-8").endswith(expected)
    assert main(["parity"]) == 0
    assert table.read_text(encoding="utf-8").endswith(expected)
    assert "written to docs/parity.md" in capfd.readouterr().out


def test_of_some_models_nothing_is_written_and_a_failure_is_told(tree: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["parity", "bad", "vgg"]) == 1
    assert "models bad vgg" in capfd.readouterr().out
    assert not (tree / "docs" / "parity.md").exists()
