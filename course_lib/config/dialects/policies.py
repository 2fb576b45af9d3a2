"""``lr_config`` and ``momentum_config``: one policy with its warm-up becomes a list of schedules.

The warm-up stands first: it scales the rate that has already decayed. MMEngine's ramps end one position early, at
``end - 1``; so a ramp over W iterations has ``end=W+1``, and one over W epochs, whose length in iterations is not known
here, says ``exact_end=True``. Where the 1.x dialect has no equal, a schedule of our own is named: ``InverseLR``,
``CyclicLR``, ``ExponentialWarmupLR``, ``min_lr`` of the step schedules, ``divide`` of a momentum's warm-up.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..errors import ConfigError, Mistake, Origin, did_you_mean
from ..nodes import ConfigDict, origin_of
from .carry import move_rest, node, pop_number


@dataclass(frozen=True)
class Length:
    """How long the training is, in epochs or in iterations; ``steps`` is None where the config does not say."""

    by_epoch: bool
    steps: int | None

    def span(self, by_epoch: bool, extra: int = 0) -> dict[str, Any]:
        """The arguments of a schedule that fills the whole training, counting epochs or iterations.

        Args:
            extra: 1 for a ramp, which has to end one position later than MMEngine's.
        """
        if self.steps is None or (by_epoch and not self.by_epoch):
            return {"by_epoch": by_epoch, "begin": 0}
        if by_epoch == self.by_epoch:
            return {"by_epoch": by_epoch, "begin": 0, "end": self.steps + extra}
        exact = {"exact_end": True} if extra else {}
        return {"by_epoch": True, "begin": 0, "end": self.steps, "convert_to_iter_based": True, **exact}


def upgrade_policies(old: ConfigDict, new: ConfigDict) -> None:
    """``param_scheduler``, from the policies of the learning rate and of the momentum.

    Raises:
        ConfigError: a policy or a warm-up that the 0.x dialect does not have.
    """
    train_cfg = new.get("train_cfg", {})
    by_epoch = train_cfg.get("by_epoch", True)
    steps = train_cfg.get("max_epochs" if by_epoch else "max_iters")
    length = Length(by_epoch, steps if isinstance(steps, int) else None)
    optimizer = new.get("optim_wrapper", {}).get("optimizer")
    base_lr = optimizer.get("lr") if isinstance(optimizer, ConfigDict) else None
    base_lr = base_lr if isinstance(base_lr, int | float) else None
    schedules: list[ConfigDict] = []
    for key, what in (("lr_config", "LR"), ("momentum_config", "Momentum")):
        config = old.get(key)
        if isinstance(config, ConfigDict):
            origin = origin_of(old, key)
            schedules += _schedules(config.copy(), key, what, length, base_lr, origin)
            new.set("param_scheduler", list(schedules), origin)


def _schedules(
    config: ConfigDict, key: str, what: str, length: Length, base: float | None, origin: Origin | None
) -> list[ConfigDict]:
    """The schedules of one policy; ``what`` is ``'LR'`` or ``'Momentum'``, the end of their names."""
    warmup = _warmup(config, key, what, origin)
    place, policy = origin_of(config, "policy") or origin, config.pop("policy", None)
    make = _POLICIES.get(_plain(policy))
    if make is None:
        hint = did_you_mean(str(policy), _SPELLINGS)
        raise ConfigError(Mistake(f"{key}.policy", f"there is no policy {policy!r}.", place, hint))
    by_epoch = config.pop("by_epoch", _plain(policy) not in _BY_ITERATION)
    arguments = make(config, length, by_epoch, base)
    if arguments is None:
        return warmup
    made = node(place, type=arguments.pop("type") + what)
    for name, value in arguments.items():
        made.set(name, value, origin_of(config, _OLD_NAMES.get(name, name)) or place)
    move_rest(config, made)
    return [*warmup, made]


def _warmup(config: ConfigDict, key: str, what: str, origin: Origin | None) -> list[ConfigDict]:
    place, name = origin_of(config, "warmup") or origin, config.pop("warmup", None)
    count = pop_number(config, "warmup_iters", 0, key)
    ratio_place, ratio = origin_of(config, "warmup_ratio"), pop_number(config, "warmup_ratio", _RATIOS[what], key)
    by_epoch = config.pop("warmup_by_epoch", False)
    if name is None:
        return []
    if _plain(name) not in ("constant", "linear", "exp"):
        hint = did_you_mean(str(name), ("constant", "linear", "exp"))
        raise ConfigError(Mistake(f"{key}.warmup", f"there is no warm-up {name!r}.", place, hint))
    if ratio <= 0:
        raise ConfigError(Mistake(f"{key}.warmup_ratio", f"a number above 0 belongs here, not {ratio!r}.", ratio_place))
    factor = ratio if what == "LR" else 1 / ratio  # a momentum's warm-up divides
    if _plain(name) == "constant":
        arguments = {"type": f"Constant{what}", "factor": factor}
    elif _plain(name) == "exp":
        arguments = {"type": f"ExponentialWarmup{what}", "factor": factor}
    elif what == "LR":
        arguments = {"type": "LinearLR", "start_factor": ratio}
    else:  # one over a straight line is no straight line
        arguments = {"type": "LinearMomentum", "start_factor": ratio, "divide": True}
    if by_epoch:
        span = {"by_epoch": True, "begin": 0, "end": count, "convert_to_iter_based": True, "exact_end": True}
    else:
        span = {"by_epoch": False, "begin": 0, "end": count + 1}
    old_names = {"factor": "warmup_ratio", "start_factor": "warmup_ratio", "end": "warmup_iters"}
    made = ConfigDict()
    for argument, value in {**arguments, **span}.items():
        made.set(argument, value, origin_of(config, old_names.get(argument, "warmup_by_epoch")) or place)
    made.set("type", arguments["type"], place)
    return [made]


def _plain(name: Any) -> str:
    """A name without its case: ``Linear``, ``linear`` and ``LINEAR`` are one."""
    return str(name).lower().replace("_", "")


# ------------------------------------------------------------------------------------------------ the policies
# Each takes what it knows out of the old config and gives the new schedule's arguments; the rest is carried over.

Arguments = dict[str, Any]


def _floor(config: ConfigDict) -> tuple[float | None, float | None]:
    """The lowest rate or momentum, and the same as a part of the base; None where it is not said."""
    lowest, ratio = (
        [pop_number(config, key, 0, "lr_config") for key in keys if config.get(key) is not None]
        for keys in (("min_lr", "min_momentum"), ("min_lr_ratio", "min_momentum_ratio"))
    )
    return next(iter(lowest), None), next(iter(ratio), None)


def _lowest(config: ConfigDict) -> Arguments:
    """The same in MMEngine's words."""
    floor = zip(("eta_min", "eta_min_ratio"), _floor(config), strict=True)
    return {name: value for name, value in floor if value is not None}


