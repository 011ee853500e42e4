"""What can be restored in the documents of one client, kept for a server to come; it knows no file and no task.

What is kept fits one text and no other. So nothing is kept while it is not known where an edit has landed, and what an
editor discards when it closes a document takes nothing from what was kept of the text that was saved.
"""

from __future__ import annotations

from collections.abc import Sequence

from lsp_llm.jobs.ledger import content_of, is_of_another_text, regions_in
from lsp_llm.jobs.places import Place
from lsp_llm.jobs.ports import Ledger
from lsp_llm.text.document import Document
from lsp_llm.text.tracking import Region


class Keeping:
    """One ledger, and the sessions that it is written from."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def known(self, uri: str, document: Document) -> Sequence[Region]:
        """The regions of earlier jobs, none where the text is another by now."""
        content = self._ledger.read(uri)
        return regions_in(content, document) if content else ()

    def keep(self, place: Place) -> None:
        """What can be restored in an open document by now."""
        if not place.session.is_in_doubt:
            self._write(place)

    def keep_closed(self, place: Place) -> None:
        """The same of a document that was just closed, where no edit was in doubt."""
        content = self._ledger.read(place.uri)
        if content is None or not is_of_another_text(content, place.document):
            self._write(place)

    def _write(self, place: Place) -> None:
        jobs = place.session.jobs
        regions = [jobs[job_id].writer.region for job_id in jobs.restorable()]
        if regions:
            self._ledger.write(place.uri, content_of(place.uri, place.document, regions))
        else:
            self._ledger.remove(place.uri)
