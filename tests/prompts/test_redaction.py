from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lsp_llm.prompts.redaction import Redaction
from lsp_llm.stream.filters.originals import Originals

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


def test_a_text_may_be_looked_at_twice() -> None:
    """Beside a telling word a mark looks like a secret."""
    redaction = Redaction()
    once = redaction.apply(f'password = "{ONE}"')
    assert once == 'password = "REDACTED_SECRET_1"'
    assert redaction.apply(once) == once
    assert (
        redaction.apply('password = "REDACTED_SECRET_1-a1B2c3D4e5"')
        == 'password = "REDACTED_SECRET_1REDACTED_SECRET_2"'
    )
    assert redaction.originals == {"REDACTED_SECRET_1": ONE, "REDACTED_SECRET_2": "-a1B2c3D4e5"}


@given(st.integers(0, 80), st.integers(0, 80))
def test_a_secret_across_a_cut_is_taken_out_of_each_part_and_can_be_had_back(first: int, second: int) -> None:
    text = f"x = 1\nkey = {ONE}\nother = {TWO}\n"
    low, high = sorted((min(first, len(text)), min(second, len(text))))
    parts, redaction = [text[:low], text[low:high], text[high:]], Redaction()
    safe = redaction.apply_in_parts(parts)
    assert not any(secret in "".join(safe) for secret in (ONE, TWO))
    originals = Originals(redaction.originals)
    for part, whole in zip(safe, parts, strict=True):
        assert originals.push(part).text + originals.finish().text == whole
