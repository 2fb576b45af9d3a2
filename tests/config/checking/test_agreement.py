"""Parts that do not agree: classes, lengths, probabilities."""

from collections.abc import Callable

import pytest

from course_lib.config import Config, check

Messages = Callable[..., list[str]]


def test_the_preprocessors_classes_count_only_where_it_makes_use_of_them(messages: Messages) -> None:
    assert messages("to_rgb=True, num_classes=3", "to_rgb=True, num_classes=1000") == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
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
            "to_rgb=True, num_classes=1000, to_onehot=True",
            "lesson.py:7: data_preprocessor.num_classes: 1000 classes, but the data set of train_dataloader has 3: "
            "daisy, rose, tulip. Write num_classes=3.",
            id="classes of preprocessor and data",
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
def test_parts_that_do_not_agree(old: str, new: str, said: str, messages: Messages) -> None:
    assert messages(old, new) == [said]


def test_classes_are_followed_into_wrapped_data_sets_and_asked_of_the_class(right: str) -> None:
    wrapped = "dataset=dict(type='RepeatDataset', times=2, dataset=dict(type='Digits')), _="
    text = right.replace("dataset=dict(type='CustomDataset'", wrapped + "dict(type='CustomDataset'", 1)
    said = [str(mistake) for mistake in check(Config.fromstring(text, "lesson.py"))]
    assert (
        "lesson.py:6: model.head.num_classes: 3 classes, but the data set of train_dataloader has 10: "
        "0, 1, 2, 3, 4, 5, …. Write num_classes=10." in said
    )
    assert (
        "lesson.py:20: val_dataloader.dataset: 3 classes (daisy, rose, tulip), but the data set of train_dataloader "
        "has 10: 0, 1, 2, 3, 4, 5, …." in said
    )


def test_batch_augments_and_their_probabilities(messages: Messages) -> None:
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
