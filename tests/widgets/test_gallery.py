"""The augmentation gallery, driven as a browser drives it, and what it computes without one."""

import datetime
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from PIL import Image

from course_lib.config import ConfigError, DataError
from course_lib.widgets.gallery import (
    AugmentationGallery,
    Step,
    as_config,
    is_extreme,
    sheet,
    uploaded,
    variants,
    verdict,
    visible_steps,
)
from course_lib.widgets.label_puzzles import four_puzzles

PIPELINE: list[dict[str, Any]] = [
    dict(type="LoadImageFromFile"),
    dict(type="RandomResizedCrop", scale=64, crop_ratio_range=(0.7, 1.0)),
    dict(type="RandomFlip", prob=0.5),
    dict(type="Rotate", angle=15, prob=0.8),
    dict(type="ColorJitter", brightness=0.3, hue=0.05),
    dict(type="PackInputs"),
]
NAMES = ["RandomResizedCrop", "RandomFlip", "Rotate", "ColorJitter"]


@pytest.fixture
def gallery() -> AugmentationGallery:
    return AugmentationGallery(PIPELINE)


def picture(size: int = 8) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (3, size, size), dtype=np.uint8)


def test_steps_that_can_be_seen_and_their_numbers() -> None:
    steps = visible_steps(PIPELINE)
    assert [step.name for step in steps] == NAMES
    dials = [step.dials for step in steps]
    assert dials == [
        {"crop_ratio_range": 0.7},
        {"prob": 0.5},
        {"angle": 15.0, "prob": 0.8},
        {"brightness": 0.3, "hue": 0.05},
    ]
    assert steps[0].turned("crop_ratio_range", 0.1).config["crop_ratio_range"] == (0.1, 1.0)
    assert steps[0].config["crop_ratio_range"] == (0.7, 1.0)
    assert Step(dict(type="ColorJitter", hue=(-0.1, 0.1), brightness=True)).dials == {"hue": -0.1}


def test_variants_are_those_of_the_real_transforms() -> None:
    image = picture()
    flips = variants([Step(dict(type="RandomFlip", prob=0.5))], image, seed=0)
    assert flips.shape == (16, 3, 8, 8) and flips.dtype == np.uint8
    mirrored = [np.array_equal(each, image[:, :, ::-1]) for each in flips]
    assert all(m or np.array_equal(each, image) for m, each in zip(mirrored, flips, strict=True))
    assert 0 < sum(mirrored) < 16
    always = variants([Step(dict(type="RandomFlip", prob=1))], image, seed=0, count=3)
    assert (always == image[:, :, ::-1]).all() and len(always) == 3
    off = variants([Step(dict(type="RandomFlip", prob=1), on=False)], image, seed=0)
    assert (off == image).all()


def test_a_seed_repeats_and_a_step_that_is_off_leaves_the_others_dice() -> None:
    flip, turn = Step(dict(type="RandomFlip", prob=0.5)), Step(dict(type="Rotate", angle=90, prob=0.5))
    both = variants([flip, turn], picture(), 1)
    assert (both == variants([flip, turn], picture(), 1)).all()
    assert (both != variants([flip, turn], picture(), 2)).any()
    alone = variants([Step(flip.config, on=False), turn], picture(), 1)
    for one, other in zip(both, alone, strict=True):  # the same turns, with and without a flip before
        unflipped = variants([Step(dict(type="RandomFlip", prob=1))], one, 0, count=1)[0]
        assert np.array_equal(one, other) or not np.array_equal(unflipped, one)


def test_a_transform_of_torchvision_goes_one_by_one() -> None:
    found = variants([Step(dict(type="torchvision/RandomVerticalFlip", p=1.0))], picture(), 0, count=2)
    assert (found == picture()[:, ::-1]).all()


def test_an_impossible_number_says_so() -> None:
    with pytest.raises(ConfigError, match="prob is 2, but must be a probability"):
        variants([Step(dict(type="RandomFlip", prob=2))], picture(), 0)


def test_sheet_keeps_the_order() -> None:
    pictures = np.arange(1, 5, dtype=np.uint8)[:, None, None, None] * np.ones((1, 1, 2, 3), np.uint8)
    drawn = sheet(pictures, columns=2)
    gap = 2
    assert drawn.shape == (2 + gap + 2, 3 + gap + 3, 3)
    assert [drawn[0, 0, 0], drawn[0, -1, 0], drawn[-1, 0, 0], drawn[-1, -1, 0]] == [1, 2, 3, 4]
    assert (drawn[2:4] == 255).all()


def png(size: tuple[int, int]) -> bytes:
    buffer = BytesIO()
    Image.new("RGB", size, (200, 30, 40)).save(buffer, "png")
    return buffer.getvalue()


def test_uploads_of_both_ipywidgets() -> None:
    content = png((300, 200))
    eight = ({"name": "me.png", "content": memoryview(content)},)
    seven = {"me.png": {"metadata": {"name": "me.png"}, "content": content}}
    for value in (eight, seven):
        image = uploaded(value)
        assert image is not None and image.shape == (3, 96, 96) and image[:, 0, 0].tolist() == [200, 30, 40]
    assert uploaded(()) is None and uploaded({}) is None
    with pytest.raises(DataError, match=r"me\.png"):
        uploaded(({"name": "me.png", "content": b"no picture"},))
    with pytest.raises(DataError, match="has 4 x 20 pixels"):
        uploaded(({"name": "me.png", "content": png((4, 20))},))


