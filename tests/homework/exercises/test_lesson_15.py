"""Lesson 15's exercises on right and wrong answers, and against the library's own freezing and loading."""

import copy
import random
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from course_lib import engine
from course_lib.homework.exercises import find, lesson_15
from course_lib.homework.exercises.lesson_15 import (
    best_trial,
    built,
    cnn,
    freeze,
    load_matching,
    resnet,
    swap_head,
    trial,
)
from course_lib.homework.judge import judge

from .cards import card_words, graded_rows

words = partial(card_words, limit_s=30.0)
Log = Sequence[Mapping[str, Any]]


@pytest.mark.parametrize("exercise", lesson_15.EXERCISES, ids=lambda exercise: exercise.name)
@pytest.mark.parametrize(
    ("answer", "texts"),
    [
        (lambda *args: None, ("is there a `return`?", "fits, but is not in the model afterwards.")),
        (lambda *args: 1 / 0, ("ZeroDivisionError: division by zero",)),
        (
            lambda *args: "text",
            ("Return the model.", "fits, but is not in the model afterwards.", "The log has no trial 'text'."),
        ),
        (lambda: None, ("It takes other arguments",)),
    ],
)
def test_wrong_in_any_exercise(exercise: Any, answer: Callable[..., Any], texts: Sequence[str]) -> None:
    said = words(exercise.name, answer)
    assert any(text in said for text in texts), said


# --- freeze -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stages", [-1, 0, 1, 2, 3])
def test_freeze_does_what_frozen_stages_does(stages: int) -> None:
    cfg = resnet(3)
    theirs = built({**cfg, "backbone": {**cfg["backbone"], "frozen_stages": stages}})
    mine = freeze(built(cfg), stages)
    assert [each.requires_grad for each in mine.parameters()] == [each.requires_grad for each in theirs.parameters()]
    pairs = zip(mine.modules(), theirs.modules(), strict=True)
    assert all(one.training == other.training for one, other in pairs if isinstance(one, _BatchNorm))


def parts_of(model: Any, stages: int, *, stem: bool = True) -> list[nn.Module]:
    first = [model.backbone.conv1, model.backbone.bn1] if stem and stages >= 0 else []
    return first + [model.backbone.get_submodule(f"layer{number}") for number in range(1, stages + 1)]


def norms_only(model: nn.Module, stages: int) -> nn.Module:
    """Right, too: of a frozen part only the norms care."""
    for part in parts_of(model, stages):
        for parameter in part.parameters():
            parameter.requires_grad = False
        for module in part.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.eval()
    return model


def no_eval(model: nn.Module, stages: int) -> nn.Module:
    for part in parts_of(model, stages):
        part.requires_grad_(False)
    return model


def eval_only(model: nn.Module, stages: int) -> nn.Module:
    for part in parts_of(model, stages):
        part.eval()
    return model


def eval_undone(model: nn.Module, stages: int) -> nn.Module:
    return freeze(model, stages).train()


def eval_everywhere(model: nn.Module, stages: int) -> nn.Module:
    return freeze(model, stages).eval()


def no_stem(model: nn.Module, stages: int) -> nn.Module:
    for part in parts_of(model, stages, stem=False):
        part.requires_grad_(False).eval()
    return model


def stem_always(model: nn.Module, stages: int) -> nn.Module:
    return freeze(model, max(stages, 0))


def no_bn1(model: Any, stages: int) -> nn.Module:
    freeze(model, stages)
    model.backbone.bn1.requires_grad_(True).train()
    return model


def whole_backbone(model: Any, stages: int) -> nn.Module:
    model.backbone.requires_grad_(False).eval()
    return model


def zeroed(model: nn.Module, stages: int) -> nn.Module:
    for part in parts_of(model, stages):
        for parameter in part.parameters():
            parameter.data.zero_()
    return freeze(model, stages)


def and_returns_none(model: nn.Module, stages: int) -> None:
    freeze(model, stages)


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (no_eval, "`backbone.bn1.running_mean` moved in a training step, although its part is frozen (stages is 1)."),
        (eval_undone, "A BatchNorm in training mode follows the new pictures."),
        (eval_everywhere, "`backbone.layer2.0.bn1.running_mean` did not move in a training step. With stages 1"),
        (eval_only, "`backbone.conv1.weight` still trains, and stages is 1."),
        (lambda model, stages: model, "`backbone.conv1.weight` still trains"),
        (no_stem, "`backbone.conv1.weight` still trains"),
        (no_bn1, "`backbone.bn1.weight` still trains"),
        (stem_always, "-1: nothing is frozen"),
        (
            lambda model, stages: freeze(model, stages + 1),
            "`backbone.layer2.0.conv1.weight` is frozen, but with stages 1",
        ),
        (lambda model, stages: freeze(model, stages - 1), "`backbone.layer1.0.conv1.weight` still trains"),
        (whole_backbone, "is frozen, but with stages 1 it should train."),
        (lambda model, stages: model.requires_grad_(False), "is frozen, but with stages 1 it should train."),
        (zeroed, "has another value: freezing changes no weight."),
        (and_returns_none, "is there a `return`?"),
        (lambda model, stages: stages, "Return the model."),
        (lambda model, stages: freeze(model, stages).backbone, "Return the model."),
        (lambda model, stages: freeze(model.backbone, stages), "AttributeError"),
    ],
)
def test_freeze(answer: Callable[..., Any], text: str) -> None:
    assert text in words("15.freeze", answer)


