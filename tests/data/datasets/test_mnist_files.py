"""The official files of MNIST and its kin are those that torchvision knows; fetching is tested in ``test_prepare``."""

from torchvision import datasets

from course_lib.data.datasets.mnist_files import FASHION_MNIST_FILES, MNIST_FILES


def test_the_checksums_of_mnist_are_torchvisions() -> None:
    assert [(remote.name, remote.md5) for remote in MNIST_FILES] == datasets.MNIST.resources
    assert MNIST_FILES[0].url == datasets.MNIST.mirrors[0] + MNIST_FILES[0].name


def test_the_checksums_of_fashion_mnist_are_torchvisions() -> None:
    assert [(remote.name, remote.md5) for remote in FASHION_MNIST_FILES] == datasets.FashionMNIST.resources
    assert FASHION_MNIST_FILES[0].url == datasets.FashionMNIST.mirrors[0] + FASHION_MNIST_FILES[0].name
