"""Names of the kit's own weights in a config."""

import pytest

from course_lib.config import Config, check
from course_lib.config.own_weights import own_weights


@pytest.mark.parametrize("known", sorted(own_weights()))
def test_weights_that_there_are(known: str, right: str) -> None:
    text = right + f"load_from = 'zoo://{known}'\n"
    assert check(Config.fromstring(text, "lesson.py")) == []


def test_every_name_that_there_is_not(right: str) -> None:
    wrong = "init_cfg=dict(type='Pretrained', checkpoint='zoo://resnet-mini_shape'), type='LinearClsHead'"
    text = right.replace("type='LinearClsHead'", wrong) + "load_from = 'zoo://resnet-mini_shaeps'\n"
    said = [str(mistake) for mistake in check(Config.fromstring(text, "lesson.py")) if "zoo://" in mistake.message]
    near = "Did you mean 'zoo://resnet-mini_shapes'?"
    assert sorted(said, reverse=True) == [
        "lesson.py:6: model.head.init_cfg.checkpoint: the kit has no weights 'zoo://resnet-mini_shape'. " + near,
        f"lesson.py:{len(text.splitlines())}: load_from: the kit has no weights 'zoo://resnet-mini_shaeps'. {near}",
    ]


def test_other_origins_are_not_looked_up(right: str) -> None:
    text = right + "load_from = 'https://example.org/zoo/weights.pth'\n"
    assert check(Config.fromstring(text, "lesson.py")) == []
