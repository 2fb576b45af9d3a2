"""A right config, and a registry of small parts, so that these tests need no other package of the kit."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pytest

from course_lib.config import Config, check, registry
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


@pytest.fixture
def right() -> str:
    """The text of a config without a mistake."""
    return RIGHT


@pytest.fixture
def runtime() -> str:
    """What MMPretrain's ``default_runtime.py`` adds."""
    return MMPRETRAIN_RUNTIME


@pytest.fixture
def messages(right: str) -> Callable[..., list[str]]:
    def said(old: str = "", new: str = "", text: str = right) -> list[str]:
        """What ``check`` says of the right config after one change of its text."""
        assert old in text
        return [str(mistake) for mistake in check(Config.fromstring(text.replace(old, new, 1), "lesson.py"))]

    return said


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
            to_onehot: bool = False,
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

    @register("sampler")
    class DefaultSampler:
        def __init__(self, shuffle: bool = True, seed: int | None = None, round_up: bool = True) -> None:
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
