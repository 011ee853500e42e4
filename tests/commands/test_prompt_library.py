"""The prompts as menus see them: at once, and anew a little later."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lsp_llm.commands import prompt_library
from lsp_llm.commands.prompt_library import PromptLibrary
from lsp_llm.errors import UserError
from tests.turns import until

URI = "file:///project/a.py"


class Bench:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.reads = 0
        self.library = PromptLibrary([folder], lambda uri: None)
        whole: Any = self.library._library
        read = whole.read

        def counted(root: Path | None) -> Any:
            self.reads += 1
            return read(root)

        whole.read = counted

    def write(self, name: str, text: str = "Do it.") -> None:
        (self.folder / f"{name}.md").write_text(text)

    def ids(self) -> list[str]:
        return [prompt.id for prompt in self.library.seen(URI).prompts]

    async def looked(self) -> None:
        await until(lambda: not self.library._looks)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


async def test_the_first_menu_has_all_and_the_next_ones_read_nothing(bench: Bench) -> None:
    bench.write("one")
    assert bench.ids() == ["one"]
    await bench.looked()
    before = bench.reads
    for _ in range(30):
        assert bench.ids() == ["one"]
    await bench.looked()
    assert bench.reads == before


async def test_what_is_new_is_seen_after_a_look_and_one_look_is_enough_at_a_time(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prompt_library, "PAUSE_SECONDS", 0)
    assert bench.ids() == []
    await bench.looked()
    bench.write("one")
    assert bench.ids() == []
    await bench.looked()
    before = bench.reads
    for _ in range(5):
        bench.library.look(URI)
    await bench.looked()
    assert bench.reads == before + 1
    assert bench.ids() == ["one"]
    await bench.looked()


async def test_a_look_at_the_opening_of_a_document_spares_the_menu_the_reading(bench: Bench) -> None:
    bench.write("one")
    bench.library.look(URI)
    await bench.looked()
    before = bench.reads
    assert bench.ids() == ["one"]
    assert bench.reads == before


async def test_a_prompt_that_was_written_just_now_is_found(bench: Bench) -> None:
    assert bench.ids() == []
    bench.write("one")
    assert bench.library.find(URI, "one").body == "Do it."
    with pytest.raises(UserError, match='there is no prompt "oen" in the library; did you mean "one"'):
        bench.library.find(URI, "oen")
    await bench.looked()


async def test_a_look_that_fails_is_logged_and_the_next_one_goes_on(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    assert bench.ids() == []
    await bench.looked()
    whole: Any = bench.library._library
    read, whole.read = whole.read, lambda root: 1 / 0
    bench.library.look(URI)
    await bench.looked()
    assert "the prompt library cannot be read" in caplog.text
    whole.read = read
    bench.write("one")
    bench.library.look(URI)
    await bench.looked()
    assert bench.ids() == ["one"]
