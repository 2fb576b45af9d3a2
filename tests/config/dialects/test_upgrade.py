"""The whole upgrade: the bootcamp note's config, what is old, and that nothing is lost on the way."""

import copy
from typing import Any

import pytest

from course_lib.config.config import Config
from course_lib.config.dialects import is_old, upgrade
from course_lib.config.errors import ConfigError
from course_lib.config.nodes import origin_of, walk

# As the author of the note wrote it: `Linear` with a capital, `val` and `test` empty, ToTensor on the label.
NOTE = """\
model = dict(
    type='ImageClassifier',
    backbone=dict(
        type='ResNet',
        depth=50,
        num_stages=4,
        out_indices=(3, ),
        style='pytorch'
    ),
    neck=dict(type='GlobalAveragePooling'),
    head=dict(
        type='LinearClsHead',
        num_classes=1000,
        in_channels=2048,
        loss=dict(type='CrossEntropyLoss',
                  loss_weight=1.0)
    ),
)
img_norm_cfg = dict(
    mean=[123.675, 116.28, 103.53], std=[58.395, 57.12, 57.375], to_rgb=True
)
train_pipeline = [
    dict(type='LoadImageFromFile'),
    dict(type='RandomResizedCrop', size=224),
    dict(type='RandomFlip', flip_prob=0.5, direction='horizontal'),
    dict(type='Normalize', **img_norm_cfg),
    dict(type='ImageToTensor', keys=['img']),
    dict(type='ToTensor', keys=['gt_label']),
    dict(type='Collect', keys=['img', 'gt_label'])
]
data = dict(
    samples_per_gpu=32,
    workers_per_gpu=2,
    train=dict(
        type='ImageNet',
        data_prefix='data/imagenet/train',
        pipeline=train_pipeline),
    val=dict(
    ),
    test=dict(
    ),
)
optimizer = dict(
    type='SGD',
    lr=0.1,
    momentum=0.9,
    weight_decay=0.0001
)
lr_config = dict(
    policy='step',
    step=[30, 60, 90],
    by_epoch=True,
    warmup='Linear',
    warmup_iters=5
)
runner = dict(
    type='EpochBasedRunner',
    max_epochs=100
)
"""

NOTE_TODAY = """\
model = dict(
    type='ImageClassifier',
    backbone=dict(type='ResNet', depth=50, num_stages=4, out_indices=(3, ), style='pytorch'),
    neck=dict(type='GlobalAveragePooling'),
    head=dict(
        type='LinearClsHead',
        num_classes=1000,
        in_channels=2048,
        loss=dict(type='CrossEntropyLoss', loss_weight=1.0)))
data_preprocessor = dict(
    num_classes=1000, mean=[123.675, 116.28, 103.53], std=[58.395, 57.12, 57.375], to_rgb=True)
train_pipeline = [
    dict(type='LoadImageFromFile'),
    dict(type='RandomResizedCrop', scale=224),
    dict(type='RandomFlip', prob=0.5, direction='horizontal'),
    dict(type='PackInputs'),
]
train_dataloader = dict(
    batch_size=32,
    num_workers=2,
    dataset=dict(type='ImageNet', data_root='data/imagenet', data_prefix='train', pipeline=train_pipeline),
    sampler=dict(type='DefaultSampler', shuffle=True))
optim_wrapper = dict(type='OptimWrapper', optimizer=dict(type='SGD', lr=0.1, momentum=0.9, weight_decay=0.0001))
param_scheduler = [
    dict(type='LinearLR', start_factor=0.1, by_epoch=False, begin=0, end=6),
    dict(type='MultiStepLR', milestones=[30, 60, 90], gamma=0.1, by_epoch=True),
]
train_cfg = dict(by_epoch=True, max_epochs=100)
"""


@pytest.fixture
def note() -> Config:
    return Config.fromstring(NOTE, "note.py")


def test_the_note_says_today(note: Config) -> None:
    assert is_old(note)
    assert upgrade(note) == Config.fromstring(NOTE_TODAY)


def test_the_upgraded_note_is_dumped_and_read_back_the_same(note: Config) -> None:
    text = upgrade(note).dump()
    assert Config.fromstring(text) == upgrade(note)
    assert "pipeline=train_pipeline" in text  # what was one list stays one


def test_an_upgraded_config_is_upgraded_already(note: Config) -> None:
    once = upgrade(note)
    assert not is_old(once)
    assert upgrade(once) == once
    assert upgrade(once) is not once


def test_the_config_that_is_upgraded_stays_as_it_was(note: Config) -> None:
    upgrade(note)
    assert note == Config.fromstring(NOTE)
    assert note.train_pipeline is note.data.train.pipeline


