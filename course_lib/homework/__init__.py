"""Homework: checks that explain, progress that is remembered, check-in cards."""

from .check import Result, check
from .report import Report, report_card

__all__ = ["Report", "Result", "check", "report_card"]
