"""What the commands share: the look of ``--help``, the options of several commands, a picture's way to its file."""

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from course_lib.config.errors import ConfigError, CourseError


class Subparsers(Protocol):
    """What ``add_subparsers`` gives."""

    def add_parser(self, name: str, **kwargs: Any) -> argparse.ArgumentParser: ...


def add_command(
    subparsers: Subparsers, name: str, about: str, examples: list[str], *, more: str = ""
) -> argparse.ArgumentParser:
    """A command's parser, its help closed by examples.

    Args:
        about: What it does, in one line.
        examples: What follows ``course`` in each.
        more: What else its help should say.
    """
    lines = "\n".join(f"  {typed_command()} {example}" for example in examples)
    return subparsers.add_parser(
        name,
        help=about,
        description=f"{about[0].upper()}{about[1:]}." + (f"\n\n{more}" if more else ""),
        epilog=f"{'examples' if len(examples) > 1 else 'example'}:\n{lines}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )


def add_overrides(parser: argparse.ArgumentParser) -> None:
    """``--cfg-options``, read by ``course_lib.config.parse_options``."""
    parser.add_argument(
        "--cfg-options",
        metavar="KEY=VALUE",
        nargs="+",
        action="extend",
        default=[],
        help="change values of the config, into lists too: model.backbone.depth=50 train_pipeline.0.scale=128",
    )


def add_device(parser: argparse.ArgumentParser) -> None:
    """``--device``; the config's own value counts where it is not given."""
    parser.add_argument("--device", metavar="NAME", help="auto (default), cpu, cuda, cuda:1 or mps")


def expect_folder(out: Path | None) -> None:
    """Before long work: see that the folder is there into which ``save`` will write.

    Raises:
        ConfigError: it is not.
    """
    if out is not None and not out.parent.is_dir():
        raise ConfigError(f"--out {out}: the picture cannot be written: there is no folder {out.parent}.")


def save(figure: Any, path: Path, **options: Any) -> None:
    """Write a figure in the format that the file's ending names; the options are ``Figure.savefig``'s.

    Raises:
        ConfigError: the folder does not exist or cannot be written, or the ending is no picture's.
    """
    try:
        figure.savefig(path, **options)
    except (OSError, ValueError) as error:
        raise ConfigError(f"--out {path}: the picture cannot be written: {error}") from error


@contextmanager
def before_work() -> Iterator[None]:
    """What goes wrong in here is found before anything is started: exit code 2, whatever is wrong."""
    try:
        yield
    except ConfigError:
        raise
    except CourseError as error:
        raise ConfigError(str(error)) from error


def typed_command() -> str:
    """What starts this program: ``course``, or the launcher as the user typed it."""
    return os.environ.get("COURSE_COMMAND", "course")
