"""``course homework submit`` and ``verify``, from a training by the command line to the teacher's table."""

import json
from pathlib import Path

import pytest
from PIL import Image

from course_lib.cli import main

NOTE = (
    "The digits are eight pixels wide, and a LeNet reads nearly all of them; I would not have thought so this morning."
)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_HOME", str(tmp_path / "home"))


@pytest.fixture(scope="module")
def training(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "digits"
    assert main(["train", "--work-dir", str(folder), "--device", "cpu", "--cfg-options", "train_cfg.max_epochs=1"]) == 0
    return folder


def test_from_training_to_table(training: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    amy, bob = tmp_path / "amy.zip", tmp_path / "bob.zip"
    assert main(["homework", "submit", str(training), "--out", str(amy), "--note", NOTE]) == 0
    assert f"{amy}: {amy.stat().st_size:,} bytes." in capsys.readouterr().out
    bob.write_bytes(amy.read_bytes()[:-30])
    assert main(["homework", "verify", str(amy)]) == 0
    value = json.loads((training / "run.json").read_text())["best"]["metrics"]["accuracy/top1"]
    head, row = capsys.readouterr().out.splitlines()
    assert head.split() == ["file", "digests", "stated", "measured"]
    assert row.split() == ["amy.zip", "fit", "accuracy/top1", f"{value:.2f}", "-"]
    assert main(["homework", "verify", str(amy), str(bob)]) == 1
    *_, first, last = capsys.readouterr().out.splitlines()
    assert first.startswith("amy.zip") and "do not fit" in last and "File is not a zip file" in last
    assert main(["homework", "verify", str(amy), str(bob), "--json"]) == 1
    rows = json.loads(capsys.readouterr().out)
    assert [row["file"] for row in rows] == [str(amy), str(bob)]
    assert rows[0]["troubles"] == [] and rows[0]["value"] == value and rows[1]["value"] is None


def test_pictures_that_cannot_be_measured_say_nothing_against_the_digests(
    training: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["homework", "submit", str(training), "--out", str(tmp_path / "amy.zip"), "--note", NOTE]) == 0
    (tmp_path / "photos" / "cat").mkdir(parents=True)
    Image.new("L", (8, 8)).save(tmp_path / "photos" / "cat" / "1.png")
    capsys.readouterr()
    words = ["homework", "verify", str(tmp_path / "amy.zip"), "--data-root", str(tmp_path / "photos")]
    assert main(words) == 1
    row = capsys.readouterr().out.splitlines()[1]
    assert row.split()[:3] == ["amy.zip", "fit", "accuracy/top1"] and "not measured: it knows 0, 1, 2" in row


def test_refusals_are_one_line(training: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["homework", "submit", str(training)]) == 1
    err = capsys.readouterr().err
    assert err.startswith("error: there is no check-in card") and err.count("\n") == 1
    assert main(["homework", "submit", str(tmp_path / "nothing"), "--note", NOTE]) == 1
    assert capsys.readouterr().err == f"error: there is no folder {tmp_path / 'nothing'}.\n"
    out = tmp_path / "nowhere" / "a.zip"
    assert main(["homework", "submit", str(training), "--note", NOTE, "--out", str(out)]) == 1
    assert capsys.readouterr().err == f"error: {out} cannot be written: there is no folder {out.parent}.\n"
    with pytest.raises(SystemExit):
        main(["homework", "submit", str(training), "--note", NOTE, "--card", "card.html"])
    assert "not allowed with argument --note" in capsys.readouterr().err
