"""The two kinds of a fill, and the ways in which its text may come into the document."""

from __future__ import annotations

from typing import Literal

Kind = Literal["replace", "yap"]
"""The selection gives way to the answer, or the answer is inserted behind it."""
Mode = Literal["stream", "atomic", "preview"]
"""As it comes; in one edit at the end; shown as a difference that the user takes or drops."""
