from __future__ import annotations

from lsp_llm.exchange.messages import Message, Replay, system_text, without_system

TALK = (Message("system", "Be brief."), Message("user", "Hi."), Message("assistant", "Hello."), Message("user", "Bye."))


def test_without_a_system_role_its_text_goes_before_the_first_words_of_the_user() -> None:
    assert list(without_system((*TALK, Message("system", "Be kind.")))) == [
        Message("user", "Be brief.\n\nBe kind.\n\nHi."),
        Message("assistant", "Hello."),
        Message("user", "Bye."),
    ]


def test_a_system_text_alone_becomes_the_users() -> None:
    assert list(without_system(TALK[:1])) == [Message("user", "Be brief.")]


def test_the_systems_words_stand_together() -> None:
    assert system_text((*TALK, Message("system", "Be kind."))) == "Be brief.\n\nBe kind."


def test_a_replay_is_for_its_own_dialect_and_shows_nothing_by_itself() -> None:
    message = Message("assistant", "x", replay=Replay("gemini", [{"thoughtSignature": "s3cret"}]))
    assert message.replay_for("gemini") == [{"thoughtSignature": "s3cret"}]
    assert message.replay_for("anthropic") is None
    assert "s3cret" not in repr(message)
