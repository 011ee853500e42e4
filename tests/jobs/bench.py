"""A session with a document that the test moves by hand."""

from __future__ import annotations

from lsp_llm.jobs.edit_events import (
    ApplyEdit,
    DocumentChanged,
    Effect,
    Settled,
    StreamEnded,
    TextArrived,
)
from lsp_llm.jobs.edit_policy import EditPolicy
from lsp_llm.jobs.edit_session import EditSession
from lsp_llm.text.document import Document
from lsp_llm.text.edits import Edit, sequential

NEOVIM = EditPolicy(trust_after_seconds=None)
STRICT = EditPolicy(applied_is_proof=True, trust_after_seconds=None)
UNKNOWN = EditPolicy()


def is_at_rest(session: EditSession) -> bool:
    """Whether no job is under way and no edit in flight."""
    return not session.jobs.running and not session.jobs.in_flight


class Bench:
    """A session and its replica; the test plays the editor."""

    def __init__(self, text: str, policy: EditPolicy = NEOVIM) -> None:
        self.document = Document(text)
        self.session = EditSession(self.document, 1, policy)
        self.version = 1
        self.effects: list[Effect] = []

    def do(self, event: object) -> list[Effect]:
        self.effects = self.session.handle(event)  # type: ignore[arg-type]
        return self.effects

    def say(self, text: str, job: str = "j") -> list[Effect]:
        return self.do(TextArrived(job, text))

    @property
    def sent(self) -> ApplyEdit:
        (edit,) = [effect for effect in self.effects if isinstance(effect, ApplyEdit)]
        return edit

    def change(self, *edits: Edit) -> list[Effect]:
        self.session.before_change()
        self.version += 1
        return self.do(DocumentChanged([self.document.apply(edit) for edit in edits], self.version))

    def echo(self, sent: ApplyEdit) -> list[Effect]:
        return self.change(*sequential(sent.edits))

    def settled(self) -> list[Settled]:
        return [effect for effect in self.effects if isinstance(effect, Settled)]


class ChoiceBench(Bench):
    """Edits land as soon as they are sent."""

    def does(self, event: object) -> None:
        self.do(event)
        self.land()

    def land(self) -> None:
        while sent := [effect for effect in self.effects if isinstance(effect, ApplyEdit)]:
            self.echo(sent[0])

    def answer(self, text: str, job: str = "1") -> None:
        self.say(text, job)
        self.land()
        self.does(StreamEnded(job))

    def offer(self, answer: str, start: int = 0, end: int | None = None) -> None:
        """A preview of the document or a part of it, as job 1."""
        end = len(self.document.text) if end is None else end
        self.session.start("1", start, end, "preview")
        self.answer(answer)

    def replace(self, answer: str, job: str = "1", start: int = 0, end: int | None = None) -> None:
        end = len(self.document.text) if end is None else end
        self.session.start(job, start, end)
        self.answer(answer, job)

    def retry(self, job: str, former: str) -> None:
        self.session.start_again(job, former, "stream")

    @property
    def text(self) -> str:
        return self.document.text

    @property
    def offered(self) -> list[str]:
        return self.session.jobs.offered()

    @property
    def restorable(self) -> list[str]:
        return self.session.jobs.restorable()
