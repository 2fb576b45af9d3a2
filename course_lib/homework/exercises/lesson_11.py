"""Lesson 11, augmentation: divide a folder, write its annotation file, cut out a part, mix two pictures."""

import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ..compare import Case, Difference, first_difference, short
from ..exercise import Answer, Exercise

Tree = dict[str, list[str]]  # what a folder holds: a folder a class → its files

# --- split_folder -----------------------------------------------------------------------------------------------------

SPLIT_FOLDER = '''def split_folder(root, ratio, seed):
    """The pictures in root's folders, divided class by class: (train, val), lists of texts like "star/003.png".

    Of a class with n pictures, round(n * ratio) are drawn for training. The seed decides which.
    """
    train, val, rng = [], [], np.random.default_rng(seed)
    for folder in sorted(path for path in root.iterdir() if path.is_dir()):
        names = [f"{folder.name}/{path.name}" for path in sorted(folder.glob("*.png"))]
        order, count = rng.permutation(...), ...
        train += [names[i] for i in order[:count]]
        val += [names[i] for i in order[count:]]
    return train, val
'''


def split_folder(root: Path, ratio: float, seed: int) -> tuple[list[str], list[str]]:
    train: list[str] = []
    val: list[str] = []
    rng = np.random.default_rng(seed)
    for folder in sorted(path for path in root.iterdir() if path.is_dir()):
        names = [f"{folder.name}/{path.name}" for path in sorted(folder.glob("*.png"))]
        order = rng.permutation(len(names))
        count = round(len(names) * ratio)
        train += [names[i] for i in order[:count]]
        val += [names[i] for i in order[count:]]
    return train, val


def split_folder_cases(rng: np.random.Generator) -> Iterator[Case]:
    seed = int(rng.integers(1000))
    yield Case((pictures({"left": 10, "right": 10}), 0.8, seed), "two classes of ten pictures")
    yield Case((pictures({"left": 40, "right": 5}), 0.8, seed), "a large and a small class: each is divided on its own")
    yield Case((pictures({"moon": 7, "ring": 12, "star": 9}), 0.5, seed), "half and half, and odd numbers")
    yield Case((pictures({"no entry": 8, "star": 8}), 0.75, seed), "a class with a space in its name")
    yield Case((pictures({"a": 1, "b": 20}), 0.8, seed), "a class with one picture")
    strange = {**pictures({"left": 10, "right": 10}), "": ["README.md"]}
    strange["left"] = [*strange["left"], "notes.txt"]
    yield Case((strange, 0.8, seed), "a folder in which other files lie, too")
    counts = {name: int(rng.integers(6, 30)) for name in ("cross", "heart", "moon")}
    yield Case((pictures(counts), float(rng.choice([0.6, 0.7, 0.9])), seed), "counts drawn by chance")


def pictures(counts: Mapping[str, int]) -> Tree:
    """A folder a class, with pictures 000.png, 001.png, …"""
    return {name: [f"{i:03}.png" for i in range(count)] for name, count in counts.items()}


def laid_out(tree: Tree, root: Path) -> None:
    """Put empty files into a folder; those of '' lie in ``root`` itself."""
    for name, files in tree.items():
        (root / name).mkdir(exist_ok=True)
        for file in files:
            (root / name / file).touch()


def files_in(root: Path) -> list[str]:
    """All files below a folder."""
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())


