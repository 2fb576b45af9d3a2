"""``course data``: each action through the command line."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from course_lib.cli import main

SCRIPTS = Path(__file__).resolve().parents[2] / "data_scripts"


@pytest.fixture
def photos(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Ten photos a class in ``photos``, in the current folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COURSE_DATA", raising=False)
    for index, name in enumerate(("cat", "dog")):
        (tmp_path / "photos" / name).mkdir(parents=True)
        for number in range(10):
            picture = Image.new("RGB", (40 + number, 30), (40 * number, 200 * index, 100))
            picture.save(tmp_path / "photos" / name / f"{number}.jpg")
    return tmp_path


def test_list(photos: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data", "list"]) == 0
    before = capsys.readouterr().out
    assert "always there" in before and "course data prepare mnist" in before
    (photos / "data" / "mnist" / "MNIST").mkdir(parents=True)
    assert main(["data", "list", "--json"]) == 0
    rows = {row["name"]: row["where"] for row in json.loads(capsys.readouterr().out)}
    assert rows["mnist"] == "data/mnist" and rows["cifar10"] == "course data prepare cifar10"


def test_verify(photos: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data", "verify", "photos"]) == 0
    assert "photos: 20 pictures, 0 broken" in capsys.readouterr().out
    (photos / "photos" / "cat" / "3.jpg").write_bytes(b"")
    assert main(["data", "verify", "photos"]) == 1
    assert "photos/cat/3.jpg: is empty (0 bytes)." in capsys.readouterr().out
    assert main(["data", "verify", "photos", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told == {
        "folder": "photos",
        "checked": 20,
        "broken": [{"path": "cat/3.jpg", "reason": "is empty (0 bytes)."}],
    }


def test_split(photos: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (photos / "photos" / "cat" / "3.jpg").write_bytes(b"")
    assert main(["data", "split", "photos", "data/photos", "--link"]) == 0
    out = capsys.readouterr().out
    assert "left out, since they cannot be read (1):\n  photos/cat/3.jpg: is empty" in out
    assert "data/photos: 15 pictures for training, 4 for validation\n2 classes: cat, dog" in out
    assert main(["data", "split", "photos", "data/photos"]) == 1
    assert "exists and is not empty" in capsys.readouterr().err
    assert main(["data", "split", "photos", "data/other", "--ratio", "8"]) == 2


def test_prepare(photos: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data", "prepare", "mnits"]) == 2
    assert "Did you mean 'mnist'?" in capsys.readouterr().err
    assert main(["data", "prepare", "flowers", "--from", "photos.zip"]) == 1
    assert "there is no archive photos.zip" in capsys.readouterr().err


@pytest.mark.parametrize("what", ["photos", "data/halves", "halves", "photos/cat", "Shapes", "digits"])
def test_browse_folders_and_data_sets(photos: Path, what: str, capsys: pytest.CaptureFixture[str]) -> None:
    main(["data", "split", "photos", "data/halves"])
    assert main(["data", "browse", what, "--count", "6", "--out", "sheet.png"]) == 0
    assert "picture: sheet.png" in capsys.readouterr().out
    with Image.open("sheet.png") as sheet:
        assert min(sheet.size) > 200


def test_browse_a_config(photos: Path) -> None:
    (photos / "mine.py").write_text(
        "train_dataloader = dict(batch_size=2, dataset=dict(type='CustomDataset', data_root='photos', pipeline=[]))\n"
    )
    assert main(["data", "browse", "mine.py"]) == 0
    assert Path("pictures.png").is_file()


def test_browse_leaves_out_broken_pictures(photos: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (photos / "photos" / "cat" / "3.jpg").write_bytes(b"")
    assert main(["data", "browse", "photos"]) == 0
    assert "skipped: " in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["shpes"], "there is no folder, data set or config 'shpes'. Did you mean"),
        (["digits", "--count", "0"], "--count must be 1 or more"),
        (["digits", "--out", "nowhere/a.png"], "--out nowhere/a.png: the picture cannot be written"),
    ],
)
def test_browse_says_what_is_wrong(
    photos: Path, words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["data", "browse", *words]) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize("action", [[], ["list"], ["prepare"], ["verify"], ["split"], ["browse"]])
def test_every_help_has_an_example(action: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["data", *action, "--help"])
    assert caught.value.code == 0
    assert "  course data " in capsys.readouterr().out


def test_the_scripts_are_the_commands(photos: Path) -> None:
    def run(name: str, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, SCRIPTS / name, *words], capture_output=True, text=True, check=False)

    assert "20 pictures, 0 broken" in run("verify_folder.py", "photos").stdout
    assert run("split_folder.py", "photos", "out").returncode == 0
    for name in ("prepare_mnist.py", "prepare_cifar10.py", "prepare_flowers.py"):
        assert "--from FILE" in run(name, "--help").stdout
