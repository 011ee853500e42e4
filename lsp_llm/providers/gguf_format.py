"""The GGUF container, version 3, as far as a tiny model needs it; it writes bytes and never reads or opens a file.

Layout: a header, the metadata as typed key-value pairs, one entry per tensor, then the tensors' data, each at a
multiple of 32 bytes. All numbers are little-endian; strings are UTF-8 after a 64-bit length.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

ALIGNMENT_BYTES = 32

Value = bool | int | float | str | list[str] | list[int] | list[float]


class NumberType(IntEnum):
    """How a tensor's numbers are stored (ggml's own codes)."""

    F32 = 0
    F16 = 1


@dataclass(frozen=True, slots=True)
class Tensor:
    """A named array; `shape` counts the fastest-moving dimension first, as ggml does."""

    name: str
    shape: tuple[int, ...]
    number_type: NumberType
    data: bytes


def gguf_bytes(metadata: Mapping[str, Value], tensors: Sequence[Tensor]) -> bytes:
    """The whole file."""
    head = bytearray(b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(metadata)))
    for key, value in metadata.items():
        head += _string(key) + struct.pack("<I", _type_code(value)) + _payload(value)
    offset = 0
    for tensor in tensors:
        dimensions = struct.pack(f"<I{len(tensor.shape)}Q", len(tensor.shape), *tensor.shape)
        head += _string(tensor.name) + dimensions + struct.pack("<IQ", tensor.number_type, offset)
        offset += len(_aligned(tensor.data))
    return b"".join([_aligned(bytes(head)), *(_aligned(tensor.data) for tensor in tensors)])


def _aligned(data: bytes) -> bytes:
    return data + bytes(-len(data) % ALIGNMENT_BYTES)


def _string(text: str) -> bytes:
    encoded = text.encode()
    return struct.pack("<Q", len(encoded)) + encoded


def _type_code(value: Value) -> int:
    # The order matters: in Python a bool is an int too.
    for python_type, code in ((bool, 7), (int, 4), (float, 6), (str, 8), (list, 9)):
        if isinstance(value, python_type):
            return code
    raise TypeError(f"GGUF metadata has no type for {value!r}")


def _payload(value: Value) -> bytes:
    if isinstance(value, list):
        # A single number is unsigned, but llama.cpp takes token types as signed only.
        element_code = 5 if isinstance(value[0], int) else _type_code(value[0])
        return struct.pack("<IQ", element_code, len(value)) + b"".join(map(_payload, value))
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, bool):
        return struct.pack("<?", value)
    return struct.pack("<f" if isinstance(value, float) else "<I", value)
