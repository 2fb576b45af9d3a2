"""Configs for what the kit does not have say so in one line, and suggest nothing."""

from course_lib import builders
from course_lib.config import Config, check, not_held
from course_lib.config.registry import register

TRAINING = """
train_dataloader = dict(batch_size=2, dataset=dict(type='ImageNet', pipeline=[dict(type='SimMIMMaskGenerator')]))
optim_wrapper = dict(optimizer=dict(type='SGD', lr=0.1))
train_cfg = dict(max_epochs=1)
"""


def messages(text: str) -> list[str]:
    cfg = Config.fromstring(text)
    found = [f"{mistake.path}: {mistake.message} {mistake.hint}".rstrip() for mistake in check(cfg)]
    assert builders.check_config(cfg) == check(cfg)
    return found


def test_another_kind_of_model_is_one_line() -> None:
    text = f"model = dict(type='MAE', backbone=dict(type='MAEViT'), neck=dict(type='MAEPretrainDecoder')){TRAINING}"
    assert messages(text) == [
        "model.type: 'MAE' is self-supervised learning, which the kit does not hold; it holds classification."
    ]


def test_a_backbone_that_is_left_out_names_another_way() -> None:
    head = "dict(type='LinearClsHead', num_classes=3, in_channels=8)"
    backbone = "dict(type='mmpretrain.HRNet', arch='w18')"
    text = f"model = dict(type='ImageClassifier', backbone={backbone}, neck=dict(type='HRFuseScales'), head={head})"
    assert messages(text) == [
        "model.backbone.type: 'HRNet' is a backbone that the kit leaves out. `course models list` shows those it has; "
        "type='TIMMBackbone' takes any of timm's."
    ]


def test_the_rest_of_a_config_counts_where_its_model_is_ours() -> None:
    backbone = "dict(type='LeNet5', num_classes=10)"
    text = f"model = dict(type='ImageClassifier', backbone={backbone}){TRAINING}"
    assert messages(text) == [
        "train_dataloader.dataset.pipeline.0.type: 'SimMIMMaskGenerator' is self-supervised learning, which the kit "
        "does not hold; it holds classification."
    ]


def test_in_the_older_dialect() -> None:
    text = "model = dict(type='FasterRCNN', pretrained=None)\ndata = dict(samples_per_gpu=2)"
    (message,) = messages(text)
    assert message.startswith("model.type: 'FasterRCNN' is object detection, which the kit does not hold")


def test_an_argument_of_another_architecture() -> None:
    @register("backbone")
    class ConvNeXt:
        def __init__(self, arch: str = "tiny") -> None: ...

    (message,) = messages("model = dict(type='ImageClassifier', backbone=dict(type='ConvNeXt', use_grn=True))")
    assert message.startswith("model.backbone.use_grn: ConvNeXt's 'use_grn' is for ConvNeXt V2, a backbone that the ")


def test_a_slip_of_the_pen_is_still_one() -> None:
    (message,) = messages("model = dict(type='ImageClassifier', backbone=dict(type='ResNett', depth=18))")
    assert "Did you mean 'ResNet'?" in message
    assert not_held(Config.fromstring("model = dict(type='ImageClassifier')")) == []


def test_the_line_is_known() -> None:
    (mistake,) = not_held(Config.fromstring("x = 1\nmodel = dict(\n    type='SimCLR')"))
    assert mistake.origin is not None and mistake.origin.line == 3
