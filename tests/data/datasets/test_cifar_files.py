"""The official archive of CIFAR-10 is the one that torchvision knows; fetching is tested in ``test_prepare``."""

from torchvision import datasets

from course_lib.data.datasets.cifar_files import CIFAR10_FILE


def test_the_checksum_of_cifar10_is_torchvisions() -> None:
    assert (CIFAR10_FILE.url, CIFAR10_FILE.md5) == (datasets.CIFAR10.url, datasets.CIFAR10.tgz_md5)
