"""The source tree around the package: where lessons, tests and benchmarks lie."""

from pathlib import Path

import course_lib
from course_lib.config.errors import ConfigError

REPOSITORY = "https://github.com/image-classification-course/course"


def source_tree(needed: str) -> Path:
    """The folder of the source tree.

    Args:
        needed: The folder in it that is wanted, such as ``'notebooks'``.

    Raises:
        ConfigError: the package was installed without its tree.
    """
    tree = Path(course_lib.__file__).resolve().parents[1]
    if not (tree / "pyproject.toml").is_file() or not (tree / needed).is_dir():
        raise ConfigError(
            f"this needs the folder {needed}/ of the source tree, which is not here. Get it with:\n"
            f"  git clone {REPOSITORY}\nand start ./course in it."
        )
    return tree
