"""The official archives of CIFAR are those that torchvision knows; fetching is tested in ``test_prepare``."""

from torchvision import datasets

from course_lib.data.datasets.cifar_files import CIFAR10_FILE, CIFAR100_FILE


def test_the_checksums_of_cifar_are_torchvisions() -> None:
    assert (CIFAR100_FILE.url, CIFAR100_FILE.md5) == (datasets.CIFAR100.url, datasets.CIFAR100.tgz_md5)
    assert (CIFAR10_FILE.url, CIFAR10_FILE.md5) == (datasets.CIFAR10.url, datasets.CIFAR10.tgz_md5)
