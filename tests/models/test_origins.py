"""Where weights come from, against a server of our own on this machine: the file, another one, a cut, no network."""

import hashlib
import io
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest
import torch
from torch import nn

from course_lib.config.errors import CheckpointError
from course_lib.models import load_pretrained
from course_lib.models.files import load_checkpoint
from course_lib.models.origins import DIGEST, torchvision_url, weights_file


class Handler(BaseHTTPRequestHandler):
    """Serves a file of weights; one whose name has 'cut' in it is sent half and then, asked again, not at all."""

    content: ClassVar[bytes] = b""
    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        start = int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").removesuffix("-"))
        body = self.content[start:]
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if "cut" not in self.path:
            self.wfile.write(body)
        elif not start:
            self.wfile.write(body[: len(body) // 2])

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """torch's folder of downloads, empty."""
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path / "hub"))
    return tmp_path / "hub" / "checkpoints"


@pytest.fixture
def server(hub: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    buffer = io.BytesIO()
    torch.save(nn.Linear(2, 3).state_dict(), buffer)
    Handler.content, Handler.asked = buffer.getvalue(), []
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


def digest() -> str:
    return hashlib.sha256(Handler.content).hexdigest()[:8]


def test_a_file_is_fetched_once_and_loads(server: str, hub: Path) -> None:
    url = f"{server}/models/net-{digest()}.pth"
    for _ in range(2):
        load_pretrained(nn.Linear(2, 3), url)
    assert len(Handler.asked) == 1
    assert [file.name for file in hub.iterdir()] == [f"net-{digest()}.pth"]


def test_a_damaged_file_in_the_folder_is_fetched_again(server: str, hub: Path) -> None:
    hub.mkdir(parents=True)
    (hub / f"net-{digest()}.pth").write_bytes(Handler.content[:-1])
    assert weights_file(f"{server}/net-{digest()}.pth").read_bytes() == Handler.content


def test_another_file_than_its_name_says_is_refused(server: str, hub: Path) -> None:
    said = f"gave another file than expected .*its sha256 is {digest()}, expected was 01234567.*by hand to {hub}"
    with pytest.raises(CheckpointError, match=said):
        load_checkpoint(f"{server}/net-01234567.pth")
    assert list(hub.iterdir()) == []


def test_a_cut_connection(server: str, hub: Path) -> None:
    with pytest.raises(CheckpointError, match=r"no network: 127\.0\.0\.1 cannot be reached \(the connection was cut"):
        load_checkpoint(f"{server}/cut-{digest()}.pth")
    assert [file.name for file in hub.iterdir()] == [f"cut-{digest()}.pth.part"]  # to go on from


def test_no_network(hub: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere(*args: object, **kwargs: object) -> object:
        raise socket.gaierror(-2, "Name or service not known")

    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(socket, "getaddrinfo", nowhere)
    with pytest.raises(CheckpointError) as caught:
        load_checkpoint("torchvision://resnet18")
    assert "\n" not in str(caught.value)
    assert str(caught.value) == (
        "no network: download.pytorch.org cannot be reached ([Errno -2] Name or service not known). Without a network, "
        f"put resnet18-f37072fd.pth by hand to {hub / 'resnet18-f37072fd.pth'} "
        "(from https://download.pytorch.org/models/resnet18-f37072fd.pth)."
    )


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("resnet18-f37072fd.pth", "f37072fd"),  # torchvision's
        ("resnet18_8xb32_in1k_20210831-fbbb1da6.pth", "fbbb1da6"),  # MMPretrain's
        ("lenet5_mnist-20210831.pth", None),
        ("resnet-small.pth", None),
        ("last.pt", None),
    ],
)
def test_which_part_of_a_name_is_a_digest(name: str, found: str | None) -> None:
    match = DIGEST.search(name)
    assert (match and match[1]) == found


def test_every_name_of_torchvision_has_a_digest() -> None:
    """Or says which other weights there are."""
    from torchvision import models

    without = []
    for name in models.list_models(module=models):
        try:
            assert DIGEST.search(torchvision_url(name)), name
        except CheckpointError as error:
            assert "only IMAGENET1K_" in str(error)
            without.append(name)
    assert "resnet50" not in without and len(without) < 10


def test_names_that_nobody_knows() -> None:
    with pytest.raises(CheckpointError, match=r"torchvision has no model 'resnet51'\. Did you mean 'resnet5"):
        weights_file("torchvision://resnet51")
    with pytest.raises(CheckpointError, match=r"no IMAGENET1K_V1 weights of vit_h_14, only IMAGENET1K_SWAG_E2E_V1, "):
        weights_file("torchvision://vit_h_14")
    with pytest.raises(CheckpointError, match=r"mmcls:// is not known; give a path, https://…, torchvision://NAME or"):
        weights_file("mmcls://resnet50")
    assert weights_file("no/such/file.pth") == Path("no/such/file.pth")
