"""Values that travel from a submission's process to the referee: arrays and a text, as npz without pickle.

Whoever unpacks runs nothing that the sender chose: numbers, text, tuples, lists, dicts, sets, arrays and tensors come
back as they were; anything else as an ``Opaque``, of which only the type's name and a short text are left.
"""

import io
import json
import math
import zipfile
from collections.abc import Callable
from typing import Any

import numpy as np

from ..compare import short

MAX_BYTES = 64 * 2**20


class Opaque:
    """Stands for an object that cannot travel; its class has the object's type's name."""

    text = ""

    def __repr__(self) -> str:
        return self.text


def opaque(type_name: str, text: str) -> Opaque:
    """The stand-in for an object of that type."""
    return type(type_name.replace("\0", "") or "object", (Opaque,), {"text": text})()


class Packer:
    """Takes values apart as they are now: what the learner's code changes later does not change them."""

    def __init__(self) -> None:
        self.arrays: list[np.ndarray] = []

    def take(self, value: Any) -> Any:
        """The value as JSON, its arrays put aside; never raises for what the value is."""
        held = len(self.arrays)
        try:
            return self._take(value)
        except Exception:  # nested too deeply, or with methods that fail
            del self.arrays[held:]
            return ["opaque", _type_name(value), short(value)]

    def pack(self, tree: Any) -> bytes:
        """All that was taken, with a JSON value made of the parts that ``take`` gave."""
        buffer = io.BytesIO()
        text = np.frombuffer(json.dumps(tree).encode("utf-8", "surrogatepass"), np.uint8)
        arrays: dict[str, Any] = {f"a{index}": array for index, array in enumerate(self.arrays)}
        np.savez(buffer, tree=text, **arrays)
        return buffer.getvalue()

    def _take(self, value: Any) -> Any:
        kind = type(value)
        if value is None or kind in (bool, str):
            return value
        if kind is int:
            return ["int", hex(value)]
        if kind is float:
            return ["float", value.hex()]
        if kind is complex:
            return ["complex", value.real.hex(), value.imag.hex()]
        if kind is bytes:
            return ["bytes", value.hex()]
        if isinstance(value, dict):
            return ["dict", [[self._take(key), self._take(item)] for key, item in value.items()]]
        for name, type_ in (("tuple", tuple), ("list", list), ("set", (set, frozenset))):
            if isinstance(value, type_):  # type: ignore[arg-type]
                return [name, [self._take(item) for item in value]]
        if hasattr(value, "detach"):  # a tensor, told without importing torch
            value = value.detach().cpu()
            value = value.float() if str(value.dtype) == "torch.bfloat16" else value
            return ["tensor", self._put(value.numpy())]
        if isinstance(value, np.ndarray) and not value.dtype.hasobject:
            return ["array", self._put(value)]
        if isinstance(value, np.generic) and not isinstance(value, np.void):
            return ["scalar", self._put(np.asarray(value))]
        return ["opaque", _type_name(value), short(value)]

    def _put(self, array: np.ndarray) -> int:
        self.arrays.append(np.array(array))
        return len(self.arrays) - 1


def unpack(data: bytes) -> tuple[Any, Callable[[Any], Any]]:
    """The JSON value, and the function that puts a part of it together again.

    Raises:
        ValueError: this is not what ``pack`` makes. A MemoryError is possible, too; nothing is run in any case.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if any(entry.compress_type != zipfile.ZIP_STORED for entry in entries):
                raise ValueError("compressed: it may be far larger than it looks")
            arrays = {entry.filename: _array(archive.read(entry)) for entry in entries}
        tree = json.loads(arrays["tree.npy"].tobytes().decode("utf-8", "surrogatepass"))
    except (zipfile.BadZipFile, KeyError, EOFError, RecursionError, NotImplementedError, RuntimeError) as error:
        raise ValueError(str(error)) from error

    def give(part: Any) -> Any:
        try:
            return _give(part, arrays)
        except (TypeError, IndexError, KeyError, RecursionError, AttributeError) as error:
            raise ValueError(f"not a value: {error}") from error

    return tree, give


def _array(data: bytes) -> np.ndarray:
    """An npy file's array; its header is believed only as far as the file is long."""
    stream = io.BytesIO(data)
    version = np.lib.format.read_magic(stream)
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, _, dtype = read(stream)
    if dtype.hasobject or math.prod(shape) * dtype.itemsize != len(data) - stream.tell():
        raise ValueError("the header does not fit the file")
    stream.seek(0)
    array: np.ndarray = np.lib.format.read_array(stream, allow_pickle=False)
    return array


def _give(part: Any, arrays: dict[str, np.ndarray]) -> Any:
    if part is None or isinstance(part, (bool, str)):
        return part
    kind, *rest = part
    numbers: dict[str, Callable[..., Any]] = {
        "int": lambda text: int(text, 16),
        "float": float.fromhex,
        "complex": lambda real, imag: complex(float.fromhex(real), float.fromhex(imag)),
        "bytes": bytes.fromhex,
    }
    if kind in numbers:
        return numbers[kind](*rest)
    if kind == "dict":
        return {_give(key, arrays): _give(item, arrays) for key, item in rest[0]}
    if kind in ("tuple", "list", "set"):
        items = [_give(item, arrays) for item in rest[0]]
        return items if kind == "list" else tuple(items) if kind == "tuple" else set(items)
    if kind == "opaque":
        return opaque(str(rest[0]), str(rest[1]))
    array = arrays[f"a{int(rest[0])}.npy"]
    if kind == "scalar":
        return array[()]
    if kind == "tensor":
        from torch import from_numpy  # a lesson without tensors does not wait for torch

        return from_numpy(array)
    if kind == "array":
        return array
    raise ValueError(f"not a value: {kind!r}")


def _type_name(value: Any) -> str:
    return type(value).__name__
