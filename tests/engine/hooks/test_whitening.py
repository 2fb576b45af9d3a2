"""The whitening hook, in trainings of a few steps."""

import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from course_lib.config.errors import ConfigError
from course_lib.engine import CheckpointHook, Trainer, WhiteningHook
from course_lib.models import AirbenchNet, ImageClassifier, LinearClsHead
from course_lib.models.backbones.airbench import patch_moment


def pictures() -> TensorDataset:
    images = torch.randn(24, 3, 8, 8, generator=torch.Generator().manual_seed(0)).cumsum(-1)
    return TensorDataset(images, (images.mean(dim=(1, 2, 3)) > 0).long())


def make_trainer(hook: WhiteningHook, **options) -> Trainer:
    torch.manual_seed(0)
    model = ImageClassifier(AirbenchNet(widths=(4, 6)), head=LinearClsHead(2, 6))
    optimizer = torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr=0.01, momentum=0.9)
    loader = DataLoader(pictures(), batch_size=8, shuffle=True)
    hooks = [hook, *options.pop("hooks", [])]
    return Trainer(model, loader, optimizer, device="cpu", hooks=hooks, **({"max_epochs": 3} | options))


def test_the_filters_are_those_of_the_training_pictures() -> None:
    trainer = make_trainer(WhiteningHook(num_samples=24, eps=1e-9), max_epochs=1)
    trainer.fit()
    images, layer = pictures().tensors[0], trainer.model.backbone.whiten
    white = layer(images)[:, :12] - layer.bias[:12, None, None]
    moment = torch.einsum("nihw,njhw->ij", white, white) / white[:, 0].numel()
    torch.testing.assert_close(moment, torch.eye(12), rtol=0, atol=1e-3)


def test_a_part_of_the_pictures_in_whole_batches_is_enough() -> None:
    hook = WhiteningHook(num_samples=9)
    trainer = make_trainer(hook)
    torch.manual_seed(5)
    two_batches = torch.cat(
        [batch["images"] for batch, _ in zip(trainer.train_loader.epoch(0), range(2), strict=False)]
    )
    torch.manual_seed(5)
    torch.testing.assert_close(hook.moment(trainer, 2), patch_moment(two_batches, 2))


def test_the_bias_learns_for_some_epochs_only() -> None:
    biases = []

    class Watch(WhiteningHook):
        def after_epoch(self, trainer: Trainer) -> None:
            biases.append(trainer.model.backbone.whiten.bias.detach().clone())

    make_trainer(Watch(bias_epochs=2)).fit()
    assert biases[0].abs().sum() > 0 and not biases[0].equal(biases[1]) and biases[1].equal(biases[2])


def test_resumed_is_as_if_never_cut_off(tmp_path) -> None:
    whole = make_trainer(WhiteningHook(bias_epochs=2))
    whole.fit()
    make_trainer(WhiteningHook(bias_epochs=2), work_dir=tmp_path, hooks=[CheckpointHook()], max_epochs=1).fit()
    resumed = make_trainer(WhiteningHook(num_samples=1, bias_epochs=2), work_dir=tmp_path)
    assert resumed.resume()
    resumed.fit()
    for name, value in whole.model.state_dict().items():
        assert value.equal(resumed.model.state_dict()[name]), name


def test_mistakes() -> None:
    with pytest.raises(ConfigError, match="num_samples must be at least 1, eps above 0, bias_epochs 0 or more"):
        WhiteningHook(num_samples=0)
    model = nn.Sequential(nn.Flatten(), nn.Linear(192, 2))
    loader = DataLoader(pictures(), batch_size=8)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with pytest.raises(ConfigError, match="has no WhiteningConv2d; AirbenchNet begins with one"):
        Trainer(model, loader, optimizer, max_epochs=1, device="cpu", hooks=[WhiteningHook()]).fit()
