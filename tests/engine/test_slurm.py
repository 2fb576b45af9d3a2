"""Slurm's variables as torchrun's; the lists of nodes are those of Slurm's manual."""

import pytest

from course_lib.config.errors import ConfigError
from course_lib.engine.slurm import first_node, torchrun_variables

SRUN = {"SLURM_PROCID": "5", "SLURM_NTASKS": "8", "SLURM_LOCALID": "1", "SLURM_JOB_ID": "1234567"}


@pytest.mark.parametrize(
    ("nodes", "first"),
    [
        ("gpu7", "gpu7"),
        ("gpu7,gpu9", "gpu7"),
        ("gpu[03-05,9],login1", "gpu03"),
        ("gpu[9,11-12]", "gpu9"),
        ("rack[1-2]node[4-5]", "rack1node4"),
        ("n[003]-ib,other", "n003-ib"),
    ],
)
def test_the_first_node_of_a_list(nodes, first):
    assert first_node(nodes) == first


def test_a_process_of_srun():
    assert torchrun_variables({**SRUN, "SLURM_STEP_NODELIST": "gpu[03-04]"}) == {
        "RANK": "5",
        "WORLD_SIZE": "8",
        "LOCAL_RANK": "1",
        "MASTER_ADDR": "gpu03",
        "MASTER_PORT": "54567",
    }


def test_a_port_that_is_given_counts():
    given = {**SRUN, "SLURM_JOB_NODELIST": "a,b", "MASTER_PORT": "29500", "MASTER_ADDR": "10.0.0.1"}
    found = torchrun_variables(given)
    assert (found["MASTER_PORT"], found["MASTER_ADDR"]) == ("29500", "10.0.0.1")


@pytest.mark.parametrize("missing", ["SLURM_PROCID", "SLURM_NTASKS", "SLURM_STEP_NODELIST"])
def test_without_srun(missing):
    there = {**SRUN, "SLURM_STEP_NODELIST": "gpu1"}
    del there[missing]
    with pytest.raises(ConfigError, match=f"did not start this process: {missing} is not set.*course sbatch"):
        torchrun_variables(there)
