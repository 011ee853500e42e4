"""What must hold when an interleaving has come to rest: judged by who wrote each cell of the editor's buffer.

The answer and the user's letters are told apart by their owner, never by asking the session. Where the user cut our
text or the original inside a region, or took it back by undo, the exact law gives way to what still can be asked: no
typed letter lost, nothing outside the regions touched, no letter of an answer twice.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import permutations

from lsp_llm.jobs.lifecycle import MISPLACED
from lsp_llm.status.events import Cancelled, Failed, Finished, Outcome
from tests.fakes.editor import LINE_ENDS, Cell, Owner
from tests.jobs.bench import is_at_rest
from tests.jobs.interleaving import World
from tests.jobs.script import OFFERING
from tests.jobs.scripts import ANSWER_LETTERS

SHARED = "\ue000"
"""Stands for an original line end behind the user's words: the answer may have it, or they."""


def broken_laws(world: World) -> list[str]:
    """Every law that this run broke, in words."""
    found = [*_at_rest(world), *_untouched_by_us(world), *world.undecided()]
    if world.editor.is_open:
        if _is_exact(world):
            found += _exact_text(world)
        found += _once(world)
        if not (world.editor.has_turned_back or world.was_closed or _is_our_text_cut(world)):
            found += _small_edits(world)
    return _without_excused(world, found)


def broken_restore_laws(world: World) -> list[str]:
    """The same after everything was restored."""
    return _without_excused(world, [*_at_rest(world), *_untouched_by_us(world), *_restored_text(world)])


def _without_excused(world: World, found: list[str]) -> list[str]:
    """Where an edit was carried out on text that no server could know, the damage has to be said, not prevented.

    Of keys that were covered before they were ever reported nobody can say anything. Equal letters hide a wrong place,
    and a deletion at a wrong place looks like the user's own, above all beside an undo or among line ends. Where the
    user had deleted, untold, what an edit was to take, the edit takes what stands there instead: the report is the same
    as if they had deleted that. A client of unknown habits is taken for one that honours versions until it shows
    otherwise; where it drops an edit, says "applied" and tells of nothing in time, nothing has shown. Of a document
    that is closed nothing more is told.
    """
    if not world.is_hazardous:
        return [] if _is_doubt_told(world) or world.was_wrongly_trusted else found
    is_hidden = (
        world.editor.has_lost_unseen
        or world.taken_by_both
        or world.was_closed
        or world.editor.has_turned_back
        or not world.script.is_distinct
        or not (world.is_hazard_written or not _are_line_ends_blurred(world))
        or world.profile.name.startswith("unknown")
    )
    return [] if world.said or is_hidden else [f"{law}, and nothing was said" for law in found]


def _is_doubt_told(world: World) -> bool:
    """Of equal letters an edit in its place and one in a wrong one may give one report; the likelier place is told."""
    return not world.script.is_distinct and MISPLACED in world.said


def _small_edits(world: World) -> list[str]:
    """What landed is of the order of the answers, and of the originals where they were put back."""
    answers = sum(len(chunk.text) for job in world.script.jobs for chunk in job.chunks)
    originals = sum(job.end - job.start for job in world.script.jobs)
    chunks = sum(len(job.chunks) for job in world.script.jobs)
    most = 2 * answers + 2 * originals + 2 * chunks
    return [f"{world.landed_letters} letters sent, {most} expected"] if world.landed_letters > most else []


def _restored_text(world: World) -> list[str]:
    found: list[str] = []
    if not world.editor.is_open or world.was_closed or not _can_be_told(world) or _was_put_back_text_cut(world):
        return found
    gone = {cell.serial for cell in world.editor.gone if cell.owner is Owner.ORIGINAL}
    wanted = "".join(char for place, char in enumerate(world.script.text) if place not in gone)
    left = _answered(world, world.editor.cells)
    if world.script.is_distinct:
        # Gone in one report that is our edit to the letter: whose deletion it was no server can tell.
        left, wanted = ("".join(char for char in text if char not in world.taken_by_both) for text in (left, wanted))
    if _are_line_ends_blurred(world):
        left, wanted = _without_line_ends(left), _without_line_ends(wanted)
    if left != wanted:
        found.append(f"after restore: {left!r} instead of {wanted!r}")
    return found


