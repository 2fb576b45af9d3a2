"""Which lessons there are: the course's plan, and what the notebooks that are written say of themselves."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat

from course_lib.config.errors import ConfigError, CourseError, did_you_mean

CHINESE = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"  # their characters and punctuation, for a regular expression
HEADING = re.compile(
    rf"# *(?P<number>\d\d) · (?P<name>[^:{CHINESE}]+?) *(?P<chinese>[{CHINESE}][^:]*)?(: *(?P<more>.+))?"
)
QUESTION = re.compile(r"\*\*Your question today:\*\*\s+(.+?)(?:\n\s*\n|\Z)", re.DOTALL)


class SiteError(CourseError):
    """The gallery cannot be made from these lessons."""


@dataclass(frozen=True)
class Lesson:
    """What a card of the gallery says.

    Args:
        number: Two digits.
        name: Its title in plain words.
        chinese: The same in Chinese; '' where the title has none.
        more: What follows the title's colon.
        question: What the lesson asks, as Markdown.
        notebook: None for a lesson that is not written yet.
    """

    number: str
    name: str
    chinese: str = ""
    more: str = ""
    question: str = ""
    notebook: Path | None = None

    @property
    def page(self) -> str:
        """The file's name of its page."""
        return f"{self.notebook.stem}.html" if self.notebook else ""


@dataclass(frozen=True)
class Part:
    """A part of the course: its letter, what it is about, a term of it in Chinese, and its lessons as planned."""

    letter: str
    name: str
    chinese: str
    lessons: tuple[Lesson, ...]


def _part(letter: str, name: str, chinese: str, lessons: dict[str, str]) -> Part:
    """Keys of ``lessons`` are number and name."""
    planned = tuple(Lesson(key[:2], key[3:], in_chinese) for key, in_chinese in lessons.items())
    return Part(letter, name, chinese, planned)


PARTS = (
    _part(
        "A",
        "seeing and learning",
        "感知机",
        {
            "00 start": "开始",
            "01 visual features": "视觉特征",
            "02 perceptron": "感知机",
            "03 MLP": "多层感知机",
            "04 loss and descent": "损失与梯度下降",
            "05 backprop": "反向传播",
            "06 optimizers": "优化器",
            "07 PyTorch": "",
        },
    ),
    _part("B", "convolutional networks", "卷积", {"08 convolution": "卷积", "09 CNN layers": "卷积神经网络的层"}),
    _part(
        "C",
        "the framework",
        "主干网络",
        {
            "10 config": "配置文件",
            "11 augmentation": "数据增强",
            "12 schedules": "学习率策略",
            "13 ResNet": "残差网络",
            "14 ViT": "视觉Transformer",
            "15 fine-tuning": "微调",
            "16 understanding": "理解模型",
        },
    ),
    _part("D", "beyond labels", "自监督", {"17 self-supervised": "自监督学习", "18 multimodal": "多模态"}),
    _part(
        "E", "out into the world", "部署", {"19 deployment": "部署", "20 cluster": "集群", "21 capstone": "结业项目"}
    ),
)


def find_lessons(folder: Path) -> list[Lesson]:
    """The lessons of a folder in their order: every ``NN_name.ipynb``.

    Raises:
        SiteError: a notebook cannot be read.
    """
    return [read_lesson(path) for path in sorted(folder.glob("[0-9][0-9]_*.ipynb"))]


def read_lesson(notebook: Path) -> Lesson:
    """What a notebook's first cell says: ``# 02 · Name 中文: more`` and ``**Your question today:** …``."""
    cells = read_notebook(notebook).cells
    text = cells[0].source if cells and cells[0].cell_type == "markdown" else ""
    heading = HEADING.fullmatch(text.partition("\n")[0].strip())
    if heading is None:
        raise SiteError(
            f"{notebook.name}: the first cell should begin with the lesson's title, as in "
            f"'# {notebook.name[:2]} · Convolution 卷积: one small window'"
        )
    asked = QUESTION.search(text)
    question = " ".join(asked[1].split()) if asked else ""
    name, chinese, more = (heading[key] or "" for key in ("name", "chinese", "more"))
    return Lesson(notebook.name[:2], name, chinese, more, question, notebook)


def read_notebook(path: Path) -> nbformat.NotebookNode:
    """A notebook of any version as one of version 4.

    Raises:
        SiteError: it is not a notebook.
    """
    try:
        return nbformat.read(path, as_version=4)
    except Exception as error:  # nbformat passes on what the JSON parser and the validator raise
        raise SiteError(f"{path} cannot be read as a notebook: {error}") from error


def choose(lessons: Sequence[Lesson], words: Sequence[str]) -> list[Lesson]:
    """The lessons of these numbers (``2`` and ``02``); all without any.

    Raises:
        ConfigError: there is no lesson of a number.
    """
    numbers = [word.zfill(2) for word in words]
    known = [lesson.number for lesson in lessons]
    for number in numbers:
        if number not in known:
            raise ConfigError(f"there is no lesson {number!r} in notebooks/. {did_you_mean(number, known)}")
    return [lesson for lesson in lessons if not numbers or lesson.number in numbers]


def by_part(lessons: Sequence[Lesson]) -> list[tuple[Part, list[Lesson]]]:
    """The whole course: each part with its lessons, the written ones in place of the planned ones."""
    planned = {lesson.number for part in PARTS for lesson in part.lessons}
    course = []
    for part in PARTS:
        numbers = {lesson.number for lesson in part.lessons}
        written = [lesson for lesson in lessons if lesson.number in numbers]
        missing = [each for each in part.lessons if each.number not in {lesson.number for lesson in written}]
        more = [lesson for lesson in lessons if lesson.number not in planned] if part is PARTS[-1] else []
        course.append((part, sorted([*written, *missing, *more], key=lambda lesson: lesson.number)))
    return course
