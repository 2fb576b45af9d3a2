"""Config → objects: the one rule, the parts, and every mistake said before the work."""

import pytest
import torch
from PIL import Image
from torch import nn

from course_lib import builders, engine
from course_lib.config import Config, ConfigDict, ConfigError, DataError, Origin, explain, load_config, ready_made
from course_lib.data import DefaultSampler, Preprocessor, RepeatAugSampler
from course_lib.data.datasets import Digits
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


def test_a_whole_config_is_no_model():
    with pytest.raises(ConfigError, match=r"this is a whole config, not its model\. Write build_model\(cfg\.model\)"):
        builders.build_model(config())


@pytest.mark.parametrize("junk", ["[1,2", 3, ["Flip"]])
def test_a_pipeline_that_is_none_is_told_and_never_run(junk):
    mistakes = builders.check_config(config(train_pipeline=junk))
    assert mistakes and all("pipeline" in mistake.path for mistake in mistakes)


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
        ({"train_dataloader": 3}, "lesson.py:4: train_dataloader: a dict belongs here, not 3."),
        ({"train_dataloader.dataset": 7}, "dataset: a dataset belongs here, a dict with 'type', not 7."),
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


def test_the_pipelines_inside_of_wrappers_are_tried_too():
    cfg = config(train_pipeline__0__padding=-1)
    cfg.train_dataloader.dataset = {"type": "RepeatDataset", "times": 2, "dataset": cfg.train_dataloader.dataset}
    plain = config(train_pipeline__0__padding=-1)
    assert [m.message for m in builders.probe_pipelines(cfg)] == [m.message for m in builders.probe_pipelines(plain)]
    assert len(builders.probe_pipelines(cfg)) == 1
    right = config(train_pipeline__0__crop_size=6, train_pipeline__0__padding=0)
    inner = right.train_dataloader.dataset
    joined = {"type": "ConcatDataset", "datasets": [{"type": "Subset", "dataset": inner, "indices": 9}, inner]}
    right.train_dataloader.dataset = joined
    assert builders.picture_shape(right) == (1, 6, 6)


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
    assert (hook.interval, hook.keep, hook.best.name) == (None, None, "accuracy/top1")


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


# --- samplers ---------------------------------------------------------------------------------------------------------


def test_training_shuffles_and_measuring_takes_each_picture_once():
    cfg = config()
    train = builders.build_loader(cfg.train_dataloader, training=True).sampler
    assert isinstance(train, DefaultSampler) and (train.shuffle, train.round_up) == (True, True)
    val = builders.build_loader(cfg.val_dataloader, training=False).sampler
    assert isinstance(val, DefaultSampler) and (val.shuffle, val.round_up) == (False, False)
    said = builders.build_sampler(dict(type="mmengine.DefaultSampler", shuffle=False), training=True)
    assert isinstance(said, DefaultSampler) and (said.shuffle, said.round_up) == (False, True)


def test_a_sampler_of_a_config_orders_its_loader():
    cfg = config(train_dataloader__sampler=dict(type="RepeatAugSampler", num_repeats=4, shuffle=True))
    assert builders.check_config(cfg) == []
    loader = builders.build_loader(cfg.train_dataloader, training=True)
    assert isinstance(loader.sampler, RepeatAugSampler)
    assert set(loader.order(0).bincount().tolist()) <= {0, 4, len(loader.order(0)) % 4}


@pytest.mark.parametrize("drop_last", [False, True])
@pytest.mark.parametrize(
    "sampler", [None, dict(type="WeightedSampler", num_samples=130), dict(type="RepeatAugSampler")]
)
def test_batches_are_counted_without_reading_a_picture(monkeypatch, sampler, drop_last):
    loader = {**config().train_dataloader, "sampler": sampler, "drop_last": drop_last}
    expected = len(builders.build_loader(loader, training=True))

    def raw(dataset, index):
        raise AssertionError("a picture is read")

    monkeypatch.setattr(Digits, "raw", raw)
    assert builders.count_batches(loader) == expected
    with pytest.raises(DataError, match=r"pictures make no batch of 5000\."):
        builders.count_batches({**loader, "batch_size": 5000, "drop_last": True})


