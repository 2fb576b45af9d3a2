"""Which half of a data set is meant: by ``split``, or as older configs say it, by ``test_mode``."""

from ..transforms.checks import one_of


def half_of(split: str, test_mode: bool) -> str:
    """'train' or 'test'; ``split`` decides where it is given.

    Raises:
        ConfigError: ``split`` is another word.
    """
    return one_of("split", split, ("train", "test")) if split else ("test" if test_mode else "train")
