"""The file's text as messages quote it, and for what cannot stand in a config, what to write instead."""

import ast
from collections.abc import Collection
from dataclasses import dataclass

from ..errors import ConfigError, Mistake, Origin

_ALLOWED = (
    "Allowed: None, True, False, numbers, strings, lists, tuples, dict(...), {...}, arithmetic, f-strings, "
    "a if b else c, names set above, _base_."
)
_CODE = "Code belongs in a Python module: register the class there and name it here, type='MyClass'."
REMEDIES: dict[type[ast.AST], str] = {
    ast.With: "Inherit with _base_ = ['other.py'] instead of read_base().",
    ast.If: "Choose a value with: name = a if condition else b.",
    ast.For: "Write the values out, or use a list comprehension.",
    ast.While: "Write the values out.",
    ast.FunctionDef: _CODE,
    ast.ClassDef: _CODE,
    ast.Lambda: _CODE,
    ast.Delete: "Leave the name out, or replace an inherited dict with dict(_delete_=True, ...).",
    ast.Set: "Write a list: [1, 2].",
}
_CALL_REMEDIES = {
    "len": "Write the number.",
    "list": "Write [...].",
    "tuple": "Write (...).",
    "set": "Write [...].",
    "range": "Write the numbers out.",
    "print": "Print it with: course config print.",
}


@dataclass(frozen=True)
class SourceText:
    """The text of one file, and its path."""

    text: str
    file: str

    def snippet(self, node: ast.AST) -> str:
        """The first line of what a node of the tree was read from."""
        first = (ast.get_source_segment(self.text, node) or type(node).__name__).splitlines()[0]
        return repr(first if len(first) <= 60 else first[:59] + "…")

    def error(self, node: ast.AST, message: str, hint: str = "") -> ConfigError:
        return ConfigError(Mistake("", message, Origin(self.file, getattr(node, "lineno", None)), hint))

    def refuse(self, node: ast.AST, remedy: str = "") -> ConfigError:
        """The error for what is no data."""
        remedy = remedy or REMEDIES.get(type(node), "")
        what = f"{self.snippet(node)} cannot stand in a config, which is data and never runs."
        return self.error(node, f"{what} {_ALLOWED}", remedy)


def call_remedy(function: ast.expr, imported: Collection[str]) -> str:
    """What to write instead of a call."""
    match function:
        case ast.Name(name) if name in imported or name[:1].isupper():
            return f"Write dict(type={name}, ...)."
        case ast.Name(name):
            return _CALL_REMEDIES.get(name, f"There is no {name}(...) in a config, only dict(...).")
        case ast.Attribute(_, "join"):
            return "Write the path as one string, or as an f-string."
        case ast.Attribute(_, "format"):
            return "Write an f-string."
    return "Only dict(...) can be called; to change a dict, write {**other, 'name': value}."
