"""What arrives of an answer, until it is whole: it goes to its job, and what is whole to the user's choices; pure."""

from __future__ import annotations

from collections.abc import Callable

from lsp_llm.jobs.choices import Choices
from lsp_llm.jobs.edit_events import Effect, Publish
from lsp_llm.jobs.job import Job
from lsp_llm.jobs.lifecycle import Lifecycle
from lsp_llm.status.events import Applying, Failed
from lsp_llm.text.document import Document


class Arriving:
    """The answers of one document's jobs."""

    def __init__(self, lifecycle: Lifecycle, choices: Choices, effects: list[Effect]) -> None:
        self._lifecycle = lifecycle
        self._choices = choices
        self._effects = effects
        self._whole: list[tuple[Job, Callable[[Job, Document], None]]] = []
        """Jobs whose answer waits until their regions follow the document, and what is to be done with it then."""

    def take_text(self, job: Job, text: str, *, restart: bool) -> None:
        """More of an answer; with `restart` all of it before is withdrawn."""
        if job.phase != "writing":
            return
        if restart:
            job.answer.withdraw()
            job.characters = 0
        if text:
            job.answer.chunks.append(text)
            job.characters += len(text)
        if job.replaces_answer and text.strip():
            job.replaces_answer, job.shown = False, None
            job.answer.epoch = job.writer.epoch + 1

    def end(self, job: Job) -> None:
        """The answer of a model is whole."""
        if job.phase != "writing":
            return
        if not any(map(str.strip, job.answer.chunks)):
            self._lifecycle.put_back(job, Failed("the model's answer is empty", "ask again, or with other words"))
        elif job.mode == "preview":
            self._whole.append((job, self._choices.offer))
        else:
            job.answer.ended = True
            self._effects.append(Publish(job.id, Applying()))

    def offer(self, job: Job, text: str) -> None:
        """All of an answer, to be offered."""
        job.answer.chunks.append(text)
        self._whole.append((job, self._choices.offer))

    def make(self, job: Job, text: str) -> None:
        """All of an answer, to be made unasked."""
        job.answer.chunks.append(text)
        self._whole.append((job, self._choices.make))

    def settle(self, document: Document) -> None:
        """No edit is in flight: the regions follow the document, and what is whole goes on."""
        whole, self._whole = self._whole, []
        for job, go_on in whole:
            if job.phase == "writing":
                go_on(job, document)
