"""Finding every mistake of a config at once, before a picture is read or a model built.

``walking`` goes through the config along the rules of ``schema.py``, ``annotations`` judges one value, ``agreement``
compares what several parts say, ``hints`` guesses what was meant.
"""

from .check import check

__all__ = ["check"]
