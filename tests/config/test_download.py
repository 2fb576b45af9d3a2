"""Fetching from a server of our own on this machine: a good one, a wrong file, a cut connection, none."""

import hashlib
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from course_lib.config.download import DownloadError, Remote, fetch
from course_lib.config.errors import DataError

CONTENT = bytes(range(256)) * 4000
MD5 = hashlib.md5(CONTENT).hexdigest()
SHA256 = hashlib.sha256(CONTENT).hexdigest()


class Handler(BaseHTTPRequestHandler):
    """Serves CONTENT. ``/cut`` ends each answer early; ``/whole`` knows no ranges; ``/empty-cut`` sends nothing."""

    requests: ClassVar[list[tuple[str, str | None]]] = []

    def do_GET(self) -> None:
        asked = self.headers.get("Range")
        self.requests.append((self.path, asked))
        if self.path == "/missing":
            return self.send_error(404)
        start = int(asked.removeprefix("bytes=").removesuffix("-")) if asked and self.path != "/whole" else 0
        if start >= len(CONTENT):
            return self.send_error(416)
        body = CONTENT[start:]
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        allowed = {"/cut": 400_000, "/empty-cut": 0}.get(self.path, len(body))
        self.wfile.write(body[:allowed])

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    Handler.requests = []
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


def test_a_file_arrives_and_is_not_fetched_again(server: str, tmp_path: Path) -> None:
    path = tmp_path / "new" / "file.bin"
    assert fetch(f"{server}/good", path, md5=MD5, sha256=SHA256) == path
    assert path.read_bytes() == CONTENT
    fetch(f"{server}/good", path, md5=MD5)
    assert len(Handler.requests) == 1
    assert [each.name for each in path.parent.iterdir()] == ["file.bin"]


def test_a_file_with_a_wrong_checksum_is_replaced(server: str, tmp_path: Path) -> None:
    path = tmp_path / "file.bin"
    path.write_bytes(b"old")
    fetch(f"{server}/good", path, md5=MD5)
    assert path.read_bytes() == CONTENT


def test_the_wrong_file_is_refused_and_the_old_one_stays(server: str, tmp_path: Path) -> None:
    path = tmp_path / "file.bin"
    path.write_bytes(b"old")
    both = f"1,024,000 bytes; its sha256 is {SHA256}, expected was {'0' * 64}"
    with pytest.raises(
        DownloadError, match=rf"gave another file than expected \({both}\).*by hand to .*file.bin"
    ) as caught:
        fetch(f"{server}/good", path, sha256="0" * 64)
    old = hashlib.sha256(b"old").hexdigest()
    assert f"What is there now is another file, or not all of it: its sha256 is {old}" in str(caught.value)
    assert path.read_bytes() == b"old"
    assert [each.name for each in tmp_path.iterdir()] == ["file.bin"]


def test_a_cut_connection_is_taken_up_again(server: str, tmp_path: Path) -> None:
    path = fetch(f"{server}/cut", tmp_path / "file.bin", md5=MD5)
    assert path.read_bytes() == CONTENT
    assert Handler.requests == [("/cut", None), ("/cut", "bytes=400000-"), ("/cut", "bytes=800000-")]


def test_what_an_earlier_run_left_is_used(server: str, tmp_path: Path) -> None:
    (tmp_path / "file.bin.part").write_bytes(CONTENT[:1000])
    fetch(f"{server}/good", tmp_path / "file.bin", md5=MD5)
    assert Handler.requests == [("/good", "bytes=1000-")]


@pytest.mark.parametrize("left", [CONTENT[:1000], CONTENT + b"more"])
def test_a_server_without_ranges_or_with_a_shorter_file_starts_anew(server: str, tmp_path: Path, left: bytes) -> None:
    (tmp_path / "file.bin.part").write_bytes(left)
    where = "whole" if len(left) == 1000 else "good"
    assert fetch(f"{server}/{where}", tmp_path / "file.bin", md5=MD5).read_bytes() == CONTENT


def test_a_connection_that_brings_nothing_ends_with_an_error(server: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"cut after 0 of 1,024,000 bytes"):
        fetch(f"{server}/empty-cut", tmp_path / "file.bin")
    assert len(Handler.requests) == 1


def test_404(server: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"/missing answers 404 \(Not Found\). Without a network, put file.bin by hand"):
        fetch(f"{server}/missing", tmp_path / "file.bin")


def test_no_network(tmp_path: Path, server: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/file.bin"
        with pytest.raises(DataError) as caught:
            fetch(url, tmp_path / "file.bin")
    message = str(caught.value)
    assert message.startswith("no network: 127.0.0.1 cannot be reached")
    assert f"put file.bin by hand to {tmp_path}/file.bin (from {url})" in message


def test_a_folder_that_cannot_be_written(server: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DataError, match="cannot be written"):
        fetch(f"{server}/good", tmp_path / "file" / "file.bin")


def test_a_remote_knows_its_name_and_its_content(tmp_path: Path) -> None:
    remote = Remote("https://example.org/a/b.tgz", md5=MD5)
    assert remote.name == "b.tgz"
    path = tmp_path / "b.tgz"
    path.write_bytes(CONTENT)
    remote.check(path)
    path.write_bytes(CONTENT[:-1])
    found = hashlib.md5(CONTENT[:-1]).hexdigest()
    with pytest.raises(DataError, match=rf"b.tgz is not the file that .*: its md5 is {found}, expected was {MD5}"):
        remote.check(path)
