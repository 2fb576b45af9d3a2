"""Reading the text of a config as data: its syntax tree is walked, and nothing in it is ever run.

``statements`` goes through a file line by line, ``expressions`` finds the values, ``names`` what a name stands for,
``arithmetic`` computes, ``limits`` keeps a file from growing without end, ``remedies`` says what to write instead.
"""

from .limits import MAX_VALUES, count_values
from .names import TEMPLATE
from .statements import Source, read, read_value

__all__ = ["MAX_VALUES", "TEMPLATE", "Source", "count_values", "read", "read_value"]
