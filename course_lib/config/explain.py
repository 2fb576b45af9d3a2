"""``explain`` writes the plain Python that a config stands for: imports, and calls with finished objects.

It follows the one rule of ``builders``: a dict with ``type`` is a call of the registered class, its children come
first, and keys that end in ``_cfg`` are handed over as they are. Executed, the text builds the same network. Nothing
is built or imported here; the registry must hold the classes (``import course_lib.models`` fills it).
"""

import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from .nodes import dotted, origin_of
from .registry import find
from .writing import INDENT, WIDTH, Call, Word, assignment

NOT_THE_MODELS = ("train_cfg", "data_preprocessor")  # stand in cfg.model, but go to the preprocessor


def explain(cfg: Mapping[str, Any]) -> str:
    """The Python text of a whole config (model, preprocessor, data sets, optimizer, schedules, metrics) or of one part.

    Args:
        cfg: A ``Config``, or a component of one, such as ``cfg.model.backbone``.

    Raises:
        ConfigError: a ``type`` that is not registered; the message suggests the nearest name.
    """
    if "type" in cfg:
        kind = find(cfg["type"], origin=origin_of(cfg, "type")).kind
        page = _Page({})
        page.add("model" if kind == "classifier" else kind, page.value(cfg, ()))
        return page.text()
    pipelines = {key: value for key, value in cfg.items() if isinstance(value, list) and key.endswith("_pipeline")}
    page = _Page(pipelines)
    if cfg.get("model"):
        page.add("model", page.component(cfg["model"], ("model",), "ImageClassifier", leave_out=NOT_THE_MODELS))
    _add_preprocessor(page, cfg)
    _add_datasets(page, cfg)
    _add_optimizer(page, cfg)
    if cfg.get("param_scheduler"):
        page.add("schedules", page.value(_as_list(cfg["param_scheduler"]), ("param_scheduler",)))
    if cfg.get("val_evaluator"):
        page.add("metrics", page.value(_as_list(cfg["val_evaluator"]), ("val_evaluator",)))
    return page.text()


class _Page:
    """The text as it grows: the imports that the calls need, and one assignment after the other."""

    def __init__(self, pipelines: Mapping[str, Any]) -> None:
        self.pipelines = dict(pipelines)
        self.imports: dict[str, set[str]] = {}
        self.notes: list[str] = []
        self.assignments: list[str] = []

    def add(self, name: str, value: Any) -> None:
        self.assignments.append(assignment(name, value))

    def value(self, node: Any, path: tuple[str | int, ...]) -> Any:
        """A config's value with a ``Call`` for each dict that has a ``type``."""
        if isinstance(node, Mapping) and "type" in node:
            return self.component(node, path)
        if isinstance(node, Mapping):
            return self.arguments(node, path)
        for name, pipeline in list(self.pipelines.items()):
            if node is pipeline:
                return self.shared_pipeline(name, pipeline)
        if isinstance(node, (list, tuple)):
            items = [self.value(item, (*path, index)) for index, item in enumerate(node)]
            return tuple(items) if isinstance(node, tuple) else items
        return node

    def component(
        self, node: Mapping[str, Any], path: tuple[str | int, ...], default: str = "", leave_out: tuple[str, ...] = ()
    ) -> Call:
        entry = find(node.get("type", default), path=dotted((*path, "type")), origin=origin_of(node, "type"))
        return Call(self.imported(entry.target), self.arguments(node, path, ("type", *leave_out)))

    def arguments(
        self, node: Mapping[str, Any], path: tuple[str | int, ...], leave_out: tuple[str, ...] = ()
    ) -> dict[str, Any]:
        return {
            key: value if str(key).endswith("_cfg") else self.value(value, (*path, key))
            for key, value in node.items()
            if key not in leave_out
        }

    def shared_pipeline(self, name: str, pipeline: Any) -> Word:
        """A pipeline with a name of its own is written once, above what uses it."""
        del self.pipelines[name]  # while its own text is made
        if not any(line.startswith(f"{name} = ") for line in self.assignments):
            self.add(name, self.value(pipeline, (name,)))
        self.pipelines[name] = pipeline
        return Word(name)

    def imported(self, target: Callable[..., Any]) -> str:
        """The name of a class; the line that imports it is noted."""
        name = target.__name__
        if target.__module__ == "__main__":
            self.notes.append(f"# {name} is defined in this notebook or script\n")
        else:
            self.imports.setdefault(_public_module(target), set()).add(name)
        return name

    def text(self) -> str:
        imports = "".join(_import_line(module, sorted(names)) for module, names in sorted(self.imports.items()))
        head = imports + "".join(dict.fromkeys(self.notes))
        return f"{head}\n{''.join(self.assignments)}" if head else "".join(self.assignments)


