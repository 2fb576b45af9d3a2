"""Predictions from a checkpoint: the same preprocessing as in the test, any kind of picture."""

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from course_lib import Config, Inferencer, builders
from course_lib.config import load_config
from course_lib.config.errors import CheckpointError, ConfigError, DataError
from course_lib.data import PictureError
from course_lib.engine import save_checkpoint
from course_lib.inference import Prediction


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    cfg = load_config(None, {"work_dir": str(folder), "train_cfg.max_epochs": 3})
    builders.build_trainer(cfg).fit()
    return folder / "checkpoints" / "last.pt"


def digits():
    return builders.build_dataset(dict(type="Digits", split="test"))


def test_predictions_are_the_test_loaders(checkpoint):
    inferencer = Inferencer(checkpoint, device="cpu")
    cfg = load_config()
    loader = builders.build_loader(cfg.val_dataloader, training=False)
    batch = next(loader.epoch(0))
    with torch.no_grad():
        scores = inferencer.model.predict(inferencer.preprocessor(batch, False))
    pictures = [digits().raw(index)["img"] for index in range(len(scores))]
    predictions = inferencer(pictures, topk=1)
    assert [prediction.labels[0] for prediction in predictions] == scores.argmax(dim=1).tolist()
    assert [prediction.scores[0] for prediction in predictions] == pytest.approx(scores.amax(dim=1).tolist(), abs=1e-5)


def test_several_views_of_a_picture_are_averaged(checkpoint):
    digit = digits().raw(0)["img"]
    alone, flipped = Inferencer(checkpoint, device="cpu")([digit, digit.flip(-1)], topk=10)
    (both,) = Inferencer(checkpoint, device="cpu", tta=True)(digit, topk=10)
    scores = [dict(zip(p.labels, p.scores, strict=True)) for p in (alone, flipped, both)]
    assert scores[2] == pytest.approx({label: (scores[0][label] + scores[1][label]) / 2 for label in range(10)})


def test_any_kind_of_picture(checkpoint, tmp_path):
    inferencer = Inferencer(checkpoint, device="cpu")
    grey = digits().raw(0)["img"]
    array = np.repeat(grey.permute(1, 2, 0).numpy(), 3, axis=2)  # (H, W, 3)
    Image.fromarray(array).save(tmp_path / "digit.png")
    kinds = [grey, array, array[..., 0], Image.fromarray(array), tmp_path / "digit.png", str(tmp_path / "digit.png")]
    predictions = [inferencer(kind, topk=3)[0] for kind in kinds]
    assert len({tuple(prediction.labels) for prediction in predictions}) == 1
    assert predictions[0].names[0] == str(predictions[0].labels[0]) and len(predictions[0].scores) == 3
    assert predictions[-1].path.endswith("digit.png")


def test_a_plain_network_gives_probabilities_too():
    torch.manual_seed(0)
    net = nn.Sequential(nn.Flatten(), nn.Linear(1024, 10))
    inferencer = Inferencer(net, device="cpu", config=load_config())
    digit = digits().raw(0)["img"]
    (prediction,) = inferencer(digit, topk=10)
    with torch.no_grad():
        images = inferencer.preprocessor({"images": inferencer.prepare(digit)[None]}, False)["images"]
        expected = net(images).softmax(1)[0]
    assert prediction.scores == pytest.approx(expected[prediction.labels].tolist())


def test_what_is_no_picture(checkpoint, tmp_path):
    inferencer = Inferencer(checkpoint, device="cpu")
    (tmp_path / "text.png").write_text("no picture")
    with pytest.raises(DataError, match=r"text.png"):
        inferencer(tmp_path / "text.png")
    with pytest.raises(ConfigError, match=r"uint8 \(C, H, W\) with 1 or 3 channels; got torch.float32"):
        inferencer(torch.zeros(3, 8, 8))


def test_bare_weights_are_not_enough(tmp_path):
    save_checkpoint({"model": {"weight": torch.zeros(1)}}, tmp_path / "bare.pt")
    with pytest.raises(CheckpointError, match="holds no config"):
        Inferencer(tmp_path / "bare.pt")


def test_bare_weights_with_a_config_predict_the_same(checkpoint, tmp_path):
    torch.save(torch.load(checkpoint, weights_only=True)["model"], tmp_path / "bare.pth")
    digit = digits().raw(0)["img"]
    own, other = (
        Inferencer(checkpoint, "cpu"),
        Inferencer(tmp_path / "bare.pth", "cpu", config="lessons/lenet_digits"),
    )
    assert other(digit)[0].scores == own(digit)[0].scores


