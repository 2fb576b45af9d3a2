"""Lesson 11's exercises on right and wrong answers."""

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from course_lib.data.datasets import CustomDataset
from course_lib.homework.exercises import lesson_11
from course_lib.homework.judge import judge

from .cards import card_words as words

EXERCISES = {exercise.name: exercise for exercise in lesson_11.EXERCISES}
right_split, right_crop, right_mixup = lesson_11.split_folder, lesson_11.random_resized_crop, lesson_11.mixup


@pytest.mark.parametrize("exercise", lesson_11.EXERCISES, ids=lambda exercise: exercise.name)
@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (lambda *args: 1 / 0, "ZeroDivisionError: division by zero"),
        (lambda *args: None, ""),
        (lambda *args: "text", ""),
        (lambda *args: [3, 4], ""),
        (lambda *args: {}, ""),
        (lambda: None, "It takes other arguments"),
    ],
)
def test_wrong_in_any_exercise(exercise: Any, answer: Callable[..., Any], text: str) -> None:
    assert text in words(exercise.name, answer)


# --- split_folder -----------------------------------------------------------------------------------------------------


def all_names(root: Path) -> list[str]:
    return sorted(path.relative_to(root).as_posix() for path in root.glob("*/*.png"))


def not_stratified(root: Path, ratio: float, seed: int) -> Any:
    names = np.random.default_rng(seed).permutation(all_names(root)).tolist()
    count = round(len(names) * ratio)
    return names[:count], names[count:]


def not_shuffled(root: Path, ratio: float, seed: int) -> Any:
    train: list[str] = []
    for folder in root.iterdir():
        names = [name for name in all_names(root) if name.startswith(f"{folder.name}/")]
        train += names[: round(len(names) * ratio)]
    return train, [name for name in all_names(root) if name not in train]


def not_seeded(root: Path, ratio: float, seed: int) -> Any:
    return right_split(root, ratio, random.randrange(10**9))


def with_every_file(root: Path, ratio: float, seed: int) -> Any:
    train, val = right_split(root, ratio, seed)
    return train, val + [path.relative_to(root).as_posix() for path in root.glob("*/*.txt")]


def that_deletes(root: Path, ratio: float, seed: int) -> Any:
    result = right_split(root, ratio, seed)
    (root / result[1][0]).unlink()
    return result


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (lambda root, ratio, seed: None, "is there a `return`?"),
        (lambda root, ratio, seed: all_names(root), "Return two lists, (train, val)."),
        (lambda root, ratio, seed: (all_names(root), all_names(root)), "is in both"),
        (lambda root, ratio, seed: (right_split(root, ratio, seed)[0], []), "pictures are in neither list"),
        (lambda root, ratio, seed: right_split(root, ratio, seed)[::-1], "Of 10 pictures of 'left', 2 are"),
        (lambda root, ratio, seed: ([n.split("/")[1] for n in all_names(root)], []), "is no picture of the folder"),
        (not_stratified, "are in the training set; round("),
        (not_shuffled, "Another seed gave the same pictures: is there chance?"),
        (not_seeded, "The same seed gave another split the second time."),
        (with_every_file, "'left/notes.txt' is no picture of the folder"),
        (that_deletes, "Files were moved, made or deleted."),
    ],
)
def test_split_folder(answer: Callable[..., Any], text: str) -> None:
    assert text in words("11.split_folder", answer)


def test_another_way_of_drawing_passes() -> None:
    def answer(root: Path, ratio: float, seed: int) -> Any:
        dice, train, val = random.Random(seed), [], []
        for folder in sorted(root.iterdir(), reverse=True):
            names = [f"{folder.name}/{path.name}" for path in sorted(folder.glob("*.png"))]
            dice.shuffle(names)
            train += names[: round(len(names) * ratio)]
            val += names[round(len(names) * ratio) :]
        return train, val

    assert judge(EXERCISES["11.split_folder"], answer).status == "passed"


# --- write_annotations ------------------------------------------------------------------------------------------------


def annotate(
    classes_of: Callable[[Path], list[str]] = lambda root: sorted(p.name for p in root.iterdir() if p.is_dir()),
    line: str = "{name}/{picture} {index}\n",
    pattern: str = "*.png",
    first: int = 0,
) -> Callable[[Path], None]:
    def answer(root: Path) -> None:
        classes = classes_of(root)
        (root / "classes.txt").write_text("".join(f"{name}\n" for name in classes))
        lines = [
            line.format(name=name, picture=path.name, index=index)
            for index, name in enumerate(classes, first)
            for path in (root / name).glob(pattern)
        ]
        (root / "annotations.txt").write_text("".join(lines))

    return answer


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (lambda root: None, "The file classes.txt is not there; write it into root."),
        (lambda root: (root / "classes.txt").write_text("left\nright\n"), "The file annotations.txt is not there"),
        (annotate(lambda root: sorted((p.name for p in root.iterdir()), reverse=True)), "out of order"),
        (annotate(first=1), "the line 'left/000.png 1' should not be there"),
        (annotate(line="{picture} {index}\n"), "the line '000.png 0' should not be there"),
        (annotate(line="{name}/{picture} {name}\n"), "the line 'left/000.png left' should not be there"),
        (annotate(pattern="*"), "the line 'right/notes.txt 1' should not be there"),
        (annotate(lambda root: sorted(p.name for p in root.iterdir() if p.is_dir())[:1]), "'right' is missing"),
    ],
)
def test_write_annotations(answer: Callable[..., Any], text: str) -> None:
    assert text in words("11.write_annotations", answer)


