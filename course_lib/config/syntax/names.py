"""What a name stands for: a value set above, one of the base (``_base_.x``), an import, a comprehension's item.

Nothing is imported: ``type=ResNet`` after ``from course_lib.models import ResNet`` is the string ``'ResNet'``.
"""

import ast
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import ConfigError, Origin, did_you_mean
from ..nodes import ConfigDict, shown
from .remedies import SourceText

# '{{_base_.model.type}}' and '{{ fileDirname }}' inside a string, as in mmcv
TEMPLATE = re.compile(r"\{\{\s*(_base_(?:\.\w+)+|fileDirname|fileBasenameNoExtension|fileBasename|fileExtname)\s*\}\}")


class Imported(str):
    """A name from an import; ``nn.ReLU`` of an imported ``nn`` is ``'ReLU'``."""


@dataclass
class Names:
    """The names of one file, as they are known at the line that is being read.

    Args:
        source: The file.
        values: What the file has set.
        base: What it inherits; None without a ``_base_``.
        imported: The last part of what a name was imported as.
        loops: The names of the comprehensions around.
        used: The top-level names that an expression has used.
        failed: The names whose own statement was wrong.
    """

    source: SourceText
    values: ConfigDict = field(default_factory=ConfigDict)
    base: ConfigDict | None = None
    imported: dict[str, str] = field(default_factory=dict)
    loops: dict[str, Any] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)

    def lookup(self, node: ast.expr, name: str) -> Any:
        """The value of a plain name."""
        if name in self.loops:
            return self.loops[name]
        if name in self.values:
            self.used.add(name)
            return self.values[name]
        if name in self.imported:
            return Imported(self.imported[name])
        if name in self.failed:
            raise ConfigError([])  # its own mistake is reported already
        if name == "_base_":
            raise self.source.error(node, "_base_ alone is no value.", "Write _base_.name.")
        if self.base is not None and name in self.base:
            raise self.source.error(node, f"the name {name!r} is set in a base file.", f"Write _base_.{name}.")
        known = [*self.values, *self.imported, "True", "False", "None"]
        raise self.source.error(node, f"the name {name!r} is not set above this line.", did_you_mean(name, known))

    def inherited(self, node: ast.expr, name: str) -> Any:
        """The value of ``_base_.name``."""
        if self.base is None:
            raise self.source.error(node, "this file has no _base_.", "Name one above: _base_ = 'other.py'.")
        self.used.add(name)
        return self.attribute(node, self.base, name)

    def attribute(self, node: ast.expr, holder: Any, name: str) -> Any:
        """The value of ``holder.name``."""
        if isinstance(holder, Imported):
            return Imported(name)
        if not isinstance(holder, ConfigDict):
            raise self.source.refuse(node, f"Only a dict has named parts, not {shown(holder)}.")
        if name not in holder:
            message = f"{self.source.snippet(node)}: there is no {name!r}."
            raise self.source.error(node, message, did_you_mean(name, map(str, holder)))
        return holder[name]

    def fill(self, node: ast.expr, text: str) -> Any:
        """Put the value of ``{{_base_.x}}`` or ``{{ fileDirname }}`` into a string; alone, the value itself."""
        parts = TEMPLATE.split(text)
        for index in range(1, len(parts), 2):
            parts[index] = self._template(node, parts[index])
        return parts[1] if len(parts) == 3 and not parts[0] and not parts[2] else "".join(map(str, parts))

    def _template(self, node: ast.expr, name: str) -> Any:
        path = Path(self.source.file)
        match name:
            case "fileDirname":
                return path.parent.as_posix()
            case "fileBasename":
                return path.name
            case "fileBasenameNoExtension":
                return path.stem
            case "fileExtname":
                return path.suffix
        _, first, *rest = name.split(".")
        value = self.inherited(node, first)
        for part in rest:
            value = self.attribute(node, value, part)
        return value

    def origin(self, node: ast.AST, expression: ast.expr | None = None) -> Origin:
        """The place of a node, with the name that ``expression``, the value written there, is."""
        return Origin(self.source.file, getattr(node, "lineno", None), self._written_as(expression))

    def _written_as(self, node: ast.expr | None) -> str | None:
        """The top-level name that an expression is, if it is nothing but that."""
        match node:
            case ast.Name(name) if name in self.values and name not in self.loops:
                return name
            case ast.Attribute(ast.Name("_base_"), name):
                return name
            case ast.Set([ast.Set([inner])]):
                return self._written_as(inner)
            case ast.Constant(str() as text) if (match := TEMPLATE.fullmatch(text)) and match[1].count(".") == 1:
                return match[1].removeprefix("_base_.")
        return None
