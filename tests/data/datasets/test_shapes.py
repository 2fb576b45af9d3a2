"""Generated pictures: the same for the same (seed, split, index), balanced, as hard as asked, and truthful."""

import numpy as np
import pytest
import torch

from course_lib.config.errors import ConfigError
from course_lib.data.datasets import Shapes
from course_lib.data.datasets.shapes import NAMES

LEVELS = ("colour", "texture", "position", "scale", "rotation", "clutter", "occlusion")
CLEAN = (250, 249, 246)


def test_pictures_depend_on_seed_split_and_index_only() -> None:
    many, few = Shapes(num_samples=200), Shapes(num_samples=150)
    in_order = torch.stack([many.raw(index)["img"] for index in range(150)])
    backwards = torch.stack([few.raw(index)["img"] for index in reversed(range(150))]).flip(0)
    assert torch.equal(in_order, backwards)
    assert torch.equal(in_order, many.images(range(150)))
    for other in (Shapes(seed=1), Shapes("test"), Shapes("val")):
        assert not torch.equal(other.images([0, 1]), in_order[:2])


def test_classes_take_turns() -> None:
    dataset = Shapes(num_samples=995)
    counts = np.bincount(dataset.labels)
    assert counts.max() - counts.min() <= 1
    assert dataset.classes == NAMES == Shapes.class_names({})
    assert [sample["gt_label"] for sample in Shapes(num_samples=12)] == [*range(10), 0, 1]


def test_chosen_classes_are_drawn_in_their_order() -> None:
    dataset = Shapes(num_samples=4, classes=["star", "circle"], difficulty=0)
    every = Shapes(num_samples=10, difficulty=0)
    assert dataset.classes == Shapes.class_names({"classes": ["star", "circle"]}) == ("star", "circle")
    assert torch.equal(dataset.images([0, 1]), every.images([NAMES.index("star"), NAMES.index("circle")]))
    assert [dataset.truth(index).attributes["shape"] for index in range(3)] == ["star", "circle", "star"]


def test_at_difficulty_0_a_class_is_one_clean_picture() -> None:
    images = Shapes(num_samples=20, difficulty=0).images(range(20))
    assert torch.equal(images[:10], images[10:])
    assert len(images[:10].unique(dim=0)) == 10


@pytest.mark.parametrize("level", LEVELS)
def test_each_nuisance_changes_the_pictures_by_itself_and_more_so_at_a_higher_level(level: str) -> None:
    # circle and ring look the same however they are turned
    clean, some, much = (
        Shapes(num_samples=300, difficulty=0, **{level: value}).images(range(300)).float() for value in (0, 0.4, 1)
    )
    assert 0 < (some - clean).abs().mean() < (much - clean).abs().mean()


@pytest.mark.parametrize("size", [8, 32, 57])
@pytest.mark.parametrize("level", ["position", "scale", "rotation"])
def test_the_box_fits_the_drawn_pixels(size: int, level: str) -> None:
    dataset = Shapes(num_samples=60, size=size, difficulty=0, **{level: 1.0})
    paper = torch.tensor(CLEAN, dtype=torch.uint8)[:, None, None]
    for index in range(60):
        ((x0, y0, x1, y1),) = dataset.truth(index).boxes
        drawn = (dataset.images([index])[0] != paper).any(0)
        assert drawn[y0:y1, x0:x1].sum() == drawn.sum() > 0
        # a pixel that is touched ever so little may round to the paper's colour
        rows, columns = np.flatnonzero(drawn.any(1)), np.flatnonzero(drawn.any(0))
        assert max(rows[0] - y0, y1 - 1 - rows[-1], columns[0] - x0, x1 - 1 - columns[-1]) <= 1


def test_every_shape_lies_within_the_picture_at_any_difficulty() -> None:
    dataset = Shapes(num_samples=300, size=128, difficulty=1)
    boxes = np.array([dataset.truth(index).boxes[0] for index in range(300)])
    assert boxes.min() >= 1 and boxes.max() <= 127
    assert np.all(boxes[:, 2:] - boxes[:, :2] >= 24)


def test_a_bar_has_a_box_that_crosses_the_shapes() -> None:
    dataset = Shapes(num_samples=100, difficulty=0, occlusion=1)
    truths = [dataset.truth(index) for index in range(100)]
    barred = [truth for truth in truths if "bar" in truth.names]
    assert 70 < len(barred) < 100
    for truth in barred:
        shape, bar = truth.boxes
        assert np.all(np.maximum(shape[:2], bar[:2]) < np.minimum(shape[2:], bar[2:]))


def test_the_caption_says_what_the_attributes_say() -> None:
    dataset = Shapes(num_samples=200, difficulty=0.8)
    for index in range(200):
        truth = dataset.truth(index)
        words = truth.attributes
        assert words["shape"] == dataset.classes[dataset.labels[index]]
        assert f"{words['colour']} " in truth.caption and words["place"] in truth.caption
        assert truth.caption.endswith(f"on a {words['background']} background")
    plain = Shapes(num_samples=10, difficulty=0).truth(3).caption
    assert plain == "a large blue star in the centre, on a white background"


def test_the_colour_named_is_the_colour_painted() -> None:
    dataset = Shapes(num_samples=100, size=32, difficulty=0, colour=0.9, classes=["circle", "square"])
    references = {"red": (212, 62, 52), "blue": (49, 98, 190), "yellow": (246, 196, 54), "black": (44, 46, 54)}
    seen = set()
    for index in range(100):
        name = dataset.truth(index).attributes["colour"]
        if name in references:
            seen.add(name)
            middle = dataset.images([index])[0, :, 16, 16].float()
            assert (middle - torch.tensor(references[name])).abs().max() <= 20
    assert seen == set(references)


def test_a_shape_stands_out_from_its_background() -> None:
    dataset = Shapes(num_samples=200, difficulty=0, colour=1, classes=["circle", "square"])
    images = dataset.images(range(200)).float()
    assert torch.linalg.vector_norm(images[:, :, 16, 16] - images[:, :, 0, 0], dim=1).min() > 50


def test_samples_are_what_the_config_check_expects() -> None:
    sample = Shapes(num_samples=10, size=40).raw(3)
    assert sample["img"].shape == Shapes.picture_shape({"size": 40}) == (3, 40, 40)
    assert sample["img"].dtype == torch.uint8
    assert Shapes.picture_shape({}) == (3, 32, 32)


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({"classes": ["circle", "sqare"]}, "there is no shape 'sqare'. Did you mean 'square'?"),
        ({"classes": ["circle"]}, "at least two different shapes"),
        ({"clutter": 1.5}, "clutter is 1.5"),
        ({"difficulty": -1}, "colour is -1"),
        ({"split": "trian"}, "Did you mean 'train'?"),
        ({"num_samples": 0}, "num_samples is 0, but must be at least 1"),
        ({"size": 4}, "size is 4, but must be at least 8"),
    ],
)
def test_wrong_arguments_are_told(args: dict, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Shapes(**args)
    assert message in str(caught.value)