def test_values_keep_the_lines_they_were_written_in(note: Config) -> None:
    new = upgrade(note)
    lines = {
        "batch_size": str(origin_of(new.train_dataloader, "batch_size")),
        "data_root": str(origin_of(new.train_dataloader.dataset, "data_root")),
        "scale": str(origin_of(new.train_pipeline[1], "scale")),
        "num_classes": str(origin_of(new.data_preprocessor, "num_classes")),
        "optimizer": str(origin_of(new.optim_wrapper.optimizer, "lr")),
        "warm-up": str(origin_of(new.param_scheduler[0], "end")),
        "milestones": str(origin_of(new.param_scheduler[1], "milestones")),
        "max_epochs": str(origin_of(new.train_cfg, "max_epochs")),
    }
    assert lines == {
        "batch_size": "note.py:32",
        "data_root": "note.py:36",
        "scale": "note.py:24",
        "num_classes": "note.py:13",
        "optimizer": "note.py:45",
        "warm-up": "note.py:54",
        "milestones": "note.py:51",
        "max_epochs": "note.py:58",
    }


def test_what_is_not_known_is_kept_for_check_to_find_and_what_is_meaningless_is_dropped() -> None:
    text = "used = 8\ndata = dict(samples_per_gpu=used, sample_per_gpu=4, train=dict())\nworkflow = [('train', 1)]\n"
    new = upgrade(Config.fromstring(text + "gpu_ids = [0]\nlr_confg = dict(policy='step')\n"))
    assert set(new) == {"train_dataloader", "lr_confg"}
    assert new.train_dataloader.sample_per_gpu == 4


@pytest.mark.parametrize(
    ("text", "old"),
    [
        ("model = dict(type='ImageClassifier', backbone=dict(type='ResNet', depth=18))", False),
        ("model = dict(type='ImageClassifier', pretrained=None)", True),
        ("total_epochs = 5", True),
        ("checkpoint_config = dict(interval=1)", True),
        ("load_from = None", False),
        ("optim_wrapper = dict()\nlr_config = dict(policy='step')", False),  # mixed: check says so
        ("train_cfg = dict(by_epoch=True)", False),
        ("", False),
    ],
)
def test_what_is_old(text: str, old: bool) -> None:
    assert is_old(Config.fromstring(text)) is old


MORE = """\
model = dict(pretrained='a.pth', backbone=dict(type='ResNet'), head=dict(type='H', num_classes=3),
             train_cfg=dict(augments=[dict(type='BatchMixup', alpha=0.2, num_classes=3, prob=0.5)]))
data = dict(samples_per_gpu=8, train=[dict(type='A', data_prefix='a/b', ann_file='a/c')], val=dict(type='MNIST'),
            test=dict(type='A', pipeline=[dict(type='Resize', size=(256, -1)), dict(type='Normalize', mean=[1])]),
            val_dataloader=dict(samples_per_gpu=4), train_dataloader=dict(shuffle=False))
sampler = dict(type='RepeatAugSampler')
optimizer = dict(type='SGD', lr=0.1, paramwise_cfg=dict(norm_decay_mult=0))
optimizer_config = dict(grad_clip=dict(max_norm=5), cumulative_iters=2)
fp16 = dict(loss_scale=512.0)
lr_config = dict(policy='FlatCosineAnnealing', start_percent=0.5, min_lr=0.0, warmup='exp', warmup_iters=5,
                 warmup_ratio=0.1, warmup_by_epoch=True, by_epoch=False)
momentum_config = dict(policy='LinearAnnealing', min_momentum=0.5, warmup='linear')
runner = dict(type='EpochBasedRunner', max_epochs=10)
evaluation = dict(interval=1, metric=['accuracy', 'recall'], metric_options=dict(topk=1), save_best='auto', start=1)
checkpoint_config = dict(interval=1)
log_config = dict(interval=10, hooks=[dict(type='TensorboardLoggerHook')])
dist_params = dict(backend='nccl')
resume_from = None
load_from = None
"""


@pytest.mark.parametrize("junk", [None, 3, 0, "x", [1], {"type": 3}, {1: 2}, [[]], True])
def test_no_value_at_any_place_stops_the_upgrade_but_by_an_error_of_ours(junk: Any) -> None:
    old = Config.fromstring(MORE)
    upgrade(old)
    for path in [(*path, key) for path, node in walk(old) if isinstance(node, dict) for key in node]:
        cfg = copy.deepcopy(old)
        holder: Any = cfg
        for key in path[:-1]:
            holder = holder[key]
        holder[path[-1]] = junk
        try:
            upgrade(cfg)
        except ConfigError as error:
            assert "belongs here" in str(error) or "there is no" in str(error)
