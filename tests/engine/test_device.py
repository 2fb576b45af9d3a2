"""Devices by name."""

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