def test_freezing_the_norms_alone_passes() -> None:
    assert judge(find("15.freeze"), norms_only).status == "passed"


# --- swap_head --------------------------------------------------------------------------------------------------------


def with_layer(make: Callable[[Any, int], Any]) -> Callable[..., Any]:
    """An answer that puts what ``make`` makes of the old layer in its place."""

    def answer(model: Any, n: int) -> nn.Module:
        model.head.fc = make(model.head.fc, n)
        return model  # type: ignore[no-any-return]

    return answer


def first_rows(layer: nn.Linear, n: int) -> nn.Linear:
    new = nn.Linear(layer.in_features, n)
    with torch.no_grad():
        new.weight[: layer.out_features] = layer.weight[:n]
    return new


def by_data(model: Any, n: int) -> nn.Module:
    model.head.fc.weight.data = torch.randn(n, model.head.fc.in_features)
    return model  # type: ignore[no-any-return]


def restless(model: Any, n: int) -> nn.Module:
    for module in model.modules():
        if isinstance(module, nn.Conv2d):
            module.reset_parameters()
    return swap_head(model, n)


def head_before(model: Any, n: int) -> nn.Module:
    model.head = nn.Linear(model.head.fc.in_features, n)
    return model  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (with_layer(lambda layer, n: nn.Linear(8, n)), "The layer takes 8 features; this backbone gives 24"),
        (with_layer(lambda layer, n: nn.Linear(96, n)), "The layer takes 96 features; this backbone gives 8"),
        (with_layer(lambda layer, n: nn.Linear(layer.out_features, n)), "The layer takes 7 features"),
        (with_layer(lambda layer, n: nn.Linear(n, layer.in_features)), "The layer is the wrong way round"),
        (with_layer(lambda layer, n: nn.Linear(layer.in_features, 3)), "gives 3 scores, one for each of 7 classes"),
        (with_layer(lambda layer, n: nn.Linear(layer.in_features, n, bias=False)), "a weight and a bias"),
        (with_layer(lambda layer, n: layer), "seven classes become three"),
        (with_layer(lambda layer, n: nn.Sequential(nn.Linear(layer.in_features, n))), "a weight and a bias"),
        (with_layer(first_rows), "These are weights of the old classes: begin anew."),
        (
            with_layer(lambda layer, n: layer if layer.out_features == n else nn.Linear(layer.in_features, n)),
            "as many classes as before, but others",
        ),
        (
            with_layer(lambda layer, n: nn.Linear(layer.in_features, n).requires_grad_(False)),
            "The new layer must train.",
        ),
        (by_data, "a weight and a bias of an nn.Linear"),
        (head_before, "a weight and a bias of an nn.Linear"),
        (restless, "should stay as it was: only the head is new."),
        (lambda model, n: nn.Linear(8, n), "Return the model."),
        (lambda model, n: swap_head(model, n).head, "Return the model."),
        (lambda model, n: swap_head(model, n) and None, "is there a `return`?"),
    ],
)
def test_swap_head(answer: Callable[..., Any], text: str) -> None:
    assert text in words("15.swap_head", answer)


def test_a_head_that_begins_at_zero_passes() -> None:
    def zero(layer: nn.Linear, n: int) -> nn.Linear:
        new = nn.Linear(layer.in_features, n)
        nn.init.zeros_(new.weight)
        return new

    assert judge(find("15.swap_head"), with_layer(zero)).status == "passed"


# --- load_matching ----------------------------------------------------------------------------------------------------


def test_load_matching_leaves_out_what_load_from_leaves_out() -> None:
    source, mine, theirs = built(cnn(7, 4, 6)).state_dict(), built(cnn(3, 4, 6)), built(cnn(3, 4, 6))
    source = {name: value + 1 for name, value in source.items()} | {"ema.decay": torch.ones(1)}
    skipped = load_matching(mine, source)
    report = engine.load_weights(theirs, source, "source", partial=True)
    assert sorted(skipped) == sorted(line.partition(":")[0] for line in report)
    for name, value in theirs.state_dict().items():
        assert torch.equal(value, mine.state_dict()[name]), name


