"""From a finished training to the zip, and what the teacher reads in it; with a training of a second."""

import hashlib
import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from torchvision.io import write_png

from course_lib import Inferencer, builders
from course_lib.config import CheckpointError, Config, DataError, load_config
from course_lib.engine import load_checkpoint
from course_lib.homework import report_card
from course_lib.homework.handing_in import submit
from course_lib.homework.verifying import Verified, verify

NOTE = (
    "I learnt that red is not blue, and that a digest tells when somebody has changed a file after the training. " * 2
)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COURSE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def draw(root: Path, count: int, seed: int) -> Path:
    """Pictures of noise, where the blue ones are a little bluer: two folders."""
    noise = torch.Generator().manual_seed(seed)
    for name, channel in (("blue", 2), ("red", 0)):
        (root / name).mkdir(parents=True)
        for i in range(count):
            picture = torch.randint(0, 200, (3, 12, 12), generator=noise)
            picture[channel] += 18
            write_png(picture.byte(), str(root / name / f"{i}.png"))
    return root


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("photos")
    draw(root / "train", 20, seed=0)
    draw(root / "val", 30, seed=1)
    draw(root / "others", 10, seed=2)
    return root


@pytest.fixture(scope="module")
def training(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "colours"
    model = dict(
        backbone=dict(_delete_=True, type="SmallCNN", in_channels=3, widths=(4, 4)),
        head=dict(num_classes=2, in_channels=4),
    )
    options = {
        "model": model,
        "load_from": None,
        "train_dataloader.dataset.data_root": str(data),
        "val_dataloader.dataset.data_root": str(data),
        "train_cfg.max_epochs": 3,
        "default_hooks.logger.interval": 1,
        "work_dir": str(folder),
    }
    builders.build_trainer(load_config("lessons/finetune_folder", options)).fit()
    return folder


@pytest.fixture
def copy(training: Path, tmp_path: Path) -> Path:
    """The training in a folder that may be spoilt."""
    return Path(shutil.copytree(training, tmp_path / "colours"))


def best(training: Path) -> float:
    value: float = json.loads((training / "run.json").read_text())["best"]["metrics"]["accuracy/top1"]
    return value


def read(file: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def write(file: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return file


def test_what_is_in_the_zip(training: Path, tmp_path: Path) -> None:
    files = read(submit(training, tmp_path / "amy.zip", note=NOTE))
    assert sorted(files) == [
        "card.html", "card.png", "config.py", "manifest.json", "metrics.jsonl", "run.json", "train.log",
        "weights.safetensors",
    ]  # fmt: skip
    for name in ("config.py", "metrics.jsonl", "run.json", "train.log"):
        assert files[name] == (training / name).read_bytes()
    manifest = json.loads(files.pop("manifest.json"))
    assert (manifest["metric"], manifest["value"]) == ("accuracy/top1", best(training))
    assert {name: each["sha256"] for name, each in manifest["files"].items()} == {
        name: hashlib.sha256(data).hexdigest() for name, data in files.items()
    }
    assert {name: each["bytes"] for name, each in manifest["files"].items()} == {
        name: len(data) for name, data in files.items()
    }


def test_the_weights_are_the_best_ones_and_enough_to_predict(training: Path, data: Path, tmp_path: Path) -> None:
    state = load_checkpoint(training / "checkpoints" / "best.pt")
    weights = tmp_path / "weights.safetensors"
    weights.write_bytes(read(submit(training, tmp_path / "amy.zip", note=NOTE))["weights.safetensors"])
    with safe_open(weights, "pt") as file:
        assert str(training) not in str(file.metadata())  # where it ran is no part of the recipe
        assert all(torch.equal(file.get_tensor(name), value) for name, value in state["model"].items())
    pictures = sorted((data / "others").glob("*/*.png"))
    ours, theirs = (Inferencer(file, "cpu")(pictures) for file in (weights, training / "checkpoints" / "best.pt"))
    assert [one.scores for one in ours] == [one.scores for one in theirs] and ours[0].names[0] in ("blue", "red")


def test_half_precision_becomes_float32(copy: Path, tmp_path: Path) -> None:
    path = copy / "checkpoints" / "best.pt"
    state = load_checkpoint(path)
    state["model"] = {
        key: value.half() if value.is_floating_point() else value for key, value in state["model"].items()
    }
    torch.save(state, path)
    weights = tmp_path / "weights.safetensors"
    weights.write_bytes(read(submit(copy, note=NOTE))["weights.safetensors"])
    model = load_checkpoint(weights)["model"]
    assert {value.dtype for value in model.values()} == {torch.float32, torch.int64}  # and BatchNorm's counters


def test_the_last_checkpoint_where_no_best_was_kept(copy: Path) -> None:
    (copy / "checkpoints" / "best.pt").unlink()
    out = submit(copy, note=NOTE)
    assert out == copy.with_suffix(".zip")
    manifest = json.loads(read(out)["manifest.json"])
    last = json.loads((copy / "run.json").read_text())["metrics"]["accuracy/top1"]
    assert (manifest["checkpoint"], manifest["value"]) == ("last.pt", last)
    assert verify(out).troubles == ()


def test_the_card_that_is_there(training: Path, home: Path, tmp_path: Path) -> None:
    made = report_card("21", NOTE)
    assert made.path is not None and made.picture is not None
    files = read(submit(training, tmp_path / "amy.zip"))
    assert files["card.html"] == made.path.read_bytes() and files["card.png"] == made.picture.read_bytes()
    elsewhere = tmp_path / "mine.html"  # without its picture, which is drawn anew
    shutil.copy(made.path, elsewhere)
    shutil.rmtree(home)
    files = read(submit(training, tmp_path / "amy.zip", card=elsewhere))
    assert files["card.html"] == elsewhere.read_bytes() and files["card.png"].startswith(b"\x89PNG")


def test_a_note_makes_the_card_with_the_training_s_own_curve(training: Path, home: Path, tmp_path: Path) -> None:
    files = read(submit(training, tmp_path / "amy.zip", note=NOTE))
    assert (home / "cards" / "lesson_21.html").read_bytes() == files["card.html"]
    assert '"losses": []' not in files["card.html"].decode()


def spoil_ending(folder: Path) -> None:
    record = json.loads((folder / "run.json").read_text())
    (folder / "run.json").write_text(json.dumps(record | {"ended": "interrupted"}))


def spoil_value(folder: Path) -> None:
    record = json.loads((folder / "run.json").read_text())
    record["best"]["metrics"]["accuracy/top1"] = record["metrics"]["accuracy/top1"] = 99.5
    (folder / "run.json").write_text(json.dumps(record))


def without_measurements(folder: Path) -> None:
    lines = (folder / "metrics.jsonl").read_text().splitlines(keepends=True)
    (folder / "metrics.jsonl").write_text("".join(line for line in lines if "val/" not in line))


@pytest.mark.parametrize(
    ("spoil", "text"),
    [
        (lambda folder: shutil.rmtree(folder), r"there is no folder .*colours\."),
        (lambda folder: (folder / "run.json").unlink(), r"holds no finished training\. .*--resume"),
        (spoil_ending, r"holds no finished training \(it ended: interrupted\)"),
        (lambda folder: shutil.rmtree(folder / "checkpoints"), r"neither best\.pt nor last\.pt"),
        (lambda folder: (folder / "train.log").unlink(), r"lacks train\.log, which a training writes"),
        (spoil_value, r"metrics\.jsonl says accuracy/top1 \d+\.\d\d at step \d+, run\.json 99\.50"),
        (without_measurements, r"nothing was measured at step \d+; a submission needs a val_dataloader"),
    ],
)
def test_no_finished_training(copy: Path, home: Path, spoil: Callable[[Path], object], text: str) -> None:
    spoil(copy)
    with pytest.raises((CheckpointError, DataError), match=text):
        submit(copy, note=NOTE)
    assert not copy.with_suffix(".zip").exists() and not home.exists()  # and no card was made


def test_no_card(training: Path, home: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"there is no check-in card .*lesson_21\.html\. Write .*100 characters"):
        submit(training, tmp_path / "amy.zip")
    with pytest.raises(DataError, match=r"the note has 5 characters; a check-in card needs 100"):
        submit(training, tmp_path / "amy.zip", note="short")
    report_card("02", NOTE)
    with pytest.raises(DataError, match=r"is of lesson 02, not of 21"):
        submit(training, tmp_path / "amy.zip", card=home / "cards" / "lesson_02.html")
    page = report_card("21", NOTE).path
    assert page is not None
    page.write_text(page.read_text().replace("red is not blue", "all is one"))
    with pytest.raises(DataError, match=r"lesson_21\.html was changed after it was made"):
        submit(training, tmp_path / "amy.zip")
    assert list(tmp_path.glob("*.zip")) == []


# --- the teacher's side -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def handed_in(training: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("handed_in")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSE_HOME", str(folder / "home"))
        return submit(training, folder / "amy.zip", note=NOTE)


def test_measured_anew_it_is_what_the_training_measured(handed_in: Path, training: Path, data: Path) -> None:
    found = verify(handed_in, data / "val")  # the pictures that the training was validated on, by another way
    assert found == Verified(handed_in, (), "accuracy/top1", best(training), pytest.approx(best(training)), 60)


def test_without_pictures_nothing_is_measured(handed_in: Path, training: Path) -> None:
    assert verify(handed_in) == Verified(handed_in, (), "accuracy/top1", best(training), None, 0)


def changed_config(files: dict[str, bytes]) -> dict[str, bytes]:
    return files | {"config.py": files["config.py"] + b"\nseed_of_luck = 3\n"}


def manifest_anew(files: dict[str, bytes], **values: object) -> dict[str, bytes]:
    """Somebody has changed files and computed the digests again."""
    manifest = json.loads(files["manifest.json"]) | values
    for name, each in manifest["files"].items():
        each["sha256"] = hashlib.sha256(files[name]).hexdigest()
    return files | {"manifest.json": json.dumps(manifest).encode()}


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (lambda files: files | {"train.log": b"epoch 1: 100 %"}, "train.log was changed"),
        (lambda files: files | {"weights.safetensors": files["weights.safetensors"][:-1] + b"x"}, "weights.safe"),
        (lambda files: manifest_anew(changed_config(files)), "config.py is not what run.json says was trained"),
        (lambda files: manifest_anew(files, value=100.0), "manifest.json states another value than metrics.jsonl"),
        (lambda files: manifest_anew(files, step=1), "nothing was measured at step 1"),
        (
            lambda files: manifest_anew(files | {"card.html": files["card.html"].replace(b"digest", b"virtue")}),
            "the check-in card was changed after it was made",
        ),
        (lambda files: {k: v for k, v in files.items() if k != "card.png"}, "it lacks card.png: it is no submission"),
        (lambda files: files | {"../evil.py": b""}, "it holds ../evil.py: it is no submission"),
        (lambda files: files | {"manifest.json": b"[]"}, "it is no submission: its manifest cannot be read"),
        (lambda files: files | {"manifest.json": b"\xff"}, "it is no submission: its manifest cannot be read"),
    ],
)
def test_what_was_changed_is_told(
    handed_in: Path, tmp_path: Path, change: Callable[[dict[str, bytes]], dict[str, bytes]], text: str
) -> None:
    found = verify(write(tmp_path / "bob.zip", change(read(handed_in))))
    assert len(found.troubles) >= 1 and text in found.troubles[0]


def test_no_zip(tmp_path: Path) -> None:
    (tmp_path / "bob.zip").write_text("my dog has eaten it")
    assert verify(tmp_path / "bob.zip").troubles == ("it cannot be read: File is not a zip file",)
    assert "No such file" in verify(tmp_path / "eve.zip").troubles[0]


def test_too_large_to_unpack(handed_in: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("course_lib.homework.verifying.LIMIT_BYTES", 1000)
    assert "more than a gigabyte" in verify(handed_in).troubles[0]


def test_the_teacher_s_folder(handed_in: Path, data: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="the folder of the pictures"):
        verify(handed_in, tmp_path / "nowhere")
    with pytest.raises(DataError, match="holds no pictures in a folder a class"):
        verify(handed_in, data / "val" / "red")
    shutil.copytree(data / "others" / "red", tmp_path / "green" / "green")
    found = verify(handed_in, tmp_path / "green")
    assert (found.troubles, found.unmeasured) == ((), "it knows blue, red, and not green")


def test_nothing_in_a_zip_is_run(handed_in: Path, tmp_path: Path, data: Path) -> None:
    files = read(handed_in)
    files["config.py"] += f"\nopen({str(tmp_path / 'was_run')!r}, 'w')\n".encode()
    found = verify(write(tmp_path / "eve.zip", manifest_anew(files)), data / "val")
    assert found.troubles and not (tmp_path / "was_run").exists()
    assert isinstance(Config.fromstring(read(handed_in)["config.py"].decode()), Config)
