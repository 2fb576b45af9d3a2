"""What holds for the file of every lesson: it is finished in an evening, and git shows what changed in it."""

import json
from pathlib import Path

import nbformat
import pytest

NOTEBOOKS = sorted((Path(__file__).resolve().parents[1] / "notebooks").glob("[0-9][0-9]_*.ipynb"))
MOST_CELLS, MOST_WORDS, MOST_LINES, MOST_IN_SETUP = 40, 1500, 15, 18  # lines that are not empty


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_lesson_keeps_its_size(path: Path) -> None:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    assert len(cells) <= MOST_CELLS
    texts = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
    assert sum(len(text.split()) for text in texts) <= MOST_WORDS
    setup, *others = ["".join(cell["source"]).splitlines() for cell in cells if cell["cell_type"] == "code"]
    assert sum(bool(line.strip()) for line in setup) <= MOST_IN_SETUP
    for lines in others:
        assert sum(bool(line.strip()) for line in lines) <= MOST_LINES, lines[0]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_lesson_is_written_line_by_line_and_without_outputs(path: Path) -> None:
    """As JupyterLab writes it; so a change of a word is a change of a line."""
    text = path.read_text(encoding="utf-8")
    notebook = nbformat.reads(text, as_version=4)
    assert text == nbformat.writes(notebook) + "\n"
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in notebook.cells)


def test_there_are_lessons() -> None:
    assert len(NOTEBOOKS) >= 9
