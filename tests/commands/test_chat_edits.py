from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from lsp_llm.commands.chat_edits import AskedEdits
from lsp_llm.tools.approval import Decision, Policy
from lsp_llm.tools.base import Proposal
from lsp_llm.tools.desk import Desk
from tests.commands.chat_desk import Hands
from tests.tools.test_desk import Screen

PROPOSAL = Proposal("/p/a.py", "one two", 4, 7, "2")


@pytest.mark.parametrize(("decision", "made"), [("allow", True), ("always", True), ("deny", False)])
async def test_it_is_shown_and_asked_for(tmp_path: Path, decision: Decision, made: bool) -> None:
    screen, hands = Screen(), Hands()
    desk = Desk(screen, 60)
    edits = AskedEdits(hands, desk, "ask")
    proposing = asyncio.create_task(edits.propose(PROPOSAL))
    await screen.asked.wait()
    assert (hands.shown, hands.made) == (["edit-1"], [])
    assert desk.answer("edit-1", decision)
    outcome = await proposing
    assert (outcome.decision, hands.made) == (("accepted", [PROPOSAL]) if made else ("declined", []))
    if decision == "always":
        assert (await edits.propose(PROPOSAL)).decision == "accepted", "a yes for good holds for the next one"


async def test_the_user_sees_what_would_be_replaced() -> None:
    class Reading(Screen):
        def called(self, call, question):  # type: ignore[no-untyped-def]
            self.arguments = json.loads(call.arguments)
            super().called(call, question)

    screen = Reading()
    task = asyncio.create_task(AskedEdits(Hands(), Desk(screen, 60), "ask").propose(PROPOSAL))
    await screen.asked.wait()
    assert screen.arguments == {"path": "/p/a.py", "old_text": "two", "new_text": "2"}
    task.cancel()


async def test_nobody_is_asked_where_everything_is_approved() -> None:
    screen, hands = Screen(), Hands()
    policy: Policy = "always"
    assert (await AskedEdits(hands, Desk(screen, 60), policy).propose(PROPOSAL)).decision == "accepted"
    assert (hands.shown, screen.calls) == ([], [])
