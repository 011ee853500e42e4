from hypothesis import given
from hypothesis import strategies as st

from lsp_llm.prompts.redaction import Redaction
from lsp_llm.tools.redactor import Redactor
from tests.tools.worlds import KEY

PEM = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkq\nhkiG9w0BAQEFAASC\n-----END PRIVATE KEY-----"


def test_a_secret_has_the_same_mark_in_all_texts_and_comes_back() -> None:
    redactor = Redactor(Redaction())
    first, second = redactor.apply(f"one {KEY}"), redactor.apply(f"{KEY} two")
    assert KEY not in first + second
    assert first.split()[1] == second.split()[0]
    assert redactor.restored(f"x = {second}") == f"x = {KEY} two"


def test_lines_stay_where_they_are_behind_a_secret_of_several_lines() -> None:
    redacted = Redactor(Redaction()).by_line(f"a\n{PEM}\nb\n")
    assert "MIIE" not in redacted
    assert redacted.split("\n").index("b") == 5


def test_a_mark_that_begins_another_one_is_told_apart() -> None:
    redactor = Redactor(Redaction())
    redactor.apply(PEM)
    for number in range(10):
        redactor.apply(f"{KEY}{number}")
    text = redactor.by_line(f"{KEY}8 and\n{PEM}\n")
    assert text.split("\n")[0] == "REDACTED_SECRET_10 and"
    assert text.count("\n") == 5


@given(st.text(alphabet="ab \n\r\t", max_size=80))
def test_text_without_a_secret_stays_as_it_is(text: str) -> None:
    redactor = Redactor(Redaction())
    assert redactor.by_line(text) == text == redactor.restored(text)
