from lsp_llm.exchange.tools import ToolCall
from lsp_llm.tools.approval import Claim
from lsp_llm.tools.wording import MAX_CHARACTERS, asked


def test_the_subject_is_shown_and_without_one_the_arguments() -> None:
    call = ToolCall("1", "run_command", '{"command": "make"}')
    assert asked(call, Claim("run_command", "make\ntest")) == "run_command: make\ntest"
    assert asked(call, Claim("run_command")) == 'run_command: {"command": "make"}'


def test_what_cannot_be_seen_is_shown() -> None:
    text = asked(ToolCall("1", "run_command"), Claim("run_command", "ls\r\u202egnp.rm\u200b\x1b[2K ä é 漢"))
    assert text == "run_command: ls\\u{d}\\u{202e}gnp.rm\\u{200b}\\u{1b}[2K ä é 漢"


def test_what_does_not_fit_is_not_kept_quiet() -> None:
    text = asked(ToolCall("1", "run_command"), Claim("run_command", " " * MAX_CHARACTERS + "; rm -r /"))
    assert text.endswith("[... and 9 characters more, which do not fit here]")
