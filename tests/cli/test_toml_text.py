from __future__ import annotations

import tomllib
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from lsp_llm.cli.toml_text import toml_text
from lsp_llm.config.origins import leaves

KEYS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=5)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=9)
SCALARS = st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False) | TEXTS
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3))


@given(st.dictionaries(KEYS, VALUES, max_size=5))
def test_what_is_written_is_read_back(values: dict[str, Any]) -> None:
    flat = dict(leaves(values))
    assert tomllib.loads(toml_text(flat, dict.fromkeys(flat, "a comment"))) == values


def test_tables_come_behind_the_values_above_them_each_with_its_comment() -> None:
    values = {("a", "b", "c"): 1, ("z",): "x", ("a", "b", "d e"): [True, {"f": 2.5}]}
    comments = {path: f"line {number}" for number, path in enumerate(values, 1)}
    assert toml_text(values, comments).splitlines() == [
        'z = "x"  # line 2',
        "",
        "[a.b]",
        "c = 1  # line 1",
        '"d e" = [true, {f = 2.5}]  # line 3',
    ]
