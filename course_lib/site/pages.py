"""Lessons → HTML pages, and the gallery of all: what fills the templates beside this file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from io import BytesIO

from jinja2 import DictLoader, Environment, StrictUndefined
from markupsafe import Markup
from nbformat import NotebookNode
from PIL import Image

from .lessons import Lesson, SiteError, by_part
from .outputs import Picture, cell_pictures, code_cell
from .prose import Prose, plain

CARD_PX = 720  # a card's picture: the card is half as wide on the page
TEMPLATES = ("lesson.html", "gallery.html", "style.css")


@dataclass(frozen=True)
class Rendered:
    """A lesson's page.

    Args:
        lesson: Whose.
        html: The whole page.
        question: For the gallery, as HTML.
        picture: What stands for it in the gallery; None where it shows none.
    """

    lesson: Lesson
    html: str
    question: str
    picture: Picture | None


def lesson_page(lesson: Lesson, nb: NotebookNode, lessons: Sequence[Lesson], repository: str) -> Rendered:
    """A lesson's page from its executed notebook.

    Args:
        lessons: All that have a page, in their order.
        repository: The address of the source tree.

    Raises:
        SiteError: a formula cannot be set, or a link leads nowhere; it says in which cell.
    """
    if lesson.notebook is None:
        raise SiteError(f"lesson {lesson.number} is not written yet")
    prose = Prose(lesson.notebook, {each.notebook.name: each.page for each in lessons if each.notebook}, repository)
    parts: list[str] = []
    pictures: list[Picture] = []
    section, seen_code = lesson.name, False
    for index, cell in enumerate(nb.cells):
        if cell.cell_type == "code" and cell.source.strip():
            parts.append(code_cell(cell, section, folded="" if seen_code else "Imports and settings"))
            pictures += cell_pictures(cell, section)
            seen_code = True
        elif cell.cell_type == "markdown":
            # the title stands in the page's head
            source = cell.source.partition("\n")[2] if index == 0 else cell.source
            try:
                parts.append(prose.html(source, cell.get("attachments")))
            except SiteError as error:
                raise SiteError(f"{lesson.notebook.name}, cell {index + 1} ({cell.get('id', '')}): {error}") from None
            if prose.sections:
                section = plain(prose.sections[-1][1])
    place = lessons.index(lesson)
    html = _fill(
        "lesson.html",
        lesson=lesson,
        body=Markup("\n".join(parts)),
        sections=[(name, Markup(text)) for name, text in prose.sections],
        previous=lessons[place - 1] if place else None,
        next=lessons[place + 1] if place + 1 < len(lessons) else None,
        repository=repository,
    )
    question = Prose(lesson.notebook, {}, repository).line(lesson.question[:1].upper() + lesson.question[1:])
    return Rendered(lesson, html, question, best_picture(pictures))


def best_picture(pictures: Sequence[Picture]) -> Picture | None:
    """What shows a lesson best: its largest figure; without any, its largest widget; None without pictures.

    Figures come first since a widget's still shows how it is before anybody has touched it.
    """
    return max(pictures, key=lambda each: (not each.widget, each.width * each.height), default=None)


def card_picture(picture: Picture) -> bytes:
    """A PNG for a card."""
    image = Image.open(BytesIO(picture.png)).convert("RGB")
    image.thumbnail((CARD_PX, CARD_PX), Image.Resampling.LANCZOS)
    buffer = BytesIO()
    image.save(buffer, "png", optimize=True)
    return buffer.getvalue()


def gallery_page(rendered: Sequence[Rendered], lessons: Sequence[Lesson], repository: str) -> str:
    """The page of all lessons.

    Args:
        rendered: The lessons that have a page.
        lessons: All that are written.
        repository: The address of the source tree.
    """
    pages: Mapping[str, Rendered] = {each.lesson.page: each for each in rendered}
    return _fill("gallery.html", parts=by_part(lessons), pages=pages, repository=repository)


def _fill(template: str, **values: object) -> str:
    sources = {name: files(__package__).joinpath(name).read_text(encoding="utf-8") for name in TEMPLATES}
    environment = Environment(
        loader=DictLoader(sources), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template(template).render(style=Markup(sources["style.css"]), **values) + "\n"