@pytest.mark.parametrize(
    ("sampler", "expected"),
    [
        (dict(type="RepeatSampler"), "there is no sampler 'RepeatSampler'. Did you mean 'RepeatAugSampler'?"),
        (dict(type="WeightedSampler", weight=[1]), "has no argument 'weight'. Did you mean 'weights'?"),
        (dict(type="RepeatAugSampler", num_repeats=0), "an int of at least 1 belongs here, not 0."),
        (dict(type="WeightedSampler", weights=[0.0, 0.0]), "must hold no number below 0, and at least one above."),
        (dict(type="RandomFlip"), "'RandomFlip' is a transform, but a sampler belongs here."),
    ],
)
def test_mistakes_in_a_sampler(sampler, expected):
    mistakes = builders.check_config(config(train_dataloader__sampler=sampler))
    assert len(mistakes) == 1 and expected in str(mistakes[0])


def test_a_training_with_repeats_goes_on_where_it_was_cut_off(tmp_path):
    repeats = dict(train_dataloader__sampler=dict(type="RepeatAugSampler"))
    whole = builders.build_trainer(config(**repeats), hooks=[])
    whole.fit()
    cut = builders.build_trainer(config(**repeats), hooks=[])
    cut.max_steps = 10
    cut.fit()
    engine.save_checkpoint(cut.state_dict(), tmp_path / "cut.pt")
    resumed = builders.build_trainer(config(**repeats), hooks=[])
    assert resumed.resume(tmp_path / "cut.pt") and resumed.batch == 10
    resumed.fit()
    states = [trainer.model.state_dict() for trainer in (whole, resumed)]
    assert resumed.step == whole.step and all(states[0][name].equal(states[1][name]) for name in states[0])


# --- the linear rule --------------------------------------------------------------------------------------------------


def test_auto_scale_lr_scales_every_group_and_what_schedules_make_of_it(capsys):
    cfg = config(
        auto_scale_lr=dict(base_batch_size=256, enable=True),
        optim_wrapper__paramwise_cfg=dict(custom_keys={"head": dict(lr_mult=10.0)}),
    )
    trainer = builders.build_trainer(cfg)
    assert {group["initial_lr"] for group in trainer.optimizer.param_groups} == {0.0025, 0.025}
    trainer.set_rates()  # the warm-up begins at a tenth
    assert sorted({group["lr"] for group in trainer.optimizer.param_groups}) == pytest.approx([0.00025, 0.0025])
    told = "lr 0.01 was set for batches of 256; yours are 64: scaled by the linear rule to lr=0.0025"
    assert f"auto_scale_lr: {told}\n" in capsys.readouterr().out


@pytest.mark.parametrize("paramwise_cfg", [None, dict(custom_keys={"head": dict(lr_mult=10.0)})])
def test_the_explained_optimizer_has_the_scaled_rates(paramwise_cfg):
    cfg = config(
        auto_scale_lr=dict(base_batch_size=256, enable=True),
        optim_wrapper__paramwise_cfg=paramwise_cfg,
    )
    scope: dict = {}
    exec(explain(cfg), scope)
    built = builders.build_optimizer(cfg, builders.build_model(cfg.model))
    expected = [group["lr"] for group in built.param_groups]
    assert [group["lr"] for group in scope["optimizer"].param_groups] == pytest.approx(expected)
    assert min(expected) == pytest.approx(0.0025)


@pytest.mark.parametrize("name", ["lesson.py", "small-cnn_8xb32_digits.py"])
def test_without_enable_the_rule_is_only_told(name, capsys):
    cfg = Config.fromstring(TEXT, file=name)
    if name == "lesson.py":
        cfg.auto_scale_lr = dict(base_batch_size=256)
    trainer = builders.build_trainer(cfg)
    assert trainer.optimizer.param_groups[0]["initial_lr"] == 0.01
    assert "batches of 256; yours are 64: the linear rule says lr=0.0025 (auto_scale" in capsys.readouterr().out


def test_nothing_is_told_where_the_batches_agree_or_none_is_known(capsys):
    builders.build_trainer(config(auto_scale_lr=dict(base_batch_size=64, enable=True)))
    builders.build_trainer(config())
    gathered = config(auto_scale_lr=dict(base_batch_size=256))
    gathered.optim_wrapper["accumulative_counts"] = 4
    builders.build_trainer(gathered)
    assert "auto_scale_lr" not in capsys.readouterr().out
    (mistake,) = builders.check_config(config(auto_scale_lr=dict(enable=True)))
    assert "auto_scale_lr: the key 'base_batch_size' is missing." in str(mistake)


# --- test-time augmentation -------------------------------------------------------------------------------------------

FLIPPED = [dict(type="RandomFlip", prob=0.0), dict(type="RandomFlip", prob=1.0)]


