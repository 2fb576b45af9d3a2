"""``check`` against the mistakes that learners make; each message is behaviour, so each is spelled out."""

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pytest

from course_lib.config import registry
from course_lib.config.check import check, check_component, require
from course_lib.config.config import Config
from course_lib.config.errors import ConfigError, Mistake
from course_lib.config.nodes import walk
from course_lib.config.registry import register

RIGHT = """\
num_classes = 3
model = dict(
    type='ImageClassifier',
    backbone=dict(type='ResNet', depth=18, out_indices=(3, )),
    neck=dict(type='GlobalAveragePooling'),
    head=dict(type='LinearClsHead', num_classes=num_classes, in_channels=512, loss=dict(type='CrossEntropyLoss')))
data_preprocessor = dict(mean=[123.675, 116.28, 103.53], std=[58.395, 57.12, 57.375], to_rgb=True, num_classes=3)
train_pipeline = [
    dict(type='LoadImageFromFile'),
    dict(type='RandomResizedCrop', scale=224, crop_ratio_range=(0.5, 1.0)),
    dict(type='RandomFlip', prob=0.5, direction='horizontal'),
    dict(type='PackInputs')]
train_dataloader = dict(
    batch_size=32, num_workers=2,
    dataset=dict(type='CustomDataset', data_root='data/flowers', classes=['daisy', 'rose', 'tulip'],
                 pipeline=train_pipeline),
    sampler=dict(type='DefaultSampler', shuffle=True))
val_dataloader = dict(
    batch_size=32, num_workers=2,
    dataset=dict(type='CustomDataset', data_root='data/flowers', classes=['daisy', 'rose', 'tulip']),
    sampler=dict(type='DefaultSampler', shuffle=False))
test_dataloader = val_dataloader
val_evaluator = dict(type='Accuracy', topk=(1, ))
test_evaluator = val_evaluator
optim_wrapper = dict(optimizer=dict(type='SGD', lr=0.1, momentum=0.9, weight_decay=0.0001))
param_scheduler = dict(type='MultiStepLR', milestones=[30, 60, 90], gamma=0.1)
train_cfg = dict(by_epoch=True, max_epochs=100, val_interval=1)
val_cfg = dict()
test_cfg = dict()
"""

MMPRETRAIN_RUNTIME = """\
default_scope = 'mmpretrain'
default_hooks = dict(
    timer=dict(type='IterTimerHook'),
    logger=dict(type='LoggerHook', interval=100),
    param_scheduler=dict(type='ParamSchedulerHook'),
    checkpoint=dict(type='CheckpointHook', interval=1, max_keep_ckpts=3, save_best='auto'),
    sampler_seed=dict(type='DistSamplerSeedHook'),
    visualization=dict(type='VisualizationHook', enable=False))
env_cfg = dict(cudnn_benchmark=False, mp_cfg=dict(mp_start_method='fork', opencv_num_threads=0),
               dist_cfg=dict(backend='nccl'))
vis_backends = [dict(type='LocalVisBackend'), dict(type='TensorboardVisBackend')]
visualizer = dict(type='UniversalVisualizer', vis_backends=vis_backends)
log_level = 'INFO'
load_from = None
resume = False
randomness = dict(seed=None, deterministic=False)
auto_scale_lr = dict(base_batch_size=256)
"""


@pytest.fixture(scope="module")
def whole_kit() -> dict[str, registry.Entry]:
    """The table as the kit's own packages fill it."""
    pytest.importorskip("course_lib.models")
    return dict(registry._ENTRIES)


