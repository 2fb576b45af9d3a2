"""Homework: checks that explain, progress that is remembered, check-in cards.

For teachers, ``release`` makes the notebooks to give out and ``grading`` marks a folder of answers.
"""

from .check import Result, check
from .report import Report, report_card

__all__ = ["Report", "Result", "check", "report_card"]
