"""Values come back as they were, and what is forged is refused without being run."""

import io
import json
import pickle
import zipfile
from typing import Any

import numpy as np
import pytest
import torch

from course_lib.homework.grading.replay import plain
from course_lib.homework.grading.values import Packer, unpack


def there_and_back(value: Any) -> Any:
    packer = Packer()
    tree, give = unpack(packer.pack([packer.take(value)]))
    return give(tree[0])


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        -3,
        pytest.param(10**5000, id="a number too long to be printed"),
        0.1,
        float("inf"),
        2 - 1j,
        "感知机 \ud800",
        b"\x00\xff",
        (1, [2.5, {"a": None, 3: (True,)}], set()),
        np.float32(0.1),
    ],
)
def test_plain_values(value: Any) -> None:
    back = there_and_back(value)
    assert back == value and type(back) is type(value)


@pytest.mark.parametrize("value", [np.arange(6).reshape(2, 3).T, np.zeros((0, 2)), np.array(["a", "bc"]), np.array(3)])
def test_arrays(value: np.ndarray) -> None:
    back = there_and_back(value)
    assert isinstance(back, np.ndarray) and back.dtype == value.dtype and back.shape == value.shape
    assert (back == value).all()


def test_tensors() -> None:
    back = there_and_back({"w": torch.ones(2, 3, requires_grad=True)})["w"]
    assert torch.is_tensor(back) and torch.equal(back, torch.ones(2, 3))
    assert there_and_back(torch.ones(2, dtype=torch.bfloat16)).dtype == torch.float32


def test_a_value_is_taken_as_it_is_now() -> None:
    packer, value = Packer(), np.zeros(2)
    part = packer.take(value)
    value += 1
    assert unpack(packer.pack(part))[1](part).tolist() == [0, 0]


class Strange:
    def __repr__(self) -> str:
        raise RuntimeError


def test_what_cannot_travel_leaves_its_name() -> None:
    endless: list[Any] = []
    endless.append(endless)
    for value, name in ((Strange(), "Strange"), (np.array([{}]), "ndarray"), (endless, "list"), (len, "builtin_fun")):
        back = there_and_back(value)
        assert type(back).__name__.startswith(name)
        assert not plain(Packer().take((1, [value])))
    assert repr(there_and_back(Strange())) == "<Strange>"
    assert plain(Packer().take({"a": (1, [np.zeros(2), "opaque"])}))


def npz(compression: int = zipfile.ZIP_STORED, **members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, data in members.items():
            archive.writestr(f"{name}.npy", data)
    return buffer.getvalue()


def npy(array: np.ndarray, allow_pickle: bool = False) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=allow_pickle)
    return buffer.getvalue()


class Bomb:
    def __reduce__(self) -> Any:
        return (pytest.fail, ("a pickle was opened",))


def test_forged_bytes_are_refused() -> None:
    tree = npy(np.frombuffer(b"[]", np.uint8))
    with pytest.raises(ValueError, match="does not fit"):
        unpack(npz(tree=tree, a0=npy(np.array([Bomb()]), allow_pickle=True)))
    with pytest.raises(ValueError, match="far larger than it looks"):
        unpack(npz(zipfile.ZIP_DEFLATED, tree=npy(np.zeros(10**6, np.uint8))))
    huge = npy(np.zeros(3)).replace(b"(3,)", b"(3000000000000,)".ljust(4))
    for data in (b"", b"PK", pickle.dumps(Bomb()), npz(), npz(tree=b"\x93NUMPY"), npz(tree=tree, a0=huge)):
        with pytest.raises(ValueError):
            unpack(data)


@pytest.mark.parametrize("part", [["array", 7], ["code", "1"], ["dict", [[["list", []], 1]]], ["int"], [], 3])
def test_forged_parts_are_refused(part: Any) -> None:
    text = np.frombuffer(json.dumps(part).encode(), np.uint8)
    tree, give = unpack(npz(tree=npy(text)))
    with pytest.raises(ValueError):
        give(tree)
