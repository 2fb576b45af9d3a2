"""Operators on lists keep the lines of the items; their values are compared with Python's in ``test_expressions``."""

from course_lib.config import Config


def test_the_items_of_a_list_that_is_computed_keep_their_lines() -> None:
    cfg = Config.fromstring("a = [\n    1,\n    2]\nb = 2 * a + [3]\nc = a * 0\n", "my.py")
    assert [str(origin) for origin in cfg.b.origins] == ["my.py:2", "my.py:3", "my.py:2", "my.py:3", "my.py:4"]
    assert cfg.c == [] and cfg.c.origins == []
