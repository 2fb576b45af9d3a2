"""The whole site: made of small lessons and of a real one; what is on its pages, where its links lead, what fails."""

import json
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from bs4 import BeautifulSoup
from PIL import Image

from course_lib.cli import main
from course_lib.config.errors import ConfigError
from course_lib.site import build, build_site, find_lessons
from course_lib.site.lessons import SiteError

REPOSITORY = "https://example.org/course"
COLAB = "https://colab.research.google.com/"
VOID = {"br", "hr", "img", "input", "link", "meta"}  # tags that are not closed


class Nesting(HTMLParser):
    """Fails where a tag is closed that is not the last open one."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> at line {self.getpos()[0]}"


def look_over(site: Path, outside: tuple[str, ...]) -> list[str]:
    """Every page is well-formed, loads nothing from elsewhere and leads somewhere; gives the links to the outside."""
    pages = {path: BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser") for path in site.rglob("*.html")}
    led_out = []
    for path, page in pages.items():
        Nesting(path.read_text(encoding="utf-8"))
        assert page.find_all(["script", "iframe", "object", "embed"]) == []
        assert "@import" not in page.style.text and "url(" not in page.style.text
        for tag in page.find_all(["link", "img"]):
            address = tag.get("href") or tag["src"]
            assert address.startswith("data:") or (site / address).is_file(), address[:80]
        assert all(image["alt"] for image in page.find_all("img"))
        for link in page.find_all("a"):
            parts = urlsplit(link["href"])
            if parts.scheme:
                assert link["href"].startswith(outside), link["href"]
                led_out.append(link["href"])
                continue
            assert not parts.path.startswith("/")
            target = path.parent / unquote(parts.path) if parts.path else path
            assert target in pages, f"{path.name}: {link['href']}"
            assert not parts.fragment or pages[target].find(id=unquote(parts.fragment)), f"{path.name}: {link['href']}"
    return led_out


def page_of(site: Path, name: str) -> BeautifulSoup:
    return BeautifulSoup((site / name).read_text(encoding="utf-8"), "html.parser")


def test_every_link_leads_somewhere_and_nothing_is_loaded(site: Path) -> None:
    led_out = look_over(site, (REPOSITORY, COLAB))
    assert f"{REPOSITORY}/blob/main/scripts/a.py" in led_out
    assert f"{REPOSITORY}/blob/main/notebooks/04_unwritten.ipynb" in led_out
    assert any(link.startswith(COLAB) for link in led_out)


def test_a_lessons_page(site: Path) -> None:
    page = page_of(site, "02_small.html")
    assert page.title.text == "02 · Small lines"
    assert [heading.text for heading in page.find_all("h1")] == ["Small lines 感知机"]
    assert page.h1.span["lang"] == "zh" and page.find(class_="more").text == "a test"
    assert page.find(class_="question").text == "Your question today: does it work?"
    assert [each["id"] for each in page.find_all("h2")] == ["1-formulas-more", "1-formulas-more-2"]
    assert page.find("a", string="the next")["href"] == "03_next.html#1-more"
    inline, display = page.find_all("svg")
    assert inline["aria-label"] == "w_1" and display["class"] == ["formula", "display"]
    # the picture below its code, as large as it says
    figures = page.find_all("img")
    assert [(image["width"], image["height"]) for image in figures] == [("200", "100"), ("400", "300"), ("800", "400")]
    assert figures[0]["alt"] == "Figure: red (section “1 · Formulas 公式 & more”)"
    # a widget shows its picture, and its code is folded away; so are the first cell's imports
    assert figures[2].parent["class"] == ["widget"] and "Slider(children" not in page.text
    folded = [each.find("pre").text for each in page.find_all("details", class_="fold")]
    assert ["import io" in folded[0], "class Slider" in folded[1], len(folded)] == [True, True, 2]
    assert "as <planned>" in page.find("pre", class_="stderr").text


def test_lessons_are_run_apart_from_the_users_things(site: Path, tree: Path) -> None:
    page = page_of(site, "02_small.html")
    assert f"1 1 False {sys.executable}" in page.text
    assert sorted(path.name for path in tree.rglob("*") if "left_behind" in path.name) == []
    assert sorted(path.name for path in tree.iterdir()) == ["notebooks", "scripts", "site"]


def test_previous_and_next(site: Path) -> None:
    first, second = page_of(site, "02_small.html"), page_of(site, "03_next.html")
    assert {link["href"] for link in first.find_all("a", rel="next")} == {"03_next.html"}
    assert first.find_all("a", rel="prev") == [] and second.find_all("a", rel="next") == []
    assert {link["href"] for link in second.find_all("a", rel="prev")} == {"02_small.html"}
    assert second.find("a", class_="home")["href"] == "index.html"
    assert "2" in [each.text.strip() for each in second.find_all("pre", class_="text")]


def test_the_gallery(site: Path) -> None:
    page = page_of(site, "index.html")
    cards = page.find_all("li", class_="card")
    numbers = [card.h3.find(class_="number").text for card in cards]
    assert numbers == [f"{number:02}" for number in range(22)]
    assert [part.b.text for part in page.find_all("h2")] == list("ABCDE")
    linked = {number: card.a["href"] for number, card in zip(numbers, cards, strict=True) if card.a}
    assert linked == {"02": "02_small.html", "03": "03_next.html"}
    assert cards[2].find(class_="asks").decode_contents() == "Does <em>it</em> work?"
    assert "not in this gallery" in cards[4].text and "损失" in cards[4].text and "still to come" in cards[5].text
    # the largest figure, not the larger widget; a lesson without pictures has its number
    with Image.open(site / cards[2].img["src"]) as image:
        assert image.size == (720, 540) and image.getpixel((300, 300)) == (0, 128, 0)
    assert cards[3].img is None and cards[3].find(class_="face").text == "03"
    assert [block.b.text for block in page.find_all("pre")] == ["./course train"]
    assert page.find("a", href=REPOSITORY)


def test_the_folder_says_what_made_it(site: Path) -> None:
    mark = json.loads((site / "site.json").read_text(encoding="utf-8"))
    assert mark == {"made_by": "course site", "form": "fast", "lessons": ["02", "03"]}
    assert (site / ".nojekyll").exists()
    assert sorted(path.name for path in (site / "pictures").iterdir()) == ["02.png"]


def test_a_failing_lesson_leaves_the_old_site(tmp_path: Path, lesson_writer) -> None:
    out = tmp_path / "site"
    out.mkdir()
    (out / "site.json").write_text('{"made_by": "course site"}', encoding="utf-8")
    (out / "index.html").write_text("old", encoding="utf-8")
    lesson_writer(tmp_path / "05_bad.ipynb", [("markdown", "# 05 · Bad"), ("code", "x = 1\nassert x == 2, 'no'")])
    with pytest.raises(SiteError) as caught:
        build_site(find_lessons(tmp_path), out, repository=REPOSITORY)
    assert str(caught.value) == "05_bad.ipynb, cell 2 (cell-1): AssertionError: no\n  assert x == 2, 'no'"
    assert (out / "index.html").read_text(encoding="utf-8") == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["05_bad.ipynb", "site"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[gone](06_gone.ipynb)", "05_a.ipynb, cell 2 (cell-1): a link leads to 06_gone.ipynb, which is not there"),
        (r"$\nonsense$", r"05_a.ipynb, cell 2 (cell-1): the formula $\nonsense$ cannot be set: "),
    ],
)
def test_what_no_run_can_mend_is_told_before_anything_runs(
    tmp_path: Path, lesson_writer, monkeypatch: pytest.MonkeyPatch, text: str, message: str
) -> None:
    lesson_writer(tmp_path / "05_a.ipynb", [("markdown", "# 05 · A"), ("markdown", text)])
    monkeypatch.setattr(build, "run_lessons", None)
    with pytest.raises(ConfigError) as caught:
        build_site(find_lessons(tmp_path), tmp_path / "site", repository=REPOSITORY)
    assert message in str(caught.value)
    assert not (tmp_path / "site").exists()


def test_a_link_to_another_server_stops_the_site(tmp_path: Path, lesson_writer) -> None:
    lesson_writer(tmp_path / "05_a.ipynb", [("markdown", "# 05 · A\n\n[there](https://elsewhere.org/x)")])
    with pytest.raises(SiteError, match=r"05_a\.html: a link leads to another server: https://elsewhere\.org/x"):
        build_site(find_lessons(tmp_path), tmp_path / "site", repository=REPOSITORY, say=lambda line: None)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["05_a.ipynb"]


def test_only_a_folder_of_its_own_is_replaced(tmp_path: Path) -> None:
    build.check_folder(tmp_path / "new")
    build.check_folder(tmp_path)  # empty
    (tmp_path / "thesis.docx").touch()
    with pytest.raises(ConfigError, match="holds files that course site did not make, and is left alone"):
        build.check_folder(tmp_path)
    (tmp_path / "site.json").write_text("[1]", encoding="utf-8")
    with pytest.raises(ConfigError, match="left alone"):
        build.check_folder(tmp_path)
    with pytest.raises(ConfigError, match="is a file; --out takes the name of a folder"):
        build.check_folder(tmp_path / "thesis.docx")


def test_a_real_lesson(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "site"
    assert main(["site", "--lessons", "2", "--out", str(out)]) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("1 lesson, ")
    led_out = look_over(out, ("https://github.com/image-classification-course/course", COLAB))
    assert led_out
    page = page_of(out, "02_perceptron.html")
    assert len(page.find_all("svg")) >= 5 and "$" not in " ".join(each.text for each in page.article.find_all("p"))
    assert len(page.find_all(class_="course-predict")) == 4
    assert len(page.find_all("img")) == 4
    assert "unseen digits read correctly: 9" in page.text
    with Image.open(out / page_of(out, "index.html").img["src"]) as image:
        assert len(image.getcolors(1_000_000)) > 100