def split_a_real_folder(answer: Answer, tree: Tree, ratio: float, seed: int) -> Any:
    """What an answer makes of a folder with these files, twice with one seed and once with another."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        laid_out(tree, root)
        before = files_in(root)
        halves, again, other = answer(root, ratio, seed), answer(root, ratio, seed), answer(root, ratio, seed + 1)
        return {"halves": halves, "again": again, "other": other, "moved": files_in(root) != before}


def divides(case: Case, got: Any, expected: Any) -> Difference | None:
    """Whether each class is divided by the ratio, whole, without overlap, and by chance; any such split is right."""
    tree, ratio, _ = case.args
    halves = got["halves"] if isinstance(got, Mapping) else got
    wanted = short(expected["halves"])
    if halves is None:
        return Difference("None", wanted, "The function returned None: is there a `return`?")
    shape_ok = isinstance(halves, (tuple, list)) and len(halves) == 2
    if not shape_ok or not all(isinstance(half, (tuple, list)) for half in halves):
        return Difference(short(halves), wanted, "Return two lists, (train, val).")
    train, val = ([str(name) for name in half] for half in halves)
    if why := _wrong_names(train, val, tree) or _wrong_counts(train, tree, ratio):
        return Difference(short(halves), wanted, why)
    if got["moved"]:
        return Difference("another folder than before", "the folder as it was", "Files were moved, made or deleted.")
    if list(map(list, got["again"])) != list(map(list, halves)):
        return Difference(short(got["again"]), short(halves), "The same seed gave another split the second time.")
    chance = any(len(names) >= 6 for names in tree.values())
    if chance and sorted(map(str, got["other"][0])) == sorted(train):
        return Difference(short(train), "another training set", "Another seed gave the same pictures: is there chance?")
    return None


def _wrong_names(train: list[str], val: list[str], tree: Tree) -> str:
    """What is wrong with the names as a whole, or ''."""
    there = {f"{name}/{file}" for name, files in tree.items() for file in files if name and file.endswith(".png")}
    given = train + val
    if both := sorted(set(train) & set(val)):
        return f"{both[0]!r} is in both: the exam's question was in the book."
    if strangers := sorted(set(given) - there):
        return f"{strangers[0]!r} is no picture of the folder; names look like {min(there)!r}."
    if missing := sorted(there - set(given)):
        return f"{len(missing)} of {len(there)} pictures are in neither list, such as {missing[0]!r}."
    return "A picture is in a list twice." if len(set(given)) < len(given) else ""


def _wrong_counts(train: list[str], tree: Tree, ratio: float) -> str:
    """Which class is not divided by the ratio, or ''."""
    for name, files in tree.items():
        n = sum(file.endswith(".png") for file in files) if name else 0
        count, wanted = sum(each.startswith(f"{name}/") for each in train), round(n * ratio)
        if name and count != wanted:
            return f"Of {n} pictures of {name!r}, {count} are in the training set; round({n} * {ratio:g}) = {wanted}."
    return ""


# --- write_annotations ------------------------------------------------------------------------------------------------

WRITE_ANNOTATIONS = '''def write_annotations(root):
    """Write two files into root, a Path; each folder in it is a class and holds .png files.

    classes.txt: the classes' names in sorted order, one a line.
    annotations.txt: a line for each picture, its path below root, a space, and its class's index: "star/003.png 2"
    """
    ...
'''


def write_annotations(root: Path) -> None:
    classes = sorted(path.name for path in root.iterdir() if path.is_dir())
    (root / "classes.txt").write_text("".join(f"{name}\n" for name in classes), encoding="utf-8")
    lines = [
        f"{name}/{picture.name} {index}\n"
        for index, name in enumerate(classes)
        for picture in sorted((root / name).glob("*.png"))
    ]
    (root / "annotations.txt").write_text("".join(lines), encoding="utf-8")


def write_annotations_cases(rng: np.random.Generator) -> Iterator[Case]:
    yield Case((pictures({"left": 2, "right": 2}),), "two classes")
    yield Case((pictures({"star": 1, "moon": 2, "cross": 1}),), "three classes, numbered in the order of their names")
    strange = {**pictures({"left": 2, "right": 1}), "": ["README.md"]}
    strange["right"] = [*strange["right"], "notes.txt"]
    yield Case((strange,), "other files beside the pictures")
    yield Case(({"no entry": ["my photo.png"], "star": ["1.png"]},), "spaces in names")
    yield Case((pictures({"9": 1, "10": 1}),), "classes called 9 and 10: sorted as texts, '10' comes first")
    counts = {str(name): int(rng.integers(1, 4)) for name in rng.permutation(["ring", "heart", "arrow", "circle"])}
    yield Case((pictures(counts),), "counts drawn by chance")


def annotate_a_real_folder(answer: Answer, tree: Tree) -> Any:
    """What the two files hold after an answer has been called, line by line; None of a file that is not there."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        laid_out(tree, root)
        answer(root)
        classes, lines = (_lines(root / file) for file in ("classes.txt", "annotations.txt"))
        # in which order the pictures are named does not matter
        return {"classes.txt": classes, "annotations.txt": sorted(lines) if lines is not None else None}


def _lines(path: Path) -> list[str] | None:
    return path.read_text(encoding="utf-8").splitlines() if path.is_file() else None


def same_files(case: Case, got: Any, expected: Any) -> Difference | None:
    """Whether both files hold the right lines."""
    for file, wanted in expected.items():
        lines = got[file]
        if lines is None:
            return Difference(f"no {file}", short(wanted), f"The file {file} is not there; write it into root.")
        strangers = [line for line in lines if line not in wanted]
        missing = [line for line in wanted if line not in lines]
        if strangers:
            return Difference(short(lines), short(wanted), f"{file}: the line {strangers[0]!r} should not be there.")
        if missing:
            return Difference(short(lines), short(wanted), f"{file}: the line {missing[0]!r} is missing.")
        if lines != wanted:
            return Difference(short(lines), short(wanted), f"{file}: a line is there twice, or out of order.")
    return None


# --- random_resized_crop ----------------------------------------------------------------------------------------------

