"""Lines of a solution that are left where a learner would find them: in another cell, an output, in metadata."""

import re
from collections.abc import Iterator
from typing import Any

# shorter lines (`return w, b`, `for k, s, d in layers:`) are in every text, and tell nothing
MIN_LINE_CHARS = 18


def leaks(teachers: dict[str, Any], learners: dict[str, Any], solution: list[str], given: str) -> Iterator[str]:
    """Where a line of a solution is left, but for those that the stubs give themselves.

    Args:
        teachers, learners: The JSON of the two notebooks.
        solution: The lines.
        given: What the learner may see.
    """
    telling = {_bare(line): line.strip() for line in solution if _tells(line)}
    for place, text in _texts(teachers, learners):
        text = _bare(text)
        for bare, line in telling.items():
            if bare in text and bare not in _bare(given):
                yield f"{place} holds a line of a solution: `{line}`."


def _texts(teachers: dict[str, Any], learners: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Every text that must not hold a solution: the learners' cells, and what the teacher's hold beside their text."""
    for index, (mine, theirs) in enumerate(zip(teachers["cells"], learners["cells"], strict=True)):
        yield f"cell {index}", "".join(theirs["source"])
        for key, value in mine.items():
            if key != "source":
                name = {"outputs": "the output", "metadata": "the metadata"}.get(key, key)
                yield f"{name} of cell {index}", "\n".join(_strings(value))
    yield "the notebook's metadata", "\n".join(_strings(teachers["metadata"]))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)


def _tells(line: str) -> bool:
    starts = ("#", "def ", "class ", "import ", "from ", "@", '"""')
    line = line.strip()
    return len(_bare(line)) >= MIN_LINE_CHARS and not line.startswith(starts) and not line.endswith(("(", "[", "{"))


def _bare(text: str) -> str:
    """Without spaces, which an editor may change."""
    return re.sub(r"\s+", "", text)
