"""The weights that come with the kit: what each is, how good, and whether its file is the one that was published.

``weights/index.json`` holds it; ``course models publish`` writes it from finished trainings. Beside it lie NAME.jsonl,
the log of those trainings (an epoch a line), and NAME.safetensors, the weights of the first of them.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

from .errors import CheckpointError, did_you_mean

WEIGHTS = Path(__file__).parents[1] / "weights"
INDEX = "index.json"


@dataclass(frozen=True)
class OwnWeights:
    """Published weights.

    Args:
        name: What ``get_model`` knows them by: their config's name without its folder.
        config: The ready-made config that was trained.
        command: What trains them again.
        sha256: The file's digest.
        size_bytes: The file's size.
        num_params: The model's parameters.
        classes: The classes' names.
        metric: What was measured, after the last step, on all test pictures.
        pictures: How many test pictures there are.
        seeds: The seeds of the trainings; the weights are the first one's.
        values: What came out with each seed.
        cpu_minutes: What each training took, of one core; only of those whose record tells it.
        first_pictures: The hits among the first test pictures, and how many those are: for a quick check.
        versions: Of the packages that trained the first.
    """

    name: str
    config: str
    command: str
    sha256: str
    size_bytes: int
    num_params: int
    classes: tuple[str, ...]
    metric: str
    pictures: int
    seeds: tuple[int, ...]
    values: tuple[float, ...]
    cpu_minutes: tuple[float, ...]
    first_pictures: tuple[int, int]
    versions: dict[str, str]

    @property
    def mean(self) -> float:
        """The metric, as a mean over the seeds."""
        return fmean(self.values)

    @property
    def spread(self) -> float:
        """Its standard deviation over the seeds; 0 where there is one only."""
        return stdev(self.values) if len(self.values) > 1 else 0.0

    @property
    def result(self) -> str:
        """The metric as it is quoted: ``93.35 ± 0.20``, or ``93.29`` where there is one seed only."""
        return f"{self.mean:.2f} ± {self.spread:.2f}" if len(self.values) > 1 else f"{self.mean:.2f}"

    @property
    def path(self) -> Path:
        """The file."""
        return WEIGHTS / f"{self.name}.safetensors"

    @property
    def log(self) -> Path:
        """The log of the trainings."""
        return WEIGHTS / f"{self.name}.jsonl"


def own_weights() -> dict[str, OwnWeights]:
    """All weights that come with the kit, by name."""
    try:
        index = json.loads((WEIGHTS / INDEX).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    found = {}
    for name, entry in index.items():
        values: dict[str, Any] = {key: tuple(v) if isinstance(v, list) else v for key, v in entry.items()}
        found[name] = OwnWeights(name=name, **values)
    return found


def own_weights_file(name: str) -> Path:
    """The file of one of the kit's own weights, whose digest has been checked.

    Raises:
        CheckpointError: there are none of that name, or the file is missing or damaged.
    """
    known = own_weights()
    if name not in known:
        raise CheckpointError(f"the kit has no weights zoo://{name}. {did_you_mean(name, known)}")
    path = known[name].path
    again = "Install course-lib again."
    if not path.is_file():
        raise CheckpointError(f"{path} is missing, which came with the kit. {again}")
    with open(path, "rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != known[name].sha256:
        raise CheckpointError(f"{path} is damaged: its sha256 is {found}, expected was {known[name].sha256}. {again}")
    return path