State = dict[str, Tensor]


def loading(
    fits: Callable[[State, str, Tensor], bool] = lambda own, name, value: (
        name in own and own[name].shape == value.shape
    ),
    named: Callable[[State, list[str]], Any] = lambda state, skipped: skipped,
) -> Callable[..., Any]:
    """An answer with another idea of what fits, or of what to return."""

    def answer(model: nn.Module, state: State) -> Any:
        own, skipped = model.state_dict(), []
        for name, value in state.items():
            if fits(own, name, value):
                own[name].copy_(value)
            else:
                skipped.append(name)
        return named(state, skipped)

    return answer


def strict(model: nn.Module, state: State) -> list[str]:
    model.load_state_dict(state)
    return []


def torchs_not_strict(model: nn.Module, state: State) -> list[str]:
    return list(model.load_state_dict(state, strict=False).unexpected_keys)


def parameters_only(model: nn.Module, state: State) -> list[str]:
    own = dict(model.named_parameters())
    fitting = {name: value for name, value in state.items() if name in own and own[name].shape == value.shape}
    model.load_state_dict(fitting, strict=False)
    return [name for name in state if name not in fitting]


def resets_the_rest(model: nn.Module, state: State) -> list[str]:
    for name, value in model.state_dict().items():
        if name not in state:
            value.zero_()
    return load_matching(model, state)


def pops(model: nn.Module, state: State) -> list[str]:
    skipped = load_matching(model, state)
    for name in skipped:
        state.pop(name)
    return skipped


def same_size(own: State, name: str, value: Tensor) -> bool:
    """Whether there is something of that name that the numbers could be poured into."""
    return name in own and own[name].numel() == value.numel()


def poured(model: nn.Module, state: State) -> list[str]:
    own, skipped = model.state_dict(), []
    for name, value in state.items():
        if same_size(own, name, value):
            own[name].copy_(value.reshape(own[name].shape))
        else:
            skipped.append(name)
    return skipped


def broadcasts(own: State, name: str, value: Tensor) -> bool:
    if name not in own:
        return False
    return bool(own[name].shape == value.shape or (value.ndim == 1 and len(value) == 1))


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (strict, "a head for seven classes: it does not fit"),
        (strict, "RuntimeError"),
        (torchs_not_strict, "size mismatch"),
        (poured, "`head.fc.weight` does not fit, so the model should keep its own values."),
        (loading(fits=broadcasts), "`head.fc.bias` does not fit, so the model should keep its own values."),
        (loading(fits=lambda own, name, value: name in own), "RuntimeError"),
        (loading(fits=lambda own, name, value: own[name].shape == value.shape), "a name that the model does not know"),
        (loading(fits=lambda own, name, value: False), "fits, but is not in the model afterwards."),
        (
            loading(fits=lambda own, name, value: "head" not in name and name in own),
            "`head.fc.weight` fits, but is not",
        ),
        (parameters_only, "Statistics are in state_dict(), not in named_parameters()."),
        (loading(named=lambda state, skipped: None), "the names of what was left out are missing."),
        (loading(named=lambda state, skipped: []), "`head.fc.weight` was left out and is not named."),
        (loading(named=lambda state, skipped: list(state)), "is named, but it was not left out."),
        (loading(named=lambda state, skipped: skipped[:1]), "`head.fc.bias` was left out and is not named."),
        (loading(named=lambda state, skipped: skipped[::-1]), "in the order of state"),
        (loading(named=lambda state, skipped: len(skipped)), "These are not the names that were left out"),
        (resets_the_rest, "`head.fc.weight` does not fit, so the model should keep its own values."),
        (pops, "The function changed `state`, which is the caller's."),
    ],
)
def test_load_matching(answer: Callable[..., Any], text: str) -> None:
    assert text in words("15.load_matching", answer)


def test_a_tuple_of_names_passes() -> None:
    answer = loading(named=lambda state, skipped: tuple(skipped))
    assert judge(find("15.load_matching"), answer).status == "passed"


# --- best_trial -------------------------------------------------------------------------------------------------------


def test_best_trial_by_hand() -> None:
    assert best_trial([trial(4, 80.0, 90.0), trial(9, 86.0, 86.0), trial(2)]) == 9
    assert best_trial([trial(4, 80.0, steps=20), trial(9, 80.0, steps=10)]) == 9
    assert best_trial([]) is None


def by(key: Callable[[Mapping[str, Any]], Any]) -> Callable[[Log], int | None]:
    """The trial with the largest key, of those that have values."""

    def answer(log: Log) -> int | None:
        done = [row for row in log if row["values"]]
        return max(done, key=key)["trial"] if done else None

    return answer


