"""What lessons say of themselves, and the plan of the course; those of this tree can be made into pages."""

import re
from pathlib import Path

import pytest

from course_lib.config.errors import ConfigError
from course_lib.site.lessons import PARTS, Lesson, SiteError, by_part, choose, find_lessons, read_lesson, read_notebook
from course_lib.site.pages import lesson_page

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))


def test_a_first_cell_is_read(tmp_path: Path, lesson_writer) -> None:
    text = "# 09 · The layers of a CNN 卷积神经网络的层: bend, pool\n\nA. **Your question today:** why\n*so*?\n\nB."
    lesson = read_lesson(lesson_writer(tmp_path / "09_cnn.ipynb", [("markdown", text)]))
    assert (lesson.number, lesson.name, lesson.chinese) == ("09", "The layers of a CNN", "卷积神经网络的层")
    assert (lesson.more, lesson.question, lesson.page) == ("bend, pool", "why *so*?", "09_cnn.html")
    mixed = read_lesson(lesson_writer(tmp_path / "14_vit.ipynb", [("markdown", "# 14 · ViT 视觉Transformer: all ask")]))
    assert (mixed.name, mixed.chinese, mixed.more) == ("ViT", "视觉Transformer", "all ask")
    bare = read_lesson(lesson_writer(tmp_path / "07_torch.ipynb", [("markdown", "# 07 · PyTorch")]))
    assert (bare.name, bare.chinese, bare.more, bare.question) == ("PyTorch", "", "", "")


def test_what_is_no_lesson(tmp_path: Path, lesson_writer) -> None:
    lesson_writer(tmp_path / "08_x.ipynb", [("markdown", "Convolution")])
    with pytest.raises(SiteError, match=r"08_x\.ipynb: the first cell should begin with .* '# 08 · Convolution"):
        find_lessons(tmp_path)
    (tmp_path / "08_x.ipynb").write_text("{", encoding="utf-8")
    with pytest.raises(SiteError, match=r"08_x\.ipynb cannot be read as a notebook"):
        find_lessons(tmp_path)


def test_lessons_are_chosen_by_number() -> None:
    lessons = [Lesson("02", "a"), Lesson("12", "b")]
    assert choose(lessons, []) == lessons
    assert choose(lessons, ["12", "2"]) == lessons
    assert choose(lessons, ["2"]) == lessons[:1]
    with pytest.raises(ConfigError, match=r"there is no lesson '13' in notebooks/\. Allowed: 02, 12\."):
        choose(lessons, ["13"])


def test_written_lessons_take_the_place_of_planned_ones() -> None:
    course = dict((part.letter, lessons) for part, lessons in by_part([Lesson("08", "New"), Lesson("30", "More")]))
    assert [lesson.name for lesson in course["B"]] == ["New", "CNN layers"]
    assert [lesson.number for lesson in course["E"]] == ["19", "20", "21", "30"]


def test_the_plan_is_that_of_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| \*\*([A-E])\*\* (.+?) \| (.+?) \| (.+?) \|$", readme, re.MULTILINE)
    named = {(letter, name, chinese): re.findall(r"\b(\d\d) ([^·|\]*]+)", cell) for letter, name, cell, chinese in rows}
    planned = {
        (part.letter, part.name, part.chinese): [(lesson.number, lesson.name) for lesson in part.lessons]
        for part in PARTS
    }
    assert {key: [(number, name.strip()) for number, name in each] for key, each in named.items()} == planned


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda notebook: notebook.stem)
def test_every_lesson_makes_a_page(notebook: Path) -> None:
    """Its formulas can be set and its links lead somewhere; nothing is run."""
    lesson = read_lesson(notebook)
    made = lesson_page(lesson, read_notebook(notebook), [lesson], "https://example.org")
    assert made.question and lesson.chinese and f"<h1>{lesson.name}" in made.html
    assert not re.search(r"\$\S[^$<]*\$", re.sub(r"<pre.*?</pre>|<code.*?</code>", "", made.html, flags=re.DOTALL))