def _at_rest(world: World) -> list[str]:
    return [] if is_at_rest(world.session) else ["the session never comes to rest"]


def _untouched_by_us(world: World) -> list[str]:
    harmed = [cell for cell in world.editor.lost if world.is_protected(cell)]
    if world.editor.has_turned_back or _are_line_ends_blurred(world):
        # Which of two equal line ends went or came cannot be seen in a computed difference.
        harmed = [cell for cell in harmed if cell.char not in "\r\n"]
    return [f"server edits took what is not theirs: {harmed}"] if harmed else []


def _is_outside(world: World, cell: Cell) -> bool:
    return cell.owner is Owner.ORIGINAL and not world.script.is_in_a_region(cell.serial)


def _is_exact(world: World) -> bool:
    cut = any(
        cell.owner is Owner.SERVER or (cell.owner is Owner.ORIGINAL and not _is_outside(world, cell))
        for cell in world.editor.gone
    )
    return not cut and _can_be_told(world)


def _exact_text(world: World) -> list[str]:
    uncalled = [
        f"job {number} ended by itself: {outcome}"
        for number, outcome in world.outcomes.items()
        if _is_uncalled(world, number, outcome)
    ]
    left = _answered(world, [_marked(world, cell) for cell in world.editor.cells])
    wanted = _texts_wanted(world)
    if _are_line_ends_blurred(world):
        left = _without_line_ends(left)
    elif world.editor.joined:
        uncalled.append(f"the user's words lost their line end: {world.editor.joined}")
    if not any(re.fullmatch(pattern, left, re.DOTALL) for pattern in wanted):
        uncalled.append(f"{left!r} instead of {wanted[0]!r}")
    return uncalled


def _is_uncalled(world: World, number: int, outcome: Outcome) -> bool:
    """A job that nobody stopped, and whose text nobody cut, has to finish."""
    job = world.script.jobs[number]
    if world.was_closed:
        return False
    if isinstance(outcome, Cancelled):
        return not world.is_called_off(number) and not _are_line_ends_blurred(world)
    return isinstance(outcome, Failed) and job.ending != "fail" and bool(job.answer.strip())


def _texts_wanted(world: World) -> list[str]:
    """One pattern, or several where jobs at one place may stand in either order."""
    gone = {cell.serial for cell in world.editor.gone if cell.owner is Owner.ORIGINAL}
    text = world.script.text
    patterns: list[str] = []
    for order in permutations(range(len(world.script.jobs))):
        jobs = [(world.script.jobs[number], number) for number in order]
        pattern, at = f"{SHARED}*", 0
        for job, number in sorted(jobs, key=lambda pair: (pair[0].start, pair[0].end)):
            pattern += _literally(world, _left(text, at, job.start, gone)) + _result(world, number)
            at = job.end
        patterns.append(pattern + _literally(world, _left(text, at, len(text), gone)))
    return list(dict.fromkeys(patterns))


def _result(world: World, number: int) -> str:
    """What must stand in the region; anything where the job was stopped half-way."""
    job = world.script.jobs[number]
    match world.outcomes.get(number):
        case Finished():
            return "".join(f"(?:{'|'.join(_literally(world, each) for each in some)})" for some in world.shown(number))
        case Cancelled() if job.ending not in OFFERING and (job.ending != "restore" or world.was_closed):
            return ".*"
        case _:
            return _literally(world, world.script.text[job.start : job.end])


def _literally(world: World, text: str) -> str:
    """The text, with ends of lines in which the user typed anywhere: where such a line goes, its end stays."""
    if _are_line_ends_blurred(world):
        return re.escape(_without_line_ends(text))
    pieces = re.findall(r"\r\n|.", text, re.DOTALL)
    return "".join(
        f"(?:{piece}|{SHARED}){SHARED}*" if piece[0] in LINE_ENDS else f"{re.escape(piece)}{SHARED}*"
        for piece in pieces
    )


