"""Fetch MNIST, verify and unpack it; the same as `course data prepare mnist`."""

import sys

from course_lib.cli import main

if __name__ == "__main__":
    sys.exit(main(["data", "prepare", "mnist", *sys.argv[1:]]))
