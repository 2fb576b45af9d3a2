"""Lesson 15, fine-tuning: a new head, weights that fit, parts that stay frozen, and the best trial of a log."""

import copy
from collections.abc import Iterator, Mapping, Sequence
from statistics import fmean
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from course_lib.builders import build

from ..compare import Case, Difference, short
from ..exercise import Answer, Exercise

# --- the networks -----------------------------------------------------------------------------------------------------


def resnet(num_classes: int, channels: int = 4) -> dict[str, Any]:
    """The config of a small ResNet with stem, layer1, layer2 and layer3; the last gives 4 · ``channels`` channels."""
    backbone = {"type": "ResNet", "depth": 18, "num_stages": 3, "stem_channels": channels, "base_channels": channels}
    head = {"type": "LinearClsHead", "num_classes": num_classes, "in_channels": 4 * channels}
    return {"type": "ImageClassifier", "backbone": backbone, "neck": {"type": "GlobalAveragePooling"}, "head": head}


def cnn(num_classes: int, *widths: int) -> dict[str, Any]:
    """The config of a small network without stages."""
    head = {"type": "LinearClsHead", "num_classes": num_classes, "in_channels": widths[-1]}
    backbone = {"type": "SmallCNN", "widths": widths}
    return {"type": "ImageClassifier", "backbone": backbone, "neck": {"type": "GlobalAveragePooling"}, "head": head}


def built(cfg: Mapping[str, Any]) -> nn.Module:
    """The network of a config, in training mode, always with the same weights."""
    torch.manual_seed(0)
    model: nn.Module = build(dict(cfg))
    return model.train()


def values_of(model: nn.Module) -> dict[str, Tensor]:
    """A copy of all weights and statistics."""
    return {name: value.clone() for name, value in model.state_dict().items()}


def changed(before: Mapping[str, Tensor], after: Mapping[str, Tensor]) -> list[str]:
    """The names of what is another value, another shape or gone."""
    return [name for name, value in before.items() if name not in after or not torch.equal(value, after[name])]


def is_it(returned: Any, before: Mapping[str, Tensor], but: tuple[str, ...] = ()) -> bool:
    """Whether this is the model that had these values, going by the names of those that do not begin with ``but``."""
    if not isinstance(returned, nn.Module):
        return False
    now, once = ({name for name in names if not name.startswith(but)} for names in (returned.state_dict(), before))
    return now == once


def no_model(got: Any) -> Difference:
    """For an answer that did not return the model."""
    why = "The function returned None: is there a `return`?" if got is None else "Return the model."
    return Difference(short(got), "the model", why)


# --- freeze -----------------------------------------------------------------------------------------------------------

FREEZE = '''def freeze(model, stages):
    """Freeze the first parts of a classifier whose backbone is a ResNet; returns the model.

    stages: -1 freezes nothing, 0 the stem (model.backbone.conv1 and .bn1), 1 also .layer1, 2 also .layer2, and so on.
    The weights of a frozen part get no gradient, its BatchNorms are in evaluation mode. All else stays as it is.
    """
    parts = [...]
    for part in parts:
        part.requires_grad_(False)
        ...
    return model
'''


def freeze(model: nn.Module, stages: int) -> nn.Module:
    backbone: Any = model.backbone
    parts = [backbone.conv1, backbone.bn1] if stages >= 0 else []
    parts += [getattr(backbone, f"layer{number}") for number in range(1, stages + 1)]
    for part in parts:
        part.requires_grad_(False)
        part.eval()
    return model


def freeze_cases(rng: np.random.Generator) -> Iterator[Case]:
    yield Case((resnet(3), 1), "the stem and one stage")
    yield Case((resnet(3), 0), "the stem alone")
    yield Case((resnet(3), -1), "-1: nothing is frozen")
    yield Case((resnet(3), 3), "every stage: only the head trains")
    yield Case((resnet(int(rng.integers(2, 9)), int(rng.integers(3, 7))), int(rng.integers(1, 4))))


