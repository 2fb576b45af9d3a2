"""Pascal VOC: several labels a picture, from its annotations to a step of training and the metrics."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from sklearn.metrics import average_precision_score

from course_lib import builders
from course_lib.config import Config
from course_lib.config.errors import ConfigError, DataError
from course_lib.data.datasets import VOC, Dataset, RepeatDataset
from course_lib.data.datasets.voc import CLASSES
from course_lib.data.loader import make_loader
from course_lib.data.transforms import LoadImageFromFile, PackInputs, Resize

THINGS = {  # what each photo shows, and whether it is hard to make out
    "000005": [("chair", 0), ("chair", 1), ("person", 1)],
    "000007": [("car", 0), ("person", 0), ("dinosaur", 0)],
    "000009": [],
    "000012": [("dog", 1), ("dog", 0)],
}
SPLITS = {"trainval": ["000005", "000007", "000009"], "train": ["000005"], "val": ["000007", "000009"]}


def annotation(things: list[tuple[str, int]]) -> str:
    objects = "".join(f"<object><name>{n}</name><difficult>{d}</difficult></object>" for n, d in things)
    return f"<annotation><folder>VOC2007</folder>{objects}</annotation>"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for folder in ("JPEGImages", "Annotations", "ImageSets/Main"):
        (tmp_path / folder).mkdir(parents=True)
    for number, (name, things) in enumerate(THINGS.items()):
        Image.new("RGB", (16, 12), (number * 50, 90, 0)).save(tmp_path / f"JPEGImages/{name}.jpg")
        (tmp_path / f"Annotations/{name}.xml").write_text(annotation(things))
    for split, names in {**SPLITS, "test": ["000012", "000005"]}.items():
        (tmp_path / f"ImageSets/Main/{split}.txt").write_text("\n".join(names) + "\n")
    return tmp_path


def told(dataset: Dataset) -> list[dict[str, int]]:
    """Each picture's labels but the zeros, by name."""
    rows = [dataset.raw(index)["gt_label"] for index in range(len(dataset))]
    return [{dataset.classes[k]: int(row[k]) for k in np.flatnonzero(row)} for row in rows]


def test_what_is_difficult_is_not_judged_unless_another_is_easy(root: Path) -> None:
    dataset = VOC(str(root))
    assert told(dataset) == [{"chair": 1, "person": -1}, {"car": 1, "person": 1}, {}]
    assert dataset.labels is not None and dataset.labels.shape == (3, 20)
    assert dataset.classes == VOC.class_names({}) == CLASSES
    assert told(VOC(str(root), "test")) == told(VOC(str(root), test_mode=True)) == [{"dog": 1}, told(dataset)[0]]
    assert len(VOC(str(root), "val")) == 2
    assert told(VOC(str(root), image_set_path="ImageSets/Main/train.txt")) == told(dataset)[:1]


def test_own_classes_and_folders(root: Path) -> None:
    dataset = VOC(str(root), classes=["person", "dinosaur"])
    assert told(dataset) == [{"person": -1}, {"person": 1, "dinosaur": 1}, {}]
    whole = told(VOC(str(root), metainfo={"classes": CLASSES}))
    (root / "JPEGImages").rename(root / "photos")
    assert told(VOC(str(root), data_prefix={"img_path": "photos", "ann_path": "Annotations"})) == whole
    assert VOC(str(root), data_prefix="photos").labels is None
    with pytest.raises(ConfigError, match="a key of data_prefix is 'img'"):
        VOC(str(root), data_prefix={"img": "photos"})
    with pytest.raises(ConfigError, match="data_prefix lacks img_path"):
        VOC(str(root), data_prefix={"ann_path": "Annotations"})


def test_the_lists_of_one_class_serve_too(root: Path) -> None:
    (root / "ImageSets/Main/dog_test.txt").write_text("000012  1\n000005 -1\n")
    assert len(VOC(str(root), image_set_path="ImageSets/Main/dog_test.txt")) == 2


