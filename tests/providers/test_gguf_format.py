"""The container, read back with the reader of the gguf package."""

from __future__ import annotations

import struct
from pathlib import Path

import gguf
import pytest

from lsp_llm.providers.gguf_format import NumberType, Tensor, Value, gguf_bytes

METADATA: dict[str, Value] = {
    "general.architecture": "llama",
    "a.number": 7,
    "a.ratio": 0.5,
    "a.claim": True,
    "some.words": ["größe", "日本語"],
    "some.numbers": [1, 6],
    "some.ratios": [0.25, -1.0],
}
TENSORS = [
    Tensor("matrix", (3, 2), NumberType.F16, struct.pack("<6e", 1, 2, 3, 4, 5, 6)),
    Tensor("vector", (2,), NumberType.F32, struct.pack("<2f", 0.5, -0.5)),
]


def test_another_reader_finds_what_was_written(tmp_path: Path) -> None:
    path = tmp_path / "small.gguf"
    path.write_bytes(gguf_bytes(METADATA, TENSORS))
    reader = gguf.GGUFReader(path)
    assert {key: reader.fields[key].contents() for key in METADATA} == METADATA
    matrix, vector = reader.tensors
    assert (matrix.name, matrix.data.tolist()) == ("matrix", [[1, 2, 3], [4, 5, 6]])
    assert (vector.name, vector.data.tolist()) == ("vector", [0.5, -0.5])


def test_a_value_without_a_type_is_refused() -> None:
    with pytest.raises(TypeError, match="no type"):
        gguf_bytes({"key": None}, [])  # type: ignore[dict-item]