ZOO = """
model = dict(
    type='ImageClassifier',
    backbone=dict(type='MobileNetV2', widen_factor=0.25),
    neck=dict(type='GlobalAveragePooling'),
    head=dict(type='LinearClsHead', num_classes=3, in_channels=1280, loss=dict(type='CrossEntropyLoss')))
{normalization}
"""
OF_1 = """
data_preprocessor = dict(mean=[10., 20., 30.], std=[50., 60., 70.], to_rgb={to_rgb})
test_dataloader = dict(dataset=dict(type='CustomDataset', data_root='no/where', pipeline=[
    dict(type='LoadImageFromFile'), dict(type='CenterCrop', crop_size=32), dict(type='PackInputs')]))
"""
OF_0 = """
data = dict(test=dict(type='ImageNet', data_prefix='no/where', pipeline=[
    dict(type='LoadImageFromFile'), dict(type='CenterCrop', crop_size=32),
    dict(type='Normalize', mean=[10., 20., 30.], std=[50., 60., 70.], to_rgb={to_rgb}),
    dict(type='ImageToTensor', keys=['img']), dict(type='Collect', keys=['img'])]))
"""


@pytest.mark.parametrize("dialect", [OF_1, OF_0])
@pytest.mark.parametrize("to_rgb", [True, False])
def test_a_checkpoint_of_the_model_zoo_with_its_config_inside(tmp_path, dialect, to_rgb):
    text = ZOO.format(normalization=dialect.format(to_rgb=to_rgb))
    torch.manual_seed(0)
    model = builders.build_model(Config.fromstring(text).model).eval()
    meta = {"cfg": text, "dataset_meta": {"classes": ("cat", "dog", "owl")}}
    torch.save({"state_dict": model.state_dict(), "meta": meta}, tmp_path / "zoo.pth")
    pixels = np.random.default_rng(0).integers(0, 256, (32, 32, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(tmp_path / "p.png")
    (prediction,) = Inferencer(tmp_path / "zoo.pth", "cpu")(tmp_path / "p.png")

    seen = torch.from_numpy(pixels if to_rgb else pixels[..., ::-1].copy()).float()
    seen = (seen - torch.tensor([10.0, 20.0, 30.0])) / torch.tensor([50.0, 60.0, 70.0])
    with torch.no_grad():
        scores = model.predict({"images": seen.permute(2, 0, 1)[None]})[0]
    assert prediction.scores == pytest.approx(scores.sort(descending=True).values.tolist(), rel=1e-4)
    assert prediction.names[0] == ("cat", "dog", "owl")[int(scores.argmax())]


def test_the_config_in_a_checkpoint_is_data(checkpoint):
    text = torch.load(checkpoint, weights_only=True)["config"]
    assert Config.fromstring(text).model.backbone.type == "LeNet5"


def test_a_folder_in_workers_gives_the_same_as_one_after_the_other(checkpoint, tmp_path):
    for index in range(7):
        Image.fromarray(digits().raw(index)["img"][0].numpy()).save(tmp_path / f"{index}.png")
    (tmp_path / "3b.png").write_bytes((tmp_path / "3.png").read_bytes()[:50])
    outcomes = list(Inferencer(checkpoint, "cpu", num_workers=2).stream(tmp_path, topk=2, batch_size=3))
    assert [type(outcome) for outcome in outcomes] == [*[Prediction] * 4, PictureError, *[Prediction] * 3]
    assert "3b.png" in str(outcomes[4])
    alone = Inferencer(checkpoint, "cpu")
    for outcome in outcomes[:4] + outcomes[5:]:
        (single,) = alone(outcome.path, topk=2)
        assert single.labels == outcome.labels and single.scores == pytest.approx(outcome.scores, abs=1e-6)
    with pytest.raises(PictureError, match=r"3b\.png"):
        alone(tmp_path)


def test_a_batch_in_memory(checkpoint):
    batch = torch.stack([digits().raw(index)["img"] for index in range(5)])
    inferencer = Inferencer(checkpoint, "cpu")
    assert inferencer(batch, batch_size=2) == inferencer([*batch], batch_size=2)
    assert inferencer([]) == []
    with pytest.raises(ConfigError, match="batch_size must be 1 or more, not 0"):
        inferencer(batch, batch_size=0)


def test_a_network_with_its_config(checkpoint):
    own, digit = Inferencer(checkpoint, "cpu"), digits().raw(0)["img"]
    network = Inferencer(own.model, "cpu", config="lessons/lenet_digits")
    assert network(digit)[0].scores == own(digit)[0].scores
    with pytest.raises(CheckpointError, match="a network holds no config"):
        Inferencer(own.model, "cpu")


def test_pictures_are_drawn_with_their_classes(checkpoint, tmp_path):
    (tmp_path / "cut.png").write_bytes(b"\x89PNG")
    Image.new("L", (900, 300), 200).save(tmp_path / "large.png")
    inferencer = Inferencer(checkpoint, "cpu")
    figure = inferencer.draw([digits().raw(0)["img"], tmp_path], topk=2)
    titles = [axes.get_title().split("\n") for axes in figure.axes if axes.get_title()]
    prediction = inferencer(digits().raw(0)["img"], topk=2)[0]
    said = [f"{n} {100 * s:.0f} %" for n, s in zip(prediction.names, prediction.scores, strict=True)]
    assert len(titles) == 2 and titles[0] == said
    with pytest.raises(DataError, match="not one of the pictures can be read"):
        inferencer.draw(tmp_path / "cut.png")