def _fixed(config: ConfigDict, length: Length, by_epoch: bool, base: float | None) -> None:
    return None


def _step(config: ConfigDict, length: Length, by_epoch: bool, base: float | None) -> Arguments:
    steps = config.pop("step", None)
    one = isinstance(steps, int)
    given = {} if steps is None else {"step_size" if one else "milestones": steps}
    lowest, _ = _floor(config)
    floor = {} if lowest is None else {"min_lr": lowest}
    kind = "Step" if one else "MultiStep"
    return {"type": kind, **given, "gamma": config.pop("gamma", 0.1), "by_epoch": by_epoch, **floor}


def _cosine(config: ConfigDict, length: Length, by_epoch: bool, base: float | None) -> Arguments:
    span = length.span(by_epoch)
    way = {"T_max": span["end"]} if "end" in span else {}
    return {"type": "CosineAnnealing", **way, **_lowest(config), **span}


def _flat_cosine(config: ConfigDict, length: Length, by_epoch: bool, base: float | None) -> Arguments:
    span = length.span(by_epoch)
    part = pop_number(config, "start_percent", 0.75, "lr_config")
    if "end" in span:
        span["begin"] = round(part * span["end"])
    return {"type": "CosineAnnealing", **_lowest(config), **span}


def _cosine_restart(config: ConfigDict, length: Length, by_epoch: bool, base: float | None) -> Arguments:
    return {"type": "CosineRestart", **_lowest(config), "by_epoch": by_epoch}


def _poly(config: ConfigDict, length: Length, by_epoch: bool, base: float | None) -> Arguments:
    return {"type": "Poly", "power": config.pop("power", 1.0), **_lowest(config), **length.span(by_epoch, extra=1)}


def _linear(config: ConfigDict, length: Length, by_epoch: bool, base: float | None) -> Arguments:
    lowest, ratio = _floor(config)
    if ratio is None and lowest is not None and base:
        ratio = lowest / base
    return {"type": "Linear", "start_factor": 1.0, "end_factor": ratio or 0.0, **length.span(by_epoch, extra=1)}


def _exponential(config: ConfigDict, length: Length, by_epoch: bool, base: float | None) -> Arguments:
    return {"type": "Exponential", "by_epoch": by_epoch}


def _inverse(config: ConfigDict, length: Length, by_epoch: bool, base: float | None) -> Arguments:
    return {"type": "Inverse", "power": config.pop("power", 1.0), "by_epoch": by_epoch}


def _cyclic(config: ConfigDict, length: Length, by_epoch: bool, base: float | None) -> Arguments:
    return {"type": "Cyclic", "by_epoch": by_epoch}


def _one_cycle(config: ConfigDict, length: Length, by_epoch: bool, base: float | None) -> Arguments:
    peak = {"eta_max": config.pop("max_lr")} if "max_lr" in config else {}
    if "total_steps" in config:
        return {"type": "OneCycle", **peak, "by_epoch": by_epoch}
    span = length.span(by_epoch)
    total = {"total_steps": span["end"]} if "end" in span else {}
    return {"type": "OneCycle", **peak, **total, **{key: span[key] for key in span if key not in ("begin", "end")}}


_RATIOS = {"LR": 0.1, "Momentum": 0.9}  # where a warm-up starts by default
_SPELLINGS = {
    "fixed": _fixed,
    "step": _step,
    "exp": _exponential,
    "poly": _poly,
    "inv": _inverse,
    "cyclic": _cyclic,
    "OneCycle": _one_cycle,
    "CosineAnnealing": _cosine,
    "CosineRestart": _cosine_restart,
    "FlatCosineAnnealing": _flat_cosine,
    "LinearAnnealing": _linear,
}
_POLICIES: dict[str, Callable[[ConfigDict, Length, bool, float | None], Arguments | None]] = {
    name.lower(): make for name, make in _SPELLINGS.items()
}
_OLD_NAMES = {  # of arguments that have another name today, for the line they were written in
    **{"milestones": "step", "step_size": "step", "eta_min": "min_lr", "eta_min_ratio": "min_lr_ratio"},
    **{"end_factor": "min_lr", "eta_max": "max_lr", "begin": "start_percent"},
}
_BY_ITERATION = ("cyclic", "onecycle")  # all others count epochs unless told otherwise
