"""Offers in documents that are closed and opened again, through the runner; the editor obeys."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from lsp_llm.errors import UserError
from lsp_llm.jobs.answering import Prepared
from lsp_llm.jobs.edit_events import Decided
from lsp_llm.jobs.places import KEPT_CLOSED
from lsp_llm.jobs.ports import Order
from lsp_llm.jobs.runner import CHANGED, FORGOTTEN
from lsp_llm.status.events import Message
from lsp_llm.stream.filters.chain import FilterChain
from lsp_llm.text.edits import Edit
from tests.fakes.jobs import URI, Desk, Source
from tests.turns import until

TEXT = "one\ntwo\nthree\n"
NEW = "ONE\ntwo\nTHREE\n"


class Scene(Desk):
    """A desk whose document can be closed and opened; `decided` is what became of the offers."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, TEXT)
        self.decided: list[Decided] = []

    def offer(self, job_id: str, selected: str, text: str) -> None:
        self.runner.offer(job_id, self.target(selected), text, self.decided.append)

    def close(self) -> None:
        self.runner.closed(URI)

    def open(self, text: str) -> None:
        self.document = self.editor.open(text)
        self.runner.opened(URI, self.document, 1)


@pytest.fixture
async def scene(tmp_path: Path) -> Scene:
    scene = Scene(tmp_path)
    scene.offer("chat-1", TEXT, NEW)
    return scene


async def test_an_offer_outlives_a_close_and_is_taken_in_the_document_that_is_opened_then(scene: Scene) -> None:
    scene.close()
    assert scene.runner.places.offered(URI) == ["chat-1.1", "chat-1.2"]
    assert scene.runner.places.latest() == "chat-1"
    assert scene.runner.places.closed_document("chat-1") == URI
    assert not scene.runner.watches(URI)
    scene.open(TEXT)
    assert scene.runner.places.closed_document("chat-1") is None
    scene.runner.accept("chat-1")
    await until(lambda: bool(scene.decided))
    assert scene.decided == [Decided("chat-1", 2)]
    assert scene.text == NEW
    scene.runner.restore("chat-1")
    await until(lambda: scene.text == TEXT)


async def test_it_does_not_come_back_on_another_text_and_the_user_is_told(scene: Scene) -> None:
    scene.close()
    scene.open(f"{TEXT}four\n")
    assert scene.runner.places.offered() == []
    assert not scene.runner.places.knows("chat-1")
    assert [(said.taken, said.reason) for said in scene.decided] == [(0, CHANGED)]
    assert scene.log.told == [("chat-1", Message(CHANGED, "warning"))]
    assert scene.text == f"{TEXT}four\n"


async def test_nothing_is_written_in_a_closed_document(scene: Scene) -> None:
    scene.close()
    for act in (scene.runner.accept, lambda job: scene.runner.show_another(job, 1)):
        with pytest.raises(UserError, match=r"shop\.py was closed: open it again first"):
            act("chat-1")
    assert scene.editor.offered == []


@pytest.mark.parametrize(("hunk", "left"), [(None, []), (1, ["chat-1.2"])])
async def test_a_closed_offer_can_be_dropped(scene: Scene, hunk: int | None, left: list[str]) -> None:
    scene.close()
    scene.runner.restore("chat-1", hunk)
    assert scene.runner.places.offered() == left
    assert len(scene.decided) == (0 if left else 1)
    scene.open(TEXT)
    assert scene.runner.places.offered() == left
    assert scene.text == TEXT


async def test_it_may_be_closed_again_and_again(scene: Scene) -> None:
    for _ in range(3):
        scene.close()
        scene.close()
        scene.open(TEXT)
    scene.runner.accept("chat-1", 2)
    await until(lambda: scene.text == TEXT.replace("three", "THREE"))
    scene.runner.drop("chat-1")
    assert [said.taken for said in scene.decided] == [1]


async def test_closed_documents_are_kept_in_bounds(scene: Scene) -> None:
    def close_another(number: int) -> None:
        uri = f"file:///{number}"
        target = replace(scene.target(TEXT), uri=uri, document=scene.editor.open(TEXT, uri))
        scene.runner.offer(f"chat-{number}", target, NEW, scene.decided.append)
        scene.runner.closed(uri)

    scene.close()
    for number in range(2, KEPT_CLOSED + 1):
        close_another(number)
    scene.runner.restore("chat-2")
    close_another(KEPT_CLOSED + 1)
    assert scene.runner.places.knows("chat-1"), "there is room again"
    close_another(KEPT_CLOSED + 2)
    assert [(said.job_id, said.reason) for said in scene.decided] == [("chat-2", ""), ("chat-1", FORGOTTEN)]
    assert not scene.runner.places.knows("chat-1")


async def test_an_offer_that_could_not_be_made_is_told_too(scene: Scene) -> None:
    """An edit in flight holds it up, and the document is closed before it lands."""
    scene.editor.is_frozen = True
    scene.runner.accept("chat-1", 1)
    scene.offer("chat-2", "two\n", "2\n")
    scene.close()
    assert Decided("chat-2", 0, (), "the document was closed") in scene.decided


@pytest.mark.parametrize("give", ["offer", "make"])
async def test_an_offer_that_is_dropped_before_it_could_be_made_never_comes(scene: Scene, give: str) -> None:
    """A send that is stopped, while an edit in flight holds its offer up."""
    scene.editor.is_frozen = True
    scene.runner.accept("chat-1", 1)
    getattr(scene.runner, give)("chat-2", scene.target("two\n"), "2\n", scene.decided.append)
    scene.runner.drop("chat-2")
    assert scene.decided == [Decided("chat-2", 0)]
    scene.editor.type(URI, [Edit(0, 4, "ONE\n")])
    assert scene.runner.places.offered() == ["chat-1.2"]
    assert len(scene.editor.offered) == 1


async def test_putting_back_what_was_taken_wants_the_document_open(scene: Scene) -> None:
    scene.runner.accept("chat-1", 1)
    await until(lambda: scene.text != TEXT)
    scene.close()
    scene.runner.restore("chat-1")
    assert [(said.taken, len(said.left)) for said in scene.decided] == [(1, 1)]
    assert len(scene.editor.offered) == 1
    assert scene.runner.places.latest() is None
    with pytest.raises(UserError, match="no job chat-1"):
        scene.runner.restore("chat-1")


async def test_what_was_taken_can_be_put_back_by_another_server(scene: Scene) -> None:
    scene.runner.accept("chat-1")
    await until(lambda: bool(scene.decided))
    scene.runner = scene.editor.runner = scene.another_runner()
    scene.open(NEW)
    for job_id in scene.runner.places.restorable():
        scene.runner.restore(job_id)
    await until(lambda: scene.text == TEXT)


async def test_a_preview_that_comes_back_can_be_asked_again(scene: Scene) -> None:
    source = Source()

    async def prepare() -> Prepared:
        return Prepared(source, FilterChain([]))

    job = scene.runner.start(scene.target("two\n"), Order("replace", "p", "words", "preview"), prepare)
    source.finish("2\n")
    await scene.log.end(job)
    scene.close()
    scene.open(TEXT)
    assert scene.runner.order(job) is not None
    target, text = scene.runner.original(job)
    assert (text, target.document is scene.document) == (TEXT, True)
    assert scene.runner.places.touched(URI, 4, 4, scene.runner.places.offered(URI)) == f"{job}.1"
