"""The heads of vision transformers: their sums by hand, their start, and what does not fit."""

import pytest
import torch
import torch.nn.functional as F

from course_lib.config.errors import ConfigError
from course_lib.models import DeiTClsHead, VisionTransformerClsHead


def test_one_layer_that_begins_with_uniform_predictions() -> None:
    head, features = VisionTransformerClsHead(5, 8), torch.randn(3, 8)
    torch.testing.assert_close(head.predict(features), torch.full((3, 5), 0.2))
    head.fc.weight.data.normal_()
    torch.testing.assert_close(head(features), features @ head.fc.weight.T)


def test_hidden_layer() -> None:
    head, features = VisionTransformerClsHead(5, 8, hidden_dim=6), torch.randn(3, 8)
    head.fc.weight.data.normal_()
    hidden = head.get_submodule("pre_logits.0")
    expected = torch.tanh(F.linear(features, hidden.weight, hidden.bias)) @ head.fc.weight.T  # type: ignore[arg-type]
    torch.testing.assert_close(head(features), expected)
    relu = VisionTransformerClsHead(5, 8, hidden_dim=6, act_cfg={"type": "ReLU"})
    assert isinstance(relu.get_submodule("pre_logits.1"), torch.nn.ReLU)


def test_deit_is_the_mean_of_two_heads() -> None:
    head, tokens = DeiTClsHead(5, 8, hidden_dim=6), torch.randn(3, 2, 8)
    for layer in (head.fc, head.fc_dist):
        torch.nn.init.normal_(layer.weight)
        torch.nn.init.normal_(layer.bias)
    cls_token, dist_token = head.pre_logits(tokens).unbind(1)
    torch.testing.assert_close(head(tokens), (head.fc(cls_token) + head.fc_dist(dist_token)) / 2)
    torch.testing.assert_close(head(tokens.flatten(1)), head(tokens))


@pytest.mark.parametrize("kind", [VisionTransformerClsHead, DeiTClsHead])
def test_init_cfg_loss_and_accuracy(kind: type[VisionTransformerClsHead]) -> None:
    head = kind(
        5, 8, init_cfg={"type": "Constant", "layer": "Linear", "val": 0.5, "bias": 2.0}, topk=(1, 5), cal_acc=True
    )
    assert all(bool((p == (0.5 if p.ndim == 2 else 2.0)).all()) for p in head.parameters())
    features = torch.randn(3, 16 if kind is DeiTClsHead else 8)
    losses = head.loss(features, torch.tensor([0, 1, 2]))
    torch.testing.assert_close(losses["loss"], torch.tensor(5.0).log())
    assert losses["accuracy/top5"] == 100


@pytest.mark.parametrize("kind", [VisionTransformerClsHead, DeiTClsHead])
def test_a_gradient_reaches_every_parameter(kind: type[VisionTransformerClsHead]) -> None:
    head = kind(5, 8, hidden_dim=6)
    for parameter in head.parameters():
        torch.nn.init.normal_(parameter)
    head.loss(torch.randn(4, 16 if kind is DeiTClsHead else 8), torch.arange(4))["loss"].backward()
    assert [name for name, p in head.named_parameters() if p.grad is None or not p.grad.any()] == []


def test_what_does_not_fit() -> None:
    with pytest.raises(
        ConfigError, match=r"in_channels: features of shape \(2, 9\) came where \(N, 8\) belongs. Write"
    ):
        VisionTransformerClsHead(5, 8)(torch.randn(2, 9))
    with pytest.raises(
        ConfigError, match=r"features of shape \(2, 8\) came where \(N, 16\), those of two tokens, belong"
    ):
        DeiTClsHead(5, 8)(torch.randn(2, 8))
    with pytest.raises(ConfigError, match="num_classes: 0 is no number of classes"):
        VisionTransformerClsHead(0, 8)
    with pytest.raises(ConfigError, match=r"'Tahn' is not one of .* Did you mean 'Tanh'\?"):
        VisionTransformerClsHead(5, 8, 6, act_cfg={"type": "Tahn"})
    with pytest.raises(ConfigError, match="top-5 accuracy needs more classes than num_classes=3"):
        DeiTClsHead(3, 8, topk=(1, 5), cal_acc=True)