@pytest.fixture(autouse=True)
def parts(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A registry of small parts, so that these tests need no other package."""
    monkeypatch.setattr(registry, "_ENTRIES", {})

    @register("classifier")
    class ImageClassifier:
        def __init__(self, backbone: object, neck: object = None, head: object = None, train_cfg: dict | None = None):
            pass

    @register("backbone")
    class ResNet:
        def __init__(self, depth: int, out_indices: Sequence[int] = (3,), style: str = "pytorch") -> None:
            pass

    @register("backbone")
    class ResNeXt(ResNet):
        pass

    @register("neck")
    class GlobalAveragePooling:
        pass

    @register("head")
    class LinearClsHead:
        def __init__(self, num_classes: int, in_channels: int, loss: object = None) -> None:
            pass

    @register("loss")
    class CrossEntropyLoss:
        def __init__(self, loss_weight: float = 1.0) -> None:
            pass

    @register("preprocessor")
    class Preprocessor:
        def __init__(
            self,
            mean: Sequence[float] = (0.0,),
            std: Sequence[float] = (1.0,),
            to_rgb: bool = True,
            num_classes: int | None = None,
        ) -> None:
            pass

    @register("dataset")
    class CustomDataset:
        def __init__(self, data_root: str = "", classes: Sequence[str] | None = None, pipeline: Any = ()) -> None:
            pass

    @register("dataset")
    class Digits:
        def __init__(self, pipeline: Any = ()) -> None:
            pass

        @classmethod
        def class_names(cls, args: Mapping[str, Any]) -> tuple[str, ...]:
            return tuple("0123456789")

    @register("dataset")
    class RepeatDataset:
        def __init__(self, dataset: object, times: int) -> None:
            pass

    @register("transform")
    class LoadImageFromFile:
        pass

    @register("transform")
    class RandomResizedCrop:
        def __init__(self, scale: int | Sequence[int], crop_ratio_range: tuple[float, float] = (0.08, 1.0)) -> None:
            pass

    @register("transform")
    class RandomFlip:
        def __init__(self, prob: float, direction: str = "horizontal") -> None:
            pass

    @register("transform")
    class PackInputs:
        pass

    @register("metric")
    class Accuracy:
        def __init__(self, topk: int | Sequence[int] = (1,)) -> None:
            pass

    @register("optimizer")
    class SGD:
        def __init__(self, params: object, lr: float = 1e-3, momentum: float = 0, weight_decay: float = 0) -> None:
            pass

    @register("schedule")
    class MultiStepLR:
        def __init__(self, milestones: Sequence[int], gamma: float = 0.1, by_epoch: bool = True) -> None:
            pass

    @register("batch_augment")
    class Mixup:
        def __init__(self, alpha: float) -> None:
            pass

    yield


def messages(old: str = "", new: str = "", text: str = RIGHT) -> list[str]:
    """What ``check`` says of the right config after one change of its text."""
    assert old in text
    return [str(mistake) for mistake in check(Config.fromstring(text.replace(old, new, 1), "lesson.py"))]


def test_a_right_config_has_no_mistake() -> None:
    assert messages() == []


def test_the_runtime_of_mmpretrain_is_known() -> None:
    assert messages(text=RIGHT + MMPRETRAIN_RUNTIME) == []


def test_iteration_based_training_amp_clipping_and_one_evaluator_more() -> None:
    text = RIGHT.replace(
        "train_cfg = dict(by_epoch=True, max_epochs=100", "train_cfg = dict(by_epoch=False, max_iters=9"
    )
    text = text.replace(
        "optim_wrapper = dict(",
        "optim_wrapper = dict(type='AmpOptimWrapper', loss_scale='dynamic', accumulative_counts=4, "
        "clip_grad=dict(max_norm=5.0), paramwise_cfg=dict(norm_decay_mult=0, custom_keys={'.cls': dict(lr_mult=2)}), ",
    )
    text = text.replace("val_evaluator = dict(type='Accuracy', topk=(1, ))", "val_evaluator = [dict(type='Accuracy')]")
    assert messages(text=text) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        pytest.param(
            "param_scheduler = ",
            "param_schedular = ",
            "lesson.py:26: param_schedular: this is no part of a config, and nothing uses it as a variable. "
            "Did you mean 'param_scheduler'?",
            id="a misspelt top-level key",
        ),
        pytest.param(
            "param_scheduler = dict(type='MultiStepLR', milestones=[30, 60, 90], gamma=0.1)",
            "lr_config = dict(policy='step', step=[30, 60, 90])",
            "lesson.py:26: lr_config: this key of the 0.x dialect stands inside a 1.x config. "
            "Write param_scheduler=[dict(type='MultiStepLR', milestones=[30, 60, 90])].",
            id="the dialects mixed",
        ),
        pytest.param(
            "optim_wrapper = dict(optimizer",
            "optim_wraper = dict(optimizer",
            "lesson.py:25: optim_wraper: this is no part of a config, and nothing uses it as a variable. "
            "Did you mean 'optim_wrapper'?",
            id="a part that is missing for its typo is told once",
        ),
        pytest.param(
            "type='ResNet'",
            "type='ResNett'",
            "lesson.py:4: model.backbone.type: there is no backbone 'ResNett'. Did you mean 'ResNet'?",
            id="a backbone's name",
        ),
        pytest.param(
            "type='ResNet'",
            "type='resnet'",
            "lesson.py:4: model.backbone.type: there is no backbone 'resnet'. Did you mean 'ResNet'?",
            id="the case of a name",
        ),
        pytest.param(
            "neck=dict(type='GlobalAveragePooling')",
            "neck=dict(type='LinearClsHead')",
            "lesson.py:5: model.neck.type: 'LinearClsHead' is a head, but a neck belongs here. "
            "Allowed: GlobalAveragePooling.",
            id="a head for a neck",
        ),
        pytest.param(
            "dict(type='GlobalAveragePooling')",
            "'GlobalAveragePooling'",
            "lesson.py:5: model.neck: a neck belongs here, a dict with 'type', not 'GlobalAveragePooling'. "
            "Did you mean 'GlobalAveragePooling'?",
            id="a name without its dict",
        ),
        pytest.param(
            "backbone=dict(type='ResNet', depth",
            "backbone=dict(typ='ResNet', depth",
            "lesson.py:4: model.backbone: 'type' is missing: which backbone is meant? Did you mean 'type' for 'typ'?",
            id="type misspelt",
        ),
        pytest.param(
            "neck=dict(type='GlobalAveragePooling')",
            "neck=dict()",
            "lesson.py:5: model.neck: 'type' is missing: which neck is meant? Allowed: GlobalAveragePooling.",
            id="type missing",
        ),
        pytest.param(
            "depth=18",
            "dept=18",
            "lesson.py:4: model.backbone.dept: ResNet has no argument 'dept'. Did you mean 'depth'?",
            id="an argument of a backbone, which is then not missing as well",
        ),
        pytest.param(
            "depth=18, ",
            "",
            "lesson.py:4: model.backbone: ResNet needs the argument 'depth' (an int).",
            id="an argument missing",
        ),
        pytest.param(
            "depth=18",
            "depth='18'",
            "lesson.py:4: model.backbone.depth: an int of at least 1 belongs here, not '18'. Did you mean 18?",
            id="a number in quotes",
        ),
        pytest.param(
            "out_indices=(3, )",
            "out_indices=(3)",
            "lesson.py:4: model.backbone.out_indices: a list (of each: an int) belongs here, not 3. Did you mean [3]?",
            id="brackets that are no tuple",
        ),
        pytest.param(
            "to_rgb=True",
            "to_rgb=1",
            "lesson.py:7: data_preprocessor.to_rgb: True or False belongs here, not 1.",
            id="1 for True",
        ),
        pytest.param(
            "crop_ratio_range=(0.5, 1.0)",
            "crop_ratio_range=0.5",
            "lesson.py:10: train_pipeline.1.crop_ratio_range: a list of 2 (a number, a number) belongs here, not 0.5.",
            id="one number for two",
        ),
        pytest.param(
            "prob=0.5",
            "flip_prob=0.5",
            "lesson.py:11: train_pipeline.2.flip_prob: RandomFlip has no argument 'flip_prob'. "
            "In the 1.x dialect write prob=….",
            id="an argument of the 0.x dialect",
        ),
        pytest.param(
            "type='PackInputs'",
            "type='Collect', keys=['img']",
            "lesson.py:12: train_pipeline.3.type: there is no transform 'Collect'. "
            "In the 1.x dialect write PackInputs.",
            id="a transform of the 0.x dialect",
        ),
        pytest.param(
            "batch_size=32",
            "batch_size=0",
            "lesson.py:14: train_dataloader.batch_size: an int of at least 1 belongs here, not 0.",
            id="an empty batch",
        ),
        pytest.param(
            "batch_size=32",
            "samples_per_gpu=32",
            "lesson.py:14: train_dataloader.samples_per_gpu: there is no key 'samples_per_gpu' here. "
            "In the 1.x dialect write batch_size=….",
            id="a loader's key of the 0.x dialect",
        ),
        pytest.param(
            "num_workers=2",
            "num_worker=2",
            "lesson.py:14: train_dataloader.num_worker: there is no key 'num_worker' here. Did you mean 'num_workers'?",
            id="a loader's key",
        ),
        pytest.param(
            "shuffle=True",
            "shufle=True",
            "lesson.py:17: train_dataloader.sampler.shufle: there is no key 'shufle' here. Did you mean 'shuffle'?",
            id="a key of a part that the trainer fills itself",
        ),
        pytest.param(
            "topk=(1, )",
            "topk=(1, 5)",
            "lesson.py:23: val_evaluator.topk: a top-5 accuracy needs more than the 3 classes there are. "
            "Write topk=(1,).",
            id="top 5 of three",
        ),
        pytest.param(
            "num_classes=num_classes",
            "num_classes=num_classes * 10",
            "lesson.py:6: model.head.num_classes: 30 classes, but the data set of train_dataloader has 3: "
            "daisy, rose, tulip. Write num_classes=3.",
            id="classes of head and data",
        ),
        pytest.param(
            "to_rgb=True, num_classes=3",
            "to_rgb=True, num_classes=1000",
            "lesson.py:7: data_preprocessor.num_classes: 1000 classes, but the data set of train_dataloader has 3: "
            "daisy, rose, tulip. Write num_classes=3.",
            id="classes of preprocessor and data",
        ),
        pytest.param(
            "lr=0.1",
            "lr=-0.1",
            "lesson.py:25: optim_wrapper.optimizer.lr: a number above 0 belongs here, not -0.1.",
            id="a negative rate",
        ),
        pytest.param(
            "lr=0.1",
            "learning_rate=0.1",
            "lesson.py:25: optim_wrapper.optimizer.learning_rate: SGD has no argument 'learning_rate'. "
            "Allowed: lr, momentum, weight_decay.",
            id="an optimizer's argument",
        ),
        pytest.param(
            "milestones=[30, 60, 90]",
            "milestone=[30, 60, 90]",
            "lesson.py:26: param_scheduler.milestone: MultiStepLR has no argument 'milestone'. "
            "Did you mean 'milestones'?",
            id="a schedule's argument",
        ),
        pytest.param(
            "max_epochs=100",
            "max_epoch=100",
            "lesson.py:27: train_cfg.max_epoch: there is no key 'max_epoch' here. Did you mean 'max_epochs'?",
            id="the length of the training",
        ),
        pytest.param(
            "max_epochs=100, ",
            "",
            "lesson.py:27: train_cfg: how long to train is missing. Write max_epochs=… or max_iters=….",
            id="no length",
        ),
        pytest.param(
            "max_epochs=100",
            "max_iters=100",
            "lesson.py:27: train_cfg: max_iters counts iterations, but by_epoch=True counts epochs. "
            "Write by_epoch=False.",
            id="two units",
        ),
    ],
)
def test_a_learners_typo(old: str, new: str, said: str) -> None:
    assert messages(old, new) == [said]


def test_all_mistakes_are_told_together_in_the_order_of_the_file() -> None:
    text = RIGHT.replace("type='ResNet'", "type='ResNett'").replace("batch_size=32", "batch_size='32'", 1)
    text = text.replace("lr=0.1", "lr=0").replace(
        "loss=dict(type='CrossEntropyLoss')", "loss=dict(type='CrossEntropy')"
    )
    said = [str(mistake).split(": ")[:2] for mistake in check(Config.fromstring(text, "lesson.py"))]
    assert said == [
        ["lesson.py:4", "model.backbone.type"],
        ["lesson.py:6", "model.head.loss.type"],
        ["lesson.py:14", "train_dataloader.batch_size"],
        ["lesson.py:25", "optim_wrapper.optimizer.lr"],
    ]


def test_inside_an_unknown_component_the_search_goes_on() -> None:
    text = RIGHT.replace("type='LinearClsHead'", "type='LinearHead'").replace("'CrossEntropyLoss'", "'CrossEntropyLos'")
    assert [line.split(" Did")[0] for line in messages(text=text)] == [
        "lesson.py:6: model.head.type: there is no head 'LinearHead'.",
        "lesson.py:6: model.head.loss.type: there is no loss 'CrossEntropyLos'.",
    ]


def test_a_mistake_in_a_shared_part_is_told_once() -> None:
    """``test_dataloader = val_dataloader``: one line was written, so one line is to be mended."""
    wrong = RIGHT.replace("num_workers=2", "workers=2").replace("workers=2", "num_workers=2", 1)
    assert [line.split(": there")[0] for line in messages(text=wrong)] == ["lesson.py:19: val_dataloader.workers"]


def test_a_variable_that_is_used_is_no_mistake_and_one_that_is_not_is() -> None:
    assert messages("num_classes = 3\n", "num_classes = 3\nbatch = 32\n") == [
        "lesson.py:2: batch: this is no part of a config, and nothing uses it as a variable. Use it or remove it."
    ]


def test_what_a_training_needs() -> None:
    text = RIGHT.replace("train_cfg = dict(by_epoch=True, max_epochs=100, val_interval=1)\n", "")
    assert messages(text=text) == ["train_cfg: a training needs 'train_cfg', and it is missing."]
    assert [m.path for m in check(Config(), for_training=True)] == [
        "model",
        "train_dataloader",
        "optim_wrapper",
        "train_cfg",
    ]
    assert check(Config()) == []
    assert check(Config.fromstring(text), for_training=False) == []


def test_a_model_alone_is_no_training() -> None:
    assert messages(text=RIGHT[: RIGHT.index("data_preprocessor")]) == []


def test_classes_are_followed_into_wrapped_data_sets_and_asked_of_the_class() -> None:
    wrapped = "dataset=dict(type='RepeatDataset', times=2, dataset=dict(type='Digits')), _="
    text = RIGHT.replace("dataset=dict(type='CustomDataset'", wrapped + "dict(type='CustomDataset'", 1)
    said = [str(mistake) for mistake in check(Config.fromstring(text, "lesson.py"))]
    assert (
        "lesson.py:6: model.head.num_classes: 3 classes, but the data set of train_dataloader has 10: "
        "0, 1, 2, 3, 4, 5, …. Write num_classes=10." in said
    )
    assert (
        "lesson.py:20: val_dataloader.dataset: 3 classes (daisy, rose, tulip), but the data set of train_dataloader "
        "has 10: 0, 1, 2, 3, 4, 5, …." in said
    )


def test_batch_augments_and_their_probabilities() -> None:
    def said(train_cfg: str) -> list[str]:
        return [m.split(": ", 2)[2] for m in messages("    head=dict(", f"    train_cfg={train_cfg},\n    head=dict(")]

    assert said("dict(augments=dict(type='Mixup', alpha=0.2))") == []
    assert said("dict(augments=[dict(type='Mixup', alpha=0.2)], probs=[0.5])") == []
    assert said("dict(augments=[dict(type='MixUpp', alpha=0.2)])") == [
        "there is no batch augment 'MixUpp'. Did you mean 'Mixup'?"
    ]
    assert said("dict(augments=[dict(type='Mixup', alpha=0.2)], probs=[0.5, 0.5])") == [
        "2 probabilities for 1 augments; one each belongs here."
    ]
    assert said("dict(augments=[dict(type='Mixup', alpha=0.2)], probs=[1.5])") == [
        "the probabilities add up to 1.5; at most 1 is possible."
    ]


def test_the_probe_runs_only_on_a_model_without_mistakes() -> None:
    asked: list[int] = []

    def probe(cfg: Any) -> list[Mistake]:
        asked.append(cfg.model.head.in_channels)
        return [Mistake("model.head.in_channels", "512 channels come in.")]

    assert [str(m) for m in check(Config.fromstring(RIGHT), probe=probe)] == [
        "model.head.in_channels: 512 channels come in."
    ]
    check(Config.fromstring(RIGHT.replace("depth=18", "dept=18")), probe=probe)
    assert asked == [512]


def test_require_raises_with_every_mistake() -> None:
    require(Config.fromstring(RIGHT))
    wrong = Config.fromstring(RIGHT.replace("batch_size=32", "batch_size=0").replace("depth=18", "dept=18"))
    with pytest.raises(ConfigError) as caught:
        require(wrong)
    assert [m.path for m in caught.value.mistakes] == [
        "model.backbone.dept",
        "train_dataloader.batch_size",
        "val_dataloader.batch_size",
    ]


def test_one_component_alone() -> None:
    head = dict(type="LinearClsHead", num_classes=3)
    assert [str(m) for m in check_component(head, "head", "head")] == [
        "head: LinearClsHead needs the argument 'in_channels' (an int)."
    ]


def test_a_config_of_the_old_dialect_is_judged_after_its_upgrade_by_its_own_lines() -> None:
    text = "model = dict(type='ImageClassifier', backbone=dict(type='ResNet'))\nrunner = dict(\n    max_epoch=5)\n"
    said = [str(m) for m in check(Config.fromstring(text, "old.py"), for_training=False)]
    assert said == [
        "old.py:1: model.backbone: ResNet needs the argument 'depth' (an int).",
        "old.py:3: train_cfg.max_epoch: there is no key 'max_epoch' here. Did you mean 'max_epochs'?",
    ]
    assert [str(m) for m in check(Config.fromstring("lr_config = dict(policy='stepp')", "old.py"))] == [
        "old.py:1: lr_config.policy: there is no policy 'stepp'. Did you mean 'step'?"
    ]


def test_a_module_without_an_init_takes_nothing() -> None:
    @register("neck")
    class Flatten:
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            pass

    assert [str(m) for m in check_component({"type": "Flatten", "dim": 1}, "neck")] == [
        "dim: Flatten has no argument 'dim'. It takes none."
    ]


@pytest.mark.parametrize("junk", [None, 3, "x", [1], {"type": 3}, {1: 2}, [[]]])
def test_no_value_at_any_place_stops_the_check(junk: Any) -> None:
    right = Config.fromstring(RIGHT + MMPRETRAIN_RUNTIME)
    inside = [(*path, key) for path, node in walk(right) if isinstance(node, dict) for key in node]
    assert len(inside) > 100
    for path in inside:
        cfg = copy.deepcopy(right)
        holder: Any = cfg
        for key in path[:-1]:
            holder = holder[key]
        holder[path[-1]] = junk
        check(cfg)


def test_the_real_parts_of_the_kit(whole_kit: dict[str, registry.Entry]) -> None:
    """A model against the classes of the kit themselves."""
    model = dict(
        type="ImageClassifier",
        backbone=dict(type="ResNet", depth=50, num_stages=4, out_indices=(3,), style="pytorch"),
        neck=dict(type="GlobalAveragePooling", kernel=3),
        head=dict(type="LinearClsHead", num_classes=1000, in_chanels=2048, loss=dict(type="CrossEntropyLoss")),
    )
    registry._ENTRIES.update(whole_kit)
    assert [str(m) for m in check_component(model, "classifier", "model")] == [
        "model.neck.kernel: GlobalAveragePooling has no argument 'kernel'. It takes none.",
        "model.head.in_chanels: LinearClsHead has no argument 'in_chanels'. Did you mean 'in_channels'?",
    ]


def _annotated(annotation: Any) -> Callable[..., None]:
    def part(value=None) -> None:  # type: ignore[no-untyped-def]
        pass

    part.__annotations__ = {"value": annotation}
    return part


@pytest.mark.parametrize(
    ("annotation", "right", "wrong"),
    [
        (int, [3, None], [True, 3.0, "3"]),
        (float, [3, 0.5], [True, "0.5"]),
        (bool, [True], [1, "True"]),
        (str | None, ["a", None], [3]),
        (list[int], [[1, 2], (1, 2), []], [3, ["1"], "12"]),
        (tuple[int, int], [(1, 2), [1, 2]], [(1,), (1, 2, 3)]),
        (tuple[float, ...], [(1, 2.5), []], [("a",)]),
        (dict[str, float], [{"a": 1}], [{"a": "b"}, [1]]),
        (int | Sequence[int], [3, (3, 4)], ["3", 3.5]),
        (float | Mistake, [0.1], ["0.1"]),  # a union with a class of torch's still judges numbers
        (Mistake, ["anything", 3], []),
    ],
)
def test_values_against_annotations(annotation: Any, right: list[Any], wrong: list[Any]) -> None:
    register("hook", "Part")(_annotated(annotation))
    for value in right:
        assert check_component({"type": "Part", "value": value}, "hook") == []
    for value in wrong:
        assert len(check_component({"type": "Part", "value": value}, "hook")) == 1
