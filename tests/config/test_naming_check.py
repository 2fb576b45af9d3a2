"""A name against its config: each difference is told with what both say and where."""

from pathlib import Path

import pytest

from course_lib.config import Config
from course_lib.config.naming_check import check_name

TEXT = """
model = dict(head=dict(loss=dict(type='LabelSmoothLoss')), train_cfg=dict(augments=dict(type='Mixup')))
train_dataloader = dict(
    batch_size=32,
    dataset=dict(type='ImageNet', pipeline=[dict(type='RandomResizedCrop', scale=224), dict(type='PackInputs')]))
val_dataloader = dict(
    batch_size=32,
    dataset=dict(type='ImageNet', pipeline=[
        dict(type='ResizeEdge', scale=256), dict(type='CenterCrop', crop_size=(224, 224)), dict(type='PackInputs')]))
train_cfg = dict(by_epoch=True, max_epochs=100)
param_scheduler = dict(type='CosineAnnealingLR')
auto_scale_lr = dict(base_batch_size=256)
"""


def said(name: str, text: str = TEXT) -> list[str]:
    return [str(mistake) for mistake in check_name(Config.fromstring(text, "some/file.py"), f"configs/{name}.py")]


@pytest.mark.parametrize(
    "name",
    [
        "resnet50_8xb32_in1k",
        "resnet50_8xb32-coslr-mixup-lbs-100e_in1k-224px",
        "resnet50_b32_imagenet",
        "resnet50_b32x8_coslr_imagenet",
        "repvgg-a0_deploy_in1k",
    ],
)
def test_names_that_are_right(name: str) -> None:
    assert said(name) == []


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "resnet50_b64_in1k",
            "some/file.py:4: train_dataloader.batch_size: the name 'resnet50_b64_in1k' says b64, but this is 32.",
        ),
        (
            "resnet50_4xb32_in1k",
            "some/file.py:12: auto_scale_lr.base_batch_size: the name 'resnet50_4xb32_in1k' says "
            "4 × 32 = 128 pictures a step in all, but this is 256.",
        ),
        (
            "resnet50_8xb32-300e_in1k",
            "some/file.py:10: train_cfg.max_epochs: the name 'resnet50_8xb32-300e_in1k' says 300e, but this is 100.",
        ),
        (
            "resnet50_8xb32_cifar10",
            "some/file.py:5: train_dataloader.dataset.type: the name 'resnet50_8xb32_cifar10' says cifar10 (CIFAR10), "
            "but this is ImageNet.",
        ),
        (
            "resnet50_8xb32_folder",
            "some/file.py:5: train_dataloader.dataset.type: the name 'resnet50_8xb32_folder' says folder "
            "(CustomDataset), but this is ImageNet.",
        ),
        (
            "resnet50_8xb32_in1k-384px",
            "some/file.py:9: val_dataloader.dataset.pipeline.1.crop_size: the name 'resnet50_8xb32_in1k-384px' says "
            "384px, but this makes pictures of 224 pixels.",
        ),
        (
            "resnet50_8xb32-cutmix_in1k",
            "the name 'resnet50_8xb32-cutmix_in1k' says cutmix, but the config has no CutMix.",
        ),
        (
            "ResNet50_8xb32_in1k",
            "configs/ResNet50_8xb32_in1k.py: the name 'ResNet50_8xb32_in1k' has capital letters, and some disks cannot "
            "tell them from small ones. Write 'resnet50_8xb32_in1k'.",
        ),
        (
            "resnet50_in1k_8xb32",
            "configs/resnet50_in1k_8xb32.py: the name 'resnet50_in1k_8xb32' has its parts in another order than "
            "algorithm, module, training, data. Write 'resnet50_8xb32_in1k'.",
        ),
        (
            "resnet50_in1k",
            "configs/resnet50_in1k.py: the name 'resnet50_in1k' does not say the batch size, as in "
            "algorithm_training_data, such as resnet50_8xb32-coslr_in1k or lenet5_b64_mnist. Put b and the number "
            "before the data set: b64.",
        ),
        (
            "mobilenet_v2_8xb32_in1k",
            "configs/mobilenet_v2_8xb32_in1k.py: the name 'mobilenet_v2_8xb32_in1k' cuts 'v2' off its algorithm by an "
            "underscore. Inside a part write a dash: 'mobilenet-v2_8xb32_in1k'.",
        ),
    ],
)
def test_what_is_wrong_is_told(name: str, message: str) -> None:
    (only,) = said(name)
    assert message in only


def test_all_mistakes_at_once() -> None:
    assert len(said("ResNet50_b64-300e_cifar10")) == 4


def test_a_training_at_another_size_than_the_measuring_may_be_named_either_way() -> None:
    text = TEXT.replace("scale=224", "scale=160")
    assert said("resnet50_8xb32_in1k-160px", text) == said("resnet50_8xb32_in1k-224px", text) == []


def test_the_data_set_inside_a_wrapper_counts() -> None:
    text = "train_dataloader = dict(batch_size=8, dataset=dict(type='{}', {}))"
    one = text.format("RepeatDataset", "times=2, dataset=dict(type='CIFAR10')")
    many = text.format("ConcatDataset", "datasets=[dict(type='CIFAR10'), dict(type='CIFAR10')]")
    for wrapped in (one, many):
        assert said("resnet18_b8_cifar10", wrapped) == []
        assert "says mnist (MNIST), but this is CIFAR10." in said("lenet5_b8_mnist", wrapped)[0]


def test_a_folder_may_hold_the_pictures_of_any_set() -> None:
    assert said("resnet18_b8_cub", "train_dataloader = dict(batch_size=8, dataset=dict(type='CustomDataset'))") == []


def test_lessons_may_leave_the_training_out() -> None:
    cfg = Config.fromstring("train_dataloader = dict(batch_size=8, dataset=dict(type='Digits'))")
    assert check_name(cfg, Path("lessons", "lenet_digits.py")) == []
    assert len(check_name(cfg, Path("lenet", "lenet_digits.py"))) == 1
