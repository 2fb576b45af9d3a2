"""IDX, the file format of MNIST: an array of bytes behind its shape."""

import gzip
import math
import zlib
from pathlib import Path

import numpy as np

from course_lib.config.errors import DataError


def read_idx(path: Path) -> np.ndarray:
    """The uint8 array in an IDX file, packed by gzip or not.

    The format: two zero bytes, the type (8: unsigned bytes), the number of dimensions, each dimension's length as four
    bytes, the highest first, and then the values.

    Raises:
        DataError: the file is damaged, truncated, or of another type.
    """
    try:
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path} is damaged or truncated: {error}.") from error
    if len(content) < 4 or content[:3] != b"\0\0\x08":
        raise DataError(f"{path} is no IDX file of unsigned bytes.")
    head = 4 + 4 * content[3]
    shape = [int.from_bytes(content[at : at + 4], "big") for at in range(4, head, 4)]
    if len(content) < head or len(content) - head != math.prod(shape):
        raise DataError(f"{path} is damaged or truncated: {len(content):,} bytes for an array of {tuple(shape)}.")
    values = np.frombuffer(content, np.uint8, offset=head)
    return values.reshape(shape).copy()