RANDOM_RESIZED_CROP = '''def random_resized_crop(img, rng):
    """A random part of img (H, W, C), a quarter of its area at least, enlarged to (H, W, C).

    It has img's proportions, and every place at which it fits is equally likely. All chance comes from rng.
    """
    H, W = img.shape[:2]
    side = np.sqrt(rng.uniform(0.25, 1))  # of an area; the side is its root
    height, width = round(side * ...), round(side * ...)
    top, left = ...
    rows = top + np.arange(H) * height // H  # enlarged: each row of the part is taken once or twice
    columns = left + np.arange(W) * width // W
    return img[rows[:, None], columns]
'''


def random_resized_crop(img: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    H, W = img.shape[:2]
    side = np.sqrt(rng.uniform(0.25, 1))
    height, width = round(side * H), round(side * W)
    top, left = rng.integers(H - height + 1), rng.integers(W - width + 1)
    rows = top + np.arange(H) * height // H
    columns = left + np.arange(W) * width // W
    return img[rows[:, None], columns]


def random_resized_crop_cases(rng: np.random.Generator) -> Iterator[Case]:
    seed = int(rng.integers(1000))
    yield Case((numbered(16, 16), seed), "a square picture")
    yield Case((numbered(12, 30), seed), "a wide picture: height and width are two things")
    yield Case((numbered(40, 10), seed), "a high picture")
    yield Case((numbered(4, 4), seed), "a tiny picture")
    height, width = (int(number) for number in rng.integers(8, 40, 2))
    yield Case((numbered(height, width), seed), "a size drawn by chance")


def numbered(height: int, width: int) -> np.ndarray:
    """A picture whose pixels say where they are: uint8 (H, W, 3) of row, column and 255."""
    rows, columns = np.indices((height, width), dtype=np.uint8)
    return np.stack([rows, columns, np.full_like(rows, 255)], -1)


def crop_many_times(answer: Answer, img: np.ndarray, seed: int, times: int = 300) -> Any:
    """The parts of many calls, and whether a seed repeats them."""
    rng = np.random.default_rng(seed)
    parts = [answer(img, rng) for _ in range(times)]
    first, second = (answer(img, np.random.default_rng(seed)) for _ in range(2))
    return {"parts": parts, "repeats": np.array_equal(np.asarray(first), np.asarray(second))}


def in_bounds(case: Case, got: Any, expected: Any) -> Difference | None:
    """Whether all parts have the right size, area, proportions and places; any generator's order of draws is right."""
    img, _ = case.args
    wanted = f"parts of {img.shape}, whole and in bounds"
    windows = []
    for part in got["parts"]:
        if part is None:
            return Difference("None", wanted, "The function returned None: is there a `return`?")
        part = np.asarray(part)
        if part.shape != img.shape:
            return Difference(f"shape {part.shape}", f"shape {img.shape}", "The part should be enlarged to img's size.")
        if part.dtype != img.dtype or not (part[..., 2] == 255).all():
            return Difference(short(part), wanted, "A pixel came back that is none of the picture's.")
        windows.append((part[0, 0, 0], part[0, 0, 1], part[-1, -1, 0], part[-1, -1, 1]))
    if why := _wrong_windows(np.array(windows, dtype=int), *img.shape[:2]):
        return Difference(f"{len(windows)} parts", wanted, why)
    if not got["repeats"]:
        return Difference("another part", "the same part", "The same rng gave two parts: draw all chance from `rng`.")
    return None


def _wrong_windows(windows: np.ndarray, height: int, width: int) -> str:
    """What is wrong with the first and last rows and columns (N, 4) of many parts, or ''."""
    top, left, bottom, right = windows.T
    high, wide = bottom - top + 1, right - left + 1
    # enlarging may take a row less than the part has, and rounding half a row
    if (high < height / 2 - 1).any() or (wide < width / 2 - 1).any():
        return f"A part has {high.min()} x {wide.min()} pixels: less than a quarter of {height} x {width}."
    if len(set(map(tuple, windows))) == 1:
        return "All parts are the same one."
    off = np.abs(high / height - wide / width) > 1 / height + 1 / width
    if off.any():
        i = int(np.flatnonzero(off)[0])
        return f"A part has {high[i]} x {wide[i]} pixels; its proportions should be those of {height} x {width}."
    if min(height, width) > 8 and np.mean(high * wide) < 0.5 * height * width:
        return "The parts are too small on average: is the side the root of the area's share?"
    if not (high < height).any() or not (wide < width).any():
        return "All parts are as high or as wide as the picture."
    if top.max() == 0 or left.max() == 0:
        return "All parts begin at the upper or left edge."
    # parts as high (or wide) as the picture reach both edges wherever they are
    if bottom[high < height].max() < height - 1 or right[wide < width].max() < width - 1:
        return "No smaller part reaches the lower right corner: `rng.integers(n)` draws from 0 to n - 1."
    if top[high < height].min() > 0 or left[wide < width].min() > 0:
        return "No smaller part reaches the upper left corner."
    return ""


# --- mixup ------------------------------------------------------------------------------------------------------------

MIXUP = '''def mixup(x, y, lam):
    """Each picture mixed with the one before it in the batch, the first with the last; labels alike.

    x: (N, C, H, W) floats, y: (N, K) floats, a 1 at the class, lam: from 0 to 1, each picture's own share.
    Returns (x, y) of the same shapes; what came in stays as it was.
    """
    ...
'''


def mixup(x: np.ndarray, y: np.ndarray, lam: float) -> tuple[np.ndarray, np.ndarray]:
    return lam * x + (1 - lam) * np.roll(x, 1, axis=0), lam * y + (1 - lam) * np.roll(y, 1, axis=0)


def mixup_cases(rng: np.random.Generator) -> Iterator[Case]:
    tiny = np.array([0.0, 100.0])[:, None, None, None]
    yield Case((tiny, np.eye(2), 0.75), "one dark and one bright pixel")
    yield Case((*batch(rng, 3, 4), 0.7), "three pictures: before is not after")
    yield Case((*batch(rng, 2, 3), 1.0), "lam 1, which changes nothing")
    yield Case((*batch(rng, 4, 2), 0.0), "lam 0: every picture is its neighbour")
    yield Case((*batch(rng, 1, 3), 0.3), "a single picture, its own neighbour")
    yield Case((*batch(rng, int(rng.integers(4, 8)), 5), float(rng.random())), "a batch drawn by chance")


def batch(rng: np.random.Generator, count: int, num_classes: int) -> tuple[np.ndarray, np.ndarray]:
    """Pictures (N, 3, 4, 5) and labels (N, K)."""
    return rng.random((count, 3, 4, 5)).round(2), np.eye(num_classes)[rng.permutation(count) % num_classes]


def mixes(case: Case, got: Any, expected: Any) -> Difference | None:
    """Whether pictures and labels are mixed alike; names the half that is wrong."""
    if not isinstance(got, (tuple, list)) or len(got) != 2:
        why = "The function returned None: is there a `return`?" if got is None else "Return two arrays, (x, y)."
        return Difference(short(got), short(expected), why)
    for name, one, other, before in zip("xy", got, expected, case.args[:2], strict=True):
        if why := first_difference(one, other, 1e-5, f"the mixed {name}"):
            untouched = case.args[2] < 1 and np.shape(one) == before.shape and np.array_equal(one, before)
            hint = " It came back unmixed." if untouched else ""
            return Difference(short(one), short(other), why[0].upper() + why[1:] + hint)
    return None


EXERCISES = (
    Exercise(
        "11.split_folder",
        SPLIT_FOLDER,
        split_folder,
        split_folder_cases,
        hints=(
            "`rng.permutation(n)` shuffles the numbers 0 to n - 1, one a name. `count` says how many go to train.",
            "`order, count = rng.permutation(len(names)), round(len(names) * ratio)`. The rest of the cell stays.",
        ),
        compare=divides,
        use=split_a_real_folder,
        points=3,
    ),
    Exercise(
        "11.write_annotations",
        WRITE_ANNOTATIONS,
        write_annotations,
        write_annotations_cases,
        hints=(
            "First the classes: `sorted(path.name for path in root.iterdir() if path.is_dir())`. "
            "`enumerate(classes)` then gives each its index.",
            '`(root / "classes.txt").write_text("\\n".join(classes) + "\\n")` writes the first file. For the second, '
            'collect `f"{name}/{picture.name} {index}"` for every picture in `(root / name).glob("*.png")`.',
        ),
        compare=same_files,
        use=annotate_a_real_folder,
        points=2,
    ),
    Exercise(
        "11.random_resized_crop",
        RANDOM_RESIZED_CROP,
        random_resized_crop,
        random_resized_crop_cases,
        hints=(
            "height is `side` times H, as a whole number. How many places has a part of `height` rows among H rows?",
            "`height, width = round(side * H), round(side * W)`. There are H - height + 1 places, so "
            "`rng.integers(H - height + 1)` draws the top, and likewise the left.",
        ),
        compare=in_bounds,
        use=crop_many_times,
        points=3,
    ),
    Exercise(
        "11.mixup",
        MIXUP,
        mixup,
        mixup_cases,
        hints=(
            "`np.roll(x, 1, axis=0)` puts the picture before into each one's place, and the last into the first's.",
            "`lam * x + (1 - lam) * np.roll(x, 1, axis=0)` are the pictures. The labels are mixed by the same line, "
            "with y in place of x.",
        ),
        compare=mixes,
        points=2,
    ),
)
