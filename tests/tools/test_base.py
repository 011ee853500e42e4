"""The errors that tools speak in are no errors of the user's."""

from lsp_llm.errors import LspLlmError
from lsp_llm.tools.base import BadArguments, ToolFailed


def test_what_is_for_the_model_is_never_shown_as_the_users_own_mistake() -> None:
    assert not issubclass(ToolFailed, LspLlmError)
    assert not issubclass(BadArguments, LspLlmError)
    assert not issubclass(BadArguments, ToolFailed)