def test_pipeline_as_text() -> None:
    steps = [Step(dict(type="RandomFlip", prob=0.1 + 0.2)), Step(dict(type="Rotate", angle=15), on=False)]
    assert as_config(steps) == ["dict(type='RandomFlip', prob=0.3),", "# dict(type='Rotate', angle=15),"]


def test_each_puzzle_has_one_culprit_among_the_steps() -> None:
    steps = {step.name: step for step in visible_steps(PIPELINE)}
    strong = {
        "RandomResizedCrop": ("crop_ratio_range", 0.04),
        "RandomFlip": ("prob", 1.0),
        "Rotate": ("angle", 180.0),
        "ColorJitter": ("hue", 0.5),
    }
    for puzzle in four_puzzles():
        found = [name for name, (dial, value) in strong.items() if verdict(puzzle, steps[name].turned(dial, value))[0]]
        assert found == [puzzle.culprit]
        assert puzzle.picture.shape == (3, 64, 64) and puzzle.picture.dtype == np.uint8
    assert len({puzzle.culprit for puzzle in four_puzzles()}) == 4


def test_verdict_in_words() -> None:
    left, letter, *_ = four_puzzles()
    crop, flip, turn, _ = visible_steps(PIPELINE)
    assert "Found!" in verdict(left, flip)[1]
    assert "so gently it does no harm. Move angle" in verdict(letter, turn)[1]
    assert "is it still “left”?" in verdict(left, crop)[1]
    assert is_extreme(crop.turned("crop_ratio_range", 0.1)) and not is_extreme(crop)
    assert "another step needs far less" in verdict(left, turn.turned("angle", 180))[1]


def test_pictures_lose_what_the_culprit_takes() -> None:
    left, letter, light, _ = (puzzle.picture.astype(int) for puzzle in four_puzzles())
    assert np.abs(left - left[:, :, ::-1]).max() > 200  # a mirror image differs
    assert np.abs(letter - letter[:, :, ::-1]).max() < 40  # an M is its own mirror image
    assert np.abs(letter - letter[:, ::-1]).max() > 200  # but not upside down
    lamp = light[:, 13, 32]
    assert lamp[0] > 200 and lamp[1:].max() < 60


def test_a_slider_draws_and_a_switch_too(gallery: AugmentationGallery) -> None:
    before = gallery.still()
    assert Image.open(BytesIO(before)).format == "PNG"
    gallery.sliders[1]["prob"].value = 1.0
    assert gallery.still() != before and "prob=1)" in gallery.text.value
    gallery.sliders[1]["prob"].value = 0.5
    assert gallery.still() == before
    gallery.switches[1].value = False
    assert gallery.still() != before and "# dict(type=&#x27;RandomFlip&#x27;" in gallery.text.value
    gallery.all_button.click()
    assert gallery.still() == before
    gallery.seed_button.click()
    assert gallery.still() != before and gallery.seed == 1
    assert gallery.trouble.value == ""


def test_the_game_from_beginning_to_end(gallery: AugmentationGallery) -> None:
    buttons = dict(zip(NAMES, gallery.accuse_buttons, strict=True))
    buttons["ColorJitter"].click()
    assert "is it still “left”?" in gallery.answer.value and not gallery.found
    assert [switch.value for switch in gallery.switches] == [False, False, False, True]
    buttons["RandomFlip"].click()
    assert "Found!" in gallery.answer.value and "Still to find: 3" in gallery.answer.value
    assert gallery.puzzle_buttons[0].description == "left ✓"
    settings = [(1, "Rotate", 2, "angle", 180.0), (2, "ColorJitter", 3, "hue", 0.5)]
    settings += [(3, "RandomResizedCrop", 0, "crop_ratio_range", 0.1)]
    for index, name, step, dial, value in settings:
        gallery.puzzle_buttons[index].click()
        assert gallery.answer.value == "" and all(switch.value for switch in gallery.switches)
        buttons[name].click()
        assert "so gently" in gallery.answer.value
        gallery.sliders[step][dial].value = value
        buttons[name].click()
        assert "Found!" in gallery.answer.value
    assert "Goal reached" in gallery.answer.value and gallery.found == {0, 1, 2, 3}


def uploaded_file(name: str, content: bytes) -> dict[str, Any]:
    """A file as ipywidgets 8 has it from the browser."""
    then = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    return {"name": name, "type": "", "size": len(content), "content": memoryview(content), "last_modified": then}


def test_an_own_picture_is_shown_and_a_broken_one_named(gallery: AugmentationGallery) -> None:
    before = gallery.still()
    gallery.upload.value = (uploaded_file("me.png", png((40, 60))),)
    assert gallery.still() != before and "Your own picture" in gallery.asked.value
    assert gallery.accusing.layout.visibility == "hidden"
    gallery.upload.value = (uploaded_file("me.txt", b"hello"),)
    assert "me.txt" in gallery.trouble.value
    gallery.puzzle_buttons[0].click()
    assert gallery.trouble.value == "" and gallery.still() == before
