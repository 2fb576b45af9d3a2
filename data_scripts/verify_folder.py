"""Decode every picture of a folder and list the broken ones; the same as `course data verify`."""

import sys

from course_lib.cli import main

if __name__ == "__main__":
    sys.exit(main(["data", "verify", *sys.argv[1:]]))
