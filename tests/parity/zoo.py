"""The table of the model zoos' configs in ``docs/parity.md``, on standard output. ``course parity --zoo`` starts this.

The packages of MMPretrain 1.2.0 and MMClassification 0.25.0 carry every config of their zoos. Each is loaded, checked
and built, as it stands there. Usage: ``python -m tests.parity.zoo [FOLDER …]``, with folders in which the packages lie
already, or without to fetch them. Exit code 1 where one of a family that the kit has does not do without an edit.
"""

import importlib.util
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from course_lib.builders import build_model, check_config, without_weights
from course_lib.config import Config, ConfigError, Mistake, not_held, upgrade

PACKAGES = {"mmpretrain": ("1.2.0", "1.x"), "mmcls": ("0.25.0", "0.x")}
# the folders of the zoos that hold architectures of the kit's
FAMILIES = (
    *("convnext", "deit", "densenet", "efficientnet", "fp16", "lenet", "mlp_mixer", "mobilenet_v2", "mobilenet_v3"),
    *("regnet", "repvgg", "resnet", "resnext", "seresnet", "shufflenet_v1", "shufflenet_v2", "swin_transformer", "vgg"),
    *("vision_transformer", "wrn"),
)
# configs that do not do as they stand, in the originals neither, or that are programs
THEIR_OWN = {
    "mobilenet-v3-small_8xb16_cifar10": "the package lacks the file that it inherits from",
    "mobilenet_v3_small_cifar": "the package lacks the file that it inherits from",
    "resnet50_8xb32-cutmix_in1k": "it names a class of 0.x, which MMPretrain 1.2.0 does not have, either",
    "resnet50_8xb128_coslr-90e_in21k": "its preprocessor counts one class less than its head",
    "vit-base-p16_4xb544-ipu_in1k": "it calls functions; a config is data here",
    "vit-base-p16_ft-4xb544-ipu_in1k": "it calls functions; a config is data here",
}
NOT_DATA = "cannot stand in a config"  # what the reader of configs says to a program


@dataclass(frozen=True)
class Tried:
    """How a config ended: ``mistakes`` is empty where it was built; ``named`` where it says what the kit has not."""

    dialect: str
    folder: str
    name: str
    mistakes: tuple[Mistake, ...]
    named: bool

    @property
    def works(self) -> bool:
        """Whether it was built."""
        return not self.mistakes

    @property
    def is_program(self) -> bool:
        """Whether it computes what it says, which is refused."""
        return any(NOT_DATA in mistake.message for mistake in self.mistakes)

    @property
    def is_explained(self) -> bool:
        """Whether it says why it cannot be built: it does what the kit does not do, or is none of data."""
        return self.named or self.is_program

    @property
    def reason(self) -> str:
        """The first thing that is wrong, without its place and what else would be allowed."""
        first = self.mistakes[0]
        path = f"{first.path}: " if first.path else ""
        said = f"{path}{first.message} {'' if self.is_program else first.hint}".splitlines()[0].rstrip()
        said = said.partition(" Allowed: ")[0].replace("|", "\\|")
        return f"{said} ({THEIR_OWN[self.name]}.)" if self.name in THEIR_OWN else said


def main(folders: Sequence[str]) -> int:
    """Try every config and print the tables; 1 where one of ours fails."""
    with tempfile.TemporaryDirectory() as temporary:
        if not folders:
            fetch(temporary)
        tried = [each for folder in folders or [temporary] for each in try_package(Path(folder))]
    print(table(tried))
    ours = [each for each in tried if each.folder in FAMILIES]
    return 1 if any(not (each.works or each.named or each.name in THEIR_OWN) for each in ours) else 0


def fetch(folder: str) -> None:
    """Install the packages, without what they depend on, into a folder of their own.

    Raises:
        SystemExit: there is neither pip nor uv, or it failed, and said why.
    """
    wanted = [f"{name}=={version}" for name, (version, _) in PACKAGES.items()]
    options = ["install", "--no-deps", "--quiet", "--target", folder]
    if importlib.util.find_spec("pip"):
        command = [sys.executable, "-m", "pip", *options]
    elif uv := shutil.which("uv"):
        command = [uv, "pip", *options, "--python", sys.executable]
    elif pip := shutil.which("pip"):
        command = [pip, *options]
    else:
        sys.exit("neither pip nor uv is here to fetch the packages of the model zoos.")
    if subprocess.call([*command, *wanted], stdout=sys.stderr) != 0:
        sys.exit(f"{' and '.join(wanted)} could not be fetched. Is there a network?")


