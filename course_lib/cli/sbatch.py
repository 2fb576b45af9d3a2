"""``course sbatch``: a job file for a Slurm cluster, whose training goes on by itself after its time is over."""

import argparse
import shlex
import sys
from pathlib import Path

from course_lib.cli.parsing import Subparsers, add_command, before_work
from course_lib.config import load_config, parse_options

GRACE_S = 120  # between Slurm's warning and its kill: enough to end a step and write a checkpoint


def add_parser(subparsers: Subparsers) -> None:
    """Add the command."""
    parser = add_command(
        subparsers,
        "sbatch",
        "write a job file for a Slurm cluster",
        [
            "sbatch lessons/lenet_digits --partition gpu --nodes 2 --gpus-per-node 4 --time 12:00:00 --out job.sh",
            "sbatch my_config.py --time 2:00:00 --seed 1 --work-dir work_dirs/mine | sbatch",
        ],
        more="One process a GPU trains. When the job's time is over, or its place is needed for others, the training\n"
        "writes a checkpoint and the job queues again to go on from it. What is no option of this command is one of\n"
        "`course train`.",
    )
    parser.add_argument("config", metavar="CONFIG", help="a config file, or the name of a ready-made one")
    parser.add_argument("--partition", metavar="NAME", help="the queue; otherwise the cluster's default")
    parser.add_argument("--account", metavar="NAME", help="who is charged")
    parser.add_argument("--nodes", metavar="N", type=int, default=1, help="computers (default 1)")
    parser.add_argument("--gpus-per-node", metavar="N", type=int, default=1, help="GPUs of each (default 1); 0: CPU")
    parser.add_argument("--cpus-per-task", metavar="N", type=int, default=4, help="CPU cores a process (default 4)")
    parser.add_argument("--time", metavar="D-HH:MM:SS", help="the longest it may take; otherwise the queue's default")
    parser.add_argument("--out", metavar="FILE", type=Path, help="where to write it; otherwise it is printed")
    parser.set_defaults(run=run, passed_on=[])


def run(args: argparse.Namespace) -> int:
    """Check the training's own options, and write the job."""
    words = [args.config, *args.passed_on]
    with before_work():  # mistakes are cheaper here than after a night in the queue
        train = train_options(words)
        load_config(args.config, parse_options(train.cfg_options))
    text = job(args, words)
    if args.out is None:
        print(text, end="")
    else:
        args.out.write_text(text, encoding="utf-8")
        print(f"Next:  sbatch {shlex.quote(str(args.out))}")
    return 0


def train_options(words: list[str]) -> argparse.Namespace:
    """The words as ``course train`` reads them.

    Raises:
        SystemExit: with 2, where it does not know them; what is wrong has been printed.
    """
    from course_lib.cli import parse

    return parse(["train", *words])


def job(args: argparse.Namespace, words: list[str]) -> str:
    """The job file.

    Slurm's warning goes to the shell (``B:``), which hands it on to all processes through ``srun`` and, once they have
    ended well, queues the job again. A job that ended by itself is not queued again.
    """
    asked = {
        "job-name": Path(args.config).stem,
        "partition": args.partition,
        "account": args.account,
        "nodes": args.nodes,
        "ntasks-per-node": max(args.gpus_per_node, 1),
        "gpus-per-node": args.gpus_per_node or None,
        "cpus-per-task": args.cpus_per_task,
        "time": args.time,
        "output": "%x-%j.out",
        "open-mode": "append",
        "signal": f"B:TERM@{GRACE_S}",
    }
    lines = [f"#SBATCH --{name}={value}" for name, value in asked.items() if value is not None]
    train = shlex.join([sys.executable, "-m", "course_lib.cli", "train", *words, "--launcher", "slurm", "--resume"])
    return "\n".join(["#!/bin/bash", *lines, "#SBATCH --requeue", *SCRIPT.format(train=train).splitlines()]) + "\n"


SCRIPT = """
trap 'kill -TERM "$training"; stopped=yes' TERM
srun --kill-on-bad-exit=1 {train} &
training=$!
wait "$training"
status=$?
if [ "${{stopped:-}}" ]; then  # the trap cut the first wait short
    wait "$training"
    status=$?
    [ "$status" -ne 0 ] || scontrol requeue "$SLURM_JOB_ID"
fi
exit "$status"
"""
