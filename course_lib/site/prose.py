"""Markdown cells → HTML: headings to link to, formulas as pictures, links that lead somewhere on the site."""

import base64
import html
import mimetypes
import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from .formulas import formula_svg
from .lessons import CHINESE, SiteError

TAG = re.compile(r"<[^>]*>")
# a formula and the mark behind it, which would begin a line of its own
WITH_MARK = re.compile(r'<svg class="formula" [^>]*><path [^>]*/></svg>[.,:;?!)]+')
IN_CHINESE = re.compile(f"[{CHINESE}]+")


class Prose:
    """The Markdown of one lesson, cell after cell.

    Args:
        notebook: The file; what a link or a picture names is meant from its folder.
        pages: The other lessons of the site: notebook's name → page's name.
        repository: Where links go that lead to other files of the source tree.
    """

    def __init__(self, notebook: Path, pages: Mapping[str, str], repository: str) -> None:
        self.notebook, self.pages, self.repository = notebook, pages, repository
        self.sections: list[tuple[str, str]] = []  # id and HTML of each heading of level 2 so far
        self.ids: set[str] = set()

    def html(self, source: str, attachments: Mapping[str, Any] | None = None) -> str:
        """A cell's text.

        Raises:
            SiteError: a formula cannot be set, or a link or a picture leads nowhere.
        """
        made = str(MarkdownWithMath(renderer=_Renderer(self, attachments)).render(source))
        return WITH_MARK.sub(r'<span class="together">\g<0></span>', made)

    def line(self, source: str) -> str:
        """A sentence, without a paragraph around it."""
        return self.html(source).strip().removeprefix("<p>").removesuffix("</p>")

    def new_id(self, heading: str) -> str:
        """An id for a heading: its letters and digits, told apart from those before."""
        stem = "-".join(re.findall(r"[a-z0-9]+", plain(heading).lower())) or "section"
        names = [stem, *(f"{stem}-{number}" for number in range(2, len(self.ids) + 3))]
        name = next(name for name in names if name not in self.ids)
        self.ids.add(name)
        return name

    def target(self, url: str) -> str:
        """Where a link of the notebook leads to on the site."""
        if re.match(r"[a-z]+:|#", url):
            return url
        name, mark, place = url.partition("#")
        file = self._existing(name)
        if file.parent == self.notebook.parent and file.name in self.pages:
            return f"{self.pages[file.name]}{mark}{place}"
        return f"{self.repository}/blob/main/{self._in_tree(file)}{mark}{place}"

    def picture(self, url: str) -> str:
        """A picture's file as a ``data:`` address."""
        if re.match(r"[a-z]+:", url):
            return url
        file = self._existing(url)
        kind = mimetypes.guess_type(file.name)[0] or "image/png"
        return f"data:{kind};base64,{base64.b64encode(file.read_bytes()).decode('ascii')}"

    def _existing(self, name: str) -> Path:
        file = (self.notebook.parent / name).resolve()
        if not file.exists():
            raise SiteError(f"a link leads to {name}, which is not there")
        return file

    def _in_tree(self, file: Path) -> PurePosixPath:
        tree = self.notebook.resolve().parents[1]
        if not file.is_relative_to(tree):
            raise SiteError(f"a link leads to {file}, which is not in the source tree")
        return PurePosixPath(file.relative_to(tree).as_posix())


def plain(text: str) -> str:
    """HTML without its tags."""
    return html.unescape(TAG.sub("", text))


class _Renderer(IPythonRenderer):  # type: ignore[misc, unused-ignore]
    """nbconvert's, which knows formulas; what it would leave to scripts of other servers is done here."""

    def __init__(self, prose: Prose, attachments: Mapping[str, Any] | None) -> None:
        super().__init__(escape=False, attachments=dict(attachments or {}))
        self.prose = prose

    def text(self, text: str) -> str:
        return IN_CHINESE.sub(lambda found: f'<span lang="zh">{found[0]}</span>', super().text(text))

    def heading(self, text: str, level: int, **attrs: Any) -> str:
        name = self.prose.new_id(text)
        if level == 2:
            self.prose.sections.append((name, text))
        return f'<h{level} id="{name}"><a href="#{name}">{text}</a></h{level}>\n'

    def paragraph(self, text: str) -> str:
        asks = text.startswith("<strong>Your question today:</strong>")
        return f'<p class="question">{text}</p>\n' if asks else str(super().paragraph(text))

    def table(self, text: str) -> str:
        return f'<div class="scroll"><table>{text}</table></div>\n'

    def link(self, text: str, url: str, title: str | None = None) -> str:
        return str(super().link(text, self.prose.target(url), title))

    def image(self, text: str, url: str, title: str | None = None) -> str:
        return str(super().image(text, url if url.startswith("attachment:") else self.prose.picture(url), title))

    def inline_math(self, body: str) -> str:
        return formula_svg(body)

    def block_math(self, body: str) -> str:
        return formula_svg(body, display=True)

    def latex_environment(self, name: str, body: str) -> str:
        return formula_svg(rf"\begin{{{name}}}{body}\end{{{name}}}", display=True)
