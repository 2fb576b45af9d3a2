"""Fetch the flowers, verify, unpack and split them 8:2; the same as `course data prepare flowers`."""

import sys

from course_lib.cli import main

if __name__ == "__main__":
    sys.exit(main(["data", "prepare", "flowers", *sys.argv[1:]]))
