"""Small pictures in memory → batches for the network: pad-crop, flip, normalise, by the batch and by the sample.

The peer is what a training script on CIFAR-10 does: torchvision's v1 transforms on each picture, in a ``DataLoader``.
All ways are run in turn; CPU seconds of the process, medians of the rounds.
"""

import statistics
import time
from collections.abc import Iterator

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.utils.data import DataLoader
from torch.utils.data import Dataset as TorchDataset
from torchvision import transforms as v1
from torchvision.transforms import v2

from course_lib.data import Dataset, Loader, Preprocessor, make_loader
from course_lib.data.transforms import PackInputs, RandomCrop, RandomFlip

PICTURES, BATCH, ROUNDS, DEMANDED = 10_000, 128, 9, 30
PEERS_BATCHES = 15  # a round of theirs takes as long as several epochs of ours
MEAN, STD = (125.3, 123.0, 113.9), (63.0, 62.1, 66.7)  # CIFAR-10's


class OneByOne(TorchDataset):
    """Pictures as ``torchvision.datasets.CIFAR10`` keeps them, each transformed when it is asked for."""

    def __init__(self, images: Tensor, as_pil: bool) -> None:
        scaled = [[value / 255 for value in values] for values in (MEAN, STD)]
        if as_pil:
            self.images = images.permute(0, 2, 3, 1).numpy()  # (N, H, W, C)
            steps = [v1.RandomCrop(32, padding=4), v1.RandomHorizontalFlip(), v1.ToTensor(), v1.Normalize(*scaled)]
            self.transform = v1.Compose([Image.fromarray, *steps])
        else:
            self.images = images
            to_float = v2.ToDtype(torch.float32, scale=True)
            steps = [v2.RandomCrop(32, padding=4), v2.RandomHorizontalFlip(), to_float, v2.Normalize(*scaled)]
            self.transform = v2.Compose(steps)

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        return self.transform(self.images[index]), 0


def torchvisions(loader: DataLoader) -> int:
    """Some batches of it; gives the number of pictures."""
    batches: Iterator = iter(loader)
    return sum(len(next(batches)[0]) for _ in range(PEERS_BATCHES))


class Ours:
    """Epoch after epoch through the loader and the preprocessor."""

    def __init__(self, loader: Loader) -> None:
        self.loader, self.preprocessor, self.epoch = loader, Preprocessor(MEAN, STD), 0

    def __call__(self) -> int:
        self.epoch += 1
        return sum(len(self.preprocessor(batch, True)["images"]) for batch in self.loader.epoch(self.epoch))


def main() -> dict[str, float]:
    """Run and print; also gives the ratios to torchvision's v1 way back."""
    torch.set_num_threads(1)
    generator = torch.Generator().manual_seed(0)
    images = torch.randint(0, 256, (PICTURES, 3, 32, 32), dtype=torch.uint8, generator=generator)
    steps = [RandomCrop(32, padding=4), RandomFlip(), PackInputs()]
    augmented, plain = (Dataset(images, np.zeros(PICTURES, int), ["any"], s) for s in (steps, steps[-1:]))
    v1_loader, v2_loader = (DataLoader(OneByOne(images, as_pil), BATCH, shuffle=True) for as_pil in (True, False))
    ways = {
        "DataLoader + v1 transforms": lambda: torchvisions(v1_loader),
        "DataLoader + v2 on tensors": lambda: torchvisions(v2_loader),
        "course_lib, by the batch": Ours(make_loader(augmented, BATCH, shuffle=True, way="batch")),
        "without augmentation": Ours(make_loader(plain, BATCH, shuffle=True, way="batch")),
    }
    speeds: dict[str, list[float]] = {name: [] for name in ways}
    for round_number in range(ROUNDS + 1):
        for name, way in ways.items():
            start = time.process_time()
            count = way()
            if round_number:  # the first one warms up
                speeds[name].append(count / (time.process_time() - start))
    base = speeds["DataLoader + v1 transforms"]
    ratios = {
        name: statistics.median(its / peer for its, peer in zip(values, base, strict=True))
        for name, values in speeds.items()
    }
    print(f"{PICTURES:,} pictures of 32×32 in memory, batch {BATCH}, one thread, medians of {ROUNDS} rounds")
    for name, ratio in ratios.items():
        print(f"  {name:28s} {statistics.median(speeds[name]):9,.0f} pictures a core-second   {ratio:6.1f} ×")
    print(f"  demanded of course_lib: at least {DEMANDED} × DataLoader + v1 transforms")
    return ratios


if __name__ == "__main__":
    main()
