"""Code cells and what came out of them → HTML; a widget, which needs a kernel, shows its still picture."""

import ast
import base64
import html
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from nbconvert.filters.ansi import ansi2html
from nbformat import NotebookNode
from PIL import Image
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name

COLUMN_PX = 780  # a picture without a size that is wider than the page's text is taken to be twice as sharp
WIDGET = "application/vnd.jupyter.widget-view+json"
PROGRESS = re.compile(r"\d+%\|")  # a bar of tqdm, in words
ADDRESS = re.compile(r"<[\w.]+ object at 0x[0-9a-f]+>|<[\w.]+ at 0x[0-9a-f]+>")


@dataclass(frozen=True)
class Picture:
    """A picture that a cell showed.

    Args:
        png: The file.
        width: And ``height``: on the page, in pixels.
        alt: What it shows, in words.
        widget: Whether it stands for a widget.
    """

    png: bytes
    width: int
    height: int
    alt: str
    widget: bool = False

    def html(self) -> str:
        """An ``<img>`` that holds the file."""
        return (
            f'<img src="data:image/png;base64,{base64.b64encode(self.png).decode("ascii")}" width="{self.width}" '
            f'height="{self.height}" alt="{html.escape(self.alt)}">'
        )


def cell_pictures(cell: NotebookNode, section: str) -> Iterator[Picture]:
    """The pictures of a code cell.

    Args:
        section: The heading above it, for those who cannot see the picture.
    """
    for output in cell.outputs:
        if "image/png" in output.get("data", {}):
            yield _picture(output, _described(cell.source, section))


def code_cell(cell: NotebookNode, section: str, *, folded: str = "") -> str:
    """A code cell and its outputs.

    Args:
        folded: What to press to see the code; '' shows it.
    """
    code = f'<div class="code">{highlight(cell.source, _LEXER, _FORMATTER)}</div>'
    outputs = [_output(output, _described(cell.source, section)) for output in merged(cell.outputs)]
    shown = "".join(f'<div class="output">{output}</div>\n' for output in outputs if output)
    if any(WIDGET in output.get("data", {}) and "image/png" in output.data for output in cell.outputs):
        return f"{shown}{_fold('The code', code)}"
    return f"{_fold(folded, code) if folded else code}\n{shown}"


def merged(outputs: Iterable[NotebookNode]) -> list[dict[str, Any]]:
    """Without progress bars and addresses in memory; what was printed in several pieces in one."""
    kept: list[dict[str, Any]] = []
    for output in outputs:
        if output.output_type == "stream":
            if kept and kept[-1].get("name") == output.name:
                kept[-1] = {**kept[-1], "text": kept[-1]["text"] + output.text}
            else:
                kept.append({"output_type": "stream", "name": output.name, "text": output.text})
        elif not _says_nothing(output):
            kept.append(output)
    return kept


def _says_nothing(output: NotebookNode) -> bool:
    data = output.get("data", {})
    plain = data.get("text/plain", "")
    if WIDGET in data and "image/png" not in data:
        return bool(PROGRESS.search(plain))
    return set(data) == {"text/plain"} and ADDRESS.fullmatch(plain) is not None


def _overwritten(text: str) -> str:
    """What is left on a screen: each line from its last carriage return on."""
    return "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n"))


def _output(output: dict[str, Any], alt: str) -> str:
    if output["output_type"] == "stream":
        text = _overwritten(output["text"]).rstrip()
        return f'<pre class="text {output["name"]}">{ansi2html(text)}</pre>' if text else ""
    if output["output_type"] == "error":
        return f'<pre class="text stderr">{ansi2html(chr(10).join(output["traceback"]))}</pre>'
    data = output["data"]
    if WIDGET in data and "text/html" in data:
        return f'<div class="widget">{data["text/html"]}</div>'
    if WIDGET in data and "image/png" in data:
        note = "It moves where the lesson runs."
        return f'<figure class="widget">{_picture(output, alt).html()}<figcaption>{note}</figcaption></figure>'
    if WIDGET in data:
        return '<p class="missing">Here is a widget, which needs the lesson to run.</p>'
    if "image/png" in data:
        return f"<figure>{_picture(output, alt).html()}</figure>"
    if "image/svg+xml" in data:
        file = base64.b64encode(data["image/svg+xml"].encode()).decode("ascii")
        return f'<figure><img src="data:image/svg+xml;base64,{file}" alt="{html.escape(alt)}"></figure>'
    if "text/html" in data:
        return f'<div class="scroll">{data["text/html"]}</div>'
    return f'<pre class="text">{ansi2html(data.get("text/plain", ""))}</pre>'


def _picture(output: Mapping[str, Any], alt: str) -> Picture:
    png = base64.b64decode(output["data"]["image/png"])
    size = output.get("metadata", {}).get("image/png", {})
    width, height = Image.open(BytesIO(png)).size
    if "width" in size and "height" in size:
        width, height = int(size["width"]), int(size["height"])
    elif width > COLUMN_PX:
        width, height = width // 2, height // 2
    return Picture(png, width, height, alt, WIDGET in output["data"])


def _described(source: str, section: str) -> str:
    """A picture in words: what the cell's last call is named, and its first text; the section that it stands in."""
    call = _last_call(source)
    if call is None:
        return f"Picture of the section “{section}”"
    texts = [each.value for each in call.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    words = re.sub(r"_|(?<=[a-z])(?=[A-Z])", " ", _name(call.func)).lower()
    about = f": {texts[0]}" if texts else ""
    return f"{words[:1].upper()}{words[1:]}{about} (section “{section}”)"


def _last_call(source: str) -> ast.Call | None:
    """The call that gives a cell its output."""
    try:
        body = ast.parse(re.sub(r"^\s*[%!].*$", "", source, flags=re.MULTILINE)).body
    except SyntaxError:
        return None
    last = body[-1].value if body and isinstance(body[-1], ast.Expr) else None
    return last if isinstance(last, ast.Call) else None


def _name(function: ast.expr) -> str:
    return str(getattr(function, "attr", getattr(function, "id", "")))


def _fold(title: str, content: str) -> str:
    return f'<details class="fold"><summary>{html.escape(title)}</summary>{content}</details>'


_LEXER = get_lexer_by_name("ipython3")
_FORMATTER = HtmlFormatter()
