"""Devices by name."""

import mmap
import platform
import subprocess
import sys

import pytest
import torch

from course_lib.config.errors import ConfigError
from course_lib.engine import autocast, pick_device


def test_auto_takes_what_is_there():
    assert pick_device("auto").type == ("cuda" if torch.cuda.is_available() else pick_device("auto").type)
    assert pick_device("cpu") == torch.device("cpu")


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has CUDA")
def test_a_missing_device_is_an_error_that_lists_what_is_there():
    with pytest.raises(ConfigError, match=r"device 'cuda:1' is not available here; this machine offers 'cpu'"):
        pick_device("cuda:1")


def test_a_misspelt_device():
    with pytest.raises(ConfigError, match=r"there is no device 'cudaa'. Did you mean 'cuda'\?"):
        pick_device("cudaa")


def test_autocast_computes_in_bfloat16_only_where_asked():
    x = torch.randn(2, 2)
    with autocast(torch.device("cpu"), True):
        assert (x @ x).dtype == torch.bfloat16
    with autocast(torch.device("cpu"), False):
        assert (x @ x).dtype == torch.float32


FAULTS = """
import resource, torch
from course_lib.engine.device import keep_freed_memory
kept = keep_freed_memory()
for round in range(12):
    if round == 2:  # the allocator has seen the sizes
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    blocks = [torch.ones(6_000_000) for _ in range(4)]  # 24 MB each
    del blocks
print(kept, resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another allocator than glibc's is left as it is")
def test_freed_memory_is_kept_for_the_next_step():
    """Pages that the system has to give again: with the allocator as it is, most of those of 10 times 96 MB."""
    done = subprocess.run([sys.executable, "-c", FAULTS], capture_output=True, text=True, check=True)
    kept, faults = done.stdout.split()
    assert kept == "True"
    assert int(faults) < 0.1 * 10 * 96_000_000 / mmap.PAGESIZE
