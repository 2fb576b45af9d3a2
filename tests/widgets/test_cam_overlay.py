"""The CAM overlay, driven as a browser drives it, with the kit's own trained network, and its picture."""

import datetime
from io import BytesIO

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from course_lib import Inferencer, interpret
from course_lib.config import ConfigError, DataError
from course_lib.data.datasets import Shapes
from course_lib.widgets.cam_overlay import CamOverlay, Looker, heat_in_box, layers_by_size
from course_lib.widgets.cam_view import CamPicture, same_size

COUNT = 20


@pytest.fixture(scope="module")
def inferencer() -> Inferencer:
    return Inferencer("zoo://resnet-mini_shapes", device="cpu")


@pytest.fixture(scope="module")
def shapes(inferencer: Inferencer) -> Shapes:
    return Shapes("test", COUNT, classes=inferencer.classes, difficulty=0.7)


@pytest.fixture
def overlay(inferencer: Inferencer, shapes: Shapes) -> CamOverlay:
    boxes = np.stack([shapes.truth(index).boxes[0] for index in range(COUNT)])
    return CamOverlay(inferencer, shapes.images(range(COUNT)).numpy(), shapes.labels.tolist(), boxes)


def upload(overlay: CamOverlay, name: str, content: bytes) -> None:
    now = datetime.datetime.now(datetime.UTC)
    file = {"name": name, "type": "image/png", "size": len(content), "content": content, "last_modified": now}
    overlay.upload.value = (file,)


def a_photo() -> bytes:
    buffer = BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (60, 90, 3), dtype=np.uint8)).save(buffer, "png")
    return buffer.getvalue()


# --- what is computed ---


def test_heat_in_a_box_by_hand() -> None:
    heat = np.zeros((4, 4))
    heat[1, 2], heat[3, 3] = 0.9, 0.3
    assert heat_in_box(heat, np.array([2, 1, 3, 2])) == pytest.approx((0.75, 1 / 16))
    assert heat_in_box(np.zeros((4, 4)), np.array([0, 0, 2, 2])) == (0.0, 0.25)


def test_the_last_layer_of_each_size(inferencer: Inferencer) -> None:
    found = layers_by_size(inferencer.model, torch.zeros(1, 3, 32, 32))
    assert list(found) == [
        "backbone.maxpool · 32 × 32",
        "backbone.layer1.1 · 16 × 16",
        "backbone.layer2.1 · 8 × 8",
        "backbone · 4 × 4",
    ]
    assert list(found.values())[-1] == interpret.default_layer(inferencer.model, torch.zeros(1, 3, 32, 32))
    with pytest.raises(ConfigError, match="no layer of Linear gives a map"):
        layers_by_size(nn.Linear(4, 2), torch.zeros(1, 1, 4, 4))


def test_heat_and_chances_are_the_librarys(inferencer: Inferencer, shapes: Shapes) -> None:
    images = shapes.images(range(3))
    batch = inferencer.preprocessor({"images": images}, False)["images"]
    looker = Looker(inferencer)
    with torch.no_grad():
        chances = inferencer.model(batch).softmax(dim=1).numpy()
    heat = interpret.grad_cam_plus_plus(inferencer.model, batch, 4, "backbone.layer2.1").numpy()
    for place, image in enumerate(images.numpy()):
        assert np.allclose(looker.chances(image), chances[place], atol=1e-5)
        assert np.allclose(looker.heat(image, 4, "grad-cam++", "backbone.layer2.1"), heat[place], atol=1e-4)


def test_each_heat_map_is_computed_once(overlay: CamOverlay) -> None:
    assert len(overlay.looker.heats) == 1
    for strength in (0.2, 0.5, 0.9):
        overlay.strength.value = strength
    assert len(overlay.looker.heats) == 1
    overlay.label.value = 3
    overlay.label.value = -1
    assert len(overlay.looker.heats) == 2


# --- what is shown ---


def test_every_choice_draws_another_picture(overlay: CamOverlay) -> None:
    seen = {overlay.still()}
    for control, value in (
        (overlay.which, 3),
        (overlay.label, 5),
        (overlay.layer, "backbone.layer2.1"),
        (overlay.method, "grad-cam++"),
        (overlay.strength, 0.3),
    ):
        control.value = value
        assert overlay.still() not in seen and overlay.trouble.value == ""
        seen.add(overlay.still())
    assert Image.open(BytesIO(overlay.still())).format == "PNG"


def test_words_say_what_the_network_says_and_where_the_heat_is(overlay: CamOverlay) -> None:
    overlay.which.value = 3
    assert "star 99 %</b>" in overlay.text.value  # bold and green: it is right
    heat = overlay.looker.heat(overlay.pictures[3], 3, "grad-cam", "backbone")
    assert overlay.boxes is not None
    share, area = heat_in_box(heat, overlay.boxes[3])
    assert f"{100 * share:.0f} % of the heat is in the box, which is {100 * area:.0f} % of all" in overlay.text.value


def test_cam_on_an_inner_layer_says_why_not_and_shows_the_bare_picture(overlay: CamOverlay) -> None:
    overlay.method.value = "cam"
    assert "CAM needs" not in overlay.text.value
    with_heat = overlay.still()
    overlay.layer.value = "backbone.layer2.1"
    assert "CAM needs a network that ends in the mean" in overlay.text.value and overlay.trouble.value == ""
    assert "% of the heat" not in overlay.text.value and overlay.still() != with_heat
    overlay.layer.value = "backbone"
    assert overlay.still() == with_heat