def _marked(world: World, cell: Cell) -> Cell:
    """Line ends that the answer may have or the user's words become one sign, be they one letter or two.

    An original that was put back is the server's to the editor.
    """
    is_shared = cell in world.editor.shared_line_ends and (cell.owner is Owner.ORIGINAL or _has_put_back(world))
    return cell._replace(char=SHARED if cell.char == "\n" else "") if is_shared else cell


def _left(text: str, start: int, end: int, gone: set[int]) -> str:
    return "".join(text[place] for place in range(start, end) if place not in gone)


def _once(world: World) -> list[str]:
    """In distinct scripts no letter of an answer, and none of the document, stands twice."""
    letters = "".join(ANSWER_LETTERS)
    answers = Counter("".join(job.answer for job in world.script.jobs))
    now = Counter(_without_user(world.editor.cells))
    document = Counter(world.script.text)
    if set(document) & set("ab") or world.is_ambiguous or world.editor.has_reverted:
        return []
    has_turned_back, is_cut = world.editor.has_turned_back, _is_our_text_cut(world)
    if (has_turned_back and is_cut) or (world.profile.report != "exact" and (has_turned_back or is_cut)):
        # Text of ours that the user cut and brought back is theirs to the session, whoever wrote it first.
        return []
    twice = [letter for letter, number in now.items() if number > 1 and letter in letters and answers[letter] == 1]
    twice += [
        letter
        for letter, number in now.items()
        if number > 1 and letter in document and letter not in "\r\n.?" and not answers[letter]
    ]
    return [f"stand twice: {twice}"] if twice else []


def _without_user(cells: list[Cell]) -> str:
    return "".join(cell.char for cell in cells if cell.owner is not Owner.USER)


def _answered(world: World, cells: list[Cell]) -> str:
    """The same, also without what the user had typed where an offer took it, which a restore has put back."""
    return "".join(char for char in _without_user(cells) if char not in world.shown_letters)


def _without_line_ends(text: str) -> str:
    return text.replace("\r", "").replace("\n", "").replace(SHARED, "")


def _can_be_told(world: World) -> bool:
    """Whether there is one way to read what was reported.

    One difference for a line end deleted here and another typed there may keep the one or the other, and with it the
    letters between them. A change that was taken whole may be made of the same lines as what the user typed.
    """
    deleted = any(cell.char in "\r\n" for cell in world.editor.gone)
    typed = any("\n" in step.text for step in world.script.steps)
    is_blurred = world.profile.report != "exact" and deleted and typed
    is_alike = bool(world.pieces) and not world.script.is_distinct and world.profile.report != "exact" and typed
    return not (world.editor.has_turned_back or world.is_ambiguous or is_blurred or is_alike)


def _are_line_ends_blurred(world: World) -> bool:
    """Equal line ends stand everywhere: which one was deleted, or in a computed difference typed, nobody can say."""
    if any(cell.char in "\r\n" for cell in world.editor.gone):
        return True
    if world.pieces and any("\n" in step.text for step in world.script.steps):
        # What was offered holds them, and is told as text.
        return True
    if world.profile.report == "exact" and world.profile.policy.applied_is_proof:
        return False
    return bool(world.editor.gone) or any("\n" in step.text for step in world.script.steps)


def _was_put_back_text_cut(world: World) -> bool:
    """An original that we put back is the server's text to the editor."""
    return _has_put_back(world) and _is_our_text_cut(world)


def _has_put_back(world: World) -> bool:
    if any(step.kind == "put back" for step in world.script.steps):
        return True
    ends = ("end", *OFFERING)
    return any(job.ending not in ends or any(chunk.restart for chunk in job.chunks) for job in world.script.jobs)


def _is_our_text_cut(world: World) -> bool:
    return any(cell.owner is Owner.SERVER for cell in world.editor.gone)