def look_at_frozen(answer: Answer, cfg: Mapping[str, Any], stages: int) -> Any:
    """After the answer, and after one training step: what gets a gradient, what has moved."""
    model = built(cfg)
    before = values_of(model)
    returned = answer(model, stages)
    if not is_it(returned, before):
        return None if returned is None else short(returned)
    replaced = changed(before, returned.state_dict())
    trains = [name for name, parameter in returned.named_parameters() if parameter.requires_grad]
    if trains:
        pictures = torch.randn(6, 3, 32, 32, generator=torch.Generator().manual_seed(1))
        with torch.enable_grad():
            returned(pictures).square().sum().backward()
    buffers = dict(returned.named_buffers())
    moved = [name for name in changed(before, returned.state_dict()) if name in buffers and name not in replaced]
    return {"trains": trains, "follows": [name for name in moved if "running_mean" in name], "replaced": replaced}


def is_frozen(case: Case, got: Any, expected: Any) -> Difference | None:
    """Whether the right weights are frozen, and the statistics of the same parts."""
    if not isinstance(got, Mapping):
        return no_model(got)
    if got["replaced"]:
        why = f"`{got['replaced'][0]}` has another value: freezing changes no weight."
        return Difference(short(got["replaced"]), "[]", why)
    stages = case.args[1]
    for key, too_many, too_few in (
        ("trains", "`{}` still trains, and stages is {}.", "`{}` is frozen, but with stages {} it should train."),
        (
            "follows",
            "`{}` moved in a training step, although its part is frozen (stages is {}). A BatchNorm in training mode "
            "follows the new pictures.",
            "`{}` did not move in a training step. With stages {} its part is not frozen and stays in training mode.",
        ),
    ):
        extra = [name for name in got[key] if name not in expected[key]]
        missing = [name for name in expected[key] if name not in got[key]]
        for names, why in ((extra, too_many), (missing, too_few)):
            if names:
                said = [f"{each[key][0]} … {each[key][-1]}" if each[key] else "nothing" for each in (got, expected)]
                return Difference(f"{key}: {said[0]}", f"{key}: {said[1]}", why.format(names[0], stages))
    return None


# --- swap_head --------------------------------------------------------------------------------------------------------

SWAP_HEAD = '''def swap_head(model, n):
    """Give a classifier a fresh last layer, for n classes; returns the model.

    The last layer is model.head.fc, an nn.Linear. The new one takes as many features as the old one did.
    """
    model.head.fc = nn.Linear(..., ...)
    return model
'''


def swap_head(model: nn.Module, n: int) -> nn.Module:
    head: Any = model.head
    head.fc = nn.Linear(head.fc.in_features, n)
    return model


def swap_cases(rng: np.random.Generator) -> Iterator[Case]:
    yield Case((cnn(7, 8), 3), "seven classes become three")
    yield Case((cnn(3, 8), 7), "three classes become seven")
    yield Case((cnn(10, 4, 24), 2), "24 features, not 8")
    yield Case((cnn(5, 8), 5), "as many classes as before, but others")
    yield Case((cnn(int(rng.integers(2, 9)), int(rng.integers(9, 40))), int(rng.integers(2, 9))))


def look_at_head(answer: Answer, cfg: Mapping[str, Any], n: int) -> Any:
    """After the answer: the head's tensors, whether they are the old ones, and the scores' shape."""
    model = built(cfg).eval().requires_grad_(False)  # a frozen network: what is new must train all the same
    before = values_of(model)
    torch.manual_seed(1)  # so that nobody makes the same numbers anew
    returned = answer(model, n)
    if not is_it(returned, before, but=("head.",)):
        return None if returned is None else short(returned)
    after = returned.state_dict()
    old, weight = before["head.fc.weight"], after.get("head.fc.weight", torch.empty(0, 0))
    shared = min(len(old), len(weight))
    kept = weight.shape[1:] == old.shape[1:] and shared > 0 and torch.equal(weight[:shared], old[:shared])
    found = {
        "head": {name: tuple(value.shape) for name, value in after.items() if name.startswith("head.")},
        "kept": kept,
        "trains": all(parameter.requires_grad for parameter in returned.head.parameters()),  # type: ignore[union-attr]
        "changed elsewhere": [name for name in changed(before, after) if not name.startswith("head.")],
    }
    try:
        return found | {"scores": tuple(returned(torch.zeros(2, 3, 32, 32)).shape)}
    except RuntimeError as error:  # of torch: shapes that do not fit, which those of the head explain better
        return found | {"scores": str(error)}