def test_views_are_averaged_as_by_hand(tmp_path, capsys):
    cfg = config(work_dir=str(tmp_path), train_cfg__max_epochs=1)
    builders.build_trainer(cfg).fit()
    checkpoint = tmp_path / "checkpoints" / "last.pt"
    trainer = builders.build_trainer(cfg)
    trainer.resume(checkpoint)
    batches = [trainer.preprocessor(batch, False) for batch in trainer.val_loader.epoch(0)]
    right = 0
    with torch.no_grad():
        for batch in batches:
            mirrored = {**batch, "images": batch["images"].flip(-1)}
            mean = (trainer.model.eval().predict(batch) + trainer.model.predict(mirrored)) / 2
            right += int((mean.argmax(1) == batch["labels"]).sum())
    by_hand = 100 * right / trainer.val_loader.count
    capsys.readouterr()
    assert builders.evaluate(cfg, checkpoint, tta=True)["accuracy/top1"] == pytest.approx(by_hand)
    assert capsys.readouterr().err == (
        "tta: the config has no tta_pipeline; pictures are taken as they are and flipped left to right\n"
    )
    assert builders.evaluate(cfg, checkpoint)["accuracy/top1"] != pytest.approx(by_hand)
    cfg.val_dataloader["way"] = "sample"
    cfg.tta_model = dict(type="mmpretrain.AverageClsScoreTTA")
    cfg.tta_pipeline = [dict(type="TestTimeAug", transforms=[FLIPPED, [dict(type="PackInputs")]])]
    assert builders.check_config(cfg) == []
    assert builders.evaluate(cfg, checkpoint, tta=True)["accuracy/top1"] == pytest.approx(by_hand)
    assert capsys.readouterr().err == ""


def test_views_reach_into_wrappers():
    cfg = config()
    inner = dict(type="Digits", split="test", pipeline=[dict(type="PackInputs")])
    wrapped = dict(type="ConcatDataset", datasets=[inner, dict(type="RepeatDataset", times=2, dataset=inner)])
    dataset = builders.build_dataset(builders.with_views(cfg, ConfigDict(wrapped)))
    assert dataset[0]["image"].shape == (2, 1, 8, 8)
    assert dataset[0]["image"][1].equal(dataset[0]["image"][0].flip(-1))
    assert builders.build_dataset(wrapped)[0]["image"].shape == (1, 8, 8)


@pytest.mark.parametrize(
    ("transforms", "expected"),
    [
        ([[dict(type="RandomFlp")]], "tta_pipeline.0.transforms.0.0.type: there is no transform 'RandomFlp'. Did you"),
        ([dict(type="RandomFlip")], "tta_pipeline.0.transforms.0: a list belongs here, not {'type': 'RandomFlip'}."),
        ([[dict(type="RandomFlip", prob=2.0)]], "prob is 2.0, but must be a probability from 0 to 1."),
        ([[]], "none of them empty"),
    ],
)
def test_mistakes_in_a_tta_pipeline(transforms, expected):
    cfg = config()
    cfg.tta_pipeline = [dict(type="TestTimeAug", transforms=transforms)]
    assert expected in "\n".join(map(str, builders.check_config(cfg)))
    cfg = config(tta_model=dict(type="AverageScoreTTA"))
    assert "Did you mean 'AverageClsScoreTTA'?" in str(builders.check_config(cfg)[0])


BGR = """
model = dict(type='ImageClassifier', backbone=dict(type='SmallCNN'), head=dict(type='ClsHead'))
data_preprocessor = dict(mean=[10., 20., 30.], std=[2., 2., 2.], to_rgb=False)
test_dataloader = dict(batch_size=2, way='{way}', dataset=dict(type='CustomDataset', data_root='{root}', pipeline=[
    dict(type='LoadImageFromFile'), dict(type='Resize', scale=4), dict(type='PackInputs')]))
"""


@pytest.mark.parametrize("way", ["batch", "sample"])
def test_to_rgb_false_gives_files_blue_first_either_way(tmp_path, way):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        Image.new("RGB", (4, 4), (200, 100, 50)).save(tmp_path / name / "p.png")
    cfg = Config.fromstring(BGR.format(way=way, root=tmp_path))
    batch = next(iter(builders.build_loader(cfg.test_dataloader, training=False).epoch(0)))
    seen = builders.build_preprocessor(cfg)(batch, False)["images"]
    assert seen[:, :, 0, 0].tolist() == [[20.0, 40.0, 85.0]] * 2  # (50 - 10) / 2 for blue, …


