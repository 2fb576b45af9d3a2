"""Each transform of the 0.x dialect against what MMPretrain's migration says of it today."""

from typing import Any

import pytest

from course_lib.config.dialects.pipelines import upgrade_pipeline, upgrade_transform
from course_lib.config.errors import Origin
from course_lib.config.nodes import ConfigDict, ConfigList, origin_of, to_nodes


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            dict(type="RandomResizedCrop", size=224, scale=(0.2, 1.0), ratio=(1, 2), interpolation="bicubic"),
            dict(
                type="RandomResizedCrop",
                scale=224,
                crop_ratio_range=(0.2, 1.0),
                aspect_ratio_range=(1, 2),
                interpolation="bicubic",
            ),
        ),
        (dict(type="RandomCrop", size=32, padding=4), dict(type="RandomCrop", crop_size=32, padding=4)),
        (dict(type="RandomFlip", flip_prob=0.3), dict(type="RandomFlip", prob=0.3)),
        (dict(type="RandomFlip"), dict(type="RandomFlip", prob=0.5)),
        (dict(type="RandomGrayscale", gray_prob=0.2), dict(type="RandomGrayscale", prob=0.2)),
        (dict(type="Resize", size=(256, -1)), dict(type="ResizeEdge", scale=256, edge="short")),
        (
            dict(type="Resize", size=(256, -1), adaptive_side="long", backend="pillow"),
            dict(type="ResizeEdge", scale=256, edge="long", backend="pillow"),
        ),
        (dict(type="Resize", size=(224, 320)), dict(type="Resize", scale=(320, 224))),
        (dict(type="Resize", size=[224, 320]), dict(type="Resize", scale=(320, 224))),
        (dict(type="Resize", size=224), dict(type="Resize", scale=224)),
        (dict(type="CenterCrop", crop_size=(224, 192)), dict(type="CenterCrop", crop_size=(224, 192))),
        (
            dict(type="CenterCrop", crop_size=224, efficientnet_style=True),
            dict(type="EfficientNetCenterCrop", crop_size=224, interpolation="bilinear"),
        ),
        (
            dict(type="CenterCrop", crop_size=224, efficientnet_style=True, interpolation="bicubic", crop_padding=16),
            dict(type="EfficientNetCenterCrop", crop_size=224, interpolation="bicubic", crop_padding=16),
        ),
        (
            dict(type="RandomResizedCrop", size=224, efficientnet_style=True),
            dict(type="EfficientNetRandomCrop", scale=224, interpolation="bilinear"),
        ),
        (dict(type="RandAugment", num_policies=2), dict(type="RandAugment", num_policies=2, total_level=30)),
        (dict(type="RandAugment", total_level=10), dict(type="RandAugment", total_level=10)),
        (dict(type="Lighting", alphastd=0.1), dict(type="Lighting", alphastd=0.1, to_rgb=True)),
        (dict(type="ToPIL"), dict(type="NumpyToPIL")),
        (dict(type="ToNumpy"), dict(type="PILToNumpy")),
        (dict(type="Collect", keys=["img"]), dict(type="PackInputs")),
        (
            dict(type="Collect", keys=["img"], meta_keys=["sample_idx"]),
            dict(type="PackInputs", meta_keys=["sample_idx"]),
        ),
        (dict(type="MyOwn", size=3), dict(type="MyOwn", size=3)),
    ],
)
def test_a_transform(old: dict[str, Any], new: dict[str, Any]) -> None:
    given = to_nodes(old)
    assert upgrade_transform(given) == new
    assert given == old


def test_a_pipeline_is_changed_in_place_and_keeps_its_lines() -> None:
    names = ["LoadImageFromFile", "Normalize", "ImageToTensor", "ToTensor", "Collect"]
    places: list[Origin | None] = [Origin("old.py", line) for line in range(1, 6)]
    pipeline = ConfigList([dict(type=name) for name in names], places)
    upgrade_pipeline(pipeline)
    assert pipeline == [dict(type="LoadImageFromFile"), dict(type="PackInputs")]
    assert pipeline.origins == [Origin("old.py", 1), Origin("old.py", 5)]


def test_a_new_name_keeps_the_line_of_the_old_one() -> None:
    old = ConfigDict()
    old.set("type", "RandomCrop", Origin("old.py", 3))
    old.set("size", 32, Origin("old.py", 4))
    new = upgrade_transform(old)
    assert [origin_of(new, key) for key in ("type", "crop_size")] == [Origin("old.py", 3), Origin("old.py", 4)]
