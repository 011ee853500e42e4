"""What a prompt is made for: the place and words of a fill, and what the editor knows around it; it reads no file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lsp_llm.context.diagnostics import Diagnostic
from lsp_llm.exchange.kinds import Kind


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known around a document when a command comes; `root` is its folder of the workspace, if it lies in one.

    `open_documents` are the lines of whatever is open, by absolute path: to join them is left to who needs the texts.
    `diagnostics` are those of the document that the client has sent for this very text.
    """

    root: Path | None = None
    open_documents: Mapping[Path, Sequence[str]] = field(default_factory=dict)
    diagnostics: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class Job:
    """What is asked: a snapshot of the document and the user's words; `preset` is the name of the one in use.

    `action` is the id of a prompt of the library that makes the instruction, "" for none.
    """

    kind: Kind
    text: str
    start: int
    end: int
    path: str
    language_id: str
    line_end: str
    query: str
    preset: str
    action: str = ""
    around: Surroundings = Surroundings()

    @property
    def file(self) -> Path | None:
        """The document's file, None for one that has none."""
        path = Path(self.path)
        return path if path.is_absolute() else None

    def texts(self) -> dict[Path, str]:
        """Every open document by its path, this one as it is in the snapshot."""
        texts = {path: "".join(lines) for path, lines in self.around.open_documents.items()}
        return {**texts, **({self.file: self.text} if self.file else {})}
