"""The linear rule: twice the batch, twice the rate."""

import pytest

from course_lib.optim import LinearRule, batch_size_in


def test_the_rate_grows_with_the_batch() -> None:
    assert LinearRule(0.1, base_batch_size=256, batch_size=8192, enable=True).factor == 32  # the paper's largest
    assert LinearRule(0.1, 256, 64, enable=True).factor == 0.25
    assert LinearRule(0.1, 256, 64, enable=False).factor == 1


def test_what_it_says() -> None:
    assert str(LinearRule(0.1, 256, 64, enable=False)) == (
        "lr 0.1 was set for batches of 256; yours are 64: the linear rule says lr=0.025 "
        "(auto_scale_lr=dict(base_batch_size=256, enable=True) does it)"
    )
    assert str(LinearRule(0.0005, 1024, 4096, enable=True)) == (
        "lr 0.0005 was set for batches of 1,024; yours are 4,096: scaled by the linear rule to lr=0.002"
    )
    assert str(LinearRule(0.1, 256, 256, enable=True)) == ""


@pytest.mark.parametrize(
    ("name", "batch_size"),
    [("resnet50_8xb32_in1k", 256), ("deit-base_16xb64_in1k", 1024), ("8xb16", 128), ("resnet50_b32", None), ("", None)],
)
def test_batches_in_names(name: str, batch_size: int | None) -> None:
    assert batch_size_in(name) == batch_size
