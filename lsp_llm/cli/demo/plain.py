"""The demo where the output is no terminal: plain lines as they come, with no control sequence; it adds no pause."""

from __future__ import annotations

from typing import assert_never

from lsp_llm.cli.demo.moments import Asked, Edited, Ended, Moment, Opened, Over, Stated
from lsp_llm.cli.demo.wording import NEXT_STEPS, RECITAL, times
from lsp_llm.text.diffing import diff
from lsp_llm.text.document import Document, split_lines


class PlainScreen:
    """A screen of lines that are never taken back."""

    def __init__(self) -> None:
        self._document = Document("")

    async def show(self, moment: Moment) -> None:
        """Print one moment."""
        match moment:
            case Opened(file_name, text):
                self._document = Document(text)
                _say(f"{RECITAL}\nopen {file_name}, {len(text.splitlines())} lines")
            case Asked(step):
                lines = f"lines {step.first_line + 1}-{step.end_line}"
                place = lines if step.end_line > step.first_line else f"line {step.first_line + 1}"
                _say(f"\nlsp-llm.{step.verb} on {place}: {step.instruction}")
            case Stated(text):
                _say(f"  {text}")
            case Edited():
                self._print_changed_lines(moment)
            case Ended():
                _say(f"  {times(moment)}")
            case Over(diff):
                _say("\n".join(["", diff, *NEXT_STEPS]))
            case _:
                assert_never(moment)

    def _print_changed_lines(self, edited: Edited) -> None:
        old = self._document.text
        for change in edited.changes:
            self._document.apply(change.as_edit())
        for line in changed_lines(old, self._document.text):
            _say(f"    {line}")


def changed_lines(old: str, new: str) -> list[str]:
    """The lines that went (`-`) and came (`+`), numbered; a line that only grew is shown as it is now."""
    before, after = split_lines(old), split_lines(new)
    told: list[str] = []
    for hunk in diff(before, after):
        came = after[hunk.new_start : hunk.new_end]
        went = enumerate(before[hunk.old_start : hunk.old_end], hunk.old_start + 1)
        told += [_row(number, "-", line) for number, line in went if not _grew(line, came)]
        told += [_row(number, "+", line) for number, line in enumerate(came, hunk.new_start + 1)]
    return told


def _grew(line: str, came: list[str]) -> bool:
    return any(new.startswith(line.rstrip("\r\n")) for new in came)


def _row(number: int, sign: str, line: str) -> str:
    return f"{number:3} {sign} {line}".rstrip()


def _say(line: str) -> None:
    print(line, flush=True)
