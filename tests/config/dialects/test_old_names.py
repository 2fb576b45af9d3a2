"""The words of the 0.x dialect against those of the 1.x one."""

from course_lib.config import schema
from course_lib.config.dialects.old_names import OLD_KEYS, SHARED_KEYS


def test_the_dialects_share_no_key_but_the_shared_ones() -> None:
    assert not set(OLD_KEYS) & set(schema.TOP_LEVEL)
    assert set(SHARED_KEYS) <= set(schema.TOP_LEVEL)