def _add_preprocessor(page: _Page, cfg: Mapping[str, Any]) -> None:
    """``builders.build_preprocessor`` as text: the batch augmentations of ``model.train_cfg`` belong to it."""
    model = cfg.get("model") or {}
    args = dict(model.get("data_preprocessor") or cfg.get("data_preprocessor") or {})
    train_cfg = model.get("train_cfg") or {}
    if "augments" in train_cfg:
        args["batch_augments"] = _as_list(train_cfg["augments"])
        args.update({"probs": train_cfg["probs"]} if train_cfg.get("probs") else {})
        args.setdefault("num_classes", (model.get("head") or {}).get("num_classes"))
    if args:
        page.add("preprocessor", page.component(args, ("data_preprocessor",), "Preprocessor"))


def _add_datasets(page: _Page, cfg: Mapping[str, Any]) -> None:
    written: dict[int, str] = {}
    for part in ("train", "val", "test"):
        dataset = (cfg.get(f"{part}_dataloader") or {}).get("dataset")
        if dataset:
            same = written.setdefault(id(dataset), f"{part}_dataset")
            again = same != f"{part}_dataset"
            value = Word(same) if again else page.value(dataset, (f"{part}_dataloader", "dataset"))
            page.add(f"{part}_dataset", value)


def _add_optimizer(page: _Page, cfg: Mapping[str, Any]) -> None:
    """The optimizer over the model's parameters; ``paramwise_cfg`` sorts them into groups first."""
    wrapper = cfg.get("optim_wrapper") or {}
    if not wrapper.get("optimizer") or not cfg.get("model"):
        return
    call = page.component(wrapper["optimizer"], ("optim_wrapper", "optimizer"), "SGD")
    call = replace(call, arguments={**call.arguments, **_scaled_lr(cfg, call.arguments)})
    parameters: Any = Word("model.parameters()")
    if wrapper.get("paramwise_cfg"):
        page.imports.setdefault("course_lib.optim", set()).add("param_groups")
        rates = {key: call.arguments[key] for key in ("lr", "weight_decay") if key in call.arguments}
        arguments = {**rates, "paramwise_cfg": wrapper["paramwise_cfg"]}
        parameters = Call("param_groups", arguments, first=(Word("model"),))
    page.add("optimizer", Call(call.name, call.arguments, first=(parameters,)))


def _scaled_lr(cfg: Mapping[str, Any], arguments: Mapping[str, Any]) -> dict[str, Word]:
    """``builders.linear_rule`` as text, in one process: ``lr=0.1 * (512 / 256)``; empty where nothing is scaled."""
    rule = cfg.get("auto_scale_lr") or {}
    base, batch_size = rule.get("base_batch_size"), (cfg.get("train_dataloader") or {}).get("batch_size")
    if not rule.get("enable") or not base or not batch_size:
        return {}
    lr = arguments.get("lr", 1e-3)  # torch's own default in all of our optimizers
    return {"lr": Word(f"{lr!r} * ({batch_size} / {base})")}


def _as_list(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


def _public_module(target: Callable[..., Any]) -> str:
    """The shortest package that offers the class: ``course_lib.models``, not ``….models.backbones.resnet``."""
    parts = target.__module__.split(".")
    for count in range(1, len(parts)):
        module = sys.modules.get(".".join(parts[:count]))
        if module is not None and vars(module).get(target.__name__) is target:
            return ".".join(parts[:count])
    return target.__module__


def _import_line(module: str, names: list[str]) -> str:
    line = f"from {module} import {', '.join(names)}\n"
    if len(line) <= WIDTH + 1:
        return line
    return f"from {module} import (\n{''.join(' ' * INDENT + name + ',' + chr(10) for name in names)})\n"
