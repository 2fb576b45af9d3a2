"""Config → objects: the one rule, the parts, and every mistake said before the work."""

import pytest
import torch
from torch import nn

from course_lib import builders
from course_lib.config import Config, ConfigError, Origin, explain, load_config, ready_made
from course_lib.data import Preprocessor
from course_lib.engine import CheckpointHook
from course_lib.models import ImageClassifier, LinearClsHead, SmallCNN

TEXT = """
model = dict(
    type='ImageClassifier',
    backbone=dict(type='SmallCNN', in_channels=1, widths=(8, 16)),
    neck=dict(type='GlobalAveragePooling'),
    head=dict(type='LinearClsHead', num_classes=10, in_channels=16),
)
data_preprocessor = dict(mean=[60.0], std=[80.0])
train_pipeline = [dict(type='RandomCrop', crop_size=8, padding=1), dict(type='PackInputs')]
train_dataloader = dict(batch_size=64, dataset=dict(type='Digits', split='train', pipeline=train_pipeline))
val_dataloader = dict(batch_size=128, dataset=dict(type='Digits', split='test', pipeline=[dict(type='PackInputs')]))
val_evaluator = dict(type='Accuracy', topk=(1,))
optim_wrapper = dict(optimizer=dict(type='AdamW', lr=0.01), clip_grad=dict(max_norm=5.0))
param_scheduler = [dict(type='LinearLR', start_factor=0.1, by_epoch=False, end=5), dict(type='CosineAnnealingLR')]
train_cfg = dict(by_epoch=True, max_epochs=2)
"""


def config(text: str = TEXT, **overrides) -> Config:
    cfg = Config.fromstring(text, file="lesson.py")
    cfg.merge_from_dict({key.replace("__", "."): value for key, value in overrides.items()})
    return cfg


def test_a_type_becomes_a_call_with_its_children_built_first():
    model = builders.build_model(config().model)
    assert isinstance(model, ImageClassifier)
    assert isinstance(model.backbone, SmallCNN) and isinstance(model.head, LinearClsHead)
    assert sum(value.numel() for value in model.parameters()) == 72 + 16 + 8 * 16 * 9 + 32 + 170


def test_keys_that_end_in_cfg_are_handed_over_as_they_are():
    node = {"type": "SmallCNN", "norm_cfg": {"type": "GN", "num_groups": 2}}
    assert isinstance(builders.build(node).blocks[0][1], nn.GroupNorm)


def test_a_constructor_that_refuses_says_where():
    with pytest.raises(ConfigError, match=r"--here: model.backbone.widths: at least one block is needed"):
        cfg = config()
        cfg.merge_from_dict({"model.backbone.widths": ()}, Origin("--here"))
        builders.build_model(cfg.model)


def test_the_explained_model_is_the_built_model():
    cfg = config()
    scope: dict = {}
    exec(explain(cfg), scope)  # the text is ours: it was made by explain, not read from a file
    torch.manual_seed(0)
    built = builders.build_model(cfg.model)
    assert str(scope["model"]) == str(built)


def test_a_whole_training_from_a_config(tmp_path):
    trainer = builders.build_trainer(config(work_dir=str(tmp_path)))
    result = trainer.fit()
    assert result.metrics["accuracy/top1"] > 50
    assert {file.name for file in tmp_path.iterdir()} >= {"config.py", "metrics.jsonl", "train.log", "curves.png"}
    assert Config.fromfile(tmp_path / "config.py").model == config().model
    again = builders.evaluate(config(), tmp_path / "checkpoints" / "last.pt")
    assert again == result.metrics


def test_checkpoints_load_without_running_code_and_name_the_classes(tmp_path):
    builders.build_trainer(config(work_dir=str(tmp_path), train_cfg__max_epochs=1)).fit()
    state = torch.load(tmp_path / "checkpoints" / "last.pt", weights_only=True)
    assert state["classes"] == [str(digit) for digit in range(10)]
    assert Config.fromstring(state["config"]).model == config().model


