"""Markdown of lessons: links, pictures, headings, formulas within sentences."""

from pathlib import Path

import pytest

from course_lib.site.lessons import SiteError
from course_lib.site.prose import Prose, plain

PNG = b"\x89PNG"


@pytest.fixture
def prose(tmp_path: Path) -> Prose:
    (tmp_path / "notebooks" / "img").mkdir(parents=True)
    (tmp_path / "notebooks" / "02_a.ipynb").touch()
    (tmp_path / "notebooks" / "03_b.ipynb").touch()
    (tmp_path / "notebooks" / "img" / "a.png").write_bytes(PNG)
    (tmp_path / "README.md").touch()
    return Prose(tmp_path / "notebooks" / "02_a.ipynb", {"03_b.ipynb": "03_b.html"}, "https://repo")


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("03_b.ipynb", "03_b.html"),
        ("03_b.ipynb#part", "03_b.html#part"),
        ("../README.md", "https://repo/blob/main/README.md"),
        ("02_a.ipynb", "https://repo/blob/main/notebooks/02_a.ipynb"),
        ("#here", "#here"),
        ("https://other.org/x", "https://other.org/x"),
    ],
)
def test_links(prose: Prose, url: str, target: str) -> None:
    assert f'<a href="{target}">there</a>' in prose.html(f"Go [there]({url}).")


def test_links_that_lead_nowhere(prose: Prose) -> None:
    with pytest.raises(SiteError, match=r"a link leads to 04_c\.ipynb, which is not there"):
        prose.html("[there](04_c.ipynb)")
    with pytest.raises(SiteError, match="which is not in the source tree"):
        prose.html("[there](../../../..)")


def test_pictures_are_held_by_the_page(prose: Prose) -> None:
    assert '<img src="data:image/png;base64,iVBORw==" alt="a cat"' in prose.html("![a cat](img/a.png)")
    held = prose.html("![a](attachment:b.png)", {"b.png": {"image/png": "iVBORw=="}})
    assert '<img src="data:image/png;base64,iVBORw=="' in held


def test_headings_have_ids_of_their_own(prose: Prose) -> None:
    made = prose.html("## 1 · A & *b* 感知机\n\n## 1 · A & *b*\n\n## 数据\n\n### deeper")
    assert [name for name, _ in prose.sections] == ["1-a-b", "1-a-b-2", "section"]
    assert plain(prose.sections[0][1]) == "1 · A & b 感知机"
    assert '<span lang="zh">感知机</span>' in made and '<h3 id="deeper">' in made


def test_a_comma_stays_with_its_formula(prose: Prose) -> None:
    made = prose.html("Take $x$, then $y$ and\n\n$$z$$")
    assert made.count('<span class="together"><svg') == 1 and made.count("<svg") == 3
    assert "</svg>,</span> then" in made and "$" not in made


def test_tables_scroll_and_a_line_has_no_paragraph(prose: Prose) -> None:
    assert '<div class="scroll"><table>' in prose.html("| a | b |\n|---|---|\n| 1 | 2 |")
    assert prose.line("so *it* is") == "so <em>it</em> is"
