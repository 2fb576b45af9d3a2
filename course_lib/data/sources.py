"""The data sets that ``course data prepare`` makes ready: what each holds, its terms, and how it lies on the disk."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Source:
    """A data set, as a row of a table.

    Args:
        name: Its folder in the data folder.
        about: What the pictures show.
        num_pictures, num_classes: Of all halves together.
        download_mb: What is to be fetched, in MB (10⁶ bytes).
        terms: Its licence, or what its authors allow.
        page: The page that its authors, or those who keep it now, publish it on.
        layouts: How its folder may look, the first that fits being taken: a path in the folder ('.' is the folder
            itself), and by which files the folder that belongs there is known in the archives; () for a path that is a
            file. Empty where the set has a function of its own (``prepare.OWN``).
        nested: The archive holds archives.
        gone: Why it cannot be downloaded, and what to get by hand instead.
    """

    name: str
    about: str
    num_pictures: int
    num_classes: int
    download_mb: float
    terms: str
    page: str
    layouts: tuple[Mapping[str, tuple[str, ...]], ...] = ()
    nested: bool = False
    gone: str = ""

    def is_in(self, folder: Path) -> bool:
        """Whether the folder holds the data set; where there is no layout, whether it holds a file."""
        if not self.layouts:
            return any(path.is_file() and path.suffix != ".part" for path in folder.rglob("*"))
        return any(
            all((folder / path / marker).exists() for path, markers in layout.items() for marker in markers or (".",))
            for layout in self.layouts
        )


# The layouts are those of MMPretrain 1.2.0's data set classes.
_VOC = ("Annotations", *(f"ImageSets/Main/{half}.txt" for half in ("train", "val", "trainval")))
_AIRCRAFT = tuple(f"data/images_variant_{half}.txt" for half in ("train", "val", "trainval", "test"))
_OXFORD = "https://www.robots.ox.ac.uk/~vgg/data"

_ALL = (
    Source(
        name="mnist",
        about="handwritten digits, 28×28, grey",
        num_pictures=70_000,
        num_classes=10,
        download_mb=11.6,
        terms="CC BY-SA 3.0",
        page="http://yann.lecun.com/exdb/mnist/",
    ),
    Source(
        name="fashion_mnist",
        about="clothes, 28×28, grey",
        num_pictures=70_000,
        num_classes=10,
        download_mb=30.9,
        terms="MIT",
        page="https://github.com/zalandoresearch/fashion-mnist",
    ),
    Source(
        name="cifar10",
        about="photos of things, 32×32",
        num_pictures=60_000,
        num_classes=10,
        download_mb=170,
        terms="no licence stated",
        page="https://www.cs.toronto.edu/~kriz/cifar.html",
    ),
    Source(
        name="cifar100",
        about="photos of things, 32×32",
        num_pictures=60_000,
        num_classes=100,
        download_mb=169,
        terms="no licence stated",
        page="https://www.cs.toronto.edu/~kriz/cifar.html",
    ),
    Source(
        name="flowers",
        about="photos of flowers",
        num_pictures=3_670,
        num_classes=5,
        download_mb=229,
        terms="CC BY 2.0",
        page="https://www.tensorflow.org/datasets/catalog/tf_flowers",
    ),
    Source(
        name="flowers102",
        about="photos of flowers",
        num_pictures=8_189,
        num_classes=102,
        download_mb=345,
        terms="no licence stated",
        page=f"{_OXFORD}/flowers/102/",
        layouts=({".": ("jpg/image_00001.jpg", "imagelabels.mat", "setid.mat")},),
    ),
    Source(
        name="caltech101",
        about="photos of things",
        num_pictures=9_144,
        num_classes=102,
        download_mb=137,
        terms="CC BY 4.0",
        page="https://data.caltech.edu/records/mzrjq-6wc02",
        layouts=({".": ("101_ObjectCategories/accordion/image_0001.jpg",), "meta": ("train.txt", "test.txt")},),
        nested=True,
    ),
    Source(
        name="oxford_pet",
        about="photos of cats and dogs",
        num_pictures=7_349,
        num_classes=37,
        download_mb=811,
        terms="CC BY-SA 4.0",
        page=f"{_OXFORD}/pets/",
        layouts=({".": ("images", "annotations/trainval.txt", "annotations/test.txt")},),
    ),
    Source(
        name="food101",
        about="photos of dishes",
        num_pictures=101_000,
        num_classes=101,
        download_mb=4_996,
        terms="scientific fair use",
        page="https://data.vision.ee.ethz.ch/cvl/datasets_extra/food-101/",
        layouts=({".": ("images", "meta/classes.txt", "meta/train.txt", "meta/test.txt")},),
    ),
    Source(
        name="stanford_cars",
        about="photos of cars",
        num_pictures=16_185,
        num_classes=196,
        download_mb=1_960,
        terms="non-commercial research",
        page="https://www.kaggle.com/datasets/rickyyyyyyy/torchvision-stanford-cars",
        layouts=(
            {".": ("car_ims/000001.jpg", "car_ims/016185.jpg", "cars_annos.mat")},
            {  # a picture's number tells the halves apart: there are 8,144 in one and 8,041 in the other
                "cars_train": ("00001.jpg", "08144.jpg"),
                "cars_test": ("00001.jpg", "08041.jpg"),
                "devkit": ("cars_meta.mat", "cars_train_annos.mat"),
                "devkit/cars_test_annos_withlabels.mat": (),
            },
        ),
        gone="Stanford's server has it no more. Get by hand the copy to which torchvision's documentation refers: "
        "cars_train, cars_test, devkit and cars_test_annos_withlabels.mat, in one archive.",
    ),
    Source(
        name="cub200",
        about="photos of birds",
        num_pictures=11_788,
        num_classes=200,
        download_mb=1_151,
        terms="non-commercial research and education",
        page="https://data.caltech.edu/records/65de6-vp158",
        layouts=({".": ("images", "images.txt", "image_class_labels.txt", "train_test_split.txt")},),
    ),
    Source(
        name="dtd",
        about="photos of textures",
        num_pictures=5_640,
        num_classes=47,
        download_mb=625,
        terms="research",
        page=f"{_OXFORD}/dtd/",
        layouts=({".": ("images", "imdb/imdb.mat", "labels")},),
    ),
    Source(
        name="fgvc_aircraft",
        about="photos of aircraft",
        num_pictures=10_000,
        num_classes=100,
        download_mb=2_753,
        terms="non-commercial research",
        page=f"{_OXFORD}/fgvc-aircraft/",
        layouts=({".": ("data/images", "data/variants.txt", *_AIRCRAFT)},),
    ),
    Source(
        name="sun397",
        about="photos of scenes",
        num_pictures=108_754,
        num_classes=397,
        download_mb=39_100,
        terms="research",
        page="https://vision.princeton.edu/projects/2010/SUN/",
        layouts=(
            {
                "SUN397": ("a/abbey", "y/youth_hostel"),
                "Partitions": ("ClassName.txt", "Training_01.txt", "Testing_01.txt"),
            },
        ),
        gone="Princeton's server answers 404. Get SUN397.tar.gz and Partitions.zip by hand; a copy is said to lie at "
        "https://opendatalab.com/OpenDataLab/SUN397, and the checksums will tell.",
    ),
    Source(
        name="voc2007",
        about="photos of things, several in each",
        num_pictures=9_963,
        num_classes=20,
        download_mb=911,
        terms="flickr's terms of use",
        page="https://www.robots.ox.ac.uk/~vgg/projects/pascal/VOC/",
        layouts=({".": (*_VOC, "ImageSets/Main/test.txt", "JPEGImages/000001.jpg", "JPEGImages/000005.jpg")},),
    ),
    Source(
        name="voc2012",
        about="photos of things, without a test half",
        num_pictures=11_540,
        num_classes=20,
        download_mb=2_000,
        terms="flickr's terms of use",
        page="https://www.robots.ox.ac.uk/~vgg/projects/pascal/VOC/",
        layouts=({".": (*_VOC, "JPEGImages/2007_000027.jpg")},),
    ),
)

SOURCES: dict[str, Source] = {source.name: source for source in _ALL}