def test_mistakes_are_named(root: Path) -> None:
    with pytest.raises(ConfigError, match=r"split is 'trainvall'.*Did you mean 'trainval'"):
        VOC(str(root), "trainvall")
    (root / "Annotations/000007.xml").write_text("<annotation><object>")
    with pytest.raises(DataError, match=r"the annotation .*000007.xml is damaged"):
        VOC(str(root))
    (root / "Annotations/000007.xml").unlink()
    with pytest.raises(DataError, match=r"the annotation .*000007.xml does not exist.*course data prepare voc2007"):
        VOC(str(root))
    (root / "JPEGImages/000007.jpg").unlink()
    with pytest.raises(DataError, match=r"trainval.txt:2: there is no file '000007.jpg'"):
        VOC(str(root))
    with pytest.raises(DataError, match=r"data_root .*nowhere does not exist.*course data prepare voc2007"):
        VOC(str(root / "nowhere"))


@pytest.mark.parametrize("way", ["batch", "sample"])
def test_both_ways_give_all_labels(root: Path, way: str) -> None:
    dataset = VOC(str(root), pipeline=[LoadImageFromFile(), Resize(8), PackInputs()])
    (batch,) = make_loader(RepeatDataset(dataset, 2), 6, way=way)
    assert batch["images"].shape == (6, 3, 8, 8)
    assert batch["labels"].dtype == torch.int64
    assert batch["labels"].tolist() == np.tile(dataset.labels, (2, 1)).tolist()


TEXT = """
pipeline = [dict(type='LoadImageFromFile'), dict(type='Resize', scale=16), dict(type='PackInputs')]
data_preprocessor = dict(num_classes=20, mean=[120.0], std=[60.0], to_onehot=True)
model = dict(
    type='ImageClassifier',
    backbone=dict(type='SmallCNN', widths=(8, 8)),
    neck=dict(type='GlobalAveragePooling'),
    head=dict(type='MultiLabelLinearClsHead', num_classes=20, in_channels=8),
)
train_dataloader = dict(batch_size=3, dataset=dict(type='VOC', data_root='ROOT', pipeline=pipeline))
val_dataloader = dict(batch_size=2, dataset=dict(type='VOC', data_root='ROOT', split='test', pipeline=pipeline))
val_evaluator = [
    dict(type='VOCMultiLabelMetric', average='micro', items=['support', 'precision']), dict(type='VOCAveragePrecision')
]
optim_wrapper = dict(optimizer=dict(type='SGD', lr=0.1))
train_cfg = dict(by_epoch=True, max_epochs=1)
"""


def test_a_training_on_several_labels(root: Path) -> None:
    cfg = Config.fromstring(TEXT.replace("ROOT", str(root)), file="voc.py")
    trainer = builders.build_trainer(cfg)
    (batch,) = trainer.train_loader.epoch(0)
    logits = trainer.model.eval()(trainer.preprocessor(batch, False)["images"])
    targets = batch["labels"].clamp(min=0).float()  # what is too hard to tell counts as not there
    wanted = torch.nn.functional.binary_cross_entropy_with_logits(logits, targets, reduction="none").sum(1).mean()
    got = trainer.model.loss(trainer.preprocessor(batch, True))["loss"]
    assert float(got) == pytest.approx(float(wanted), rel=1e-4)

    before = trainer.model.head.fc.weight.clone()
    result = trainer.fit()
    assert not torch.equal(trainer.model.head.fc.weight, before)
    (batch,) = trainer.val_loader.epoch(0)
    scores, labels = trainer.model.eval().predict(trainer.preprocessor(batch, False)), batch["labels"]
    assert result.metrics["multi-label/support_micro"] == 2.0  # a dog and a chair; the person is not judged
    judged = [(scores[:, k], labels[:, k]) for k in range(20)]
    values = [
        average_precision_score(y[y >= 0], s[y >= 0].detach()) if bool((y == 1).any()) else 0.0 for s, y in judged
    ]
    assert result.metrics["multi-label/mAP"] == pytest.approx(100 * np.mean(values))
