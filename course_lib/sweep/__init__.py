"""Many trainings of one config: a grid of values, each tried with several seeds or on several folds of the data."""

from .grid import combinations, parse_grid
from .table import Row, sort_rows, table, told, write_tables
from .trials import Plan, Trial, sweep

__all__ = [
    "Plan",
    "Row",
    "Trial",
    "combinations",
    "parse_grid",
    "sort_rows",
    "sweep",
    "table",
    "told",
    "write_tables",
]
