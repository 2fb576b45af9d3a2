"""Where the files of the model zoo's data sets are published, and the checksum that each must have.

Addresses and MD5 sums are torchvision's own, read from its data set classes. It has none for CUB-200-2011, for
FGVC-Aircraft's checksum, nor for two lists: Caltech-101's halves, which MMPretrain's authors drew, and SUN397's.
"""

from collections.abc import Iterable

from course_lib.config.download import Remote

CUB200 = Remote(
    "https://data.caltech.edu/records/65de6-vp158/files/CUB_200_2011.tgz", md5="97eceeb196236b17998738112f37df78"
)
CALTECH101 = (
    Remote(
        "https://data.caltech.edu/records/mzrjq-6wc02/files/caltech-101.zip", md5="3138e1922a9193bfa496528edbbc45d0"
    ),
    Remote("https://download.openmmlab.com/mmpretrain/datasets/caltech_meta.zip"),  # no checksum is published
)
AIRCRAFT_MD5 = "d4acdd33327262359767eeaa97a4f732"
SUN397_LISTS = Remote(
    "https://vision.princeton.edu/projects/2010/SUN/download/Partitions.zip",
    sha256="e3311ea5f812d4cc6faef194688343d1111f6cd6f70f2c62f393c2b8d6ba1ec9",
)


def published_files(name: str) -> tuple[Remote, ...]:
    """The files of one data set; () for one that ``assemble`` cannot download (``stanford_cars``)."""
    # Imported here, since it takes long and most commands need none of it.
    from torchvision import datasets as tv
    from torchvision.datasets.voc import DATASET_YEAR_DICT as VOC

    flowers = tv.Flowers102
    files: dict[str, tuple[Remote, ...]] = {
        "caltech101": CALTECH101,
        "flowers102": _remotes((flowers._download_url_prefix + name, md5) for name, md5 in flowers._file_dict.values()),
        "oxford_pet": _remotes(tv.OxfordIIITPet._RESOURCES),
        "food101": _remotes([(tv.Food101._URL, tv.Food101._MD5)]),
        "cub200": (CUB200,),
        "dtd": _remotes([(tv.DTD._URL, tv.DTD._MD5)]),
        "fgvc_aircraft": _remotes([(tv.FGVCAircraft._URL, AIRCRAFT_MD5)]),
        "sun397": (*_remotes([(tv.SUN397._DATASET_URL, tv.SUN397._DATASET_MD5)]), SUN397_LISTS),
        "voc2007": _remotes((VOC[year]["url"], VOC[year]["md5"]) for year in ("2007", "2007-test")),
        "voc2012": _remotes([(VOC["2012"]["url"], VOC["2012"]["md5"])]),
    }
    return files.get(name, ())


def _remotes(pairs: Iterable[tuple[str, str]]) -> tuple[Remote, ...]:
    return tuple(Remote(url, md5=md5) for url, md5 in pairs)
