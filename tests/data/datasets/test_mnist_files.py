"""The official files of MNIST are those that torchvision knows; fetching is tested in ``test_prepare``."""

from torchvision import datasets

from course_lib.data.datasets.mnist_files import MNIST_FILES


def test_the_checksums_of_mnist_are_torchvisions() -> None:
    assert [(remote.name, remote.md5) for remote in MNIST_FILES] == datasets.MNIST.resources
    assert MNIST_FILES[0].url == datasets.MNIST.mirrors[0] + MNIST_FILES[0].name
