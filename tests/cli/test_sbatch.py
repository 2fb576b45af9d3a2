"""The job file, run under stand-ins for srun and scontrol: real processes, real signals."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from course_lib.cli import main
from course_lib.engine import load_checkpoint

SRUN = f"""#!{sys.executable}
import os, signal, subprocess, sys
words = sys.argv[2:]
assert sys.argv[1] == "--kill-on-bad-exit=1"
count = int(os.environ["SLURM_NTASKS"])
tasks = []
signal.signal(signal.SIGTERM, lambda *_: [task.send_signal(signal.SIGTERM) for task in tasks])
for rank in range(count):
    own = dict(SLURM_PROCID=str(rank), SLURM_LOCALID=str(rank), SLURM_STEP_NODELIST="localhost")
    tasks.append(subprocess.Popen(words, env={{**os.environ, **own}}))
sys.exit(max(abs(task.wait()) for task in tasks))
"""
SCONTROL = """#!/bin/sh
echo "$@" >> scontrol.log
"""


def write_job(folder: Path, *words: str) -> Path:
    assert main(["sbatch", "lessons/lenet_digits", "--out", str(folder / "job.sh"), *words]) == 0
    return folder / "job.sh"


def directives(text: str) -> dict[str, str]:
    return dict(re.findall(r"^#SBATCH --([\w-]+)=(.*)$", text, re.M))


def submit(job: Path) -> subprocess.Popen[str]:
    """What Slurm does: read the directives, set the variables, run the script with bash."""
    folder = job.parent
    for name, text in (("srun", SRUN), ("scontrol", SCONTROL)):
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    asked = directives(job.read_text())
    environment = {
        **os.environ,
        "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}",
        "OMP_NUM_THREADS": "1",
        "SLURM_JOB_ID": str(os.getpid()),
        "SLURM_NTASKS": str(int(asked["nodes"]) * int(asked["ntasks-per-node"])),
    }
    return subprocess.Popen(
        ["bash", job.name], cwd=folder, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def test_the_directives(tmp_path, capsys):
    job = write_job(tmp_path, "--partition", "gpu", "--nodes", "2", "--gpus-per-node", "4", "--time", "12:00:00")
    assert capsys.readouterr().out == f"Next:  sbatch {job}\n"
    asked = directives(job.read_text())
    assert asked["partition"] == "gpu"
    assert (asked["nodes"], asked["ntasks-per-node"], asked["gpus-per-node"]) == ("2", "4", "4")
    assert (asked["time"], asked["signal"], asked["job-name"]) == ("12:00:00", "B:TERM@120", "lenet_digits")
    assert "#SBATCH --requeue\n" in job.read_text()
    assert "account" not in asked


def test_without_a_file_it_is_printed(capsys):
    assert main(["sbatch", "lessons/lenet_digits", "--gpus-per-node", "0", "--work-dir", "my runs/a"]) == 0
    text = capsys.readouterr().out
    assert text.startswith("#!/bin/bash\n#SBATCH ")
    assert "gpus" not in text
    assert "train lessons/lenet_digits --work-dir 'my runs/a' --launcher slurm --resume &\n" in text
    assert subprocess.run(["bash", "-n"], input=text, text=True).returncode == 0


@pytest.mark.parametrize("wrong", [["--sede", "1"], ["--device", "cpu", "--epochs", "3"]])
def test_options_that_training_does_not_know_are_found_at_once(wrong, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["sbatch", "lessons/lenet_digits", *wrong])
    assert ended.value.code == 2
    assert "course train: error: unknown arguments" in capsys.readouterr().err


def test_a_config_that_is_not_there_is_found_at_once(capsys):
    assert main(["sbatch", "lessons/lenet_digit"]) == 2
    assert "lessons/lenet_digits" in capsys.readouterr().err


@pytest.mark.skipif(os.name == "nt", reason="Slurm has no Windows")
def test_a_job_that_is_out_of_time_goes_on_in_the_next(tmp_path):
    long = ["--cfg-options", "train_cfg.max_epochs=2000", "train_dataloader.batch_size=300", "param_scheduler=None"]
    job = write_job(tmp_path, "--nodes", "2", "--gpus-per-node", "0", "--device", "cpu", "--work-dir", "run", *long)
    first = submit(job)
    log, last = tmp_path / "run" / "metrics.jsonl", tmp_path / "run" / "checkpoints" / "last.pt"
    deadline = time.monotonic() + 200
    while not (log.exists() and last.exists()):
        assert first.poll() is None and time.monotonic() < deadline, first.communicate()
        time.sleep(0.05)
    first.send_signal(signal.SIGTERM)  # to the shell of the job, as --signal=B:TERM asks for
    out, err = first.communicate(timeout=100)
    assert first.returncode == 0, err
    assert "Stopped: terminated. To go on: the same command, with --resume." in out
    assert out.count("work folder") == 1  # one of the two processes prints
    assert (tmp_path / "scontrol.log").read_text() == f"requeue {os.getpid()}\n"
    reached = load_checkpoint(last)["step"]

    second = submit(job)
    while f"step {reached}," not in (tmp_path / "run" / "train.log").read_text().split("end at", 1)[1]:
        assert second.poll() is None and time.monotonic() < deadline, second.communicate()
        time.sleep(0.05)
    second.send_signal(signal.SIGTERM)
    out, err = second.communicate(timeout=100)
    assert second.returncode == 0, err
    assert f"step {reached}\n" in out  # resumed at epoch …, step …
    assert load_checkpoint(last)["step"] >= reached
