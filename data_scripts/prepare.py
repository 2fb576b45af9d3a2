"""Fetch a data set, verify and unpack it: `python data_scripts/prepare.py mnist`; the same as `course data prepare`."""

import sys

from course_lib.cli import main

if __name__ == "__main__":
    sys.exit(main(["data", "prepare", *sys.argv[1:]]))
