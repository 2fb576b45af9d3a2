"""Names of configs: what each part means, whether it is well made, and whether the config says the same.

    resnet50_8xb32-coslr_in1k.py     algorithm _ training _ data set
    wide-resnet50_timm_8xb32_in1k    algorithm _ module _ training _ data set
    swin_tiny_224_b16x64_300e_imagenet.py        the form of the 0.x dialect, its parts in looser order

Underscores part the parts, dashes the words in one. The training begins with ``8xb32``, 8 devices with 32 pictures each
(``b32`` where one is enough; ``b32x8`` in the 0.x dialect), and goes on with what sets it apart: the schedule, the
number of epochs, the augmentation. A picture size may follow the data set: ``in1k-384px``.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from .errors import ConfigError, Mistake, did_you_mean
from .naming_words import DATA_SETS, UNTRAINED, WORDS

TRAINING = re.compile(
    r"(?:(?P<phase>pt|ft)-)?(?:(?P<devices>\d+)x)?b(?P<batch>\d+)(?:x(?P<times>\d+))?(?:-(?P<rest>.+))?"
)
DATA = re.compile(r"(?P<name>.+?)(?:-(?P<px>\d+)(?:px)?)?(?:-\d+px)?")
FORM = "algorithm_training_data, such as resnet50_8xb32-coslr_in1k or lenet5_b64_mnist"


@dataclass(frozen=True)
class ConfigName:
    """A config's name, taken apart.

    Args:
        text: The whole, without ``.py``.
        algorithm: The network, ``'resnet50'``.
        modules: What changes it or where it comes from, ``('timm',)``; mostly none.
        devices: How many the training is made for; None where the name does not say it.
        batch_size: Pictures a step and device; None where the name does not say it.
        extras: The other words of the training, ``('coslr', '100e')``.
        data: The data set's name, a key of ``DATA_SETS``.
        px: The pictures' side; None where the name does not say it.
        trained: False for configs that only measure or hold a model (``deploy``, ``evalonly``).
        is_old: The 0.x dialect's form.
        in_order: The parts stand where they belong.
    """

    text: str
    algorithm: str
    modules: tuple[str, ...]
    devices: int | None
    batch_size: int | None
    extras: tuple[str, ...]
    data: str
    px: int | None
    trained: bool = True
    is_old: bool = False
    in_order: bool = True

    @property
    def epochs(self) -> int | None:
        """The length that a word such as ``300e`` gives."""
        found = [int(word[:-1]) for word in self.extras if re.fullmatch(r"\d+e", word)]
        return found[0] if found else None

    @property
    def training(self) -> str:
        """The training's part as it would be written today: ``8xb32-coslr``."""
        batch = "" if self.batch_size is None else f"b{self.batch_size}"
        if batch and self.devices is not None:
            batch = f"{self.devices}x{batch}"
        return "-".join([batch, *self.extras] if batch else self.extras)

    def well_written(self) -> str:
        """The same name in today's form and order, in small letters."""
        data = self.data + (f"-{self.px}px" if self.px else "")
        parts = [self.algorithm.replace("_", "-"), *self.modules, self.training, data]
        return "_".join(part for part in parts if part).lower()


def parse_name(name: str | Path) -> ConfigName:
    """Take a config's name (or path) apart.

    Raises:
        ConfigError: there is no algorithm or no known data set in it.
    """
    path = Path(name)
    text = path.stem if path.suffix == ".py" else path.name
    tokens = text.replace("label_smooth", "lbs").split("_")
    side = next((token for token in tokens[1:] if re.fullmatch(r"\d{3}(px)?", token)), None)  # swin_tiny_224, cub_384px
    if side is not None:
        tokens.remove(side)
    where = next((i for i, token in enumerate(tokens) if TRAINING.fullmatch(token) or token in UNTRAINED), None)
    data_at = next((i for i in reversed(range(1, len(tokens))) if _data_of(tokens[i]) in DATA_SETS), None)
    if data_at is None:
        raise ConfigError(_no_data(text, tokens, where))
    if where == 0 or not all(tokens):
        raise ConfigError(f"the name {text!r} has no algorithm before its training, or an empty part: write {FORM}.")
    match = None if where is None else TRAINING.fullmatch(tokens[where])
    given = match.groupdict() if match else {}
    is_old = given.get("times") is not None or tokens[data_at].lower().startswith("imagenet")
    end = min(index for index in (where, data_at) if index is not None)
    words = tokens[:end]
    count = len(words) if is_old else 1  # old names part the words of an algorithm by underscores, too
    after = [token for i, token in enumerate(tokens) if i >= end and i not in (where, data_at)]
    found = DATA.fullmatch(tokens[data_at])
    px = (found["px"] if found else None) or (side or "").removesuffix("px")
    extras = [given.get("phase"), *(given.get("rest") or "").split("-"), *(w for t in after for w in t.split("-"))]
    if where is not None and match is None:
        extras.insert(0, tokens[where])
    devices = given.get("devices") or given.get("times")
    return ConfigName(
        text=text,
        algorithm="_".join(words[:count]),
        modules=tuple(words[count:]),
        devices=int(devices) if devices else None,
        batch_size=int(given["batch"]) if given else None,
        extras=tuple(word for word in extras if word),
        data=_data_of(tokens[data_at]),
        px=int(px) if px else None,
        trained=where is None or match is not None,
        is_old=is_old,
        in_order=(where is None or where < data_at) and data_at == len(tokens) - 1,
    )


def _data_of(token: str) -> str:
    """``in1k-384px`` → ``in1k``; what is no data set stays what it is."""
    if token.lower() in DATA_SETS:
        return token.lower()
    found = DATA.fullmatch(token.lower())
    return found["name"] if found else token.lower()


def _no_data(text: str, tokens: list[str], where: int | None) -> Mistake:
    last = tokens[-1]
    if len(tokens) == 1 or where == len(tokens) - 1:
        said = f"the name {text!r} does not say which data set"
        return Mistake("", f"{said}: write {FORM}.")
    hint = did_you_mean(_data_of(last), DATA_SETS)
    return Mistake("", f"the name {text!r} ends in no known data set: {last!r}.", hint=f"{hint} One's own: 'folder'.")


def meanings(name: ConfigName) -> list[tuple[str, str]]:
    """Each part of a name with what it says, in the order in which they are read."""
    lines = [(name.algorithm, "the algorithm: which network")]
    lines += [(module, "a module: what is changed in it, or where it comes from") for module in name.modules]
    if name.batch_size is not None:
        meaning = f"the training: {name.batch_size} pictures a step"
        if name.devices is not None:
            total = name.devices * name.batch_size
            meaning += f" on each of {name.devices} devices, {total:,} in all"
        lines.append((name.training.partition("-")[0], meaning))
    for word in name.extras:
        length = re.fullmatch(r"(\d+)(e|k)", word)
        unit = {"e": "epochs", "k": "thousand iterations"}
        meaning = f"{length[1]} {unit[length[2]]}" if length else WORDS.get(word.lower(), UNTRAINED.get(word, ""))
        lines.append((word, meaning or "a word without a fixed meaning: see the config"))
    lines.append((name.data, f"the data set: {DATA_SETS[name.data].title}"))
    if name.px:
        lines.append((f"{name.px}px", f"pictures of {name.px}×{name.px} pixels"))
    return lines
