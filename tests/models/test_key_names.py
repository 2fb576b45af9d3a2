"""Which names are translated, and which stay."""

import torch

from course_lib.models.key_names import Naming, by_rules, natural, translate

NAMING = Naming(
    "theirs", r"layers\.0\.ln", r"blocks\.0\.norm", by_rules((r"^layers\.", "blocks."), (r"\.ln\.", ".norm."))
)
OWN = ["backbone.blocks.0.norm.weight", "head.fc.weight"]


def test_a_naming_that_both_sides_know_is_used_also_below_the_backbone() -> None:
    one, two = torch.ones(1), torch.zeros(1)
    found, origins = translate({"backbone.layers.0.ln.weight": one, "head.fc.weight": two}, OWN, [NAMING])
    assert list(found) == OWN and found[OWN[0]] is one
    assert origins == ["theirs"]
    found, _ = translate({"layers.0.ln.weight": one}, ["blocks.0.norm.weight"], [NAMING])
    assert list(found) == ["blocks.0.norm.weight"]


def test_our_own_files_and_those_for_other_models_stay_as_they_are() -> None:
    own = {name: torch.ones(1) for name in OWN}
    assert translate(own, OWN, [NAMING]) == (own, [])
    other = {"layers.0.ln.weight": torch.ones(1)}
    assert translate(other, ["conv1.weight"], [NAMING]) == (other, [])


def test_what_is_no_weight_is_left_out_unless_the_model_has_it() -> None:
    names = ["data_preprocessor.mean", "stages.0.attn.relative_position_index", "stages.0.attn_mask", "w"]
    file = {name: torch.ones(1) for name in names}
    assert list(translate(file, ["w"], [])[0]) == ["w"]
    assert list(translate(file, names[1:2], [])[0]) == [names[1], "w"]


def test_values_in_another_order_are_put_in_ours() -> None:
    turning = Naming("theirs", "a", "b", by_rules(("^a", "b")), change=lambda name, value: value.flip(0))
    found, _ = translate({"a": torch.tensor([1, 2])}, ["b"], [turning])
    assert found["b"].tolist() == [2, 1]


def test_natural_order() -> None:
    assert sorted(["layers.10", "layers.9.1", "layers.9"], key=natural) == ["layers.9", "layers.9.1", "layers.10"]
