"""Two small lessons with everything that lessons have, and the site that is made of them, once for all tests."""

from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from course_lib.site import build_site, find_lessons

REPOSITORY = "https://example.org/course"
COLAB = "https://colab.research.google.com/github/course"
TITLE = """# 02 · Small lines 感知机: a test

[Open in Colab]({colab})

**Your question today:** does *it* work?
"""
PICTURE = """
import io
from PIL import Image

class Figure:
    def __init__(self, size, colour):
        self.size, self.colour = size, colour

    def _repr_png_(self):
        buffer = io.BytesIO()
        Image.new("RGB", self.size, self.colour).save(buffer, "png")
        return buffer.getvalue(), {"width": self.size[0] // 2, "height": self.size[1] // 2}

print("imported")
"""
WIDGET = """
import ipywidgets

class Slider(ipywidgets.VBox):
    def _repr_png_(self):
        return Figure((1600, 800), "blue")._repr_png_()[0]

Slider([ipywidgets.IntSlider()])
"""
TEXT = """
from course_lib.homework.progress import home
import os, pathlib, sys
pathlib.Path("left_behind.txt").touch()
print(os.environ["COURSE_FAST"], os.environ["OMP_NUM_THREADS"], home().exists(), sys.executable)
"""
ERROR = """
raise ValueError("as <planned>")
"""
FIRST = [
    ("markdown", TITLE.format(colab=COLAB)),
    ("code", PICTURE),
    (
        "markdown",
        "## 1 · Formulas 公式 & more\n\nOf $w_1$, and alone:\n\n$$\\frac{a}{b} \\ge 0$$\n\nSee [the next]"
        "(03_next.ipynb#1-more).",
    ),
    ("code", "Figure((400, 200), 'red')"),
    ("code", "show = Figure\nshow((800, 600), 'green')"),
    (
        "markdown",
        "## 1 · Formulas 公式 & more\n\nThe [other lesson](04_unwritten.ipynb) and [a script](../scripts/a.py).",
    ),
    ("code", WIDGET),
    ("code", TEXT),
    ("code", ERROR, ["raises-exception"]),
]
SECOND = [("markdown", "# 03 · Next\n\nText."), ("code", "1 + 1"), ("markdown", "## 1 · More\n\n[Up](#1-more)")]

Cells = list[tuple]


def write_lesson(path: Path, cells: Cells) -> Path:
    """A notebook of (kind, source) or (kind, source, tags)."""
    nb = nbformat.v4.new_notebook()
    for number, (kind, source, *tags) in enumerate(cells):
        make = nbformat.v4.new_markdown_cell if kind == "markdown" else nbformat.v4.new_code_cell
        cell = make(source.strip("\n"), id=f"cell-{number}")
        if tags:
            cell.metadata.tags = tags[0]
        nb.cells.append(cell)
    nbformat.write(nb, path)
    return path


@pytest.fixture(scope="session")
def lesson_writer() -> Callable[[Path, Cells], Path]:
    return write_lesson


@pytest.fixture(scope="session")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A source tree with lessons 02, 03 and 04, of which the site is made of the first two."""
    tree = tmp_path_factory.mktemp("tree")
    for folder in ("notebooks", "scripts"):
        (tree / folder).mkdir()
    (tree / "scripts" / "a.py").touch()
    write_lesson(tree / "notebooks" / "02_small.ipynb", FIRST)
    write_lesson(tree / "notebooks" / "03_next.ipynb", SECOND)
    write_lesson(tree / "notebooks" / "04_unwritten.ipynb", [("markdown", "# 04 · Left out 损失")])
    return tree


@pytest.fixture(scope="session")
def site(tree: Path) -> Path:
    """The folder of the site."""
    lessons = find_lessons(tree / "notebooks")
    told: list[str] = []
    build_site(lessons[:2], tree / "site", repository=REPOSITORY, written=lessons, say=told.append)
    assert sorted(line.split()[0] for line in told) == ["02_small.ipynb", "03_next.ipynb"]
    return tree / "site"
