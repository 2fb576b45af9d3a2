"""Training pipelines as the model zoo writes them: they check, build and run without an edit."""

import pytest
import torch

from course_lib import builders
from course_lib.config import Config

PIPELINES = {
    "Swin": """
bgr_mean = [103.53, 116.28, 123.675]
bgr_std = [57.375, 57.12, 58.395]
train_pipeline = [
    dict(type='LoadImageFromFile'),
    dict(type='RandomResizedCrop', scale=224, backend='pillow', interpolation='bicubic'),
    dict(type='RandomFlip', prob=0.5, direction='horizontal'),
    dict(
        type='RandAugment',
        policies='timm_increasing',
        num_policies=2,
        total_level=10,
        magnitude_level=9,
        magnitude_std=0.5,
        hparams=dict(pad_val=[104, 116, 124], interpolation='bicubic')),
    dict(
        type='RandomErasing',
        erase_prob=0.25,
        mode='rand',
        min_area_ratio=0.02,
        max_area_ratio=1 / 3,
        fill_color=bgr_mean,
        fill_std=bgr_std),
    dict(type='PackInputs'),
]
""",
    "RegNet": """
EIGVAL = [0.2175, 0.0188, 0.0045]
EIGVEC = [[-0.5675, 0.7192, 0.4009], [-0.5808, -0.0045, -0.814], [-0.5836, -0.6948, 0.4203]]
train_pipeline = [
    dict(type='LoadImageFromFile'),
    dict(type='RandomResizedCrop', scale=224),
    dict(type='RandomFlip', prob=0.5, direction='horizontal'),
    dict(type='Lighting', eigval=EIGVAL, eigvec=EIGVEC, alphastd=25.5, to_rgb=True),
    dict(type='PackInputs'),
]
""",
    "EfficientNet": """
train_pipeline = [
    dict(type='LoadImageFromFile'),
    dict(type='EfficientNetRandomCrop', scale=224),
    dict(type='RandomFlip', prob=0.5, direction='horizontal'),
    dict(type='AutoAugment', policies='imagenet', hparams=dict(pad_val=[104, 116, 124], interpolation='bicubic')),
    dict(type='PackInputs'),
]
""",
    "a list of operations": """
policies = [
    dict(type='AutoContrast'),
    dict(type='Rotate', magnitude_key='angle', magnitude_range=(0, 30)),
    dict(type='Posterize', magnitude_key='bits', magnitude_range=(4, 0)),
    dict(type='Cutout', magnitude_range=(1, 41)),
]
train_pipeline = [
    dict(type='LoadImageFromFile', imdecode_backend='pillow', file_client_args=dict(backend='disk')),
    dict(type='RandomResizedCrop', scale=224),
    dict(type='RandAugment', policies=policies, num_policies=2, magnitude_level=7, magnitude_std='inf'),
    dict(type='GaussianBlur', magnitude_range=(0.1, 2.0), magnitude_std='inf', prob=0.1),
    dict(type='NumpyToPIL', to_rgb=True),
    dict(type='torchvision/RandomRotation', degrees=10),
    dict(type='PILToNumpy', to_bgr=True),
    dict(type='PackInputs', meta_keys=('img_path', 'img_shape')),
]
""",
}


@pytest.mark.parametrize("name", PIPELINES)
def test_pipelines_of_the_zoo(name: str) -> None:
    text = (
        PIPELINES[name] + "train_dataloader = dict(batch_size=4, dataset=dict(type='CIFAR10', pipeline=train_pipeline))"
    )
    cfg = Config.fromstring(text)
    assert [str(mistake) for mistake in builders.check_config(cfg, for_training=False)] == []
    assert builders.picture_shape(cfg) == (3, 224, 224)


def test_a_mistake_in_a_policy_is_placed() -> None:
    step = "dict(type='RandAugment', policies=[dict(type='Rotate', angel=3)], num_policies=1, magnitude_level=9)"
    cfg = Config.fromstring(f"train_pipeline = [\n    {step}]\n", "swin.py")
    mistakes = [str(mistake) for mistake in builders.check_config(cfg, for_training=False)]
    assert mistakes[0].startswith("swin.py:2: train_pipeline.0.policies.0.angel: Rotate has no argument 'angel'.")
    assert "Did you mean 'angle'?" in mistakes[0]


def test_wrappers_in_a_config() -> None:
    folds = "dict(type='KFoldDataset', fold=1, num_splits=5, dataset=dict(type='Digits'))"
    cfg = Config.fromstring(
        f"train_dataloader = dict(batch_size=4, dataset=dict(type='RepeatDataset', times=2, dataset={folds}))"
    )
    assert builders.check_config(cfg, for_training=False) == []
    loader = builders.build_loader(cfg.train_dataloader, training=True)
    assert len(loader.dataset) == 2 * (1438 - 1438 * 2 // 5 + 1438 // 5)
    assert next(iter(loader))["images"].dtype == torch.uint8