def not_safe(log: Log) -> Any:
    return max(log, key=lambda row: (fmean(row["values"]), -row["steps"]))["trial"]


def with_failed(log: Log) -> Any:
    return max(log, key=lambda row: (sum(row["values"]) / max(len(row["values"]), 1), -row["steps"]))["trial"]


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (by(lambda row: row["lr"]), "one seed each | 1 | 2 | Trial 1 has the mean 40, trial 2 has 85."),
        (lambda log: log[-1]["trial"], "Trial 3 has the mean 70, trial 2 has 85."),
        (by(lambda row: -fmean(row["values"])), "Trial 1 has the mean 40, trial 2 has 85."),
        (by(lambda row: max(row["values"])), "a lucky seed, and a good mean | 1 | 2"),
        (by(lambda row: fmean(row["best"])), "a lucky moment"),
        (by(lambda row: (sum(row["values"]), -row["steps"])), "more seeds are no merit"),
        (by(lambda row: fmean(row["values"])), "Both have the mean 89, but trial 3 took 10 steps, not 40."),
        (by(lambda row: (fmean(row["values"]), row["steps"])), "three equal means: the fewest steps"),
        (by(lambda row: (-row["steps"], fmean(row["values"]))), "numbers that are not in order"),
        (lambda log: 1 + max(range(len(log)), key=lambda i: fmean(log[i]["values"])), "The log has no trial 2."),
        (lambda log: max(log, key=lambda row: row["values"]), "Return the trial's number, not its row."),
        (lambda log: float(best_trial(log) or 0), "The log has no trial 2."),
        (lambda log: str(best_trial(log)), "The log has no trial '2'."),
        (lambda log: fmean(log[1]["values"]), "The log has no trial 85."),
        (not_safe, "trials that failed: no values"),
        (with_failed, "No trial came to an end, so none is the best."),
        (lambda log: best_trial(log) or log[0]["trial"], "every trial failed"),
        (lambda log: 99, "The log has no trial 99."),
        (lambda log: True, "The log has no trial True."),
        (lambda log: log.sort(key=lambda row: row["trial"]) or best_trial(log), "changed its input `log`"),
    ],
)
def test_best_trial(answer: Callable[..., Any], text: str) -> None:
    assert text in words("15.best_trial", answer)


def test_other_right_ways_pass() -> None:
    def by_sorting(log: Log) -> Any:
        rows = copy.deepcopy([row for row in log if row["values"]])
        random.shuffle(rows)
        rows.sort(key=lambda row: row["steps"])
        rows.sort(key=lambda row: -np.mean(row["values"]))
        return np.int64(rows[0]["trial"]) if rows else None

    assert judge(find("15.best_trial"), by_sorting).status == "passed"


def test_it_reads_the_log_of_a_sweep() -> None:
    from course_lib.sweep import Row

    rows = [Row(1, {}, steps=10, values=[50.0]), Row(2, {}, steps=40, values=[90.0]), Row(3, {}, "failed")]
    assert best_trial([vars(row) for row in rows]) == 2


# --- in the grader ----------------------------------------------------------------------------------------------------

SUBMISSION = """
from torch import nn

def freeze(model, stages):
    parts = [model.backbone.conv1, model.backbone.bn1] if stages >= 0 else []
    parts += [getattr(model.backbone, f"layer{i + 1}") for i in range(stages)]
    for part in parts:
        part.requires_grad_(False)STILL
    return model

def swap_head(model, n):
    model.head.fc = nn.Linear(model.head.fc.in_features, n)
    return model

def load_matching(model, state):
    own = model.state_dict()
    skipped = [name for name in state if name not in own or own[name].shape != state[name].shape]
    model.load_state_dict({name: state[name] for name in state if name not in skipped}, strict=False)
    return skipped

def best_trial(log):
    done = [row for row in log if row["values"]]
    key = lambda row: (sum(row["values"]) / len(row["values"]), -row["steps"])
    return max(done, key=key)["trial"] if done else None
"""


def test_submissions_are_graded_in_the_sandbox(tmp_path: Path) -> None:
    submissions = {"right": SUBMISSION.replace("STILL", ".eval()"), "wrong": SUBMISSION.replace("STILL", "")}
    rows, page = graded_rows("15", tmp_path, submissions)
    assert rows[0][1:-1] == [exercise.name for exercise in lesson_15.EXERCISES]
    assert rows[1:] == [["right", "3", "1", "2", "2", "8"], ["wrong", "0", "1", "2", "2", "5"]]
    assert "A BatchNorm in training mode follows the new pictures." in page
