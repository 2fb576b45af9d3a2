"""Picture files → batches for the network: RandomResizedCrop(224), flip, normalise, beside torchvision's way.

The peer is ``ImageFolder`` with the v1 transforms in a ``DataLoader``, as in most training scripts. All ways are run in
turn on the same files, with the same number of workers; CPU seconds of the process and its workers, medians of the
rounds. COURSE_BENCH_PHOTOS names a folder of JPEGs to measure on instead of the photos that are made here.
"""

import argparse
import contextlib
import os
import resource
import statistics
import tempfile
import warnings
from functools import partial
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from skimage import data as photos
from torch.utils.data import DataLoader
from torchvision import datasets
from torchvision import transforms as v1

from course_lib.data import Dataset, Preprocessor, jpeg, make_loader
from course_lib.data.transforms import LoadImageFromFile, PackInputs, RandomFlip, RandomResizedCrop, opencv

PHOTOS, BATCH, ROUNDS, DEMANDED = 128, 32, 7, 1.9
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def make_photos(folder: Path) -> Path:
    """JPEGs of 500×375 and 375×500, about 100 kB each: parts of scikit-image's photos with a camera's noise."""
    rng = np.random.default_rng(0)
    (folder / "class").mkdir()
    originals = [Image.fromarray(photo()) for photo in (photos.astronaut, photos.coffee, photos.chelsea)]
    for number in range(PHOTOS):
        photo = originals[number % len(originals)]
        width, height = (500, 375) if number % 4 else (375, 500)
        side = rng.uniform(0.6, 1) * min(photo.width / width, photo.height / height)
        left = rng.uniform(0, photo.width - side * width)
        top = rng.uniform(0, photo.height - side * height)
        box = (left, top, left + side * width, top + side * height)
        values = np.asarray(photo.resize((width, height), Image.Resampling.BICUBIC, box=box))
        noisy = (values + rng.normal(0, 6, values.shape)).clip(0, 255).astype(np.uint8)
        Image.fromarray(noisy).save(folder / "class" / f"{number:03}.jpg", quality=92)
    return folder


def as_image_folder(photos_in: Path, folder: Path) -> Path:
    """The JPEGs of a folder, linked under one class."""
    (folder / "class").mkdir()
    for number, path in enumerate(sorted(p for p in photos_in.rglob("*") if p.suffix.lower() in (".jpg", ".jpeg"))):
        (folder / "class" / f"{number:05}.jpg").symlink_to(path.resolve())
    return folder


def torchvisions(files: datasets.ImageFolder, workers: int) -> int:
    """Read an epoch; gives the number of pictures."""
    files.transform = v1.Compose(
        [v1.RandomResizedCrop(224), v1.RandomHorizontalFlip(), v1.ToTensor(), v1.Normalize(MEAN, STD)]
    )
    return sum(len(images) for images, _ in DataLoader(files, BATCH, shuffle=True, num_workers=workers))


def ours(files: datasets.ImageFolder, workers: int, backend: str = "pillow") -> int:
    """The same through the loader and the preprocessor."""
    paths, labels = zip(*files.samples, strict=True)
    steps = [LoadImageFromFile(), RandomResizedCrop(224, backend=backend), RandomFlip(), PackInputs()]
    dataset = Dataset(paths, labels, files.classes, steps)
    loader = make_loader(dataset, BATCH, shuffle=True, num_workers=workers, way="sample")
    preprocessor = Preprocessor([255 * v for v in MEAN], [255 * v for v in STD])
    return sum(len(preprocessor(batch, True)["images"]) for batch in loader)


def ours_without_simplejpeg(files: datasets.ImageFolder, workers: int) -> int:
    """The same with torchvision's decoder, as without the extra ``fast``."""
    quick, jpeg._simplejpeg = jpeg._simplejpeg, lambda: None
    try:
        return ours(files, workers)
    finally:
        jpeg._simplejpeg = quick


def decode_only(files: datasets.ImageFolder, workers: int) -> int:
    """The pixels alone, by the quickest decoder, from bytes in memory, in this process."""
    return sum(jpeg.decode_jpeg(content) is not None for content in contents(files))


def contents(files: datasets.ImageFolder, kept: dict[str, list[bytes]] = {}) -> list[bytes]:  # noqa: B006
    """The files' bytes, read once."""
    if files.root not in kept:
        kept[files.root] = [Path(path).read_bytes() for path, _ in files.samples]
    return kept[files.root]


def cpu_seconds() -> float:
    """Of this process and of its workers that have ended."""
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


WAYS = {
    "ImageFolder + v1 transforms": torchvisions,
    "course_lib": ours,
    "course_lib, backend='cv2'": partial(ours, backend="cv2"),
    "course_lib without simplejpeg": ours_without_simplejpeg,
    "pure decode limit": decode_only,
}


def main(workers: int = 0) -> dict[str, float]:
    """Run and print; also gives the ratios to torchvision's way back."""
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")  # torchvision's decoders announce their end
    given = os.environ.get("COURSE_BENCH_PHOTOS")
    speeds: dict[str, list[float]] = {name: [] for name in WAYS}
    with tempfile.TemporaryDirectory() as temporary:
        folder = as_image_folder(Path(given), Path(temporary)) if given else make_photos(Path(temporary))
        files = datasets.ImageFolder(str(folder))
        for round_number in range(ROUNDS + 1):
            for name, way in WAYS.items():
                start = cpu_seconds()
                count = way(files, workers)
                if round_number:  # the first one warms up
                    speeds[name].append(count / (cpu_seconds() - start))
        sizes = [os.path.getsize(path) for path, _ in files.samples]
    base = speeds["ImageFolder + v1 transforms"]
    ratios = {
        name: statistics.median(its / peer for its, peer in zip(values, base, strict=True))
        for name, values in speeds.items()
    }
    decoder = "simplejpeg" if jpeg._simplejpeg() else "torchvision's decoder (no simplejpeg: the extra fast is missing)"
    decoder += " and OpenCV" if opencv._cv2() else ", without OpenCV"
    print(f"{len(files)} JPEGs of {statistics.mean(sizes) / 1e3:.0f} kB on average, batch {BATCH}, {workers} workers,")
    print(f"one thread, medians of {ROUNDS} rounds; with {decoder}")
    for name, ratio in ratios.items():
        print(f"  {name:30s} {statistics.median(speeds[name]):7.0f} pictures a core-second   {ratio:5.2f} ×")
    print(f"  demanded of course_lib: at least {DEMANDED} × ImageFolder + v1 transforms")
    return ratios


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=0)
    with contextlib.suppress(KeyboardInterrupt):
        main(parser.parse_args().workers)