def test_any_order_of_pictures_passes() -> None:
    assert judge(EXERCISES["11.write_annotations"], annotate()).status == "passed"


def test_the_kit_reads_what_the_reference_writes(tmp_path: Path) -> None:
    lesson_11.laid_out(lesson_11.pictures({"star": 2, "moon": 3}), tmp_path)
    lesson_11.write_annotations(tmp_path)
    dataset = CustomDataset(str(tmp_path), ann_file="annotations.txt", classes="classes.txt")
    assert dataset.classes == ("moon", "star") and dataset.labels is not None
    assert dataset.labels.tolist() == [0, 0, 0, 1, 1]


# --- random_resized_crop ----------------------------------------------------------------------------------------------


def crop(
    side: Callable[[float], float] = np.sqrt, places: int = 1, high_only: bool = False, least: float = 0.25
) -> Callable[..., Any]:
    """The reference with mistakes: how the side comes from the area's share, and how many places are drawn from."""

    def answer(img: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        H, W = img.shape[:2]
        share = side(rng.uniform(least, 1))
        height, width = max(1, round(share * H)), W if high_only else max(1, round(share * W))
        top, left = (rng.integers(max(1, n - size + places)) for n, size in ((H, height), (W, width)))
        return img[(top + np.arange(H) * height // H)[:, None], left + np.arange(W) * width // W]

    return answer


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (lambda img, rng: None, "is there a `return`?"),
        (lambda img, rng: img[:8, :8], "The part should be enlarged to img's size."),
        (lambda img, rng: img, "All parts are the same one."),
        (lambda img, rng: img // 2, "A pixel came back that is none of the picture's."),
        (lambda img, rng: img.astype(float), "A pixel came back that is none of the picture's."),
        (crop(places=0), "No smaller part reaches the lower right corner"),
        (crop(places=2), "IndexError"),
        (crop(side=lambda share: share), "less than a quarter of"),
        (crop(least=0.08), "less than a quarter of"),
        (crop(high_only=True), "its proportions should be those of"),
        (lambda img, rng: right_crop(img, np.random.default_rng()), "The same rng gave two parts"),
    ],
)
def test_random_resized_crop(answer: Callable[..., Any], text: str) -> None:
    assert text in words("11.random_resized_crop", answer)


@pytest.mark.parametrize("rounded", [round, int, np.ceil])
def test_any_way_of_rounding_passes(rounded: Callable[[float], float]) -> None:
    def answer(img: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        H, W = img.shape[:2]
        side = rng.uniform(0.25, 1) ** 0.5
        height, width = int(rounded(side * H)), int(rounded(side * W))
        left, top = rng.integers(0, W - width, endpoint=True), rng.integers(0, H - height, endpoint=True)
        return img[(top + np.arange(H) * height // H)[:, None], left + np.arange(W) * width // W]

    for seed in range(5):
        assert judge(EXERCISES["11.random_resized_crop"], answer, seed).status == "passed"


# --- mixup ------------------------------------------------------------------------------------------------------------


def mix_in_place(x: np.ndarray, y: np.ndarray, lam: float) -> Any:
    mixed = right_mixup(x, y, lam)
    x[:] = mixed[0]
    return x, mixed[1]


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (lambda x, y, lam: None, "is there a `return`?"),
        (lambda x, y, lam: right_mixup(x, y, lam)[0], "Return two arrays, (x, y)."),
        (lambda x, y, lam: (right_mixup(x, y, lam)[0], y), "The mixed y differs in 4 of 4 values"),
        (lambda x, y, lam: (right_mixup(x, y, lam)[0], y), "It came back unmixed."),
        (lambda x, y, lam: right_mixup(x, y, 1 - lam), "The mixed x differs"),
        (lambda x, y, lam: (lam * x + (1 - lam) * np.roll(x, 1), right_mixup(x, y, lam)[1]), "before is not after"),
        (lambda x, y, lam: (lam * x + (1 - lam) * np.roll(x, -1, 0), right_mixup(x, y, lam)[1]), "before is not after"),
        (lambda x, y, lam: (right_mixup(x, y, lam)[0], y.argmax(1)), "The mixed y has the shape (2,)"),
        (mix_in_place, "changed its input `x`"),
    ],
)
def test_mixup(answer: Callable[..., Any], text: str) -> None:
    assert text in words("11.mixup", answer)