def test_a_pretrained_start_reports_what_did_not_fit(tmp_path, capsys):
    builders.build_trainer(config(work_dir=str(tmp_path), train_cfg__max_epochs=1)).fit()
    without_pooling = config(load_from=str(tmp_path / "checkpoints" / "last.pt"), work_dir=str(tmp_path / "next"))
    del without_pooling.model["neck"]
    without_pooling.model.head.in_channels = 64
    builders.build_trainer(without_pooling)
    assert "load_from: head.fc.weight: (10, 16) in the file, (10, 64) in the model" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("overrides", "expected"),
    [
        (
            {"model.head.in_channels": 32},
            "model.head.in_channels: is 32, but the neck gives 16 channels. Write in_channels=16.",
        ),
        ({"model.backbone.in_channels": 3}, "lesson.py:4: model.backbone.in_channels: the pictures have 1 channels"),
        ({"model.backbone.widths": (8,) * 4}, "4 blocks need pictures of at least 16×16; these are 8×8"),
        ({"model.backbone.type": "SmalCNN"}, "there is no backbone 'SmalCNN'. Did you mean 'SmallCNN'?"),
        ({"model.head.num_classes": 3}, "num_classes"),
        ({"optim_wrapper.optimizer.lrr": 0.1}, "Did you mean 'lr'?"),
    ],
)
def test_mistakes_are_found_before_anything_is_trained(overrides, expected):
    cfg = config()
    for path, value in overrides.items():
        cfg.merge_from_dict({path: value}, Origin("lesson.py", 4))
    assert expected in "\n".join(map(str, builders.check_config(cfg)))
    with pytest.raises(ConfigError):
        builders.build_trainer(cfg)


def test_a_right_config_has_no_mistakes():
    assert builders.check_config(config()) == []


def test_batch_augmentation_of_the_model_goes_to_the_preprocessor():
    cfg = config()
    cfg.model["train_cfg"] = dict(augments=[dict(type="Mixup", alpha=0.8)])
    preprocessor = builders.build_preprocessor(cfg)
    assert isinstance(preprocessor, Preprocessor)
    batch = {"images": torch.zeros(4, 1, 8, 8, dtype=torch.uint8), "labels": torch.tensor([0, 1, 2, 3])}
    assert preprocessor(dict(batch), True)["labels"].shape == (4, 10)
    assert preprocessor(dict(batch), False)["labels"].shape == (4,)


def test_every_ready_made_config_is_right():
    for path in ready_made():
        assert builders.check_config(load_config(path)) == [], path


def test_any_torchvision_transform_by_name():
    cfg = config()
    cfg.merge_from_dict(
        {"train_pipeline": [dict(type="torchvision/RandomRotation", degrees=10), dict(type="PackInputs")]}
    )
    assert builders.check_config(cfg) == []
    dataset = builders.build_dataset(cfg.train_dataloader.dataset)
    assert dataset[0]["image"].shape == (1, 8, 8)
    cfg.merge_from_dict({"train_pipeline.0.type": "torchvision/RandomRotatoin"})
    assert "Did you mean 'RandomRotation'?" in str(builders.check_config(cfg)[0])
    cfg.merge_from_dict({"train_pipeline.0": dict(type="torchvision/RandomRotation", degree=10)})
    assert "Did you mean 'degrees'?" in "\n".join(map(str, builders.check_config(cfg)))


def test_mmengines_ways_of_saying_never_and_all():
    cfg = config()
    cfg.default_hooks = dict(checkpoint=dict(interval=-1, max_keep_ckpts=-1, save_best=["accuracy/top1", "loss"]))
    hook = next(hook for hook in builders.build_hooks(cfg) if isinstance(hook, CheckpointHook))
    assert (hook.interval, hook.keep, hook.save_best) == (None, None, "accuracy/top1")


def test_lists_of_lists_of_components_are_checked_and_built():
    cfg = config()
    policies = [[dict(type="Rotate", angle=30.0), dict(type="Equalize")], [dict(type="Invert")]]
    cfg.merge_from_dict({"train_pipeline": [dict(type="AutoAugment", policies=policies), dict(type="PackInputs")]})
    assert builders.check_config(cfg) == []
    cfg.train_pipeline[0].policies[0][1] = dict(type="Equalise")
    assert "Did you mean 'Equalize'?" in "\n".join(map(str, builders.check_config(cfg)))


def test_the_models_own_init_cfg_is_handed_over():
    cfg = config()
    cfg.model["init_cfg"] = dict(type="Constant", layer="Linear", val=0.25)
    assert builders.check_config(cfg) == []
    assert bool((builders.build_model(cfg.model).head.fc.weight == 0.25).all())


def test_wrong_channels_and_wrong_classes_are_told_together():
    cfg = config()
    cfg.merge_from_dict({"model.head.in_channels": 32, "model.head.num_classes": 3, "train_cfg.max_epoch": 1})
    told = [mistake.path for mistake in builders.check_config(cfg)]
    assert told == ["train_cfg.max_epoch", "model.head.num_classes", "model.head.in_channels"]
