from __future__ import annotations

from pathlib import Path

from lsp_llm.commands.job import Job, Surroundings


def job(path: str, around: Surroundings) -> Job:
    return Job("replace", "as asked", 0, 2, path, "python", "\n", "", "fake", around=around)


def test_the_document_counts_as_it_was_when_the_job_was_asked_for() -> None:
    around = Surroundings(open_documents={Path("/p/a.py"): ["as ", "now"], Path("/p/b.py"): ["one\n", "two"]})
    assert job("/p/a.py", around).texts() == {Path("/p/a.py"): "as asked", Path("/p/b.py"): "one\ntwo"}


def test_a_document_without_a_file_has_no_path() -> None:
    unnamed = job("untitled:Untitled-1", Surroundings())
    assert (unnamed.file, unnamed.texts()) == (None, {})
