"""``evaluation``: which metrics, how often, and which checkpoint is the best."""

import re
from typing import Any

from ..errors import ConfigError, Mistake, did_you_mean
from ..nodes import ConfigDict, ConfigList, origin_of
from .carry import move, move_rest, node, part

SINGLE_LABEL = {"precision": "precision", "recall": "recall", "f1_score": "f1-score", "support": "support"}

# Per class (macro) or over all labels at once (micro).
MULTI_LABEL = {
    **{"CP": ("macro", "precision"), "CR": ("macro", "recall"), "CF1": ("macro", "f1-score")},
    **{"OP": ("micro", "precision"), "OR": ("micro", "recall"), "OF1": ("micro", "f1-score")},
}

# Settings of the hook that once evaluated and that today's loop does not need.
HOOK_SETTINGS = ("by_epoch", "gpu_collect", "tmpdir", "broadcast_bn_buffer", "out_dir", "priority", "test_fn")


def upgrade_evaluation(old: ConfigDict, new: ConfigDict) -> None:
    """The evaluators of the loaders that are there, ``train_cfg.val_interval``, ``default_hooks.checkpoint.save_best``.

    Raises:
        ConfigError: a metric that the 0.x dialect does not have.
    """
    origin = origin_of(old, "evaluation")
    given = old.pop("evaluation", None)
    evaluation = given.copy() if isinstance(given, ConfigDict) else ConfigDict()
    alone = given is not None and "train_dataloader" not in new  # a `_base_` that holds nothing but the evaluation
    splits = [split for split in ("val", "test") if alone or f"{split}_dataloader" in new]
    if not splits:
        return

    train_cfg = new.get("train_cfg")
    if "val" in splits and isinstance(train_cfg, ConfigDict):
        train_cfg.set("val_interval", evaluation.get("interval", 1), origin_of(evaluation, "interval") or origin)
        if evaluation.get("start") is not None:
            train_cfg.set("val_begin", evaluation["start"], origin_of(evaluation, "start"))
    if evaluation.get("save_best"):
        hooks = part(new, "default_hooks", origin)
        checkpoint = part(hooks, "checkpoint", origin)
        checkpoint.set("type", "CheckpointHook", origin)
        checkpoint.set("save_best", _result_key(evaluation["save_best"]), origin_of(evaluation, "save_best"))
        move(evaluation, "rule", checkpoint)

    metrics = _metrics(evaluation, _num_classes(new), new)
    evaluator = metrics[0] if len(metrics) == 1 else ConfigList(metrics)  # one object for both splits
    for split in splits:
        new.set(f"{split}_evaluator", evaluator, origin or origin_of(new, f"{split}_dataloader"))
        new.set(f"{split}_cfg", ConfigDict(), origin or origin_of(new, f"{split}_dataloader"))


def _metrics(evaluation: ConfigDict, num_classes: Any, new: ConfigDict) -> list[ConfigDict]:
    place = origin_of(evaluation, "metric")
    given = evaluation.pop("metric", "mAP" if _is_multi_label(new) else "accuracy")
    wanted = given if isinstance(given, list | tuple) else [given]
    settings = evaluation.pop("metric_options", None)
    options = settings.copy() if isinstance(settings, ConfigDict) else ConfigDict()
    known = ("accuracy", *SINGLE_LABEL, "mAP", *MULTI_LABEL)
    for name in wanted:
        if name not in known:
            hint = did_you_mean(str(name), known)
            raise ConfigError(Mistake("evaluation.metric", f"there is no metric {name!r}.", place, hint))
    move_rest(evaluation, options, drop=("interval", "start", "save_best", "rule", *HOOK_SETTINGS))

    metrics = []
    if "accuracy" in wanted:
        few = isinstance(num_classes, int) and num_classes < 5  # 0.x takes the top 1 and 5 unless told
        metrics.append(node(place, type="Accuracy", topk=options.get("topk", (1,) if few else (1, 5))))
        _take(options, ("thrs",), metrics[-1])
    items = [SINGLE_LABEL[name] for name in wanted if name in SINGLE_LABEL]
    if items:
        metrics.append(node(place, type="SingleLabelMetric", items=items))
        _take(options, ("thrs",), metrics[-1])
        if "average_mode" in options:
            mode = options["average_mode"]
            metrics[-1].set("average", None if mode == "none" else mode, origin_of(options, "average_mode"))
    if "mAP" in wanted:
        metrics.append(node(place, type="AveragePrecision"))
    for average in ("macro", "micro"):
        items = [MULTI_LABEL[name][1] for name in wanted if MULTI_LABEL.get(name, ("",))[0] == average]
        if items:
            metrics.append(node(place, type="MultiLabelMetric", items=items, average=average))
            _take(options, ("thr",), metrics[-1])
            if "k" in options:
                metrics[-1].set("topk", options["k"], origin_of(options, "k"))
    for key in ("topk", "thrs", "average_mode", "thr", "k"):
        options.pop(key, None)
    if metrics:
        move_rest(options, metrics[0])
    return metrics


def _take(options: ConfigDict, keys: tuple[str, ...], metric: ConfigDict) -> None:
    for key in keys:
        if key in options:
            metric.set(key, options[key], origin_of(options, key))


def _result_key(old: Any) -> Any:
    """``accuracy_top-1`` as ``accuracy/top1``, ``f1_score`` as ``single-label/f1-score``."""
    if not isinstance(old, str):
        return "auto"
    match = re.fullmatch(r"accuracy(?:_top-(\d+))?(?:_thr_([\d.]+))?", old)
    if match:
        return f"accuracy/top{match[1] or 1}" + (f"_thr-{match[2]}" if match[2] else "")
    if old in SINGLE_LABEL:
        return f"single-label/{SINGLE_LABEL[old]}"
    if old in MULTI_LABEL:
        average, item = MULTI_LABEL[old]
        return f"multi-label/{item}" + ("" if average == "macro" else f"_{average}")
    return "multi-label/mAP" if old == "mAP" else old


def _num_classes(new: ConfigDict) -> Any:
    head = new.get("model", {}).get("head")
    return head.get("num_classes") if isinstance(head, ConfigDict) else None


def _is_multi_label(new: ConfigDict) -> bool:
    dataset = new.get("val_dataloader", {}).get("dataset")
    return isinstance(dataset, ConfigDict) and dataset.get("type") == "VOC"
