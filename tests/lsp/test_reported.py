from __future__ import annotations

import msgspec

from lsp_llm.context.diagnostics import Diagnostic
from lsp_llm.lsp.messages import ReportedDiagnostic
from lsp_llm.lsp.reported import MAX_MESSAGE, reported
from lsp_llm.text.document import Document

DOCUMENT = Document("x\n😀 = 1\n")
PLACE = {"start": {"line": 1, "character": 0}, "end": {"line": 1, "character": 2}}


def read(**more: object) -> Diagnostic:
    item = msgspec.convert({"range": PLACE, "message": "odd", **more}, ReportedDiagnostic)
    (found,) = reported(DOCUMENT, [item], "utf-16")
    return found


def test_places_are_offsets_and_what_is_left_out_has_a_meaning() -> None:
    assert read() == Diagnostic(2, 3, "error", "odd")


def test_what_is_said_is_kept() -> None:
    expected = Diagnostic(2, 3, "hint", "odd", "ruff", "7")
    assert read(severity=4, source="ruff", code=7, data={"any": "thing"}) == expected
    assert read(code="E501", severity=None, source=None).code == "E501"


def test_a_novel_is_cut_and_a_place_beyond_the_text_is_its_end() -> None:
    assert len(read(message="x" * 9_999).message) == MAX_MESSAGE
    far = {"start": {"line": 7, "character": 0}, "end": {"line": 9, "character": 9}}
    assert read(range=far).start == DOCUMENT.length
