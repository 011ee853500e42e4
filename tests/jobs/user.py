"""The user of a script: finds the places that its steps mean in the editor's buffer, and acts there."""

from __future__ import annotations

from tests.fakes.editor import Editor, Owner, Splice, smallest_splice
from tests.jobs.script import Script, Step
from tests.jobs.texts import between_characters, formatted


class User:
    """Hands on one editor."""

    def __init__(self, script: Script, editor: Editor) -> None:
        self._script = script
        self._editor = editor
        self.has_edited_a_region = False
        """Whether they did since the world last looked."""

    def act(self, step: Step) -> Splice | None:
        """Carry a step out; gives what it changed in the text."""
        before = self._editor.text
        self._carry_out(step, before)
        if before == self._editor.text:
            return None
        done = smallest_splice(before, self._editor.text)
        borders = map(self.region_cells, range(len(self._script.jobs)))
        self.has_edited_a_region |= any(
            low <= done.start + len(done.text) and done.start <= high for low, high in borders
        )
        return done

    def _carry_out(self, step: Step, before: str) -> None:
        place = between_characters(before, self._place_of(step))
        end = between_characters(before, min(len(before), place + step.length))
        match step.kind:
            case "type":
                self._editor.replace(place, end, step.text)
            case "backspace":
                if self._editor.cells[place - 1 : place] and self._editor.cells[place - 1].owner is Owner.USER:
                    self._editor.replace(between_characters(before, place - 1), place, "")
            case "undo":
                self._editor.undo()
            case "redo":
                self._editor.redo()
            case "save":
                self._editor.save()
            case "revert":
                self._editor.revert()
            case "format":
                self._editor.format(formatted(before))
            case "touch":
                self._editor.touch()
            case "close":
                self._editor.close()
            case _:
                raise AssertionError(step)

    def _place_of(self, step: Step) -> int:
        size = len(self._editor.cells)
        if step.job is None:
            return step.shift * size // 1000
        low, high = self.region_cells(step.job % len(self._script.jobs))
        place = high + step.shift - 1000 if step.shift >= 500 else low + step.shift
        return max(0, min(size, place))

    def region_cells(self, number: int) -> tuple[int, int]:
        """The gap between the last original cell before the job's region and the first one behind it."""
        job = self._script.jobs[number]
        low, high = 0, len(self._editor.cells)
        for place, cell in enumerate(self._editor.cells):
            if cell.owner is Owner.ORIGINAL:
                if cell.serial < job.start:
                    low = place + 1
                elif cell.serial >= job.end:
                    return low, place
        return low, high
