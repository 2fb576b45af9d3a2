"""What learners handed in, from the teacher's side: whether a zip is as it was packed, and how good its weights are.

Nothing in a zip is run: the config is read as data, the weights are safetensors, and only known names are unpacked.
"""

import json
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from course_lib.config.config import Config
from course_lib.config.errors import CourseError, DataError
from course_lib.data.datasets.files import class_folders, list_pictures, listed, need_folder
from course_lib.engine.record import RECORD
from course_lib.inference import Inferencer
from course_lib.viz import read_metrics

from .checkin import read_card
from .handing_in import CARD, CONFIG, LOG, MANIFEST, OF_THE_TRAINING, PICTURE, WEIGHTS, digest, stated

KNOWN = {*OF_THE_TRAINING, WEIGHTS, CARD, PICTURE, MANIFEST}
LIMIT_BYTES = 2**30


@dataclass(frozen=True)
class Verified:
    """What came of one zip.

    Args:
        file: Named after its learner.
        troubles: What does not fit, a sentence each; empty where all digests do.
        metric, value: What its training's log and record state.
        measured: The accuracy in percent on the teacher's own pictures; None where it was not asked for.
        pictures: How many those are.
        unmeasured: Why nothing could be measured on them; the zip may be as it was packed all the same.
    """

    file: Path
    troubles: tuple[str, ...]
    metric: str = ""
    value: float | None = None
    measured: float | None = None
    pictures: int = 0
    unmeasured: str = ""


def verify(file: Path, data_root: Path | None = None) -> Verified:
    """Hold a zip against its manifest; what is wrong with it is told in the result, and never raised.

    Args:
        file: What ``submit`` made.
        data_root: Pictures of the teacher's own, a folder a class: the accuracy is measured on them by the test
            pipeline of the zip's config.

    Raises:
        DataError: ``data_root`` is no such folder.
    """
    pictures = teachers_pictures(data_root) if data_root else {}
    try:
        files = unpacked(file)
        manifest = json.loads(files[MANIFEST])
        troubles = changes(manifest["files"], files)
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary)
            for name, data in files.items():
                (folder / name).write_bytes(data)
            troubles += contradictions(manifest, folder)
            found = Verified(file, tuple(troubles), str(manifest["metric"]), float(manifest["value"]))
            if not pictures:
                return found
            try:
                measured = measure(folder, pictures)
            except CourseError as error:
                return replace(found, unmeasured=str(error))
            return replace(found, measured=measured, pictures=sum(map(len, pictures.values())))
    except (CourseError, ValueError, KeyError, TypeError, AttributeError) as error:
        why = str(error) if isinstance(error, CourseError) else "it is no submission: its manifest cannot be read"
        return Verified(file, (why,))


def unpacked(file: Path) -> dict[str, bytes]:
    """The files of a zip, by name.

    Raises:
        DataError: it is no zip, lacks a file, holds another one, or is too large.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            names = [entry.filename for entry in entries]
            if odd := sorted(KNOWN.symmetric_difference(names)):
                raise DataError(f"it {'holds' if odd[0] in names else 'lacks'} {odd[0]}: it is no submission")
            if len(set(names)) < len(names) or sum(entry.file_size for entry in entries) > LIMIT_BYTES:
                raise DataError("it holds a name twice, or more than a gigabyte: it is no submission")
            return {name: archive.read(name) for name in names}
    except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise DataError(f"it cannot be read: {error}") from error


def changes(told: Mapping[str, Any], files: Mapping[str, bytes]) -> list[str]:
    """A sentence for each file whose digest is not the manifest's."""
    return [f"{name} was changed" for name in sorted(KNOWN - {MANIFEST}) if told[name]["sha256"] != digest(files[name])]


def contradictions(manifest: Mapping[str, Any], folder: Path) -> list[str]:
    """What the files say that another one denies: a manifest can be written anew, but they must still agree."""
    record = json.loads((folder / RECORD).read_bytes())
    troubles = []
    try:
        if stated(record, read_metrics(folder), manifest["step"], "the zip") != (manifest["metric"], manifest["value"]):
            troubles.append(f"{MANIFEST} states another value than {LOG}")
    except DataError as error:
        troubles.append(str(error).removeprefix("the zip: "))
    cfg = Config.fromstring((folder / CONFIG).read_text(encoding="utf-8"), file=CONFIG)
    if cfg.digest() != record["config_digest"]:
        troubles.append(f"{CONFIG} is not what {RECORD} says was trained")
    card, fits = read_card(folder / CARD)
    if not fits or card.fingerprint != manifest["fingerprint"]:
        troubles.append("the check-in card was changed after it was made")
    return troubles


def teachers_pictures(data_root: Path) -> dict[str, list[Path]]:
    """The pictures of each class.

    Raises:
        DataError: there is no such folder, or it does not hold a folder a class.
    """
    classes = class_folders(need_folder(data_root, "the folder of the pictures"))
    found = {name: [data_root / name / path for path in list_pictures(data_root / name)] for name in classes}
    if not any(found.values()):
        raise DataError(f"{data_root} holds no pictures in a folder a class, such as {data_root}/daisy/1.jpg.")
    return found


def measure(folder: Path, pictures: Mapping[str, list[Path]]) -> float:
    """The accuracy, in percent, of an unpacked zip's weights.

    Raises:
        DataError: the network knows other classes than the pictures have.
    """
    cfg = Config.fromstring((folder / CONFIG).read_text(encoding="utf-8"), file=CONFIG)
    inferencer = Inferencer(folder / WEIGHTS, "cpu", config=cfg)
    if strange := [name for name in pictures if name not in inferencer.classes]:
        raise DataError(f"it knows {listed(inferencer.classes)}, and not {strange[0]}")
    labelled = [(name, path) for name, paths in pictures.items() for path in paths]
    predictions = inferencer([path for _, path in labelled], topk=1)
    right = sum(told.names[0] == name for told, (name, _) in zip(predictions, labelled, strict=True))
    return 100 * right / len(labelled)
