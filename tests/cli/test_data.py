"""``course data``: each action through the command line."""

import json
import shutil
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
    lines = capsys.readouterr().out.splitlines()
    assert sum("always there" in line for line in lines) == 2
    cub = next(line for line in lines if line.startswith("cub200 "))
    wanted = ["11,788 photos of birds, 200 classes", "1.2 GB", "non-commercial research", "course data prepare cub200"]
    assert all(words in cub for words in wanted)
    cars = next(line for line in lines if line.startswith("stanford_cars "))
    assert cars.endswith("course data prepare stanford_cars --from FILE  (by hand)")
    raw = photos / "data" / "mnist" / "MNIST" / "raw"
    raw.mkdir(parents=True)
    (raw / "train-images-idx3-ubyte").touch()
    assert main(["data", "list", "--json"]) == 0
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    assert rows["mnist"]["there"] and rows["mnist"]["where"] == "data/mnist"
    assert not rows["cifar10"]["there"] and rows["cifar10"]["where"] == "course data prepare cifar10"
    assert rows["voc2007"]["download_mb"] == 911 and rows["voc2007"]["terms"] == "flickr's terms of use"


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
    assert main(["data", "prepare", "stanford_cars"]) == 1
    assert "error: stanford_cars cannot be downloaded: Stanford's server has it no more." in capsys.readouterr().err
    birds = photos / "CUB_200_2011"
    (birds / "images").mkdir(parents=True)
    for name in ("images.txt", "image_class_labels.txt", "train_test_split.txt"):
        (birds / name).touch()
    shutil.make_archive("birds", "zip", photos, "CUB_200_2011")
    assert main(["data", "prepare", "cub200", "--from", "birds.zip"]) == 0
    terms = "terms: non-commercial research and education"
    assert f"ready: data/cub200  (data_root in a config; {terms})" in capsys.readouterr().out
    assert (photos / "data" / "cub200" / "images.txt").is_file()
    assert main(["data", "prepare", "cub200", "--from", "nowhere.zip"]) == 0
    assert capsys.readouterr().out.startswith("there already, nothing was done: data/cub200  (data_root")


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
    for path in (photos / "photos").rglob("*.jpg"):
        path.write_bytes(b"")
    assert main(["data", "browse", "photos"]) == 1
    assert capsys.readouterr().err == "error: photos holds no picture that can be read.\n"


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
    assert "--from FILE" in run("prepare.py", "--help").stdout
