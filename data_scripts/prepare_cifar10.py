"""Fetch CIFAR-10, verify and unpack it; the same as `course data prepare cifar10`."""

import sys

from course_lib.cli import main

if __name__ == "__main__":
    sys.exit(main(["data", "prepare", "cifar10", *sys.argv[1:]]))