def is_new_head(case: Case, got: Any, expected: Any) -> Difference | None:
    """Whether there is a fresh head of the right shape, and nothing else is new."""
    if not isinstance(got, Mapping):
        return no_model(got)
    if got["changed elsewhere"]:
        name = got["changed elsewhere"][0]
        return Difference(
            short(got["changed elsewhere"]), "[]", f"`{name}` should stay as it was: only the head is new."
        )
    if got["head"] != expected["head"]:
        why = "There should be a weight and a bias of an nn.Linear."
        weight, right = (each["head"].get("head.fc.weight") for each in (got, expected))
        if weight is not None and tuple(weight) == tuple(right)[::-1]:
            why = "The layer is the wrong way round: nn.Linear(in_features, out_features)."
        elif weight is not None and len(weight) == 2 and weight[0] != right[0]:
            why = f"The layer gives {weight[0]} scores, one for each of {right[0]} classes is expected."
        elif weight is not None and len(weight) == 2 and weight[1] != right[1]:
            why = f"The layer takes {weight[1]} features; this backbone gives {right[1]}, as the old layer knows."
        return Difference(short(got["head"]), short(expected["head"]), why)
    if got["scores"] != expected["scores"]:
        why = "The network does not work with this head. Make a new nn.Linear; do not change the old one's numbers."
        return Difference(short(got["scores"]), short(expected["scores"]), why)
    if got["kept"]:
        return Difference("the old weights", "fresh weights", "These are weights of the old classes: begin anew.")
    if not got["trains"]:
        return Difference("requires_grad=False", "requires_grad=True", "The new layer must train.")
    return None


# --- load_matching ----------------------------------------------------------------------------------------------------

LOAD_MATCHING = '''def load_matching(model, state):
    """Copy into a model what fits it: the entries of `state` that the model has by the same name, in the same shape.

    state: a dict, name → tensor, as model.state_dict() gives it: weights and BatchNorm statistics.
    Returns the names of the entries that were left out, a list in the order of state.
    """
    ...
'''


def load_matching(model: nn.Module, state: Mapping[str, Tensor]) -> list[str]:
    own = model.state_dict()
    fitting = {name: value for name, value in state.items() if name in own and own[name].shape == value.shape}
    model.load_state_dict(fitting, strict=False)
    return [name for name in state if name not in fitting]


def load_cases(rng: np.random.Generator) -> Iterator[Case]:
    def shapes(cfg: Mapping[str, Any]) -> dict[str, tuple[int, ...]]:
        return {name: tuple(value.shape) for name, value in built(cfg).state_dict().items()}

    own, other = shapes(cnn(3, 4)), shapes(cnn(7, 4))
    width = own["head.fc.weight"][1]
    yield Case((cnn(3, 4), own), "the same network: everything fits")
    yield Case((cnn(3, 4), other), "a head for seven classes: it does not fit")
    yield Case((cnn(3, 4), {"ema.weight": (2, 2), **own}), "a name that the model does not know")
    headless = {name: shape for name, shape in own.items() if not name.startswith("head")}
    yield Case((cnn(3, 4), headless), "no head in the state: the model keeps its own")
    turned = own | {"head.fc.weight": (width, 3), "head.fc.bias": (1,)}
    yield Case((cnn(3, 4), turned), "a transposed weight, and a bias of a single number that would broadcast")
    widths = [int(width) for width in rng.integers(2, 6, size=2)]
    yield Case((cnn(int(rng.integers(2, 9)), *widths), shapes(cnn(int(rng.integers(2, 9)), widths[0], 9))))


