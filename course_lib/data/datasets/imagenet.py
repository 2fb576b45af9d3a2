"""ImageNet: a folder data set whose halves are the folders ``train``, ``val`` and ``test``.

Russakovsky et al.: ImageNet Large Scale Visual Recognition Challenge, arXiv 1409.0575.
"""

from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any, Literal

from course_lib.config.errors import ConfigError
from course_lib.config.registry import register

from ..transforms.base import Transform
from ..transforms.checks import one_of
from .custom import CustomDataset, below
from .files import EXTENSIONS, resolve


@register("dataset")
class ImageNet(CustomDataset):
    """A ``CustomDataset`` that also knows ``split``; anything in ImageNet's form will do.

    The classes are the folders' names (``n01440764``, …) unless ``classes`` renames them.

    Args:
        data_root: The folder of the data set.
        split: 'train', 'val' or 'test': put before ``data_prefix``; '' leaves it as it is. Without ``ann_file``,
            ``meta/SPLIT.txt`` in ``data_root`` is that where it is there.
        ann_file, data_prefix, classes, extensions, with_label, metainfo, test_mode, pipeline: As in ``CustomDataset``.

    Raises:
        DataError: as ``CustomDataset``.
    """

    def __init__(
        self,
        data_root: str = "",
        split: Literal["", "train", "val", "test"] = "",
        ann_file: str = "",
        data_prefix: str | Mapping[str, str] = "",
        classes: str | Sequence[str] | None = None,
        extensions: Sequence[str] = EXTENSIONS,
        with_label: bool = True,
        metainfo: Mapping[str, Any] | None = None,
        test_mode: bool = False,
        pipeline: Sequence[Transform] = (),
    ) -> None:
        one_of("split", split, ("", "train", "val", "test"))
        prefix, ann_file = _below(split, data_prefix), ann_file or _list_of(data_root, split)
        super().__init__(data_root, ann_file, prefix, classes, extensions, with_label, metainfo, test_mode, pipeline)

    @classmethod
    def class_names(cls, args: Mapping[str, Any]) -> tuple[str, ...] | None:
        split = args.get("split", "")
        prefix = _below(split, args.get("data_prefix", ""))
        ann_file = args.get("ann_file") or _list_of(args.get("data_root", ""), split)
        return super().class_names({**args, "data_prefix": prefix, "ann_file": ann_file})


@register("dataset")
class ImageNet21k(ImageNet):
    """ImageNet-21k, all 14,197,122 pictures of 21,841 classes; there is no official split but 'train'.

    Deng et al.: ImageNet: A Large-Scale Hierarchical Image Database, CVPR 2009; https://image-net.org. ``data_root``
    holds ``train/n00004475/*.JPEG`` and, so that a million folders' files need not be searched for, ``meta/train.txt``.

    Args:
        split: 'train' or ''; a part that one has set aside is named by ``ann_file`` and ``data_prefix``.
        multi_label: MMPretrain's switch for a picture's broader classes, which it does not offer either: False.
        data_root, ann_file, data_prefix, classes, extensions, with_label, metainfo, test_mode, pipeline: As in
            ``ImageNet``.

    Raises:
        ConfigError: another ``split``, or ``multi_label=True``.
        DataError: as ``CustomDataset``.
    """

    def __init__(
        self,
        data_root: str = "",
        split: Literal["", "train"] = "",
        ann_file: str = "",
        data_prefix: str | Mapping[str, str] = "",
        classes: str | Sequence[str] | None = None,
        extensions: Sequence[str] = EXTENSIONS,
        with_label: bool = True,
        metainfo: Mapping[str, Any] | None = None,
        test_mode: bool = False,
        pipeline: Sequence[Transform] = (),
        multi_label: bool = False,
    ) -> None:
        if multi_label:
            raise ConfigError("multi_label is True, but of ImageNet21k each picture has one class here.")
        one_of("split", split, ("", "train"))
        super().__init__(
            data_root, split, ann_file, data_prefix, classes, extensions, with_label, metainfo, test_mode, pipeline
        )


def _list_of(data_root: str, split: str) -> str:
    """The annotation file that lies where ImageNet's lists do, relative to ``data_root``; '' if there is none."""
    name = f"meta/{split}.txt"
    return name if split and below(resolve(data_root), name).is_file() else ""


def _below(split: str, data_prefix: str | Mapping[str, str]) -> str:
    prefix = data_prefix.get("img_path", "") if isinstance(data_prefix, Mapping) else data_prefix
    return str(PurePosixPath(split, prefix)) if split else prefix
