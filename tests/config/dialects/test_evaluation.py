"""``evaluation``: metrics, interval, the best checkpoint."""

from typing import Any

import pytest

from course_lib.config.config import Config
from course_lib.config.dialects import upgrade
from course_lib.config.errors import ConfigError


def upgraded(num_classes: int = 10, **evaluation: Any) -> Config:
    values = dict(
        model=dict(type="ImageClassifier", head=dict(type="LinearClsHead", num_classes=num_classes)),
        data=dict(train=dict(type="A"), val=dict(type="A"), test=dict(type="A")),
        runner=dict(type="EpochBasedRunner", max_epochs=20),
        evaluation=evaluation,
    )
    return upgrade(Config.fromdict(values))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (dict(), dict(type="Accuracy", topk=(1, 5))),
        (dict(metric="accuracy", metric_options=dict(topk=(1, 3))), dict(type="Accuracy", topk=(1, 3))),
        (dict(metric_options=dict(thrs=0.5)), dict(type="Accuracy", topk=(1, 5), thrs=0.5)),
        (
            dict(metric=["precision", "f1_score"], metric_options=dict(average_mode="none")),
            dict(type="SingleLabelMetric", items=["precision", "f1-score"], average=None),
        ),
        (
            dict(metric=["accuracy", "recall", "support"]),
            [
                dict(type="Accuracy", topk=(1, 5)),
                dict(type="SingleLabelMetric", items=["recall", "support"]),
            ],
        ),
        (
            dict(metric=["mAP", "CP", "CF1", "OR"], metric_options=dict(thr=0.5)),
            [
                dict(type="AveragePrecision"),
                dict(type="MultiLabelMetric", items=["precision", "f1-score"], average="macro", thr=0.5),
                dict(type="MultiLabelMetric", items=["recall"], average="micro", thr=0.5),
            ],
        ),
    ],
)
def test_metrics(old: dict[str, Any], new: Any) -> None:
    cfg = upgraded(**old)
    assert cfg.val_evaluator == new
    assert cfg.test_evaluator is cfg.val_evaluator


def test_the_default_top_5_is_left_out_where_there_are_fewer_classes() -> None:
    assert upgraded(num_classes=3).val_evaluator == dict(type="Accuracy", topk=(1,))


def test_how_often() -> None:
    assert upgraded().train_cfg == dict(by_epoch=True, max_epochs=20, val_interval=1)
    assert upgraded(interval=5, start=10).train_cfg == dict(by_epoch=True, max_epochs=20, val_interval=5, val_begin=10)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("auto", "auto"),
        ("accuracy_top-1", "accuracy/top1"),
        ("accuracy_top-5", "accuracy/top5"),
        ("accuracy_top-1_thr_0.50", "accuracy/top1_thr-0.50"),
        ("accuracy", "accuracy/top1"),
        ("f1_score", "single-label/f1-score"),
        ("mAP", "multi-label/mAP"),
        ("OF1", "multi-label/f1-score_micro"),
    ],
)
def test_the_best(old: str, new: str) -> None:
    assert upgraded(save_best=old, rule="greater").default_hooks == dict(
        checkpoint=dict(type="CheckpointHook", save_best=new, rule="greater")
    )


def test_without_a_validation_set_there_is_none() -> None:
    values = dict(data=dict(train=dict(type="A")), evaluation=dict(interval=5), total_epochs=2)
    new = upgrade(Config.fromdict(values))
    assert set(new) == {"train_dataloader", "train_cfg"}
    assert new.train_cfg == dict(by_epoch=True, max_epochs=2)


def test_an_unknown_metric() -> None:
    with pytest.raises(ConfigError) as caught:
        upgraded(metric="acuracy")
    assert str(caught.value) == "evaluation.metric: there is no metric 'acuracy'. Did you mean 'accuracy'?"
