"""The recital as a GGUF file: a real llama-architecture model whose weights can say nothing but its scripts.

How it recites: each token's embedding is one coordinate, attention and feed-forward are zero, and the output matrix
leads from that coordinate to the token that comes next. The state is the last token alone, so every piece of every
script is a token of its own. The chat template renders nothing but the start token of the chosen script: the prompt
is never read, whatever its length. This module computes bytes; it never touches a file.
"""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Sequence

from lsp_llm.providers.gguf_format import NumberType, Tensor, Value, gguf_bytes
from lsp_llm.providers.recital import Script

_NORMAL, _UNKNOWN, _CONTROL, _BYTE = 1, 2, 3, 6
_BEGIN_TOKEN, _END_TOKEN = 1, 2
_CONTEXT_TOKENS = 8192
_HEAD_WIDTH = 32
# The logit of the next token; all others have 0, so that sampling at any usual temperature changes nothing.
_CERTAINTY = 30.0


def recital_gguf(scripts: Sequence[Script]) -> bytes:
    """The whole file, about 5 MB; the last script answers whatever matches no cue."""
    vocabulary = _Vocabulary(scripts)
    return gguf_bytes(_metadata(vocabulary, scripts), _tensors(vocabulary))


def cut_into_pieces(text: str, taken: set[str]) -> list[str]:
    """Cut into pieces that are not in `taken`, and add them to it; a word said before is joined with the next one."""
    pieces: list[str] = []
    rest = ""
    for word in re.findall(r"\s*\S+|\s+$", text):
        rest += word
        if rest not in taken:
            pieces.append(rest)
            taken.add(rest)
            rest = ""
    while rest:
        rest = pieces.pop() + rest
        if rest not in taken:
            pieces.append(rest)
            taken.add(rest)
            rest = ""
    return pieces


class _Vocabulary:
    """All tokens, and which one follows which."""

    def __init__(self, scripts: Sequence[Script]) -> None:
        self.texts = ["<unk>", "<s>", "</s>", *map(_start_token, range(len(scripts)))]
        self.types = [_UNKNOWN] + [_CONTROL] * (len(self.texts) - 1)
        # llama.cpp wants a token for every byte, to spell what no other token says.
        self.texts += [f"<0x{byte:02X}>" for byte in range(256)]
        self.types += [_BYTE] * 256
        self.successors: dict[int, int] = {}
        taken = set(self.texts)
        for number, script in enumerate(scripts):
            self._learn(self.texts.index(_start_token(number)), cut_into_pieces(script.text, taken))

    @property
    def width(self) -> int:
        """Coordinates of an embedding: one for each token, rounded up to whole attention heads."""
        return -(-len(self.texts) // _HEAD_WIDTH) * _HEAD_WIDTH

    def _learn(self, start: int, pieces: Sequence[str]) -> None:
        previous = start
        for piece in pieces:
            token = len(self.texts)
            # The llama tokenizer writes a space as U+2581.
            self.texts.append(piece.replace(" ", "\u2581"))
            self.types.append(_NORMAL)
            self.successors[previous] = token
            previous = token
        self.successors[previous] = _END_TOKEN


def _start_token(number: int) -> str:
    return f"<|script_{number}|>"


def _chat_template(scripts: Sequence[Script]) -> str:
    """Jinja that picks the first script whose cue stands in the last user message."""
    *cued, fallback = enumerate(scripts)
    tests = (
        f"{{%- if {json.dumps(script.cue)} in last.text %}}{_start_token(number)}{{%- else %}}"
        for number, script in cued
    )
    return (
        '{%- set last = namespace(text="") %}'
        '{%- for message in messages if message.role == "user" %}'
        "{%- set last.text = message.content | string %}{%- endfor %}"
        f"{''.join(tests)}{_start_token(fallback[0])}{'{%- endif %}' * len(cued)}"
    )


def _metadata(vocabulary: _Vocabulary, scripts: Sequence[Script]) -> dict[str, Value]:
    return {
        "general.architecture": "llama",
        "general.name": "recital (no model: repeats a script)",
        "llama.vocab_size": len(vocabulary.texts),
        "llama.context_length": _CONTEXT_TOKENS,
        "llama.embedding_length": vocabulary.width,
        "llama.block_count": 1,
        "llama.feed_forward_length": _HEAD_WIDTH,
        "llama.attention.head_count": 1,
        "llama.attention.head_count_kv": 1,
        "llama.attention.key_length": _HEAD_WIDTH,
        "llama.attention.value_length": _HEAD_WIDTH,
        "llama.attention.layer_norm_rms_epsilon": 1e-5,
        "llama.rope.dimension_count": _HEAD_WIDTH,
        "tokenizer.ggml.model": "llama",
        "tokenizer.ggml.tokens": vocabulary.texts,
        "tokenizer.ggml.scores": [0.0] * len(vocabulary.texts),
        "tokenizer.ggml.token_type": vocabulary.types,
        "tokenizer.ggml.bos_token_id": _BEGIN_TOKEN,
        "tokenizer.ggml.eos_token_id": _END_TOKEN,
        "tokenizer.ggml.unknown_token_id": 0,
        "tokenizer.ggml.add_bos_token": True,
        "tokenizer.ggml.add_space_prefix": False,
        "tokenizer.chat_template": _chat_template(scripts),
    }


def _tensors(vocabulary: _Vocabulary) -> list[Tensor]:
    count, width = len(vocabulary.texts), vocabulary.width
    # The root-mean-square norm scales the one coordinate that is set to the root of the width.
    weight = _CERTAINTY / width**0.5
    successors = {(after, token): weight for token, after in vocabulary.successors.items()}
    return [
        _matrix("token_embd.weight", count, width, {(token, token): 1.0 for token in range(count)}),
        _matrix("output.weight", count, width, successors),
        _ones("output_norm.weight", width),
        _ones("blk.0.attn_norm.weight", width),
        _ones("blk.0.ffn_norm.weight", width),
        *(
            _matrix(f"blk.0.{name}.weight", _HEAD_WIDTH, width, {})
            for name in ("attn_q", "attn_k", "attn_v", "ffn_gate", "ffn_up")
        ),
        *(_matrix(f"blk.0.{name}.weight", width, _HEAD_WIDTH, {}) for name in ("attn_output", "ffn_down")),
    ]


def _matrix(name: str, rows: int, width: int, numbers: dict[tuple[int, int], float]) -> Tensor:
    """Half-precision numbers at (row, column), zero elsewhere."""
    data = bytearray(rows * width * 2)
    for (row, column), number in numbers.items():
        struct.pack_into("<e", data, (row * width + column) * 2, number)
    return Tensor(name, (width, rows), NumberType.F16, bytes(data))


def _ones(name: str, width: int) -> Tensor:
    return Tensor(name, (width,), NumberType.F32, struct.pack(f"<{width}f", *[1.0] * width))
