"""ImageNet: a folder data set whose halves are the folders ``train``, ``val`` and ``test``."""

from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any, Literal

from course_lib.config.registry import register

from ..transforms.base import Transform
from ..transforms.checks import one_of
from .custom import CustomDataset
from .files import EXTENSIONS


@register("dataset")
class ImageNet(CustomDataset):
    """A ``CustomDataset`` that also knows ``split``; anything in ImageNet's form will do.

    The classes are the folders' names (``n01440764``, …) unless ``classes`` renames them.

    Args:
        data_root: The folder of the data set.
        split: 'train', 'val' or 'test': put before ``data_prefix``; '' leaves it as it is.
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
        prefix = _below(split, data_prefix)
        super().__init__(data_root, ann_file, prefix, classes, extensions, with_label, metainfo, test_mode, pipeline)

    @classmethod
    def class_names(cls, args: Mapping[str, Any]) -> tuple[str, ...] | None:
        prefix = _below(args.get("split", ""), args.get("data_prefix", ""))
        return super().class_names({**args, "data_prefix": prefix})


def _below(split: str, data_prefix: str | Mapping[str, str]) -> str:
    prefix = data_prefix.get("img_path", "") if isinstance(data_prefix, Mapping) else data_prefix
    return str(PurePosixPath(split, prefix)) if split else prefix
