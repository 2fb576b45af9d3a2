"""``course …``, one module a command.

Only the module of the chosen command is imported, so that ``course --help`` needs neither torch nor numpy. Exit codes:
0 done, 1 it failed while running, 2 the command or the config is wrong and nothing was started, 130 Ctrl-C.
"""

import argparse
import importlib
import io
import os
import re
import sys
import traceback
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import course_lib
from course_lib.cli.parsing import typed_command
from course_lib.config.errors import ConfigError, CourseError, did_you_mean, nearest

COMMANDS = {
    "Train and use": {
        "train": "train a classifier as a config says; without a config, on handwritten digits",
        "evaluate": "measure a trained classifier on its test data",
        "sweep": "train a config with many combinations of values and list what came out",
        "predict": "say what pictures show",
        "cam": "show where a classifier looks in a picture",
        "confusion": "show which classes a classifier confuses, and its surest mistakes",
        "embed": "draw pictures as points: near where a classifier sees them alike",
        "sbatch": "write a training's job file for a Slurm cluster",
    },
    "Prepare and understand": {
        "config": "print, check, explain or upgrade a config",
        "data": "prepare, verify, split and look at data sets",
        "models": "list the ready-made configs and backbones",
        "schedule": "show the learning rate of a training before it is started",
        "curves": "draw the learning curves of trainings over each other",
    },
    "Learn": {
        "lab": "open the lessons in JupyterLab",
        "homework": "check your exercises",
    },
    "From a source tree": {
        "site": "execute the lessons and make web pages of them, with a gallery",
        "test": "run every test and check",
        "bench": "run the benchmarks",
        "parity": "compare every classifier with other libraries",
    },
}

EXAMPLES = (
    "train",
    "train lessons/lenet_digits --seed 1 --cfg-options optim_wrapper.optimizer.lr=0.05",
    "predict --help",
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line and give its exit code; what goes wrong is printed in plain words."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in words
    print_anything()
    try:
        with plain_warnings(debug):
            code = run([word for word in words if word != "--debug"])
        sys.stdout.flush()  # here, where a reader that has gone can still be told from an error
        return code
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:  # whoever read our output, such as `| head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        if debug:
            traceback.print_exc()
        else:
            print(described(error), file=sys.stderr)
        return 2 if isinstance(error, ConfigError) else 1


def run(words: Sequence[str]) -> int:
    """Find the command's module and let it do its work."""
    if not words or words[0] in ("-h", "--help"):
        print(overview())
        return 0
    if words[0] == "--version":
        print(f"course {course_lib.__version__}")
        return 0
    args = parse(words)
    return args.run(args)


def parse(words: Sequence[str]) -> argparse.Namespace:
    """The words as its command reads them; ``run`` in it does the work.

    Raises:
        ConfigError: there is no such command.
        SystemExit: with 2, after what is wrong with its words has been printed; with 0 after its help.
    """
    names = [name for group in COMMANDS.values() for name in group]
    if words[0] not in names:
        raise ConfigError(f"there is no command {words[0]!r}. {did_you_mean(words[0], names)}")
    parser = argparse.ArgumentParser(prog=typed_command())
    subparsers = parser.add_subparsers()
    importlib.import_module(f"course_lib.cli.{words[0]}").add_parser(subparsers)
    args, rest = parser.parse_known_args(words)
    if rest and not hasattr(args, "passed_on"):
        command = subparsers.choices[words[0]]
        meant = nearest(rest[0], re.findall(r"--[\w-]+", command.format_usage()))
        command.error(f"unknown arguments: {' '.join(rest)}" + (f" (did you mean {meant}?)" if meant else ""))
    args.words, args.passed_on = words, rest
    return args


def overview() -> str:
    """What ``course --help`` prints."""
    program = typed_command()
    blocks = [f"usage: {program} COMMAND …"]
    for title, commands in COMMANDS.items():
        blocks.append("\n".join([f"{title}:", *(f"  {name:<10}{about}" for name, about in commands.items())]))
    blocks.append(
        f"{program} COMMAND --help says more.  --debug after any command shows where an error comes from.\n"
        f"--version prints the version."
    )
    blocks.append("\n".join(["examples:", *(f"  {program} {example}" for example in EXAMPLES)]))
    return "\n\n".join(blocks)


def described(error: Exception) -> str:
    """An error as its user sees it: ours in their own words, any other with its type and the way to learn more."""
    if not isinstance(error, CourseError):
        return f"error: {type(error).__name__}: {error}\n(The same command with --debug shows where it happened.)"
    mistakes = error.mistakes if isinstance(error, ConfigError) else []
    if len(mistakes) > 1:
        return "\n".join(
            [f"error: {len(mistakes)} mistakes; nothing was started.", *(f"  {each}" for each in mistakes)]
        )
    return f"error: {error}"


@contextmanager
def plain_warnings(debug: bool) -> Iterator[None]:
    """Print a warning in its own words alone; the place that gave it, a line of a library, says nothing to a user."""
    usual = warnings.formatwarning

    def plain(
        message: Warning | str, category: type[Warning], filename: str, lineno: int, line: str | None = None
    ) -> str:
        return f"warning: {message}\n"

    try:
        if not debug:
            warnings.formatwarning = plain
        yield
    finally:
        warnings.formatwarning = usual


def print_anything() -> None:
    """Let a console that cannot show × or … print ? in its place, rather than fail."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
