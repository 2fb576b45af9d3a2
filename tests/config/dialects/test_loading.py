"""``data``: loaders, samplers, data sets and their paths, the preprocessor."""

from typing import Any

import pytest

from course_lib.config.config import Config
from course_lib.config.dialects import upgrade


def upgraded(**values: Any) -> Config:
    return upgrade(Config.fromdict(values))


def dataset(**values: Any) -> Any:
    return upgraded(data=dict(train=values)).train_dataloader.dataset


def test_three_loaders_and_only_the_training_is_shuffled() -> None:
    split = dict(type="CustomDataset")
    new = upgraded(data=dict(samples_per_gpu=8, workers_per_gpu=4, pin_memory=True, train=split, val=split, test=split))
    for name in ("train", "val", "test"):
        assert new[f"{name}_dataloader"] == dict(
            batch_size=8,
            num_workers=4,
            pin_memory=True,
            dataset=dict(type="CustomDataset"),
            sampler=dict(type="DefaultSampler", shuffle=name == "train"),
        )
    assert new.val_evaluator == new.test_evaluator == dict(type="Accuracy", topk=(1, 5))
    assert new.val_cfg == new.test_cfg == {}


def test_an_empty_val_is_none() -> None:
    assert set(upgraded(data=dict(train=dict(type="A"), val=dict(), test=None))) == {"train_dataloader"}


def test_what_one_loader_says_for_itself_goes_before_what_all_share() -> None:
    data = dict(
        samples_per_gpu=8,
        train=dict(type="A"),
        val=dict(type="A"),
        train_dataloader=dict(drop_last=True, shuffle=False),
        val_dataloader=dict(samples_per_gpu=64, workers_per_gpu=0),
    )
    new = upgraded(data=data)
    assert new.train_dataloader.drop_last is True
    assert new.train_dataloader.sampler.shuffle is False
    assert (new.val_dataloader.batch_size, new.val_dataloader.num_workers) == (64, 0)


def test_the_sampler_is_that_of_the_training() -> None:
    data = dict(train=dict(type="A"), val=dict(type="A"))
    new = upgraded(data=data, sampler=dict(type="RepeatAugSampler", num_repeats=3))
    assert new.train_dataloader.sampler == dict(type="RepeatAugSampler", shuffle=True, num_repeats=3)
    assert new.val_dataloader.sampler == dict(type="DefaultSampler", shuffle=False)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (dict(data_prefix="data/in/train"), dict(data_root="data/in", data_prefix="train")),
        (dict(data_prefix="data/in/train/"), dict(data_root="data/in", data_prefix="train")),
        (dict(data_prefix="/data/in/train", ann_file=None), dict(data_root="/data/in", data_prefix="train")),
        (
            dict(data_prefix="data/in/val", ann_file="data/in/meta/val.txt"),
            dict(data_root="data/in", data_prefix="val", ann_file="meta/val.txt"),
        ),
        (dict(data_prefix="data/in", ann_file="data/in/val.txt"), dict(data_root="data/in", ann_file="val.txt")),
        (dict(data_prefix="train"), dict(data_prefix="train")),
        (dict(data_prefix="a/train", ann_file="b/train.txt"), dict(data_prefix="a/train", ann_file="b/train.txt")),
        (dict(data_prefix="/a/train", ann_file="b/train.txt"), dict(data_prefix="/a/train", ann_file="b/train.txt")),
        (dict(classes=["cat", "dog"]), dict(classes=["cat", "dog"])),
    ],
)
def test_paths_below_one_root(old: dict[str, Any], new: dict[str, Any]) -> None:
    assert dataset(type="CustomDataset", **old) == dict(type="CustomDataset", **new)


def test_sets_that_find_their_files_below_one_folder_are_told_which_half() -> None:
    cifar = dict(type="CIFAR10", data_prefix="data/cifar10")
    new = upgraded(data=dict(train=cifar, val=cifar, test=dict(type="MNIST", data_prefix="data/mnist")))
    assert new.train_dataloader.dataset == dict(type="CIFAR10", data_root="data/cifar10")
    assert new.val_dataloader.dataset == dict(type="CIFAR10", data_root="data/cifar10", test_mode=True)
    assert new.test_dataloader.dataset == dict(type="MNIST", data_root="data/mnist", test_mode=True)


def test_what_a_data_set_knows_today_is_left_out() -> None:
    files = {
        "ann_file": "data/birds/images.txt",
        "image_class_labels_file": "data/birds/image_class_labels.txt",
        "train_test_split_file": "data/birds/train_test_split.txt",
    }
    birds = dict(type="CUB", data_prefix="data/birds/images", **files, test_mode=True)
    assert dataset(**birds) == dict(type="CUB", data_root="data/birds", test_mode=True)
    own = dataset(**{**birds, "train_test_split_file": "data/birds/mine.txt"})
    assert own.train_test_split_file == "data/birds/mine.txt"  # which the check will refuse
    cars = dict(type="StanfordCars", data_prefix="data/cars", test_mode=False)
    assert dataset(**cars) == dict(type="StanfordCars", data_root="data/cars", test_mode=False)
    large = dict(type="ImageNet21k", data_prefix="data/in21k/train", recursion_subdir=True)
    assert dataset(**large) == dict(type="ImageNet21k", data_root="data/in21k", data_prefix="train")
    voc = dict(type="VOC", data_prefix="data/VOC2007/", ann_file="data/VOC2007/ImageSets/Main/test.txt")
    assert dataset(**voc) == dict(type="VOC", data_root="data/VOC2007", image_set_path="ImageSets/Main/test.txt")


def test_wrappers_and_lists_of_data_sets() -> None:
    one = dict(type="CustomDataset", data_prefix="data/a", pipeline=[dict(type="Collect", keys=["img"])])
    root = dict(type="CustomDataset", data_root="data", data_prefix="a", pipeline=[dict(type="PackInputs")])
    assert dataset(type="RepeatDataset", times=3, dataset=one) == dict(type="RepeatDataset", times=3, dataset=root)
    new = upgraded(data=dict(train=[one, one]))
    assert new.train_dataloader.dataset == dict(type="ConcatDataset", datasets=[root, root])


def test_normalising_and_the_classes_go_to_the_preprocessor() -> None:
    text = """
img_norm_cfg = dict(mean=[33.46], std=[78.87])
test_pipeline = [dict(type='Normalize', **img_norm_cfg), dict(type='Collect', keys=['img'])]
model = dict(type='ImageClassifier', head=dict(type='LinearClsHead', num_classes=10))
data = dict(train=dict(type='MNIST', pipeline=[dict(type='Normalize', mean=[1.0], std=[2.0], to_rgb=False)]),
            test=dict(type='MNIST', pipeline=test_pipeline))
"""
    new = upgrade(Config.fromstring(text))
    assert new.data_preprocessor == dict(num_classes=10, mean=[1.0], std=[2.0], to_rgb=False)  # the training's
    assert new.test_pipeline == [dict(type="PackInputs")]
    assert new.test_dataloader.dataset.pipeline is new.test_pipeline
    assert "img_norm_cfg" not in new
    new = upgrade(Config.fromstring(text.replace("dict(type='Normalize', mean=[1.0], std=[2.0], to_rgb=False)", "")))
    assert new.data_preprocessor == dict(num_classes=10, mean=[33.46], std=[78.87], to_rgb=True)
