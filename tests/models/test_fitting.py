"""Weights for another size of pictures or windows are interpolated, which is said; and what still does not fit is."""

import logging
from pathlib import Path

import pytest
import torch
from torch import nn

from course_lib.config.errors import CheckpointError
from course_lib.engine import load_weights
from course_lib.models import ImageClassifier, LinearClsHead, SwinTransformer, VisionTransformer, load_pretrained
from course_lib.models.fitting import fit

VIT = {"embed_dims": 16, "num_layers": 1, "num_heads": 2, "feedforward_channels": 24}
SWIN = {"embed_dims": 8, "depths": (2, 1), "num_heads": (2, 2)}


def test_position_embeddings_of_larger_pictures(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    small, large = VisionTransformer(VIT, 32, 8).eval(), VisionTransformer(VIT, (48, 64), 8).eval()
    torch.save(small.state_dict(), tmp_path / "w.pth")
    with caplog.at_level(logging.WARNING):
        load_pretrained(large, str(tmp_path / "w.pth"))
    assert "w.pth: position embedding of 4×4 patches resized to 6×8" in caplog.text
    images = torch.randn(2, 3, 48, 64)
    with torch.no_grad():  # the small one interpolates in its forward
        torch.testing.assert_close(large(images)[0], small(images)[0])


def test_position_embeddings_of_another_number_of_extra_tokens_do_not_fit() -> None:
    weights = VisionTransformer(VIT, 32, 8, with_cls_token=False, out_type="avg_featmap").state_dict()
    with pytest.raises(CheckpointError, match=r"pos_embed: \(1, 16, 16\) in the file, \(1, 17, 16\) in the model"):
        load_weights(VisionTransformer(VIT, 32, 8), weights, "w.pth")


def test_bias_tables_of_other_windows(caplog: pytest.LogCaptureFixture) -> None:
    small, large = (
        SwinTransformer(SWIN, window_size=4, out_indices=1),
        SwinTransformer(SWIN, window_size=7, out_indices=1),
    )
    name = "stages.0.1.attn.relative_position_bias_table"
    weights = small.state_dict()
    rows, columns = torch.meshgrid(torch.arange(-3.0, 4), torch.arange(-3.0, 4), indexing="ij")
    # the first head looks at rows, the second at columns
    weights[name] = torch.stack([rows, columns], dim=2).flatten(0, 1)
    with caplog.at_level(logging.WARNING):
        load_weights(large, weights, "w.pth")
    assert caplog.text.count("w.pth: bias tables of 4×4 windows resized to 7×7") == 1  # once for all blocks
    table = large.state_dict()[name].unflatten(0, (13, 13))
    torch.testing.assert_close(table, -table.flip(0, 1))  # no offset stays in the middle
    line = torch.arange(-4.0, 5) * 7 / 13  # torch's cubics keep a straight line nearly straight
    torch.testing.assert_close(table[2:11, :, 0], line[:, None].expand(-1, 13), rtol=0, atol=0.1)
    torch.testing.assert_close(table[..., 0], table[..., 1].T)


def test_nothing_is_said_of_weights_that_fit(caplog: pytest.LogCaptureFixture) -> None:
    model = SwinTransformer(SWIN, window_size=4, out_indices=1)
    state = model.state_dict()
    with caplog.at_level(logging.WARNING):
        fitted, origin = fit(state, model, "w.pth")
    assert caplog.text == origin == ""
    assert all(fitted[name] is value or torch.equal(fitted[name], value) for name, value in state.items())


def their_vit() -> dict[str, torch.Tensor]:
    """A part of what MMPretrain would save of a classifier with ``VIT``."""
    own = VisionTransformer(VIT, 32, 8).state_dict()
    changes = {"blocks.": "layers.", ".norm1.": ".ln1.", ".norm2.": ".ln2.", "mlp.fc1": "ffn.layers.0.0"}
    changes |= {"mlp.fc2": "ffn.layers.1", "patch_embed.proj": "patch_embed.projection"}
    renamed = {}
    for name, value in own.items():
        for ours, theirs in changes.items():
            name = name.replace(ours, theirs)
        renamed[f"backbone.{'ln1.' + name[5:] if name.startswith('norm.') else name}"] = value
    return {**renamed, "head.fc.weight": torch.zeros(10, 16), "head.fc.bias": torch.zeros(10)}


def test_a_new_head_keeps_its_beginning_and_the_report_says_why() -> None:
    model = ImageClassifier(VisionTransformer(VIT, 32, 8), None, LinearClsHead(3, 16))
    report = load_weights(model, their_vit(), "w.pth", partial=True)
    assert report == [
        "head.fc.weight: (10, 16) in the file, (3, 16) in the model",
        "head.fc.bias: (10,) in the file, (3,) in the model",
    ]


def test_an_error_shows_our_names_and_says_whose_were_translated(tmp_path: Path) -> None:
    weights = their_vit()
    del weights["backbone.layers.0.attn.proj.bias"]
    weights["backbone.layers.0.ffn.layers.1.weight"] = torch.zeros(16, 99)
    torch.save({"state_dict": weights}, tmp_path / "w.pth")
    with pytest.raises(CheckpointError) as caught:
        load_pretrained(VisionTransformer(VIT, 32, 8), str(tmp_path / "w.pth"), "backbone")
    text = str(caught.value)
    assert "blocks.0.attn.proj.bias: missing in the file" in text
    assert "blocks.0.mlp.fc2.weight: (16, 99) in the file, (16, 24) in the model" in text
    assert "The file has the names of MMPretrain; here are ours for them." in text
    model = ImageClassifier(VisionTransformer(VIT, 32, 8), None, LinearClsHead(10, 16))
    with pytest.raises(CheckpointError, match=r"of another model(.|\n)*The file has the names of MMPretrain"):
        load_weights(model, weights, "w.pth")


def test_a_forgotten_prefix_is_asked_for(tmp_path: Path) -> None:
    torch.save({"state_dict": their_vit()}, tmp_path / "w.pth")
    with pytest.raises(
        CheckpointError, match=r"Is init_cfg\.prefix right \(prefix='backbone' for a whole classifier\)"
    ):
        load_pretrained(VisionTransformer(VIT, 32, 8), str(tmp_path / "w.pth"))


def test_files_without_counters_of_batches_fit() -> None:
    model = nn.Sequential(nn.Conv2d(3, 4, 1), nn.BatchNorm2d(4))
    weights = {name: value for name, value in model.state_dict().items() if "tracked" not in name}
    assert load_weights(model, weights, "w.pth") == []
