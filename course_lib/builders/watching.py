"""What watches a training: metrics, hooks, and where the numbers go."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from course_lib import engine, metrics

from .reading import is_average, short_name, without
from .rule import build


def build_metrics(evaluator: Any) -> list[engine.Metric]:
    """The metrics of ``cfg.val_evaluator``: one, a list, or none (then accuracy)."""
    if not evaluator:
        return [metrics.Accuracy()]
    return build(evaluator if isinstance(evaluator, list) else [evaluator])


def build_hooks(cfg: Mapping[str, Any]) -> list[engine.Hook]:
    """The hooks that ``default_hooks`` describes, then those of ``custom_hooks``."""
    named, custom = cfg.get("default_hooks") or {}, cfg.get("custom_hooks") or []
    log, checkpoint = named.get("logger") or {}, named.get("checkpoint") or {}
    drawn = named.get("visualization") or {}
    save_best, rule = first_of(checkpoint.get("save_best", "auto")), first_of(checkpoint.get("rule"))
    return [
        engine.ProgressHook(),
        engine.LogHook(interval=log.get("interval", 10), writers=build_writers(cfg)),
        engine.CheckpointHook(
            interval=positive(checkpoint.get("interval")),
            keep=positive(checkpoint.get("max_keep_ckpts")),
            save_best=save_best,
            rule=rule,
            by_epoch=checkpoint.get("by_epoch", True),
        ),
        engine.RecordHook(save_best or "auto", rule),
        engine.CurvesHook(),
        *([build({"type": "VisualizationHook", **without(drawn, "priority")})] if drawn.get("enable") else []),
        *(build(without(node, "priority")) for node in custom if not is_average(node)),
    ]


def build_writers(cfg: Mapping[str, Any]) -> list[engine.TensorBoardWriter]:
    """Where the run's numbers go beside ``metrics.jsonl``: TensorBoard, if the visualizer names it."""
    backends = (cfg.get("visualizer") or {}).get("vis_backends") or []
    names = [short_name(backend) for backend in backends]
    if "WandbVisBackend" in names:
        print("visualizer: the kit has no WandbVisBackend; the run's numbers are in metrics.jsonl, draw them with")
        print("            `course curves`, or let TensorboardVisBackend show them")
    tensorboards = [each for each, name in zip(backends, names, strict=True) if name == "TensorboardVisBackend"]
    return [engine.TensorBoardWriter(backend.get("save_dir")) for backend in tensorboards]


def positive(number: int | None) -> int | None:
    """MMEngine writes -1 for "never" and "all"."""
    return number if number and number > 0 else None


def first_of(names: Any) -> Any:
    """MMEngine takes several metrics to save by; ours keeps one best."""
    return names[0] if isinstance(names, (list, tuple)) else names
