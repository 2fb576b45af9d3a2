"""Pictures → batches: data sets, transforms, the loader with its two ways, the preprocessor."""

from . import datasets, transforms
from .by_sample import dead_workers_named
from .datasets import Dataset
from .decode import PictureError
from .loader import Loader, make_loader
from .pipeline import sample_rng, split_for_batch
from .preprocessor import Preprocessor
from .samplers import DefaultSampler, InfiniteSampler, RepeatAugSampler, Sampler, WeightedSampler
from .transforms import Transform

__all__ = [
    "Dataset",
    "DefaultSampler",
    "InfiniteSampler",
    "Loader",
    "PictureError",
    "Preprocessor",
    "RepeatAugSampler",
    "Sampler",
    "Transform",
    "WeightedSampler",
    "datasets",
    "dead_workers_named",
    "make_loader",
    "sample_rng",
    "split_for_batch",
    "transforms",
]