def test_to_rgb_false_leaves_pictures_of_a_data_set_that_are_rgb_in_memory():
    # MMPretrain's CIFAR configs write it: its CIFAR is RGB already, and so are their mean and std
    cfg = Config.fromstring("""
data_preprocessor = dict(mean=[125.307, 122.961, 113.8575], std=[51.5865, 50.847, 51.255], to_rgb=False)
train_dataloader = dict(dataset=dict(type='CIFAR10', pipeline=[dict(type='PackInputs')]))
""")
    images = torch.tensor([125.307, 122.961, 113.8575]).reshape(1, 3, 1, 1)
    assert builders.build_preprocessor(cfg)({"images": images}, False)["images"].abs().max() < 1e-5


def test_an_ema_hook_of_the_model_zoo_becomes_the_trainers_average():
    text = TEXT + "custom_hooks = [dict(type='EMAHook', momentum=4e-5, priority='ABOVE_NORMAL', begin_epoch=1)]\n"
    cfg = config(text)
    trainer = builders.build_trainer(cfg, hooks=[])
    assert (trainer.average.momentum, trainer.average.begin_step) == (4e-5, len(trainer.train_loader))
    assert trainer.average.measured == "average"
    assert all(type(hook).__name__ != "EMAHook" for hook in builders.build_hooks(cfg))
    equal = config(text, custom_hooks__0__ema_type="StochasticWeightAverage", custom_hooks__0__evaluate_on_origin=True)
    assert builders.build_average(equal).momentum is None and builders.build_average(equal).measured == "both"
    (mistake,) = builders.check_config(config(text, custom_hooks__0__momentm=1e-4))
    assert "custom_hooks.0.momentm" in str(mistake) and "Did you mean 'momentum'?" in str(mistake)


def test_other_hooks_of_the_model_zoo_are_built_without_their_priority():
    hooks = "[dict(type='PreciseBNHook', num_samples=99, priority='ABOVE_NORMAL'), dict(type='EarlyStoppingHook')]"
    cfg = config(TEXT + f"custom_hooks = {hooks}\n")
    assert builders.check_config(cfg) == []
    assert [type(hook) for hook in builders.build_hooks(cfg)[-2:]] == [engine.PreciseBNHook, engine.EarlyStoppingHook]


def test_a_training_by_iterations_validates_by_iterations():
    cfg = config()
    cfg.train_cfg = dict(by_epoch=False, max_iters=50, val_interval=20)
    steps = []

    class Count(engine.Hook):
        def after_validate(self, trainer, metrics):
            steps.append(trainer.step)

    builders.build_trainer(cfg, hooks=[Count()]).fit()
    assert steps == [20, 40, 50]


@pytest.mark.parametrize(
    ("wrapper", "amp"),
    [
        ({}, False),
        ({"type": "AmpOptimWrapper"}, "bf16"),
        ({"type": "AmpOptimWrapper", "dtype": "float16"}, "fp16"),
        ({"type": "AmpOptimWrapper", "loss_scale": 512.0}, "fp16"),
        ({"type": "AmpOptimWrapper", "dtype": "bfloat16", "loss_scale": "dynamic"}, "bf16"),
    ],
)
def test_half_precision_is_as_the_wrapper_says(wrapper, amp):
    assert builders.half_precision(wrapper) == amp


def test_a_head_of_two_tokens_fits_its_backbone():
    cfg = Config.fromstring("""
model = dict(
    type='ImageClassifier',
    backbone=dict(type='DistilledVisionTransformer', arch='deit-tiny', img_size=32),
    neck=None,
    head=dict(type='DeiTClsHead', num_classes=10, in_channels=192),
    init_cfg=[dict(type='TruncNormal', layer='Linear', std=0.02)],
)
train_dataloader = dict(batch_size=2, dataset=dict(type='CIFAR10', pipeline=[dict(type='PackInputs')]))
""")
    assert builders.check_config(cfg, for_training=False) == []
    cfg.merge_from_dict({"model.head.in_channels": 384})
    (mistake,) = builders.check_config(cfg, for_training=False)
    assert "model.head.in_channels: features of shape (2, 384) came where (N, 768)" in str(mistake)


RECIPE = dict(
    action_epoch=2,
    train_pipeline=[dict(type="Resize", scale=12), dict(type="PackInputs")],
    batch_augments=dict(augments=dict(type="Mixup", alpha=0.8)),
    loss=dict(type="LabelSmoothLoss", label_smooth_val=0.1),
)


def switching(**changes) -> Config:
    hook = dict(type="SwitchRecipeHook", priority="NORMAL", schedule=[{**RECIPE, **changes}])
    return config(custom_hooks=[hook])


