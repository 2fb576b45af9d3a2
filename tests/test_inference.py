"""Predictions from a checkpoint: the same preprocessing as in the test, any kind of picture."""

import numpy as np
import pytest
import torch
from PIL import Image

from course_lib import Config, Inferencer, builders
from course_lib.config import load_config
from course_lib.config.errors import CheckpointError, ConfigError, DataError
from course_lib.engine import save_checkpoint


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


def test_the_config_in_a_checkpoint_is_data(checkpoint):
    text = torch.load(checkpoint, weights_only=True)["config"]
    assert Config.fromstring(text).model.backbone.type == "LeNet5"
