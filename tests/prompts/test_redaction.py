from __future__ import annotations

from lsp_llm.prompts.redaction import Redaction

ONE, TWO = "ghp_" + "a1B2" * 9, "ghp_" + "c3D4" * 9


def test_each_secret_has_a_mark_of_its_own_in_all_texts() -> None:
    redaction = Redaction()
    first, second = redaction.apply(f"a {ONE} b {TWO}"), redaction.apply(f"{TWO}, {ONE}")
    assert first == "a REDACTED_SECRET_1 b REDACTED_SECRET_2"
    assert second == "REDACTED_SECRET_2, REDACTED_SECRET_1"
    assert redaction.originals == {"REDACTED_SECRET_1": ONE, "REDACTED_SECRET_2": TWO}


def test_a_text_that_speaks_of_marks_keeps_its_own() -> None:
    redaction = Redaction()
    text = redaction.apply(f"REDACTED_SECRET_1 stands for {ONE}")
    assert text == "REDACTED_SECRET_1 stands for REDACTED_SECRET_2"


def test_a_text_without_secrets_passes_as_it_is() -> None:
    redaction = Redaction()
    assert redaction.apply("größe 😀\r\n") == "größe 😀\r\n"
    assert not redaction.originals
