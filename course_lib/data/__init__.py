"""Pictures → batches: data sets, transforms, the loader with its two ways, the preprocessor."""

from . import datasets, transforms
from .datasets import Dataset
from .decode import PictureError
from .loader import Loader, make_loader
from .pipeline import sample_rng, split_for_batch
from .preprocessor import Preprocessor
from .transforms import Transform

__all__ = [
    "Dataset",
    "Loader",
    "PictureError",
    "Preprocessor",
    "Transform",
    "datasets",
    "make_loader",
    "sample_rng",
    "split_for_batch",
    "transforms",
]
