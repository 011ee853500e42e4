"""From a template family and variables to what a model is sent; pure, it neither finds nor reads templates.

A family is a folder of templates. The files for a fill have the names they have in kznllm.nvim, so that a family folder
from there can be dropped in: they make both kinds, and ask the variable `replace` which. The system template is
optional, the user template is not. Raw completions have one template for each kind of model, in `completion/`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lsp_llm.errors import UserError
from lsp_llm.exchange.kinds import Kind
from lsp_llm.exchange.messages import Message
from lsp_llm.prompts.variables import PromptVariables

if TYPE_CHECKING:  # At run time the renderer comes from the caller, so that this module costs no jinja2.
    from lsp_llm.prompts.rendering import Rendered, Renderer, UnknownVariable

SYSTEM_FILE = "fill_mode_system_prompt.xml.jinja"
USER_FILE = "fill_mode_user_prompt.xml.jinja"
CHAT_FILE = "chat_mode_system_prompt.xml.jinja"
COMPLETION_FOLDER = "completion"
SUFFIX = ".jinja"


@dataclass(frozen=True, slots=True)
class Prompt:
    """What goes to the model, and what the templates asked for in vain."""

    messages: tuple[Message, ...]
    warnings: tuple[UnknownVariable, ...]


def families(renderer: Renderer) -> tuple[str, ...]:
    """The names of all families that can fill, sorted."""
    return tuple(name.removesuffix(f"/{USER_FILE}") for name in renderer.names if name.endswith(f"/{USER_FILE}"))


def build_messages(renderer: Renderer, family: str, kind: Kind, variables: PromptVariables) -> Prompt:
    """The system and user message of a family; raises UserError for an unknown family or a broken template."""
    if f"{family}/{USER_FILE}" not in renderer.names:
        raise UserError(_unknown("template family", family, families(renderer)))
    values = variables.as_mapping(kind)
    user = renderer.render(f"{family}/{USER_FILE}", values)
    turn = Message("user", user.text)
    if f"{family}/{SYSTEM_FILE}" not in renderer.names:
        return Prompt((turn,), user.warnings)
    system = renderer.render(f"{family}/{SYSTEM_FILE}", values)
    # Hosts refuse an empty system message, and a template may well decide that it has nothing to say.
    messages = (Message("system", system.text), turn) if system.text.strip() else (turn,)
    return Prompt(messages, system.warnings + user.warnings)


def build_chat_system(renderer: Renderer, family: str, variables: PromptVariables) -> Prompt:
    """The system message that a chat begins with, or none where a family has none; raises UserError as above."""
    if f"{family}/{CHAT_FILE}" not in renderer.names:
        return Prompt((), ())
    # In a chat nothing is replaced: whatever asks for the kind gets that of a yap.
    system = renderer.render(f"{family}/{CHAT_FILE}", variables.as_mapping("yap"))
    return Prompt((Message("system", system.text),) if system.text.strip() else (), system.warnings)


def build_completion(renderer: Renderer, model_kind: str, kind: Kind, variables: PromptVariables) -> Rendered:
    """The text that a raw completion goes on from, such as `qwen`'s with its marks; raises UserError as above."""
    name = f"{COMPLETION_FOLDER}/{model_kind}{SUFFIX}"
    if name not in renderer.names:
        known = (known for known in renderer.names if known.startswith(f"{COMPLETION_FOLDER}/"))
        kinds = tuple(known.removeprefix(f"{COMPLETION_FOLDER}/").removesuffix(SUFFIX) for known in known)
        raise UserError(_unknown("completion template", model_kind, kinds))
    return renderer.render(name, variables.as_mapping(kind))


def _unknown(what: str, name: str, known: tuple[str, ...]) -> str:
    return f'there is no {what} "{name}"; there is: {", ".join(known) or "none"}'