def test_both_goals_can_be_reached_and_not_by_the_wrong_class(overlay: CamOverlay) -> None:
    assert overlay.labels is not None
    for place, label in enumerate(overlay.labels):
        overlay.which.value = place
        overlay.label.value = (label + 2) % 7  # nor the one of the picture after it
        overlay.layer.value = "backbone.layer1.1"
        overlay.layer.value = "backbone"
    assert not overlay.reached and "✓" not in overlay.goal.value
    overlay.label.value = -1
    for place in range(COUNT):
        overlay.which.value = place
        for layer in ("backbone.layer1.1", "backbone"):
            overlay.layer.value = layer
    assert overlay.reached == {"onto", "beside"} and "Goal reached!" in overlay.goal.value


def test_less_heat_than_chance_counts_at_the_last_layer_only(overlay: CamOverlay) -> None:
    overlay.label.value = overlay.labels[0] if overlay.labels else 0
    for layer, reached in (("backbone.layer2.1", False), ("backbone", True)):
        overlay.layer.value = layer
        overlay.reached.clear()
        overlay.look_at_goals(1, int(overlay.chances[1].argmax()), share=0.1, area=0.4)
        assert ("beside" in overlay.reached) == reached


def test_a_picture_of_ones_own(overlay: CamOverlay) -> None:
    upload(overlay, "me.png", a_photo())
    assert overlay.which.label == "your own" and overlay.trouble.value == ""
    assert "It says:" in overlay.text.value and "box" not in overlay.text.value and "<b" not in overlay.text.value
    own = overlay.still()
    overlay.which.value = 2
    assert overlay.still() != own and "box" in overlay.text.value
    overlay.which.value = -1
    assert overlay.still() == own


def test_a_file_that_is_no_picture_says_so_and_changes_nothing(overlay: CamOverlay) -> None:
    before = overlay.still()
    upload(overlay, "notes.txt", b"no pixels")
    assert "notes.txt is not a picture" in overlay.trouble.value and overlay.still() == before


def test_pictures_whose_truth_is_unknown_have_no_goals(inferencer: Inferencer, shapes: Shapes) -> None:
    overlay = CamOverlay(inferencer, shapes.images(range(2)).numpy())
    assert overlay.goal.value == "" and "box" not in overlay.text.value and "It says:" in overlay.text.value
    assert [name for name, _ in overlay.which.options] == ["1", "2"]


def test_what_does_not_fit_says_so(inferencer: Inferencer, shapes: Shapes) -> None:
    images = shapes.images(range(2)).numpy()
    with pytest.raises(DataError, match="2 pictures, but 1 labels"):
        CamOverlay(inferencer, images, [0])
    with pytest.raises(DataError, match="2 pictures, but 3 boxes"):
        CamOverlay(inferencer, images, [0, 1], np.zeros((3, 4)))
    with pytest.raises(DataError, match="there is no picture to show"):
        CamOverlay(inferencer, [])


# --- the picture ---


def test_the_heat_lies_where_it_should_and_the_box_around_it() -> None:
    heat = np.zeros((8, 8))
    heat[6, 1] = 1
    box = np.array([1, 6, 2, 7])
    drawn = np.asarray(Image.open(BytesIO(CamPicture().png(np.full((3, 8, 8), 40, np.uint8), heat, box, "a", 1.0))))
    right = drawn[52:652, 648:1248].astype(int)  # below the title, beside the picture and the gap
    hot = np.argwhere(np.ptp(right, axis=2) > 60)
    assert np.allclose((hot.min(axis=0) + hot.max(axis=0)) / 2 / 75, (6.5, 1.5), atol=0.1)
    framed = np.argwhere((drawn[:, :600] == (0, 158, 115)).all(axis=2)) - (52, 0)
    assert np.allclose(framed.mean(axis=0) / 75, (6.5, 1.5), atol=0.05)


def test_without_strength_or_heat_the_picture_is_bare() -> None:
    image = np.full((3, 8, 8), 90, np.uint8)
    view, heat = CamPicture(), np.random.default_rng(0).random((4, 4))
    bare = np.asarray(Image.open(BytesIO(view.png(image, heat, None, "a", 0.0))))[52:, 648:1248]
    assert (bare == 90).all()
    none = np.asarray(Image.open(BytesIO(view.png(image, None, None, "a", 1.0))))[52:, 648:1248]
    assert (none == 90).all()


@pytest.mark.parametrize(("side", "of_heat"), [(8, 32), (96, 32), (32, 32)])
def test_picture_and_heat_are_brought_to_one_size(side: int, of_heat: int) -> None:
    heat = np.zeros((of_heat, of_heat))
    heat[: of_heat // 2] = 1
    image, larger = same_size(np.arange(side * side, dtype=np.uint8).reshape(1, side, side), heat)
    most = max(side, of_heat)
    assert image.shape == (1, most, most) and larger.shape == (most, most)
    assert larger.min() >= 0 and larger.max() <= 1
    assert larger[: most // 3].min() > 0.99 and larger[-most // 3 :].max() < 0.01
    assert image[0, 0, -1] == side - 1
