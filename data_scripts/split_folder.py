"""Divide a raw folder, a folder a class, into training and validation data; the same as `course data split`."""

import sys

from course_lib.cli import main

if __name__ == "__main__":
    sys.exit(main(["data", "split", *sys.argv[1:]]))