def test_a_training_that_switches_its_recipe():
    cfg = switching()
    assert builders.check_config(cfg) == []
    trainer = builders.build_trainer(cfg)
    trainer.fit()
    assert next(trainer.train_loader.epoch(0))["images"].shape[-1] == 12
    assert [type(augment).__name__ for augment in trainer.preprocessor.batch_augments] == ["Mixup"]
    assert trainer.preprocessor.num_classes == 10 and type(trainer.model.head.loss_module).__name__ == "LabelSmoothLoss"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"train_pipeline": [dict(type="Resize", scle=12)]}, "Resize has no argument 'scle'. Did you mean 'scale'?"),
        ({"train_pipeline": [dict(type="RandomCrop", crop_size=0)]}, "crop_size"),
        ({"loss": dict(type="LabelSmothLoss")}, "there is no loss 'LabelSmothLoss'. Did you mean 'LabelSmoothLoss'?"),
        ({"batch_augments": dict(prob=[1.0])}, "the key 'augments' is missing"),
        ({"train_augments": None}, "there is no key 'train_augments' here. Did you mean 'batch_augments'?"),
        ({"action_epoch": 0}, "action_epoch: an int of at least 1 belongs here, not 0"),
        ({"loss": dict(type="SeesawLoss", num_classes=10)}, "SeesawLoss keeps cum_samples in the checkpoints"),
    ],
)
def test_mistakes_in_a_recipe(changes, expected):
    assert expected in "\n".join(str(mistake) for mistake in builders.check_config(switching(**changes)))


def test_a_later_pipeline_must_suit_the_model_too():
    pipeline = [dict(type="torchvision/Grayscale", num_output_channels=3), dict(type="PackInputs")]
    (mistake,) = builders.check_config(switching(train_pipeline=pipeline))
    assert "the pictures have 3 channels, but the backbone was built for 1" in str(mistake)


def test_the_visualizers_backends(tmp_path, capsys):
    backends = [dict(type=f"{name}VisBackend") for name in ("Local", "Tensorboard", "Wandb")]
    hooks = builders.build_hooks(config(visualizer=dict(type="UniversalVisualizer", vis_backends=backends)))
    (log,) = [hook for hook in hooks if isinstance(hook, engine.LogHook)]
    assert [type(writer) for writer in log.writers] == [engine.TensorBoardWriter]
    assert "the kit has no WandbVisBackend" in capsys.readouterr().out
    assert builders.build_writers(config()) == [] and capsys.readouterr().out == ""


def test_pictures_are_drawn_where_a_config_asks_for_it():
    asked = dict(type="VisualizationHook", enable=True, interval=100, priority="LOW")
    hooks = builders.build_hooks(config(default_hooks=dict(visualization=asked)))
    (drawing,) = [hook for hook in hooks if isinstance(hook, engine.VisualizationHook)]
    assert drawing.enable and drawing.interval == 100
    asked = dict(type="VisualizationHook", enable=False)
    hooks = builders.build_hooks(config(default_hooks=dict(visualization=asked)))
    assert not any(isinstance(hook, engine.VisualizationHook) for hook in hooks)


def test_memory_and_profile_are_hooks_of_a_config():
    cfg = config(custom_hooks=[dict(type="MemoryHook", interval=2), dict(type="ProfilerHook", active=3)])
    assert builders.check_config(cfg) == []
    assert [type(hook).__name__ for hook in builders.build_hooks(cfg)[-2:]] == ["MemoryHook", "ProfilerHook"]


def test_what_a_config_says_of_determinism_holds(tmp_path):
    try:
        overrides = {"randomness": dict(seed=3, deterministic=True), "work_dir": str(tmp_path)}
        builders.build_trainer(config(**overrides)).fit()
        assert torch.are_deterministic_algorithms_enabled() and torch.backends.cudnn.deterministic
        record = engine.read_record(tmp_path)
        assert record["deterministic"] and record["seed"] == 3
        builders.build_trainer(config(env_cfg=dict(cudnn_benchmark=True)))
        assert not torch.are_deterministic_algorithms_enabled() and torch.backends.cudnn.benchmark
    finally:
        engine.set_deterministic()


def test_the_record_judges_as_the_checkpoints_do(tmp_path):
    cfg = config(default_hooks=dict(checkpoint=dict(type="CheckpointHook", save_best="accuracy", rule="less")))
    cfg.work_dir = str(tmp_path)
    builders.build_trainer(cfg).fit()
    best = engine.read_record(tmp_path)["best"]
    assert (best["monitor"], best["rule"]) == ("accuracy/top1", "less")
    assert engine.read_record(tmp_path)["config_digest"] == cfg.digest()
