"""The lessons as web pages: executed, one page each, and a gallery; to be read in a browser, without a kernel.

A page needs no other file and asks nothing of the network: pictures, formulas and styles stand in it.
"""

from .build import build_site
from .lessons import Lesson, choose, find_lessons

__all__ = ["Lesson", "build_site", "choose", "find_lessons"]