def look_at_loaded(answer: Answer, cfg: Mapping[str, Any], shapes: Mapping[str, tuple[int, ...]]) -> Any:
    """What the answer returns, and which entries of a state of these shapes are in the model afterwards."""
    model = built(cfg)
    rng = np.random.default_rng(len(shapes))
    state = {name: torch.tensor(rng.uniform(2, 3, shape), dtype=torch.float32) for name, shape in shapes.items()}
    given, before = copy.deepcopy(state), values_of(model)
    skipped = answer(model, state)
    after = model.state_dict()
    loaded = [name for name, value in given.items() if name in after and same_numbers(after[name], value)]
    other = [name for name in changed(before, after) if name not in loaded]
    return {
        "returned": list(skipped) if isinstance(skipped, (list, tuple)) else skipped,
        "loaded": loaded,
        "other": other,
        "state kept": list(state) == list(given) and not changed(given, state),
    }


def same_numbers(value: Tensor, given: Tensor) -> bool:
    """Whether a model's value is what was given; a counter of batches is a whole number."""
    return value.shape == given.shape and torch.equal(value, given.to(value.dtype))


def is_loaded(case: Case, got: Any, expected: Any) -> Difference | None:
    """Whether what fits was copied, nothing else was, and what was left out is named."""
    for name in expected["loaded"]:
        if name not in got["loaded"]:
            kind = " Statistics are in state_dict(), not in named_parameters()." if "running" in name else ""
            return Difference("not copied", "copied", f"`{name}` fits, but is not in the model afterwards.{kind}")
    if got["other"]:
        why = f"`{got['other'][0]}` does not fit, so the model should keep its own values."
        return Difference("other values", "the model's own", why)
    if not got["state kept"]:
        return Difference("state is another", "state as before", "The function changed `state`, which is the caller's.")
    returned, right = got["returned"], expected["returned"]
    if returned is None:
        return Difference(
            "None", short(right), "The function returned None: the names of what was left out are missing."
        )
    if returned == right:
        return None
    why = "These are not the names that were left out, in the order of state."
    if isinstance(returned, Sequence):
        if missing := [name for name in right if name not in returned]:
            why = f"`{missing[0]}` was left out and is not named."
        elif extra := [name for name in returned if name not in right]:
            why = f"`{extra[0]}` is named, but it was not left out."
    return Difference(short(returned), short(right), why)


# --- best_trial -------------------------------------------------------------------------------------------------------

BEST_TRIAL = '''def best_trial(log):
    """The number of the best trial of a log, or None if none came to an end.

    log: a list of dicts: dict(trial=2, frozen_stages=1, lr=0.05, steps=40, values=[84.0, 85.5], best=[86.0, 85.5]), …
    values: the accuracy in % after the last step, one for each seed; [] where the trial failed.
    best: that of the best moment of each training, which is partly luck: do not judge by it.

    The best trial has the highest mean of its values. Of equal ones it is the one with the fewest steps.
    """
    ...
'''


def best_trial(log: Sequence[Mapping[str, Any]]) -> int | None:
    done = [row for row in log if row["values"]]
    if not done:
        return None
    return int(max(done, key=lambda row: (fmean(row["values"]), -row["steps"]))["trial"])


def trial(number: int, *values: float, steps: int = 40, lr: float = 0.05, lucky: float = 1.0) -> dict[str, Any]:
    """A row of a log."""
    best = [value + lucky for value in values]
    return {"trial": number, "frozen_stages": 3, "lr": lr, "steps": steps, "values": list(values), "best": best}


def trial_cases(rng: np.random.Generator) -> Iterator[Case]:
    yield Case(([trial(1, 40.0, lr=0.8), trial(2, 85.0), trial(3, 70.0, lr=0.2)],), "one seed each")
    yield Case(([trial(1, 96.0, 70.0), trial(2, 86.0, 88.0)],), "a lucky seed, and a good mean")
    yield Case(
        ([trial(1, 80.0), trial(2, 60.0), trial(3, 84.0, lucky=0.0), trial(4, 82.0, lucky=9.0)],), "a lucky moment"
    )
    yield Case(
        ([trial(7, 80.0, steps=80), trial(3, 90.0, steps=40), trial(5, 70.0, steps=10)],),
        "numbers that are not in order",
    )
    equal = [trial(1, 80.0), trial(2, 90.0, 88.0, steps=40), trial(3, 89.0, 89.0, steps=10), trial(4, 89.0, steps=20)]
    yield Case((equal,), "three equal means: the fewest steps")
    yield Case(([trial(1, 90.0), trial(2, 80.0, 82.0)],), "more seeds are no merit: the mean counts, not the sum")
    yield Case(([trial(1), trial(2, 50.0), trial(3)],), "trials that failed: no values")
    yield Case(([trial(1), trial(2)],), "every trial failed")
    yield Case(([],), "an empty log")
    numbers = rng.permutation(12)
    rows = [
        trial(
            int(number),
            *(float(value) for value in rng.integers(60, 200, size=2) / 2),
            steps=int(rng.integers(1, 9)) * 10,
        )
        for number in numbers
    ]
    yield Case((rows,), "a long log")


