"""Finding every mistake of a config at once, before a picture is read or a model built.

``walking`` goes through the config along the rules of ``schema.py``, ``annotations`` judges one value, ``agreement``
compares what several parts say, ``weight_names`` knows those of the kit's own, ``hints`` guesses what was meant,
``not_held`` knows what the kit does not have.
"""

from .check import check
from .not_held import not_held

__all__ = ["check", "not_held"]