def try_package(root: Path) -> Iterator[Tried]:
    """Every config of the packages below a folder."""
    for name, (_, dialect) in PACKAGES.items():
        for configs in sorted(root.rglob(f"{name}/.mim/configs")):
            for path in sorted(configs.glob("*/*.py")):
                if path.parent.name != "_base_" and not path.name.startswith("_"):  # what others take in
                    print(path.relative_to(configs), file=sys.stderr)
                    yield attempt(path, dialect)


def attempt(path: Path, dialect: str) -> Tried:
    """Load, check and build one config, without memory for its weights and without reading any."""
    named = False
    try:
        cfg = Config.fromfile(path)
        named = bool(not_held(cfg))
        mistakes = check_config(cfg)
        if not mistakes:
            with torch.device("meta"):
                build_model(without_weights(upgrade(cfg)["model"]))
    except ConfigError as error:
        root = f"{path.parents[1]}/"  # a table names no folder of one machine
        mistakes = [
            replace(m, message=m.message.replace(root, ""), hint=m.hint.replace(root, "")) for m in error.mistakes
        ]
    except Exception as error:  # a config must never meet anything else; the table says so
        mistakes = [Mistake("", f"{type(error).__name__}: {error}")]
    return Tried(dialect, path.parent.name, path.stem, tuple(mistakes), named)


# --- the tables -------------------------------------------------------------------------------------------------------


def table(tried: Sequence[Tried]) -> str:
    """All that was found, in Markdown."""
    ours = [each for each in tried if each.folder in FAMILIES]
    others = [each for each in tried if each.folder not in FAMILIES]
    packages = " and ".join(f"{name} {version} (dialect {dialect})" for name, (version, dialect) in PACKAGES.items())
    lines = [f"Every config of {packages}, loaded, checked and its model built, without an edit.\n"]
    lines += ["### Architectures that the kit has\n", *ours_by_folder(ours)]
    wrong = [each for each in ours if not each.works]
    if wrong:
        lines += ["\nThose that are not built, with the first reason:\n", *(entry(each) for each in wrong)]
    lines += ["\n### Everything else\n", *others_by_folder(others)]
    unclear = [each for each in others if not each.works and not each.is_explained]
    if unclear:
        lines += ["\nThose that do not say so:\n", *(entry(each) for each in unclear)]
    programs = [each for each in others if each.is_program]
    if programs:
        lines += ["\nThose that are programs:\n", *(entry(each) for each in programs)]
    return "\n".join(lines)


def ours_by_folder(tried: Sequence[Tried]) -> Iterator[str]:
    """Of each folder, how many configs of each dialect there are and how many work."""
    dialects = [dialect for _, dialect in PACKAGES.values()]
    yield "| folder | " + " | ".join(f"{dialect} | built" for dialect in dialects) + " |"
    yield "|---|" + "---:|" * 2 * len(dialects)
    for folder in [*FAMILIES, ""]:
        cells = []
        for dialect in dialects:
            these = [each for each in tried if folder in (each.folder, "") and each.dialect == dialect]
            cells += [len(these), sum(each.works for each in these)]
        yield f"| {folder or '**all**'} | {' | '.join(map(str, cells))} |"


def others_by_folder(tried: Sequence[Tried]) -> Iterator[str]:
    """Of each folder, whether its configs say what the kit does not have."""
    yield "| folder | configs | built | named as not held | programs | unclear | what is said |"
    yield "|---|---:|---:|---:|---:|---:|---|"
    for folder in [*sorted({each.folder for each in tried}), ""]:
        these = [each for each in tried if folder in (each.folder, "")]
        built, named = sum(each.works for each in these), sum(each.named for each in these)
        said = Counter(each.mistakes[0].message for each in these if each.named)
        example = said.most_common(1)[0][0] if folder and said else ""
        programs = sum(each.is_program for each in these)
        cells = [len(these), built, named, programs, len(these) - built - named - programs, example]
        yield f"| {folder or '**all**'} | {' | '.join(map(str, cells))} |"


def entry(each: Tried) -> str:
    """A line of a list."""
    return f"- {each.folder}/{each.name} ({each.dialect}): {each.reason}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
