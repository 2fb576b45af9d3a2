"""Fetching a file so that either the right file is there in the end, or a clear error.

What arrives is written beside the target, checked, and only then renamed. A broken connection is taken up where it
broke, in this run or the next. It stands here because data sets and weights are fetched on floors of their own.
"""

import hashlib
import http.client
import os
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tqdm import tqdm

from .errors import DataError

_CHUNK = 1 << 18


class DownloadError(DataError):
    """A file cannot be fetched; the message says how to get it by hand, and where to put it."""


@dataclass(frozen=True)
class Remote:
    """A file on the net; the checksum is the one that torchvision (MD5) or TensorFlow (SHA-256) publishes."""

    url: str
    md5: str | None = None
    sha256: str | None = None

    @property
    def name(self) -> str:
        return self.url.rpartition("/")[2]

    def fetch(self, folder: Path) -> Path:
        """Download it into a folder."""
        return fetch(self.url, folder / self.name, md5=self.md5, sha256=self.sha256)

    def inside(self, given: Path) -> Path:
        """The file in a folder that holds it; anything else that is given stays what it is."""
        return given / self.name if (given / self.name).is_file() else given

    def check(self, path: Path) -> None:
        """Compare a file that was got by hand with the published one.

        Raises:
            DataError: its checksum is another; the message tells both.
        """
        if wrong := _wrong_checksum(path, self.md5, self.sha256):
            raise DataError(f"{path} is not the file that {self.url} holds, or not all of it: {wrong}.")


def fetch(
    url: str, path: str | Path, *, md5: str | None = None, sha256: str | None = None, timeout_s: float = 30.0
) -> Path:
    """Download a file, unless it is there with the right checksum.

    Args:
        url: Where it is, by http or https.
        path: Where it goes; its folder is made.
        md5, sha256: The checksum that it must have, in hexadecimal, or how it begins; None if it is not known.
        timeout_s: How long the server may be silent.

    Returns:
        ``path``.

    Raises:
        DownloadError: there is no network, the server refuses, or the file is not the right one; what lay at ``path``
            before is untouched.
        DataError: the disk is full.
    """
    path = Path(path)
    part = path.with_name(path.name + ".part")
    there = _wrong_checksum(path, md5, sha256) if path.is_file() else None
    if path.is_file() and not there:
        return path
    by_hand = f"Without a network, put {path.name} by hand to {path} (from {url})."
    if there:
        by_hand += f" What is there now is another file, or not all of it: {there}."
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _download(url, part, path.name, timeout_s)
    except urllib.error.HTTPError as error:
        raise DownloadError(f"{url} answers {error.code} ({error.reason}). {by_hand}") from error
    except (urllib.error.URLError, http.client.HTTPException, ConnectionError, TimeoutError) as error:
        reason = getattr(error, "reason", None) or error
        host = urlsplit(url).hostname
        raise DownloadError(f"no network: {host} cannot be reached ({reason}). {by_hand}") from error
    except OSError as error:
        raise DataError(f"{path} cannot be written: {error.strerror or error}.") from error
    if wrong := _wrong_checksum(part, md5, sha256):
        size = part.stat().st_size
        part.unlink()
        raise DownloadError(f"{url} gave another file than expected ({size:,} bytes; {wrong}). {by_hand}")
    part.replace(path)
    return path


def _download(url: str, part: Path, name: str, timeout_s: float) -> None:
    """Fetch the rest of ``part``, again after a cut, as long as each attempt brings something."""
    while True:
        before = _size(part)
        try:
            return _download_once(url, part, name, timeout_s)
        except urllib.error.HTTPError as error:
            if error.code != http.client.REQUESTED_RANGE_NOT_SATISFIABLE or not before:
                raise
            part.unlink()  # what is there is no beginning of the file that the server has now
        except (urllib.error.URLError, http.client.HTTPException, ConnectionError, TimeoutError):
            if _size(part) <= before:
                raise


def _download_once(url: str, part: Path, name: str, timeout_s: float) -> None:
    have = _size(part)
    headers = {"User-Agent": "course-lib"} | ({"Range": f"bytes={have}-"} if have else {})
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=timeout_s) as response:
        resumed = response.status == http.client.PARTIAL_CONTENT
        have = have if resumed else 0
        left = response.headers.get("Content-Length")
        total = None if left is None else have + int(left)
        bar = tqdm(total=total, initial=have, desc=name, unit="B", unit_scale=True, leave=False, disable=None)
        with open(part, "ab" if resumed else "wb") as file, bar:
            while chunk := response.read(_CHUNK):
                file.write(chunk)
                bar.update(len(chunk))
    if total is not None and _size(part) < total:
        raise ConnectionError(f"the connection was cut after {_size(part):,} of {total:,} bytes")


def _size(path: Path) -> int:
    return os.path.getsize(path) if path.is_file() else 0


def _wrong_checksum(path: Path, md5: str | None, sha256: str | None) -> str | None:
    """Both checksums, for a sentence, if the file has another than wanted."""
    for name, wanted in (("md5", md5), ("sha256", sha256)):
        if wanted is not None:
            with open(path, "rb") as file:
                found = hashlib.file_digest(file, name).hexdigest()
            if not found.startswith(wanted):
                found = found[: max(8, len(wanted))]
                return f"its {name} is {found}, expected was {wanted}"
    return None
