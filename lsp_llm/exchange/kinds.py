"""The two kinds of a fill: the selection gives way to the answer, or the answer is inserted behind it."""

from __future__ import annotations

from typing import Literal

Kind = Literal["replace", "yap"]
