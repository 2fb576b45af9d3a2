"""``course sweep`` on real digits, cut short."""

import json
from pathlib import Path

import pytest

from course_lib.cli import main
from course_lib.cli.sweep import read_seeds
from course_lib.config.errors import ConfigError
from course_lib.engine.trainer import Trainer

SHORT = ["--device", "cpu", "--cfg-options", "train_cfg.max_epochs=1", "train_dataloader.batch_size=256"]


def test_the_list_is_printed_and_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["sweep", "lessons/lenet_digits", "--grid", "optim_wrapper.optimizer.lr=0.01,0.001"]
    words += ["--work-dir", str(tmp_path), *SHORT]
    assert main(words) == 0
    printed = capsys.readouterr().out
    assert "trial 2 of 2: lr=0.001\n" in printed
    assert printed.endswith(f"list      {tmp_path}/trials.csv\npicture   {tmp_path}/trials.png\n")
    assert (tmp_path / "trials.png").read_bytes().startswith(b"\x89PNG")
    best = printed.splitlines()[printed.splitlines().index("") :]
    assert any(line.split()[:4] == ["1", "0.01", "6", "256"] for line in best)
    assert main([*words, "--json"]) == 0
    printed = capsys.readouterr().out
    assert "trial 1 of 2: lr=0.01 (done before)" in printed
    rows = json.loads(printed.splitlines()[-1])
    assert {row["lr"]: row["trial"] for row in rows} == {0.01: 1, 0.001: 2} and rows[0]["mean"] is not None


def test_an_interrupted_sweep_says_how_to_go_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Trainer.train_epoch

    def interrupted(self: Trainer) -> None:
        self.stopped = "interrupted"
        real(self)

    monkeypatch.setattr(Trainer, "train_epoch", interrupted)
    words = ["sweep", "lessons/lenet_digits", "--seeds", "0,1", "--work-dir", str(tmp_path), *SHORT]
    assert main(words) == 130
    assert capsys.readouterr().out.endswith("The same command goes on from here.\n")
    monkeypatch.undo()
    assert main(words) == 0
    assert "(done before)" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "there is nothing to try: give --grid KEY=V1,V2, --seeds 0,1,2 or --folds 5"),
        (["--folds", "1"], "--folds must be 2 or more, not 1"),
        (["--seeds", "0", "--max-trials", "0"], "--max-trials must be 1 or more, not 0"),
        (["--grid", "train_cfg.max_epochs=1,x"], "train_cfg.max_epochs"),
    ],
)
def test_what_cannot_be_tried(
    tmp_path: Path, words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sweep", "lessons/lenet_digits", "--work-dir", str(tmp_path), *words]) == 2
    assert message in capsys.readouterr().err


def test_seeds() -> None:
    assert read_seeds(None) == [] and read_seeds("0, 7") == [0, 7]
    for wrong in ("a", "0,0", "-1", ""):
        with pytest.raises(ConfigError, match="is no list of different whole numbers such as 0,1,2"):
            read_seeds(wrong)
