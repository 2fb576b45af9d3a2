"""What Slurm tells a process that ``srun`` started, in torchrun's words."""

import re
from collections.abc import Mapping

from course_lib.config.errors import ConfigError

NEEDED = ("SLURM_PROCID", "SLURM_NTASKS", "SLURM_LOCALID", "SLURM_JOB_ID")
NODES = ("SLURM_STEP_NODELIST", "SLURM_JOB_NODELIST", "SLURM_NODELIST")


def torchrun_variables(environment: Mapping[str, str]) -> dict[str, str]:
    """torchrun's variables from srun's (https://slurm.schedmd.com/srun.html, "Output environment variables").

    The processes meet on the first node, at a port between 20,000 and 59,999 that comes from the number of the job, so
    that two jobs on a node seldom take the same. ``MASTER_ADDR`` and ``MASTER_PORT`` count where they are set.

    Raises:
        ConfigError: these are no variables of a process that srun started.
    """
    missing = [name for name in NEEDED if name not in environment]
    nodes = next((environment[name] for name in NODES if name in environment), None)
    if missing or nodes is None:
        raise ConfigError(
            f"launcher 'slurm' did not start this process: {' '.join(missing or NODES[:1])} is not set. "
            "Start it with srun in a job; `course sbatch CONFIG` writes one."
        )
    return {
        "RANK": environment["SLURM_PROCID"],
        "WORLD_SIZE": environment["SLURM_NTASKS"],
        "LOCAL_RANK": environment["SLURM_LOCALID"],
        "MASTER_ADDR": environment.get("MASTER_ADDR", first_node(nodes)),
        "MASTER_PORT": environment.get("MASTER_PORT", str(20_000 + int(environment["SLURM_JOB_ID"]) % 40_000)),
    }


def first_node(nodes: str) -> str:
    """``'gpu[03-05,9],login1'`` → ``'gpu03'``: the first of a list of nodes as Slurm writes it, without its tools."""
    first = re.match(r"(?:\[[^\]]*\]|[^,\[])*", nodes)
    assert first is not None  # it may be empty
    return re.sub(r"\[(\w+)[^\]]*\]", r"\1", first.group())
