"""The two kinds of a fill, what else a job may be, and the ways in which its text may come into the document."""

from __future__ import annotations

from typing import Literal

Kind = Literal["replace", "yap"]
"""The selection gives way to the answer, or the answer is inserted behind it."""
JobKind = Literal["replace", "yap", "chat"]
"""A fill, or the answer to a turn of a chat."""
Mode = Literal["stream", "atomic", "preview"]
"""As it comes; in one edit at the end; shown as a difference that the user takes or drops."""