def is_best(case: Case, got: Any, expected: Any) -> Difference | None:
    """Whether it is the right trial; what the other one has, where it is in the log."""
    if isinstance(got, Mapping):
        return Difference(short(got), short(expected), "Return the trial's number, not its row.")
    is_number = isinstance(got, (int, np.integer)) and not isinstance(got, bool)
    if (got is None and expected is None) or (is_number and got == expected):
        return None
    if got is None:
        return Difference("None", short(expected), "The function returned None: is there a `return`?")
    if expected is None:
        return Difference(short(got), "None", "No trial came to an end, so none is the best.")
    rows = {row["trial"]: row for row in case.args[0]}
    right = rows[expected]
    if not is_number or got not in rows:
        return Difference(short(got), short(expected), f"The log has no trial {short(got)}.")
    taken = rows[int(got)]
    if not taken["values"]:
        return Difference(short(got), short(expected), f"Trial {got} failed: it has no values.")
    means = [fmean(row["values"]) for row in (taken, right)]
    if means[0] == means[1]:
        why = (
            f"Both have the mean {means[0]:g}, but trial {expected} took {right['steps']} steps, not {taken['steps']}."
        )
    else:
        why = f"Trial {got} has the mean {means[0]:g}, trial {expected} has {means[1]:g}."
    return Difference(short(got), short(expected), why)


EXERCISES = (
    Exercise(
        "15.freeze",
        FREEZE,
        freeze,
        freeze_cases,
        hints=(
            "The list begins with the stem's two parts, unless stages is -1. `getattr(model.backbone, f'layer{i}')` is "
            "stage i. A part needs two things: no gradient, and evaluation mode.",
            "`[model.backbone.conv1, model.backbone.bn1] if stages >= 0 else []`, then the layers 1 … stages. For each "
            "part `part.requires_grad_(False)` and `part.eval()`.",
        ),
        compare=is_frozen,
        use=look_at_frozen,
        points=3,
        limit_s=20.0,
    ),
    Exercise(
        "15.swap_head",
        SWAP_HEAD,
        swap_head,
        swap_cases,
        hints=(
            "nn.Linear wants the number of features first, then that of the scores. The old layer knows the former.",
            "`nn.Linear(model.head.fc.in_features, n)`: the right side is computed before the old layer is gone.",
        ),
        compare=is_new_head,
        use=look_at_head,
        limit_s=20.0,
    ),
    Exercise(
        "15.load_matching",
        LOAD_MATCHING,
        load_matching,
        load_cases,
        hints=(
            "`own = model.state_dict()` holds the model's names and shapes. An entry fits if its name is in own and "
            "`own[name].shape == value.shape`. Collect what fits in a dict, then load it in one go.",
            "`model.load_state_dict(fitting, strict=False)` copies and does not mind what is missing. What is left "
            "out: `[name for name in state if name not in fitting]`.",
        ),
        compare=is_loaded,
        use=look_at_loaded,
        points=2,
        limit_s=20.0,
    ),
    Exercise(
        "15.best_trial",
        BEST_TRIAL,
        best_trial,
        trial_cases,
        hints=(
            "First throw out the rows without values. `max(rows, key=...)` finds the best; the key can be a pair: its "
            "second number decides between equal first ones.",
            "The key: `(mean of the values, -steps)`, as fewer steps are better. Mind a log in which nothing is left.",
        ),
        compare=is_best,
        points=2,
    ),
)
