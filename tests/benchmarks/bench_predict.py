"""A folder of 1,000 photos predicted, beside the data pipeline alone that reads and prepares the same photos.

The network does next to nothing, so that what is measured is what the inferencer adds to reading. CPU
seconds of the process, medians of alternated rounds. COURSE_BENCH_PHOTOS names a folder of JPEGs to measure on.
"""

import os
import statistics
import tempfile
import time
from pathlib import Path

import torch
from bench_picture_files import as_image_folder, make_photos
from torch import nn

from course_lib import Config
from course_lib.data import Dataset, make_loader
from course_lib.data.transforms import CenterCrop, LoadImageFromFile, PackInputs, ResizeEdge
from course_lib.inference import Inferencer, one_by_one

COUNT, ROUNDS, BATCH, DEMANDED = 1000, 5, 32, 0.9
CONFIG = Config.fromstring("""
data_preprocessor = dict(mean=[123.675, 116.28, 103.53], std=[58.395, 57.12, 57.375])
test_dataloader = dict(dataset=dict(type='CustomDataset', data_root='photos', pipeline=[
    dict(type='LoadImageFromFile'), dict(type='ResizeEdge', scale=256), dict(type='CenterCrop', crop_size=224),
    dict(type='PackInputs')]))
""")


class Mean(nn.Module):
    """Scores that cost next to nothing: the mean of each channel."""

    def predict(self, batch: dict[str, torch.Tensor]) -> torch.Tensor:
        return batch["images"][:, :, ::16, ::16].mean(dim=(2, 3)).softmax(1)


def pipeline_alone(paths: list[Path], inferencer: Inferencer) -> int:
    """Read, resize, crop, collate and normalise; gives the number of pictures."""
    steps = [LoadImageFromFile(), ResizeEdge(256), CenterCrop(224), PackInputs()]
    dataset = Dataset([str(path) for path in paths], [0] * len(paths), ["any"], steps)
    loader = make_loader(dataset, BATCH, way="sample")
    return sum(len(inferencer.preprocessor(batch, False)["images"]) for batch in loader)


def main() -> dict[str, float]:
    """Run and print; also gives the ratio to the pipeline's speed back."""
    torch.set_num_threads(1)
    given = os.environ.get("COURSE_BENCH_PHOTOS")
    with tempfile.TemporaryDirectory() as temporary:
        folder = as_image_folder(Path(given), Path(temporary)) if given else make_photos(Path(temporary))
        photos = one_by_one(folder)
        paths = [photos[number % len(photos)] for number in range(COUNT)]
        inferencer = Inferencer(Mean(), "cpu", config=CONFIG)
        ways = {
            "data pipeline alone": lambda: pipeline_alone(paths, inferencer),
            "Inferencer": lambda: len(inferencer(paths, batch_size=BATCH)),
        }
        speeds: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(ROUNDS):
            for name, way in ways.items():
                start = time.process_time()
                speeds[name].append(way() / (time.process_time() - start))
    base = speeds["data pipeline alone"]
    ratios = {
        name: statistics.median(its / peer for its, peer in zip(values, base, strict=True))
        for name, values in speeds.items()
    }
    print(f"{COUNT} JPEGs to 224 × 224, batch {BATCH}, no workers, one thread, medians of {ROUNDS} rounds")
    for name, ratio in ratios.items():
        print(f"  {name:20s} {statistics.median(speeds[name]):7.0f} pictures a core-second   {ratio:5.2f} ×")
    print(f"  demanded of the Inferencer: at least {DEMANDED} × the data pipeline alone")
    return ratios


if __name__ == "__main__":
    main()
