"""Gradients by layer against autograd by hand; the explorer, driven by its controls and buttons."""

import math
import sys
from io import BytesIO
from types import ModuleType

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from course_lib import builders
from course_lib.config import Config, ConfigError, load_config
from course_lib.engine import Trainer
from course_lib.widgets.depth_skip import DepthExplorer, boundary, gradient_norms, with_network

TINY = {
    "model.backbone": {"_delete_": True, "type": "SmallResNet", "depth": 8, "base_channels": 4, "shortcuts": False},
    "model.head.in_channels": 16,
    "train_dataloader.dataset.num_samples": 32,
    "train_dataloader.dataset.size": 8,
    "train_dataloader.batch_size": 16,
    "val_dataloader": None,
    "val_evaluator": None,
    "optim_wrapper.optimizer": {"_delete_": True, "type": "SGD", "lr": 0.05},
    "param_scheduler": [],
    "train_cfg.max_epochs": 2,
}


@pytest.fixture
def cfg() -> Config:
    return load_config("lessons/small_cnn_shapes", TINY)


@pytest.fixture
def explorer(cfg: Config) -> DepthExplorer:
    return DepthExplorer(cfg, depths=(8, 14, 20), limit=5.0)  # whatever is trained, learns


def test_gradients_are_autograds(cfg: Config) -> None:
    norms = gradient_norms(cfg)
    torch.manual_seed(0)
    model = builders.build_model(cfg.model)
    batch = next(builders.build_loader(cfg.train_dataloader, training=True).epoch(0))
    images = (batch["images"].float() - 127.5) / 63
    loss = nn.functional.cross_entropy(model(images), batch["labels"])
    kernels = [parameter for parameter in model.parameters() if parameter.ndim == 4]
    by_hand = [gradient.norm().item() for gradient in torch.autograd.grad(loss, kernels)]
    assert len(norms) == 7 and np.allclose(norms, by_hand, rtol=1e-4)


def test_without_shortcuts_they_grow_layer_by_layer(cfg: Config) -> None:
    """ "A Mean Field Theory of Batch Normalization", arXiv 1902.08129: by a factor a layer."""
    for depth, factor in ((20, 4), (38, 40), (56, 400)):
        plain, residual = (gradient_norms(with_network(cfg, (depth, shortcuts))) for shortcuts in (False, True))
        assert plain[0] > factor * plain[-1] and residual[0] < 40 * residual[-1]


def test_another_network_leaves_the_config(cfg: Config) -> None:
    backbone = with_network(cfg, (20, True)).model.backbone
    assert (backbone.depth, backbone.shortcuts) == (20, True)
    assert (cfg.model.backbone.depth, cfg.model.backbone.shortcuts) == (8, False)


def test_where_training_dies() -> None:
    depths = (8, 14, 20, 26)
    assert boundary({}, depths, 0.6) is None
    assert boundary({(8, False): 0.3, (20, False): 0.9}, depths, 0.6) is None  # no neighbours
    assert boundary({(8, False): 0.3, (14, True): 0.9}, depths, 0.6) is None  # the second has shortcuts
    assert boundary({(14, False): 0.5, (20, False): 0.6}, depths, 0.6) == (14, 20)
    assert boundary({(20, False): 0.5, (26, False): math.nan}, depths, 0.6) is None


def test_the_picture_shows_what_is_chosen(explorer: DepthExplorer) -> None:
    assert Image.open(BytesIO(explorer.still())).format == "PNG" and explorer._repr_png_() == explorer.still()
    before, lines = explorer.still(), explorer.picture.lines
    assert list(lines[False].get_ydata()) == explorer.gradients[8, False] and lines[False].get_alpha() == 1
    explorer.depth.value = 20
    assert explorer.still() != before and list(lines[True].get_ydata()) == explorer.gradients[20, True]
    assert len(lines[True].get_xdata()) == 19 and lines[True].get_alpha() < 1
    explorer.shortcuts.value = True
    assert lines[True].get_alpha() == 1 and "residual, 20 layers: look at its gradients" in explorer.state.value
    assert explorer.picture.question.get_visible() and not explorer.trouble.value


def test_a_prediction_trains_and_is_counted(explorer: DepthExplorer) -> None:
    explorer.yes.click()
    explorer.wait()
    loss = explorer.found[8, False]
    assert explorer.job is not None and explorer.job.trainer is not None and loss == explorer.job.trainer.mean_loss
    assert f"plain, 8 layers: in the end its loss is {loss:.2f}. It learns. You were right." in explorer.state.value
    assert "Predictions: 1 of 1 right." in explorer.score.value
    assert explorer.yes.disabled and not explorer.picture.question.get_visible()
    assert list(explorer.picture.dots[False].get_xdata()) == [8]
    explorer.predict(True)  # once is enough
    assert explorer.right == [True]

    explorer.shortcuts.value = True
    assert not explorer.no.disabled
    explorer.no.click()
    explorer.wait()
    assert explorer.right == [True, False] and "You said otherwise." in explorer.state.value
    assert explorer.found[8, True] != loss and "Predictions: 1 of 2 right." in explorer.score.value
    assert len(explorer.cfg.param_scheduler) == 0 and explorer.cfg.model.backbone.depth == 8


def test_the_goal(explorer: DepthExplorer) -> None:
    explorer.found = {(8, False): 1.0, (14, False): 6.0}
    explorer.show()
    assert "between 8 and 14 layers" in explorer.score.value and "Goal reached!" not in explorer.score.value
    explorer.found[8, True] = 1.0  # no deeper than what learns anyway
    explorer.show()
    assert "Goal reached!" not in explorer.score.value
    explorer.found[20, True] = 1.0
    explorer.show()
    assert "With shortcuts 20 layers learn. Goal reached!" in explorer.score.value
    explorer.depth.value = 14
    assert "its loss is 6.00. It does not." in explorer.state.value
    assert list(explorer.picture.dots[False].get_ydata()) == [1.0, 2.5]  # an infinite loss stays in the picture


def test_while_it_trains_another_network_can_be_looked_at(explorer: DepthExplorer) -> None:
    explorer.cfg.train_cfg.max_epochs = 50_000
    explorer.yes.click()
    explorer.depth.value = 14
    assert explorer.yes.disabled and not explorer.stop_button.disabled
    explorer.yes.click()  # the browser lets nobody press it; a second press changes nothing
    assert explorer.at_work == (8, False)
    explorer.stop_button.click()
    explorer.wait()
    assert explorer.found == {} and explorer.right == [] and not explorer.yes.disabled
    assert "plain, 14 layers: look at its gradients" in explorer.state.value and explorer.stop_button.disabled


def test_in_colab_it_trains_in_the_foreground(explorer: DepthExplorer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "google.colab", ModuleType("google.colab"))
    explorer.yes.click()
    assert explorer.job is not None and explorer.job.thread is None and explorer.right == [True]


def test_what_fails_in_the_thread_is_shown(explorer: DepthExplorer, monkeypatch: pytest.MonkeyPatch) -> None:
    def fit(trainer: Trainer) -> None:
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr(Trainer, "fit", fit)
    explorer.yes.click()
    explorer.wait()
    assert "ZeroDivisionError: by zero" in explorer.state.value and not explorer.yes.disabled and not explorer.right


def test_a_backbone_without_shortcuts(cfg: Config) -> None:
    cfg.model.backbone = {"type": "SmallCNN", "widths": (16,)}
    with pytest.raises(ConfigError, match="depth"):
        DepthExplorer(cfg)
