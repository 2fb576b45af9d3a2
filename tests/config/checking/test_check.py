"""``check`` against the mistakes that learners make; each message is behaviour, so each is spelled out."""

from collections.abc import Callable
from typing import Any

import pytest

from course_lib.config import Config, Mistake, check

Messages = Callable[..., list[str]]


def test_a_right_config_has_no_mistake(messages: Messages) -> None:
    assert messages() == []


def test_the_runtime_of_mmpretrain_is_known(right: str, runtime: str, messages: Messages) -> None:
    assert messages(text=right + runtime) == []


def test_iteration_based_training_amp_clipping_and_one_evaluator_more(right: str, messages: Messages) -> None:
    text = right.replace(
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
            "lesson.py:17: train_dataloader.sampler.shufle: DefaultSampler has no argument 'shufle'. "
            "Did you mean 'shuffle'?",
            id="a sampler's argument",
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
    ],
)
def test_a_learners_typo(old: str, new: str, said: str, messages: Messages) -> None:
    assert messages(old, new) == [said]


def test_all_mistakes_are_told_together_in_the_order_of_the_file(right: str) -> None:
    text = right.replace("type='ResNet'", "type='ResNett'").replace("batch_size=32", "batch_size='32'", 1)
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


def test_a_mistake_in_a_shared_part_is_told_once(right: str, messages: Messages) -> None:
    """``test_dataloader = val_dataloader``: one line was written, so one line is to be mended."""
    wrong = right.replace("num_workers=2", "workers=2").replace("workers=2", "num_workers=2", 1)
    assert [line.split(": there")[0] for line in messages(text=wrong)] == ["lesson.py:19: val_dataloader.workers"]


def test_a_variable_that_is_used_is_no_mistake_and_one_that_is_not_is(messages: Messages) -> None:
    assert messages("num_classes = 3\n", "num_classes = 3\nbatch = 32\n") == [
        "lesson.py:2: batch: this is no part of a config, and nothing uses it as a variable. Use it or remove it."
    ]


def test_what_a_training_needs(right: str, messages: Messages) -> None:
    text = right.replace("train_cfg = dict(by_epoch=True, max_epochs=100, val_interval=1)\n", "")
    assert messages(text=text) == ["train_cfg: a training needs 'train_cfg', and it is missing."]
    assert [m.path for m in check(Config(), for_training=True)] == [
        "model",
        "train_dataloader",
        "optim_wrapper",
        "train_cfg",
    ]
    assert check(Config()) == []
    assert check(Config.fromstring(text), for_training=False) == []


def test_a_model_alone_is_no_training(right: str, messages: Messages) -> None:
    assert messages(text=right[: right.index("data_preprocessor")]) == []


def test_the_probe_runs_only_on_a_model_without_mistakes(right: str) -> None:
    asked: list[int] = []

    def probe(cfg: Any) -> list[Mistake]:
        asked.append(cfg.model.head.in_channels)
        return [Mistake("model.head.in_channels", "512 channels come in.")]

    assert [str(m) for m in check(Config.fromstring(right), probe=probe)] == [
        "model.head.in_channels: 512 channels come in."
    ]
    check(Config.fromstring(right.replace("depth=18", "dept=18")), probe=probe)
    assert asked == [512]


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


def test_every_mistake_is_found(right: str) -> None:
    assert check(Config.fromstring(right)) == []
    wrong = Config.fromstring(right.replace("batch_size=32", "batch_size=0").replace("depth=18", "dept=18"))
    assert [m.path for m in check(wrong)] == [
        "model.backbone.dept",
        "train_dataloader.batch_size",
        "val_dataloader.batch_size",
    ]


def test_what_the_model_zoos_leave_over_is_no_mistake(right: str, messages: Messages) -> None:
    left = "bgr_std = [1.0, 2.0]\n_deprecation_ = dict(expected='resnet50_8xb32_in1k.py')\nresume_from = None\n"
    assert messages(text=right + left) == []
    assert messages(text=right + "rgb_std = [1.0, 2.0]\n") != []
    assert messages(text=right + "resume_from = 'last.pt'\n") != []
