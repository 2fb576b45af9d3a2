"""The table that ``course parity`` writes: one classifier of each family measured here, the numbers of all of them."""

import ast
import re

import pytest
import torch
from torch import nn

from course_lib.builders import build_model
from course_lib.config import Config, check

from .families import FAMILIES, OWN
from .measure import PARTS, Measured, apart, measure
from .models import line
from .reference import Reference, by_name, in_order

REFERENCES = {reference.part: reference for references in FAMILIES.values() for reference in references}
SMALLEST = [references[0].part for references in FAMILIES.values()]
DIGIT, TINY = ((1, 28, 28), 10), ((3, 32, 32), 10)
SMALL = {"lenet5": DIGIT, "mlp": DIGIT, "small_cnn": TINY, "airbench94": TINY}
ALL_PARTS = sorted(path.relative_to(PARTS).with_suffix("").as_posix() for path in PARTS.rglob("*.py"))


def test_every_ready_made_model_is_listed() -> None:
    assert {*REFERENCES, *OWN} == set(ALL_PARTS)


@pytest.mark.parametrize("part", ALL_PARTS)
def test_a_ready_made_model_has_the_published_parameters_and_says_so(part: str) -> None:
    cfg = Config.fromfile(PARTS / f"{part}.py")
    assert check(cfg) == []
    with torch.device("meta"):
        model: nn.Module = build_model(cfg["model"])
        found = sum(parameter.numel() for parameter in model.parameters())
        picture, num_classes = SMALL.get(part, TINY if part.endswith("_cifar") else ((3, 224, 224), 1000))
        assert model(torch.empty(2, *picture)).shape == (2, num_classes)
    about = ast.get_docstring(ast.parse((PARTS / f"{part}.py").read_text(encoding="utf-8"))) or ""
    assert f"{found:,} parameters" in about
    if part in REFERENCES:
        assert found == REFERENCES[part].number()


@pytest.mark.parametrize("part", SMALLEST)
def test_one_of_each_family_is_as_its_reference(part: str) -> None:
    found = measure(REFERENCES[part])
    assert found.passed, line(found)


def test_the_cifar_resnets_have_the_millions_of_the_papers_table() -> None:
    said = {r.part: r for r in FAMILIES["ResNet for CIFAR"] if "the paper" in r.source}
    assert len(said) == 5
    for reference in said.values():
        digits = re.search(r"table 6: 0?(\d*\.(\d+)) million", reference.source)
        assert digits and f"{reference.number() / 1e6:.{len(digits[2])}f}".lstrip("0") == digits[1]


def test_only_what_no_library_has_is_without_a_reference() -> None:
    assert [part for part, reference in REFERENCES.items() if reference.make is None] == [
        "shufflenet_v1/shufflenet_v1_1x"
    ]


# --- that a difference would be seen ----------------------------------------------------------------------------------


def broken(**changes: object) -> Reference:
    reference = REFERENCES["resnet/resnet20_cifar"]
    return Reference(**{**vars(reference), **changes})  # type: ignore[arg-type]


def test_a_wrong_number_fails() -> None:
    found = measure(broken(published=269_723))
    assert not found.passed
    assert "| 269,722 | 269,723 (" in line(found) and "| **no** |" in line(found)


def test_other_outputs_fail() -> None:
    def swapped() -> nn.Module:
        network = REFERENCES["resnet/resnet20_cifar"].make()  # type: ignore[misc]
        network[2] = nn.LeakyReLU(0.01)
        return network

    found = measure(broken(make=swapped))
    assert not found.passed
    assert found.difference is not None and f"| **{found.difference:.1e}** |" in line(found)


def test_a_missing_gradient_fails() -> None:
    found = Measured(broken(), 1, 1, 0.0, None, 2, 3)
    assert not found.passed
    assert "**2 of 3**" in line(found)


def test_apart_by_hand() -> None:
    expected = torch.tensor([[1.0, -4.0], [2.0, 1.0]])
    assert apart(expected + torch.tensor([[0.0, 1.0], [1.0, 0.0]]), expected) == 0.5
    assert apart(expected / 0, expected) == float("inf")


def test_names() -> None:
    theirs = {"a.b.weight": torch.ones(2, 3, 1, 1), "fc.bias": torch.ones(2), "table": torch.ones(1)}
    ours = {"backbone.c.weight": torch.zeros(2, 3), "head.fc.bias": torch.zeros(2)}
    found = by_name({"fc.": "head.fc."}, (r"\.a\.b\.", ".c."))(theirs, ours)
    assert {name: value.shape for name, value in found.items()} == {name: value.shape for name, value in ours.items()}
    assert list(in_order({"x": torch.ones(1)}, {"y": torch.zeros(1)})) == ["y"]
    with pytest.raises(ValueError, match="longer"):
        in_order({"x": torch.ones(1)}, {})
