"""Normalisation against torchvision, plain loaders' batches, and which augmentation is drawn."""

import pytest
import torch
from torch import Tensor
from torchvision.transforms.v2 import functional

from course_lib.config.errors import ConfigError
from course_lib.config.registry import find
from course_lib.data.preprocessor import Preprocessor
from course_lib.data.transforms import CutMix, Mixup

MEAN, STD = (123.675, 116.28, 103.53), (58.395, 57.12, 57.375)


def batch(count: int = 4) -> dict[str, Tensor]:
    images = torch.randint(0, 256, (count, 3, 6, 5), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
    return {"images": images, "labels": torch.arange(count)}


def test_normalises_as_torchvision_does() -> None:
    given = batch()
    before = given["images"].clone()
    done = Preprocessor(MEAN, STD, to_rgb=True)(given, True)
    torch.testing.assert_close(done["images"], functional.normalize(before.float(), MEAN, STD))
    assert done["images"].dtype == torch.float32
    assert done["labels"].equal(given["labels"])
    assert given["images"].equal(before)


def test_without_to_rgb_the_model_sees_blue_first() -> None:
    given = batch()
    before = given["images"].clone()
    done = Preprocessor(MEAN[::-1], STD[::-1], to_rgb=False)(given, False)
    torch.testing.assert_close(done["images"], functional.normalize(before.float(), MEAN, STD).flip(1))
    assert given["images"].equal(before)
    grey = {"images": torch.full((2, 1, 4, 4), 7, dtype=torch.uint8)}
    assert Preprocessor(to_rgb=False)(grey, False)["images"].equal(grey["images"].float())


def test_one_value_serves_all_channels() -> None:
    done = Preprocessor(mean=[127.5], std=[51.0])(batch(), False)
    torch.testing.assert_close(done["images"], (batch()["images"].float() - 127.5) / 51)


def test_pairs_and_finished_floats_pass() -> None:
    images, labels = torch.randn(2, 3, 4, 4), [1, 0]
    done = Preprocessor()((images, labels), True)
    assert done["images"] is images and done["labels"].tolist() == labels
    assert Preprocessor()({"images": images, "paths": ["a", "b"]}, False)["paths"] == ["a", "b"]


def test_has_no_state_and_follows_its_device() -> None:
    preprocessor = Preprocessor(MEAN, STD)
    assert preprocessor.state_dict() == {}
    assert preprocessor.to("meta")(batch(), False)["images"].device.type == "meta"
    assert find("ClsDataPreprocessor", "preprocessor").target is Preprocessor


class Mark:
    """Sets every picture to a number, to show that it was called."""

    def __init__(self, number: float) -> None:
        self.number = number

    def __call__(self, images: Tensor, targets: Tensor, generator: torch.Generator | None) -> tuple[Tensor, Tensor]:
        return torch.full_like(images, self.number), targets


def test_augmentations_are_drawn_by_their_probabilities() -> None:
    preprocessor = Preprocessor(num_classes=4, batch_augments=[Mark(-1.0), Mark(-2.0)], probs=[0.5, 0.2])
    generator = torch.Generator().manual_seed(0)
    seen = [float(preprocessor(batch(), True, generator)["images"].amax().clamp(max=0)) for _ in range(2000)]
    shares = [seen.count(number) / 2000 for number in (-1.0, -2.0, 0.0)]
    assert shares == pytest.approx([0.5, 0.2, 0.3], abs=0.04)


def test_soft_labels_in_training_only() -> None:
    preprocessor = Preprocessor(MEAN, STD, num_classes=10, batch_augments=[Mixup(0.8), CutMix(1.0)])
    trained, evaluated = preprocessor(batch(), True), preprocessor(batch(), False)
    assert trained["labels"].shape == (4, 10)
    torch.testing.assert_close(trained["labels"].sum(1), torch.ones(4))
    assert evaluated["labels"].tolist() == [0, 1, 2, 3]


def test_one_hot_labels_in_training_only() -> None:
    preprocessor = Preprocessor(MEAN, STD, num_classes=10, to_onehot=True)
    assert preprocessor(batch(), True)["labels"].equal(torch.eye(10)[:4])
    assert preprocessor(batch(), False)["labels"].tolist() == [0, 1, 2, 3]
    several = {**batch(), "labels": torch.tensor([[1, 0, -1]] * 4)}
    assert preprocessor(several, True)["labels"].equal(several["labels"])
    with pytest.raises(ConfigError, match="to_onehot makes labels of all classes: the preprocessor needs num_classes"):
        Preprocessor(to_onehot=True)


def test_what_is_too_hard_to_tell_is_mixed_as_not_there() -> None:
    several = {**batch(), "labels": torch.tensor([[1, 0, -1]] * 4)}
    mixed = Preprocessor(num_classes=3, batch_augments=[Mixup(0.8)])(several, True)
    torch.testing.assert_close(mixed["labels"], torch.tensor([[1.0, 0.0, 0.0]] * 4))


def test_wrong_arguments() -> None:
    with pytest.raises(ConfigError, match="mean and std go together"):
        Preprocessor(mean=MEAN)
    with pytest.raises(ConfigError, match="the preprocessor needs num_classes"):
        Preprocessor(batch_augments=[Mixup(0.8)])
    with pytest.raises(ConfigError, match=r"probs is \(0\.9, 0\.3\), but must be 2 probabilities, at most 1 in all"):
        Preprocessor(num_classes=2, batch_augments=[Mixup(0.8), CutMix(1.0)], probs=[0.9, 0.3])
    with pytest.raises(ConfigError, match="mean and std have 3 values, but the pictures have 1 channels"):
        Preprocessor(MEAN, STD)({"images": torch.zeros(1, 1, 2, 2)}, False)


def test_other_augmentations_from_some_moment_on() -> None:
    preprocessor = Preprocessor(num_classes=4)
    assert preprocessor(batch(), True)["labels"].ndim == 1
    preprocessor.use_augments([Mark(-1.0)])
    assert preprocessor(batch(), True)["images"].eq(-1).all()
    preprocessor.use_augments([])
    assert preprocessor(batch(), True)["labels"].ndim == 1
    with pytest.raises(ConfigError, match="must be 1 probabilities"):
        preprocessor.use_augments([Mark(-1.0)], [0.5, 0.5])
    with pytest.raises(ConfigError, match="batch augmentation makes soft labels: the preprocessor needs num_classes"):
        Preprocessor().use_augments([Mark(-1.0)])
